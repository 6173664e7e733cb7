/* What nginx looks up in a module (src/core/nginx.c). */
#include <ngx_config.h>
#include <ngx_core.h>
#include <plugin.h>

PLUGIN_EXPECTS("ngx_modules", ngx_module_t *[]);
PLUGIN_EXPECTS("ngx_module_names", char *[]);
PLUGIN_EXPECTS_OPTIONAL("ngx_module_order", char *[]);

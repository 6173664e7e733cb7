/* What bash looks up in a file of loadable builtins. BUILTINS is a BUILTIN("name") for each. */
/* The order matters: bash's headers need it. */
#include <config.h>

#include <bashtypes.h>

#include <shell.h>

#include <builtins.h>
#include <plugin.h>

#define BUILTIN(name)                                                                              \
    PLUGIN_EXPECTS(name "_struct", struct builtin);                                                \
    PLUGIN_EXPECTS_OPTIONAL(name "_builtin_load", sh_load_func_t);                                 \
    PLUGIN_EXPECTS_OPTIONAL(name "_builtin_unload", sh_unload_func_t);
BUILTINS

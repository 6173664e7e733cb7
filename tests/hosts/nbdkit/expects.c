/* What nbdkit looks up in plugins, and what in filters. -DFILTER: in filters.
 * -DNBDKIT_API_VERSION=1: in plugins of the first version of the API, whose struct has the same tag
 * and other members. */
#include <plugin.h>

#ifdef FILTER
#include <nbdkit-filter.h>
PLUGIN_EXPECTS("filter_init", struct nbdkit_filter *(void));
#else
#include <nbdkit-plugin.h>
PLUGIN_EXPECTS("plugin_init", struct nbdkit_plugin *(void));
#endif

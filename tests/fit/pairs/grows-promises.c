/* Both sides promise the same, or the code of one knows nothing of the other's promise.
 *
 * host 2, plugin 1: fits, runs
 * host 2, plugin 1 -DPROMISES_NOTHING: refused, overruns
 * host 2 -DPROMISES_NOTHING, plugin 1: refused, overruns
 * host 2 -DPROMISES_GROWTH, plugin 1: refused, overruns
 * host 2 -DHAS_VERSION, plugin 1: refused, overruns
 */
#include <plugin.h>
#include <string.h>

struct module {
    unsigned size, version;
    long level;
#if V >= 2
    long limit;
#endif
};
#if defined PROMISES_GROWTH
PLUGIN_GROWS(struct module);
#elif defined HAS_VERSION
PLUGIN_GROWS_VERSIONED(struct module, version);
#elif !defined PROMISES_NOTHING
PLUGIN_GROWS_SIZED(struct module, size);
#endif
long host_add(struct module *module);
void host_fill(struct module *module);

#ifdef HOST
long host_add(struct module *module)
{
#if defined PROMISES_NOTHING || defined PROMISES_GROWTH
    return module->limit;
#elif defined HAS_VERSION
    return module->version >= 2 ? module->limit : 0;
#else
    return plugin_has(module, limit) ? module->limit : 0;
#endif
}
void host_fill(struct module *module)
{
    struct module own = {.size = sizeof own, .level = 3};
#ifdef PROMISES_NOTHING
    *module = own;
#else
    own.size = module->size < sizeof own ? module->size : sizeof own;
    memcpy(module, &own, own.size);
#endif
}
#else
static struct module module;
int run(void)
{
    module.version = 7; /* of the plugin */
#ifdef PROMISES_NOTHING
    module.size = 100;  /* of what it manages */
#else
    module.size = sizeof module;
#endif
    if (host_add(&module))
        return 1;
    host_fill(&module);
    return module.level != 3;
}
#endif

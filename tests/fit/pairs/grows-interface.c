/* Of an interface, the host still makes what it passes. What a plugin exports is the plugin's own
 * object: the host reads beyond its end, unless it is sized.
 *
 * host 2 -DCALLS, plugin 1 -DCALLS: fits, runs
 * host 1 -DCALLS, plugin 2 -DCALLS: refused, overruns
 * host 2, plugin 1: refused, overruns
 * host 2 -DSIZED, plugin 1 -DSIZED: fits, runs
 */
#include <plugin.h>

struct module {
    unsigned size;
    int (*start)(void);
#if V >= 2
    int (*stop)(void);
#endif
};
#ifdef SIZED
PLUGIN_GROWS_SIZED(struct module, size);
#else
PLUGIN_GROWS(struct module);
#endif

/* Does what a module says to do. */
__attribute__((unused)) static int call(const struct module *module)
{
#if V < 2
    return module->start() != 1;
#elif defined SIZED
    return module->start() != 1 || (plugin_has(module, stop) && module->stop());
#else
    return module->start() != 1 || (module->stop && module->stop());
#endif
}
__attribute__((unused)) static int start(void)
{
    return 1;
}

#if defined HOST && defined CALLS
#define PAIR "run_module"
struct pair {
    int (*run_module)(const struct module *module);
};
static const struct module module = {.start = start};
static int use(const struct pair *pair)
{
    return pair->run_module(&module) + call(&module);
}
#elif defined HOST
#define PAIR "module"
struct pair {
    struct module *module;
};
static int use(const struct pair *pair)
{
    return call(pair->module);
}
#elif defined CALLS
int run_module(const struct module *module)
{
    return call(module);
}
#else
struct module module = {.size = sizeof(struct module), .start = start};
#endif

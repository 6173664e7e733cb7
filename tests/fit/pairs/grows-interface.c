/* What a plugin exports is its own object: the host reads beyond its end, unless it is sized.
 *
 * host 2, plugin 1: refused, overruns
 * host 2 -DSIZED, plugin 1 -DSIZED: fits, runs
 * host 1 -DSIZED, plugin 2 -DSIZED: fits, runs
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

#ifdef HOST
#define PAIR "module"
struct pair {
    struct module *module;
};
static int use(const struct pair *pair)
{
    struct module *module = pair->module;
#if V < 2
    return module->start() != 1;
#elif defined SIZED
    return module->start() != 1 || (plugin_has(module, stop) && module->stop());
#else
    return module->start() != 1 || (module->stop && module->stop());
#endif
}
#else
static int start(void)
{
    return 1;
}
struct module module = {.size = sizeof(struct module), .start = start};
#endif

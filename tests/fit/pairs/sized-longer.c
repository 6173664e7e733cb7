/* Whoever makes an object of a struct of PLUGIN_GROWS_SIZED sets its size, and all others stay
 * below it: both sides may have objects, and either may know more.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 */
#include <plugin.h>

struct module {
    unsigned size;
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS_SIZED(struct module, size);
void host_set(struct module *module);

/* Writes to what the other side made. */
static void set(struct module *module)
{
    module->level = 3;
#if V >= 2
    if (plugin_has(module, limit))
        module->limit = 4;
#endif
}

#ifdef HOST
struct module *host_module(void);
void host_set(struct module *module)
{
    set(module);
}
struct module *host_module(void)
{
    static struct module own = {.size = sizeof own};
    return &own;
}
#else
struct module *host_module(void);
int run(void)
{
    struct module mine = {.size = sizeof mine}, *its = host_module();
    host_set(&mine);
    set(its);
    return mine.level != 3 || its->level != 3;
}
#endif

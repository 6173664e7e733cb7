/* The host's stamp gives the promise to plugins whose headers promise nothing, if they set the
 * size.
 *
 * host 2 --grows='struct module,sized=size', plugin 1 -DHAS_SIZE: fits, runs
 * host 2 --grows='struct module,sized=size', plugin 1: refused, overruns
 * host 2, plugin 1 -DHAS_SIZE: refused, runs
 */
#include <plugin.h>

struct module {
    long level;
#if V >= 2 || defined HAS_SIZE
    unsigned size;
#endif
#if V >= 2
    long limit;
#endif
};
long host_add(const struct module *module);

#ifdef HOST
long host_add(const struct module *module)
{
#if V >= 2
    return plugin_has(module, limit) ? module->limit : module->level;
#else
    return module->level;
#endif
}
#else
int run(void)
{
    static struct module mine;
#ifdef HAS_SIZE
    mine.size = sizeof mine;
#endif
    mine.level = 3;
    return host_add(&mine) != 3;
}
#endif

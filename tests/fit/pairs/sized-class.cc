/* A C++ struct with functions of its own is sized like one of C. The compiler may read all of what
 * a reference or `this` points to before plugin_has: pointers to what grows.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1 -DARRAY: refused, misreads
 */
#include <plugin.h>

namespace host
{
struct module {
    unsigned size = sizeof(module);
    long level = 3;
#if V >= 2
    long limit = 4;
#endif
    void raise()
    {
        level++;
    }
};
} // namespace host
PLUGIN_GROWS_SIZED(host::module, size);
extern "C" long host_top(const host::module *of, int index);
extern "C" host::module *host_module();

#ifdef HOST
long host_top(const host::module *of, int index)
{
#if V >= 2
    if (plugin_has(of + index, limit))
        return of[index].limit;
#endif
    return of[index].level;
}
host::module *host_module()
{
    static host::module own;
    return &own;
}
#else
#ifdef ARRAY
static host::module all[5], *const first = &all[0], *const last = &all[2];
enum { LAST = 2 };
#else
static host::module all, *const first = &all, *const last = &all;
enum { LAST = 0 };
#endif
extern "C" int run()
{
    last->raise();
    host_module()->raise();
    return host_top(first, LAST) != 4 || host_module()->level != 4;
}
#endif

/* The same by a version: who makes an object sets the version that it knows.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1 -DARRAY: refused, overruns
 * host 2 -DARRAY, plugin 1: refused, misreads
 */
#include <plugin.h>

struct module {
    long version, level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS_VERSIONED(struct module, version);

#define MODULE(number)                                                                             \
    {                                                                                              \
        .version = V, .level = number                                                              \
    }
#ifdef ARRAY
enum { COUNT = 2 };
static struct module modules[] = {MODULE(3), MODULE(4)};
#else
enum { COUNT = 1 };
static struct module module = MODULE(3), *modules = &module;
#endif
static long sum(struct module *from, int count)
{
    long levels = 0;
    for (int i = 0; i < count; i++) {
        levels += from[i].level;
#if V >= 2
        if (from[i].version >= 2)
            levels += from[i].limit;
#endif
    }
    return levels;
}

#ifdef HOST
long host_sum(struct module *from, int count);
struct module *host_modules(int *count);
long host_sum(struct module *from, int count)
{
    return sum(from, count);
}
struct module *host_modules(int *count)
{
    *count = COUNT;
    return modules;
}
#else
long host_sum(struct module *from, int count);
struct module *host_modules(int *count);
int run(void)
{
    int count;
    struct module *from = host_modules(&count);
    return sum(from, count) != (count == 2 ? 7 : 3) ||
           host_sum(modules, COUNT) != (COUNT == 2 ? 7 : 3);
}
#endif

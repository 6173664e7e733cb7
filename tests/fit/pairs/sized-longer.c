/* Whoever makes an object of a struct of PLUGIN_GROWS_SIZED sets its size, and all others stay
 * below it: both sides may have objects, and either may know more. But the next element of an array
 * is where the other side does not look for it, whoever has the array.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1 -DARRAY: refused, overruns
 * host 1, plugin 2 -DARRAY: refused, misreads
 * host 2 -DARRAY, plugin 1: refused, misreads
 * host 1 -DARRAY, plugin 2: refused, overruns
 */
#include <plugin.h>

struct option {
    unsigned size;
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS_SIZED(struct option, size);
struct option *host_options(int *count);
void host_set(struct option *all, int count);

#ifdef ARRAY
enum { COUNT = 3 };
static struct option options[COUNT] = {{.size = sizeof(struct option)},
                                       {.size = sizeof(struct option)},
                                       {.size = sizeof(struct option)}};
#else
enum { COUNT = 1 };
static struct option option = {.size = sizeof(struct option)}, *options = &option;
#endif

/* Writes to what the other side made. */
static void set(struct option *all, int count)
{
    for (int i = 0; i < count; i++) {
        all[i].level = 3;
#if V >= 2
        if (plugin_has(&all[i], limit))
            all[i].limit = 4;
#endif
    }
}

#ifdef HOST
struct option *host_options(int *count)
{
    *count = COUNT;
    return options;
}
void host_set(struct option *all, int count)
{
    set(all, count);
    all[count - 1].level++;
}
#else
int run(void)
{
    int count;
    struct option *its = host_options(&count);
    set(its, count);
    host_set(its, count);
    host_set(options, COUNT);
    return options[COUNT - 1].level != 4 || its[count - 1].level != 4;
}
#endif

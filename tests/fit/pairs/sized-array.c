/* The next element of an array is where the other side does not look for it, whoever has the
 * array.
 *
 * host 2, plugin 1 -DARRAY: refused, overruns
 * host 1, plugin 2 -DARRAY: refused, misreads
 * host 2 -DARRAY, plugin 1: refused, misreads
 * host 1 -DARRAY, plugin 2: refused, overruns
 */
#include <plugin.h>

struct option {
    unsigned size;
    long value;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS_SIZED(struct option, size);

#define OPTION(number)                                                                             \
    {                                                                                              \
        .size = sizeof(struct option), .value = number                                             \
    }
#ifdef ARRAY
static struct option options[3] = {OPTION(1), OPTION(2), OPTION(3)};
#endif
__attribute__((unused)) static long last(const struct option *all)
{
    return all[2].value;
}

#ifdef HOST
long host_last(const struct option *all);
struct option *host_options(void);
long host_last(const struct option *all)
{
    return last(all);
}
struct option *host_options(void)
{
#ifdef ARRAY
    return options;
#else
    return NULL;
#endif
}
#else
long host_last(const struct option *all);
struct option *host_options(void);
int run(void)
{
#ifdef ARRAY
    return host_last(options) != 3;
#else
    return last(host_options()) != 3;
#endif
}
#endif

/* An alias of an alias is none: the third tag is that of the second struct, not of the first.
 *
 * host 1, plugin 1: fits, runs
 * host 1, plugin 2: refused, overruns
 */
#include <plugin.h>

#ifdef HOST
struct file {
    long size, position;
};
struct stream {
    char is_open;
};
PLUGIN_ALIAS(struct file, struct stream);
PLUGIN_ALIAS(struct stream, struct channel);
static struct stream stream = {1};

struct stream *host_channel(void);
int host_is_open(struct stream *of);
int host_position(struct file *of);
struct stream *host_channel(void)
{
    return &stream;
}
int host_is_open(struct stream *of)
{
    return of->is_open;
}
int host_position(struct file *of)
{
    return (int)of->position;
}
#else
struct channel *host_channel(void);
int host_is_open(struct channel *of);
int host_position(struct channel *of);
int run(void)
{
#if V >= 2
    return host_position(host_channel());
#else
    return !host_is_open(host_channel());
#endif
}
#endif

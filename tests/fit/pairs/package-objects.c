/* What a plugin's copy of a package has, nobody uses if the process has another copy. Else the
 * package's object is the plugin's, of the plugin's length.
 *
 * host 2, plugin 1: fits, runs
 * host 2 -DLACKS_COPIES, plugin 1: refused, overruns
 */
#include <plugin.h>

struct style {
    long width;
#if V >= 2
    long height;
#endif
};
PLUGIN_GROWS(struct style);
long host_sum(const struct style *style);
struct style *copies_keep(const struct style *style);

#ifdef PACKAGE
#ifndef LACKS_COPIES
PLUGIN_PACKAGE("example.com/copies");
struct style *copies_keep(const struct style *style)
{
    static struct style kept;
    kept = *style;
    return &kept;
}
#endif
#elif defined HOST
#ifndef LACKS_COPIES
PLUGIN_IMPORT("example.com/copies");
#endif
#define PAIR "sum"
struct pair {
    long (*sum)(const struct style *style);
};
static struct style own = {.width = 3};
static int use(const struct pair *pair)
{
    plugin *judged = plugin_find((const void *)pair->sum);
    if (judged && !plugin_as(plugin_lookup(judged, "sum"), long (*)(const struct style *)))
        return 1;
    return pair->sum(&own) != 3;
}
long host_sum(const struct style *style)
{
#if V >= 2
    return style->width + style->height;
#else
    return style->width;
#endif
}
#else
PLUGIN_IMPORT("example.com/copies");
long sum(const struct style *style);
long sum(const struct style *style)
{
    return host_sum(copies_keep(style));
}
#endif

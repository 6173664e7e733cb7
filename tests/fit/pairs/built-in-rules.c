/* A plugin that is linked into the program is judged by the program's stamp, by the same rules. A
 * strict open knows none of them.
 *
 * host 2 strict, plugin 1: refused, runs
 * host 2, plugin 1 built-in: fits, runs
 * host 1, plugin 2 built-in: not stamped
 * host 2, plugin 1 -DCOPIES built-in: not stamped
 */
#include <plugin.h>
#include <stdlib.h>

struct style {
    long width;
#if V >= 2
    long height;
#endif
};
PLUGIN_GROWS(struct style);
struct options {
    unsigned size;
    long first;
#if V >= 2
    long second;
#endif
};
PLUGIN_GROWS_SIZED(struct options, size);
enum color {
    RED,
    GREEN,
#if V >= 2
    BLUE,
#endif
};
PLUGIN_GROWS(enum color);
#if V >= 2
typedef const char *name;
typedef void handle;
struct figure {
    long sides;
};
PLUGIN_ALIAS(struct figure, struct shape);
typedef struct figure shape;
#else
typedef char *name;
typedef struct handle handle;
struct shape {
    long sides;
};
typedef struct shape shape;
#endif
struct style *host_style(void);
long host_sum(const struct options *options);
int host_is_green(enum color color);
int host_letter(name of);
handle *host_handle(void);
long host_sides(const shape *of);

#ifdef HOST
struct style *host_style(void)
{
    struct style *style = calloc(1, sizeof *style);
    style->width = 3;
    return style;
}
long host_sum(const struct options *options)
{
#if V >= 2
    return options->first + (plugin_has(options, second) ? options->second : 0);
#else
    return options->first;
#endif
}
int host_is_green(enum color color)
{
    return color == GREEN;
}
int host_letter(name of)
{
#if V < 2
    of[0] = 'N';
#endif
    return of[1];
}
handle *host_handle(void)
{
    return NULL;
}
long host_sides(const shape *of)
{
    return of->sides;
}
#else
int run(void)
{
    struct options options = {.size = sizeof options, .first = 1};
    shape own = {4};
#if V >= 2
    name text = "name";
#else
    char text[] = "name";
#endif
    const struct style *style = host_style();
#ifdef COPIES
    struct style mine = *style;
    style = &mine;
#endif
    return style->width != 3 || host_sum(&options) != 1 || !host_is_green(GREEN) ||
           host_letter(text) != 'a' || host_handle() || host_sides(&own) != 4;
}
#endif

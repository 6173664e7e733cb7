/* Host and plugin carry the same package, and the process has the host's: the rules for the host's
 * functions are those for the package's. The plugin's copy of the package has an object of its
 * own length, which nobody uses.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
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
struct style *geom_style(void);
long geom_sum(const struct options *options);
int geom_is_green(enum color color);
int geom_letter(name of);
handle *geom_handle(void);
long geom_sides(const shape *of);

#if defined PACKAGE
PLUGIN_PACKAGE("example.com/geom");
struct style *geom_style(void)
{
    static struct style style = {.width = 3};
    return &style;
}
long geom_sum(const struct options *options)
{
#if V >= 2
    return options->first + (plugin_has(options, second) ? options->second : 0);
#else
    return options->first;
#endif
}
int geom_is_green(enum color color)
{
    return color == GREEN;
}
int geom_letter(name of)
{
#if V < 2
    of[0] = 'N';
#endif
    return of[1];
}
handle *geom_handle(void)
{
    return NULL;
}
long geom_sides(const shape *of)
{
    return of->sides;
}
#elif !defined HOST
PLUGIN_IMPORT("example.com/geom");
int run(void)
{
    struct options options = {.size = sizeof options, .first = 1};
    shape own = {4};
#if V >= 2
    name text = "name";
#else
    char text[] = "name";
#endif
    return geom_style()->width != 3 || geom_sum(&options) != 1 || !geom_is_green(GREEN) ||
           geom_letter(text) != 'a' || geom_handle() || geom_sides(&own) != 4;
}
#else
PLUGIN_IMPORT("example.com/geom");
#endif

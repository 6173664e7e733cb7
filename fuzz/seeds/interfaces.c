/* All that a stamp records of interfaces: what the module expects of plugins, and what it meets. */
#include <plugin.h>
#include <stdbool.h>

struct line {
    char *text;
    int length;
};
struct filter {
    bool (*filter_line)(struct line *);
    const char *(*filter_help)(void);
    int *filter_level;
    int (*table)[4];
};
PLUGIN_OPTIONAL(struct filter, filter_help);
PLUGIN_NAMED(struct filter, table, "filter_table");
PLUGIN_EXPECTS("filter_level", int);
PLUGIN_EXPECTS_OPTIONAL("filter_table", long[]);
#ifdef FILTER
PLUGIN_IMPLEMENTS(struct filter);

int filter_level;
int filter_table[4];
bool filter_line(struct line *line)
{
    return line->length > filter_level;
}
#else
/* As plugin_open_as and plugin_bind mark it, without the types of a call. */
const void *use(struct filter *filter)
{
    const struct plugin_expect expect = PLUGIN_EXPECT("filter_line", void(void));
    PLUGIN_INTERFACE_(filter)
    plugin_seen_ = plugin_filled_;
    return filter ? expect.probe : &plugin_interface_;
}
#endif

#include "host.h"

#include <stdio.h>

static int fail(void)
{
    fprintf(stderr, "%s\n", plugin_error());
    return 1;
}

/* Arrays of literals: a constant in one piece, and one that is made member by member. */
static bool open_as_expected(const char *path)
{
    const struct plugin_expect one[] = {PLUGIN_EXPECT("filter_level", int), {NULL, NULL}};
    const struct plugin_expect several[] = {PLUGIN_EXPECT("filter_level", int),
                                            PLUGIN_EXPECT("filter_line", bool(struct line *)),
                                            PLUGIN_EXPECT("filter_table", int[4]),
                                            {NULL, NULL}};
    static struct plugin_options options;
    options.size = sizeof options;
    options.expect = one;
    plugin *p = plugin_open_with(path, &options);
    options.expect = several;
    return p && p == plugin_open_with(path, &options);
}

#ifdef __cplusplus
static int open_by_templates(const char *path, const int *level)
{
    struct filter filter, again;
    host::member member;
    auto bind = [](plugin *p, host::member *filled) { return plugin_bind(p, filled); };
    plugin *p = host::open_any(path, &filter);
    if (!p || !host::open_any(path, &member) || !host::open_again(path, &again))
        return fail();
    if (filter.filter_level != level || member.filter_level != level || again.table != filter.table)
        return 2;
    pair<int, int[4]> both;
    void *place = &both;
    if (!plugin_bind(p, static_cast<pair<int, int[4]> *>(place)) || both.filter_level != level)
        return 3;
    member.filter_level = nullptr;
    if (!bind(p, &member))
        return fail();
    return member.filter_level != level || member.missing || (*member.table)[1] != 7;
}
#endif

int main(int count, char **arguments)
{
    struct filter filter, other;
    small own;
    struct line line = {NULL, 3};
    const char *path = arguments[1];
    plugin *p = count == 2 ? open_inline(path, &filter) : NULL;
    if (!p || !open_elsewhere(path, &other) || !plugin_bind(p, &own) || !open_as_expected(path))
        return fail();
    if (!filter.filter_line(&line) || filter.filter_help || *own.level != 4 ||
        (*filter.table)[1] != 7)
        return 3;
    if (other.filter_line != filter.filter_line || other.table != filter.table)
        return 4;
#ifdef __cplusplus
    return open_by_templates(path, own.level);
#else
    return plugin_open_as(path, &(struct filter){NULL, NULL, NULL, NULL}) != p;
#endif
}

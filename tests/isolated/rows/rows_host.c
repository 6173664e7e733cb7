/* Calls what rows.h has, isolated or not: the output is the same. */
#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct owner {
    int number;
};

static void show(const char *what)
{
    printf("%s: %s\n", what, *plugin_error() ? plugin_error() : "well");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct rows r;
    struct plugin_options options = {.size = sizeof options};
    if (argc > 2)
        options.placement = PLUGIN_ISOLATED;
    plugin *p = plugin_open_as_with(argv[1], &options, &r);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    printf("%d %d %Lg\n", r.add(2, 3), r.narrow(-5, 2, true, DARK), r.wide(1.5f, 2.5, 4));
    struct segment segment = {{{'a', 1, 2}, {'b', 3, 4}}};
    struct point middle = r.middle(segment);
    printf("%c %g %d\n", middle.tag, middle.x, middle.y);
    printf("%zu %zu %zu\n", r.length("four"), r.length(""), r.length(NULL));
    printf("%s", r.greet("you"));
    printf(" %s\n", r.greet("") ? "something" : "nothing");
    const char *text = "out of the argument";
    printf("%s: %s\n", r.skip(text, 7), r.skip(text, 7) == text + 7 ? "its own" : "a copy");
    struct person father = {"Ann", NULL, 60, NULL}, person = {"Bo", "Cox", 30, &father};
    printf("%s\n", r.full_name(&person));
    printf("%s\n", r.full_name(&father));
    struct point point = {'c', 1.5, 9};
    r.grow(&point, 2);
    printf("%c %g %d\n", point.tag, point.x, point.y);
    int values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i;
    printf("%d %d %d\n", r.sum(values, 100), r.sum(values, 1), r.sum(values, 0));
    struct point rows[] = {{'a', 1, 0}, {'b', 2, 0}, {'c', 3, 0}};
    printf("%g\n", r.sum_rows(&(struct table){3, rows}));
    struct node list[3] = {{1, &list[1]}, {2, &list[2]}, {3, NULL}};
    r.reverse(list);
    printf("%d %d %d %d\n", list[0].value, list[1].value, list[2].value, list[1].next == &list[2]);
    list[2].next = &list[0];
    printf("%d\n", r.sum_list(list));
    printf("%d %d\n", r.same(&point, &point), r.same(&point, &middle));
    char buffer[10] = {0};
    int filled = r.fill(buffer, 8, 3);
    printf("%d %c%c%c %d\n", filled, buffer[0], buffer[1], buffer[2], argc > 2 ? buffer[3] : 0);
    int half = 0, rest = 0;
    r.halves(7, &half, &rest);
    printf("%d %d\n", half, rest);
    printf("%zu\n", r.bytes("\1\2\3", 3));
    struct db *db = r.db_open(42), *other = r.db_open(43);
    printf("%d %d %d %s\n", r.db_value(db), r.db_value(other), db == other,
           r.db_open(0) ? "something" : "nothing");
    struct owner owner = {5};
    r.keep(&point, &owner);
    printf("%d %d\n", r.kept() == &point, r.owner()->number);
    r.keep(NULL, NULL);
    printf("%d\n", r.kept() == NULL);
    errno = 11;
    int before = r.fail(22);
    printf("%d %d\n", before, errno);
    r.say("said by the plugin\n");
    show("all of it");
    return 0;
}

/* Go's own tests of plugins, from C. Arguments: the test, and the plugins. */
#include "forms.h"

struct methods_T;

static plugin *opened_first, *opened_second;

#define FROM(p, name, type) (opened = (p), AS(name, type))
#define INT(p, name)        FROM(p, name, long (*)(void))()
#define SAYS(p, name, text) says(FROM(p, name, plugin_go_string (*)(void))(), text)

static void types(void)
{
    void *empty = FROM(opened_first, Empty, void *(*)(void))();
    void *named = FROM(opened_first, Named, void *(*)(void))();
    struct shared_T {
        plugin_go_string Text;
    } *value = FROM(opened_first, Value, struct shared_T * (*)(void))();
    CHECK(says(FROM(opened_second, Empty, plugin_go_string(*)(void *))(empty), "from a"));
    CHECK(says(FROM(opened_second, Named, plugin_go_string(*)(void *))(named), "named by a"));
    CHECK(FROM(opened_second, Equal, bool (*)(void *))(empty));
    CHECK(says(FROM(opened_second, Value, plugin_go_string(*)(struct shared_T *))(value),
               "a value of a"));
}

static void packages(void)
{
    long (*square_first)(long) = FROM(opened_first, Square, long (*)(long));
    long (*square_second)(long) = FROM(opened_second, Square, long (*)(long));
    for (long i = 1; i <= 8; i++)
        CHECK(square_first(i) == i * i && square_second(i) == i * i);
    CHECK(INT(opened_second, FromTable) == 456);
    CHECK(FROM(opened_first, Convert, bool (*)(void))());
    CHECK(!FROM(opened_second, IsUnmarshaler, bool (*)(void))());
    CHECK(INT(opened_second, CallHidden) == 125);
    FROM(opened_first, Keep, void (*)(long))(7);
    CHECK(INT(opened_second, CallHidden) == 9);
    long *t = FROM(opened_first, NewT, long *(*)(void))();
    CHECK(*t == 5 && FROM(opened_second, CallMethod, long (*)(long *))(t) == 6);
}

static void single(void)
{
    opened = opened_second;
    CHECK(says(*AS(Linked, plugin_go_string *), "linkstr"));
    CHECK(AS(SameType, bool (*)(void))());
    CHECK(SAYS(opened, Tag, "json:\"Bar@baz,omitempty\" parser:\"|@@)\""));
    CHECK(AS(Known, bool (*)(plugin_go_string))(go("Lu")));
    CHECK(!AS(Known, bool (*)(plugin_go_string))(go("??")));
    CHECK(!AS(Odd, const char *(*)(plugin_go_string))(go("plain")));
    CHECK(strcmp(AS(Odd, const char *(*)(plugin_go_string))(go("a@b")), "a@b is odd") == 0);
    CHECK(SAYS(opened, Generic, "struct { Plain int }"));
    CHECK(SAYS(opened, Background, "1.5"));
    CHECK(!AS(Profile, const char *(*)(void))());
    CHECK(INT(opened, Execute) == 6);
    CHECK(!plugin_lookup(opened, "G") && plugin_error_code() == PLUGIN_NO_SYMBOL);
}

static void fork_and_exec(void)
{
    for (int i = 0; i < 100; i++)
        CHECK(system("true") == 0);
    CHECK(INT(opened_second, Execute) == 6);
}

static void life(void)
{
    int board[16 * 16] = {0};
    for (int i = 1; i <= 3; i++)
        board[8 * 16 + i] = 1;
    SLICE(int32, int) slice = {board, 256, 256};
    void (*run)(long, long, struct plugin_go_slice_int32) =
        FROM(opened_first, Run, void (*)(long, long, struct plugin_go_slice_int32));
    run(101, 16, slice);
    for (int i = 0; i < 256; i++)
        CHECK(board[i] == (i == 7 * 16 + 2 || i == 8 * 16 + 2 || i == 9 * 16 + 2));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {{"types", types},
                 {"packages", packages},
                 {"single", single},
                 {"fork-and-exec", fork_and_exec},
                 {"life", life}};
    open_or_exit(argv[2]);
    opened_first = opened;
    open_or_exit(argv[argc - 1]);
    opened_second = opened;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(argv[1], parts[i].name) == 0)
            parts[i].run();
    return failures != 0;
}

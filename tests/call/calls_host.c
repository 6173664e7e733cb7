/* Calls what tests/isolated/values has, by its types, wherever it is: each as a direct call does.
 */
#include "tests/isolated/values/values.h"
#include <plugin_types.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static plugin *p;
static int wrong;

static void check(const char *name, const char *what, bool is_right)
{
    if (is_right)
        return;
    wrong++;
    printf("%s, %s: wrong: %s\n", name, what, plugin_error());
}

/* As a pointer to it and as what it is. */
#define VALUES_OWN(name, type, value, same)                                                        \
    static type own_##name(int first, type a, double b, type c)                                    \
    {                                                                                              \
        return first == 2 && b == 0.25 ? c : a;                                                    \
    }                                                                                              \
    static void run_##name(void *context, void *const *arguments, void *result)                    \
    {                                                                                              \
        type *own = result;                                                                        \
        ++*(int *)context;                                                                         \
        *own = own_##name(*(int *)arguments[0], *(type *)arguments[1], *(double *)arguments[2],    \
                          *(type *)arguments[3]);                                                  \
    }                                                                                              \
    static bool same_##name(const type *x, const type *y)                                          \
    {                                                                                              \
        return same(*x, *y);                                                                       \
    }
VALUES(VALUES_OWN)

/* Room for each value, and behind it, which nobody may write to. */
#define GUARD 0x5A
struct room {
    _Alignas(16) unsigned char bytes[128];
};

static bool is_kept(const struct room *room, size_t size)
{
    for (size_t i = size; i < sizeof room->bytes; i++)
        if (room->bytes[i] != GUARD)
            return false;
    return true;
}

static bool call_pass(const char *name, void *const *arguments, struct room *result, size_t size)
{
    memset(result, GUARD, sizeof *result);
    return plugin_call(plugin_lookup(p, name), arguments, result) && is_kept(result, size);
}

static bool call_back(const char *name, void *value, struct room *result, size_t size,
                      void (*run)(void *, void *const *, void *))
{
    const plugin_symbol *symbol = plugin_lookup(p, name);
    struct plugin_type_part part = {.size = sizeof part};
    int calls = 0;
    if (!plugin_type_part(plugin_symbol_type(symbol), 0, &part))
        return false;
    plugin_callback *callback = plugin_callback_new(plugin_type_target(part.type), run, &calls);
    void (*function)(void) = plugin_callback_pointer(callback);
    void *arguments[] = {&function, value};
    memset(result, GUARD, sizeof *result);
    bool done = callback && plugin_call(symbol, arguments, result) && is_kept(result, size);
    plugin_callback_free(callback);
    return done && calls >= 1;
}

#define VALUES_CHECK(name, type, value, same)                                                      \
    {                                                                                              \
        static type a = value, none;                                                               \
        int one = 1, two = 2;                                                                      \
        double half = 0.5, quarter = 0.25;                                                         \
        void *first[] = {&one, &a, &half, &none}, *second[] = {&two, &none, &quarter, &a};         \
        struct room r;                                                                             \
        plugin_type own = plugin_symbol_type(plugin_lookup(p, "pass_" #name));                     \
        check(#name, "passed first",                                                               \
              call_pass("pass_" #name, first, &r, sizeof a) &&                                     \
                  same_##name(&a, (type *)(void *)r.bytes));                                       \
        check(#name, "passed last",                                                                \
              call_pass("pass_" #name, second, &r, sizeof a) &&                                    \
                  same_##name(&a, (type *)(void *)r.bytes));                                       \
        check(#name, "dropped", plugin_call(plugin_lookup(p, "pass_" #name), first, NULL));        \
        check(#name, "back",                                                                       \
              call_back("call_" #name, &a, &r, sizeof a, run_##name) &&                            \
                  same_##name(&a, (type *)(void *)r.bytes));                                       \
        check(#name, "pointer",                                                                    \
              plugin_call_pointer(own, (void (*)(void))own_##name, second, &r) &&                  \
                  same_##name(&a, (type *)(void *)r.bytes));                                       \
        counted++;                                                                                 \
    }

static void check_many(void)
{
    double (*many)(int, double, long, float, char, double, long, struct first, float, unsigned,
                   long double, int) =
        plugin_as(plugin_lookup(p, "many"),
                  double (*)(int, double, long, float, char, double, long, struct first, float,
                             unsigned, long double, int));
    int a = 1, l = 13;
    double b = 2.5, f = 6.5, result = 0;
    long c = 3, g = 7;
    float d = 4.5f, i = 9.5f;
    char e = 5;
    struct first h = {10, 11.5};
    unsigned j = 8;
    long double k = 12;
    void *arguments[] = {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l};
    check("many", "passed", plugin_call(plugin_lookup(p, "many"), arguments, &result));
    check("many", "as a direct call", many && result == many(a, b, c, d, e, f, g, h, i, j, k, l));
}

/* Returns NULL if all is well. */
static void *call_often(void *context)
{
    for (int i = 0; i < 200; i++) {
        int one = 1, a = i, c = 0, result = -1;
        double half = 0.5;
        void *arguments[] = {&one, &a, &half, &c};
        if (!plugin_call(plugin_lookup(p, "pass_int"), arguments, &result) || result != i)
            return context;
    }
    return NULL;
}

/* The first calls of a symbol, at once. */
static void check_threads(void)
{
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        if (pthread_create(&threads[i], NULL, call_often, &wrong) != 0)
            threads[i] = pthread_self();
    for (int i = 0; i < 8; i++) {
        void *failed = &wrong;
        check("int", "by threads", pthread_join(threads[i], &failed) == 0 && !failed);
    }
}

int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options};
    int counted = 0;
    if (argc > 2)
        options.placement = !strcmp(argv[2], "isolated") ? PLUGIN_ISOLATED : PLUGIN_BUILT_IN;
    p = plugin_open_with(argv[1], &options);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    check_threads();
    VALUES(VALUES_CHECK)
    check_many();
    printf("%d kinds of values, %d wrong\n", counted, wrong);
    return 0;
}

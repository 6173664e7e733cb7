/* Calls what values.h has, isolated or not: the output is the same. */
#include "values.h"

#include <stdio.h>
#include <string.h>

#define VALUES_OWN(name, type, value, same)                                                        \
    static type own_##name(int first, type a, double b, type c)                                    \
    {                                                                                              \
        return first == 2 && b == 0.25 ? c : a;                                                    \
    }
VALUES(VALUES_OWN)

static double own_many(int a, double b, long c, float d, char e, double f, long g, struct first h,
                       float i, unsigned j, long double k, int l)
{
    return a + b + (double)c + d + e + f + (double)g + (double)h.a + h.b + i + j + (double)k + l;
}

static int own_deep(int value)
{
    return value * 2;
}

static void own_turn(struct wide *wide)
{
    wide->number = -wide->number;
    wide->bits++;
    wide->more++;
}

int main(int argc, char **argv)
{
    struct values v;
    struct plugin_options options = {.size = sizeof options};
    if (argc > 2)
        options.placement = PLUGIN_ISOLATED;
    if (!plugin_open_as_with(argv[1], &options, &v)) {
        printf("%s\n", plugin_error());
        return 1;
    }
#define VALUES_CHECK(name, type, value, same)                                                      \
    {                                                                                              \
        static type a = value, none;                                                               \
        type b = v.pass_##name(1, a, 0.5, none), c = v.call_##name(own_##name, a);                 \
        type x[1] = {a}, y[1] = {none};                                                            \
        v.swap_##name(&x, &y);                                                                     \
        printf(#name ": %d %d %d %d\n", same(a, b), same(a, c), same(x[0], none), same(y[0], a));  \
    }
    VALUES(VALUES_CHECK)
    struct callbacks callbacks = {own_many, {{own_deep}, {own_deep}}};
    struct first h = {10, 11.5};
    printf("many: %g\n", v.many(1, 2.5, 3, 4.5f, 5, 6.5, 7, h, 9.5f, 8, 12, 13));
    printf("called: %g\n", v.call_many(&callbacks));
    v.get_many(&callbacks);
    printf("passed: %g\n", callbacks.many(1, 2.5, 3, 4.5f, 5, 6.5, 7, h, 9.5f, 8, 12, 13));
    printf("deep: %d %d\n", callbacks.inner[0].deep(5), callbacks.inner[1].deep(5));
    struct wide wide = {.number = (__int128)5 << 100, .bits = 7, .more = 100};
    strcpy(wide.either.text, "text");
    v.turn(&wide);
    printf("wide: %d %u %u %s\n", (int)(wide.number >> 100), wide.bits, wide.more,
           wide.either.text);
    printf("turned: %d\n", v.call_turn(own_turn));
    printf("all of it: %s\n", *plugin_error() ? plugin_error() : "well");
    return 0;
}

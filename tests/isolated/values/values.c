#include "values.h"

#define VALUES_FUNCTIONS(name, type, value, same)                                                  \
    type pass_##name(int first, type a, double b, type c)                                          \
    {                                                                                              \
        return first == 1 && b == 0.5 ? a : c;                                                     \
    }                                                                                              \
    type call_##name(type (*function)(int first, type a, double b, type c), type a)                \
    {                                                                                              \
        type none;                                                                                 \
        __builtin_memset(&none, 0, sizeof none);                                                   \
        return function(2, none, 0.25, a);                                                         \
    }                                                                                              \
    void swap_##name(type(*a)[1], type(*b)[1])                                                     \
    {                                                                                              \
        type before = (*a)[0];                                                                     \
        (*a)[0] = (*b)[0];                                                                         \
        (*b)[0] = before;                                                                          \
    }
VALUES(VALUES_FUNCTIONS)

double many(int a, double b, long c, float d, char e, double f, long g, struct first h, float i,
            unsigned j, long double k, int l)
{
    return a + b + (double)c + d + e + f + (double)g + (double)h.a + h.b + i + j + (double)k + l;
}

double call_many(const struct callbacks *callbacks)
{
    struct first h = {10, 11.5};
    return callbacks->many(1, 2.5, 3, 4.5f, 5, 6.5, 7, h, 9.5f, 8, 12, 13) +
           callbacks->inner[0].deep(100) + callbacks->inner[1].deep(1000);
}

static int one_more(int value)
{
    return value + 1;
}

void get_many(struct callbacks *callbacks)
{
    callbacks->many = many;
    callbacks->inner[1].deep = one_more;
}

void turn(struct wide *wide)
{
    wide->number = -wide->number;
    wide->bits++;
    wide->more++;
    wide->either.text[0]++;
}

int call_turn(void (*function)(struct wide *wide))
{
    struct wide wide = {.number = -((__int128)7 << 90), .bits = 6, .more = 126};
    wide.either.number = 2;
    function(&wide);
    return (int)(wide.number >> 90) * 10000 + wide.bits * 1000 + wide.more;
}

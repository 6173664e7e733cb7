/* Values of every kind that C passes, and of every class of the System V ABI of x86-64 (3.2.3). */
#ifndef VALUES_H
#define VALUES_H

#include <plugin.h>

#include <stdbool.h>
#include <stdint.h>

enum tiny { TINY_LOW = -128, TINY_HIGH = 127 } __attribute__((packed));
enum little { LITTLE_LOW, LITTLE_HIGH = 65535 } __attribute__((packed));
enum plain { PLAIN_LOW, PLAIN_HIGH = 2147483647 };
enum huge { HUGE_LOW, HUGE_HIGH = 1L << 40 };
/* INTEGER: one register, two, and an odd number of bytes. */
struct one {
    int8_t a;
};
struct odd {
    char text[5];
};
struct pair {
    int64_t a;
    uint32_t b;
};
struct words {
    uint16_t a[8];
};
/* SSE: one, two, and arrays of floats. */
struct real {
    double a;
};
struct complex_float {
    float re, im;
};
struct floats {
    float a[3];
};
struct doubles {
    double a[2];
};
/* Mixed, both ways, and mixed within eight bytes, which is INTEGER. */
struct first {
    int64_t a;
    double b;
};
struct second {
    float a, b;
    int64_t c;
};
struct shared_word {
    float a;
    int32_t b;
};
struct nested {
    struct shared_word a;
    struct real b;
};
/* MEMORY. */
struct extended {
    long double a;
    int32_t b;
};
struct large {
    double a[3];
};
struct larger {
    int8_t a;
    struct floats b;
    int64_t c[4];
};

#define SAME(a, b)       ((a) == (b))
#define SAME_A(x, y)     ((x).a == (y).a)
#define SAME_AB(x, y)    ((x).a == (y).a && (x).b == (y).b)
#define SAME_BYTES(x, y) (!memcmp(&(x), &(y), sizeof(x)))
/* Name, type, a value, and whether two are the same. */
#define VALUES(X)                                                                                  \
    X(boolean, bool, true, SAME)                                                                   \
    X(character, char, 'x', SAME)                                                                  \
    X(signed_char, signed char, -128, SAME)                                                        \
    X(unsigned_char, unsigned char, 255, SAME)                                                     \
    X(short, short, -32768, SAME)                                                                  \
    X(unsigned_short, unsigned short, 65535, SAME)                                                 \
    X(int, int, -2147483647, SAME)                                                                 \
    X(unsigned, unsigned, 4294967295u, SAME)                                                       \
    X(long, long, INT64_MIN, SAME)                                                                 \
    X(unsigned_long, unsigned long, UINT64_MAX, SAME)                                              \
    X(long_long, long long, -1, SAME)                                                              \
    X(float, float, 1.5e38f, SAME)                                                                 \
    X(double, double, -1e308, SAME)                                                                \
    X(long_double, long double, 1.25e4000L, SAME)                                                  \
    X(tiny, enum tiny, TINY_LOW, SAME)                                                             \
    X(little, enum little, LITTLE_HIGH, SAME)                                                      \
    X(plain, enum plain, PLAIN_HIGH, SAME)                                                         \
    X(huge, enum huge, HUGE_HIGH, SAME)                                                            \
    X(one, struct one, {-7}, SAME_BYTES)                                                           \
    X(odd, struct odd, {"five"}, SAME_BYTES)                                                       \
    X(pair, struct pair, P({-1, 2}), SAME_AB)                                                      \
    X(words, struct words, P({{1, 2, 3, 4, 5, 6, 7, 8}}), SAME_BYTES)                              \
    X(real, struct real, {2.5}, SAME_BYTES)                                                        \
    X(complex_float, struct complex_float, P({1.5f, -2.5f}), SAME_BYTES)                           \
    X(floats, struct floats, P({{1, 2, 3}}), SAME_BYTES)                                           \
    X(doubles, struct doubles, P({{1, 2}}), SAME_BYTES)                                            \
    X(first, struct first, P({-5, 6.5}), SAME_BYTES)                                               \
    X(second, struct second, P({1, 2, -3}), SAME_BYTES)                                            \
    X(shared_word, struct shared_word, P({1.5f, -3}), SAME_BYTES)                                  \
    X(nested, struct nested, P({{1.5f, -3}, {4}}), SAME_BYTES)                                     \
    X(extended, struct extended, P({1e-4000L, 5}), SAME_AB)                                        \
    X(large, struct large, P({{1, 2, 3}}), SAME_BYTES)                                             \
    X(larger, struct larger, P({-1, {{2, 3, 4}}, {5, 6, 7, 8}}), SAME_BYTES)
#define P(...) __VA_ARGS__

/* Each goes there and back: as a parameter before and behind others, as a result, in an object, and
 * the same with a function of the host. */
#define VALUES_MEMBER(name, type, value, same)                                                     \
    type (*pass_##name)(int first, type a, double b, type c);                                      \
    type (*call_##name)(type(*function)(int first, type a, double b, type c), type a);             \
    void (*swap_##name)(type(*a)[1], type(*b)[1]);

/* Unions without pointers, and what is too large for a register, behind pointers. */
union either {
    double number;
    char text[12];
    struct pair pair;
};
struct wide {
    __int128 number;
    unsigned bits : 3, more : 7;
    union either either;
};
struct callbacks {
    double (*many)(int a, double b, long c, float d, char e, double f, long g, struct first h,
                   float i, unsigned j, long double k, int l);
    struct {
        int (*deep)(int value);
    } inner[2];
};

struct values {
    VALUES(VALUES_MEMBER)
    double (*many)(int a, double b, long c, float d, char e, double f, long g, struct first h,
                   float i, unsigned j, long double k, int l);
    double (*call_many)(const struct callbacks *callbacks);
    void (*get_many)(struct callbacks *callbacks);
    void (*turn)(struct wide *wide);
    int (*call_turn)(void (*function)(struct wide *wide));
};

#endif

/* Functions and variables of many types, most of which return what they are passed. */
#include <float.h>
#include <limits.h>
#include <plugin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shape {
    double w, h;
};
enum colour { RED = 1, GREEN = 2, BLUE = 4, DARK = -1 };
enum size { SMALL, LARGE = 10 };
typedef struct {
    int x, y;
} point;
struct item {
    char name[8];
    int count : 5;
    unsigned flag : 1;
    enum size size;
    point at[2];
    struct {
        unsigned char bytes[3];
        _Bool is_on;
    };
    union {
        int whole;
        float real;
    } number;
};
struct node {
    int value;
    const struct node *next;
};

double area(struct shape shape)
{
    return shape.w * shape.h;
}
double around(const struct shape *shape)
{
    return shape ? 2 * (shape->w + shape->h) : -1;
}
struct shape same_shape(struct shape shape)
{
    return shape;
}
point same_point(point p)
{
    return p;
}
enum colour same_colour(enum colour colour)
{
    return colour;
}
enum size same_size(enum size size)
{
    return size;
}
#define SAME(type, name)                                                                           \
    type same_##name(type value)                                                                   \
    {                                                                                              \
        return value;                                                                              \
    }
SAME(int, int)
SAME(long, long)
SAME(unsigned long long, ullong)
SAME(signed char, schar)
SAME(unsigned char, uchar)
SAME(char, char)
SAME(short, short)
SAME(_Bool, bool)
SAME(float, float)
SAME(double, double)
SAME(const char *, string)
void same_item(const struct item *in, struct item *out)
{
    *out = *in;
}
void grow(struct shape *shape, double by)
{
    shape->w += by;
}
void split(double value, int *whole, double *rest)
{
    *whole = (int)value;
    *rest = value - *whole;
}
int sum(const int *values, size_t n)
{
    int total = 0;
    for (size_t i = 0; i < n; i++)
        total += values[i];
    return total;
}
PLUGIN_COUNTED(sum, values, n);
void doubles(int *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] *= 2;
}
int first_three(const int *values) /* without a mark: of memory that is shared */
{
    return values[0] + values[1] + values[2];
}
int rows(const int (*row)[3])
{
    return (*row)[0] + (*row)[2];
}
int list_sum(const struct node *node)
{
    return node ? node->value + list_sum(node->next) : 0;
}
int increase(int x)
{
    return x + 1;
}
int apply(int (*function)(int), int x)
{
    return function ? function(x) : -1;
}
int V;
void F(void)
{
    printf("Hello, number %d\n", V);
}
struct item thing = {"thing", -2, 1, LARGE, {{1, 2}, {3, 4}}, {{5, 6, 7}, 1}, {8}};
int table[2][3] = {{1, 2, 3}, {4, 5, 6}};
int numbers[3] = {7, 8, 9};
const int version = 3;
int crash(void)
{
    return *(volatile int *)8;
}
void leave(void)
{
    _Exit(7);
}
int hang(void)
{
    for (;;)
        ;
}

/* Types of every kind. */
#include <stdbool.h>

typedef unsigned number_t;
typedef number_t color_t;
typedef const color_t *palette;
enum level { LEVEL_LOW = -1, LEVEL_HIGH = 5 };
enum wide { WIDE_ONE = 1, WIDE_LAST = 0xFFFFFFFFFFFFFFFF };
struct unseen;
struct flags {
    unsigned ready : 1, mode : 3;
    signed char : 0;
    int last : 7;
};
struct node {
    struct node *next;
    union {
        long number;
        struct {
            float x, y;
        };
    };
    enum level level;
    color_t color;
    int (*compare)(const void *, const void *);
    char name[8];
    const volatile struct unseen *unseen;
    long tail[];
};
union either {
    double real;
    bool truth;
};
long double extended;
_Complex double imaginary;
palette colors;
struct flags flags;
union either table[2][3];
enum wide wide;
struct node *node_find(const struct node *start, const char *name)
{
    return start && name ? start->next : 0;
}
int print(const char *format, ...)
{
    return *format;
}
int old();
int old()
{
    return 1;
}
__attribute__((ms_abi)) int foreign(int a)
{
    return a;
}
extern const struct unseen *host_unseen(void);
const struct unseen *seen(void)
{
    return host_unseen();
}

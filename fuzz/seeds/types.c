/* Every kind of C type, for the seeds. */
#include <stdarg.h>
#include <stdbool.h>

enum colour { RED, GREEN = 5 };
enum large { HUGE_VALUE = 1L << 40, LEAST = -1 };
struct node {
    struct node *next;
    union {
        long number;
        float real;
    } value;
    unsigned bits : 3, more : 5;
    _Alignas(16) char name[12];
};
typedef int (*compare_function)(const void *a, const void *b);

struct node first;
enum colour colour;
enum large large;
const volatile double limits[2][3];
_Thread_local short own;
_Complex float complex_number;
_Atomic long counter;
struct unknown *handle;
compare_function compare;

bool sort(struct node *restrict nodes, unsigned long count, compare_function by)
{
    return nodes && count && by;
}

int print(const char *format, ...)
{
    return *format;
}

int print_list(char *format, va_list list)
{
    return *format + va_arg(list, int);
}

int old();
int old()
{
    return 1;
}

/* values.so: variables and functions of every kind of type. */
#include "values.h"

#include <string.h>

PLUGIN_INFO("version", "1.2");

_Bool flag;
char letter = 'a';
signed char tiny = -1;
unsigned char byte = 255;
short half = -2;
unsigned int word = 4000000000U;
long V = 3;
unsigned long long huge = 18446744073709551615ULL;
float single = 0.5F;
double real = 0.25;
long double wide = 1;
_Complex double imaginary = 1;
__int128 wider = 1;
const int fixed = 4;
_Thread_local int own = 5;

enum color paint = GREEN;
enum flags mode = 6;
struct point origin = {1, 2};
const struct point corner = {7, 8};
struct record record = {.tag = "first", .small = -1, .bits = 5, .on = 1, .kind = BLUE, .i = 1};
long table[3] = {1, 2, 3};
int grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
char text[8] = "text";
const char *greeting = "hello";
char *changeable = text;
void *anything;
struct hidden *nobody_knows;

static int twice(int value)
{
    return 2 * value;
}
struct operations operations = {"twice", twice, &origin};

double area(const struct shape *shape)
{
    return shape->w * shape->h;
}

struct point add(struct point a, struct point b)
{
    return (struct point){a.x + b.x, a.y + b.y};
}

void divide(int a, int b, int *quotient, int *remainder)
{
    *quotient = a / b;
    *remainder = a % b;
}

long sum(const int *values, size_t count)
{
    long total = 0;
    while (count--)
        total += *values++;
    return total;
}

void scale(double *values, size_t count)
{
    while (count--)
        *values++ *= 2;
}

void fill(void *bytes, size_t count)
{
    memset(bytes, 7, count);
}

char *find(const char *where, int letter_)
{
    return strchr(where, letter_);
}

const char *name_of(enum color color)
{
    return color == RED ? "red" : color == GREEN ? "green" : NULL;
}

int length(struct record *records)
{
    int count = 0;
    for (; records; records = records->next)
        count++;
    return count;
}

int trace(int (*rows)[3])
{
    return rows[0][0] + rows[1][1];
}

int middle(int (*row)[3])
{
    return (*row)[1];
}

struct point *where(void)
{
    return &origin;
}

int each(int (*visit)(int value, void *data), int count, void *data)
{
    int total = 0;
    for (int i = 0; i < count; i++)
        total += visit(i, data);
    return total;
}

static struct handlers handlers;

void keep(const struct handlers *given)
{
    handlers = *given;
}

int handle(struct point at)
{
    return handlers.moved(&at) + (int)strlen(handlers.name(at));
}

/* The other way round the loop: Python calls C, which calls Python, which calls C. */
int nested(int (*call)(int depth), int depth)
{
    return depth ? call(depth - 1) + 1 : 0;
}

int (*twice_of(void))(int)
{
    return twice;
}

/* What Go's functions take and return. */
plugin_go_string part(plugin_go_string whole, long start, long end)
{
    return (plugin_go_string){whole.data + start, end - start};
}
plugin_go_string go_name = {"not ended by NUL", 3};

int print(const char *format, ...)
{
    return (int)strlen(format);
}

int old();
int old()
{
    return 1;
}

_Complex double turn(_Complex double value)
{
    return value;
}

long retire(void)
{
    return 1;
}

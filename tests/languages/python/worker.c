/* worker.so: opened isolated, by a host that takes its types. */
#include <plugin.h>

#include <stdlib.h>

struct shape {
    double w, h;
};

struct node {
    struct node *next;
    int value;
};

typedef struct decoder {
    int *calls;
} decoder;
PLUGIN_OPAQUE(decoder);
PLUGIN_COUNTED(sum, values, count);
PLUGIN_COUNTED(fill, bytes, count);
PLUGIN_COUNTED(peek, bytes, count);

PLUGIN_KEPT(remember, shape);

static const struct shape *remembered;

void remember(const struct shape *shape)
{
    remembered = shape;
}

const struct shape *recall(void)
{
    return remembered;
}

int V = 3;
static int calls;

double area(const struct shape *shape)
{
    return shape->w * shape->h;
}

void grow(struct shape *shape)
{
    shape->w += 1;
}

long sum(const int *values, size_t count)
{
    long total = 0;
    while (count--)
        total += *values++;
    return total;
}

void fill(unsigned char *bytes, size_t count)
{
    while (count--)
        *bytes++ = 7;
}

int length(const struct node *node)
{
    int count = 0;
    for (; node; node = node->next)
        count++;
    return count;
}

const struct shape *unit(void)
{
    static const struct shape shape = {1, 1};
    return &shape;
}

decoder *decoder_new(void)
{
    static decoder made = {&calls};
    return &made;
}

int decode(decoder *of)
{
    return ++*of->calls;
}

void *handle(void)
{
    return &calls;
}

int same(void *given)
{
    return given == &calls;
}

int peek(const void *bytes, size_t count)
{
    return count ? *(const unsigned char *)bytes : -1;
}

int each(int (*visit)(int value), int count)
{
    int total = 0;
    for (int i = 0; i < count; i++)
        total += visit(i);
    return total;
}

int (*counter(void))(int)
{
    extern int count(int by);
    return count;
}

int count(int by)
{
    return calls += by;
}

void crash(void)
{
    abort();
}

void hang(void)
{
    for (;;)
        calls++;
}

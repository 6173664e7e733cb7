/* A plugin that says itself what crosses. */
#include <plugin.h>

struct decoder {
    int *calls;
};
PLUGIN_OPAQUE(struct decoder);
PLUGIN_COUNTED(sum, values, count);

int V = 3;

long sum(const int *values, size_t count)
{
    long total = 0;
    while (count--)
        total += *values++;
    return total;
}

struct decoder *decoder_new(void)
{
    static int calls;
    static struct decoder decoder = {&calls};
    return &decoder;
}

int decode(struct decoder *decoder)
{
    return ++*decoder->calls;
}

int visit(int (*each)(int value), int count)
{
    int total = 0;
    for (int i = 0; i < count; i++)
        total += each(i);
    return total;
}

#ifdef IMPORTS
int of_host(int value);

int import(int value)
{
    return of_host(value);
}
#endif

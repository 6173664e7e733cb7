/* What the benchmark calls of an isolated plugin. */
#include <plugin.h>

struct isolated {
    int (*add)(int a, int b);
    int (*first)(const unsigned char *bytes, size_t count);
};
PLUGIN_COUNTED(first, bytes, count);

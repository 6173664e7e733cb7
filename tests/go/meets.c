/* A host whose interface Go plugins can meet. */
#include <plugin.h>
#include <stdio.h>

#ifndef V_TYPE
#define V_TYPE long
#endif

struct hello {
    V_TYPE *V;
    void (*F)(void);
};

int main(int argc, char **argv)
{
    struct hello hello;
    plugin *p = argc > 1 ? plugin_open_as(argv[1], &hello) : NULL;
    if (!p) {
        puts(plugin_error());
        return 1;
    }
    *hello.V = 8;
    hello.F();
    return 0;
}

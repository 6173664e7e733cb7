/* Opens hello.so and nothing.so as interfaces: hello's symbols have forms in C, some of nothing's
 * have none. Prints what plugin_open_as refuses. */
#include <plugin.h>

#include <stdio.h>

struct hello {
    long *V;
    void (*F)(void);
};
struct narrow {
    int *V;
    void (*F)(long);
    void (*G)(void);
};
struct formless {
    void **Any;
    int (*Func)(int);
};

int main(void)
{
    struct narrow narrow;
    struct formless formless;
    if (plugin_open_as("./hello.so", &narrow) || narrow.V || narrow.F)
        return puts("hello.so was opened"), 1;
    puts(plugin_error());
    if (plugin_open_as("./nothing.so", &formless) || formless.Any)
        return puts("nothing.so was opened"), 1;
    puts(plugin_error());
    struct hello hello;
    plugin *p = plugin_open_as("./hello.so", &hello);
    if (!p)
        return puts(plugin_error()), 1;
    *hello.V = 7;
    fflush(stdout);
    hello.F();
    return !plugin_bind(p, &hello);
}

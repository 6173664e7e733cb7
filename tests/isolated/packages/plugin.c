#include "packages.h"
PLUGIN_IMPORT("example.com/geom");
PLUGIN_IMPORT("example.com/log");

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

const char *order(void)
{
    return init_log;
}

int area(int a, int b)
{
    return geom_area(a, b);
}

#ifdef WITH_LIBRARY
int twice(int number)
{
    return shapes_twice(number);
}
#else
int twice(int number)
{
    return number;
}
#endif

const char *nested(const char *path)
{
    return plugin_open(path) ? "opened" : plugin_error();
}

static int is(const char *what)
{
    const char *asked = getenv("INIT");
    return asked && !strcmp(asked, what);
}

PLUGIN_INIT
{
    init_ran("main");
    if (is("fail"))
        plugin_init_fail("no\nwidth");
    if (is("hang"))
        for (;;)
            ;
    if (is("crash"))
        abort();
    if (is("socket"))
        socket(AF_INET, SOCK_STREAM, 0);
    if (is("leave"))
        exit(0);
    if (is("say"))
        printf("the init says this\n");
}

PLUGIN_RETIRE
{
    if (is("hang in the block"))
        for (;;)
            ;
    printf("retired, after %s\n", init_log);
}

#include "inits.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long V = 5;

int number(int n)
{
    return n + 1;
}

static int triple(int value)
{
    return 3 * value;
}

static int nested(int depth)
{
    return depth ? host_call(nested, depth - 1) + 1 : 0;
}

static int hang(int value)
{
    while (value)
        ;
    return value;
}

static void *note(void *text)
{
    host_note(text);
    return NULL;
}

static int is(const char *what)
{
    const char *asked = getenv("INIT");
    return asked && !strcmp(asked, what);
}

PLUGIN_INIT
{
    static char of_thread[] = "a thread of the init";
    pthread_t thread;
    char text[64];
    host_note("the init");
    if (is("register") || is("fail") || is("crash"))
        host_register(triple);
    if (is("fail") || is("fail at once"))
        plugin_init_fail("no luck");
    if (is("crash"))
        abort();
    if (is("nested")) {
        snprintf(text, sizeof text, "nested: %d", host_call(nested, 5));
        host_note(text);
    }
    if (is("deep"))
        host_call(nested, 40);
    if (is("hang"))
        host_call(hang, 1);
    if (is("symbol"))
        host_register(number);
    if (is("variable")) {
        V = 10;
        host_add(&V, 3);
        snprintf(text, sizeof text, "V: %ld", V);
        host_note(text);
    }
    if (is("thread") && pthread_create(&thread, NULL, note, of_thread) == 0)
        pthread_join(thread, NULL);
    if (is("act")) {
        host_register(triple);
        snprintf(text, sizeof text, "act: %d", host_act(1));
        host_note(text);
    }
}

/* A plugin that is opened by what the other one's init calls. */
#include "inits.h"

long V = 1;

int number(int n)
{
    return n + 100;
}

PLUGIN_INIT
{
    host_note("the other init");
}

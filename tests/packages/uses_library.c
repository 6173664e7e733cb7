/* A plugin that needs the library of library.c. NUMBER tells several of them apart. */
#include "log.h"
#include <plugin.h>
extern int library_value;
PLUGIN_USES(library_value);
int number = NUMBER;
PLUGIN_INIT
{
    test_log(library_value ? "user after library" : "user before library");
}

/* A library that carries a package, whose init sets its variable. */
#include "library.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/value");

int library_value;

PLUGIN_INIT
{
    library_value++;
}

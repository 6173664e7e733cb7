/* Modules: stamped ones, programs with built-in plugins, and whatever else is no plugin. */
#include "fuzz/targets/open.h"

FUZZ_TARGET(module)
{
    fuzz_open(input);
}

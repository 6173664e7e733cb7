/* The modules that Go's linker makes. */
#include "fuzz/targets/open.h"

FUZZ_TARGET(gofile)
{
    fuzz_open(input);
}

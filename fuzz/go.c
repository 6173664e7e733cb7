/* The modules that Go's linker makes. */
#include "open.h"

FUZZ_TARGET(go)
{
    fuzz_open(input);
}

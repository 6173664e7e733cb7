/* SPDX-License-Identifier: MIT */
/* Modules of Go's linker. */
#include "fuzz/targets/open.h"

FUZZ_TARGET(gofile)
{
    fuzz_open(input);
}

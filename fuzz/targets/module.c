/* SPDX-License-Identifier: MIT */
/* Modules with and without a stamp, and programs with built-in plugins. */
#include "fuzz/targets/open.h"

FUZZ_TARGET(module)
{
    fuzz_open(input);
}

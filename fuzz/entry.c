/* SPDX-License-Identifier: MIT */
/* Entry point of libFuzzer. TARGET is the function of one target. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TARGET((struct bytes){data, size});
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* musl tells where a module's tables are with a lock alone, which the thread may hold. */
#include "worker/frames.h"

bool frames_search(bool (*is_it)(uintptr_t code, void *data), void *data)
{
    (void)is_it, (void)data;
    return false;
}

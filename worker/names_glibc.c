/* SPDX-License-Identifier: MIT */
/* glibc compares the DT_SONAME of what is mapped. */
#include "worker/names.h"

bool names_publish(struct link_map *library, unsigned descriptor)
{
    (void)library, (void)descriptor;
    return true;
}

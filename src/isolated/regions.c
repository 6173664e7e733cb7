/* SPDX-License-Identifier: MIT */
#include "isolated/regions.h"

#include <sys/mman.h>

/* A guard is a page of any machine: aarch64 may have some of 64 KiB. */
enum { REGIONS = 16, REGION_SIZE = 64 * 1024, GUARD = 64 * 1024, STRIDE = REGION_SIZE + GUARD };

uint8_t *regions_make(void)
{
    uint8_t *made = mmap(NULL, REGIONS * STRIDE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (made == MAP_FAILED)
        return NULL;
    for (size_t i = 0; i < REGIONS; i++)
        if (mprotect(made + i * STRIDE + REGION_SIZE, GUARD, PROT_NONE) != 0) {
            regions_free(made);
            return NULL;
        }
    return made;
}

void regions_free(uint8_t *regions)
{
    if (regions)
        munmap(regions, REGIONS * STRIDE);
}

void *regions_place(uint8_t *regions, uint32_t number, size_t size, size_t alignment)
{
    if (!regions || number >= REGIONS || size > REGION_SIZE)
        return NULL;
    uint8_t *end = regions + (size_t)number * STRIDE + REGION_SIZE;
    return (uint8_t *)((uintptr_t)(end - size) & ~(uintptr_t)(alignment - 1));
}

bool regions_have(const uint8_t *regions, const void *address, uint32_t *number)
{
    uintptr_t distance = (uintptr_t)address - (uintptr_t)regions;
    if (!regions || distance >= REGIONS * STRIDE)
        return false;
    *number = (uint32_t)(distance / STRIDE);
    return true;
}

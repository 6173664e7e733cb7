/* SPDX-License-Identifier: MIT */
#include "isolated/imports_p.h"

#include <elf.h>
#include <string.h>

const uint16_t imports_machine = EM_AARCH64;

/* bti c; adrp x16, table; ldr x17, [x16, #table]; br x17. These two registers are for such code:
 * Procedure Call Standard for AArch64, 6.1.1. */
void imports_put_entry(uint8_t *code, uint64_t at, uint64_t table)
{
    enum { ADRP = 4, PART = 0xfff }; /* adrp counts in 4 KiB, whatever the pages */
    uint32_t distance = (uint32_t)((table >> 12) - ((at + ADRP) >> 12));
    const uint32_t entry[] = {
        0xd503245f,
        0x90000010 | (distance & 3) << 29 | (distance >> 2 & 0x7ffff) << 5,
        0xf9400211 | (uint32_t)(table & PART) / 8 << 10,
        0xd61f0220,
    };
    _Static_assert(sizeof entry == IMPORTS_ENTRY, "an entry has another size");
    memcpy(code, entry, sizeof entry);
}

/* SPDX-License-Identifier: MIT */
#include "isolated/imports_p.h"

#include <elf.h>
#include <string.h>

const uint16_t imports_machine = EM_X86_64;

/* endbr64; jmp *table(%rip) */
void imports_put_entry(uint8_t *code, uint64_t at, uint64_t table)
{
    static const uint8_t entry[IMPORTS_ENTRY] = {0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0,    0,
                                                 0,    0,    0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};
    enum { DISTANCE = 6, BEHIND = 10 };
    uint32_t distance = (uint32_t)(table - (at + BEHIND));
    memcpy(code, entry, sizeof entry);
    memcpy(code + DISTANCE, &distance, sizeof distance);
}

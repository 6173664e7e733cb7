/* SPDX-License-Identifier: MIT */
/* The entries for arm64. They store C's argument registers, in order (Procedure Call Standard for
 * the Arm 64-bit Architecture, 6.8.2), in the first words of a call. */
#include "closure.h"

/* The code below relies on these. */
_Static_assert(offsetof(struct plugin_go_call, floats) == 72, "offset of the floats");
_Static_assert(sizeof(struct plugin_go_call) <= 208, "room on the stack");

__asm__(".text\n"
        ".p2align 4\n"
        "plugin_go_entries:\n"
        ".set number, 0\n"
        ".rept 4096\n"
        ".p2align 4\n"
        "    hint #34\n" /* bti c */
        "    movz w16, #number\n"
        "    b plugin_go_save\n"
        ".set number, number + 1\n"
        ".endr\n"
        ".p2align 4\n"
        ".type plugin_go_save, %function\n"
        "plugin_go_save:\n"
        "    .cfi_startproc\n"
        "    stp x29, x30, [sp, #-224]!\n"
        "    .cfi_adjust_cfa_offset 224\n"
        "    .cfi_rel_offset x29, 0\n"
        "    .cfi_rel_offset x30, 8\n"
        "    mov x29, sp\n"
        "    stp x0, x1, [sp, #16]\n"
        "    stp x2, x3, [sp, #32]\n"
        "    stp x4, x5, [sp, #48]\n"
        "    stp x6, x7, [sp, #64]\n"
        "    stp d0, d1, [sp, #88]\n"
        "    stp d2, d3, [sp, #104]\n"
        "    stp d4, d5, [sp, #120]\n"
        "    stp d6, d7, [sp, #136]\n"
        "    mov w0, w16\n"
        "    add x1, sp, #16\n"
        "    bl plugin_go_enter\n"
        "    ldp x0, x1, [sp, #16]\n"
        "    ldr d0, [sp, #88]\n"
        "    ldp x29, x30, [sp], #224\n"
        "    .cfi_restore x30\n"
        "    .cfi_restore x29\n"
        "    .cfi_adjust_cfa_offset -224\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size plugin_go_save, . - plugin_go_save\n");

extern const char plugin_go_entries[] __attribute__((visibility("hidden")));
_Static_assert(PLUGIN_GO_ENTRIES == 4096, "as many as above");

void *plugin_go_entry(unsigned entry)
{
    return (char *)plugin_go_entries + (size_t)entry * 16;
}

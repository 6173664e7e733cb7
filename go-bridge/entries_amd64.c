/* SPDX-License-Identifier: MIT */
/* The entries for amd64. They store C's argument registers, in order (System V ABI for
 * AMD64, 3.2.3), in the first words of a call. */
#include "closure.h"

/* The code below relies on these. */
_Static_assert(offsetof(struct plugin_go_call, floats) == 72, "offset of the floats");
_Static_assert(sizeof(struct plugin_go_call) <= 200, "room on the stack");

__asm__(".text\n"
        ".p2align 4\n"
        "plugin_go_entries:\n"
        ".set number, 0\n"
        ".rept 4096\n"
        ".p2align 4\n"
        "    endbr64\n"
        "    movl $number, %r11d\n"
        "    jmp plugin_go_save\n"
        ".set number, number + 1\n"
        ".endr\n"
        ".p2align 4\n"
        ".type plugin_go_save, @function\n"
        "plugin_go_save:\n"
        "    .cfi_startproc\n"
        "    subq $200, %rsp\n"
        "    .cfi_adjust_cfa_offset 200\n"
        "    movq %rdi, 0(%rsp)\n"
        "    movq %rsi, 8(%rsp)\n"
        "    movq %rdx, 16(%rsp)\n"
        "    movq %rcx, 24(%rsp)\n"
        "    movq %r8, 32(%rsp)\n"
        "    movq %r9, 40(%rsp)\n"
        "    movsd %xmm0, 72(%rsp)\n"
        "    movsd %xmm1, 80(%rsp)\n"
        "    movsd %xmm2, 88(%rsp)\n"
        "    movsd %xmm3, 96(%rsp)\n"
        "    movsd %xmm4, 104(%rsp)\n"
        "    movsd %xmm5, 112(%rsp)\n"
        "    movsd %xmm6, 120(%rsp)\n"
        "    movsd %xmm7, 128(%rsp)\n"
        "    movl %r11d, %edi\n"
        "    movq %rsp, %rsi\n"
        "    call plugin_go_enter\n"
        "    movq 0(%rsp), %rax\n"
        "    movq 8(%rsp), %rdx\n"
        "    movsd 72(%rsp), %xmm0\n"
        "    addq $200, %rsp\n"
        "    .cfi_adjust_cfa_offset -200\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size plugin_go_save, . - plugin_go_save\n");

extern const char plugin_go_entries[] __attribute__((visibility("hidden")));
_Static_assert(PLUGIN_GO_ENTRIES == 4096, "as many as above");

void *plugin_go_entry(unsigned entry)
{
    return (char *)plugin_go_entries + (size_t)entry * 16;
}

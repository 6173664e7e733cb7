/* SPDX-License-Identifier: MIT */
/* Valgrind, which does not know of all that the kernel does. */
#ifndef PLUGIN_VALGRIND_H
#define PLUGIN_VALGRIND_H

#include <stdbool.h>
#include <stdint.h>

/* Does this program run under Valgrind? That does not execute these instructions, which do nothing,
 * but answers: manual, "The Client Request mechanism". */
static inline bool is_under_valgrind(void)
{
    uint64_t request[6] = {0x1001 /* RUNNING_ON_VALGRIND */}, answer = 0;
#if defined(__x86_64__)
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi;"
                     "xchgq %%rbx, %%rbx"
                     : "+d"(answer)
                     : "a"(request)
                     : "cc", "memory");
#elif defined(__aarch64__)
    register uint64_t result __asm__("x3") = answer;
    register uint64_t *given __asm__("x4") = request;
    __asm__ volatile("ror x12, x12, #3; ror x12, x12, #13; ror x12, x12, #51; ror x12, x12, #61;"
                     "orr x10, x10, x10"
                     : "+r"(result)
                     : "r"(given)
                     : "cc", "memory", "x12");
    answer = result;
#endif
    return answer;
}

#endif

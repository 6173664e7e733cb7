/* SPDX-License-Identifier: MIT */
/* Words that C reserves, and words that it allows. */
#include "types/print.h"

#include <string.h>

/* The keywords of C23 (6.4.1) and gcc, and the names that C reserves for more, such as _Alignas
 * (C11 7.1.3). */
bool print_is_keyword(const char *name)
{
    static const char keywords[] =
        " alignas alignof asm auto bool break case char const constexpr continue default do double "
        "else enum extern false float for goto if inline int long nullptr register restrict return "
        "short signed sizeof static static_assert struct switch thread_local true typedef typeof "
        "typeof_unqual union unsigned void volatile while ";
    const char *at = strstr(keywords, name);
    return (at && at > keywords && at[-1] == ' ' && at[strlen(name)] == ' ') ||
           (name[0] == '_' && name[1] >= 'A' && name[1] <= 'Z');
}

bool print_is_identifier(const char *name)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$0123456789";
    return *name && strspn(name, letters) == strlen(name) && !(*name >= '0' && *name <= '9') &&
           !print_is_keyword(name);
}

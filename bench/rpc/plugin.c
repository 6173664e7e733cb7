/* SPDX-License-Identifier: MIT */
/* The peer that is this library. */
#include "calls.h"

#include <plugin.h>
#include <string.h>

const int number = NUMBER; /* makes each another plugin */

void nothing(void)
{
}

int value(struct bytes64 bytes)
{
    return bytes.at[sizeof bytes.at - 1];
}

int length(const char *string)
{
    return (int)strlen(string);
}

int first(const unsigned char *bytes, size_t count)
{
    return count ? bytes[0] : 0;
}

int back(int (*function)(int), int number)
{
    return function(number);
}

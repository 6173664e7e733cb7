/* SPDX-License-Identifier: MIT */
/* The calls that every peer makes: a plugin has functions of these names. */
#ifndef CALLS_H
#define CALLS_H

#include <stddef.h>

enum { MEGABYTE = 1 << 20 };

struct bytes64 {
    unsigned char at[64];
};

struct calls {
    void (*nothing)(void);
    int (*value)(struct bytes64 bytes); /* returns the last one */
    int (*length)(const char *string);
    int (*first)(const unsigned char *bytes, size_t count); /* returns the first one */
    int (*back)(int (*function)(int), int number);          /* returns what function(number) does */
};

#endif

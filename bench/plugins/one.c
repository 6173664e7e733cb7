/* SPDX-License-Identifier: MIT */
/* The plugin that is opened: one function. tools/copies changes its number. */
#include <stdio.h>

const char Number[] = "77777777";
int V;

void F(void)
{
}

void Print(void)
{
    printf("Hello, number %s, %d\n", Number, V);
}

/* A plugin whose constructor puts another file in the place of its own, while it is opened. */
#include <stdio.h>

int placeholder;

__attribute__((constructor)) static void construct(void)
{
    rename("replacement", "replaces.so");
}

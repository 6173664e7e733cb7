#include "isolated.h"

/* Makes each copy another plugin. */
__attribute__((used)) static const char number[] = "77777777";

int add(int a, int b)
{
    return a + b;
}

int first(const unsigned char *bytes, size_t count)
{
    return count ? bytes[0] : -1;
}

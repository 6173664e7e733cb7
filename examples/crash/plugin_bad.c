/* plugin_bad.c - crashes if it is given a bad pointer. */
#include <plugin.h>

PLUGIN_INFO("version", "1.2");

long crunch(const long *numbers, int count)
{
    long sum = 0;
    for (int i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

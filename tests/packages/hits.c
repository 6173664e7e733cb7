/* Prints the result of hit() of each plugin, or the error. */
#include <plugin.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int (*hit)(void) = plugin_as(plugin_lookup(plugin_open(argv[i]), "hit"), int (*)(void));
        if (hit)
            printf("%s: %d\n", argv[i], hit());
        else
            printf("%s\n", plugin_error());
    }
    return 0;
}

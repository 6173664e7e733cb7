// Opens plugins that share a package in C++, and says what its counter is.
#include <cstdio>
#include <plugin.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        plugin *p = plugin_open(argv[i]);
        int (*hit)() = plugin_as(plugin_lookup(p, "hit"), int (*)());
        if (hit)
            std::printf("%d\n", hit());
        else
            std::printf("%s\n", plugin_error());
    }
}

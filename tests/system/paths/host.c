/* Opens plugins one after the other, and prints why one is refused. */
#include <locale.h>
#include <plugin.h>
#include <stdio.h>
#include <unistd.h>

int used(int number)
{
    return number + 1;
}

int main(int count, char **arguments)
{
    setlocale(LC_ALL, ""); /* else nobody looks up translations */
    if (access("begin", F_OK) == 0)
        return 2;
    for (int i = 1; i < count; i++) {
        plugin *p = plugin_open(arguments[i]);
        if (!p)
            puts(plugin_error());
        else if (!plugin_lookup(p, "call") || plugin_find_symbol(p, "absent"))
            return 3;
    }
    return 0;
}

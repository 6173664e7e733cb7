/* Opens plugin_name.so, sets its variable V and calls its function F. */
#include <plugin.h>
#include <stdio.h>

int main(void)
{
    plugin *p = plugin_open("plugin_name.so");
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    if (!v || !f) {
        fprintf(stderr, "host: %s\n", plugin_error());
        return 1;
    }
    *v = 7;
    f(); /* prints "Hello, number 7" */
    return 0;
}

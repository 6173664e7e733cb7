/* How often does plugin_as leave the caller? Linked with --wrap=plugin_assert_. */
#include <plugin.h>
#include <stdio.h>

static unsigned calls;

void *__real_plugin_assert_(const plugin_symbol *symbol, const void *probe, const void **seen);
void *__wrap_plugin_assert_(const plugin_symbol *symbol, const void *probe, const void **seen);

void *__wrap_plugin_assert_(const plugin_symbol *symbol, const void *probe, const void **seen)
{
    calls++;
    return __real_plugin_assert_(symbol, probe, seen);
}

int main(void)
{
    plugin *p = plugin_open("plugin_name.so");
    const plugin_symbol *symbol = plugin_lookup(p, "V");
    int *same = NULL;
    for (int i = 0; i < 1000; i++)
        same = plugin_as(symbol, int *);
    printf("right: %u\n", same ? calls : 0);
    calls = 0;
    for (int i = 0; i < 10; i++)
        if (plugin_as(symbol, long *))
            return 1;
    printf("wrong: %u\n", calls);
    return 0;
}

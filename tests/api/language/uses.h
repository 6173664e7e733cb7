/* Uses of plugin_as of every shape, for a compiler that warns of everything; C and C++. */
#include <plugin.h>
#include <string.h>

struct incomplete;

#ifdef __cplusplus
#include <utility>
static bool takes_commas(plugin *p)
{
    return !plugin_as(plugin_lookup(p, "V"), std::pair<int, std::pair<char, int>> *) &&
           !plugin_as(plugin_lookup(p, "F"), std::pair<int, int>(*)(std::pair<int, int>, int));
}
#else
static bool takes_commas(plugin *p)
{
    return !plugin_as(
        plugin_lookup(p, "V"), struct { int one, two; } *);
}
#endif

int main(void)
{
    plugin *p = plugin_open("none.so");
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    struct incomplete *i = plugin_as(plugin_lookup(p, "V"), struct incomplete *);
    const char *const *q = plugin_as(plugin_lookup(p, "V"), const char *const *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    int(*a)[4] = plugin_as(plugin_lookup(p, "F"), int(*)[4]);
    int (*c)(int, char *) = plugin_as(plugin_lookup(p, "F"), int (*)(int, char *));
    if (c || !takes_commas(p) || strcmp(plugin_error_line(), plugin_error()) != 0)
        return 1;
    return v && f && i && q && a ? 1 : plugin_error_code() != PLUGIN_NOT_FOUND;
}

// A C++ host that uses plugin_as in every kind of function: of a template, inline, a lambda.
#include <plugin.h>

#include <cstdio>

struct caller {
    plugin *p;
    template <class T> T get(const char *name)
    {
        return plugin_as(plugin_lookup(p, name), T);
    }
};

inline int *get_inline(plugin *p)
{
    return plugin_as(plugin_lookup(p, "V"), int *);
}

template <class First, class> using pointer_to_first = First *;

int main()
{
    caller caller{plugin_open("plugin_name.so")};
    auto function = caller.get<void (*)()>("F");
    auto variable = caller.get<int *>("V");
    auto wrong = caller.get<long *>("V");
    auto lambda = [&] { return plugin_as(plugin_lookup(caller.p, "V"), const int *); };
    int *of_an_alias = plugin_as(plugin_lookup(caller.p, "V"), pointer_to_first<int, long>);
    if (of_an_alias != variable || !function || !variable || wrong || lambda() != variable ||
        get_inline(caller.p) != variable) {
        std::puts(plugin_error());
        return 1;
    }
    *variable = 7;
    function();
    return 0;
}

/* A host that is not stamped: host PLUGIN [typed|typeless|both|in-process]. Prints what it gets. */
#include <plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int twice(int value)
{
    return 2 * value;
}

int of_host(int value)
{
    return value;
}

static plugin *open_as(const char *path, enum plugin_placement placement, bool has_no_types)
{
    struct plugin_options options = {
        .size = sizeof options, .placement = placement, .has_no_types = has_no_types};
    plugin *p = plugin_open_with(path, &options);
    if (!p)
        puts(plugin_error());
    return p;
}

static void use(plugin *p)
{
    /* Memory with nothing near it, as the manual demands. */
    int *values = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long (*sum)(const int *, size_t) =
        (long (*)(const int *, size_t))plugin_address(plugin_lookup(p, "sum"));
    struct decoder *(*decoder_new)(void) =
        (struct decoder * (*)(void)) plugin_address(plugin_lookup(p, "decoder_new"));
    int (*decode)(struct decoder *) =
        (int (*)(struct decoder *))plugin_address(plugin_lookup(p, "decode"));
    int (*visit)(int (*)(int), int) =
        (int (*)(int (*)(int), int))plugin_address(plugin_lookup(p, "visit"));
    int *v = plugin_address(plugin_lookup(p, "V"));
    if (!sum || !decoder_new || !decode || !visit || !v || values == MAP_FAILED)
        return;
    values[0] = 40;
    values[2] = 2;
    printf("sum: %ld, V: %d\n", sum(values, 3), *v);
    struct decoder *decoder = decoder_new();
    int first = decode(decoder);
    printf("decode: %d %d\n", first, decode(decoder));
    printf("visit: %d\n", visit(twice, 3));
}

int main(int argc, char **argv)
{
    const char *how = argc > 2 ? argv[2] : "";
    bool is_isolated = strcmp(how, "in-process") != 0;
    plugin *p =
        open_as(argv[1], is_isolated ? PLUGIN_ISOLATED : PLUGIN_ANY, strcmp(how, "typed") != 0);
    if (p && !strcmp(how, "typeless"))
        use(p);
    if (p && !strcmp(how, "both")) {
        open_as(argv[1], PLUGIN_ISOLATED, false);
        open_as(argv[1], PLUGIN_ANY, false);
        printf("the same: %d\n", open_as(argv[1], PLUGIN_ISOLATED, true) == p);
    }
    return 0;
}

/* Prints the types of all symbols of a plugin, and all that they lead to. */
#include <plugin_types.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int host_variable[2];
struct unseen {
    int hidden;
};
const struct unseen *host_unseen(void)
{
    static struct unseen own;
    return &own;
}

static const char *const kinds[] = {"none",  "void",     "bool",   "integer", "float", "pointer",
                                    "array", "function", "struct", "union",   "enum",  "other"};

static void show_part(plugin_type type, const struct plugin_type_part *part)
{
    char text[200];
    plugin_type_declare(part->type, part->name, text, sizeof text);
    switch (plugin_type_kind(type)) {
    case PLUGIN_TYPE_ENUM:
        printf("    %s = %lld\n", part->name, part->value);
        break;
    case PLUGIN_TYPE_FUNCTION:
        printf("    takes %s\n", text);
        break;
    default:
        printf("    %zu", part->offset);
        if (part->bit_size)
            printf(".%u:%u", part->bit_offset, part->bit_size);
        printf(" %s\n", *part->name ? text : "(unnamed)");
    }
}

static bool show(void *context, plugin_type type)
{
    struct plugin_type_part part = {.size = sizeof part};
    printf("  %s", kinds[plugin_type_kind(type)]);
    if (*plugin_type_name(type))
        printf(" %s", plugin_type_name(type));
    if (*plugin_type_typedef(type))
        printf(", typedef %s", plugin_type_typedef(type));
    if (*plugin_type_attribute(type))
        printf(", %s", plugin_type_attribute(type));
    if (plugin_type_size(type))
        printf(", %zu bytes, aligned %zu", plugin_type_size(type), plugin_type_alignment(type));
    if (plugin_type_kind(type) == PLUGIN_TYPE_ARRAY)
        printf(", %zu elements", plugin_type_count(type));
    printf("%s%s%s%s%s\n", plugin_type_is_signed(type) ? ", signed" : "",
           plugin_type_is_character(type) ? ", character" : "",
           plugin_type_is_variadic(type) ? ", variadic" : "",
           plugin_type_kind(type) == PLUGIN_TYPE_FUNCTION && !plugin_type_is_prototype(type)
               ? ", no prototype"
               : "",
           plugin_type_is_complete(type) ? "" : ", incomplete");
    for (size_t i = 0; plugin_type_part(type, i, &part); i++)
        show_part(type, &part);
    return context;
}

static bool show_all(const char *name, plugin_type type)
{
    if (!plugin_type_kind(type)) {
        printf("%s: %s\n", name, plugin_error());
        return false;
    }
    char *text = malloc(plugin_type_declare(type, name, NULL, 0) + 1);
    plugin_type_declare(type, name, text, (size_t)-1);
    printf("%s\n", text);
    free(text);
    return plugin_type_walk(type, show, &type);
}

/* Changes the file of an open plugin at this place. */
static void spoil(const char *path, const char *place)
{
    FILE *file = fopen(path, "r+");
    fseek(file, atol(place), SEEK_SET);
    fputs("something else", file);
    fclose(file);
}

static int show_file(const char *path, int count, char **names)
{
    plugin_file *file = plugin_examine(path, NULL);
    if (!file) {
        printf("%s\n", plugin_error());
        return 1;
    }
    for (const char *name = NULL; !count && (name = plugin_file_next(file, name));)
        show_all(name, plugin_file_type(file, name));
    for (int i = 0; i < count; i++)
        show_all(names[i], plugin_file_type(file, names[i]));
    plugin_file_free(file);
    return 0;
}

int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options};
    const char *how = argv[1];
    if (!strcmp(how, "file"))
        return show_file(argv[2], argc - 3, argv + 3);
    options.placement = !strcmp(how, "isolated")   ? PLUGIN_ISOLATED
                        : !strcmp(how, "built-in") ? PLUGIN_BUILT_IN
                                                   : PLUGIN_IN_PROCESS;
    options.allow_unstamped = !strcmp(how, "unstamped");
    plugin *p = !strcmp(how, "program") ? plugin_program() : plugin_open_with(argv[2], &options);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    if (getenv("SPOIL_AT"))
        spoil(argv[2], getenv("SPOIL_AT"));
    if (argc == 3)
        for (const plugin_symbol *s = NULL; (s = plugin_next(p, s));)
            show_all(plugin_symbol_name(s), plugin_symbol_type(s));
    for (int i = 3; i < argc; i++)
        show_all(argv[i], plugin_symbol_type(plugin_lookup(p, argv[i])));
    return 0;
}

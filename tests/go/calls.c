/* Types of Go functions, and calls by them. */
#include <plugin_types.h>

#include <stdio.h>

static bool call(plugin *p, const char *name, void *const *arguments, long *result)
{
    const plugin_symbol *symbol = plugin_lookup(p, name);
    char text[80] = "";
    plugin_type_declare(plugin_symbol_type(symbol), name, text, sizeof text);
    bool done = plugin_call(symbol, arguments, result);
    if (done)
        printf("%s: %ld\n", text, *result);
    return done;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    plugin *forms = plugin_open(argv[1]), *panics = plugin_open(argv[2]);
    struct plugin_type_part string = {.size = sizeof string}, part = {.size = sizeof part};
    long one = 41, zero = 0, result = -1;
    plugin_go_string text = {"five!", 5};
    call(forms, "NextInt", (void *[]){&one}, &result);
    call(forms, "Length", (void *[]){&text}, &result);
    plugin_type_part(plugin_symbol_type(plugin_lookup(forms, "Length")), 0, &string);
    printf("struct %s, of %zu bytes:", plugin_type_name(string.type),
           plugin_type_size(string.type));
    for (size_t i = 0; plugin_type_part(string.type, i, &part); i++) {
        char declaration[40];
        plugin_type_declare(part.type, part.name, declaration, sizeof declaration);
        printf("%s %s", i ? "," : "", declaration);
    }
    printf("\n");
    if (!call(panics, "Divide", (void *[]){&one, &zero}, &result))
        printf("failed, %ld, %s\n", result,
               plugin_error_code() == PLUGIN_CRASHED ? "CRASHED" : plugin_error());
    return 0;
}

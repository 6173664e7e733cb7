/* SPDX-License-Identifier: MIT */
/* Prepares calls by type, or says why there can be none. */
#include "call/prepare_p.h"

#include <stdarg.h>
#include <stdio.h>

/* Texts of errors are cut there. */
enum { DECLARATION_MAX = 512, TEXT_MAX = 2048 };

bool set_error(enum plugin_code code, plugin_type function, const char *attempt,
               const char *declaration, const char *format, ...)
{
    char own[DECLARATION_MAX], text[TEXT_MAX];
    if (!declaration) {
        plugin_type_declare(function, NULL, own, sizeof own);
        declaration = own;
    }
    int length = snprintf(text, sizeof text, "%s %.*s: ", attempt, DECLARATION_MAX, declaration);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, sizeof text - (size_t)length, format, arguments);
    va_end(arguments);
    plugin_error_set_(code, text);
    return false;
}

/* Returns what keeps every function of this type from being called; NULL: nothing. */
static const char *find_obstacle(plugin_type function)
{
    if (plugin_type_is_variadic(function))
        return "its type does not say what `...` takes: call it by the pointer of plugin_as";
    if (!plugin_type_is_prototype(function))
        return "it has no prototype: declare its parameters, (void) if there are none";
    if (plugin_type_count(function) > PARAMETERS_MAX)
        return "it has more parameters than any function";
    if (*plugin_type_attribute(function))
        return "it has a calling convention of its own: call it by the pointer of plugin_as";
    return NULL;
}

static bool set_unsupported(plugin_type function, const char *attempt, const char *declaration,
                            size_t parameter, const char *why)
{
    char place[32] = "result";
    if (parameter)
        snprintf(place, sizeof place, "parameter %zu", parameter);
    return set_error(PLUGIN_UNSUPPORTED, function, attempt, declaration,
                     "%s: %s cannot be passed by value: pass a pointer to it, or call the function "
                     "by the pointer of plugin_as",
                     place, why);
}

bool prepare(struct prepared *prepared, plugin_type function, const char *attempt,
             const char *declaration)
{
    struct signature signature;
    struct plugin_type_part part = {.size = sizeof part};
    *prepared = (struct prepared){.memory = NULL};
    signature.length = 0;
    if (plugin_type_kind(function) != PLUGIN_TYPE_FUNCTION)
        return set_error(PLUGIN_WRONG_TYPE, function, attempt, declaration, "it is no function");
    const char *why = find_obstacle(function);
    if (why)
        return set_error(PLUGIN_UNSUPPORTED, function, attempt, declaration, "%s", why);
    plugin_type result = plugin_type_target(function);
    prepared->result_size = plugin_type_size(result);
    if (plugin_type_kind(result) == PLUGIN_TYPE_VOID)
        signature.letters[signature.length++] = 'v';
    else
        why = signature_add(&signature, result);
    if (why)
        return set_unsupported(function, attempt, declaration, 0, why);
    for (size_t i = 0; plugin_type_part(function, i, &part); i++) {
        why = signature_add(&signature, part.type);
        if (why)
            return set_unsupported(function, attempt, declaration, i + 1, why);
    }
    signature.letters[signature.length] = '\0';
    if (cif_read(&prepared->memory, signature.letters, &prepared->cif))
        return true;
    cif_free(prepared->memory);
    plugin_error_set_(PLUGIN_NO_MEMORY, "out of memory");
    return false;
}

/* SPDX-License-Identifier: MIT */
/* Checks that the parts of a built-in plugin can be linked separately. */
#include "build/archive_parts_p.h"

#include <stdlib.h>
#include <string.h>

/* Symbols that no other part may use, and symbols that parts use. */
struct part_symbols {
    struct object_names own, used;
};

static void part_symbols_deinit(struct part_symbols *symbols)
{
    object_names_deinit(&symbols->own);
    object_names_deinit(&symbols->used);
}

/* Returns the first used symbol that no other part may use, and sets *user to the part; NULL if
 * there is none. */
static const struct object_name *part_symbols_find_used(struct part_symbols *symbols,
                                                        const char **user)
{
    const struct object_name *found = NULL;
    object_names_sort(&symbols->own);
    for (size_t i = 0; !found && i < symbols->used.count; i++) {
        found = object_names_find(&symbols->own, symbols->used.items[i].name);
        *user = symbols->used.items[i].owner;
    }
    return found;
}

bool archive_check_closed(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error)
{
    struct part_symbols symbols = {0};
    const char *user;
    bool done = object_add_symbols(&symbols.own, main_linked, OBJECT_DEFINED, "", error);
    for (uint32_t i = 0; done && linked[i]; i++)
        done = object_add_symbols(&symbols.used, linked[i], OBJECT_UNDEFINED,
                                  meta_package(meta, i).path, error);
    const struct object_name *found = done ? part_symbols_find_used(&symbols, &user) : NULL;
    if (found)
        done = error_set(
            error, PLUGIN_NOT_PLUGIN,
            "package \"%s\" cannot be shared: it uses %s of a file without PLUGIN_PACKAGE; make "
            "that file part of the package",
            user, found->name);
    part_symbols_deinit(&symbols);
    return done;
}

bool archive_check_hidden(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error)
{
    struct part_symbols symbols = {0};
    const char *user;
    bool done = object_add_symbols(&symbols.used, main_linked, OBJECT_UNDEFINED, "", error);
    for (uint32_t i = 0; done && linked[i]; i++) {
        const char *package = meta_package(meta, i).path;
        done = object_add_symbols(&symbols.own, linked[i], OBJECT_HIDDEN, package, error) &&
               object_add_symbols(&symbols.used, linked[i], OBJECT_UNDEFINED, package, error);
    }
    const struct object_name *found = done ? part_symbols_find_used(&symbols, &user) : NULL;
    if (found)
        done = error_set(
            error, PLUGIN_NOT_PLUGIN,
            "package \"%s\" cannot be shared: its %s is used outside it, but hidden; give it "
            "default visibility",
            found->owner, found->name);
    part_symbols_deinit(&symbols);
    return done;
}

bool archive_find_common(struct object_names *common, const char *main_linked,
                         const char *const *linked, struct error *error)
{
    size_t kept = 0;
    bool done = object_add_symbols(common, main_linked, OBJECT_HIDDEN_VARIABLES, "", error);
    for (size_t i = 0; done && linked[i]; i++)
        done = object_add_symbols(common, linked[i], OBJECT_HIDDEN_VARIABLES, "", error);
    object_names_sort(common);
    for (size_t i = 0; i < common->count; i++) {
        char *name = common->items[i].name;
        bool is_again = i + 1 < common->count && !strcmp(name, common->items[i + 1].name);
        bool is_known = kept && !strcmp(name, common->items[kept - 1].name);
        if (is_again && !is_known)
            common->items[kept++].name = name;
        else
            free(name);
    }
    common->count = kept;
    return done;
}

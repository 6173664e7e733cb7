/* May the parts of a built-in plugin be linked apart from each other? */
#include "build/archive_parts.h"

#include <stdlib.h>
#include <string.h>

/* What one part defines that no other part may use, and what the others use. */
struct reach {
    struct object_names own, used;
};

static void reach_free(struct reach *reach)
{
    object_names_free(&reach->own);
    object_names_free(&reach->used);
}

/* The first of the names that is used all the same; NULL: none. *user: by whom. */
static const struct object_name *find_used(struct reach *reach, const char **user)
{
    const struct object_name *found = NULL;
    object_sort_names(&reach->own);
    for (size_t i = 0; !found && i < reach->used.count; i++) {
        found = object_find_name(&reach->own, reach->used.items[i].name);
        *user = reach->used.items[i].owner;
    }
    return found;
}

bool archive_check_closed(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error)
{
    struct reach reach = {0};
    const char *user;
    bool done = object_add_symbols(&reach.own, main_linked, OBJECT_DEFINED, "", error);
    for (uint32_t i = 0; done && linked[i]; i++)
        done = object_add_symbols(&reach.used, linked[i], OBJECT_UNDEFINED,
                                  meta_package(meta, i).path, error);
    const struct object_name *found = done ? find_used(&reach, &user) : NULL;
    if (found)
        done = error_set(error, PLUGIN_NOT_PLUGIN,
                         "package \"%s\" uses %s, which a file without PLUGIN_PACKAGE defines, so "
                         "that it could not be shared; make that file part of the package",
                         user, found->name);
    reach_free(&reach);
    return done;
}

bool archive_check_hidden(const struct meta *meta, const char *main_linked,
                          const char *const *linked, struct error *error)
{
    struct reach reach = {0};
    const char *user;
    bool done = object_add_symbols(&reach.used, main_linked, OBJECT_UNDEFINED, "", error);
    for (uint32_t i = 0; done && linked[i]; i++) {
        const char *package = meta_package(meta, i).path;
        done = object_add_symbols(&reach.own, linked[i], OBJECT_HIDDEN, package, error) &&
               object_add_symbols(&reach.used, linked[i], OBJECT_UNDEFINED, package, error);
    }
    const struct object_name *found = done ? find_used(&reach, &user) : NULL;
    if (found)
        done = error_set(error, PLUGIN_NOT_PLUGIN,
                         "its %s, of package \"%s\", is used outside of that package, but is "
                         "hidden, so that the package could not be shared; give it default "
                         "visibility",
                         found->name, found->owner);
    reach_free(&reach);
    return done;
}

bool archive_find_common(struct object_names *common, const char *main_linked,
                         const char *const *linked, struct error *error)
{
    size_t kept = 0;
    bool done = object_add_symbols(common, main_linked, OBJECT_HIDDEN_VARIABLES, "", error);
    for (size_t i = 0; done && linked[i]; i++)
        done = object_add_symbols(common, linked[i], OBJECT_HIDDEN_VARIABLES, "", error);
    object_sort_names(common);
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

/* SPDX-License-Identifier: MIT */
/* The structs of which the module has objects, and the words that name the first one. */
#include "dwarf/die.h"
#include "packages/packages.h"
#include "src/base/path.h"
#include "src/base/table.h"
#include "src/types/btf.h"
#include "src/types/btf_tags.h"
#include "types/names_p.h"
#include "types/tags_p.h"

#include <dwarf.h>
#include <stdlib.h>

/* ---- words ---- */

enum { NAME_SHOWN_MAX = 64 };

/* Adds a name, or else these words. */
static void add_name(struct text *text, Dwarf_Die *die, const char *without)
{
    const char *name = dwarf_diename(die);
    if (name)
        text_add(text, "%.*s%s", NAME_SHOWN_MAX, name, strlen(name) > NAME_SHOWN_MAX ? "..." : "");
    else
        text_add(text, "%s", without);
}

static const char *struct_word(Dwarf_Die *owner)
{
    switch (dwarf_tag(owner)) {
    case DW_TAG_union_type:
        return "union";
    case DW_TAG_class_type:
        return "class";
    default:
        return "struct";
    }
}

static void add_owned(struct text *text, const char *what, Dwarf_Die *owner)
{
    text_add(text, "%s of ", what);
    add_name(text, owner, dwarf_tag(owner) == DW_TAG_subprogram ? "a function" : "a function type");
}

static void add_member(struct text *text, Dwarf_Die *owner)
{
    text_add(text, "member of ");
    if (dwarf_diename(owner))
        text_add(text, "%s ", struct_word(owner));
    else
        text_add(text, "a ");
    add_name(text, owner, struct_word(owner));
}

/* Adds "local variable of keep". */
static void add_place(struct text *text, const struct stamp_place *place)
{
    Dwarf_Die die = place->die, owner = place->owner;
    bool is_local = owner.addr && dwarf_tag(&owner) == DW_TAG_subprogram;
    switch (dwarf_tag(&die)) {
    case DW_TAG_variable:
        if (is_local) {
            add_owned(text, "local variable", &owner);
            break;
        }
        text_add(text, "variable ");
        add_name(text, &die, "without a name");
        break;
    case DW_TAG_formal_parameter:
        add_owned(text, "parameter", &owner);
        break;
    case DW_TAG_subprogram:
    case DW_TAG_subroutine_type:
        add_owned(text, "result", &die);
        break;
    case DW_TAG_member:
        add_member(text, &owner);
        break;
    case DW_TAG_inheritance:
        text_add(text, "base of ");
        add_name(text, &owner, "a class");
        break;
    default:
        text_add(text, "array");
    }
}

/* Adds " in plug.c": the file that was compiled. The one that declares it, such as a header, is in
 * the unit's line table, which takes longer to read than all the rest. */
static void add_file(struct text *text, const struct stamp_place *place)
{
    Dwarf_Die die = place->die, unit;
    uint32_t line;
    const char *file = dwarf_diecu(&die, &unit, NULL, NULL) ? dwarf_diename(&unit) : NULL;
    if (!file)
        file = die_declared_in(&die, &line);
    if (!*file)
        return;
    /* rustc appends "/@/" and the name of its own unit. */
    const char *end = strstr(file, "/@/");
    TEXT_AUTO path = {0};
    text_add(&path, "%.*s", (int)(end ? (size_t)(end - file) : strlen(file)), file);
    text_add(text, " in %.*s", NAME_SHOWN_MAX, path_base_name(text_chars(&path)));
    text->failed |= path.failed;
}

/* ---- structs ---- */

/* The objects by the size of their struct. */
struct finder {
    struct stamp *stamp;
    const struct btf *btf;
    struct table by_size;
    uint32_t package;                        /* the objects in files of this one count; 0: main */
    const char **owns, **tags;               /* names of each object; NULL: not known yet */
    const struct stamp_object *(*firsts)[3]; /* by BTF id, then enum stamp_place_kind */
    struct error *error;
};

static uint32_t size_hash(uint64_t size)
{
    return (uint32_t)(size * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static bool finder_init(struct finder *finder)
{
    struct arena *arena = &finder->stamp->arena;
    const struct stamp_objects *objects = &finder->stamp->objects;
    finder->owns = arena_alloc_zeroed(arena, objects->count, sizeof *finder->owns);
    finder->tags = arena_alloc_zeroed(arena, objects->count, sizeof *finder->tags);
    finder->firsts = arena_alloc_zeroed(arena, finder->btf->count, sizeof *finder->firsts);
    if (!finder->owns || !finder->tags || !finder->firsts ||
        !table_reserve(&finder->by_size, arena, objects->count))
        return error_set_no_memory(finder->error);
    for (size_t i = 0; i < objects->count; i++)
        table_add(&finder->by_size, size_hash(objects->items[i].size), (uint32_t)i);
    return true;
}

/* Sets a name of the object's struct, the first time. */
static bool finder_name(const struct finder *finder, uint32_t number, const char **names,
                        char *(*name_of)(Dwarf_Die *))
{
    if (names[number])
        return true;
    char *name = name_of(&finder->stamp->objects.items[number].type);
    names[number] = name ? arena_strndup(&finder->stamp->arena, name, strlen(name)) : NULL;
    free(name);
    return names[number] || error_set_no_memory(finder->error);
}

static bool is_end(const char *name, const char *end)
{
    size_t length = strlen(name), end_length = strlen(end);
    return length >= end_length && !strcmp(name + length - end_length, end);
}

/* Sets whether the object's struct has this name in .BTF. Its scopes take long to find. */
static bool finder_has_name(const struct finder *finder, uint32_t number, const char *name,
                            bool *has_name)
{
    *has_name = false;
    if (!finder_name(finder, number, finder->owns, name_own))
        return false;
    if (!is_end(name, finder->owns[number]))
        return true;
    if (!finder_name(finder, number, finder->tags, name_tag))
        return false;
    *has_name = !strcmp(finder->tags[number], name);
    return true;
}

/* Keeps the first object of each kind of a struct. */
static void finder_keep(struct finder *finder, uint32_t id, const struct stamp_object *object)
{
    for (size_t i = 0; i < 3; i++) {
        const struct stamp_object **first = &finder->firsts[id][i];
        if (object->places[i].die.addr &&
            (!*first || object->places[i].order < (*first)->places[i].order))
            *first = object;
    }
}

/* Objects of more packages count as main's, since a type has few tags. */
enum { PACKAGES_TOLD_MAX = 16 };

/* Returns the number, plus 1, of the package that has the object in a file of its own; 0: main, or
 * a package that a tag cannot tell. */
static uint32_t object_package(const struct stamp *stamp, const struct stamp_object *object)
{
    uint32_t package = stamp->has_packages ? stamp_home_package(stamp, object->home) : 0;
    bool is_told = package && package <= PACKAGES_TOLD_MAX &&
                   !strstr(stamp->packages.items[package - 1].path, BTF_OF_PACKAGE_END);
    return is_told ? package : 0;
}

/* Finds the objects of a struct of this size. */
static bool finder_match(struct finder *finder, const struct btf_unqualified *type, uint64_t size)
{
    struct table_probe probe = {.hash = size_hash(size)};
    for (uint32_t item; table_next(&finder->by_size, &probe, &item);) {
        struct stamp_object *object = &finder->stamp->objects.items[item];
        bool is_typedef = dwarf_tag(&object->type) == DW_TAG_typedef, has_name;
        if (object->size != size || is_typedef != !*type->type.name ||
            object_package(finder->stamp, object) != finder->package)
            continue;
        if (!finder_has_name(finder, item, tags_type_name(type), &has_name))
            return false;
        if (has_name)
            finder_keep(finder, type->id, object);
    }
    return true;
}

static bool finder_add_tag(const struct finder *finder, uint32_t id, struct tags *tags)
{
    static const enum stamp_place_kind order[] = {PLACE_ELEMENTS, PLACE_ARRAY, PLACE_OBJECT};
    for (size_t i = 0; i < 3; i++) {
        const struct stamp_object *object = finder->firsts[id][order[i]];
        if (!object)
            continue;
        TEXT_AUTO text = {0};
        text_add(&text, "%s", order[i] == PLACE_OBJECT ? BTF_OBJECT : BTF_ELEMENTS);
        if (finder->package)
            text_add(&text, "%s%s%s", BTF_OF_PACKAGE,
                     finder->stamp->packages.items[finder->package - 1].path, BTF_OF_PACKAGE_END);
        add_place(&text, &object->places[order[i]]);
        add_file(&text, &object->places[order[i]]);
        return text.failed ? error_set_no_memory(finder->error)
                           : tags_add(finder->stamp, tags, id, text_chars(&text), finder->error);
    }
    return true;
}

/* Adds the tags for the objects of the finder's package. */
static bool finder_add_tags(struct finder *finder, struct tags *tags)
{
    const struct btf *btf = finder->btf;
    memset(finder->firsts, 0, btf->count * sizeof *finder->firsts);
    for (uint32_t id = 1; id < btf->count; id++) {
        struct btf_unqualified type = tags_named_type(btf, id);
        if (type.type.kind == BTF_STRUCT && (!finder_match(finder, &type, type.type.size) ||
                                             !finder_match(finder, &type, UINT64_MAX)))
            return false;
    }
    for (uint32_t id = 1; id < btf->count; id++)
        if (!finder_add_tag(finder, id, tags))
            return false;
    return true;
}

bool objects_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                      struct error *error)
{
    struct finder finder = {.stamp = stamp, .btf = btf, .error = error};
    bool has_objects[PACKAGES_TOLD_MAX + 1] = {false};
    for (size_t i = 0; i < stamp->objects.count; i++)
        has_objects[object_package(stamp, &stamp->objects.items[i])] = true;
    if (!stamp->objects.count)
        return true;
    if (!finder_init(&finder))
        return false;
    for (; finder.package <= PACKAGES_TOLD_MAX; finder.package++)
        if (has_objects[finder.package] && !finder_add_tags(&finder, tags))
            return false;
    return true;
}

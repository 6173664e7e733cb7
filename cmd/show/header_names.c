/* SPDX-License-Identifier: MIT */
/* Unique names for a header. */
#include "show/header_p.h"

#include "src/base/hash.h"
#include "src/base/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C has one name space for tags, and one for typedefs, enumerators and symbols (C11 6.2.3). The
 * third one has the typedefs alone. */
enum { SPACE_TAGS, SPACE_ORDINARY, SPACE_TYPEDEFS, SPACE_COUNT };

/* The names in use. */
struct name_space {
    struct table table;
    const char **names;
};

struct header_names {
    struct name_space spaces[SPACE_COUNT];
    char (*suffixes)[16];            /* of each type's name */
    char (*enumerator_suffixes)[16]; /* of each enum's enumerators */
};

static bool name_space_has(const struct name_space *space, const char *name)
{
    struct table_probe probe = {.hash = hash_name(name)};
    for (uint32_t item; table_next(&space->table, &probe, &item);)
        if (!strcmp(space->names[item], name))
            return true;
    return false;
}

/* Adds a name; false if it is in use. */
static bool name_space_add(struct name_space *space, const char *name)
{
    if (name_space_has(space, name))
        return false;
    space->names[space->table.count] = name;
    table_add(&space->table, hash_name(name), (uint32_t)space->table.count);
    return true;
}

/* Allocates room for the most names possible. */
static bool header_names_init(struct header_names *names, const struct module *module)
{
    const struct format_header *header = &module->meta.header;
    size_t count = module->btf->count + (size_t)header->symbols.count + header->members.count;
    for (uint32_t id = 1; id < module->btf->count; id++) {
        struct btf_type type = btf_type(module->btf, id);
        count += btf_is_enum(type.kind) ? type.length : 0;
    }
    for (size_t i = 0; i < SPACE_COUNT; i++) {
        struct name_space *space = &names->spaces[i];
        space->names = calloc(count, sizeof *space->names);
        if (!space->names || !table_reserve(&space->table, NULL, count))
            return false;
    }
    names->suffixes = calloc(module->btf->count, sizeof *names->suffixes);
    names->enumerator_suffixes = calloc(module->btf->count, sizeof *names->enumerator_suffixes);
    return names->suffixes && names->enumerator_suffixes;
}

static void header_names_set_suffix(char suffix[16], uint32_t id)
{
    snprintf(suffix, 16, "___%u", id);
}

/* If one enumerator of an enum needs a suffix, all of them get it. */
static void header_names_add_enumerators(struct header_names *names, const struct btf *btf,
                                         uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    for (uint32_t i = 0; i < type.length; i++) {
        const char *name;
        btf_enumerator(btf, &type, i, &name);
        if (!name_space_add(&names->spaces[SPACE_ORDINARY], name))
            header_names_set_suffix(names->enumerator_suffixes[id], id);
    }
}

/* Adds the symbols that PLUGIN_EXPECTS names. */
static void header_names_add_expected(struct header_names *names, const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++) {
        struct meta_interface interface = meta_interface(meta, i);
        for (uint32_t k = 0; k < interface.member_count; k++)
            if (interface.kind == FORMAT_INTERFACE_EXPECTED)
                name_space_add(&names->spaces[SPACE_ORDINARY], meta_member(meta, i, k).name);
    }
}

static void header_names_add_all(struct header_names *names, const struct module *module,
                                 const bool *is_reached)
{
    const struct btf *btf = module->btf;
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++)
        name_space_add(&names->spaces[SPACE_ORDINARY], meta_symbol(&module->meta, i).name);
    header_names_add_expected(names, &module->meta);
    for (uint32_t id = 1; id < btf->count; id++) {
        if (!is_reached[id])
            continue;
        struct btf_type type = btf_type(btf, id);
        bool is_tag = type.kind == BTF_STRUCT || type.kind == BTF_UNION || type.kind == BTF_FWD ||
                      btf_is_enum(type.kind);
        if (is_tag && *type.name && !name_space_add(&names->spaces[SPACE_TAGS], type.name))
            header_names_set_suffix(names->suffixes[id], id);
        if (type.kind == BTF_TYPEDEF && !name_space_add(&names->spaces[SPACE_ORDINARY], type.name))
            header_names_set_suffix(names->suffixes[id], id);
        if (type.kind == BTF_TYPEDEF)
            name_space_add(&names->spaces[SPACE_TYPEDEFS], type.name);
        if (btf_is_enum(type.kind))
            header_names_add_enumerators(names, btf, id);
    }
}

struct header_names *header_names_new(const struct module *module, const bool *is_reached)
{
    struct header_names *names = calloc(1, sizeof *names);
    if (names && header_names_init(names, module)) {
        header_names_add_all(names, module, is_reached);
        return names;
    }
    header_names_free(names);
    return NULL;
}

static const char *header_names_suffix(const void *context, uint32_t id)
{
    return ((const struct header_names *)context)->suffixes[id];
}

static const char *header_names_enumerator_suffix(const void *context, uint32_t id)
{
    return ((const struct header_names *)context)->enumerator_suffixes[id];
}

struct print_names header_names_printing(const struct header_names *names)
{
    return (struct print_names){header_names_suffix, header_names_enumerator_suffix, names, NULL};
}

bool header_names_is_typedef(const struct header_names *names, const char *name)
{
    return name_space_has(&names->spaces[SPACE_TYPEDEFS], name);
}

void header_names_free(struct header_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < SPACE_COUNT; i++) {
        table_deinit(&names->spaces[i].table);
        free(names->spaces[i].names);
    }
    free(names->suffixes);
    free(names->enumerator_suffixes);
    free(names);
}

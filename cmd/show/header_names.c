/* Tells types of one name apart in a header. */
#include "show/header_names.h"

#include "src/base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C has one space of names for tags, and one for typedefs, enumerators and symbols (C11 6.2.3).
 * Typedefs are also known by themselves. */
enum space { TAGS, ORDINARY, TYPEDEFS, SPACES };

/* The names that are taken: a hash table with open addressing. */
struct taken {
    const char **slots;
    size_t slot_count;
};

struct header_names {
    struct taken taken[SPACES];
    char (*suffixes)[16];            /* of each type's name */
    char (*enumerator_suffixes)[16]; /* of each enum's enumerators */
};

/* Where a name is, or would be. */
static const char **find_slot(const struct taken *taken, const char *name)
{
    for (size_t at = hash_name(name);; at++) {
        const char **slot = &taken->slots[at & (taken->slot_count - 1)];
        if (!*slot || !strcmp(*slot, name))
            return slot;
    }
}

/* Takes a name; false if it was taken. */
static bool take(struct taken *taken, const char *name)
{
    const char **slot = find_slot(taken, name);
    bool is_free = !*slot;
    *slot = name;
    return is_free;
}

/* As many names as there may be at most, and as many again to keep the table half empty. */
static bool make_tables(struct header_names *names, const struct module *module)
{
    size_t count = module->btf->count + (size_t)module->meta.header.symbols.count;
    for (uint32_t id = 1; id < module->btf->count; id++) {
        struct btf_type type = btf_type(module->btf, id);
        count += btf_is_enum(type.kind) ? type.length : 0;
    }
    size_t slot_count = 16;
    while (slot_count < count * 2)
        slot_count *= 2;
    for (size_t i = 0; i < SPACES; i++) {
        names->taken[i].slot_count = slot_count;
        names->taken[i].slots = calloc(slot_count, sizeof *names->taken[i].slots);
        if (!names->taken[i].slots)
            return false;
    }
    names->suffixes = calloc(module->btf->count, sizeof *names->suffixes);
    names->enumerator_suffixes = calloc(module->btf->count, sizeof *names->enumerator_suffixes);
    return names->suffixes && names->enumerator_suffixes;
}

static void set_suffix(char suffix[16], uint32_t id)
{
    snprintf(suffix, 16, "___%u", id);
}

/* The enumerators of one enum are told apart all together. */
static void take_enumerators(struct header_names *names, const struct btf *btf, uint32_t id)
{
    struct btf_type type = btf_type(btf, id);
    for (uint32_t i = 0; i < type.length; i++) {
        const char *name;
        btf_enumerator(btf, &type, i, &name);
        if (!take(&names->taken[ORDINARY], name))
            set_suffix(names->enumerator_suffixes[id], id);
    }
}

static void take_all(struct header_names *names, const struct module *module,
                     const bool *is_reached)
{
    const struct btf *btf = module->btf;
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++)
        take(&names->taken[ORDINARY], meta_symbol(&module->meta, i).name);
    for (uint32_t id = 1; id < btf->count; id++) {
        if (!is_reached[id])
            continue;
        struct btf_type type = btf_type(btf, id);
        bool is_tag = type.kind == BTF_STRUCT || type.kind == BTF_UNION || type.kind == BTF_FWD ||
                      btf_is_enum(type.kind);
        if (is_tag && *type.name && !take(&names->taken[TAGS], type.name))
            set_suffix(names->suffixes[id], id);
        if (type.kind == BTF_TYPEDEF && !take(&names->taken[ORDINARY], type.name))
            set_suffix(names->suffixes[id], id);
        if (type.kind == BTF_TYPEDEF)
            take(&names->taken[TYPEDEFS], type.name);
        if (btf_is_enum(type.kind))
            take_enumerators(names, btf, id);
    }
}

struct header_names *header_names_new(const struct module *module, const bool *is_reached)
{
    struct header_names *names = calloc(1, sizeof *names);
    if (names && make_tables(names, module)) {
        take_all(names, module, is_reached);
        return names;
    }
    header_names_free(names);
    return NULL;
}

static const char *suffix(const void *context, uint32_t id)
{
    return ((const struct header_names *)context)->suffixes[id];
}

static const char *enumerator_suffix(const void *context, uint32_t id)
{
    return ((const struct header_names *)context)->enumerator_suffixes[id];
}

struct print_names header_names_printing(const struct header_names *names)
{
    return (struct print_names){suffix, enumerator_suffix, names, NULL};
}

bool header_names_is_typedef(const struct header_names *names, const char *name)
{
    return *find_slot(&names->taken[TYPEDEFS], name);
}

void header_names_free(struct header_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < SPACES; i++)
        free(names->taken[i].slots);
    free(names->suffixes);
    free(names->enumerator_suffixes);
    free(names);
}

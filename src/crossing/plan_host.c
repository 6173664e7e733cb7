/* SPDX-License-Identifier: MIT */
/* Which structs the host can see into. What it knows as incomplete, or not at all, is the plugin's
 * own: a pointer to it is a handle. */
#include "base/array.h"
#include "base/hash.h"
#include "crossing/plan_p.h"
#include "types/btf_tags.h"

#include <string.h>

static bool has_tag(const struct btf_type *type)
{
    return btf_has_members(type->kind) && *type->name && strcmp(type->name, BTF_UNNAMED_TAG) != 0;
}

static bool find(const struct plan_maker *maker, const char *tag)
{
    struct table_probe probe = {.hash = hash_name(tag)};
    for (uint32_t item; table_next(&maker->host_tags, &probe, &item);)
        if (!strcmp(maker->host_tag_names[item], tag))
            return true;
    return false;
}

static void read_types(struct plan_maker *maker, const struct btf *types)
{
    for (uint32_t id = 1; id < types->count && plan_pay(maker, 1); id++) {
        struct btf_type type = btf_type(types, id);
        if (!has_tag(&type) || find(maker, type.name))
            continue;
        uint32_t item = (uint32_t)maker->host_tag_count;
        const char **added = array_add(&maker->arena, maker->host_tag_names, maker->host_tag_count,
                                       maker->host_tag_capacity);
        if (!added ||
            !table_reserve(&maker->host_tags, &maker->arena, maker->host_tags.count + 1)) {
            maker->has_no_memory = true;
            return;
        }
        *added = type.name;
        if (table_add(&maker->host_tags, hash_name(type.name), item) > TABLE_PROBES_MAX)
            maker->is_too_much = true;
    }
}

bool plan_read_host(struct plan_maker *maker, struct error *error)
{
    if (maker->host_types)
        read_types(maker, maker->host_types);
    for (size_t i = 0; maker->host_types && i < maker->carrier_count; i++) {
        const struct btf *types = module_types(maker->carriers[i], error);
        if (!types)
            return false;
        read_types(maker, types);
    }
    return true;
}

/* A type of the plugin may have such a name, too: only its members make it one, since a host that
 * passes it knows these. */
bool plan_is_go_value(const struct plan_maker *maker, const struct btf_type *type)
{
    enum { WORD = 8 };
    static const char *const names[] = {"data", "len", "cap"};
    bool is_string = !strcmp(type->name, BTF_GO_STRING_TAG);
    bool is_slice = !strncmp(type->name, BTF_GO_SLICE_TAG, strlen(BTF_GO_SLICE_TAG));
    bool is_one = maker->plugin->go && type->kind == BTF_STRUCT && (is_string || is_slice) &&
                  type->length == (is_string ? 2 : 3) && type->size == type->length * WORD;
    for (uint32_t i = 0; is_one && i < type->length; i++) {
        struct btf_member member = btf_member(maker->btf, type, i);
        struct btf_type own = btf_type(maker->btf, member.type);
        is_one = !strcmp(member.name, names[i]) && member.bit_offset == i * WORD * 8 &&
                 own.kind == (i ? BTF_INT : BTF_PTR) && (!i || own.size == WORD);
    }
    return is_one;
}

bool plan_host_sees(const struct plan_maker *maker, const struct btf_type *type)
{
    return !maker->host_types || !has_tag(type) || plan_is_go_value(maker, type) ||
           find(maker, type->name);
}

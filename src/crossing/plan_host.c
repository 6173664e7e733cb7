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
        if (!strcmp(btf_type(maker->host_types, item).name, tag))
            return true;
    return false;
}

void plan_read_host(struct plan_maker *maker)
{
    const struct btf *types = maker->host_types;
    for (uint32_t id = 1; types && id < types->count && plan_pay(maker, 1); id++) {
        struct btf_type type = btf_type(types, id);
        if (!has_tag(&type) || find(maker, type.name))
            continue;
        if (!table_reserve(&maker->host_tags, &maker->arena, maker->host_tags.count + 1)) {
            maker->has_no_memory = true;
            return;
        }
        if (table_add(&maker->host_tags, hash_name(type.name), id) > TABLE_PROBES_MAX)
            maker->is_too_much = true;
    }
}

bool plan_host_sees(const struct plan_maker *maker, const struct btf_type *type)
{
    return !maker->host_types || !has_tag(type) || find(maker, type->name);
}

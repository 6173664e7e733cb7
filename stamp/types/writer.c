/* SPDX-License-Identifier: MIT */
/* Writes a set of types, each a DIE, as BTF, by libbpf: the ids and the queue. */
#include "types/writer_p.h"

#include "dwarf/die.h"
#include "src/base/array.h"
#include "src/types/btf_tags.h"
#include "types/completions_p.h"
#include "types/rust_p.h"

#include <assert.h>
#include <dwarf.h>
#include <errno.h>
#include <stdio.h>

bool writer_init(struct writer *writer, struct stamp *stamp, struct error *error)
{
    *writer = (struct writer){.stamp = stamp, .next_id = 1, .error = error};
    writer->btf = btf__new_empty();
    if (!writer->btf)
        return error_set_no_memory(error);
    btf__set_pointer_size(writer->btf, stamp->pointer_size);
    return true;
}

void writer_deinit(struct writer *writer)
{
    btf__free(writer->btf);
}

bool writer_fail(struct writer *writer, Dwarf_Die *die, const char *why)
{
    const char *name = dwarf_diename(die);
    return error_set(writer->error, PLUGIN_UNSUPPORTED, "cannot record type %s: %s",
                     name ? name : "(unnamed)", why);
}

bool writer_added(struct writer *writer, int result, uint32_t expected)
{
    if (result == -ENOMEM)
        return error_set_no_memory(writer->error);
    if (result < 0 || (expected && (uint32_t)result != expected))
        return error_set(writer->error, PLUGIN_SYSTEM, "cannot write a type: libbpf: %s",
                         strerror(result < 0 ? -result : EINVAL));
    return true;
}

uint32_t writer_dimensions(Dwarf_Die *die)
{
    Dwarf_Die child;
    uint32_t count = 0;
    if (!die_has_flag(die, DW_AT_GNU_vector) && dwarf_child(die, &child) == 0)
        do
            count += dwarf_tag(&child) == DW_TAG_subrange_type ||
                     dwarf_tag(&child) == DW_TAG_enumeration_type;
        while (dwarf_siblingof(&child, &child) == 0);
    return count ? count : 1;
}

static struct node *writer_add_node(struct writer *writer)
{
    struct arena *arena = &writer->stamp->arena;
    struct node *node =
        table_reserve(&writer->node_table, arena, writer->node_count + 1)
            ? array_add(arena, writer->nodes, writer->node_count, writer->node_capacity)
            : NULL;
    if (!node)
        error_set_no_memory(writer->error);
    return node;
}

bool writer_id(struct writer *writer, Dwarf_Die *die, uint32_t *id)
{
    die_complete(die);
    rust_resolve_option(die);
    if (writer->completions)
        completions_complete(writer->completions, die);
    struct table_probe probe = {.hash = die_hash(die)};
    for (uint32_t item; table_next(&writer->node_table, &probe, &item);)
        if (writer->nodes[item].die.addr == die->addr) {
            *id = writer->nodes[item].id;
            assert(*id && *id < writer->next_id);
            return true;
        }
    struct node *node = writer_add_node(writer);
    if (!node)
        return false;
    *node = (struct node){.die = *die, .id = writer->next_id};
    table_add(&writer->node_table, probe.hash, (uint32_t)(node - writer->nodes));
    writer->next_id += dwarf_tag(die) == DW_TAG_array_type ? writer_dimensions(die) : 1;
    *id = node->id;
    return true;
}

bool writer_type_id(struct writer *writer, Dwarf_Die *die, uint32_t *id)
{
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    *id = 0;
    if (!die_attribute(die, DW_AT_type, &attribute))
        return true;
    /* A dangling reference is not void. */
    if (!dwarf_formref_die(&attribute, &type))
        return writer_fail(writer, die,
                           "unresolved reference: the debug information is damaged, or continues "
                           "in a missing file (.gnu_debugaltlink, .dwo)");
    return rust_is_void(&type) || writer_id(writer, &type, id);
}

bool writer_made_id(struct writer *writer, struct node made, uint32_t *id)
{
    struct node *node = writer_add_node(writer);
    if (!node)
        return false;
    *node = made;
    node->id = writer->next_id++;
    *id = node->id;
    return true;
}

bool writer_unknown_id(struct writer *writer, uint64_t size, const char *what, uint32_t *id)
{
    const char *text = arena_strndup(&writer->stamp->arena, what, strlen(what));
    if (!text)
        return error_set_no_memory(writer->error);
    uint32_t bytes = size && size < UINT32_MAX ? (uint32_t)size : 1;
    struct node node = {.kind = NODE_UNKNOWN, .target = bytes, .text = text};
    return writer_made_id(writer, node, id);
}

bool writer_index_id(struct writer *writer, uint32_t *id)
{
    if (!writer->index_id &&
        !writer_made_id(writer, (struct node){.kind = NODE_INDEX}, &writer->index_id))
        return false;
    *id = writer->index_id;
    return true;
}

bool writer_add_alignment(struct writer *writer, Dwarf_Die *die, uint32_t id, int32_t member)
{
    uint64_t value;
    Dwarf_Attribute attribute;
    if (!dwarf_attr(die, DW_AT_alignment, &attribute) ||
        !die_unsigned(die, DW_AT_alignment, &value))
        return true;
    struct alignment *alignment = array_add(&writer->stamp->arena, writer->alignments,
                                            writer->alignment_count, writer->alignment_capacity);
    if (!alignment)
        return error_set_no_memory(writer->error);
    *alignment = (struct alignment){id, member, value};
    return true;
}

/* libbpf accepts only the sizes of C's floats, so the size is set afterwards. */
bool writer_add_opaque(struct writer *writer, const char *name, uint64_t size, uint32_t id)
{
    int added = btf__add_float(writer->btf, name, 8);
    if (!writer_added(writer, added, id))
        return false;
    ((struct btf_type *)btf__type_by_id(writer->btf, id))->size = (uint32_t)size;
    return true;
}

bool writer_add_unknown(struct writer *writer, const char *what, uint64_t size, uint32_t id)
{
    char name[128];
    snprintf(name, sizeof name, BTF_UNKNOWN_START "%.100s)", what);
    return writer_add_opaque(writer, name, size && size <= UINT32_MAX ? size : 1, id);
}

/* libbpf completes an incomplete struct if just one of all types has its tag. So each tag of one
 * that must stay incomplete gets two other structs, which are dropped afterwards. */
enum { OTHERS = 2 };

static bool writer_add_others(struct writer *writer, const struct completions *completions)
{
    for (size_t i = 0; i < completions->open_count; i++)
        for (uint32_t size = 1; size <= OTHERS; size++)
            if (!writer_added(writer, btf__add_struct(writer->btf, completions->open[i], size),
                              0) ||
                !writer_added(writer, btf__add_field(writer->btf, "another", 0, 8, 0), 0))
                return false;
    return true;
}

bool writer_drop_last(struct writer *writer, size_t count)
{
    struct btf *copy = count ? btf__new_empty() : NULL;
    uint32_t end = btf__type_cnt(writer->btf) - (uint32_t)count;
    if (!count)
        return true;
    if (!copy)
        return error_set_no_memory(writer->error);
    btf__set_pointer_size(copy, writer->stamp->pointer_size);
    bool done = true;
    for (uint32_t id = 1; done && id < end; id++)
        done = writer_added(writer,
                            btf__add_type(copy, writer->btf, btf__type_by_id(writer->btf, id)), id);
    btf__free(writer->btf);
    writer->btf = copy;
    return done;
}

bool writer_deduplicate(struct writer *writer, const struct completions *completions)
{
    return writer_add_others(writer, completions) &&
           writer_added(writer, btf__dedup(writer->btf, NULL), 0) &&
           writer_drop_last(writer, OTHERS * completions->open_count);
}

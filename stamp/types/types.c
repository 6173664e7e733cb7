/* Writes the types that symbols and probes reach as BTF, and then those that uses reach. libbpf
 * writes and deduplicates them.
 *
 * DIEs are taken from a queue and their ids given out when they enter it, so that types may refer
 * to each other in any order, and depth costs no stack. */
#include "dwarf/die.h"
#include "types/writer.h"

#include <dwarf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool writer_fail(struct writer *writer, Dwarf_Die *die, const char *why)
{
    const char *name = dwarf_diename(die);
    return error_set(writer->error, PLUGIN_UNSUPPORTED, "type %s cannot be recorded: %s",
                     name ? name : "(without a name)", why);
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

/* ---- the queue ---- */

static size_t *find_slot(const struct writer *writer, const void *address)
{
    uint64_t hash = (uint64_t)(uintptr_t)address * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t at = (size_t)(hash >> 24);; at++) {
        size_t *slot = &writer->slots[at & (writer->slot_count - 1)];
        if (!*slot || writer->nodes[*slot - 1].die.addr == address)
            return slot;
    }
}

static bool grow(struct writer *writer)
{
    if (writer->node_count == writer->node_capacity) {
        size_t larger = writer->node_capacity ? writer->node_capacity * 2 : 256;
        struct node *nodes = reallocarray(writer->nodes, larger, sizeof *nodes);
        if (!nodes)
            return error_set_no_memory(writer->error);
        writer->nodes = nodes;
        writer->node_capacity = larger;
    }
    if (writer->node_count * 2 < writer->slot_count)
        return true;
    size_t larger = writer->slot_count ? writer->slot_count * 2 : 1024;
    free(writer->slots);
    writer->slots = calloc(larger, sizeof *writer->slots);
    writer->slot_count = writer->slots ? larger : 0;
    if (!writer->slots)
        return error_set_no_memory(writer->error);
    for (size_t i = 0; i < writer->node_count; i++)
        if (!writer->nodes[i].is_index)
            *find_slot(writer, writer->nodes[i].die.addr) = i + 1;
    return true;
}

bool writer_id(struct writer *writer, Dwarf_Die *die, uint32_t *id)
{
    die_complete(die);
    if (!grow(writer))
        return false;
    size_t *slot = find_slot(writer, die->addr);
    if (!*slot) {
        writer->nodes[writer->node_count] = (struct node){.die = *die, .id = writer->next_id};
        *slot = ++writer->node_count;
        writer->next_id += dwarf_tag(die) == DW_TAG_array_type ? writer_dimensions(die) : 1;
    }
    *id = writer->nodes[*slot - 1].id;
    return true;
}

bool writer_type_id(struct writer *writer, Dwarf_Die *die, uint32_t *id)
{
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    *id = 0;
    if (!die_attribute(die, DW_AT_type, &attribute))
        return true;
    /* A reference that leads nowhere is not void. */
    if (!dwarf_formref_die(&attribute, &type))
        return writer_fail(writer, die,
                           "its debug information refers to what is not there: it is damaged, or "
                           "continues in a file (.gnu_debugaltlink, .dwo) that is missing");
    return writer_id(writer, &type, id);
}

bool writer_index_id(struct writer *writer, uint32_t *id)
{
    if (!writer->index_id) {
        if (!grow(writer))
            return false;
        writer->index_id = writer->next_id++;
        writer->nodes[writer->node_count++] =
            (struct node){.id = writer->index_id, .is_index = true};
    }
    *id = writer->index_id;
    return true;
}

static bool write_alignments(struct writer *writer)
{
    for (size_t i = 0; i < writer->alignment_count; i++) {
        const struct alignment *alignment = &writer->alignments[i];
        char tag[32];
        snprintf(tag, sizeof tag, "aligned=%" PRIu64, alignment->value);
        if (!writer_added(
                writer, btf__add_decl_tag(writer->btf, tag, (int)alignment->id, alignment->member),
                0))
            return false;
    }
    return true;
}

bool writer_write_queue(struct writer *writer)
{
    while (writer->next < writer->node_count)
        if (!writer_add_node(writer, writer->nodes[writer->next++]))
            return false;
    return write_alignments(writer);
}

bool writer_deduplicate(struct writer *writer)
{
    return writer_added(writer, btf__dedup(writer->btf, NULL), 0);
}

bool writer_begin(struct writer *writer, struct stamp *stamp, struct error *error)
{
    *writer = (struct writer){.stamp = stamp, .next_id = 1, .error = error};
    writer->btf = btf__new_empty();
    if (!writer->btf)
        return error_set_no_memory(error);
    btf__set_pointer_size(writer->btf, stamp->pointer_size);
    return true;
}

void writer_end(struct writer *writer)
{
    btf__free(writer->btf);
    free(writer->nodes);
    free(writer->slots);
    free(writer->alignments);
}

/* ---- roots: one FUNC or VAR for each symbol, of main and then of packages, then one VAR for each
 * probe ---- */

/* The symbols of packages lie behind those of main. */
static size_t count_symbols(const struct stamp *stamp)
{
    return stamp->symbol_count + stamp->shared_count;
}

/* The type of an indirect function: its resolver returns a pointer to it. *found is false if that
 * is a void pointer, as well it may be. */
static bool indirect_type_id(struct writer *writer, Dwarf_Die *resolver, uint32_t *id, bool *found)
{
    Dwarf_Die pointer, function;
    *found =
        die_follow(resolver, DW_AT_type, &pointer) && dwarf_peel_type(&pointer, &pointer) == 0 &&
        dwarf_tag(&pointer) == DW_TAG_pointer_type && die_follow(&pointer, DW_AT_type, &function) &&
        dwarf_peel_type(&function, &function) == 0 &&
        dwarf_tag(&function) == DW_TAG_subroutine_type;
    return !*found || writer_id(writer, &function, id);
}

/* A function's own DIE is its type; a variable's refers to it. */
static bool queue_roots(struct writer *writer)
{
    struct stamp *stamp = writer->stamp;
    for (size_t i = 0; i < count_symbols(stamp); i++) {
        struct stamp_symbol *symbol = &stamp->symbols[i];
        if (!symbol->match)
            continue;
        bool is_function = dwarf_tag(&symbol->die) == DW_TAG_subprogram;
        if (symbol->kind == FORMAT_INDIRECT) {
            bool found;
            if (!indirect_type_id(writer, &symbol->die, &symbol->type, &found))
                return false;
            symbol->match = found ? symbol->match : 0;
            continue;
        }
        if (is_function ? !writer_id(writer, &symbol->die, &symbol->type)
                        : !writer_type_id(writer, &symbol->die, &symbol->type))
            return false;
    }
    for (size_t i = 0; i < stamp->probe_count; i++) {
        /* static T *const plugin_probe_: the type asked for is T. */
        Dwarf_Die pointer;
        struct stamp_probe *probe = &stamp->probes[i];
        if (!die_follow(&probe->die, DW_AT_type, &pointer) ||
            dwarf_peel_type(&pointer, &pointer) != 0)
            return writer_fail(writer, &probe->die, "a probe without a type");
        if (!writer_type_id(writer, &pointer, &probe->type))
            return false;
    }
    return true;
}

static bool write_roots(struct writer *writer)
{
    struct stamp *stamp = writer->stamp;
    for (size_t i = 0; i < count_symbols(stamp); i++) {
        struct stamp_symbol *symbol = &stamp->symbols[i];
        if (!symbol->match)
            continue;
        int type = (int)symbol->type;
        int added = dwarf_tag(&symbol->die) == DW_TAG_subprogram
                        ? btf__add_func(writer->btf, symbol->name, BTF_FUNC_GLOBAL, type)
                        : btf__add_var(writer->btf, symbol->name, BTF_VAR_GLOBAL_ALLOCATED, type);
        if (!writer_added(writer, added, 0))
            return false;
    }
    for (size_t i = 0; i < stamp->probe_count; i++)
        if (!writer_added(writer,
                          btf__add_var(writer->btf, "plugin_probe_", BTF_VAR_STATIC,
                                       (int)stamp->probes[i].type),
                          0))
            return false;
    return true;
}

/* Deduplication renumbers types, but keeps FUNCs and VARs, and their order: reads the new ids. */
static bool read_roots(struct writer *writer)
{
    struct stamp *stamp = writer->stamp;
    uint32_t count = btf__type_cnt(writer->btf);
    size_t symbol = 0, symbols = count_symbols(stamp), probe = 0;
    for (uint32_t id = 1; id < count; id++) {
        const struct btf_type *type = btf__type_by_id(writer->btf, id);
        if (!btf_is_func(type) && !btf_is_var(type))
            continue;
        while (symbol < symbols && !stamp->symbols[symbol].match)
            symbol++;
        if (symbol < symbols)
            stamp->symbols[symbol++].type = id;
        else if (probe < stamp->probe_count)
            stamp->probes[probe++].type = type->type;
    }
    while (symbol < symbols && !stamp->symbols[symbol].match)
        symbol++;
    if (symbol == symbols && probe == stamp->probe_count)
        return true;
    return error_set(writer->error, PLUGIN_SYSTEM,
                     "libbpf's deduplication lost the type of a symbol");
}

static bool write_all(struct writer *writer, void **btf, size_t *size)
{
    if (!queue_roots(writer) || !writer_write_queue(writer) || !write_roots(writer) ||
        !writer_deduplicate(writer) || !read_roots(writer) ||
        !stamp_add_use_types(writer->stamp, writer->btf, writer->error))
        return false;
    uint32_t raw_size;
    const void *raw = btf__raw_data(writer->btf, &raw_size);
    *btf = raw ? malloc(raw_size) : NULL;
    if (!*btf)
        return error_set_no_memory(writer->error);
    memcpy(*btf, raw, raw_size);
    *size = raw_size;
    return true;
}

bool stamp_write_types(struct stamp *stamp, void **btf, size_t *size, struct error *error)
{
    struct writer writer;
    bool done = writer_begin(&writer, stamp, error) && write_all(&writer, btf, size);
    writer_end(&writer);
    return done;
}

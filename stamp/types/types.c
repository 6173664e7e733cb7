/* SPDX-License-Identifier: MIT */
/* The types of a module as BTF: those that symbols and probes reach, then those that uses reach.
 *
 * Behind the types come the roots: one FUNC or VAR for each symbol, of main and then of packages,
 * then one VAR for each probe, and for each mark of an interface. The tags of whole types come
 * last.
 */
#include "types/types.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "elf/elf_file.h"
#include "src/types/btf_tags.h"
#include "types/completions_p.h"
#include "types/tags_p.h"
#include "types/writer_p.h"

#include <dwarf.h>
#include <stdlib.h>

/* The symbols of packages follow those of main. */
static size_t count_symbols(const struct stamp *stamp)
{
    return stamp->symbol_count + stamp->shared_count;
}

/* Sets the type id of an indirect function, from its resolver, which returns a pointer to the
 * function. If it returns another pointer, such as void *, the symbol has no type. */
static bool indirect_type_id(struct writer *writer, struct stamp_symbol *resolver)
{
    Dwarf_Die function;
    if (!die_follow_pointer(&resolver->die, &function) ||
        dwarf_peel_type(&function, &function) != 0 ||
        dwarf_tag(&function) != DW_TAG_subroutine_type) {
        resolver->match = 0;
        return true;
    }
    return writer_id(writer, &function, &resolver->type);
}

/* Sets the type id of a variable. C and C++ say which ones are const, Rust (static, static mut) and
 * others do not: there, the linker put them where nobody can write. */
static bool variable_type_id(struct writer *writer, struct stamp_symbol *variable)
{
    if (!writer_type_id(writer, &variable->die, &variable->type))
        return false;
    if (language_is_c(&variable->die) || language_is_cxx(&variable->die) ||
        variable->kind != FORMAT_VARIABLE || !stamp_is_constant(writer->stamp, variable->address))
        return true;
    return writer_made_id(writer, (struct node){.kind = NODE_CONST, .target = variable->type},
                          &variable->type);
}

/* Queues the types of the roots. A function's own DIE is its type; a variable's refers to it. */
static bool roots_queue(struct writer *writer)
{
    struct stamp *stamp = writer->stamp;
    for (size_t i = 0; i < count_symbols(stamp); i++) {
        struct stamp_symbol *symbol = &stamp->symbols[i];
        if (!symbol->match)
            continue;
        bool done;
        if (symbol->kind == FORMAT_INDIRECT)
            done = indirect_type_id(writer, symbol);
        else if (dwarf_tag(&symbol->die) == DW_TAG_subprogram)
            done = writer_id(writer, &symbol->die, &symbol->type);
        else
            done = variable_type_id(writer, symbol);
        if (!done)
            return false;
    }
    for (size_t i = 0; i < stamp->probe_count; i++) {
        /* static T *const plugin_probe_: the requested type is T. */
        Dwarf_Die pointer;
        struct stamp_probe *probe = &stamp->probes[i];
        if (!die_follow(&probe->die, DW_AT_type, &pointer) ||
            dwarf_peel_type(&pointer, &pointer) != 0)
            return writer_fail(writer, &probe->die, "the probe has no type");
        if (!writer_type_id(writer, &pointer, &probe->type))
            return false;
    }
    for (size_t i = 0; i < stamp->interfaces.mark_count; i++) {
        struct stamp_mark *mark = &stamp->interfaces.marks[i];
        if (!writer_id(writer, &mark->type, &mark->type_id))
            return false;
    }
    for (size_t i = 0; i < stamp->promise_count; i++)
        if (!writer_id(writer, &stamp->promises[i].type, &stamp->promises[i].type_id))
            return false;
    return true;
}

static bool roots_write_static(struct writer *writer, const char *name, uint32_t type)
{
    return writer_added(writer, btf__add_var(writer->btf, name, BTF_VAR_STATIC, (int)type), 0);
}

static bool roots_write(struct writer *writer)
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
        if (!roots_write_static(writer, "plugin_probe_", stamp->probes[i].type))
            return false;
    for (size_t i = 0; i < stamp->interfaces.mark_count; i++)
        if (!roots_write_static(writer, "plugin_mark_", stamp->interfaces.marks[i].type_id))
            return false;
    /* roots_read drops these. */
    for (size_t i = 0; i < stamp->promise_count; i++)
        if (!roots_write_static(writer, "promise", stamp->promises[i].type_id))
            return false;
    return true;
}

/* Reads the ids again: deduplication renumbers types, but keeps FUNCs and VARs in order. */
static bool roots_read(struct writer *writer)
{
    struct stamp *stamp = writer->stamp;
    uint32_t count = btf__type_cnt(writer->btf);
    size_t symbol = 0, symbols = count_symbols(stamp), probe = 0, mark = 0, promise = 0;
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
        else if (mark < stamp->interfaces.mark_count)
            stamp->interfaces.marks[mark++].type_id = type->type;
        else if (promise < stamp->promise_count)
            stamp->promises[promise++].type_id = type->type;
    }
    while (symbol < symbols && !stamp->symbols[symbol].match)
        symbol++;
    if (symbol == symbols && probe == stamp->probe_count && mark == stamp->interfaces.mark_count &&
        promise == stamp->promise_count)
        return writer_drop_last(writer, promise);
    return error_set(writer->error, PLUGIN_SYSTEM,
                     "libbpf's deduplication lost the type of a symbol");
}

/* Each waiver is the tag of a VAR of its own. */
static bool write_waivers(struct writer *writer)
{
    for (const char *const *line = writer->stamp->waivers; line && *line; line++) {
        TEXT_AUTO text = {0};
        text_add(&text, "%s", BTF_WAIVER);
        text_add_escaped(&text, *line);
        int var = btf__add_var(writer->btf, BTF_WAIVER_RECORD, BTF_VAR_STATIC, 0);
        if (text.failed)
            return error_set_no_memory(writer->error);
        if (!writer_added(writer, var, 0) ||
            !writer_added(writer, btf__add_decl_tag(writer->btf, text_chars(&text), var, -1), 0))
            return false;
    }
    return true;
}

static bool write_tags(struct writer *writer)
{
    struct tags tags;
    uint32_t size;
    const void *raw = btf__raw_data(writer->btf, &size);
    if (!raw)
        return error_set_no_memory(writer->error);
    if (!tags_find(writer->stamp, (struct bytes){raw, size}, &tags, writer->error))
        return false;
    for (size_t i = 0; i < tags.count; i++) {
        const struct tag *tag = &tags.items[i];
        if (!writer_added(writer, btf__add_decl_tag(writer->btf, tag->text, (int)tag->type, -1), 0))
            return false;
    }
    return (writer->stamp->objects.is_partial ||
            roots_write_static(writer, BTF_OBJECTS_RECORDED, 0)) &&
           write_waivers(writer);
}

static bool write_types(struct writer *writer, void **btf, size_t *size)
{
    const struct completions *completions = writer->completions;
    if (!roots_queue(writer) || !kinds_write_queue(writer) || !roots_write(writer) ||
        !writer_deduplicate(writer, completions) || !roots_read(writer) ||
        !use_types_add(writer->stamp, completions, writer->btf, writer->error) ||
        !write_tags(writer))
        return false;
    uint32_t raw_size;
    const void *raw = btf__raw_data(writer->btf, &raw_size);
    if (raw && stamp_packs_types(writer->stamp, raw_size)) {
        if (!writer_merge(writer))
            return false;
        raw = btf__raw_data(writer->btf, &raw_size);
    }
    *btf = raw ? malloc(raw_size) : NULL;
    if (!*btf)
        return error_set_no_memory(writer->error);
    memcpy(*btf, raw, raw_size);
    *size = raw_size;
    return true;
}

bool stamp_packs_types(const struct stamp *stamp, size_t size)
{
    enum { FEW = 4096 };
    return size > FEW && stamp->symbol_count <= FORMAT_SMALL_COUNT && !stamp->is_built_in &&
           !stamp->names_only && !stamp->filter;
}

bool stamp_write_types(struct stamp *stamp, void **btf, size_t *size, struct error *error)
{
    struct writer writer;
    struct completions completions;
    if (!completions_init(&completions, stamp, error))
        return false;
    bool done = writer_init(&writer, stamp, error);
    writer.completions = &completions;
    done = done && write_types(&writer, btf, size);
    writer_deinit(&writer);
    return done;
}

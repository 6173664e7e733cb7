/* SPDX-License-Identifier: MIT */
/* Makes a stamp's two sections, step by step. */
#include "sections/sections.h"
#include "dwarf/debug_file.h"
#include "dwarf/scan.h"
#include "elf/elf_file.h"
#include "interfaces/interfaces.h"
#include "packages/packages.h"
#include "sections/sections_p.h"
#include "src/module/module.h"
#include "types/types.h"

#include <stdlib.h>

/* Warns of symbols without a type: of indirect functions, or of all others. */
static void warn_untyped(const struct stamp *stamp, bool is_indirect)
{
    enum { NAMED_MAX = 5 };
    size_t count = 0;
    TEXT_AUTO names = {0};
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        const struct stamp_symbol *symbol = &stamp->symbols[i];
        if (symbol->match || (symbol->kind == FORMAT_INDIRECT) != is_indirect)
            continue;
        if (count++ < NAMED_MAX) {
            text_add(&names, "%s", names.length ? ", " : "");
            text_add_escaped(&names, symbol->name);
        }
    }
    if (!count)
        return;
    const char *plural = count == 1 ? "" : "s", *more = count > NAMED_MAX ? ", ..." : "";
    text_add(stamp->warnings,
             is_indirect ? "%zu indirect function%s without a type (%s%s): the resolver must "
                           "return a pointer to the function's type\n"
                         : "%zu symbol%s without debug information, so without a type (%s%s): "
                           "compile the files that define them with -g\n",
             count, plural, text_chars(&names), more);
}

/* A built-in plugin's sections are read back here, a file's in replace.c. */
static bool read_back_sections(const struct stamp *stamp, const struct stamp_sections *sections,
                               struct error *error)
{
    struct meta meta;
    struct btf btf;
    if (!meta_read_start(&meta, sections->meta, error) ||
        !btf_read(&btf, sections->btf, stamp->pointer_size, error))
        return error_prefix_damaged(error);
    bool is_good =
        meta_read_tables(&meta, sections->meta, error) && meta_check_types(&meta, &btf, error);
    btf_deinit(&btf);
    return is_good || error_prefix_damaged(error);
}

/* Packs types, and outlines them in `.BTF`, if that saves an eighth of them; *outline is empty if
 * not. *btf are then those that are packed. */
static bool pack_if_smaller(struct stamp *stamp, struct bytes *btf, struct packed_types *packed,
                            struct bytes *outline, struct error *error)
{
    struct bytes merged;
    uint32_t *ids;
    bool done = stamp_merge_declarations(*btf, &merged, &ids, error) &&
                stamp_pack_types(merged, &packed->bytes, &packed->inflated_size, error) &&
                stamp_outline_types(stamp, *btf, outline, error);
    if (done && packed->bytes.size && packed->bytes.size + outline->size < btf->size / 8 * 7) {
        stamp_renumber_types(stamp, ids);
        free((void *)btf->data);
        *btf = merged;
    } else {
        free((void *)merged.data);
        free((void *)packed->bytes.data);
        free((void *)outline->data);
        *packed = (struct packed_types){0};
        *outline = (struct bytes){0};
    }
    free(ids);
    return done;
}

/* Writes the sections; sections->btf are all types, whether they are packed or not. */
static bool write_all(struct stamp *stamp, struct stamp_sections *sections,
                      struct packed_types *packed, struct bytes *outline, struct error *error)
{
    void *btf = NULL;
    bool done = stamp_write_types(stamp, &btf, &sections->btf.size, error);
    sections->btf.data = btf;
    return done &&
           (!stamp_packs_types(stamp, sections->btf.size) ||
            pack_if_smaller(stamp, &sections->btf, packed, outline, error)) &&
           (stamp->names_only || stamp_make_imports(stamp, error)) &&
           stamp_make_interfaces(stamp, sections->btf, error) &&
           stamp_write_meta(stamp, sections->btf, packed, &sections->meta, error) &&
           stamp_check_implemented(stamp, sections->meta, sections->btf, error);
}

static bool write_sections(struct stamp *stamp, struct stamp_sections *sections,
                           struct error *error)
{
    struct packed_types packed = {0};
    struct bytes outline = {0};
    bool done = write_all(stamp, sections, &packed, &outline, error);
    free((void *)packed.bytes.data);
    if (outline.data) {
        free((void *)sections->btf.data);
        sections->btf = outline;
    }
    return done;
}

static bool sections_make_all(struct stamp *stamp, int input, const char *path,
                              const struct stamp_options *options, struct stamp_sections *sections,
                              struct error *error)
{
    if (!stamp_open_elf(stamp, input, error) || !stamp_open_dwarf(stamp, error) ||
        !stamp_read_symbols(stamp, error) || !stamp_read_undefined(stamp, error) ||
        !stamp_read_dwarf(stamp, error) || !stamp_order_packages(stamp, error) ||
        !stamp_check_linked(stamp, path, options ? options->library_directories : NULL, error) ||
        !stamp_read_constructors(stamp, error) || !stamp_read_infos(stamp, error) ||
        !stamp_read_sources(stamp, path, options ? options->source_directory : NULL, error))
        return false;
    stamp_order_retires(stamp);
    stamp_split_symbols(stamp);
    stamp_filter_uses(stamp);
    if (!stamp_check_shared(stamp, error) || !write_sections(stamp, sections, error) ||
        (stamp->is_built_in && !read_back_sections(stamp, sections, error)))
        return false;
    warn_untyped(stamp, false);
    warn_untyped(stamp, true);
    return true;
}

bool sections_make(int input, const char *path, const struct stamp_options *options,
                   bool is_built_in, struct stamp_report *report, struct stamp_sections *sections,
                   struct error *error)
{
    struct stamp stamp = {.grows = options ? options->grows : NULL,
                          .aliases = options ? options->aliases : NULL,
                          .waivers = options ? options->waivers : NULL,
                          .warnings = &report->warnings,
                          .is_built_in = is_built_in};
    bool done = sections_make_all(&stamp, input, path, options, sections, error);
    stamp_deinit(&stamp);
    return done;
}

/* Reads the symbols and packages of a module whose exports are not final. */
static bool read_names(struct stamp *stamp, struct error *error)
{
    if (!stamp_read_symbols(stamp, error) || !stamp_read_dwarf(stamp, error) ||
        !stamp_order_packages(stamp, error))
        return false;
    stamp_split_symbols(stamp);
    return true;
}

bool sections_make_filtered(int input, const struct stamp_name_set *filter,
                            const struct stamp_options *options, struct stamp_sections *sections,
                            struct error *error)
{
    struct stamp stamp = {.names_only = true,
                          .filter = filter,
                          .grows = options ? options->grows : NULL,
                          .aliases = options ? options->aliases : NULL,
                          .waivers = options ? options->waivers : NULL};
    bool done = stamp_open_elf(&stamp, input, error) && stamp_open_dwarf(&stamp, error) &&
                read_names(&stamp, error) && write_sections(&stamp, sections, error);
    stamp_deinit(&stamp);
    return done;
}

bool sections_list_package_symbols(int input, struct text *names, struct error *error)
{
    struct stamp stamp = {.names_only = true};
    bool done = stamp_open_elf(&stamp, input, error) &&
                (debug_file_is_needed(&stamp) || stamp_open_dwarf(&stamp, error)) &&
                (!stamp.has_packages || read_names(&stamp, error));
    for (size_t i = 0; done && i < stamp.shared_count; i++)
        text_add(names, "%s\n", stamp.shared[i].name);
    stamp_deinit(&stamp);
    return done;
}

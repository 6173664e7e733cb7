/* SPDX-License-Identifier: MIT */
/* Writes the tables of built-in plugins, as C files that contain assembly. */
#include "build/built_in_tables_p.h"

#include "common/cmd.h"
#include "src/base/hash.h"
#include "src/format/format.h"
#include "src/format/meta.h"

#include <inttypes.h>

struct built_in_id built_in_id(const char *name, uint64_t content)
{
    struct built_in_id id;
    snprintf(id.digits, sizeof id.digits, "%016" PRIx64, hash_bytes(content, name, strlen(name)));
    return id;
}

bool built_in_write_script(const char *path, struct error *error)
{
    /* clang-format off */
    static const char script[] =
        "SECTIONS\n"
        "{\n"
        "    plugin_built_in_constructors 0 : {\n"
        "        plugin_constructors = .;\n"
        "        KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))\n"
        "        KEEP(*(.init_array))\n"
        "        plugin_constructors_end = .;\n"
        "    }\n"
        "    plugin_built_in_destructors 0 : {\n"
        "        plugin_destructors = .;\n"
        "        KEEP(*(SORT_BY_INIT_PRIORITY(.fini_array.*)))\n"
        "        KEEP(*(.fini_array))\n"
        "        plugin_destructors_end = .;\n"
        "    }\n"
        "    " FORMAT_BUILT_IN_INITS " 0 : {\n"
        "        __start_plugin_inits = .;\n"
        "        KEEP(*(plugin_inits))\n"
        "        __stop_plugin_inits = .;\n"
        "    }\n"
        "    " FORMAT_BUILT_IN_MARKS " 0 : { KEEP(*(plugin_marks plugin_promises "
        "plugin_infos)) }\n"
        "    " FORMAT_BUILT_IN_RETIRES " 0 : { *(plugin_retires) }\n"
        "}\n"
        "INSERT AFTER .data;\n";
    /* clang-format on */
    TEXT_AUTO text = {0};
    text_add(&text, "%s", script);
    return cmd_write_file(path, &text, error);
}

/* ---- tables ---- */

/* Starts a table with this symbol. Assemblers of all machines accept `%object`. */
static void tables_begin(struct text *text, const char *section, const char *symbol)
{
    text_add(text,
             "__asm__(\".pushsection %s,\\\"a\\\"\\n\"\n"
             "        \".balign 8\\n\"\n"
             "        \".globl %s\\n\"\n"
             "        \".type %s, %%object\\n\"\n"
             "        \"%s:\\n\"\n",
             section, symbol, symbol, symbol);
}

static void tables_end(struct text *text, const char *symbol)
{
    text_add(text,
             "        \".balign 8\\n\"\n"
             "        \".size %s, . - %s\\n\"\n"
             "        \".popsection\\n\");\n",
             symbol, symbol);
}

static void tables_add_words(struct text *text, uint32_t first, uint32_t second)
{
    text_add(text, "        \".4byte %" PRIu32 ", %" PRIu32 "\\n\"\n", first, second);
}

/* Adds a struct format_part, at `place` after the table's symbol. */
static void tables_add_part(struct text *text, const char *symbol, size_t place)
{
    static const char *const ends[] = {"plugin_constructors",  "plugin_constructors_end",
                                       "plugin_destructors",   "plugin_destructors_end",
                                       "__start_plugin_inits", "__stop_plugin_inits"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        text_add(text, "        \".8byte %s - (%s + %zu)\\n\"\n", ends[i], symbol, place);
}

static void tables_add_bytes(struct text *text, const uint8_t *bytes, size_t size)
{
    enum { A_LINE = 20 };
    for (size_t i = 0; i < size; i++)
        text_add(text, "%s%u%s", i % A_LINE ? "," : "        \".byte ", bytes[i],
                 i % A_LINE == A_LINE - 1 || i + 1 == size ? "\\n\"\n" : "");
}

/* ---- the part of a package ---- */

bool built_in_write_part(const char *path, struct built_in_id id, uint32_t package,
                         struct error *error)
{
    char symbol[64];
    TEXT_AUTO text = {0};
    snprintf(symbol, sizeof symbol, "plugin_part_%s_%" PRIu32, id.digits, package);
    tables_begin(&text, FORMAT_BUILT_IN_SECTION, symbol);
    tables_add_part(&text, symbol, 0);
    tables_end(&text, symbol);
    return cmd_write_file(path, &text, error);
}

/* ---- the part of main ---- */

/* Can only code of its module compute the symbol's address? */
static bool tables_needs_function(enum format_symbol_kind kind)
{
    return kind == FORMAT_THREAD_LOCAL || kind == FORMAT_INDIRECT;
}

/* Adds the functions that return such addresses. */
static void tables_add_functions(struct text *text, const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        if (!tables_needs_function(symbol.kind))
            continue;
        bool is_indirect = symbol.kind == FORMAT_INDIRECT;
        text_add(text,
                 "extern %s plugin_symbol_%" PRIu32 "%s __asm__(\"%s\");\n"
                 "__attribute__((used)) static void *plugin_address_%" PRIu32 "(void)\n"
                 "{ return (void *)plugin_symbol_%" PRIu32 "; }\n",
                 is_indirect ? "void" : "__thread char", i, is_indirect ? "(void)" : "[]",
                 symbol.name, i, i);
    }
}

/* Adds the `.plugin` section, with references to the symbols in place of their addresses. */
static void tables_add_meta(struct text *text, struct bytes bytes, const struct meta *meta,
                            const char *table)
{
    struct format_table symbols = meta->header.symbols;
    size_t done = 0;
    for (uint32_t i = 0; i < symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        size_t place = symbols.offset + i * sizeof(struct format_symbol) +
                       offsetof(struct format_symbol, address);
        tables_add_bytes(text, bytes.data + done, place - done);
        if (tables_needs_function(symbol.kind))
            text_add(text, "        \".8byte plugin_address_%" PRIu32 " - %s\\n\"\n", i, table);
        else
            text_add(text, "        \".8byte \\\"%s\\\" - %s\\n\"\n", symbol.name, table);
        done = place + sizeof(uint64_t);
    }
    tables_add_bytes(text, bytes.data + done, bytes.size - done);
}

static uint32_t tables_align(size_t size)
{
    return (uint32_t)((size + 7) / 8 * 8);
}

static void tables_add_entry(struct text *text, const char *name, struct built_in_id id,
                             struct bytes meta_bytes, struct bytes btf, const struct meta *meta)
{
    char symbol[64];
    uint32_t name_size = (uint32_t)strlen(name) + 1;
    uint32_t meta_at = tables_align(sizeof(struct format_built_in) + name_size);
    uint32_t btf_at = meta_at + tables_align(meta_bytes.size);
    snprintf(symbol, sizeof symbol, "plugin_built_in_%s", id.digits);
    tables_begin(text, FORMAT_BUILT_IN_SECTION, symbol);
    text_add(text, "        \".8byte %#" PRIx64 "\\n\"\n", FORMAT_BUILT_IN_MAGIC);
    tables_add_words(text, FORMAT_BUILT_IN_VERSION, btf_at + tables_align(btf.size));
    tables_add_words(text, sizeof(struct format_built_in), 0);
    tables_add_words(text, meta_at, (uint32_t)meta_bytes.size);
    tables_add_words(text, btf_at, (uint32_t)btf.size);
    tables_add_part(text, symbol, offsetof(struct format_built_in, main));
    tables_add_bytes(text, (const uint8_t *)name, name_size);
    text_add(text, "        \".balign 8\\n\"\n");
    tables_add_meta(text, meta_bytes, meta, symbol);
    text_add(text, "        \".balign 8\\n\"\n");
    tables_add_bytes(text, btf.data, btf.size);
    tables_end(text, symbol);
}

bool built_in_write_main(const char *path, const char *name, struct built_in_id id,
                         struct bytes meta_bytes, struct bytes btf_bytes, struct error *error)
{
    struct meta meta;
    bool is_read = meta_read_header(&meta, meta_bytes, btf_bytes, error) &&
                   meta_read_tables(&meta, meta_bytes, error);
    if (!is_read)
        return false;
    TEXT_AUTO text = {0};
    tables_add_functions(&text, &meta);
    tables_add_entry(&text, name, id, meta_bytes, btf_bytes, &meta);
    return cmd_write_file(path, &text, error);
}

/* ---- the bundle ---- */

/* Adds the bounds of the program's marks. Some linkers refuse __start_ and __stop_ of a missing
 * section, even if weak: a byte creates it. lld drops it with --gc-sections, so the references are
 * weak nevertheless. */
static void tables_add_marks(struct text *text)
{
    static const char *const ends[] = {"__start_plugin_marks", "__stop_plugin_marks"};
    text_add(text, "        \".pushsection plugin_marks,\\\"a\\\"\\n\"\n"
                   "        \".byte 0\\n\"\n"
                   "        \".popsection\\n\"\n");
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        text_add(text,
                 "        \".weak %s\\n\"\n"
                 "        \".hidden %s\\n\"\n"
                 "        \".8byte %s - " FORMAT_BUNDLE_SYMBOL "\\n\"\n",
                 ends[i], ends[i], ends[i]);
}

bool built_in_write_bundle(const char *path, const struct bundle_row *rows, uint32_t count,
                           struct error *error)
{
    uint32_t parts = 0;
    TEXT_AUTO text = {0};
    for (uint32_t i = 0; i < count; i++)
        parts += rows[i].part_count;
    tables_begin(&text, FORMAT_BUNDLE_SECTION, FORMAT_BUNDLE_SYMBOL);
    text_add(&text, "        \".8byte %#" PRIx64 "\\n\"\n", FORMAT_BUNDLE_MAGIC);
    tables_add_words(&text, FORMAT_BUILT_IN_VERSION, count);
    tables_add_words(&text, parts, 0);
    tables_add_marks(&text);
    parts = 0;
    for (uint32_t i = 0; i < count; i++) {
        text_add(&text, "        \".8byte plugin_built_in_%s - " FORMAT_BUNDLE_SYMBOL "\\n\"\n",
                 rows[i].id.digits);
        tables_add_words(&text, parts, rows[i].part_count);
        parts += rows[i].part_count;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < rows[i].part_count; k++) {
            if (rows[i].has_part[k])
                text_add(&text,
                         "        \".8byte plugin_part_%s_%" PRIu32 " - " FORMAT_BUNDLE_SYMBOL
                         "\\n\"\n",
                         rows[i].id.digits, k);
            else
                text_add(&text, "        \".8byte 0\\n\"\n");
        }
    tables_end(&text, FORMAT_BUNDLE_SYMBOL);
    return cmd_write_file(path, &text, error);
}

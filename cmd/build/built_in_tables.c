/* Writing the tables of built-in plugins. */
#include "build/built_in_tables.h"

#include "common/cmd.h"
#include "src/base/hash.h"
#include "src/format/format.h"
#include "src/format/meta.h"

#include <inttypes.h>
#include <stdio.h>

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
        "    " FORMAT_BUILT_IN_MARKS " 0 : { KEEP(*(plugin_marks)) }\n"
        "}\n"
        "INSERT AFTER .data;\n";
    /* clang-format on */
    FILE *file = cmd_create(path, error);
    if (!file)
        return false;
    fputs(script, file);
    return cmd_close(file, path, error);
}

/* ---- what all of them have ---- */

/* Starts a table with this symbol. `%object` is what assemblers of all machines take. */
static void begin_table(FILE *file, const char *section, const char *symbol)
{
    fprintf(file,
            "__asm__(\".pushsection %s,\\\"a\\\"\\n\"\n"
            "        \".balign 8\\n\"\n"
            "        \".globl %s\\n\"\n"
            "        \".type %s, %%object\\n\"\n"
            "        \"%s:\\n\"\n",
            section, symbol, symbol, symbol);
}

static void end_table(FILE *file, const char *symbol)
{
    fprintf(file,
            "        \".balign 8\\n\"\n"
            "        \".size %s, . - %s\\n\"\n"
            "        \".popsection\\n\");\n",
            symbol, symbol);
}

static void add_words(FILE *file, uint32_t first, uint32_t second)
{
    fprintf(file, "        \".4byte %" PRIu32 ", %" PRIu32 "\\n\"\n", first, second);
}

/* Adds a struct format_part, at `place` after the table's symbol. */
static void add_part(FILE *file, const char *symbol, size_t place)
{
    static const char *const ends[] = {"plugin_constructors",  "plugin_constructors_end",
                                       "plugin_destructors",   "plugin_destructors_end",
                                       "__start_plugin_inits", "__stop_plugin_inits"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        fprintf(file, "        \".8byte %s - (%s + %zu)\\n\"\n", ends[i], symbol, place);
}

static void add_bytes(FILE *file, const uint8_t *bytes, size_t size)
{
    enum { A_LINE = 20 };
    for (size_t i = 0; i < size; i++)
        fprintf(file, "%s%u%s", i % A_LINE ? "," : "        \".byte ", bytes[i],
                i % A_LINE == A_LINE - 1 || i + 1 == size ? "\\n\"\n" : "");
}

/* ---- the part of a package ---- */

bool built_in_write_part(const char *path, struct built_in_id id, uint32_t package,
                         struct error *error)
{
    char symbol[64];
    FILE *file = cmd_create(path, error);
    if (!file)
        return false;
    snprintf(symbol, sizeof symbol, "plugin_part_%s_%" PRIu32, id.digits, package);
    begin_table(file, FORMAT_BUILT_IN_SECTION, symbol);
    add_part(file, symbol, 0);
    end_table(file, symbol);
    return cmd_close(file, path, error);
}

/* ---- the part of main ---- */

/* Has the symbol an address that only its module's code knows? */
static bool is_asked_for(enum format_symbol_kind kind)
{
    return kind == FORMAT_THREAD_LOCAL || kind == FORMAT_INDIRECT;
}

/* The functions that return such addresses. */
static void add_functions(FILE *file, const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        if (!is_asked_for(symbol.kind))
            continue;
        bool is_indirect = symbol.kind == FORMAT_INDIRECT;
        fprintf(file,
                "extern %s plugin_symbol_%" PRIu32 "%s __asm__(\"%s\");\n"
                "__attribute__((used)) static void *plugin_address_%" PRIu32 "(void)\n"
                "{ return (void *)plugin_symbol_%" PRIu32 "; }\n",
                is_indirect ? "void" : "__thread char", i, is_indirect ? "(void)" : "[]",
                symbol.name, i, i);
    }
}

/* The `.plugin` section, with the symbols' addresses as the linker will place them. */
static void add_meta(FILE *file, struct bytes bytes, const struct meta *meta, const char *table)
{
    struct format_table symbols = meta->header.symbols;
    size_t done = 0;
    for (uint32_t i = 0; i < symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        size_t place = symbols.offset + i * sizeof(struct format_symbol) +
                       offsetof(struct format_symbol, address);
        add_bytes(file, bytes.data + done, place - done);
        if (is_asked_for(symbol.kind))
            fprintf(file, "        \".8byte plugin_address_%" PRIu32 " - %s\\n\"\n", i, table);
        else
            fprintf(file, "        \".8byte \\\"%s\\\" - %s\\n\"\n", symbol.name, table);
        done = place + sizeof(uint64_t);
    }
    add_bytes(file, bytes.data + done, bytes.size - done);
}

static uint32_t aligned(size_t size)
{
    return (uint32_t)((size + 7) / 8 * 8);
}

static void add_entry(FILE *file, const char *name, struct built_in_id id, struct bytes meta_bytes,
                      struct bytes btf, const struct meta *meta)
{
    char symbol[64];
    uint32_t name_size = (uint32_t)strlen(name) + 1;
    uint32_t meta_at = aligned(sizeof(struct format_built_in) + name_size);
    uint32_t btf_at = meta_at + aligned(meta_bytes.size);
    snprintf(symbol, sizeof symbol, "plugin_built_in_%s", id.digits);
    begin_table(file, FORMAT_BUILT_IN_SECTION, symbol);
    fprintf(file, "        \".8byte %#" PRIx64 "\\n\"\n", FORMAT_BUILT_IN_MAGIC);
    add_words(file, FORMAT_BUILT_IN_VERSION, btf_at + aligned(btf.size));
    add_words(file, sizeof(struct format_built_in), 0);
    add_words(file, meta_at, (uint32_t)meta_bytes.size);
    add_words(file, btf_at, (uint32_t)btf.size);
    add_part(file, symbol, offsetof(struct format_built_in, main));
    add_bytes(file, (const uint8_t *)name, name_size);
    fputs("        \".balign 8\\n\"\n", file);
    add_meta(file, meta_bytes, meta, symbol);
    fputs("        \".balign 8\\n\"\n", file);
    add_bytes(file, btf.data, btf.size);
    end_table(file, symbol);
}

bool built_in_write_main(const char *path, const char *name, struct built_in_id id,
                         struct bytes meta_bytes, struct bytes btf_bytes, struct error *error)
{
    struct meta meta;
    bool is_read = meta_read_header(&meta, meta_bytes, btf_bytes, error) &&
                   meta_read_tables(&meta, meta_bytes, error);
    FILE *file = is_read ? cmd_create(path, error) : NULL;
    if (!file)
        return false;
    add_functions(file, &meta);
    add_entry(file, name, id, meta_bytes, btf_bytes, &meta);
    return cmd_close(file, path, error);
}

/* ---- the bundle ---- */

/* Where the program's own marks are. If there are none, not all linkers take weak references to
 * what is not defined, hence a byte; and lld, with --gc-sections, may leave the byte out. */
static void add_marks(FILE *file)
{
    static const char *const ends[] = {"__start_plugin_marks", "__stop_plugin_marks"};
    fputs("        \".pushsection plugin_marks,\\\"a\\\"\\n\"\n"
          "        \".byte 0\\n\"\n"
          "        \".popsection\\n\"\n",
          file);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        fprintf(file,
                "        \".weak %s\\n\"\n"
                "        \".hidden %s\\n\"\n"
                "        \".8byte %s - " FORMAT_BUNDLE_SYMBOL "\\n\"\n",
                ends[i], ends[i], ends[i]);
}

bool built_in_write_bundle(const char *path, const struct bundle_row *rows, uint32_t count,
                           struct error *error)
{
    uint32_t parts = 0;
    FILE *file = cmd_create(path, error);
    if (!file)
        return false;
    for (uint32_t i = 0; i < count; i++)
        parts += rows[i].part_count;
    begin_table(file, FORMAT_BUNDLE_SECTION, FORMAT_BUNDLE_SYMBOL);
    fprintf(file, "        \".8byte %#" PRIx64 "\\n\"\n", FORMAT_BUNDLE_MAGIC);
    add_words(file, FORMAT_BUILT_IN_VERSION, count);
    add_words(file, parts, 0);
    add_marks(file);
    parts = 0;
    for (uint32_t i = 0; i < count; i++) {
        fprintf(file, "        \".8byte plugin_built_in_%s - " FORMAT_BUNDLE_SYMBOL "\\n\"\n",
                rows[i].id.digits);
        add_words(file, parts, rows[i].part_count);
        parts += rows[i].part_count;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < rows[i].part_count; k++) {
            if (rows[i].has_part[k])
                fprintf(file,
                        "        \".8byte plugin_part_%s_%" PRIu32 " - " FORMAT_BUNDLE_SYMBOL
                        "\\n\"\n",
                        rows[i].id.digits, k);
            else
                fputs("        \".8byte 0\\n\"\n", file);
        }
    end_table(file, FORMAT_BUNDLE_SYMBOL);
    return cmd_close(file, path, error);
}

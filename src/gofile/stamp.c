/* The `.plugin` section of a Go plugin. */
#include "gofile/stamp.h"

#include "base/hash.h"
#include "format/meta_writer.h"

static void add_symbols(struct meta_writer *writer, const struct go_module *module)
{
    writer->header.symbols = meta_writer_table(writer, module->symbol_count);
    for (size_t i = 0; i < module->symbol_count; i++) {
        const struct go_symbol *symbol = &module->symbols[i];
        struct format_symbol raw = {.address = symbol->address,
                                    .name = meta_writer_string(writer, symbol->name),
                                    .type = symbol->id,
                                    .kind =
                                        symbol->is_function ? FORMAT_FUNCTION : FORMAT_VARIABLE};
        meta_writer_item(writer, &raw, sizeof raw);
    }
    meta_writer_slots(writer);
}

/* "go 1.24.4", as other compilers are named, for "go1.24.4". */
static void add_compiler(struct meta_writer *writer, const struct go_module *module)
{
    static const char go[] = "go";
    TEXT_AUTO name = {0};
    const char *version = module->version;
    size_t skipped = strncmp(version, go, sizeof go - 1) ? 0 : sizeof go - 1;
    text_add(&name, "%s %s", go, version + skipped);
    writer->bytes.failed |= name.failed;
    writer->header.compilers = meta_writer_table(writer, 1);
    struct format_compiler raw = {meta_writer_string(writer, text_chars(&name)),
                                  meta_writer_string(writer, module->settings)};
    meta_writer_item(writer, &raw, sizeof raw);
}

/* What a Go module does not have, or says in other ways. */
static void add_empty_tables(struct meta_writer *writer)
{
    struct format_header *header = &writer->header;
    struct format_table *const tables[] = {
        &header->shared,       &header->imports, &header->packages,
        &header->dependencies, &header->inits,   &header->sources,
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        *tables[i] = meta_writer_table(writer, 0);
}

bool go_stamp_write(const struct go_module *module, struct bytes btf, struct bytes *meta,
                    struct error *error)
{
    struct meta_writer writer;
    /* To Go, all files of one plugin path are one plugin. */
    meta_writer_start(&writer, FORMAT_SHARED_LIBRARY,
                      hash_bytes(HASH_START, module->plugin_path, strlen(module->plugin_path)));
    add_symbols(&writer, module);
    writer.header.probes = meta_writer_table(&writer, 0);
    writer.header.constructors = meta_writer_table(&writer, 0);
    add_compiler(&writer, module);
    add_empty_tables(&writer);
    return meta_writer_finish(&writer, btf, meta, error);
}

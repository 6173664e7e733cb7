/* What `plugin inspect` says of the plugins that are linked into a program. */
#include "common/cmd.h"
#include "show/inspect.h"

#include <inttypes.h>

/* How many packages of a built-in plugin can be another one's: all but main. */
static uint32_t package_count(const struct bundle_file *built_ins, uint32_t plugin_number)
{
    return built_ins->plugins[plugin_number].bundled.part_count;
}

static void add_plugin(struct text *text, const struct bundle_file *built_ins, uint32_t number)
{
    const struct bundle_file_plugin *built_in = &built_ins->plugins[number];
    const struct meta *meta = &built_in->module.meta;
    text_add(text, "  ");
    text_add_escaped(text, built_in->name);
    text_add(text, "\n    built by    ");
    meta_add_compilers(text, meta);
    text_add(text, "\n");
    for (uint32_t i = 0; i < package_count(built_ins, number); i++) {
        text_add(text, "    package     ");
        text_add_escaped(text, meta_package(meta, i).path);
        text_add(text, "%s\n",
                 bundle_file_has(built_ins, number, i) ? "" : "   /* another plugin's copy */");
    }
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        text_add(text, "    ");
        inspect_add_declaration(text, &built_in->module, symbol.name, symbol.type, symbol.kind);
        text_add(text, "%s\n", symbol.type ? "" : "   /* its type was not recorded */");
    }
}

void inspect_add_built_ins(struct text *text, const struct bundle_file *built_ins)
{
    if (!built_ins->count)
        return;
    text_add(text, "built in (%" PRIu32 ")\n", built_ins->count);
    for (uint32_t i = 0; i < built_ins->count; i++)
        add_plugin(text, built_ins, i);
}

static void add_json_plugin(struct text *text, const struct bundle_file *built_ins, uint32_t number)
{
    const struct bundle_file_plugin *built_in = &built_ins->plugins[number];
    const struct meta *meta = &built_in->module.meta;
    text_add(text, "{\"name\":");
    cmd_add_json_string(text, built_in->name);
    text_add(text, ",\"packages\":[");
    for (uint32_t i = 0; i < package_count(built_ins, number); i++) {
        text_add(text, "%s{\"path\":", i ? "," : "");
        cmd_add_json_string(text, meta_package(meta, i).path);
        text_add(text, ",\"linked_in\":%s}",
                 bundle_file_has(built_ins, number, i) ? "true" : "false");
    }
    text_add(text, "],\"symbols\":[");
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        TEXT_AUTO declaration = {0};
        inspect_add_declaration(&declaration, &built_in->module, symbol.name, symbol.type,
                                symbol.kind);
        text_add(text, "%s{\"name\":", i ? "," : "");
        cmd_add_json_string(text, symbol.name);
        text_add(text, ",\"declaration\":");
        if (symbol.type)
            cmd_add_json_string(text, text_chars(&declaration));
        else
            text_add(text, "null");
        text_add(text, "}");
        text->failed |= declaration.failed;
    }
    text_add(text, "]}");
}

void inspect_add_json_built_ins(struct text *text, const struct bundle_file *built_ins)
{
    text_add(text, ",\"built_in\":[");
    for (uint32_t i = 0; i < built_ins->count; i++) {
        text_add(text, "%s", i ? "," : "");
        add_json_plugin(text, built_ins, i);
    }
    text_add(text, "]");
}

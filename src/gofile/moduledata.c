/* SPDX-License-Identifier: MIT */
/* Finding runtime.moduledata, which has no exported symbol, and its layout, which its own type
 * descriptor tells. */
#include "gofile/moduledata_p.h"

/* The start of the table of functions (runtime.pcHeader), to which moduledata points first: the
 * magic number since Go 1.20, or of 1.18 and 1.19; two bytes of zero, the alignment of
 * instructions, the size of a pointer. */
enum { PC_HEADER_SIZE = 8 };
#define PC_MAGIC     UINT32_C(0xfffffff1)
#define PC_MAGIC_OLD UINT32_C(0xfffffff0)

/* Far above any real program. */
enum { SYMBOLS_MAX = 1 << 20, PLUGIN_PATH_MAX = 4096 };

/* Offsets of the fields that are read. */
struct moduledata_layout {
    uint64_t pc_header, types, types_end, symbols, plugin_path;
};

struct moduledata_reader {
    const struct go_image *image;
    struct go_types types;
    struct moduledata_layout layout;
    bool is_old;    /* the layout is that of Go 1.18 and 1.19 */
    uint32_t magic; /* of the table of functions */
};

bool moduledata_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its Go module data is damaged: %s", what);
}

/* ---- the layout ---- */

static void moduledata_set_offset(struct moduledata_layout *layout, const struct go_field *field)
{
    const struct {
        const char *name;
        uint64_t *offset;
    } fields[] = {{"pcHeader", &layout->pc_header},
                  {"types", &layout->types},
                  {"etypes", &layout->types_end},
                  {"ptab", &layout->symbols},
                  {"pluginpath", &layout->plugin_path}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (field->name.size == strlen(fields[i].name) &&
            !memcmp(field->name.data, fields[i].name, field->name.size))
            *fields[i].offset = field->offset;
}

/* Go 1.18 stores the offsets of fields shifted left by one. Read without that, the last one is
 * outside of its struct. */
static void moduledata_set_shift(struct moduledata_reader *reader, const struct go_type *type)
{
    struct go_field field;
    ERROR_AUTO ignored = {0};
    reader->types.offset_shift =
        go_type_field(&reader->types, type, type->count - 1, &field, &ignored) ? 0 : 1;
}

static bool moduledata_read_layout(struct moduledata_reader *reader, uint64_t descriptor,
                                   struct error *error)
{
    struct go_type type;
    struct go_field field;
    const uint64_t none = UINT64_MAX;
    struct moduledata_layout *layout = &reader->layout;
    *layout = (struct moduledata_layout){none, none, none, none, none};
    if (!go_type_read_layout(&reader->types, descriptor, &type, error))
        return false;
    if (type.kind != GO_STRUCT || !type.count)
        return moduledata_set_damaged(error, "runtime.moduledata is not a struct");
    moduledata_set_shift(reader, &type);
    for (uint64_t i = 0; i < type.count; i++) {
        if (!go_type_field(&reader->types, &type, i, &field, error))
            return false;
        moduledata_set_offset(layout, &field);
    }
    if (layout->pc_header == none || layout->types == none || layout->types_end == none ||
        layout->symbols == none || layout->plugin_path == none)
        return moduledata_set_damaged(error, "runtime.moduledata lacks a required field");
    return true;
}

/* Finds the shift from a struct of several fields among the descriptors that have a symbol. */
static void moduledata_find_shift(struct moduledata_reader *reader)
{
    const char *name;
    uint64_t address, size;
    struct go_type type;
    for (size_t i = 0; (name = go_image_symbol(reader->image, i, &address, &size)); i++) {
        ERROR_AUTO ignored = {0};
        if (!address || strncmp(name, "type.", 5) != 0 || name[5] == '.' ||
            !go_type_read_layout(&reader->types, address, &type, &ignored) ||
            type.kind != GO_STRUCT || type.count < 2)
            continue;
        moduledata_set_shift(reader, &type);
        return;
    }
}

/* Plugins of Go 1.18 and 1.19 may lack the descriptor, if they use little of the run-time. Both
 * have this layout. */
static const struct moduledata_layout layout_of_go_1_19 = {
    .pc_header = 0, .types = 280, .types_end = 288, .symbols = 384, .plugin_path = 408};

static bool moduledata_find_layout(struct moduledata_reader *reader, struct error *error)
{
    uint64_t address, size;
    if (go_image_find(reader->image, "type:runtime.moduledata", &address, &size) ||
        go_image_find(reader->image, "type.runtime.moduledata", &address, &size))
        return moduledata_read_layout(reader, address, error);
    reader->is_old = true;
    reader->layout = layout_of_go_1_19;
    moduledata_find_shift(reader);
    return true;
}

/* ---- the record ---- */

static bool moduledata_is_pc_header(struct moduledata_reader *reader, uint64_t address)
{
    const uint8_t *bytes = go_image_bytes(reader->image, address, PC_HEADER_SIZE);
    if (!bytes)
        return false;
    memcpy(&reader->magic, bytes, sizeof reader->magic);
    return (reader->magic == PC_MAGIC_OLD || (reader->magic == PC_MAGIC && !reader->is_old)) &&
           !bytes[4] && !bytes[5] && (bytes[6] == 1 || bytes[6] == 4) && bytes[7] == 8;
}

/* Reads the record at this address; false if no linker makes such a one. */
static bool moduledata_read_at(struct moduledata *data, const struct moduledata_reader *reader,
                               uint64_t at)
{
    const struct go_image *image = reader->image;
    const struct moduledata_layout *layout = &reader->layout;
    uint64_t count, capacity;
    if (!go_image_pointer(image, at + layout->types, &data->types) ||
        !go_image_pointer(image, at + layout->types_end, &data->types_end) || !data->types ||
        data->types > data->types_end ||
        !go_image_pointer(image, at + layout->symbols, &data->symbols) ||
        !go_image_u64(image, at + layout->symbols + 8, &count) ||
        !go_image_u64(image, at + layout->symbols + 16, &capacity) || count > capacity ||
        count > SYMBOLS_MAX || (count && !go_image_bytes(image, data->symbols, count * 8)))
        return false;
    data->symbol_count = (size_t)count;
    return go_image_string(image, at + layout->plugin_path, PLUGIN_PATH_MAX, &data->plugin_path);
}

bool moduledata_read(struct moduledata *data, const struct go_image *image, struct budget *budget,
                     struct error *error)
{
    struct moduledata_reader reader = {.image = image, .types = {.image = image, .budget = budget}};
    uint64_t address, target;
    *data = (struct moduledata){0};
    if (!moduledata_find_layout(&reader, error))
        return false;
    for (size_t i = 0; go_image_pointer_number(image, i, &address, &target); i++) {
        if (!moduledata_is_pc_header(&reader, target) ||
            !moduledata_read_at(data, &reader, address - reader.layout.pc_header))
            continue;
        data->offset_shift = reader.types.offset_shift;
        if (reader.magic == PC_MAGIC)
            data->version = "go1.20 or later";
        else
            data->version = data->offset_shift ? "go1.18" : "go1.19";
        return true;
    }
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "it has no Go module data in a known format; Go 1.18 and later are supported");
}

/* What a Go module says of itself. Its tables hang on runtime.moduledata, whose own descriptor says
 * how it is laid out. */
#include "gofile/module.h"

#include "gofile/build.h"
#include "gofile/c_name.h"
#include "gofile/form.h"
#include "gofile/memory.h"
#include "gofile/packages.h"
#include "gofile/stamp.h"

#include <elf.h>
#include <stdlib.h>

/* How the table of functions starts, to which moduledata points first: since Go 1.20, and in 1.18
 * and 1.19. Two bytes of zero follow, the alignment of instructions, and the size of a pointer. */
enum { PC_TABLE_SIZE = 8 };
#define PC_MAGIC     UINT32_C(0xfffffff1)
#define PC_MAGIC_OLD UINT32_C(0xfffffff0)

/* What may be read of types for each byte of the file, in the unit of types.h: no program's come
 * near it. */
enum { TYPES_PER_BYTE = 8 };

/* What is made of the descriptors, records, their names and texts, takes less than they do: of each
 * of these, a file gets as many bytes as it has, and a small one some more. */
enum { MEMORY_MIN = 1 << 16 };

/* More than any program has. */
enum { SYMBOLS_MAX = 1 << 20, PATH_MAX_SIZE = 4096 };

/* Where the fields of runtime.moduledata lie that matter here. */
struct layout {
    uint64_t pc_table, types, types_end, symbols, plugin_path;
};

struct reading {
    struct go_module *module;
    struct go_image *image;
    struct go_types types;
    uint64_t types_left;
    struct layout layout;
    bool is_old;      /* the layout is that of Go 1.18 and 1.19 */
    uint64_t data;    /* the address of moduledata; 0: there is none */
    uint32_t magic;   /* of its table of functions */
    uint64_t symbols; /* the address of the table of symbols, if it is a plugin */
    struct go_forms *forms;
};

/* ---- runtime.moduledata ---- */

static void set_offset(struct layout *layout, const struct go_field *field)
{
    struct {
        const char *name;
        uint64_t *offset;
    } fields[] = {{"pcHeader", &layout->pc_table},
                  {"types", &layout->types},
                  {"etypes", &layout->types_end},
                  {"ptab", &layout->symbols},
                  {"pluginpath", &layout->plugin_path}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (field->name.size == strlen(fields[i].name) &&
            !memcmp(field->name.data, fields[i].name, field->name.size))
            *fields[i].offset = field->offset;
}

/* Go 1.18 stores the offsets of fields one bit higher: read as they are, the last one lies outside
 * its struct. */
static void set_offset_shift(struct reading *reading, const struct go_type *type)
{
    struct go_field field;
    ERROR_AUTO ignored = {0};
    reading->types.offset_shift =
        go_type_field(&reading->types, type, type->count - 1, &field, &ignored) ? 0 : 1;
}

static bool read_layout(struct reading *reading, uint64_t descriptor, struct error *error)
{
    struct go_type type;
    struct go_field field;
    const uint64_t none = UINT64_MAX;
    struct layout *layout = &reading->layout;
    *layout = (struct layout){none, none, none, none, none};
    if (!go_type_read_layout(&reading->types, descriptor, &type, error))
        return false;
    if (type.kind != GO_STRUCT || !type.count)
        return go_set_damaged(error, "runtime.moduledata is no struct");
    set_offset_shift(reading, &type);
    for (uint64_t i = 0; i < type.count; i++) {
        if (!go_type_field(&reading->types, &type, i, &field, error))
            return false;
        set_offset(layout, &field);
    }
    if (layout->pc_table == none || layout->types == none || layout->types_end == none ||
        layout->symbols == none || layout->plugin_path == none)
        return go_set_damaged(error, "runtime.moduledata has not the fields that it should");
    return true;
}

/* Looks for a struct of more than one field among the descriptors that have a symbol. */
static void find_offset_shift(struct reading *reading)
{
    const char *name;
    uint64_t address, size;
    struct go_type type;
    for (size_t i = 0; (name = go_image_symbol(reading->image, i, &address, &size)); i++) {
        ERROR_AUTO ignored = {0};
        if (!address || strncmp(name, "type.", 5) != 0 || name[5] == '.' ||
            !go_type_read_layout(&reading->types, address, &type, &ignored) ||
            type.kind != GO_STRUCT || type.count < 2)
            continue;
        set_offset_shift(reading, &type);
        return;
    }
}

/* Plugins of Go 1.18 and 1.19 that use little of the run-time lack the descriptor; these two lay
 * runtime.moduledata out like this. */
static const struct layout layout_of_go_1_19 = {
    .pc_table = 0, .types = 280, .types_end = 288, .symbols = 384, .plugin_path = 408};

static bool find_layout(struct reading *reading, struct error *error)
{
    uint64_t address, size;
    if (go_image_find(reading->image, "type:runtime.moduledata", &address, &size) ||
        go_image_find(reading->image, "type.runtime.moduledata", &address, &size))
        return read_layout(reading, address, error);
    reading->is_old = true;
    reading->layout = layout_of_go_1_19;
    find_offset_shift(reading);
    return true;
}

/* Does a table of functions start here? */
static bool is_pc_table(const struct go_image *image, uint64_t address, uint32_t *magic)
{
    const uint8_t *bytes = go_image_bytes(image, address, PC_TABLE_SIZE);
    if (!bytes)
        return false;
    memcpy(magic, bytes, sizeof *magic);
    return (*magic == PC_MAGIC || *magic == PC_MAGIC_OLD) && !bytes[4] && !bytes[5] &&
           (bytes[6] == 1 || bytes[6] == 4) && bytes[7] == 8;
}

/* Is this what a linker makes of runtime.moduledata? If so, it is taken. */
static bool take_data(struct reading *reading, uint64_t data)
{
    const struct go_image *image = reading->image;
    const struct layout *layout = &reading->layout;
    struct go_types types = reading->types;
    uint64_t symbols, count, capacity;
    struct bytes path;
    if (!go_image_pointer(image, data + layout->types, &types.start) ||
        !go_image_pointer(image, data + layout->types_end, &types.end) || !types.start ||
        types.start > types.end || !go_image_pointer(image, data + layout->symbols, &symbols) ||
        !go_image_u64(image, data + layout->symbols + 8, &count) ||
        !go_image_u64(image, data + layout->symbols + 16, &capacity) || count > capacity ||
        count > SYMBOLS_MAX || (count && !go_image_bytes(image, symbols, count * 8)) ||
        !go_read_string(image, data + layout->plugin_path, PATH_MAX_SIZE, &path))
        return false;
    reading->data = data;
    reading->types = types;
    reading->symbols = symbols;
    reading->module->symbol_count = (size_t)count;
    return true;
}

/* The module's own one is exported by none. */
static bool find_data(struct reading *reading, struct error *error)
{
    uint64_t address, target;
    for (size_t i = 0; go_image_pointer_number(reading->image, i, &address, &target); i++)
        if (is_pc_table(reading->image, target, &reading->magic) &&
            (reading->magic == PC_MAGIC_OLD || !reading->is_old) &&
            take_data(reading, address - reading->layout.pc_table))
            return true;
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "it has no Go module data that can be read; Go 1.18 and later are supported");
}

static bool read_plugin_path(struct reading *reading, struct error *error)
{
    struct go_module *module = reading->module;
    struct bytes path;
    if (!go_read_string(reading->image, reading->data + reading->layout.plugin_path, PATH_MAX_SIZE,
                        &path))
        return go_set_damaged(error, "its path is not there");
    module->is_plugin = path.size;
    module->plugin_path =
        go_keep(module, path.size ? (const char *)path.data : "", path.size, error);
    return module->plugin_path;
}

/* ---- the build ---- */

/* The version that the tables' form tells. */
static const char *version_of_form(const struct reading *reading)
{
    if (reading->magic == PC_MAGIC)
        return "go1.20 or later";
    return reading->types.offset_shift ? "go1.18" : "go1.19";
}

static bool read_version(struct reading *reading, struct bytes recorded, struct error *error)
{
    struct go_module *module = reading->module;
    uint64_t address, size;
    struct bytes version = recorded;
    if (!version.size && (!go_image_find(reading->image, "runtime.buildVersion", &address, &size) ||
                          !go_read_string(reading->image, address, PATH_MAX_SIZE, &version)))
        version.size = 0;
    module->is_version_exact = version.size;
    const char *form = version_of_form(reading);
    module->version = version.size ? go_keep(module, version.data, version.size, error)
                                   : go_keep(module, form, strlen(form), error);
    return module->version;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Adds the plugin's path as it is written in a source: in it, odd characters are %xx. */
static void add_plain(struct text *text, const char *path)
{
    for (; *path; path++) {
        char plain = *path;
        if (*path == '%' && digit(path[1]) >= 0 && digit(path[2]) >= 0) {
            plain = (char)(digit(path[1]) << 4 | digit(path[2]));
            path += 2;
        }
        text_add_bytes(text, &plain, 1);
    }
}

static bool read_build(struct reading *reading, const struct elf *elf, struct error *error)
{
    struct go_module *module = reading->module;
    struct go_build build;
    TEXT_AUTO settings = {0}, path = {0};
    if (!go_build_read(&build, elf, reading->image, error) ||
        !read_version(reading, build.version, error))
        return false;
    go_build_settings(&settings, &build);
    module->settings = go_keep_text(module, &settings, error);
    if (!module->settings)
        return false;
    struct bytes recorded = go_build_path(&build);
    if (recorded.size)
        text_add_bytes(&path, (const char *)recorded.data, recorded.size);
    else
        add_plain(&path, module->plugin_path);
    module->module_path = go_keep_text(module, &path, error);
    return module->module_path;
}

/* ---- symbols ---- */

/* Where it lies: Go finds it by its name after the plugin's path. */
static bool find_address(struct reading *reading, struct go_symbol *symbol, struct error *error)
{
    uint64_t size;
    TEXT_AUTO name = {0};
    text_add(&name, "%s.%s", reading->module->plugin_path, symbol->name);
    if (name.failed)
        return error_set_no_memory(error);
    return go_image_find(reading->image, text_chars(&name), &symbol->address, &size) ||
           error_set(error, PLUGIN_NOT_PLUGIN, "its Go module data is damaged: %s is not exported",
                     symbol->name);
}

/* A table entry: the offsets of the symbol's name and type. The type of a variable is that of a
 * pointer to it. The type's address stays in symbol->address until the name is known. */
static bool read_symbol(struct reading *reading, size_t index, struct go_symbol *symbol,
                        struct error *error)
{
    const struct go_types *types = &reading->types;
    uint32_t offsets[2];
    struct bytes name;
    struct go_type type;
    memcpy(offsets, go_image_bytes(reading->image, reading->symbols + index * 8, 8),
           sizeof offsets);
    if (!go_type_name(types, offsets[0], &name, error))
        return false;
    if (offsets[1] >= types->end - types->start)
        return go_set_damaged(error, "the type of a symbol is not there");
    if (!go_type_read_layout(types, types->start + offsets[1], &type, error))
        return false;
    symbol->is_function = type.kind == GO_FUNC;
    if (!symbol->is_function && type.kind != GO_POINTER)
        return go_set_damaged(error, "a symbol is neither a function nor a variable");
    /* Headers declare it, which nothing in it may end. */
    if (!c_name_is_plain(name))
        return go_set_damaged(error, "a symbol's name is none");
    symbol->address = symbol->is_function ? type.address : type.element;
    symbol->name = go_keep(reading->module, name.data, name.size, error);
    return symbol->name;
}

static int compare_symbols(const void *a, const void *b)
{
    const struct go_symbol *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static bool describe(struct reading *reading, struct go_symbol *symbol, struct error *error)
{
    uint64_t type = symbol->address;
    TEXT_AUTO written = {0}, reason = {0};
    if (!go_type_write(&written, &reading->types, type, error) ||
        !go_forms_add(reading->forms, symbol->name, type, symbol->is_function, &symbol->id, &reason,
                      error))
        return false;
    symbol->type = go_keep_text(reading->module, &written, error);
    if (!symbol->type)
        return false;
    if (!symbol->id)
        symbol->reason = go_keep_text(reading->module, &reason, error);
    return (symbol->id || symbol->reason) && find_address(reading, symbol, error);
}

static bool read_symbols(struct reading *reading, struct error *error)
{
    struct go_module *module = reading->module;
    size_t count = module->symbol_count;
    module->symbols = calloc(count + 1, sizeof *module->symbols);
    reading->forms = go_forms_new(&reading->types, reading->module->memory_max);
    if (!module->symbols || !reading->forms)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!read_symbol(reading, i, &module->symbols[i], error))
            return false;
    qsort(module->symbols, count, sizeof *module->symbols, compare_symbols);
    for (size_t i = 0; i < count; i++) {
        if (i && !strcmp(module->symbols[i - 1].name, module->symbols[i].name))
            return go_set_damaged(error, "two symbols have the same name");
        if (!describe(reading, &module->symbols[i], error))
            return false;
    }
    return true;
}

/* ---- all of it ---- */

static bool write_sections(struct reading *reading, struct bytes *meta, struct bytes *btf,
                           struct error *error)
{
    if (!read_symbols(reading, error) || !go_forms_write(reading->forms, btf, error))
        return false;
    if (go_stamp_write(reading->module, *btf, meta, error))
        return true;
    free((void *)btf->data);
    *btf = (struct bytes){0};
    return false;
}

static bool read_all(struct reading *reading, const struct elf *elf, struct bytes *meta,
                     struct bytes *btf, struct error *error)
{
    if (!go_packages_read(reading->module, reading->image, error))
        return false;
    if (!reading->module->package_count)
        return true;
    if (!find_layout(reading, error) || !find_data(reading, error) ||
        !read_plugin_path(reading, error) || !read_build(reading, elf, error))
        return false;
    if (reading->module->is_plugin)
        return write_sections(reading, meta, btf, error);
    reading->module->symbol_count = 0;
    return true;
}

bool go_module_read(struct go_module **module, const struct elf *elf, const struct file *file,
                    struct bytes *meta, struct bytes *btf, struct error *error)
{
    struct reading reading = {0};
    *module = NULL;
    *meta = *btf = (struct bytes){0};
    reading.image = go_image_read(elf, file, error);
    if (!reading.image)
        return false;
    reading.types.image = reading.image;
    reading.types.left = &reading.types_left;
    reading.types_left = file->size * TYPES_PER_BYTE;
    reading.module = calloc(1, sizeof *reading.module);
    if (reading.module)
        reading.module->memory_max = MEMORY_MIN + (size_t)file->size;
    bool is_read =
        reading.module ? read_all(&reading, elf, meta, btf, error) : error_set_no_memory(error);
    go_forms_free(reading.forms);
    go_image_free(reading.image);
    if (is_read && reading.module->package_count)
        *module = reading.module;
    else
        go_module_free(reading.module);
    return is_read;
}

void go_module_free(struct go_module *module)
{
    if (!module)
        return;
    go_keep_free(module);
    free(module->packages);
    free(module->symbols);
    free(module);
}

const struct go_symbol *go_module_symbol(const struct go_module *module, const char *name)
{
    const struct go_symbol key = {.name = name};
    return bsearch(&key, module->symbols, module->symbol_count, sizeof key, compare_symbols);
}

/* SPDX-License-Identifier: MIT */
/* The reader of a Go module: its packages, its build, and a plugin's symbols, of which it makes the
 * sections of a stamp. */
#include "base/hash.h"
#include "format/meta_writer.h"
#include "gofile/build_info_p.h"
#include "gofile/forms_p.h"
#include "gofile/go_module_p.h"
#include "gofile/moduledata_p.h"
#include "gofile/names_p.h"

#include <stdlib.h>

/* Names of types that may be read for each byte of the file, as type_descriptor_p.h counts them:
 * far above any real program. */
enum { TYPES_PER_BYTE = 8 };

/* What is made of the descriptors takes less than they do. So copies, BTF records, and their names
 * may each take as many bytes as the file has, and of a small file some more. */
enum { MEMORY_MIN = 1 << 16 };

/* Far above any real program. */
enum { PACKAGES_MAX = 1 << 16, HASH_MAX_SIZE = 64, VERSION_MAX_SIZE = 4096 };

struct go_module_reader {
    struct go_module *module;
    struct go_image *image;
    struct moduledata data;
    struct budget budget; /* for names of types */
    struct go_types types;
    struct go_forms *forms;
    size_t memory_max;
};

const char *go_module_copy(struct go_module *module, const void *chars, size_t length,
                           struct error *error)
{
    if (!budget_spend(&module->budget, length)) {
        moduledata_set_damaged(error, "names too long");
        return NULL;
    }
    const char *copy = arena_strndup(&module->arena, chars, length);
    if (!copy)
        error_set_no_memory(error);
    return copy;
}

static const char *go_module_copy_text(struct go_module *module, const struct text *text,
                                       struct error *error)
{
    if (text->failed) {
        error_set_no_memory(error);
        return NULL;
    }
    return go_module_copy(module, text_chars(text), text->length, error);
}

/* ---- packages: Go's linker exports a hash of each ---- */

/* Precedes the path in the name of a package's hash; the second one before Go 1.20. */
static const char hash_prefix[] = "go:link.pkghash.", hash_prefix_old[] = "go.link.pkghash.";

/* Returns the path of the package whose hash has this name, or NULL. */
static const char *go_module_hash_path(const char *name)
{
    size_t length = sizeof hash_prefix - 1;
    bool is_hash = !strncmp(name, hash_prefix, length) || !strncmp(name, hash_prefix_old, length);
    return is_hash && name[length] ? name + length : NULL;
}

/* Adds a package's path as the names of its symbols have it: dots in the last element, and special
 * characters, are %xx (cmd/internal/objabi.PathToPrefix). */
static void go_module_add_prefix(struct text *text, const char *path)
{
    static const char digits[] = "0123456789abcdef";
    const char *slash = strrchr(path, '/');
    for (const char *c = path; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        const char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
        bool is_escaped = byte <= ' ' || byte >= 0x7F || byte == '%' || byte == '"' ||
                          (byte == '.' && (!slash || c > slash));
        text_add_bytes(text, is_escaped ? escape : c, is_escaped ? sizeof escape : 1);
    }
}

static bool go_module_find_init_task(const struct go_image *image, const char *path,
                                     uint64_t *address, struct error *error)
{
    uint64_t size;
    TEXT_AUTO name = {0};
    go_module_add_prefix(&name, path);
    text_add(&name, "..inittask");
    if (name.failed)
        return error_set_no_memory(error);
    if (!go_image_find(image, text_chars(&name), address, &size)) {
        *address = 0;
        return true;
    }
    return (*address % 4 == 0 && go_image_bytes(image, *address, 4)) ||
           moduledata_set_damaged(error, "package init task outside the loaded data");
}

static bool go_module_read_package(struct go_module *module, const struct go_image *image,
                                   const char *path, uint64_t address, struct go_package *package,
                                   struct error *error)
{
    struct bytes hash;
    if (!go_image_string(image, address, HASH_MAX_SIZE, &hash) || !hash.size)
        return moduledata_set_damaged(error, "invalid package hash");
    package->hash_size = hash.size;
    package->path = go_module_copy(module, path, strlen(path), error);
    if (!package->path || !go_module_find_init_task(image, path, &package->init_task, error))
        return false;
    package->hash = (const uint8_t *)go_module_copy(module, hash.data, hash.size, error);
    return package->hash;
}

static int go_module_compare_packages(const void *a, const void *b)
{
    const struct go_package *left = a, *right = b;
    return strcmp(left->path, right->path);
}

const struct go_package *go_module_package(const struct go_module *module, const char *path)
{
    const struct go_package key = {.path = path};
    return bsearch(&key, module->packages, module->package_count, sizeof key,
                   go_module_compare_packages);
}

/* Reads the packages; none if the module was not linked to share them. */
static bool go_module_read_packages(struct go_module *module, const struct go_image *image,
                                    struct error *error)
{
    const char *name;
    uint64_t address, size;
    size_t count = 0;
    for (size_t i = 0; (name = go_image_symbol(image, i, &address, &size)); i++)
        count += address && go_module_hash_path(name);
    if (count > PACKAGES_MAX)
        return moduledata_set_damaged(error, "too many packages");
    module->packages = arena_alloc_zeroed(&module->arena, count, sizeof *module->packages);
    if (!module->packages)
        return error_set_no_memory(error);
    for (size_t i = 0; (name = go_image_symbol(image, i, &address, &size)); i++) {
        const char *path = address ? go_module_hash_path(name) : NULL;
        if (path && !go_module_read_package(module, image, path, address,
                                            &module->packages[module->package_count++], error))
            return false;
    }
    qsort(module->packages, count, sizeof *module->packages, go_module_compare_packages);
    for (size_t i = 1; i < count; i++)
        if (!strcmp(module->packages[i - 1].path, module->packages[i].path))
            return moduledata_set_damaged(error, "duplicate package path");
    /* Its hash tells two builds of Go apart, even where no version is recorded. */
    return !count || go_module_package(module, "runtime") ||
           moduledata_set_damaged(error, "no hash of package runtime");
}

/* ---- the build ---- */

static bool go_module_read_version(struct go_module_reader *reader, struct bytes version,
                                   struct error *error)
{
    struct go_module *module = reader->module;
    uint64_t address, size;
    if (!version.size && (!go_image_find(reader->image, "runtime.buildVersion", &address, &size) ||
                          !go_image_string(reader->image, address, VERSION_MAX_SIZE, &version)))
        version.size = 0;
    module->is_version_exact = version.size;
    if (!version.size)
        version =
            (struct bytes){(const uint8_t *)reader->data.version, strlen(reader->data.version)};
    module->version = go_module_copy(module, version.data, version.size, error);
    return module->version;
}

static int go_module_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes go_module_add_prefix. */
static void go_module_add_plain(struct text *text, const char *path)
{
    for (; *path; path++) {
        char plain = *path;
        if (*path == '%' && go_module_digit(path[1]) >= 0 && go_module_digit(path[2]) >= 0) {
            plain = (char)(go_module_digit(path[1]) << 4 | go_module_digit(path[2]));
            path += 2;
        }
        text_add_bytes(text, &plain, 1);
    }
}

static bool go_module_read_build(struct go_module_reader *reader, const struct elf *elf,
                                 struct error *error)
{
    struct go_module *module = reader->module;
    struct go_build build;
    TEXT_AUTO settings = {0}, path = {0};
    if (!go_build_read(&build, elf, reader->image, error) ||
        !go_module_read_version(reader, build.version, error))
        return false;
    go_build_settings(&settings, &build);
    module->settings = go_module_copy_text(module, &settings, error);
    if (!module->settings)
        return false;
    struct bytes recorded = go_build_path(&build);
    if (recorded.size)
        text_add_bytes(&path, (const char *)recorded.data, recorded.size);
    else
        go_module_add_plain(&path, module->plugin_path);
    module->module_path = go_module_copy_text(module, &path, error);
    return module->module_path;
}

/* ---- symbols ---- */

/* Finds the symbol by its name after the plugin path, as Go does. */
static bool go_module_find_address(struct go_module_reader *reader, struct go_symbol *symbol,
                                   struct error *error)
{
    uint64_t size;
    TEXT_AUTO name = {0};
    text_add(&name, "%s.%s", reader->module->plugin_path, symbol->name);
    if (name.failed)
        return error_set_no_memory(error);
    return go_image_find(reader->image, text_chars(&name), &symbol->address, &size) ||
           error_set(error, PLUGIN_NOT_PLUGIN,
                     "Go's plugin.Open could not find symbol %s: the file exports no %s; build it "
                     "without -ldflags=-pluginpath=%s",
                     symbol->name, text_chars(&name), reader->module->plugin_path);
}

/* Reads an entry of ptab: the offsets of the symbol's name and type; for a variable, of the type of
 * a pointer to it. symbol->address is that of the type until go_module_describe. */
static bool go_module_read_symbol(struct go_module_reader *reader, size_t index,
                                  struct go_symbol *symbol, struct error *error)
{
    const struct go_types *types = &reader->types;
    uint32_t offsets[2];
    struct bytes name;
    struct go_type type;
    memcpy(offsets, go_image_bytes(reader->image, reader->data.symbols + index * 8, 8),
           sizeof offsets);
    if (!go_type_name(types, offsets[0], &name, error))
        return false;
    if (offsets[1] >= types->end - types->start)
        return moduledata_set_damaged(error, "symbol type outside the type data");
    if (!go_type_read_layout(types, types->start + offsets[1], &type, error))
        return false;
    symbol->is_function = type.kind == GO_FUNC;
    if (!symbol->is_function && type.kind != GO_POINTER)
        return moduledata_set_damaged(error, "symbol is neither function nor variable");
    /* A header declares it, so no other character may end the declaration. */
    if (!c_name_is_plain(name))
        return moduledata_set_damaged(error, "invalid symbol name");
    symbol->address = symbol->is_function ? type.address : type.element;
    symbol->name = go_module_copy(reader->module, name.data, name.size, error);
    return symbol->name;
}

static int go_module_compare_symbols(const void *a, const void *b)
{
    const struct go_symbol *left = a, *right = b;
    return strcmp(left->name, right->name);
}

const struct go_symbol *go_module_symbol(const struct go_module *module, const char *name)
{
    const struct go_symbol key = {.name = name};
    return bsearch(&key, module->symbols, module->symbol_count, sizeof key,
                   go_module_compare_symbols);
}

static bool go_module_describe(struct go_module_reader *reader, struct go_symbol *symbol,
                               struct error *error)
{
    uint64_t type = symbol->address;
    TEXT_AUTO written = {0}, reason = {0};
    if (!go_type_write(&written, &reader->types, type, error) ||
        !go_forms_add(reader->forms, symbol->name, type, symbol->is_function, &symbol->id, &reason,
                      error))
        return false;
    symbol->type = go_module_copy_text(reader->module, &written, error);
    if (!symbol->type)
        return false;
    if (!symbol->id)
        symbol->reason = go_module_copy_text(reader->module, &reason, error);
    return (symbol->id || symbol->reason) && go_module_find_address(reader, symbol, error);
}

static bool go_module_read_symbols(struct go_module_reader *reader, struct error *error)
{
    struct go_module *module = reader->module;
    size_t count = reader->data.symbol_count;
    module->symbols = arena_alloc_zeroed(&module->arena, count, sizeof *module->symbols);
    reader->forms = go_forms_new(&reader->types, reader->memory_max);
    if (!module->symbols || !reader->forms)
        return error_set_no_memory(error);
    module->symbol_count = count;
    for (size_t i = 0; i < count; i++)
        if (!go_module_read_symbol(reader, i, &module->symbols[i], error))
            return false;
    qsort(module->symbols, count, sizeof *module->symbols, go_module_compare_symbols);
    for (size_t i = 0; i < count; i++) {
        if (i && !strcmp(module->symbols[i - 1].name, module->symbols[i].name))
            return moduledata_set_damaged(error, "duplicate symbol name");
        if (!go_module_describe(reader, &module->symbols[i], error))
            return false;
    }
    return true;
}

/* ---- the `.plugin` section ---- */

/* Adds "go 1.24.4" for "go1.24.4", as other compilers are named, with the settings as flags. */
static void go_module_add_compiler(struct meta_writer *writer, const struct go_module *module)
{
    TEXT_AUTO name = {0};
    text_add(&name, "go %s", module->version + (strncmp(module->version, "go", 2) ? 0 : 2));
    writer->bytes.failed |= name.failed;
    writer->header.compilers = meta_writer_table(writer, 1);
    struct format_compiler raw = {meta_writer_string(writer, text_chars(&name)),
                                  meta_writer_string(writer, module->settings)};
    meta_writer_item(writer, &raw, sizeof raw);
}

/* Writes the section: symbols with their BTF ids, and one compiler. To Go, all files of one plugin
 * path are the same plugin, so the content is the hash of that. */
static bool go_module_write_meta(const struct go_module *module, struct bytes btf,
                                 struct bytes *meta, struct error *error)
{
    struct meta_writer writer;
    struct format_header *header = &writer.header;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY,
                     hash_bytes(HASH_START, module->plugin_path, strlen(module->plugin_path)));
    header->symbols = meta_writer_table(&writer, module->symbol_count);
    for (size_t i = 0; i < module->symbol_count; i++) {
        const struct go_symbol *symbol = &module->symbols[i];
        struct format_symbol raw = {.address = symbol->address,
                                    .name = meta_writer_string(&writer, symbol->name),
                                    .type = symbol->id,
                                    .kind =
                                        symbol->is_function ? FORMAT_FUNCTION : FORMAT_VARIABLE};
        meta_writer_symbol(&writer, &raw);
    }
    meta_writer_slots(&writer);
    header->probes = meta_writer_table(&writer, 0);
    header->constructors = meta_writer_table(&writer, 0);
    go_module_add_compiler(&writer, module);
    struct format_table *const empty[] = {
        &header->shared,       &header->imports, &header->packages,
        &header->dependencies, &header->inits,   &header->sources,
    };
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        *empty[i] = meta_writer_table(&writer, 0);
    return meta_writer_finish(&writer, btf, meta, error);
}

/* ---- all of it ---- */

static bool go_module_read_plugin(struct go_module_reader *reader, struct bytes *meta,
                                  struct bytes *btf, struct error *error)
{
    if (!go_module_read_symbols(reader, error) || !go_forms_write(reader->forms, btf, error))
        return false;
    if (go_module_write_meta(reader->module, *btf, meta, error))
        return true;
    free((void *)btf->data);
    *btf = (struct bytes){0};
    return false;
}

static bool go_module_read_all(struct go_module_reader *reader, const struct elf *elf,
                               struct bytes *meta, struct bytes *btf, struct error *error)
{
    struct go_module *module = reader->module;
    struct moduledata *data = &reader->data;
    if (!go_module_read_packages(module, reader->image, error))
        return false;
    if (!module->package_count)
        return true;
    if (!moduledata_read(data, reader->image, &reader->budget, error))
        return false;
    reader->types = (struct go_types){.image = reader->image,
                                      .start = data->types,
                                      .end = data->types_end,
                                      .offset_shift = data->offset_shift,
                                      .budget = &reader->budget};
    module->is_plugin = data->plugin_path.size;
    module->plugin_path =
        go_module_copy(module, module->is_plugin ? (const char *)data->plugin_path.data : "",
                       data->plugin_path.size, error);
    if (!module->plugin_path || !go_module_read_build(reader, elf, error))
        return false;
    return !module->is_plugin || go_module_read_plugin(reader, meta, btf, error);
}

bool go_module_is_supported(const struct elf *elf)
{
    return go_image_is_supported(elf);
}

bool go_module_read(struct go_module **module, const struct elf *elf, const struct file *file,
                    struct bytes *meta, struct bytes *btf, struct error *error)
{
    struct go_module_reader reader = {.budget = {file->size * TYPES_PER_BYTE},
                                      .memory_max = MEMORY_MIN + (size_t)file->size};
    *module = NULL;
    *meta = *btf = (struct bytes){0};
    reader.image = go_image_read(elf, file, error);
    if (!reader.image)
        return false;
    bool is_read = false;
    reader.module = calloc(1, sizeof *reader.module);
    if (reader.module) {
        reader.module->budget.left = reader.memory_max;
        is_read = go_module_read_all(&reader, elf, meta, btf, error);
    } else {
        error_set_no_memory(error);
    }
    go_forms_free(reader.forms);
    go_image_free(reader.image);
    if (is_read && reader.module->package_count)
        *module = reader.module;
    else
        go_module_free(reader.module);
    return is_read;
}

void go_module_free(struct go_module *module)
{
    if (!module)
        return;
    arena_deinit(&module->arena);
    free(module);
}

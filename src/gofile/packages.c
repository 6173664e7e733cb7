/* The packages of a Go module. */
#include "gofile/packages.h"

#include "gofile/memory.h"

#include <stdlib.h>

/* More than any program has. */
enum { PACKAGES_MAX = 1 << 16, HASH_MAX_SIZE = 64 };

/* Before the paths of packages in the names of their hashes: since Go 1.20, and until then. */
static const char hash_prefix[] = "go:link.pkghash.", hash_prefix_old[] = "go.link.pkghash.";

/* The path of the package whose hash has this name; NULL if it is no hash's. */
static const char *package_path(const char *name)
{
    size_t length = sizeof hash_prefix - 1;
    bool is_hash = !strncmp(name, hash_prefix, length) || !strncmp(name, hash_prefix_old, length);
    return is_hash && name[length] ? name + length : NULL;
}

/* Adds a package's path as it stands in the names of its symbols: dots in its last element, and
 * odd characters, are %xx there. */
static void add_symbol_path(struct text *text, const char *path)
{
    static const char digits[] = "0123456789abcdef";
    const char *slash = strrchr(path, '/');
    for (const char *c = path; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        const char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
        bool is_odd = byte <= ' ' || byte >= 0x7F || byte == '%' || byte == '"' ||
                      (byte == '.' && (!slash || c > slash));
        text_add_bytes(text, is_odd ? escape : c, is_odd ? sizeof escape : 1);
    }
}

/* The note of how far a package's inits are, 0 if it has none. */
static bool find_init_task(const struct go_image *image, const char *path, uint64_t *address,
                           struct error *error)
{
    uint64_t size;
    TEXT_AUTO name = {0};
    add_symbol_path(&name, path);
    text_add(&name, "..inittask");
    if (name.failed)
        return error_set_no_memory(error);
    if (!go_image_find(image, text_chars(&name), address, &size)) {
        *address = 0;
        return true;
    }
    return (*address % 4 == 0 && go_image_bytes(image, *address, 4)) ||
           go_set_damaged(error, "the state of a package's inits is not in its memory");
}

static bool add_package(struct go_module *module, const struct go_image *image, const char *path,
                        uint64_t address, struct error *error)
{
    struct bytes hash;
    if (!go_read_string(image, address, HASH_MAX_SIZE, &hash) || !hash.size)
        return go_set_damaged(error, "a package's hash is not there");
    struct go_package package = {.hash_size = hash.size};
    package.path = go_keep(module, path, strlen(path), error);
    if (!package.path)
        return false;
    if (!find_init_task(image, path, &package.init_task, error))
        return false;
    package.hash = (const uint8_t *)go_keep(module, hash.data, hash.size, error);
    if (!package.hash)
        return false;
    module->packages[module->package_count++] = package;
    return true;
}

static int compare_packages(const void *a, const void *b)
{
    const struct go_package *left = a, *right = b;
    return strcmp(left->path, right->path);
}

static bool sort_packages(struct go_module *module, struct error *error)
{
    qsort(module->packages, module->package_count, sizeof *module->packages, compare_packages);
    for (size_t i = 1; i < module->package_count; i++)
        if (!strcmp(module->packages[i - 1].path, module->packages[i].path))
            return go_set_damaged(error, "two packages have the same path");
    return true;
}

bool go_packages_read(struct go_module *module, const struct go_image *image, struct error *error)
{
    const char *name;
    uint64_t address, size;
    size_t count = 0;
    for (size_t i = 0; (name = go_image_symbol(image, i, &address, &size)); i++)
        count += address && package_path(name);
    if (count > PACKAGES_MAX)
        return go_set_damaged(error, "it has more packages than any program");
    module->packages = calloc(count + 1, sizeof *module->packages);
    if (!module->packages)
        return error_set_no_memory(error);
    for (size_t i = 0; (name = go_image_symbol(image, i, &address, &size)); i++) {
        const char *path = address ? package_path(name) : NULL;
        if (path && !add_package(module, image, path, address, error))
            return false;
    }
    if (!sort_packages(module, error))
        return false;
    /* It tells one Go from another, where nothing else does. */
    return !module->package_count || go_module_package(module, "runtime") ||
           go_set_damaged(error, "it has no hash of package runtime");
}

const struct go_package *go_module_package(const struct go_module *module, const char *path)
{
    const struct go_package key = {.path = path};
    return bsearch(&key, module->packages, module->package_count, sizeof key, compare_packages);
}

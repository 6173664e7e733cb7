/* SPDX-License-Identifier: MIT */
/* Lists the inits of an isolated plugin and its libraries, and refuses packages of which their
 * process would have two copies. */
#include "crossing/inits.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

/* ---- packages ---- */

static const struct meta *meta_of(const struct mapped_modules *modules, size_t number)
{
    const struct module *module = modules->items[number].module;
    return module && module->is_stamped ? &module->meta : NULL;
}

static uint32_t package_count(const struct mapped_modules *modules, size_t number)
{
    const struct meta *meta = meta_of(modules, number);
    return meta ? meta->header.packages.count : 0;
}

/* Finds the first module that has the package. */
static bool find_package(const struct mapped_modules *modules, const char *path, size_t *number,
                         uint32_t *package)
{
    for (*number = 0; *number < modules->count; ++*number)
        if (package_count(modules, *number) &&
            meta_find_package(meta_of(modules, *number), path, package))
            return true;
    return false;
}

const struct module *mapped_host_carrier(const struct mapped_modules *modules, const char *package)
{
    bool may_have = modules->host_carrier && strcmp(package, META_MAIN) != 0;
    return may_have ? modules->host_carrier(modules->context, package) : NULL;
}

static void judge_package(const struct mapped_modules *modules, size_t number, const char *path,
                          struct misfits *misfits)
{
    size_t first;
    uint32_t package;
    if (!mapped_host_carrier(modules, path) && find_package(modules, path, &first, &package) &&
        first != number)
        misfits_add(misfits, NULL, path,
                    "package %s: both %s and %s carry it, and an isolated plugin would have two "
                    "copies: link one of them without it",
                    path, modules->items[first].path, modules->items[number].path);
}

void inits_judge(const struct mapped_modules *modules, struct misfits *misfits)
{
    for (size_t i = 0; i < modules->count; i++)
        for (uint32_t k = 0; k < package_count(modules, i); k++) {
            const char *path = meta_package(meta_of(modules, i), k).path;
            if (strcmp(path, META_MAIN) != 0 && !misfits_are_too_many(misfits))
                judge_package(modules, i, path, misfits);
        }
}

/* ---- inits, each package's after those of its imports ---- */

struct reading {
    struct inits *inits;
    const struct mapped_modules *modules;
    bool **is_started; /* of each module, of each package */
    struct error *error;
};

static bool add(struct inits *inits, size_t file, const struct meta_init *function,
                const char *package, struct error *error)
{
    TEXT_AUTO name = {0};
    if (package)
        text_add(&name, "the init of package %s (%s:%u)", package, function->file, function->line);
    struct init *added = array_add(NULL, inits->items, inits->count, inits->capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = (struct init){(uint32_t)file, function->address, strdup(text_chars(&name))};
    return (added->name && !name.failed) || error_set_no_memory(error);
}

static bool start_package(const struct reading *reading, size_t number, uint32_t package);

/* A package imports one of its own module, or of another one: the stamp has seen to it that it is
 * there. Within a module, imports have lower numbers. The host has started its own packages. */
static bool start_imports(const struct reading *reading, size_t number, uint32_t package)
{
    const struct meta *meta = meta_of(reading->modules, number);
    uint32_t count = meta_package(meta, package).dependency_count;
    for (uint32_t i = 0; i < count; i++) {
        const char *path = meta_dependency(meta, package, i);
        size_t other = number;
        uint32_t import;
        if (!meta_find_package(meta, path, &import) &&
            !find_package(reading->modules, path, &other, &import))
            continue;
        if (!start_package(reading, other, import))
            return false;
    }
    return true;
}

static bool start_package(const struct reading *reading, size_t number, uint32_t package)
{
    const struct meta *meta = meta_of(reading->modules, number);
    if (reading->is_started[number][package])
        return true;
    reading->is_started[number][package] = true;
    struct meta_package own = meta_package(meta, package);
    if (mapped_host_carrier(reading->modules, own.path))
        return true;
    if (!start_imports(reading, number, package))
        return false;
    for (uint32_t i = 0; i < own.init_count; i++) {
        struct meta_init init = meta_init(meta, package, i);
        if (!add(reading->inits, number, &init, own.path, reading->error))
            return false;
    }
    return true;
}

static bool start_module(const struct reading *reading, size_t number)
{
    uint32_t count = package_count(reading->modules, number);
    for (uint32_t i = 0; i < count; i++)
        if (!start_package(reading, number, i))
            return false;
    return true;
}

static bool read_retires(struct inits *inits, const struct mapped_modules *modules,
                         struct error *error)
{
    size_t last = modules->count - 1;
    const struct meta *meta = meta_of(modules, last);
    inits->retires = meta ? meta->header.retires.count : 0;
    for (uint32_t i = 0; i < inits->retires; i++) {
        struct meta_init retire = meta_retire(meta, i);
        if (!add(inits, last, &retire, NULL, error))
            return false;
    }
    return true;
}

bool inits_read(struct inits *inits, const struct mapped_modules *modules, struct error *error)
{
    struct reading reading = {inits, modules, calloc(modules->count, sizeof(bool *)), error};
    inits->is_stamped = calloc(modules->count, sizeof *inits->is_stamped);
    bool done = (reading.is_started && inits->is_stamped) || error_set_no_memory(error);
    for (size_t i = 0; done && i < modules->count; i++)
        inits->is_stamped[i] = meta_of(modules, i);
    inits->file_count = done ? modules->count : 0;
    for (size_t i = 0; done && i < modules->count; i++) {
        reading.is_started[i] = calloc(package_count(modules, i) + 1, sizeof(bool));
        done = reading.is_started[i] || error_set_no_memory(error);
    }
    for (size_t i = 0; done && i < modules->count; i++)
        done = start_module(&reading, i);
    for (size_t i = 0; reading.is_started && i < modules->count; i++)
        free(reading.is_started[i]);
    free(reading.is_started);
    return done && read_retires(inits, modules, error);
}

void inits_deinit(struct inits *inits)
{
    for (size_t i = 0; i < inits->count; i++)
        free(inits->items[i].name);
    free(inits->items);
    free(inits->is_stamped);
    *inits = (struct inits){0};
}

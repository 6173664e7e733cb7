/* SPDX-License-Identifier: MIT */
/* A module that `plugin inspect` shows. */
#include "show/inspected_p.h"

#include "src/types/btf_tags.h"

#include "common/cmd.h"
#include "src/base/path.h"
#include "src/libraries/toolchain.h"
#include "src/types/print.h"

#include <assert.h>
#include <elf.h>
#include <stdlib.h>

/* Groups the shared symbols by package. Within each, they stay in the file's order, which is that
 * of names. */
static bool inspected_group_shared(struct inspected *inspected, struct error *error)
{
    const struct meta *meta = &inspected->module.meta;
    uint32_t packages = meta->header.packages.count, count = meta->header.shared.count, sum = 0;
    inspected->shared = calloc((size_t)count + 1, sizeof *inspected->shared);
    inspected->ends = calloc((size_t)packages + 1, sizeof *inspected->ends);
    if (!inspected->shared || !inspected->ends)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < count; i++)
        inspected->ends[meta_shared(meta, i).package]++;
    for (uint32_t i = 0; i < packages; i++) {
        uint32_t start = sum;
        sum += inspected->ends[i];
        inspected->ends[i] = start;
    }
    for (uint32_t i = 0; i < count; i++)
        inspected->shared[inspected->ends[meta_shared(meta, i).package]++] = i;
    return true;
}

static bool inspected_read_dynamic(struct inspected *inspected, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    return !inspected->module.dynamic.size ||
           (file_open(&file, inspected->path, error) &&
            module_read_dynamic(&inspected->dynamic, &inspected->module, &file, &inspected->arena,
                                error)) ||
           error_prefix(error, "cannot read %s: ", inspected->path);
}

/* Reads the libraries that define what a stamped module imports. Those that cannot be read are as
 * unknown as if there were none. */
static bool inspected_read_libraries(struct inspected *inspected, struct error *error)
{
    ERROR_AUTO unread = {0};
    struct libraries *libraries = &inspected->libraries;
    libraries->arena = &inspected->arena;
    if (!inspected->module.is_stamped || inspected->module.go)
        return true;
    bool is_read = libraries_read(libraries, inspected->path, &inspected->module,
                                  &inspected->dynamic, NULL, NULL, &unread);
    return is_read || unread.code != PLUGIN_NO_MEMORY || error_set_no_memory(error);
}

static bool inspected_find_promises(struct inspected *inspected, struct error *error)
{
    const struct btf *btf = inspected->module.btf;
    return !inspected->module.is_stamped ||
           promises_find(&inspected->promises, btf, &inspected->arena, error);
}

bool inspected_init(struct inspected *inspected, const char *path, bool shows_sections,
                    struct error *error)
{
    *inspected = (struct inspected){.path = path, .shows_sections = shows_sections};
    if (cmd_read_module(&inspected->module, path, &inspected->arena, error) &&
        cmd_read_built_ins(&inspected->built_ins, &inspected->module, path, error) &&
        inspected_read_dynamic(inspected, error) && inspected_group_shared(inspected, error) &&
        inspected_read_libraries(inspected, error) && inspected_find_promises(inspected, error))
        return true;
    inspected_deinit(inspected);
    return false;
}

void inspected_deinit(struct inspected *inspected)
{
    libraries_deinit(&inspected->libraries);
    bundle_file_free(&inspected->built_ins);
    free(inspected->shared);
    free(inspected->ends);
    module_deinit(&inspected->module);
    arena_deinit(&inspected->arena);
}

const char *inspected_library_tag(const struct inspected *inspected, size_t index)
{
    switch (dynamic_needed_tag(&inspected->dynamic, index)) {
    case DT_FILTER:
        return "DT_FILTER";
    case DT_AUXILIARY:
        return "DT_AUXILIARY";
    default:
        return "DT_NEEDED";
    }
}

const char *inspected_kind(const struct inspected *inspected)
{
    switch (inspected->module.elf.type) {
    case ET_REL:
        return "relocatable object";
    case ET_CORE:
        return "core dump";
    default:
        return inspected->module.is_executable ? "executable" : "shared library";
    }
}

bool inspected_next_shared(const struct inspected *inspected, uint32_t package, const uint32_t **at)
{
    assert(package < inspected->module.meta.header.packages.count);
    const uint32_t *start = inspected->shared + (package ? inspected->ends[package - 1] : 0);
    *at = *at ? *at + 1 : start;
    return *at < inspected->shared + inspected->ends[package];
}

void inspected_add_declaration(struct text *text, const struct module *module, const char *name,
                               uint32_t type, uint32_t kind)
{
    if (kind == FORMAT_THREAD_LOCAL)
        text_add(text, "_Thread_local ");
    if (type)
        print_symbol(text, module->btf, type, name, NULL);
    else
        text_add_escaped(text, name);
}

const char *inspected_add_member(struct text *text, const struct module *module, uint32_t interface,
                                 uint32_t index)
{
    const struct btf *btf = module->btf;
    uint32_t own = meta_interface(&module->meta, interface).type;
    struct meta_member member = meta_member(&module->meta, interface, index);
    struct btf_type type = btf_unqualified(btf, own).type;
    for (uint32_t i = 0; btf_has_members(type.kind) && i < type.length; i++) {
        struct btf_member of_struct = btf_member(btf, &type, i);
        if (of_struct.bit_offset != (uint64_t)member.offset * 8)
            continue;
        print_declaration(text, btf, of_struct.type, of_struct.name, NULL);
        return of_struct.name;
    }
    /* The member is a pointer to what is expected. */
    uint32_t expected = btf_unqualified(btf, member.type).type.type;
    TEXT_AUTO name = {0};
    text_add_escaped(&name, member.name);
    print_declaration(text, btf, expected, text_chars(&name), NULL);
    text->failed |= name.failed;
    return member.name;
}

void inspected_add_unchecked(struct text *text, const struct inspected *inspected,
                             const struct meta_import *import)
{
    const struct library *library =
        import->package ? NULL : libraries_find(&inspected->libraries, import->name, NULL);
    if (library == inspected->libraries.items)
        library = NULL;
    if (toolchain_has(import->library) || (library && toolchain_has(library->path)))
        return;
    if (!import->type)
        text_add(text, "type not recorded");
    else if (library && !library->module->is_stamped)
        text_add_between(text, "", path_base_name(library->path), " is not stamped");
}

static void inspected_add_reason(struct text *text, const struct btf_type *unknown)
{
    TEXT_AUTO reason = {0};
    text_add_escaped(&reason, unknown->name + strlen(BTF_UNKNOWN_START));
    size_t length = reason.length ? reason.length - 1 : 0; /* without the parenthesis */
    text_add(text, "%.*s", (int)length, text_chars(&reason));
    text->failed |= reason.failed;
}

/* Is it a struct or union with a part of unknown type? Sets the part's type. */
static bool inspected_find_part(const struct btf *btf, const struct btf_type *type, uint32_t *part)
{
    if (!btf_has_members(type->kind) || type->length != 1)
        return false;
    struct btf_member member = btf_member(btf, type, 0);
    struct btf_type own = btf_type(btf, member.type);
    *part = member.type;
    return btf_is_unknown(&own) && !strcmp(member.name, BTF_UNKNOWN_MEMBER);
}

bool inspected_each_unknown(const struct module *module,
                            void (*add)(void *context, const struct text *unknown), void *context)
{
    const struct btf *btf = module->btf;
    bool *is_part = calloc(btf->count, sizeof *is_part);
    for (int parts = 1; is_part && parts >= 0; parts--)
        for (uint32_t id = 1; id < btf->count; id++) {
            TEXT_AUTO unknown = {0};
            struct btf_type type = btf_type(btf, id);
            uint32_t part = id;
            if (parts ? !inspected_find_part(btf, &type, &part)
                      : is_part[id] || !btf_is_unknown(&type))
                continue;
            is_part[part] = true;
            struct btf_type own = btf_type(btf, part);
            if (parts)
                text_add_between(&unknown, type.kind == BTF_UNION ? "union " : "struct ", type.name,
                                 ": ");
            inspected_add_reason(&unknown, &own);
            add(context, &unknown);
        }
    free(is_part);
    return is_part != NULL;
}

/* SPDX-License-Identifier: MIT */
/* Reads a `.plugin` section. The input: two parts, the section and its `.BTF`. */
#include "fuzz/fuzz.h"
#include "fuzz/targets/seal.h"
#include "src/types/packed.h"

static void ask_symbols(const struct meta *meta, const struct btf *btf)
{
    uint32_t index;
    struct format_probe probe;
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        FUZZ_PROMISE(symbol.type < btf->count);
        if (meta_find_symbol(meta, symbol.name, &index))
            FUZZ_PROMISE(!strcmp(meta_symbol(meta, index).name, symbol.name));
    }
    FUZZ_PROMISE(!meta_find_symbol(meta, "no symbol is called so\n", &index) ||
                 index < meta->header.symbols.count);
    for (uint32_t i = 0; i < meta->header.probes.count; i++)
        FUZZ_PROMISE(meta_find_probe(meta, meta_probe(meta, i).address, &probe) &&
                     probe.type < btf->count && probe.interface <= meta->header.interfaces.count);
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        FUZZ_PROMISE(meta_find_shared(meta, shared.name, &index) && index == i);
        FUZZ_PROMISE(meta_exports_package(meta, shared.package));
    }
    for (uint32_t i = 0; i < meta->header.imports.count; i++)
        FUZZ_PROMISE(meta_import(meta, i).package <= meta->header.packages.count &&
                     strlen(meta_import(meta, i).library) < meta->import_strings.size);
}

static void ask_package(const struct meta *meta, uint32_t number)
{
    uint32_t index;
    uint64_t hash;
    struct meta_package package = meta_package(meta, number);
    FUZZ_PROMISE(meta_find_package(meta, package.path, &index) && index == number);
    for (uint32_t i = 0; i < package.dependency_count; i++)
        FUZZ_PROMISE(!meta_find_package(meta, meta_dependency(meta, number, i), &index) ||
                     index < number);
    for (uint32_t i = 0; i < package.init_count; i++)
        FUZZ_PROMISE(strlen(meta_init(meta, number, i).file) < meta->strings.size);
    for (uint32_t i = 0; i < package.source_count; i++)
        FUZZ_PROMISE(strlen(meta_source(meta, number, i, &hash)) < meta->strings.size);
}

static void ask_interface(const struct meta *meta, const struct btf *btf, uint32_t number)
{
    struct meta_interface interface = meta_interface(meta, number);
    FUZZ_PROMISE(!interface.type == (interface.kind == FORMAT_INTERFACE_EXPECTED));
    FUZZ_PROMISE(!interface.type || btf_unqualified(btf, interface.type).type.kind == BTF_STRUCT);
    FUZZ_PROMISE(strlen(interface.name) < meta->strings.size);
    for (uint32_t i = 0; i < interface.member_count; i++) {
        struct meta_member member = meta_member(meta, number, i);
        FUZZ_PROMISE(strlen(member.name) < meta->strings.size);
        FUZZ_PROMISE(btf_unqualified(btf, member.type).type.kind == BTF_PTR);
        FUZZ_PROMISE(!interface.size || member.offset < interface.size);
    }
}

static void ask_build(const struct meta *meta)
{
    uint64_t address;
    TEXT_AUTO text = {0};
    for (uint32_t i = 0; i < meta->header.constructors.count; i++)
        FUZZ_PROMISE(strlen(meta_constructor(meta, i, &address)) < meta->strings.size);
    meta_add_compilers(&text, meta);
    FUZZ_PROMISE(text.length || text.failed);
}

static void ask_infos(const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.infos.count; i++)
        FUZZ_PROMISE(strlen(meta_info(meta, i).key) < meta->strings.size &&
                     strlen(meta_info(meta, i).value) < meta->strings.size);
    for (uint32_t i = 0; i < meta->header.retires.count; i++)
        FUZZ_PROMISE(strlen(meta_retire(meta, i).file) < meta->strings.size);
}

static void ask_all(const struct meta *meta, const struct btf *btf)
{
    ask_symbols(meta, btf);
    for (uint32_t i = 0; i < meta->header.packages.count; i++)
        ask_package(meta, i);
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++)
        ask_interface(meta, btf, i);
    ask_infos(meta);
    ask_build(meta);
}

/* What lasts does not need the section. */
static void move(struct meta *meta, const struct btf *btf, struct bytes section)
{
    void *place = malloc(meta_lasting_size(meta));
    if (!place)
        return;
    meta_move(meta, place);
    ask_all(meta, btf);
    meta_drop_imports(meta);
    memset((void *)(uintptr_t)section.data, 0xff, section.size);
    ask_all(meta, btf);
    free(place);
}

/* Of an unchecked view, all that is returned is within the section. */
static void ask_view(struct bytes section)
{
    struct meta meta;
    struct format_probe probe;
    uint32_t index;
    ERROR_AUTO error = {0};
    if (!meta_view(&meta, section, &error))
        return;
    for (uint32_t i = 0; i < meta.header.symbols.count; i++) {
        const char *name = meta_symbol(&meta, i).name;
        FUZZ_PROMISE(strlen(name) < meta.strings.size);
        if (i < 1000 && meta_find_symbol(&meta, name, &index))
            FUZZ_PROMISE(index < meta.header.symbols.count &&
                         !strcmp(meta_symbol(&meta, index).name, name));
    }
    for (uint32_t i = 0; i < meta.header.probes.count && i < 1000; i++)
        if (meta_find_probe(&meta, meta_probe(&meta, i).address, &probe))
            FUZZ_PROMISE(probe.interface <= meta.header.interfaces.count);
    for (uint32_t i = 0; i < meta.header.shared.count; i++)
        FUZZ_PROMISE(meta_shared(&meta, i).package < meta.header.packages.count);
    for (uint32_t i = 0; i < meta.header.packages.count; i++)
        ask_package(&meta, i);
    ask_infos(&meta);
    ask_build(&meta);
}

FUZZ_TARGET(meta)
{
    FUZZ_PART section = fuzz_part(&input);
    FUZZ_PART types = fuzz_part(&input);
    struct meta meta;
    struct btf btf;
    ERROR_AUTO error = {0};
    ask_view(section);
    seal_stamp((uint8_t *)(uintptr_t)section.data, section.size, types);
    if (!meta_read_header(&meta, section, types, &error))
        return;
    if (meta_is_packed(&meta)) {
        struct bytes packed;
        bytes_slice(section, meta.header.types.offset, meta.header.types.count, 1, &packed);
        fuzz_part_free(&types);
        types = (struct bytes){0};
        if (!packed_read(packed, meta.header.types_inflated, &types, &error))
            return;
    }
    if (!btf_read(&btf, types, 8, &error))
        return;
    fuzz_was_read =
        meta_read_tables(&meta, section, &error) && meta_check_types(&meta, &btf, &error);
    if (fuzz_was_read) {
        ask_all(&meta, &btf);
        move(&meta, &btf, section);
    }
    btf_deinit(&btf);
}

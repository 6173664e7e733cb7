/* Sections `.plugin` that are built by hand, as docs/format.md has them, damaged in one place, and
 * given the right checksum again, so that each check stands alone. */
#ifndef TESTS_FORMAT_META_MADE_H
#define TESTS_FORMAT_META_MADE_H

#include "src/base/hash.h"
#include "src/format/meta_raw.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The section that most tests damage. Each field is at a multiple of 8. */
struct section {
    struct format_header header;
    struct format_symbol symbols[4];
    struct format_slot slots[8];
    struct format_probe probes[3];
    struct format_constructor constructors[2];
    struct format_compiler compilers[2];
    struct format_shared shared[3];
    struct format_import imports[5];
    struct format_package packages[3];
    struct format_dependency dependencies[3];
    struct format_init inits[3];
    struct format_source sources[3];
    struct format_interface interfaces[3];
    struct format_member members[4];
    struct format_info infos[3];
    struct format_retire retires[2];
    char strings[160];
};

/* The names in the strings. */
enum {
    NAME_A = 1,
    NAME_B = 5,
    NAME_C = 9,
    NAME_D = 13,
    NAME_INIT = 17,
    NAME_GCC = 22,
    NAME_CLANG = 33,
    NAME_FLAGS = 46,
    NAME_MAIN = 50,
    NAME_NUM = 55,
    NAME_GEOM = 61,
    NAME_FAR = 68,
    NAME_LIBRARY = 74,
    NAME_FILE = 84,
    NAME_INTERFACE = 91,
    NAMES_END = 105
};
#define STRINGS                                                                                    \
    "\0aaa\0bbb\0ccc\0ddd\0init\0gcc 12.2.0\0clang 14.0.6\0-O2\0main\0x/num\0x/geom\0x/far\0"      \
    "libc.so.6\0geom.c\0struct filter"

/* Types of its `.BTF`. */
static uint32_t type_int, type_prototype, type_function, type_variable, type_odd_function;
static uint32_t type_interface, type_pointer, type_const_pointer;
static struct made types;

static inline int make_types(void **state)
{
    (void)state;
    struct make *make = make_start();
    type_function = make_add(make, "func bbb function int ( a int )");
    type_variable = make_add(make, "var aaa int");
    type_odd_function = make_add(make, "func odd int");
    type_interface = make_add(make, "struct filter 16 { aaa 0 pointer int bbb 64 pointer int }");
    type_pointer = make_add(make, "pointer int");
    type_const_pointer = make_add(make, "typedef place const pointer int");
    types = made_read(make);
    type_prototype = btf_type(&types.btf, type_function).type;
    type_int = btf_type(&types.btf, type_variable).type;
    return 0;
}

static inline int free_types(void **state)
{
    (void)state;
    made_free(&types);
    return 0;
}

static inline struct bytes btf_bytes(void)
{
    return (struct bytes){types.bytes, types.size};
}

/* The checksum, by the definition in docs/format.md. */
static inline void seal(uint8_t *bytes, size_t size)
{
    const uint64_t none = 0;
    const size_t at = offsetof(struct format_header, checksum);
    memcpy(bytes + at, &none, sizeof none);
    uint64_t checksum = hash_many(HASH_START, bytes, FORMAT_HEADER_SIZE_4);
    checksum = hash_many(checksum, bytes + FORMAT_HEADER_SIZE_4, size - FORMAT_HEADER_SIZE_4);
    checksum = hash_many(checksum, types.bytes, types.size);
    memcpy(bytes + at, &checksum, sizeof checksum);
}

static inline void add_slot(struct format_slot *slots, uint32_t count, const char *name,
                            uint32_t symbol)
{
    uint32_t hash = hash_name(name), at = hash & (count - 1);
    while (slots[at].symbol)
        at = (at + 1) & (count - 1);
    slots[at] = (struct format_slot){hash, symbol + 1};
}

#define TABLE(field, item)                                                                         \
    {                                                                                              \
        (uint32_t) offsetof(struct section, field),                                                \
            (uint32_t)(sizeof(((struct section *)0)->field) / sizeof(item))                        \
    }

static inline struct section valid(void)
{
    struct section section = {
        .header = {.magic = FORMAT_MAGIC,
                   .version = FORMAT_VERSION_6,
                   .size = sizeof section,
                   .content = 42,
                   .kind = FORMAT_SHARED_LIBRARY,
                   .sanitizers = FORMAT_SANITIZE_ADDRESS,
                   .symbols = TABLE(symbols, struct format_symbol),
                   .slots = TABLE(slots, struct format_slot),
                   .probes = TABLE(probes, struct format_probe),
                   .constructors = TABLE(constructors, struct format_constructor),
                   .compilers = TABLE(compilers, struct format_compiler),
                   .shared = TABLE(shared, struct format_shared),
                   .imports = TABLE(imports, struct format_import),
                   .packages = TABLE(packages, struct format_package),
                   .dependencies = TABLE(dependencies, struct format_dependency),
                   .inits = TABLE(inits, struct format_init),
                   .sources = TABLE(sources, struct format_source),
                   .strings = TABLE(strings, char),
                   .interfaces = TABLE(interfaces, struct format_interface),
                   .members = TABLE(members, struct format_member),
                   .infos = TABLE(infos, struct format_info),
                   .retires = TABLE(retires, struct format_retire)},
        .symbols = {{0x1000, 0xa1, NAME_A, type_variable, FORMAT_VARIABLE, 0},
                    {0x2000, 0xa2, NAME_B, type_function, FORMAT_FUNCTION, 0},
                    {0x3000, 0xa2, NAME_C, type_function, FORMAT_INDIRECT, 0},
                    {0, 0, NAME_D, 0, FORMAT_THREAD_LOCAL, 0}},
        .probes = {{0x10, 0, type_int, 0},
                   {0x20, 0, type_interface, 1},
                   {0x28, 0xa3, type_prototype, 0}},
        .constructors = {{0x4000, NAME_INIT, 0}, {0x5000, 0, 0}},
        .compilers = {{NAME_GCC, NAME_FLAGS}, {NAME_CLANG, 0}},
        .shared = {{0x6000, 0xa1, NAME_A, type_variable, FORMAT_VARIABLE, 0},
                   {0x7000, 0xa2, NAME_B, type_function, FORMAT_FUNCTION, 1},
                   {0, 0, NAME_D, 0, FORMAT_THREAD_LOCAL, 1}},
        .imports = {{0, NAME_A, 0, 0, 0, 0, NAME_LIBRARY, 0, 0},
                    {0xa4, NAME_B, type_function, FORMAT_FUNCTION, 0, 2, 0, 77, 88},
                    {0, NAME_B, 0, FORMAT_FUNCTION, FORMAT_IMPORT_WEAK, 2, 0, 0, 0},
                    {0xa1, NAME_C, type_variable, FORMAT_VARIABLE, FORMAT_IMPORT_BY_DEFINITION, 1,
                     0, 0, 0},
                    {0, NAME_D, 0, FORMAT_THREAD_LOCAL, 0, 0, 0, 0, 0}},
        .packages = {{11, NAME_NUM, 0, 0, 0, 1, 0, 0, 0},
                     {22, NAME_GEOM, 0, 2, 1, 1, 0, 2, 0},
                     {0, NAME_MAIN, 2, 1, 2, 1, 2, 1, 0}},
        .dependencies = {{NAME_NUM, 1}, {NAME_FAR, 0}, {NAME_GEOM, 2}},
        .inits = {{0x8000, NAME_FILE, 3}, {0x8010, NAME_FILE, 7}, {0x8020, 0, 0}},
        .sources = {{99, NAME_FILE, 0}, {98, NAME_INIT, 0}, {0, NAME_FILE, 0}},
        .interfaces = {{NAME_INTERFACE, type_interface, FORMAT_INTERFACE_OPENED, 16, 0, 2},
                       {NAME_INTERFACE, type_interface, FORMAT_INTERFACE_IMPLEMENTED, 16, 2, 1},
                       {0, 0, FORMAT_INTERFACE_EXPECTED, 0, 3, 1}},
        .members = {{0xa1, NAME_A, type_pointer, 0, 0},
                    {0, NAME_B, type_const_pointer, 8, FORMAT_MEMBER_OPTIONAL},
                    {0xa1, NAME_A, type_pointer, 8, 0},
                    {0xa5, NAME_C, type_pointer, 0, 0}},
        .infos = {{NAME_C, NAME_D}, {NAME_A, 0}, {NAME_C, NAME_FLAGS}},
        .retires = {{0x9010, NAME_FILE, 9}, {0x9000, 0, 2}},
        .strings = STRINGS,
    };
    static const char *const names[] = {"aaa", "bbb", "ccc", "ddd"};
    for (uint32_t i = 0; i < COUNT(names); i++)
        add_slot(section.slots, COUNT(section.slots), names[i], i);
    return section;
}

/* The same as version 5, whose header ends where these two tables are: a gap between tables. */
static inline struct section valid_of_version_5(void)
{
    struct section section = valid();
    section.header.version = FORMAT_VERSION_5;
    section.header.infos = (struct format_table){UINT32_MAX, UINT32_MAX};
    section.header.retires = (struct format_table){4, UINT32_MAX};
    return section;
}

/* The same as version 4, without two more. */
static inline struct section valid_of_version_4(void)
{
    struct section section = valid_of_version_5();
    section.header.version = FORMAT_VERSION_4;
    section.header.interfaces = (struct format_table){UINT32_MAX, UINT32_MAX};
    section.header.members = (struct format_table){4, UINT32_MAX};
    return section;
}

static inline unsigned long use_packages(const struct meta *meta)
{
    unsigned long sum = 0;
    uint32_t index;
    uint64_t hash;
    for (uint32_t i = 0; i < meta->header.packages.count; i++) {
        struct meta_package package = meta_package(meta, i);
        assert_true(meta_find_package(meta, package.path, &index));
        assert_int_equal(index, i);
        for (uint32_t j = 0; j < package.dependency_count; j++)
            sum += strlen(meta_dependency(meta, i, j));
        for (uint32_t j = 0; j < package.init_count; j++)
            sum += strlen(meta_init(meta, i, j).file);
        for (uint32_t j = 0; j < package.source_count; j++)
            sum += strlen(meta_source(meta, i, j, &hash));
    }
    assert_false(meta_find_package(meta, "no such path", &index));
    return sum;
}

static inline unsigned long use_shared(const struct meta *meta)
{
    unsigned long sum = 0;
    uint32_t index;
    for (uint32_t i = 0; i < meta->header.shared.count; i++) {
        struct meta_shared shared = meta_shared(meta, i);
        assert_true(meta_find_shared(meta, shared.name, &index));
        assert_int_equal(index, i);
        sum += strlen(meta_package(meta, shared.package).path) + shared.kind;
    }
    assert_false(meta_find_shared(meta, "no such name", &index));
    for (uint32_t i = 0; i < meta->header.imports.count; i++) {
        struct meta_import import = meta_import(meta, i);
        sum += strlen(import.name) + strlen(import.library) + import.is_weak;
        if (import.package)
            sum += strlen(meta_package(meta, import.package - 1).path);
    }
    return sum;
}

static inline unsigned long use_interfaces(const struct meta *meta)
{
    unsigned long sum = 0;
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++) {
        struct meta_interface interface = meta_interface(meta, i);
        sum += strlen(interface.name) + interface.kind + interface.size;
        for (uint32_t j = 0; j < interface.member_count; j++) {
            struct meta_member member = meta_member(meta, i, j);
            assert_true(!interface.size || member.offset < interface.size);
            sum += strlen(member.name) + member.is_optional;
        }
    }
    return sum;
}

static inline unsigned long use_infos(const struct meta *meta)
{
    unsigned long sum = 0;
    for (uint32_t i = 0; i < meta->header.infos.count; i++)
        sum += strlen(meta_info(meta, i).key) + strlen(meta_info(meta, i).value);
    for (uint32_t i = 0; i < meta->header.retires.count; i++)
        sum += strlen(meta_retire(meta, i).file) + meta_retire(meta, i).line;
    return sum;
}

/* Uses every entry of a section: no read may be outside it, and every search must end. */
static inline unsigned long use_all(const struct meta *meta)
{
    unsigned long sum = 0;
    uint32_t index;
    struct format_probe probe;
    uint64_t address;
    const char *flags;
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        sum += strlen(symbol.name) + symbol.kind;
        if (meta_find_symbol(meta, symbol.name, &index)) {
            assert_true(index < meta->header.symbols.count);
            assert_string_equal(meta_symbol(meta, index).name, symbol.name);
        }
    }
    assert_false(meta_find_symbol(meta, "no such name", &index));
    for (uint32_t i = 0; i < meta->header.probes.count; i++) {
        assert_true(meta_find_probe(meta, meta_probe(meta, i).address, &probe));
        assert_int_equal(probe.type, meta_probe(meta, i).type);
        if (probe.interface)
            sum += meta_interface(meta, probe.interface - 1).size;
    }
    for (uint32_t i = 0; i < meta->header.constructors.count; i++)
        sum += strlen(meta_constructor(meta, i, &address));
    for (uint32_t i = 0; i < meta->header.compilers.count; i++)
        sum += strlen(meta_compiler(meta, i, &flags)) + strlen(flags);
    TEXT_AUTO text = {0};
    meta_add_compilers(&text, meta);
    return sum + text.length + use_packages(meta) + use_shared(meta) + use_interfaces(meta) +
           use_infos(meta);
}

/* Reads a section of exactly this size, and uses its entries. */
static inline bool read_bytes(const void *bytes, size_t size, struct error *error)
{
    struct meta meta;
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    struct bytes section = {exact, size};
    bool is_read = meta_read_header(&meta, section, btf_bytes(), error) &&
                   meta_read_tables(&meta, section, error) &&
                   meta_check_types(&meta, &types.btf, error);
    if (!is_read) {
        free(exact);
        return false;
    }
    unsigned long sum = use_all(&meta);
    assert_int_not_equal(sum, 0);
    /* The moved tables do not need the section. */
    void *place = malloc(meta_lasting_size(&meta));
    assert_non_null(place);
    meta_move(&meta, place);
    assert_int_equal(use_all(&meta), sum);
    meta_drop_imports(&meta);
    free(exact);
    assert_true(use_all(&meta) <= sum);
    free(place);
    return true;
}

static inline void check_text(const struct error *error, const char *why)
{
    char expected[256];
    snprintf(expected, sizeof expected,
             "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE", why);
    assert_string_equal(error_text(error), expected);
    assert_int_equal(error->code, PLUGIN_NOT_PLUGIN);
}

/* Reads a section that must be valid; it must live as long as the view. */
static inline void read_section(struct meta *meta, struct section *section)
{
    ERROR_AUTO error = {0};
    struct bytes bytes = {(const uint8_t *)section, sizeof *section};
    seal((uint8_t *)section, sizeof *section);
    bool is_read = meta_read_header(meta, bytes, btf_bytes(), &error) &&
                   meta_read_tables(meta, bytes, &error) &&
                   meta_check_types(meta, &types.btf, &error);
    assert_string_equal(error_text(&error), "");
    assert_true(is_read);
}

#endif

/* The reader of `.plugin`. Sections are built by hand from docs/format.md, damaged in one place,
 * and given a valid checksum, so that each check is tested alone. */
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
    NAMES_END = 91
};
#define STRINGS                                                                                    \
    "\0aaa\0bbb\0ccc\0ddd\0init\0gcc 12.2.0\0clang 14.0.6\0-O2\0main\0x/num\0x/geom\0x/far\0"      \
    "libc.so.6\0geom.c"

/* Types of its `.BTF`. */
static uint32_t type_int, type_prototype, type_function, type_variable, type_odd_function;
static struct made types;

static int make_types(void **state)
{
    (void)state;
    struct make *make = make_start();
    type_function = make_add(make, "func bbb function int ( a int )");
    type_variable = make_add(make, "var aaa int");
    type_odd_function = make_add(make, "func odd int");
    types = made_read(make);
    type_prototype = btf_type(&types.btf, type_function).type;
    type_int = btf_type(&types.btf, type_variable).type;
    return 0;
}

static int free_types(void **state)
{
    (void)state;
    made_free(&types);
    return 0;
}

static struct bytes btf_bytes(void)
{
    return (struct bytes){types.bytes, types.size};
}

/* The checksum, by the definition in docs/format.md. */
static void seal(uint8_t *bytes, size_t size)
{
    const uint64_t none = 0;
    const size_t at = offsetof(struct format_header, checksum);
    memcpy(bytes + at, &none, sizeof none);
    uint64_t checksum = hash_many(HASH_START, bytes, sizeof(struct format_header));
    checksum = hash_many(checksum, bytes + sizeof(struct format_header),
                         size - sizeof(struct format_header));
    checksum = hash_many(checksum, types.bytes, types.size);
    memcpy(bytes + at, &checksum, sizeof checksum);
}

static void add_slot(struct format_slot *slots, uint32_t count, const char *name, uint32_t symbol)
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

static struct section valid(void)
{
    struct section section = {
        .header = {.magic = FORMAT_MAGIC,
                   .version = FORMAT_VERSION,
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
                   .strings = TABLE(strings, char)},
        .symbols = {{0x1000, 0xa1, NAME_A, type_variable, FORMAT_VARIABLE, 0},
                    {0x2000, 0xa2, NAME_B, type_function, FORMAT_FUNCTION, 0},
                    {0x3000, 0xa2, NAME_C, type_function, FORMAT_INDIRECT, 0},
                    {0, 0, NAME_D, 0, FORMAT_THREAD_LOCAL, 0}},
        .probes = {{0x10, 0, type_int, 0}, {0x20, 0, 0, 0}, {0x28, 0xa3, type_prototype, 0}},
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
        .strings = STRINGS,
    };
    static const char *const names[] = {"aaa", "bbb", "ccc", "ddd"};
    for (uint32_t i = 0; i < COUNT(names); i++)
        add_slot(section.slots, COUNT(section.slots), names[i], i);
    return section;
}

static unsigned long use_packages(const struct meta *meta)
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

static unsigned long use_shared(const struct meta *meta)
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

/* Uses every entry of a section: no read may be outside it, and every search must end. */
static unsigned long use_all(const struct meta *meta)
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
    }
    for (uint32_t i = 0; i < meta->header.constructors.count; i++)
        sum += strlen(meta_constructor(meta, i, &address));
    for (uint32_t i = 0; i < meta->header.compilers.count; i++)
        sum += strlen(meta_compiler(meta, i, &flags)) + strlen(flags);
    TEXT_AUTO text = {0};
    meta_add_compilers(&text, meta);
    return sum + text.length + use_packages(meta) + use_shared(meta);
}

/* Reads a section of exactly this size, and uses its entries. */
static bool read_bytes(const void *bytes, size_t size, struct error *error)
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

/* Reads a section that must be valid; it must live as long as the view. */
static void read_section(struct meta *meta, struct section *section)
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

static void check_harmless(struct section section)
{
    ERROR_AUTO error = {0};
    seal((uint8_t *)&section, sizeof section);
    bool is_read = read_bytes(&section, sizeof section, &error);
    assert_string_equal(error_text(&error), "");
    assert_true(is_read);
}

static void check_text(const struct error *error, const char *why)
{
    char expected[256];
    snprintf(expected, sizeof expected,
             "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE", why);
    assert_string_equal(error_text(error), expected);
    assert_int_equal(error->code, PLUGIN_NOT_PLUGIN);
}

static void check_refused(struct section section, const char *why)
{
    ERROR_AUTO error = {0};
    seal((uint8_t *)&section, sizeof section);
    assert_false(read_bytes(&section, sizeof section, &error));
    check_text(&error, why);
}

/* Damages one field, which is refused for this reason. */
#define REFUSED(field, value, why)                                                                 \
    do {                                                                                           \
        struct section damaged = valid();                                                          \
        damaged.field = value;                                                                     \
        check_refused(damaged, why);                                                               \
    } while (0)

#define HARMLESS(field, value)                                                                     \
    do {                                                                                           \
        struct section changed = valid();                                                          \
        changed.field = value;                                                                     \
        check_harmless(changed);                                                                   \
    } while (0)

/* ---- the whole ---- */

static void a_valid_section_is_read(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    uint32_t index;
    struct format_probe probe;
    uint64_t address;
    const char *flags;
    read_section(&meta, &section);
    assert_int_equal(meta.header.content, 42);
    assert_int_equal(meta.header.kind, FORMAT_SHARED_LIBRARY);
    assert_int_equal(meta.header.sanitizers, FORMAT_SANITIZE_ADDRESS);
    assert_int_equal(meta.header.symbols.count, 4);
    struct meta_symbol symbol = meta_symbol(&meta, 1);
    assert_string_equal(symbol.name, "bbb");
    assert_int_equal(symbol.address, 0x2000);
    assert_int_equal(symbol.hash, 0xa2);
    assert_int_equal(symbol.type, type_function);
    assert_int_equal(symbol.kind, FORMAT_FUNCTION);
    assert_true(meta_find_symbol(&meta, "ddd", &index));
    assert_int_equal(index, 3);
    assert_false(meta_find_symbol(&meta, "dd", &index));
    assert_false(meta_find_symbol(&meta, "", &index));
    assert_true(meta_find_probe(&meta, 0x28, &probe));
    assert_int_equal(probe.type, type_prototype);
    assert_int_equal(probe.hash, 0xa3);
    assert_true(meta_find_probe(&meta, 0x10, &probe));
    assert_int_equal(probe.type, type_int);
    assert_false(meta_find_probe(&meta, 0, &probe));
    assert_false(meta_find_probe(&meta, 0x21, &probe));
    assert_false(meta_find_probe(&meta, UINT64_MAX, &probe));
    assert_string_equal(meta_constructor(&meta, 0, &address), "init");
    assert_int_equal(address, 0x4000);
    assert_string_equal(meta_compiler(&meta, 0, &flags), "gcc 12.2.0");
    assert_string_equal(flags, "-O2");
    assert_string_equal(meta_compiler(&meta, 1, &flags), "clang 14.0.6");
    assert_string_equal(flags, "");
}

static void packages_and_what_they_share_are_read(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    uint32_t index;
    uint64_t hash;
    read_section(&meta, &section);
    assert_int_equal(meta.header.packages.count, 3);
    assert_true(meta_find_package(&meta, "x/geom", &index));
    assert_int_equal(index, 1);
    struct meta_package package = meta_package(&meta, index);
    assert_string_equal(package.path, "x/geom");
    assert_int_equal(package.fingerprint, 22);
    assert_int_equal(package.dependency_count, 2);
    assert_int_equal(package.init_count, 1);
    assert_int_equal(package.source_count, 2);
    assert_false(meta_find_package(&meta, "x/far", &index));
    assert_false(meta_find_package(&meta, "", &index));
    assert_string_equal(meta_dependency(&meta, 1, 0), "x/num");
    assert_string_equal(meta_dependency(&meta, 1, 1), "x/far");
    assert_string_equal(meta_dependency(&meta, 2, 0), "x/geom");
    struct meta_init init = meta_init(&meta, 1, 0);
    assert_int_equal(init.address, 0x8010);
    assert_string_equal(init.file, "geom.c");
    assert_int_equal(init.line, 7);
    assert_int_equal(meta_init(&meta, 2, 0).address, 0x8020);
    assert_string_equal(meta_source(&meta, 1, 1, &hash), "init");
    assert_int_equal(hash, 98);
    assert_string_equal(meta_source(&meta, 2, 0, &hash), "geom.c");
    assert_int_equal(hash, 0);
}

static void shared_symbols_are_found(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    uint32_t index;
    read_section(&meta, &section);
    assert_true(meta_find_shared(&meta, "bbb", &index));
    struct meta_shared shared = meta_shared(&meta, index);
    assert_int_equal(shared.hash, 0xa2);
    assert_string_equal(shared.name, "bbb");
    assert_int_equal(shared.address, 0x7000);
    assert_int_equal(shared.type, type_function);
    assert_int_equal(shared.kind, FORMAT_FUNCTION);
    assert_int_equal(shared.package, 1);
    assert_true(meta_find_shared(&meta, "aaa", &index));
    assert_true(meta_find_shared(&meta, "ddd", &index));
    assert_int_equal(index, 2);
    assert_false(meta_find_shared(&meta, "ccc", &index)); /* a symbol, not shared */
    assert_false(meta_find_shared(&meta, "bb", &index));
    assert_false(meta_find_shared(&meta, "bbbb", &index));
    assert_false(meta_find_shared(&meta, "", &index));
    assert_false(meta_find_shared(&meta, "eee", &index));
}

static void imports_are_read(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    read_section(&meta, &section);
    struct meta_import import = meta_import(&meta, 0);
    assert_string_equal(import.name, "aaa");
    assert_string_equal(import.library, "libc.so.6");
    assert_int_equal(import.type, 0);
    assert_int_equal(import.kind, 0);
    assert_int_equal(import.package, 0);
    assert_false(import.is_weak);
    assert_false(import.is_by_definition);
    import = meta_import(&meta, 1);
    assert_int_equal(import.hash, 0xa4);
    assert_string_equal(import.name, "bbb");
    assert_string_equal(import.library, "");
    assert_int_equal(import.type, type_function);
    assert_int_equal(import.kind, FORMAT_FUNCTION);
    assert_int_equal(import.package, 2);
    assert_int_equal(raw_import(&meta, 1).symbol, 77);
    assert_int_equal(raw_import(&meta, 1).name_hash, 88);
    import = meta_import(&meta, 2); /* the same name, of another type */
    assert_string_equal(import.name, "bbb");
    assert_true(import.is_weak);
    assert_false(import.is_by_definition);
    import = meta_import(&meta, 3);
    assert_false(import.is_weak);
    assert_true(import.is_by_definition);
    assert_int_equal(import.package, 1);
}

static void what_lasts_is_all_but_the_imports(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    uint32_t index;
    memcpy(section.strings + NAMES_END, "last.so", sizeof "last.so");
    section.imports[0].library = NAMES_END;
    read_section(&meta, &section);
    size_t tables =
        sizeof section - sizeof section.header - sizeof section.imports - sizeof section.strings;
    assert_int_equal(meta_lasting_size(&meta), tables + NAMES_END);
    void *place = malloc(tables + NAMES_END);
    assert_non_null(place);
    meta_move(&meta, place);
    assert_true(meta_find_import(&meta, "aaa", &index));
    assert_string_equal(meta_import(&meta, index).library, "last.so");
    meta_drop_imports(&meta);
    assert_false(meta_find_import(&meta, "aaa", &index));
    assert_int_equal(meta.header.imports.count, 0);
    memset(&section, 0xff, sizeof section);
    assert_true(meta_find_symbol(&meta, "bbb", &index));
    assert_int_equal(meta_symbol(&meta, index).address, 0x2000);
    assert_string_equal(meta_source(&meta, 2, 0, &(uint64_t){0}), "geom.c");
    free(place);
}

static void a_wrong_checksum_is_refused(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct section section = valid();
    seal((uint8_t *)&section, sizeof section);
    section.header.checksum++;
    assert_false(read_bytes(&section, sizeof section, &error));
    check_text(&error, "checksum of .plugin and .BTF does not match");
}

static void every_single_bit_flip_is_refused(void **state)
{
    (void)state;
    struct section section = valid();
    uint8_t bytes[sizeof section];
    seal((uint8_t *)&section, sizeof section);
    for (size_t bit = 0; bit < sizeof section * 8; bit++) {
        ERROR_AUTO error = {0};
        memcpy(bytes, &section, sizeof section);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(read_bytes(bytes, sizeof bytes, &error));
        assert_true(*error_text(&error));
    }
}

static void every_single_bit_flip_of_the_types_is_refused(void **state)
{
    (void)state;
    struct section section = valid();
    seal((uint8_t *)&section, sizeof section);
    for (size_t bit = 0; bit < types.size * 8; bit++) {
        ERROR_AUTO error = {0};
        types.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        bool is_read = read_bytes(&section, sizeof section, &error);
        types.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(is_read);
        check_text(&error, "checksum of .plugin and .BTF does not match");
    }
}

static void every_single_bit_flip_with_the_right_checksum_is_refused_or_harmless(void **state)
{
    (void)state;
    struct section section = valid();
    size_t taken = 0, bits = sizeof section * 8;
    for (size_t bit = 0; bit < bits; bit++) {
        struct section flipped = section;
        uint8_t *bytes = (uint8_t *)&flipped;
        ERROR_AUTO error = {0};
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        seal(bytes, sizeof flipped);
        bool is_read = read_bytes(bytes, sizeof flipped, &error);
        taken += is_read;
        assert_int_equal(!is_read, *error_text(&error) != '\0');
    }
    assert_true(taken > 0);
    assert_true(taken < bits);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct section section = valid();
    seal((uint8_t *)&section, sizeof section);
    for (size_t size = 0; size < sizeof section; size++) {
        ERROR_AUTO error = {0};
        assert_false(read_bytes(&section, size, &error));
        check_text(&error,
                   size < 16 ? "truncated header" : "section size differs from the recorded size");
    }
}

static void every_truncation_with_the_right_size_and_checksum_is_refused(void **state)
{
    (void)state;
    for (uint32_t size = sizeof(struct format_header); size < sizeof(struct section); size++) {
        struct section section = valid();
        ERROR_AUTO error = {0};
        section.header.size = size;
        seal((uint8_t *)&section, size);
        assert_false(read_bytes(&section, size, &error));
        check_text(&error, "table lies outside the section");
    }
}

static void a_size_below_the_headers_is_refused(void **state)
{
    (void)state;
    for (uint32_t size = 16; size < sizeof(struct format_header); size++) {
        struct section section = valid();
        ERROR_AUTO error = {0};
        section.header.size = size;
        assert_false(read_bytes(&section, size, &error));
        check_text(&error, "section size differs from the recorded size");
    }
}

static void a_section_of_a_newer_version_is_refused_naming_both(void **state)
{
    (void)state;
    struct section section = valid();
    ERROR_AUTO error = {0};
    section.header.version = 7;
    section.header.checksum = 0; /* a newer version may define it differently */
    assert_false(read_bytes(&section, sizeof section, &error));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(error_text(&error),
                        "its .plugin section has format version 7, but this library supports "
                        "version 4 only; use a newer library, or stamp the file with an older "
                        "`plugin stamp`");
    ERROR_AUTO shortest = {0}; /* and may have a shorter header */
    assert_false(read_bytes(&section, 16, &shortest));
    assert_int_equal(shortest.code, PLUGIN_UNSUPPORTED);
}

static void a_section_of_an_older_version_is_refused_naming_both(void **state)
{
    (void)state;
    struct section section = valid();
    ERROR_AUTO error = {0};
    section.header.version = 1;
    assert_false(read_bytes(&section, sizeof section, &error));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(error_text(&error),
                        "its .plugin section has format version 1, but this library supports "
                        "version 4 only; stamp it again with: plugin stamp FILE");
}

/* ---- each field ---- */

static void a_damaged_start_is_refused(void **state)
{
    (void)state;
    REFUSED(header.magic, FORMAT_MAGIC + 1, "bad magic number");
    REFUSED(header.version, 0, "invalid format version");
    REFUSED(header.size, sizeof(struct section) - 1, "section size differs from the recorded size");
    REFUSED(header.size, sizeof(struct section) + 1, "section size differs from the recorded size");
    REFUSED(header.size, 0, "section size differs from the recorded size");
}

static void another_kind_of_module_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid module kind";
    REFUSED(header.kind, 0, why);
    REFUSED(header.kind, 3, why);
    REFUSED(header.kind, UINT32_MAX, why);
    HARMLESS(header.kind, FORMAT_EXECUTABLE);
}

static void what_only_informs_may_have_any_value(void **state)
{
    (void)state;
    HARMLESS(header.content, UINT64_MAX);
    HARMLESS(header.sanitizers, UINT32_MAX);
    HARMLESS(symbols[1].address, UINT64_MAX);
    HARMLESS(symbols[1].reserved, UINT32_MAX);
    HARMLESS(probes[1].reserved, UINT32_MAX);
    HARMLESS(constructors[0].address, UINT64_MAX);
    HARMLESS(constructors[0].reserved, UINT32_MAX);
    HARMLESS(shared[0].address, UINT64_MAX);
    HARMLESS(imports[0].flags, UINT32_MAX);
    HARMLESS(imports[0].symbol, UINT32_MAX);
    HARMLESS(imports[0].name_hash, UINT32_MAX);
    HARMLESS(packages[0].fingerprint, UINT64_MAX);
    HARMLESS(packages[0].reserved, UINT32_MAX);
    HARMLESS(inits[0].address, UINT64_MAX);
    HARMLESS(inits[0].line, UINT32_MAX);
    HARMLESS(sources[0].hash, UINT64_MAX);
    HARMLESS(sources[0].reserved, UINT32_MAX);
}

static void a_table_outside_the_section_is_refused(void **state)
{
    (void)state;
    static const char why[] = "table lies outside the section";
    static const size_t tables[] = {
        offsetof(struct format_header, symbols),      offsetof(struct format_header, slots),
        offsetof(struct format_header, probes),       offsetof(struct format_header, constructors),
        offsetof(struct format_header, compilers),    offsetof(struct format_header, shared),
        offsetof(struct format_header, imports),      offsetof(struct format_header, packages),
        offsetof(struct format_header, dependencies), offsetof(struct format_header, inits),
        offsetof(struct format_header, sources),      offsetof(struct format_header, strings)};
    for (size_t i = 0; i < COUNT(tables); i++) {
        static const struct format_table damages[] = {
            {sizeof(struct section) + 8, 0},
            {sizeof(struct section), 1},
            {sizeof(struct section) - 8, 9},
            {UINT32_MAX - 7, 1},
            {0, UINT32_MAX},
            {UINT32_MAX - 7, UINT32_MAX},
            {sizeof(struct format_header), 9999},
            {sizeof(struct format_header) + 4, 1},
        };
        for (size_t j = 0; j < COUNT(damages); j++) {
            struct section section = valid();
            memcpy((uint8_t *)&section + tables[i], &damages[j], sizeof damages[j]);
            check_refused(section, why);
        }
    }
}

static void tables_that_must_overlap_are_refused(void **state)
{
    (void)state;
    static const char why[] = "tables overlap";
    const uint32_t rest = sizeof(struct section) - offsetof(struct section, probes);
    REFUSED(header.probes.count, rest / sizeof(struct format_probe), why);
}

static void strings_that_do_not_start_and_end_with_a_nul_are_refused(void **state)
{
    (void)state;
    static const char why[] = "strings do not start and end with NUL";
    REFUSED(strings[0], 'x', why);
    REFUSED(strings[sizeof(((struct section *)0)->strings) - 1], 'x', why);
    REFUSED(header.strings.count, 0, why);
    REFUSED(header.strings.count, 3, why);
    HARMLESS(header.strings.count, NAMES_END);
}

static void a_symbol_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid symbol entry";
    REFUSED(symbols[3].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(symbols[3].name, UINT32_MAX, why);
    REFUSED(symbols[1].type, types.btf.count, why);
    REFUSED(symbols[1].type, UINT32_MAX, why);
    REFUSED(symbols[1].kind, 0, why);
    REFUSED(symbols[1].kind, FORMAT_INDIRECT + 1, why);
    REFUSED(symbols[1].kind, UINT32_MAX, why);
}

static void a_symbol_has_the_type_of_its_kind(void **state)
{
    (void)state;
    static const char why[] = "invalid symbol entry";
    REFUSED(symbols[0].type, type_int, why);
    REFUSED(symbols[0].type, type_function, why);
    REFUSED(symbols[0].kind, FORMAT_FUNCTION, why);
    REFUSED(symbols[1].type, type_prototype, why);
    REFUSED(symbols[1].type, type_variable, why);
    REFUSED(symbols[1].kind, FORMAT_VARIABLE, why);
    REFUSED(symbols[2].kind, FORMAT_THREAD_LOCAL, why);
    REFUSED(symbols[3].type, type_function, why);
    REFUSED(symbols[1].type, type_odd_function, why);
    HARMLESS(symbols[1].type, 0);
    HARMLESS(symbols[1].kind, FORMAT_INDIRECT);
    HARMLESS(symbols[0].kind, FORMAT_THREAD_LOCAL);
}

static void symbols_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "symbols are not sorted by name";
    REFUSED(symbols[1].name, NAME_D, why);
    REFUSED(symbols[3].name, NAME_A, why);
    REFUSED(symbols[1].name, NAME_A, why);     /* twice */
    REFUSED(symbols[1].name, NAME_B + 3, why); /* without a name */
}

static void slots_that_do_not_hold_the_symbols_are_refused(void **state)
{
    (void)state;
    static const char why[] = "slots do not match the symbols";
    REFUSED(header.slots.count, 0, why);
    REFUSED(header.slots.count, 7, why);
    REFUSED(header.slots.count, 1, why);
    REFUSED(header.symbols.count, 0, "invalid slot entry");
    for (size_t i = 0; i < COUNT(((struct section *)0)->slots); i++) {
        struct section section = valid();
        if (section.slots[i].symbol) { /* one too few, and an invalid number */
            REFUSED(slots[i].symbol, 0, why);
            REFUSED(slots[i].symbol, 5, "invalid slot entry");
            REFUSED(slots[i].symbol, UINT32_MAX, "invalid slot entry");
        } else { /* one too many */
            REFUSED(slots[i].symbol, 1, why);
        }
        HARMLESS(slots[i].hash, 0xFFFFFFFF);
    }
}

static void slots_without_an_empty_one_are_refused(void **state)
{
    (void)state;
    struct section section = valid();
    memset(section.slots, 0, sizeof section.slots);
    section.header.slots.count = 4;
    for (uint32_t i = 0; i < 4; i++)
        section.slots[i] = (struct format_slot){i, i + 1};
    check_refused(section, "slots do not match the symbols");
}

static void a_table_without_symbols_has_an_empty_slot(void **state)
{
    (void)state;
    struct section section = valid();
    memset(section.slots, 0, sizeof section.slots);
    section.header.symbols.count = 0;
    section.header.slots.count = 1;
    check_harmless(section);
    section.header.slots.count = 0;
    check_refused(section, "slots do not match the symbols");
}

static void probes_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "probes are not sorted by address";
    REFUSED(probes[1].address, 0x30, why);
    REFUSED(probes[1].address, 0x10, why); /* twice */
    REFUSED(probes[2].address, 0, why);
    REFUSED(probes[0].type, types.btf.count, "invalid probe entry");
    REFUSED(probes[2].type, UINT32_MAX, "invalid probe entry");
    HARMLESS(probes[0].address, 0);
    HARMLESS(probes[2].address, UINT64_MAX);
}

static void constructors_and_compilers_have_names(void **state)
{
    (void)state;
    REFUSED(constructors[1].name, sizeof(((struct section *)0)->strings),
            "invalid constructor entry");
    REFUSED(constructors[0].name, UINT32_MAX, "invalid constructor entry");
    REFUSED(compilers[0].name, sizeof(((struct section *)0)->strings), "invalid compiler entry");
    REFUSED(compilers[1].flags, UINT32_MAX, "invalid compiler entry");
    HARMLESS(constructors[1].name, sizeof(((struct section *)0)->strings) - 1);
    HARMLESS(compilers[1].flags, sizeof(((struct section *)0)->strings) - 1);
}

static void a_shared_symbol_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid shared symbol entry";
    REFUSED(shared[2].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(shared[0].name, UINT32_MAX, why);
    REFUSED(shared[0].package, 2, why); /* the main package */
    REFUSED(shared[0].package, 3, why);
    REFUSED(shared[0].package, UINT32_MAX, why);
    REFUSED(shared[0].type, types.btf.count, why);
    REFUSED(shared[0].type, type_int, why);
    REFUSED(shared[0].type, type_function, why);
    REFUSED(shared[1].type, type_variable, why);
    REFUSED(shared[1].type, type_odd_function, why);
    REFUSED(shared[1].kind, 0, why);
    REFUSED(shared[1].kind, FORMAT_INDIRECT + 1, why);
    HARMLESS(shared[1].type, 0);
    HARMLESS(shared[1].kind, FORMAT_INDIRECT);
    HARMLESS(shared[1].package, 0);
}

static void shared_symbols_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "shared symbols are not sorted by name";
    REFUSED(shared[0].name, NAME_C, why);
    REFUSED(shared[2].name, NAME_A, why);
    REFUSED(shared[1].name, NAME_A, why); /* twice */
    HARMLESS(shared[0].name, 0);
}

static void an_import_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid import entry";
    REFUSED(imports[4].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(imports[0].library, UINT32_MAX, why);
    REFUSED(imports[1].package, 3, why); /* the main package */
    REFUSED(imports[1].package, 4, why);
    REFUSED(imports[1].package, UINT32_MAX, why);
    REFUSED(imports[1].type, types.btf.count, why);
    REFUSED(imports[1].type, type_variable, why);
    REFUSED(imports[1].type, type_odd_function, why);
    REFUSED(imports[1].kind, 0, why); /* a type without a kind */
    REFUSED(imports[0].kind, FORMAT_INDIRECT + 1, why);
    HARMLESS(imports[0].kind, FORMAT_INDIRECT);
    HARMLESS(imports[1].type, 0);
    HARMLESS(imports[1].package, 0);
}

static void imports_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "imports are not sorted by name";
    REFUSED(imports[0].name, NAME_C, why);
    REFUSED(imports[4].name, NAME_A, why);
    HARMLESS(imports[3].name, NAME_B); /* a third import of the name */
}

static void a_package_that_is_none_is_refused(void **state)
{
    (void)state;
    REFUSED(packages[1].path, sizeof(((struct section *)0)->strings), "invalid package entry");
    REFUSED(packages[2].path, UINT32_MAX, "invalid package entry");
    REFUSED(packages[0].path, NAME_MAIN, "main is not the last package");
    REFUSED(packages[0].path, NAME_GEOM, "duplicate package path");
    REFUSED(packages[2].path, NAME_NUM, "duplicate package path");
    HARMLESS(packages[2].path, NAME_INIT); /* no main package */
}

static void packages_that_do_not_follow_one_another_are_refused(void **state)
{
    (void)state;
    static const char why[] = "parts of packages are not contiguous";
    REFUSED(packages[2].dependencies, 1, why);
    REFUSED(packages[2].dependencies, 3, why);
    REFUSED(packages[2].dependencies, UINT32_MAX, why);
    REFUSED(packages[2].dependency_count, 2, why);
    REFUSED(packages[1].dependency_count, UINT32_MAX, why);
    REFUSED(packages[1].inits, 0, why);
    REFUSED(packages[2].init_count, 2, why);
    REFUSED(packages[2].init_count, UINT32_MAX, why);
    REFUSED(packages[1].sources, 1, why);
    REFUSED(packages[2].source_count, 2, why);
    REFUSED(header.dependencies.count, 2, why);
    REFUSED(header.inits.count, 2, why);
    REFUSED(header.sources.count, 2, why);
    HARMLESS(packages[0].dependencies, UINT32_MAX); /* of none */
    HARMLESS(packages[2].init_count, 0);
}

static void an_import_of_a_package_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "path of a dependency differs from that of the package";
    static const char order[] = "package is listed before its dependency";
    REFUSED(dependencies[0].path, UINT32_MAX, "invalid dependency entry");
    REFUSED(dependencies[0].package, 2, order); /* itself */
    REFUSED(dependencies[0].package, 3, order);
    REFUSED(dependencies[0].package, UINT32_MAX, order);
    REFUSED(dependencies[0].path, NAME_FAR, why);
    REFUSED(dependencies[1].path, NAME_GEOM, why); /* carried after all */
    REFUSED(dependencies[2].package, 1, why);
    REFUSED(dependencies[2].package, 0, why);
}

static void inits_and_sources_have_names(void **state)
{
    (void)state;
    REFUSED(inits[2].file, sizeof(((struct section *)0)->strings), "invalid init entry");
    REFUSED(inits[0].file, UINT32_MAX, "invalid init entry");
    REFUSED(sources[2].name, sizeof(((struct section *)0)->strings), "invalid source entry");
    REFUSED(sources[0].name, UINT32_MAX, "invalid source entry");
    HARMLESS(inits[0].file, sizeof(((struct section *)0)->strings) - 1);
    HARMLESS(sources[0].name, sizeof(((struct section *)0)->strings) - 1);
}

static void a_module_without_packages_shares_nothing(void **state)
{
    (void)state;
    struct section section = valid();
    section.header.packages.count = 0;
    check_refused(section, "invalid shared symbol entry");
    section.header.shared.count = 0;
    check_refused(section, "invalid import entry");
    section.header.imports.count = 1;
    check_harmless(section);
}

/* ---- larger sections ---- */

/* A section with `count` compilers, all of the name at `name`, and nothing else. */
static uint8_t *many_compilers(uint32_t count, size_t *size)
{
    uint32_t compilers = sizeof(struct format_header), slot = compilers + count * 8;
    *size = slot + 8 + 8;
    struct format_header header = {.magic = FORMAT_MAGIC,
                                   .version = FORMAT_VERSION,
                                   .size = (uint32_t)*size,
                                   .kind = FORMAT_EXECUTABLE,
                                   .symbols = {compilers, 0},
                                   .slots = {slot, 1},
                                   .probes = {compilers, 0},
                                   .constructors = {compilers, 0},
                                   .compilers = {compilers, count},
                                   .strings = {slot + 8, 8}};
    uint8_t *bytes = calloc(1, *size);
    assert_non_null(bytes);
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + slot + 8, "\0gcc 12", 8);
    for (uint32_t i = 0; i < count; i++)
        bytes[compilers + i * 8] = 1;
    seal(bytes, *size);
    return bytes;
}

static void more_compilers_than_there_are_are_refused(void **state)
{
    (void)state;
    size_t size;
    ERROR_AUTO error = {0};
    uint8_t *bytes = many_compilers(FORMAT_COMPILERS_MAX, &size);
    assert_true(read_bytes(bytes, size, &error));
    free(bytes);
    bytes = many_compilers(FORMAT_COMPILERS_MAX + 1, &size);
    assert_false(read_bytes(bytes, size, &error));
    check_text(&error, "too many compilers");
    free(bytes);
}

/* A section with `count` packages, of four letters each, and nothing else. */
static uint8_t *many_packages(uint32_t count, size_t *size)
{
    const uint32_t packages = sizeof(struct format_header),
                   slot = packages + count * (uint32_t)sizeof(struct format_package);
    *size = slot + 8 + 8 + count * 8;
    struct format_header header = {.magic = FORMAT_MAGIC,
                                   .version = FORMAT_VERSION,
                                   .size = (uint32_t)*size,
                                   .kind = FORMAT_EXECUTABLE,
                                   .slots = {slot, 1},
                                   .packages = {packages, count},
                                   .strings = {slot + 8, 8 + count * 8}};
    uint8_t *bytes = calloc(1, *size);
    assert_non_null(bytes);
    memcpy(bytes, &header, sizeof header);
    for (uint32_t i = 0; i < count; i++) {
        struct format_package package = {.path = 8 + i * 8};
        memcpy(bytes + packages + i * sizeof package, &package, sizeof package);
        snprintf((char *)bytes + slot + 16 + i * 8, 8, "%04u", i * 7 % count);
    }
    seal(bytes, *size);
    return bytes;
}

static void more_packages_than_there_are_are_refused(void **state)
{
    (void)state;
    size_t size;
    ERROR_AUTO error = {0};
    uint8_t *bytes = many_packages(FORMAT_PACKAGES_MAX, &size);
    assert_true(read_bytes(bytes, size, &error));
    free(bytes);
    bytes = many_packages(FORMAT_PACKAGES_MAX + 1, &size);
    assert_false(read_bytes(bytes, size, &error));
    check_text(&error, "too many packages");
    free(bytes);
}

static void a_compiler_is_named_once(void **state)
{
    (void)state;
    for (uint32_t count = 0; count < 4; count++) {
        struct meta meta;
        size_t size;
        ERROR_AUTO error = {0};
        TEXT_AUTO text = {0};
        uint8_t *bytes = many_compilers(count, &size);
        struct bytes section = {bytes, size};
        assert_true(meta_read_header(&meta, section, btf_bytes(), &error));
        assert_true(meta_read_tables(&meta, section, &error));
        meta_add_compilers(&text, &meta);
        assert_string_equal(text_chars(&text), count ? "gcc 12" : "an unknown compiler");
        free(bytes);
    }
}

static void compilers_are_listed_in_their_order(void **state)
{
    (void)state;
    struct meta meta;
    TEXT_AUTO text = {0};
    struct section section = valid();
    read_section(&meta, &section);
    meta_add_compilers(&text, &meta);
    assert_string_equal(text_chars(&text), "gcc 12.2.0, clang 14.0.6");
}

static void sanitizers_have_the_names_that_compilers_take(void **state)
{
    (void)state;
    assert_string_equal(meta_sanitizer_name(FORMAT_SANITIZE_ADDRESS), "address");
    assert_string_equal(meta_sanitizer_name(FORMAT_SANITIZE_THREAD), "thread");
    assert_string_equal(meta_sanitizer_name(FORMAT_SANITIZE_MEMORY), "memory");
    assert_string_equal(meta_sanitizer_name(FORMAT_SANITIZE_UNDEFINED), "undefined");
    assert_string_equal(meta_sanitizer_name(FORMAT_SANITIZE_HWADDRESS), "hwaddress");
    assert_null(meta_sanitizer_name(0));
    assert_null(meta_sanitizer_name(1 << 5));
    assert_null(meta_sanitizer_name(3));
}

enum { MANY = 1000, MANY_SLOTS = 2048, MANY_NAME = 12 };

static void each_of_a_thousand_names_is_found_and_none_of_a_thousand_others(void **state)
{
    (void)state;
    struct meta meta;
    ERROR_AUTO error = {0};
    const uint32_t symbols = sizeof(struct format_header),
                   slots = symbols + MANY * (uint32_t)sizeof(struct format_symbol),
                   strings = slots + MANY_SLOTS * 8, size = strings + 8 + MANY * MANY_NAME;
    struct format_header header = {.magic = FORMAT_MAGIC,
                                   .version = FORMAT_VERSION,
                                   .size = size,
                                   .kind = FORMAT_SHARED_LIBRARY,
                                   .symbols = {symbols, MANY},
                                   .slots = {slots, MANY_SLOTS},
                                   .probes = {symbols, 0},
                                   .constructors = {symbols, 0},
                                   .compilers = {symbols, 0},
                                   .strings = {strings, 8 + MANY * MANY_NAME}};
    uint8_t *bytes = calloc(1, size);
    struct format_slot *table = calloc(MANY_SLOTS, sizeof *table);
    assert_non_null(bytes);
    assert_non_null(table);
    memcpy(bytes, &header, sizeof header);
    for (uint32_t i = 0; i < MANY; i++) {
        char *name = (char *)bytes + strings + 8 + i * MANY_NAME;
        snprintf(name, MANY_NAME, "name_%04u", i);
        struct format_symbol symbol = {
            .address = i, .name = 8 + i * MANY_NAME, .type = 0, .kind = FORMAT_VARIABLE};
        memcpy(bytes + symbols + i * sizeof symbol, &symbol, sizeof symbol);
        add_slot(table, MANY_SLOTS, name, i);
    }
    memcpy(bytes + slots, table, MANY_SLOTS * sizeof *table);
    free(table);
    seal(bytes, size);
    struct bytes section = {bytes, size};
    assert_true(meta_read_header(&meta, section, btf_bytes(), &error));
    assert_true(meta_read_tables(&meta, section, &error));
    for (uint32_t i = 0; i < MANY; i++) {
        char name[16], other[16];
        uint32_t index = UINT32_MAX;
        snprintf(name, sizeof name, "name_%04u", i);
        snprintf(other, sizeof other, "name_%04ux", i);
        assert_true(meta_find_symbol(&meta, name, &index));
        assert_int_equal(index, i);
        assert_int_equal(meta_symbol(&meta, index).address, i);
        assert_false(meta_find_symbol(&meta, other, &index));
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_section_is_read),
        cmocka_unit_test(packages_and_what_they_share_are_read),
        cmocka_unit_test(shared_symbols_are_found),
        cmocka_unit_test(imports_are_read),
        cmocka_unit_test(what_lasts_is_all_but_the_imports),
        cmocka_unit_test(a_wrong_checksum_is_refused),
        cmocka_unit_test(every_single_bit_flip_is_refused),
        cmocka_unit_test(every_single_bit_flip_of_the_types_is_refused),
        cmocka_unit_test(every_single_bit_flip_with_the_right_checksum_is_refused_or_harmless),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_truncation_with_the_right_size_and_checksum_is_refused),
        cmocka_unit_test(a_size_below_the_headers_is_refused),
        cmocka_unit_test(a_section_of_a_newer_version_is_refused_naming_both),
        cmocka_unit_test(a_section_of_an_older_version_is_refused_naming_both),
        cmocka_unit_test(a_damaged_start_is_refused),
        cmocka_unit_test(another_kind_of_module_is_refused),
        cmocka_unit_test(what_only_informs_may_have_any_value),
        cmocka_unit_test(a_table_outside_the_section_is_refused),
        cmocka_unit_test(tables_that_must_overlap_are_refused),
        cmocka_unit_test(strings_that_do_not_start_and_end_with_a_nul_are_refused),
        cmocka_unit_test(a_symbol_that_is_none_is_refused),
        cmocka_unit_test(a_symbol_has_the_type_of_its_kind),
        cmocka_unit_test(symbols_out_of_order_are_refused),
        cmocka_unit_test(slots_that_do_not_hold_the_symbols_are_refused),
        cmocka_unit_test(slots_without_an_empty_one_are_refused),
        cmocka_unit_test(a_table_without_symbols_has_an_empty_slot),
        cmocka_unit_test(probes_out_of_order_are_refused),
        cmocka_unit_test(constructors_and_compilers_have_names),
        cmocka_unit_test(a_shared_symbol_that_is_none_is_refused),
        cmocka_unit_test(shared_symbols_out_of_order_are_refused),
        cmocka_unit_test(an_import_that_is_none_is_refused),
        cmocka_unit_test(imports_out_of_order_are_refused),
        cmocka_unit_test(a_package_that_is_none_is_refused),
        cmocka_unit_test(packages_that_do_not_follow_one_another_are_refused),
        cmocka_unit_test(an_import_of_a_package_that_is_none_is_refused),
        cmocka_unit_test(inits_and_sources_have_names),
        cmocka_unit_test(a_module_without_packages_shares_nothing),
        cmocka_unit_test(more_compilers_than_there_are_are_refused),
        cmocka_unit_test(more_packages_than_there_are_are_refused),
        cmocka_unit_test(a_compiler_is_named_once),
        cmocka_unit_test(compilers_are_listed_in_their_order),
        cmocka_unit_test(sanitizers_have_the_names_that_compilers_take),
        cmocka_unit_test(each_of_a_thousand_names_is_found_and_none_of_a_thousand_others),
    };
    return cmocka_run_group_tests(tests, make_types, free_types);
}

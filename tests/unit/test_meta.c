/* The reader of `.plugin`: sections are built by hand, as docs/format.md has them, damaged in one
 * place, and given the right checksum again, so that each check stands alone. */
#include "../../src/hash.h"
#include "../../src/meta.h"
#include "check.h"
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The section that most tests damage. One field behind another, each at a multiple of 8. */
struct section {
    struct format_header header;
    struct format_symbol symbols[4];
    struct format_slot slots[8];
    struct format_probe probes[3];
    struct format_constructor constructors[2];
    struct format_compiler compilers[2];
    char strings[96];
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
    NAMES_END = 50
};
#define STRINGS "\0aaa\0bbb\0ccc\0ddd\0init\0gcc 12.2.0\0clang 14.0.6\0-O2"

/* Types of the `.BTF` that goes with it. */
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

/* The checksum, from the definition in src/format.h. */
static void seal(uint8_t *bytes, size_t size)
{
    const uint64_t none = 0;
    const size_t at = offsetof(struct format_header, checksum);
    memcpy(bytes + at, &none, sizeof none);
    uint64_t checksum = hash_bytes(HASH_START, bytes, sizeof(struct format_header));
    checksum = hash_bytes(checksum, bytes + sizeof(struct format_header),
                          size - sizeof(struct format_header));
    checksum = hash_bytes(checksum, types.bytes, types.size);
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
                   .strings = TABLE(strings, char)},
        .symbols = {{0x1000, NAME_A, type_variable, FORMAT_VARIABLE, 0},
                    {0x2000, NAME_B, type_function, FORMAT_FUNCTION, 0},
                    {0x3000, NAME_C, type_function, FORMAT_INDIRECT, 0},
                    {0, NAME_D, 0, FORMAT_THREAD_LOCAL, 0}},
        .probes = {{0x10, type_int, 0}, {0x20, 0, 0}, {0x28, type_prototype, 0}},
        .constructors = {{0x4000, NAME_INIT, 0}, {0x5000, 0, 0}},
        .compilers = {{NAME_GCC, NAME_FLAGS}, {NAME_CLANG, 0}},
        .strings = STRINGS,
    };
    static const char *const names[] = {"aaa", "bbb", "ccc", "ddd"};
    for (uint32_t i = 0; i < COUNT(names); i++)
        add_slot(section.slots, COUNT(section.slots), names[i], i);
    return section;
}

/* Uses all of a section that was read: nothing may be read outside it, and every search ends. */
static unsigned long use_all(const struct meta *meta)
{
    unsigned long sum = 0;
    uint32_t index, type;
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
        assert_true(meta_find_probe(meta, meta_probe(meta, i).address, &type));
        assert_int_equal(type, meta_probe(meta, i).type);
    }
    for (uint32_t i = 0; i < meta->header.constructors.count; i++)
        sum += strlen(meta_constructor(meta, i, &address));
    for (uint32_t i = 0; i < meta->header.compilers.count; i++)
        sum += strlen(meta_compiler(meta, i, &flags)) + strlen(flags);
    TEXT_AUTO text = {0};
    meta_add_compilers(&text, meta);
    return sum + text.length;
}

/* Reads a section of exactly this size, and uses what was read. */
static bool read_bytes(const void *bytes, size_t size, struct error *error)
{
    struct meta meta;
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    struct bytes section = {exact, size};
    bool is_read = meta_read_header(&meta, section, btf_bytes(), error) &&
                   meta_read_tables(&meta, section, &types.btf, error);
    if (is_read)
        assert_true(use_all(&meta) > 0);
    free(exact);
    return is_read;
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

/* Damages one field: refused for this reason. */
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
    ERROR_AUTO error = {0};
    struct section section = valid();
    uint32_t index, type;
    uint64_t address;
    const char *flags;
    seal((uint8_t *)&section, sizeof section);
    struct bytes bytes = {(const uint8_t *)&section, sizeof section};
    assert_true(meta_read_header(&meta, bytes, btf_bytes(), &error));
    assert_true(meta_read_tables(&meta, bytes, &types.btf, &error));
    assert_int_equal(meta.header.content, 42);
    assert_int_equal(meta.header.kind, FORMAT_SHARED_LIBRARY);
    assert_int_equal(meta.header.sanitizers, FORMAT_SANITIZE_ADDRESS);
    assert_int_equal(meta.header.symbols.count, 4);
    struct meta_symbol symbol = meta_symbol(&meta, 1);
    assert_string_equal(symbol.name, "bbb");
    assert_int_equal(symbol.address, 0x2000);
    assert_int_equal(symbol.type, type_function);
    assert_int_equal(symbol.kind, FORMAT_FUNCTION);
    assert_true(meta_find_symbol(&meta, "ddd", &index));
    assert_int_equal(index, 3);
    assert_false(meta_find_symbol(&meta, "dd", &index));
    assert_false(meta_find_symbol(&meta, "", &index));
    assert_true(meta_find_probe(&meta, 0x28, &type));
    assert_int_equal(type, type_prototype);
    assert_true(meta_find_probe(&meta, 0x10, &type));
    assert_int_equal(type, type_int);
    assert_false(meta_find_probe(&meta, 0, &type));
    assert_false(meta_find_probe(&meta, 0x21, &type));
    assert_false(meta_find_probe(&meta, UINT64_MAX, &type));
    assert_string_equal(meta_constructor(&meta, 0, &address), "init");
    assert_int_equal(address, 0x4000);
    assert_string_equal(meta_compiler(&meta, 0, &flags), "gcc 12.2.0");
    assert_string_equal(flags, "-O2");
    assert_string_equal(meta_compiler(&meta, 1, &flags), "clang 14.0.6");
    assert_string_equal(flags, "");
}

static void a_wrong_checksum_is_refused(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct section section = valid();
    seal((uint8_t *)&section, sizeof section);
    section.header.checksum++;
    assert_false(read_bytes(&section, sizeof section, &error));
    check_text(&error, "its bytes, or those of .BTF, are not those that were stamped");
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
        check_text(&error, "its bytes, or those of .BTF, are not those that were stamped");
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
                   size < 16 ? "it is truncated" : "its size is not the one that was recorded");
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
        check_text(&error, "a table lies outside it");
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
        check_text(&error, "its size is not the one that was recorded");
    }
}

static void a_section_of_a_newer_version_is_refused_naming_both(void **state)
{
    (void)state;
    struct section section = valid();
    ERROR_AUTO error = {0};
    section.header.version = 7;
    section.header.checksum = 0; /* a newer version may sum otherwise */
    assert_false(read_bytes(&section, sizeof section, &error));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(error_text(&error),
                        "its .plugin section is of format version 7, and this library knows "
                        "versions up to 1; use a newer library, or stamp the file with an older "
                        "`plugin stamp`");
    ERROR_AUTO shortest = {0}; /* and may have a shorter header */
    assert_false(read_bytes(&section, 16, &shortest));
    assert_int_equal(shortest.code, PLUGIN_UNSUPPORTED);
}

/* ---- each field ---- */

static void a_damaged_start_is_refused(void **state)
{
    (void)state;
    REFUSED(header.magic, FORMAT_MAGIC + 1, "it does not start as one");
    REFUSED(header.version, 0, "there is no such format version");
    REFUSED(header.size, sizeof(struct section) - 1, "its size is not the one that was recorded");
    REFUSED(header.size, sizeof(struct section) + 1, "its size is not the one that was recorded");
    REFUSED(header.size, 0, "its size is not the one that was recorded");
}

static void another_kind_of_module_is_refused(void **state)
{
    (void)state;
    static const char why[] = "it describes neither a shared library nor an executable";
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
}

static void a_table_outside_the_section_is_refused(void **state)
{
    (void)state;
    static const char why[] = "a table lies outside it";
    static const size_t tables[] = {
        offsetof(struct format_header, symbols),   offsetof(struct format_header, slots),
        offsetof(struct format_header, probes),    offsetof(struct format_header, constructors),
        offsetof(struct format_header, compilers), offsetof(struct format_header, strings)};
    for (size_t i = 0; i < COUNT(tables); i++) {
        static const struct format_table damages[] = {
            {sizeof(struct section) + 8, 0},
            {sizeof(struct section), 1},
            {sizeof(struct section) - 8, 9},
            {UINT32_MAX - 7, 1},
            {0, UINT32_MAX},
            {UINT32_MAX - 7, UINT32_MAX},
            {sizeof(struct format_header), 999},
            {sizeof(struct format_header) + 4, 1},
        };
        for (size_t j = 0; j < COUNT(damages); j++) {
            struct section section = valid();
            memcpy((uint8_t *)&section + tables[i], &damages[j], sizeof damages[j]);
            check_refused(section, why);
        }
    }
}

static void strings_that_do_not_start_and_end_with_a_nul_are_refused(void **state)
{
    (void)state;
    static const char why[] = "its strings do not start and end with a NUL";
    REFUSED(strings[0], 'x', why);
    REFUSED(strings[sizeof(((struct section *)0)->strings) - 1], 'x', why);
    REFUSED(header.strings.count, 0, why);
    REFUSED(header.strings.count, 3, why);
    HARMLESS(header.strings.count, NAMES_END);
}

static void a_symbol_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "a symbol is none";
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
    static const char why[] = "a symbol's type is not that of a symbol";
    REFUSED(symbols[0].type, type_int, why);
    REFUSED(symbols[0].type, type_function, why);
    REFUSED(symbols[0].kind, FORMAT_FUNCTION, why);
    REFUSED(symbols[1].type, type_prototype, why);
    REFUSED(symbols[1].type, type_variable, why);
    REFUSED(symbols[1].kind, FORMAT_VARIABLE, why);
    REFUSED(symbols[2].kind, FORMAT_THREAD_LOCAL, why);
    REFUSED(symbols[3].type, type_function, why);
    REFUSED(symbols[1].type, type_odd_function, "a function's type is not that of a function");
    HARMLESS(symbols[1].type, 0);
    HARMLESS(symbols[1].kind, FORMAT_INDIRECT);
    HARMLESS(symbols[0].kind, FORMAT_THREAD_LOCAL);
}

static void symbols_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "its symbols are not in order";
    REFUSED(symbols[1].name, NAME_D, why);
    REFUSED(symbols[3].name, NAME_A, why);
    REFUSED(symbols[1].name, NAME_A, why);     /* twice */
    REFUSED(symbols[1].name, NAME_B + 3, why); /* without a name */
}

static void slots_that_do_not_hold_the_symbols_are_refused(void **state)
{
    (void)state;
    static const char why[] = "its slots do not hold its symbols";
    REFUSED(header.slots.count, 0, why);
    REFUSED(header.slots.count, 7, why);
    REFUSED(header.slots.count, 1, why);
    REFUSED(header.symbols.count, 0, "a slot holds no symbol");
    for (size_t i = 0; i < COUNT(((struct section *)0)->slots); i++) {
        struct section section = valid();
        if (section.slots[i].symbol) { /* one too few, and one that there is not */
            REFUSED(slots[i].symbol, 0, why);
            REFUSED(slots[i].symbol, 5, "a slot holds no symbol");
            REFUSED(slots[i].symbol, UINT32_MAX, "a slot holds no symbol");
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
    check_refused(section, "its slots do not hold its symbols");
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
    check_refused(section, "its slots do not hold its symbols");
}

static void probes_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "its probes are not in order";
    REFUSED(probes[1].address, 0x30, why);
    REFUSED(probes[1].address, 0x10, why); /* twice */
    REFUSED(probes[2].address, 0, why);
    REFUSED(probes[0].type, types.btf.count, why);
    REFUSED(probes[2].type, UINT32_MAX, why);
    HARMLESS(probes[0].address, 0);
    HARMLESS(probes[2].address, UINT64_MAX);
}

static void constructors_and_compilers_have_names(void **state)
{
    (void)state;
    REFUSED(constructors[1].name, sizeof(((struct section *)0)->strings),
            "a constructor has no name");
    REFUSED(constructors[0].name, UINT32_MAX, "a constructor has no name");
    REFUSED(compilers[0].name, sizeof(((struct section *)0)->strings), "a compiler has no name");
    REFUSED(compilers[1].flags, UINT32_MAX, "a compiler has no name");
    HARMLESS(constructors[1].name, sizeof(((struct section *)0)->strings) - 1);
    HARMLESS(compilers[1].flags, sizeof(((struct section *)0)->strings) - 1);
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
    check_text(&error, "it names too many compilers");
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
        assert_true(meta_read_tables(&meta, section, &types.btf, &error));
        meta_add_compilers(&text, &meta);
        assert_string_equal(text_chars(&text), count ? "gcc 12" : "an unknown compiler");
        free(bytes);
    }
}

static void compilers_are_listed_in_their_order(void **state)
{
    (void)state;
    struct meta meta;
    ERROR_AUTO error = {0};
    TEXT_AUTO text = {0};
    struct section section = valid();
    seal((uint8_t *)&section, sizeof section);
    struct bytes bytes = {(const uint8_t *)&section, sizeof section};
    assert_true(meta_read_header(&meta, bytes, btf_bytes(), &error));
    assert_true(meta_read_tables(&meta, bytes, &types.btf, &error));
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
    const uint32_t symbols = sizeof(struct format_header), slots = symbols + MANY * 24,
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
    assert_true(meta_read_tables(&meta, section, &types.btf, &error));
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
        cmocka_unit_test(a_wrong_checksum_is_refused),
        cmocka_unit_test(every_single_bit_flip_is_refused),
        cmocka_unit_test(every_single_bit_flip_of_the_types_is_refused),
        cmocka_unit_test(every_single_bit_flip_with_the_right_checksum_is_refused_or_harmless),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_truncation_with_the_right_size_and_checksum_is_refused),
        cmocka_unit_test(a_size_below_the_headers_is_refused),
        cmocka_unit_test(a_section_of_a_newer_version_is_refused_naming_both),
        cmocka_unit_test(a_damaged_start_is_refused),
        cmocka_unit_test(another_kind_of_module_is_refused),
        cmocka_unit_test(what_only_informs_may_have_any_value),
        cmocka_unit_test(a_table_outside_the_section_is_refused),
        cmocka_unit_test(strings_that_do_not_start_and_end_with_a_nul_are_refused),
        cmocka_unit_test(a_symbol_that_is_none_is_refused),
        cmocka_unit_test(a_symbol_has_the_type_of_its_kind),
        cmocka_unit_test(symbols_out_of_order_are_refused),
        cmocka_unit_test(slots_that_do_not_hold_the_symbols_are_refused),
        cmocka_unit_test(slots_without_an_empty_one_are_refused),
        cmocka_unit_test(a_table_without_symbols_has_an_empty_slot),
        cmocka_unit_test(probes_out_of_order_are_refused),
        cmocka_unit_test(constructors_and_compilers_have_names),
        cmocka_unit_test(more_compilers_than_there_are_are_refused),
        cmocka_unit_test(a_compiler_is_named_once),
        cmocka_unit_test(compilers_are_listed_in_their_order),
        cmocka_unit_test(sanitizers_have_the_names_that_compilers_take),
        cmocka_unit_test(each_of_a_thousand_names_is_found_and_none_of_a_thousand_others),
    };
    return cmocka_run_group_tests(tests, make_types, free_types);
}

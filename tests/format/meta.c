/* The reader of `.plugin`: what it reads, and that every change of a section is noticed. */
#include "tests/common/check.h"
#include "tests/format/meta_large.h"
#include "tests/format/meta_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    assert_string_equal(meta_interface(&meta, 1).name, "struct filter");
    assert_string_equal(meta_member(&meta, 2, 0).name, "ccc");
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
    for (uint32_t size = 16; size < FORMAT_HEADER_SIZE_6; size++) {
        struct section section = valid(), old = valid_of_version_4(), newer = valid_of_version_5();
        ERROR_AUTO error = {0}, old_error = {0}, newer_error = {0};
        section.header.size = old.header.size = newer.header.size = size;
        seal((uint8_t *)&old, size < FORMAT_HEADER_SIZE_4 ? sizeof old : size);
        seal((uint8_t *)&newer, size < FORMAT_HEADER_SIZE_5 ? sizeof newer : size);
        assert_false(read_bytes(&section, size, &error));
        check_text(&error, "section size differs from the recorded size");
        assert_false(read_bytes(&old, size, &old_error));
        check_text(&old_error, size < 136 ? "section size differs from the recorded size"
                                          : "table lies outside the section");
        assert_false(read_bytes(&newer, size, &newer_error));
        check_text(&newer_error, size < 152 ? "section size differs from the recorded size"
                                            : "table lies outside the section");
    }
}

/* ---- larger sections ---- */

/* A section with `count` compilers, all of the name at `name`, and nothing else. */
static uint8_t *many_compilers(uint32_t count, size_t *size)
{
    uint32_t compilers = sizeof(struct format_header), slot = compilers + count * 8;
    *size = slot + 8 + 8;
    struct format_header header = {.magic = FORMAT_MAGIC,
                                   .version = FORMAT_VERSION_6,
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
                                   .version = FORMAT_VERSION_6,
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
                                   .version = FORMAT_VERSION_6,
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
        cmocka_unit_test(more_compilers_than_there_are_are_refused),
        cmocka_unit_test(more_packages_than_there_are_are_refused),
        cmocka_unit_test(a_compiler_is_named_once),
        cmocka_unit_test(compilers_are_listed_in_their_order),
        cmocka_unit_test(sanitizers_have_the_names_that_compilers_take),
        cmocka_unit_test(each_of_a_thousand_names_is_found_and_none_of_a_thousand_others),
    };
    return cmocka_run_group_tests(tests, make_types, free_types);
}

/* The reader of `.BTF`: what it refuses. Sections are built by hand: libbpf would not write them.
 */
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdlib.h>
#include <string.h>

/* ---- sections that libbpf would not write ---- */

enum { HEADER_SIZE = 24, SECTION_MAX = 16384 };

struct raw {
    uint32_t words[SECTION_MAX / 4]; /* of the type records */
    size_t count;
    const char *strings;
    size_t strings_size;
};

#define RAW(text)                                                                                  \
    {                                                                                              \
        .strings = "\0" text, .strings_size = sizeof text + 1                                      \
    }

static uint32_t info(enum btf_kind kind, uint32_t length)
{
    return (uint32_t)kind << 24 | length;
}

static void add(struct raw *raw, uint32_t name, uint32_t kind_and_length, uint32_t size_or_type)
{
    raw->words[raw->count++] = name;
    raw->words[raw->count++] = kind_and_length;
    raw->words[raw->count++] = size_or_type;
}

static void add_word(struct raw *raw, uint32_t word)
{
    raw->words[raw->count++] = word;
}

/* Type 1 of most sections below. */
static void add_int(struct raw *raw)
{
    add(raw, 1, info(BTF_INT, 0), 4);
    add_word(raw, 1 << 24 | 32);
}

/* The section in a block of exactly its size. */
static uint8_t *write_raw(const struct raw *raw, size_t *size)
{
    uint32_t types_size = (uint32_t)raw->count * 4, strings_size = (uint32_t)raw->strings_size;
    const uint32_t header[] = {0x0001EB9F, HEADER_SIZE, 0, types_size, types_size, strings_size};
    *size = sizeof header + types_size + strings_size;
    uint8_t *bytes = malloc(*size);
    assert_non_null(bytes);
    memcpy(bytes, header, sizeof header);
    if (types_size)
        memcpy(bytes + sizeof header, raw->words, types_size);
    if (strings_size)
        memcpy(bytes + sizeof header + types_size, raw->strings, strings_size);
    return bytes;
}

static void check_bytes_refused(const uint8_t *bytes, size_t size, const char *expected)
{
    struct btf btf;
    ERROR_AUTO error = {0};
    assert_false(btf_read(&btf, (struct bytes){bytes, size}, 8, &error));
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&error), expected);
    assert_null(btf.offsets);
}

static void check_refused(const struct raw *raw, const char *expected)
{
    size_t size;
    uint8_t *bytes = write_raw(raw, &size);
    check_bytes_refused(bytes, size, expected);
    free(bytes);
}

static void check_read(const struct raw *raw, uint32_t count)
{
    struct btf btf;
    ERROR_AUTO error = {0};
    size_t size;
    uint8_t *bytes = write_raw(raw, &size);
    bool is_read = btf_read(&btf, (struct bytes){bytes, size}, 8, &error);
    assert_string_equal(error_text(&error), "");
    assert_true(is_read);
    assert_int_equal(btf.count, count);
    btf_deinit(&btf);
    free(bytes);
}

/* ---- the header ---- */

static void a_section_without_types_is_read(void **state)
{
    (void)state;
    check_read(&(struct raw){.strings = "", .strings_size = 1}, 1);
}

static void a_section_shorter_than_its_header_is_truncated(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    size_t size;
    add_int(&raw);
    uint8_t *bytes = write_raw(&raw, &size);
    for (size_t length = 0; length < HEADER_SIZE; length++) {
        uint8_t *exact = malloc(length ? length : 1);
        assert_non_null(exact);
        memcpy(exact, bytes, length);
        check_bytes_refused(exact, length, "its .BTF section is damaged: truncated header");
        free(exact);
    }
    free(bytes);
}

static void another_magic_or_version_is_not_btf(void **state)
{
    (void)state;
    static const size_t places[] = {0, 1, 2};
    struct raw raw = RAW("int");
    size_t size;
    add_int(&raw);
    uint8_t *bytes = write_raw(&raw, &size);
    for (size_t i = 0; i < COUNT(places); i++) {
        bytes[places[i]] ^= 0xFF;
        check_bytes_refused(bytes, size, "its .BTF section is damaged: not BTF version 1");
        bytes[places[i]] ^= 0xFF;
    }
    free(bytes);
}

static void parts_outside_the_section_are_refused(void **state)
{
    (void)state;
    /* Words of the header: its size, offset and size of the types, offset and size of strings. */
    static const struct {
        size_t word;
        uint32_t value;
    } damages[] = {
        {1, 23},
        {1, 0},
        {1, 41},
        {1, UINT32_MAX},
        {2, 2},
        {2, 8},
        {2, UINT32_MAX - 3},
        {3, 24},
        {3, UINT32_MAX},
        {4, 17},
        {4, UINT32_MAX},
        {5, 7},
        {5, UINT32_MAX},
    };
    struct raw raw = RAW("int");
    size_t size;
    add_int(&raw);
    for (size_t i = 0; i < COUNT(damages); i++) {
        uint8_t *bytes = write_raw(&raw, &size);
        memcpy(bytes + damages[i].word * 4, &damages[i].value, 4);
        check_bytes_refused(
            bytes, size, "its .BTF section is damaged: types or strings lie outside the section");
        free(bytes);
    }
}

static void a_larger_header_is_skipped(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    struct btf btf;
    ERROR_AUTO error = {0};
    size_t size;
    add_int(&raw);
    uint8_t *bytes = write_raw(&raw, &size), *larger = malloc(size + 8);
    assert_non_null(larger);
    memcpy(larger, bytes, HEADER_SIZE);
    memset(larger + HEADER_SIZE, 0xFF, 8);
    memcpy(larger + HEADER_SIZE + 8, bytes + HEADER_SIZE, size - HEADER_SIZE);
    larger[4] = HEADER_SIZE + 8;
    assert_true(btf_read(&btf, (struct bytes){larger, size + 8}, 8, &error));
    assert_int_equal(btf.count, 2);
    assert_string_equal(btf_type(&btf, 1).name, "int");
    btf_deinit(&btf);
    free(bytes);
    free(larger);
}

static void strings_that_do_not_start_and_end_with_a_nul_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *strings;
        size_t size;
    } damages[] = {{"", 0}, {"\0int", 4}, {"int", 4}, {"x", 1}};
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct raw raw = {.strings = damages[i].strings, .strings_size = damages[i].size};
        check_refused(&raw, "its .BTF section is damaged: strings do not start and end with NUL");
    }
}

/* ---- records ---- */

static void a_record_that_does_not_end_in_the_section_is_truncated(void **state)
{
    (void)state;
    static const char truncated[] = "its .BTF section is damaged: type 2: truncated record";
    static const uint32_t kinds[] = {BTF_INT,      BTF_ARRAY,      BTF_STRUCT, BTF_UNION,
                                     BTF_ENUM,     BTF_FUNC_PROTO, BTF_VAR,    BTF_DATASEC,
                                     BTF_DECL_TAG, BTF_ENUM64};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 1, info(kinds[i], 1), 0);
        check_refused(&raw, truncated);
    }
    struct raw raw = RAW("int");
    add_int(&raw);
    add_word(&raw, 0);
    add_word(&raw, info(BTF_PTR, 0));
    check_refused(&raw, truncated);
}

static void an_unknown_kind_is_refused(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {BTF_VOID, BTF_KIND_COUNT, 31};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 0, info(kinds[i], 0), 0);
        check_refused(&raw, "its .BTF section is damaged: type 2: unknown kind");
    }
}

static void a_reference_beyond_the_last_type_is_refused(void **state)
{
    (void)state;
    static const char expected[] =
        "its .BTF section is damaged: type 2: reference to an invalid type";
    static const uint32_t kinds[] = {BTF_PTR,      BTF_TYPEDEF, BTF_VOLATILE,   BTF_CONST,
                                     BTF_RESTRICT, BTF_FUNC,    BTF_FUNC_PROTO, BTF_VAR,
                                     BTF_DECL_TAG, BTF_TYPE_TAG};
    static const uint32_t ids[] = {3, UINT32_MAX};
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (size_t j = 0; j < COUNT(ids); j++) {
            struct raw raw = RAW("int");
            add_int(&raw);
            add(&raw, 0, info(kinds[i], 0), ids[j]);
            if (kinds[i] == BTF_VAR || kinds[i] == BTF_DECL_TAG)
                add_word(&raw, 0);
            check_refused(&raw, expected);
        }
    for (size_t word = 0; word < 2; word++) { /* an array's element, and its index */
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 0, info(BTF_ARRAY, 0), 0);
        add_word(&raw, word == 0 ? 3 : 1);
        add_word(&raw, word == 1 ? 3 : 1);
        add_word(&raw, 4);
        check_refused(&raw, expected);
    }
}

static void a_name_outside_the_strings_is_refused(void **state)
{
    (void)state;
    static const uint32_t names[] = {5, 6, UINT32_MAX}; /* the strings have 5 bytes */
    for (size_t i = 0; i < COUNT(names); i++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, names[i], info(BTF_TYPEDEF, 0), 1);
        check_refused(&raw, "its .BTF section is damaged: type 2: name lies outside the strings");
        struct raw member = RAW("int");
        add_int(&member);
        add(&member, 1, info(BTF_STRUCT, 1), 4);
        add_word(&member, names[i]);
        add_word(&member, 1);
        add_word(&member, 0);
        check_refused(&member,
                      "its .BTF section is damaged: type 2: invalid name or type of a member");
        struct raw parameter = RAW("int");
        add_int(&parameter);
        add(&parameter, 0, info(BTF_FUNC_PROTO, 1), 1);
        add_word(&parameter, names[i]);
        add_word(&parameter, 1);
        check_refused(&parameter,
                      "its .BTF section is damaged: type 2: invalid name or type of a parameter");
        for (size_t words = 2; words <= 3; words++) {
            struct raw raw_enum = RAW("int");
            add_int(&raw_enum);
            add(&raw_enum, 1, info(words == 2 ? BTF_ENUM : BTF_ENUM64, 2), words == 2 ? 4 : 8);
            for (size_t word = 0; word < words * 2; word++)
                add_word(&raw_enum, word == words ? names[i] : 0);
            check_refused(
                &raw_enum,
                "its .BTF section is damaged: type 2: enumerator name lies outside the strings");
        }
    }
}

static void the_last_name_ends_where_the_strings_end(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 4, info(BTF_TYPEDEF, 0), 1);
    check_read(&raw, 3);
}

static void members_and_parameters_of_no_type_are_refused(void **state)
{
    (void)state;
    for (uint32_t kind = BTF_STRUCT; kind <= BTF_UNION; kind++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 1, info(kind, 1), 4);
        add_word(&raw, 1);
        add_word(&raw, 3);
        add_word(&raw, 0);
        check_refused(&raw,
                      "its .BTF section is damaged: type 2: invalid name or type of a member");
    }
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 0, info(BTF_FUNC_PROTO, 2), 1);
    add_word(&raw, 0);
    add_word(&raw, 1);
    add_word(&raw, 0);
    add_word(&raw, 3);
    check_refused(&raw, "its .BTF section is damaged: type 2: invalid name or type of a parameter");
}

static void a_member_outside_its_struct_is_refused(void **state)
{
    (void)state;
    static const char expected[] =
        "its .BTF section is damaged: type 2: member lies outside the struct";
    static const struct {
        uint32_t flag, offset;
    } damages[] = {
        {0, 33}, {0, UINT32_MAX}, {1, 33}, {1, 1U << 24 | 32}, {1, 33U << 24}, {1, 0xFFFFFFFF},
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 1, info(BTF_STRUCT, 1) | damages[i].flag << 31, 4);
        add_word(&raw, 1);
        add_word(&raw, 1);
        add_word(&raw, damages[i].offset);
        check_refused(&raw, expected);
    }
    struct raw raw = RAW("int"); /* a flexible array starts where its struct ends */
    add_int(&raw);
    add(&raw, 1, info(BTF_STRUCT, 1), 4);
    add_word(&raw, 1);
    add_word(&raw, 1);
    add_word(&raw, 32);
    check_read(&raw, 3);
}

static void integers_of_impossible_sizes_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t size, bits;
    } sizes[] = {{0, 0}, {17, 136}, {32, 0}, {4, 31}, {4, 33}, {4, 0}, {1, 32}, {UINT32_MAX, 248}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct raw raw = RAW("int");
        add(&raw, 1, info(BTF_INT, 0), sizes[i].size);
        add_word(&raw, sizes[i].bits);
        check_refused(&raw, "its .BTF section is damaged: type 1: invalid integer size");
    }
    struct raw raw = RAW("int");
    add(&raw, 1, info(BTF_INT, 0), 16);
    add_word(&raw, 128);
    check_read(&raw, 2);
}

static void a_float_without_a_size_is_refused(void **state)
{
    (void)state;
    struct raw raw = RAW("float");
    add(&raw, 1, info(BTF_FLOAT, 0), 0);
    check_refused(&raw, "its .BTF section is damaged: type 1: floating-point type without a size");
}

static void an_enum_of_more_than_8_bytes_is_refused(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {BTF_ENUM, BTF_ENUM64};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct raw raw = RAW("e");
        add(&raw, 1, info(kinds[i], 0), 9);
        check_refused(&raw, "its .BTF section is damaged: type 1: invalid enum size");
    }
}

/* ---- chains ---- */

static void a_type_that_refers_to_itself_is_refused(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {BTF_PTR,   BTF_TYPEDEF,  BTF_VOLATILE,
                                     BTF_CONST, BTF_RESTRICT, BTF_TYPE_TAG};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 1, info(kinds[i], 0), 2);
        check_refused(
            &raw,
            "its .BTF section is damaged: type 2: reference cycle without a struct, union or function");
    }
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 0, info(BTF_ARRAY, 0), 0);
    add_word(&raw, 2);
    add_word(&raw, 1);
    add_word(&raw, 4);
    check_refused(
        &raw,
        "its .BTF section is damaged: type 2: reference cycle without a struct, union or function");
}

static void a_chain_that_comes_back_to_itself_is_refused(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 1, info(BTF_TYPEDEF, 0), 3); /* 2 -> 3 -> 4 -> 5 -> 3 */
    add(&raw, 0, info(BTF_PTR, 0), 4);
    add(&raw, 0, info(BTF_CONST, 0), 5);
    add(&raw, 0, info(BTF_ARRAY, 0), 0);
    add_word(&raw, 3);
    add_word(&raw, 1);
    add_word(&raw, 4);
    check_refused(
        &raw,
        "its .BTF section is damaged: type 3: reference cycle without a struct, union or function");
}

static void a_cycle_through_a_struct_or_function_is_read(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 0, info(BTF_PTR, 0), 3);
    add(&raw, 1, info(BTF_STRUCT, 1), 8);
    add_word(&raw, 1);
    add_word(&raw, 2);
    add_word(&raw, 0);
    add(&raw, 0, info(BTF_FUNC_PROTO, 1), 5);
    add_word(&raw, 0);
    add_word(&raw, 5);
    add(&raw, 0, info(BTF_PTR, 0), 4);
    check_read(&raw, 6);
}

static void many_chains_with_one_end_are_read(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t last = make_add(make, "int");
    enum { LINKS = 100000 };
    for (uint32_t i = 0; i < LINKS; i++)
        last = make_typedef(make, "t", i % 3 ? last : last / 2 + 1);
    struct made made = made_read(make);
    assert_int_equal(made.btf.count, LINKS + 2);
    made_free(&made);
}

/* Refused with any message. */
static void check_refused_somehow(const struct raw *raw)
{
    struct btf btf;
    ERROR_AUTO error = {0};
    size_t size;
    uint8_t *bytes = write_raw(raw, &size);
    bool is_read = btf_read(&btf, (struct bytes){bytes, size}, 8, &error);
    free(bytes);
    if (is_read)
        btf_deinit(&btf);
    assert_false(is_read);
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
}

/* A cycle through variables alone would never end a walk. */
static void a_variable_that_refers_to_itself_is_refused(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 1, info(BTF_VAR, 0), 2);
    add_word(&raw, 0);
    check_refused_somehow(&raw);
}

/* The length must not be taken for a number of enumerators. */
static void a_kind_without_items_has_none_whatever_its_length(void **state)
{
    (void)state;
    static const enum btf_kind kinds[] = {BTF_FWD, BTF_PTR, BTF_TYPEDEF, BTF_FLOAT, BTF_CONST};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct raw raw = RAW("int");
        struct btf btf;
        ERROR_AUTO error = {0};
        size_t size;
        add_int(&raw);
        add(&raw, 0, info(kinds[i], 0) | 0xFFFF, 1);
        uint8_t *bytes = write_raw(&raw, &size);
        assert_true(btf_read(&btf, (struct bytes){bytes, size}, 8, &error));
        TEXT_AUTO text = {0};
        assert_int_equal(btf_type(&btf, 2).length, 0);
        print_declaration(&text, &btf, 2, "x", NULL);
        btf_deinit(&btf);
        free(bytes);
    }
}

static void only_short_chains_are_read(void **state)
{
    (void)state;
    enum { LINKS_MAX = 1024 };
    struct raw raw = RAW("int");
    add_int(&raw);
    for (uint32_t i = 1; i < LINKS_MAX; i++)
        add(&raw, 0, info(BTF_PTR, 0), i);
    check_read(&raw, LINKS_MAX + 1);
    struct raw longer = RAW("int");
    add_int(&longer);
    for (uint32_t i = 1; i <= LINKS_MAX; i++)
        add(&longer, 0, info(BTF_PTR, 0), i);
    check_refused(&longer,
                  "its .BTF section is damaged: type 1025: chain of references is too long");
}

static void a_typedef_of_a_variable_of_it_is_refused(void **state)
{
    (void)state;
    struct raw raw = RAW("int");
    add_int(&raw);
    add(&raw, 1, info(BTF_TYPEDEF, 0), 3);
    add(&raw, 1, info(BTF_VAR, 0), 2);
    add_word(&raw, 0);
    check_refused_somehow(&raw);
}

static void a_symbol_is_not_part_of_a_type(void **state)
{
    (void)state;
    static const uint32_t links[] = {BTF_PTR, BTF_TYPEDEF, BTF_CONST, BTF_VAR};
    for (size_t i = 0; i < COUNT(links); i++) {
        struct raw raw = RAW("int");
        add_int(&raw);
        add(&raw, 1, info(BTF_VAR, 0), 1);
        add_word(&raw, 0);
        add(&raw, links[i] == BTF_TYPEDEF || links[i] == BTF_VAR, info(links[i], 0), 2);
        if (links[i] == BTF_VAR)
            add_word(&raw, 0);
        check_refused_somehow(&raw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_without_types_is_read),
        cmocka_unit_test(a_section_shorter_than_its_header_is_truncated),
        cmocka_unit_test(another_magic_or_version_is_not_btf),
        cmocka_unit_test(parts_outside_the_section_are_refused),
        cmocka_unit_test(a_larger_header_is_skipped),
        cmocka_unit_test(strings_that_do_not_start_and_end_with_a_nul_are_refused),
        cmocka_unit_test(a_record_that_does_not_end_in_the_section_is_truncated),
        cmocka_unit_test(an_unknown_kind_is_refused),
        cmocka_unit_test(a_reference_beyond_the_last_type_is_refused),
        cmocka_unit_test(a_name_outside_the_strings_is_refused),
        cmocka_unit_test(the_last_name_ends_where_the_strings_end),
        cmocka_unit_test(members_and_parameters_of_no_type_are_refused),
        cmocka_unit_test(a_member_outside_its_struct_is_refused),
        cmocka_unit_test(integers_of_impossible_sizes_are_refused),
        cmocka_unit_test(a_float_without_a_size_is_refused),
        cmocka_unit_test(an_enum_of_more_than_8_bytes_is_refused),
        cmocka_unit_test(a_type_that_refers_to_itself_is_refused),
        cmocka_unit_test(a_chain_that_comes_back_to_itself_is_refused),
        cmocka_unit_test(a_cycle_through_a_struct_or_function_is_read),
        cmocka_unit_test(many_chains_with_one_end_are_read),
        cmocka_unit_test(a_variable_that_refers_to_itself_is_refused),
        cmocka_unit_test(a_kind_without_items_has_none_whatever_its_length),
        cmocka_unit_test(only_short_chains_are_read),
        cmocka_unit_test(a_typedef_of_a_variable_of_it_is_refused),
        cmocka_unit_test(a_symbol_is_not_part_of_a_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

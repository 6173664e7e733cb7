/* What <plugin_types.h> says of types of every kind. */
#include "src/api/types.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <limits.h>
#include <string.h>

/* The handle of the type of these words, in *made. */
static plugin_type type_of(const char *words, struct made *made)
{
    uint32_t id;
    *made = made_of(words, &id);
    return types_handle(&made->btf, id);
}

static struct plugin_type_part part_of(plugin_type type, size_t index)
{
    struct plugin_type_part part = {.size = sizeof part};
    assert_true(plugin_type_part(type, index, &part));
    return part;
}

static void nothing_is_no_type(void **state)
{
    (void)state;
    plugin_type none = {0};
    struct plugin_type_part part = {.size = sizeof part};
    char text[4] = "abc";
    assert_int_equal(plugin_type_kind(none), PLUGIN_TYPE_NONE);
    assert_string_equal(plugin_type_name(none), "");
    assert_string_equal(plugin_type_typedef(none), "");
    assert_string_equal(plugin_type_attribute(none), "");
    assert_int_equal(plugin_type_size(none) + plugin_type_alignment(none), 0);
    assert_int_equal(plugin_type_count(none), 0);
    assert_false(plugin_type_is_complete(none) || plugin_type_is_signed(none) ||
                 plugin_type_is_character(none) || plugin_type_is_const(none) ||
                 plugin_type_is_volatile(none) || plugin_type_is_variadic(none) ||
                 plugin_type_is_prototype(none));
    assert_int_equal(plugin_type_kind(plugin_type_target(none)), PLUGIN_TYPE_NONE);
    assert_false(plugin_type_part(none, 0, &part) || plugin_type_find(none, "a", &part));
    assert_false(plugin_type_agrees(none, none));
    assert_false(plugin_type_walk(none, NULL, NULL));
    assert_int_equal(plugin_type_declare(none, "a", text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(plugin_type_define(none, NULL, 0), 0);
}

static void kinds_sizes_and_alignments_are_those_of_c(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum plugin_type_kind kind;
        const char *name;
        size_t size, alignment;
    } rows[] = {
        {"void", PLUGIN_TYPE_VOID, "void", 0, 0},
        {"bool", PLUGIN_TYPE_BOOL, "_Bool", 1, 1},
        {"ushort", PLUGIN_TYPE_INTEGER, "unsigned short", 2, 2},
        {"int128", PLUGIN_TYPE_INTEGER, "__int128", 16, 16},
        {"double", PLUGIN_TYPE_FLOAT, "double", 8, 8},
        {"ldouble", PLUGIN_TYPE_FLOAT, "long double", 16, 16},
        {"opaque _Complex~double 16", PLUGIN_TYPE_OTHER, "_Complex double", 16, 8},
        {"opaque unknown~type~(why) 8", PLUGIN_TYPE_OTHER, "unknown type (why)", 0, 0},
        {"pointer void", PLUGIN_TYPE_POINTER, "", 8, 8},
        {"array 3 array 5 int", PLUGIN_TYPE_ARRAY, "", 60, 4},
        {"array 0 int", PLUGIN_TYPE_ARRAY, "", 0, 0},
        {"array 4294967295 array 4294967295 array 4294967295 int", PLUGIN_TYPE_ARRAY, "", 0, 0},
        {"function int ( a char )", PLUGIN_TYPE_FUNCTION, "", 0, 0},
        {"struct s 16 { a 0 char b 64 pointer char }", PLUGIN_TYPE_STRUCT, "s", 16, 8},
        {"struct s ;", PLUGIN_TYPE_STRUCT, "s", 0, 0},
        {"struct s 8 { unknown 0 opaque unknown~type~(why) 8 }", PLUGIN_TYPE_STRUCT, "s", 0, 0},
        {"union u 4 { a 0 int b 0 char }", PLUGIN_TYPE_UNION, "u", 4, 4},
        {"union u ;", PLUGIN_TYPE_UNION, "u", 0, 0},
        {"enum e 4 { A 0 }", PLUGIN_TYPE_ENUM, "e", 4, 4},
        {"enum e 8 { A 4294967296 }", PLUGIN_TYPE_ENUM, "e", 8, 8},
        {"enum e ;", PLUGIN_TYPE_ENUM, "e", 0, 0},
        {"typedef t aligned 16 typedef u int", PLUGIN_TYPE_INTEGER, "int", 4, 16},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made made;
        plugin_type type = type_of(rows[i].words, &made);
        assert_int_equal(plugin_type_kind(type), rows[i].kind);
        assert_string_equal(plugin_type_name(type), rows[i].name);
        assert_int_equal(plugin_type_size(type), rows[i].size);
        assert_int_equal(plugin_type_alignment(type), rows[i].alignment);
        assert_int_equal(plugin_type_is_complete(type), rows[i].size > 0);
        made_free(&made);
    }
}

static void names_and_qualifiers_are_kept(void **state)
{
    (void)state;
    struct made made;
    plugin_type type = type_of("typedef outer const typedef inner volatile int", &made);
    assert_int_equal(plugin_type_kind(type), PLUGIN_TYPE_INTEGER);
    assert_string_equal(plugin_type_name(type), "int");
    assert_string_equal(plugin_type_typedef(type), "outer");
    assert_true(plugin_type_is_const(type) && plugin_type_is_volatile(type));
    made_free(&made);
    type = type_of("array 3 const int", &made); /* C11 6.7.3p9 */
    assert_true(plugin_type_is_const(type));
    assert_false(plugin_type_is_volatile(type));
    made_free(&made);
    type = type_of("pointer const int", &made);
    assert_false(plugin_type_is_const(type));
    assert_true(plugin_type_is_const(plugin_type_target(type)));
    made_free(&made);
}

static void signs_and_characters_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool is_signed, is_character;
    } rows[] = {
        {"char", true, true},
        {"schar", true, true},
        {"typedef byte uchar", false, true},
        {"short", true, false},
        {"ulong", false, false},
        {"bool", false, false},
        {"double", false, false},
        {"enum e 4 { A 0 }", false, false},
        {"enum e 4 { A -1 }", true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made made;
        plugin_type type = type_of(rows[i].words, &made);
        assert_int_equal(plugin_type_is_signed(type), rows[i].is_signed);
        assert_int_equal(plugin_type_is_character(type), rows[i].is_character);
        made_free(&made);
    }
}

static void functions_tell_their_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        size_t count;
        bool is_variadic, is_prototype;
    } rows[] = {
        {"function int ( )", 0, false, true},
        {"function int ( ... )", 0, false, false},
        {"function int ( a int ... )", 1, true, true},
        {"function int ( a int - double )", 2, false, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made made;
        plugin_type type = type_of(rows[i].words, &made);
        struct plugin_type_part part = {.size = sizeof part};
        assert_int_equal(plugin_type_count(type), rows[i].count);
        assert_int_equal(plugin_type_is_variadic(type), rows[i].is_variadic);
        assert_int_equal(plugin_type_is_prototype(type), rows[i].is_prototype);
        assert_false(plugin_type_part(type, rows[i].count, &part));
        made_free(&made);
    }
    struct made made;
    plugin_type type = type_of("func f function double ( a int - pointer char )", &made);
    assert_int_equal(plugin_type_kind(type), PLUGIN_TYPE_FUNCTION); /* of the FUNC, its type */
    assert_string_equal(plugin_type_name(plugin_type_target(type)), "double");
    assert_string_equal(part_of(type, 0).name, "a");
    assert_string_equal(part_of(type, 1).name, "");
    assert_int_equal(plugin_type_kind(part_of(type, 1).type), PLUGIN_TYPE_POINTER);
    made_free(&made);
}

static void a_convention_is_the_functions(void **state)
{
    (void)state;
    struct made made;
    plugin_type type = type_of("function tagged ms_abi int ( )", &made);
    assert_string_equal(plugin_type_attribute(type), "ms_abi");
    assert_string_equal(plugin_type_attribute(plugin_type_target(type)), "");
    made_free(&made);
    type = type_of("function int ( a tagged pass_by_reference struct s 4 { a 0 int } )", &made);
    assert_string_equal(plugin_type_attribute(type), "");
    assert_string_equal(plugin_type_attribute(part_of(type, 0).type), "pass_by_reference");
    made_free(&made);
    type = type_of("atomic int", &made);
    assert_string_equal(plugin_type_attribute(type), "");
    assert_int_equal(plugin_type_kind(type), PLUGIN_TYPE_INTEGER);
    made_free(&made);
}

static void members_tell_their_places(void **state)
{
    (void)state;
    struct made made;
    plugin_type type = type_of("struct s 16 { a 0 char b 33:7 int - 64 pointer same s }", &made);
    struct plugin_type_part part = part_of(type, 1);
    assert_int_equal(plugin_type_count(type), 3);
    assert_string_equal(part.name, "b");
    assert_int_equal(part.offset, 4);
    assert_int_equal(part.bit_offset, 1);
    assert_int_equal(part.bit_size, 7);
    assert_string_equal(plugin_type_name(part.type), "int");
    part = part_of(type, 2);
    assert_int_equal(part.offset, 8);
    assert_int_equal(part.bit_size + part.bit_offset, 0);
    assert_string_equal(plugin_type_name(plugin_type_target(part.type)), "s");
    made_free(&made);
}

static void a_flexible_array_has_no_fixed_number(void **state)
{
    (void)state;
    struct made made;
    plugin_type type = type_of("struct s 8 { n 0 long a 64 array 0 long }", &made);
    struct plugin_type_part part = part_of(type, 1);
    assert_true(plugin_type_is_complete(type));
    assert_int_equal(part.offset, 8);
    assert_int_equal(plugin_type_kind(part.type), PLUGIN_TYPE_ARRAY);
    assert_int_equal(plugin_type_count(part.type), 0);
    assert_string_equal(plugin_type_name(plugin_type_target(part.type)), "long");
    made_free(&made);
}

static void enumerators_tell_their_values(void **state)
{
    (void)state;
    struct made made;
    plugin_type type = type_of("enum e 8 { A 1 B 18446744073709551615 }", &made);
    assert_false(plugin_type_is_signed(type));
    assert_true((unsigned long long)part_of(type, 1).value == ULLONG_MAX);
    assert_int_equal(plugin_type_kind(part_of(type, 1).type), PLUGIN_TYPE_NONE);
    made_free(&made);
    type = type_of("signed-enum e 8 { A -9223372036854775808 }", &made);
    assert_true(part_of(type, 0).value == LLONG_MIN);
    made_free(&made);
}

static void parts_are_found_by_name(void **state)
{
    (void)state;
    struct made made;
    plugin_type type =
        type_of("struct s 24 { a 0 int - 64 union - 16 { b 0 int - 0 struct - 16 { c 0 long d 64 "
                "int } } inner 32 struct i 4 { hidden 0 int } }",
                &made);
    struct plugin_type_part part = {.size = sizeof part};
    assert_true(plugin_type_find(type, "a", &part));
    assert_int_equal(part.offset, 0);
    assert_true(plugin_type_find(type, "b", &part));
    assert_int_equal(part.offset, 8);
    assert_true(plugin_type_find(type, "d", &part));
    assert_int_equal(part.offset, 16);
    assert_string_equal(plugin_type_name(part.type), "int");
    assert_false(plugin_type_find(type, "hidden", &part)); /* its struct has a name: inner */
    assert_false(plugin_type_find(type, "", &part) || plugin_type_find(type, NULL, &part));
    made_free(&made);
    type = type_of("enum e 4 { A 1 B 7 }", &made);
    assert_true(plugin_type_find(type, "B", &part));
    assert_int_equal(part.value, 7);
    made_free(&made);
    type = type_of("function int ( n int m long )", &made);
    assert_true(plugin_type_find(type, "m", &part));
    assert_string_equal(plugin_type_name(part.type), "long");
    made_free(&made);
}

/* The struct may be that of a shorter or of a longer header. */
static void a_part_has_the_size_of_the_callers_header(void **state)
{
    (void)state;
    struct made made;
    plugin_type type = type_of("struct s 8 { a 32 int }", &made);
    union {
        struct plugin_type_part part;
        unsigned char bytes[256];
    } own;
    memset(&own, 0xAA, sizeof own);
    own.part.size = offsetof(struct plugin_type_part, offset);
    assert_true(plugin_type_part(type, 0, &own.part));
    assert_string_equal(own.part.name, "a");
    assert_int_equal(own.bytes[offsetof(struct plugin_type_part, offset)], 0xAA);
    own.part.size = sizeof own.part + 16;
    assert_true(plugin_type_part(type, 0, &own.part));
    assert_int_equal(own.part.size, sizeof own.part + 16);
    assert_int_equal(own.part.offset, 4);
    assert_int_equal(own.bytes[sizeof own.part] + own.bytes[sizeof own.part + 15], 0);
    assert_int_equal(own.bytes[sizeof own.part + 16], 0xAA);
    static const size_t wrong[] = {0, 4, 12, 264, SIZE_MAX - 7};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        memset(&own, 0xAA, sizeof own);
        own.part.size = wrong[i];
        plugin_error_clear();
        assert_false(plugin_type_part(type, 0, &own.part));
        assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
        assert_non_null(strstr(plugin_error(), "set it to sizeof(struct plugin_type_part)"));
        assert_int_equal(own.bytes[sizeof(size_t)], 0xAA);
    }
    made_free(&made);
}

static void declarations_and_definitions_are_c(void **state)
{
    (void)state;
    struct made made;
    char text[80];
    plugin_type type = type_of("pointer array 4 const typedef number int", &made);
    assert_int_equal(plugin_type_declare(type, "name", text, sizeof text), 23);
    assert_string_equal(text, "const number (*name)[4]");
    assert_int_equal(plugin_type_declare(type, NULL, text, 9), 19);
    assert_string_equal(text, "const nu");
    assert_int_equal(plugin_type_declare(type, "", NULL, 0), 19);
    plugin_type number = plugin_type_target(plugin_type_target(type));
    assert_int_equal(plugin_type_define(number, text, sizeof text), 18);
    assert_string_equal(text, "typedef int number");
    made_free(&made);
    type = type_of("volatile struct s 4 { a 0 int }", &made);
    assert_int_equal(plugin_type_define(type, text, sizeof text), 23);
    assert_string_equal(text, "struct s {\n    int a;\n}");
    made_free(&made);
}

static void what_has_no_definition_is_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"int", "cannot define int: "},
        {"pointer struct s 4 { a 0 int }", "cannot define struct s *: "},
        {"struct s ;", "cannot define struct s: "},
        {"enum e ;", "cannot define enum e: "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made made;
        plugin_type type = type_of(rows[i][0], &made);
        char text[8] = "before";
        plugin_error_clear();
        assert_int_equal(plugin_type_define(type, text, sizeof text), 0);
        assert_int_equal(plugin_error_code(), PLUGIN_WRONG_TYPE);
        assert_memory_equal(plugin_error(), rows[i][1], strlen(rows[i][1]));
        assert_string_equal(text, "");
        made_free(&made);
    }
}

static void types_agree_as_those_of_plugin_as(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool agree;
    } rows[] = {
        {"long", "llong", true},
        {"int", "unsigned", false},
        {"void", "void", true},
        {"typedef t struct s 4 { a 0 int }", "struct s 4 { a 0 int }", true},
        {"struct s 4 { a 0 int }", "struct s 4 { a 0 float }", false},
        {"function int ( a int )", "function int ( b int )", true},
        {"function int ( a int )", "function int ( a int ... )", false},
        {"opaque _Complex~float 8", "opaque _Complex~float 8", true},
        {"opaque unknown~type~(why) 8", "opaque unknown~type~(why) 8", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made one, other;
        uint32_t id;
        plugin_type first = type_of(rows[i].one, &one);
        other = made_apart(rows[i].other, &id);
        assert_int_equal(plugin_type_agrees(first, types_handle(&other.btf, id)), rows[i].agree);
        made_free(&one);
        made_free(&other);
    }
    struct made made;
    plugin_type unknown = type_of("opaque unknown~type~(why) 8", &made);
    assert_false(plugin_type_agrees(unknown, unknown));
    made_free(&made);
}

struct seen {
    char text[256];
    int left;
};

static bool see(void *context, plugin_type type)
{
    struct seen *seen = context;
    size_t length = strlen(seen->text);
    plugin_type_declare(type, NULL, seen->text + length, sizeof seen->text - length);
    strcat(seen->text, ", ");
    return --seen->left > 0;
}

static void a_walk_leads_to_all_types_once_nearest_first(void **state)
{
    (void)state;
    struct made made;
    struct seen seen = {.left = 100};
    plugin_type type =
        type_of("const typedef node struct s 24 { next 0 pointer same s value 64 const typedef "
                "number long call 128 pointer function void ( a pointer const char ) }",
                &made);
    assert_true(plugin_type_walk(type, see, &seen));
    assert_string_equal(seen.text, "node, struct s, struct s *, number, void (*)(const char *a), "
                                   "long, void (const char *a), void, const char *, char, ");
    seen = (struct seen){.left = 2};
    assert_false(plugin_type_walk(type, see, &seen));
    assert_string_equal(seen.text, "node, struct s, ");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_type),
        cmocka_unit_test(kinds_sizes_and_alignments_are_those_of_c),
        cmocka_unit_test(names_and_qualifiers_are_kept),
        cmocka_unit_test(signs_and_characters_are_told),
        cmocka_unit_test(functions_tell_their_parameters),
        cmocka_unit_test(a_convention_is_the_functions),
        cmocka_unit_test(members_tell_their_places),
        cmocka_unit_test(a_flexible_array_has_no_fixed_number),
        cmocka_unit_test(enumerators_tell_their_values),
        cmocka_unit_test(parts_are_found_by_name),
        cmocka_unit_test(a_part_has_the_size_of_the_callers_header),
        cmocka_unit_test(declarations_and_definitions_are_c),
        cmocka_unit_test(what_has_no_definition_is_refused),
        cmocka_unit_test(types_agree_as_those_of_plugin_as),
        cmocka_unit_test(a_walk_leads_to_all_types_once_nearest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The reader of `.BTF`: what it reads of sections that libbpf wrote. */
#include "src/types/compare.h"
#include "src/types/layout.h"
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is read ---- */

static void integers_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *words, *name;
        uint32_t size;
        bool is_signed, is_bool;
    } ints[] = {
        {"bool", "_Bool", 1, false, true},           {"char", "char", 1, true, false},
        {"uchar", "unsigned char", 1, false, false}, {"int", "int", 4, true, false},
        {"ulong", "unsigned long", 8, false, false}, {"int128", "__int128", 16, true, false},
    };
    for (size_t i = 0; i < COUNT(ints); i++) {
        uint32_t id;
        struct made made = made_of(ints[i].words, &id);
        struct btf_type type = btf_type(&made.btf, id);
        assert_int_equal(type.kind, BTF_INT);
        assert_string_equal(type.name, ints[i].name);
        assert_int_equal(type.size, ints[i].size);
        assert_int_equal(btf_int(&type).bits, ints[i].size * 8);
        assert_int_equal(btf_int(&type).is_signed, ints[i].is_signed);
        assert_int_equal(btf_int(&type).is_bool, ints[i].is_bool);
        made_free(&made);
    }
}

static void void_is_type_0(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("int", &id);
    assert_int_equal(btf_type(&made.btf, 0).kind, BTF_VOID);
    assert_string_equal(btf_type(&made.btf, 0).name, "void");
    made_free(&made);
}

static void members_and_bit_fields_are_read(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("struct s 16 { a 0 char b 33:7 int - 64 pointer same s }", &id);
    struct btf_type type = btf_type(&made.btf, id);
    assert_int_equal(type.kind, BTF_STRUCT);
    assert_true(type.flag);
    assert_int_equal(type.length, 3);
    assert_int_equal(type.size, 16);
    struct btf_member b = btf_member(&made.btf, &type, 1), last = btf_member(&made.btf, &type, 2);
    assert_string_equal(b.name, "b");
    assert_int_equal(b.bit_offset, 33);
    assert_int_equal(b.bit_size, 7);
    assert_string_equal(btf_type(&made.btf, b.type).name, "int");
    assert_string_equal(last.name, "");
    assert_int_equal(last.bit_offset, 64);
    assert_int_equal(last.bit_size, 0);
    assert_int_equal(btf_type(&made.btf, last.type).kind, BTF_PTR);
    assert_int_equal(btf_type(&made.btf, last.type).type, id);
    made_free(&made);
}

static void arrays_are_read(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("array 4294967295 char", &id);
    struct btf_type type = btf_type(&made.btf, id);
    assert_int_equal(type.kind, BTF_ARRAY);
    assert_int_equal(btf_array_count(&type), UINT32_MAX);
    assert_string_equal(btf_type(&made.btf, type.type).name, "char");
    made_free(&made);
}

static void check_enumerator(const char *words, uint32_t index, const char *name, int64_t value)
{
    uint32_t id;
    const char *read_name;
    struct made made = made_of(words, &id);
    struct btf_type type = btf_type(&made.btf, id);
    int64_t read_value = btf_enumerator(&made.btf, &type, index, &read_name);
    assert_string_equal(read_name, name);
    assert_true(read_value == value);
    made_free(&made);
}

static void enumerators_of_every_width_are_read(void **state)
{
    (void)state;
    check_enumerator("enum e 4 { A 1 B 2 }", 1, "B", 2);
    check_enumerator("enum e 4 { A 4294967295 }", 0, "A", UINT32_MAX);
    check_enumerator("enum e 4 { A 0 B -1 }", 1, "B", -1);
    check_enumerator("enum e 4 { A -2147483648 }", 0, "A", INT32_MIN);
    check_enumerator("enum e 8 { A 0 B 4294967296 }", 1, "B", INT64_C(1) << 32);
    check_enumerator("signed-enum e 8 { A -9223372036854775808 }", 0, "A", INT64_MIN);
    check_enumerator("enum e 8 { A 18446744073709551615 }", 0, "A", -1);
}

static void functions_tell_whether_they_are_variadic_or_have_no_prototype(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool is_variadic, is_unprototyped;
    } functions[] = {
        {"function int ( )", false, false},
        {"function int ( ... )", false, true},
        {"function int ( a int ... )", true, false},
        {"function int ( a int b int )", false, false},
    };
    for (size_t i = 0; i < COUNT(functions); i++) {
        uint32_t id;
        struct made made = made_of(functions[i].words, &id);
        struct btf_type type = btf_type(&made.btf, id);
        assert_int_equal(btf_is_variadic(&made.btf, &type), functions[i].is_variadic);
        assert_int_equal(btf_is_unprototyped(&made.btf, &type), functions[i].is_unprototyped);
        made_free(&made);
    }
}

static void parameters_are_read(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("function pointer char ( a int - double )", &id);
    struct btf_type type = btf_type(&made.btf, id);
    assert_int_equal(type.length, 2);
    assert_int_equal(btf_type(&made.btf, type.type).kind, BTF_PTR);
    assert_string_equal(btf_parameter(&made.btf, &type, 0).name, "a");
    assert_string_equal(btf_parameter(&made.btf, &type, 1).name, "");
    assert_string_equal(btf_type(&made.btf, btf_parameter(&made.btf, &type, 1).type).name,
                        "double");
    made_free(&made);
}

static void an_alignment_that_was_asked_for_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        uint32_t alignment;
    } tags[] = {
        {"aligned=64", 64},
        {"aligned=1", 1},
        {"aligned=268435456", 1 << 28},
        {"aligned=3", 0},
        {"aligned=536870912", 0},
        {"aligned=-8", 0},
        {"aligned=", 0},
        {"aligned=0", 0},
        {"align=8", 0},
        {"unaligned=8", 0},
        {"aligned=99999999999999999999999", 0},
    };
    for (size_t i = 0; i < COUNT(tags); i++) {
        struct make *make = make_start();
        uint32_t id = make_add(make, "struct s 8 { a 0 int b 32 int }");
        uint32_t other = make_add(make, "struct t 4 { a 0 int }");
        make_decl_tag(make, tags[i].tag, id, -1);
        make_decl_tag(make, "aligned=16", id, 1);
        struct made made = made_read(make);
        assert_int_equal(made.btf.tag_count, 2);
        assert_int_equal(btf_alignment(&made.btf, id, -1), tags[i].alignment);
        assert_int_equal(btf_alignment(&made.btf, id, 0), 0);
        assert_int_equal(btf_alignment(&made.btf, id, 1), 16);
        assert_int_equal(btf_alignment(&made.btf, other, -1), 0);
        made_free(&made);
    }
}

static void only_floats_that_btf_cannot_say_are_opaque(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool is_opaque;
    } floats[] = {
        {"float", false},
        {"double", false},
        {"ldouble", false},
        {"opaque _Float16 2", false},
        {"opaque __float128 16", true},
        {"opaque _Complex~double 16", true},
        {"opaque doubles 8", true},
    };
    for (size_t i = 0; i < COUNT(floats); i++) {
        uint32_t id;
        struct made made = made_of(floats[i].words, &id);
        struct btf_type type = btf_type(&made.btf, id);
        assert_int_equal(btf_is_opaque(&type), floats[i].is_opaque);
        made_free(&made);
    }
}

static void only_the_tag_atomic_is_atomic(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("atomic int", &id);
    struct btf_type type = btf_type(&made.btf, id);
    assert_true(btf_is_atomic(&type));
    type.name = "user";
    assert_false(btf_is_atomic(&type));
    type.name = "_Atomic";
    type.kind = BTF_DECL_TAG;
    assert_false(btf_is_atomic(&type));
    made_free(&made);
}

enum { TAGS_MAX = 64 };

/* A struct with as many tags, and a member with as many, as one may have; and with this number of
 * further ones of the member. */
static uint8_t *struct_with_tags(int further, size_t *size)
{
    struct make *make = make_start();
    uint32_t type = make_add(make, "struct s 8 { a 0 int b 32 int }");
    for (int i = 0; i < TAGS_MAX; i++)
        for (int member = -1; member <= 1; member++)
            make_decl_tag(make, "tag", type, member);
    for (int i = 0; i < further; i++)
        make_decl_tag(make, "other", type, 1);
    return make_end(make, size);
}

/* A walk over the tags of a type or member is short. */
static void only_64_tags_of_one_type_or_member_are_read(void **state)
{
    (void)state;
    for (int further = 0; further < 2; further++) {
        struct btf btf;
        ERROR_AUTO error = {0};
        size_t size;
        uint8_t *bytes = struct_with_tags(further, &size);
        assert_int_equal(btf_read(&btf, (struct bytes){bytes, size}, 8, &error), !further);
        if (further)
            assert_string_equal(
                error_text(&error),
                "its .BTF section is damaged: type 1: it has too many declaration tags");
        else
            btf_deinit(&btf);
        free(bytes);
    }
}

/* ---- any bytes ---- */

/* A type of each kind, and references between them. */
static uint8_t *every_kind(size_t *size)
{
    struct make *make = make_start();
    make_add(make, "struct node 40 { next 0 pointer same node a 64:3 int b 67:5 int "
                   "u 128 union - 8 { d 0 double l 0 long } "
                   "z 192 array 2 char f 256 pointer function int ( n pointer same node ... ) }");
    make_add(make, "pointer const volatile restrict atomic typedef t enum e 4 { A 1 B -2 }");
    make_add(make, "func f function enum w 8 { W 7 } ( o opaque _Complex~float 8 s struct i ; )");
    uint32_t var = make_add(make, "var v aligned 16 struct a 16 { x 0 float }");
    make_datasec(make, ".data", var);
    return make_end(make, size);
}

/* Uses all types in every way: it must not crash, hang, or read outside. */
static void use_all(const struct btf *btf)
{
    unsigned long sum = 0;
    for (uint32_t id = 0; id < btf->count; id++) {
        struct btf_type type = btf_type(btf, id);
        sum += strlen(type.name);
        TEXT_AUTO declaration = {0}, definition = {0};
        print_declaration(&declaration, btf, id, "name", NULL);
        if (type.kind == BTF_FUNC || type.kind == BTF_VAR)
            print_symbol(&declaration, btf, id, "name", NULL);
        if (type.kind == BTF_STRUCT || type.kind == BTF_UNION || type.kind == BTF_ENUM ||
            type.kind == BTF_ENUM64 || type.kind == BTF_TYPEDEF)
            print_definition(&definition, btf, id, NULL);
        sum += declaration.length + definition.length + layout_size(btf, id);
        for (uint32_t other = 0; other < btf->count; other++) {
            struct type_difference difference = {0};
            ERROR_AUTO error = {0};
            bool agree = false;
            bool is_compared =
                type_compare((struct type_side){btf, id}, (struct type_side){btf, other},
                             TYPE_RULES, &agree, &difference, &error);
            if (id == other && is_compared && !agree)
                fail_msg("type %u parts from itself: %s", id, text_chars(&difference.path));
            if (!is_compared)
                assert_true(*error_text(&error));
            type_difference_deinit(&difference);
        }
        if (type.kind != BTF_FUNC && type.kind != BTF_VAR)
            continue;
        for (uint32_t asked = 1; asked < btf->count; asked++) {
            struct type_difference difference = {0};
            ERROR_AUTO error = {0};
            bool agree;
            type_compare_symbol((struct type_side){btf, asked}, (struct type_side){btf, id},
                                TYPE_RULES, &agree, &difference, &error);
            type_difference_deinit(&difference);
        }
    }
    assert_true(sum > 0);
}

/* Uses all types of the bytes. Returns whether they were accepted. */
static bool try_bytes(const uint8_t *bytes, size_t size)
{
    struct btf btf;
    ERROR_AUTO error = {0};
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    bool is_read = btf_read(&btf, (struct bytes){exact, size}, 8, &error);
    if (is_read) {
        use_all(&btf);
        btf_deinit(&btf);
    } else {
        assert_true(*error_text(&error));
        assert_null(btf.offsets);
    }
    free(exact);
    return is_read;
}

static void a_section_with_every_kind_is_taken(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = every_kind(&size);
    struct btf btf;
    ERROR_AUTO error = {0};
    assert_true(btf_read(&btf, (struct bytes){bytes, size}, 8, &error));
    unsigned seen[BTF_KIND_COUNT] = {0};
    for (uint32_t id = 0; id < btf.count; id++)
        seen[btf_type(&btf, id).kind]++;
    for (size_t kind = 0; kind < COUNT(seen); kind++)
        assert_true(seen[kind] > 0);
    use_all(&btf);
    btf_deinit(&btf);
    free(bytes);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = every_kind(&size);
    for (size_t length = 0; length < size; length++)
        assert_false(try_bytes(bytes, length));
    assert_true(try_bytes(bytes, size));
    free(bytes);
}

static void every_single_bit_flip_is_refused_or_harmless(void **state)
{
    (void)state;
    size_t size, taken = 0;
    uint8_t *bytes = every_kind(&size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        taken += try_bytes(bytes, size);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_true(taken > 0);
    assert_true(taken < size * 8);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read),
        cmocka_unit_test(void_is_type_0),
        cmocka_unit_test(members_and_bit_fields_are_read),
        cmocka_unit_test(arrays_are_read),
        cmocka_unit_test(enumerators_of_every_width_are_read),
        cmocka_unit_test(functions_tell_whether_they_are_variadic_or_have_no_prototype),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(an_alignment_that_was_asked_for_is_read),
        cmocka_unit_test(only_floats_that_btf_cannot_say_are_opaque),
        cmocka_unit_test(only_the_tag_atomic_is_atomic),
        cmocka_unit_test(only_64_tags_of_one_type_or_member_are_read),
        cmocka_unit_test(a_section_with_every_kind_is_taken),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_single_bit_flip_is_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

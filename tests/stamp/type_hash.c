/* The hashes of types: equal exactly for equal types, whatever their ids. */
#include "stamp/types/type_hash.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/types/differences.h"

#include <stdio.h>
#include <string.h>

/* Returns the hash of the last type made. */
static uint64_t hash_of_made(struct make *make, uint32_t id, bool is_pointer)
{
    struct made made = made_read(make);
    ERROR_AUTO error = {0};
    struct type_hashes *hashes = type_hashes_new(&made.btf, &error);
    assert_non_null(hashes);
    uint64_t hash = (is_pointer ? type_hash_of_target : type_hash_of_symbol)(hashes, id);
    type_hashes_free(hashes);
    made_free(&made);
    return hash;
}

/* Returns the hash of a variable of this type. */
static uint64_t hash_of(const char *type)
{
    struct make *make = make_start();
    uint32_t id = make_add(make, type);
    return hash_of_made(make, make_var(make, "v", id), false);
}

/* The same, with other type ids. */
static uint64_t hash_elsewhere(const char *type)
{
    struct make *make = make_start();
    make_add(make, "pointer struct before 8 { them 0 function double ( a ushort ) }");
    uint32_t id = make_add(make, type);
    return hash_of_made(make, make_var(make, "w", id), false);
}

static uint64_t hash_requested(const char *type)
{
    struct make *make = make_start();
    return hash_of_made(make, make_add(make, type), true);
}

static void every_kind_has_a_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_kinds); i++) {
        uint64_t hash = hash_of(type_kinds[i]);
        if (!hash || hash != hash_elsewhere(type_kinds[i]))
            fail_msg("%s", type_kinds[i]);
    }
}

static void different_types_have_different_hashes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_differences); i++)
        if (hash_of(type_differences[i][0]) &&
            hash_of(type_differences[i][0]) == hash_of(type_differences[i][1]))
            fail_msg("%s | %s", type_differences[i][0], type_differences[i][1]);
    assert_int_not_equal(hash_of("struct open ;"), hash_of("struct open 4 { a 0 int }"));
    assert_int_not_equal(hash_of("const int"), hash_of("int"));
}

static void what_is_unknown_has_no_hash(void **state)
{
    (void)state;
    assert_int_equal(hash_of("opaque unknown~type~(x) 4"), 0);
    assert_int_equal(hash_of("pointer struct s 8 { next 0 pointer same s }") == 0, 0);
    assert_int_equal(hash_of("pointer struct s 4 { unknown 0 opaque unknown~type~(x) 4 }"), 0);
}

static void harmless_differences_keep_the_hash(void **state)
{
    (void)state;
    assert_int_equal(hash_of("function int ( a int )"), hash_of("function int ( b int )"));
    assert_int_equal(hash_of("function int ( a const int )"), hash_of("function int ( a int )"));
    assert_int_equal(hash_of("typedef meters int"), hash_of("typedef feet int"));
    assert_int_equal(hash_of("typedef meters int"), hash_of("int"));
    assert_int_equal(hash_of("long"), hash_of("llong"));
    assert_int_equal(hash_of("pointer const volatile int"), hash_of("pointer volatile const int"));
}

/* plugin_as requests a pointer to the symbol's type. */
static void a_requested_pointer_has_the_hash_of_the_symbol(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_kinds); i++) {
        char pointer[400];
        snprintf(pointer, sizeof pointer, "pointer %s", type_kinds[i]);
        if (hash_requested(pointer) != hash_of(type_kinds[i]))
            fail_msg("%s", type_kinds[i]);
    }
    assert_int_equal(hash_requested("typedef alias const pointer int"), hash_of("int"));
    assert_int_equal(hash_requested("int"), 0);
    assert_int_equal(hash_requested("atomic pointer int"), 0);
}

/* ---- circles ---- */

/* A circle of `count` structs, of which the last has this member. */
static uint64_t hash_of_circle(unsigned count, unsigned start, const char *member)
{
    struct make *make = make_start();
    uint32_t number = make_add(make, member), ids[16];
    /* A struct and a pointer to the next one, in turns. */
    for (unsigned i = 0; i < count; i++)
        ids[i] = number + 1 + 2 * i;
    for (unsigned i = 0; i < count; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "s%u", i);
        make_struct(make, tag, 16);
        make_member(make, "next", ids[i] + 1, 0);
        if (i + 1 == count)
            make_member(make, "n", number, 64);
        make_pointer(make, ids[(i + 1) % count]);
    }
    return hash_of_made(make, make_var(make, "v", ids[start]), false);
}

static void a_difference_in_a_circle_changes_the_hash_of_each_type(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        assert_int_not_equal(hash_of_circle(8, i, "int"), 0);
        assert_int_equal(hash_of_circle(8, i, "int"), hash_of_circle(8, i, "int"));
        assert_int_not_equal(hash_of_circle(8, i, "int"), hash_of_circle(8, i, "unsigned"));
        assert_int_not_equal(hash_of_circle(8, i, "int"), hash_of_circle(7, i % 7, "int"));
        if (i)
            assert_int_not_equal(hash_of_circle(8, i, "int"), hash_of_circle(8, i - 1, "int"));
    }
}

/* In C, two files of a module may have different structs with one tag, so that a reference by tag
 * would be ambiguous. */
static void circles_with_a_repeated_tag_have_no_hash(void **state)
{
    (void)state;
    struct make *make = make_start();
    /* 1: int; 2: struct s { t *; }, 3: its pointer; 4: struct t { other s *; }, 5; 6: struct s, 7
     */
    make_add(make, "int");
    make_struct(make, "s", 8);
    make_member(make, "t", 5, 0);
    make_pointer(make, 2);
    make_struct(make, "t", 8);
    make_member(make, "s", 7, 0);
    make_pointer(make, 4);
    make_struct(make, "s", 16);
    make_member(make, "t", 3, 0);
    make_member(make, "n", 1, 64);
    make_pointer(make, 6);
    uint32_t reaches = make_struct(make, "outer", 8);
    make_member(make, "s", 3, 0);
    assert_int_equal(hash_of_made(make, make_var(make, "v", reaches), false), 0);
}

static void unnamed_structs_in_a_circle_are_part_of_it(void **state)
{
    (void)state;
    static const char circle[] = "struct node 16 { in 0 struct - 16 { next 0 pointer same node n "
                                 "64 %s } }";
    char first[200], second[200];
    snprintf(first, sizeof first, circle, "int");
    snprintf(second, sizeof second, circle, "unsigned");
    assert_int_not_equal(hash_of(first), 0);
    assert_int_equal(hash_of(first), hash_elsewhere(first));
    assert_int_not_equal(hash_of(first), hash_of(second));
}

/* A function that takes a pointer to such a function: possible in BTF, but not in C. */
static void circles_without_a_tag_have_no_hash(void **state)
{
    (void)state;
    struct make *make = make_start();
    make_pointer(make, 2);
    uint32_t function = make_function(make, 0);
    make_parameter(make, "f", 1);
    assert_int_equal(hash_of_made(make, make_var(make, "v", function), false), 0);
}

/* Depth needs no stack, and the work is linear: a hundred thousand structs, each of which refers to
 * the next, and the last to the first if it is a circle. */
static uint64_t hash_of_chain(bool is_circle, const char *last)
{
    enum { LENGTH = 100000 };
    struct make *make = make_start();
    uint32_t number = make_add(make, last);
    for (uint32_t i = 0; i < LENGTH; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "s%u", i);
        uint32_t own = make_struct(make, tag, 16), next = own + 2;
        make_member(make, "next", own + 1, 0);
        make_member(make, "n", number, 64);
        make_pointer(make, i + 1 < LENGTH ? next : is_circle ? number + 1 : number);
    }
    return hash_of_made(make, make_var(make, "v", number + 1), false);
}

static void many_types_take_linear_time(void **state)
{
    (void)state;
    for (int is_circle = 0; is_circle < 2; is_circle++) {
        uint64_t hash = hash_of_chain(is_circle, "int");
        assert_int_not_equal(hash, 0);
        assert_int_equal(hash, hash_of_chain(is_circle, "int"));
        assert_int_not_equal(hash, hash_of_chain(is_circle, "unsigned"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_hash),
        cmocka_unit_test(different_types_have_different_hashes),
        cmocka_unit_test(what_is_unknown_has_no_hash),
        cmocka_unit_test(harmless_differences_keep_the_hash),
        cmocka_unit_test(a_requested_pointer_has_the_hash_of_the_symbol),
        cmocka_unit_test(a_difference_in_a_circle_changes_the_hash_of_each_type),
        cmocka_unit_test(circles_with_a_repeated_tag_have_no_hash),
        cmocka_unit_test(unnamed_structs_in_a_circle_are_part_of_it),
        cmocka_unit_test(circles_without_a_tag_have_no_hash),
        cmocka_unit_test(many_types_take_linear_time),
    };
    return cmocka_run_group_tests_name("type_hash", tests, NULL, NULL);
}

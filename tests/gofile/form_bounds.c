/* Hostile descriptors of Go types. */
#include "tests/common/check.h"
#include "tests/gofile/form_made.h"

#include <stdlib.h>
#include <string.h>

static void impossible_sizes_are_damage(void **state)
{
    (void)state;
    uint64_t type = array("[2]int", 2, integer());
    fake_at(type)->type.size = 15;
    VARIABLE(type, "error: its Go type [2]int is damaged: size does not match its elements");
    uint64_t row = make(GO_STRUCT, "main.Large", UINT64_C(1) << 60);
    of(type, row);
    fake_at(type)->type.count = 32;
    fake_at(type)->type.size = 0;
    VARIABLE(type, "error: its Go type [2]int is damaged: size does not match its elements");
    VARIABLE(pointer("*damaged", 0), "error: damaged");
    FUNCTION(integer(), "error: its Go function X does not have a func type");
}

static void fields_lie_one_after_the_other(void **state)
{
    static const char expected[] =
        "error: its Go type main.T is damaged: fields overlap or exceed the struct";
    static const uint64_t offsets[][2] = {{0, 4}, {8, 0}, {0, 9}, {0, UINT64_MAX - 3}};
    (void)state;
    for (size_t i = 0; i < COUNT(offsets); i++) {
        uint64_t type = named(make(GO_STRUCT, "main.T", 16));
        field(type, "a", offsets[i][0], integer());
        field(type, "b", offsets[i][1], integer());
        VARIABLE(type, expected);
    }
}

static void what_btf_cannot_say_has_no_form(void **state)
{
    (void)state;
    uint64_t type = named(make(GO_STRUCT, "main.T", 0x10000)), small = boolean();
    for (unsigned i = 0; i < ITEMS_MAX; i++)
        field(type, "a", i, small);
    fake_at(type)->type.count = 0x10000;
    VARIABLE(type, "none: it is too large");
    uint64_t large = named(make(GO_STRUCT, "main.L", UINT64_C(1) << 40));
    VARIABLE(large, "none: it is too large");
    VARIABLE(array("[1<<32]bool", UINT64_C(1) << 32, small), "none: it is too large");
    VARIABLE(array("[2]main.E", 2, named(make(GO_STRUCT, "main.E", 0))),
             "none: it is an array of structs of size zero, which C does not have");
}

static void depth_is_bounded(void **state)
{
    (void)state;
    uint64_t type = integer();
    for (unsigned i = 0; i < 60000; i++)
        type = pointer("*...", type);
    VARIABLE(type, "none: it is nested too deeply");
    uint64_t self = slice("[]...", 0);
    of(self, self);
    VARIABLE(slice("[]", self),
             "struct plugin_go_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_"
             "slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_"
             "slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_"
             "slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_"
             "slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice_slice______ X");
}

static void a_long_name_is_cut(void **state)
{
    (void)state;
    char *name = malloc(100001);
    assert_non_null(name);
    memset(name, 'T', 100000);
    memcpy(name, "main.", 5);
    name[100000] = '\0';
    ERROR_AUTO error = {0};
    TEXT_AUTO reason = {0};
    struct go_types types = {0};
    struct btf btf;
    uint32_t id;
    uint64_t type = named(make(GO_INT, name, 8));
    struct go_forms *forms = go_forms_new(&types, 1 << 24);
    assert_true(go_forms_add(forms, "X", type, false, &id, &reason, &error));
    struct bytes section = read_back(forms, &btf);
    assert_int_equal(strlen(btf_type(&btf, btf_type(&btf, id).type).name), 1000);
    btf_deinit(&btf);
    free((void *)section.data);
    go_forms_free(forms);
    free(name);
}

/* The name of a nested type grows with its depth. */
static void names_are_no_longer_than_the_limit(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    TEXT_AUTO reason = {0};
    struct go_types types = {0};
    struct bytes section;
    uint32_t id;
    uint64_t type = integer();
    for (int i = 0; i < 60; i++)
        type = slice("[]", type);
    struct go_forms *forms = go_forms_new(&types, 1 << 13);
    assert_true(go_forms_add(forms, "X", type, false, &id, &reason, &error));
    assert_false(go_forms_write(forms, &section, &error));
    assert_string_equal(error_text(&error), "it has too many Go types");
    go_forms_free(forms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_no_longer_than_the_limit),
        TEST(impossible_sizes_are_damage),
        TEST(fields_lie_one_after_the_other),
        TEST(what_btf_cannot_say_has_no_form),
        TEST(depth_is_bounded),
        TEST(a_long_name_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

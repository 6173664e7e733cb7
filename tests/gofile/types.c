/* The types of a Go module. */
#include "tests/common/check.h"
#include "tests/gofile/image_made.h"

#include <string.h>

static struct budget budget;

static struct go_types types_of(const struct go_image *image)
{
    budget = (struct budget){1 << 20};
    return (struct go_types){
        .image = image, .start = AT(types), .end = AT(table), .budget = &budget};
}

static struct go_type read_type(const struct go_types *types, int number, enum go_kind kind,
                                const char *name)
{
    ERROR_AUTO error = {0};
    struct go_type type;
    if (!go_type_read(types, type_at(number), &type, &error))
        fail_msg("%s", error_text(&error));
    assert_int_equal(type.address, type_at(number));
    assert_int_equal(type.kind, kind);
    assert_int_equal(type.name.size, strlen(name));
    assert_memory_equal(type.name.data, name, type.name.size);
    return type;
}

static void types_of_each_kind_are_read(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    struct go_type type = read_type(&types, INT, GO_INT, "int");
    assert_true(type.is_named && type.size == 8 && type.alignment == 8);
    assert_int_equal(read_type(&types, STRING, GO_STRING, "string").size, 16);
    type = read_type(&types, POINTER, GO_POINTER, "*int");
    assert_true(!type.is_named && type.element == type_at(INT));
    assert_int_equal(read_type(&types, SLICE, GO_SLICE, "[]int").element, type_at(INT));
    type = read_type(&types, ARRAY, GO_ARRAY, "[3]int");
    assert_true(type.element == type_at(INT) && type.count == 3 && type.size == 24);
    type = read_type(&types, MAP, GO_MAP, "map[string]int");
    assert_true(type.key == type_at(STRING) && type.element == type_at(INT));
    assert_int_equal(read_type(&types, CHANNEL, GO_CHAN, "chan int").element, type_at(INT));
    go_image_free(image);
}

static void the_fields_of_a_struct_are_read(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct image made;
    struct go_field field;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    struct go_type type = read_type(&types, STRUCT, GO_STRUCT, "main.\303\211");
    assert_int_equal(type.count, 2);
    assert_true(go_type_field(&types, &type, 0, &field, &error));
    assert_true(field.name.size == 1 && *field.name.data == 'A');
    assert_true(field.type == type_at(INT) && field.offset == 0);
    assert_true(go_type_field(&types, &type, 1, &field, &error));
    assert_true(field.name.size == 2 && field.type == type_at(STRING) && field.offset == 8);
    go_image_free(image);
}

static void the_parameters_and_results_of_a_func_are_read(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    static const int expected[] = {STRING, SLICE, INT};
    struct image made;
    uint64_t parameter;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    struct go_type type = read_type(&types, FUNC, GO_FUNC, "func(string, ...int) int");
    assert_true(type.is_variadic && type.count == 2 && type.results == 1);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(go_type_parameter(&types, &type, i, &parameter, &error));
        assert_int_equal(parameter, type_at(expected[i]));
    }
    go_image_free(image);
}

/* Reads a type, its fields and parameters. */
static bool read_whole(const struct go_types *types, int number, struct error *error)
{
    struct go_type type;
    struct go_field field;
    uint64_t parameter;
    if (!go_type_read(types, type_at(number), &type, error))
        return false;
    for (uint64_t i = 0; type.kind == GO_STRUCT && i < type.count; i++)
        if (!go_type_field(types, &type, i, &field, error))
            return false;
    for (uint64_t i = 0; type.kind == GO_FUNC && i < type.count + type.results; i++)
        if (!go_type_parameter(types, &type, i, &parameter, error))
            return false;
    return true;
}

static void damaged_types_are_refused(void **state)
{
    (void)state;
    static const struct {
        int type;
        struct damage damage;
    } cases[] = {
        {INT, {TYPE(INT, kind), 1, 0, BROKEN "unknown kind"}},
        {INT, {TYPE(INT, kind), 1, 27, BROKEN "unknown kind"}},
        {INT, {TYPE(INT, size), 8, 4, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, size), 8, 16, BROKEN "size does not match the kind"}},
        {INT, {TYPE(INT, alignment), 1, 3, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, alignment), 1, 0, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, alignment), 1, 16, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, name), 4, UINT32_MAX, BROKEN "name outside the type data"}},
        {INT, {TYPE(INT, name), 4, AT(table) - AT(types), BROKEN "name outside the type data"}},
        {SLICE, {TYPE(SLICE, flags), 1, 2, BROKEN "name lacks the leading '*'"}},
        {INT, {AT(names[1]), 1, 0, BROKEN "empty or overlong name"}},
        {INT, {AT(names[1]), 4, 0x7FFFFF, BROKEN "empty or overlong name"}},
        {INT, {AT(names[1]), 4, UINT32_MAX, BROKEN "truncated name"}},
        {INT, {AT(names[3]), 1, 0, BROKEN "name is not UTF-8"}},
        {INT, {AT(names[5]), 1, 0xC3, BROKEN "name is not UTF-8"}},
        {SLICE, {MORE(SLICE, 0), 0, 0, BROKEN "invalid type reference"}},
        {MAP, {MORE(MAP, 0), 0, 0, BROKEN "invalid type reference"}},
        {ARRAY, {MORE(ARRAY, 0), 0, UINT64_MAX, BROKEN "invalid type reference"}},
        {ARRAY, {MORE(ARRAY, 2), 8, 4, BROKEN "array size does not match its elements"}},
        {ARRAY, {MORE(ARRAY, 2), 8, UINT64_MAX, BROKEN "array size does not match its elements"}},
        {STRUCT, {MORE(STRUCT, 1), 0, UINT64_MAX, BROKEN "invalid struct fields"}},
        {STRUCT, {MORE(STRUCT, 2), 8, UINT64_MAX, BROKEN "invalid struct fields"}},
        {STRUCT, {AT(fields[0].name), 0, 0, BROKEN "field without a name"}},
        {STRUCT, {AT(fields[0].type), 0, 0, BROKEN "invalid type reference"}},
        {STRUCT, {AT(fields[1].offset), 8, 16, BROKEN "field outside its struct"}},
        {STRUCT, {AT(fields[1].offset), 8, 4, BROKEN "field outside its struct"}},
        {STRUCT, {AT(fields[1].offset), 8, UINT64_MAX, BROKEN "field outside its struct"}},
        {FUNC, {MORE(FUNC, 0), 2, 0xFFFF, BROKEN "invalid func parameters"}},
        {FUNC, {MORE(FUNC, 0), 2, 0, BROKEN "invalid func parameters"}},
        {FUNC, {MORE(FUNC, 4), 0, 0, BROKEN "invalid type reference"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        ERROR_AUTO error = {0};
        struct image made = damaged(&cases[i].damage);
        struct go_image *image = read_valid(&made);
        struct go_types types = types_of(image);
        assert_false(read_whole(&types, cases[i].type, &error));
        assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
        assert_string_equal(error_text(&error), cases[i].damage.text);
        go_image_free(image);
    }
}

static void only_so_much_is_read_of_types(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct image made;
    struct go_type type;
    struct go_field field;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    budget.left = 2 * (64 + strlen("*main.\303\211"));
    for (int i = 0; i < 2; i++)
        assert_true(go_type_read(&types, type_at(STRUCT), &type, &error));
    assert_int_equal(budget.left, 0);
    assert_true(go_type_read_layout(&types, type_at(STRUCT), &type, &error));
    assert_false(go_type_field(&types, &type, 0, &field, &error));
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&error), "it has too many Go types");
    go_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_each_kind_are_read),
        cmocka_unit_test(the_fields_of_a_struct_are_read),
        cmocka_unit_test(the_parameters_and_results_of_a_func_are_read),
        cmocka_unit_test(damaged_types_are_refused),
        cmocka_unit_test(only_so_much_is_read_of_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

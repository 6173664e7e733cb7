/* The cost of hostile Go modules (of stamped ones: tests/fit/bounds.c). Each is so large that a
 * reader with quadratic work exceeds the test's timeout. */
#include "tests/common/alike.h"
#include "tests/common/check.h"
#include "tests/gofile/go_large.h"

static bool read_module(struct go_large *large, size_t size, struct module *module,
                        struct arena *arena, struct error *error)
{
    FILE_AUTO file = go_large_end(large, size);
    return module_read(module, &file, arena, error);
}

/* Gaps between the struct's members are members, too. Once, they were counted for each parameter.
 */
static void parameters_of_a_struct_of_many_gaps_are_read(void **state)
{
    (void)state;
    enum { MEMBERS = 30000, PARAMETERS = 60000, FUNCTIONS = 10 };
    struct go_large large = go_large_start();
    ARENA_AUTO arena = {0};
    struct module module;
    ERROR_AUTO error = {0};
    uint64_t name = go_large_name(&large, "A", 1);
    uint64_t byte = go_large_type(&large, GO_UINT8, 1, 1, name, 0);
    uint64_t whole = go_large_struct(&large, name, MEMBERS, 1, byte);
    uint64_t func = go_large_func(&large, name, PARAMETERS, whole);
    for (int i = 0; i < FUNCTIONS; i++) {
        char symbol[8];
        snprintf(symbol, sizeof symbol, "F%d", i);
        go_large_export(&large, symbol, func);
    }
    if (!read_module(&large, 16 * MIB, &module, &arena, &error))
        fail_msg("%s", error_text(&error));
    assert_int_equal(module.go->symbol_count, FUNCTIONS);
    module_deinit(&module);
}

/* Each package's init task is searched for by its name, and does not exist. */
static void symbols_that_hash_alike_are_refused(void **state)
{
    (void)state;
    enum { ALIKE = 200 };
    struct go_large large = go_large_start();
    ARENA_AUTO arena = {0};
    struct module module;
    ERROR_AUTO error = {0};
    uint32_t number = 0;
    for (int i = 0; i < ALIKE; i++) {
        char name[ALIKE_NAME];
        alike_name(&number, name);
        go_large_symbol(&large, go_large_string(&large, name), GO_LARGE_AT(hash));
    }
    assert_false(read_module(&large, 0, &module, &arena, &error));
    assert_string_equal(error_text(&error), "it is damaged: too many symbol-name hash collisions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_a_struct_of_many_gaps_are_read),
        cmocka_unit_test(symbols_that_hash_alike_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

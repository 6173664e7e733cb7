/* Which structs a plan looks into: those that the host knows. */
#include "tests/common/check.h"
#include "tests/crossing/plan_made.h"

#include <stdlib.h>

/* Makes the plan of f, which takes a struct seen and a struct hidden, for a host that uses this
 * type. */
static void check_with_host(const char *used, const char *expected)
{
    struct case_of_plan made;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    TEXT_AUTO shown = {0};
    start_case(&made, "");
    define(
        &made.plugin, "f", FORMAT_FUNCTION,
        "func f function void ( p pointer struct seen 4 { i 0 int } q pointer struct hidden 4 { i 0 int } )");
    define(&made.host, "use", FORMAT_FUNCTION, used);
    end_case(&made);
    const struct btf *types = module_types(&made.host.module, &error);
    assert_non_null(types);
    struct plan *plan = plan_of(&made, types, &misfits, &error);
    assert_non_null(plan);
    show_plan(&shown, plan);
    assert_string_equal(text_chars(&shown), expected);
    free(plan);
    free_case(&made);
}

static void a_struct_that_the_host_does_not_know_is_a_handle(void **state)
{
    (void)state;
    check_with_host("func use function void ( p pointer struct seen 4 { i 0 int } )",
                    "f vpp frame 0 (p 0+8, q 16+8, = 32+0)\n"
                    "0 f 48/16\n"
                    "  0+8 objects 1 in back\n"
                    "  16+8 opaque struct hidden\n"
                    "1 struct seen 4/4\n");
}

static void a_struct_that_it_knows_is_copied(void **state)
{
    (void)state;
    check_with_host(
        "func use function void ( p pointer struct hidden 4 { i 0 int } q pointer struct seen 4 { i 0 int } )",
        "f vpp frame 0 (p 0+8, q 16+8, = 32+0)\n"
        "0 f 48/16\n"
        "  0+8 objects 1 in back\n"
        "  16+8 objects 2 in back\n"
        "1 struct seen 4/4\n"
        "2 struct hidden 4/4\n");
}

static void of_a_host_that_knows_nothing_all_are_handles(void **state)
{
    (void)state;
    check_with_host("func use function int ( )", "f vpp frame 0 (p 0+8, q 16+8, = 32+0)\n"
                                                 "0 f 48/16\n"
                                                 "  0+8 opaque struct seen\n"
                                                 "  16+8 opaque struct hidden\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_struct_that_the_host_does_not_know_is_a_handle),
        cmocka_unit_test(a_struct_that_it_knows_is_copied),
        cmocka_unit_test(of_a_host_that_knows_nothing_all_are_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

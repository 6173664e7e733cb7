/* The judgement of packages, and of all with options.strict. */
#include "tests/common/check.h"
#include "tests/fit/fit_made.h"

/* ---- modules made in memory ---- */

/* Adds to the package that was added last. */
static void add_source(struct maker *maker, const char *name, uint64_t hash)
{
    maker->tables->sources[maker->header.sources.count++] =
        (struct format_source){.hash = hash, .name = add_name(maker, name)};
    maker->tables->packages[maker->header.packages.count - 1].source_count++;
}

/* ---- packages ---- */

static void a_package_that_is_live_elsewhere_and_agrees_fits(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    expect(scene, NULL);
}

static void a_type_of_a_package_differs(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_FLOAT));
    expect(scene, "\n  struct shape: member r"
                  "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"
                  "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6"
                  "\n      used by area (parameter 1)");
}

static void a_symbol_that_the_live_copy_lacks_is_named(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    share(&scene->host, add_package(&scene->host, "other"), "perimeter", FUNCTION, NULL);
    import(&scene->plugin, 0, "perimeter", FUNCTION, NULL);
    expect(scene, "\n  perimeter: missing from package example.com/geom of the host");
}

static void a_package_of_no_other_module_is_the_plugins_own(void **state)
{
    struct scene *scene = *state;
    uint32_t own = add_package(&scene->plugin, GEOM);
    share(&scene->plugin, own, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, (int)own, "area", FUNCTION, AREA(SHAPE_FLOAT));
    import(&scene->plugin, (int)own, "perimeter", FUNCTION, NULL);
    expect(scene, NULL);
}

static void a_host_that_does_not_export_a_package_is_told_how(void **state)
{
    struct scene *scene = *state;
    add_package(&scene->host, GEOM);
    import(&scene->plugin, (int)add_package(&scene->plugin, GEOM), "area", FUNCTION, NULL);
    expect(scene, "\n  package example.com/geom: the host does not export its symbols; "
                  "link it with -rdynamic");
}

static void an_unused_package_fits(void **state)
{
    struct scene *scene = *state;
    add_package(&scene->host, GEOM);
    add_package(&scene->plugin, GEOM);
    expect(scene, NULL);
}

static void another_plugin_may_have_the_live_copy(void **state)
{
    struct scene *scene = *state;
    scene->has_other = true;
    share(&scene->other, add_package(&scene->other, GEOM), "area", FUNCTION, NULL);
    import(&scene->plugin, (int)add_package(&scene->plugin, GEOM), "perimeter", FUNCTION, NULL);
    expect(scene, "\n  perimeter: missing from package example.com/geom of libother.so.1");
}

/* ---- strict ---- */

static void strict_accepts_equal_sources(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    add_source(&scene->host, "geom.c", 1);
    add_source(&scene->host, "geom.h", 2);
    add_source(&scene->plugin, "geom.c", 1);
    add_source(&scene->plugin, "geom.h", 2);
    expect(scene, NULL);
}

static void strict_names_the_sources_that_differ(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    add_source(&scene->host, "geom.c", 1);
    add_source(&scene->host, "gone.c", 0);
    add_source(&scene->host, "old.c", 3);
    add_source(&scene->host, "same.h", 4);
    add_source(&scene->host, "same.h", 5);
    add_source(&scene->plugin, "extra.c", 6);
    add_source(&scene->plugin, "geom.c", 2);
    add_source(&scene->plugin, "gone.c", 7);
    add_source(&scene->plugin, "same.h", 4);
    add_source(&scene->plugin, "same.h", 5);
    expect(scene, "\n  package example.com/geom: built from different sources (strict): "
                  "extra.c is only in the plugin, geom.c differs, "
                  "gone.c was missing when the host was stamped, old.c is only in the host");
}

static void without_strict_sources_and_types_may_be_unknown(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    add_source(&scene->plugin, "geom.c", 0);
    define(&scene->host, "f", FUNCTION, NULL);
    import(&scene->plugin, -1, "f", FUNCTION, NULL);
    expect(scene, NULL);
}

static void strict_wants_types_on_both_sides(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    define(&scene->host, "f", FUNCTION, NULL);
    define(&scene->host, "g", FUNCTION, "func g function int ( )");
    export(&scene->host, "h");
    import(&scene->plugin, -1, "f", FUNCTION, "func f function int ( )");
    import(&scene->plugin, -1, "g", 0, NULL);
    import(&scene->plugin, -1, "h", FUNCTION, "func h function int ( )");
    expect(scene, "\n  f: its type was not recorded by the host (strict); "
                  "compile the file that defines it with -g"
                  "\n  g: its type was not recorded in the plugin (strict); "
                  "declare PLUGIN_USES(g)"
                  "\n  h: its type was not recorded by the host (strict); "
                  "compile the file that defines it with -g");
}

static void strict_wants_no_types_of_the_implementation(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    import(&scene->plugin, -1, "c_print", 0, NULL);
    expect(scene, NULL);
}

static void strict_wants_types_for_what_is_not_stamped(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    scene->libc = "/usr/lib/libz.so.1";
    import(&scene->plugin, -1, "c_deflate", 0, NULL);
    import(&scene->plugin, -1, "c_inflate", FUNCTION, "func c_inflate function int ( )");
    expect(scene, "\n  c_deflate: its type was not recorded in the plugin (strict); "
                  "declare PLUGIN_USES(c_deflate)"
                  "\n  c_inflate: libz.so.1 is not stamped, so its type was not recorded (strict); "
                  "run: plugin stamp /usr/lib/libz.so.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_package_that_is_live_elsewhere_and_agrees_fits),
        TEST(a_type_of_a_package_differs),
        TEST(a_symbol_that_the_live_copy_lacks_is_named),
        TEST(a_package_of_no_other_module_is_the_plugins_own),
        TEST(a_host_that_does_not_export_a_package_is_told_how),
        TEST(an_unused_package_fits),
        TEST(another_plugin_may_have_the_live_copy),
        TEST(strict_accepts_equal_sources),
        TEST(strict_names_the_sources_that_differ),
        TEST(without_strict_sources_and_types_may_be_unknown),
        TEST(strict_wants_types_on_both_sides),
        TEST(strict_wants_no_types_of_the_implementation),
        TEST(strict_wants_types_for_what_is_not_stamped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

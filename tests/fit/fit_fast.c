/* What is settled by hashes, and what must be judged by types. */
#include "tests/common/check.h"
#include "tests/fit/fit_made.h"

#include <elf.h>

#define AREA_PARTS                                                                                 \
    "\n  struct shape: member r"                                                                   \
    "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"                  \
    "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6"                \
    "\n      used by area (parameter 1)"

/* The host defines it, and its type has the same hash. */
static struct format_import *import_settled(struct scene *scene)
{
    define(&scene->host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, -1, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    return &scene->plugin.tables->imports[0];
}

/* It fits, after a call of find. */
static void expect_judged(struct scene *scene)
{
    expect(scene, NULL);
    assert_int_not_equal(scene->asked, 0);
}

static Elf64_Sym *last_symbol(struct scene *scene)
{
    return &scene->plugin.dynamic_symbols[scene->plugin.dynamic_count - 1];
}

static void an_equal_hash_settles(void **state)
{
    struct scene *scene = *state;
    import_settled(scene);
    expect(scene, NULL);
    assert_int_equal(scene->asked, 0);
}

/* Its types say what is copied of the host's memory. */
static void of_an_isolated_plugin_no_hash_is_believed(void **state)
{
    struct scene *scene = *state;
    scene->is_isolated = true;
    define(&scene->host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, -1, "area", FUNCTION, AREA(SHAPE_FLOAT));
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    expect(scene, AREA_PARTS);
}

static void of_an_isolated_plugin_types_are_equal_as_in_c(void **state)
{
    struct scene *scene = *state;
    scene->is_isolated = true;
    define(&scene->host, "get", FUNCTION, "func get function int ( s pointer char )");
    import(&scene->plugin, -1, "get", FUNCTION, "func get function int ( s pointer const char )");
    expect(scene, "\n  get: parameter 1"
                  "\n      host    char *         /* 8 bytes */     built by gcc 12.2.0"
                  "\n      plugin  const char *   /* 8 bytes */     built by clang 14.0.6");
}

static void another_hash_settles_nothing(void **state)
{
    import_settled(*state)->hash = 8;
    expect_judged(*state);
}

static void no_hash_settles_nothing(void **state)
{
    struct scene *scene = *state;
    import_settled(scene)->hash = 0;
    scene->host.tables->symbols[0].hash = 0;
    expect_judged(scene);
}

static void a_name_under_another_hash_is_judged(void **state)
{
    import_settled(*state)->name_hash ^= 1;
    expect_judged(*state);
}

static void an_import_without_a_dynamic_symbol_is_judged(void **state)
{
    import_settled(*state)->symbol = 0;
    expect_judged(*state);
}

static void an_import_of_a_missing_dynamic_symbol_is_judged(void **state)
{
    import_settled(*state)->symbol = UINT32_MAX;
    expect_judged(*state);
}

static void an_import_of_a_dynamic_symbol_of_another_name_is_judged(void **state)
{
    struct scene *scene = *state;
    struct format_import *import = import_settled(scene);
    add_dynamic(&scene->plugin, "are", STT_NOTYPE, SHN_UNDEF);
    import->symbol = scene->plugin.dynamic_count - 1;
    expect(scene, "\n  are: not exported by the host");
}

static void an_import_of_a_package_is_judged(void **state)
{
    struct scene *scene = *state;
    import_settled(scene)->package = add_package(&scene->plugin, GEOM) + 1;
    scene->plugin.dynamic_count--;
    export(&scene->plugin, "area");
    expect(scene,
           "\n  area: defined by package " GEOM " in the plugin, and outside of that package in "
           "the host; rename one of them");
}

static void a_symbol_of_another_kind_is_judged(void **state)
{
    struct scene *scene = *state;
    import_settled(scene);
    scene->host.tables->symbols[0].kind = VARIABLE;
    scene->host.tables->symbols[0].type = add_type(&scene->host, "var area double");
    expect(scene, "\n  area: a variable in the host, a function in the plugin"
                  "\n      host    double area;                          /* 8 bytes */     "
                  "built by gcc 12.2.0"
                  "\n      plugin  double area(const struct shape *s);                     "
                  "built by clang 14.0.6");
}

/* Only the dynamic symbol says that it is thread-local. */
static void a_thread_local_symbol_is_judged(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "v", VARIABLE, "var v int");
    import(&scene->plugin, -1, "v", VARIABLE, "var v int");
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    last_symbol(scene)->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_TLS);
    expect(scene, "\n  v: a variable in the host, a thread-local variable in the plugin"
                  "\n      host    int v;                 /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  _Thread_local int v;   /* 4 bytes */     built by clang 14.0.6");
}

static void a_symbol_of_a_version_is_judged(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "c_area", FUNCTION, AREA(SHAPE_DOUBLE));
    want_version(&scene->plugin, "c_area", "C_1", "libc.so.6");
    import(&scene->plugin, -1, "c_area", FUNCTION, AREA(SHAPE_DOUBLE));
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    scene->plugin.tables->imports[0].symbol = 1;
    scene->plugin.dynamic_count--; /* the other one */
    expect_judged(scene);
}

static void an_import_of_a_library_is_judged(void **state)
{
    struct scene *scene = *state;
    struct format_import *import = import_settled(scene);
    import->library = add_name(&scene->plugin, "libarea.so.1");
    expect_judged(scene);
}

/* All imports of one symbol are settled, or none: to judge one takes the symbol. */
static void an_import_that_is_not_settled_unsettles_the_others(void **state)
{
    struct scene *scene = *state;
    for (uint32_t parting = 0; parting < 6; parting++) {
        struct scene own = {.host = start("./host", "gcc 12.2.0"),
                            .plugin = start("/plugins/hello.so", "clang 14.0.6"),
                            .other = start("/usr/lib/libother.so.1", "gcc 11.1.0")};
        define(&own.host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
        own.host.tables->symbols[0].hash = 7;
        want(&own.plugin, "area");
        for (uint32_t i = 0; i < 3; i++) {
            bool parts = i == parting % 3;
            own.plugin.tables->imports[own.plugin.header.imports.count++] = (struct format_import){
                .hash = parts ? 8 : 7,
                .name = add_name(&own.plugin, "area"),
                .type = add_type(&own.plugin, parts ? AREA(SHAPE_FLOAT) : AREA(SHAPE_DOUBLE)),
                .kind = FUNCTION,
                .symbol = parts && parting >= 3 ? 0 : 1, /* no stamp has 0 */
                .name_hash = hash_name("area")};
        }
        expect(&own, AREA_PARTS);
        free_maker(&own.host);
        free_maker(&own.plugin);
        free_maker(&own.other);
    }
    expect(scene, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_equal_hash_settles),
        TEST(of_an_isolated_plugin_no_hash_is_believed),
        TEST(of_an_isolated_plugin_types_are_equal_as_in_c),
        TEST(another_hash_settles_nothing),
        TEST(no_hash_settles_nothing),
        TEST(a_name_under_another_hash_is_judged),
        TEST(an_import_without_a_dynamic_symbol_is_judged),
        TEST(an_import_of_a_missing_dynamic_symbol_is_judged),
        TEST(an_import_of_a_dynamic_symbol_of_another_name_is_judged),
        TEST(an_import_of_a_package_is_judged),
        TEST(a_symbol_of_another_kind_is_judged),
        TEST(a_thread_local_symbol_is_judged),
        TEST(a_symbol_of_a_version_is_judged),
        TEST(an_import_of_a_library_is_judged),
        TEST(an_import_that_is_not_settled_unsettles_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

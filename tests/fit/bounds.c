/* What a judgement of hostile files costs. Each of these is so large that
 * work which grows with its square does not end within the test's time. */
#include "src/fit/fit.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/format/meta_large.h"

#include <stdlib.h>
#include <string.h>

/* A plugin that imports one variable very often, each time of a type of which much could be shown,
 * and a host that has it, of another type. */
struct scene {
    struct made plugin_types, host_types;
    struct bytes plugin_meta, host_meta;
    struct module plugin, host;
};

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    (void)name, (void)version, (void)kind, (void)error;
    const struct scene *scene = context;
    *found = true;
    *provider = (struct provider){.path = "./host", .is_host = true, .module = &scene->host};
    return true;
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)context, (void)package, (void)provider, (void)error;
    *found = false;
    return true;
}

/* An untagged struct of so many members; the id of a variable of it. */
static struct made make_variable(uint32_t members, uint32_t *id)
{
    struct make *make = make_start();
    make_add(make, "int");
    uint32_t whole = make_struct(make, "", 4);
    for (uint32_t i = 0; i < members; i++)
        make_member(make, "a_member", 1, 0);
    *id = make_var(make, "v", whole);
    return made_read(make);
}

static void read_module(struct module *module, struct bytes meta, const struct made *types)
{
    ERROR_AUTO error = {0};
    *module = (struct module){.is_stamped = true, .btf = &types->btf};
    assert_true(meta_read_start(&module->meta, meta, &error));
    if (!meta_read_tables(&module->meta, meta, &error))
        fail_msg("%s", error_text(&error));
}

static void make_scene(struct scene *scene, uint32_t imports)
{
    struct meta_writer user, host;
    uint32_t plugin_id, host_id;
    scene->plugin_types = make_variable(100, &plugin_id);
    scene->host_types = make_variable(99, &host_id);
    meta_writer_init(&user, FORMAT_SHARED_LIBRARY, 0);
    const struct format_import import = {
        .name = meta_writer_string(&user, "v"), .type = plugin_id, .kind = FORMAT_VARIABLE};
    user.header.imports = meta_writer_table(&user, imports);
    for (uint32_t i = 0; i < imports; i++)
        meta_writer_item(&user, &import, sizeof import);
    scene->plugin_meta = finish(&user, (struct bytes){0});
    meta_writer_init(&host, FORMAT_EXECUTABLE, 0);
    const struct format_symbol symbol = {
        .name = meta_writer_string(&host, "v"), .type = host_id, .kind = FORMAT_VARIABLE};
    host.header.symbols = meta_writer_table(&host, 1);
    meta_writer_item(&host, &symbol, sizeof symbol);
    meta_writer_slots(&host);
    scene->host_meta = finish(&host, (struct bytes){0});
    read_module(&scene->plugin, scene->plugin_meta, &scene->plugin_types);
    read_module(&scene->host, scene->host_meta, &scene->host_types);
}

static void free_scene(struct scene *scene)
{
    made_free(&scene->plugin_types);
    made_free(&scene->host_types);
    free((void *)(uintptr_t)scene->plugin_meta.data);
    free((void *)(uintptr_t)scene->host_meta.data);
}

/* It was judged for minutes: what is not told was written, too. */
static void a_judgement_of_very_many_misfits_ends(void **state)
{
    (void)state;
    enum { IMPORTS = 1 << 20 };
    struct scene scene;
    MISFITS_AUTO misfits = {0};
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    make_scene(&scene, IMPORTS);
    struct library items[] = {{.path = "/plugin.so", .module = &scene.plugin}};
    const struct libraries libraries = {
        .arena = &arena, .items = items, .count = 1, .is_linked = true};
    const struct fit_host host = {.path = "./host",
                                  .module = &scene.host,
                                  .context = &scene,
                                  .find_symbol = find,
                                  .find_package = find_package};
    assert_true(fit_collect(&misfits, &libraries, &host, false, &error));
    assert_true(misfits_are_too_many(&misfits));
    /* Those that say the same as the one before are counted once, but have their cost. */
    assert_int_equal(misfits.count, 1);
    /* The last line says that the rest was not compared. */
    assert_true(misfits.uses.is_cut && misfits.uses.unchecked);
    assert_int_equal(misfits.uses.compared + misfits.uses.unchecked, IMPORTS);
    assert_false(misfits_refuse(&misfits, "plugin.so", "./host", &error));
    assert_non_null(
        strstr(strrchr(error_text(&error), '\n'), " not, because there are too many misfits"));
    free_scene(&scene);
}

static void what_is_left_out_of_a_refusal_is_said(void **state)
{
    (void)state;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    for (int i = 0; !misfits_are_too_many(&misfits); i++) {
        text_add(&misfits_start(&misfits, NULL, NULL)->text, "%*d", MISFITS_LENGTH_MAX / 50, i);
        misfits_end(&misfits);
    }
    assert_false(misfits_refuse(&misfits, "plugin.so", "./host", &error));
    const char *last = strrchr(error_text(&error), '\n'), *start = "\n  ... and at least ";
    assert_non_null(last);
    assert_int_equal(strncmp(last, start, strlen(start)), 0);
}

static void a_long_misfit_is_cut(void **state)
{
    (void)state;
    MISFITS_AUTO misfits = {0};
    for (int i = 0; i < 4; i++)
        text_add(&misfits_start(&misfits, NULL, NULL)->text, "%*d", MISFITS_LENGTH_MAX - 2, 1);
    text_add(&misfits.current.text, "23456789");
    misfits_end(&misfits);
    assert_false(misfits.failed);
    assert_int_equal(misfits.count, 1);
    const char *text = text_chars(&misfits.items[0].text);
    assert_string_equal(text + strlen(text) - 4, "1...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_judgement_of_very_many_misfits_ends),
        cmocka_unit_test(what_is_left_out_of_a_refusal_is_said),
        cmocka_unit_test(a_long_misfit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

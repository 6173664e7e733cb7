/* What hostile `.plugin` sections cost. Each of these is so large that
 * work which grows with its square does not end within the test's time. */
#include "src/base/hash.h"
#include "src/fit/fit.h"
#include "tests/common/check.h"
#include "tests/format/meta_large.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_meta_refused(struct bytes section, const char *what)
{
    char expected[200];
    struct meta meta;
    ERROR_AUTO error = {0};
    assert_true(meta_read_start(&meta, section, &error));
    assert_false(meta_read_tables(&meta, section, &error));
    snprintf(expected, sizeof expected,
             "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE", what);
    assert_string_equal(error_text(&error), expected);
    free((void *)(uintptr_t)section.data);
}

static uint32_t add_long_name(struct meta_writer *writer, size_t length)
{
    char *name = malloc(length + 1);
    assert_non_null(name);
    memset(name, 'x', length);
    name[length] = '\0';
    uint32_t at = meta_writer_string(writer, name);
    free(name);
    return at;
}

/* Each is compared with the one before it, from its first to its last byte. */
static void imports_of_one_long_name_are_refused(void **state)
{
    (void)state;
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    const struct format_import import = {.name = add_long_name(&writer, 8 * MIB)};
    writer.header.imports = meta_writer_table(&writer, 8 * MIB / sizeof import);
    for (uint32_t i = 0; i < writer.header.imports.count; i++)
        meta_writer_item(&writer, &import, sizeof import);
    check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
}

/* Each is looked up in every plugin that is opened. */
static void names_of_interfaces_that_are_one_long_name_are_refused(void **state)
{
    (void)state;
    for (int is_of_members = 0; is_of_members < 2; is_of_members++) {
        struct meta_writer writer;
        meta_writer_init(&writer, FORMAT_EXECUTABLE, 0);
        meta_writer_set_version(&writer, FORMAT_VERSION_5);
        const uint32_t name = add_long_name(&writer, 8 * MIB);
        const struct format_interface interface = {.name = is_of_members ? 0 : name,
                                                   .type = 1,
                                                   .kind = FORMAT_INTERFACE_OPENED,
                                                   .size = 8};
        const struct format_member member = {.symbol = name, .type = 1};
        const uint32_t count = 8 * MIB / sizeof interface;
        writer.header.interfaces = meta_writer_table(&writer, is_of_members ? 1 : count);
        for (uint32_t i = 0; i < writer.header.interfaces.count; i++)
            meta_writer_item(&writer, &interface, sizeof interface);
        writer.header.members = meta_writer_table(&writer, is_of_members ? count : 0);
        for (uint32_t i = 0; i < writer.header.members.count; i++)
            meta_writer_item(&writer, &member, sizeof member);
        check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
    }
}

/* plugin inspect escapes each. */
static void infos_of_one_long_name_are_refused(void **state)
{
    (void)state;
    for (int is_of_values = 0; is_of_values < 2; is_of_values++) {
        struct meta_writer writer;
        meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
        meta_writer_set_version(&writer, FORMAT_VERSION_6);
        const uint32_t name = add_long_name(&writer, 8 * MIB);
        const struct format_info info = {is_of_values ? 0 : name, is_of_values ? name : 0};
        writer.header.infos = meta_writer_table(&writer, MIB);
        for (uint32_t i = 0; i < MIB; i++)
            meta_writer_item(&writer, &info, sizeof info);
        check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
    }
}

/* The ends of one long string, from the shortest on, are names in their order. */
static void symbols_that_are_ends_of_one_string_are_refused(void **state)
{
    (void)state;
    enum { COUNT_OF_SYMBOLS = 1 << 18 };
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    uint32_t name = add_long_name(&writer, 8 * MIB);
    writer.header.symbols = meta_writer_table(&writer, COUNT_OF_SYMBOLS);
    for (uint32_t i = 0; i < COUNT_OF_SYMBOLS; i++) {
        const struct format_symbol symbol = {.name = name + COUNT_OF_SYMBOLS - i,
                                             .kind = FORMAT_VARIABLE};
        meta_writer_item(&writer, &symbol, sizeof symbol);
    }
    check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
}

/* Each import of a package is looked for among the paths of all. */
static void long_paths_of_packages_are_refused(void **state)
{
    (void)state;
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    uint32_t path = add_long_name(&writer, 8 * MIB);
    const struct format_dependency dependency = {.path = path};
    struct format_package package = {.path = path, .dependency_count = MIB};
    writer.header.dependencies = meta_writer_table(&writer, MIB);
    for (uint32_t i = 0; i < MIB; i++)
        meta_writer_item(&writer, &dependency, sizeof dependency);
    writer.header.packages = meta_writer_table(&writer, FORMAT_PACKAGES_MAX);
    for (uint32_t i = 0; i < FORMAT_PACKAGES_MAX; i++, package.path++, package.dependency_count = 0)
        meta_writer_item(&writer, &package, sizeof package);
    check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
}

/* A search that begins at the first one would pass them all. */
static void slots_in_a_row_are_refused(void **state)
{
    (void)state;
    enum { ROW = FORMAT_SLOTS_IN_A_ROW_MAX + 1 };
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    writer.header.symbols = meta_writer_table(&writer, ROW);
    for (uint32_t i = 0; i < ROW; i++) {
        char name[16];
        snprintf(name, sizeof name, "%08u", i);
        const struct format_symbol symbol = {.name = meta_writer_string(&writer, name),
                                             .kind = FORMAT_VARIABLE};
        meta_writer_item(&writer, &symbol, sizeof symbol);
    }
    writer.header.slots = meta_writer_table(&writer, 4096);
    for (uint32_t i = 0; i < 4096; i++) {
        const struct format_slot slot = {0, i < ROW ? i + 1 : 0};
        meta_writer_item(&writer, &slot, sizeof slot);
    }
    check_meta_refused(finish(&writer, (struct bytes){0}), "too many symbol-name hash collisions");
}

/* So would the search for a slot, for each symbol of a Go plugin, whose slots are made when it is
 * read. */
static void symbols_that_crowd_their_slots_are_not_written(void **state)
{
    (void)state;
    enum { COUNT_OF_SYMBOLS = 1 << 19, SLOTS = 2 * COUNT_OF_SYMBOLS, CROWDED = SLOTS / 64 };
    struct meta_writer writer;
    struct bytes section;
    ERROR_AUTO error = {0};
    unsigned number = 0;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    writer.header.symbols = meta_writer_table(&writer, COUNT_OF_SYMBOLS);
    for (uint32_t i = 0; i < COUNT_OF_SYMBOLS; i++) {
        char name[16];
        do
            snprintf(name, sizeof name, "%x", number++);
        while (hash_name(name) % SLOTS >= CROWDED);
        const struct format_symbol symbol = {.name = meta_writer_string(&writer, name),
                                             .kind = FORMAT_VARIABLE};
        meta_writer_item(&writer, &symbol, sizeof symbol);
    }
    meta_writer_slots(&writer);
    add_empty(&writer);
    assert_false(meta_writer_finish(&writer, (struct bytes){0}, &section, &error));
    assert_string_equal(error_text(&error), "too many symbol-name hash collisions");
}

/* Every misfit that shows types names the compilers of both sides. */
static void few_compilers_are_named(void **state)
{
    (void)state;
    struct meta_writer writer;
    struct meta meta;
    ERROR_AUTO error = {0};
    TEXT_AUTO text = {0};
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    writer.header.compilers = meta_writer_table(&writer, FORMAT_COMPILERS_MAX);
    for (uint32_t i = 0; i < FORMAT_COMPILERS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%u", i);
        const struct format_compiler compiler = {meta_writer_string(&writer, i % 2 ? name : ""), 0};
        meta_writer_item(&writer, &compiler, sizeof compiler);
    }
    struct bytes section = finish(&writer, (struct bytes){0});
    assert_true(meta_read_start(&meta, section, &error));
    assert_true(meta_read_tables(&meta, section, &error));
    meta_add_compilers(&text, &meta);
    assert_string_equal(text_chars(&text), "c1, c3, c5, c7, c9, c11, c13, c15, ...");
    free((void *)(uintptr_t)section.data);
}

static void a_compiler_of_a_long_name_is_refused(void **state)
{
    (void)state;
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    const struct format_compiler compiler = {add_long_name(&writer, FORMAT_COMPILER_NAME_MAX + 1),
                                             0};
    writer.header.compilers = meta_writer_table(&writer, 1);
    meta_writer_item(&writer, &compiler, sizeof compiler);
    check_meta_refused(finish(&writer, (struct bytes){0}), "compiler name is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_of_one_long_name_are_refused),
        cmocka_unit_test(names_of_interfaces_that_are_one_long_name_are_refused),
        cmocka_unit_test(infos_of_one_long_name_are_refused),
        cmocka_unit_test(symbols_that_are_ends_of_one_string_are_refused),
        cmocka_unit_test(long_paths_of_packages_are_refused),
        cmocka_unit_test(slots_in_a_row_are_refused),
        cmocka_unit_test(symbols_that_crowd_their_slots_are_not_written),
        cmocka_unit_test(few_compilers_are_named),
        cmocka_unit_test(a_compiler_of_a_long_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

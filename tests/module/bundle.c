/* The reader of the plugins that are linked into a program: one is built by hand, and damaged in
 * one place at a time. */
#include "src/format/meta_writer.h"
#include "src/module/bundle_file.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the two sections are loaded. */
enum { TABLE_ADDRESS = 0x1000, ENTRIES_ADDRESS = 0x8000, NAME_SIZE = 16, META_MAX = 512 };

struct entry {
    struct format_built_in header;
    char name[NAME_SIZE];
    uint8_t meta[META_MAX];
    uint8_t btf[256];
};

/* Two plugins, of which the first one carries a package, whose copy is the one that is linked in.
 */
struct made_bundle {
    struct {
        struct format_bundle header;
        struct format_bundled plugins[2];
        int64_t parts[1];
    } table;
    struct entry entries[2];
};

static void finish_meta(struct entry *entry, struct meta_writer *writer, struct bytes btf)
{
    ERROR_AUTO error = {0};
    struct bytes meta;
    meta_writer_slots(writer);
    assert_true(meta_writer_finish(writer, btf, &meta, &error));
    assert_true(meta.size <= sizeof entry->meta);
    memcpy(entry->meta, meta.data, meta.size);
    entry->header.meta = offsetof(struct entry, meta);
    entry->header.meta_size = (uint32_t)meta.size;
    free((void *)(uintptr_t)meta.data);
}

static void make_entry(struct entry *entry, const char *name, const char *package)
{
    uint32_t id;
    struct made types = made_of("int", &id);
    struct meta_writer writer;
    entry->header = (struct format_built_in){.magic = FORMAT_BUILT_IN_MAGIC,
                                             .version = FORMAT_BUILT_IN_VERSION,
                                             .size = sizeof *entry,
                                             .name = offsetof(struct entry, name),
                                             .btf = offsetof(struct entry, btf),
                                             .btf_size = (uint32_t)types.size};
    strcpy(entry->name, name);
    assert_true(types.size <= sizeof entry->btf);
    memcpy(entry->btf, types.bytes, types.size);
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    if (package) {
        const struct format_package item = {.path = meta_writer_string(&writer, package)};
        writer.header.packages = meta_writer_table(&writer, 1);
        meta_writer_item(&writer, &item, sizeof item);
    }
    finish_meta(entry, &writer, (struct bytes){types.bytes, types.size});
    made_free(&types);
}

static void make_bundle(struct made_bundle *made)
{
    *made = (struct made_bundle){0};
    make_entry(&made->entries[0], "a.so", "example.com/a");
    make_entry(&made->entries[1], "b.so", NULL);
    made->table.header = (struct format_bundle){.magic = FORMAT_BUNDLE_MAGIC,
                                                .version = FORMAT_BUILT_IN_VERSION,
                                                .count = 2,
                                                .part_count = 1};
    for (size_t i = 0; i < 2; i++)
        made->table.plugins[i].built_in =
            ENTRIES_ADDRESS - TABLE_ADDRESS + (int64_t)(i * sizeof(struct entry));
    made->table.plugins[0].part_count = 1;
    made->table.parts[0] = 0x100;
}

static bool view_sized(const struct made_bundle *made, size_t table_size, struct bundle_file *view,
                       struct error *error)
{
    *view = (struct bundle_file){0};
    return bundle_file_view(
        view, (struct bundle_section){{(const uint8_t *)&made->table, table_size}, TABLE_ADDRESS},
        (struct bundle_section){{(const uint8_t *)made->entries, sizeof made->entries},
                                ENTRIES_ADDRESS},
        8, error);
}

static void check_refused_sized(const struct made_bundle *made, size_t table_size, const char *what)
{
    char expected[200];
    struct bundle_file view;
    ERROR_AUTO error = {0};
    assert_false(view_sized(made, table_size, &view, &error));
    bundle_file_free(&view);
    snprintf(expected, sizeof expected, "its built-in plugins are damaged: %s", what);
    assert_string_equal(error_text(&error), expected);
}

static void check_refused(const struct made_bundle *made, const char *what)
{
    check_refused_sized(made, sizeof made->table, what);
}

static void plugins_are_read(void **state)
{
    (void)state;
    struct made_bundle made;
    struct bundle_file view;
    ERROR_AUTO error = {0};
    make_bundle(&made);
    if (!view_sized(&made, sizeof made.table, &view, &error))
        fail_msg("%s", error_text(&error));
    assert_int_equal(view.count, 2);
    assert_string_equal(view.plugins[0].name, "a.so");
    assert_string_equal(view.plugins[1].name, "b.so");
    assert_true(bundle_file_has(&view, 0, 0));
    assert_false(bundle_file_has(&view, 0, 1));
    assert_false(bundle_file_has(&view, 1, 0));
    assert_ptr_equal(bundle_file_find_carrier(&view, "example.com/a"), &view.plugins[0]);
    assert_null(bundle_file_find_carrier(&view, "example.com/b"));
    bundle_file_free(&view);
    made.table.parts[0] = 0; /* another plugin's copy is */
    assert_true(view_sized(&made, sizeof made.table, &view, &error));
    assert_null(bundle_file_find_carrier(&view, "example.com/a"));
    bundle_file_free(&view);
}

static void a_damaged_table_is_refused(void **state)
{
    (void)state;
    struct made_bundle made;
    make_bundle(&made);
    check_refused_sized(&made, sizeof made.table.header - 1,
                        "the table is truncated; link it again");
    check_refused_sized(&made, sizeof made.table - 1, "the table is truncated; link it again");
    made.table.header.magic++;
    check_refused(&made, "the table has a bad magic number; link it again");
    make_bundle(&made);
    made.table.header.count = UINT32_MAX;
    check_refused(&made, "the table is truncated; link it again");
    make_bundle(&made);
    made.table.plugins[0].part_count = 2;
    check_refused(&made, "a package lies outside the table; link it again");
}

static void a_damaged_plugin_is_refused(void **state)
{
    (void)state;
    struct made_bundle made;
    make_bundle(&made);
    made.table.plugins[1].built_in += (int64_t)sizeof(struct entry) + 1;
    check_refused(&made, "a plugin lies outside the section");
    make_bundle(&made);
    made.table.plugins[1].built_in += (int64_t)sizeof(struct entry) - 8;
    check_refused(&made, "a plugin is truncated; link it again");
    make_bundle(&made);
    made.entries[1].header.magic++;
    check_refused(&made, "a plugin has a bad magic number; link it again");
    make_bundle(&made);
    made.entries[1].header.size++;
    check_refused(&made, "a plugin is truncated; link it again");
    make_bundle(&made);
    made.entries[1].header.name = sizeof(struct entry);
    check_refused(&made, "a plugin is truncated; link it again");
    make_bundle(&made);
    made.entries[1].header.meta = sizeof(struct entry);
    check_refused(&made, "a plugin is truncated; link it again");
    make_bundle(&made);
    made.entries[1].header.btf_size = sizeof(struct entry);
    check_refused(&made, "a plugin is truncated; link it again");
}

/* Each would be read, however often. */
static void plugins_that_overlap_are_refused(void **state)
{
    (void)state;
    struct made_bundle made;
    make_bundle(&made);
    made.table.plugins[1].built_in = made.table.plugins[0].built_in;
    made.entries[0].header.size += sizeof(struct entry);
    check_refused(&made, "plugins overlap");
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    static const char text[] =
        "its built-in plugins have format version 2, but this library supports "
        "version 1 only; build them and the program with one `plugin` command";
    struct made_bundle made;
    struct bundle_file view;
    ERROR_AUTO error = {0};
    make_bundle(&made);
    made.table.header.version = 2;
    assert_false(view_sized(&made, sizeof made.table, &view, &error));
    bundle_file_free(&view);
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(error_text(&error), text);
    make_bundle(&made);
    made.entries[0].header.version = 2;
    assert_false(view_sized(&made, sizeof made.table, &view, &error));
    bundle_file_free(&view);
    assert_string_equal(error_text(&error), text);
}

static void a_plugin_of_a_damaged_stamp_is_refused(void **state)
{
    (void)state;
    struct made_bundle made;
    struct bundle_file view;
    ERROR_AUTO error = {0};
    make_bundle(&made);
    made.entries[1].btf[0]++;
    assert_true(view_sized(&made, sizeof made.table, &view, &error));
    assert_null(module_types(&view.plugins[1].module, &error));
    bundle_file_free(&view);
    assert_string_equal(error_text(&error), "its .BTF section is damaged: not BTF version 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plugins_are_read),
        cmocka_unit_test(a_damaged_table_is_refused),
        cmocka_unit_test(a_damaged_plugin_is_refused),
        cmocka_unit_test(plugins_that_overlap_are_refused),
        cmocka_unit_test(other_versions_are_refused),
        cmocka_unit_test(a_plugin_of_a_damaged_stamp_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

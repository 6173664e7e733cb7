/* What a module needs, and what is read of it. */
#include "tests/common/check.h"
#include "tests/libraries/libraries_made.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the system's libraries ---- */

static void the_system_c_library_is_found(void **state)
{
    (void)state;
    READING_AUTO reading;
    read_all(&reading, "/proc/self/exe", NULL);
    assert_int_equal(reading.libraries.missing_count, 0);
    const struct library *libc = NULL;
    for (size_t i = 1; i < reading.libraries.count; i++)
        if (!strcmp(reading.libraries.items[i].name, "libc.so.6"))
            libc = &reading.libraries.items[i];
    if (!libc)
        skip();
    assert_int_equal(libc->path[0], '/');
    const char *name = "gnu_get_libc_version";
    assert_ptr_equal(libraries_find(&reading.libraries, name, NULL), libc);
    struct dynamic_symbol symbol;
    assert_true(dynamic_find(&libc->dynamic, name, NULL, &symbol));
    assert_non_null(symbol.version);
    assert_ptr_equal(libraries_find(&reading.libraries, name, symbol.version), libc);
    assert_null(libraries_find(&reading.libraries, name, "GLIBC_9.99"));
    assert_null(libraries_find(&reading.libraries, "no_such_symbol", NULL));
}

static void what_the_program_wants_is_there(void **state)
{
    (void)state;
    READING_AUTO reading;
    size_t wanted = 0;
    read_all(&reading, "/proc/self/exe", NULL);
    for (uint32_t i = 1; i < reading.dynamic.symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(&reading.dynamic, i);
        if (!symbol.is_wanted || symbol.is_weak)
            continue;
        wanted++;
        assert_non_null(libraries_find(&reading.libraries, symbol.name, symbol.version));
    }
    assert_true(wanted > 0);
}

static bool everything_is_loaded(void *context, const char *name)
{
    (void)context;
    (void)name;
    return true;
}

static void what_is_loaded_is_not_read(void **state)
{
    (void)state;
    READING_AUTO reading;
    read_all(&reading, "/proc/self/exe", everything_is_loaded);
    check_counts(&reading, 0, 0);
}

/* ---- the order ---- */

static void libraries_are_read_breadth_first_and_once(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"liba.so", "libb.so"}, .rpath = "$ORIGIN/a"});
    write_library("a/liba.so", (struct says){.needed = {"libd.so"}, .soname = "liba.so"});
    write_library("a/libb.so", (struct says){.needed = {"libd.so", "libc-of-b.so", "liba.so"}});
    write_library("a/libd.so", (struct says){.needed = {"libb.so"}, .defines = "f"});
    write_library("a/libc-of-b.so", (struct says){.defines = "f"});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 4, 0);
    check_item(&reading, 0, path_to("root.so"), "root.so", 0);
    check_item(&reading, 1, "liba.so", "a/liba.so", 0);
    check_item(&reading, 2, "libb.so", "a/libb.so", 0);
    check_item(&reading, 3, "libd.so", "a/libd.so", 1);
    check_item(&reading, 4, "libc-of-b.so", "a/libc-of-b.so", 2);
    assert_ptr_equal(libraries_find(&reading.libraries, "f", NULL), &reading.libraries.items[3]);
}

static void a_library_is_known_by_its_own_name(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"liba.so", "libx.so.1"},
                                           .soname = "root.so",
                                           .runpath = "$ORIGIN/a"});
    write_library("a/liba.so", (struct says){.soname = "libx.so.1", .needed = {"root.so"}});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 1, 0);
}

static void one_file_by_two_names_is_read_once(void **state)
{
    (void)state;
    write_library("root.so",
                  (struct says){.needed = {"libx.so", "liby.so"}, .runpath = "$ORIGIN/a"});
    write_library("b/real.so", (struct says){.defines = "f"});
    assert_int_equal(symlink(path_to("b/real.so"), path_to("a/libx.so")), 0);
    assert_int_equal(link(path_to("b/real.so"), path_to("a/liby.so")), 0);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 1, 0);
    check_item(&reading, 1, "libx.so", "b/real.so", 0);
    assert_string_equal(reading.libraries.items[1].origin, path_to("a"));
}

/* Links of the directory and of the name: to a name in it, to another directory, in a ring. */
static void each_path_is_without_links(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"libx.so", "liby.so", "libz.so", "libo.so"},
                                           .runpath = "$ORIGIN/link"});
    assert_int_equal(symlink("b", path_to("link")), 0);
    write_library("b/libx.so.1.2", (struct says){0});
    assert_int_equal(symlink("libx.so.1.2", path_to("b/libx.so.1")), 0);
    assert_int_equal(symlink("libx.so.1", path_to("b/libx.so")), 0);
    write_library("a/liby.so.1", (struct says){0});
    assert_int_equal(symlink("../a/liby.so.1", path_to("b/liby.so")), 0);
    write_library("b/libz.so", (struct says){0});
    assert_int_equal(symlink("libo.so", path_to("b/libo.so")), 0);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 3, 1);
    check_item(&reading, 1, "libx.so", "b/libx.so.1.2", 0);
    check_item(&reading, 2, "liby.so", "a/liby.so.1", 0);
    check_item(&reading, 3, "libz.so", "b/libz.so", 0);
    assert_string_equal(reading.libraries.items[3].origin, path_to("link"));
}

/* ---- the tables of a file ---- */

static void check_root_refused(const struct made *made, const char *expected)
{
    write_bytes("root.so", made, sizeof *made);
    READING_AUTO reading;
    assert_false(read_root(&reading, path_to("root.so")));
    assert_int_equal(reading.error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&reading.error), expected);
}

static void a_file_without_a_dynamic_section_is_empty(void **state)
{
    (void)state;
    struct made made = make((struct says){.needed = {"libx.so"}, .defines = "f"});
    made.segments[1].p_type = PT_NULL;
    write_bytes("root.so", &made, sizeof made);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 0, 0);
    assert_int_equal(reading.dynamic.symbol_count, 0);
}

static void a_file_without_section_headers_is_refused(void **state)
{
    (void)state;
    struct made made = make((struct says){0});
    made.header.e_shoff = 0;
    made.header.e_shnum = made.header.e_shstrndx = 0;
    check_root_refused(&made, "it has no section headers, which locate its dynamic symbols");
}

/* The dynamic loader believes the dynamic section; what else the file says must agree. */
static void tables_in_two_places_are_refused(void **state)
{
    (void)state;
    char expected[200];
    const struct made good = make((struct says){0});
    struct made made = good;
    made.sections[STRINGS_SECTION].sh_addr += 8;
    snprintf(expected, sizeof expected,
             "its dynamic section is damaged: DT_STRTAB is %#zx, but no section of "
             "its type starts there",
             offsetof(struct made, strings));
    check_root_refused(&made, expected);
    made = good;
    made.sections[SYMBOLS_SECTION].sh_offset += 8;
    check_root_refused(&made, "its dynamic section is damaged: DT_SYMTAB is not mapped by a "
                              "readable PT_LOAD segment");
    made = good;
    made.segments[0].p_vaddr = sizeof made;
    check_root_refused(
        &made, "its dynamic section is damaged: it is not mapped by a readable PT_LOAD segment");
    made = good;
    made.segments[0].p_flags = PF_X; /* where the dynamic loader may not read it */
    check_root_refused(
        &made, "its dynamic section is damaged: it is not mapped by a readable PT_LOAD segment");
    made = good;
    made.segments[0].p_type = PT_NULL;
    check_root_refused(
        &made, "its dynamic section is damaged: it is not mapped by a readable PT_LOAD segment");
}

/* Every byte of a file, changed in turn: refused or read, never a crash. */
static void no_changed_byte_is_a_crash(void **state)
{
    (void)state;
    const struct made good =
        make((struct says){.needed = {"libx.so"}, .soname = "root", .defines = "f"});
    for (size_t i = 0; i < sizeof good; i++) {
        size_t in_strings = i - offsetof(struct made, strings);
        if (in_strings > 40 && in_strings < STRINGS_SIZE)
            continue;
        struct made made = good;
        ((uint8_t *)&made)[i] ^= 0xFF;
        write_bytes("root.so", &made, sizeof made);
        READING_AUTO reading = {.file = FILE_NONE};
        assert_true(file_open(&reading.file, path_to("root.so"), &reading.error));
        bool is_read =
            module_read(&reading.module, &reading.file, &reading.arena, &reading.error) &&
            module_read_dynamic(&reading.dynamic, &reading.module, &reading.file, &reading.arena,
                                &reading.error);
        assert_true(is_read || reading.error.code == PLUGIN_NOT_PLUGIN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_c_library_is_found),
        cmocka_unit_test(what_the_program_wants_is_there),
        cmocka_unit_test(what_is_loaded_is_not_read),
        made_test(libraries_are_read_breadth_first_and_once),
        made_test(a_library_is_known_by_its_own_name),
        made_test(one_file_by_two_names_is_read_once),
        made_test(each_path_is_without_links),
        made_test(a_file_without_a_dynamic_section_is_empty),
        made_test(a_file_without_section_headers_is_refused),
        made_test(tables_in_two_places_are_refused),
        made_test(no_changed_byte_is_a_crash),
    };
    struct elf elf;
    ERROR_AUTO error = {0};
    FILE_AUTO file;
    uint8_t start[ELF_HEADER_SIZE];
    if (!file_open(&file, "/proc/self/exe", &error) ||
        !file_read(&file, 0, sizeof start, start, &error) ||
        !elf_read_header(&elf, (struct bytes){start, sizeof start}, file.size, &error))
        return 1;
    own_machine = elf.machine;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

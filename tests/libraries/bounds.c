/* What a hostile plugin costs by the libraries that it needs, and by what these have and want, as
 * tests/fit/bounds.c does of each file by itself: inputs so large that work which grows with the
 * product of two of their sizes does not end within the test's time. */
#include "src/fit/fit.h"
#include "tests/common/alike.h"
#include "tests/common/check.h"
#include "tests/elf/dynamic_large.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

/* ---- a process that has nothing ---- */

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    (void)context, (void)name, (void)version, (void)kind, (void)provider, (void)error;
    *found = false;
    return true;
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)context, (void)package, (void)provider, (void)error;
    *found = false;
    return true;
}

static bool is_loaded(void *context, const char *name)
{
    (void)context, (void)name;
    return true;
}

/* Judges a plugin of these tables, which needs so many libraries of those, and one more unless that
 * is NULL. */
static bool judge(const struct dynamic_large *own, const struct dynamic_large *needed, size_t count,
                  const struct dynamic_large *last, struct misfits *misfits, struct error *error)
{
    static const struct module unstamped;
    static char own_path[] = "/plugin.so", needed_path[] = "/library.so";
    struct library *items = calloc(count + 2, sizeof *items);
    assert_non_null(items);
    items[0].path = own_path;
    items[0].dynamic = own->dynamic;
    items[0].module = &unstamped;
    for (size_t i = 1; i <= count + (last != NULL); i++) {
        items[i].path = needed_path;
        items[i].module = &unstamped;
        items[i].dynamic = i <= count ? needed->dynamic : last->dynamic;
    }
    ARENA_AUTO arena = {0};
    const struct libraries libraries = {
        .arena = &arena, .items = items, .count = count + 1 + (last != NULL)};
    const struct fit_host host = {
        .path = "./host", .find_symbol = find, .find_package = find_package};
    bool is_judged = fit_collect(misfits, &libraries, &host, false, error);
    free(items);
    return is_judged;
}

static void read_tables(struct dynamic_large *large)
{
    ERROR_AUTO error = {0};
    if (!large_read(large, &error))
        fail_msg("%s", error_text(&error));
}

/* All names together may be so many times as long as the strings are. */
static void pad(struct dynamic_large *large, size_t size)
{
    char *padding = malloc(size + 1);
    assert_non_null(padding);
    memset(padding, 'p', size);
    padding[size] = '\0';
    large_string(large, padding);
    free(padding);
}

/* ---- names ---- */

static void check_refused(struct dynamic_large *large, const char *what)
{
    char expected[200];
    ERROR_AUTO error = {0};
    assert_false(large_read(large, &error));
    snprintf(expected, sizeof expected, "its dynamic section is damaged: %s", what);
    assert_string_equal(error_text(&error), expected);
    large_free(large);
}

/* Each reference would be compared with each definition, up to where the versions' names end. */
static void long_names_of_versions_are_refused(void **state)
{
    (void)state;
    enum { VERSIONS = 100, REFERENCES = MIB };
    struct dynamic_large large = large_start();
    pad(&large, 4 * MIB);
    uint32_t name = large_string(&large, "f"), library = large_string(&large, "libf.so");
    for (uint16_t i = 0; i < VERSIONS; i++) {
        large_define_version(&large, (uint16_t)(2 + i), i + 1);
        large_symbol(&large, name, true, (uint16_t)(2 + i));
    }
    large_want_version(&large, 2 + VERSIONS, VERSIONS + 1, library);
    for (int i = 0; i < REFERENCES; i++)
        large_symbol(&large, name, false, 2 + VERSIONS);
    check_refused(&large, "a version name is longer than 256 bytes");
}

static void the_longest_name_of_a_version_is_read(void **state)
{
    (void)state;
    struct dynamic_large large = large_start();
    uint32_t name = (uint32_t)large.strings.size;
    pad(&large, 256);
    large_define_version(&large, 2, name);
    read_tables(&large);
    large_free(&large);
}

/* Each missing symbol is looked for among the names of all missing libraries. */
static void long_names_of_libraries_are_refused(void **state)
{
    (void)state;
    struct dynamic_large needing = large_start(), wanting = large_start();
    pad(&needing, PATH_MAX + 1);
    large_entry(&needing, DT_NEEDED, 1);
    check_refused(&needing, "a library name is longer than PATH_MAX");
    pad(&wanting, PATH_MAX + 1);
    large_want_version(&wanting, 2, large_string(&wanting, "V"), 1);
    check_refused(&wanting, "a library name is longer than PATH_MAX");
}

static bool read_libraries(struct dynamic_large *large, struct error *error)
{
    ARENA_AUTO arena = {0};
    struct libraries libraries = {.arena = &arena};
    const struct module module = {.elf = {.is_64 = true, .machine = EM_X86_64}};
    read_tables(large);
    bool is_read =
        libraries_read(&libraries, "/plugin.so", &module, &large->dynamic, is_loaded, NULL, error);
    libraries_deinit(&libraries);
    large_free(large);
    return is_read;
}

/* Each name is looked for among those that came before it. */
static void libraries_whose_names_hash_alike_are_refused(void **state)
{
    (void)state;
    enum { LIBRARIES = 4000, REPEATED = 4 * MIB };
    struct dynamic_large large = large_start();
    uint32_t number = 0, name = 0;
    ERROR_AUTO error = {0};
    pad(&large, 8 * MIB);
    for (int i = 0; i < LIBRARIES; i++) {
        char chars[ALIKE_NAME];
        alike_name(&number, chars);
        name = large_string(&large, chars);
        large_entry(&large, DT_NEEDED, name);
    }
    for (int i = 0; i < REPEATED; i++)
        large_entry(&large, DT_NEEDED, name);
    assert_false(read_libraries(&large, &error));
    assert_string_equal(error_text(&error), "too many library-name hash collisions");
}

static void one_library_may_be_needed_very_often(void **state)
{
    (void)state;
    struct dynamic_large large = large_start();
    ERROR_AUTO error = {0};
    pad(&large, MIB);
    uint32_t name = large_string(&large, "liba.so");
    for (int i = 0; i < MIB; i++)
        large_entry(&large, DT_NEEDED, name);
    if (!read_libraries(&large, &error))
        fail_msg("%s", error_text(&error));
}

/* ---- files ---- */

/* The directory, with one of 4,096 ways to write its path, and the file's name. */
static void write_path(char *path, size_t size, const char *directory, int way)
{
    int length = snprintf(path, size, "%s", directory);
    for (int bit = 0; bit < 12; bit++)
        length += snprintf(path + length, size - (size_t)length, "%s", way >> bit & 1 ? "/." : "/");
    snprintf(path + length, size - (size_t)length, "/bad.so");
}

static bool none_is_loaded(void *context, const char *name)
{
    (void)context, (void)name;
    return false;
}

#ifdef __x86_64__
/* A library that is found to be damaged at its very end was read for each name that leads to it. */
static void a_damaged_library_is_read_once(void **state)
{
    (void)state;
    enum { NAMES = 4000, SYMBOLS = 2 * MIB };
    char directory[] = "/tmp/test_bounds_XXXXXX", path[256];
    struct dynamic_large own = large_start(), bad = large_start();
    ARENA_AUTO arena = {0};
    struct libraries libraries = {.arena = &arena};
    ERROR_AUTO error = {0};
    const struct module module = {.elf = {.is_64 = true, .machine = EM_X86_64}};
    assert_non_null(mkdtemp(directory));
    for (int i = 0; i < NAMES; i++) {
        write_path(path, sizeof path, directory, i);
        large_entry(&own, DT_NEEDED, large_string(&own, path));
    }
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(descriptor >= 0 && large_write_damaged(&bad, descriptor, EM_X86_64, SYMBOLS));
    read_tables(&own);
    bool is_read = libraries_read(&libraries, "/plugin.so", &module, &own.dynamic, none_is_loaded,
                                  NULL, &error);
    close(descriptor);
    unlink(path);
    rmdir(directory);
    if (!is_read)
        fail_msg("%s", error_text(&error));
    assert_int_equal(libraries.missing_count, NAMES);
    for (int i = 1; i < NAMES; i++)
        assert_string_equal(libraries.missing[i].reason, libraries.missing[0].reason);
    assert_non_null(strstr(libraries.missing[0].reason, "a symbol name lies outside"));
    libraries_deinit(&libraries);
    large_free(&own);
    large_free(&bad);
}
#endif

/* ---- symbols ---- */

/* Each that is missing names the libraries that were asked for it, of which some are not told. */
static void missing_symbols_do_not_name_very_many_libraries(void **state)
{
    (void)state;
    enum { SYMBOLS = 20000 };
    struct dynamic_large large = large_start();
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    pad(&large, MIB);
    uint32_t library = large_string(&large, "libc.so.6");
    for (int i = 0; i < MIB; i++)
        large_entry(&large, DT_NEEDED, library);
    for (int i = 0; i < SYMBOLS; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        large_symbol(&large, large_string(&large, name), false, 1);
    }
    read_tables(&large);
    assert_true(judge(&large, NULL, 0, NULL, &misfits, &error));
    assert_true(misfits_are_too_many(&misfits));
    assert_string_equal(text_chars(&misfits.items[0].text), "f0: not exported by the host");
    large_free(&large);
}

/* The plugin wants what its last library has: it was looked for in all that come before it. */
static void symbols_are_not_looked_for_in_every_library(void **state)
{
    (void)state;
    enum { LIBRARIES = 30000, SYMBOLS = MIB };
    struct dynamic_large own = large_start(), needed = large_start(), last = large_start();
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    large_symbol(&needed, large_string(&needed, "one"), true, 1);
    for (int i = 0; i < SYMBOLS; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        large_symbol(&own, large_string(&own, name), false, 1);
        large_symbol(&last, large_string(&last, name), true, 1);
    }
    read_tables(&own);
    read_tables(&needed);
    read_tables(&last);
    if (!judge(&own, &needed, LIBRARIES, &last, &misfits, &error))
        fail_msg("%s", error_text(&error));
    assert_int_equal(misfits.count, 0);
    large_free(&own);
    large_free(&needed);
    large_free(&last);
}

/* In each of many libraries, as many symbols as may be have the hash of what all of them want. */
static void a_search_for_what_is_called_alike_ends(void **state)
{
    (void)state;
    enum { LIBRARIES = 1000, DEFINED = 100, WANTED = 1000 };
    struct dynamic_large large = large_start();
    uint32_t number = 0;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    for (int i = 0; i < DEFINED + WANTED; i++) {
        char name[ALIKE_NAME];
        alike_name(&number, name);
        large_symbol(&large, large_string(&large, name), i < DEFINED, 1);
    }
    read_tables(&large);
    assert_false(judge(&large, &large, LIBRARIES, NULL, &misfits, &error));
    assert_string_equal(error_text(&error),
                        "too many symbol-name hash collisions in it and its libraries");
    large_free(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_names_of_versions_are_refused),
        cmocka_unit_test(the_longest_name_of_a_version_is_read),
        cmocka_unit_test(long_names_of_libraries_are_refused),
        cmocka_unit_test(libraries_whose_names_hash_alike_are_refused),
        cmocka_unit_test(one_library_may_be_needed_very_often),
#ifdef __x86_64__
        cmocka_unit_test(a_damaged_library_is_read_once),
#endif
        cmocka_unit_test(missing_symbols_do_not_name_very_many_libraries),
        cmocka_unit_test(symbols_are_not_looked_for_in_every_library),
        cmocka_unit_test(a_search_for_what_is_called_alike_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

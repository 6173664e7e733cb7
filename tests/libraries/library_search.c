/* Where the dynamic loader would find a library. */
#include "tests/common/check.h"
#include "tests/libraries/libraries_made.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- reading them ---- */

/* Is the library libx.so, which root.so needs, the one in this directory? */
static void check_found_in(const char *where)
{
    READING_AUTO reading;
    char path[PATH_MAX];
    read_made(&reading);
    check_counts(&reading, 1, 0);
    snprintf(path, sizeof path, "%s/libx.so", where);
    check_item(&reading, 1, "libx.so", path, 0);
}

static void check_missing_starts(const struct reading *reading, const char *name,
                                 const char *reason)
{
    assert_int_equal(reading->libraries.missing_count, 1);
    const struct missing_library *missing = &reading->libraries.missing[0];
    assert_string_equal(missing->name, name);
    assert_non_null(missing->reason);
    if (strncmp(missing->reason, reason, strlen(reason)) != 0)
        assert_string_equal(missing->reason, reason);
}

/* ---- where it looks ---- */

static void rpath_is_inherited_and_runpath_is_not(void **state)
{
    (void)state;
    write_library("a/libx.so", (struct says){.needed = {"liby.so"}});
    write_library("a/liby.so", (struct says){0});
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = path_to("a")});
    READING_AUTO inherited;
    read_made(&inherited);
    check_counts(&inherited, 2, 0);
    check_item(&inherited, 2, "liby.so", "a/liby.so", 1);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = path_to("a")});
    READING_AUTO own;
    read_made(&own);
    check_counts(&own, 1, 1);
    assert_string_equal(own.libraries.missing[0].needer, path_to("a/libx.so"));
    /* Whoever has DT_RUNPATH does not inherit. */
    write_library("a/libx.so", (struct says){.needed = {"liby.so"}, .runpath = path_to("b")});
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = path_to("a")});
    READING_AUTO either;
    read_made(&either);
    check_counts(&either, 1, 1);
}

static void the_environment_goes_after_rpath_and_before_runpath(void **state)
{
    (void)state;
    char list[3 * PATH_MAX];
    write_library("a/libx.so", (struct says){0});
    write_library("b/libx.so", (struct says){0});
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = path_to("a")});
    check_found_in("a");
    snprintf(list, sizeof list, "/nowhere;%s", path_to("b"));
    setenv("LD_LIBRARY_PATH", list, 1);
    check_found_in("b");
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = path_to("a")});
    check_found_in("a");
    unlink(path_to("a/libx.so"));
    check_found_in("b");
}

static void variables_are_replaced(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "$ORIGIN/a",
        "${ORIGIN}/a",
        "/nowhere:$ORIGIN/a/",
        "$ORIGIN/b/../a",
        "$ORIGINAL:$ORIGIN/a",
        "${ORIGIN:${LIBRARY}:$LIB:${PLATFORM}:$:$ORIGIN/a",
        "$ORIGIN_/b:$ORIGIN0/b:$ORIGINz/b:$ORIGIN{/b:$ORIGIN/a",
    };
    write_library("a/libx.so", (struct says){0});
    for (size_t i = 0; i < COUNT(forms); i++) {
        write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = forms[i]});
        check_found_in("a");
    }
    write_library("root.so", (struct says){.needed = {"${ORIGIN}/a/libx.so"}});
    READING_AUTO reading;
    read_made(&reading);
    check_item(&reading, 1, "${ORIGIN}/a/libx.so", "a/libx.so", 0);
}

/* Of such a one nobody knows where its libraries are but who says so. */
static void libraries_of_an_unknown_machine_are_found(void **state)
{
    (void)state;
    const uint16_t known = own_machine;
    own_machine = 0x1234;
    write_library("a/libx.so", (struct says){0});
    write_library("root.so",
                  (struct says){.needed = {"libx.so"}, .runpath = "$LIB:$ORIGIN/$LIB:$ORIGIN/a"});
    own_machine = known;
    check_found_in("a");
}

/* The directories of the program count for musl as those of its DT_RPATH do. */
static void musl_looks_in_the_programs_directories(void **state)
{
    (void)state;
    const char *program = path_to("program");
    write_library("a/libx.so", (struct says){.needed = {"libc.so", "./no/libn.so"}});
    write_library("root.so", (struct says){.needed = {"libc.so", "libx.so"}});
    READING_AUTO reading;
    assert_true(read_root(&reading, path_to("root.so")));
    reading.libraries.program =
        (struct libraries_program){.runpath = "/nowhere:$ORIGIN/a", .path = program};
    check_starved(&reading, path_to("root.so"), NULL);
    assert_true(libraries_read(&reading.libraries, path_to("root.so"), &reading.module,
                               &reading.dynamic, NULL, NULL, &reading.error));
    check_item(&reading, reading.libraries.count - 1, "libx.so", "a/libx.so", 0);
}

static void an_origin_is_where_a_library_was_found(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = "$ORIGIN/a"});
    write_library("b/real.so", (struct says){.needed = {"liby.so"}, .runpath = "$ORIGIN"});
    write_library("a/liby.so", (struct says){0});
    assert_int_equal(symlink("../b/real.so", path_to("a/libx.so")), 0);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 2, 0);
    check_item(&reading, 2, "liby.so", "a/liby.so", 1);
}

/* As the list of a hostile file may, this one has so many directories that trying all takes long.
 */
static void a_search_in_too_many_directories_ends(void **state)
{
    (void)state;
    enum { DIRECTORIES = 60000 };
    char *list = malloc(DIRECTORIES * 8 + 1);
    assert_non_null(list);
    for (int i = 0; i < DIRECTORIES; i++)
        snprintf(list + i * 8, 9, "/%06d:", i);
    setenv("LD_LIBRARY_PATH", list, 1);
    free(list);
    READING_AUTO reading;
    write_library("root.so", (struct says){.needed = {"absent.so"}});
    assert_true(read_root(&reading, path_to("root.so")));
    assert_false(libraries_read(&reading.libraries, path_to("root.so"), &reading.module,
                                &reading.dynamic, NULL, NULL, &reading.error));
    assert_string_equal(error_text(&reading.error),
                        "absent.so: too many libraries and search directories");
}

static void check_in_working_directory(const char *runpath, const char *wanted)
{
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = runpath});
    write_library("b/libx.so", (struct says){0});
    assert_int_equal(chdir(path_to("b")), 0);
    READING_AUTO reading;
    read_made(&reading);
    assert_int_equal(chdir(before), 0);
    check_missing_starts(&reading, "libx.so", wanted);
}

static void nothing_is_taken_from_a_relative_directory(void **state)
{
    (void)state;
    check_in_working_directory("/nowhere:", "found in \".\", which is relative to the working");
    check_in_working_directory("../b", "found in \"../b\", which is relative to the working");
    check_in_working_directory("../a:/nowhere", "not found in ../a, /nowhere");
}

static void a_library_of_another_machine_is_passed_over(void **state)
{
    (void)state;
    char list[3 * PATH_MAX];
    struct made other = make((struct says){0});
    other.header.e_machine = EM_68K;
    write_bytes("a/libx.so", &other, sizeof other);
    write_library("b/libx.so", (struct says){0});
    snprintf(list, sizeof list, "%s:%s", path_to("a"), path_to("b"));
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = list});
    check_found_in("b");
    unlink(path_to("b/libx.so"));
    READING_AUTO reading;
    read_made(&reading);
    check_missing_starts(&reading, "libx.so", "not found in ");
    snprintf(list, sizeof list, "; %s is for machine %d, %d bits", path_to("a/libx.so"), EM_68K,
             (int)sizeof(void *) * 8);
    assert_non_null(strstr(reading.libraries.missing[0].reason, list));
}

/* musl's C library is its dynamic loader, which has a path of its own. */
static void with_musl_other_rules_hold(void **state)
{
    (void)state;
    write_library("a/libx.so", (struct says){.needed = {"liby.so", "libpthread.so.0"}});
    write_library("b/liby.so", (struct says){0});
    write_library("root.so", (struct says){.needed = {"libx.so", "libc.so"},
                                           .runpath = "$ORIGIN/a:$ORIGIN/b"});
    READING_AUTO reading;
    read_made(&reading);
    check_item(&reading, 1, "libx.so", "a/libx.so", 0);
    bool is_musl_there = !reading.libraries.missing_count;
    check_item(&reading, is_musl_there ? 3 : 2, "liby.so", "b/liby.so", 1);
    if (!is_musl_there)
        assert_non_null(strstr(reading.libraries.missing[0].reason, "/lib/ld-musl-"));
}

/* ---- what is missing ---- */

static void a_missing_library_says_where_it_is_not(void **state)
{
    (void)state;
    char expected[3 * PATH_MAX];
    write_library("root.so", (struct says){.needed = {"libx.so"},
                                           .runpath = "$ORIGIN/a:$ORIGIN/b"
                                                      ":$ORIGIN/a"});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 0, 1);
    snprintf(expected, sizeof expected, "not found in %s, %s, /", path_to("a"), path_to("b"));
    check_missing_starts(&reading, "libx.so", expected);
    assert_string_equal(reading.libraries.missing[0].needer, path_to("root.so"));
    assert_non_null(strstr(reading.libraries.missing[0].reason, ", /usr/lib"));
}

static void a_long_list_of_directories_is_cut(void **state)
{
    (void)state;
    char list[200] = "/1";
    for (int i = 2; i <= 30; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), ":/%d", i);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = list});
    READING_AUTO reading;
    read_made(&reading);
    check_missing_starts(&reading, "libx.so",
                         "not found in /1, /2, /3, /4, /5, /6, /7, /8, /9, /10, /11, /12, /13, "
                         "/14, /15, /16 and ");
}

static void a_missing_path_is_no_list_of_directories(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"/nowhere/libx.so"}});
    READING_AUTO reading;
    read_made(&reading);
    check_missing_starts(&reading, "/nowhere/libx.so", "/nowhere/libx.so does not exist");
}

static void check_bad_library(const void *bytes, size_t size, const char *why)
{
    char expected[2 * PATH_MAX];
    write_bytes("a/libx.so", bytes, size);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = "$ORIGIN/a"});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 0, 1);
    snprintf(expected, sizeof expected, "%s: %s", path_to("a/libx.so"), why);
    check_missing_starts(&reading, "libx.so", expected);
}

static void what_is_no_library_says_why(void **state)
{
    (void)state;
    check_bad_library("", 0, "it is empty");
    check_bad_library("GROUP(x)", 8, "it is a text file, not an ELF file");
    struct made made = make((struct says){0});
    check_bad_library(&made, sizeof made - 1, "it is truncated or damaged: its section headers");
    made.header.e_type = ET_EXEC;
    check_bad_library(&made, sizeof made, "it is not a shared library");
    made = make((struct says){0});
    made.entries[0].d_un.d_val++;
    check_bad_library(&made, sizeof made, "its dynamic section is damaged: DT_SYMTAB is 0x");
}

static void a_directory_is_no_library(void **state)
{
    (void)state;
    char expected[2 * PATH_MAX];
    assert_int_equal(mkdir(path_to("a/libx.so"), 0700), 0);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = "$ORIGIN/a"});
    READING_AUTO reading;
    read_made(&reading);
    snprintf(expected, sizeof expected, "%s: it is a directory", path_to("a/libx.so"));
    check_missing_starts(&reading, "libx.so", expected);
}

/* ---- glibc's cache ---- */

struct cache {
    char magic[20];
    uint32_t entry_count, strings_size;
    uint8_t byte_order, padding[3];
    uint32_t unused[4];
    struct {
        int32_t flags;
        uint32_t name, path, os_version;
        uint64_t features;
    } entries[3];
    char strings[64];
};

static struct cache make_cache(void)
{
    static const char strings[] = "libx.so\0/1/libx.so\0/2/libx.so\0/3/libx.so";
    struct cache cache = {.entry_count = 3, .strings_size = sizeof cache.strings};
    memcpy(cache.magic, "glibc-ld.so.cache1.1", sizeof cache.magic);
    memcpy(cache.strings, strings, sizeof strings);
    for (uint32_t i = 0; i < 3; i++) {
        cache.entries[i].name = offsetof(struct cache, strings);
        cache.entries[i].path = (uint32_t)offsetof(struct cache, strings) + 8 + 11 * i;
    }
    cache.entries[1].features = 1;
    return cache;
}

static struct bytes cache_bytes(const struct cache *cache, size_t size)
{
    return library_cache((struct bytes){(const uint8_t *)cache, size});
}

static const char *first_in(struct bytes cache, const char *name)
{
    size_t index = 0;
    bool is_special;
    const char *found = library_cache_next(cache, name, &index, &is_special);
    while (found && is_special)
        found = library_cache_next(cache, name, &index, &is_special);
    return found;
}

static void the_cache_is_read_in_order(void **state)
{
    (void)state;
    struct cache cache = make_cache();
    struct bytes bytes = cache_bytes(&cache, sizeof cache);
    size_t index = 0;
    bool is_special;
    assert_string_equal(library_cache_next(bytes, "libx.so", &index, &is_special), "/1/libx.so");
    assert_false(is_special);
    assert_string_equal(library_cache_next(bytes, "libx.so", &index, &is_special), "/2/libx.so");
    assert_true(is_special);
    assert_string_equal(library_cache_next(bytes, "libx.so", &index, &is_special), "/3/libx.so");
    assert_false(is_special);
    assert_null(library_cache_next(bytes, "libx.so", &index, &is_special));
    assert_null(first_in(bytes, "libx.so.1"));
    assert_null(first_in(bytes, "libx"));
    assert_null(first_in((struct bytes){0}, "libx.so"));
}

static void the_cache_is_found_behind_an_older_one(void **state)
{
    (void)state;
    struct {
        char magic[12];
        uint32_t entry_count;
        uint8_t entries[3][12];
        uint32_t padding;
        struct cache cache;
    } both = {.magic = "ld.so-1.7.0", .entry_count = 3, .cache = make_cache()};
    struct bytes file = {(const uint8_t *)&both, sizeof both};
    assert_string_equal(first_in(library_cache(file), "libx.so"), "/1/libx.so");
    both.entry_count = UINT32_MAX;
    assert_int_equal(library_cache(file).size, 0);
}

static void a_damaged_cache_is_none(void **state)
{
    (void)state;
    const struct cache good = make_cache();
    struct cache cache = good;
    for (size_t size = 0; size < sizeof cache; size++) {
        void *exact = malloc(size ? size : 1);
        assert_non_null(exact);
        memcpy(exact, &cache, size);
        const char *found = first_in(cache_bytes(exact, size), "libx.so");
        assert_true(!found || !strcmp(found, "/1/libx.so"));
        free(exact);
    }
    cache.magic[0] = 'x';
    assert_int_equal(cache_bytes(&cache, sizeof cache).size, 0);
    cache = good;
    cache.byte_order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 3 : 2;
    assert_int_equal(cache_bytes(&cache, sizeof cache).size, 0);
    cache = good;
    cache.entry_count = UINT32_MAX;
    assert_null(first_in(cache_bytes(&cache, sizeof cache), "libx.so"));
    cache = good;
    cache.entries[0].name = UINT32_MAX;
    assert_string_equal(first_in(cache_bytes(&cache, sizeof cache), "libx.so"), "/3/libx.so");
    cache.entries[2].path = UINT32_MAX;
    assert_null(first_in(cache_bytes(&cache, sizeof cache), "libx.so"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        made_test(rpath_is_inherited_and_runpath_is_not),
        made_test(the_environment_goes_after_rpath_and_before_runpath),
        made_test(variables_are_replaced),
        made_test(libraries_of_an_unknown_machine_are_found),
        made_test(musl_looks_in_the_programs_directories),
        made_test(an_origin_is_where_a_library_was_found),
        made_test(a_search_in_too_many_directories_ends),
        made_test(nothing_is_taken_from_a_relative_directory),
        made_test(a_library_of_another_machine_is_passed_over),
        made_test(with_musl_other_rules_hold),
        made_test(a_missing_library_says_where_it_is_not),
        made_test(a_long_list_of_directories_is_cut),
        made_test(a_missing_path_is_no_list_of_directories),
        made_test(what_is_no_library_says_why),
        made_test(a_directory_is_no_library),
        cmocka_unit_test(the_cache_is_read_in_order),
        cmocka_unit_test(the_cache_is_found_behind_an_older_one),
        cmocka_unit_test(a_damaged_cache_is_none),
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

/* Which file a path leads to: as realpath says, whether or not the file is opened on the way. */
#include "src/api/resolve_p.h"
#include "tests/common/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/plugin-test-resolve.XXXXXX";

static void make_file(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(path, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    char *made = mkdtemp(top);
    assert_non_null(made);
    assert_int_equal(chdir(top), 0);
    assert_int_equal(mkdir("a", 0777), 0);
    assert_int_equal(mkdir("a/b", 0777), 0);
    assert_int_equal(mkdir("a/..b", 0777), 0);
    make_file("file");
    make_file("a/file");
    make_file("a/b/.file");
    make_file("a/..b/file..");
    assert_int_equal(symlink("a/file", "link"), 0);
    assert_int_equal(symlink("a/b", "folder"), 0);
    assert_int_equal(symlink("nothing", "lost"), 0);
    assert_int_equal(symlink("ring", "ring"), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[sizeof top + 16];
    snprintf(command, sizeof command, "rm -rf %s", top);
    return system(command) == 0 && chdir("/") == 0 ? 0 : -1;
}

/* Resolves the path in both ways, and compares each with realpath. */
static void check_path(const char *path, bool has_link)
{
    char expected[PATH_MAX], resolved[PATH_MAX];
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO error = {0};
    struct stat status;
    if (!realpath(path, expected))
        fail_msg("%s: %s", path, strerror(errno));
    if (!resolve(resolved, &file, path, NULL, &error))
        fail_msg("%s: %s", path, error_text(&error));
    assert_string_equal(resolved, expected);
    assert_int_equal(file_is_open(&file), !has_link);
    if (!has_link) {
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(file.inode, status.st_ino);
        assert_int_equal(file.size, status.st_size);
        assert_int_equal(fcntl(file.descriptor, F_GETFD), FD_CLOEXEC);
    }
    memset(resolved, 0, sizeof resolved);
    assert_true(resolve(resolved, NULL, path, NULL, &error));
    assert_string_equal(resolved, expected);
}

static void check_absolute(const char *path, bool has_link)
{
    char absolute[PATH_MAX];
    snprintf(absolute, sizeof absolute, "%s/%s", top, path);
    check_path(absolute, has_link);
    snprintf(absolute, sizeof absolute, "//..%s/./%s", top, path);
    check_path(absolute, has_link);
}

static const char *const plain[] = {
    "file",
    "./file",
    "a/file",
    "a//file",
    "././a/./b/.file",
    "a/../file",
    "a/b/../file",
    "a/b/../../file",
    "a/..b/file..",
    "a/..b/../b/.file",
    "a/b/./.././/file",
};

static void a_path_without_links_is_simplified(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(plain); i++) {
        check_path(plain[i], false);
        check_absolute(plain[i], false);
    }
}

static void a_path_is_seen_from_the_working_directory(void **state)
{
    (void)state;
    assert_int_equal(chdir("a/b"), 0);
    check_path(".file", false);
    check_path("../file", false);
    check_path("../../file", false);
    assert_int_equal(chdir("/"), 0);
    char path[sizeof top + 8];
    snprintf(path, sizeof path, "%s/file", top + 1);
    check_path(path, false);
    assert_int_equal(chdir(top), 0);
}

static void links_are_followed(void **state)
{
    (void)state;
    static const char *const linked[] = {"link", "folder/.file", "folder/../file", "a/../link",
                                         "a/../folder/../b/.file"};
    for (size_t i = 0; i < COUNT(linked); i++) {
        check_path(linked[i], true);
        check_absolute(linked[i], true);
    }
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } none[] = {{"", "No such file or directory"},
                {"nothing", "No such file or directory"},
                {"lost", "No such file or directory"},
                {"file/", "Not a directory"},
                {"file/.", "Not a directory"},
                {"nothing/../file", "No such file or directory"},
                {"ring", "Too many levels of symbolic links"}};
    for (size_t i = 0; i < COUNT(none); i++) {
        char resolved[PATH_MAX];
        FILE_AUTO file = FILE_NONE;
        ERROR_AUTO error = {0};
        assert_false(resolve(resolved, &file, none[i].path, NULL, &error));
        assert_int_equal(error.code, PLUGIN_NOT_FOUND);
        assert_string_equal(error_text(&error), none[i].text);
        assert_false(file_is_open(&file));
    }
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    char resolved[PATH_MAX];
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO error = {0};
    assert_false(resolve(resolved, &file, "a/b", NULL, &error));
    assert_string_equal(error_text(&error), "it is a directory");
    assert_false(file_is_open(&file));
}

/* A name of a file, relative to a directory whose path is nearly as long as one may be. */
static void a_path_that_would_be_too_long_is_refused(void **state)
{
    (void)state;
    char name[256], resolved[PATH_MAX];
    memset(name, 'x', 255);
    name[255] = '\0';
    size_t length = strlen(top);
    for (; length + 1 + 255 < PATH_MAX - 1; length += 1 + 255) {
        assert_int_equal(mkdir(name, 0777), 0);
        assert_int_equal(chdir(name), 0);
    }
    size_t fits = PATH_MAX - 1 - length - 1;
    name[fits] = '\0';
    make_file(name);
    check_path(name, false);
    name[fits] = 'x';
    name[fits + 1] = '\0';
    make_file(name);
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO error = {0};
    assert_false(resolve(resolved, &file, name, NULL, &error));
    assert_string_equal(error_text(&error), strerror(ENAMETOOLONG));
    assert_false(file_is_open(&file));
    assert_int_equal(chdir(top), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_without_links_is_simplified),
        cmocka_unit_test(a_path_is_seen_from_the_working_directory),
        cmocka_unit_test(links_are_followed),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_path_that_would_be_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

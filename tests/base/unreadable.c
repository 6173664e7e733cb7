/* What is no regular file is refused by what it is; what becomes shorter while it is read, too. */
#include "src/base/file.h"
#include "tests/common/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[] = "/tmp/plugin-file-XXXXXX";

static char *path_to(const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"fifo", "socket", "file"};
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(path_to(names[i]));
    return rmdir(directory);
}

static void check_refused(const char *path, enum plugin_code code, const char *expected)
{
    struct file file;
    ERROR_AUTO error = {0};
    assert_false(file_open(&file, path, &error));
    assert_int_equal(file.descriptor, -1);
    assert_int_equal(error.code, code);
    assert_string_equal(error_text(&error), expected);
}

static void write_file(const char *text)
{
    FILE *out = fopen(path_to("file"), "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void what_is_no_file_is_named(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path_to("socket"));
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    check_refused(path_to("socket"), PLUGIN_NOT_PLUGIN, "it is a socket or a device");
    close(listener);
    assert_int_equal(mkfifo(path_to("fifo"), 0600), 0);
    check_refused(path_to("fifo"), PLUGIN_NOT_PLUGIN, "it is a FIFO");
    check_refused(directory, PLUGIN_NOT_PLUGIN, "it is a directory");
    check_refused("/dev/null", PLUGIN_NOT_PLUGIN, "it is a device");
    check_refused(path_to("absent"), PLUGIN_NOT_FOUND, "No such file or directory");
}

static void too_many_open_files_are_the_systems_failure(void **state)
{
    (void)state;
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    write_file("text");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct file file;
    ERROR_AUTO error = {0};
    bool is_open = file_open(&file, path_to("file"), &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_false(is_open);
    assert_int_equal(error.code, PLUGIN_SYSTEM);
    assert_string_equal(error_text(&error), "open: Too many open files");
}

static void a_file_is_read(void **state)
{
    (void)state;
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO error = {0};
    char text[8] = "";
    write_file("some text");
    assert_true(file_open(&file, path_to("file"), &error));
    assert_int_equal(file.size, 9);
    assert_true(file_read(&file, 5, 4, text, &error));
    assert_string_equal(text, "text");
    assert_true(file_read(&file, 9, 0, text, &error));
    const struct file closed = {.descriptor = -1};
    assert_false(file_read(&closed, 0, 1, text, &error));
    assert_int_equal(error.code, PLUGIN_SYSTEM);
    assert_string_equal(error_text(&error), "read: Bad file descriptor");
}

static void a_change_of_a_file_is_seen(void **state)
{
    (void)state;
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO error = {0};
    write_file("some text");
    assert_true(file_open(&file, path_to("file"), &error));
    assert_true(file_is_still(&file, path_to("file")));
    assert_false(file_is_still(&file, path_to("absent")));
    assert_false(file_is_still(&file, "/"));
    struct file other = file;
    other.inode++;
    assert_false(file_is_still(&other, path_to("file")));
    other = file;
    other.device++;
    assert_false(file_is_still(&other, path_to("file")));
    other = file;
    other.size++;
    assert_false(file_is_still(&other, path_to("file")));
    other = file;
    other.changed.tv_sec++;
    assert_false(file_is_still(&other, path_to("file")));
    other = file;
    other.changed.tv_nsec++;
    assert_false(file_is_still(&other, path_to("file")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_file_is_named),
        cmocka_unit_test(too_many_open_files_are_the_systems_failure),
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(a_change_of_a_file_is_seen),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

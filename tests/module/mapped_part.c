/* Parts of files that are read later: as they were, or not at all. */
#include "src/module/mapped_part_p.h"
#include "tests/common/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SIZE = 20000, PART = 10001, OFFSET = 4099 };

static char path[] = "/tmp/plugin-test-deferred.XXXXXX";

static uint8_t byte_at(size_t offset)
{
    return (uint8_t)(offset * 11 + offset / 253);
}

static int set_up(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void begin(struct mapped_part *types)
{
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO error = {0};
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    for (size_t i = 0; i < SIZE; i++)
        fputc(byte_at(i), out);
    assert_int_equal(fclose(out), 0);
    assert_true(file_open(&file, path, &error));
    assert_true(mapped_part_init(types, &file, OFFSET, PART));
}

static void check_fails(const struct mapped_part *types, const char *expected)
{
    static uint8_t bytes[PART];
    ERROR_AUTO error = {0};
    assert_false(mapped_part_read(types, bytes, &error));
    assert_int_equal(error.code, PLUGIN_SYSTEM);
    assert_string_equal(error_text(&error), expected);
}

static void a_part_is_read_when_its_file_is_closed(void **state)
{
    (void)state;
    struct mapped_part types;
    ERROR_AUTO error = {0};
    begin(&types);
    uint8_t *bytes = malloc(PART); /* of this size, so that ASan sees a write beyond it */
    assert_non_null(bytes);
    for (int time = 0; time < 2; time++) {
        memset(bytes, 0, PART);
        assert_true(mapped_part_read(&types, bytes, &error));
        for (size_t i = 0; i < PART; i++)
            assert_int_equal(bytes[i], byte_at(OFFSET + i));
    }
    free(bytes);
    mapped_part_deinit(&types);
    assert_null(types.mapping);
    mapped_part_deinit(&types);
}

static void what_the_file_lost_is_an_error(void **state)
{
    (void)state;
    struct mapped_part types;
    begin(&types);
    assert_int_equal(truncate(path, 8192), 0);
    check_fails(&types, "its file was truncated after it was opened");
    assert_int_equal(truncate(path, 0), 0);
    check_fails(&types, "its file was truncated after it was opened");
    mapped_part_deinit(&types);
}

static void too_many_open_files_are_an_error(void **state)
{
    (void)state;
    struct mapped_part types;
    struct rlimit before, none;
    begin(&types);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    check_fails(&types, "memfd_create: Too many open files");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    mapped_part_deinit(&types);
}

static void what_cannot_be_mapped_is_not_deferred(void **state)
{
    (void)state;
    const struct file closed = FILE_NONE;
    struct mapped_part types;
    assert_false(mapped_part_init(&types, &closed, 0, 1));
    assert_null(types.mapping);
    mapped_part_deinit(&types);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_read_when_its_file_is_closed),
        cmocka_unit_test(what_the_file_lost_is_an_error),
        cmocka_unit_test(too_many_open_files_are_an_error),
        cmocka_unit_test(what_cannot_be_mapped_is_not_deferred),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

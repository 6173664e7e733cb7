/* Reading a file: every part of it, whichever of them was read ahead. */
#include "src/base/file.h"
#include "tests/common/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/plugin-test-file.XXXXXX";

static uint8_t byte_at(size_t offset)
{
    return (uint8_t)(offset * 7 + offset / 251);
}

static void write_file(size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    for (size_t i = 0; i < size; i++)
        fputc(byte_at(i), out);
    assert_int_equal(fclose(out), 0);
}

static void check_read(const struct file *file, size_t offset, size_t size)
{
    ERROR_AUTO error = {0};
    uint8_t *bytes = malloc(size + 1); /* of this size, so that ASan sees a write beyond it */
    assert_non_null(bytes);
    if (!file_read(file, offset, size, bytes, &error))
        fail_msg("%zu bytes at %zu: %s", size, offset, error_text(&error));
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != byte_at(offset + i))
            fail_msg("%zu bytes at %zu: byte %zu is another one", size, offset, i);
    free(bytes);
}

/* At, before and behind each place where what was read ahead may start or end. */
static void every_part_of_a_file_is_read(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 4096, 4097, 12288, 32767, 32768, 32769, 40000, 200000};
    static const size_t lengths[] = {0, 1, 2, 64, 4096, 8192, 8193, 32768};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ERROR_AUTO error = {0};
        FILE_AUTO file = FILE_NONE;
        size_t size = sizes[i];
        write_file(size);
        assert_true(file_open(&file, path, &error));
        assert_int_equal(file.size, size);
        check_read(&file, 0, size);
        for (size_t k = 0; k < COUNT(lengths); k++)
            for (size_t offset = 0; offset + lengths[k] <= size;
                 offset += offset % 4096 == 1 ? 4094 : 1)
                check_read(&file, offset, lengths[k]);
    }
}

static void what_lies_behind_the_end_is_refused(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 40000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ERROR_AUTO error = {0};
        FILE_AUTO file = FILE_NONE;
        char bytes[2];
        write_file(sizes[i]);
        assert_true(file_open(&file, path, &error));
        assert_false(file_read(&file, sizes[i] ? sizes[i] - 1 : 0, 2, bytes, &error));
        assert_string_equal(error_text(&error), "it was truncated while being read");
        assert_false(file_read(&file, UINT64_MAX >> 1, 2, bytes, &error));
    }
}

static void a_file_that_becomes_shorter_is_noticed(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    FILE_AUTO file = FILE_NONE;
    char bytes[20000];
    write_file(100000);
    assert_true(file_open(&file, path, &error));
    assert_int_equal(truncate(path, 10000), 0);
    assert_false(file_read(&file, 5000, sizeof bytes, bytes, &error));
    assert_string_equal(error_text(&error), "it was truncated while being read");
}

static int make_file(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_of_a_file_is_read),
        cmocka_unit_test(what_lies_behind_the_end_is_refused),
        cmocka_unit_test(a_file_that_becomes_shorter_is_noticed),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}

/* Packed types: what the stamp packs is unpacked unchanged; what it would not write is refused. */
#include "src/types/packed.h"
#include "stamp/types/types.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the stamp packs ---- */

/* Compares all that a type says. Names may be elsewhere in the strings. */
static void check_type(const struct btf *btf, const struct btf *other, uint32_t id)
{
    struct btf_type a = btf_type(btf, id), b = btf_type(other, id);
    assert_int_equal(a.kind, b.kind);
    assert_int_equal(a.flag, b.flag);
    assert_int_equal(a.length, b.length);
    assert_string_equal(a.name, b.name);
    assert_int_equal(a.size, b.size);
    assert_int_equal(a.type, b.type);
    for (uint32_t i = 0; i < a.length; i++)
        if (btf_has_members(a.kind)) {
            struct btf_member x = btf_member(btf, &a, i), y = btf_member(other, &b, i);
            assert_string_equal(x.name, y.name);
            assert_int_equal(x.type, y.type);
            assert_int_equal(x.bit_offset, y.bit_offset);
            assert_int_equal(x.bit_size, y.bit_size);
        } else if (btf_is_enum(a.kind)) {
            const char *x, *y;
            assert_int_equal(btf_enumerator(btf, &a, i, &x), btf_enumerator(other, &b, i, &y));
            assert_string_equal(x, y);
        } else {
            struct btf_parameter x = btf_parameter(btf, &a, i), y = btf_parameter(other, &b, i);
            assert_string_equal(x.name, y.name);
            assert_int_equal(x.type, y.type);
        }
    if (a.kind == BTF_INT || a.kind == BTF_VAR || a.kind == BTF_DECL_TAG)
        assert_memory_equal(a.more, b.more, 4);
    if (a.kind == BTF_ARRAY)
        assert_memory_equal(a.more, b.more, 12);
}

static void types_are_unpacked_as_they_were(void **state)
{
    (void)state;
    static const char *const words[] = {
        "var V int",
        "var V const volatile pointer restrict pointer void",
        "var V array 3 array 4294967295 double",
        "var V struct s 12 { a 0 int b 32:3 unsigned c 35:29 unsigned d 64 float }",
        "var V struct list 8 { next 0 pointer same list }",
        "var V union u 8 { x 0 long y 0 typedef real double }",
        "var V enum e 4 { low -2147483648 mid 0 high 2147483647 }",
        "var V enum e 4 { big 4294967295 none 0 }",
        "var V enum e 8 { huge 9223372036854775807 least -9223372036854775808 }",
        "func F function int ( a int - pointer struct hidden ; ... )",
        "func F function void ( ... )",
        "var V aligned 16 struct s 16 { a 0 int }",
        "var V tagged deep atomic int128",
        "var V opaque _Complex~double 16",
        "var V pointer union none ;",
    };
    struct make *all = make_start();
    for (size_t i = 0; i < COUNT(words); i++)
        make_add(all, words[i]);
    struct made made = made_read(all);
    struct bytes packed, section;
    uint32_t size;
    ERROR_AUTO error = {0};
    assert_true(stamp_pack_types((struct bytes){made.bytes, made.size}, &packed, &size, &error));
    assert_true(packed.size > 0 && packed.size < made.size / 2);
    assert_true(packed_read(packed, size, &section, &error));
    struct btf btf;
    assert_true(btf_read(&btf, section, made.btf.pointer_size, &error));
    assert_int_equal(btf.count, made.btf.count);
    for (uint32_t id = 1; id < btf.count; id++)
        check_type(&made.btf, &btf, id);
    btf_deinit(&btf);
    free((void *)packed.data);
    free((void *)section.data);
    made_free(&made);
}

/* ---- what it would not write ---- */

/* Packed types in a stored block of DEFLATE, so that they need no compressor. */
static bool read_columns(const char *columns, size_t size, struct error *error)
{
    uint8_t *stored = malloc(size + 5);
    struct bytes section = {0};
    assert_non_null(stored);
    stored[0] = 1;
    stored[1] = (uint8_t)size;
    stored[2] = (uint8_t)(size >> 8);
    stored[3] = (uint8_t)~stored[1];
    stored[4] = (uint8_t)~stored[2];
    memcpy(stored + 5, columns, size);
    bool is_read = packed_read((struct bytes){stored, size + 5}, size, &section, error);
    free((void *)section.data);
    free(stored);
    return is_read;
}

#define READ(columns, error) read_columns(columns, sizeof columns - 1, error)
#define REFUSED(columns, reason)                                                                   \
    do {                                                                                           \
        ERROR_AUTO error = {0};                                                                    \
        assert_false(READ(columns, &error));                                                       \
        assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);                                           \
        assert_string_equal(error_text(&error),                                                    \
                            "the types in its .plugin section are damaged: " reason                \
                            "; stamp it again with: plugin stamp FILE");                           \
    } while (0)

static void one_type_is_read(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    /* size of the records, sizes of the columns | kind | name | numbers: length, size, data |
     * string */
    assert_true(READ("\x10\x01\x01\x00\x06\x04"
                     "\x01"
                     "\x00"
                     "\x00\x04\xa0\x80\x80\x08"
                     "int\0",
                     &error));
}

static void damaged_columns_are_refused(void **state)
{
    (void)state;
    REFUSED("", "a number does not end");
    REFUSED("\x80\x80\x80\x80\x80\x00", "a number does not end");
    REFUSED("\x00\x00\x00\x00\x00\x01", "a column lies outside of them");
    REFUSED("\x00\x00\x00\x00\x00\x00x", "the sizes of the columns do not add up");
    REFUSED("\x7f\x00\x00\x00\x00\x00", "the sizes of the columns do not add up");
    REFUSED("\x00\x00\x00\x00\x00\x02xy", "the strings do not end with NUL");
    REFUSED("\x00\x00\x00\x00\x00\x02x\0", "too many strings");
    REFUSED("\x04\x00\x00\x00\x00\x00", "fewer records than their size");
    REFUSED("\x00\x00\x01\x00\x00\x00\x01", "a column is too long");
    REFUSED("\x0c\x01\x01\x01\x01\x00"
            "\x02"
            "\x00"
            "\x00"
            "\x00",
            "too few strings");
    REFUSED("\x0c\x01\x01\x01\x01\x00"
            "\x02"
            "\x02"
            "\x00"
            "\x00",
            "invalid name");
    REFUSED("\x0c\x01\x01\x01\x01\x00"
            "\x00"
            "\x01"
            "\x00"
            "\x00",
            "invalid kind or length");
    REFUSED("\x0c\x01\x01\x01\x01\x00"
            "\x14"
            "\x01"
            "\x00"
            "\x00",
            "invalid kind or length");
    REFUSED("\x0c\x01\x01\x01\x01\x00"
            "\x22"
            "\x01"
            "\x00"
            "\x00",
            "invalid kind or length");
    REFUSED("\x08\x01\x01\x01\x01\x00"
            "\x02"
            "\x01"
            "\x00"
            "\x00",
            "more records than their size");
    REFUSED("\x0c\x01\x01\x01\x03\x00"
            "\x02"
            "\x01"
            "\x00"
            "\x80\x80\x04",
            "invalid kind or length");
}

static void damaged_streams_are_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {7, 0, 0};
    struct bytes section;
    ERROR_AUTO error = {0}, large = {0};
    assert_false(packed_read((struct bytes){bytes, sizeof bytes}, 1, &section, &error));
    assert_string_equal(
        error_text(&error),
        "the types in its .plugin section are damaged: they cannot be decompressed; "
        "stamp it again with: plugin stamp FILE");
    assert_false(packed_read((struct bytes){bytes, sizeof bytes},
                             (sizeof bytes + 1) * PACKED_INFLATED_MAX, &section, &large));
    assert_string_equal(
        error_text(&large),
        "the types in its .plugin section are damaged: they claim to be larger than "
        "they can be; stamp it again with: plugin stamp FILE");
}

/* A name counts backwards through those that were used, a reference from the type's own id:
 * whatever they say, the reader of BTF decides about it. */
static void whatever_columns_say_is_bounded(void **state)
{
    (void)state;
    char columns[] = "\x2c\x02\x03\x03\x06\x04"
                     "\x04\x0d"
                     "\x00\x02\x00"
                     "\x01\x03\x05"
                     "\x01\x08\x00\x01\x20\x40"
                     "a\0b\0";
    for (size_t at = 0; at < sizeof columns - 1; at++)
        for (unsigned value = 0; value < 256; value++) {
            char before = columns[at];
            ERROR_AUTO error = {0};
            columns[at] = (char)value;
            read_columns(columns, sizeof columns - 1, &error);
            columns[at] = before;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_unpacked_as_they_were),
        cmocka_unit_test(one_type_is_read),
        cmocka_unit_test(damaged_columns_are_refused),
        cmocka_unit_test(damaged_streams_are_refused),
        cmocka_unit_test(whatever_columns_say_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

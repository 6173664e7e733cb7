/* The hash of the `.plugin` section. It is part of the file format: its values may not change. */
#include "src/base/hash.h"
#include "tests/common/check.h"

#include <string.h>

static const struct {
    const char *string;
    uint64_t hash;
    uint32_t name;
} vectors[] = {
    {"", UINT64_C(0xfbb7269b641d4e82), 0xfbb7269b},
    {"a", UINT64_C(0xc2e366c9285e94c9), 0x17984798},
    {"V", UINT64_C(0xb41f3ff20e7150b4), 0x9dec0fa8},
    {"F", UINT64_C(0xe03680928c49f54d), 0xc5f3ffd9},
    {"plugin", UINT64_C(0xe58fb34d2ee4a380), 0xb1e7dfe9},
    {"12345678", UINT64_C(0x49f0d7bf803e0da4), 0x17739316},
    {"plugin_open", UINT64_C(0xd7873d7e98ce78de), 0x612b60ba},
    {"123456789", UINT64_C(0x010dad273d07edf7), 0xb17a08d0},
    {"The quick brown fox jumps over the lazy dog", UINT64_C(0x802628fad1330192), 0x63b7e294},
};

static void the_hash_of_bytes_is_the_documented_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++)
        assert_int_equal(hash_bytes(HASH_START, vectors[i].string, strlen(vectors[i].string)),
                         vectors[i].hash);
}

static void the_hash_of_a_name_is_the_documented_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++)
        assert_int_equal(hash_name(vectors[i].string), vectors[i].name);
}

/* Names of one to three letters say all of them in one word. */
static void short_names_hash_apart(void **state)
{
    (void)state;
    enum { LETTERS = 26, NAMES = LETTERS * (LETTERS + 1) * (LETTERS + 1) };
    static uint32_t hashes[NAMES];
    size_t count = 0;
    for (unsigned i = 0; i < NAMES; i++) {
        unsigned second = i / LETTERS % (LETTERS + 1), third = i / LETTERS / (LETTERS + 1);
        char name[4] = {(char)('a' + i % LETTERS)};
        if (!second && third)
            continue;
        if (second)
            name[1] = (char)('a' + second - 1);
        if (third)
            name[2] = (char)('a' + third - 1);
        hashes[count] = hash_name(name);
        for (size_t k = 0; k < count; k++)
            assert_int_not_equal(hashes[k], hashes[count]);
        count++;
    }
    assert_int_equal(count, LETTERS + LETTERS * LETTERS + LETTERS * LETTERS * LETTERS);
}

static void a_hash_continues_another(void **state)
{
    (void)state;
    uint64_t first = hash_bytes(HASH_START, "plug", 4);
    assert_int_equal(hash_bytes(first, "in", 2), UINT64_C(0x28bb786c1c35d09c));
    assert_int_not_equal(hash_bytes(first, "in", 2), hash_bytes(HASH_START, "plugin", 6));
}

static void pieces_hash_as_the_whole(void **state)
{
    (void)state;
    uint8_t bytes[61];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37);
    uint64_t whole = hash_bytes(HASH_START, bytes, sizeof bytes);
    for (size_t first = 0; first <= sizeof bytes; first += 8) {
        uint64_t hash = hash_words(HASH_START, bytes, first);
        assert_int_equal(hash_end(hash, bytes + first, sizeof bytes - first, sizeof bytes), whole);
    }
}

/* In the number of bytes that the lanes take at once, and more and less. */
static void the_hash_of_many_bytes_is_the_documented_one(void **state)
{
    (void)state;
    static const char fox[] = "The quick brown fox jumps over the lazy dog"
                              "The quick brown fox jumps over the lazy dog"
                              "The quick brown fox jumps over the lazy dog";
    assert_int_equal(hash_many(HASH_START, "", 0), UINT64_C(0x073326bf64943886));
    assert_int_equal(hash_many(HASH_START, "plugin", 6), UINT64_C(0x0d8c9ea4543f04f5));
    assert_int_equal(hash_many(HASH_START, fox, 43), UINT64_C(0xa3869445f3b15993));
    assert_int_equal(hash_many(HASH_START, fox, 129), UINT64_C(0xa1018481febabae2));
}

static void zeros_of_another_length_hash_to_another_value(void **state)
{
    (void)state;
    static const uint8_t zeros[64];
    for (size_t a = 0; a <= sizeof zeros; a++)
        for (size_t b = 0; b < a; b++)
            assert_int_not_equal(hash_bytes(HASH_START, zeros, a),
                                 hash_bytes(HASH_START, zeros, b));
}

static void the_place_of_the_bytes_in_memory_does_not_matter(void **state)
{
    (void)state;
    uint8_t bytes[64];
    for (size_t at = 0; at < 16; at++) {
        memcpy(bytes + at, vectors[8].string, strlen(vectors[8].string));
        assert_int_equal(hash_bytes(HASH_START, bytes + at, strlen(vectors[8].string)),
                         vectors[8].hash);
    }
}

static void every_single_bit_flip_changes_the_hash(void **state)
{
    (void)state;
    uint8_t bytes[67];
    for (size_t size = 1; size <= sizeof bytes; size++) {
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(i * 37 + size);
        uint64_t hash = hash_bytes(HASH_START, bytes, size);
        uint64_t hash_of_many = hash_many(HASH_START, bytes, size);
        for (size_t bit = 0; bit < size * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_int_not_equal(hash_bytes(HASH_START, bytes, size), hash);
            assert_int_not_equal(hash_many(HASH_START, bytes, size), hash_of_many);
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_int_equal(hash_bytes(HASH_START, bytes, size), hash);
    }
}

static void every_single_bit_flip_of_the_start_changes_the_hash(void **state)
{
    (void)state;
    uint64_t hash = hash_bytes(HASH_START, "plugin", 6);
    for (unsigned bit = 0; bit < 64; bit++)
        assert_int_not_equal(hash_bytes(HASH_START ^ UINT64_C(1) << bit, "plugin", 6), hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_of_bytes_is_the_documented_one),
        cmocka_unit_test(the_hash_of_a_name_is_the_documented_one),
        cmocka_unit_test(short_names_hash_apart),
        cmocka_unit_test(a_hash_continues_another),
        cmocka_unit_test(pieces_hash_as_the_whole),
        cmocka_unit_test(the_hash_of_many_bytes_is_the_documented_one),
        cmocka_unit_test(zeros_of_another_length_hash_to_another_value),
        cmocka_unit_test(the_place_of_the_bytes_in_memory_does_not_matter),
        cmocka_unit_test(every_single_bit_flip_changes_the_hash),
        cmocka_unit_test(every_single_bit_flip_of_the_start_changes_the_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Decompression: of what zlib compresses in all its ways, and of what no compressor writes. */
#include "src/base/inflate.h"
#include "tests/common/check.h"

#include <stdlib.h>
#include <zlib.h>

enum { SIZE = 70000 };

struct compressed {
    uint8_t *bytes;
    size_t size;
};

/* Compresses as asked, into a block of exactly the size, so that ASan sees a read beyond it. */
static struct compressed compress_by(const uint8_t *input, size_t size, int level, int strategy)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, strategy),
                     Z_OK);
    size_t bound = deflateBound(&stream, size) + 16;
    struct compressed compressed = {malloc(bound), 0};
    assert_non_null(compressed.bytes);
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)size;
    stream.next_out = compressed.bytes;
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    compressed.size = stream.total_out;
    deflateEnd(&stream);
    compressed.bytes = realloc(compressed.bytes, compressed.size);
    assert_non_null(compressed.bytes);
    return compressed;
}

/* Fills bytes that repeat themselves near and far, the more the smaller `variety` is. */
static void fill(uint8_t *bytes, size_t size, unsigned variety)
{
    uint32_t state = 1;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525 + 1013904223;
        size_t back = state >> 17;
        bytes[i] =
            state >> 28 < variety || back >= i ? (uint8_t)(state >> 20) : bytes[i - 1 - back];
    }
}

static bool inflates_to(struct bytes packed, const uint8_t *expected, size_t size)
{
    uint8_t *output = malloc(size + 1);
    assert_non_null(output);
    output[size] = 0xA5;
    bool is_equal = inflate_bytes(packed, output, size) && !memcmp(output, expected, size);
    assert_int_equal(output[size], 0xA5);
    free(output);
    return is_equal;
}

static void what_zlib_compresses_is_decompressed(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 257, 258, 259, 32768, 32769, SIZE};
    static uint8_t input[SIZE];
    for (unsigned variety = 0; variety <= 16; variety += 8)
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (int level = 0; level <= 9; level += 3)
                for (int strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++) {
                    fill(input, sizes[i], variety);
                    struct compressed packed = compress_by(input, sizes[i], level, strategy);
                    struct bytes bytes = {packed.bytes, packed.size};
                    assert_true(inflates_to(bytes, input, sizes[i]));
                    free(packed.bytes);
                }
}

static void a_stream_has_exactly_its_size(void **state)
{
    (void)state;
    static uint8_t input[4096], output[4097];
    fill(input, sizeof input, 8);
    struct compressed packed = compress_by(input, sizeof input, 6, Z_DEFAULT_STRATEGY);
    assert_true(inflate_bytes((struct bytes){packed.bytes, packed.size}, output, sizeof input));
    assert_false(
        inflate_bytes((struct bytes){packed.bytes, packed.size}, output, sizeof input - 1));
    assert_false(
        inflate_bytes((struct bytes){packed.bytes, packed.size}, output, sizeof input + 1));
    for (size_t size = 0; size < packed.size; size++)
        assert_false(inflate_bytes((struct bytes){packed.bytes, size}, output, sizeof input));
    uint8_t *longer = calloc(1, packed.size + 1);
    assert_non_null(longer);
    memcpy(longer, packed.bytes, packed.size);
    assert_false(inflate_bytes((struct bytes){longer, packed.size + 1}, output, sizeof input));
    free(longer);
    free(packed.bytes);
}

/* It decompresses to something or is refused, and stays within its bounds: ASan and UBSan watch. */
static void damage_is_refused_or_harmless(void **state)
{
    (void)state;
    static uint8_t input[2048];
    fill(input, sizeof input, 8);
    for (int strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++) {
        struct compressed packed = compress_by(input, sizeof input, 9, strategy);
        for (size_t bit = 0; bit < packed.size * 8; bit++) {
            packed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            inflates_to((struct bytes){packed.bytes, packed.size}, input, sizeof input);
            packed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        free(packed.bytes);
    }
}

static void what_no_compressor_writes_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint8_t bytes[16];
        size_t size;
    } cases[] = {
        {"a block of the reserved type", {0x07}, 1},
        {"a stored block whose length is not the complement",
         {0x01, 0x01, 0x00, 0xFE, 0xFE, 'a'},
         6},
        {"a stored block that ends early", {0x01, 0x02, 0x00, 0xFD, 0xFF, 'a'}, 6},
        {"a distance to before the start", {0x03, 0x02, 0x00}, 3},
        {"length symbol 286", {0x1B, 0x03, 0x00}, 3},
        {"287 codes of literals", {0xF5, 0x00, 0x00, 0x00}, 4},
        {"codes of lengths that are incomplete", {0x05, 0x00, 0x20, 0x00, 0x00, 0x00}, 6},
        {"codes of lengths that are too many", {0x05, 0xC0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 8},
    };
    uint8_t output[8];
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t size = 0; size <= sizeof output; size++)
            if (inflate_bytes((struct bytes){cases[i].bytes, cases[i].size}, output, size))
                fail_msg("%s, %zu bytes", cases[i].what, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_zlib_compresses_is_decompressed),
        cmocka_unit_test(a_stream_has_exactly_its_size),
        cmocka_unit_test(damage_is_refused_or_harmless),
        cmocka_unit_test(what_no_compressor_writes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

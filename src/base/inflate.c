/* SPDX-License-Identifier: MIT */
/* Decompression of DEFLATE. Section numbers are those of RFC 1951. */
#include "base/inflate.h"

#include <endian.h>

enum {
    QUICK_BITS = 10, /* longer codes are rare */
    BITS_MAX = 15,   /* of a code */
    LITERALS = 286,  /* literals, the end of a block, lengths */
    DISTANCES = 30,
    FIXED_LITERALS = 288, /* with symbols of no meaning, which complete the code */
    FIXED_DISTANCES = 32,
    LENGTH_CODES = 19,  /* of the code that compresses the lengths of codes (3.2.7) */
    END_OF_BLOCK = 256, /* (3.2.5) */
    REPEAT_MAX = 258
};

struct stream {
    struct bytes input;
    size_t at;      /* next byte of the input */
    uint64_t bits;  /* bits that were read and not used, the next one lowest; above them, others may
                       be there already */
    uint32_t count; /* how many */
    uint8_t *output;
    size_t size, length;
    bool failed;
};

/* A Huffman code: all codes of a length are consecutive (3.2.2). */
struct code {
    uint16_t quick[1 << QUICK_BITS];  /* by the next bits: 16 times the symbol, plus the length of
                                         its  code; 0: a longer code */
    uint16_t counts[BITS_MAX + 1];    /* codes of each length */
    uint16_t symbols[FIXED_LITERALS]; /* in the order of their codes */
};

/* Reads bytes until there are 56 bits, or the input has ended. */
static inline void stream_fill(struct stream *stream)
{
    if (stream->input.size - stream->at >= sizeof stream->bits) {
        stream->bits |= le64toh(bytes_whole(stream->input.data + stream->at)) << stream->count;
        stream->at += (63 - stream->count) / 8;
        stream->count |= 56;
        return;
    }
    for (; stream->count < 56 && stream->at < stream->input.size; stream->count += 8)
        stream->bits |= (uint64_t)stream->input.data[stream->at++] << stream->count;
}

/* Returns the next bits, at most 16; 0 if there are fewer. */
static inline uint32_t stream_take(struct stream *stream, uint32_t count)
{
    if (stream->count < count) {
        stream->failed = true;
        return 0;
    }
    uint32_t bits = (uint32_t)stream->bits & ((UINT32_C(1) << count) - 1);
    stream->bits >>= count;
    stream->count -= count;
    return bits;
}

/* The same; reads them if there are fewer. */
static uint32_t stream_bits(struct stream *stream, uint32_t count)
{
    stream_fill(stream);
    return stream_take(stream, count);
}

/* Returns the bits of a code in the order in which they come: its highest one first (3.1.1). */
static uint32_t code_reverse(uint32_t code, size_t bits)
{
    uint32_t reversed = 0;
    for (; bits; bits--, code >>= 1)
        reversed = reversed << 1 | (code & 1);
    return reversed;
}

/* Enters a symbol wherever its code comes first. */
static void code_add_quick(struct code *code, uint32_t value, size_t bits, size_t symbol)
{
    if (bits > QUICK_BITS)
        return;
    for (uint32_t at = code_reverse(value, bits); at < 1U << QUICK_BITS; at += 1U << bits)
        code->quick[at] = (uint16_t)(symbol << 4 | bits);
}

/* Makes the code in which symbol number i has this many bits; 0: none. False if there are more
 * codes than bits can tell apart, or fewer, except for a code of a single symbol. */
static bool code_init(struct code *code, const uint8_t *lengths, size_t count)
{
    uint16_t next[BITS_MAX + 1], values[BITS_MAX + 1];
    int32_t left = 1;
    memset(code, 0, sizeof *code);
    for (size_t i = 0; i < count; i++)
        code->counts[lengths[i]]++;
    size_t used = count - code->counts[0];
    code->counts[0] = 0;
    next[0] = values[0] = 0;
    for (size_t bits = 1; bits <= BITS_MAX; bits++) {
        left = left * 2 - code->counts[bits];
        if (left < 0)
            return false;
        next[bits] = (uint16_t)(next[bits - 1] + code->counts[bits - 1]);
        values[bits] = (uint16_t)((values[bits - 1] + code->counts[bits - 1]) << 1);
    }
    for (size_t i = 0; i < count; i++)
        if (lengths[i]) {
            code_add_quick(code, values[lengths[i]]++, lengths[i], i);
            code->symbols[next[lengths[i]]++] = (uint16_t)i;
        }
    return left == 0 || used <= 1;
}

/* Returns 16 times the symbol that these bits start with, plus the length of its code; 0: none. */
static uint32_t code_find(const struct code *code, uint64_t bits)
{
    uint32_t value = 0, first = 0, index = 0;
    for (uint32_t length = 1; length <= BITS_MAX; length++, bits >>= 1) {
        value |= bits & 1;
        uint32_t count = code->counts[length];
        if (value - first < count)
            return (uint32_t)code->symbols[index + value - first] << 4 | length;
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return 0;
}

/* Returns the next symbol. */
static inline uint32_t stream_symbol(struct stream *stream, const struct code *code)
{
    uint32_t found = code->quick[stream->bits & ((1U << QUICK_BITS) - 1)];
    if (!found)
        found = code_find(code, stream->bits);
    uint32_t length = found & 15;
    if (!found || length > stream->count) {
        stream->failed = true;
        return END_OF_BLOCK;
    }
    stream->bits >>= length;
    stream->count -= length;
    return found >> 4;
}

/* Copies bytes of the output from this far behind its end; they may overlap. */
static inline void stream_repeat(struct stream *stream, size_t length, size_t distance)
{
    if (distance > stream->length || length > stream->size - stream->length) {
        stream->failed = true;
        return;
    }
    uint8_t *to = stream->output + stream->length;
    const uint8_t *from = to - distance;
    size_t room = stream->size - stream->length;
    stream->length += length;
    /* Words: what is behind the last byte is written again. */
    if (distance >= sizeof(uint64_t) && room >= length + sizeof(uint64_t))
        for (size_t i = 0; i < length; i += sizeof(uint64_t))
            memcpy(to + i, from + i, sizeof(uint64_t));
    else
        for (size_t i = 0; i < length; i++)
            to[i] = from[i];
}

/* A length or distance is a base and some extra bits (3.2.5). Each four, or two, symbols have one
 * bit more than those before. */
static inline uint32_t stream_length(struct stream *stream, uint32_t symbol)
{
    uint32_t number = symbol - END_OF_BLOCK - 1;
    if (number >= 28) {
        stream->failed |= number > 28;
        return REPEAT_MAX;
    }
    uint32_t extra = number < 8 ? 0 : number / 4 - 1;
    uint32_t base = number < 8 ? number : (4 + number % 4) << extra;
    return 3 + base + stream_take(stream, extra);
}

static inline uint32_t stream_distance(struct stream *stream, uint32_t symbol)
{
    stream->failed |= symbol >= 30;
    uint32_t extra = symbol < 4 ? 0 : symbol / 2 - 1;
    uint32_t base = symbol < 4 ? symbol : (2 + symbol % 2) << extra;
    return 1 + base + (extra <= 13 ? stream_take(stream, extra) : 0);
}

/* A length and a distance, with their extra bits, take 48 bits at most (3.2.5). */
enum { PAIR_BITS = 48 };

static void stream_block(struct stream *whole, const struct code *literals,
                         const struct code *distances)
{
    struct stream stream = *whole; /* in registers: the output's bytes could be those of *whole */
    while (!stream.failed) {
        if (stream.count < PAIR_BITS)
            stream_fill(&stream);
        uint32_t symbol = stream_symbol(&stream, literals);
        if (symbol == END_OF_BLOCK)
            break;
        if (symbol > END_OF_BLOCK) {
            uint32_t length = stream_length(&stream, symbol);
            uint32_t distance = stream_distance(&stream, stream_symbol(&stream, distances));
            stream_repeat(&stream, length, distance);
        } else if (stream.length < stream.size) {
            stream.output[stream.length++] = (uint8_t)symbol;
        } else {
            stream.failed = true;
        }
    }
    *whole = stream;
}

/* Goes on with the next byte. */
static void stream_align(struct stream *stream)
{
    stream->at -= stream->count / 8;
    stream->bits = stream->count = 0;
}

/* A block that is not compressed (3.2.4). */
static void stream_stored(struct stream *stream)
{
    stream_align(stream);
    uint32_t length = stream_bits(stream, 16), complement = stream_bits(stream, 16);
    struct bytes block;
    stream_align(stream);
    if ((length ^ complement) != 0xFFFF || length > stream->size - stream->length ||
        !bytes_slice(stream->input, stream->at, length, 1, &block)) {
        stream->failed = true;
        return;
    }
    memcpy(stream->output + stream->length, block.data, length);
    stream->length += length;
    stream->at += length;
}

/* A block with the codes that the specification gives (3.2.6). */
static void stream_fixed(struct stream *stream)
{
    struct code literals, distances;
    uint8_t lengths[FIXED_LITERALS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    code_init(&literals, lengths, FIXED_LITERALS);
    memset(lengths, 5, FIXED_DISTANCES);
    code_init(&distances, lengths, FIXED_DISTANCES);
    stream_block(stream, &literals, &distances);
}

/* Reads the lengths of the codes of a block, themselves compressed by a code (3.2.7). */
static bool stream_lengths(struct stream *stream, const struct code *code, uint8_t *lengths,
                           size_t count)
{
    for (size_t i = 0; i < count && !stream->failed;) {
        stream_fill(stream);
        uint32_t symbol = stream_symbol(stream, code);
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol > 18 || (symbol == 16 && i == 0))
            return false;
        uint8_t value = symbol == 16 ? lengths[i - 1] : 0;
        uint32_t repeat = symbol == 16   ? 3 + stream_bits(stream, 2)
                          : symbol == 17 ? 3 + stream_bits(stream, 3)
                                         : 11 + stream_bits(stream, 7);
        if (repeat > count - i)
            return false;
        memset(lengths + i, value, repeat);
        i += repeat;
    }
    return !stream->failed;
}

/* A block with codes of its own (3.2.7). */
static void stream_dynamic(struct stream *stream)
{
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    struct code code, literals, distances;
    uint8_t lengths[FIXED_LITERALS + FIXED_DISTANCES] = {0};
    uint32_t literal_count = 257 + stream_bits(stream, 5);
    uint32_t distance_count = 1 + stream_bits(stream, 5);
    uint32_t length_count = 4 + stream_bits(stream, 4);
    for (uint32_t i = 0; i < length_count; i++)
        lengths[order[i]] = (uint8_t)stream_bits(stream, 3);
    stream->failed |= literal_count > LITERALS || distance_count > DISTANCES ||
                      !code_init(&code, lengths, LENGTH_CODES);
    if (stream->failed || !stream_lengths(stream, &code, lengths, literal_count + distance_count) ||
        !code_init(&literals, lengths, literal_count) ||
        !code_init(&distances, lengths + literal_count, distance_count))
        stream->failed = true;
    else
        stream_block(stream, &literals, &distances);
}

bool inflate_bytes(struct bytes packed, uint8_t *output, size_t size)
{
    struct stream stream = {.input = packed, .output = output, .size = size};
    uint32_t is_last = 0;
    while (!is_last && !stream.failed) {
        is_last = stream_bits(&stream, 1);
        switch (stream_bits(&stream, 2)) {
        case 0:
            stream_stored(&stream);
            break;
        case 1:
            stream_fixed(&stream);
            break;
        case 2:
            stream_dynamic(&stream);
            break;
        default:
            stream.failed = true;
        }
    }
    return !stream.failed && stream.length == size && stream.at - stream.count / 8 == packed.size;
}

/* The writer and the reader of `.plugin`, version 7: packed types, small symbols and slots. */
#include "src/base/hash.h"
#include "src/format/meta.h"
#include "tests/common/check.h"
#include "tests/format/meta_large.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 1000, SLOTS = 2048, PACKED = 99, INFLATED = 200 };

static const uint8_t packed[PACKED] = {1, 2, 3, 250};

/* A section of symbols s000000 ... , with these bytes as its packed types. */
static struct bytes make(uint32_t count)
{
    struct meta_writer writer;
    char name[16];
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 5);
    meta_writer_set_version(&writer, FORMAT_VERSION);
    writer.types = (struct bytes){packed, sizeof packed};
    writer.header.types_inflated = INFLATED;
    writer.header.symbols = meta_writer_table(&writer, count);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "s%06u", i);
        const struct format_symbol symbol = {.address = UINT64_C(0x123456789a000000) + i,
                                             .hash = ~(uint64_t)i,
                                             .name = meta_writer_string(&writer, name),
                                             .type = FORMAT_SMALL_TYPE - i,
                                             .kind = i % FORMAT_INDIRECT + 1};
        meta_writer_symbol(&writer, &symbol);
    }
    meta_writer_slots(&writer);
    return finish(&writer, (struct bytes){0});
}

static void check_reads(const struct meta *meta)
{
    char name[16];
    for (uint32_t i = 0; i < SYMBOLS; i++) {
        uint32_t index;
        snprintf(name, sizeof name, "s%06u", i);
        assert_true(meta_find_symbol(meta, name, &index));
        assert_int_equal(index, i);
        struct meta_symbol symbol = meta_symbol(meta, i);
        assert_string_equal(symbol.name, name);
        assert_true(symbol.address == UINT64_C(0x123456789a000000) + i);
        assert_true(symbol.hash == ~(uint64_t)i);
        assert_int_equal(symbol.type, FORMAT_SMALL_TYPE - i);
        assert_int_equal(symbol.kind, i % FORMAT_INDIRECT + 1);
        snprintf(name, sizeof name, "s%06u", i + SYMBOLS);
        assert_false(meta_find_symbol(meta, name, &index));
    }
}

static void symbols_are_found_in_small_tables(void **state)
{
    (void)state;
    struct meta meta, view;
    struct bytes section = make(SYMBOLS);
    ERROR_AUTO error = {0};
    assert_true(meta_read_header(&meta, section, (struct bytes){0}, &error));
    assert_true(meta_read_tables(&meta, section, &error));
    assert_true(meta_is_packed(&meta));
    assert_int_equal(meta.header.slots.count, SLOTS);
    assert_int_equal(meta.symbols.size, SYMBOLS * 24);
    assert_int_equal(meta.slots.size, SLOTS * 4);
    check_reads(&meta);
    assert_true(meta_view(&view, section, &error));
    check_reads(&view);
    uint8_t *place = malloc(meta_lasting_size(&meta));
    assert_non_null(place);
    meta_move(&meta, place);
    free((void *)section.data);
    check_reads(&meta);
    free(place);
}

static void what_precedes_the_packed_types_suffices(void **state)
{
    (void)state;
    struct meta meta;
    struct bytes section = make(SYMBOLS), start = section;
    ERROR_AUTO error = {0};
    start.size = meta_start_size(section, section.size);
    assert_int_equal(section.size - start.size, PACKED);
    assert_true(meta_read_part(&meta, start, section.size, &error));
    assert_true(meta_has_checksum(&meta, meta_checksum_start(start), &error));
    assert_true(meta_read_tables(&meta, start, &error));
    check_reads(&meta);
    assert_int_equal(meta.header.types.count, PACKED);
    assert_int_equal(meta.header.types_inflated, INFLATED);
    assert_true(meta_has_types_checksum(&meta, (struct bytes){packed, PACKED}, &error));
    assert_false(meta_has_types_checksum(&meta, (struct bytes){packed, PACKED - 1}, &error));
    free((void *)section.data);
}

/* Reads a section of which a field of the header was changed, with a checksum that fits. */
static void refused(size_t offset, uint32_t value, const char *reason)
{
    struct meta meta;
    struct bytes section = make(3);
    uint8_t *bytes = (uint8_t *)section.data;
    ERROR_AUTO error = {0};
    memcpy(bytes + offset, &value, sizeof value);
    uint64_t checksum = meta_checksum(section, (struct bytes){0});
    memcpy(bytes + offsetof(struct format_header, checksum), &checksum, sizeof checksum);
    assert_false(meta_read_header(&meta, section, (struct bytes){0}, &error) &&
                 meta_read_tables(&meta, section, &error));
    assert_non_null(strstr(error_text(&error), reason));
    free(bytes);
}

static void packed_types_end_the_section(void **state)
{
    (void)state;
    static const char reason[] = "the packed types do not end the section";
    const size_t types = offsetof(struct format_header, types);
    struct bytes section = make(3);
    uint32_t start = (uint32_t)meta_start_size(section, section.size);
    free((void *)section.data);
    refused(types, start + 8, reason);
    refused(types, start + 1, reason);
    refused(types, 0, reason);
    refused(types, UINT32_MAX, reason);
    refused(types + 4, PACKED - 1, reason);
    refused(types + 4, UINT32_MAX, reason);
    refused(offsetof(struct format_header, strings), start - 8, "table lies outside the section");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_are_found_in_small_tables),
        cmocka_unit_test(what_precedes_the_packed_types_suffices),
        cmocka_unit_test(packed_types_end_the_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

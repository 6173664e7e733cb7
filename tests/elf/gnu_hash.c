/* Unit tests of DT_GNU_HASH: what is found by it, and when an index of our own takes its place. */
#include "tests/elf/dynamic_made.h"

enum { WANTED = 1, FIRST, SECOND, THIRD, HASHED_COUNT, CROWD = 200 };

/* A module of 64 bits that wants one symbol and defines three, of which two have one name. */
struct hashed {
    Elf64_Sym symbols[CROWD];
    char strings[64];
    struct {
        uint32_t bucket_count, first, filter_count, shift;
        uint64_t filter[2];
        uint32_t buckets[1];
        uint32_t chains[CROWD];
    } table;
    size_t count;
};

static void set_symbol(struct hashed *made, size_t number, uint32_t name, uint64_t value)
{
    made->symbols[number] = (Elf64_Sym){.st_name = name,
                                        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                        .st_shndx = value ? 7 : SHN_UNDEF,
                                        .st_value = value};
}

static void set_hash(struct hashed *made, size_t number, bool is_last)
{
    uint32_t hash = gnu_hash_name(made->strings + made->symbols[number].st_name);
    uint64_t *word = &made->table.filter[hash / 64 % 2];
    *word |= UINT64_C(1) << hash % 64 | UINT64_C(1) << (hash >> made->table.shift) % 64;
    made->table.chains[number - FIRST] = (hash & ~1U) | is_last;
}

static struct hashed hashed(void)
{
    struct hashed made = {.strings = "\0wanted\0area\0width",
                          .table = {.bucket_count = 1,
                                    .first = FIRST,
                                    .filter_count = 2,
                                    .shift = 6,
                                    .buckets = {FIRST}},
                          .count = HASHED_COUNT};
    set_symbol(&made, WANTED, 1, 0);
    set_symbol(&made, FIRST, 8, 0x100);
    set_symbol(&made, SECOND, 13, 0x200);
    set_symbol(&made, THIRD, 8, 0x300);
    for (size_t i = FIRST; i < HASHED_COUNT; i++)
        set_hash(&made, i, i == THIRD);
    return made;
}

static void read_hashed(struct view *view, const struct hashed *made)
{
    struct elf elf = {.is_64 = true};
    *view = (struct view){0};
    size_t table = offsetof(struct hashed, table.chains) - offsetof(struct hashed, table) +
                   (made->count - FIRST) * sizeof(uint32_t);
    struct dynamic_tables tables = {
        .symbols = copy(view, 0, made->symbols, made->count * sizeof *made->symbols),
        .strings = copy(view, 1, made->strings, sizeof made->strings),
        .hash = copy(view, 2, &made->table, table)};
    assert_true(dynamic_read(&view->dynamic, &elf, &tables, &view->arena, &view->error));
}

static bool has_own_index(const struct view *view)
{
    return view->dynamic.by_name.count;
}

static void the_first_symbol_of_a_name_is_found(void **state)
{
    (void)state;
    struct hashed made = hashed();
    VIEW_AUTO view;
    read_hashed(&view, &made);
    assert_false(has_own_index(&view));
    assert_int_equal(found_at(&view, "area", NULL), 0x100);
    assert_int_equal(found_at(&view, "width", NULL), 0x200);
    assert_int_equal(found_at(&view, "wanted", NULL), 0);
    assert_int_equal(found_at(&view, "height", NULL), 0);
    assert_int_equal(view.dynamic.wanted_end, WANTED + 1);
}

static void the_filter_tells_what_is_not_there(void **state)
{
    (void)state;
    struct hashed made = hashed();
    VIEW_AUTO view;
    read_hashed(&view, &made);
    assert_true(dynamic_may_define(&view.dynamic, dynamic_name("area")));
    assert_false(dynamic_may_define(&view.dynamic, dynamic_name("height")));
}

/* What is in the table is not always what the dynamic loader binds to. */
static void an_undefined_symbol_in_it_is_not_found(void **state)
{
    (void)state;
    struct hashed made = hashed();
    made.symbols[SECOND].st_shndx = SHN_UNDEF;
    VIEW_AUTO view;
    read_hashed(&view, &made);
    assert_false(has_own_index(&view));
    assert_int_equal(found_at(&view, "width", NULL), 0);
    assert_int_equal(view.dynamic.wanted_end, SECOND + 1);
}

static void a_symbol_that_it_lacks_is_found(void **state)
{
    (void)state;
    struct hashed made = hashed();
    set_symbol(&made, WANTED, 1, 0x400);
    VIEW_AUTO view;
    read_hashed(&view, &made);
    assert_true(has_own_index(&view));
    assert_int_equal(found_at(&view, "wanted", NULL), 0x400);
    assert_int_equal(found_at(&view, "area", NULL), 0x100);
}

/* Each is as good as no table. */
static void a_damaged_table_is_replaced(void **state)
{
    (void)state;
    const struct hashed good = hashed();
    struct hashed damaged[9];
    for (size_t i = 0; i < COUNT(damaged); i++)
        damaged[i] = good;
    damaged[0].table.bucket_count = 0;
    damaged[1].table.bucket_count = UINT32_MAX;
    damaged[2].table.filter_count = 0;
    damaged[3].table.filter_count = 3;
    damaged[4].table.filter_count = 1U << 31;
    damaged[5].table.shift = 32;
    damaged[6].table.first = HASHED_COUNT + 1;
    damaged[7].table.buckets[0] = HASHED_COUNT;
    damaged[8].table.chains[THIRD - FIRST] &= ~1U;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        VIEW_AUTO view;
        read_hashed(&view, &damaged[i]);
        assert_true(has_own_index(&view));
        assert_int_equal(found_at(&view, "area", NULL), 0x100);
        assert_int_equal(found_at(&view, "width", NULL), 0x200);
    }
}

/* In a long chain, each search would be long. */
static void a_long_chain_is_replaced(void **state)
{
    (void)state;
    struct hashed made = hashed();
    made.count = CROWD;
    for (uint32_t i = FIRST; i < CROWD; i++) {
        set_symbol(&made, i, 13, 0x100 + i);
        made.symbols[i].st_shndx = i < FIRST + 100 ? 7 : SHN_UNDEF;
        set_hash(&made, i, i + 1 == CROWD);
    }
    VIEW_AUTO view;
    read_hashed(&view, &made);
    assert_true(has_own_index(&view));
    assert_int_equal(found_at(&view, "width", NULL), 0x100 + FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_symbol_of_a_name_is_found),
        cmocka_unit_test(the_filter_tells_what_is_not_there),
        cmocka_unit_test(an_undefined_symbol_in_it_is_not_found),
        cmocka_unit_test(a_symbol_that_it_lacks_is_found),
        cmocka_unit_test(a_damaged_table_is_replaced),
        cmocka_unit_test(a_long_chain_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

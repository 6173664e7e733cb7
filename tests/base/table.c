/* Hash tables. */
#include "src/base/table.h"
#include "src/base/arena.h"
#include "tests/common/check.h"

enum { ITEMS = 1000 };

/* So that items share a hash, and neighbouring slots. */
static uint32_t hash_of(uint32_t item)
{
    return item / 3 * 5;
}

static void check_found(const struct table *table)
{
    for (uint32_t first = 0; first < ITEMS - ITEMS % 3; first += 3) {
        struct table_probe probe = {.hash = hash_of(first)};
        uint32_t item;
        for (uint32_t i = first; i < first + 3; i++) {
            assert_true(table_next(table, &probe, &item));
            assert_int_equal(item, i);
        }
        assert_false(table_next(table, &probe, &item));
    }
}

static void check_items(struct table *table, struct arena *arena)
{
    for (uint32_t i = 0; i < ITEMS; i++) {
        assert_true(table_reserve(table, arena, i + 1));
        assert_true(table->size >= 2 * table->count);
        struct table_probe probe = {.hash = hash_of(i)};
        uint32_t item;
        size_t length = table_add(table, hash_of(i), i);
        while (table_next(table, &probe, &item) && item != i)
            ;
        assert_int_equal(item, i);
        assert_int_equal(probe.length, length);
    }
    assert_int_equal(table->count, ITEMS);
    check_found(table);
}

static void items_are_found_in_the_order_of_their_addition(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    struct table own = {0}, heap = {0};
    check_items(&own, &arena);
    check_items(&heap, NULL);
    table_deinit(&heap);
    assert_int_equal(heap.size, 0);
}

static void an_empty_table_has_nothing(void **state)
{
    (void)state;
    struct table table = {0};
    struct table_probe probe = {.hash = 7};
    uint32_t item;
    assert_false(table_next(&table, &probe, &item));
}

static void another_hash_in_the_row_is_passed_over(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    struct table table = {0};
    uint32_t item;
    assert_true(table_reserve(&table, &arena, 3));
    assert_int_equal(table_add(&table, 1, 10), 1);
    assert_int_equal(table_add(&table, 1 + (uint32_t)table.size, 11), 2);
    struct table_probe probe = {.hash = 1 + (uint32_t)table.size};
    assert_true(table_next(&table, &probe, &item));
    assert_int_equal(item, 11);
}

static void what_was_emptied_has_nothing_and_keeps_its_room(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    struct table table = {0};
    table_empty(&table);
    assert_true(table_reserve(&table, &arena, 2));
    size_t size = table.size;
    table_add(&table, 7, 1);
    table_empty(&table);
    struct table_probe probe = {.hash = 7};
    uint32_t item;
    assert_false(table_next(&table, &probe, &item));
    assert_int_equal(table.size, size);
    assert_int_equal(table_add(&table, 7, 2), 1);
    assert_true(table_next(&table, &probe, &item));
    assert_int_equal(item, 2);
}

/* Against a list of what is there: adds and removes in an order that a generator chooses, with few
 * hashes, so that items stand in each other's way, also around the end. */
static void what_was_removed_is_gone_and_others_stay(void **state)
{
    (void)state;
    enum { MOST = 40, STEPS = 20000 };
    struct table table = {0};
    bool is_there[MOST] = {false};
    uint32_t random = 7, item;
    assert_true(table_reserve(&table, NULL, MOST));
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525 + 1013904223;
        uint32_t own = random / 65536 % MOST, hash = own / 3 * 5 + (uint32_t)table.size - 9;
        if (is_there[own])
            table_remove(&table, hash, own);
        else
            table_add(&table, hash, own);
        is_there[own] = !is_there[own];
        size_t count = 0;
        for (uint32_t i = 0; i < MOST; i++) {
            bool is_found = false;
            struct table_probe probe = {.hash = i / 3 * 5 + (uint32_t)table.size - 9};
            while (table_next(&table, &probe, &item))
                is_found |= item == i;
            assert_int_equal(is_found, is_there[i]);
            count += is_found;
        }
        assert_int_equal(table.count, count);
    }
    table_deinit(&table);
}

static void without_memory_it_stays_as_it_is(void **state)
{
    (void)state;
    struct table table = {0};
    assert_true(table_reserve(&table, NULL, 1));
    table_add(&table, 1, 1);
    struct table before = table;
    assert_false(table_reserve(&table, NULL, SIZE_MAX / 8));
    assert_memory_equal(&table, &before, sizeof table);
    table_deinit(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_found_in_the_order_of_their_addition),
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(another_hash_in_the_row_is_passed_over),
        cmocka_unit_test(what_was_emptied_has_nothing_and_keeps_its_room),
        cmocka_unit_test(what_was_removed_is_gone_and_others_stay),
        cmocka_unit_test(without_memory_it_stays_as_it_is),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}

/* Memory that is kept for long, and memory that is needed for a short time. */
#include "../../src/keep.h"
#include "../../src/scratch.h"
#include "check.h"

#include <string.h>

static void what_is_taken_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    static uint8_t *all[MANY];
    for (size_t i = 0; i < MANY; i++) {
        size_t size = i % 300 + 1;
        all[i] = keep_take(size);
        assert_non_null(all[i]);
        assert_int_equal((uintptr_t)all[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(all[i][k], 0);
        memset(all[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < MANY; i++)
        for (size_t k = 0; k < i % 300 + 1; k++)
            assert_int_equal(all[i][k], i % 255 + 1);
    for (size_t i = 0; i < MANY; i++)
        keep_give(all[i], i % 300 + 1);
}

/* A plugin that is refused again and again must not take more each time. */
static void what_was_given_back_is_taken_again(void **state)
{
    (void)state;
    static const size_t sizes[] = {600, 1, KEEP_MAX, 2000, 48};
    uintptr_t lowest = UINTPTR_MAX, highest = 0;
    void *between = keep_take(100);
    for (int i = 0; i < 100000; i++) {
        void *taken[COUNT(sizes)];
        for (size_t k = 0; k < COUNT(sizes); k++) {
            taken[k] = keep_take(sizes[k]);
            assert_non_null(taken[k]);
            if (i < 3 && (uintptr_t)taken[k] < lowest)
                lowest = (uintptr_t)taken[k];
            if (i < 3 && (uintptr_t)taken[k] > highest)
                highest = (uintptr_t)taken[k];
            assert_in_range((uintptr_t)taken[k], lowest, highest);
        }
        /* Not in the order in which the last one is the first. */
        for (size_t k = 0; k < COUNT(sizes); k++)
            keep_give(taken[(k * 2) % COUNT(sizes)], sizes[(k * 2) % COUNT(sizes)]);
    }
    keep_give(between, 100);
    keep_give(NULL, 100);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    assert_null(keep_take(KEEP_MAX + 1));
    assert_null(keep_take(SIZE_MAX));
}

static void a_scratch_block_is_used_again(void **state)
{
    (void)state;
    char *first = scratch_take(100), *second = scratch_take(20000);
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    memset(first, 1, 100);
    memset(second, 2, 20000);
    assert_int_equal(first[99], 1);
    scratch_give(first, 100);
    assert_ptr_equal(scratch_take(30000), first);
    scratch_give(first, 30000);
    scratch_give(second, 20000);
    scratch_give(NULL, 100);
}

static void a_scratch_block_grows_with_what_it_holds(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 1000, 32768, 40000, 1000000, 500};
    size_t size = 1;
    char *block = scratch_take(size);
    assert_non_null(block);
    *block = 'x';
    for (size_t i = 0; i < COUNT(sizes); i++) {
        block = scratch_resize(block, size, sizes[i]);
        assert_non_null(block);
        assert_int_equal(*block, 'x');
        size = sizes[i];
        memset(block + 1, 'y', size - 1);
    }
    scratch_give(block, size);
}

static void as_many_scratch_blocks_as_are_wanted(void **state)
{
    (void)state;
    void *all[20];
    for (size_t i = 0; i < COUNT(all); i++) {
        all[i] = scratch_take(32768);
        assert_non_null(all[i]);
        memset(all[i], (int)i, 32768);
    }
    for (size_t i = 0; i < COUNT(all); i++) {
        assert_int_equal(*(char *)all[i], i);
        scratch_give(all[i], 32768);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_zeroed_aligned_and_apart),
        cmocka_unit_test(what_was_given_back_is_taken_again),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_scratch_block_is_used_again),
        cmocka_unit_test(a_scratch_block_grows_with_what_it_holds),
        cmocka_unit_test(as_many_scratch_blocks_as_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

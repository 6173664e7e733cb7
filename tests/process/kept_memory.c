/* Memory that is kept for long. */
#include "src/process/kept_memory_p.h"
#include "tests/common/check.h"

#include <string.h>

static void what_is_taken_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    static uint8_t *all[MANY];
    for (size_t i = 0; i < MANY; i++) {
        size_t size = i % 300 + 1;
        all[i] = kept_alloc(size);
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
        kept_free(all[i], i % 300 + 1);
}

/* A plugin that is refused again and again must not take more each time. */
static void what_was_given_back_is_taken_again(void **state)
{
    (void)state;
    static const size_t sizes[] = {600, 1, KEPT_MAX, 2000, 48};
    uintptr_t lowest = UINTPTR_MAX, highest = 0;
    void *between = kept_alloc(100);
    for (int i = 0; i < 100000; i++) {
        void *taken[COUNT(sizes)];
        for (size_t k = 0; k < COUNT(sizes); k++) {
            taken[k] = kept_alloc(sizes[k]);
            assert_non_null(taken[k]);
            if (i < 3 && (uintptr_t)taken[k] < lowest)
                lowest = (uintptr_t)taken[k];
            if (i < 3 && (uintptr_t)taken[k] > highest)
                highest = (uintptr_t)taken[k];
            assert_in_range((uintptr_t)taken[k], lowest, highest);
        }
        /* Not in the order in which the last one is the first. */
        for (size_t k = 0; k < COUNT(sizes); k++)
            kept_free(taken[(k * 2) % COUNT(sizes)], sizes[(k * 2) % COUNT(sizes)]);
    }
    kept_free(between, 100);
    kept_free(NULL, 100);
}

static void a_large_block_is_zeroed_too(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        uint8_t *block = kept_alloc(KEPT_MAX + 1);
        assert_non_null(block);
        for (size_t k = 0; k <= KEPT_MAX; k++)
            assert_int_equal(block[k], 0);
        memset(block, 1, KEPT_MAX + 1);
        kept_free(block, KEPT_MAX + 1);
    }
    assert_null(kept_alloc(SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_zeroed_aligned_and_apart),
        cmocka_unit_test(what_was_given_back_is_taken_again),
        cmocka_unit_test(a_large_block_is_zeroed_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

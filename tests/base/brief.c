/* Memory for as long as an open takes. With AddressSanitizer, which knows the heap's blocks only,
 * all of it is the heap's, and what is asked about the area is not asked. */
#include "src/base/brief.h"
#include "tests/common/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void outside_of_an_open_it_is_the_heap(void **state)
{
    (void)state;
    char *block = brief_take(100);
    assert_non_null(block);
    assert_false(brief_has(block));
    block = brief_resize(block, 100, 100000);
    assert_non_null(block);
    memset(block, 1, 100000);
    free(block); /* as any of the heap's */
    block = brief_copy("heap", 4);
    assert_string_equal(block, "heap");
    brief_give(block);
    brief_give(NULL);
}

static void what_is_taken_is_apart_and_aligned(void **state)
{
    (void)state;
    enum { COUNT_TAKEN = 100 };
    uint8_t *taken[COUNT_TAKEN];
    struct area *area = brief_begin();
    for (size_t i = 0; i < COUNT_TAKEN; i++) {
        taken[i] = i % 2 ? brief_take(i * 7) : brief_take_zeroed(i, 7);
        assert_non_null(taken[i]);
        assert_int_equal((uintptr_t)taken[i] % _Alignof(max_align_t), 0);
        assert_true(!area || brief_has(taken[i]));
        for (size_t k = 0; i % 2 == 0 && k < i * 7; k++)
            assert_int_equal(taken[i][k], 0);
        memset(taken[i], (int)i + 1, i * 7);
    }
    for (size_t i = 0; i < COUNT_TAKEN; i++)
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(taken[i][k], i + 1);
    for (size_t i = 0; i < COUNT_TAKEN; i++)
        brief_give(taken[i]);
    assert_null(brief_take_zeroed(SIZE_MAX / 2, 3));
    brief_end(area);
}

static void a_block_grows_with_what_it_holds(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 1000, 32768, 40000, 1000000, 500, 2000};
    size_t size = 1;
    struct area *area = brief_begin();
    char *block = brief_resize(NULL, 0, size);
    assert_non_null(block);
    *block = 'x';
    for (size_t i = 0; i < COUNT(sizes); i++) {
        block = brief_resize(block, size, sizes[i]);
        assert_non_null(block);
        assert_int_equal(*block, 'x');
        size = sizes[i];
        memset(block + 1, 'y', size - 1);
    }
    brief_give(block);
    brief_end(area);
}

/* The memory of one open is that of the next, and what does not fit is the heap's. */
static void an_area_is_used_again_and_has_an_end(void **state)
{
    (void)state;
    void *first = NULL;
    for (int i = 0; i < 3; i++) {
        struct area *area = brief_begin();
        char *block = brief_take(50000);
        assert_non_null(block);
        assert_true(!area || i == 0 || block == first);
        first = block;
        char *others[8];
        for (size_t k = 0; k < COUNT(others); k++) {
            others[k] = brief_take(50000);
            assert_non_null(others[k]);
            memset(others[k], (int)k, 50000);
        }
        assert_false(brief_has(others[COUNT(others) - 1]));
        /* When the area is full to the last byte, there is no room for nothing either. */
        while (area && brief_has(brief_take(1)))
            ;
        void *nothing = brief_take(0), *other = brief_take(0);
        assert_ptr_not_equal(nothing, other);
        assert_false(brief_has(nothing));
        brief_give(nothing);
        brief_give(other);
        for (size_t k = 0; k < COUNT(others); k++)
            brief_give(others[k]);
        brief_give(block);
        brief_end(area);
    }
}

static void what_was_taken_last_makes_room(void **state)
{
    (void)state;
    struct area *area = brief_begin();
    char *first = brief_take(100), *second = brief_take(100);
    brief_give(second);
    char *third = brief_take(5000);
    assert_true(!area || third == second);
    brief_give(first); /* not the last one */
    brief_give(third);
    brief_end(area);
}

static void an_open_may_happen_within_another(void **state)
{
    (void)state;
    struct area *outer = brief_begin();
    char *own = brief_copy("outer", 5);
    struct area *inner = brief_begin();
    assert_true(!inner || inner != outer);
    char *block = brief_take(10000);
    memset(block, 1, 10000);
    brief_give(block);
    brief_end(inner);
    assert_string_equal(own, "outer");
    assert_true(!outer || brief_has(own));
    brief_give(own);
    brief_end(outer);
}

static void *open_often(void *failed)
{
    for (int i = 0; i < 2000; i++) {
        struct area *area = brief_begin();
        pthread_t *own = brief_take(10000);
        *own = pthread_self();
        if (!pthread_equal(*own, pthread_self()))
            *(bool *)failed = true;
        brief_give(own);
        brief_end(area);
    }
    return NULL;
}

static void threads_have_areas_of_their_own(void **state)
{
    (void)state;
    pthread_t threads[24];
    static bool failed[COUNT(threads)];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_often, &failed[i]), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_false(failed[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_of_an_open_it_is_the_heap),
        cmocka_unit_test(what_is_taken_is_apart_and_aligned),
        cmocka_unit_test(a_block_grows_with_what_it_holds),
        cmocka_unit_test(an_area_is_used_again_and_has_an_end),
        cmocka_unit_test(what_was_taken_last_makes_room),
        cmocka_unit_test(an_open_may_happen_within_another),
        cmocka_unit_test(threads_have_areas_of_their_own),
    };
    return cmocka_run_group_tests_name("brief", tests, NULL, NULL);
}

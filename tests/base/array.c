/* Growing arrays. */
#include "src/base/array.h"
#include "src/base/arena.h"
#include "tests/common/check.h"

#include <stdlib.h>

static void check_growth(struct arena *arena)
{
    uint32_t *items = NULL;
    size_t count = 0, capacity = 0, moves = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        size_t before = capacity;
        uint32_t *added = array_add(arena, items, count, capacity);
        assert_non_null(added);
        assert_ptr_equal(added, &items[i]);
        assert_int_equal(count, i + 1);
        assert_true(count <= capacity);
        moves += capacity != before;
        *added = i * 3;
    }
    assert_int_equal(moves, 8); /* 8, 16, ... 1024 */
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i * 3);
    if (!arena)
        free(items);
}

static void an_array_doubles_and_keeps_its_items(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    check_growth(&arena);
    check_growth(NULL);
}

static void a_full_array_without_memory_stays_as_it_is(void **state)
{
    (void)state;
    static char items[1];
    size_t capacity = SIZE_MAX / 16, count = capacity;
    ARENA_AUTO arena = {0};
    assert_null(array_grow(&arena, items, count, &capacity, 16));
    assert_null(array_grow(NULL, items, count, &capacity, 16));
    assert_int_equal(capacity, SIZE_MAX / 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_doubles_and_keeps_its_items),
        cmocka_unit_test(a_full_array_without_memory_stays_as_it_is),
    };
    return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}

/* Binary search. */
#include "src/base/search.h"
#include "tests/common/check.h"

#include <stdlib.h>

struct sought {
    const int *items;
    int key;
    size_t count, looks;
};

static bool is_before(const void *context, size_t item)
{
    struct sought *sought = (struct sought *)(uintptr_t)context;
    sought->looks++;
    assert_true(item < sought->count);
    return sought->items[item] < sought->key;
}

static void the_first_that_is_not_before_is_found(void **state)
{
    (void)state;
    static const int items[] = {1, 3, 3, 3, 5, 8, 8, 13};
    for (size_t count = 0; count <= COUNT(items); count++)
        for (int key = 0; key < 15; key++) {
            size_t expected = 0;
            while (expected < count && items[expected] < key)
                expected++;
            struct sought sought = {items, key, count, 0};
            assert_int_equal(search_first(count, is_before, &sought), expected);
            assert_true(sought.looks <= 4);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_is_not_before_is_found),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}

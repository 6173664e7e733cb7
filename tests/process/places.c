/* Where plugins are in memory. */
#include "src/process/places.h"
#include "tests/common/check.h"

#include <stdlib.h>

enum { PLUGINS = 3000, SIZE = 4096, STEP = 3 * SIZE };

static struct plugin plugins[PLUGINS];
static size_t order[PLUGINS];

static const void *address_in(size_t number, size_t offset)
{
    return (const void *)(plugins[number].base + (uintptr_t)plugins[number].memory.start + offset);
}

/* Some are linked at an address other than 0. */
static void make_all(void)
{
    uint32_t random = 1;
    for (size_t i = 0; i < PLUGINS; i++) {
        uint64_t start = i % 3 * SIZE;
        plugins[i].memory = (struct module_memory){.start = start, .end = start + SIZE};
        plugins[i].base = (uintptr_t)((i + 1) * STEP - start);
        order[i] = i;
    }
    for (size_t i = PLUGINS; i-- > 1;) {
        random = random * 1664525 + 1013904223;
        size_t other = random % (i + 1), own = order[i];
        order[i] = order[other];
        order[other] = own;
    }
}

static void check_place(size_t number, struct plugin *found)
{
    assert_null(places_find((const char *)address_in(number, 0) - 1));
    assert_ptr_equal(places_find(address_in(number, 0)), found);
    assert_ptr_equal(places_find(address_in(number, SIZE - 1)), found);
    assert_null(places_find(address_in(number, SIZE)));
}

static size_t added; /* of `order`; atomic */

/* Whatever is added meanwhile, what was there is found. */
static void *search(void *context)
{
    size_t *missed = context;
    for (size_t known; (known = __atomic_load_n(&added, __ATOMIC_ACQUIRE)) < PLUGINS;)
        for (size_t i = 0; i < known; i += 7)
            *missed += places_find(address_in(order[i], 5)) != &plugins[order[i]];
    return NULL;
}

static void each_is_found_while_others_are_added(void **state)
{
    (void)state;
    pthread_t thread;
    size_t missed = 0;
    make_all();
    assert_null(places_find(NULL));
    assert_null(places_find(address_in(0, 0)));
    assert_int_equal(pthread_create(&thread, NULL, search, &missed), 0);
    for (size_t i = 0; i < PLUGINS; i++) {
        places_add(&plugins[order[i]]);
        __atomic_store_n(&added, i + 1, __ATOMIC_RELEASE);
    }
    pthread_join(thread, NULL);
    assert_int_equal(missed, 0);
    for (size_t i = 0; i < PLUGINS; i++)
        check_place(i, &plugins[i]);
    assert_null(places_find((const void *)UINTPTR_MAX));
}

static void of_several_for_one_mapping_the_last_is_found(void **state)
{
    (void)state;
    struct plugin other = plugins[5];
    places_add(&other);
    check_place(5, &other);
    places_add(&plugins[5]);
    check_place(5, &plugins[5]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_while_others_are_added),
        cmocka_unit_test(of_several_for_one_mapping_the_last_is_found),
    };
    return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}

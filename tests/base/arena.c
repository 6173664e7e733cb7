/* Arenas. With AddressSanitizer, they have no chunks to test. */
#include "src/base/arena_p.h"
#include "tests/common/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void blocks_are_apart_and_aligned(void **state)
{
    (void)state;
    enum { BLOCKS = 300 };
    uint8_t *blocks[BLOCKS];
    ARENA_AUTO arena = {0};
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = i * 7;
        blocks[i] = i % 2 ? arena_alloc(&arena, size) : arena_alloc_zeroed(&arena, i, 7);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; i % 2 == 0 && k < size; k++)
            assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(blocks[i][k], i % 255 + 1);
    assert_ptr_not_equal(arena_alloc(&arena, 0), arena_alloc(&arena, 0));
}

static void too_much_is_refused(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc_zeroed(&arena, SIZE_MAX / 2, 3));
    char *block = arena_strndup(&arena, "block", 5);
    assert_null(arena_resize(&arena, block, 6, SIZE_MAX));
    assert_string_equal(block, "block");
}

static void a_block_grows_with_what_it_holds(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 1000, 32768, 40000, 1000000, 500, 2000};
    ARENA_AUTO arena = {0};
    size_t size = 1;
    char *block = arena_resize(&arena, NULL, 0, size);
    assert_non_null(block);
    *block = 'x';
    for (size_t i = 0; i < COUNT(sizes); i++) {
        block = arena_resize(&arena, block, size, sizes[i]);
        assert_non_null(block);
        assert_int_equal(*block, 'x');
        size = sizes[i];
        memset(block + 1, 'y', size - 1);
    }
}

static void the_last_block_grows_in_place(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    char *first = arena_alloc(&arena, 100), *last = arena_alloc(&arena, 100);
    assert_true(!ARENA_HAS_CHUNKS || arena_resize(&arena, last, 100, 5000) == last);
    assert_ptr_not_equal(arena_resize(&arena, first, 100, 5000), first);
    char *after = arena_alloc(&arena, 1);
    assert_true(!ARENA_HAS_CHUNKS || after >= last + 5000);
}

/* A block that fills a chunk of its own does not end the use of the one before. */
static void a_large_block_leaves_the_chunk_in_use(void **state)
{
    (void)state;
    ARENA_AUTO arena = {0};
    char *first = arena_alloc(&arena, 16);
    assert_non_null(arena_alloc(&arena, 1 << 20));
    char *second = arena_alloc(&arena, 16);
    assert_true(!ARENA_HAS_CHUNKS || second == first + 16);
}

static void a_chunk_serves_the_next_arena(void **state)
{
    (void)state;
    const void *first = NULL;
    for (int i = 0; i < 3; i++) {
        ARENA_AUTO arena = {0};
        const void *block = arena_alloc(&arena, 50000);
        assert_true(!ARENA_HAS_CHUNKS || i == 0 || block == first);
        first = block;
    }
}

static void an_arena_is_empty_after_its_end(void **state)
{
    (void)state;
    struct arena arena = {0};
    arena_deinit(&arena);
    assert_string_equal(arena_strndup(&arena, "string", 3), "str");
    arena_deinit(&arena);
    assert_null(arena.chunks);
    arena_deinit(&arena);
}

static void *use_often(void *failed)
{
    for (int i = 0; i < 2000; i++) {
        ARENA_AUTO arena = {0};
        pthread_t *own = arena_alloc(&arena, 10000);
        *own = pthread_self();
        if (!pthread_equal(*own, pthread_self()))
            *(bool *)failed = true;
    }
    return NULL;
}

static void threads_share_no_chunk(void **state)
{
    (void)state;
    pthread_t threads[24];
    static bool failed[COUNT(threads)];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_often, &failed[i]), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_false(failed[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_apart_and_aligned),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_block_grows_with_what_it_holds),
        cmocka_unit_test(the_last_block_grows_in_place),
        cmocka_unit_test(a_large_block_leaves_the_chunk_in_use),
        cmocka_unit_test(a_chunk_serves_the_next_arena),
        cmocka_unit_test(an_arena_is_empty_after_its_end),
        cmocka_unit_test(threads_share_no_chunk),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}

/* The memory of plugin_alloc, as the host sees it. */
#include "src/isolated/heap.h"
#include "src/crossing/crossing.h"
#include "tests/common/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KIB = 1024 };

static struct heap heap;
static size_t page;
static struct error error;

static int start(void **state)
{
    (void)state;
    heap = (struct heap){.file = -1};
    page = (size_t)sysconf(_SC_PAGESIZE);
    return heap_open(&heap, &error) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    heap_deinit(&heap);
    error_free(&error);
    return 0;
}

static uint8_t *alloc(size_t size)
{
    uint8_t *made = heap_alloc(&heap, size, &error);
    if (!made)
        fail_msg("%s", error_text(&error));
    return made;
}

static void release(void *memory)
{
    assert_true(heap_free(&heap, memory));
}

/* Returns the bytes that may cross from there; SIZE_MAX if it is no memory of the heap. */
static size_t left_of(const void *at)
{
    uint64_t reference;
    size_t left, again;
    void *back;
    if (!heap_share(&heap, at, &reference, &left))
        return SIZE_MAX;
    assert_int_equal(reference_kind(reference), REFERENCE_SHARED);
    assert_int_equal(reference_number(reference), 0);
    assert_true(heap_find(&heap, reference, &back, &again));
    assert_ptr_equal(back, at);
    assert_int_equal(again, left);
    return left;
}

static size_t file_blocks(void)
{
    struct stat status;
    assert_int_equal(fstat(heap.file, &status), 0);
    return (size_t)status.st_blocks * 512;
}

static void check_zeroed(const uint8_t *memory, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(memory[i], 0);
}

static void all_sizes_are_given(void **state)
{
    (void)state;
    for (size_t size = 0; size < 40 * KIB; size = size < 100 ? size + 1 : size + size / 7) {
        size_t own = size ? size : 1;
        uint8_t *made = alloc(size);
        assert_int_equal((uintptr_t)made % (own > HEAP_SMALL_MAX ? page : 16), 0);
        check_zeroed(made, own);
        assert_int_equal(left_of(made), own);
        assert_int_equal(left_of(made + own - 1), 1);
        assert_int_equal(left_of(made + own), 0);
        memset(made, 0xff, own);
        release(made);
        assert_int_equal(left_of(made), 0);
        made = alloc(size);
        check_zeroed(made, own);
        memset(made, 0xff, own);
    }
}

static void what_was_not_given_is_not_freed(void **state)
{
    (void)state;
    int own;
    assert_true(heap_free(&heap, NULL));
    assert_false(heap_free(&heap, &own));
    assert_int_equal(left_of(&own), SIZE_MAX);
    uint8_t *small = alloc(48), *large = alloc(100 * KIB);
    assert_false(heap_free(&heap, small + 16));
    assert_false(heap_free(&heap, small + 48));
    assert_false(heap_free(&heap, large + 64 * KIB));
    assert_false(heap_free(&heap, &own));
    assert_int_equal(left_of(small), 48);
    assert_int_equal(left_of(large), 100 * KIB);
    release(small);
    release(large);
    assert_false(heap_free(&heap, small));
    assert_false(heap_free(&heap, large));
}

/* What no place refers to is no memory. */
static void references_are_checked(void **state)
{
    (void)state;
    void *at;
    size_t left;
    assert_false(heap_find(&heap, reference_make(REFERENCE_SHARED, 0, 0), &at, &left));
    alloc(16);
    assert_true(heap_find(&heap, reference_make(REFERENCE_SHARED, 0, 0), &at, &left));
    assert_int_equal(left, 16);
    assert_true(heap_find(&heap, reference_make(REFERENCE_SHARED, 0, HEAP_SIZE - 1), &at, &left));
    assert_int_equal(left, 0);
    assert_false(heap_find(&heap, reference_make(REFERENCE_SHARED, 0, HEAP_SIZE), &at, &left));
}

/* Allocates and frees at random, and compares with what is known. */
static void they_do_not_overlap(void **state)
{
    (void)state;
    enum { MOST = 2000 };
    static struct {
        uint8_t *at;
        size_t size;
        uint8_t with;
    } live[MOST];
    srand(1);
    for (int i = 0; i < 60000; i++) {
        int k = rand() % MOST;
        if (live[k].at) {
            assert_int_equal(left_of(live[k].at), live[k].size);
            for (size_t b = 0; b < live[k].size; b += b + 16 < live[k].size ? 16 : 1)
                assert_int_equal(live[k].at[b], live[k].with);
            release(live[k].at);
            live[k].at = NULL;
            continue;
        }
        live[k].size = (size_t)(rand() % (rand() % 50 ? 600 : 90000)) + 1;
        live[k].at = alloc(live[k].size);
        live[k].with = (uint8_t)(rand() % 255 + 1);
        assert_int_equal(live[k].at[0] | live[k].at[live[k].size - 1], 0);
        memset(live[k].at, live[k].with, live[k].size);
    }
    for (int k = 0; k < MOST; k++)
        release(live[k].at);
    memset(live, 0, sizeof live);
    /* But for a chunk of each class. */
    assert_true(file_blocks() <= (size_t)HEAP_CLASSES * HEAP_CHUNK);
}

/* The file has as many bytes as were needed, so that nobody else fills more. */
static void the_file_is_no_larger_than_needed(void **state)
{
    (void)state;
    struct stat status;
    fstat(heap.file, &status);
    assert_int_equal(status.st_size, 0);
    uint8_t *large = alloc(5 * MIB + 1);
    fstat(heap.file, &status);
    assert_int_equal(status.st_size, 5 * MIB + page);
    assert_int_equal(file_blocks(), 5 * MIB + page);
    release(large);
    assert_int_equal(file_blocks(), 0);
    assert_int_equal(ftruncate(heap.file, 0), -1);
}

/* What another process writes to memory that is free is gone when that is given again. */
static void freed_memory_is_given_zeroed(void **state)
{
    (void)state;
    uint8_t *large = alloc(200 * KIB), *small = alloc(100);
    uint8_t *theirs = mmap(NULL, HEAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, heap.file, 0);
    size_t large_at = (size_t)(large - heap.start), small_at = (size_t)(small - heap.start);
    release(large);
    release(small);
    memset(theirs + large_at, 0xff, 200 * KIB);
    memset(theirs + small_at, 0xff, 100);
    assert_ptr_equal(alloc(200 * KIB), large);
    check_zeroed(large, 200 * KIB);
    assert_ptr_equal(alloc(100), small);
    check_zeroed(small, 100);
    munmap(theirs, HEAP_SIZE);
}

static void there_is_an_end(void **state)
{
    (void)state;
    assert_null(heap_alloc(&heap, SIZE_MAX, &error));
    assert_int_equal(error.code, PLUGIN_NO_MEMORY);
    error_free(&error);
    assert_null(heap_alloc(&heap, (size_t)HEAP_SIZE + 1, &error));
    error_free(&error);
    uint8_t *small = alloc(1);
    assert_null(heap_alloc(&heap, HEAP_SIZE, &error));
    assert_string_equal(error_text(&error),
                        "no room for 1073741824 bytes more: a plugin has at most 1024 MiB");
    error_free(&error);
    /* Without room for the memory itself nothing is taken. */
    uint8_t *large = alloc(1 * MIB);
    release(large);
    release(small);
}

/* Chunks that are free between others are found. */
static void holes_are_used(void **state)
{
    (void)state;
    uint8_t *first = alloc(60 * KIB), *second = alloc(130 * KIB), *third = alloc(60 * KIB);
    release(second);
    assert_true(alloc(200 * KIB) > third);
    assert_ptr_equal(alloc(20 * KIB), second);
    assert_ptr_equal(alloc(70 * KIB), second + 64 * KIB);
    assert_int_equal(left_of(first), 60 * KIB);
    assert_int_equal(left_of(third), 60 * KIB);
    assert_int_equal(left_of(second + 20 * KIB), 0);
}

/* A child has a copy, then a file, of its own. */
static void a_fork_has_its_own(void **state)
{
    (void)state;
    uint8_t *small = alloc(100), *large = alloc(100 * KIB), *gone = alloc(100);
    memset(small, 1, 100);
    memset(large, 2, 100 * KIB);
    release(gone);
    heap_before_fork(&heap);
    pid_t child = fork();
    if (!child) {
        heap_leave_parent(&heap);
        heap_after_fork(&heap);
        small[0] += 10;
        large[100 * KIB - 1] += 10;
        bool is_well = small[0] == 11 && small[99] == 1 && large[0] == 2;
        uint8_t *more = heap_alloc(&heap, 100, &error);
        is_well = is_well && more && !heap.is_copy && small[0] == 11 && large[0] == 2 &&
                  large[100 * KIB - 1] == 12;
        large[1] = 77;
        uint8_t *theirs = mmap(NULL, HEAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, heap.file, 0);
        is_well = is_well && theirs[large + 1 - heap.start] == 77 && heap_free(&heap, large) &&
                  left_of(small) == 100;
        _exit(is_well ? 0 : 1);
    }
    heap_after_fork(&heap);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(small[0], 1);
    assert_int_equal(large[1], 2);
    assert_int_equal(large[100 * KIB - 1], 2);
    assert_int_equal(left_of(large), 100 * KIB);
}

static void *work(void *data)
{
    (void)data;
    for (int i = 0; i < 3000; i++) {
        struct error own = {0};
        size_t size = (size_t)i * 37 % 30000 + 1;
        uint8_t *made = heap_alloc(&heap, size, &own);
        if (!made)
            return "no memory";
        made[0] = made[size - 1] = 1;
        size_t left;
        uint64_t reference;
        if (!heap_share(&heap, made, &reference, &left) || left != size || !heap_free(&heap, made))
            return "wrong";
    }
    return NULL;
}

static void threads_may_use_it(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_sizes_are_given),
        TEST(what_was_not_given_is_not_freed),
        TEST(references_are_checked),
        TEST(they_do_not_overlap),
        TEST(the_file_is_no_larger_than_needed),
        TEST(freed_memory_is_given_zeroed),
        TEST(there_is_an_end),
        TEST(holes_are_used),
        TEST(a_fork_has_its_own),
        TEST(threads_may_use_it),
    };
    return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}

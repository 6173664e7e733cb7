/* What is remembered of the C library's symbols: only what was found there, whatever the names. */
#include "src/process/libc.h"
#include "src/process/map.h"
#include "tests/common/check.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* ---- what asks the dynamic loader, which is not asked here ---- */

const struct loaded *loaded_libc(const void *address, struct error *error)
{
    (void)address, (void)error;
    return NULL;
}

void *map_find_global(const char *name, const char *version)
{
    (void)name, (void)version;
    return NULL;
}

bool map_find_place(void *handle, uintptr_t *base, uintptr_t *dynamic)
{
    (void)handle, (void)base, (void)dynamic;
    return false;
}

static void what_was_found_is_known(void **state)
{
    (void)state;
    assert_false(libc_has("printf", "GLIBC_2.2.5"));
    libc_remember("printf", "GLIBC_2.2.5");
    assert_true(libc_has("printf", "GLIBC_2.2.5"));
    libc_remember("printf", "GLIBC_2.2.5");
    assert_true(libc_has("printf", "GLIBC_2.2.5"));
}

/* Another version may be missing, and a name without one may be somebody else's. */
static void no_other_name_or_version_is(void **state)
{
    (void)state;
    libc_remember("puts", "GLIBC_2.2.5");
    assert_false(libc_has("puts", "GLIBC_2.99"));
    assert_false(libc_has("puts", NULL));
    assert_false(libc_has("puts", ""));
    assert_false(libc_has("put", "GLIBC_2.2.5"));
    assert_false(libc_has("putsGLIBC_2.2.5", NULL));
    libc_remember("puts", NULL);
    assert_true(libc_has("puts", NULL));
    assert_false(libc_has("puts", "GLIBC_2.99"));
}

static void long_names_are_not(void **state)
{
    (void)state;
    char name[1000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    libc_remember(name, NULL);
    assert_false(libc_has(name, NULL));
    libc_remember("short", name);
    assert_false(libc_has("short", name));
}

/* There is room for some, and a full table has no more than it was told. */
static void many_names_are_never_confused(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    unsigned known = 0;
    for (unsigned i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "even%u", 2 * i);
        libc_remember(name, NULL);
    }
    for (unsigned i = 0; i < 2 * MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "even%u", i);
        bool has = libc_has(name, NULL);
        assert_true(!has || i % 2 == 0);
        known += has;
    }
    assert_in_range(known, 100, 1024);
}

static void *remember_all(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "shared%u", i);
        libc_remember(name, "V");
        libc_has(name, "V");
    }
    return NULL;
}

static void threads_may_remember_at_once(void **state)
{
    (void)state;
    pthread_t threads[8];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, remember_all, NULL), 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_false(libc_has("shared0", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_found_is_known),
        cmocka_unit_test(no_other_name_or_version_is),
        cmocka_unit_test(long_names_are_not),
        cmocka_unit_test(threads_may_remember_at_once),
        cmocka_unit_test(many_names_are_never_confused),
    };
    return cmocka_run_group_tests_name("libc", tests, NULL, NULL);
}

/* Runs the targets on their corpora, with each allocation failing in turn: starve DIRECTORY. Their
 * promises must hold, and nothing may leak. Leaves out the stamp: libdw, libelf and libbpf do not
 * survive failed allocations. Prints TAP. */
#include "fuzz/targets.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- allocation: linked with -Wl,--wrap for each of these ---- */

static long allocations; /* that were asked for in this run */
static long failing;     /* the number of the one that fails; 0: none */
static long live;        /* blocks that were not freed */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_reallocarray(void *block, size_t count, size_t size);
char *__real_strdup(const char *string);
char *__real_strndup(const char *string, size_t size);
int __real_vasprintf(char **text, const char *format, va_list arguments);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
char *__wrap_strdup(const char *string);
char *__wrap_strndup(const char *string, size_t size);
int __wrap_vasprintf(char **text, const char *format, va_list arguments);
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments);
void __wrap_free(void *block);

static bool fails(void)
{
    return ++allocations == failing;
}

static void *count(void *block)
{
    live += block != NULL;
    return block;
}

/* Refuses the chunks of arenas (src/base/arena.c), so that each block comes from the heap. */
void *__wrap_malloc(size_t size)
{
    enum { CHUNK_SIZE = 160 << 10 };
    return size == CHUNK_SIZE || fails() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t items, size_t size)
{
    return fails() ? NULL : count(__real_calloc(items, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fails())
        return NULL;
    void *moved = __real_realloc(block, size);
    live += moved && !block;
    return moved;
}

void *__wrap_reallocarray(void *block, size_t items, size_t size)
{
    if (fails())
        return NULL;
    void *moved = __real_reallocarray(block, items, size);
    live += moved && !block;
    return moved;
}

char *__wrap_strdup(const char *string)
{
    return fails() ? NULL : count(__real_strdup(string));
}

char *__wrap_strndup(const char *string, size_t size)
{
    return fails() ? NULL : count(__real_strndup(string, size));
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    int length = fails() ? -1 : __real_vasprintf(text, format, arguments);
    live += length >= 0;
    return length;
}

/* The FORTIFY variant. */
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return __wrap_vasprintf(text, format, arguments);
}

void __wrap_free(void *block)
{
    live -= block != NULL;
    __real_free(block);
}

/* ---- the runs ---- */

static int number;
static long runs, left;

static void run(const struct target *target, const char *name, struct bytes input)
{
    printf("# %s: %s\n", target->name, name);
    fflush(stdout);
    target->run(input); /* what src/scratch.h keeps for the next time is not left */
    for (long n = 1;; n++) {
        long before = live;
        allocations = 0;
        failing = n;
        target->run(input);
        failing = 0;
        runs++;
        if (live != before && !left++)
            printf("# %ld blocks are left where allocation %ld fails\n", live - before, n);
        if (allocations < n)
            return;
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < target_count; i++) {
        if (!strcmp(targets[i].name, "stamp"))
            continue;
        runs = left = 0;
        bool is_read = targets_visit(&targets[i], argv[1], run);
        printf("%sok %d - %s\n", is_read && !left ? "" : "not ", ++number, targets[i].name);
        printf("# %ld runs\n", runs);
    }
    printf("1..%d\n", number);
    return 0;
}

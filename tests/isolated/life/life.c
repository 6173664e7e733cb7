#include "life.h"
/* The rules of the shared memory, which a hostile plugin knows as well. */
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <linux/futex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int calls;
__attribute__((visibility("hidden"))) int life_end = -1; /* of life_static.cc, too */
static life_function *kept;

int number(void)
{
    return ++calls;
}

int hang(void)
{
    for (volatile int i = 0;; i++)
        ;
}

int sleep_ms(int milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L}, NULL);
    return 1;
}

int touch(size_t mebibytes)
{
    size_t size = mebibytes << 20;
    void *made = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        return 0;
    memset(made, 1, size);
    return 1;
}

/* ---- deaths ---- */

static volatile int *volatile nowhere;

__attribute__((noinline)) static int in_static(void)
{
    return *nowhere = 1;
}

static int (*volatile no_function)(void);

__attribute__((noinline)) static int call_nothing(void)
{
    return no_function() + 1;
}

/* The compiler knows of memset that it does not return for a null pointer. */
static void *(*volatile fill)(void *, int, size_t) = memset;

static int deep(volatile char *above)
{
    volatile char here[4096];
    here[0] = above[0];
    return deep(here) + here[0];
}

static struct channel *channel(void)
{
    return mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
}

static int lie(int again)
{
    struct channel *shared = channel();
    uint32_t *life = &shared->slots[0].life.word;
    if (!again)
        *life |= FUTEX_OWNER_DIED;
    syscall(SYS_futex, life, FUTEX_WAKE, 1, NULL, NULL, 0);
    while (again)
        *(volatile uint32_t *)life = (*life + 1) & ~(uint32_t)FUTEX_OWNER_DIED;
    return hang();
}

int is_alive(void)
{
    return channel()->slots[0].life.word == ((uint32_t)getpid() | FUTEX_WAITERS);
}

static int lie_of_place(void)
{
    struct channel_claim *claim = &channel()->claim;
    memset(claim, 'A', sizeof *claim);
    claim->kind = CLAIM_NONE;
    claim->file = 0;
    memcpy(claim->function, "\033[31mmain\n", 11);
    signal(SIGSEGV, SIG_DFL);
    return *nowhere = 1;
}

int die(int how)
{
    switch (how) {
    case DIE_IN_STATIC:
        return in_static() + 1;
    case DIE_IN_LIBC:
        return fill(NULL, 1, 4096) == NULL;
    case DIE_OF_ABORT:
        abort();
    case DIE_OF_STACK:
        return deep((volatile char[]){1});
    case DIE_BY_LIE:
    case DIE_BY_LIE_AGAIN:
        return lie(how == DIE_BY_LIE_AGAIN);
    case DIE_IN_PLACE_OF_LIES:
        return lie_of_place();
    case DIE_OF_A_CALL:
        return call_nothing() + 1;
    case SIGFPE:
        return how / (int)(intptr_t)nowhere;
    case SIGILL:
        __builtin_trap();
    default:
        return raise(how);
    }
}

/* ---- handlers of its own ---- */

static sigjmp_buf recovered;

static void on_fault(int number)
{
    if (number == SIGSEGV)
        siglongjmp(recovered, 1);
    _exit(7);
}

int handle(int how)
{
    signal(how ? SIGABRT : SIGSEGV, on_fault);
    if (how)
        abort();
    if (sigsetjmp(recovered, 1))
        return 1;
    return *nowhere = 2;
}

/* ---- ends ---- */

void keep(life_function *function)
{
    kept = function;
}

static void at_exit(void)
{
    puts("atexit");
}

void at_end(int what)
{
    life_end = what;
    atexit(at_exit);
}

__attribute__((destructor)) static void destructor(void)
{
    if (life_end < 0)
        return;
    printf("destructor %d, ", life_end);
    if (life_end == END_HANGS)
        hang();
    else if (life_end == END_CRASHES)
        in_static();
    else if (life_end == END_CALLS)
        kept(1);
    else if (life_end == END_EXITS)
        _exit(3);
    printf("without an end of the line");
}

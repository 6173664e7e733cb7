#include "forge.h"
/* The rules of the shared memory, which a hostile plugin knows as well. */
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int call(callback *function, int value)
{
    return function(value);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int hang(int milliseconds)
{
    double end = now() + milliseconds / 1e3;
    while (now() < end)
        ;
    return milliseconds;
}

int slow(callback *function, int milliseconds)
{
    hang(milliseconds);
    int result = function(milliseconds);
    hang(milliseconds);
    return result;
}

int crash(int value)
{
    *(volatile int *)NULL = value;
    return 0;
}

static int numbers;

int number(void)
{
    return ++numbers;
}

static char functions[4096];

static int add(int value)
{
    return value + 1;
}

callback *adder(int number)
{
    return number ? (callback *)(void *)&functions[number] : add;
}

static callback *kept_function;

void keep(callback *function)
{
    kept_function = function;
}

int kept(int value)
{
    return kept_function ? kept_function(value) : -1;
}

int endless(int (*function)(const char *text))
{
    char *text = malloc(3 * CHANNEL_MESSAGE_MAX);
    memset(text, 'x', 3 * CHANNEL_MESSAGE_MAX);
    return function(text);
}

const char *text(const char *(*function)(void))
{
    return function();
}

static void *run(void *data)
{
    callback *function = *(callback **)data;
    function(1);
    return NULL;
}

int in_thread(callback *function, int value)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, &function);
    pthread_join(thread, NULL);
    return value;
}

int beyond(int (*function)(const int *values))
{
    return 0 * function((int[2]){0});
}

/* Calls back by itself, on the slot of the call under way. */
int forge(int how, callback *function)
{
    struct channel *channel =
        mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    uint8_t *area = mmap(NULL, CHANNEL_MESSAGE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED,
                         START_CHANNEL, (off_t)channel_answer_area(0));
    struct channel_slot *slot = &channel->slots[0];
    if (how == 0)
        return function(7); /* an honest one */
    uint8_t message[CHANNEL_MESSAGE_MAX / 1024];
    memcpy(message, area, sizeof message);
    function(1);
    slot->status = CHANNEL_CALLS;
    switch (how) {
    case 1:
        slot->called_back.number = 100;
        break;
    case 2:
        slot->called_back.number = UINT32_MAX;
        break;
    case 3:
        slot->called_back.function = UINT32_MAX;
        break;
    case 4: /* another type: of the first symbol */
        slot->called_back.function = 0;
        break;
    case 5:
        memset(area, 0xff, 256);
        break;
    case 6:
        slot->answer_size = CHANNEL_MESSAGE_MAX + 1;
        break;
    case 7:
        slot->answer_size = 0;
        break;
    default:
        break;
    }
    uint32_t count = slot->call.count + (how == 8); /* none is due */
    __atomic_store_n(&slot->answer.count, count, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slot->answer.count, FUTEX_WAKE, 1, NULL, NULL, 0);
    for (;;)
        ;
}

#include "shared.h"

/* The rules of messages, which a hostile plugin knows as well. */
#include "src/crossing/crossing_p.h"
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int V = 5;
int numbers[4] = {1, 2, 3, 4};
struct point corner = {'a', 1.5, 2};
volatile long ticks;
const int limits[3] = {10, 20, 30};
char name[8] = "worker";
static int kept = 77;
static int *remembered;

static int found;

__attribute__((constructor)) static void construct(void)
{
    V = 6;
    for (int i = START_MEMORY; i <= START_VARIABLES; i++)
        found += lseek(i, 0, SEEK_CUR) != -1;
}

int descriptors(void)
{
    return found;
}

int get(void)
{
    return V;
}

void set(int value)
{
    V = value;
}

void tick(void)
{
    ticks++;
}

int is_V(const int *at)
{
    return at == &V;
}

int *address(int which)
{
    return which < 0 ? &kept : which == 0 ? &V : &numbers[which];
}

const char *get_name(void)
{
    return name;
}

struct node *list(void)
{
    return (struct node *)(void *)name;
}

size_t length(const char *text)
{
    return strlen(text);
}

long sum(const int *values, size_t count)
{
    long result = 0;
    for (size_t i = 0; i < count; i++)
        result += values[i];
    return result;
}

void fill(void *bytes, size_t count, int with)
{
    memset(bytes, with, count);
}

int *same(int *at)
{
    return at;
}

void remember(int *at)
{
    remembered = at;
}

int poke(int value)
{
    int before = *remembered;
    *remembered = value;
    return before;
}

int sum_points(const struct point *points, int count)
{
    int result = 0;
    for (int i = 0; i < count; i++)
        result += points[i].y;
    return result;
}

void reverse(struct node *first)
{
    for (; first; first = first->next)
        first->value = -first->value;
}

void nothing(void)
{
}

void pass(int *values, size_t count)
{
    (void)values, (void)count;
}

int crash(void)
{
    return *(volatile int *)NULL;
}

int *forge(uint64_t reference)
{
    struct channel *channel =
        mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    uint8_t *area = mmap(NULL, 2 * CHANNEL_MESSAGE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED,
                         START_CHANNEL, (off_t)channel_call_area(0));
    struct message_header header;
    struct object_header frame;
    struct channel_slot *slot = &channel->slots[0];
    memcpy(&header, area, sizeof header);
    memcpy(&frame, area + sizeof header, sizeof frame);
    header.size = 48;
    header.objects = 1;
    frame.flow = 0;
    uint8_t *answer = area + CHANNEL_MESSAGE_MAX;
    memset(answer, 0, header.size);
    memcpy(answer, &header, sizeof header);
    memcpy(answer + sizeof header, &frame, sizeof frame);
    memcpy(answer + sizeof header + sizeof frame, &reference, sizeof reference);
    slot->answer_size = header.size;
    slot->status = CHANNEL_RETURNED;
    __atomic_store_n(&slot->answer.count, slot->call.count, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slot->answer.count, FUTEX_WAKE, 1, NULL, NULL, 0);
    for (;;)
        pause();
}

int spoil(void)
{
    memset(name, 'x', sizeof name);
    memset(remembered, 0xff, 4096);
    return 1;
}

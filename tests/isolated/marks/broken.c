#include "broken.h"

/* The rules of messages, which a hostile plugin knows as well. */
#include "src/crossing/crossing_p.h"
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int get(int number)
{
    return number + 1;
}

static const int numbers[] = {1, 2, 3, 4};
static struct thing thing = {.name = "thing", .get = get, .count = 2, .numbers = numbers};
static int drops;

void begin(int number)
{
    thing.number = number;
    host_keep(&thing);
}

void again(const char *name, int count)
{
    thing.number++;
    thing.name = name;
    thing.count = (size_t)count;
    host_keep(&thing);
}

int flood(int count)
{
    struct thing *all = calloc((size_t)count, sizeof *all);
    for (int i = 0; i < count; i++)
        host_keep(&all[i]);
    return count;
}

void crash(void)
{
    abort();
}

static const struct thing *kept_thing;

void keep(const struct thing *given)
{
    kept_thing = given;
}

const struct thing *kept(void)
{
    return kept_thing;
}

char *text(int which)
{
    return strdup(which ? "some text" : "");
}

struct thing *make(int number)
{
    struct thing *made = calloc(1, sizeof *made);
    made->number = number;
    made->name = "made";
    return made;
}

void drop(struct thing *dropped)
{
    free(dropped);
    drops++;
}

int dropped(void)
{
    return drops;
}

struct thing *argument(struct thing *own)
{
    return own;
}

const int *negative(int *n)
{
    *n = -1;
    return numbers;
}

int measure(const struct part *part)
{
    int result = 0;
    for (; part; part = part->next) {
        for (size_t i = 0; i < part->size; i++)
            result += part->data[i];
        result += part->name ? (int)strlen(part->name) * 1000 : 0;
    }
    return result;
}

int sum(const int *values, const size_t *count)
{
    int result = 0;
    for (size_t i = 0; count && i < *count; i++)
        result += values[i];
    return result;
}

struct part *change(struct part *part, int which)
{
    part->size = 1;
    if (which)
        part->data = malloc(1);
    part->name = "changed";
    return part;
}

bool use_host(void)
{
    struct thing *made = host_make();
    made->number = 1;
    host_drop(made);
    return host_is_own(kept_thing ? kept_thing : host_own());
}

/* ---- messages of its own ---- */

static struct channel *channel;
static uint8_t *area;

static void send(uint32_t status, uint32_t size)
{
    struct channel_slot *slot = &channel->slots[0];
    slot->answer_size = size;
    slot->status = status;
    __atomic_store_n(&slot->answer.count, slot->call.count, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slot->answer.count, FUTEX_WAKE, 1, NULL, NULL, 0);
    for (;;)
        pause();
}

/* Calls function number `number` of the host, as number `function` of the plan, with one argument.
 */
static void call(uint32_t number, uint32_t function, uint32_t frame, uint64_t reference)
{
    uint8_t *message = area + CHANNEL_MESSAGE_MAX;
    struct message_header header = {.size = 16 + 16 + 32, .objects = 1, .function = function};
    struct object_header object = {.object = frame, .count = 1, .flow = PLAN_IN};
    memset(message, 0, header.size);
    memcpy(message, &header, sizeof header);
    memcpy(message + 16, &object, sizeof object);
    memcpy(message + 32, &reference, sizeof reference);
    channel->slots[0].called_back = (struct channel_call){number, function};
    send(CHANNEL_CALLS, header.size);
}

static const struct plan *find_plan(void)
{
    const struct start *start = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, START_PLAN, 0);
    return (const struct plan *)((const char *)start + start->plan);
}

int forge(int which)
{
    channel = mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    area = mmap(NULL, 2 * CHANNEL_MESSAGE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL,
                (off_t)channel_call_area(0));
    const struct plan *plan = find_plan();
    for (uint32_t i = 0; i < plan->import_count; i++) {
        const struct plan_function *function = plan_function(plan, plan->symbol_count + i);
        const char *name = plan_name(plan, function->name);
        uint32_t number = plan->symbol_count + i;
        if (which < 3 && !strcmp(name, "host_is_own"))
            call(i, number, function->frame, reference_make(REFERENCE_KEPT, (uint32_t)which, 0));
        if (which == 3 && !strcmp(name, "host_drop"))
            call(i, number, function->frame, reference_make(REFERENCE_HANDLE, 0, 0));
        if (which == 4 && !strcmp(name, "host_keep"))
            call(i, number, function->frame, reference_make(REFERENCE_KEPT, 0, 0));
    }
    return -1;
}

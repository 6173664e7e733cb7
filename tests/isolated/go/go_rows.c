/* Calls an isolated Go plugin in all ways that work, and prints what is not as it should be. */
#include "go_rows.h"
#include "go.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("line %d: %s; %s\n", __LINE__, #condition,                                      \
                   plugin_error_code() ? plugin_error() : "no error");                             \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static plugin_go_string go_string(const char *text)
{
    return (plugin_go_string){text, (ptrdiff_t)strlen(text)};
}

static bool is(plugin_go_string own, const char *text)
{
    return (size_t)own.len == strlen(text) && !memcmp(own.data, text, strlen(text));
}

static void values(const struct calls *calls)
{
    EXPECT(calls->Add(-1, 65535, 0.5F, 3.0, true) == 65537.5);
    EXPECT(calls->Add(-1, 65535, 0.5F, 3.0, false) == 0);
    struct Point p = calls->Mirror((struct Point){1, -2, go_string("left")});
    EXPECT(p.X == -1 && p.Y == 2 && is(p.Name, "not left"));
    struct divided divided = calls->Divide(7, 2);
    EXPECT(divided.quotient == 3 && !divided.error);
    divided = calls->Divide(7, 0);
    EXPECT(divided.error && !strcmp(divided.error, "division by zero"));
}

static void strings(const struct calls *calls)
{
    static const plugin_go_string none;
    plugin_go_string list[] = {{"a", 1}, {"", 0}, {NULL, 0}, {"d\0e", 3}};
    plugin_go_string joined = calls->Join((struct strings){list, 4, 4}, go_string(", "));
    EXPECT(joined.len == 10 && !memcmp(joined.data, "a, , , d\0e", 10));
    EXPECT(calls->Length(none) == 0 && calls->Length(go_string("\xc3\xa4")) == 2);
    struct strings parts = calls->Split(go_string("one,,three"));
    EXPECT(parts.len == 3 && parts.cap == 3 && is(parts.data[0], "one") && is(parts.data[1], "") &&
           is(parts.data[2], "three"));
    char *large = malloc(1 << 20);
    if (!large)
        abort();
    memset(large, 'x', 1 << 20);
    EXPECT(calls->Length((plugin_go_string){large, 1 << 20}) == 1 << 20);
    free(large);
}

static void slices(const struct calls *calls)
{
    int64_t numbers[] = {1, 2, 3, 100}, inner[] = {5};
    struct ints list = {numbers, 3, 4}, none = {NULL, 0, 0}, empty = {numbers, 0, 4};
    EXPECT(calls->Sum(list) == 6 && calls->Sum(none) == 0);
    calls->Double(list);
    EXPECT(numbers[0] == 2 && numbers[2] == 6 && numbers[3] == 100);
    struct ints tail = calls->Tail(list);
    EXPECT(tail.data == numbers + 1 && tail.len == 2 && tail.cap == 2);
    /* What is behind the length is not the callee's. */
    EXPECT(calls->Capacity(list) == 3);
    struct ints longer = calls->Append(list);
    EXPECT(longer.data != numbers && longer.len == 4 && longer.cap == 4 && longer.data[3] == 7 &&
           numbers[3] == 100);
    EXPECT(calls->IsNil(none) && !calls->IsNil(empty));
    EXPECT(!calls->Nothing(list).data && calls->Nothing(list).len == 0);
    struct ints lists[] = {{inner, 1, 1}, none};
    struct lists deeper = calls->Deeper((struct lists){lists, 2, 2});
    EXPECT(deeper.len == 3 && deeper.data[0].data[0] == 1 && deeper.data[1].data == inner &&
           !deeper.data[2].data);
    calls->Grow(&list);
    EXPECT(list.len == 4 && list.cap == 4 && list.data != numbers && list.data[3] == 3);
}

static void pointers(const struct calls *calls)
{
    struct Point p = {1, 2, go_string("here")}, list[] = {{1, 0, {NULL, 0}}, {3, 0, {"r", 1}}};
    calls->Move(&p, 4);
    EXPECT(p.X == 5 && p.Y == 2 && is(p.Name, "here moved"));
    signed char byte = 1;
    EXPECT(calls->Fake((struct fake){&byte, 1 << 20, 2}) == (1 << 20) + 3);
    EXPECT(calls->Rightmost((struct points){list, 2, 2}) == &list[1]);
}

/* Go code may keep what it was passed, though the host's memory is gone. */
static void lasting(const struct calls *calls)
{
    enum { ROUNDS = 20 };
    char expected[1024] = "";
    for (int i = 0; i < ROUNDS; i++) {
        char text[16], name[16], item[16];
        plugin_go_string list[] = {{item, 0}};
        snprintf(text, sizeof text, "text%d", i);
        snprintf(name, sizeof name, "name%d", i);
        list[0].len = snprintf(item, sizeof item, "item%d", i);
        struct Point p = {0, 0, go_string(name)};
        calls->Remember(go_string(text), (struct strings){list, 1, 1}, &p);
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected),
                 "%stext%d name%d item%d", i ? " " : "", i, i, i);
        calls->Garbage(2);
    }
    EXPECT(is(calls->Recall(), expected));
}

static void handles(const struct calls *calls)
{
    struct Box *first = calls->NewBox(go_string("a")), *second = calls->NewBox(go_string("b"));
    EXPECT(first && second && first != second);
    EXPECT(calls->Put(first, go_string("c")) == 2);
    calls->Garbage(16);
    EXPECT(is(calls->Keys(first), "a c"));
    EXPECT(is(calls->Keys(second), "b"));
}

/* Zero-copy: the same memory in both processes. */
static void shared(const struct calls *calls, plugin *p)
{
    int64_t *numbers = plugin_alloc(p, 4 * sizeof *numbers);
    EXPECT(numbers);
    for (int i = 0; i < 4; i++)
        numbers[i] = i;
    struct ints list = {numbers, 4, 4};
    calls->Double(list);
    EXPECT(numbers[3] == 6 && calls->Tail(list).data == numbers + 1);
    plugin_free(p, numbers);
}

struct work {
    const struct calls *calls;
    int number;
    bool is_good;
};

static void *work(void *data)
{
    struct work *own = data;
    own->is_good = true;
    for (int i = 0; i < 200; i++) {
        int64_t numbers[] = {own->number, i, 1};
        char name[32];
        snprintf(name, sizeof name, "%d-%d", own->number, i);
        struct Point p = own->calls->Mirror((struct Point){i, 1, go_string(name)});
        /* Valid until the thread's next call. */
        own->is_good &= p.X == -i && !memcmp(p.Name.data, "not ", 4) &&
                        !memcmp(p.Name.data + 4, name, strlen(name));
        own->is_good &= own->calls->Sum((struct ints){numbers, 3, 3}) == own->number + i + 1;
    }
    return NULL;
}

static void threads(const struct calls *calls)
{
    enum { COUNT = 8 };
    pthread_t made[COUNT];
    struct work works[COUNT];
    for (int i = 0; i < COUNT; i++) {
        works[i] = (struct work){.calls = calls, .number = i};
        if (pthread_create(&made[i], NULL, work, &works[i]) != 0)
            abort();
    }
    for (int i = 0; i < COUNT; i++) {
        pthread_join(made[i], NULL);
        EXPECT(works[i].is_good);
    }
}

bool rows_are_well(const struct calls *calls, plugin *p)
{
    failures = 0;
    values(calls);
    strings(calls);
    slices(calls);
    pointers(calls);
    lasting(calls);
    handles(calls);
    shared(calls, p);
    threads(calls);
    EXPECT(calls->Goroutines(500) == 124750);
    EXPECT(plugin_error_code() == PLUGIN_OK);
    return !failures;
}

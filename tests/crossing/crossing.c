/* Objects that cross between two sides, both in this process; and messages that no side writes. */
#include "src/crossing/crossing_p.h"
#include "tests/common/check.h"
#include "tests/crossing/crossing_made.h"

#include <stdio.h>

static struct made_plan made;

enum { ROOM = 1 << 16, FRAME = 8 * 16 };

/* Two sides that call each other. */
static struct made_side host_side, worker_side;

/* Gives memory with zeroes behind all of it. */
static _Alignas(16) uint8_t roomy[2 * MIB];
static size_t roomy_used;

static void *roomy_place(void *context, uint32_t number, size_t size, size_t alignment)
{
    (void)context;
    (void)number;
    (void)alignment;
    void *place = roomy + roomy_used;
    roomy_used += size + 16 - (roomy_used + size) % 16;
    return roomy_used < sizeof roomy ? place : NULL;
}

static const struct crossing_side roomy_calls = {.refer = made_refer,
                                                 .resolve = made_resolve,
                                                 .refer_function = made_refer_function,
                                                 .resolve_function = made_resolve_function,
                                                 .place = roomy_place};

static struct crossing host = {.plan = &made.plan, .side = &made_calls, .context = &host_side};
static struct crossing worker = {.plan = &made.plan, .side = &made_calls, .context = &worker_side};
static uint8_t call[ROOM], answer[ROOM];
static size_t call_size, answer_size;
static _Alignas(16) uint8_t frame[FRAME];
static struct error error;

static int start(void **state)
{
    (void)state;
    made_plan(&made);
    return 0;
}

/* Ends a call; the caller's new objects are gone. */
static void clear(void)
{
    crossing_clear(&host);
    crossing_clear(&worker);
    made_side_clear(&host_side);
    made_side_clear(&worker_side);
    error_free(&error);
    host_side.is_host = true;
}

static int clear_all(void **state)
{
    (void)state;
    clear();
    crossing_deinit(&host);
    crossing_deinit(&worker);
    return 0;
}

static void set(int argument, const void *pointer)
{
    MADE_ARGUMENT(frame, argument, const void *) = pointer;
}

#define RESULT(number, type) MADE_ARGUMENT(frame, number, type)

/* The bytes in a block of exactly their size, so that ASan sees a read beyond the end. */
static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* The host's half of a call, from a frame. */
static bool send_call(enum made_function function, void *from)
{
    clear();
    memset(call, 0xA5, sizeof call);
    return crossing_call(&host, function, from, call, sizeof call, &call_size, &error);
}

/* The worker's half. */
static bool serve(enum made_function function, void (*callee)(void *frame))
{
    uint8_t *copy = copy_of(call, call_size);
    void *own = crossing_receive(&worker, function, (struct bytes){copy, call_size}, &error);
    free(copy);
    if (!own)
        return false;
    if (callee)
        callee(own);
    memset(answer, 0xA5, sizeof answer);
    return crossing_answer(&worker, function, answer, sizeof answer, &answer_size, &error);
}

static bool finish(enum made_function function)
{
    uint8_t *copy = copy_of(answer, answer_size);
    bool is_good = crossing_finish(&host, function, copy, answer_size, &error);
    free(copy);
    return is_good;
}

static bool round_trip(enum made_function function, void (*callee)(void *frame))
{
    bool is_good = send_call(function, frame) && serve(function, callee) && finish(function);
    if (!is_good)
        printf("# %s\n", error_text(&error));
    return is_good;
}

static void check_error(enum plugin_code code, const char *text)
{
    assert_string_equal(error_text(&error), text);
    assert_int_equal(error.code, code);
}

/* ---- what crosses ---- */

static void add(void *own)
{
    RESULT(2, int) = -1;
    MADE_ARGUMENT(own, 2, int) = MADE_ARGUMENT(own, 0, int) + MADE_ARGUMENT(own, 1, int);
}

static void numbers_cross(void **state)
{
    (void)state;
    memset(frame, 0x77, sizeof frame);
    RESULT(0, int) = 40;
    RESULT(1, int) = 2;
    assert_true(round_trip(MADE_ADD, add));
    assert_int_equal(RESULT(2, int), 42);
    assert_int_equal(call_size, 16 + 16 + 48);
    assert_int_equal(answer_size, 16 + 16 + 16);
}

/* Of the caller's memory, only members cross: what is behind a slot, the result, and padding do
 * not. */
static void nothing_else_of_the_caller_crosses(void **state)
{
    (void)state;
    struct made_home home;
    memset(frame, 0x77, sizeof frame);
    RESULT(0, int) = RESULT(1, int) = 0;
    assert_true(send_call(MADE_ADD, frame));
    assert_null(memchr(call, 0x77, call_size));
    made_home(&home);
    assert_true(send_call(MADE_RICH, home.frame));
    assert_null(memchr(call, 0x5A, call_size));
    assert_null(memchr(call, 0xA5, call_size));
    assert_true(serve(MADE_RICH, made_rich));
    /* The callee's buffer has such bytes behind its string. */
    assert_true(finish(MADE_RICH));
}

static void greet(void *own)
{
    static char text[64];
    const char *suffix = MADE_ARGUMENT(own, 1, const char *);
    snprintf(text, sizeof text, "hello %s%s", MADE_ARGUMENT(own, 0, const char *),
             suffix ? suffix : "");
    MADE_ARGUMENT(own, 2, const char *) = text;
}

static void greet_nobody(void *own)
{
    assert_null(MADE_ARGUMENT(own, 0, const char *));
}

static void strings_cross_both_ways(void **state)
{
    (void)state;
    set(0, "you");
    set(1, NULL);
    assert_true(round_trip(MADE_GREET, greet));
    assert_string_equal(RESULT(2, const char *), "hello you");
    set(1, "");
    assert_true(round_trip(MADE_GREET, greet));
    assert_string_equal(RESULT(2, const char *), "hello you");
    set(0, NULL);
    assert_true(round_trip(MADE_GREET, greet_nobody));
    assert_null(RESULT(2, const char *));
}

static void show(void *own)
{
    const struct words *text = MADE_ARGUMENT(own, 0, const struct words *);
    assert_string_equal(text->title, "a title");
    assert_ptr_equal(text->title, text->body);
    assert_int_equal(text->number, 5);
    ((struct words *)(uintptr_t)text)->number = 6;
}

static void what_is_const_does_not_come_back(void **state)
{
    (void)state;
    const char *title = "a title";
    struct words text = {title, title, 5};
    set(0, &text);
    assert_true(round_trip(MADE_SHOW, show));
    assert_int_equal(text.number, 5);
    assert_int_equal(host.count, 3);
}

static void edit(void *own)
{
    struct words *text = MADE_ARGUMENT(own, 0, struct words *);
    text->title = "another";
    text->number++;
}

static void what_is_not_const_comes_back(void **state)
{
    (void)state;
    const char *body = "body";
    struct words text;
    memset(&text, 0x33, sizeof text);
    text.title = "a title";
    text.body = body;
    text.number = 5;
    set(0, &text);
    assert_true(round_trip(MADE_EDIT, edit));
    assert_string_equal(text.title, "another");
    assert_ptr_equal(text.body, body);
    assert_int_equal(text.number, 6);
    assert_int_equal(((uint8_t *)&text)[20], 0x33);
}

static struct words passed = {"title", "body", 1};

static void pass(void *own)
{
    struct words *text = &MADE_ARGUMENT(own, 0, struct words);
    struct words *result = (struct words *)((uint8_t *)own + 32);
    assert_string_equal(text->title, "title");
    *result = (struct words){text->body, "new", text->number + 1};
}

static void structs_cross_by_value(void **state)
{
    (void)state;
    RESULT(0, struct words) = passed;
    assert_true(round_trip(MADE_PASS, pass));
    struct words *result = (struct words *)(frame + 32);
    assert_ptr_equal(result->title, passed.body);
    assert_string_equal(result->body, "new");
    assert_int_equal(result->number, 2);
}

/* ---- graphs ---- */

static void turn(void *own)
{
    struct node *first = MADE_ARGUMENT(own, 0, struct node *), *second = first->next;
    assert_ptr_equal(second->next->next, first);
    for (int i = 0; i < 3; i++, first = first->next)
        first->value *= 10;
    static struct node added;
    added = (struct node){second, 7};
    first->next = &added;
    MADE_ARGUMENT(own, 1, struct node *) = &added;
}

static void cycles_cross(void **state)
{
    (void)state;
    struct node nodes[3] = {{&nodes[1], 1}, {&nodes[2], 2}, {&nodes[0], 3}};
    set(0, nodes);
    assert_true(round_trip(MADE_TURN, turn));
    struct node *result = RESULT(1, struct node *);
    assert_int_equal(nodes[2].value, 30);
    assert_ptr_equal(nodes[2].next, nodes);
    assert_ptr_equal(nodes[0].next, result);
    assert_ptr_equal(result->next, &nodes[1]);
    assert_int_equal(result->value, 7);
    assert_int_equal(host_side.block_count, 1);
}

static struct node mine[100];

static void chain(struct node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        nodes[i] = (struct node){i + 1 < count ? &nodes[i + 1] : NULL, (int)i};
}

/* Puts a list of its own in front of the caller's, twice in the order in which it came. */
static void turn_many(void *own)
{
    struct node *first = MADE_ARGUMENT(own, 0, struct node *), *last = first;
    while (last->next)
        last = last->next;
    chain(mine, COUNT(mine));
    mine[COUNT(mine) - 1].next = last;
    last->next = first;
    MADE_ARGUMENT(own, 1, struct node *) = mine;
}

static void long_lists_cross(void **state)
{
    (void)state;
    static struct node nodes[1000];
    for (int round = 0; round < 2; round++) {
        chain(nodes, COUNT(nodes));
        set(0, nodes);
        assert_true(round_trip(MADE_TURN, turn_many));
        struct node *at = RESULT(1, struct node *);
        for (size_t i = 0; i < COUNT(mine); i++, at = at->next)
            assert_int_equal(at->value, i);
        assert_ptr_equal(at, &nodes[COUNT(nodes) - 1]);
        assert_ptr_equal(at->next, nodes);
        assert_int_equal(host_side.block_count, COUNT(mine));
    }
}

static void return_list(void *own)
{
    static struct node other = {NULL, 1};
    const struct node *list = MADE_ARGUMENT(own, 0, const struct node *);
    MADE_ARGUMENT(own, 1, const void *) = list->value ? list->next : &other;
}

static void objects_that_stay_are_referred_to(void **state)
{
    (void)state;
    struct node nodes[2] = {{&nodes[1], 1}, {NULL, 2}};
    set(0, nodes);
    assert_true(round_trip(MADE_FIRST, return_list));
    assert_ptr_equal(RESULT(1, void *), &nodes[1]);
    nodes[0].value = 0;
    assert_true(round_trip(MADE_FIRST, return_list));
    assert_int_equal(RESULT(1, struct node *)->value, 1);
}

/* An array in an object, of structs with strings; bytes with a count; a pointer of the host's own.
 */
static void box(void *own)
{
    struct box *box = MADE_ARGUMENT(own, 0, struct box *);
    assert_string_equal(box->texts[1].body, "four");
    assert_null(box->texts[1].title);
    assert_int_equal(box->size, 5);
    assert_memory_equal(box->bytes, "\1\2\0\4\5", 5);
    assert_ptr_equal(box->hidden, made_foreign);
    box->texts[1].title = box->texts[0].title;
    box->texts[0].number = 33;
}

static void arrays_within_objects_cross(void **state)
{
    (void)state;
    struct made_home home;
    made_home(&home);
    const char *one = home.box.texts[0].title;
    struct box before;
    memcpy(&before, &home.box, sizeof before); /* with its padding */
    set(0, &home.box);
    assert_true(round_trip(MADE_BOX, box));
    assert_ptr_equal(home.box.texts[1].title, one);
    assert_int_equal(home.box.texts[0].number, 33);
    assert_ptr_equal(home.box.hidden, &home.hidden);
    assert_ptr_equal(home.box.bytes, home.bytes);
    assert_memory_equal((uint8_t *)&home.box + 2, (uint8_t *)&before + 2, 6);
}

static void shorten(void *own)
{
    struct list *list = MADE_ARGUMENT(own, 0, struct list *);
    assert_int_equal(list->count, 3);
    assert_string_equal(list->items[2].body, "word");
    list->items[2].number = 77;
    list->items++;
    list->count = 2;
}

static void lengthen(void *own)
{
    static struct words longer[4];
    struct list *list = MADE_ARGUMENT(own, 0, struct list *);
    for (int i = 0; i < 4; i++)
        longer[i] = (struct words){"longer", list->items[0].body, i};
    list->items = longer;
    list->count = 4;
}

static void a_counted_member_may_change(void **state)
{
    (void)state;
    struct made_home home;
    made_home(&home);
    set(0, &home.list);
    assert_true(round_trip(MADE_LIST, shorten));
    assert_ptr_equal(home.list.items, &home.texts[1]);
    assert_int_equal(home.list.count, 2);
    assert_int_equal(home.texts[2].number, 77);
    made_home(&home);
    assert_true(round_trip(MADE_LIST, lengthen));
    assert_int_equal(home.list.count, 4);
    assert_string_equal(home.list.items[3].title, "longer");
    assert_ptr_equal(home.list.items[3].body, home.word);
}

static void all_crosses(void **state)
{
    (void)state;
    struct made_home home;
    made_home(&home);
    assert_true(send_call(MADE_RICH, home.frame));
    assert_true(serve(MADE_RICH, made_rich));
    assert_true(finish(MADE_RICH));
    struct words *result = MADE_ARGUMENT(home.frame, 6, struct words *);
    assert_string_equal(result->title, "new");
    assert_ptr_equal(result->body, home.word);
    assert_int_equal(home.nodes[0].next->value, 9);
    assert_ptr_equal(home.nodes[0].next->next, &home.nodes[1]);
    assert_int_equal(home.list.count, 2);
    assert_ptr_equal(home.list.items, home.texts);
    assert_ptr_equal(home.texts[0].title, result->title);
    assert_ptr_equal(home.texts[1].title, home.word + 1);
    assert_string_equal(home.out, "out");
    assert_ptr_equal(home.box.texts[0].body, home.out + 1);
    assert_ptr_equal(home.box.bytes, home.bytes + 2);
}

/* ---- counts ---- */

static void sum(void *own)
{
    const int *values = MADE_ARGUMENT(own, 0, const int *);
    int count = MADE_ARGUMENT(own, 1, int);
    MADE_ARGUMENT(own, 2, const int *) = count ? &values[count - 1] : NULL;
}

static void a_result_may_point_into_an_argument(void **state)
{
    (void)state;
    const int values[3] = {1, 2, 3};
    set(0, values);
    RESULT(1, int) = 3;
    assert_true(round_trip(MADE_SUM, sum));
    assert_ptr_equal(RESULT(2, const int *), &values[2]);
    RESULT(1, int) = 0;
    assert_true(round_trip(MADE_SUM, sum));
    assert_null(RESULT(2, const int *));
}

static void tail(void *own)
{
    int count = MADE_ARGUMENT(own, 1, int), left = MADE_ARGUMENT(own, 2, int);
    MADE_ARGUMENT(own, 3, const int *) = MADE_ARGUMENT(own, 0, const int *) + count - left;
}

static void a_result_may_point_to_the_end(void **state)
{
    (void)state;
    const int values[3] = {1, 2, 3};
    set(0, values);
    RESULT(1, int) = 3;
    for (int left = 0; left <= 3; left++) {
        RESULT(2, int) = left;
        assert_true(round_trip(MADE_TAIL, tail));
        assert_ptr_equal(RESULT(3, const int *), &values[3 - left]);
        assert_int_equal(host_side.block_count, 0);
    }
}

static void counts_are_checked(void **state)
{
    (void)state;
    static const int values[3] = {1, 2, 3};
    set(0, values);
    RESULT(1, int) = -1;
    assert_false(send_call(MADE_SUM, frame));
    check_error(PLUGIN_UNSUPPORTED, "sum: parameter values: the number of objects is negative");
    RESULT(1, int) = INT32_MAX;
    assert_false(send_call(MADE_SUM, frame));
    check_error(PLUGIN_UNSUPPORTED, "sum: parameter values: 2147483647 of int do not fit in what "
                                    "is left of a message of 65536 bytes");
    RESULT(1, int) = ROOM / 4;
    assert_false(send_call(MADE_SUM, frame));
    struct words text = {NULL, NULL, 1};
    set(0, &text);
    RESULT(1, uint64_t) = UINT64_MAX / sizeof text + 2; /* as bytes, 48 */
    assert_false(send_call(MADE_MANY, frame));
    check_error(PLUGIN_UNSUPPORTED,
                "many: parameter texts: 768614336404564652 of struct words do not fit in what is "
                "left of a message of 65536 bytes");
    RESULT(1, uint64_t) = UINT64_MAX;
    assert_false(send_call(MADE_MANY, frame));
    RESULT(1, uint64_t) = 1;
    assert_true(send_call(MADE_MANY, frame));
    struct list list = {-1, &text};
    set(0, &list);
    assert_false(send_call(MADE_LIST, frame));
    check_error(PLUGIN_UNSUPPORTED,
                "list: the pointer at byte 8 of struct list: the number of objects is negative");
}

static void look_at_pair(void *own)
{
    const int *a = MADE_ARGUMENT(own, 0, const int *), *b = MADE_ARGUMENT(own, 2, const int *);
    bool is_one = MADE_ARGUMENT(own, 1, int) >= MADE_ARGUMENT(own, 3, int);
    assert_true((a == b) == is_one);
    assert_int_equal(b[MADE_ARGUMENT(own, 3, int) - 1], MADE_ARGUMENT(own, 3, int));
}

static void who_needs_more_gets_an_object_of_its_own(void **state)
{
    (void)state;
    const int values[3] = {1, 2, 3};
    set(0, values);
    set(2, values);
    for (int n = 1; n <= 3; n++)
        for (int m = 1; m <= 3; m++) {
            RESULT(1, int) = n;
            RESULT(3, int) = m;
            assert_true(round_trip(MADE_PAIR, look_at_pair));
            assert_int_equal(host.count, n >= m ? 2 : 3);
        }
}

static void look_at_nothing(void *own)
{
    MADE_ARGUMENT(own, 1, int)++;
    assert_non_null(MADE_ARGUMENT(own, 0, void *));
}

static void empty_objects_cross(void **state)
{
    (void)state;
    set(0, frame);
    RESULT(1, int) = 1000;
    assert_true(round_trip(MADE_NOTHING, look_at_nothing));
    RESULT(1, int) = INT32_MAX;
    assert_false(send_call(MADE_NOTHING, frame));
}

/* ---- what comes back only ---- */

static void fill(void *own)
{
    char *out = MADE_ARGUMENT(own, 0, char *);
    size_t size = MADE_ARGUMENT(own, 1, size_t);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(out[i], 0);
        out[i] = (char)('a' + i);
    }
}

static void what_comes_back_only_crosses_as_its_size(void **state)
{
    (void)state;
    char out[8] = "secrets";
    set(0, out);
    RESULT(1, uint64_t) = 5;
    assert_true(round_trip(MADE_FILL, fill));
    assert_string_equal(out, "abcdets");
    assert_int_equal(call_size, 16 + 16 + 32 + 16);
    RESULT(1, uint64_t) = 0;
    assert_true(round_trip(MADE_FILL, fill));
    RESULT(1, uint64_t) = ROOM;
    assert_false(send_call(MADE_FILL, frame));
    check_error(PLUGIN_UNSUPPORTED, "fill: parameter out: 65536 of char do not fit in what is left "
                                    "of a message of 65536 bytes");
}

static long read_result;

static void read_some(void *own)
{
    fill(own);
    MADE_ARGUMENT(own, 2, long) = read_result;
}

static void only_as_many_come_back_as_the_result_says(void **state)
{
    (void)state;
    static const struct {
        long result;
        const char *out;
    } rows[] = {{0, "1234567"}, {3, "abc4567"},  {5, "abcde67"},
                {9, "abcde67"}, {-1, "1234567"}, {INT64_MIN, "1234567"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[8] = "1234567";
        set(0, out);
        RESULT(1, uint64_t) = 5;
        read_result = rows[i].result;
        assert_true(round_trip(MADE_READ, read_some));
        assert_string_equal(out, rows[i].out);
        assert_int_equal(RESULT(2, long), rows[i].result);
    }
}

static void copy(void *own)
{
    int *both = MADE_ARGUMENT(own, 0, int *);
    both[0]++;
    both[1]++;
    MADE_ARGUMENT(own, 3, short) = 1;
}

/* A pointer that leads to all of it weighs more than one to as many as the result says. */
static void all_comes_back_if_a_pointer_says_so(void **state)
{
    (void)state;
    int both[2] = {1, 1}, other = 1;
    set(0, both);
    RESULT(1, int) = 2;
    set(2, &other);
    assert_true(round_trip(MADE_COPY, copy));
    assert_int_equal(both[0], 2);
    assert_int_equal(both[1], 1);
    set(2, both);
    assert_true(round_trip(MADE_COPY, copy));
    assert_int_equal(both[0], 3);
    assert_int_equal(both[1], 2);
}

static void square(void *own)
{
    int *out = MADE_ARGUMENT(own, 0, int *);
    const int *in = MADE_ARGUMENT(own, 1, const int *);
    *out = *in * *in;
}

/* The first pointer asks for the size alone, the second for the bytes. */
static void an_object_may_be_both_input_and_output(void **state)
{
    (void)state;
    int in = 5, out = 1;
    set(0, &out);
    set(1, &in);
    assert_true(round_trip(MADE_SQUARE, square));
    assert_int_equal(out, 25);
    set(1, &out);
    assert_true(round_trip(MADE_SQUARE, square));
    assert_int_equal(out, 625);
    assert_int_equal(host.count, 2);
}

static size_t name_offset;

static void name(void *own)
{
    char *buffer = MADE_ARGUMENT(own, 0, char *);
    memcpy(buffer, "ab\0cdefg", 8);
    MADE_ARGUMENT(own, 2, const char *) = buffer + name_offset;
}

static void a_string_may_be_in_the_bytes_of_an_argument(void **state)
{
    (void)state;
    char buffer[9] = "12345678";
    for (name_offset = 0; name_offset <= 2; name_offset++) {
        set(0, buffer);
        RESULT(1, int) = 8;
        assert_true(round_trip(MADE_NAME, name));
        assert_ptr_equal(RESULT(2, const char *), buffer + name_offset);
    }
}

static void name_without_end(void *own)
{
    memset(MADE_ARGUMENT(own, 0, char *), 'x', 8);
    MADE_ARGUMENT(own, 2, const char *) = MADE_ARGUMENT(own, 0, char *) + 4;
}

/* It would lead the caller beyond its bytes. */
static void a_string_that_ends_behind_the_bytes_is_copied(void **state)
{
    (void)state;
    char buffer[8] = "";
    set(0, buffer);
    RESULT(1, int) = 8;
    worker.side = &roomy_calls;
    assert_true(round_trip(MADE_NAME, name_without_end));
    worker.side = &made_calls;
    assert_string_equal(RESULT(2, const char *), "xxxx");
    assert_memory_equal(buffer, "xxxxxxxx", 8);
}

static void scan(void *own)
{
    MADE_ARGUMENT(own, 1, const char *) = MADE_ARGUMENT(own, 0, const char *) + 1;
}

static void bytes_may_be_in_a_string(void **state)
{
    (void)state;
    const char *string = "abc";
    set(0, string);
    assert_true(round_trip(MADE_SCAN, scan));
    assert_ptr_equal(RESULT(1, const char *), string + 1);
}

/* ---- opaque pointers ---- */

static int hidden;

static void opaque(void *own)
{
    void *first = MADE_ARGUMENT(own, 0, void *);
    assert_ptr_equal(MADE_ARGUMENT(own, 1, void *), NULL);
    MADE_ARGUMENT(own, 2, void *) = first == (void *)made_foreign ? first : &hidden;
}

static void look_at_own(void *own)
{
    MADE_ARGUMENT(own, 2, void *) = MADE_ARGUMENT(own, 0, void *);
}

static void opaque_pointers_cross(void **state)
{
    (void)state;
    set(0, &hidden);
    set(1, NULL);
    assert_true(round_trip(MADE_OPAQUE, opaque));
    assert_ptr_equal(RESULT(2, void *), &hidden);
    set(0, NULL);
    assert_true(round_trip(MADE_OPAQUE, opaque));
    assert_ptr_equal(RESULT(2, void *), made_foreign);
    set(0, (void *)(made_foreign + 3));
    assert_false(round_trip(MADE_OPAQUE, look_at_own));
    check_error(PLUGIN_CRASHED, "the call of opaque: this pointer was never given");
    for (int i = 0; i < 16; i++)
        host_side.opaque[i] = frame;
}

static void an_opaque_pointer_that_cannot_be_referred_to(void **state)
{
    (void)state;
    clear();
    set(0, &hidden);
    set(1, NULL);
    host_side.opaque_count = 16;
    for (int i = 0; i < 16; i++)
        host_side.opaque[i] = frame;
    assert_false(crossing_call(&host, MADE_OPAQUE, frame, call, sizeof call, &call_size, &error));
    check_error(PLUGIN_UNSUPPORTED, "opaque: parameter first: there are too many opaque pointers");
}

/* ---- functions ---- */

static int some_function(int value)
{
    return value;
}

static void calls(void *own)
{
    assert_ptr_equal(MADE_ARGUMENT(own, 0, void *), made_foreign_function);
    assert_ptr_equal(MADE_ARGUMENT(own, 1, void *), NULL);
    MADE_ARGUMENT(own, 2, void *) = (void *)some_function;
}

static void pass_back(void *own)
{
    MADE_ARGUMENT(own, 2, void *) = MADE_ARGUMENT(own, 0, void *);
}

static void functions_cross(void **state)
{
    (void)state;
    set(0, (void *)made_called);
    set(1, NULL);
    assert_true(round_trip(MADE_CALLS, calls));
    assert_ptr_equal(RESULT(2, void *), made_foreign_function);
    /* The host's comes back as one of another type. */
    assert_false(round_trip(MADE_CALLS, pass_back));
    check_error(PLUGIN_CRASHED, "the answer to calls: this function was never given");
    clear();
    host_side.function_count = 16;
    assert_false(crossing_call(&host, MADE_CALLS, frame, call, sizeof call, &call_size, &error));
    check_error(PLUGIN_UNSUPPORTED, "calls: parameter first: there are too many functions");
}

static void what_is_no_function_is_refused(void **state)
{
    (void)state;
    static const uint64_t wrong[] = {1, 2, 3, 6, (uint64_t)1 << 32 | REFERENCE_HOST_FUNCTION};
    set(0, (void *)made_called);
    set(1, NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_true(send_call(MADE_CALLS, frame));
        memcpy(call + sizeof(struct message_header) + sizeof(struct object_header), &wrong[i],
               sizeof *wrong);
        assert_false(serve(MADE_CALLS, NULL));
        check_error(PLUGIN_CRASHED,
                    "the call of calls has something else where a function belongs");
    }
    static const uint64_t function = REFERENCE_HOST_FUNCTION;
    set(0, &hidden);
    assert_true(send_call(MADE_OPAQUE, frame));
    memcpy(call + sizeof(struct message_header) + sizeof(struct object_header), &function,
           sizeof function);
    assert_false(serve(MADE_OPAQUE, NULL));
    check_error(PLUGIN_CRASHED,
                "the call of opaque has an object where a handle or a token belongs");
}

/* ---- room ---- */

static void a_string_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    char string[64];
    memset(string, 's', sizeof string);
    string[63] = '\0';
    set(0, NULL);
    set(1, string);
    size_t needed = 16 + 16 + 48 + 16 + 64;
    for (size_t room = 0; room < needed; room++) {
        clear();
        uint8_t *exact = malloc(room + 1);
        assert_false(crossing_call(&host, MADE_GREET, frame, exact, room, &call_size, &error));
        assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
        if (room == needed - 1)
            check_error(PLUGIN_UNSUPPORTED, "greet: parameter 2: the string is longer than the 47 "
                                            "bytes that are left of the message");
        if (room == 79)
            check_error(PLUGIN_UNSUPPORTED, "greet: the call does not fit in 64 bytes");
        free(exact);
    }
    clear();
    assert_true(crossing_call(&host, MADE_GREET, frame, call, needed, &call_size, &error));
    assert_int_equal(call_size, needed);
}

/* With each smaller room, an error and no write beyond it. */
static void what_does_not_fit_is_an_error(void **state)
{
    (void)state;
    struct made_home home;
    made_home(&home);
    assert_true(send_call(MADE_RICH, home.frame));
    size_t needed = call_size;
    for (size_t room = 0; room <= needed; room++) {
        clear();
        uint8_t *exact = malloc(room + 1);
        assert_true(crossing_call(&host, MADE_RICH, home.frame, exact, room, &call_size, &error) ==
                    (room == needed));
        assert_int_equal(error.code, room == needed ? PLUGIN_OK : PLUGIN_UNSUPPORTED);
        free(exact);
    }
    assert_true(send_call(MADE_RICH, home.frame));
    assert_true(serve(MADE_RICH, made_rich));
    needed = answer_size;
    for (size_t room = 0; room <= needed; room++) {
        assert_true(send_call(MADE_RICH, home.frame));
        void *own = crossing_receive(&worker, MADE_RICH, (struct bytes){call, call_size}, &error);
        made_rich(own);
        uint8_t *exact = malloc(room + 1);
        assert_true(crossing_answer(&worker, MADE_RICH, exact, room, &answer_size, &error) ==
                    (room == needed));
        free(exact);
    }
}

/* All that comes back must fit in an answer, too. */
static void what_comes_back_must_fit_together(void **state)
{
    (void)state;
    struct made_home large;
    made_home(&large);
    char *out = malloc(ROOM);
    MADE_ARGUMENT(large.frame, 2, char *) = out;
    MADE_ARGUMENT(large.frame, 3, int) = ROOM - 512;
    assert_true(send_call(MADE_RICH, large.frame));
    MADE_ARGUMENT(large.frame, 3, int) = ROOM - 64;
    assert_false(send_call(MADE_RICH, large.frame));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    free(out);
}

static void too_many_objects_are_an_error(void **state)
{
    (void)state;
    enum { MANY = CROSSING_OBJECTS_MAX };
    size_t room = 8 * MIB;
    struct node *nodes = calloc(MANY, sizeof *nodes);
    uint8_t *message = malloc(room);
    chain(nodes, MANY);
    set(0, nodes);
    clear();
    assert_false(crossing_call(&host, MADE_TURN, frame, message, room, &call_size, &error));
    check_error(PLUGIN_UNSUPPORTED, "turn: the pointer at byte 0 of struct node: a message has at "
                                    "most 65536 objects");
    set(0, nodes + 1);
    clear();
    assert_true(crossing_call(&host, MADE_TURN, frame, message, room, &call_size, &error));
    clear();
    free(nodes);
    free(message);
}

static void without_memory_the_call_fails(void **state)
{
    (void)state;
    struct made_home home, before;
    made_home(&home);
    memcpy(&before, &home, sizeof home);
    assert_true(send_call(MADE_RICH, home.frame));
    assert_true(serve(MADE_RICH, made_rich));
    size_t places = worker_side.block_count;
    for (size_t i = 1; i <= places; i++) {
        assert_true(send_call(MADE_RICH, home.frame));
        worker_side.fails_at = i;
        assert_false(serve(MADE_RICH, made_rich));
        assert_int_equal(error.code, PLUGIN_NO_MEMORY);
    }
    for (size_t i = 1; i <= 4; i++) {
        assert_true(send_call(MADE_RICH, home.frame));
        assert_true(serve(MADE_RICH, made_rich));
        host_side.fails_at = i;
        bool is_good = finish(MADE_RICH);
        assert_true(is_good == (i == 4));
        if (is_good)
            break;
        assert_int_equal(error.code, PLUGIN_NO_MEMORY);
        assert_memory_equal(&home, &before, sizeof home);
    }
}

/* ---- what no side writes ---- */

static struct made_home home, before;

/* A message that is changed, in a block of exactly its size. */
struct bad {
    uint8_t *bytes;
    size_t size;
    bool is_answer;
};

/* Returns the header of an object of the message. */
static struct object_header *header_of(const struct bad *bad, uint32_t number)
{
    size_t place = sizeof(struct message_header);
    for (;;) {
        assert_true(place < bad->size);
        struct object_header *header = (struct object_header *)(bad->bytes + place);
        if (header->number == number)
            return header;
        size_t size = header->is_string ? header->count
                                        : (size_t)header->count * made.objects[header->object].size;
        if (bad->is_answer && !header->number)
            size = sizeof(void *);
        if (!bad->is_answer && !(header->flow & PLAN_IN))
            size = 0;
        place += sizeof *header + message_aligned(size);
    }
}

static uint8_t *bytes_of(const struct bad *bad, uint32_t number)
{
    return (uint8_t *)(header_of(bad, number) + 1);
}

static struct message_header *message_of(const struct bad *bad)
{
    return (struct message_header *)bad->bytes;
}

/* The numbers of the objects of MADE_RICH, in the order in which they are met. */
enum {
    RICH_FRAME,
    RICH_NODE,
    RICH_LIST,
    RICH_OUT,
    RICH_BOX,
    RICH_WORD,
    RICH_NODE_2,
    RICH_TEXTS,
    RICH_ONE,
    RICH_TWO,
    RICH_FOUR,
    RICH_BYTES,
    RICH_NODE_3,
    RICH_TITLE,
    RICH_SENT,
    RICH_RESULT = RICH_SENT,
    RICH_ADDED,
    RICH_NEW
};

static void set_result(const struct bad *bad, enum reference_kind kind, uint32_t number,
                       uint32_t offset)
{
    uint64_t reference = reference_make(kind, number, offset);
    memcpy(bytes_of(bad, RICH_FRAME), &reference, sizeof reference);
}

static void set_reference(const struct bad *bad, uint32_t number, size_t at, uint64_t reference)
{
    memcpy(bytes_of(bad, number) + at, &reference, sizeof reference);
}

/* Breaks rule number N of an answer; returns what is said of that, NULL after the last rule. */
static const char *break_answer(struct bad *bad, int rule)
{
    switch (rule) {
    case 0:
        bad->size = 15;
        return "ends within its header";
    case 1:
        bad->size = CROSSING_BYTES_MAX + 16;
        bad->bytes = realloc(bad->bytes, bad->size);
        return "is too large";
    case 2:
        bad->size -= 16;
        return "has another size than it says";
    case 3:
        message_of(bad)->function--;
        return "is one of another function";
    case 4:
        message_of(bad)->zero = 1;
        return "has a header with unknown bits";
    case 5:
        message_of(bad)->objects = 0;
        return "has no or too many objects";
    case 6:
        message_of(bad)->objects = CROSSING_OBJECTS_MAX + 1;
        return "has no or too many objects";
    case 7:
        message_of(bad)->objects++;
        return "has fewer objects than it says";
    case 8:
        message_of(bad)->objects--;
        return "has data after its objects";
    case 9:
        header_of(bad, RICH_FRAME)->count = 2;
        return "does not start with a frame";
    case 10:
        header_of(bad, RICH_FRAME)->object = OBJECT_NODE;
        return "does not start with a frame";
    case 11:
        header_of(bad, RICH_NODE)->zero = 1;
        return "has an object with unknown bits";
    case 12:
        header_of(bad, RICH_NODE)->is_string = 2;
        return "has an object with unknown bits";
    case 13:
        header_of(bad, RICH_NODE)->flow = PLAN_BACK;
        return "has an object with unknown bits";
    case 14:
        header_of(bad, RICH_RESULT)->object = made.plan.object_count;
        return "has an object of no type";
    case 15:
        header_of(bad, RICH_NEW)->object = 1;
        return "has an object of no type";
    case 16:
        header_of(bad, RICH_RESULT)->count = 1000;
        return "has an object that does not lie within it";
    case 17:
        header_of(bad, RICH_RESULT)->count = UINT32_MAX;
        return "has an object that does not lie within it";
    case 18:
        bytes_of(bad, RICH_NEW)[3] = 'x';
        return "has a string without end";
    case 19:
        header_of(bad, RICH_NEW)->count = 0;
        return "has a string without end";
    case 20:
        bytes_of(bad, RICH_NEW)[1] = '\0';
        return "has a string with data after its end";
    case 21:
        header_of(bad, RICH_NODE)->number = RICH_WORD;
        return "brings back an object that does not come back";
    case 22:
        header_of(bad, RICH_NODE)->number = RICH_LIST;
        return "has objects out of order";
    case 23:
        header_of(bad, RICH_RESULT)->number = RICH_SENT + 1;
        return "has objects out of order";
    case 24:
        header_of(bad, RICH_NODE)->object = OBJECT_HIDDEN_NODE;
        return "brings back an object of another type";
    case 25:
        header_of(bad, RICH_OUT)->is_string = 1;
        header_of(bad, RICH_OUT)->object = 0;
        memcpy(bytes_of(bad, RICH_OUT), "abcdefghijklmnopqrstuvw", 24);
        return "brings back an object of another type";
    case 26:
        header_of(bad, RICH_OUT)->count--;
        return "brings back another number of objects";
    case 27:
        bad->size = 16 + 16 + 16;
        message_of(bad)->size = (uint32_t)bad->size;
        message_of(bad)->objects = 1;
        return "does not bring back all objects";
    case 28:
        set_result(bad, REFERENCE_HANDLE, 1, 0);
        return "has a handle or a token where an object belongs";
    case 29:
        set_result(bad, REFERENCE_TOKEN, 0, 0);
        return "has a handle or a token where an object belongs";
    case 30:
        set_result(bad, 15, RICH_RESULT, 0);
        return "has a handle or a token where an object belongs";
    case 31:
        set_result(bad, REFERENCE_NULL, 1, 0);
        return "has a null pointer with a number";
    case 32:
        set_result(bad, REFERENCE_OBJECT, RICH_NEW + 1, 0);
        return "refers to an object that was not sent";
    case 33:
        set_result(bad, REFERENCE_OBJECT, RICH_FRAME, 0);
        return "refers to an object that was not sent";
    case 34:
        set_result(bad, REFERENCE_OBJECT, RICH_ADDED, 0);
        return "refers to a new object of another type";
    case 35:
        set_result(bad, REFERENCE_OBJECT, RICH_NEW, 0);
        return "refers to a new object of another type";
    case 36:
        set_result(bad, REFERENCE_OBJECT, RICH_NODE, 0);
        return "refers to an object of another type";
    case 37:
        set_result(bad, REFERENCE_OBJECT, RICH_WORD, 0);
        return "refers to an object of another type";
    case 38:
        set_result(bad, REFERENCE_OBJECT, RICH_TEXTS, 12);
        return "refers to the middle of an object";
    case 39:
        set_result(bad, REFERENCE_OBJECT, RICH_TEXTS, 3 * sizeof(struct words));
        return "refers to fewer objects than it says";
    case 40:
        set_result(bad, REFERENCE_OBJECT, RICH_TEXTS, 3 * sizeof(struct words) + 8);
        return "refers beyond an object";
    case 41:
        set_result(bad, REFERENCE_OBJECT, RICH_RESULT, UINT32_MAX);
        return "refers beyond an object";
    case 42:
        ((struct list *)bytes_of(bad, RICH_LIST))->count = -1;
        return "has a negative number of objects";
    case 43:
        ((struct list *)bytes_of(bad, RICH_LIST))->count = 4;
        return "refers to fewer objects than it says";
    case 44:
        ((struct box *)bytes_of(bad, RICH_BOX))->size = 4;
        return "refers to fewer objects than it says";
    case 45:
        ((struct box *)bytes_of(bad, RICH_BOX))->size = UINT64_MAX;
        return "refers to fewer objects than it says";
    case 46:
        memset(bytes_of(bad, RICH_OUT), 'x', 24);
        return "refers to a string that does not end";
    case 47:
        set_reference(bad, RICH_TEXTS, 0, reference_make(REFERENCE_OBJECT, RICH_WORD, 5));
        return "refers to fewer objects than it says";
    case 48:
        set_reference(bad, RICH_TEXTS, 0, reference_make(REFERENCE_OBJECT, RICH_RESULT, 0));
        return "refers to a new object of another type";
    case 49:
        set_reference(bad, RICH_TEXTS, 0, reference_make(REFERENCE_OBJECT, RICH_BOX, 0));
        return "refers to an object of another type";
    case 50: /* \4\5: behind the last NUL of the caller's bytes, which do not come back */
        set_reference(bad, RICH_TEXTS, 0, reference_make(REFERENCE_OBJECT, RICH_BYTES, 3));
        return "refers to a string that does not end";
    case 51:
        set_reference(bad, RICH_BOX, offsetof(struct box, hidden),
                      reference_make(REFERENCE_OBJECT, RICH_NODE, 0));
        return "has an object where a handle or a token belongs";
    case 52:
        set_reference(bad, RICH_BOX, offsetof(struct box, texts),
                      reference_make(REFERENCE_TOKEN, 0, 0));
        return "has a handle or a token where an object belongs";
    default:
        return NULL;
    }
}

/* Breaks rule number N of a call. */
static const char *break_call(struct bad *bad, int rule)
{
    switch (rule) {
    case 0:
        header_of(bad, RICH_FRAME)->flow = 0;
        memset(header_of(bad, RICH_FRAME) + 1, 0, 7 * 16);
        return "does not start with a frame";
    case 1:
        header_of(bad, RICH_NODE)->number = RICH_SENT;
        return "has objects out of order";
    case 2:
        header_of(bad, RICH_NODE_2)->number = RICH_NODE;
        return "has objects out of order";
    case 3:
        header_of(bad, RICH_OUT)->object = OBJECT_INT;
        header_of(bad, RICH_OUT)->count = CROSSING_BYTES_MAX;
        return "needs too much memory";
    case 4:
        header_of(bad, RICH_OUT)->count = CROSSING_BYTES_MAX + 1;
        return "has an object that does not lie within it";
    case 5:
        header_of(bad, RICH_OUT)->flow = 0;
        return "refers to an object that crosses another way";
    case 6:
        header_of(bad, RICH_NODE)->flow = PLAN_IN | CROSSED_WHOLE;
        return "refers to an object that crosses another way";
    case 7:
        header_of(bad, RICH_WORD)->flow = PLAN_IN | PLAN_BACK;
        return "has an object with unknown bits";
    case 8:
        set_reference(bad, RICH_FRAME, 0, reference_make(REFERENCE_OBJECT, RICH_SENT, 0));
        return "refers to an object that was not sent";
    case 9:
        set_reference(bad, RICH_FRAME, 0, reference_make(REFERENCE_OBJECT, RICH_LIST, 0));
        return "refers to a new object of another type";
    case 10:
        MADE_ARGUMENT(bytes_of(bad, RICH_FRAME), 3, int) = -1;
        return "has a negative number of objects";
    case 11:
        MADE_ARGUMENT(bytes_of(bad, RICH_FRAME), 3, int) = 25;
        return "refers to fewer objects than it says";
    case 12:
        message_of(bad)->objects--;
        return "has objects out of order";
    case 13:
        message_of(bad)->objects++;
        return "has fewer objects than it says";
    case 14:
        header_of(bad, RICH_NODE)->flow |= 8;
        return "has an object with unknown bits";
    default:
        return NULL;
    }
}

/* The host's half of MADE_RICH. */
static void send_rich(void)
{
    made_home(&home);
    memcpy(&before, &home, sizeof home);
    assert_true(send_call(MADE_RICH, home.frame));
}

static void make_rich_answer(void)
{
    send_rich();
    assert_true(serve(MADE_RICH, made_rich));
    assert_int_equal(worker.count, RICH_NEW + 1);
}

static void check_refused(const char *what, const char *text)
{
    char whole[200];
    snprintf(whole, sizeof whole, "the %s rich %s", what, text);
    check_error(PLUGIN_CRASHED, whole);
    assert_memory_equal(&home, &before, sizeof home);
}

static void bad_answers_are_refused(void **state)
{
    (void)state;
    make_rich_answer();
    bool is_last = false;
    for (int rule = 0; !is_last; rule++) {
        struct bad bad = {copy_of(answer, answer_size), answer_size, true};
        const char *text = break_answer(&bad, rule);
        send_rich();
        is_last = !text;
        assert_true(crossing_finish(&host, MADE_RICH, bad.bytes, bad.size, &error) == is_last);
        if (!is_last)
            check_refused("answer to", text);
        free(bad.bytes);
    }
}

static void a_token_that_was_never_given_is_refused(void **state)
{
    (void)state;
    make_rich_answer();
    struct bad bad = {copy_of(answer, answer_size), answer_size, true};
    set_reference(&bad, RICH_BOX, offsetof(struct box, hidden),
                  reference_make(REFERENCE_TOKEN, 1, 0));
    send_rich();
    assert_false(crossing_finish(&host, MADE_RICH, bad.bytes, bad.size, &error));
    check_error(PLUGIN_CRASHED, "the answer to rich: this pointer was never given");
    assert_memory_equal(&home, &before, sizeof home);
    free(bad.bytes);
}

static void bad_calls_are_refused(void **state)
{
    (void)state;
    send_rich();
    bool is_last = false;
    for (int rule = 0; !is_last; rule++) {
        send_rich();
        struct bad bad = {copy_of(call, call_size), call_size, false};
        const char *text = break_call(&bad, rule);
        is_last = !text;
        assert_true(!!crossing_receive(&worker, MADE_RICH, (struct bytes){bad.bytes, bad.size},
                                       &error) == is_last);
        if (!is_last)
            check_refused("call of", text);
        free(bad.bytes);
    }
}

/* More than the caller's objects and those in the answer may be too many together. */
static void an_answer_with_too_many_objects_is_refused(void **state)
{
    (void)state;
    enum { MANY = CROSSING_OBJECTS_MAX };
    make_rich_answer();
    size_t size = answer_size + (size_t)MANY * sizeof(struct object_header);
    uint8_t *bytes = calloc(1, size);
    memcpy(bytes, answer, answer_size);
    struct message_header *header = (struct message_header *)bytes;
    uint32_t next = RICH_NEW + 1;
    for (size_t place = answer_size; header->objects < MANY; place += 16, header->objects++)
        *(struct object_header *)(bytes + place) =
            (struct object_header){.number = next++, .object = OBJECT_NOTHING};
    size = answer_size + (next - RICH_NEW - 1) * sizeof(struct object_header);
    header->size = (uint32_t)size;
    send_rich();
    host.side = &roomy_calls;
    assert_false(crossing_finish(&host, MADE_RICH, bytes, size, &error));
    host.side = &made_calls;
    check_refused("answer to", "has no or too many objects");
    free(bytes);
}

/* Whatever bit of an answer is another one: it is refused, and nothing has changed; or all that the
 * caller has then can be read. */
static void answers_with_flipped_bits_are_harmless(void **state)
{
    (void)state;
    make_rich_answer();
    size_t refused = 0;
    for (size_t bit = 0; bit < answer_size * 8; bit++) {
        uint8_t *bytes = copy_of(answer, answer_size);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        send_rich();
        if (crossing_finish(&host, MADE_RICH, bytes, answer_size, &error)) {
            made_look(home.frame);
        } else {
            refused++;
            assert_int_equal(error.code, PLUGIN_CRASHED);
            assert_memory_equal(&home, &before, sizeof home);
        }
        free(bytes);
    }
    printf("# %zu of %zu are refused\n", refused, answer_size * 8);
}

static void calls_with_flipped_bits_are_harmless(void **state)
{
    (void)state;
    send_rich();
    for (size_t bit = 0; bit < call_size * 8; bit++) {
        send_rich();
        uint8_t *bytes = copy_of(call, call_size);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        void *own = crossing_receive(&worker, MADE_RICH, (struct bytes){bytes, call_size}, &error);
        if (own) {
            made_look(own);
            /* What only comes back may be too much for an answer. */
            if (!crossing_answer(&worker, MADE_RICH, answer, sizeof answer, &answer_size, &error))
                assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
        } else {
            assert_int_equal(error.code, PLUGIN_CRASHED);
        }
        free(bytes);
    }
}

static void messages_cut_short_are_refused(void **state)
{
    (void)state;
    make_rich_answer();
    for (size_t size = 0; size < answer_size; size++) {
        uint8_t *bytes = copy_of(answer, size);
        uint32_t stated = (uint32_t)size;
        if (size >= sizeof stated)
            memcpy(bytes, &stated, sizeof stated);
        send_rich();
        assert_false(crossing_finish(&host, MADE_RICH, bytes, size, &error));
        assert_memory_equal(&home, &before, sizeof home);
        free(bytes);
    }
    for (size_t size = 0; size < call_size; size++) {
        uint8_t *bytes = copy_of(call, size);
        uint32_t stated = (uint32_t)size;
        if (size >= sizeof stated)
            memcpy(bytes, &stated, sizeof stated);
        clear();
        assert_null(crossing_receive(&worker, MADE_RICH, (struct bytes){bytes, size}, &error));
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_cross),
        cmocka_unit_test(nothing_else_of_the_caller_crosses),
        cmocka_unit_test(strings_cross_both_ways),
        cmocka_unit_test(what_is_const_does_not_come_back),
        cmocka_unit_test(what_is_not_const_comes_back),
        cmocka_unit_test(structs_cross_by_value),
        cmocka_unit_test(cycles_cross),
        cmocka_unit_test(long_lists_cross),
        cmocka_unit_test(objects_that_stay_are_referred_to),
        cmocka_unit_test(arrays_within_objects_cross),
        cmocka_unit_test(a_counted_member_may_change),
        cmocka_unit_test(all_crosses),
        cmocka_unit_test(a_result_may_point_into_an_argument),
        cmocka_unit_test(a_result_may_point_to_the_end),
        cmocka_unit_test(counts_are_checked),
        cmocka_unit_test(who_needs_more_gets_an_object_of_its_own),
        cmocka_unit_test(empty_objects_cross),
        cmocka_unit_test(what_comes_back_only_crosses_as_its_size),
        cmocka_unit_test(only_as_many_come_back_as_the_result_says),
        cmocka_unit_test(all_comes_back_if_a_pointer_says_so),
        cmocka_unit_test(an_object_may_be_both_input_and_output),
        cmocka_unit_test(a_string_may_be_in_the_bytes_of_an_argument),
        cmocka_unit_test(a_string_that_ends_behind_the_bytes_is_copied),
        cmocka_unit_test(bytes_may_be_in_a_string),
        cmocka_unit_test(opaque_pointers_cross),
        cmocka_unit_test(an_opaque_pointer_that_cannot_be_referred_to),
        cmocka_unit_test(functions_cross),
        cmocka_unit_test(what_is_no_function_is_refused),
        cmocka_unit_test(a_string_that_does_not_fit_is_an_error),
        cmocka_unit_test(what_does_not_fit_is_an_error),
        cmocka_unit_test(what_comes_back_must_fit_together),
        cmocka_unit_test(too_many_objects_are_an_error),
        cmocka_unit_test(without_memory_the_call_fails),
        cmocka_unit_test(bad_answers_are_refused),
        cmocka_unit_test(a_token_that_was_never_given_is_refused),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(an_answer_with_too_many_objects_is_refused),
        cmocka_unit_test(answers_with_flipped_bits_are_harmless),
        cmocka_unit_test(calls_with_flipped_bits_are_harmless),
        cmocka_unit_test(messages_cut_short_are_refused),
    };
    return cmocka_run_group_tests_name("crossing", tests, start, clear_all);
}

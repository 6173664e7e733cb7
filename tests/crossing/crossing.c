/* Objects that cross between two sides, both in this process. */
#include "tests/crossing/crossing_sides.h"

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
        cmocka_unit_test(opaque_pointers_cross),
        cmocka_unit_test(an_opaque_pointer_that_cannot_be_referred_to),
        cmocka_unit_test(functions_cross),
        cmocka_unit_test(what_is_no_function_is_refused),
    };
    return cmocka_run_group_tests_name("crossing", tests, start, clear_all);
}

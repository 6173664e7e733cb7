/* Messages that no side writes. */
#include "tests/crossing/crossing_sides.h"

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
        header_of(bad, RICH_NODE)->kept = 1;
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
        cmocka_unit_test(bad_answers_are_refused),
        cmocka_unit_test(a_token_that_was_never_given_is_refused),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(an_answer_with_too_many_objects_is_refused),
        cmocka_unit_test(answers_with_flipped_bits_are_harmless),
        cmocka_unit_test(calls_with_flipped_bits_are_harmless),
        cmocka_unit_test(messages_cut_short_are_refused),
    };
    return cmocka_run_group_tests_name("crossing refused", tests, start, clear_all);
}

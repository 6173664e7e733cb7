/* What lasts longer than a call, and counts that lie behind pointers. */
#include "tests/crossing/crossing_sides.h"

static struct made_lasting home, before;

static bool keep(void)
{
    return send_call(MADE_KEEP, home.frame) && serve(MADE_KEEP, made_halve) && finish(MADE_KEEP);
}

static int forget(void **state)
{
    (void)state;
    kept_deinit(&host_side.kept);
    kept_deinit(&worker_side.kept);
    made_lasting(&home);
    return 0;
}

/* The proxy of the box in the worker. */
static const struct box *proxy(void)
{
    return worker_side.kept.other.items[0].at;
}

/* ---- counts ---- */

static void as_many_come_back_as_the_count_then_says(void **state)
{
    (void)state;
    assert_true(keep());
    assert_int_equal(home.n, 2);
    assert_int_equal(home.numbers[1], 101);
    assert_int_equal(home.numbers[2], 2);
    assert_int_equal(home.m, 3);
    assert_int_equal(MADE_ARGUMENT(home.frame, 4, const int *)[2], 30);
}

static void no_count_is_none(void **state)
{
    (void)state;
    MADE_ARGUMENT(home.frame, 2, void *) = NULL;
    MADE_ARGUMENT(home.frame, 3, void *) = NULL;
    assert_true(keep());
    assert_int_equal(home.numbers[0], 0);
    assert_null(MADE_ARGUMENT(home.frame, 4, void *));
}

/* ---- what is kept ---- */

static void a_proxy_has_one_address_and_the_last_contents(void **state)
{
    (void)state;
    assert_true(keep());
    const struct box *first = proxy();
    const char *text = first->texts[0].title;
    assert_string_equal(text, "text");
    assert_ptr_not_equal(first, &home.box);
    clear();
    assert_int_equal(first->size, 5); /* the call's memory is gone */
    assert_memory_equal(first->bytes, "\1\2\0\4\5", 5);
    strcpy(home.text, "new!");
    home.box.texts[1].number = 77;
    assert_true(keep());
    assert_ptr_equal(proxy(), first);
    assert_ptr_equal(first->texts[0].title, text);
    assert_string_equal(text, "new!");
    assert_int_equal(first->texts[1].number, 77);
    home.box.texts[0].title = "longer than before";
    assert_true(keep());
    assert_string_equal(first->texts[0].title, "longer than before");
    assert_string_equal(text, "new!");
}

static const void *given_back;

static void pass_proxy(void *own)
{
    MADE_ARGUMENT(own, 2, const void *) = given_back;
}

/* Of an opaque pointer to void, and of an object's own type, but not of what it leads to. */
static void its_owner_gets_its_own(void **state)
{
    (void)state;
    assert_true(keep());
    uint64_t reference;
    struct crossing_target box = {.object = OBJECT_BOX, .count = 1};
    struct crossing_target two = {.object = OBJECT_BOX, .count = 2};
    struct crossing_target node = {.object = OBJECT_NODE, .count = 1};
    void *pointer;
    assert_true(kept_refer(&worker_side.kept, proxy(), &box, &reference));
    assert_int_equal(reference_kind(reference), REFERENCE_KEPT);
    assert_true(kept_resolve(&host_side.kept, reference, &box, &pointer));
    assert_ptr_equal(pointer, &home.box);
    assert_true(kept_resolve(&host_side.kept, reference, NULL, &pointer));
    assert_false(kept_resolve(&host_side.kept, reference, &two, &pointer));
    assert_false(kept_resolve(&host_side.kept, reference, &node, &pointer));
    assert_false(kept_resolve(&host_side.kept, reference | UINT64_C(8) << 32, &box, &pointer));
    assert_false(
        kept_resolve(&host_side.kept, reference_make(REFERENCE_KEPT, 1, 0), NULL, &pointer));
    assert_false(
        kept_resolve(&host_side.kept, reference_make(REFERENCE_KEPT, 99, 0), NULL, &pointer));
    assert_false(kept_refer(&worker_side.kept, proxy()->texts[0].title, NULL, &reference));
    assert_true(kept_release(&host_side.kept, &home.box));
    assert_false(kept_release(&host_side.kept, &home.box));
    assert_false(kept_release(&host_side.kept, home.text));
    assert_false(kept_resolve(&host_side.kept, reference, &box, &pointer));
    /* Released, it is another object when it is given again. */
    const struct box *first = proxy();
    assert_true(keep());
    assert_string_equal(first->texts[0].title, "text");
    assert_true(kept_refer(&worker_side.kept, MADE_ARGUMENT(worker.items[0].at, 0, void *), &box,
                           &reference));
    assert_int_not_equal(reference_number(reference), 0);
}

static void a_proxy_crosses_as_void(void **state)
{
    (void)state;
    assert_true(keep());
    given_back = proxy();
    /* struct hidden is no void */
    set(0, NULL);
    set(1, NULL);
    assert_true(send_call(MADE_OPAQUE, frame));
    assert_true(serve(MADE_OPAQUE, pass_proxy));
    assert_true(finish(MADE_OPAQUE));
    assert_ptr_not_equal(RESULT(2, void *), &home.box);
    strcpy(made.names + made.parts[made.objects[OBJECT_FRAMES + MADE_OPAQUE].first_part + 1].object,
           "void");
    assert_true(send_call(MADE_OPAQUE, frame));
    assert_true(serve(MADE_OPAQUE, pass_proxy));
    assert_true(finish(MADE_OPAQUE));
    assert_ptr_equal(RESULT(2, void *), &home.box);
    made_plan(&made);
}

static void what_is_forgotten_has_new_numbers(void **state)
{
    (void)state;
    assert_true(keep());
    const struct box *first = proxy();
    kept_forget(&host_side.kept);
    kept_forget(&worker_side.kept);
    assert_string_equal(first->texts[0].title, "text");
    uint64_t reference;
    assert_false(kept_refer(&worker_side.kept, first, NULL, &reference));
    assert_true(keep());
    assert_ptr_not_equal(proxy(), first);
}

static void what_is_kept_has_limits(void **state)
{
    (void)state;
    static struct box boxes[KEPT_MAX];
    size_t kept = 0;
    for (; kept < KEPT_MAX; kept++) {
        MADE_ARGUMENT(home.frame, 0, struct box *) = &boxes[kept];
        if (!keep())
            break;
    }
    assert_int_equal(kept, KEPT_MAX);
    MADE_ARGUMENT(home.frame, 0, struct box *) = &home.box;
    assert_false(send_call(MADE_KEEP, home.frame));
    check_error(PLUGIN_UNSUPPORTED,
                "keep: parameter box: at most 16384 objects, and 8 MiB, are kept");
    forget(state);
    uint32_t number;
    struct kept_object large = {.at = boxes, .is.count = 1, .size = KEPT_BYTES_MAX};
    assert_true(kept_keep(&host_side.kept, &large, &number, &error));
    large.at = boxes + 1;
    large.size = 1;
    assert_false(kept_keep(&host_side.kept, &large, &number, &error));
    error_free(&error);
    bool is_new;
    assert_non_null(kept_proxy(&worker_side.kept, 5, &large, &is_new, &error));
    large.size = KEPT_BYTES_MAX;
    assert_null(kept_proxy(&worker_side.kept, 6, &large, &is_new, &error));
    check_error(PLUGIN_CRASHED, "it has more than 8 MiB kept");
    large.is.is_string = true;
    assert_null(kept_proxy(&worker_side.kept, 5, &large, &is_new, &error));
    check_error(PLUGIN_CRASHED, "it has another object kept as one that is kept");
    assert_null(kept_proxy(&worker_side.kept, KEPT_MAX, &large, &is_new, &error));
    check_error(PLUGIN_CRASHED, "it has more than 16384 objects kept");
}

/* ---- what the callee refuses ---- */

enum { FRAME_AT = 16, BOX = 1, N = 2, M = 3, NUMBERS = 4, TEXT = 5, TWO = 6, FOUR = 7, BYTES = 8 };

/* The header of an object in the call. */
static struct object_header *object(uint32_t number)
{
    for (size_t at = FRAME_AT; at < call_size;) {
        struct object_header *header = (struct object_header *)(call + at);
        struct crossed item = {
            .object = header->object, .count = header->count, .is_string = header->is_string};
        if (header->number == number)
            return header;
        at += sizeof *header +
              message_aligned(header->flow & PLAN_IN ? crossing_size(&made.plan, &item) : 0);
    }
    fail();
    return NULL;
}

static void set_reference(uint32_t number, size_t at, uint64_t reference)
{
    memcpy((uint8_t *)(object(number) + 1) + at, &reference, sizeof reference);
}

static const char *break_call(int rule)
{
    struct box *box = (struct box *)(object(BOX) + 1);
    switch (rule) {
    case 0:
        object(TEXT)->kept = 0;
        return "refers to an object that crosses another way";
    case 1:
        object(BOX)->kept = 0;
        return "refers to an object that crosses another way";
    case 2:
        object(M)->kept = 9;
        return "has an object with unknown bits";
    case 3:
        object(BOX)->kept = OBJECT_GIVEN | (KEPT_MAX + 1);
        return ": it has more than 16384 objects kept";
    case 4:
        object(BOX)->kept = object(TEXT)->kept;
        return ": it has another object kept as one that is kept";
    case 5:
        box->bytes = NULL;
        return "has a kept object that loses a pointer, or gets objects";
    case 6:
        box->size = 4;
        return "has a kept object with another number of objects";
    case 7:
        box->texts[0].title = NULL;
        return "has a kept object that loses a pointer, or gets objects";
    case 8:
        set_reference(BOX, offsetof(struct box, texts), reference_make(REFERENCE_OBJECT, BYTES, 0));
        return "refers to a new object of another type";
    case 9:
        set_reference(BOX, offsetof(struct box, texts), reference_make(REFERENCE_OBJECT, TEXT, 1));
        return "refers to an object of another type";
    case 10:
        set_reference(BOX, offsetof(struct box, texts), reference_make(REFERENCE_KEPT, 0, 0));
        return "refers to an object that was not given to be kept, or was released";
    case 11:
        *(uint8_t *)(object(N) + 1) = 5;
        return "refers to fewer objects than it says";
    case 12:
        set_reference(0, 32, reference_make(REFERENCE_OBJECT, M, 0));
        return "refers to an object that crosses another way";
    case 13:
        object(NUMBERS)->flow &= ~CROSSED_WHOLE & 0xff;
        object(N)->flow &= ~CROSSED_WHOLE & 0xff;
        return "brings back as many objects as nobody says";
    case 14: /* zeroes, two of them */
        object(M)->count = 2;
        set_reference(0, 48, reference_make(REFERENCE_OBJECT, M, 1));
        return "has a number of objects that is not the call's own";
    default:
        return NULL;
    }
}

static void bad_calls_change_nothing_that_is_kept(void **state)
{
    (void)state;
    assert_true(keep());
    struct box copy;
    memcpy(&copy, proxy(), sizeof copy);
    bool is_last = false;
    for (int rule = 0; !is_last; rule++) {
        strcpy(home.text, "new!");
        home.n = 4;
        assert_true(send_call(MADE_KEEP, home.frame));
        const char *text = break_call(rule);
        is_last = !text;
        uint8_t *bytes = copy_of(call, call_size);
        bool is_good =
            crossing_receive(&worker, MADE_KEEP, (struct bytes){bytes, call_size}, &error);
        free(bytes);
        if (is_good != is_last)
            fail_msg("rule %d: %s", rule, error_text(&error));
        char whole[200];
        snprintf(whole, sizeof whole, "the call of keep%s%s", text && *text == ':' ? "" : " ",
                 text ? text : "");
        if (is_last)
            continue;
        check_error(PLUGIN_CRASHED, whole);
        assert_memory_equal(proxy(), &copy, sizeof copy);
        assert_string_equal(proxy()->texts[0].title, "text");
    }
    assert_string_equal(proxy()->texts[0].title, "new!");
}

static void calls_with_flipped_bits_are_harmless(void **state)
{
    (void)state;
    assert_true(send_call(MADE_KEEP, home.frame));
    for (size_t bit = 0; bit < call_size * 8; bit++) {
        assert_true(send_call(MADE_KEEP, home.frame));
        uint8_t *bytes = copy_of(call, call_size);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        void *own = crossing_receive(&worker, MADE_KEEP, (struct bytes){bytes, call_size}, &error);
        if (own) {
            made_look_at_call(own);
            made_halve(own);
            if (!crossing_answer(&worker, MADE_KEEP, answer, sizeof answer, &answer_size, &error))
                assert_int_not_equal(error.code, PLUGIN_OK);
        } else {
            assert_int_equal(error.code, PLUGIN_CRASHED);
        }
        made_look_at_kept(&worker_side);
        free(bytes);
    }
}

static void answers_with_flipped_bits_are_harmless(void **state)
{
    (void)state;
    memcpy(&before, &home, sizeof home);
    assert_true(send_call(MADE_KEEP, home.frame));
    assert_true(serve(MADE_KEEP, made_halve));
    uint8_t *good = copy_of(answer, answer_size);
    for (size_t bit = 0; bit < answer_size * 8; bit++) {
        memcpy(&home, &before, sizeof home);
        assert_true(send_call(MADE_KEEP, home.frame));
        uint8_t *bytes = copy_of(good, answer_size);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool is_good = crossing_finish(&host, MADE_KEEP, bytes, answer_size, &error);
        const int *result = MADE_ARGUMENT(home.frame, 4, const int *);
        size_t seen = 0;
        for (int i = 0; is_good && result && i < home.m; i++)
            seen += (size_t)result[i];
        if (!is_good && seen == 0)
            assert_memory_equal(&home, &before, sizeof home);
        free(bytes);
    }
    free(good);
}

/* ---- what the caller frees ---- */

static struct words made_text = {"title", NULL, 1};

static void return_new(void *own)
{
    MADE_ARGUMENT(own, 1, struct words *) = &made_text;
}

static void return_argument(void *own)
{
    MADE_ARGUMENT(own, 1, struct words *) = MADE_ARGUMENT(own, 0, struct words *);
}

static void what_is_freed_is_new(void **state)
{
    (void)state;
    struct words text = {"argument", NULL, 2};
    set(0, &text);
    assert_true(round_trip(MADE_OWN, return_new));
    assert_string_equal(RESULT(1, struct words *)->title, "title");
    assert_true(send_call(MADE_OWN, frame));
    assert_true(serve(MADE_OWN, return_argument));
    assert_false(crossing_result_is_new(&worker, answer));
    assert_false(finish(MADE_OWN));
    check_error(PLUGIN_CRASHED, "the answer to own returns what the caller cannot free");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(as_many_come_back_as_the_count_then_says, forget),
        cmocka_unit_test_setup(no_count_is_none, forget),
        cmocka_unit_test_setup(a_proxy_has_one_address_and_the_last_contents, forget),
        cmocka_unit_test_setup(its_owner_gets_its_own, forget),
        cmocka_unit_test_setup(a_proxy_crosses_as_void, forget),
        cmocka_unit_test_setup(what_is_forgotten_has_new_numbers, forget),
        cmocka_unit_test_setup(what_is_kept_has_limits, forget),
        cmocka_unit_test_setup(bad_calls_change_nothing_that_is_kept, forget),
        cmocka_unit_test_setup(calls_with_flipped_bits_are_harmless, forget),
        cmocka_unit_test_setup(answers_with_flipped_bits_are_harmless, forget),
        cmocka_unit_test_setup(what_is_freed_is_new, forget),
    };
    return cmocka_run_group_tests_name("crossing lasting", tests, start, clear_all);
}

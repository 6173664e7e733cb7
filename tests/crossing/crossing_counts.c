/* How many objects cross, which way, and how much fits into a message. */
#include "tests/crossing/crossing_sides.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test(a_string_that_does_not_fit_is_an_error),
        cmocka_unit_test(what_does_not_fit_is_an_error),
        cmocka_unit_test(what_comes_back_must_fit_together),
        cmocka_unit_test(too_many_objects_are_an_error),
        cmocka_unit_test(without_memory_the_call_fails),
    };
    return cmocka_run_group_tests_name("crossing counts", tests, start, clear_all);
}

/* Text that grows while it is written: escaping, limit and growth. */
#include "src/base/text.h"
#include "tests/common/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_escaped(const char *string, const char *expected)
{
    TEXT_AUTO text = {0};
    text_add_escaped(&text, string);
    assert_false(text.failed);
    assert_string_equal(text_chars(&text), expected);
    assert_int_equal(text.length, strlen(expected));
}

static void plain_text_is_kept(void **state)
{
    (void)state;
    check_escaped("", "");
    check_escaped("a b~!@#$%^&*()[]{}", "a b~!@#$%^&*()[]{}");
    check_escaped("%s %n", "%s %n");
}

static void valid_utf8_is_kept(void **state)
{
    (void)state;
    static const char *const strings[] = {
        "\xC2\xA0",         /* U+00A0, the first after the C1 control characters */
        "\xC3\xBC",         /* U+00FC */
        "\xDF\xBF",         /* U+07FF, the last of two bytes */
        "\xE0\xA0\x80",     /* U+0800, the first of three */
        "\xE2\x82\xAC",     /* U+20AC */
        "\xED\x9F\xBF",     /* U+D7FF, the last before the surrogates */
        "\xEE\x80\x80",     /* U+E000, the first after them */
        "\xEF\xBF\xBF",     /* U+FFFF, the last of three */
        "\xF0\x90\x80\x80", /* U+10000, the first of four */
        "\xF0\x9F\x98\x80", /* U+1F600 */
        "\xF4\x8F\xBF\xBF", /* U+10FFFF, the last of all */
    };
    for (size_t i = 0; i < COUNT(strings); i++)
        check_escaped(strings[i], strings[i]);
}

static void control_characters_are_escaped(void **state)
{
    (void)state;
    for (int c = 1; c < 0x20; c++) {
        char string[] = {'a', (char)c, 'b', '\0'}, expected[16];
        snprintf(expected, sizeof expected, "a\\x%02xb", (unsigned)c);
        check_escaped(string, expected);
    }
    check_escaped("\x1b[31mred", "\\x1b[31mred");
    check_escaped("a\x7f", "a\\x7f");
}

static void c1_control_characters_are_escaped(void **state)
{
    (void)state;
    for (unsigned c = 0x80; c < 0xA0; c++) {
        char string[] = {'\xC2', (char)c, 'm', '\0'}, expected[16];
        snprintf(expected, sizeof expected, "\\xc2\\x%02xm", c);
        check_escaped(string, expected);
    }
}

static void what_turns_or_ends_a_line_is_escaped(void **state)
{
    (void)state;
    check_escaped("a\u061Cb", "a\\xd8\\x9cb");
    check_escaped("\u200D\u200E\u200F\u2010", "\u200D\\xe2\\x80\\x8e\\xe2\\x80\\x8f\u2010");
    check_escaped("\u2027\u2028\u202E\u202F", "\u2027\\xe2\\x80\\xa8\\xe2\\x80\\xae\u202F");
    check_escaped("\u2065\u2066\u2069\u206A", "\u2065\\xe2\\x81\\xa6\\xe2\\x81\\xa9\u206A");
}

static void bytes_that_are_not_utf8_are_escaped(void **state)
{
    (void)state;
    check_escaped("\x80", "\\x80");                   /* continues nothing */
    check_escaped("\x9b[31m", "\\x9b[31m");           /* an 8-bit CSI */
    check_escaped("\xBF\xC3", "\\xbf\\xc3");          /* ends too early */
    check_escaped("\xC3(", "\\xc3(");                 /* no continuation */
    check_escaped("\xE2\x82", "\\xe2\\x82");          /* one byte short */
    check_escaped("\xE2\x82z", "\\xe2\\x82z");        /* the same, before a letter */
    check_escaped("\xF0\x9F\x98", "\\xf0\\x9f\\x98"); /* one byte short of four */
    check_escaped("\xF5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
    check_escaped("\xFE\xFF", "\\xfe\\xff");
}

static void overlong_utf8_is_escaped(void **state)
{
    (void)state;
    check_escaped("\xC0\x80", "\\xc0\\x80");          /* NUL in two bytes */
    check_escaped("\xC1\xBF", "\\xc1\\xbf");          /* DEL in two bytes */
    check_escaped("\xE0\x80\x9B", "\\xe0\\x80\\x9b"); /* ESC in three bytes */
    check_escaped("\xE0\x9F\xBF", "\\xe0\\x9f\\xbf"); /* U+07FF in three bytes */
    check_escaped("\xF0\x80\x80\x9B", "\\xf0\\x80\\x80\\x9b");
    check_escaped("\xF0\x8F\xBF\xBF", "\\xf0\\x8f\\xbf\\xbf"); /* U+FFFF in four bytes */
}

static void surrogates_and_what_is_beyond_unicode_are_escaped(void **state)
{
    (void)state;
    check_escaped("\xED\xA0\x80", "\\xed\\xa0\\x80");
    check_escaped("\xED\xBF\xBF", "\\xed\\xbf\\xbf");
    check_escaped("\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void escaping_reads_no_byte_after_the_string(void **state)
{
    (void)state;
    static const char *const starts[] = {"\xC3",     "\xE2",         "\xE2\x82", "\xF0",
                                         "\xF0\x9F", "\xF0\x9F\x98", "\xC2"};
    for (size_t i = 0; i < COUNT(starts); i++) {
        TEXT_AUTO text = {0};
        char *exact = strdup(starts[i]); /* ASan watches what follows it */
        assert_non_null(exact);
        text_add_escaped(&text, exact);
        assert_int_equal(text.length, 4 * strlen(starts[i]));
        free(exact);
    }
}

static void an_empty_text_is_an_empty_string(void **state)
{
    (void)state;
    struct text text = {0};
    assert_string_equal(text_chars(&text), "");
    text_add_bytes(&text, "", 0);
    text_add(&text, "%s", "");
    assert_string_equal(text_chars(&text), "");
    assert_int_equal(text.length, 0);
    text_free(&text);
    assert_string_equal(text_chars(&text), "");
}

static void a_text_grows_and_keeps_what_it_has(void **state)
{
    (void)state;
    TEXT_AUTO text = {0};
    enum { TIMES = 10000 };
    for (unsigned i = 0; i < TIMES; i++) {
        if (i % 2)
            text_add(&text, "%04u;", i);
        else
            text_add_bytes(&text, "0000;", 5);
        assert_int_equal(text.length, strlen(text_chars(&text)));
    }
    assert_false(text.failed);
    assert_int_equal(text.length, TIMES * 5);
    for (unsigned i = 1; i < TIMES; i += 2)
        assert_int_equal(strtoul(text.chars + i * 5, NULL, 10), i);
}

static void a_text_of_every_length_ends_with_a_nul(void **state)
{
    (void)state;
    char bytes[600];
    memset(bytes, 'x', sizeof bytes);
    for (size_t length = 0; length < sizeof bytes; length++) {
        TEXT_AUTO text = {0}, formatted = {0};
        text_add_bytes(&text, bytes, length);
        text_add(&formatted, "%.*s", (int)length, bytes);
        assert_int_equal(strlen(text_chars(&text)), length);
        assert_string_equal(text_chars(&text), text_chars(&formatted));
    }
}

static void a_text_never_exceeds_its_limit(void **state)
{
    (void)state;
    TEXT_AUTO text = {.limit = 10};
    text_add_bytes(&text, "0123456789", 10);
    assert_false(text.failed);
    assert_string_equal(text_chars(&text), "0123456789");
    text_add_bytes(&text, "", 0);
    assert_false(text.failed);
    text_add_bytes(&text, "x", 1);
    assert_true(text.failed);
    assert_string_equal(text_chars(&text), "0123456789");
}

static void what_does_not_fit_is_dropped_and_so_is_what_follows(void **state)
{
    (void)state;
    TEXT_AUTO text = {.limit = 10};
    text_add(&text, "%s", "01234567");
    text_add(&text, "%s", "too long");
    assert_true(text.failed);
    text_add(&text, "%s", "8");
    text_add_bytes(&text, "9", 1);
    text_add_escaped(&text, "9");
    assert_true(text.failed);
    assert_string_equal(text_chars(&text), "01234567");
    assert_int_equal(text.length, 8);
}

static void the_length_of_a_utf8_sequence_is_that_of_its_first_byte(void **state)
{
    (void)state;
    assert_int_equal(text_utf8_length((const unsigned char *)""), 1);
    assert_int_equal(text_utf8_length((const unsigned char *)"a\x80"), 1);
    assert_int_equal(text_utf8_length((const unsigned char *)"\xC3\xBC!"), 2);
    assert_int_equal(text_utf8_length((const unsigned char *)"\xE2\x82\xAC!"), 3);
    assert_int_equal(text_utf8_length((const unsigned char *)"\xF0\x9F\x98\x80!"), 4);
    assert_int_equal(text_utf8_length((const unsigned char *)"\x80"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_kept),
        cmocka_unit_test(valid_utf8_is_kept),
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(c1_control_characters_are_escaped),
        cmocka_unit_test(what_turns_or_ends_a_line_is_escaped),
        cmocka_unit_test(bytes_that_are_not_utf8_are_escaped),
        cmocka_unit_test(overlong_utf8_is_escaped),
        cmocka_unit_test(surrogates_and_what_is_beyond_unicode_are_escaped),
        cmocka_unit_test(escaping_reads_no_byte_after_the_string),
        cmocka_unit_test(an_empty_text_is_an_empty_string),
        cmocka_unit_test(a_text_grows_and_keeps_what_it_has),
        cmocka_unit_test(a_text_of_every_length_ends_with_a_nul),
        cmocka_unit_test(a_text_never_exceeds_its_limit),
        cmocka_unit_test(what_does_not_fit_is_dropped_and_so_is_what_follows),
        cmocka_unit_test(the_length_of_a_utf8_sequence_is_that_of_its_first_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

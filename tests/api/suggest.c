/* The names that somebody may have meant. */
#include "src/api/suggest_p.h"
#include "tests/common/check.h"

#include <string.h>

enum { NAMES_MAX = 16, STRINGS_MAX = 2048 };

/* What near_add says of a name, among exported names that are given in order, "" for nothing. */
static void check_near(const char *const *names, const char *name, const char *expected)
{
    struct format_symbol symbols[NAMES_MAX] = {0};
    char strings[STRINGS_MAX] = "";
    size_t length = 1;
    uint32_t count = 0;
    for (; names[count]; count++) {
        symbols[count] = (struct format_symbol){.name = (uint32_t)length, .kind = FORMAT_FUNCTION};
        memcpy(strings + length, names[count], strlen(names[count]) + 1);
        length += strlen(names[count]) + 1;
    }
    struct meta meta = {.symbols = {(const uint8_t *)symbols, count * sizeof *symbols},
                        .strings = {(const uint8_t *)strings, length}};
    meta.header.symbols.count = count;
    TEXT_AUTO text = {0};
    near_add(&text, &meta, name);
    assert_string_equal(text_chars(&text), expected);
}

#define NEAR(name, expected, ...)                                                                  \
    check_near((const char *const[]){__VA_ARGS__, NULL}, name, expected)

static void one_keystroke_is_near(void **state)
{
    (void)state;
    NEAR("geom_area", "; did you mean geom_areas?", "geom_areas"); /* one missing */
    NEAR("geom_area", "; did you mean gem_area?", "gem_area");     /* one too many */
    NEAR("geom_area", "; did you mean geom_aroa?", "geom_aroa");   /* another one */
    NEAR("geom_area", "; did you mean xgeom_area?", "xgeom_area"); /* the first one missing */
    NEAR("ab", "; did you mean abc?", "abc");
}

static void swapped_letters_are_one_keystroke(void **state)
{
    (void)state;
    NEAR("mian", "; did you mean main?", "main");
    NEAR("amin", "; did you mean main?", "main");
    NEAR("ba", "; did you mean ab?", "ab");
    NEAR("abc", "", "cba"); /* two keystrokes, and one in three may be wrong */
}

static void case_costs_nothing(void **state)
{
    (void)state;
    NEAR("f", "; did you mean F?", "F");
    NEAR("GEOM_AREA", "; did you mean geom_area?", "geom_area");
    NEAR("Geom_Aera", "; did you mean geom_area?", "geom_area");
}

static void one_keystroke_in_three_may_be_wrong(void **state)
{
    (void)state;
    NEAR("abcdef", "; did you mean abcdxy?", "abcdxy");
    NEAR("abcdef", "", "abcxyz");
    NEAR("abcde", "; did you mean abcdx?", "abcdx");
    NEAR("abcde", "", "abcxy");
    NEAR("abcdefghi", "; did you mean abcdefxyz?", "abcdefxyz");
    NEAR("abcdefghi", "", "abcdewxyz");
}

static void a_letter_is_near_to_no_other(void **state)
{
    (void)state;
    NEAR("F", "", "G", "FF", "V");
}

static void far_names_are_not_suggested(void **state)
{
    (void)state;
    NEAR("geom_area", "", "host_log", "num_gcd");
    NEAR("geom_area", "", "");
    check_near((const char *const[]){NULL}, "geom_area", "");
}

static void the_empty_name_is_near_to_none(void **state)
{
    (void)state;
    NEAR("", "", "", "a");
}

static void two_names_are_joined_by_or(void **state)
{
    (void)state;
    NEAR("geom_area", "; did you mean geom_area1 or geom_area2?", "geom_area1", "geom_area2");
}

static void the_nearest_comes_first(void **state)
{
    (void)state;
    NEAR("geom_area", "; did you mean geom_areas or geom_arxyz?", "geom_areas", "geom_arxyz");
    NEAR("geom_area", "; did you mean geom_aria or geom_Auto?", "geom_Auto", "geom_aria");
}

static void at_most_three_names_are_suggested_and_they_are_the_nearest(void **state)
{
    (void)state;
    NEAR("abcdefghi", "; did you mean abcdefghi1, abcdefghi12 or abcdefghi123?", "abcdefghi1",
         "abcdefghi12", "abcdefghi123", "abcdefxyz");
    NEAR("abcdefghi", "; did you mean abcdefghi1, abcdefgh12 or abcdefg123?", "abcdefg123",
         "abcdefg456", "abcdefgh12", "abcdefghi1");
}

static void of_equally_near_names_the_first_ones_are_suggested(void **state)
{
    (void)state;
    NEAR("value", "; did you mean value1, value2 or value3?", "value1", "value2", "value3",
         "value4", "value5");
}

static void names_of_more_than_64_letters_are_not_compared(void **state)
{
    (void)state;
    char longest[65], asked[65], longer[66];
    memset(longest, 'a', 64);
    longest[64] = '\0';
    memset(longer, 'a', 65);
    longer[65] = '\0';
    memcpy(asked, longest, sizeof asked);
    asked[0] = 'b';
    char expected[128] = "; did you mean ";
    strcat(strcat(expected, longest), "?");
    NEAR(asked, expected, longest);
    NEAR(asked, "", longer);
    NEAR(longer, "", longest);
}

static void a_suggestion_is_escaped(void **state)
{
    (void)state;
    NEAR("geom_area", "; did you mean geom\\x1barea?",
         "geom\x1b"
         "area");
}

static void what_the_text_holds_is_kept(void **state)
{
    (void)state;
    struct format_symbol symbol = {.name = 1, .kind = FORMAT_VARIABLE};
    struct meta meta = {.symbols = {(const uint8_t *)&symbol, sizeof symbol},
                        .strings = {(const uint8_t *)"\0main", 6}};
    meta.header.symbols.count = 1;
    TEXT_AUTO text = {0};
    text_add(&text, "it exports no mian");
    near_add(&text, &meta, "mian");
    assert_string_equal(text_chars(&text), "it exports no mian; did you mean main?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_keystroke_is_near),
        cmocka_unit_test(swapped_letters_are_one_keystroke),
        cmocka_unit_test(case_costs_nothing),
        cmocka_unit_test(one_keystroke_in_three_may_be_wrong),
        cmocka_unit_test(a_letter_is_near_to_no_other),
        cmocka_unit_test(far_names_are_not_suggested),
        cmocka_unit_test(the_empty_name_is_near_to_none),
        cmocka_unit_test(two_names_are_joined_by_or),
        cmocka_unit_test(the_nearest_comes_first),
        cmocka_unit_test(at_most_three_names_are_suggested_and_they_are_the_nearest),
        cmocka_unit_test(of_equally_near_names_the_first_ones_are_suggested),
        cmocka_unit_test(names_of_more_than_64_letters_are_not_compared),
        cmocka_unit_test(a_suggestion_is_escaped),
        cmocka_unit_test(what_the_text_holds_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

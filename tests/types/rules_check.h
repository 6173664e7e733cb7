/* Checks that two types agree, or where they part. The two sides are sections of their own, in
 * which the same type has another number. */
#ifndef TESTS_TYPES_RULES_CHECK_H
#define TESTS_TYPES_RULES_CHECK_H

#include "src/types/compare.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdio.h>
#include <string.h>

enum answer { AGREE, DIFFER, FAIL };

/* Which rules apply. */
typedef bool comparer(struct type_side first, struct type_side second, enum type_rules rules,
                      bool *agree, struct type_difference *difference, struct error *error);

/* Compares, and keeps the difference and the error, which the caller frees. */
static inline enum answer compare(const struct made *first, uint32_t first_id,
                                  const struct made *second, uint32_t second_id, comparer *by,
                                  struct type_difference *difference, struct error *error)
{
    bool agree = false;
    struct type_side a = {&first->btf, first_id}, b = {&second->btf, second_id};
    if (!by(a, b, TYPE_RULES, &agree, difference, error))
        return FAIL;
    return agree ? AGREE : DIFFER;
}

static inline void check(const char *first, const char *second, comparer *by, enum answer expected,
                         const char *path, const char *first_text, const char *second_text,
                         int line)
{
    static const char *const names[] = {"agree", "differ", "fail"};
    uint32_t first_id, second_id;
    struct made a = made_of(first, &first_id), b = made_apart(second, &second_id);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    enum answer answer = compare(&a, first_id, &b, second_id, by, &difference, &error);
    bool is_right = answer == expected;
    if (answer != expected)
        print_message("# %s | %s: they %s, not %s\n", first, second, names[answer],
                      names[expected]);
    if (is_right && path) {
        is_right = !strcmp(text_chars(&difference.path), path) &&
                   !strcmp(text_chars(&difference.first), first_text) &&
                   !strcmp(text_chars(&difference.second), second_text);
        if (!is_right)
            print_message("# %s | %s:\n#   %s\n#   %s\n#   %s\n", first, second,
                          text_chars(&difference.path), text_chars(&difference.first),
                          text_chars(&difference.second));
    }
    if (answer == DIFFER && (!difference.first.length || !difference.second.length)) {
        print_message("# %s | %s: a side of the difference is empty\n", first, second);
        is_right = false;
    }
    if (answer == DIFFER &&
        !strcmp(text_chars(&difference.first), text_chars(&difference.second))) {
        print_message("# %s | %s: both sides read: %s\n", first, second,
                      text_chars(&difference.first));
        is_right = false;
    }
    type_difference_deinit(&difference);
    made_free(&a);
    made_free(&b);
    if (!is_right)
        _fail(__FILE__, line);
}

/* Both ways round. */
static inline void check_both(const char *first, const char *second, enum answer expected, int line)
{
    check(first, second, type_compare, expected, NULL, NULL, NULL, line);
    check(second, first, type_compare, expected, NULL, NULL, NULL, line);
}

#define AGREES(first, second)  check_both(first, second, AGREE, __LINE__)
#define DIFFERS(first, second) check_both(first, second, DIFFER, __LINE__)
#define DIFFERS_AT(first, second, path, first_text, second_text)                                   \
    check(first, second, type_compare, DIFFER, path, first_text, second_text, __LINE__)
#define SYMBOL_FITS(asked, symbol)                                                                 \
    check(asked, symbol, type_compare_symbol, AGREE, NULL, NULL, NULL, __LINE__)
#define SYMBOL_DIFFERS(asked, symbol)                                                              \
    check(asked, symbol, type_compare_symbol, DIFFER, NULL, NULL, NULL, __LINE__)
#define SYMBOL_DIFFERS_AT(asked, symbol, path, asked_text, symbol_text)                            \
    check(asked, symbol, type_compare_symbol, DIFFER, path, asked_text, symbol_text, __LINE__)

#define POINT "struct point 8 { x 0 int y 32 int }"

#define NODE(type) "struct node 16 { next 0 pointer same node value 64 " type " }"

/* The first side is the definition. */
static inline bool agrees_with(struct type_cache *cache, const struct made *first,
                               uint32_t first_id, const struct made *second, uint32_t second_id)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree = false;
    assert_true(type_compare_import(cache, (struct type_side){&first->btf, first_id},
                                    (struct type_side){&second->btf, second_id}, TYPE_RULES, &agree,
                                    &difference, &error));
    type_difference_deinit(&difference);
    return agree;
}

#endif

/* The lists of tags and attributes: each has a decision, and a reason for it, and is found. */
#include "stamp/dwarf/vocabulary.h"
#include "tests/common/check.h"

#include <string.h>

static void check_list(const struct vocabulary_word *words, size_t count, const char *prefix)
{
    for (size_t i = 0; i < count; i++) {
        const struct vocabulary_word *word = &words[i];
        bool is_followed =
            word->decision == VOCABULARY_FOLLOWED || word->decision == VOCABULARY_CONSTANT;
        if (i && words[i - 1].code >= word->code)
            fail_msg("%s is not behind %s", word->name, words[i - 1].name);
        if (strncmp(word->name, prefix, strlen(prefix)) != 0)
            fail_msg("%s is in the wrong list", word->name);
        if (is_followed != !*word->reason)
            fail_msg("%s: a reason is missing, or one too many", word->name);
    }
}

static void each_tag_has_a_decision(void **state)
{
    (void)state;
    size_t count;
    const struct vocabulary_word *tags = vocabulary_tags(&count);
    check_list(tags, count, "DW_TAG_");
    assert_true(count > 70);
}

static void each_attribute_has_a_decision(void **state)
{
    (void)state;
    size_t count;
    const struct vocabulary_word *attributes = vocabulary_attributes(&count);
    check_list(attributes, count, "DW_AT_");
    assert_true(count > 180);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tag_has_a_decision),
        cmocka_unit_test(each_attribute_has_a_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

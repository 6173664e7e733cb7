/* Readers of minisign's files. */
#include "src/trust/signature.h"
#include "tests/common/check.h"

#include <stdlib.h>

#define PUBLIC_KEY "RWRED6wdYyD43OnmaV1Cf4sFX5ZMd2L8+9lA01x3B98LtleYmucO50+4"
#define FIRST      "untrusted comment: signature from minisign secret key\n"
#define SECOND                                                                                     \
    "RURED6wdYyD43GQXCpK2MdLIYOEXIEQXKpzhKLOlJVjk/VEoUOclLQkDVeN56KYKQvy0XYKm1jCOx2thMML+rJybtVIe" \
    "7/PJZQg=\n"
#define THIRD "trusted comment: timestamp:1\tfile:x.so\tversion:3\n"
#define FOURTH                                                                                     \
    "BaPzlhohOAo226hwtRjJ/OtR1eq1en0i1xGDVDqbExlqw75acIfFlPiuFZga0vsZ1d5h0alvhYyrx2cCEJAIBg==\n"

static bool reads(const char *text)
{
    struct signature signature;
    ERROR_AUTO error = {0};
    /* In the heap, so that a read beyond its end is noticed. */
    size_t size = strlen(text);
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    bool is_read = signature_read(&signature, (struct bytes){copy, size}, &error);
    assert_int_equal(error.code, is_read ? PLUGIN_OK : PLUGIN_UNTRUSTED);
    free(copy);
    return is_read;
}

static void a_signature_has_four_lines(void **state)
{
    (void)state;
    assert_true(reads(FIRST SECOND THIRD FOURTH));
    assert_true(reads("untrusted comment: \n" SECOND "trusted comment: \n" FOURTH));
    assert_false(reads(""));
    assert_false(reads(FIRST));
    assert_false(reads(FIRST SECOND));
    assert_false(reads(FIRST SECOND THIRD));
    assert_false(reads(FIRST SECOND THIRD FOURTH "\n"));
    assert_false(reads(FIRST SECOND THIRD FOURTH "x"));
    assert_false(reads(SECOND FIRST THIRD FOURTH));
    assert_false(reads(FIRST FOURTH THIRD SECOND));
    assert_false(reads(FIRST SECOND "comment: x\n" FOURTH));
}

static void the_last_line_may_lack_a_newline(void **state)
{
    (void)state;
    char text[] = FIRST SECOND THIRD FOURTH;
    text[sizeof text - 2] = '\0';
    assert_true(reads(text));
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    static const char whole[] = FIRST SECOND THIRD FOURTH;
    for (size_t length = 0; length < sizeof whole - 2; length++) {
        char *text = strndup(whole, length);
        assert_non_null(text);
        assert_false(reads(text));
        free(text);
    }
}

static void base64_has_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        bool is_right;
    } cases[] = {
        {"Zm9v", 3, true},  {"Zm8=", 2, true},  {"Zg==", 1, true},   {"", 0, true},
        {"Zm9=", 2, false}, /* a bit left over is set */
        {"Zh==", 1, false}, {"Zm8", 2, false},  {"Zm9v=", 3, false}, {"Zm9v", 2, false},
        {"Zm-v", 3, false}, {"Zm v", 3, false}, {"=m9v", 3, false},  {"Zg=A", 1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t out[8];
        struct bytes text = {(const uint8_t *)cases[i].text, strlen(cases[i].text)};
        assert_int_equal(signature_decode(text, out, cases[i].size), cases[i].is_right);
        if (cases[i].is_right)
            assert_memory_equal(out, "foo", cases[i].size);
    }
}

static void only_keys_are_read(void **state)
{
    (void)state;
    struct signature_key key;
    static const char *const bad[] = {"",
                                      "RW",
                                      PUBLIC_KEY "A",
                                      "untrusted comment: x\n",
                                      PUBLIC_KEY "\n" PUBLIC_KEY,
                                      "RURED6wdYyD43OnmaV1Cf4sFX5ZMd2L8+9lA01x3B98LtleYmucO50+4"};
    ERROR_AUTO error = {0};
    assert_true(signature_read_key(&key, PUBLIC_KEY, &error));
    assert_true(signature_read_key(&key, "untrusted comment: x\n" PUBLIC_KEY "\n", &error));
    assert_memory_equal(key.number, "\x44\x0f\xac\x1d\x63\x20\xf8\xdc", 8);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ERROR_AUTO own = {0};
        assert_false(signature_read_key(&key, bad[i], &own));
        assert_int_equal(own.code, PLUGIN_UNSUPPORTED);
        assert_string_equal(error_text(&own), "it is not a minisign public key (\"RW...\")");
    }
}

static void a_secret_key_is_recognised_and_not_repeated(void **state)
{
    (void)state;
    struct signature_key key;
    char text[80 + SIGNATURE_SECRET_KEY * 4 / 3 + 4] = "untrusted comment: a secret\n";
    size_t start = strlen(text);
    memcpy(text + start, "RWQAAEIy", 8);
    memset(text + start + 8, 'A', 203);
    strcat(text, "=");
    for (int i = 0; i < 2; i++) {
        ERROR_AUTO error = {0};
        assert_false(signature_read_key(&key, text + (i ? start : 0), &error));
        assert_string_equal(error_text(&error),
                            "it is a minisign secret key; give the public key (\"RW...\")");
    }
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void words_of_a_comment_are_found(void **state)
{
    (void)state;
    uint64_t number;
    struct bytes word = signature_word(bytes_of("timestamp:1\tfile:x.so hashed"), "file");
    assert_int_equal(word.size, 4);
    assert_memory_equal(word.data, "x.so", 4);
    assert_int_equal(signature_word(bytes_of("profile:x.so"), "file").size, 0);
    assert_int_equal(signature_word(bytes_of("file"), "file").size, 0);
    assert_int_equal(signature_word(bytes_of("file:a file:b"), "file").size, 0);
    assert_true(signature_number(bytes_of("a version:42"), "version", &number));
    assert_int_equal(number, 42);
    assert_true(signature_number(bytes_of("version:18446744073709551615"), "version", &number));
    static const char *const bad[] = {"",
                                      "version:",
                                      "version:-1",
                                      "version:1x",
                                      "version:0x1",
                                      "version:18446744073709551616",
                                      "version:1 version:2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(signature_number(bytes_of(bad[i]), "version", &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_has_four_lines),
        cmocka_unit_test(the_last_line_may_lack_a_newline),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(base64_has_one_spelling),
        cmocka_unit_test(only_keys_are_read),
        cmocka_unit_test(a_secret_key_is_recognised_and_not_repeated),
        cmocka_unit_test(words_of_a_comment_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

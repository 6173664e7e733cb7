/* SPDX-License-Identifier: MIT */
/* Reads minisign files. The input: two parts, a public key and a signature file. */
#include "src/trust/signature.h"
#include "fuzz/fuzz.h"

static bool lies_within(struct bytes part, struct bytes whole)
{
    return !part.size || (part.data >= whole.data && part.size <= whole.size &&
                          part.data - whole.data <= (ptrdiff_t)(whole.size - part.size));
}

/* Returns whether a line of the file is the base64 of these bytes. */
static bool is_spelled(struct bytes file, const uint8_t number[SIGNATURE_KEY_NUMBER],
                       const uint8_t *rest, size_t rest_size)
{
    uint8_t decoded[2 + SIGNATURE_KEY_NUMBER + SIGNATURE_SIZE];
    struct bytes line;
    while (signature_next_line(&file, &line))
        if (signature_decode(line, decoded, 2 + SIGNATURE_KEY_NUMBER + rest_size) &&
            !memcmp(decoded + 2, number, SIGNATURE_KEY_NUMBER) &&
            !memcmp(decoded + 2 + SIGNATURE_KEY_NUMBER, rest, rest_size))
            return true;
    return false;
}

static void ask_words(struct bytes comment)
{
    uint64_t number;
    struct bytes version = signature_word(comment, "version");
    FUZZ_PROMISE(lies_within(version, comment));
    FUZZ_PROMISE(!memchr(version.size ? version.data : (const uint8_t *)"", ' ', version.size));
    FUZZ_PROMISE(!signature_number(comment, "version", &number) || version.size);
}

static void read_key(struct bytes text)
{
    struct signature_key key;
    ERROR_AUTO error = {0};
    char *string = malloc(text.size + 1);
    if (!string) /* starve.c lets one allocation fail */
        return;
    memcpy(string, text.data, text.size);
    string[text.size] = '\0';
    if (signature_read_key(&key, string, &error)) {
        struct bytes read = {(const uint8_t *)string, strlen(string)};
        FUZZ_PROMISE(is_spelled(read, key.number, key.key, sizeof key.key));
    } else {
        FUZZ_PROMISE(error.code == PLUGIN_UNTRUSTED || error.code == PLUGIN_NO_MEMORY);
    }
    free(string);
}

FUZZ_TARGET(signature)
{
    FUZZ_PART key = fuzz_part(&input);
    FUZZ_PART file = fuzz_part(&input);
    struct signature signature;
    ERROR_AUTO error = {0};
    read_key(key);
    ask_words(file);
    if (!signature_read(&signature, file, &error)) {
        FUZZ_PROMISE(error.code == PLUGIN_UNTRUSTED || error.code == PLUGIN_NO_MEMORY);
        return;
    }
    fuzz_was_read = true;
    FUZZ_PROMISE(lies_within(signature.comment, file));
    ask_words(signature.comment);
    FUZZ_PROMISE(
        is_spelled(file, signature.number, signature.signature, sizeof signature.signature));
}

/* SPDX-License-Identifier: MIT */
/* Readers of minisign's files. */
#include "trust/signature.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool signature_decode(struct bytes text, uint8_t *out, size_t size)
{
    size_t padding = (3 - size % 3) % 3, length = (size + 2) / 3 * 4;
    uint32_t bits = 0;
    unsigned count = 0;
    if (text.size != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char *place = text.data[i] ? strchr(alphabet, text.data[i]) : NULL;
        int value = place ? (int)(place - alphabet) : -1;
        if (i >= length - padding) {
            if (text.data[i] != '=')
                return false;
            continue;
        }
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *out++ = (uint8_t)(bits >> count);
            bits &= (1U << count) - 1;
        }
    }
    return !bits;
}

bool signature_next_line(struct bytes *text, struct bytes *line)
{
    const uint8_t *end = text->size ? memchr(text->data, '\n', text->size) : NULL;
    size_t length = end ? (size_t)(end - text->data) : text->size;
    *line = (struct bytes){text->data, length};
    if (!text->size)
        return false;
    text->data += length + (end != NULL);
    text->size -= length + (end != NULL);
    return true;
}

static bool line_has_prefix(struct bytes line, const char *start)
{
    return line.size >= strlen(start) && !memcmp(line.data, start, strlen(start));
}

bool signature_is_secret_key(struct bytes line)
{
    uint8_t raw[SIGNATURE_SECRET_KEY];
    bool is_secret = signature_decode(line, raw, sizeof raw) && !memcmp(raw, "Ed", 2);
    explicit_bzero(raw, sizeof raw);
    return is_secret;
}

bool signature_read_key(struct signature_key *key, const char *text, struct error *error)
{
    uint8_t raw[2 + SIGNATURE_KEY_NUMBER + SIGNATURE_KEY];
    struct bytes rest = {(const uint8_t *)text, strlen(text)}, line;
    signature_next_line(&rest, &line);
    if (line_has_prefix(line, "untrusted comment:"))
        signature_next_line(&rest, &line);
    if (signature_is_secret_key(line))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it is a minisign secret key; give the public key (\"RW...\")");
    if (rest.size || !signature_decode(line, raw, sizeof raw) || memcmp(raw, "Ed", 2) != 0)
        return error_set(error, PLUGIN_UNSUPPORTED, "it is not a minisign public key (\"RW...\")");
    memcpy(key->number, raw + 2, sizeof key->number);
    memcpy(key->key, raw + 2 + sizeof key->number, sizeof key->key);
    return true;
}

static bool set_not_signature(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_UNTRUSTED, "not a minisign signature file: %s", what);
}

bool signature_read(struct signature *signature, struct bytes file, struct error *error)
{
    static const char trusted[] = "trusted comment: ";
    uint8_t raw[2 + SIGNATURE_KEY_NUMBER + SIGNATURE_SIZE];
    struct bytes line;
    if (!signature_next_line(&file, &line) || !line_has_prefix(line, "untrusted comment:"))
        return set_not_signature(error, "line 1 is not a comment");
    if (!signature_next_line(&file, &line) || !signature_decode(line, raw, sizeof raw))
        return set_not_signature(error, "line 2 is not a signature");
    signature->is_prehashed = !memcmp(raw, "ED", 2);
    if (!signature->is_prehashed && memcmp(raw, "Ed", 2) != 0)
        return set_not_signature(error, "unknown algorithm");
    memcpy(signature->number, raw + 2, sizeof signature->number);
    memcpy(signature->signature, raw + 2 + sizeof signature->number, sizeof signature->signature);
    if (!signature_next_line(&file, &line) || !line_has_prefix(line, trusted))
        return set_not_signature(error, "line 3 is not a trusted comment");
    signature->comment = (struct bytes){line.data + strlen(trusted), line.size - strlen(trusted)};
    if (!signature_next_line(&file, &line) ||
        !signature_decode(line, signature->global, sizeof signature->global))
        return set_not_signature(error, "line 4 is not a signature");
    return !file.size || set_not_signature(error, "trailing data");
}

struct bytes signature_word(struct bytes comment, const char *key)
{
    struct bytes found = {NULL, 0};
    size_t length = strlen(key);
    bool is_found = false;
    for (size_t at = 0; at < comment.size;) {
        size_t end = at;
        while (end < comment.size && comment.data[end] != ' ' && comment.data[end] != '\t')
            end++;
        struct bytes word = {comment.data + at, end - at};
        if (line_has_prefix(word, key) && word.size > length && word.data[length] == ':') {
            if (is_found)
                return (struct bytes){NULL, 0};
            found = (struct bytes){word.data + length + 1, word.size - length - 1};
            is_found = true;
        }
        at = end + 1;
    }
    return found;
}

bool signature_number(struct bytes comment, const char *key, uint64_t *number)
{
    struct bytes word = signature_word(comment, key);
    *number = 0;
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] < '0' || word.data[i] > '9' ||
            __builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (uint64_t)(word.data[i] - '0'), number))
            return false;
    return word.size;
}

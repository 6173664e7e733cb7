/* SPDX-License-Identifier: MIT */
/* Reads minisign's secret keys: base64 of
 *
 *     "Ed" | "Sc", or two zeros | "B2" | salt (32) | operations (8) | memory (8) |
 *     key number (8) | key (64) | checksum (32)
 *
 * With a password, the last line is encrypted: XORed with the output of scrypt. */
#include "sign/secret_key_p.h"

#include "common/cmd.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { SALT = 32, SECRET = SIGNATURE_KEY_NUMBER + 64 + 32, FILE_MAX = 4096 };

struct secret_key_raw {
    uint8_t algorithm[2], derivation[2], checksum_algorithm[2];
    uint8_t salt[SALT];
    uint8_t operations[8], memory[8]; /* little-endian */
    uint8_t secret[SECRET];
};
_Static_assert(sizeof(struct secret_key_raw) == SIGNATURE_SECRET_KEY, "no padding");

static uint64_t secret_key_number(const uint8_t bytes[static 8])
{
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

/* Reads a line, without its newline and without echo on a terminal. */
static bool secret_key_read_password(char *password, int size, struct error *error)
{
    struct termios before, quiet;
    bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_terminal) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        fputs("Password: ", stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool is_read = fgets(password, size, stdin);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputs("\n", stderr);
    }
    if (!is_read)
        return error_set(error, PLUGIN_NOT_FOUND,
                         "the key is encrypted, but standard input has no password");
    password[strcspn(password, "\n")] = '\0';
    return true;
}

static bool secret_key_decrypt(struct secret_key_raw *raw, struct error *error)
{
    char password[1024];
    uint8_t stream[SECRET];
    if (!secret_key_read_password(password, sizeof password, error))
        return false;
    bool done =
        crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password),
                                           raw->salt, secret_key_number(raw->operations),
                                           (size_t)secret_key_number(raw->memory)) == 0;
    for (size_t i = 0; i < sizeof stream; i++)
        raw->secret[i] ^= stream[i];
    sodium_memzero(password, sizeof password);
    sodium_memzero(stream, sizeof stream);
    return done || error_set_no_memory(error);
}

/* Compares the checksum of algorithm, number and key. A wrong password decrypts to a wrong one. */
static bool secret_key_check(const struct secret_key_raw *raw, struct error *error)
{
    uint8_t checksum[32];
    size_t size = sizeof raw->secret - sizeof checksum;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof checksum);
    crypto_generichash_update(&state, raw->algorithm, sizeof raw->algorithm);
    crypto_generichash_update(&state, raw->secret, size);
    crypto_generichash_final(&state, checksum, sizeof checksum);
    return sodium_memcmp(checksum, raw->secret + size, sizeof checksum) == 0 ||
           error_set(error, PLUGIN_UNTRUSTED, "wrong password, or damaged file");
}

static bool secret_key_parse(struct secret_key_raw *raw, struct bytes text, struct error *error)
{
    static const uint8_t none[2];
    struct bytes line;
    bool is_key = signature_next_line(&text, &line) && signature_next_line(&text, &line) &&
                  !text.size && signature_decode(line, (uint8_t *)raw, sizeof *raw) &&
                  !memcmp(raw->algorithm, "Ed", 2) && !memcmp(raw->checksum_algorithm, "B2", 2);
    if (!is_key)
        return error_set(error, PLUGIN_UNTRUSTED, "not a minisign secret key");
    if (!memcmp(raw->derivation, none, sizeof none))
        return true; /* minisign writes no checksum without a password */
    if (memcmp(raw->derivation, "Sc", 2) != 0)
        return error_set(error, PLUGIN_UNSUPPORTED, "unsupported key derivation function");
    return secret_key_decrypt(raw, error) && secret_key_check(raw, error);
}

bool secret_key_read(struct secret_key *key, const char *path, struct error *error)
{
    struct secret_key_raw raw;
    size_t size = 0;
    uint8_t *text = cmd_read_file(path, FILE_MAX, &size, error);
    if (!text && signature_is_secret_key((struct bytes){(const uint8_t *)path, strlen(path)}))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "-s takes the name of the secret key's file, not the key");
    bool done = text && secret_key_parse(&raw, (struct bytes){text, size}, error);
    if (done) {
        memcpy(key->number, raw.secret, sizeof key->number);
        memcpy(key->key, raw.secret + sizeof key->number, sizeof key->key);
    }
    sodium_memzero(&raw, sizeof raw);
    if (text)
        sodium_memzero(text, size);
    free(text);
    return done || error_prefix(error, "cannot read the key %s: ", path);
}

/* SPDX-License-Identifier: MIT */
/* Readers of minisign's files (https://jedisct1.github.io/minisign/): lines of text, some of them
 * in base64. They verify nothing; trust.c does. */
#ifndef PLUGIN_SIGNATURE_H
#define PLUGIN_SIGNATURE_H

#include "base/bytes.h"
#include "base/error.h"

enum {
    SIGNATURE_KEY_NUMBER = 8,
    SIGNATURE_KEY = 32,         /* Ed25519, RFC 8032 */
    SIGNATURE_SECRET_KEY = 158, /* encoded with its algorithms, salt and checksum */
    SIGNATURE_SIZE = 64,
    SIGNATURE_FILE_MAX = 4096 /* bytes of a signature file */
};

struct signature_key {
    uint8_t number[SIGNATURE_KEY_NUMBER]; /* a signature names its key by it; it proves nothing */
    uint8_t key[SIGNATURE_KEY];
};

struct signature {
    bool is_prehashed; /* it signs the BLAKE2b-512 of the file, not the file */
    uint8_t number[SIGNATURE_KEY_NUMBER];
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes comment;           /* the trusted comment */
    uint8_t global[SIGNATURE_SIZE]; /* signs the signature and the trusted comment */
};

/* Sets *line to the first line, without its newline, and removes it from the text; false at the
 * end. */
bool signature_next_line(struct bytes *text, struct bytes *line);

/* Decodes base64 (RFC 4648, section 4) of exactly `size` bytes. Padding is required, and unused
 * bits must be 0: no other spelling is accepted. */
bool signature_decode(struct bytes text, uint8_t *out, size_t size);

/* Is the line a secret key, encrypted or not? */
bool signature_is_secret_key(struct bytes line);

/* Reads a public key: "RW..." in base64, or a key file, whose second line that is. The error has
 * nothing of the text, which may be a secret key. */
bool signature_read_key(struct signature_key *key, const char *text, struct error *error);

/* Reads a signature file, whose bytes must outlive the signature. */
bool signature_read(struct signature *signature, struct bytes file, struct error *error);

/* Returns the value of the word KEY:VALUE in a trusted comment, whose words are separated by spaces
 * or tabs; empty if there is none, or more than one. */
struct bytes signature_word(struct bytes comment, const char *key);

/* Reads the value of a word as a decimal number; false if it is not a number, or too large. */
bool signature_number(struct bytes comment, const char *key, uint64_t *number);

#endif

/* The files of minisign: bytes in, checked values out. (https://jedisct1.github.io/minisign/
 * describes them: lines of text, of which two of a signature, and one of a key, are base64.)
 * Nothing here verifies; trust.c does. */
#ifndef PLUGIN_SIGNATURE_H
#define PLUGIN_SIGNATURE_H

#include "base/bytes.h"
#include "base/error.h"

enum {
    SIGNATURE_KEY_NUMBER = 8,
    SIGNATURE_KEY = 32, /* Ed25519, RFC 8032 */
    SIGNATURE_SIZE = 64,
    SIGNATURE_FILE_MAX = 4096 /* bytes of a signature file */
};

struct signature_key {
    uint8_t number[SIGNATURE_KEY_NUMBER]; /* which a signature names; no secret, and no proof */
    uint8_t key[SIGNATURE_KEY];
};

struct signature {
    bool is_prehashed; /* of the BLAKE2b-512 of the file, not of the file itself */
    uint8_t number[SIGNATURE_KEY_NUMBER];
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes comment;           /* the trusted one */
    uint8_t global[SIGNATURE_SIZE]; /* of the signature and the trusted comment */
};

/* Takes the first line, without its end, from the text; false if there is none. */
bool signature_take_line(struct bytes *text, struct bytes *line);

/* Decodes base64 (RFC 4648, section 4) of exactly `size` bytes, with its padding, and no other
 * spelling of them: the bits that are left over must be 0. */
bool signature_decode(struct bytes text, uint8_t *out, size_t size);

/* Reads a public key, "RW..." in base64; or a whole key file, whose second line that is. */
bool signature_read_key(struct signature_key *key, const char *text, struct error *error);

/* Reads a signature file. Its bytes must live as long as the view. */
bool signature_read(struct signature *signature, struct bytes file, struct error *error);

/* The value of the word KEY:VALUE in a trusted comment, whose words have spaces or tabs between
 * them; empty if there is none, or the key is there twice. */
struct bytes signature_word(struct bytes comment, const char *key);

/* The number that is the value of a word; false if it is none, or too large. */
bool signature_number(struct bytes comment, const char *key, uint64_t *number);

#endif

/* The secret keys of minisign, with which `plugin sign` signs. */
#ifndef PLUGIN_SECRET_KEY_H
#define PLUGIN_SECRET_KEY_H

#include "src/base/error.h"
#include "src/trust/signature.h"

struct secret_key {
    uint8_t number[SIGNATURE_KEY_NUMBER];
    uint8_t key[64]; /* libsodium's form: the seed and the public key */
};

/* Reads a key file. The password of an encrypted key is asked for on the terminal, or is a line of
 * standard input if that is no terminal. Wipe the key with sodium_memzero. */
bool secret_key_read(struct secret_key *key, const char *path, struct error *error);

#endif

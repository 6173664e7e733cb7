/* SPDX-License-Identifier: MIT */
/* The secret keys of minisign, with which `plugin sign` signs. */
#ifndef PLUGIN_SECRET_KEY_H
#define PLUGIN_SECRET_KEY_H

#include "src/base/error.h"
#include "src/trust/signature.h"

struct secret_key {
    uint8_t number[SIGNATURE_KEY_NUMBER];
    uint8_t key[64]; /* as libsodium has it: the seed and the public key */
};

/* Reads a key file, and the password of an encrypted key as a line of standard input, with a prompt
 * on terminals. Wipe the key with sodium_memzero. */
bool secret_key_read(struct secret_key *key, const char *path, struct error *error);

#endif

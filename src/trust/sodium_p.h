/* SPDX-License-Identifier: MIT */
/* The functions of libsodium that signatures need. It is loaded when a trust policy first needs it,
 * so that the library itself depends on libc alone. */
#ifndef PLUGIN_SODIUM_P_H
#define PLUGIN_SODIUM_P_H

#include "base/bytes.h"
#include "base/error.h"

enum { SODIUM_SHA256 = 32, SODIUM_BLAKE2B = 64 };

/* sodium_init, crypto_sign_verify_detached, crypto_generichash, crypto_hash_sha256. */
struct sodium {
    int (*init)(void);
    int (*verify)(const unsigned char *signature, const unsigned char *message,
                  unsigned long long size, const unsigned char *key);
    int (*blake2b)(unsigned char *out, size_t out_size, const unsigned char *message,
                   unsigned long long size, const unsigned char *key, size_t key_size);
    int (*sha256)(unsigned char *out, const unsigned char *message, unsigned long long size);
};

/* Returns the functions; NULL with the error set if libsodium cannot be loaded. */
const struct sodium *sodium_load(struct error *error);

#endif

/* What is needed of libsodium, which is loaded when a trust policy first asks for it: the library
 * itself needs libc alone. */
#ifndef PLUGIN_SODIUM_H
#define PLUGIN_SODIUM_H

#include "base/bytes.h"
#include "base/error.h"

enum { SODIUM_SHA256 = 32, SODIUM_BLAKE2B = 64 };

/* libsodium's functions of these names. */
struct sodium {
    int (*init)(void);
    int (*verify)(const unsigned char *signature, const unsigned char *message,
                  unsigned long long size, const unsigned char *key);
    int (*blake2b)(unsigned char *out, size_t out_size, const unsigned char *message,
                   unsigned long long size, const unsigned char *key, size_t key_size);
    int (*sha256)(unsigned char *out, const unsigned char *message, unsigned long long size);
};

/* The functions; NULL with the error set if libsodium is not there. */
const struct sodium *sodium_load(struct error *error);

#endif

/* SPDX-License-Identifier: MIT */
/* The SHA-256 of a file, as text. */
#ifndef PLUGIN_SHA256_H
#define PLUGIN_SHA256_H

#include "base/bytes.h"
#include "base/file.h"

enum { SHA256_DIGITS = 64 };

/* Is the text a SHA-256 in hexadecimal? */
bool sha256_is_text(const char *text);

/* Are two the same, in either case of letters? */
bool sha256_is_same(const char *text, const char *other);

/* Writes the SHA-256 of these bytes, or of the file's, in hexadecimal. Fails without libsodium. */
bool sha256_of(char text[SHA256_DIGITS + 1], struct bytes bytes, struct error *error);
bool sha256_of_file(char text[SHA256_DIGITS + 1], const struct file *file, struct error *error);

#endif

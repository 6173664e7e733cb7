/* SPDX-License-Identifier: MIT */
/* Reads and judges a whole file, as an open does before it maps the plugin. */
#ifndef FUZZ_TARGETS_OPEN_H
#define FUZZ_TARGETS_OPEN_H

#include "fuzz/fuzz.h"

/* Corrects the checksum of the file, so that the readers get past it, and reads it. */
void fuzz_open(struct bytes input);

#endif

/* A whole file, read and judged as an open does before it maps anything. */
#ifndef FUZZ_TARGETS_OPEN_H
#define FUZZ_TARGETS_OPEN_H

#include "fuzz/fuzz.h"

/* Reads the file, whose checksum is mended first, so that the readers look further. */
void fuzz_open(struct bytes input);

#endif

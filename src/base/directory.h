/* SPDX-License-Identifier: MIT */
/* The files of a directory. */
#ifndef PLUGIN_DIRECTORY_H
#define PLUGIN_DIRECTORY_H

#include "base/arena.h"
#include "base/error.h"

/* A zeroed one is empty. */
struct directory {
    struct arena arena;
    char **paths; /* DIRECTORY/NAME, in the order of names by strcmp */
    size_t count, capacity;
};

/* Reads the names in a directory, but hidden ones, which start with a dot. Call directory_deinit in
 * any case. */
bool directory_read(struct directory *directory, const char *path, struct error *error);

void directory_deinit(struct directory *directory);

#define DIRECTORY_AUTO __attribute__((cleanup(directory_deinit))) struct directory

#endif

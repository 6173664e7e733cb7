/* SPDX-License-Identifier: MIT */
/* The names by which the dynamic loader finds libraries that are mapped by their descriptors. */
#ifndef WORKER_NAMES_H
#define WORKER_NAMES_H

#include <link.h>
#include <stdbool.h>

/* Lets others that need the library by its DT_SONAME find it, which is open as this descriptor. */
bool names_publish(struct link_map *library, unsigned descriptor);

#endif

/* SPDX-License-Identifier: MIT */
/* The libraries of the C implementation, which nobody stamps. */
#ifndef PLUGIN_TOOLCHAIN_H
#define PLUGIN_TOOLCHAIN_H

#include <stdbool.h>

/* Is the library with this name or path part of the C implementation? Nobody records its types, so
 * its symbols are not compared. */
bool toolchain_has(const char *library);

#endif

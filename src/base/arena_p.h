/* SPDX-License-Identifier: MIT */
/* Does an arena put several blocks into a chunk? AddressSanitizer knows the bounds of malloc's
 * blocks only: with it, each block is a chunk of its own. */
#ifndef PLUGIN_ARENA_P_H
#define PLUGIN_ARENA_P_H

#include "base/arena.h"

#ifdef __SANITIZE_ADDRESS__
enum { ARENA_HAS_CHUNKS = false };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { ARENA_HAS_CHUNKS = false };
#else
enum { ARENA_HAS_CHUNKS = true };
#endif
#else
enum { ARENA_HAS_CHUNKS = true };
#endif

#endif

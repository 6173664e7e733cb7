/* SPDX-License-Identifier: MIT */
/* The dynamic loader, with all plugins in the global scope: as Go's package plugin opens them. */
#define PEER_NAME  "dlopen-global"
#define PEER_FLAGS (RTLD_NOW | RTLD_GLOBAL)
#include "peer_dlopen.h"

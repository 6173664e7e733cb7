/* SPDX-License-Identifier: MIT */
/* This library, with plugins that are linked into the program. */
#define PEER_NAME "built-in"
#include "peer_plugin.h"

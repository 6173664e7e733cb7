/* SPDX-License-Identifier: MIT */
/* What libffi passes wrongly. */
#ifndef PLUGIN_PLAN_REGISTERS_H
#define PLUGIN_PLAN_REGISTERS_H

#include <stddef.h>

/* Says which struct the value that starts at `last` of a signature (plan.h) is, if libffi passes it
 * wrongly on x86-64, so that it or others arrive changed; NULL: it is well. */
const char *plan_passed_wrongly(const char *signature, size_t last);

#endif

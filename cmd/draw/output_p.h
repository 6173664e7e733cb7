/* SPDX-License-Identifier: MIT */
/* Output files, which are written whole or not at all. */
#ifndef PLUGIN_OUTPUT_P_H
#define PLUGIN_OUTPUT_P_H

#include "src/base/error.h"

/* Writes the file. The error names it. */
bool output_write(const char *path, const struct text *content, struct error *error);

/* Makes it of this content by dot(1), in one of its formats: "svg". */
bool output_draw(const char *path, const struct text *content, const char *format,
                 struct error *error);

#endif

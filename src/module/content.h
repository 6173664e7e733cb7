/* SPDX-License-Identifier: MIT */
/* The content hash in a stamp. */
#ifndef PLUGIN_CONTENT_H
#define PLUGIN_CONTENT_H

#include "base/file.h"
#include "module/module.h"

/* Hashes the PT_LOAD segments of the module's file without the ELF header, which the stamp changes.
 * Needs the module's ELF headers. */
bool content_hash(const struct module *module, const struct file *file, uint64_t *hash,
                  struct error *error);

/* Compares the PT_LOAD segments of the module's file with the content hash in its stamp. Needs the
 * module's ELF headers. */
bool verify_content(const struct module *module, const struct file *file, struct error *error);

#endif

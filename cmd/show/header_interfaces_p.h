/* SPDX-License-Identifier: MIT */
/* The interfaces of a host in its header. */
#ifndef PLUGIN_HEADER_INTERFACES_H
#define PLUGIN_HEADER_INTERFACES_H

#include "show/header_needs_p.h"
#include "src/module/module.h"
#include "src/types/print.h"

/* Can C spell the struct of an interface? One without a tag or a typedef's name is a new type
 * wherever it is spelled. */
bool header_interface_has_name(const struct btf *btf, uint32_t id);

/* Returns the name of the struct's member at this offset in bytes; NULL if there is none. */
const char *header_member_at(const struct btf *btf, uint32_t id, uint32_t offset);

/* Adds a string literal. */
void header_add_literal(struct text *text, const char *string);

/* Adds the marks of the members of interfaces, whose structs the header has defined. */
void header_interfaces_add(struct text *text, const struct module *module,
                           struct header_needs_cache *needs, const struct print_names *names);

/* Adds the marks for isolated plugins (PLUGIN_COUNTED and the like): host and plugin must state the
 * same.
 */
void header_marks_add(struct text *text, const struct module *module);

/* Declares the symbols that PLUGIN_EXPECTS names. */
void header_expected_add(struct text *text, const struct module *module,
                         struct header_needs_cache *needs, const struct print_names *names);

#endif

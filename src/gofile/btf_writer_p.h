/* SPDX-License-Identifier: MIT */
/* A writer of BTF records. */
#ifndef PLUGIN_GO_BTF_WRITER_H
#define PLUGIN_GO_BTF_WRITER_H

#include "base/text.h"
#include "types/btf.h"

struct btf_writer {
    struct text types, strings;
    uint32_t count; /* of types, including void */
};

enum btf_encoding { BTF_UNSIGNED = 0, BTF_SIGNED = 1, BTF_BOOLEAN = 4 };

/* `limit` bounds the bytes of the records, and those of their names. */
void btf_writer_init(struct btf_writer *writer, size_t limit);

/* Adds a record and returns its id. `length` is the number of members or parameters, which the
 * caller adds next; `value` is its size, or the id of the type that it refers to. */
uint32_t btf_writer_add(struct btf_writer *writer, enum btf_kind kind, const char *name,
                        uint32_t length, uint32_t value);

uint32_t btf_writer_add_int(struct btf_writer *writer, const char *name, uint32_t size,
                            enum btf_encoding encoding);
uint32_t btf_writer_add_array(struct btf_writer *writer, uint32_t element, uint32_t index,
                              uint32_t count);
uint32_t btf_writer_add_var(struct btf_writer *writer, const char *name, uint32_t type);
uint32_t btf_writer_add_func(struct btf_writer *writer, const char *name, uint32_t prototype);

/* Adds a member of the STRUCT, or a parameter of the FUNC_PROTO, that was added last. */
void btf_writer_member(struct btf_writer *writer, const char *name, uint32_t type, uint64_t offset);
void btf_writer_parameter(struct btf_writer *writer, uint32_t type);

/* Gives the whole section, newly allocated. */
bool btf_writer_finish(const struct btf_writer *writer, struct bytes *section, struct error *error);

void btf_writer_deinit(struct btf_writer *writer);

#endif

/* Writes BTF records, one after the other, as ../btf.h reads them. */
#ifndef PLUGIN_GO_BTF_WRITER_H
#define PLUGIN_GO_BTF_WRITER_H

#include "base/text.h"
#include "types/btf.h"

/* Start with btf_writer_start; free the two texts. */
struct btf_writer {
    struct text types, strings;
    uint32_t count; /* types, with void */
};

enum btf_encoding { BTF_UNSIGNED = 0, BTF_SIGNED = 1, BTF_BOOLEAN = 4 };

/* `limit`: so many bytes the records may have, and so many their names. */
void btf_writer_start(struct btf_writer *writer, size_t limit);

/* Adds a record without what follows it, and returns its id: `length` is how many members or
 * parameters follow, `value` the size or the type that it refers to. */
uint32_t btf_writer_add(struct btf_writer *writer, enum btf_kind kind, const char *name,
                        uint32_t length, uint32_t value);

uint32_t btf_writer_add_int(struct btf_writer *writer, const char *name, uint32_t size,
                            enum btf_encoding encoding);
uint32_t btf_writer_add_array(struct btf_writer *writer, uint32_t element, uint32_t index,
                              uint32_t count);
uint32_t btf_writer_add_var(struct btf_writer *writer, const char *name, uint32_t type);
uint32_t btf_writer_add_func(struct btf_writer *writer, const char *name, uint32_t prototype);

/* One member of the STRUCT, or parameter of the FUNC_PROTO, that was added last. */
void btf_writer_member(struct btf_writer *writer, const char *name, uint32_t type, uint64_t offset);
void btf_writer_parameter(struct btf_writer *writer, uint32_t type);

/* The whole section, newly allocated. */
bool btf_writer_finish(const struct btf_writer *writer, struct bytes *section, struct error *error);

void btf_writer_free(struct btf_writer *writer);

#endif

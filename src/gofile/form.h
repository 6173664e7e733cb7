/* Go's types as C has them, written as BTF. docs/go.md has the table of forms; go-bridge/ makes
 * the C functions of the same forms. */
#ifndef PLUGIN_GO_FORM_H
#define PLUGIN_GO_FORM_H

#include "base/text.h"
#include "gofile/types.h"

/* The forms of one module, while they are written. */
struct go_forms;

/* `limit`: so many bytes the records may have, and so many their names. NULL for want of memory.
 * Free with go_forms_free. */
struct go_forms *go_forms_new(const struct go_types *types, size_t limit);
void go_forms_free(struct go_forms *forms);

/* Writes a symbol of this name, a variable of the type with this descriptor, or a function if that
 * is a func: *id is that of its VAR or FUNC. If it has no C form, *id is 0 and `reason` says why:
 * "its parameter 1, map[string]int, is a map". Fails if a descriptor is damaged, for want of
 * memory, or if there are more types than any program has. */
bool go_forms_add(struct go_forms *forms, const char *name, uint64_t type, bool is_function,
                  uint32_t *id, struct text *reason, struct error *error);

/* The whole as a `.BTF` section, newly allocated. */
bool go_forms_write(const struct go_forms *forms, struct bytes *btf, struct error *error);

/* Adds a type as Go writes it, which the descriptor's own name does not always do for a func:
 * "func(int, ...string) error". */
bool go_type_write(struct text *text, const struct go_types *types, uint64_t type,
                   struct error *error);

#endif

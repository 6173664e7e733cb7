/* Types as C: declarations and definitions that a C compiler takes back as the same types. */
#ifndef PLUGIN_PRINT_H
#define PLUGIN_PRINT_H

#include "base/text.h"
#include "types/btf.h"

/* A file that holds types of several source files may have two of one name: what is added to the
 * name of a type (tag or typedef), or to those of an enum's enumerators, to tell them apart. */
struct print_names {
    const char *(*suffix)(const void *context, uint32_t id);
    const char *(*enumerator_suffix)(const void *context, uint32_t id);
    const void *context;
    const char *before_typedef; /* what stands before the name of a typedef; NULL: nothing */
};

/* Adds the declaration of a name as this type: "int (*name)[4]". With a NULL name, the type alone:
 * "int (*)[4]". A struct without a tag is written out. names may be NULL. The text's failed is set
 * when the type is deeper, or its text longer, than any sane one. */
void print_declaration(struct text *text, const struct btf *btf, uint32_t id, const char *name,
                       const struct print_names *names);

/* Adds a declaration to a message: one that is longer than anybody would read is not shown, and
 * that is said in the place of the whole text. */
void print_shown(struct text *text, const struct btf *btf, uint32_t id, const char *name);

/* The same for a FUNC or VAR, which has a name of its own. */
void print_symbol(struct text *text, const struct btf *btf, uint32_t id, const char *name,
                  const struct print_names *names);

/* Adds the definition of a struct, union, enum or typedef, over several lines, without the
 * semicolon. */
void print_definition(struct text *text, const struct btf *btf, uint32_t id,
                      const struct print_names *names);

/* Adds an enumerator's value as C takes it back. */
void print_enumerator_value(struct text *text, const struct btf_type *type, int64_t value);

/* Is it a type that the compiler itself declares for va_list? C spells it __builtin_va_list, and
 * may not declare it again. */
bool print_is_builtin(const struct btf_type *type);

/* Is the name a word of C's own? Names from other languages may be such. */
bool print_is_keyword(const char *name);

#endif

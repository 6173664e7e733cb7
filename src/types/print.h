/* SPDX-License-Identifier: MIT */
/* Prints types as C: declarations and definitions that a compiler reads as the same types. */
#ifndef PLUGIN_PRINT_H
#define PLUGIN_PRINT_H

#include "base/text.h"
#include "types/btf.h"

/* Suffixes that tell types of one name apart: types of several source files may share a name. They
 * are added to a tag or a typedef's name, and to the names of an enum's enumerators. */
struct print_names {
    const char *(*suffix)(const void *context, uint32_t id);
    const char *(*enumerator_suffix)(const void *context, uint32_t id);
    const void *context;
    const char *before_typedef; /* a prefix of uses of a typedef; NULL: none */
};

/* Adds the declaration of a name: "int (*name)[4]"; of NULL, the type name alone: "int (*)[4]". A
 * struct without a tag is written out. names may be NULL. The text fails if the type is nested
 * deeper, or its text is longer, than those of any program. */
void print_declaration(struct text *text, const struct btf *btf, uint32_t id, const char *name,
                       const struct print_names *names);

/* Adds a declaration to a message. If it is too long for one, a note replaces the whole text. */
void print_shown(struct text *text, const struct btf *btf, uint32_t id, const char *name);

/* The same, with what each typedef stands for in place of its name. */
void print_resolved(struct text *text, const struct btf *btf, uint32_t id, const char *name);

/* Adds the declaration of a FUNC or VAR. */
void print_symbol(struct text *text, const struct btf *btf, uint32_t id, const char *name,
                  const struct print_names *names);

/* Adds the definition of a struct, union, enum or typedef, over several lines, without the
 * semicolon. */
void print_definition(struct text *text, const struct btf *btf, uint32_t id,
                      const struct print_names *names);

/* Adds an enumerator's value as an integer constant of its type. */
void print_enumerator_value(struct text *text, const struct btf_type *type, int64_t value);

/* Does the compiler itself declare this type, for va_list? C spells it __builtin_va_list, and must
 * not declare it. */
bool print_is_builtin(const struct btf_type *type);

/* Can it be a parameter's name in C? */
bool print_is_identifier(const char *name);

/* Is it a keyword of C or reserved for one? Names in other languages may be. */
bool print_is_keyword(const char *name);

#endif

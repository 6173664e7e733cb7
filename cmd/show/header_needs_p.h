/* SPDX-License-Identifier: MIT */
/* What the declarations of plugin header need of a compiler. */
#ifndef PLUGIN_HEADER_NEEDS_P_H
#define PLUGIN_HEADER_NEEDS_P_H

#include "src/base/text.h"
#include "src/types/btf.h"

/* A set of what some compilers lack; 0: any compiler will do. */
typedef uint32_t header_needs;

/* The needs of each type, found as they are asked for. */
struct header_needs_cache {
    const struct btf *btf;
    header_needs *named, *complete; /* of each type */
    unsigned depth;
};

bool header_needs_init(struct header_needs_cache *cache, const struct btf *btf);
void header_needs_deinit(struct header_needs_cache *cache);

/* Returns what a declaration with the type needs; if it is complete, also what its definition does.
 */
header_needs header_needs_of(struct header_needs_cache *cache, uint32_t id, bool is_complete);

/* Returns what a name needs: it may be a keyword of C++. */
header_needs header_needs_of_name(const char *name);

/* Can C declare it? If not, a comment says so. */
bool header_needs_is_c_name(const char *name);

/* Can it be an identifier of C, unless it is a keyword? C++'s destructors and operators cannot. */
bool header_needs_is_identifier(const char *name);

/* Is it the name of a character type that is a typedef in C and a keyword in C++? */
bool header_needs_is_character(const char *name);

/* Is there any compiler of C that has it? */
bool header_needs_are_met(header_needs needs);

/* Has the base type of this name a spelling in C? */
bool header_needs_has_spelling(const char *name);

/* Adds the #if in front of a declaration. Returns false if no compiler has what it needs: then
 * there is only a comment. */
bool header_needs_start(struct text *text, header_needs needs, const char *name);

/* Adds the end, with a comment for compilers that lack something. */
void header_needs_end(struct text *text, header_needs needs, const char *name);

/* Adds a name from the file to a comment, which it must not end. */
void header_needs_add_comment(struct text *text, const char *string);

#endif

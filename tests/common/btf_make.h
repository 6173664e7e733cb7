/* Builds a `.BTF` section in memory by libbpf, the reference implementation. No libbpf type appears
 * here, because libbpf and the project both have a struct btf.
 *
 * Types are written as words, from the outside in, as one reads a declaration aloud:
 *
 *     void bool char schar uchar short ushort int unsigned long ulong llong ullong int128
 *     float double ldouble | opaque NAME SIZE
 *     pointer T | const T | volatile T | restrict T | atomic T | tagged NAME T | typedef NAME T |
 * array COUNT T struct TAG SIZE { NAME BIT_OFFSET T ... }     a bit-field: NAME BIT_OFFSET:BITS T
 *     union TAG SIZE { NAME 0 T ... }
 *     struct TAG ;  union TAG ;  enum TAG ;         incomplete
 *     enum TAG SIZE { NAME VALUE ... }              signed-enum: even without a negative value
 *     same TAG                                      the struct, union or enum of this tag, again
 *     function T ( NAME T NAME T ... )              `...` last: variadic; alone: no prototype
 *     func NAME T | var NAME T                      the symbols themselves
 *     aligned N T                                   the declaration tag of a requested alignment
 *     declared TEXT T                               another declaration tag
 *
 * A name `-` is empty; `~` in a name stands for a space. */
#ifndef TESTS_COMMON_BTF_MAKE_H
#define TESTS_COMMON_BTF_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct make;

struct make *make_start(void);

/* Adds a type and the types that it refers to. Returns its id. */
uint32_t make_add(struct make *make, const char *words);

/* Adds one record. Ids may be of records that are added later. */
uint32_t make_pointer(struct make *make, uint32_t target);
uint32_t make_array(struct make *make, uint32_t element, uint32_t count);
uint32_t make_typedef(struct make *make, const char *name, uint32_t target);
uint32_t make_struct(struct make *make, const char *tag, uint32_t size);
void make_member(struct make *make, const char *name, uint32_t type, uint32_t bit_offset);
uint32_t make_enum(struct make *make, const char *tag);
void make_enumerator(struct make *make, const char *name, int64_t value);
uint32_t make_function(struct make *make, uint32_t result);
void make_parameter(struct make *make, const char *name, uint32_t type);
uint32_t make_var(struct make *make, const char *name, uint32_t type);
void make_datasec(struct make *make, const char *name, uint32_t var);

/* Adds an int, and behind it this many names, each of the one before. Returns the last one's id. */
uint32_t make_chain(struct make *make, uint32_t names);
/* Adds a struct of so many members of one type. Returns its id. */
uint32_t make_members(struct make *make, uint32_t count, uint32_t type);
void make_decl_tag(struct make *make, const char *text, uint32_t type, int member);

/* Returns the section in a block of exactly its size, which the caller frees. Frees make. */
uint8_t *make_end(struct make *make, size_t *size);

#endif

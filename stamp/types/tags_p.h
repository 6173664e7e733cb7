/* SPDX-License-Identifier: MIT */
/* The DECL_TAGs of whole types: promises, and objects. Apart from writer_p.h, because libbpf
 * declares names of src/types/btf.h differently. */
#ifndef PLUGIN_STAMP_TAGS_H
#define PLUGIN_STAMP_TAGS_H

#include "model/model.h"

struct btf;
struct btf_unqualified;

struct tag {
    uint32_t type; /* BTF id */
    const char *text;
};

/* In the order of types, then of texts; in the stamp's arena. */
struct tags {
    struct tag *items;
    size_t count, capacity;
};

/* Adds a tag; copies the text. */
bool tags_add(struct stamp *stamp, struct tags *tags, uint32_t type, const char *text,
              struct error *error);

/* Sorts the tags, and keeps one of those that are the same: a type may be found by several
 * typedefs. */
void tags_sort(struct tags *tags);

/* Returns the type that this one is, or that has no other name than this typedef; of any other
 * typedef, void. */
struct btf_unqualified tags_named_type(const struct btf *btf, uint32_t id);

/* Returns the name by which files know the type: its tag, or that of its typedef. */
const char *tags_type_name(const struct btf_unqualified *type);

/* Does the text start so? Sets *rest to what follows. */
bool tags_text_starts(const char *text, const char *start, const char **rest);

/* Returns a name of an option as .BTF spells it, "ns__shape" for "ns::shape", in the stamp's arena;
 * NULL without memory. */
char *tags_option_name(struct stamp *stamp, const char *text, size_t length);

/* promises.c: adds those of marks; refuses a mark that cannot be kept. */
bool promises_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                       struct error *error);

/* grows.c: adds those of --grows, after those of marks; refuses what cannot grow. */
bool grows_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                    struct error *error);

/* aliases.c: adds those of --alias. */
bool aliases_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                      struct error *error);

/* objects.c: adds those of structs of which the module has objects. */
bool objects_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                      struct error *error);

/* tag_types.c: finds all tags of the types of a complete `.BTF`. */
bool tags_find(struct stamp *stamp, struct bytes btf, struct tags *tags, struct error *error);

#endif

/* SPDX-License-Identifier: MIT */
/* What a module promises of its types, as inspect and header show it. */
#ifndef PLUGIN_SHOW_PROMISES_P_H
#define PLUGIN_SHOW_PROMISES_P_H

#include "src/base/arena.h"
#include "src/base/text.h"
#include "src/types/print.h"

/* A promise of one type, and the objects that the module has of it. */
struct promise {
    bool is_growth;     /* false: an alias */
    const char *word;   /* "grows_sized" */
    const char *macro;  /* "PLUGIN_GROWS_SIZED" */
    uint32_t type;      /* a struct, union or enum; of one without a tag, its typedef */
    enum btf_kind kind; /* of that */
    const char *type_name;
    const char *name;     /* of the member, enumerator or other tag; "": none */
    bool is_for_unmarked; /* `plugin stamp --grows` */
    bool is_of_objects;   /* a struct that grows; else the next three are not set */
    bool records_objects;
    const char *object;   /* "local variable of keep in plug.c"; NULL: none */
    const char *elements; /* the same, in an array */
};

struct promises {
    struct promise *items; /* by the names of their types; in the arena */
    size_t count, capacity;
};

/* Finds the promises of a module, in the arena. */
bool promises_find(struct promises *promises, const struct btf *btf, struct arena *arena,
                   struct error *error);

/* Is this one shown as the one before it? A module may hold several copies of a type. */
bool promises_repeat(const struct promises *promises, size_t index);

/* Adds "PLUGIN_GROWS_SIZED(struct api, size)". names may be NULL. */
void promise_add_text(struct text *text, const struct btf *btf, const struct promise *promise,
                      const struct print_names *names);

#endif

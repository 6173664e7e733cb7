/* SPDX-License-Identifier: MIT */
/* Do two types agree, and if not, where do they differ? The rules are those of C for types of
 * different translation units (C11 6.2.7), applied to what the machine sees, and looser where that
 * does no harm: docs/compatibility.md. */
#ifndef PLUGIN_COMPARE_H
#define PLUGIN_COMPARE_H

#include "base/error.h"
#include "base/table.h"
#include "types/btf.h"

/* A type of one module. */
struct type_side {
    const struct btf *btf;
    uint32_t id;
};

/* How two types differ. The caller sets the names of the sides. */
struct type_difference {
    const char *first_name, *second_name;     /* in sentences: "the host"; NULL: "the first type" */
    const char *first_path;                   /* "./host"; NULL: first_name */
    const char *first_module, *second_module; /* what has objects; NULL: the names */
    /* Also set by the caller. Is another module's copy of this package used for that of the second
     * module? Then nobody uses the objects that the second one's copy has. NULL: no. */
    bool (*is_unused)(const void *context, const char *package);
    const void *context;
    struct text path;  /* where: "parameter 1: struct shape: member r"; "": the types themselves */
    size_t type_start; /* of the last struct, union, enum or typedef in the path, which is the
                          type that differs; the path's length: none */
    uint32_t first_type, second_type; /* the innermost structs, unions, enums or functions that
                                         differ; 0: the types are none and lead to none */
    struct text cause; /* what continues the path: ": the plugin lacks member r; 3 members behind it
                          moved"; "": both sides say it */
    struct text first, second; /* the declaration on each side, in C with its size and offset. They
                                  never read the same. */
    bool tells_growth;         /* set by the caller: */
    struct text growth;        /* what agrees because it grew as promised, a line for each type */
};

void type_difference_deinit(struct type_difference *difference);

/* Adds a side to a sentence: "double r"; with what its comment says if the declaration of the other
 * side reads the same: "int r (offset 8, 4 bytes)". */
void side_add_to_sentence(struct text *sentence, const struct text *side, const struct text *other);

/* Whose function runs, where two functions are compared. It decides in which direction qualifiers
 * may differ. */
enum type_provider {
    PROVIDER_UNKNOWN, /* in neither */
    PROVIDER_FIRST,
    PROVIDER_SECOND
};

/* Pairs of ids, each once for each way in which it may be reached. */
struct type_pair {
    uint32_t first, second;
    enum type_provider provider; /* of two functions */
    bool is_pointed_to;
    size_t step;      /* of a comparison, which led to the pair */
    const char *name; /* of a typedef that led to it; "": none */
};
struct type_pairs {
    struct type_pair *items;
    size_t count, capacity;
    struct table table;
};

/* The types of two modules that are known to agree. A zeroed one is valid and empty. */
struct type_cache {
    struct type_pairs agreeing;
    uint32_t *identical; /* for each type of the second module, the first module's type that is
                            identical to it; 0: none is known */
    uint32_t *queue;     /* scratch, with room for each type of the second module */
    size_t wasted_work;  /* types that were visited before a difference was found */
    uint64_t work;       /* of all comparisons, which is bounded */
};

void type_cache_deinit(struct type_cache *cache);

/* The strict rules are C's: qualifiers, tags and members are equal. */
enum type_rules { TYPE_RULES, TYPE_RULES_STRICT };

static inline enum type_rules type_rules(bool is_strict)
{
    return is_strict ? TYPE_RULES_STRICT : TYPE_RULES;
}

/* Sets *agree, and *difference if they do not. False, with the error set, without memory or if the
 * types are nested deeper, or are more, than those of any program. */
bool type_compare(struct type_side first, struct type_side second, enum type_rules rules,
                  bool *agree, struct type_difference *difference, struct error *error);

/* May a FUNC or VAR be used through a pointer of the type `asked`? The pointer may add qualifiers
 * to a variable, never drop one. The asking module is the host. */
bool type_compare_symbol(struct type_side asked, struct type_side symbol, enum type_rules rules,
                         bool *agree, struct type_difference *difference, struct error *error);

/* May a module that declares a FUNC or VAR like this use another module's definition? A declaration
 * may add qualifiers to a variable, never drop one, and may leave an array's size open. The
 * defining module is the host. The cache is for these two modules, in this order, and these rules.
 */
bool type_compare_import(struct type_cache *cache, struct type_side definition,
                         struct type_side declaration, enum type_rules rules, bool *agree,
                         struct type_difference *difference, struct error *error);

#endif

/* SPDX-License-Identifier: MIT */
/* The reasons why a plugin does not fit. */
#ifndef PLUGIN_MISFIT_H
#define PLUGIN_MISFIT_H

#include "module/module.h"
#include "types/compare.h"

/* What a reader can do about it. */
enum misfit_kind {
    MISFIT_OTHER,       /* what the text says */
    MISFIT_OF_TYPES,    /* the sides differ */
    MISFIT_UNDEFINED,   /* nobody exports the symbol */
    MISFIT_OUTDATED,    /* the live copy of the package lacks the symbol */
    MISFIT_NOT_EXPORTED /* the plugin does not export what an interface demands */
};

/* One reason. */
struct misfit {
    enum misfit_kind kind;
    const char *symbol;       /* the symbol concerned, owned by its module; NULL: none */
    const char *package;      /* likewise */
    struct text path;         /* where two types differ: "parameter 1: struct shape: member r" */
    struct text host, plugin; /* both sides there; "" if no types differ */
    const char *host_label;   /* of the host's side, owned by its module: "host", "libgeom.so" */
    struct type_side host_type, plugin_type; /* of these, the innermost structs, unions, enums or
                                                functions, owned by their modules; id 0: none */
    struct text text;     /* the whole misfit; lines after the first are indented */
    struct text line;     /* it in one line that stands alone; "": the first line of `text` */
    const char **symbols; /* all that lead to it, the first of which is `symbol` */
    size_t symbol_count, symbol_capacity;
    struct text uses;  /* the first of these, and what in them leads to it */
    size_t uses_start; /* of the line in `text` that tells the uses; 0: there is none */
};

/* Limits that only hostile files reach. Misfits beyond them are counted, not kept. */
#define MISFITS_MAX        100
#define MISFITS_LENGTH_MAX (1 << 20)

/* Limit of the cost of one judgement's misfits, in bytes of text; a declaration costs its maximum
 * length. The judgement ends early at this limit. */
#define MISFITS_COST_MAX    (1 << 22)
#define MISFITS_COST        (1 << 8)
#define MISFITS_COST_OF_USE (1 << 14)

/* The plugin's uses of other modules, except of the C implementation. */
struct uses_counted {
    size_t compared;
    size_t unchecked; /* a type was not recorded, by either side, or the symbol is missing */
    size_t unstamped; /* of these, those of modules that are not stamped */
    const char *unstamped_path; /* of the first such module; NULL: none */
    bool is_counted;            /* the judgement has counted them */
    bool is_cut;                /* it ended early, and compared no more */
};

/* A zeroed one is empty and valid. */
struct misfits {
    struct misfit *items;
    size_t kept, capacity;
    size_t count;          /* of all misfits, kept or not */
    size_t length;         /* bytes of the kept texts */
    size_t cost;           /* of all misfits; at MISFITS_COST_MAX, there may be more */
    struct misfit current; /* from misfits_start to misfits_end */
    struct misfit surplus; /* the last one that is not kept */
    bool failed;           /* memory ran out, so some may be missing */
    bool is_verbose;       /* set by the caller: collects these lines */
    struct text growth;    /* for each type that fits because it grew as promised */
    struct text waived;    /* for each difference that the host waives: its reason */
    struct text waivable;  /* for each other one: the waiver, without a reason */
    struct text remark;    /* set by the caller: a refusal has this line before the last one */
    struct uses_counted uses;
};

/* The label of a side, its name in a sentence, and the module whose build is shown. */
struct misfit_side {
    const char *label, *name;
    const struct module *module;
};

/* Adds a misfit about the symbol and the package, each of which may be NULL. The whole text is
 * escaped, so it may contain untrusted names. */
void misfits_add(struct misfits *misfits, const char *symbol, const char *package,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same in steps: the caller adds to the text of the misfit until misfits_end. */
struct misfit *misfits_start(struct misfits *misfits, const char *symbol, const char *package);

/* Adds to the text, and escapes what it adds. */
void misfit_add(struct misfit *misfit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a line for each of ->host and ->plugin: label, declaration, size and build, in columns. Ends
 * ->line; is_explained: without the sides, since the text so far says how they differ. */
void misfit_add_sides(struct misfit *misfit, struct misfit_side host, struct misfit_side own,
                      bool is_explained);

/* Ends a misfit. Drops it if its text equals that of the one before. */
void misfits_end(struct misfits *misfits);

/* The same for a misfit whose text is about a type, not about its symbol, and might be told for
 * others, too: it is told once, with the symbols that lead to it. `where` says what in the symbol
 * leads to the type, "parameter 1"; "": the symbol has the type itself. */
void misfits_end_use(struct misfits *misfits, const char *where);

/* Adds to one of the texts of lines those that are new. */
void misfits_add_lines(struct misfits *misfits, struct text *to, const struct text *lines);

/* Have they reached MISFITS_COST_MAX? Then the judgement should end. */
bool misfits_are_too_many(const struct misfits *misfits);

/* Adds how many uses were compared, and how many not. */
void uses_add_count(struct text *text, const struct uses_counted *uses);

/* Sets the error, PLUGIN_MISFIT, to a refusal that lists all of them, and ends with the count of
 * uses. Always returns false. */
bool misfits_refuse(const struct misfits *misfits, const char *path, const char *host_path,
                    struct error *error);

void misfits_deinit(struct misfits *misfits);

#define MISFITS_AUTO __attribute__((cleanup(misfits_deinit))) struct misfits

#endif

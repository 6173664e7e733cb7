/* The reasons why a plugin does not fit, and how they are told. */
#ifndef PLUGIN_MISFIT_H
#define PLUGIN_MISFIT_H

#include "module/module.h"

/* One reason. */
struct misfit {
    const char *symbol;       /* that it is about; NULL: none. Owned by the module that has it */
    const char *package;      /* that it is about; NULL: none. Likewise */
    struct text path;         /* where two types part: "parameter 1: struct shape: member r" */
    struct text host, plugin; /* what is on each side there; "" if it is not about types */
    struct text text;         /* the whole of it; further lines are indented */
};

/* Beyond so many, and so many bytes, which a hostile file alone reaches, they are counted, not
 * kept. */
#define MISFITS_MAX        100
#define MISFITS_LENGTH_MAX (1 << 20)

/* What all of them may cost, in bytes of their texts; a declaration that is shown costs as many as
 * it may have. The judgement of a file that costs more is ended: it fits nothing. */
#define MISFITS_COST_MAX    (1 << 22)
#define MISFITS_COST        (1 << 8)
#define MISFITS_COST_OF_USE (1 << 14)

/* A zeroed one is empty and valid. */
struct misfits {
    struct misfit *items;
    size_t kept;
    size_t count;          /* with those that were not kept */
    size_t length;         /* bytes of the texts of those that were */
    size_t cost;           /* of all; once it is MISFITS_COST_MAX, there may be more */
    struct misfit current; /* from misfits_start to misfits_end */
    struct misfit surplus; /* the last one that was not kept */
    size_t capacity;
    bool failed; /* memory ran out, so that some may be lacking */
};

/* What stands before a side's declaration, and who built it. */
struct misfit_side {
    const char *label;
    const struct module *module;
};

/* Starts a misfit: the caller adds its first line to ->text. About both, either or none of them. */
struct misfit *misfits_start(struct misfits *misfits, const char *symbol, const char *package);

/* Have they cost so much that the judgement should end? */
bool misfits_are_too_many(const struct misfits *misfits);

/* Adds the lines of both sides, once ->host and ->plugin are written: label, declaration, size and
 * build, in columns. */
void misfit_add_sides(struct misfit *misfit, struct misfit_side host, struct misfit_side own);

/* Ends what misfits_start began. One that says the same as the one before it is dropped. */
void misfits_end(struct misfits *misfits);

/* Sets the error to a refusal that lists them all: PLUGIN_MISFIT, or that memory ran out. Always
 * returns false. */
bool misfits_refuse(const struct misfits *misfits, const char *path, const char *host_path,
                    struct error *error);

void misfits_free(struct misfits *misfits);

#define MISFITS_AUTO __attribute__((cleanup(misfits_free))) struct misfits

#endif

/* SPDX-License-Identifier: MIT */
/* What makes a plan: shared by the files plan*.c. */
#ifndef PLUGIN_PLAN_P_H
#define PLUGIN_PLAN_P_H

#include "base/budget.h"
#include "base/table.h"
#include "crossing/plan.h"
#include "types/compare.h"
#include "types/joined.h"

/* Limits that only hostile files reach. A struct by value in a struct by value is a level. */
enum {
    PLAN_LEVELS_MAX = 64,
    PLAN_OBJECTS_MAX = 1 << 16,
    PLAN_PARTS_MAX = 1 << 18,
    PLAN_ELEMENTS_MAX = 4096, /* of an array in a struct that is passed by value */
    PLAN_SIGNATURE_MAX = 1 << 14,
    PLAN_NAMES_MAX = 1 << 24,
    PLAN_WORK_MAX = 1 << 24
};

enum mark_kind {
    MARK_COUNTED,
    MARK_COUNTED_MEMBER, /* of a type, as is MARK_OPAQUE; the others are of a function */
    MARK_COUNTED_BY_RESULT,
    MARK_OUT,
    MARK_KEPT,
    MARK_OWNED,
    MARK_OPAQUE,
    MARK_ARENA, /* of a type */
    MARK_KINDS
};

/* A mark of the host. */
struct mark {
    enum mark_kind kind;
    const char *text;    /* as PLUGIN_INFO has it */
    const char *subject; /* the function; or the type, without the word struct */
    bool is_tag;         /* the type has the word */
    const char *name; /* of the parameter or member; of MARK_OWNED, of the function that frees; of a
                         type, "" */
    const char *count; /* of that with the count; "": the kind has none */
};

/* A mark of a type of the plugin. */
struct typed_mark {
    uint32_t type; /* BTF id of the struct or union */
    uint32_t mark;
};

struct marks {
    struct mark *items;
    size_t count, capacity;
    struct table by_subject;
    bool has_owned;           /* any MARK_OWNED */
    struct typed_mark *typed; /* sorted by type */
    size_t typed_count, typed_capacity;
};

/* The place of a pointer or another value: a slot of a function's frame, or in an object. */
struct place {
    uint32_t object;    /* that has it */
    uint32_t slot;      /* of a frame: from 0; the result's is the last one */
    const char *member; /* of a struct or union, "" without a name; NULL: of neither */
};

/* What the plan does not say of an object, but its maker needs. */
struct origin {
    uint32_t type; /* BTF id without qualifiers; of a frame, the FUNC_PROTO */
    bool is_frame;
    bool is_bytes;        /* a byte behind a void *, of no type */
    uint32_t levels;      /* of objects by value in it */
    bool has_parts;       /* but for embedded objects without any */
    bool has_pointers;    /* of its own, or in embedded objects */
    const char *symbol;   /* of a frame: its function; of one of a type, the type's name in marks */
    bool is_root;         /* the frame of a symbol or an import: no pointer leads there */
    struct place reached; /* from here first; not of a root */
};

/* Bytes of an object that a member has. */
struct span {
    uint64_t start, end;
    bool has_part, is_bit_field;
    struct plan_part part;
};

/* What the host's marks say of a pointer. */
struct pointing {
    const char *counted; /* the mark in full; NULL: one object */
    bool is_of_go;       /* not the host says so, but Go */
    bool is_by_result, is_out, is_kept;
    bool is_owned;   /* a result that its caller frees */
    uint32_t behind; /* the number of the object that is the count, plus 1: a pointer leads there */
    bool is_by_count; /* likewise: and it comes back */
    uint32_t count_offset;
    uint8_t count_size;
    bool count_is_signed;
};

/* A function that a pointer leads to. */
struct pointed {
    uint32_t type;    /* BTF id of the FUNC_PROTO */
    uint32_t pointer; /* BTF id of the type of what points */
    const char *name; /* of a typedef that the host's marks are about, or "" */
    struct place place;
    const char *value; /* that has the pointer, or "" */
};

/* What a module imports from the host. */
struct plan_import {
    const char *name;
    uint32_t type; /* by which the module uses it: a BTF id, 0: not recorded */
    enum format_symbol_kind kind;
    bool is_weak;
    size_t module;                /* its number */
    uint32_t definition;          /* BTF id of the host's type; 0: not recorded */
    const struct module *carrier; /* the host's module that has it; NULL: that which opens */
    const char *package;          /* that the carrier has; NULL: it is of none */
};

struct plan_maker {
    const struct mapped_modules *modules;
    const struct module *plugin; /* the last one */
    const struct btf *btf;       /* of the plugin, or joined */
    struct btf_joined joined;    /* with those of libraries that import something */
    struct plan_import *imports; /* sorted by name, that with most types first */
    size_t found_count, found_capacity;
    const struct module **carriers; /* other modules of the host that have some of it */
    size_t carrier_count, carrier_capacity;
    const struct meta *host;      /* NULL: it has no types of its own */
    const struct btf *host_types; /* NULL: all that the plugin defines is seen */
    struct table host_tags; /* of structs and unions that are complete in them, and in those of the
                               carriers, by name: items of host_tag_names */
    const char **host_tag_names;
    size_t host_tag_count, host_tag_capacity;
    struct misfits *misfits;
    struct arena arena;
    struct marks marks;
    struct plan_function *functions;
    size_t function_count, function_capacity;
    uint32_t symbol_count, import_count; /* the first functions */
    struct pointed *pointed;             /* the functions that follow */
    size_t pointed_count, pointed_capacity;
    struct table pointed_by_type;
    struct plan_object *objects;
    size_t object_count, object_capacity;
    struct origin *origins; /* of the objects */
    size_t origin_count, origin_capacity;
    uint32_t *object_of;  /* by BTF id: its number, plus 1 */
    uint32_t byte_object; /* likewise, of is_bytes */
    struct plan_part *parts;
    size_t part_count, part_capacity;
    struct plan_slot *slots;
    size_t slot_count, slot_capacity;
    struct plan_variable *variables;
    size_t variable_count, variable_capacity;
    uint64_t variables_segment; /* the address of the segment that has them */
    struct span *spans;         /* of the object that is being described */
    size_t span_count, span_capacity;
    struct text names;
    struct table name_table;
    uint32_t *name_offsets; /* items of the table */
    size_t name_count, name_capacity;
    struct budget work;
    bool has_no_memory;
    bool is_too_much; /* a limit was reached; the plan is dropped */
};

/* ---- plan_maker.c: what all use ---- */

/* Pays for work; false at the limit, or without memory. */
bool plan_pay(struct plan_maker *maker, uint64_t work);

/* Returns the offset of the name in the names: of equal names, the same. */
uint32_t plan_intern(struct plan_maker *maker, const char *name);

/* Adds a misfit about this place, whose value has this type and name ("": none); with NULL, about
 * the type of the object itself. The format says why not, and what to do. */
void plan_refuse(struct plan_maker *maker, const struct place *place, uint32_t type,
                 const char *name, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds a misfit about a symbol as a whole. */
void plan_refuse_symbol(struct plan_maker *maker, const struct meta_symbol *symbol,
                        const char *before, const char *why);

/* btf_unqualified, paid. */
struct btf_unqualified plan_unqualified(struct plan_maker *maker, uint32_t id);

/* ---- plan_marks.c: the host's marks ---- */

/* Reads the host's marks, and tells which ones only the plugin states. */
void plan_read_marks(struct plan_maker *maker);

/* Finds the next mark of this kind, subject and name, each NULL or MARK_KINDS for any. Start with a
 * probe of plan_mark_probe(subject). NULL: there is none. */
struct table_probe plan_mark_probe(const char *subject);
const struct mark *plan_next_mark(const struct plan_maker *maker, struct table_probe *probe,
                                  enum mark_kind kind, const char *subject, const char *name);

/* Sets *count to the number of marks of this struct or union, and returns the first one. */
const struct typed_mark *plan_typed_marks(const struct plan_maker *maker, uint32_t type,
                                          size_t *count);

/* Is the mark of a type? Others are of functions. */
bool plan_is_mark_of_type(enum mark_kind kind);

/* Do the marks say this of a struct or union? MARK_OPAQUE: nobody but its maker looks into it. */
bool plan_has_typed_mark(const struct plan_maker *maker, uint32_t type, enum mark_kind kind);

/* ---- plan_host.c: what the host can see ---- */

/* Reads which structs and unions are complete in the host's types. False with the error set. */
bool plan_read_host(struct plan_maker *maker, struct error *error);

/* Is it the struct that a string or a slice of Go is? Any host sees into it. */
bool plan_is_go_value(const struct plan_maker *maker, const struct btf_type *type);

/* Does the host know the members of this struct or union? */
bool plan_host_sees(const struct plan_maker *maker, const struct btf_type *type);

/* ---- plan_go.c: Go plugins ---- */

/* Describes a member of the struct that a string or a slice of Go is. */
void plan_add_go_member(struct plan_maker *maker, const struct place *place,
                        const struct btf_member *member);

/* Adds the next symbol of a Go plugin. */
void plan_add_go_symbol(struct plan_maker *maker, const struct meta_symbol *symbol);

/* ---- plan_counts.c: what the marks say of pointers ---- */

/* Tells which marks of a function, or of a struct or union, name what it lacks. */
void plan_check_function_marks(struct plan_maker *maker, uint32_t frame);
void plan_check_member_marks(struct plan_maker *maker, uint32_t number);

/* Find what the marks say of a parameter or the result, or of a member; false if they do not fit
 * it, and that is told. first_slot is that of the function. */
bool plan_find_slot_marks(struct plan_maker *maker, const struct place *place, size_t first_slot,
                          struct pointing *pointing);
bool plan_find_member_marks(struct plan_maker *maker, const struct place *place,
                            const struct btf_member *member, struct pointing *pointing);

/* ---- plan_owned.c: results that the caller frees ---- */

/* Does a function of this name and type free results, as a mark says? One that cannot is told. */
bool plan_frees(struct plan_maker *maker, const char *symbol, const struct btf_type *function);

/* Sets who frees the results of all functions; tells what cannot be. After plan_prune. */
void plan_end_owned(struct plan_maker *maker);

/* ---- plan_values.c: what a value is in an object ---- */

/* Is it char, of which strings are made? */
bool plan_is_char(const struct btf_type *type);

/* Adds the bits of a bit-field. */
void plan_add_bit_field(struct plan_maker *maker, const struct place *place,
                        const struct btf_member *member, uint64_t offset);

/* Adds the spans of one value at this offset. `pointing` may be NULL. */
void plan_add_value(struct plan_maker *maker, const struct place *place, uint32_t id,
                    const char *name, uint64_t offset, const struct pointing *pointing);

/* Adds a pointer at this offset, that nobody follows. */
void plan_add_address(struct plan_maker *maker, const struct place *place, uint32_t id,
                      uint64_t offset);

/* Adds a member that is the same as what lies at the offset `as`. */
void plan_add_same(struct plan_maker *maker, const struct place *place,
                   const struct btf_member *member, uint64_t offset, uint32_t as);

/* Adds the spans of the members of a union, at any depth, all without parts. */
void plan_add_leaves(struct plan_maker *maker, const struct place *place, uint32_t id,
                     const char *name, uint64_t offset, unsigned level);

/* Says what may not cross, and what to do, by the names of its type; NULL: it may. */
const char *plan_forbidden(const struct btf_unqualified *type);

/* ---- plan_objects.c ---- */

/* Returns the number of the object of this type, which plan_describe describes. */
uint32_t plan_object_of(struct plan_maker *maker, const struct place *place, uint32_t id);
uint32_t plan_object_of_bytes(struct plan_maker *maker, const struct place *place);

/* Adds an object that nothing describes. */
uint32_t plan_add_object(struct plan_maker *maker, const struct origin *origin, const char *name);

/* Makes parts of the spans; but for a frame, also of the bytes between them. */
void plan_end_object(struct plan_maker *maker, uint32_t number);

/* ---- plan_describe.c ---- */

/* Describes all objects but frames, and what they lead to: also functions. */
void plan_describe(struct plan_maker *maker);

/* Drops embedded objects without parts; tells those that are nested too deeply. */
void plan_prune(struct plan_maker *maker);

/* ---- plan_functions.c ---- */

/* Adds the next symbol: a function, or a variable. */
void plan_add_symbol(struct plan_maker *maker, const struct meta_symbol *symbol);

/* Adds a symbol that is no function, as one that nobody calls, so that each symbol has one; NULL
 * at a limit, or without memory. */
struct plan_function *plan_add_no_function(struct plan_maker *maker, const char *name);

/* Adds a symbol, or an import, which must be a function. */
void plan_add_function(struct plan_maker *maker, const struct meta_symbol *symbol);

/* Adds pointed function number `index`, which is the next one of all. */
void plan_add_pointed(struct plan_maker *maker, size_t index);

/* ---- plan_pointed.c: functions behind pointers ---- */

/* Returns the number of the function that a pointer of this type leads to, among those: in a part,
 * it stands for the plan's number until the plan is put together. */
uint32_t plan_pointed(struct plan_maker *maker, const struct place *place, uint32_t pointer,
                      const char *name);

/* ---- plan_variables.c ---- */

/* Can it be shared? Sets where it lies. False if that is told not to be possible. */
bool plan_find_variable(struct plan_maker *maker, const struct meta_symbol *symbol,
                        struct plan_function *variable);

/* Adds the memory of a variable to that which is shared. */
void plan_share_variable(struct plan_maker *maker, const struct plan_function *variable);

/* Puts what is shared in order, and joins variables that lie on each other. */
void plan_end_variables(struct plan_maker *maker);

/* ---- plan_imports.c ---- */

/* Finds what the modules import from the host. False with the error set. */
bool plan_find_imports(struct plan_maker *maker, struct error *error);

/* Tells which of it the libraries use by other types than the host's. Likewise. */
bool plan_check_imports(struct plan_maker *maker, struct error *error);

/* Adds the functions among it; tells of variables. */
void plan_add_imports(struct plan_maker *maker);

/* ---- plan_signature.c ---- */

/* Adds the signature of a value, the result if it is one; false if it cannot be passed, and that is
 * told. */
bool plan_add_signature(struct plan_maker *maker, const struct place *place, uint32_t id,
                        const char *name, struct text *signature);

#endif

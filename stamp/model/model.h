/* SPDX-License-Identifier: MIT */
/* The module that is being stamped: what each step of the stamp finds for the next ones.
 *
 * A DIE's home is the unit of the source file that it comes from, given as the offset of the unit's
 * DIE. With -flto, the definition's DIE may be in another unit, and refer back to its home. */
#ifndef PLUGIN_STAMP_MODEL_H
#define PLUGIN_STAMP_MODEL_H

#include "src/base/arena.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/table.h"
#include "src/format/format.h"

#include <elfutils/libdw.h>
#include <gelf.h>

/* ---- symbols ---- */

/* How well a definition's DIE matches a symbol, from worst to best. The same name at another
 * address is a namesake (a static function of another file). Another name at the same address is
 * an alias, unless the linker folded identical functions: then only one of their DIEs has an
 * address. */
enum symbol_match { MATCH_NONE, MATCH_NAMESAKE, MATCH_ADDRESS, MATCH_NAME, MATCH_BOTH };

/* An exported function or variable. */
struct stamp_symbol {
    const char *name; /* in the ELF file's string table */
    uint64_t address;
    enum format_symbol_kind kind;
    Dwarf_Die die;      /* of its definition; undefined if match is 0 */
    int match;          /* how well the DIE matches: enum symbol_match */
    uint32_t type;      /* BTF id of its FUNC or VAR; 0: not recorded */
    uint32_t package;   /* number of its package, plus 1; 0: the main package */
    bool is_mangled;    /* by C++; only packages have such symbols */
    bool is_dotted;     /* has a dot in its name; a compiler's, unless a DIE has this name */
    bool is_vague;      /* vague linkage: other modules may have a copy, or none */
    bool is_referenced; /* by a dynamic relocation */
    bool is_variant;    /* on aarch64: called in another way (STO_AARCH64_VARIANT_PCS) */
};

/* A definition with vague linkage: an inline function, a template's instance. Each unit that uses
 * it has one; the linker keeps an arbitrary one. */
struct stamp_copy {
    size_t symbol; /* its number */
    Dwarf_Die die;
};

/* An undefined dynamic symbol. */
struct stamp_undefined {
    const char *name;
    const char *library; /* of its version; "" without one */
    uint32_t kind;       /* enum format_symbol_kind; 0: unknown */
    uint32_t number;     /* of the symbol; 0: several have this name */
    bool is_weak;
    bool is_typed; /* a use of it was recorded */
};

/* A set of names, sorted by stamp_by_name. */
struct stamp_name_set {
    const char **names;
    size_t count;
};

/* ---- packages ---- */

/* A compilation unit. */
struct stamp_unit {
    Dwarf_Off offset;
    Dwarf_Die die;
    uint32_t package; /* number of its package, plus 1; 0: the main package */
    bool is_gcc;      /* gcc describes every function and variable that a file uses */
};

/* A PLUGIN_PACKAGE or PLUGIN_IMPORT. */
struct stamp_clause {
    Dwarf_Off home;
    uint64_t number;  /* of an import: its order in the file */
    const char *path; /* in the module's file */
};

struct stamp_clauses {
    struct stamp_clause *items;
    size_t count, capacity;
};

/* A PLUGIN_INIT or PLUGIN_RETIRE. */
struct stamp_init {
    Dwarf_Off home;
    uint64_t number;  /* its order in the file */
    uint64_t record;  /* address of its record in plugin_inits or plugin_retires */
    uint64_t address; /* of the function */
    const char *file; /* without directories */
    uint32_t line;
    uint32_t package; /* of an init: its number */
};

struct stamp_inits {
    struct stamp_init *items;
    size_t count, capacity;
};

struct stamp_dependency {
    const char *path;
    const struct stamp_clause *clause; /* the first that imports it */
    uint32_t importer;                 /* number of the importing package */
    uint32_t package;                  /* its own number, plus 1; 0: a library carries it */
};

struct stamp_source {
    const char *name; /* without directories */
    uint64_t hash;    /* of its bytes; 0: unreadable */
    uint32_t package;
};

struct stamp_package {
    const char *path;
    uint64_t fingerprint;
    uint32_t dependencies, dependency_count; /* these tables' items, from the first on */
    uint32_t inits, init_count;
    uint32_t sources, source_count;
};

struct stamp_packages {
    struct stamp_unit *units; /* in the order of offsets, which is that of the link */
    size_t unit_count, unit_capacity;
    struct stamp_clauses clauses;          /* PLUGIN_PACKAGE */
    struct stamp_clauses imports;          /* PLUGIN_IMPORT */
    struct stamp_inits inits;              /* package by package, in the order of execution */
    struct stamp_inits retires;            /* of main, in the order of execution */
    struct stamp_dependency *dependencies; /* package by package */
    size_t dependency_count;
    struct stamp_source *sources; /* package by package, in the order of names */
    size_t source_count;
    struct stamp_package *items; /* each after its dependencies */
    size_t count;
};

/* ---- uses ---- */

/* A declaration, or a PLUGIN_USES, of a symbol that another module or package may define. Its type
 * is what the file expects of the symbol. */
struct stamp_use {
    const char *name;
    Dwarf_Die die; /* of the declaration, or of the type that PLUGIN_USES recorded */
    Dwarf_Off home;
    bool is_macro;                     /* PLUGIN_USES */
    struct stamp_undefined *undefined; /* NULL: `symbol` is used */
    struct stamp_symbol *symbol;       /* of a package */
    uint32_t type;                     /* BTF id of its FUNC or VAR */
};

struct stamp_import {
    const char *name, *library;
    uint32_t type, kind, flags, package;
    uint32_t symbol; /* number of its dynamic symbol; 0: none, or several */
};

/* A name in a source file. */
struct stamp_name {
    const char *name;
    Dwarf_Off home;
};

struct stamp_names {
    struct stamp_name *items;
    size_t count, capacity;
};

struct stamp_uses {
    struct stamp_undefined *undefined; /* in the order of names */
    size_t undefined_count;
    struct stamp_use *items; /* in the order of DWARF; then of names */
    size_t count, capacity;
    struct stamp_import *imports; /* in the order of names, then of types */
    size_t import_count;
    struct stamp_names hidden;      /* definitions that are not exported */
    struct stamp_names hidden_uses; /* declarations of what is neither exported nor undefined */
};

/* ---- what files share ---- */

/* A struct, union or class with a tag, as a file knows it. */
struct stamp_record {
    const char *name; /* the tag */
    Dwarf_Die die;
    uint64_t scope; /* hash of the namespaces around it */
    bool is_complete;
    size_t same; /* number of another one that is the same thing; its own: none */
};

/* A function or variable with external linkage, as a file knows it. */
struct stamp_external {
    const char *name; /* the linker's */
    Dwarf_Die die;
    bool is_defined;
};

/* A class, and why it is not of standard layout. */
struct stamp_class {
    const char *name, *obstacle;
};

struct stamp_linked {
    struct stamp_record *records; /* in the order of DWARF; then of names */
    size_t record_count, record_capacity;
    struct stamp_external *externals; /* likewise */
    size_t external_count, external_capacity;
    struct stamp_class *classes; /* that are not of standard layout, for --grows */
    size_t class_count, class_capacity;
};

/* ---- the module ---- */

/* A use of plugin_as, PLUGIN_EXPECT or an interface. */
struct stamp_probe {
    uint64_t address;
    Dwarf_Die die;      /* of the variable */
    uint32_t type;      /* BTF id of the requested type, or of the interface's struct */
    bool is_interface;  /* of plugin_open_as or plugin_bind */
    uint32_t interface; /* its number, plus 1; 0: none */
};

/* What a macro at file scope says of an interface, or promises of a type. */
struct stamp_mark {
    enum {
        MARK_OPTIONAL,        /* PLUGIN_OPTIONAL */
        MARK_NAMED,           /* PLUGIN_NAMED */
        MARK_IMPLEMENTS,      /* PLUGIN_IMPLEMENTS */
        MARK_EXPECTS,         /* PLUGIN_EXPECTS and PLUGIN_EXPECTS_OPTIONAL */
        MARK_GROWS,           /* PLUGIN_GROWS; this and the following are promises */
        MARK_GROWS_SIZED,     /* PLUGIN_GROWS_SIZED */
        MARK_GROWS_VERSIONED, /* PLUGIN_GROWS_VERSIONED */
        MARK_GROWS_UNTIL,     /* PLUGIN_GROWS_UNTIL */
        MARK_ALIAS            /* PLUGIN_ALIAS */
    } kind;
    const char *macro; /* its name */
    Dwarf_Die die;     /* of the variable */
    uint64_t address;  /* of the variable; 0: unknown, or the linker dropped it */
    bool has_value;    /* the debug information has its value instead */
    bool is_optional;  /* of MARK_EXPECTS */
    Dwarf_Die type;   /* of the interface, or that is promised; of MARK_EXPECTS, of a pointer to the
                         symbol's type */
    uint32_t type_id; /* in BTF */
    uint64_t offset;  /* of the member, in bytes, if the macro names one */
    const char *name; /* of the symbol, for MARK_NAMED and MARK_EXPECTS; of the enumerator, for
                         MARK_GROWS_UNTIL */
    Dwarf_Die outside; /* of MARK_ALIAS: the type that has the other tag */
};

struct stamp_member {
    const char *symbol; /* its name */
    uint32_t type;      /* BTF id of the pointer */
    uint32_t offset;    /* in the struct, in bytes */
    bool is_optional;
};

struct stamp_interface {
    enum format_interface_kind kind;
    const char *name;                  /* "struct filter"; "" of all PLUGIN_EXPECTS */
    uint32_t struct_id;                /* BTF id of the struct; 0: none */
    uint32_t type;                     /* the same, or of a typedef of it */
    uint32_t size;                     /* bytes */
    size_t first_member, member_count; /* in the table of members */
};

struct stamp_interfaces {
    struct stamp_mark *marks;
    size_t mark_count, mark_capacity;
    struct stamp_interface *items;
    size_t count, capacity;
    struct stamp_member *members; /* interface by interface */
    size_t member_count, member_capacity;
};

/* A typedef of a type without a tag. */
struct stamp_typedef {
    Dwarf_Die die;
    const void *type; /* address of the type's DIE */
};

struct stamp_typedefs {
    struct stamp_typedef *items;
    size_t count, capacity;
    struct table by_type;
};

/* ---- objects ---- */

/* A DIE that is an object, or has one. */
struct stamp_place {
    Dwarf_Die die;   /* addr NULL: none */
    Dwarf_Die owner; /* the function, struct or type of functions around it; addr NULL: none */
    uint64_t order;  /* in DWARF */
};

/* A struct of which the module has objects. */
struct stamp_object {
    const char *name;
    Dwarf_Die type; /* the struct; of one without a tag, its typedef */
    uint64_t names; /* hash of the namespaces and classes around it */
    uint64_t size;  /* in bytes; UINT64_MAX: unknown */
    Dwarf_Off home; /* of the objects; 0: the module has no packages */
    /* The first object, the first with an array of it, and the first type of such an array. */
    struct stamp_place places[3];
};

enum stamp_place_kind { PLACE_OBJECT, PLACE_ELEMENTS, PLACE_ARRAY };

struct stamp_objects {
    struct stamp_object *items;
    size_t count, capacity;
    bool is_partial; /* the debug information is nested too deep */
};

/* A PLUGIN_INFO; both strings are in the module's file. */
struct stamp_info {
    const char *key, *value;
};

struct stamp_constructor {
    uint64_t address;
    const char *name;
};

struct stamp_compiler {
    const char *name, *flags;
};

struct stamp {
    /* Set by the caller. */
    bool names_only;                     /* its exports are not final: every global symbol counts */
    bool is_built_in;                    /* its objects will be linked into a program */
    const struct stamp_name_set *filter; /* the only symbols that count; NULL: all do */
    const char *const *grows;            /* of --grows, NULL-terminated; NULL: none */
    const char *const *aliases;          /* of --alias, likewise */
    const char *const *waivers;          /* of --waive, likewise */
    struct text *warnings;

    struct arena arena;        /* of all that follows, unless libelf or libdw own it */
    struct stamp_image *image; /* model/image.h */
    Elf *elf;
    Dwarf *dwarf;            /* of `elf`, or of the debug file */
    struct Dwfl *debug_file; /* of a stripped module, which owns `dwarf`; NULL: none */
    uint32_t pointer_size;
    bool is_executable;
    bool offers_all;   /* it is static and opens isolated plugins, which may call all of it */
    bool has_packages; /* other than main */
    uint32_t sanitizers;
    uint64_t content;
    struct stamp_symbol *symbols; /* in the order of names; those of packages come after them */
    size_t symbol_count;
    struct stamp_symbol *shared; /* the symbols of packages, in the order of names */
    size_t shared_count;
    struct stamp_name_set unique; /* exported symbols of STB_GNU_UNIQUE that it refers to itself */
    struct stamp_name_set preemptible; /* exported symbols that it refers to itself, but binds to
                                          the first definition in the process */
    struct stamp_copy *copies;
    size_t copy_count, copy_capacity;
    struct stamp_packages packages;
    struct stamp_uses uses;
    struct stamp_linked linked;
    struct stamp_probe *probes; /* in the order of addresses */
    size_t probe_count, probe_capacity;
    struct stamp_interfaces interfaces;
    struct stamp_mark *promises; /* in the order of DWARF */
    size_t promise_count, promise_capacity;
    struct stamp_typedefs typedefs;
    struct stamp_objects objects;
    struct stamp_info *infos; /* in link order */
    size_t info_count, info_capacity;
    struct stamp_constructor *constructors; /* in the order of execution */
    size_t constructor_count;
    struct stamp_compiler *compilers;
    size_t compiler_count, compiler_capacity;
};

void stamp_deinit(struct stamp *stamp);

/* Prefixes an error of the library's readers: they would refuse the stamped module, although libelf
 * and libdw accept it. Always returns false. */
bool error_prefix_damaged(struct error *error);

/* As qsort; `items` may be NULL if `count` is 0. */
void stamp_sort(void *items, size_t count, size_t item_size,
                int (*compare)(const void *, const void *));

/* Compares two items by the name that each starts with. */
int stamp_by_name(const void *first, const void *second);

/* Returns an item of this name from items sorted by stamp_by_name; NULL if there is none. */
void *stamp_find_name(const void *items, size_t count, size_t item_size, const char *name);

struct stamp_symbol *stamp_find_symbol(const struct stamp *stamp, const char *name);

#endif

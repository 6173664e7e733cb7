/* What the macros of packages leave in a module, and what the stamp makes of it.
 *
 * A DIE's home is the unit that the source file became: with -flto, what is left of a definition
 * lies in another unit, and refers back. A home is named by the offset of its unit's DIE. */
#ifndef PLUGIN_STAMP_PACKAGES_H
#define PLUGIN_STAMP_PACKAGES_H

#include "src/base/error.h"

#include <elfutils/libdw.h>
#include <stdint.h>

struct stamp;
struct stamp_options;

/* A source file that was compiled. */
struct stamp_unit {
    Dwarf_Off offset;
    Dwarf_Die die;
    uint32_t package; /* number of its package, plus 1; 0: the main package */
    bool is_gcc;      /* which describes every function and variable that a file uses */
};

/* PLUGIN_PACKAGE or PLUGIN_IMPORT. */
struct stamp_mark {
    Dwarf_Off home;
    uint64_t number;  /* of an import: the order in its file */
    const char *path; /* in the module's file */
};

struct stamp_init {
    Dwarf_Off home;
    uint64_t number;  /* the order in its file */
    uint64_t record;  /* address of what PLUGIN_INIT left in plugin_inits */
    uint64_t address; /* of the function */
    const char *file; /* without directories */
    uint32_t line;
    uint32_t package; /* its number */
};

struct stamp_dependency {
    const char *path;
    const struct stamp_mark *mark; /* which says so first */
    uint32_t importer;             /* number of the package that imports it */
    uint32_t package;              /* its own number, plus 1; 0: a library carries it */
};

struct stamp_source {
    char *name; /* without directories */
    uint64_t hash;
    uint32_t package;
};

struct stamp_package {
    const char *path;
    uint64_t fingerprint;
    uint32_t dependencies, dependency_count;
    uint32_t inits, init_count;
    uint32_t sources, source_count;
};

struct stamp_packages {
    struct stamp_unit *units; /* in the order of offsets, which is that of the link */
    size_t unit_count, unit_capacity;
    struct stamp_mark *marks; /* PLUGIN_PACKAGE */
    size_t mark_count, mark_capacity;
    struct stamp_mark *imports; /* PLUGIN_IMPORT */
    size_t import_count, import_capacity;
    struct stamp_init *inits; /* package by package, in the order of execution */
    size_t init_count, init_capacity;
    struct stamp_dependency *dependencies; /* package by package */
    size_t dependency_count, dependency_capacity;
    struct stamp_source *sources; /* package by package, in the order of names */
    size_t source_count;
    struct stamp_package *items; /* each after those that it imports */
    size_t count;
};

/* records.c: notes what a macro of packages left, if the DIE, which is at the top level of a unit,
 * is that. */
bool stamp_note_record(struct stamp *stamp, Dwarf_Die *die, struct error *error);

/* records.c: the functions of the inits, and whether all inits are described. */
bool stamp_read_inits(struct stamp *stamp, struct error *error);

/* packages.c: the packages in their order, and which units and inits are whose. */
bool stamp_order_packages(struct stamp *stamp, struct error *error);

/* packages.c: the number, plus 1, of the package of the unit that is a DIE's home; 0: main. */
uint32_t stamp_home_package(const struct stamp *stamp, Dwarf_Off home);

/* linked.c: is every package that is imported carried, by the module, whose path this is, or by a
 * library that it needs? */
bool stamp_check_linked(const struct stamp *stamp, const char *path,
                        const struct stamp_options *options, struct error *error);

/* shared.c: tells the symbols of packages from those of main, which come first. */
void stamp_split_symbols(struct stamp *stamp);

/* shared.c: refuses a module whose references to its own packages bind to its own copy. */
bool stamp_check_binding(const struct stamp *stamp, struct error *error);

/* sources.c: the source files of each package but main, and its fingerprint. */
bool stamp_read_sources(struct stamp *stamp, struct error *error);

void stamp_packages_free(struct stamp_packages *packages);

#endif

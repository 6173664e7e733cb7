/* SPDX-License-Identifier: MIT */
/* The packages of a module, and what it imports. */
#ifndef PLUGIN_STAMP_PACKAGES_H
#define PLUGIN_STAMP_PACKAGES_H

#include "model/model.h"

/* packages.c: sorts the packages, and assigns units and inits to them. */
bool stamp_order_packages(struct stamp *stamp, struct error *error);

/* packages.c: sorts the retires. Drops those of packages other than main, and warns of them. */
void stamp_order_retires(struct stamp *stamp);

/* packages.c: returns the number, plus 1, of the package of a home; 0: main. */
uint32_t stamp_home_package(const struct stamp *stamp, Dwarf_Off home);

/* linked.c: refuses a module that imports a package that neither it nor a library that it needs
 * carries. `path` is the module's. Libraries are also searched for in the link's directories, a
 * NULL-terminated list, which may be NULL. */
bool stamp_check_linked(const struct stamp *stamp, const char *path, const char *const *directories,
                        struct error *error);

/* shared.c: separates the symbols of packages from those of main, which come first. */
void stamp_split_symbols(struct stamp *stamp);

/* shared.c: refuses a module whose packages could not be shared: its references to them bind to its
 * own copy, or a package uses a symbol that another one does not export; and one whose references
 * to its other symbols do not bind to itself. Requires stamp_filter_uses. */
bool stamp_check_shared(const struct stamp *stamp, struct error *error);

/* sources.c: reads the source files of each package but main, and its fingerprint. The module is at
 * `path`; source_directory is as in struct stamp_options. */
bool stamp_read_sources(struct stamp *stamp, const char *path, const char *source_directory,
                        struct error *error);

/* imports.c: drops the uses within one package. Requires stamp_split_symbols. */
void stamp_filter_uses(struct stamp *stamp);

/* imports.c: is the use of a function? */
bool stamp_use_is_function(const struct stamp_use *use);

/* imports.c: makes the table of imports. Requires stamp_write_types. */
bool stamp_make_imports(struct stamp *stamp, struct error *error);

#endif

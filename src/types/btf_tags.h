/* SPDX-License-Identifier: MIT */
/* Tags in `.BTF` that are not the source's. Apart from btf.h, whose structs have the names of
 * libbpf's. */
#ifndef PLUGIN_BTF_TAGS_H
#define PLUGIN_BTF_TAGS_H

/* The tag of the FWD that stands for an incomplete struct or union without a tag, since BTF demands
 * a name. C has no such types; clang++ emits them for a `typedef struct { ... } name` whose members
 * it does not need, and the stamp for what C cannot lay out. */
#define BTF_UNNAMED_TAG "__unnamed"

/* The tag of Go's string, as in <plugin.h>. */
#define BTF_GO_STRING_TAG "plugin_go_string"

/* Prefixes of the tags of Go's slices and of the structs that hold a Go function's results. Go has
 * no names for them, nor for the results. */
#define BTF_GO_SLICE_TAG   "plugin_go_slice_"
#define BTF_GO_RESULTS_TAG "plugin_go_results_"

/* The start of the name of a FLOAT that stands for a type that the stamp could not read; the reason
 * and a parenthesis follow. It agrees with no type, not even with one of the same name. */
#define BTF_UNKNOWN_START "unknown type ("

/* The only member of a struct or union of which the stamp does not know all: of such a type. */
#define BTF_UNKNOWN_MEMBER "unknown"

/* The TYPE_TAG of a parameter or result that is passed by its address, as the C++ ABI for Itanium
 * (3.1.2, 3.1.3) demands of some classes. Any other TYPE_TAG of a result, but _Atomic, is the
 * function's calling convention. */
#define BTF_BY_REFERENCE_TAG "pass_by_reference"

/* The member of a class that points to the table of its virtual functions: a struct with a member
 * for each, in its slot. Compilers put the class's name into that of this member. */
#define BTF_VIRTUAL_POINTER "_vptr"

/* In the tag of an instance of a C++ template, what stands before its arguments. */
#define BTF_ARGUMENTS_MARK "$$"

/* The DECL_TAG of an alignment that the source requests, in bytes. */
#define BTF_ALIGNED "aligned="

/* DECL_TAGs of a whole struct, union or enum (component -1): what a maintainer promises of it. Each
 * of the first ends with the name of the member or enumerator; that of an alias, with another tag
 * of the same kind. */
#define BTF_GROWS           "grows"            /* PLUGIN_GROWS */
#define BTF_GROWS_SIZED     "grows_sized="     /* PLUGIN_GROWS_SIZED */
#define BTF_GROWS_VERSIONED "grows_versioned=" /* PLUGIN_GROWS_VERSIONED */
#define BTF_GROWS_UNTIL     "grows_until="     /* PLUGIN_GROWS_UNTIL */
#define BTF_ALIAS           "alias="           /* PLUGIN_ALIAS */

/* A module that does not mark the type counts as one that marks it in the same way: `plugin stamp
 * --grows`. */
#define BTF_GROWS_UNMARKED "grows_unmarked"

/* DECL_TAGs of a whole struct of which the module has objects: the first one that was found, as in
 * "local variable of keep in plug.c". At most one of the two for the files of main. */
#define BTF_OBJECT   "object="
#define BTF_ELEMENTS "elements=" /* in an array */

/* Between the two, of an object in a file of a package other than main: this, the package's path,
 * and a colon and a space. At most one of the two tags for each package. */
#define BTF_OF_PACKAGE     "package "
#define BTF_OF_PACKAGE_END ": "

/* The name of a VAR that stands for a waiver of `plugin stamp --waive`, and the start of its
 * DECL_TAG, which fit/waiver.h describes. */
#define BTF_WAIVER_RECORD "plugin_waiver_"
#define BTF_WAIVER        "waiver="

/* The name of a VAR that says that objects were recorded: a struct without the two has none. */
#define BTF_OBJECTS_RECORDED "plugin_objects_"

#endif

/* SPDX-License-Identifier: MIT */
/* A validated view of a `.plugin` section. After meta_read_tables every name ends within the
 * section, symbols are in strict order of their names, every search of the slots ends, and every
 * table lies within the section, which is as long as all of them together. Types are mere numbers
 * until meta_check_types has found them in `.BTF`, each of a kind that its user can have. */
#ifndef PLUGIN_META_H
#define PLUGIN_META_H

#include "base/bytes.h"
#include "base/error.h"
#include "format/format.h"
#include "types/btf.h"

struct meta {
    struct format_header header;
    struct bytes symbols, slots, probes, constructors, compilers, shared, imports, packages,
        dependencies, inits, sources, interfaces, members, infos, retires, strings;
    struct bytes import_strings; /* the strings as they were read; imports need them */
    size_t lasting_strings;      /* bytes of strings that hold all names but those of imports */
};

struct meta_symbol {
    const char *name;
    uint64_t address;
    uint64_t hash; /* of its type; 0: none */
    uint32_t type; /* BTF id, 0: not recorded */
    enum format_symbol_kind kind;
};

/* A function or variable of a package that the module carries, other than main. */
struct meta_shared {
    const char *name;
    uint64_t address;
    uint64_t hash; /* of its type; 0: none */
    uint32_t type; /* BTF id, 0: not recorded */
    enum format_symbol_kind kind;
    uint32_t package; /* its number */
};

/* A function or variable that the module uses. */
struct meta_import {
    const char *name;
    uint64_t hash; /* of its type; 0: none */
    uint32_t type; /* BTF id, 0: not recorded */
    uint32_t kind; /* enum format_symbol_kind; 0: not known */
    bool is_weak;
    bool is_by_definition; /* the type is the definition's: no user's declaration was recorded */
    uint32_t package;      /* number of the carried package that defines it, plus 1; 0: undefined */
    const char *library;   /* from its version, as in vn_file of DT_VERNEED; "": no version */
};

/* What the module expects of plugins, or meets as one. */
struct meta_interface {
    const char *name; /* "struct filter"; "" of all PLUGIN_EXPECTS */
    uint32_t type;    /* BTF id of the struct, or of a typedef of it; 0: none */
    uint32_t size;    /* of the struct, in bytes */
    enum format_interface_kind kind;
    uint32_t member_count;
};

/* A symbol of an interface. */
struct meta_member {
    const char *name; /* of the symbol */
    uint64_t hash;    /* of the type that the member points to; 0: none */
    uint32_t type;    /* BTF id of the pointer */
    uint32_t offset;  /* of the member in the struct, in bytes */
    bool is_optional;
};

struct meta_package {
    const char *path; /* "main" for the main package */
    uint64_t fingerprint;
    uint32_t dependency_count, init_count, source_count;
};

/* An init function of a package, or a function that runs when the plugin is retired. */
struct meta_init {
    uint64_t address; /* as linked */
    const char *file;
    uint32_t line;
};

/* What the module says of itself, by PLUGIN_INFO. */
struct meta_info {
    const char *key, *value; /* bytes of any encoding: a stamp may be forged */
};

/* Are the types packed in the section? Else they are in `.BTF`. */
static inline bool meta_is_packed(const struct meta *meta)
{
    return meta->header.version == FORMAT_VERSION;
}

/* Returns how many bytes of a section of this size precede its packed types: all, if there are
 * none. `section` is its start, of the size of a header if there are that many. */
size_t meta_start_size(struct bytes section, size_t size);

/* Returns the checksum of a section of at least a header's size, without its packed types; if it
 * has none, also of its `.BTF`. The _start form returns the hash of the section alone, which
 * hash_many continues over the `.BTF`. */
uint64_t meta_checksum(struct bytes section, struct bytes btf);
uint64_t meta_checksum_start(struct bytes section);

/* Checks the header, the size, and the checksum of section and `.BTF`. */
bool meta_read_header(struct meta *meta, struct bytes section, struct bytes btf,
                      struct error *error);

/* The same without the checksum: that of a built-in plugin is not valid. */
bool meta_read_start(struct meta *meta, struct bytes section, struct error *error);

/* The same of a section of this size that was read up to its packed types. */
bool meta_read_part(struct meta *meta, struct bytes section, size_t size, struct error *error);

/* Is this the recorded checksum; have the packed types the recorded one? */
bool meta_has_checksum(const struct meta *meta, uint64_t checksum, struct error *error);
bool meta_has_types_checksum(const struct meta *meta, struct bytes packed, struct error *error);

/* Reads the tables, once the header is read. The section must outlive the view. */
bool meta_read_tables(struct meta *meta, struct bytes section, struct error *error);

/* Reads header and tables, but not imports, of a section of which most is never looked at. Checks
 * neither the checksum nor the symbols, slots and probes: a search among them ends, and a name that
 * is not within the strings is "". */
bool meta_view(struct meta *meta, struct bytes section, struct error *error);

/* Imports are needed only while a module is judged. meta_lasting_size returns the size of the other
 * tables and their names; meta_move copies these to a place of that size, and returns its end. The
 * imports stay where they were read, until meta_drop_imports empties their table. */
size_t meta_lasting_size(const struct meta *meta);
void *meta_move(struct meta *meta, void *place);
void meta_drop_imports(struct meta *meta);

/* Does each type exist in this `.BTF`, and is it of a kind that its user can have? */
bool meta_check_types(const struct meta *meta, const struct btf *btf, struct error *error);

struct meta_symbol meta_symbol(const struct meta *meta, uint32_t index);

/* Returns the number of the symbol of this name, plus 1; 0 if there is none. */
uint32_t meta_symbol_by_name(const struct meta *meta, const char *name);

/* The same for a name of this length and hash_name. */
uint32_t meta_symbol_by_hash(const struct meta *meta, const char *name, size_t length,
                             uint32_t hash);

/* Sets *index to the number of the symbol of this name; false if there is none. */
bool meta_find_symbol(const struct meta *meta, const char *name, uint32_t *index);

/* Finds the probe at this address, as linked; false if there is none. */
bool meta_find_probe(const struct meta *meta, uint64_t address, struct format_probe *probe);

struct format_probe meta_probe(const struct meta *meta, uint32_t index);

struct meta_interface meta_interface(const struct meta *meta, uint32_t index);

/* `index` counts within the interface. */
struct meta_member meta_member(const struct meta *meta, uint32_t interface, uint32_t index);

/* Returns the constructor's name; *address is as linked. */
const char *meta_constructor(const struct meta *meta, uint32_t index, uint64_t *address);

/* Returns the compiler's name, "gcc 12.2.0". */
const char *meta_compiler(const struct meta *meta, uint32_t index, const char **flags);

struct meta_shared meta_shared(const struct meta *meta, uint32_t index);

/* Sets *index to the number of the shared symbol of this name; false if there is none. */
bool meta_find_shared(const struct meta *meta, const char *name, uint32_t *index);

/* Returns the enum format_symbol_kind of a reference to a symbol of this ELF type (STT_*), 0 if the
 * type does not tell. */
uint32_t meta_kind_of(unsigned type);

struct meta_import meta_import(const struct meta *meta, uint32_t index);

const char *meta_import_name(const struct meta *meta, uint32_t index);

/* Sets *index to the number of the first import of this name; false if there is none. */
bool meta_find_import(const struct meta *meta, const char *name, uint32_t *index);

struct meta_package meta_package(const struct meta *meta, uint32_t index);

/* Sets *index to the number of the package of this path; false if the module carries none. */
bool meta_find_package(const struct meta *meta, const char *path, uint32_t *index);

/* Does the module export a symbol of the package, so that others can be bound to its copy? */
bool meta_exports_package(const struct meta *meta, uint32_t package);

/* Returns the name of an exported function or variable of the package, NULL if there is none. */
const char *meta_find_package_symbol(const struct meta *meta, const char *path);

/* Returns the path of a package that this one imports. `index` counts within the package, here and
 * below. */
const char *meta_dependency(const struct meta *meta, uint32_t package, uint32_t index);
struct meta_init meta_init(const struct meta *meta, uint32_t package, uint32_t index);

struct meta_info meta_info(const struct meta *meta, uint32_t index);

/* Of the main package only; in the order of execution. */
struct meta_init meta_retire(const struct meta *meta, uint32_t index);

/* Returns the name of a source file; *hash is that of its contents. */
const char *meta_source(const struct meta *meta, uint32_t package, uint32_t index, uint64_t *hash);

/* The path of the main package. */
#define META_MAIN "main"

/* Returns the name of a FORMAT_SANITIZE_ bit, as -fsanitize= takes it; NULL for other bits. */
const char *meta_sanitizer_name(uint32_t bit);

/* Adds the compilers' names: "gcc 12.2.0, clang 14.0.6", or "an unknown compiler". */
void meta_add_compilers(struct text *text, const struct meta *meta);

#endif

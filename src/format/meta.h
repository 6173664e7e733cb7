/* A view of a `.plugin` section: bytes in, checked values out. Once meta_read_tables has returned
 * true, every name ends within the section, the symbols are in strict order of their names, a
 * search of the slots ends, and every table lies within the section, which is as long as all of
 * them together. Once meta_check_types has, every type exists in the `.BTF`, and is one that it can
 * be; before that, a type is a number and no more. */
#ifndef PLUGIN_META_H
#define PLUGIN_META_H

#include "base/bytes.h"
#include "base/error.h"
#include "format/format.h"
#include "types/btf.h"

struct meta {
    struct format_header header;
    struct bytes symbols, slots, probes, constructors, compilers, shared, imports, packages,
        dependencies, inits, sources, strings;
    struct bytes import_strings; /* the strings where they were read: for the imports */
    size_t lasting_strings;      /* bytes of the strings that hold all other names */
};

struct meta_symbol {
    const char *name;
    uint64_t address;
    uint64_t hash; /* of its type; 0: none */
    uint32_t type; /* BTF id, 0: not recorded */
    enum format_symbol_kind kind;
};

/* A function or variable of a package that the module carries. */
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
    bool is_by_definition; /* the type is not that which a user sees, but the definition's */
    uint32_t package;      /* number of the carried package that defines it, plus 1; 0: undefined */
    const char *library;   /* that its version names; "" */
};

struct meta_package {
    const char *path; /* "main" for the main package */
    uint64_t fingerprint;
    uint32_t dependency_count, init_count, source_count;
};

/* A function that runs once, before the package is used. */
struct meta_init {
    uint64_t address; /* as linked */
    const char *file;
    uint32_t line;
};

/* What the checksum of a section, of at least a header's size, and of its `.BTF` is to be; and what
 * hash_many continues from over the `.BTF`. */
uint64_t meta_checksum(struct bytes section, struct bytes btf);
uint64_t meta_checksum_start(struct bytes section);

/* Checks the section's header, its size and the checksum over it and the `.BTF` section. */
bool meta_read_header(struct meta *meta, struct bytes section, struct bytes btf,
                      struct error *error);

/* The same without the checksum, which that of a built-in plugin does not have. */
bool meta_read_start(struct meta *meta, struct bytes section, struct error *error);

/* Is this the checksum that was recorded? */
bool meta_has_checksum(const struct meta *meta, uint64_t checksum, struct error *error);

/* Reads the tables, after one of these. The section must live as long as the view. */
bool meta_read_tables(struct meta *meta, struct bytes section, struct error *error);

/* Imports are there to be judged; what else there is of a module is asked for later as well. Here
 * is how many bytes the tables other than the imports have, and their names. meta_move copies these
 * to the place, and returns where they end; the imports stay where they were until
 * meta_forget_imports, after which there are none. */
size_t meta_lasting_size(const struct meta *meta);
void *meta_move(struct meta *meta, void *place);
void meta_forget_imports(struct meta *meta);

/* Are the types that the tables name in this `.BTF`, and of the kinds that their symbols are of? */
bool meta_check_types(const struct meta *meta, const struct btf *btf, struct error *error);

struct meta_symbol meta_symbol(const struct meta *meta, uint32_t index);

/* The number of the symbol of this name, plus 1; 0: there is none. */
uint32_t meta_symbol_called(const struct meta *meta, const char *name);

/* The same for a name of this length and hash (hash.h). */
uint32_t meta_symbol_hashed(const struct meta *meta, const char *name, size_t length,
                            uint32_t hash);

/* The number of the symbol of this name; false if there is none. */
bool meta_find_symbol(const struct meta *meta, const char *name, uint32_t *index);

/* The probe at this address (as linked); false if there is none. */
bool meta_find_probe(const struct meta *meta, uint64_t address, struct format_probe *probe);

struct format_probe meta_probe(const struct meta *meta, uint32_t index);

/* The name of constructor number `index`, and its address as linked. */
const char *meta_constructor(const struct meta *meta, uint32_t index, uint64_t *address);

/* The name of compiler number `index`, and its flags. */
const char *meta_compiler(const struct meta *meta, uint32_t index, const char **flags);

struct meta_shared meta_shared(const struct meta *meta, uint32_t index);

/* The number of the function or variable of this name, of a carried package; false if there is
 * none. */
bool meta_find_shared(const struct meta *meta, const char *name, uint32_t *index);

/* What a reference to a symbol of this ELF type (STT_*) is to: enum format_symbol_kind, or 0 if the
 * type does not say. */
uint32_t meta_kind_of(unsigned type);

struct meta_import meta_import(const struct meta *meta, uint32_t index);

/* The name of import number `index`; and the number of the first one of this name, false if there
 * is none. */
const char *meta_import_name(const struct meta *meta, uint32_t index);
bool meta_find_import(const struct meta *meta, const char *name, uint32_t *index);

struct meta_package meta_package(const struct meta *meta, uint32_t index);

/* The number of the carried package of this path; false if there is none. */
bool meta_find_package(const struct meta *meta, const char *path, uint32_t *index);

/* Does the module export anything of the package, so that others could be bound to its copy? */
bool meta_exports_package(const struct meta *meta, uint32_t package);

/* The first exported function or variable of the package of this path; NULL if there is none. */
const char *meta_find_package_symbol(const struct meta *meta, const char *path);

/* Dependency, init and source number `index` of a package. */
const char *meta_dependency(const struct meta *meta, uint32_t package, uint32_t index);
struct meta_init meta_init(const struct meta *meta, uint32_t package, uint32_t index);
const char *meta_source(const struct meta *meta, uint32_t package, uint32_t index, uint64_t *hash);

/* The path of the main package. */
#define META_MAIN "main"

/* The name of one FORMAT_SANITIZE_ bit, as -fsanitize= takes it; NULL for none. */
const char *meta_sanitizer_name(uint32_t bit);

/* Adds "gcc 12.2.0, clang 14.0.6", or "an unknown compiler". */
void meta_add_compilers(struct text *text, const struct meta *meta);

#endif

/* SPDX-License-Identifier: MIT */
/* The `.plugin` section. docs/format.md is its specification.
 *
 *     header | symbols | slots | probes | constructors | compilers | shared | packages |
 *     dependencies | inits | sources | interfaces | members | infos | retires | imports |
 *     strings | packed types
 *
 * Numbers are in the byte order of the module's machine. Tables start at multiples of 8. A name is
 * an offset into the strings. A hash of a type is 0 if there is none; equal ones mean equal types.
 */
#ifndef PLUGIN_FORMAT_H
#define PLUGIN_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMAT_SECTION     ".plugin"
#define FORMAT_BTF_SECTION ".BTF"
#define FORMAT_MAGIC       UINT64_C(0x0a6e6967756c707f) /* "\177plugin\n", little-endian */
#define FORMAT_VERSION     7U
#define FORMAT_VERSION_6   6U /* the same with all types in `.BTF`, and larger symbols and slots */
#define FORMAT_VERSION_5   5U /* also without infos and retires, and their tables */
#define FORMAT_VERSION_4   4U /* also without interfaces and members */

struct format_table {
    uint32_t offset; /* bytes from the start of the section */
    uint32_t count;  /* entries */
};

enum format_kind { FORMAT_SHARED_LIBRARY = 1, FORMAT_EXECUTABLE = 2 };

enum format_sanitizer {
    FORMAT_SANITIZE_ADDRESS = 1 << 0,
    FORMAT_SANITIZE_THREAD = 1 << 1,
    FORMAT_SANITIZE_MEMORY = 1 << 2,
    FORMAT_SANITIZE_UNDEFINED = 1 << 3,
    FORMAT_SANITIZE_HWADDRESS = 1 << 4
};

struct format_header {
    uint64_t magic;
    uint32_t version;
    uint32_t size;     /* of the section, in bytes */
    uint64_t checksum; /* of the section up to the packed types, with this field as 0; without
                          packed types, also of `.BTF` */
    uint64_t content;  /* hash of the PT_LOAD segments' bytes in the file, without the ELF header */
    uint32_t kind;     /* enum format_kind */
    uint32_t sanitizers;              /* enum format_sanitizer, ored */
    struct format_table symbols;      /* struct format_symbol or, in version 7,
                                         format_small_symbol, in the order of names */
    struct format_table slots;        /* struct format_slot or, in version 7, format_small_slot; the
                                         count is a power of two */
    struct format_table probes;       /* struct format_probe, in the order of addresses */
    struct format_table constructors; /* struct format_constructor, in the order of execution */
    struct format_table compilers;    /* struct format_compiler */
    struct format_table shared;       /* struct format_shared, in the order of names */
    struct format_table imports;      /* struct format_import, in the order of names */
    struct format_table packages;     /* struct format_package, each after those it imports */
    struct format_table dependencies; /* struct format_dependency, package by package */
    struct format_table inits;        /* struct format_init, package by package */
    struct format_table sources;      /* struct format_source, package by package */
    struct format_table strings;      /* bytes; the first and the last one are NUL */
    struct format_table interfaces;   /* struct format_interface */
    struct format_table members;      /* struct format_member, interface by interface */
    struct format_table infos;        /* struct format_info, in link order */
    struct format_table retires;      /* struct format_retire, in the order of execution */
    struct format_table types;        /* bytes: the packed types, which end the section */
    uint64_t types_checksum;          /* of these bytes */
    uint32_t types_inflated;          /* their number, once they are decompressed */
    uint32_t reserved;
};

#define FORMAT_HEADER_SIZE_4 offsetof(struct format_header, interfaces)
#define FORMAT_HEADER_SIZE_5 offsetof(struct format_header, infos)
#define FORMAT_HEADER_SIZE_6 offsetof(struct format_header, types)

/* Returns the size of the header of a version from FORMAT_VERSION_4 on. */
static inline size_t format_header_size(uint32_t version)
{
    return version == FORMAT_VERSION_4   ? FORMAT_HEADER_SIZE_4
           : version == FORMAT_VERSION_5 ? FORMAT_HEADER_SIZE_5
           : version == FORMAT_VERSION_6 ? FORMAT_HEADER_SIZE_6
                                         : sizeof(struct format_header);
}

enum format_symbol_kind {
    FORMAT_FUNCTION = 1,
    FORMAT_VARIABLE = 2,
    FORMAT_THREAD_LOCAL = 3, /* STT_TLS: the address is an offset in the thread's block */
    FORMAT_INDIRECT = 4      /* STT_GNU_IFUNC: the address is the resolver's */
};

/* Is it a mangled name of C++ or Rust (Itanium C++ ABI 5.1; Rust RFC 2603)? C reserves these names
 * (C11 7.1.3). Of symbols of the main package, the stamp records none. */
static inline bool format_is_mangled(const char *name)
{
    return name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

static inline bool format_is_function(uint32_t kind)
{
    return kind == FORMAT_FUNCTION || kind == FORMAT_INDIRECT;
}

struct format_symbol {
    uint64_t address; /* st_value: as linked */
    uint64_t hash;    /* of its type */
    uint32_t name;
    uint32_t type; /* BTF id of its FUNC or VAR; 0: not recorded */
    uint32_t kind; /* enum format_symbol_kind */
    uint32_t reserved;
};

/* The same in version 7. */
struct format_small_symbol {
    uint64_t address;
    uint64_t hash;
    uint32_t name;
    uint32_t type_and_kind; /* the kind is in the bits from FORMAT_KIND_SHIFT on */
};
#define FORMAT_KIND_SHIFT 28U
#define FORMAT_SMALL_TYPE ((UINT32_C(1) << FORMAT_KIND_SHIFT) - 1) /* the largest type */

/* The hash table of symbols, with open addressing: a search starts at the slot of number
 * hash mod count and ends at the first empty one. At most half of the slots are used. */
struct format_slot {
    uint32_t hash;
    uint32_t symbol; /* number of the symbol, plus 1; 0: empty */
};

/* The same in version 7, where at most two thirds of the slots are used: the number, plus 1, and in
 * the bits from FORMAT_TAG_SHIFT on, those of the hash. */
typedef uint32_t format_small_slot;
#define FORMAT_TAG_SHIFT   24U
#define FORMAT_SMALL_COUNT ((UINT32_C(1) << FORMAT_TAG_SHIFT) - 1) /* the most symbols */

/* The most used slots in a row. With half of them empty, only names that were chosen to collide
 * need more. */
#define FORMAT_SLOTS_IN_A_ROW_MAX 256

/* One use of plugin_as, PLUGIN_EXPECT, or of an interface. */
struct format_probe {
    uint64_t address; /* of the variable that marks the use, as linked */
    uint64_t hash;    /* of the type that the asserted pointer type points to; of an interface, 0 */
    uint32_t type;    /* BTF id of the asserted type, or of the interface's struct */
    uint32_t interface; /* its number, plus 1; 0: of another use */
};

enum format_interface_kind {
    FORMAT_INTERFACE_OPENED = 1,     /* of plugin_open_as or plugin_bind */
    FORMAT_INTERFACE_EXPECTED = 2,   /* of all PLUGIN_EXPECTS of the module */
    FORMAT_INTERFACE_IMPLEMENTED = 3 /* of PLUGIN_IMPLEMENTS */
};

/* What the module expects of plugins, or meets as one. */
struct format_interface {
    uint32_t name;                  /* "struct filter"; "" of the expected one */
    uint32_t type;                  /* BTF id of the struct, or of a typedef of it; of the expected
                                       one, 0 */
    uint32_t kind;                  /* enum format_interface_kind */
    uint32_t size;                  /* of the struct, in bytes; of the expected one, 0 */
    uint32_t members, member_count; /* first entry and number of entries in the table */
};

enum format_member_flag {
    FORMAT_MEMBER_OPTIONAL = 1 << 0 /* a plugin may lack the symbol */
};

/* A symbol of an interface. Those of one are in the order of the struct's members; of the expected
 * one, in that of names. */
struct format_member {
    uint64_t hash;   /* of the type that the member points to */
    uint32_t symbol; /* its name */
    uint32_t type;   /* BTF id of the pointer */
    uint32_t offset; /* of the member in the struct, in bytes; of the expected one, 0 */
    uint32_t flags;  /* enum format_member_flag, ored */
};

/* A function of .preinit_array or .init_array, other than those of the compiler's start files. */
struct format_constructor {
    uint64_t address;
    uint32_t name;
    uint32_t reserved;
};

#define FORMAT_COMPILERS_MAX     256
#define FORMAT_COMPILER_NAME_MAX 1000

/* A compiler of part of the module, with its flags that affect the ABI or the code. */
struct format_compiler {
    uint32_t name;  /* "gcc 12.2.0" */
    uint32_t flags; /* "-O2 -fshort-enums" */
};

/* An exported function or variable of a package other than main: no symbol of the plugin, but other
 * modules that carry the package may be bound to it. */
struct format_shared {
    uint64_t address; /* as linked */
    uint64_t hash;    /* of its type */
    uint32_t name;
    uint32_t type;    /* BTF id of its FUNC or VAR; 0: not recorded */
    uint32_t kind;    /* enum format_symbol_kind */
    uint32_t package; /* number of its package */
};

enum format_import_flag {
    FORMAT_IMPORT_WEAK = 1 << 0,         /* it may be missing */
    FORMAT_IMPORT_BY_DEFINITION = 1 << 1 /* the type is that of the module's own definition: no
                                            user's declaration was recorded */
};

/* A function or variable that the module uses and another one may define: an undefined symbol, one
 * of a carried package that another package uses, or one that the module defines and refers to, but
 * that another module may preempt. One name has an import for each type that the
 * module declares it with. */
struct format_import {
    uint64_t hash; /* of its type */
    uint32_t name;
    uint32_t type;      /* BTF id of a FUNC or VAR; 0: not recorded */
    uint32_t kind;      /* enum format_symbol_kind; 0: not known */
    uint32_t flags;     /* enum format_import_flag, ored */
    uint32_t package;   /* number of the carried package that defines it, plus 1; 0: none */
    uint32_t library;   /* name: the library that its version is of, "libc.so.6"; "": no version */
    uint32_t symbol;    /* number in .dynsym of the only undefined symbol of this name; 0: none, or
                           several */
    uint32_t name_hash; /* as in a slot */
};

#define FORMAT_PACKAGES_MAX 1024

/* A package that the module carries. The main package is recorded only if it has imports or inits,
 * as the last one. */
struct format_package {
    uint64_t fingerprint;                    /* of its source files; 0: unknown */
    uint32_t path;                           /* "main" for the main package */
    uint32_t dependencies, dependency_count; /* first entry and number of entries in the table */
    uint32_t inits, init_count;
    uint32_t sources, source_count;
    uint32_t reserved;
};

/* A package that another one imports. */
struct format_dependency {
    uint32_t path;
    uint32_t package; /* its number, plus 1; 0: a needed library carries it */
};

/* An init. Those of a package are in the order of execution. */
struct format_init {
    uint64_t address; /* of the function, as linked */
    uint32_t file;    /* name of the source file without directories */
    uint32_t line;
};

/* A PLUGIN_INFO. */
struct format_info {
    uint32_t key, value; /* names */
};

/* A PLUGIN_RETIRE of the main package. */
struct format_retire {
    uint64_t address; /* of the function, as linked */
    uint32_t file;    /* name of the source file without directories */
    uint32_t line;
};

/* A source file of a package. */
struct format_source {
    uint64_t hash; /* of its contents; 0: it could not be read */
    uint32_t name; /* without directories */
    uint32_t reserved;
};

/* ---- built-in plugins ----
 *
 * A program has the stamps of its built-in plugins in loaded sections. FORMAT_BUILT_IN_SECTION
 * holds a struct format_built_in for each plugin, with its contents after it;
 * FORMAT_BUNDLE_SECTION, the struct format_bundle. They refer to each other by distances in bytes,
 * which need no relocation at program start.
 *
 * In the `.plugin` section of a built-in plugin, the address of a symbol is its distance from the
 * struct format_built_in; for kinds 3 and 4, that of a function without parameters that returns the
 * address. The address of an init is its number in its part. The addresses of shared symbols and
 * constructors and the numbers of dynamic symbols are 0. There are no probes and no retires, and
 * the checksum is not valid. */

#define FORMAT_BUILT_IN_SECTION "plugin_built_in"
#define FORMAT_BUNDLE_SECTION   "plugin_bundle"
#define FORMAT_BUILT_IN_MAGIC   UINT64_C(0x0a6e6962676c707f) /* "\177plgbin\n", little-endian */
#define FORMAT_BUNDLE_MAGIC     UINT64_C(0x0a646e62676c707f) /* "\177plgbnd\n" */
#define FORMAT_BUILT_IN_VERSION 1U

/* The symbol of the bundle. */
#define FORMAT_BUNDLE_SYMBOL "plugin_bundle_"
/* What a static program defines that can open isolated plugins. */
#define FORMAT_ISOLATED_SYMBOL "plugin_isolated_"

/* The sections of the records that macros of plugin.h leave in built-in plugins. Those of the
 * program itself are plugin_inits, plugin_marks, plugin_promises, plugin_infos and plugin_retires.
 */
#define FORMAT_BUILT_IN_INITS   "plugin_built_in_inits"
#define FORMAT_BUILT_IN_MARKS   "plugin_built_in_marks"
#define FORMAT_BUILT_IN_RETIRES "plugin_built_in_retires"

/* What a package, or main, runs: the start and end of each range, as distances from the struct. */
struct format_part {
    int64_t constructors, constructors_end; /* pointers: .init_array, in the order of priorities */
    int64_t destructors, destructors_end;   /* pointers: .fini_array */
    int64_t inits, inits_end;               /* struct plugin_init_ */
};

struct format_built_in {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* in bytes, with its contents; a multiple of 8 */
    uint32_t name; /* offset of the NUL-terminated name, "hello.so" */
    uint32_t reserved;
    uint32_t meta, meta_size; /* offset and size of its `.plugin` section */
    uint32_t btf, btf_size;   /* offset and size of its `.BTF` section */
    struct format_part main;
};

/* A plugin of the bundle. */
struct format_bundled {
    int64_t built_in;           /* distance of its struct format_built_in from the bundle */
    uint32_t parts, part_count; /* number of its first part, and of parts: one for each package but
                                   main */
};

/* Followed by `count` struct format_bundled, in the order of names, and by `part_count` distances
 * of parts from the bundle, 0 where another plugin's copy of the package is linked in. */
struct format_bundle {
    uint64_t magic;
    uint32_t version;
    uint32_t count;
    uint32_t part_count;
    uint32_t reserved;
    int64_t marks, marks_end; /* start and end of the program's section `plugin_marks`: one byte of
                                 the bundle's, then what PLUGIN_PACKAGE and PLUGIN_IMPORT leave */
};

_Static_assert(sizeof(struct format_part) == 48, "no padding");
_Static_assert(sizeof(struct format_built_in) == 88, "no padding");
_Static_assert(sizeof(struct format_bundled) == 16, "no padding");
_Static_assert(sizeof(struct format_bundle) == 40, "no padding");
_Static_assert(sizeof(struct format_header) == 192, "no padding");
_Static_assert(FORMAT_HEADER_SIZE_4 == 136, "no padding");
_Static_assert(FORMAT_HEADER_SIZE_5 == 152, "no padding");
_Static_assert(FORMAT_HEADER_SIZE_6 == 168, "no padding");
_Static_assert(sizeof(struct format_symbol) == 32, "no padding");
_Static_assert(sizeof(struct format_small_symbol) == 24, "no padding");
_Static_assert(sizeof(struct format_probe) == 24, "no padding");
_Static_assert(sizeof(struct format_interface) == 24, "no padding");
_Static_assert(sizeof(struct format_member) == 24, "no padding");
_Static_assert(sizeof(struct format_constructor) == 16, "no padding");
_Static_assert(sizeof(struct format_shared) == 32, "no padding");
_Static_assert(sizeof(struct format_import) == 40, "no padding");
_Static_assert(sizeof(struct format_package) == 40, "no padding");
_Static_assert(sizeof(struct format_dependency) == 8, "no padding");
_Static_assert(sizeof(struct format_init) == 16, "no padding");
_Static_assert(sizeof(struct format_source) == 16, "no padding");
_Static_assert(sizeof(struct format_info) == 8, "no padding");
_Static_assert(sizeof(struct format_retire) == 16, "no padding");

#endif

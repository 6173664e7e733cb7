/* The `.plugin` section, as it lies in the file. docs/format.md explains it, and what a type's hash
 * is: where two symbols have the same one, so are their types, and all that these reach.
 *
 *     header | symbols | slots | probes | constructors | compilers | shared | packages |
 *     dependencies | inits | sources | imports | strings
 *
 * Every number is in the byte order of the module's machine. Every table is named by its offset
 * from the start of the section and its number of items, and starts at a multiple of 8. Every name
 * is an offset into the strings. */
#ifndef PLUGIN_FORMAT_H
#define PLUGIN_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#define FORMAT_SECTION     ".plugin"
#define FORMAT_BTF_SECTION ".BTF"
#define FORMAT_MAGIC       UINT64_C(0x0a6e6967756c707f) /* "\177plugin\n", little-endian */
#define FORMAT_VERSION     4U

struct format_table {
    uint32_t offset; /* bytes from the start of the section */
    uint32_t count;  /* items */
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
    uint32_t version;    /* a reader refuses a version that it does not know */
    uint32_t size;       /* bytes of the whole section */
    uint64_t checksum;   /* of the section, with this field as 0, and then of `.BTF` */
    uint64_t content;    /* hash of what is loaded: the PT_LOAD segments' bytes in the file, without
                          the ELF header */
    uint32_t kind;       /* enum format_kind */
    uint32_t sanitizers; /* enum format_sanitizer, ored */
    struct format_table symbols;      /* struct format_symbol, in the order of names */
    struct format_table slots;        /* struct format_slot; the count is a power of two */
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
};

enum format_symbol_kind {
    FORMAT_FUNCTION = 1,
    FORMAT_VARIABLE = 2,
    FORMAT_THREAD_LOCAL = 3, /* a variable of each thread; its address says nothing */
    FORMAT_INDIRECT = 4      /* a function that an IFUNC resolver chooses when it is loaded */
};

static inline bool format_is_function(uint32_t kind)
{
    return kind == FORMAT_FUNCTION || kind == FORMAT_INDIRECT;
}

struct format_symbol {
    uint64_t address; /* as linked; the module's load address is added */
    uint64_t hash;    /* of its type; 0: none */
    uint32_t name;
    uint32_t type; /* BTF id of its FUNC or VAR; 0: not recorded */
    uint32_t kind; /* enum format_symbol_kind */
    uint32_t reserved;
};

/* An open-addressed hash table: a name's slot is its hash modulo the count, or one of the slots
 * after it, before the first empty one. At most half of the slots are in use. */
struct format_slot {
    uint32_t hash;
    uint32_t symbol; /* number of the symbol, plus 1; 0: empty */
};

/* A search passes no more used slots than these. Where half of them are empty, as many in a row
 * were put there by somebody who chose the names. */
#define FORMAT_SLOTS_IN_A_ROW_MAX 256

/* One use of plugin_as. */
struct format_probe {
    uint64_t address; /* of the variable that the use left, as linked */
    uint64_t hash;    /* of the type that the one asked for points to; 0: none */
    uint32_t type;    /* BTF id of the type asked for */
    uint32_t reserved;
};

/* A function of .preinit_array or .init_array, which the dynamic loader calls before dlopen
 * returns; but not those that the compiler's start files bring into every module. */
struct format_constructor {
    uint64_t address;
    uint32_t name;
    uint32_t reserved;
};

#define FORMAT_COMPILERS_MAX     256
#define FORMAT_COMPILER_NAME_MAX 1000

/* A compiler that made part of the module, with those of its flags that change what it makes. */
struct format_compiler {
    uint32_t name;  /* "gcc 12.2.0" */
    uint32_t flags; /* "-O2 -fshort-enums" */
};

/* An exported function or variable of a package other than the main one: no symbol of the plugin,
 * but what other modules that carry the package may be bound to. */
struct format_shared {
    uint64_t address; /* as linked */
    uint64_t hash;    /* of its type; 0: none */
    uint32_t name;
    uint32_t type;    /* BTF id of its FUNC or VAR; 0: not recorded */
    uint32_t kind;    /* enum format_symbol_kind */
    uint32_t package; /* number of its package */
};

enum format_import_flag {
    FORMAT_IMPORT_WEAK = 1 << 0, /* it may be missing */
    /* No user's view of it was recorded: the type is that of the module's own definition. */
    FORMAT_IMPORT_BY_DEFINITION = 1 << 1
};

/* A function or variable that the module uses, and another one may define: an undefined symbol, or
 * one of a package that it carries, used from outside that package. Users who see it as different
 * types leave one import each, of one name. */
struct format_import {
    uint64_t hash; /* of its type; 0: none */
    uint32_t name;
    uint32_t type;      /* BTF id of a FUNC or VAR; 0: not recorded */
    uint32_t kind;      /* enum format_symbol_kind; 0: not known */
    uint32_t flags;     /* enum format_import_flag, ored */
    uint32_t package;   /* number of the package, carried by the module, that defines it, plus 1;
                           0: it is undefined */
    uint32_t library;   /* the library that its version names: "libc.so.6"; "": it has no version */
    uint32_t symbol;    /* number of the one dynamic symbol of this name that is undefined; 0: none,
                           or several */
    uint32_t name_hash; /* as in a slot */
};

#define FORMAT_PACKAGES_MAX 1024

/* A package that the module carries. The main one is the last, and there if it has imports or
 * inits. */
struct format_package {
    uint64_t fingerprint;                    /* of its source files; 0: one of them was not there */
    uint32_t path;                           /* "main" for the main package */
    uint32_t dependencies, dependency_count; /* its part of the table */
    uint32_t inits, init_count;
    uint32_t sources, source_count;
    uint32_t reserved;
};

/* A package that another one imports. */
struct format_dependency {
    uint32_t path;
    uint32_t package; /* its number plus 1; 0: a library that the module needs carries it */
};

/* An init, in the order of execution. */
struct format_init {
    uint64_t address; /* of the function, as linked */
    uint32_t file;    /* name of the source file, without directories */
    uint32_t line;
};

/* A source file of a package, in the order of names. */
struct format_source {
    uint64_t hash; /* of its bytes; 0: it was not there */
    uint32_t name; /* without directories */
    uint32_t reserved;
};

/* ---- built-in plugins ----
 *
 * A plugin that is linked into a program brings its tables along in loaded memory. The section
 * FORMAT_BUILT_IN_SECTION holds, for each of them, a struct format_built_in with what it names
 * behind it; FORMAT_BUNDLE_SECTION the one struct format_bundle that names them all. Every place is
 * a distance, in bytes, so that nothing has to be relocated when the program starts.
 *
 * Its `.plugin` section differs from that of a loadable one: the addresses of symbols are distances
 * from the struct format_built_in, those of kinds 3 and 4 lead to a function without parameters
 * that returns the address; that of an init is its number among the records of its part; those of
 * shared symbols and constructors are 0, and the numbers of dynamic symbols; there are no probes;
 * and the checksum does not hold. */

#define FORMAT_BUILT_IN_SECTION "plugin_built_in"
#define FORMAT_BUNDLE_SECTION   "plugin_bundle"
#define FORMAT_BUILT_IN_MAGIC   UINT64_C(0x0a6e6962676c707f) /* "\177plgbin\n", little-endian */
#define FORMAT_BUNDLE_MAGIC     UINT64_C(0x0a646e62676c707f) /* "\177plgbnd\n" */
#define FORMAT_BUILT_IN_VERSION 1U

/* The bundle's symbol, by which the library finds it. */
#define FORMAT_BUNDLE_SYMBOL "plugin_bundle_"

/* Where the linker has put what a built-in plugin's macros left, so that it is not the program's.
 */
#define FORMAT_BUILT_IN_INITS "plugin_built_in_inits"
#define FORMAT_BUILT_IN_MARKS "plugin_built_in_marks"

/* What the files of one package, or of main, left to be run: each a range, as distances from the
 * struct. */
struct format_part {
    int64_t constructors, constructors_end; /* pointers: .init_array, in the order of priorities */
    int64_t destructors, destructors_end;   /* pointers: .fini_array */
    int64_t inits, inits_end;               /* struct plugin_init_ */
};

struct format_built_in {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* bytes, with all that is named here; a multiple of 8 */
    uint32_t name; /* offset of the NUL-terminated name, "hello.so" */
    uint32_t reserved;
    uint32_t meta, meta_size; /* offset and bytes of its `.plugin` section */
    uint32_t btf, btf_size;   /* and of its `.BTF` section */
    struct format_part main;
};

/* A plugin of the bundle. */
struct format_bundled {
    int64_t built_in;           /* distance of its struct format_built_in from the bundle */
    uint32_t parts, part_count; /* its packages but main: which of the distances that follow */
};

/* Followed by `count` struct format_bundled, in the order of names; then by `part_count` distances
 * of struct format_part from the bundle, 0 where another plugin's copy of the package is the one
 * that is linked in. */
struct format_bundle {
    uint64_t magic;
    uint32_t version;
    uint32_t count;
    uint32_t part_count;
    uint32_t reserved;
    int64_t marks, marks_end; /* distances of the bundle's own byte of the section `plugin_marks`,
                                 and what PLUGIN_PACKAGE and PLUGIN_IMPORT left of the program's */
};

_Static_assert(sizeof(struct format_part) == 48, "no padding");
_Static_assert(sizeof(struct format_built_in) == 88, "no padding");
_Static_assert(sizeof(struct format_bundled) == 16, "no padding");
_Static_assert(sizeof(struct format_bundle) == 40, "no padding");
_Static_assert(sizeof(struct format_header) == 136, "no padding");
_Static_assert(sizeof(struct format_symbol) == 32, "no padding");
_Static_assert(sizeof(struct format_probe) == 24, "no padding");
_Static_assert(sizeof(struct format_constructor) == 16, "no padding");
_Static_assert(sizeof(struct format_shared) == 32, "no padding");
_Static_assert(sizeof(struct format_import) == 40, "no padding");
_Static_assert(sizeof(struct format_package) == 40, "no padding");
_Static_assert(sizeof(struct format_dependency) == 8, "no padding");
_Static_assert(sizeof(struct format_init) == 16, "no padding");
_Static_assert(sizeof(struct format_source) == 16, "no padding");

#endif

/* A view of what the dynamic loader reads of a module: which libraries it needs, which symbols it
 * defines, and which it wants from others. (System V ABI, chapter 5; the versions: LSB Core,
 * "Symbol Versioning".) Bytes in, checked values out; nothing here reads a file. */
#ifndef PLUGIN_DYNAMIC_H
#define PLUGIN_DYNAMIC_H

#include "elf/elf.h"

struct arena;

/* The tables, each empty if the file has none. They must live as long as the view. */
struct dynamic_tables {
    struct bytes entries;  /* of PT_DYNAMIC: Elf_Dyn */
    struct bytes symbols;  /* SHT_DYNSYM */
    struct bytes strings;  /* the SHT_STRTAB of these two */
    struct bytes versions; /* SHT_GNU_versym: of each symbol, the number of its version */
    struct bytes wanted;   /* SHT_GNU_verneed: versions of other libraries */
    struct bytes defined;  /* SHT_GNU_verdef: versions of its own */
};

/* A version by its number. */
struct dynamic_version {
    const char *name;    /* "GLIBC_2.34"; NULL: there is no version of this number */
    const char *library; /* the library that it is wanted from; NULL: it is the module's own */
};

/* A zeroed one is valid and empty. */
struct dynamic {
    bool is_64;
    struct dynamic_tables tables;
    struct arena *arena; /* has the arrays below */
    uint32_t symbol_count;
    uint32_t *slots; /* the defined symbols by name: number; 0: empty. Open addressing. */
    size_t slot_count;
    struct dynamic_version *version_names; /* by number */
    size_t version_count, version_capacity;
    const char **needed; /* the libraries that it needs (DT_NEEDED), in order */
    size_t needed_count;
    const char *soname;  /* NULL: none */
    const char *runpath; /* DT_RUNPATH, or DT_RPATH if there is no other; NULL: none */
    bool is_rpath;       /* it is DT_RPATH, which those that it needs inherit */
    bool is_symbolic;    /* DT_SYMBOLIC, or DF_SYMBOLIC: its references bind to itself */
};

struct dynamic_symbol {
    const char *name;
    const char *version; /* NULL: none, or the base version */
    const char *library; /* that the version is wanted from; NULL: none */
    uint64_t address;    /* st_value */
    uint8_t type;        /* STT_* */
    bool is_defined;     /* and visible to other modules */
    bool is_wanted;      /* undefined: another module must define it */
    bool is_weak;
    bool is_default; /* defined without a version, or as the default one of its name */
};

/* An entry of the dynamic section that is looked for. */
struct dynamic_entry {
    int64_t tag; /* DT_* */
    bool is_found;
    uint64_t value;
};

/* Finds the last entry of each of these tags, in one pass over all of them. */
void dynamic_find_entries(const struct elf *elf, struct bytes entries, struct dynamic_entry *wanted,
                          size_t count);

/* The value of the last entry with this tag; false if there is none. */
bool dynamic_entry(const struct elf *elf, struct bytes entries, int64_t tag, uint64_t *value);

/* Reads the view, which lasts as long as the tables and the arena. *tables may be part of *dynamic.
 * On success, every name ends within the strings, and every version's number is below
 * version_count. */
bool dynamic_read(struct dynamic *dynamic, const struct elf *elf,
                  const struct dynamic_tables *tables, struct arena *arena, struct error *error);

/* Symbol number `index`, from 1. */
struct dynamic_symbol dynamic_symbol(const struct dynamic *dynamic, uint32_t index);

/* Must another module define symbol number `index`? */
bool dynamic_is_wanted(const struct dynamic *dynamic, uint32_t index);

/* Is this number, which may be any, that of a symbol of this name, of this length, without a
 * version and not thread-local? */
bool dynamic_is_plain(const struct dynamic *dynamic, uint32_t index, const char *name,
                      size_t length);

/* The symbol of this name, and of this version unless that is NULL, that the module defines for
 * others, as a reference would be bound; false if there is none. What is defined without a version
 * satisfies every version. Without a version wanted, the oldest one is taken, else the default. */
bool dynamic_find(const struct dynamic *dynamic, const char *name, const char *version,
                  struct dynamic_symbol *symbol);

/* The library number `index` that it needs (DT_NEEDED), in order; NULL after the last one. */
const char *dynamic_needed(const struct dynamic *dynamic, size_t index);

/* Does it define this version? */
bool dynamic_has_version(const struct dynamic *dynamic, const char *version);

#endif

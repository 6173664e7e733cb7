/* SPDX-License-Identifier: MIT */
/* A view of what the dynamic loader reads of a module: the libraries that it needs, and the symbols
 * that it defines and needs (System V ABI, chapter 5; LSB Core, "Symbol Versioning"). Bytes in,
 * checked values out; nothing here reads a file. */
#ifndef PLUGIN_DYNAMIC_H
#define PLUGIN_DYNAMIC_H

#include "base/table.h"
#include "elf/elf.h"
#include "elf/gnu_hash.h"

struct arena;

/* The tables, each empty if the file has none. They must live as long as the view. */
struct dynamic_tables {
    struct bytes entries;  /* of PT_DYNAMIC: Elf_Dyn */
    struct bytes symbols;  /* SHT_DYNSYM */
    struct bytes strings;  /* the SHT_STRTAB of these two */
    struct bytes versions; /* SHT_GNU_versym: the version index of each symbol */
    struct bytes wanted;   /* SHT_GNU_verneed: versions that it needs of libraries */
    struct bytes defined;  /* SHT_GNU_verdef: versions that it defines */
    struct bytes hash;     /* SHT_GNU_HASH */
};

struct dynamic_version {
    const char *name;    /* "GLIBC_2.34"; NULL: no version has this index */
    const char *library; /* that it is needed of; NULL: the module defines it */
};

/* A library that the dynamic loader maps along. */
struct dynamic_library {
    const char *name;
    int64_t tag; /* DT_NEEDED; DT_FILTER or DT_AUXILIARY, whose symbols come before the module's
                    own, and of which the latter may be missing */
};

/* A zeroed one is valid and empty. */
struct dynamic {
    bool is_64;
    struct dynamic_tables tables;
    struct arena *arena; /* has the arrays below */
    uint32_t symbol_count;
    uint32_t wanted_end;                   /* the undefined symbols have lower numbers */
    struct gnu_hash hash;                  /* the module's own; absent if it lacks a symbol */
    struct table by_name;                  /* the defined symbols, without that */
    struct dynamic_version *version_names; /* by index */
    size_t version_count, version_capacity;
    struct dynamic_library *needed; /* in order */
    size_t needed_count;
    const char *soname;  /* NULL: none */
    const char *runpath; /* DT_RUNPATH, or else DT_RPATH; NULL: none */
    bool is_rpath;       /* it is DT_RPATH, which its libraries inherit */
    const char *audit;   /* DT_AUDIT: libraries that watch the dynamic loader; NULL: none */
    const char *dependency_audit; /* DT_DEPAUDIT: those that watch what the module needs */
    bool is_symbolic;             /* DT_SYMBOLIC or DF_SYMBOLIC */
    bool has_code_relocations;    /* DT_TEXTREL or DF_TEXTREL */
    bool is_no_open;              /* DF_1_NOOPEN: dlopen refuses it */
    bool is_no_default; /* DF_1_NODEFLIB: libraries are not searched for in the system's directories
                         */
};

struct dynamic_symbol {
    const char *name;
    const char *version; /* NULL: none, or the base version */
    const char *library; /* that the version is needed of; NULL: none */
    uint64_t address;    /* st_value */
    uint8_t type;        /* STT_* */
    bool is_defined;     /* for other modules */
    bool is_wanted;      /* undefined: another module must define it */
    bool is_weak;
    bool is_default; /* unversioned, or the default version of its name */
};

/* An entry of the dynamic section that dynamic_find_entries looks for. */
struct dynamic_entry {
    int64_t tag; /* DT_* */
    bool is_found;
    uint64_t value;
};

/* Finds the last entry of each of these tags, in one pass. */
void dynamic_find_entries(const struct elf *elf, struct bytes entries, struct dynamic_entry *wanted,
                          size_t count);

/* Sets *value to that of the last entry with this tag; false if there is none. */
bool dynamic_entry(const struct elf *elf, struct bytes entries, int64_t tag, uint64_t *value);

/* Do the entries have DF_1_PIE in DT_FLAGS_1? */
bool dynamic_is_executable(const struct elf *elf, struct bytes entries);

/* Reads the view, which lasts as long as the tables and the arena. *tables may be part of *dynamic.
 * On success, each name ends in the string table, and each version index is below version_count. */
bool dynamic_read(struct dynamic *dynamic, const struct elf *elf,
                  const struct dynamic_tables *tables, struct arena *arena, struct error *error);

/* Symbol number `index`, from 1, and its name. */
struct dynamic_symbol dynamic_symbol(const struct dynamic *dynamic, uint32_t index);
const char *dynamic_symbol_name(const struct dynamic *dynamic, uint32_t index);

/* Must another module define symbol number `index`? */
bool dynamic_is_wanted(const struct dynamic *dynamic, uint32_t index);

/* Sets the item of each symbol, from number 1, to whether no other module must define it. */
void dynamic_find_unwanted(const struct dynamic *dynamic, bool *unwanted);

/* Is `index`, which need not be valid, the number of an unversioned symbol of this name that is not
 * thread-local? `length` is the name's. */
bool dynamic_is_plain(const struct dynamic *dynamic, uint32_t index, const char *name,
                      size_t length);

/* A name that is looked for, and its hash. */
struct dynamic_name {
    const char *string;
    uint32_t gnu_hash;
};

static inline struct dynamic_name dynamic_name(const char *string)
{
    return (struct dynamic_name){string, gnu_hash_name(string)};
}

/* False: a look at one word tells that the module does not define the name. */
static inline bool dynamic_may_define(const struct dynamic *dynamic, struct dynamic_name name)
{
    return !gnu_hash_is_present(&dynamic->hash) || gnu_hash_may_have(&dynamic->hash, name.gnu_hash);
}

/* Finds the definition that a reference to this name, and to this version unless it is NULL, binds
 * to; false if there is none. An unversioned definition satisfies every version; an unversioned
 * reference takes the oldest version, or else the default one. */
bool dynamic_find(const struct dynamic *dynamic, const char *name, const char *version,
                  struct dynamic_symbol *symbol);

/* The same, for one of several searches for a name. */
bool dynamic_find_name(const struct dynamic *dynamic, struct dynamic_name name, const char *version,
                       struct dynamic_symbol *symbol);

/* Returns the name of library number `index` that the module needs; NULL after the last one. */
const char *dynamic_needed(const struct dynamic *dynamic, size_t index);

/* Returns the tag of that library. */
int64_t dynamic_needed_tag(const struct dynamic *dynamic, size_t index);

#endif

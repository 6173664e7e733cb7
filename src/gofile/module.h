/* What a Go module says of itself: which Go made it, of which packages, and, of a plugin, its
 * symbols. Everything is copied out of the file's bytes; nothing of it has run. */
#ifndef PLUGIN_GO_MODULE_H
#define PLUGIN_GO_MODULE_H

#include "base/file.h"
#include "elf/elf.h"

struct go_package {
    const char *path;    /* "fmt"; of the main package, the plugin's own path */
    const uint8_t *hash; /* by which Go's linker tells its builds apart */
    size_t hash_size;    /* bytes */
    uint64_t init_task;  /* as linked: `<path>..inittask`, whose first 4 bytes say how far the
                            package's inits are; 0: it has none */
};

/* An exported function or variable of package main. */
struct go_symbol {
    const char *name;
    const char *type;   /* as Go writes it: "func(int) error", "map[string]int" */
    const char *reason; /* why it has no C form; NULL: it has one */
    uint64_t address;   /* as linked: of the variable, or of the function's code, for Go */
    uint32_t id;        /* BTF id of its FUNC or VAR; 0: no C form */
    bool is_function;
};

struct go_module {
    bool is_plugin;          /* else a shared library or program that can open Go plugins */
    const char *version;     /* "go1.24.4"; for what does not say: "go1.19", "go1.20 or later" */
    bool is_version_exact;   /* plugins of Go 1.19 and earlier do not record it */
    const char *plugin_path; /* by which Go tells plugins apart: "example.com/hello", or
                                "plugin/unnamed-<hash>"; odd characters, and dots behind the last
                                slash, are %xx; "" if it is no plugin */
    const char *module_path; /* "example.com/hello.v2"; if it is not recorded, plugin_path without
                                %xx */
    const char *settings;    /* the recorded settings of the build that change package hashes, the
                                environment's first: "GOAMD64=v3 -trimpath -race"; "" */
    struct go_package *packages; /* in the order of paths (strcmp), each once */
    size_t package_count;
    struct go_symbol *symbols; /* in the order of names (strcmp), each once */
    size_t symbol_count;
    void *memory;      /* what the pointers above point into; freed by go_module_free */
    size_t memory_max; /* bytes that it may hold */
};

/* Is this a module that Go's linker made so that it can share packages with others: a plugin, or
 * what was linked with Go's package plugin? *module is NULL, without an error, if it is not. For a
 * plugin, its types are written as BTF: *btf and *meta, newly allocated, are the two sections that
 * a stamp would have put into it. Free with go_module_free. */
bool go_module_read(struct go_module **module, const struct elf *elf, const struct file *file,
                    struct bytes *meta, struct bytes *btf, struct error *error);
void go_module_free(struct go_module *module);

/* The package of this path; NULL if the module has none. */
const struct go_package *go_module_package(const struct go_module *module, const char *path);

/* The symbol of this name; NULL if there is none. */
const struct go_symbol *go_module_symbol(const struct go_module *module, const char *name);

#endif

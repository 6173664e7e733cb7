/* SPDX-License-Identifier: MIT */
/* A Go module as its file describes it: which Go built it, from which packages, and a plugin's
 * symbols. Everything is copied out of the file; none of its code runs. */
#ifndef PLUGIN_GO_MODULE_H
#define PLUGIN_GO_MODULE_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/file.h"
#include "elf/elf.h"

struct go_package {
    const char *path;    /* "fmt"; of the main package, the plugin path */
    const uint8_t *hash; /* of the build: packages are shared only if it is equal */
    size_t hash_size;    /* bytes */
    uint64_t init_task;  /* as linked: `<path>..inittask`, whose first 4 bytes are the state of the
                            package's inits; 0: it has none */
};

/* An exported function or variable of package main. */
struct go_symbol {
    const char *name;
    const char *type;   /* as Go writes it: "func(int) error", "map[string]int" */
    const char *reason; /* why it has no C form; NULL: it has one */
    uint64_t address;   /* as linked: of the variable, or of the Go function's code */
    uint32_t id;        /* BTF id of its FUNC or VAR; 0: no C form */
    bool is_function;
};

struct go_module {
    bool is_plugin;          /* else a shared library or program that can open Go plugins */
    const char *version;     /* "go1.24.4"; if it is not recorded: "go1.19", "go1.20 or later" */
    bool is_version_exact;   /* plugins of Go 1.19 and earlier do not record it */
    const char *plugin_path; /* by which Go identifies plugins: "example.com/hello", or
                                "plugin/unnamed-<hash>". Special characters, and dots after the last
                                slash, are %xx. "": not a plugin */
    const char *module_path; /* "example.com/hello.v2"; if it is not recorded, plugin_path without
                                %xx */
    const char *settings;    /* the recorded build settings that change package hashes, environment
                                variables first: "GOAMD64=v3 -trimpath -race"; "" */
    struct go_package *packages; /* sorted by path (strcmp), without duplicates */
    size_t package_count;
    struct go_symbol *symbols; /* sorted by name (strcmp), without duplicates */
    size_t symbol_count;
    struct arena arena;   /* owns all of the above */
    struct budget budget; /* of bytes for copies */
};

/* Returns whether Go modules of this machine can be read: amd64 and arm64. */
bool go_module_is_supported(const struct elf *elf);

/* Reads a module that Go's linker made so that it shares packages: a plugin, or one that links Go's
 * package plugin. *module is NULL, without an error, if it is not. Of a plugin, *btf and *meta are
 * the sections that a stamp would have added, newly allocated. Free with go_module_free. */
bool go_module_read(struct go_module **module, const struct elf *elf, const struct file *file,
                    struct bytes *meta, struct bytes *btf, struct error *error);
void go_module_free(struct go_module *module);

/* Returns the package of this path, or NULL. */
const struct go_package *go_module_package(const struct go_module *module, const char *path);

/* Returns the symbol of this name, or NULL. */
const struct go_symbol *go_module_symbol(const struct go_module *module, const char *name);

#endif

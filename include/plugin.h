/* plugin.h - Go's package plugin, for C: build a plugin, open it, look a symbol up, use it with
 * its real type.
 *
 *     plugin *p = plugin_open("plugin_name.so");
 *     int *v = plugin_as(plugin_lookup(p, "V"), int *);
 *     void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
 *
 * A plugin is judged from its bytes before any of its code runs. Every function may be called from
 * any thread. Nothing here prints, exits or aborts: a call that fails returns NULL, and
 * plugin_error() says what was tried, on what, and why it failed.
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLUGIN_API __attribute__((visibility("default")))

/* An opened plugin. The library owns it; it lives as long as the process: there is no close,
 * because code that others may still point into is not unmapped. */
typedef struct plugin plugin;

/* A function or variable that a plugin exports, and its type. Owned by its plugin. */
typedef struct plugin_symbol plugin_symbol;

enum plugin_code {
    PLUGIN_OK = 0,         /* nothing has failed in this thread */
    PLUGIN_NOT_FOUND,      /* there is no such file, or it cannot be read */
    PLUGIN_NOT_PLUGIN,     /* the file is something else, is not stamped, or is damaged */
    PLUGIN_MISFIT,         /* what the plugin needs is not there, or is of another type */
    PLUGIN_NO_SYMBOL,      /* the plugin exports no symbol of that name */
    PLUGIN_WRONG_TYPE,     /* the symbol's type is not the one asked for */
    PLUGIN_INIT_FAILED,    /* an init of the plugin failed, or opens its own plugin */
    PLUGIN_ALREADY_LOADED, /* a byte copy of this plugin is open under another path */
    PLUGIN_UNTRUSTED,      /* the trust policy does not allow this file */
    PLUGIN_CRASHED,        /* an isolated plugin died during the call, or a Go function panicked */
    PLUGIN_TIMEOUT,        /* an isolated plugin took longer than its time limit */
    PLUGIN_SEALED,         /* plugin_seal() was called before */
    PLUGIN_UNSUPPORTED,    /* this version or build of the library cannot do that */
    PLUGIN_NO_MEMORY,      /* memory could not be allocated */
    PLUGIN_SYSTEM          /* a system call failed; the text names it and its reason */
};

/* Where a plugin's code runs. */
enum plugin_placement {
    PLUGIN_ANY = 0,    /* built in if the program has such a plugin, else in process */
    PLUGIN_IN_PROCESS, /* mapped into this process: a call is a plain call */
    PLUGIN_BUILT_IN,   /* linked statically into the program */
    PLUGIN_ISOLATED    /* in a process of its own */
};

/* Who may be opened: a file that is signed by one of the keys, or has one of the hashes; that is in
 * a place that only the owner can change; with no other libraries than those allowed. Zero members
 * ask for nothing, but one of keys, hashes and check_place must be set. What was checked is copied
 * to sealed memory first, and mapped from there. All of it is read during the call only. */
struct plugin_trust {
    size_t size;               /* sizeof(struct plugin_trust), in bytes */
    const char *const *keys;   /* public keys of minisign, "RW...", ended by NULL: FILE.minisig,
                                  beside   the file, must be a signature by one of them */
    const char *const *hashes; /* SHA-256 of whole files, in hexadecimal, ended by NULL: a file that
                                  has one of them needs no signature */
    unsigned long long least_version; /* what the signature's trusted comment must say at least, as
                                         "version:3"; 0: nothing */
    bool check_place; /* the file and every directory above it must belong to root or `owner`,
                         and have no bit of `forbidden_mode` in their modes */
    unsigned owner;   /* a user's number */
    unsigned forbidden_mode;      /* as 022: writable for the group and for others */
    const char *const *libraries; /* the names (DT_NEEDED) of those that the plugin may bring along,
                                     ended by NULL; they are held to the same. NULL: none */
};

/* How to open a plugin. Set size to sizeof(struct plugin_options) and the rest to zero; a later
 * library takes a shorter struct of an earlier header. What this version cannot do is refused with
 * PLUGIN_UNSUPPORTED, never ignored. */
struct plugin_options {
    size_t size;                     /* sizeof(struct plugin_options), in bytes */
    enum plugin_placement placement; /* where the code shall run */
    bool strict;                     /* Go's rule: shared packages from equal sources */
    bool verify;                     /* compare what is loaded with the content hash in the stamp */
    const char *const *search;       /* absolute directories for a name without '/', ended by NULL;
                                        read during the call only */
    const struct plugin_trust *trust; /* who may be opened; NULL: anyone */
    unsigned timeout_ms;              /* isolated: time limit of one call, in milliseconds */
    const char *go_bridge;            /* path of the bridge to Go plugins; NULL: where it is looked
                                         for, see below; read during the call only */
};

/* Opens the plugin at this path, which is relative to the working directory as every path is, and
 * is never searched for. A plugin that is built into the program comes first: it is known by its
 * name, in whatever directory the path says that it is. Opening the same file again, by whatever
 * path, symbolic or hard link, returns the same pointer; a thread that opens a plugin while another
 * does waits for it. Returns: the plugin, or NULL with the error set. A refusal before any of the
 * plugin's code ran leaves nothing behind, and may be retried. */
PLUGIN_API plugin *plugin_open(const char *path);

/* plugin_open with options; NULL options are those of plugin_open. With options->search, a path
 * without '/' is looked for in these directories, in order, and nowhere else. */
PLUGIN_API plugin *plugin_open_with(const char *path, const struct plugin_options *options);

/* The exported function or variable of this name. Takes no lock.
 * Returns: the symbol, or NULL with the error set (PLUGIN_NO_SYMBOL, naming near ones). For a NULL
 * plugin: NULL, and the error stays, so that calls chain. */
PLUGIN_API const plugin_symbol *plugin_lookup(plugin *p, const char *name);

/* A symbol as a pointer of this type, as in plugin_as(symbol, int *) for a variable `int V` and
 * plugin_as(symbol, void (*)(void)) for a function. The types are compared by the rules of C11
 * 6.2.7 as the machine sees them; qualifiers may be added to what the pointer points to.
 * Returns: the pointer, or NULL with the error set: PLUGIN_WRONG_TYPE with both types and where
 * they part; PLUGIN_UNSUPPORTED if the calling module is not stamped, or its code was compiled
 * without -g. For a NULL symbol: NULL, and the error stays. Asking again at the same place for the
 * same symbol costs one comparison. A thread-local variable is that of the calling thread.
 *
 * How it works: the probe below tells `plugin stamp`, through its debug information, which type
 * this place asks for; plugin_seen_ remembers the last symbol that was found to be of that type. */
#define plugin_as(symbol, type)                                                                    \
    __extension__({                                                                                \
        static __typeof__(type) *const plugin_probe_ PLUGIN_PROBE_ = 0;                            \
        static const void *plugin_seen_ = &plugin_seen_;                                           \
        const plugin_symbol *const plugin_symbol_ = (symbol);                                      \
        (type)(__atomic_load_n(&plugin_seen_, __ATOMIC_RELAXED) == (const void *)plugin_symbol_    \
                   ? *(void *const *)(const void *)plugin_symbol_                                  \
                   : plugin_assert_(plugin_symbol_, &plugin_probe_, &plugin_seen_));               \
    })

/* The section lets `plugin stamp` count the probes, and so notice one without debug information.
 * g++ refuses one section for the variables of inline and other functions, so C++ goes without. */
#ifdef __cplusplus
#define PLUGIN_PROBE_ __attribute__((used))
#else
#define PLUGIN_PROBE_ __attribute__((section("plugin_probes"), used))
#endif

/* Part of plugin_as, which alone may call it. The first member of a plugin_symbol is its address,
 * which plugin_as reads. */
PLUGIN_API void *plugin_assert_(const plugin_symbol *symbol, const void *probe, const void **seen);

/* The symbol's address, unchecked, like dlsym: the one way round the check. For a thread-local
 * variable, that of the calling thread. For a NULL symbol: NULL, and the error stays. */
PLUGIN_API void *plugin_address(const plugin_symbol *symbol);

/* The symbol's name. NULL for a NULL symbol. */
PLUGIN_API const char *plugin_symbol_name(const plugin_symbol *symbol);

/* The symbol's declaration in C, without the semicolon: "int V", "double area(const struct shape
 * *s)". If its type was not recorded, the name alone. NULL for a NULL symbol, or, with the error
 * set, when there is no memory for it, or the plugin's file was written to since it was opened. */
PLUGIN_API const char *plugin_symbol_decl(const plugin_symbol *symbol);

/* The symbol after this one in the order of names (bytes, as strcmp); NULL starts.
 * Returns: the next symbol, or NULL after the last one, which is no error. */
PLUGIN_API const plugin_symbol *plugin_next(plugin *p, const plugin_symbol *after);

/* The absolute path that the plugin was opened from, without symbolic links; of a built-in one, its
 * name. NULL for NULL. */
PLUGIN_API const char *plugin_path(const plugin *p);

/* The whole text of this thread's last failure, "" if there was none. Calls that succeed leave it.
 * Control characters in names and paths are escaped. Valid until this thread's next failure. */
PLUGIN_API const char *plugin_error(void);

/* The kind of this thread's last failure; PLUGIN_OK if there was none. */
PLUGIN_API enum plugin_code plugin_error_code(void);

/* Forgets this thread's last failure, so that plugin_error_code() tells whether what follows fails:
 * as a call of a Go function may. */
PLUGIN_API void plugin_error_clear(void);

/* From here on, every plugin that is not open yet is refused with PLUGIN_SEALED. There is no way
 * back. */
PLUGIN_API void plugin_seal(void);

/* ---- Go plugins ----
 *
 * plugin_open also opens what `go build -buildmode=plugin` makes, and the rest is the same: its
 * symbols are the exported functions and variables of package main, with their types in C. A
 * function is called through a pointer of C's, from any thread. The first Go plugin that is opened
 * loads the bridge, which `plugin go-bridge` makes with the Go toolchain that made the plugin: the
 * file options.go_bridge, else that of the environment variable PLUGIN_GO_BRIDGE (not in a set-uid
 * program), else plugin-go-bridge.so in the directory of this library. A process has one bridge.
 *
 * Memory that a Go function returns (what a string, slice or pointer leads to, the text of an
 * error) is valid until the same thread calls the same function again, or ends; plugin_go_keep
 * makes it last. A panic makes a call return zeroes, and sets the error (PLUGIN_CRASHED). What is
 * passed to Go must be valid for as long as the Go code uses it.
 */

/* Go's string: bytes in UTF-8, by custom; not NUL-terminated. */
typedef struct plugin_go_string {
    const char *data;
    ptrdiff_t len; /* bytes */
} plugin_go_string;

/* Keeps the memory that this address is in alive until plugin_go_release was called as often with
 * the same address. For memory that is not Go's, and for NULL, both do nothing. */
PLUGIN_API void plugin_go_keep(const void *memory);
PLUGIN_API void plugin_go_release(const void *memory);

/* ---- packages ----
 *
 * A package is the files (translation units) that declare one import path. Host and plugins may
 * carry the same package: then there is one live copy of its functions and variables in the
 * process, that of whoever came first, and its inits run once. These macros stand at the top level
 * of a file, each but PLUGIN_INIT with a semicolon after it; paths are string literals. What uses
 * them is linked with libplugin, as `plugin build` does by itself.
 */

/* This file is part of the package of this path, as in PLUGIN_PACKAGE("example.com/geom"). At most
 * once a file. A file without it is part of the main package, as is one of PLUGIN_PACKAGE("main").
 */
#define PLUGIN_PACKAGE(path)                                                                       \
    static const char plugin_package_[] PLUGIN_MARK_ = "" path;                                    \
    static struct plugin_announced_ plugin_announced_package_                                      \
        __attribute__((aligned(sizeof(void *)))) = {plugin_package_, 0, 0};                        \
    __attribute__((constructor)) static void plugin_announce_package_(void)                        \
    {                                                                                              \
        plugin_announce_(&plugin_announced_package_);                                              \
    }                                                                                              \
    PLUGIN_STATIC_ASSERT_(sizeof plugin_package_ > 1, "the package has no path")

/* This file's package uses the package of this path, whose inits run before its own. `plugin stamp`
 * refuses an import that is not linked in, and packages that import each other in a cycle. */
#define PLUGIN_IMPORT(path)          PLUGIN_IMPORT_(path, __COUNTER__)
#define PLUGIN_IMPORT_(path, number) PLUGIN_IMPORT_AS_(path, number)
#define PLUGIN_IMPORT_AS_(path, number)                                                            \
    static const char plugin_import_##number[] PLUGIN_MARK_ = "" path;                             \
    PLUGIN_STATIC_ASSERT_(sizeof plugin_import_##number > 1, "the import has no path")

/* PLUGIN_INIT { ... } is code that runs once a process, before plugin_open returns; in a program,
 * and in a library that it is linked with, before main. A package's inits run after those of the
 * packages that it imports, in the order of its files at the link, and of their lines. */
#define PLUGIN_INIT          PLUGIN_INIT_(__COUNTER__)
#define PLUGIN_INIT_(number) PLUGIN_INIT_AS_(number)
#define PLUGIN_INIT_AS_(number)                                                                    \
    __attribute__((noinline)) static void plugin_init_##number(void);                              \
    static struct plugin_init_ plugin_init_record_##number                                         \
        __attribute__((section("plugin_inits"), aligned(sizeof(void *))))                          \
        PLUGIN_KEPT_ = {plugin_init_##number, 0, 0, 0};                                            \
    PLUGIN_WHEN_LOADED_(number, plugin_start_(&plugin_init_record_##number, __start_plugin_inits,  \
                                              __stop_plugin_inits))                                \
    static void plugin_init_##number(void)

/* Called in an init, which should then return: the package's further inits do not run, and the
 * opens that need the package fail with PLUGIN_INIT_FAILED and this text, which is copied.
 * Elsewhere it does nothing. */
PLUGIN_API void plugin_init_fail(const char *why);

/* Records the type of a function or variable of another module or package, as this file declares
 * it. gcc records those that are used by itself, clang only functions that it calls in optimised
 * code. */
#define PLUGIN_USES(name)          PLUGIN_USES_(name, __COUNTER__)
#define PLUGIN_USES_(name, number) PLUGIN_USES_AS_(name, number)
#define PLUGIN_USES_AS_(name, number)                                                              \
    static __typeof__(name) *const plugin_uses_##number##_##name PLUGIN_KEPT_ = 0

/* Neither the compiler nor the linker (--gc-sections) may leave it out. */
#if defined(__has_attribute)
#if __has_attribute(retain)
#define PLUGIN_KEPT_ __attribute__((used, retain))
#endif
#endif
#ifndef PLUGIN_KEPT_
#define PLUGIN_KEPT_ __attribute__((used))
#endif
/* In a section of their own, the paths of a built-in plugin can be told from those of its program.
 */
#define PLUGIN_MARK_ __attribute__((section("plugin_marks"))) PLUGIN_KEPT_

/* Parts of the macros above, which alone may use them. The library's lock guards what it writes
 * into them. */
struct plugin_announced_ {
    const char *package;
    struct plugin_announced_ *next;
    size_t is_adopted; /* its module's packages are known; no bool, as -fpack-struct moves others */
};
struct plugin_init_ {
    void (*run)(void);
    size_t order;              /* of its constructor among those of the module's inits, from 1 */
    struct plugin_init_ *end;  /* of the first one: behind the last one, once all have called */
    struct plugin_init_ *next; /* of the first one: the next module whose inits wait */
};
extern struct plugin_init_ __start_plugin_inits[] __attribute__((visibility("hidden")));
extern struct plugin_init_ __stop_plugin_inits[] __attribute__((visibility("hidden")));
PLUGIN_API void plugin_announce_(struct plugin_announced_ *package);
PLUGIN_API void plugin_start_(struct plugin_init_ *own, struct plugin_init_ *first,
                              struct plugin_init_ *end);

#ifdef __cplusplus
#define PLUGIN_STATIC_ASSERT_ static_assert
/* Among the constructors of the file's objects, so that those defined above are there. */
#define PLUGIN_WHEN_LOADED_(number, call)                                                          \
    static const bool plugin_init_start_##number PLUGIN_KEPT_ = ((call), true);
#else
#define PLUGIN_STATIC_ASSERT_ _Static_assert
#define PLUGIN_WHEN_LOADED_(number, call)                                                          \
    __attribute__((constructor)) static void plugin_init_start_##number(void)                      \
    {                                                                                              \
        call;                                                                                      \
    }
#endif

#ifdef __cplusplus
}
#endif

#endif

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
    PLUGIN_CRASHED,        /* an isolated plugin died during the call */
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

/* How to open a plugin. Set size to sizeof(struct plugin_options) and the rest to zero; a later
 * library takes a shorter struct of an earlier header. What this version cannot do is refused with
 * PLUGIN_UNSUPPORTED, never ignored. */
struct plugin_options {
    size_t size;                     /* sizeof(struct plugin_options), in bytes */
    enum plugin_placement placement; /* where the code shall run */
    bool strict;                     /* Go's rule: shared packages from equal sources */
    bool verify;                     /* compare the whole file with the content hash in its stamp */
    const char *const *search;       /* absolute directories for a name without '/', ended by NULL;
                                        read during the call only */
    const struct plugin_trust *trust; /* who may be opened; NULL: anyone */
    unsigned timeout_ms;              /* isolated: time limit of one call, in milliseconds */
};

/* Opens the plugin at this path, which is relative to the working directory as every path is, and
 * is never searched for. Opening the same file again, by whatever path, symbolic or hard link,
 * returns the same pointer; a thread that opens a plugin while another does waits for it.
 * Returns: the plugin, or NULL with the error set. A refusal before any of the plugin's code ran
 * leaves nothing behind, and may be retried. */
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
 * set, when there is no memory for it. */
PLUGIN_API const char *plugin_symbol_decl(const plugin_symbol *symbol);

/* The symbol after this one in the order of names (bytes, as strcmp); NULL starts.
 * Returns: the next symbol, or NULL after the last one, which is no error. */
PLUGIN_API const plugin_symbol *plugin_next(plugin *p, const plugin_symbol *after);

/* The absolute path that the plugin was opened from, without symbolic links. NULL for NULL. */
PLUGIN_API const char *plugin_path(const plugin *p);

/* The whole text of this thread's last failure, "" if there was none. Calls that succeed leave it.
 * Control characters in names and paths are escaped. Valid until this thread's next failure. */
PLUGIN_API const char *plugin_error(void);

/* The kind of this thread's last failure; PLUGIN_OK if there was none. */
PLUGIN_API enum plugin_code plugin_error_code(void);

/* From here on, every plugin that is not open yet is refused with PLUGIN_SEALED. There is no way
 * back. */
PLUGIN_API void plugin_seal(void);

#ifdef __cplusplus
}
#endif

#endif

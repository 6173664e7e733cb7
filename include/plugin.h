/* SPDX-License-Identifier: MIT */
/* plugin.h - Go's package plugin, for C: build a plugin, open it, look up a symbol, use it with its
 * real type.
 *
 *     plugin *p = plugin_open("plugin_name.so");
 *     int *v = plugin_as(plugin_lookup(p, "V"), int *);
 *     void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
 *
 * The library judges a plugin from its bytes, before any of the plugin's code runs.
 *
 * Errors: a function that fails returns NULL; plugin_error() then says what was tried, on what, and
 * why it failed. The library never prints, exits or aborts.
 * Threads: any thread may call any function at any time. Only plugin_find, plugin_symbol_at,
 * plugin_symbol_name, plugin_path and plugin_info are async-signal-safe, and plugin_address of what
 * plugin_symbol_at returned.
 * Ownership: the library owns everything that it returns. Pointers stay valid until the process
 * ends, unless the function says otherwise; the caller frees nothing.
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLUGIN_API __attribute__((visibility("default")))

/* An opened plugin. There is no close: other code may still point into the plugin. */
typedef struct plugin plugin;

/* An exported function or variable of a plugin, with its type. */
typedef struct plugin_symbol plugin_symbol;

enum plugin_code {
    PLUGIN_OK = 0,         /* no call has failed in this thread */
    PLUGIN_NOT_FOUND,      /* the file does not exist or cannot be read */
    PLUGIN_NOT_PLUGIN,     /* the file is not a plugin, is not stamped, or is damaged */
    PLUGIN_MISFIT,         /* something that the plugin needs is missing or has a different type */
    PLUGIN_NO_SYMBOL,      /* the plugin exports no symbol of this name */
    PLUGIN_WRONG_TYPE,     /* the symbol has a different type than requested */
    PLUGIN_INIT_FAILED,    /* an init failed, or it opens the plugin that waits for it */
    PLUGIN_ALREADY_LOADED, /* a copy of this plugin is open under another path, or the file that was
                              opened by this path was replaced since; see plugin_retire */
    PLUGIN_UNTRUSTED,      /* the trust policy, or options.content, does not allow this file */
    PLUGIN_CRASHED,        /* a Go function panicked, or the process of an isolated plugin ended */
    PLUGIN_TIMEOUT,        /* an isolated plugin exceeded its time limit */
    PLUGIN_SEALED,         /* plugin_seal() was called */
    PLUGIN_UNSUPPORTED,    /* this version or build of the library cannot do it */
    PLUGIN_NO_MEMORY,      /* out of memory */
    PLUGIN_SYSTEM          /* a system call failed; the text names the call and the reason */
};

/* Where a plugin's code runs. */
enum plugin_placement {
    PLUGIN_ANY = 0,    /* built in if the program has such a plugin, else in process */
    PLUGIN_IN_PROCESS, /* mapped into this process: a call is a plain call */
    PLUGIN_BUILT_IN,   /* linked into the program */
    PLUGIN_ISOLATED    /* in a process of its own, see "isolated plugins" below */
};

/* A trust policy: which files may be opened. Every member that is set must hold, but of keys and
 * hashes, one is enough. A zero member demands nothing; at least one of keys, hashes and
 * check_place must be set. The library copies a file to sealed memory before it checks it, and maps
 * that copy. The policy is read only during the call. */
struct plugin_trust {
    size_t size;             /* sizeof(struct plugin_trust), in bytes */
    const char *const *keys; /* public keys of minisign ("RW..."), ended by NULL: FILE.minisig must
                                hold a signature of FILE by one of them */
    const char *const *hashes; /* SHA-256 of whole files, in hexadecimal, ended by NULL: a file with
                                  one of these hashes needs no signature */
    unsigned long long least_version; /* the lowest N that is accepted as "version:N" in the
                                         signature's trusted comment; 0: no version is needed */
    bool check_place; /* root or `owner` must own the file and each directory above it, and their
                         modes must have no bit of `forbidden_mode` */
    unsigned owner;   /* a user ID */
    unsigned forbidden_mode;      /* such as 022: writable by the group or by others */
    const char *const *libraries; /* names (DT_NEEDED) of the libraries that the plugin may load,
                                     ended by NULL; the same policy applies to them. NULL: none */
};

/* A symbol that the host expects of a plugin; an array of them ends with one whose name is NULL.
 * The names are known at run time only; see PLUGIN_EXPECT. */
struct plugin_expect {
    const char *name;
    const void *probe; /* of PLUGIN_EXPECT, which records the type */
};

/* What isolates the process of an isolated plugin from the host and the system. */
enum plugin_isolation_part {
    PLUGIN_ISOLATION_NO_NEW_PRIVILEGES = 1 << 0, /* no program that it could run gives it more */
    PLUGIN_ISOLATION_SYSTEM_CALLS = 1 << 1,      /* it makes those of a list; any other ends it */
    PLUGIN_ISOLATION_FILES = 1 << 2,        /* it opens the system's libraries and read_only, to
                                               read, and nothing else; it may see that a file exists */
    PLUGIN_ISOLATION_CAPABILITIES = 1 << 3, /* it has none, and is not the user root */
    PLUGIN_ISOLATION_NAMESPACES = 1 << 4,   /* it has namespaces of its own: users, IPC, UTS */
    PLUGIN_ISOLATION_NETWORK = 1 << 5,      /* likewise of the network, with nothing in it */
    PLUGIN_ISOLATION_MEMORY = 1 << 6,       /* its private memory is limited */
    PLUGIN_ISOLATION_NO_NEW_CODE = 1 << 7,  /* once it is open, no memory becomes executable */
    PLUGIN_ISOLATION_PROCESSES = 1 << 8, /* it has a namespace of processes: it can name no other */
    PLUGIN_ISOLATION_GROUP = 1 << 9, /* all memory that it fills is limited, by a control group */
    PLUGIN_ISOLATION_ROOT = 1 << 10  /* it has a root directory of its own, and does not see that
                                        other files than these exist */
};

/* The sandbox of an isolated plugin. Set size to sizeof(struct plugin_isolation) and the rest to
 * zero. It is read only during the call. */
struct plugin_isolation {
    size_t size;                  /* sizeof(struct plugin_isolation), in bytes */
    size_t memory;                /* the limit of its private memory, in bytes; 0: none */
    const char *const *read_only; /* absolute paths of files that it may read, and of directories
                                     with all that is beneath them, ended by NULL; NULL: none */
    unsigned require; /* enum plugin_isolation_part, ored: where one of these does not hold, the
                         open is refused. 0: what this system has is enough */
    int input, output, error; /* its standard streams: descriptors, which the library duplicates;
                                 -1: /dev/null. 0: its input is /dev/null, and output and error
                                 are those of this process */
};

/* How to open a plugin. Set size to sizeof(struct plugin_options) and the rest to zero. A library
 * accepts the shorter struct of an earlier header. It refuses what it does not support with
 * PLUGIN_UNSUPPORTED and never ignores it. */
struct plugin_options {
    size_t size;                     /* sizeof(struct plugin_options), in bytes */
    enum plugin_placement placement; /* where the plugin's code runs */
    bool strict;                     /* Go's rule: shared packages must have equal sources; and
                                        types must be equal as in C */
    bool verify;                     /* compare what is loaded with the content hash in the stamp */
    const char *const *search;       /* absolute directories to search for a path without '/', ended
                                        by NULL; read only during the call */
    const struct plugin_trust *trust; /* the trust policy; NULL: none */
    unsigned timeout_ms;   /* isolated: the limit of a call, and of the start and the end of its
                              process, in milliseconds; 0: none, but 5,000 of the end */
    const char *go_bridge; /* path of the bridge to Go plugins, or several, separated by colons;
                              NULL: the default, see "Go plugins" below; read only during the
                              call */
    bool allow_executable_stack; /* open a plugin, or a library of it, that needs an executable
                                    stack: the dynamic loader makes the stacks of all threads
                                    executable */
    const struct plugin_expect *expect; /* symbols that the plugin must export with these types, in
                                           addition to an interface; NULL: none. Read only during
                                           the call */
    bool is_global;                     /* offer its symbols, and those of its libraries, to plugins
                                           that are opened later: they may import them. A name that
                                           the program, its libraries or an earlier global plugin
                                           defines stays theirs. Not for built-in and Go plugins */
    bool allow_unstamped;               /* open a shared library without a stamp, too, as dlopen
                                           would: its libraries and the names that it needs are
                                           judged, types are not. Not with strict, verify or trust */
    const char *content; /* the SHA-256 of the file, in hexadecimal, as plugin_file_content gives
                            it: a file of other bytes is refused with PLUGIN_UNTRUSTED. NULL: any
                            bytes. Read only during the call; needs libsodium. Not for built-in
                            plugins, which are no files */
    const struct plugin_isolation *isolation; /* isolated: the sandbox; NULL: the defaults */
    bool has_no_types; /* isolated: this program has no types of its own, but takes them, and the
                          marks of isolated plugins, from the plugin's stamp: an interpreter. So
                          the plugin decides how much of what it is passed crosses: pass it only
                          memory with 8 MiB behind it that hold nothing else */
};

/* Opens the plugin at path, which is relative to the working directory and never searched for. A
 * built-in plugin of that file name comes first, in whatever directory the path says. Opening the
 * same file again, through any path, symbolic link or hard link, returns the same plugin. A thread
 * waits while another one opens the same plugin. If the file was replaced by another one since it
 * was opened, fails with PLUGIN_ALREADY_LOADED until plugin_retire; if by the same bytes, the
 * plugin is still the same. Returns the plugin, or NULL with the error set. A refusal before any of
 * the plugin's code has run leaves nothing behind, and the call may be repeated. */
PLUGIN_API plugin *plugin_open(const char *path);

/* plugin_open with options; NULL options mean plugin_open. With options->search, a path without '/'
 * is searched for in these directories, in order, and nowhere else. */
PLUGIN_API plugin *plugin_open_with(const char *path, const struct plugin_options *options);

/* ---- interfaces ----
 *
 * An interface is what a host expects of its plugins: a struct of pointers, one for each symbol, in
 * the header that host and plugins share. A member is named after its symbol and points to the
 * symbol's type: a function, a variable's type, an array `int (*table)[4]`.
 *
 *     struct filter {
 *         bool (*filter_line)(struct line *);
 *         int *filter_level;
 *     };
 *
 *     struct filter f;
 *     plugin *p = plugin_open_as("upper.so", &f);
 *
 * These take a pointer to such a struct, T *filled, and fill it with the plugin's addresses. The
 * types must agree by the rules of plugin_as. All that is missing or has another type is told at
 * once: PLUGIN_MISFIT. A thread-local variable is a misfit: its address differs from thread to
 * thread. Repeated at the same place for the same plugin, filling the struct costs a copy. On
 * failure every member is NULL. PLUGIN_UNSUPPORTED if the calling module is not stamped or was
 * compiled without -g.
 */

/* Opens a plugin that meets the interface, which is judged before any of the plugin's code runs.
 * Otherwise as plugin_open. */
#define plugin_open_as(path, ...)                                                                  \
    plugin_open_as_with(path, (const struct plugin_options *)0, __VA_ARGS__)

/* The same, with options, as plugin_open_with. */
#define plugin_open_as_with(path, options, ...)                                                    \
    __extension__({                                                                                \
        PLUGIN_INTERFACE_(__VA_ARGS__)                                                             \
        plugin_open_as_(path, options, &plugin_interface_, &plugin_seen_, plugin_filled_,          \
                        sizeof *plugin_filled_);                                                   \
    })

/* Fills the interface from an open plugin: bool. A host that knows two versions of an interface
 * tries one after the other. For a NULL plugin, false, and the error is kept. */
#define plugin_bind(p, ...)                                                                        \
    __extension__({                                                                                \
        PLUGIN_INTERFACE_(__VA_ARGS__)                                                             \
        plugin_bind_(p, &plugin_interface_, &plugin_seen_, plugin_filled_,                         \
                     sizeof *plugin_filled_);                                                      \
    })

/* The member of interface T may be missing from a plugin; it is then NULL. At file scope. */
#define PLUGIN_OPTIONAL(T, member)          PLUGIN_OPTIONAL_(T, member, __COUNTER__)
#define PLUGIN_OPTIONAL_(T, member, number) PLUGIN_OPTIONAL_AS_(T, member, number)
#define PLUGIN_OPTIONAL_AS_(T, member, number)                                                     \
    static PLUGIN_MEMBER_(T, member, plugin_optional_##number) PLUGIN_KEPT_ = 0

/* The member of interface T is the symbol of this name, a string literal: for names that are no
 * identifiers, keywords or macros. At file scope. */
#define PLUGIN_NAMED(T, member, symbol)          PLUGIN_NAMED_(T, member, symbol, __COUNTER__)
#define PLUGIN_NAMED_(T, member, symbol, number) PLUGIN_NAMED_AS_(T, member, symbol, number)
#define PLUGIN_NAMED_AS_(T, member, symbol, number)                                                \
    static const struct {                                                                          \
        char name[sizeof "" symbol];                                                               \
        PLUGIN_MEMBER_(T, member, of);                                                             \
    } plugin_named_##number PLUGIN_KEPT_ = {"" symbol, 0};                                         \
    PLUGIN_SYMBOL_NAME_(symbol)

/* In a plugin, at file scope: the plugin meets interface T. `plugin stamp` refuses it if it does
 * not, and says why. */
#define PLUGIN_IMPLEMENTS(...)          PLUGIN_IMPLEMENTS_(__COUNTER__, __VA_ARGS__)
#define PLUGIN_IMPLEMENTS_(number, ...) PLUGIN_IMPLEMENTS_AS_(number, __VA_ARGS__)
#define PLUGIN_IMPLEMENTS_AS_(number, ...)                                                         \
    PLUGIN_STATIC_ASSERT_(sizeof(__VA_ARGS__) > 0, "the interface is incomplete");                 \
    static __VA_ARGS__ *const plugin_implements_##number PLUGIN_KEPT_ = 0

/* The host expects each plugin to export a symbol of this name, a string literal, and type, the
 * symbol's own: PLUGIN_EXPECTS("ngx_modules", ngx_module_t *[]). All of a module are one interface,
 * by which `plugin check` judges. At file scope. With _OPTIONAL, the symbol may be missing. */
#define PLUGIN_EXPECTS(symbol, ...)                                                                \
    PLUGIN_EXPECTS_(plugin_expects_, __COUNTER__, symbol, __VA_ARGS__)
#define PLUGIN_EXPECTS_OPTIONAL(symbol, ...)                                                       \
    PLUGIN_EXPECTS_(plugin_expects_optional_, __COUNTER__, symbol, __VA_ARGS__)
#define PLUGIN_EXPECTS_(prefix, number, symbol, ...)                                               \
    PLUGIN_EXPECTS_AS_(prefix, number, symbol, __VA_ARGS__)
#define PLUGIN_EXPECTS_AS_(prefix, number, symbol, ...)                                            \
    static const struct {                                                                          \
        char name[sizeof "" symbol];                                                               \
        __typeof__(__VA_ARGS__) *type;                                                             \
    } prefix##number PLUGIN_KEPT_ = {"" symbol, 0};                                                \
    PLUGIN_SYMBOL_NAME_(symbol)

/* An entry of options.expect, in an automatic array: a symbol of this name, which need not be a
 * constant, and of this type, the symbol's own. */
#define PLUGIN_EXPECT(name, ...)                                                                   \
    {                                                                                              \
        (name), __extension__({                                                                    \
            static __typeof__(__typeof__(__VA_ARGS__) *) *const plugin_probe_ PLUGIN_PROBE_ = 0;   \
            const void *plugin_address_ = &plugin_probe_;                                          \
            /* clang does not describe the variables of an array that it takes for a constant. */  \
            __asm__("" : "+r"(plugin_address_));                                                   \
            plugin_address_;                                                                       \
        })                                                                                         \
    }

/* What the macros above record. plugin_seen_ caches what the struct was filled with last. The dots
 * are one expression, which may contain commas within braces or the arguments of a template. */
#define PLUGIN_INTERFACE_(...)                                                                     \
    __typeof__(*(__VA_ARGS__)) *const plugin_filled_ = __VA_ARGS__;                                \
    static __typeof__(*(__VA_ARGS__)) *const plugin_interface_ PLUGIN_PROBE_ = 0;                  \
    static const void *plugin_seen_ = 0;                                                           \
    PLUGIN_STATIC_ASSERT_(PLUGIN_IS_STRUCT_(*plugin_filled_),                                      \
                          "an interface is a struct of pointers; pass its address");
/* The names end at their NUL, and __builtin_strlen there. */
#define PLUGIN_SYMBOL_NAME_(symbol)                                                                \
    PLUGIN_STATIC_ASSERT_(sizeof "" symbol > 1 &&                                                  \
                              __builtin_strlen("" symbol) == sizeof "" symbol - 1,                 \
                          "the symbol has no name, or a NUL in it")
/* The member's place is the number of elements, less one. */
#define PLUGIN_MEMBER_(T, member, name) void (*const name)(T *, char(*)[offsetof(T, member) + 1])

#ifdef __cplusplus
#define PLUGIN_IS_STRUCT_(object) __is_class(__typeof__(object))
#else
#define PLUGIN_IS_STRUCT_(object)                                                                  \
    (__builtin_classify_type(object) == 12 /* record_type_class of gcc's typeclass.h */)
#endif

/* Internal: only the macros above call these. */
PLUGIN_API plugin *plugin_open_as_(const char *path, const struct plugin_options *options,
                                   const void *probe, const void **seen, void *filled, size_t size);
PLUGIN_API bool plugin_bind_(plugin *p, const void *probe, const void **seen, void *filled,
                             size_t size);

/* ---- growth ----
 *
 * A struct or enum that host and plugins share cannot change without a misfit, unless the host's
 * maintainer promises how. A promise stands at file scope in the shared header, and is one to keep:
 * nothing checks the code that reads or writes the type. Without one on each side, or with two
 * different ones, the type must be the same.
 *
 * A struct grows at its end: new members begin at or behind its former sizeof, and none is changed,
 * moved or removed. It is standard layout, without bases, a union, a bit-field, or an array of
 * none, one or no fixed number of elements at its end, and code reaches it through pointers only.
 * Where host and plugin know different lengths, a plugin that has an object of the struct may be
 * refused: a variable, parameter, result, member, base or element of an array. These are found in
 * the debug information, which does not tell of memory of malloc, of compound literals and
 * temporaries, of pointers used as arrays, and of code without -g: do not copy the struct there. */

/* The host makes every object of T. A plugin that knows fewer members fits. One that knows more
 * needs what this host does not have, and one that has an object of another length would overrun
 * the host's, or the host its: both are misfits. So is an array of the host's. Of an enum T:
 * whoever receives a value handles those that it does not know; enumerators may be added, and keep
 * their values. */
#define PLUGIN_GROWS(T)          PLUGIN_GROWS_(T, __COUNTER__)
#define PLUGIN_GROWS_(T, number) PLUGIN_GROWS_AS_(T, number)
#define PLUGIN_GROWS_AS_(T, number)                                                                \
    PLUGIN_CAN_GROW_(T);                                                                           \
    static T *const plugin_grows_##number PLUGIN_PROMISE_ = 0

/* Who makes an object of T sets this unsigned member to the size that it knows. All others read and
 * write only what plugin_has tells to be there; who copies sets the copy's size to what it copied,
 * and nobody assigns whole structs. Either side may know more; none has an array of T. */
#define PLUGIN_GROWS_SIZED(T, member)                                                              \
    PLUGIN_GROWS_BY_(T, member, plugin_grows_sized_, __COUNTER__);                                 \
    PLUGIN_STATIC_ASSERT_(PLUGIN_CAST_(T, member, -1) / 2 > 0,                                     \
                          "the size of a struct that grows is an unsigned integer")

/* The same with a version: who makes an object sets this integer member to the version that it
 * knows, and all others use only the members that this version has. */
#define PLUGIN_GROWS_VERSIONED(T, member)                                                          \
    PLUGIN_GROWS_BY_(T, member, plugin_grows_versioned_, __COUNTER__);                             \
    PLUGIN_STATIC_ASSERT_(PLUGIN_CAST_(T, member, 3) / 2 == 1,                                     \
                          "the version of a struct that grows is an integer")

/* PLUGIN_GROWS of an enum whose enumerator of this name, a sentinel such as EVENT_COUNT, may change
 * its value: it is no event, and sizes no array that host and plugins share. */
#define PLUGIN_GROWS_UNTIL(T, enumerator)          PLUGIN_GROWS_UNTIL_(T, #enumerator, __COUNTER__)
#define PLUGIN_GROWS_UNTIL_(T, enumerator, number) PLUGIN_GROWS_UNTIL_AS_(T, enumerator, number)
#define PLUGIN_GROWS_UNTIL_AS_(T, enumerator, number)                                              \
    PLUGIN_CAN_GROW_(T);                                                                           \
    static const struct {                                                                          \
        char name[sizeof enumerator];                                                              \
        T *of;                                                                                     \
    } plugin_grows_until_##number PLUGIN_PROMISE_ = {enumerator, 0}

/* The struct or union `own`, which is complete here, is what others call `outside`: the types agree
 * if the members do. `outside` need not be declared. For a public header that has another tag for a
 * struct than its implementation. An alias of an alias is none. */
#define PLUGIN_ALIAS(own, outside)          PLUGIN_ALIAS_(own, outside, __COUNTER__)
#define PLUGIN_ALIAS_(own, outside, number) PLUGIN_ALIAS_AS_(own, outside, number)
#define PLUGIN_ALIAS_AS_(own, outside, number)                                                     \
    PLUGIN_STATIC_ASSERT_(sizeof(own) > 0, "the type of an alias is incomplete");                  \
    static const struct {                                                                          \
        own *of;                                                                                   \
        outside *as;                                                                               \
    } plugin_alias_##number PLUGIN_PROMISE_ = {0, 0}

/* Does the object of a PLUGIN_GROWS_SIZED struct reach to the end of the member? Reads its size
 * from the member `size`, or of the name that is the third argument. Evaluates the pointer once.
 * Use the object by pointers: of a C++ reference, or `this`, compilers may read the whole object.
 */
#define plugin_has(pointer, ...) PLUGIN_HAS_(pointer, __VA_ARGS__, size, )
#define PLUGIN_HAS_(pointer, member, length, ...)                                                  \
    __extension__({                                                                                \
        __typeof__(*(pointer)) *const plugin_object_ = (pointer);                                  \
        (bool)(plugin_object_->length >=                                                           \
               offsetof(__typeof__(*plugin_object_), member) + sizeof plugin_object_->member);     \
    })

/* What the macros above record, and assert. */
#define PLUGIN_GROWS_BY_(T, member, prefix, number) PLUGIN_GROWS_BY_AS_(T, member, prefix, number)
#define PLUGIN_GROWS_BY_AS_(T, member, prefix, number)                                             \
    PLUGIN_CAN_GROW_(T);                                                                           \
    static PLUGIN_MEMBER_(T, member, prefix##number) PLUGIN_PROMISE_ = 0
#ifdef __cplusplus
#define PLUGIN_CAN_GROW_(T)                                                                        \
    static_assert(__is_enum(T) || (__is_class(T) && __is_standard_layout(T)),                      \
                  "what grows is an enum, or a struct of standard layout")
#define PLUGIN_CAST_(T, member, value) (decltype(plugin_unqualified_(((T *)0)->member))(value))
extern "C++" {
template <typename Type> Type plugin_unqualified_(Type);
}
#else
#define PLUGIN_CAN_GROW_(T)            _Static_assert(sizeof(T) > 0, "what grows is complete and not empty")
#define PLUGIN_CAST_(T, member, value) ((__typeof__(((T *)0)->member))(value))
#endif

/* ---- symbols ---- */

/* Looks up an exported function or variable by name. Takes no lock.
 * Returns the symbol, or NULL with the error set: PLUGIN_NO_SYMBOL, whose text suggests similar
 * names. For a NULL plugin, returns NULL and keeps the error, so that calls chain. */
PLUGIN_API const plugin_symbol *plugin_lookup(plugin *p, const char *name);

/* The same, but returns NULL without an error if the plugin exports no symbol of this name. */
PLUGIN_API const plugin_symbol *plugin_find_symbol(plugin *p, const char *name);

/* Returns the program itself, to look up what it exports, or to bind an interface; NULL with the
 * error set if it is not stamped or cannot be read. */
PLUGIN_API plugin *plugin_program(void);

/* Converts a symbol to a pointer of this type: plugin_as(symbol, int *) for a variable `int V`,
 * plugin_as(symbol, void (*)(void)) for a function. The types must agree by the rules of C11 6.2.7,
 * applied to machine types, or as plugin_as(3) and plugin_grows(7) allow; the pointer's target may
 * have more qualifiers than the variable.
 * Returns the pointer, or NULL with the error set: PLUGIN_WRONG_TYPE, whose text shows both types
 * and where they differ; PLUGIN_UNSUPPORTED if the calling module is not stamped or was compiled
 * without -g. For a NULL symbol, returns NULL and keeps the error. The address of a thread-local
 * variable is that of the calling thread, and is valid until that thread ends. A repeated call at
 * the same place for the same symbol costs one comparison.
 *
 * How it works: `plugin stamp` finds the probe in the debug information and records its type.
 * plugin_seen_ caches the last symbol whose type agreed. The dots are the type, which may contain
 * commas. */
#define plugin_as(symbol, ...)                                                                     \
    __extension__({                                                                                \
        static __typeof__(__VA_ARGS__) *const plugin_probe_ PLUGIN_PROBE_ = 0;                     \
        PLUGIN_STATIC_ASSERT_(PLUGIN_IS_POINTER_(__VA_ARGS__), "plugin_as needs a pointer type");  \
        static const void *plugin_seen_ = &plugin_seen_;                                           \
        const plugin_symbol *const plugin_symbol_ = (symbol);                                      \
        (__VA_ARGS__)(__atomic_load_n(&plugin_seen_, __ATOMIC_RELAXED) ==                          \
                              (const void *)plugin_symbol_                                         \
                          ? *(void *const *)(const void *)plugin_symbol_                           \
                          : plugin_assert_(plugin_symbol_, &plugin_probe_, &plugin_seen_));        \
    })

/* Is the type a pointer? In C, arrays and functions become pointers in an expression, so that their
 * type is another one there. */
#ifdef __cplusplus
extern "C++" {
template <typename> struct plugin_is_pointer_ {
    static const bool value = false;
};
template <typename Target> struct plugin_is_pointer_<Target *> {
    static const bool value = true;
};
template <typename Type> struct plugin_is_pointer_<const Type> : plugin_is_pointer_<Type> {
};
template <typename Type> struct plugin_is_pointer_<volatile Type> : plugin_is_pointer_<Type> {
};
template <typename Type> struct plugin_is_pointer_<const volatile Type> : plugin_is_pointer_<Type> {
};
}
#define PLUGIN_IS_POINTER_(...) plugin_is_pointer_<__VA_ARGS__>::value
#else
#define PLUGIN_IS_POINTER_(...)                                                                    \
    (__builtin_classify_type(*plugin_probe_) == 5 /* pointer_type_class of gcc's typeclass.h */ && \
     __builtin_types_compatible_p(__typeof__(*plugin_probe_),                                      \
                                  __typeof__(1 ? *plugin_probe_ : *plugin_probe_)))
#endif

/* The section lets `plugin stamp` count the probes and detect one without debug information. g++
 * does not allow variables of inline and of other functions in one section: not in C++. */
#ifdef __cplusplus
#define PLUGIN_PROBE_ __attribute__((used))
#else
#define PLUGIN_PROBE_ __attribute__((section("plugin_probes"), used))
#endif

/* Internal: only plugin_as calls it. plugin_as reads the address of a symbol from the first member
 * of plugin_symbol. */
PLUGIN_API void *plugin_assert_(const plugin_symbol *symbol, const void *probe, const void **seen);

/* Returns the symbol's address without a type check, as dlsym does; for a thread-local variable,
 * the calling thread's. NULL for a symbol without a form in C of an isolated Go plugin. For a NULL
 * symbol, returns NULL and keeps the error. */
PLUGIN_API void *plugin_address(const plugin_symbol *symbol);

/* Returns the symbol's name; NULL for a NULL symbol. */
PLUGIN_API const char *plugin_symbol_name(const plugin_symbol *symbol);

/* Returns the symbol's declaration in C, without the semicolon: "int V", "double area(const struct
 * shape *s)"; the name alone if no type was recorded. Returns NULL for a NULL symbol. Returns NULL
 * with the error set if memory runs out, or if the plugin's file was modified after the open. */
PLUGIN_API const char *plugin_symbol_decl(const plugin_symbol *symbol);

/* Iterates over the symbols in the order of their names, by strcmp. NULL starts the iteration.
 * Returns the symbol after this one, or NULL, without an error, after the last one. */
PLUGIN_API const plugin_symbol *plugin_next(plugin *p, const plugin_symbol *after);

/* Returns the absolute path that the plugin was opened from, without symbolic links; for a built-in
 * plugin, its name; for NULL, NULL. */
PLUGIN_API const char *plugin_path(const plugin *p);

/* Returns the value of the plugin's first PLUGIN_INFO with this key; NULL if there is none, or for
 * NULL. Async-signal-safe. */
PLUGIN_API const char *plugin_info(const plugin *p, const char *key);

/* Returns the plugin whose code or data is at this address, retired or not, from its constructors'
 * end on; NULL if that is nobody's: of the program and its built-in plugins, of a library, of the
 * heap, a stack or a thread-local variable. Takes no lock, and is async-signal-safe: a crash report
 * can name the plugin, also while other threads open more. */
PLUGIN_API plugin *plugin_find(const void *address);

/* Returns the exported function or variable with the highest address that is not above this one,
 * which is in this plugin; NULL if there is none. The address may be behind the symbol's end, in a
 * function that is not exported. Async-signal-safe; looks at every symbol. */
PLUGIN_API const plugin_symbol *plugin_symbol_at(plugin *p, const void *address);

/* Returns the text of this thread's last failure, "" if there was none; valid until this thread's
 * next failure or its end. Calls that succeed do not change it. Control characters in names and
 * paths are escaped. */
PLUGIN_API const char *plugin_error(void);

/* Returns the same in one line that stands alone, for hosts that show one line: of a misfit, the
 * plugin, the host, the first reason, and how many more there are. Never has a newline. */
PLUGIN_API const char *plugin_error_line(void);

/* Returns the kind of this thread's last failure; PLUGIN_OK if there was none. */
PLUGIN_API enum plugin_code plugin_error_code(void);

/* Clears this thread's last failure. Afterwards plugin_error_code() tells whether a call has
 * failed, such as one of a Go function. */
PLUGIN_API void plugin_error_clear(void);

/* Refuses every plugin that is not open yet with PLUGIN_SEALED, from now until the process ends. */
PLUGIN_API void plugin_seal(void);

/* ---- before an open: examine and scan ---- */

/* A file that was examined, and not loaded. The caller owns it. What the functions below return is
 * the file's, and valid until plugin_file_free. Several threads may use one file at once. */
typedef struct plugin_file plugin_file;

/* Reads a plugin's file as plugin_open_with(path, options) would, and judges it for this process.
 * Runs nothing of it, loads neither it nor its libraries nor a bridge to Go, and changes nothing:
 * the verdict is that of this moment. A built-in plugin of that name is not looked for.
 * Returns the file, fit or not; NULL with the error set if it is not a plugin: the text says what
 * it is. Under a trust policy, a file that it does not allow gives PLUGIN_UNTRUSTED, and none of
 * its bytes is interpreted. */
PLUGIN_API plugin_file *plugin_examine(const char *path, const struct plugin_options *options);

/* Frees a file, or NULL. */
PLUGIN_API void plugin_file_free(plugin_file *file);

/* Does the plugin fit this process, so that plugin_open_with would succeed, up to the plugin's own
 * constructors and inits? An older file of its path, or a copy, may be open; plugin_retire makes
 * room. If not, returns false with the error that the open would set: of a misfit, every reason.
 * False for NULL, and the error is kept. */
PLUGIN_API bool plugin_file_fits(const plugin_file *file);

/* The same for plugin_open_as_with(path, options, T *): the plugin fits, and meets interface T. If
 * not, the error has the reasons of both. */
#define plugin_file_meets(file, ...)                                                               \
    __extension__({                                                                                \
        static __typeof__(__VA_ARGS__) *const plugin_interface_ PLUGIN_PROBE_ = 0;                 \
        PLUGIN_STATIC_ASSERT_(PLUGIN_IS_STRUCT_(*plugin_interface_),                               \
                              "an interface is a struct of pointers");                             \
        plugin_file_meets_(file, &plugin_interface_, sizeof *plugin_interface_);                   \
    })

/* Returns the absolute path, without symbolic links. */
PLUGIN_API const char *plugin_file_path(const plugin_file *file);

/* Returns the SHA-256 of the file's bytes, for options.content: 64 hexadecimal digits. Reads the
 * whole file the first time; needs libsodium. If that fails, or the file was changed since it was
 * examined, returns "" with the error set: options.content never agrees with that. */
PLUGIN_API const char *plugin_file_content(const plugin_file *file);

/* Returns the value of the first PLUGIN_INFO with this key; NULL if there is none. */
PLUGIN_API const char *plugin_file_info(const plugin_file *file, const char *key);

/* Returns the key of PLUGIN_INFO number `index`, from 0, and sets *value; NULL after the last one.
 */
PLUGIN_API const char *plugin_file_info_at(const plugin_file *file, size_t index,
                                           const char **value);

/* Iterate over names in the order of strcmp: of the symbols that the plugin exports; of its
 * packages; of the functions and variables that it uses of other modules, its imports. NULL starts
 * the iteration. Return the first name after this one, which need not be one; NULL after the last.
 */
PLUGIN_API const char *plugin_file_next(const plugin_file *file, const char *after);
PLUGIN_API const char *plugin_file_next_package(const plugin_file *file, const char *after);
PLUGIN_API const char *plugin_file_next_import(const plugin_file *file, const char *after);

/* Returns the declaration of the symbol or import of this name as plugin_symbol_decl does; NULL if
 * there is none, or with the error set if its types cannot be read. Of an import that the plugin
 * declares in several ways, the first. */
PLUGIN_API const char *plugin_file_decl(const plugin_file *file, const char *symbol);

/* Examines every file of a directory, in the order of names by strcmp, but hidden ones, whose names
 * start with a dot. Calls `each` with the path, DIRECTORY/NAME, and the examined file, which is
 * freed afterwards; with NULL for what is not a plugin, and plugin_error() says what it is. The
 * scan ends when `each` returns false. Returns true; false with the error set if the directory or
 * the options cannot be read. */
PLUGIN_API bool plugin_scan(const char *directory, const struct plugin_options *options,
                            bool (*each)(void *context, const char *path, const plugin_file *file),
                            void *context);

/* Internal: only the macro above calls it. */
PLUGIN_API bool plugin_file_meets_(const plugin_file *file, const void *probe, size_t size);

/* ---- after an open: upgrade while running ---- */

/* Is the file at the plugin's path still of the content that is open? A file that was touched,
 * renamed over by its own copy, or stripped is. Returns false with the error set, as plugin_open of
 * the path would set it, if the file is gone, is no plugin or another one; false for NULL. True for
 * a built-in plugin. */
PLUGIN_API bool plugin_is_current(const plugin *p);

/* Retires a plugin: from the start of the call on, no open finds it. An open of its path opens the
 * file that is there now, and runs its inits, also if it is the same file again. Then runs the
 * PLUGIN_RETIRE blocks, once, in the reverse order of inits, in the calling thread, without a lock;
 * of an isolated plugin, in its process, which then ends as by plugin_stop.
 * Waits for nobody: old code and data stay in memory, and all pointers and symbols stay valid, for
 * ever. The live copies of packages stay with the plugin that carries them, and are not retired: a
 * new version must agree with them.
 * Replace a file by rename(2): writing into a file that is mapped changes or crashes its code.
 * Returns true, also if it was retired before. False with the error set: PLUGIN_UNSUPPORTED for a
 * built-in plugin, a Go plugin that is not isolated, the program, and a plugin that is still being
 * opened, which an init may have from plugin_find; PLUGIN_NO_MEMORY. PLUGIN_TIMEOUT and
 * PLUGIN_CRASHED: of an isolated plugin, which is retired, but whose process did not end by itself.
 * For NULL, false, and the error is kept. */
PLUGIN_API bool plugin_retire(plugin *p);

/* ---- isolated plugins ----
 *
 * With options.placement = PLUGIN_ISOLATED the code of a plugin runs in a process of its own, in a
 * sandbox, on Linux. The host uses its functions as those of any plugin: what a call takes and
 * returns is copied, by the types in the stamp. Whatever happens there is an error here: the call
 * returns zeroes, and plugin_error_code() is PLUGIN_CRASHED if the process crashed, ended or broke
 * a rule, PLUGIN_TIMEOUT if it exceeded options.timeout_ms and was killed. Zero may be a result, so
 * call plugin_error_clear first. Later calls fail likewise until plugin_restart.
 *
 * A variable without pointers is memory that both processes have, on whole pages: what one writes
 * the other sees. Its address stays the same over plugin_restart, which gives it its first value
 * again; until then it can be read and written even if the process has ended. Memory of
 * plugin_alloc is shared, too. A pointer into either crosses as itself, and nothing is copied: so
 * what it leads to may have no pointers in it, and may change at any time. Copy it before you
 * decide by it. Strings (const char *) are always copied; a `void *` of which nobody says how many
 * bytes it leads to stays opaque. A child of fork(2) has copies of its own.
 *
 * What a call returns by a pointer is valid until the same thread's next call of the plugin. What
 * cannot cross is told by the open, all at once, with what to do. plugin_isolated(7) has the rules.
 *
 * Functions may be passed both ways, and the plugin may import those of the host. They run on their
 * own side: a thread that waits for its call runs the host's functions that its call causes, which
 * may call the plugin again, 32 deep. What they are passed is valid until they return, what they
 * return until the plugin's next call as deep. Those that threads of the plugin's own call run on
 * one thread of the library, one after the other, all signals blocked; one that waits for a thread
 * that waits for the plugin waits until that one's limit. The clock of a limit stops in functions
 * of the host. Leaving one by longjmp, an exception or the end of its thread ends the process, as
 * what cannot cross does. A pointer to a function that the plugin passed fails with PLUGIN_CRASHED
 * once its process has ended; that it leads to a function of the plugin is the process's own
 * concern, so nobody checks it. Each side passes at most 1,024 functions until the process ends.
 *
 * Functions of packages that the host carries run in the host, too: of the plugin's own copy, none
 * does, and no init. Inits of the plugin may call the host, on the thread that opens or restarts
 * it; its constructors cannot.
 */

/* Ends the process of an isolated plugin, by exit(3): its atexit functions and destructors run, and
 * may not call the host. Calls that are under way fail at once, with PLUGIN_CRASHED, and it waits
 * until they have returned; later ones fail until plugin_restart. After options.timeout_ms, 5
 * seconds without one, the process is killed. Returns true; false with the error set:
 * PLUGIN_UNSUPPORTED for another plugin, and in a call of the plugin; PLUGIN_TIMEOUT if it was
 * killed, PLUGIN_CRASHED if it ended otherwise: then it has ended all the same. For NULL, false,
 * and the error is kept. */
PLUGIN_API bool plugin_stop(plugin *p);

/* Ends the process as plugin_stop does, if it runs, and starts another one, however it ended: its
 * constructors run again. The plugin, its symbols and the addresses of its functions stay the same.
 * In a child of fork(2), starts the child's own. Returns true; false with the error set, as an open
 * would, or as plugin_stop. */
PLUGIN_API bool plugin_restart(plugin *p);

/* Returns what isolates the process: enum plugin_isolation_part, ored. 0 if it is not isolated. */
PLUGIN_API unsigned plugin_isolation_report(const plugin *p);

/* The plugin may not give this object of the host back any more: a pointer that was passed to it as
 * `void *`, or to an incomplete type, or as PLUGIN_KEPT. Until then, or until the process ends, it
 * may. Returns false with the error set, PLUGIN_WRONG_TYPE, if the plugin has no such object. */
PLUGIN_API bool plugin_token_release(plugin *p, const void *object);

/* Returns zeroed memory, aligned to 16 bytes, that the host and an isolated plugin share: up to
 * 1 GiB a plugin. It stays valid over plugin_restart, until plugin_free; then no pointer to it
 * crosses any more. NULL with the error set, PLUGIN_NO_MEMORY, if there is none left. Of a plugin
 * that is not isolated, it is memory of calloc(3). For NULL, NULL, and the error is kept. */
PLUGIN_API void *plugin_alloc(plugin *p, size_t bytes);

/* Frees memory of plugin_alloc, of the same plugin; NULL is fine. If it is none, does nothing but
 * set the error PLUGIN_WRONG_TYPE; of a plugin that is not isolated, as undefined as free(3). */
PLUGIN_API void plugin_free(plugin *p, void *memory);

/* ---- Go plugins ----
 *
 * plugin_open also opens what `go build -buildmode=plugin` makes. The symbols of a Go plugin are
 * the exported functions and variables of package main, with their types in C. Any thread may call
 * a Go function, through a C function pointer. The first open of a Go plugin loads the bridge,
 * which `plugin go-bridge` builds with the Go toolchain that built the plugin: the file
 * options.go_bridge, else the environment variable PLUGIN_GO_BRIDGE (ignored in a set-uid program),
 * else plugin-go-bridge.so in the directory of this library; of several, the first that fits the
 * plugin. A process has one bridge; an isolated Go plugin has a process, and so a bridge, of its
 * own, and can be stopped and retired.
 *
 * Memory that a Go function returns (of a string, slice, pointer, or the text of an error) is valid
 * until the same thread calls the same function again, or ends; plugin_go_keep extends that. If a
 * Go function panics, the call returns zeroes and sets the error PLUGIN_CRASHED. Memory passed to
 * Go must stay valid as long as Go code uses it.
 */

/* Go's string: bytes, UTF-8 by convention, not NUL-terminated. */
typedef struct plugin_go_string {
    const char *data;
    ptrdiff_t len; /* bytes */
} plugin_go_string;

/* plugin_go_keep keeps the Go object at this address alive until plugin_go_release has been called
 * as often with the same address. Neither does anything for NULL or for memory that is not Go's. */
PLUGIN_API void plugin_go_keep(const void *memory);
PLUGIN_API void plugin_go_release(const void *memory);

/* ---- packages ----
 *
 * A package is the files (translation units) that declare one import path. Host and plugins may
 * carry the same package; the process then has one live copy of its functions and variables, that
 * of the module loaded first, and runs the package's inits once. The macros stand at the top level
 * of a file, each but PLUGIN_INIT and PLUGIN_RETIRE followed by a semicolon; paths are string
 * literals. A module that uses them is linked with libplugin; `plugin build` does that.
 */

/* Declares the package of this file: PLUGIN_PACKAGE("example.com/geom"). At most once a file. A
 * file without it belongs to the main package, as does PLUGIN_PACKAGE("main"). */
#define PLUGIN_PACKAGE(path)                                                                       \
    static const char plugin_package_[] PLUGIN_MARK_ = "" path;                                    \
    static struct plugin_announced_ plugin_announced_package_                                      \
        __attribute__((aligned(sizeof(void *)))) = {plugin_package_, 0, 0};                        \
    __attribute__((constructor)) static void plugin_announce_package_(void)                        \
    {                                                                                              \
        plugin_announce_(&plugin_announced_package_);                                              \
    }                                                                                              \
    PLUGIN_STATIC_ASSERT_(sizeof plugin_package_ > 1, "the package has no path")

/* Imports a package into the package of this file; the inits of the imported package run first.
 * `plugin stamp` refuses an import that is not linked in, and a cycle of imports. */
#define PLUGIN_IMPORT(path)          PLUGIN_IMPORT_(path, __COUNTER__)
#define PLUGIN_IMPORT_(path, number) PLUGIN_IMPORT_AS_(path, number)
#define PLUGIN_IMPORT_AS_(path, number)                                                            \
    static const char plugin_import_##number[] PLUGIN_MARK_ = "" path;                             \
    PLUGIN_STATIC_ASSERT_(sizeof plugin_import_##number > 1, "the import has no path")

/* PLUGIN_INIT { ... } defines an init. It runs once per process: in a plugin before plugin_open
 * returns; in a program, and in the libraries it is linked with, before main. The inits of a
 * package run after those of its imports, in link order of the files and line order within a file.
 */
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

/* PLUGIN_RETIRE { ... } defines what runs when plugin_retire(3) retires the plugin: in the reverse
 * order, by the rule for inits. At the top level of a file of main: of another package it never
 * runs, because the process keeps the live copy. Nor does it run in a program, or of a built-in
 * plugin. */
#define PLUGIN_RETIRE          PLUGIN_RETIRE_(__COUNTER__)
#define PLUGIN_RETIRE_(number) PLUGIN_RETIRE_AS_(number)
#define PLUGIN_RETIRE_AS_(number)                                                                  \
    __attribute__((noinline)) static void plugin_retire_##number(void);                            \
    static void (*plugin_retire_record_##number)(void) __attribute__((section("plugin_retires")))  \
    PLUGIN_KEPT_ = plugin_retire_##number;                                                         \
    static void plugin_retire_##number(void)

/* Makes the calling init fail; the init should then return. The remaining inits of the package do
 * not run, and every open that needs the package fails with PLUGIN_INIT_FAILED and this text, which
 * is copied. Outside an init, does nothing. */
PLUGIN_API void plugin_init_fail(const char *why);

/* Records the type that this file declares for a function or variable of another module or package.
 * gcc records all that the file uses; clang records only the functions that optimised code calls.
 */
#define PLUGIN_USES(name)          PLUGIN_USES_(name, __COUNTER__)
#define PLUGIN_USES_(name, number) PLUGIN_USES_AS_(name, number)
#define PLUGIN_USES_AS_(name, number)                                                              \
    static __typeof__(name) *const plugin_uses_##number##_##name PLUGIN_KEPT_ = 0

/* Says something of the plugin or program: PLUGIN_INFO("version", "1.2"), at the top level of any
 * of its files. Key and value are string literals in UTF-8, of at most 4096 bytes each; the value
 * may be empty. A key may occur more than once, and has its values in link order of the files and
 * line order within a file. `plugin inspect` shows them. Needs neither -g nor libplugin. */
#define PLUGIN_INFO(key, value)          PLUGIN_INFO_(key, value, __COUNTER__)
#define PLUGIN_INFO_(key, value, number) PLUGIN_INFO_AS_(key, value, number)
#define PLUGIN_INFO_AS_(key, value, number)                                                        \
    PLUGIN_STATIC_ASSERT_(sizeof "" key > 1, "the info has no key");                               \
    PLUGIN_STATIC_ASSERT_(__builtin_strlen("" key) == sizeof "" key - 1 &&                         \
                              __builtin_strlen("" value) == sizeof "" value - 1,                   \
                          "the info contains a NUL");                                              \
    static const char plugin_info_##number[] __attribute__((section("plugin_infos")))              \
    PLUGIN_KEPT_ PLUGIN_IN_ORDER_ = "" key "\0" value

/* ---- isolated ----
 *
 * What an isolated plugin and its host pass to each other is copied from one process to the other,
 * by its types: numbers, strings (const char *), structs, one object behind a pointer, and what
 * these lead to. What the types do not say, the host says by these marks, at file scope, each
 * followed by a semicolon, in the header that declares the function or struct and that the plugin
 * includes, too. Names are those of the declaration, also of its parameters. Marks of a function
 * that a pointer leads to have the name of a typedef, of the function or of the pointer, and
 * numbers from 1 for its parameters, whose names are not recorded: PLUGIN_COUNTED(read_fn, 1, 2). A
 * mark that only the plugin states, or that names what there is not, keeps it from being opened
 * isolated. Elsewhere they change nothing.
 */

/* The parameter points to as many objects as the other parameter says; if to void or char, to that
 * many bytes:
 *
 *     int sum(const int *values, size_t n);
 *     PLUGIN_COUNTED(sum, values, n);
 *
 * `return`, or the number 0, stands for the result. The other parameter is an integer or points to
 * one, which is read before the call, for a result after it. If that is not const, it also says how
 * many of the parameter's objects come back, at most as many as there were; NULL says none:
 *
 *     bool read_all(struct item *items, size_t *n);
 *     PLUGIN_COUNTED(read_all, items, n);
 *     const int *values(size_t *n);
 *     PLUGIN_COUNTED(values, return, n);
 */
#define PLUGIN_COUNTED(function, parameter, count_parameter)                                       \
    PLUGIN_INFO("PLUGIN_COUNTED", #function " " #parameter " " #count_parameter)

/* The same of a member of a struct: PLUGIN_COUNTED_MEMBER(struct polygon, points, count). Both are
 * its own, not those of a struct in it. */
#define PLUGIN_COUNTED_MEMBER(type, member, count_member)                                          \
    PLUGIN_INFO("PLUGIN_COUNTED_MEMBER", #type " " #member " " #count_member)

/* After the call, only as many of the parameter's objects come back as the function's result, an
 * integer, says, as of read(2). PLUGIN_COUNTED says how many there are. */
#define PLUGIN_COUNTED_BY_RESULT(function, parameter)                                              \
    PLUGIN_INFO("PLUGIN_COUNTED_BY_RESULT", #function " " #parameter)

/* The function reads nothing of what the parameter points to: it comes back only. */
#define PLUGIN_OUT(function, parameter) PLUGIN_INFO("PLUGIN_OUT", #function " " #parameter)

/* The function keeps what the parameter points to: it lasts on the other side, at one address for
 * equal pointers, until plugin_restart; so does all that it points to. In the host too: it must
 * have forgotten the objects of a plugin before it calls that. The other side has a copy: its own
 * writes stay there, and it sees those of the owner when the object is passed by such a parameter
 * again. Mark also the function that takes the object back, or it gets another copy. As what the
 * other side passes or returns, the owner gets its own pointer again, until plugin_token_release.
 *
 *     void filter_register(const struct filter *filter);
 *     PLUGIN_KEPT(filter_register, filter);
 *
 * At most 16,384 objects and 8 MiB each way. Threads of the host may be reading what a plugin
 * passes again: a pointer in it that became NULL, or a count that became another number, ends the
 * process.
 */
#define PLUGIN_KEPT(function, parameter) PLUGIN_INFO("PLUGIN_KEPT", #function " " #parameter)

/* The caller of the function frees its result by the other function, of the same side, which takes
 * the pointer alone and returns nothing; or by free, which frees one object, array or string. The
 * caller has a copy and frees that, also after the end of the plugin's process; the result itself
 * is freed on its own side when it has crossed. Without a count, `char *` is a string.
 *
 *     char *describe(int error);
 *     PLUGIN_OWNED(describe, free);
 */
#define PLUGIN_OWNED(function, free_function)                                                      \
    PLUGIN_INFO("PLUGIN_OWNED", #function " " #free_function)

/* Objects of this struct in memory of plugin_alloc may have pointers in them, into the same memory
 * or the plugin's variables: they are copied as other objects are, and their pointers lead to the
 * same places on the other side. Without it, they cannot be passed. What comes back are numbers:
 * the pointers stay as they are. The plugin may have written to any pointer in that memory: the
 * host passes objects with such, but does not follow them itself. */
#define PLUGIN_ARENA(type) PLUGIN_INFO("PLUGIN_ARENA", #type)

/* A pointer to this struct or union is passed as it is, and only the side that made the object
 * looks into it, as behind a pointer to void or to what the plugin has no definition of:
 * PLUGIN_OPAQUE(struct decoder). */
#define PLUGIN_OPAQUE(type) PLUGIN_INFO("PLUGIN_OPAQUE", #type)

/* Keeps a variable through the compiler and the linker (--gc-sections). */
#if defined(__has_attribute)
#if __has_attribute(retain)
#define PLUGIN_KEPT_ __attribute__((used, retain))
#endif
#endif
#ifndef PLUGIN_KEPT_
#define PLUGIN_KEPT_ __attribute__((used))
#endif
/* Keeps variables in the order of the source, which gcc reverses otherwise. */
#if defined(__has_attribute)
#if __has_attribute(no_reorder)
#define PLUGIN_IN_ORDER_ __attribute__((no_reorder))
#endif
#endif
#ifndef PLUGIN_IN_ORDER_
#define PLUGIN_IN_ORDER_
#endif
/* Their own sections tell the paths and promises of a built-in plugin from those of its program. */
#define PLUGIN_MARK_    __attribute__((section("plugin_marks"))) PLUGIN_KEPT_
#define PLUGIN_PROMISE_ __attribute__((section("plugin_promises"))) PLUGIN_KEPT_

/* Internal: only the macros above use these. The library writes to them under its lock. */
struct plugin_announced_ {
    const char *package;
    struct plugin_announced_ *next;
    size_t is_adopted; /* the packages of its module are known; size_t so that -fpack-struct does
                          not change the layout */
};
struct plugin_init_ {
    void (*run)(void);
    size_t order;              /* position of its constructor among the module's inits, from 1 */
    struct plugin_init_ *end;  /* first record only: end of the records, once all have called */
    struct plugin_init_ *next; /* first record only: the next module whose inits wait */
};
extern struct plugin_init_ __start_plugin_inits[] __attribute__((visibility("hidden")));
extern struct plugin_init_ __stop_plugin_inits[] __attribute__((visibility("hidden")));
PLUGIN_API void plugin_announce_(struct plugin_announced_ *package);
PLUGIN_API void plugin_start_(struct plugin_init_ *own, struct plugin_init_ *first,
                              struct plugin_init_ *end);

#ifdef __cplusplus
#define PLUGIN_STATIC_ASSERT_ static_assert
/* An initialiser of the file, so that it runs after the objects defined above it. */
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

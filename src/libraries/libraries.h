/* The libraries that a module needs and that are not loaded yet: found as the dynamic loader would
 * find them (ld.so(8)), and read, so that a plugin can be judged before anything is mapped. */
#ifndef PLUGIN_LIBRARIES_H
#define PLUGIN_LIBRARIES_H

#include "elf/dynamic.h"
#include "module/module.h"

/* May a library be read, which an item asks for by this name, and which was found at this path? It
 * may replace the file that was opened. Fails with the error of libraries_read. */
typedef bool libraries_admit(void *context, const char *name, const char *path, struct file *file,
                             struct error *error);

/* A module whose dynamic symbols were read from its file. */
struct library {
    const char *name;   /* by which it was asked for */
    const char *path;   /* absolute, without symbolic links */
    const char *origin; /* the directory in which it was found: $ORIGIN, for what it needs */
    dev_t device;       /* with inode: which file it is */
    ino_t inode;
    size_t needed_by; /* number of the library whose DT_NEEDED asked for it; 0 is the root */
    const struct module *module; /* borrowed of the root, else owned */
    struct dynamic dynamic;
    struct file file; /* of one that was admitted, it stays open; owned */
};

/* A library that is not there. */
struct missing_library {
    const char *name;
    const char *needer; /* path of who needs it */
    const char *reason; /* "not found in DIRECTORY, ...", or why the file there is no library */
};

/* The directories that the process's own program names for its libraries; the dynamic loader looks
 * there for those of what it loads later, too. */
struct libraries_program {
    const char *runpath; /* as in struct dynamic; NULL: none */
    bool is_rpath;
    const char *path; /* the program's */
};

struct libraries {
    struct arena *arena; /* set by the caller: of all that is read, and of a judgement of it */
    struct libraries_program program; /* the same */
    libraries_admit *admit;           /* the same; NULL: all may be read */
    void *admit_context;
    struct library
        *items; /* [0] is the root; then breadth first, as the dynamic loader loads them */
    size_t count, capacity;
    struct missing_library *missing;
    size_t missing_count, missing_capacity;
    bool is_linked; /* the root is linked into the process's program, and is all that there is */
};

/* Which libraries need not be read, because they are there already? Returns true for those. NULL:
 * none are. */
typedef bool libraries_is_loaded(void *context, const char *name);

/* Takes the root, which was read already: its path (copied), its module and its dynamic tables
 * (borrowed, not freed here). Of *libraries, all but what the caller sets is zero.
 * Then finds and reads what it needs, and what that needs. A library that is missing, of another
 * machine or damaged is no failure: it is listed as missing. Fails if the system does (no memory,
 * no more open files), or if there are too many. They are for the root's machine, or for this
 * library's own if the root's ELF headers were forgotten. Call libraries_deinit in any case. */
bool libraries_read(struct libraries *libraries, const char *path, const struct module *module,
                    const struct dynamic *dynamic, libraries_is_loaded *is_loaded, void *context,
                    struct error *error);

/* The same for a root of which more is known: its path is absolute and without symbolic links, and
 * it is this very file. */
bool libraries_read_of(struct libraries *libraries, const char *path, const struct file *file,
                       const struct module *module, const struct dynamic *dynamic,
                       libraries_is_loaded *is_loaded, void *context, struct error *error);

void libraries_deinit(struct libraries *libraries);

/* The first library, in order, that defines this symbol; NULL if none does. */
const struct library *libraries_find(const struct libraries *libraries, const char *name,
                                     const char *version);

#endif

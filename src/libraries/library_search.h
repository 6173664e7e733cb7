/* Where the dynamic loader looks for a library (ld.so(8); musl: ldso/dynlink.c). */
#ifndef PLUGIN_LIBRARY_SEARCH_H
#define PLUGIN_LIBRARY_SEARCH_H

#include "libraries/libraries.h"

struct library_platform;

struct library_search {
    const struct library_platform *platform; /* whose libraries are looked for */
    uint16_t machine;
    bool is_64;
    bool is_musl;       /* the root needs musl's C library: its rules instead of glibc's */
    uint64_t work_left; /* for all libraries together */
    bool is_cache_read; /* or musl's list of directories */
    struct bytes cache; /* that file */
};

/* A library's file. */
struct library_found {
    struct file file;
    const char *path;   /* as it was found */
    const char *origin; /* the directory of that path, absolute */
};

/* Of the root, only its machine and what it needs are looked at. */
void library_search_init(struct library_search *search, const struct library *root);

/* Opens the library that item number `needer` asks for by this name. Fails with PLUGIN_NOT_FOUND or
 * PLUGIN_NOT_PLUGIN if there is none, with the directories or the reason as text; with another code
 * if it could not be looked for. */
bool library_search_find(struct library_search *search, const struct libraries *libraries,
                         size_t needer, const char *name, struct library_found *found,
                         struct error *error);

/* The part of the file /etc/ld.so.cache that is in glibc's present format; empty if none is. */
struct bytes library_cache(struct bytes file);

/* The path of the next library of this name in the cache, from entry number *index on, which is
 * moved behind it; NULL if there is no other. With is_special, those that are only for processors
 * with certain features, else only the others. */
const char *library_cache_next(struct bytes cache, const char *name, bool is_special,
                               size_t *index);

#endif

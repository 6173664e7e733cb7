/* Where the dynamic loader looks for a library (ld.so(8); musl: ldso/dynlink.c). */
#ifndef PLUGIN_SEARCH_H
#define PLUGIN_SEARCH_H

#include "libraries/libraries.h"

struct search_platform;

struct search {
    const struct search_platform *platform; /* whose libraries are looked for */
    uint16_t machine;
    bool is_64;
    bool is_musl;       /* the root needs musl's C library: its rules instead of glibc's */
    uint64_t work_left; /* for all libraries together */
    bool is_cache_read; /* or musl's list of directories */
    void *cache_block;  /* the bytes of that file; owned */
    size_t cache_size;
};

/* A library's file. */
struct search_found {
    struct file file;
    char *path;   /* as it was found; owned */
    char *origin; /* the directory of that path, absolute; owned */
};

/* Of the root, only its machine and what it needs are looked at. */
void search_start(struct search *search, const struct library *root);
void search_end(struct search *search);

/* Opens the library that item number `needer` asks for by this name. Fails with PLUGIN_NOT_FOUND or
 * PLUGIN_NOT_PLUGIN if there is none, with the directories or the reason as text; with another code
 * if it could not be looked for. */
bool search_find(struct search *search, const struct libraries *libraries, size_t needer,
                 const char *name, struct search_found *found, struct error *error);
void search_found_free(struct search_found *found);

/* The part of the file /etc/ld.so.cache that is in glibc's present format; empty if none is. */
struct bytes search_cache(struct bytes file);

/* The path of the next library of this name in the cache, from entry number *index on, which is
 * moved behind it; NULL if there is no other. With is_special, those that are only for processors
 * with certain features, else only the others. */
const char *search_cache_next(struct bytes cache, const char *name, bool is_special, size_t *index);

#endif

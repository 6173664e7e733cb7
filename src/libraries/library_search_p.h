/* SPDX-License-Identifier: MIT */
/* Where the dynamic loader looks for a library (ld.so(8); musl: ldso/dynlink.c). */
#ifndef PLUGIN_LIBRARY_SEARCH_P_H
#define PLUGIN_LIBRARY_SEARCH_P_H

#include "base/budget.h"
#include "libraries/libraries.h"

struct library_platform;

struct library_search {
    const struct library_platform *platform; /* whose libraries are searched for */
    uint16_t machine;
    bool is_64;
    bool is_musl;               /* the root needs musl's C library: its rules instead of glibc's */
    bool has_hardware;          /* it is for this machine, whose processor is known */
    struct budget work;         /* of the searches for all libraries */
    struct library_cache cache; /* /etc/ld.so.cache, or musl's list of directories */
};

/* A library's file. */
struct library_found {
    struct file file;
    const char *path;   /* as it was found */
    const char *origin; /* the directory of that path, absolute */
};

/* Starts the searches for the libraries of this root. */
void library_search_init(struct library_search *search, const struct library *root);

/* Opens the library that item number `needer` needs by this name. Fails with PLUGIN_NOT_FOUND or
 * PLUGIN_NOT_PLUGIN if there is none; the text lists the directories, or gives the reason. Fails
 * with another code if the search itself fails. */
bool library_search_find(struct library_search *search, const struct libraries *libraries,
                         size_t needer, const char *name, struct library_found *found,
                         struct error *error);

/* Returns the part of /etc/ld.so.cache in glibc's present format; empty if there is none. */
struct bytes library_cache(struct bytes file);

/* Returns the path of the next library of this name in the cache, from entry *index on, and moves
 * *index behind it; NULL if there is no other. *is_special: it is for certain processors. */
const char *library_cache_next(struct bytes cache, const char *name, size_t *index,
                               bool *is_special);

#endif

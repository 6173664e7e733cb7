/* SPDX-License-Identifier: MIT */
/* The C source of a new plugin. */
#ifndef PLUGIN_NEW_P_H
#define PLUGIN_NEW_P_H

#include "judge/host_interfaces.h"

/* What its comment and its #include say. */
struct new_source {
    const struct host_interface *interface;
    const char *path;        /* of the source */
    const char *host;        /* as the user gave it */
    const char *as;          /* the value of --as that `plugin check` needs; NULL: none */
    const char *header;      /* as it is included */
    const char *header_path; /* of a header that is made for the plugin; NULL: it is the host's */
    const char *typed_by;    /* the module of which that is made */
    bool is_interface_file;  /* the host is one */
};

/* Adds the source: what the interface demands, with functions that return zero. The types of the
 * interface's module were read. Fails if C cannot define some of it. */
bool new_source_add(struct text *text, const struct new_source *source, struct error *error);

/* Adds the path without its extension, with another one. */
void new_source_add_path(struct text *text, const char *path, const char *extension);

#endif

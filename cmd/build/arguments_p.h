/* SPDX-License-Identifier: MIT */
/* The arguments of `plugin build` and `plugin bundle`. */
#ifndef PLUGIN_BUILD_ARGUMENTS_H
#define PLUGIN_BUILD_ARGUMENTS_H

#include "build/stamp_p.h"
#include "src/base/text.h"

enum argument_kind { ARGUMENT_FLAG, ARGUMENT_INPUT, ARGUMENT_C_SOURCE };

struct argument {
    const char *string;
    enum argument_kind kind;
};

/* A parsed command line. */
struct build {
    const char *mode;
    const char *output;    /* NULL: not given */
    const char *compiler;  /* --cc; NULL: not given */
    const char *no_link;   /* the flag that prevents the link, such as -c; NULL: none */
    const char *source;    /* the first source; NULL: none */
    const char *language;  /* what the last -x says; NULL: file names tell the language */
    bool is_plugin;        /* -buildmode=plugin, or interface, which is linked alike */
    bool is_interface;     /* -buildmode=interface */
    bool is_archive;       /* -buildmode=archive */
    const char **archives; /* --with; room for all arguments */
    size_t archive_count;
    struct concessions concessions;
    bool is_cplusplus; /* a source is C++ */
    bool is_static;    /* -static or -static-pie */
    bool strip;
    bool verbose;
    bool help;
    bool has_input;
    bool has_others; /* an input is no source of C or C++, so that others have compiled it */
    bool reads_standard_input;  /* a source is standard input */
    bool writes_rules;          /* -MD: the compiler writes rules for make */
    bool names_targets;         /* -MT: their target is given */
    bool names_rules;           /* -MF: their file is given */
    struct argument *arguments; /* what goes to the compiler, in order; room for all arguments */
    size_t count;
};

/* Parses arguments, of which the first is the verb. Call build_deinit in any case. False without
 * memory. */
bool build_init(struct build *build, char **arguments);

void build_deinit(struct build *build);

/* Is the next argument the value of this flag of the compiler? */
bool build_takes_value(const char *flag);

/* Adds the default name of the output, from that of the first source, or else of the first file;
 * nothing if neither has one. */
void build_add_default_output(struct text *name, const struct build *build);

/* Returns the directory in which all units are compiled: the working directory; NULL if others have
 * compiled some. */
const char *build_source_directory(const struct build *build);

/* Reports the first usage error, if there is one. Returns an exit status. */
int build_check(const struct build *build);

/* The same for the output, which is renamed into place: that must not replace a device or an
 * input. */
int build_check_output(const struct build *build);

#endif

/* What the arguments of `plugin build` say. */
#ifndef PLUGIN_BUILD_ARGUMENTS_H
#define PLUGIN_BUILD_ARGUMENTS_H

#include "src/base/text.h"

/* What an argument is, as far as it matters here. */
enum kind { FLAG, INPUT, C_SOURCE };

struct argument {
    const char *string;
    enum kind kind;
};

/* What the command line says. */
struct build {
    const char *mode;
    const char *output;
    const char *compiler; /* --cc; NULL: not given */
    const char *unlinked; /* the flag by which the compiler would not link; NULL: none */
    const char *source;   /* the first source; NULL: none */
    const char *language; /* what -x says of the files after it; NULL: their names say it */
    bool plugin;
    bool is_archive;       /* a built-in plugin */
    const char **archives; /* --with; room for all arguments */
    size_t archive_count;
    bool cplusplus; /* a source is C++ */
    bool is_static; /* it loads no libraries: glibc's static-pie start does not survive an rpath */
    bool strip;
    bool verbose;
    bool help;
    bool has_input;
    bool writes_rules;          /* -MD: the compiler writes rules for make */
    bool names_targets;         /* -MT: and knows what their target is */
    bool names_rules;           /* -MF: and where they go */
    struct argument *arguments; /* what goes to the compiler, in order */
    size_t count;
};

/* Reads the arguments into a build whose mode is the default and whose arguments have room for all.
 */
void build_parse(struct build *build, int count, char **arguments);

/* Flags whose value is the next argument, which could be mistaken for an input. */
bool build_takes_value(const char *flag);

/* The output's name, if the user gives none: that of the first source, or else of the first file.
 */
void build_add_default_output(struct text *name, const struct build *build);

/* Says what is wrong with the arguments, if anything is. Returns an exit status. */
int build_check(const struct build *build);

/* The same for the output, once it has a name: it is renamed into place, which must not replace a
 * device or a source. */
int build_check_output(const struct build *build);

#endif

/* SPDX-License-Identifier: MIT */
/* Output files, which are written whole or not at all. */
#include "draw/output_p.h"

#include "common/cmd.h"
#include "common/run.h"

#include <unistd.h>

/* Runs dot on the file `source`, which is removed then. */
static bool run_dot(const struct scratch *scratch, const char *source, const char *format,
                    struct error *error)
{
    WORDS_AUTO command = {0};
    int status = 0;
    words_add(&command, "dot");
    words_add(&command, "-T%s", format);
    words_add(&command, "-o%s", text_chars(&scratch->path));
    words_add(&command, "%s", source);
    if (!run(scratch, &command, &status, error)) {
        text_add(&error->text,
                 "; install Graphviz (Debian's package graphviz), or write a .dot file");
        return error_prefix(error, "cannot run dot: ");
    }
    unlink(source);
    return status == 0 || error_set(error, PLUGIN_SYSTEM,
                                    "dot -T%s ended with status %d; see its messages, or write a "
                                    ".dot file",
                                    format, status);
}

bool output_draw(const char *path, const struct text *content, const char *format,
                 struct error *error)
{
    struct scratch scratch;
    TEXT_AUTO source = {0};
    bool done = scratch_open(&scratch, path, error);
    text_add(&source, "%s/graph.dot", text_chars(&scratch.directory));
    if (done && source.failed)
        done = error_set_no_memory(error);
    done = done && cmd_write_file(text_chars(&source), content, error) &&
           run_dot(&scratch, text_chars(&source), format, error) &&
           scratch_commit(&scratch, path, error);
    scratch_close(&scratch);
    return done || error_prefix(error, "cannot write %s: ", path);
}

bool output_write(const char *path, const struct text *content, struct error *error)
{
    struct scratch scratch;
    bool done = scratch_open(&scratch, path, error) &&
                cmd_write_file(text_chars(&scratch.path), content, error) &&
                scratch_commit(&scratch, path, error);
    scratch_close(&scratch);
    return done || error_prefix(error, "cannot write %s: ", path);
}

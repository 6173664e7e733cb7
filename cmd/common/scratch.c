/* SPDX-License-Identifier: MIT */
/* A directory for unfinished files. */
#include "common/scratch.h"

#include "src/base/path.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scratch_open(struct scratch *scratch, const char *output, struct error *error)
{
    *scratch = (struct scratch){0};
    interrupts_hold(&scratch->interrupts);
    const char *name = path_base_name(output);
    /* "./" keeps programs from taking the path for a flag. */
    text_add(&scratch->directory, "%s%.*s.plugin-XXXXXX", *output == '-' ? "./" : "",
             (int)(name - output), output);
    if (scratch->directory.failed) {
        error_set_no_memory(error);
    } else if (!mkdtemp(scratch->directory.chars)) {
        error_set(error, PLUGIN_SYSTEM, "cannot make a directory beside %s: %s", output,
                  strerror(errno));
    } else {
        text_add(&scratch->path, "%s/%s", text_chars(&scratch->directory), name);
        return !scratch->path.failed || error_set_no_memory(error);
    }
    text_free(&scratch->directory);
    return false;
}

static bool scratch_move(const char *from, const char *to, struct error *error)
{
    if (rename(from, to) == 0)
        return true;
    return error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", to, strerror(errno));
}

/* Moves the compiler's other files, for example those of -save-temps. */
static bool scratch_move_others(const struct scratch *scratch, DIR *directory, const char *output,
                                struct error *error)
{
    const char *own_name = path_base_name(output);
    bool done = true;
    struct dirent *entry;
    while (done && (entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, own_name))
            continue;
        TEXT_AUTO from = {0}, to = {0};
        text_add(&from, "%s/%s", text_chars(&scratch->directory), name);
        text_add(&to, "%.*s%s", (int)(own_name - output), output, name);
        done = from.failed || to.failed ? error_set_no_memory(error)
                                        : scratch_move(from.chars, to.chars, error);
    }
    return done;
}

bool scratch_commit(const struct scratch *scratch, const char *output, struct error *error)
{
    assert(scratch->directory.length);
    DIR *directory = opendir(text_chars(&scratch->directory));
    if (!directory)
        return error_set(error, PLUGIN_SYSTEM, "cannot read %s: %s",
                         text_chars(&scratch->directory), strerror(errno));
    bool done = scratch_move_others(scratch, directory, output, error);
    closedir(directory);
    return done && scratch_move(text_chars(&scratch->path), output, error);
}

static int scratch_remove_entry(const char *path, const struct stat *status, int type,
                                struct FTW *where)
{
    (void)status, (void)type, (void)where;
    remove(path);
    return 0;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->directory.length)
        nftw(scratch->directory.chars, scratch_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    text_free(&scratch->path);
    text_free(&scratch->directory);
    interrupts_release(&scratch->interrupts);
}

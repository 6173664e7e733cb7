/* SPDX-License-Identifier: MIT */
/* Standard input as a source. */
#include "build/standard_input_p.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Copies standard input, up to its end. */
static bool standard_input_copy(int copy, struct error *error)
{
    static char buffer[64 * 1024];
    for (;;) {
        ssize_t size = read(STDIN_FILENO, buffer, sizeof buffer);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return error_set(error, PLUGIN_SYSTEM, "cannot read standard input: %s",
                             strerror(errno));
        if (!size)
            return true;
        for (ssize_t done = 0; done < size;) {
            ssize_t count = write(copy, buffer + done, (size_t)(size - done));
            if (count < 0 && errno != EINTR)
                return error_set(error, PLUGIN_SYSTEM, "cannot keep standard input: %s",
                                 strerror(errno));
            done += count > 0 ? count : 0;
        }
    }
}

bool standard_input_keep(struct error *error)
{
    int copy = memfd_create("standard input", MFD_CLOEXEC);
    if (copy < 0)
        return error_set(error, PLUGIN_SYSTEM, "memfd_create: %s", strerror(errno));
    bool done = standard_input_copy(copy, error);
    if (done && dup2(copy, STDIN_FILENO) < 0)
        done = error_set(error, PLUGIN_SYSTEM, "dup2: %s", strerror(errno));
    close(copy);
    return done;
}

void standard_input_rewind(void)
{
    lseek(STDIN_FILENO, 0, SEEK_SET);
}

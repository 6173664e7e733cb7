/* SPDX-License-Identifier: MIT */
/* Structs of the interface that grow with it. */
#include "base/versioned.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* No header will have a larger struct. */
enum { VERSIONED_MAX = 256 };

static bool set_size(size_t size, const char *name, struct error *error)
{
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "%s.size is %zu; set it to sizeof(struct plugin_%s)", name, size, name);
}

/* Copies what is beyond the members that are known here. A caller that set a wrong size may have
 * nothing there, so the system reads it: write(2) fails with EFAULT. Sets *is_there; false with the
 * error set if there is no pipe. */
static bool copy_unknown(char *to, const char *from, size_t size, bool *is_there,
                         struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_set(error, PLUGIN_SYSTEM, "pipe2: %s", strerror(errno));
    *is_there = write(ends[1], from, size) == (ssize_t)size && /* at most PIPE_BUF: at once */
                read(ends[0], to, size) == (ssize_t)size;
    close(ends[0]);
    close(ends[1]);
    return true;
}

/* A struct's size is a multiple of its alignment; another one would cut a pointer in half. */
static bool is_size(size_t size)
{
    return size >= sizeof size && size <= VERSIONED_MAX && size % sizeof size == 0;
}

bool versioned_copy(void *own, size_t size, const void *given, const char *name,
                    struct error *error)
{
    size_t given_size;
    memcpy(&given_size, given, sizeof given_size);
    if (!is_size(given_size))
        return set_size(given_size, name, error);
    memcpy(own, given, given_size < size ? given_size : size);
    char unknown[VERSIONED_MAX];
    size_t unknown_size = given_size > size ? given_size - size : 0;
    bool is_there = true;
    if (unknown_size &&
        !copy_unknown(unknown, (const char *)given + size, unknown_size, &is_there, error))
        return false;
    if (!is_there)
        return set_size(given_size, name, error);
    for (size_t i = 0; i < unknown_size; i++)
        if (unknown[i])
            return error_set(error, PLUGIN_UNSUPPORTED,
                             "%s sets a member that this version of the library does not know",
                             name);
    return true;
}

bool versioned_fill(void *given, const void *own, size_t size, const char *name,
                    struct error *error)
{
    size_t given_size;
    memcpy(&given_size, given, sizeof given_size);
    if (!is_size(given_size))
        return set_size(given_size, name, error);
    size_t known = given_size < size ? given_size : size;
    memcpy((char *)given + sizeof size, (const char *)own + sizeof size, known - sizeof size);
    memset((char *)given + known, 0, given_size - known);
    return true;
}

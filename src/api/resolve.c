/* Which file a path leads to. */
#include "api/resolve_p.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- search directories ---- */

/* May anybody put a file there? Then whoever comes first would say what the name means. Above it, a
 * directory whose entries only their owners can rename will do: /tmp is one. Changes the path,
 * which is absolute and without symbolic links. */
static bool resolve_is_open_to_all(char *path)
{
    struct stat status;
    char *slash;
    bool is_open = stat(path, &status) == 0 && (status.st_mode & S_IWOTH);
    while (!is_open && (slash = strrchr(path, '/')) && slash[1]) {
        slash[slash == path] = '\0';
        is_open =
            stat(path, &status) == 0 && (status.st_mode & S_IWOTH) && !(status.st_mode & S_ISVTX);
    }
    return is_open;
}

static bool resolve_check_directory(const char *directory, struct error *error)
{
    if (*directory != '/')
        return error_set(error, PLUGIN_NOT_FOUND,
                         "the search directory \"%s\" is not an absolute path", directory);
    char *path = realpath(directory, NULL);
    if (!path && errno == ENOMEM)
        return error_set_no_memory(error);
    bool may_be_searched = !path || !resolve_is_open_to_all(path);
    free(path);
    return may_be_searched ||
           error_set(error, PLUGIN_NOT_FOUND,
                     "the search directory \"%s\", or a directory above it, is world-writable",
                     directory);
}

/* DIRECTORY/NAME for the first of the directories that has it; NULL with the error set. */
static char *resolve_search(const char *name, const char *const *directories, struct error *error)
{
    TEXT_AUTO tried = {0};
    for (; *directories; directories++) {
        if (!resolve_check_directory(*directories, error))
            return NULL;
        char *path;
        struct stat status;
        if (asprintf(&path, "%s/%s", *directories, name) < 0) {
            error_set_no_memory(error);
            return NULL;
        }
        if (stat(path, &status) == 0)
            return path;
        free(path);
        text_add(&tried, "%s%s", tried.length ? ", " : "", *directories);
    }
    error_set(error, PLUGIN_NOT_FOUND, "not found in %s", text_chars(&tried));
    return NULL;
}

/* ---- a path without symbolic links ---- */

/* From Linux 5.6 on. The headers of the C library may be older. */
enum { NUMBER_OF_OPENAT2 = 437, NO_SYMBOLIC_LINKS = 0x04 };

struct how_to_open {
    uint64_t flags, mode, resolve;
};

/* Opens the path if there is no symbolic link on it; -1: there is one, or there is no such file, or
 * the system cannot tell. */
static int resolve_open(const char *path)
{
#ifdef __alpha__
    (void)path;
    return -1; /* whose system calls have other numbers */
#else
    struct how_to_open how = {.flags = FILE_OPEN_FLAGS | O_CLOEXEC | O_LARGEFILE,
                              .resolve = NO_SYMBOLIC_LINKS};
    return (int)syscall(NUMBER_OF_OPENAT2, AT_FDCWD, path, &how, sizeof how);
#endif
}

/* Writes an absolute path, on which there are no symbolic links, without "." and "..", which there
 * mean what they say. false: it is too long. */
static bool resolve_simplify(char resolved[PATH_MAX], size_t length, const char *path)
{
    while (*path) {
        const char *end = strchrnul(path, '/');
        size_t size = (size_t)(end - path);
        if (size == 2 && path[0] == '.' && path[1] == '.') {
            while (length && resolved[--length] != '/') {
            }
        } else if (size && (size != 1 || *path != '.')) {
            if (size + 2 > PATH_MAX - length)
                return false;
            resolved[length++] = '/';
            memcpy(resolved + length, path, size);
            length += size;
        }
        path = *end ? end + 1 : end;
    }
    resolved[length] = '\0';
    return true;
}

static bool resolve_make_absolute(char resolved[PATH_MAX], const char *path)
{
    size_t length = 0;
    if (*path != '/') {
        /* Of a directory outside of the root directory, Linux says "(unreachable)". */
        if (!getcwd(resolved, PATH_MAX) || *resolved != '/')
            return false;
        length = strlen(resolved);
        length -= length == 1; /* the root directory's is the only one that ends with it */
    }
    return resolve_simplify(resolved, length, path);
}

/* A relative path and the working directory are read one after the other: that nobody has changed
 * directories meanwhile, is found out when what was mapped is compared with what was opened. */
static bool resolve_without_links(char resolved[PATH_MAX], const char *path, int *descriptor)
{
    *descriptor = resolve_open(path);
    if (*descriptor < 0)
        return false;
    if (resolve_make_absolute(resolved, path))
        return true;
    close(*descriptor);
    *descriptor = -1;
    return false;
}

/* ---- any path ---- */

bool resolve(char resolved[PATH_MAX], struct file *file, const char *path,
             const char *const *directories, struct error *error)
{
    char *found = NULL;
    int descriptor = -1;
    if (directories && !strchr(path, '/')) {
        found = resolve_search(path, directories, error);
        if (!found)
            return false;
        path = found;
    }
    bool is_resolved =
        (file && resolve_without_links(resolved, path, &descriptor)) || realpath(path, resolved);
    if (!is_resolved && errno == ENOMEM)
        error_set_no_memory(error);
    else if (!is_resolved)
        error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    free(found);
    return is_resolved && (descriptor < 0 || file_take(file, descriptor, error));
}

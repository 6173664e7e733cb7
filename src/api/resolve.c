/* SPDX-License-Identifier: MIT */
/* Resolves the path of a plugin to a file. */
#include "api/resolve_p.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- search directories ---- */

/* Can any user put a file into this directory, or replace the directory? Then an attacker could
 * choose what a name means. Sticky directories above it, such as /tmp, are safe: only owners can
 * rename their entries. Changes the path, which is absolute and without symbolic links. */
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

/* Returns DIRECTORY/NAME for the first directory that has it, newly allocated; NULL with the error
 * set. */
static char *resolve_search(const char *name, const char *const *directories, struct error *error)
{
    TEXT_AUTO tried = {0};
    if (!*directories) {
        error_set(error, PLUGIN_NOT_FOUND,
                  "options.search has no directory; for a path without '/', name one, or set "
                  "search to NULL to open it in the working directory");
        return NULL;
    }
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

/* Appends a path that contains no symbolic links, without its "." and ".." components. False if the
 * result is too long. */
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
        /* For a directory outside of the root directory, Linux returns "(unreachable)". */
        if (!getcwd(resolved, PATH_MAX) || *resolved != '/')
            return false;
        length = strlen(resolved);
        length -= length == 1; /* only the root directory ends with a slash */
    }
    return resolve_simplify(resolved, length, path);
}

/* Another thread may change the working directory between the open and getcwd. The later comparison
 * of the mapped file with the opened one detects that. */
static bool resolve_without_links(char resolved[PATH_MAX], const char *path, int *descriptor)
{
    *descriptor = file_open_direct(path);
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

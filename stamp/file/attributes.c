/* SPDX-License-Identifier: MIT */
/* What a file has besides its bytes: owner, permissions and extended attributes (xattr(7)), among
 * them access control lists and file capabilities. */
#include "file/attributes_p.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char access_list[] = "system.posix_acl_access"; /* acl(5) */

static void attributes_warn(struct text *warnings, const char *what, const char *reason)
{
    text_add_between(warnings, "cannot keep its ", what, "");
    text_add(warnings, ": %s\n", reason);
}

/* Returns the value of an attribute, to be freed, and sets its size; NULL with errno set. */
static char *attribute_read(int file, const char *name, size_t *size)
{
    ssize_t room = fgetxattr(file, name, NULL, 0);
    char *value = room >= 0 ? malloc((size_t)room + 1) : NULL;
    room = value ? fgetxattr(file, name, value, (size_t)room) : -1;
    if (room >= 0) {
        *size = (size_t)room;
        return value;
    }
    free(value);
    return NULL;
}

/* Copies an attribute, unless the copy has it already, as a security label by default. */
static bool attribute_copy(int from, int copy, const char *name, struct text *warnings)
{
    size_t size, own_size;
    if (!strcmp(name, "security.ima") || !strcmp(name, "security.evm")) {
        attributes_warn(warnings, name, "it signs the file without the stamp");
        return false;
    }
    char *value = attribute_read(from, name, &size);
    char *own = value ? attribute_read(copy, name, &own_size) : NULL;
    bool is_there = own && own_size == size && !memcmp(own, value, size);
    bool done = value && (is_there || fsetxattr(copy, name, value, size, 0) == 0);
    if (!done)
        attributes_warn(warnings, name, strerror(errno));
    free(own);
    free(value);
    return done;
}

/* Copies all attributes. Sets *keeps_list to whether the copy has the same access control list. */
static bool attributes_copy_all(int from, int copy, bool *keeps_list, struct text *warnings,
                                struct error *error)
{
    ssize_t room = flistxattr(from, NULL, 0);
    *keeps_list = true;
    /* A new file may have the list that its directory gives to new files. */
    fremovexattr(copy, access_list);
    if (room < 0 && errno != ENOTSUP && errno != ENOSYS)
        attributes_warn(warnings, "extended attributes", strerror(errno));
    if (room <= 0)
        return true;
    char *names = malloc((size_t)room + 1);
    if (!names)
        return error_set_no_memory(error);
    ssize_t size = flistxattr(from, names, (size_t)room);
    if (size < 0)
        attributes_warn(warnings, "extended attributes", strerror(errno));
    for (ssize_t i = 0; i < size; i += (ssize_t)strlen(names + i) + 1)
        if (!attribute_copy(from, copy, names + i, warnings) && !strcmp(names + i, access_list))
            *keeps_list = false;
    free(names);
    return true;
}

bool stamp_copy_attributes(int from, int copy, const struct stat *status, struct text *warnings,
                           struct error *error)
{
    mode_t mode = status->st_mode & 07777;
    bool keeps_list;
    if (fchown(copy, status->st_uid, status->st_gid) != 0) {
        attributes_warn(warnings, "owner and group", strerror(errno));
        mode &= ~(mode_t)(S_ISUID | S_ISGID);
    }
    if (!attributes_copy_all(from, copy, &keeps_list, warnings, error))
        return false;
    /* With a list, the group's bits are the most that it gives to anybody. */
    if (!keeps_list)
        mode &= ~(mode_t)S_IRWXG;
    return fchmod(copy, mode) == 0 ||
           error_set(error, PLUGIN_SYSTEM, "cannot set the copy's permissions: %s",
                     strerror(errno));
}

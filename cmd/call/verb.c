/* SPDX-License-Identifier: MIT */
/* plugin call: runs the program that does it, which is installed with the library. */
#include "common/cmd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int cmd_call(char **arguments)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO path = {0};
    cmd_add_library_directory(&path);
    text_add(&path, "/plugin/plugin-call");
    if (path.failed)
        return cmd_failed_no_memory();
    execv(text_chars(&path), arguments);
    if (errno == ENOENT)
        error_set(&error, PLUGIN_UNSUPPORTED,
                  "this build of plugin makes no calls by type, which need libffi: there is no %s",
                  text_chars(&path));
    else
        error_set(&error, PLUGIN_SYSTEM, "cannot run %s: %s", text_chars(&path), strerror(errno));
    return cmd_failed(&error);
}

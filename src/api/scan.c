/* SPDX-License-Identifier: MIT */
/* Examining all files of a directory. */
#include "api/examine_p.h"
#include "base/directory.h"

/* NULL, with the thread's last failure set, if the file is not a plugin. */
static plugin_file *scan_file(const char *path, const struct plugin_options *options,
                              const void *caller)
{
    struct error error = {0};
    struct thread_cancel cancel;
    thread_defer_cancel(&cancel);
    plugin_file *file = examine(path, options, caller, &error);
    thread_restore_cancel(&cancel);
    if (!file)
        error_publish(&error);
    return file;
}

bool plugin_scan(const char *path, const struct plugin_options *given,
                 bool (*each)(void *context, const char *path, const plugin_file *file),
                 void *context)
{
    struct error error = {0};
    struct plugin_options options;
    struct plugin_trust trust;
    DIRECTORY_AUTO directory = {0};
    if (!examine_read_options(&options, &trust, given, &error) ||
        !directory_read(&directory, path ? path : "", &error)) {
        error_prefix(&error, "cannot scan directory %s: ", path ? path : "(null)");
        error_publish(&error);
        return false;
    }
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < directory.count; i++) {
        plugin_file *file = scan_file(directory.paths[i], &options, __builtin_return_address(0));
        goes_on = each(context, directory.paths[i], file);
        plugin_file_free(file);
    }
    return true;
}

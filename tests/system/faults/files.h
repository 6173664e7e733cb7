/* Reading files and directories, for the tests of `plugin stamp` and `plugin build`. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    unsigned char *data;
    size_t size;
};

/* These end the program if they fail. */
struct bytes file_load(const char *path);
void file_store(const char *path, struct bytes bytes);

bool file_holds(const char *path, struct bytes bytes);

/* Calls `other` for each entry of the directory that has another name. */
void file_list_others(const char *directory, const char *name,
                      void (*other)(const char *name, void *context), void *context);

#endif

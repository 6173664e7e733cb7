/* What a struct go_module points into: copies of what its file says. */
#ifndef PLUGIN_GO_MEMORY_H
#define PLUGIN_GO_MEMORY_H

#include "base/text.h"
#include "gofile/image.h"
#include "gofile/module.h"

/* A copy that lives as long as the module, with a NUL behind it. NULL with the error set. */
const char *go_keep(struct go_module *module, const void *chars, size_t length,
                    struct error *error);

/* The same of a text that others wrote, which is emptied. */
const char *go_keep_text(struct go_module *module, struct text *text, struct error *error);

/* Frees all copies. */
void go_keep_free(struct go_module *module);

/* The bytes of a Go string; false if it is not there, or longer than the limit. An empty one may
 * point nowhere. */
bool go_read_string(const struct go_image *image, uint64_t address, size_t limit,
                    struct bytes *string);

/* "its Go module data is damaged: WHAT". Always returns false. */
bool go_set_damaged(struct error *error, const char *what);

#endif

/* A part of a file that is read when somebody asks for it, even when the file is closed, deleted or
 * replaced by then. Until that it costs neither time nor memory. */
#ifndef PLUGIN_DEFERRED_H
#define PLUGIN_DEFERRED_H

#include "base/file.h"

struct deferred {
    void *mapping; /* of whole pages; NULL: there is none */
    size_t before; /* bytes of the mapping that come before the part */
    size_t size;   /* of the part, bytes */
};

/* The file must have all of the part. false without an error: the system will not, so that the part
 * must be read at once. Free with deferred_free. */
bool deferred_begin(struct deferred *deferred, const struct file *file, uint64_t offset,
                    size_t size);

/* Reads all of it. What the file holds by now may be anything, and it may be shorter. */
bool deferred_read(const struct deferred *deferred, void *buffer, struct error *error);

void deferred_free(struct deferred *deferred);

#endif

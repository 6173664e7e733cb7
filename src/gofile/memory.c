/* What a struct go_module points into. */
#include "gofile/memory.h"

#include <stdlib.h>

/* A copy. Many may be of the same bytes of the file, so all together are bounded. */
struct kept {
    struct kept *next;
    size_t total; /* bytes, with all that were kept before */
    char chars[];
};

bool go_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its Go module data is damaged: %s", what);
}

const char *go_keep(struct go_module *module, const void *chars, size_t length, struct error *error)
{
    struct kept *before = module->memory;
    size_t total = before ? before->total : 0;
    if (length > module->memory_max - total) {
        go_set_damaged(error, "its names are longer than those of any program");
        return NULL;
    }
    struct kept *kept = malloc(sizeof *kept + length + 1);
    if (!kept) {
        error_set_no_memory(error);
        return NULL;
    }
    memcpy(kept->chars, chars, length);
    kept->chars[length] = '\0';
    kept->next = before;
    kept->total = total + length;
    module->memory = kept;
    return kept->chars;
}

const char *go_keep_text(struct go_module *module, struct text *text, struct error *error)
{
    const char *kept = NULL;
    if (text->failed)
        error_set_no_memory(error);
    else
        kept = go_keep(module, text_chars(text), text->length, error);
    text_free(text);
    return kept;
}

void go_keep_free(struct go_module *module)
{
    for (struct kept *kept = module->memory, *next; kept; kept = next) {
        next = kept->next;
        free(kept);
    }
    module->memory = NULL;
}

bool go_read_string(const struct go_image *image, uint64_t address, size_t limit,
                    struct bytes *string)
{
    uint64_t data, size;
    if (!go_image_u64(image, address + 8, &size) || size > limit ||
        !go_image_pointer(image, address, &data))
        return false;
    *string = (struct bytes){size ? go_image_bytes(image, data, size) : NULL, (size_t)size};
    return !size || string->data;
}

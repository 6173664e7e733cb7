/* A small Go module in a file, damaged in one place. */
#ifndef TESTS_GOFILE_IMAGE_MADE_H
#define TESTS_GOFILE_IMAGE_MADE_H

#include "tests/common/check.h"
#include "tests/gofile/go_made.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct opened {
    struct file file;
    struct elf elf;
    struct image image; /* the bytes behind elf */
};

static inline void open_image(struct opened *opened, const struct image *image)
{
    ERROR_AUTO error = {0};
    const uint8_t *bytes = (const uint8_t *)&opened->image;
    opened->image = *image;
    opened->file = (struct file){.descriptor = memfd_create("go", 0), .size = sizeof *image};
    assert_true(opened->file.descriptor >= 0);
    assert_int_equal(write(opened->file.descriptor, image, sizeof *image), sizeof *image);
    struct elf *elf = &opened->elf;
    assert_true(elf_read_header(elf, (struct bytes){bytes, 64}, sizeof *image, &error));
    elf->segments = (struct bytes){bytes + AT(segments), sizeof image->segments};
    elf->sections = (struct bytes){bytes + AT(sections), sizeof image->sections};
    elf->names = (struct bytes){bytes + AT(section_names), sizeof image->section_names};
}

static inline struct go_image *read_image(const struct image *image, struct error *error)
{
    struct opened opened;
    open_image(&opened, image);
    struct go_image *read = go_image_read(&opened.elf, &opened.file, error);
    file_close(&opened.file);
    return read;
}

static inline struct go_image *read_valid(const struct image *image)
{
    ERROR_AUTO error = {0};
    struct go_image *read = read_image(image, &error);
    if (!read)
        fail_msg("%s", error_text(&error));
    return read;
}

/* One change, and the refusal. */
struct damage {
    uint64_t at;
    size_t size; /* of the number to write; 0: the pointer there is to lead to it */
    uint64_t value;
    const char *text; /* what the refusal says */
};

static inline struct image damaged(const struct damage *damage)
{
    struct image image;
    make_image(&image);
    memcpy(place(&image, damage->at), &damage->value, damage->size);
    for (size_t i = 0; !damage->size && i < image.relocation_count; i++)
        if (image.relocations[i].r_offset == damage->at)
            image.relocations[i].r_addend = (int64_t)damage->value;
    return image;
}

#define BROKEN "its Go types are damaged: "
#define TYPE(n, field)                                                                             \
    (AT(types) + (n) * sizeof(struct descriptor) + offsetof(struct descriptor, field))
#define MORE(n, word) (AT(types) + (n) * sizeof(struct descriptor) + 48 + (word)*8)

#endif

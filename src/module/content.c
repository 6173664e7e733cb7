/* SPDX-License-Identifier: MIT */
/* Comparing a file's contents with the hash in its stamp: the PT_LOAD segments without the ELF
 * header (docs/format.md). */
#include "module/content.h"

#include "base/hash.h"

#include <elf.h>
#include <stdlib.h>

enum { CHUNK = 64 * 1024 }; /* a multiple of the hash's words */

/* Continues the hash over one part of the file. */
static bool content_hash_part(const struct file *file, struct elf_part part, uint8_t *buffer,
                              uint64_t *hash, struct error *error)
{
    uint64_t left = part.size;
    for (; left >= CHUNK; left -= CHUNK) {
        if (!file_read(file, part.offset + part.size - left, CHUNK, buffer, error))
            return false;
        *hash = hash_words(*hash, buffer, CHUNK);
    }
    if (!file_read(file, part.offset + part.size - left, (size_t)left, buffer, error))
        return false;
    *hash = hash_end(*hash, buffer, (size_t)left, part.size);
    return true;
}

/* The segment's part of the file, without the ELF header, which stamping changes. */
static struct elf_part content_part(const struct elf *elf, const struct elf_segment *segment)
{
    uint64_t header = elf->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    uint64_t start = segment->part.offset, end = start + segment->part.size;
    if (start < header)
        start = end < header ? end : header;
    return (struct elf_part){start, end - start};
}

static bool content_hash_segments(const struct elf *elf, const struct file *file, uint8_t *buffer,
                                  uint64_t *hash, struct error *error)
{
    /* Linkers let segments share a page at most. More overlap would make a hostile file slow to
     * read. */
    uint64_t most = 2 * file->size;
    *hash = HASH_START;
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(elf, i, &segment, error))
            return false;
        if (segment.type != PT_LOAD)
            continue;
        struct elf_part part = content_part(elf, &segment);
        if (part.size > most)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "it is damaged: segments overlap in the file");
        most -= part.size;
        if (!content_hash_part(file, part, buffer, hash, error))
            return false;
    }
    return true;
}

bool content_hash(const struct module *module, const struct file *file, uint64_t *hash,
                  struct error *error)
{
    uint8_t *buffer = malloc(CHUNK);
    bool done = buffer ? content_hash_segments(&module->elf, file, buffer, hash, error)
                       : error_set_no_memory(error);
    free(buffer);
    return done;
}

bool verify_content(const struct module *module, const struct file *file, struct error *error)
{
    uint64_t hash = 0;
    if (module->go)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.verify does not support Go plugins: they have no content hash");
    bool done = content_hash(module, file, &hash, error);
    if (done && hash != module->meta.header.content)
        done = error_set(error, PLUGIN_NOT_PLUGIN,
                         "its contents do not match the hash in its stamp: it was modified or "
                         "damaged (verify)");
    return done;
}

/* SPDX-License-Identifier: MIT */
/* Reads and judges a whole file. */
#include "fuzz/targets/open.h"

#include "fuzz/targets/seal.h"
#include "src/libraries/libraries.h"
#include "src/module/bundle_file.h"

#include <sys/mman.h>
#include <unistd.h>

bool fuzz_was_read;

/* The file that every input overwrites. */
static struct file write_file(struct bytes input)
{
    static int descriptor = -1;
    if (descriptor < 0)
        descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_PROMISE(descriptor >= 0);
    FUZZ_PROMISE(ftruncate(descriptor, 0) == 0);
    FUZZ_PROMISE(pwrite(descriptor, input.data, input.size, 0) == (ssize_t)input.size);
    return (struct file){.descriptor = descriptor, .size = input.size};
}

/* Finds the two sections of the stamp. Returns false if one is missing. */
static bool find_stamp(struct bytes input, struct bytes *meta, struct bytes *btf)
{
    struct elf elf;
    struct elf_section names, section[2];
    bool found[2];
    ERROR_AUTO error = {0};
    struct bytes start = {input.data, input.size < ELF_HEADER_SIZE ? input.size : ELF_HEADER_SIZE};
    if (!elf_read_header(&elf, start, input.size, &error) || !elf.section_count ||
        !bytes_slice(input, elf.sections_part.offset, elf.sections_part.size, 1, &elf.sections) ||
        !elf_section(&elf, elf.names_section, &names, &error) ||
        !bytes_slice(input, names.part.offset, names.part.size, 1, &elf.names) ||
        !elf_find_section(&elf, FORMAT_SECTION, &section[0], &found[0], &error) ||
        !elf_find_section(&elf, FORMAT_BTF_SECTION, &section[1], &found[1], &error))
        return false;
    return found[0] && found[1] &&
           bytes_slice(input, section[0].part.offset, section[0].part.size, 1, meta) &&
           bytes_slice(input, section[1].part.offset, section[1].part.size, 1, btf);
}

/* Corrects the checksums of the stamp. */
static void mend_checksum(const struct file *file, struct bytes input)
{
    struct bytes meta, btf;
    if (!find_stamp(input, &meta, &btf))
        return;
    uint8_t *sealed = malloc(meta.size + 1);
    if (!sealed) /* starve.c lets one allocation fail */
        return;
    memcpy(sealed, meta.data, meta.size);
    seal_stamp(sealed, meta.size, btf);
    FUZZ_PROMISE(pwrite(file->descriptor, sealed, meta.size, meta.data - input.data) ==
                 (ssize_t)meta.size);
    free(sealed);
}

static void read_bundle(const struct module *module, const struct file *file)
{
    struct bundle_file built_ins;
    ERROR_AUTO error = {0};
    if (bundle_file_read(&built_ins, module, file, &error))
        for (uint32_t i = 0; i < built_ins.count; i++)
            for (uint32_t k = 0; k < built_ins.plugins[i].module.meta.header.packages.count; k++)
                bundle_file_has(&built_ins, i, k);
    bundle_file_free(&built_ins);
}

void fuzz_open(struct bytes input)
{
    struct file file = write_file(input);
    ARENA_AUTO arena = {0};
    struct module module;
    struct dynamic dynamic;
    ERROR_AUTO error = {0}, untyped = {0}, unread = {0};
    mend_checksum(&file, input);
    if (!module_read(&module, &file, &arena, &error)) {
        FUZZ_PROMISE(*error_text(&error));
        return;
    }
    if (!module_judge(&module, &error))
        FUZZ_PROMISE(*error_text(&error));
    fuzz_was_read = !module.is_stamped || module_types(&module, &untyped);
    FUZZ_PROMISE(fuzz_was_read || *error_text(&untyped));
    module_read_dynamic(&dynamic, &module, &file, &arena, &unread);
    read_bundle(&module, &file);
    module_deinit(&module);
}

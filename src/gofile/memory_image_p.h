/* SPDX-License-Identifier: MIT */
/* The memory image of a Go module, as the dynamic loader would place it at address 0: bytes in,
 * checked values out. Go's tables are full of pointers, which are relocations in the file (System V
 * ABI, chapter 4), some of them against exported symbols. Code is not read. */
#ifndef PLUGIN_GO_MEMORY_IMAGE_H
#define PLUGIN_GO_MEMORY_IMAGE_H

#include "base/file.h"
#include "elf/elf.h"

struct go_image;

/* Returns whether Go modules of this machine can be read: amd64 and arm64. */
bool go_image_is_supported(const struct elf *elf);

/* Reads the loaded data of the file, its dynamic symbols and its relocations. Refuses a file with
 * more than 1 GiB of data. Returns NULL with the error set; free with go_image_free. */
struct go_image *go_image_read(const struct elf *elf, const struct file *file, struct error *error);
void go_image_free(struct go_image *image);

/* Returns the bytes at [address, address + size), not relocated, or NULL if the file does not have
 * all of them, as those of .bss. */
const uint8_t *go_image_bytes(const struct go_image *image, uint64_t address, uint64_t size);

/* Reads a number; false if the file does not have it. */
bool go_image_u16(const struct go_image *image, uint64_t address, uint16_t *value);
bool go_image_u64(const struct go_image *image, uint64_t address, uint64_t *value);

/* Reads a relocated pointer; 0 is nil. False if the file does not have it, or if it is to a symbol
 * that the file does not define. */
bool go_image_pointer(const struct go_image *image, uint64_t address, uint64_t *pointer);

/* Reads a Go string, whose data may be NULL if it is empty. False if the file does not have it, or
 * if it is longer than the limit. */
bool go_image_string(const struct go_image *image, uint64_t address, size_t limit,
                     struct bytes *string);

/* Finds a dynamic symbol that the file defines. */
bool go_image_find(const struct go_image *image, const char *name, uint64_t *address,
                   uint64_t *size);

/* Returns the name of the dynamic symbol with this index, NULL after the last one. *address is 0
 * for an undefined symbol. */
const char *go_image_symbol(const struct go_image *image, size_t index, uint64_t *address,
                            uint64_t *size);

/* Gives the relocated pointer with this index, in the order of addresses: where it is, and its
 * value, which may point anywhere. False after the last one. */
bool go_image_pointer_number(const struct go_image *image, size_t index, uint64_t *address,
                             uint64_t *target);

#endif

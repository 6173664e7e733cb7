/* The memory of a Go module as it will be once the dynamic loader has placed it at address 0: bytes
 * in, checked values out. Go's tables are full of pointers, which lie in the file as relocations
 * (System V ABI, chapter 4), some of them to exported symbols. Code is not read. */
#ifndef PLUGIN_GO_IMAGE_H
#define PLUGIN_GO_IMAGE_H

#include "base/file.h"
#include "elf/elf.h"

struct go_image;

/* Is this a machine whose Go modules can be read: amd64 or arm64? */
bool go_image_is_supported(const struct elf *elf);

/* Reads what is loaded of the file, but for its code, and its dynamic symbols and relocations.
 * Bounded: a file of more than 1 GiB of such data is refused. NULL with the error set. Free with
 * go_image_free. */
struct go_image *go_image_read(const struct elf *elf, const struct file *file, struct error *error);
void go_image_free(struct go_image *image);

/* The bytes at [address, address + size), as they lie in the file; NULL if not all of them are
 * there. What the file leaves out (.bss) is not there. */
const uint8_t *go_image_bytes(const struct go_image *image, uint64_t address, uint64_t size);

/* The numbers at an address; false if they are not there. */
bool go_image_u16(const struct go_image *image, uint64_t address, uint16_t *value);
bool go_image_u32(const struct go_image *image, uint64_t address, uint32_t *value);
bool go_image_u64(const struct go_image *image, uint64_t address, uint64_t *value);

/* The pointer at an address, relocated; 0 is nil. False if it is not there, or to a symbol that the
 * file does not define. */
bool go_image_pointer(const struct go_image *image, uint64_t address, uint64_t *pointer);

/* A dynamic symbol that the file defines; false if it does not. */
bool go_image_find(const struct go_image *image, const char *name, uint64_t *address,
                   uint64_t *size);

/* Dynamic symbol number `index`, in the order of the file: its name, NULL after the last one;
 * *address is 0 for one that the file does not define. */
const char *go_image_symbol(const struct go_image *image, size_t index, uint64_t *address,
                            uint64_t *size);

/* Relocated pointer number `index`, in the order of addresses: where it lies, and the address that
 * it holds, which nothing may lie at. False after the last one. */
bool go_image_pointer_number(const struct go_image *image, size_t index, uint64_t *address,
                             uint64_t *target);

#endif

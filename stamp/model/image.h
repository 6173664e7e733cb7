/* SPDX-License-Identifier: MIT */
/* The module's file as the library's own readers see it. Not in model.h, because libbpf declares
 * names of src/types/btf.h differently. */
#ifndef PLUGIN_STAMP_IMAGE_H
#define PLUGIN_STAMP_IMAGE_H

#include "src/elf/dynamic.h"
#include "src/module/module.h"

struct stamp_image {
    struct file file;       /* borrowed */
    struct module module;   /* its headers */
    struct dynamic dynamic; /* once stamp_read_undefined has read it */
};

#endif

/* SPDX-License-Identifier: MIT */
/* Go's record of a build (runtime/debug.BuildInfo): version, path of the main package, settings. */
#ifndef PLUGIN_GO_BUILD_INFO_H
#define PLUGIN_GO_BUILD_INFO_H

#include "gofile/memory_image_p.h"

/* Points into the image. */
struct go_build {
    struct bytes version; /* "go1.24.4"; empty if nothing is recorded */
    struct bytes lines;   /* "path\t...\n", "build\tKEY=VALUE\n" */
};

/* Reads the record; without one, both members are empty. */
bool go_build_read(struct go_build *build, const struct elf *elf, const struct go_image *image,
                   struct error *error);

/* Returns the path of the main package; empty if it is not recorded. */
struct bytes go_build_path(const struct go_build *build);

/* Adds the settings that change package hashes, except defaults: "GOAMD64=v3 -trimpath". */
void go_build_settings(struct text *text, const struct go_build *build);

#endif

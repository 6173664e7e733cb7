/* What Go's linker recorded of a build (runtime/debug.BuildInfo): the version of Go, the path of
 * the main package, the settings. Bytes in, checked values out. */
#ifndef PLUGIN_GO_BUILD_H
#define PLUGIN_GO_BUILD_H

#include "gofile/image.h"

/* Points into the image. */
struct go_build {
    struct bytes version; /* "go1.24.4"; empty if nothing is recorded */
    struct bytes lines;   /* "path\t...", "build\tKEY=VALUE", each ended by a newline */
};

/* Reads the record. It is no failure if there is none. */
bool go_build_read(struct go_build *build, const struct elf *elf, const struct go_image *image,
                   struct error *error);

/* The path of the main package; empty if it is not recorded. */
struct bytes go_build_path(const struct go_build *build);

/* Adds the settings that change packages, but for those that have their usual values:
 * "GOAMD64=v3 -trimpath". */
void go_build_settings(struct text *text, const struct go_build *build);

#endif

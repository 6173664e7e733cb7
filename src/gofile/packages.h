/* The packages of a Go module: their paths, their hashes, how far their inits are. Go's linker
 * exports a symbol for each, by which modules that share packages find each other's. */
#ifndef PLUGIN_GO_PACKAGES_H
#define PLUGIN_GO_PACKAGES_H

#include "gofile/image.h"
#include "gofile/module.h"

/* Reads them, in the order of their paths; none if the module was not made to share packages. */
bool go_packages_read(struct go_module *module, const struct go_image *image, struct error *error);

#endif

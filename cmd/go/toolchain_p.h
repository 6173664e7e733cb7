/* SPDX-License-Identifier: MIT */
/* The Go toolchain that builds the bridge. */
#ifndef PLUGIN_CMD_GO_TOOLCHAIN_H
#define PLUGIN_CMD_GO_TOOLCHAIN_H

#include "common/run.h"
#include "src/gofile/go_module.h"

/* The output of `go env`. A zeroed one is valid. */
struct toolchain {
    struct text version;  /* GOVERSION: "go1.24.4" */
    struct text compiler; /* CC, with flags */
    struct text machine;  /* GOARCH: "amd64" */
};

/* Runs the Go command `go`, which messages call `name`. Call toolchain_deinit in any case. */
bool toolchain_init(struct toolchain *toolchain, const char *name, const char *go,
                    const struct scratch *work, struct error *error);

void toolchain_deinit(struct toolchain *toolchain);

/* Returns the second number of "go1.24.4" or "devel go1.25-abcdef"; 0 if there is none. */
unsigned long toolchain_minor(const char *version);

/* Can this version have built the module, by the version that the module records? Experiments do
 * not count: they are a setting of a build, not of the toolchain. */
bool toolchain_is_version(const struct go_module *module, const char *version);

/* Sets the reason why `go build` failed, after Go printed its messages. Always returns false. */
bool toolchain_explain_failure(const struct toolchain *toolchain, const struct scratch *work,
                               struct error *error);

#endif

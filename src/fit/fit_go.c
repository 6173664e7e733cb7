/* SPDX-License-Identifier: MIT */
/* Whether a Go plugin fits the Go code of a process. */
#include "fit/fit_go.h"

#include <stdlib.h>
#include <string.h>

/* ---- versions ---- */

static bool fit_go_starts_with(const char *string, const char *start)
{
    return !strncmp(string, start, strlen(start));
}

/* Only Go 1.18 and 1.19 may omit the version. */
static bool fit_go_versions_agree(const struct go_module *own, const struct go_module *bridge)
{
    if (own->is_version_exact)
        return !strcmp(own->version, bridge->version);
    return fit_go_starts_with(bridge->version, "go1.18") ||
           fit_go_starts_with(bridge->version, "go1.19");
}

static void fit_go_add_version(struct go_side own, struct go_side bridge, struct misfits *misfits)
{
    struct misfit *misfit = misfits_start(misfits, NULL, NULL);
    text_add_between(&misfit->text, "built by ", own.module->version, ", the bridge to Go, ");
    text_add_escaped(&misfit->text, bridge.path);
    text_add_between(&misfit->text, ", by ", bridge.module->version,
                     ": all Go code in a process must be of one version; build a bridge with ");
    text_add_escaped(&misfit->text, own.module->version);
    text_add(&misfit->text, ": plugin go-bridge --for=");
    text_add_escaped(&misfit->text, own.path);
    misfits_end(misfits);
}

/* ---- packages ---- */

/* Returns the other side's package of the same path, if it is another build; else NULL. Packages of
 * `except` do not count. */
static const struct go_package *fit_go_find_different(const struct go_package *own,
                                                      struct go_side other, struct go_side except)
{
    if (except.module && go_module_package(except.module, own->path))
        return NULL;
    const struct go_package *package = go_module_package(other.module, own->path);
    bool is_same = !package || (package->hash_size == own->hash_size &&
                                !memcmp(package->hash, own->hash, own->hash_size));
    return is_same ? NULL : package;
}

static void fit_go_add_hash(struct text *text, const char *side, const struct go_package *package)
{
    text_add(text, "   %s ", side);
    for (size_t i = 0; i < package->hash_size; i++)
        text_add(text, "%02x", package->hash[i]);
}

static size_t fit_go_count_different(struct go_side own, struct go_side other,
                                     struct go_side except, size_t *width)
{
    size_t count = 0;
    *width = 0;
    for (size_t i = 0; i < own.module->package_count; i++) {
        const struct go_package *package = &own.module->packages[i];
        if (!fit_go_find_different(package, other, except))
            continue;
        size_t length = strlen(package->path);
        *width = length > *width ? length : *width;
        count++;
    }
    return count;
}

static void fit_go_add_settings(struct text *text, const struct go_module *module)
{
    if (!*module->settings)
        return;
    text_add(text, ", with ");
    text_add_escaped(text, module->settings);
}

/* Starts a misfit that lists all packages that differ, one a line. Returns NULL if none does. */
static struct misfit *fit_go_start_packages(struct go_side own, struct go_side other,
                                            struct go_side except, const char *label,
                                            struct misfits *misfits)
{
    size_t width, count = fit_go_count_different(own, other, except, &width);
    if (!count)
        return NULL;
    struct misfit *misfit = misfits_start(misfits, NULL, NULL);
    struct text *text = &misfit->text;
    text_add(
        text,
        "%zu of its packages %s built from different sources or with different flags than those "
        "of ",
        count, count == 1 ? "was" : "were");
    text_add_escaped(text, other.path);
    for (size_t i = 0; i < own.module->package_count; i++) {
        const struct go_package *package = &own.module->packages[i];
        const struct go_package *different = fit_go_find_different(package, other, except);
        if (!different)
            continue;
        text_add(text, "\n  ");
        size_t start = text->length;
        text_add_escaped(text, package->path);
        size_t length = text->length - start;
        text_add(text, "%*s", length < width ? (int)(width - length) : 0, "");
        fit_go_add_hash(text, "plugin", package);
        fit_go_add_hash(text, label, different);
    }
    text_add(text, "\n  the plugin: ");
    text_add_escaped(text, own.module->version);
    fit_go_add_settings(text, own.module);
    text_add(text, "; %s: ", label);
    text_add_escaped(text, other.module->version);
    fit_go_add_settings(text, other.module);
    return misfit;
}

void fit_go_bridge(struct go_side own, struct go_side bridge, struct misfits *misfits)
{
    if (!fit_go_versions_agree(own.module, bridge.module)) {
        fit_go_add_version(own, bridge, misfits);
        return;
    }
    struct misfit *misfit =
        fit_go_start_packages(own, bridge, (struct go_side){0}, "bridge", misfits);
    if (!misfit)
        return;
    text_add(&misfit->text, "\n  build a bridge with the plugin's flags: plugin go-bridge --for=");
    text_add_escaped(&misfit->text, own.path);
    if (!own.module->is_version_exact)
        text_add(&misfit->text, " FLAG... (this Go does not record them)");
    misfits_end(misfits);
}

void fit_go_plugin(struct go_side own, struct go_side other, struct go_side bridge,
                   struct misfits *misfits)
{
    if (fit_go_start_packages(own, other, bridge, "open", misfits))
        misfits_end(misfits);
}

/* ---- the bridge among several ---- */

enum bridge_rank { BRIDGE_NONE, BRIDGE_OTHER, BRIDGE_OF_VERSION, BRIDGE_FITS };

static enum bridge_rank fit_go_rank(struct go_side own, const struct go_bridge_file *bridge)
{
    MISFITS_AUTO misfits = {0};
    fit_go_bridge(own, (struct go_side){bridge->module.go, bridge->path}, &misfits);
    return !misfits.count                                         ? BRIDGE_FITS
           : fit_go_versions_agree(own.module, bridge->module.go) ? BRIDGE_OF_VERSION
                                                                  : BRIDGE_OTHER;
}

/* Tries the next path, and keeps the better bridge. The first error stays. */
static void fit_go_try_bridge(struct go_bridge_file *best, enum bridge_rank *rank, const char *path,
                              const char *directory, struct go_side own, go_bridge_seal *seal,
                              struct error *error)
{
    struct go_bridge_file bridge;
    ERROR_AUTO unread = {0};
    bool is_read = go_bridge_file_read(&bridge, path, directory, own.path, own.module, seal,
                                       error->code ? &unread : error);
    enum bridge_rank own_rank = is_read ? fit_go_rank(own, &bridge) : BRIDGE_NONE;
    if (own_rank > *rank) {
        struct go_bridge_file worse = *best;
        *best = bridge;
        bridge = worse;
        *rank = own_rank;
    }
    go_bridge_file_deinit(&bridge);
}

bool fit_go_read_bridge(struct go_bridge_file *bridge, const char *paths, const char *directory,
                        struct go_side own, go_bridge_seal *seal, struct error *error)
{
    enum bridge_rank rank = BRIDGE_NONE;
    *bridge = (struct go_bridge_file){0};
    for (const char *at = paths ? paths : ""; at && rank < BRIDGE_FITS;) {
        size_t length = strcspn(at, ":");
        char *path = strndup(at, length);
        if (!path)
            return error_set_no_memory(error);
        fit_go_try_bridge(bridge, &rank, path, directory, own, seal, error);
        free(path);
        at = at[length] ? at + length + 1 : NULL;
    }
    if (rank)
        error_free(error);
    return rank;
}

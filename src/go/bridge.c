/* SPDX-License-Identifier: MIT */
/* The bridge to Go of this process. */
#include "go/bridge_p.h"

#include "base/loader.h"
#include "base/lock.h"
#include "base/path.h"
#include "fit/fit_go.h"
#include "process/loaded.h"
#include "process/map.h"
#include "process/plugin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Guarded by the library's lock (base/lock.h). */
static struct {
    struct go_bridge *bridge; /* NULL until one is loaded */
    bool is_loading;
    struct thread loader; /* the thread that loads or loaded it */
} bridge_state;

/* ---- finding ---- */

/* Returns the directory of the module that contains this library's code, newly allocated; NULL if
 * memory runs out. */
static char *bridge_own_directory(void)
{
    uintptr_t base, end;
    char module[PATH_MAX];
    bool is_library =
        loaded_name((const void *)(uintptr_t)bridge_own_directory, module, &base, &end);
    char *resolved = realpath(is_library ? module : "/proc/self/exe", NULL);
    char *slash = resolved ? strrchr(resolved, '/') : NULL;
    if (slash)
        *slash = '\0';
    return resolved;
}

bool go_bridge_read(struct go_bridge_file *bridge, const char *option, const char *plugin_path,
                    const struct go_module *go, go_bridge_seal *seal, struct error *error)
{
    char *directory = bridge_own_directory();
    const char *paths = option ? option : secure_getenv("PLUGIN_GO_BRIDGE");
    *bridge = (struct go_bridge_file){0};
    bool is_read = directory ? fit_go_read_bridge(bridge, paths, directory,
                                                  (struct go_side){go, plugin_path}, seal, error)
                             : error_set_no_memory(error);
    free(directory);
    return is_read;
}

static struct go_bridge *bridge_read(const char *option, const char *plugin_path,
                                     const struct go_module *go, struct error *error)
{
    struct go_bridge *bridge = calloc(1, sizeof *bridge);
    if (!bridge)
        error_set_no_memory(error);
    else if (go_bridge_read(&bridge->file, option, plugin_path, go, NULL, error))
        return bridge;
    go_bridge_free(bridge);
    return NULL;
}

static bool bridge_set_other(struct error *error, const char *path, const char *loaded)
{
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "cannot use the bridge to Go, %s: this process has already loaded %s%s", path,
                     loaded, strcmp(path, loaded) ? "" : ", before that file was replaced");
}

static bool bridge_is_same(const struct go_bridge *a, const struct go_bridge *b)
{
    return a->file.device == b->file.device && a->file.inode == b->file.inode;
}

struct go_bridge *go_bridge_find(const char *option, const char *plugin_path,
                                 const struct go_module *go, struct error *error)
{
    lock_acquire();
    struct go_bridge *loaded = bridge_state.bridge;
    lock_release();
    if (loaded && !option)
        return loaded;
    struct go_bridge *bridge = bridge_read(option, plugin_path, go, error);
    if (!bridge || !loaded)
        return bridge;
    if (!bridge_is_same(bridge, loaded)) {
        bridge_set_other(error, bridge->file.path, loaded->file.path);
        loaded = NULL;
    }
    go_bridge_free(bridge);
    return loaded;
}

void go_bridge_free(struct go_bridge *bridge)
{
    if (!bridge || __atomic_load_n(&bridge->table, __ATOMIC_ACQUIRE))
        return;
    go_bridge_file_deinit(&bridge->file);
    free(bridge);
}

/* ---- loading ---- */

static bool bridge_set_refused(struct error *error, const struct go_bridge *bridge,
                               const char *reason)
{
    return error_set(error, loader_error_code(reason, PLUGIN_MISFIT),
                     "cannot load the bridge to Go, %s: %s", bridge->file.path, reason);
}

/* Called in the thread in which a Go function panicked. */
static void bridge_set_panicked(void *context, const char *text)
{
    const struct plugin_symbol *symbol = context;
    struct error error = {0};
    error_set(&error, PLUGIN_CRASHED, "%s of plugin %s panicked: %s", symbol->name,
              symbol->plugin->path, text);
    error_publish(&error);
}

/* Loads the bridge, which starts Go's run-time. Neither can be unloaded, even after a failure. */
static const struct plugin_go_bridge *bridge_load(const struct go_bridge *bridge,
                                                  struct error *error)
{
    if (path_has_token(bridge->file.path)) {
        bridge_set_refused(error, bridge,
                           "dlopen would replace $ORIGIN, $LIB or $PLATFORM in its path");
        return NULL;
    }
    /* RTLD_GLOBAL: Go plugins bind to its packages. */
    void *handle = loader_open(bridge->file.path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    if (!handle) {
        const char *reason = loader_error();
        bridge_set_refused(error, bridge, reason ? reason : "reason unknown");
        return NULL;
    }
    union {
        void *address;
        plugin_go_bridge_function *call;
    } function = {loader_find(handle, PLUGIN_GO_BRIDGE_SYMBOL, NULL)};
    const struct plugin_go_bridge *table = function.address ? function.call() : NULL;
    if (table && table->version == PLUGIN_GO_BRIDGE_VERSION) {
        table->set_panicked(bridge_set_panicked);
        return table;
    }
    bridge_set_refused(
        error, bridge,
        "it was built for another version of libplugin; rebuild it with: plugin go-bridge");
    return NULL;
}

/* Needs the lock. Waits until no other thread is loading a bridge. If none is loaded then, this
 * thread becomes the loader. */
static bool bridge_begin_loading(struct go_bridge *bridge, struct error *error)
{
    while (bridge_state.is_loading)
        if (map_is_under_way() || !lock_wait_for(bridge_state.loader))
            return bridge_set_refused(
                error, bridge, "another thread is loading it; waiting for it would deadlock");
    if (!bridge_state.bridge) {
        bridge_state.is_loading = true;
        bridge_state.loader = thread_self();
        return true;
    }
    if (bridge_state.loader.fork != thread_self().fork)
        return error_set(
            error, PLUGIN_UNSUPPORTED,
            "this process was forked after Go was loaded, and Go does not survive a fork: open Go "
            "plugins after the fork, or call exec");
    return bridge_is_same(bridge_state.bridge, bridge) ||
           bridge_set_other(error, bridge->file.path, bridge_state.bridge->file.path);
}

bool go_bridge_load(struct go_bridge **bridge, struct error *error)
{
    struct go_bridge *own = *bridge;
    lock_acquire();
    bool may_load = bridge_begin_loading(own, error);
    struct go_bridge *loaded = bridge_state.bridge;
    lock_release();
    if (!may_load)
        return false;
    if (!loaded) {
        const struct plugin_go_bridge *table = bridge_load(own, error);
        lock_acquire();
        assert(bridge_state.is_loading && !bridge_state.bridge);
        bridge_state.is_loading = false;
        if (table) {
            __atomic_store_n(&own->table, table, __ATOMIC_RELEASE);
            bridge_state.bridge = own;
        }
        lock_broadcast();
        lock_release();
        return table;
    }
    if (loaded != own)
        go_bridge_free(own);
    *bridge = loaded;
    return true;
}

const struct go_bridge *go_bridge_loaded(void)
{
    lock_acquire();
    const struct go_bridge *loaded = bridge_state.bridge;
    lock_release();
    return loaded;
}

/* ---- memory that Go functions return ---- */

void plugin_go_keep(const void *memory)
{
    const struct go_bridge *bridge = go_bridge_loaded();
    if (bridge && memory)
        bridge->table->keep(memory);
}

void plugin_go_release(const void *memory)
{
    const struct go_bridge *bridge = go_bridge_loaded();
    if (bridge && memory)
        bridge->table->release(memory);
}

/* SPDX-License-Identifier: MIT */
/* The program itself, as a plugin whose symbols are what it exports. */
#include "base/error.h"
#include "process/loaded.h"
#include "process/map.h"

#include <assert.h>
#include <stdlib.h>

/* Made once; atomic. For ever. */
static struct plugin *program;

static struct plugin *program_new(struct error *error)
{
    bool end;
    const struct loaded *loaded = loaded_at(0, &end, error);
    if (!loaded)
        return NULL;
    if (!loaded->module->is_stamped) {
        error_set(error, PLUGIN_UNSUPPORTED,
                  "it is not stamped; build it with `plugin build`, or compile it with -g and run: "
                  "plugin stamp %s",
                  loaded->path);
        return NULL;
    }
    /* A copy of the module, whose stamp is in no arena: both share it. */
    assert(loaded->module->is_lasting);
    struct plugin *made = plugin_new(loaded->path, loaded->module, error);
    if (made) {
        made->is_program = true;
        made->content = plugin_content(&made->module);
        made->loaded = made->module.meta.header.content;
    }
    if (made && map_set_program(made, loaded->base, error))
        return made;
    free(made);
    return NULL;
}

plugin *plugin_program(void)
{
    struct plugin *known = __atomic_load_n(&program, __ATOMIC_ACQUIRE);
    if (known)
        return known;
    struct error error = {0};
    struct plugin *made = program_new(&error);
    if (!made) {
        error_prefix(&error, "cannot read the program: ");
        error_publish(&error);
        return NULL;
    }
    /* If two threads make it at once, the first one's stays. */
    if (__atomic_compare_exchange_n(&program, &known, made, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return known;
}

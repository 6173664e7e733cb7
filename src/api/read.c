/* SPDX-License-Identifier: MIT */
/* Reading a plugin's file, and judging what needs no process. */
#include "api/isolated_p.h"
#include "base/path.h"
#include "module/content.h"
#include "module/unstamped.h"
#include "trust/trust.h"

/* Checks the file against options.content, and against the trust policy before anything reads it;
 * then its sealed copy takes its place. */
static bool read_admit(struct opening *opening, const char *path, struct error *error)
{
    const struct plugin_options *options = opening->options;
    return (!options->trust || trust_admit(options->trust, path, &opening->file, error)) &&
           (options->placement != PLUGIN_ISOLATED || options->trust ||
            isolated_seal(&opening->file, error)) &&
           (!options->content || trust_check_content(options->content, &opening->file, error));
}

/* Makes a stamp for an unstamped library, if the options allow that. */
static bool read_make_stamp(struct opening *opening, struct module *module, struct error *error)
{
    const struct plugin_options *options = opening->options;
    bool needs_stamp = options->strict || options->verify || options->trust;
    return !options->allow_unstamped || needs_stamp ||
           module_make_stamp(module, &opening->file, &opening->arena, error);
}

/* Is the file a plugin, judged without the process? */
static bool read_judge(const struct opening *opening, const char *path, const struct module *module,
                       struct error *error)
{
    const struct plugin_options *options = opening->options;
    if (!module_judge_machine(module, error) || !module_judge(module, error))
        return false;
    if (module->go && options->trust)
        return error_set(error, PLUGIN_UNSUPPORTED, "options.trust does not support Go plugins%s",
                         options->placement == PLUGIN_ISOLATED ? "" : ": Go maps the file itself");
    if (module->go && options->placement != PLUGIN_ISOLATED && path_has_token(path))
        return error_set(
            error, PLUGIN_UNSUPPORTED,
            "it is a Go plugin, and Go's dlopen would replace $ORIGIN, $LIB or $PLATFORM "
            "in its path; move or rename it");
    if (!options->verify)
        return true;
    /* The checksum of other types than packed ones was verified when the stamp was read. */
    return verify_content(module, &opening->file, error) &&
           (!meta_is_packed(&module->meta) || module_types(module, error));
}

bool opening_read(struct opening *opening, const char *path, struct module *module,
                  struct error *error)
{
    process_read_program();
    if (!read_admit(opening, path, error) ||
        !module_read(module, &opening->file, &opening->arena, error))
        return false;
    if (read_make_stamp(opening, module, error) && read_judge(opening, path, module, error))
        return true;
    module_deinit(module);
    return false;
}

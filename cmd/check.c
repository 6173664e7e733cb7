/* plugin check: does a plugin fit a host? The judgement of plugin_open, from files alone: what the
 * process would have is what the host's file, and the libraries that it needs, say of themselves.
 */
#include "common/cmd.h"
#include "src/fit/fit.h"
#include "src/fit/fit_go.h"
#include "src/module/bridge_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: plugin check [--json] [--strict] [--go-bridge=FILE] HOST PLUGIN...\n"
    "\n"
    "Says of each plugin whether it fits the host, as plugin_open would, and if not,\n"
    "every reason. Only files are read; nothing of them is run. A plugin that fits\n"
    "counts as open for those after it: the packages that it brings are shared.\n"
    "\n"
    "  --json      one JSON object a plugin, each on one line\n"
    "  --strict    shared packages must be from equal sources, and the type of\n"
    "              everything that a plugin uses must have been recorded\n"
    "  --go-bridge=FILE\n"
    "              the bridge to Go plugins, if it is not where plugin_open finds it\n"
    "\n"
    "exit status: 0 all fit, 1 one does not, or could not be read, 2 wrong usage\n"
    "example: plugin check ./host plugins/*.so\n";

/* A file with what it needs. */
struct subject {
    const char *path; /* as the user gave it */
    struct module module;
    struct dynamic dynamic;
    struct libraries libraries; /* items[0] is the file itself */
};

/* The process that the host would be. */
struct site {
    struct subject host;
    struct bundle_file built_ins; /* what is linked into the host */
    struct subject *plugins;      /* those that fit, in order; then the one at hand */
    size_t plugin_count;
    const struct library **reused; /* what the plugin at hand needs of what those have loaded */
    size_t reused_count, reused_capacity;
    const char *bridge_path;      /* as the user gave it; NULL */
    struct go_bridge_file bridge; /* of Go plugins; all zero until the first one is judged */
    bool is_strict;
    bool is_json;
};

/* ---- files ---- */

/* Reads the file, its dynamic tables and its libraries. */
static bool read_subject(struct subject *subject, const char *path, libraries_is_loaded *is_loaded,
                         void *context, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    subject->path = path;
    return file_open(&file, path, error) && module_read(&subject->module, &file, error) &&
           library_read_dynamic(&subject->dynamic, &subject->module, &file, error) &&
           libraries_read(&subject->libraries, path, &subject->module, &subject->dynamic, is_loaded,
                          context, error);
}

static void free_subject(struct subject *subject)
{
    libraries_free(&subject->libraries);
    dynamic_free(&subject->dynamic);
    module_free(&subject->module);
}

/* Without one of its libraries, nobody can say what the host has. */
static bool check_host(const struct subject *host, struct error *error)
{
    if (!host->libraries.missing_count)
        return true;
    const struct missing_library *missing = &host->libraries.missing[0];
    return error_set(error, PLUGIN_NOT_FOUND, "it lacks a library: %s: needed by %s, and %s",
                     missing->name, missing->needer, missing->reason ? missing->reason : "missing");
}

/* ---- what the process would have ---- */

static struct provider provider_of(const struct library *library, bool is_host)
{
    return (struct provider){.path = library->path,
                             .is_host = is_host,
                             .module = library->module->is_stamped ? library->module : NULL};
}

/* The first of the host's libraries whose stamp has this variable. */
static const struct library *find_definer(const struct libraries *libraries, const char *name)
{
    for (size_t i = 1; i < libraries->count; i++)
        if (module_kind(libraries->items[i].module, name) == FORMAT_VARIABLE)
            return &libraries->items[i];
    return libraries->items;
}

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    (void)error;
    const struct site *site = context;
    const struct libraries *libraries = &site->host.libraries;
    struct dynamic_symbol symbol;
    const struct library *library = libraries_find(libraries, name, version);
    for (size_t i = 0; !library && i < site->reused_count; i++)
        if (dynamic_find(&site->reused[i]->dynamic, name, version, &symbol))
            library = site->reused[i];
    /* The program may hold a copy of a library's variable (R_*_COPY). */
    if (library == libraries->items && kind == FORMAT_VARIABLE &&
        !module_kind(library->module, name))
        library = find_definer(libraries, name);
    *found = library != NULL;
    if (library)
        *provider = provider_of(library, library == libraries->items);
    return true;
}

/* The first library that carries the package. */
static const struct library *find_carrier(const struct libraries *libraries, const char *package)
{
    uint32_t index;
    for (size_t i = 0; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        if (library->module->is_stamped &&
            meta_find_package(&library->module->meta, package, &index))
            return library;
    }
    return NULL;
}

/* Does the host export the package of a plugin that is built into it? */
static bool is_exported(const struct site *site, const struct bundle_file_plugin *built_in,
                        const char *package)
{
    const char *name = meta_find_package_symbol(&built_in->module.meta, package);
    struct dynamic_symbol symbol;
    return !name || dynamic_find(&site->host.dynamic, name, NULL, &symbol);
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)error;
    const struct site *site = context;
    const struct library *carrier = find_carrier(&site->host.libraries, package);
    const struct bundle_file_plugin *built_in =
        carrier == site->host.libraries.items ? NULL
                                              : bundle_file_find_carrier(&site->built_ins, package);
    if (built_in) {
        *found = true;
        *provider = (struct provider){.path = built_in->name,
                                      .is_host = true,
                                      .is_closed = !is_exported(site, built_in, package),
                                      .module = &built_in->module};
        return true;
    }
    for (size_t i = 0; !carrier && i < site->plugin_count; i++)
        carrier = find_carrier(&site->plugins[i].libraries, package);
    *found = carrier != NULL;
    if (carrier)
        *provider = provider_of(carrier, carrier == site->host.libraries.items);
    return true;
}

/* By the name that it was asked for by, or by its own. */
static const struct library *find_named(const struct libraries *libraries, const char *name)
{
    for (size_t i = 0; i < libraries->count; i++) {
        const struct library *library = &libraries->items[i];
        if ((i && !strcmp(library->name, name)) ||
            (library->dynamic.soname && !strcmp(library->dynamic.soname, name)))
            return library;
    }
    return NULL;
}

/* Notes that the plugin at hand can be bound to this library of an earlier one, too. */
static bool reuse(struct site *site, const struct library *library)
{
    for (size_t i = 0; i < site->reused_count; i++)
        if (site->reused[i] == library)
            return true;
    if (site->reused_count == site->reused_capacity) {
        size_t larger = site->reused_capacity ? site->reused_capacity * 2 : 8;
        const struct library **reused = reallocarray(site->reused, larger, sizeof *reused);
        if (!reused)
            return false;
        site->reused = reused;
        site->reused_capacity = larger;
    }
    site->reused[site->reused_count++] = library;
    return true;
}

/* Is it among what the earlier plugins need? */
static bool is_reused(struct site *site, const char *name)
{
    const struct library *library = NULL;
    for (size_t i = 0; !library && i < site->plugin_count; i++)
        library = find_named(&site->plugins[i].libraries, name);
    return library && reuse(site, library);
}

static bool is_loaded(void *context, const char *name)
{
    struct site *site = context;
    const char *needed;
    size_t known = site->reused_count;
    if (find_named(&site->host.libraries, name))
        return true;
    if (!is_reused(site, name))
        return false;
    /* With it comes what it needs, and what that needs. */
    for (; known < site->reused_count; known++)
        for (size_t i = 0; (needed = dynamic_needed(&site->reused[known]->dynamic, i)); i++)
            is_reused(site, needed);
    return true;
}

/* ---- the judgement ---- */

static bool is_of_one_machine(const struct elf *a, const struct elf *b)
{
    return a->machine == b->machine && a->is_64 == b->is_64;
}

/* The bridge that a process of the host would load. */
static bool read_bridge(struct site *site, const struct subject *subject, struct error *error)
{
    if (site->bridge.path)
        return true;
    TEXT_AUTO directory = {0};
    cmd_add_library_directory(&directory);
    const char *path = site->bridge_path ? site->bridge_path : getenv("PLUGIN_GO_BRIDGE");
    if (go_bridge_file_read(&site->bridge, path, text_chars(&directory), subject->path,
                            subject->module.go, error))
        return true;
    go_bridge_file_deinit(&site->bridge);
    return false;
}

/* Are a Go plugin's packages those of the bridge, and of the plugins that are open? */
static bool judge_go(struct site *site, const struct subject *subject, struct misfits *misfits,
                     struct error *error)
{
    if (!subject->module.go || !subject->module.go->is_plugin)
        return true;
    if (!read_bridge(site, subject, error))
        return false;
    struct go_side own = {subject->module.go, subject->path};
    struct go_side bridge = {site->bridge.module.go, site->bridge.path};
    fit_go_bridge(own, bridge, misfits);
    for (size_t i = 0; i < site->plugin_count; i++) {
        struct go_side other = {site->plugins[i].module.go, site->plugins[i].path};
        if (other.module)
            fit_go_plugin(own, other, bridge, misfits);
    }
    return true;
}

/* Can it be a plugin, and does it fit? Of another machine than the host, it does not fit, whatever
 * it is. Fails if it could not be judged. */
static bool judge(struct site *site, const struct subject *subject, struct misfits *misfits,
                  struct error *error)
{
    const struct process process = {.host_path = site->host.path,
                                    .host = &site->host.module,
                                    .context = site,
                                    .find = find,
                                    .find_package = find_package,
                                    .is_loaded = is_loaded};
    if (is_of_one_machine(&subject->module.elf, &site->host.module.elf) &&
        !module_judge(&subject->module, error))
        return false;
    return fit_collect(misfits, &subject->libraries, &process, site->is_strict, error) &&
           judge_go(site, subject, misfits, error);
}

/* ---- text ---- */

/* Is this the answer, rather than the want of one? */
static bool is_answer(enum plugin_code code)
{
    return code == PLUGIN_MISFIT || code == PLUGIN_NOT_PLUGIN || code == PLUGIN_UNSUPPORTED;
}

static void print_fit(const struct site *site, const char *path)
{
    TEXT_AUTO text = {0};
    text_add_escaped(&text, path);
    text_add(&text, " fits ");
    text_add_escaped(&text, site->host.path);
    printf("%s\n", text_chars(&text));
}

/* ---- JSON ---- */

static const char *code_name(enum plugin_code code)
{
    switch (code) {
    case PLUGIN_OK:
        return "ok";
    case PLUGIN_NOT_FOUND:
        return "not found";
    case PLUGIN_NOT_PLUGIN:
        return "not a plugin";
    case PLUGIN_MISFIT:
        return "misfit";
    case PLUGIN_UNSUPPORTED:
        return "unsupported";
    case PLUGIN_NO_MEMORY:
        return "out of memory";
    default:
        return "system error";
    }
}

/* Adds a key and its string, or null. */
static void add_field(struct text *text, const char *key, const char *value)
{
    text_add(text, "\"%s\":", key);
    if (value)
        cmd_add_json_string(text, value);
    else
        text_add(text, "null");
}

static const char *chars_or_null(const struct text *text)
{
    return text->length ? text_chars(text) : NULL;
}

static void add_misfit(struct text *text, const struct misfit *misfit)
{
    text_add(text, "{");
    add_field(text, "symbol", misfit->symbol);
    text_add(text, ",");
    add_field(text, "package", misfit->package);
    text_add(text, ",");
    add_field(text, "path", chars_or_null(&misfit->path));
    text_add(text, ",");
    add_field(text, "host", chars_or_null(&misfit->host));
    text_add(text, ",");
    add_field(text, "plugin", chars_or_null(&misfit->plugin));
    text_add(text, ",");
    add_field(text, "text", text_chars(&misfit->text));
    text_add(text, "}");
}

static bool print_json(const struct site *site, const char *path, const struct misfits *misfits,
                       struct error *error)
{
    TEXT_AUTO text = {0};
    text_add(&text, "{");
    add_field(&text, "plugin", path);
    text_add(&text, ",");
    add_field(&text, "host", site->host.path);
    text_add(&text, ",\"fits\":%s,", error->code == PLUGIN_OK ? "true" : "false");
    add_field(&text, "code", code_name(error->code));
    text_add(&text, ",\"misfits\":[");
    for (size_t i = 0; i < misfits->kept; i++) {
        text_add(&text, "%s", i ? "," : "");
        add_misfit(&text, &misfits->items[i]);
    }
    text_add(&text, "],");
    add_field(&text, "error", error->code == PLUGIN_OK ? NULL : error_text(error));
    text_add(&text, "}\n");
    if (text.failed)
        return error_set_no_memory(error);
    fwrite(text_chars(&text), 1, text.length, stdout);
    return true;
}

/* ---- the verb ---- */

/* Prints the answer, or, on standard error, why there is none. */
static int answer(const struct site *site, const char *path, const struct misfits *misfits,
                  struct error *error)
{
    if (misfits->count)
        misfits_refuse(misfits, path, site->host.path, error);
    else if (is_answer(error->code))
        error_prefix(error, "%s does not fit %s: ", path, site->host.path);
    else if (error->code != PLUGIN_OK)
        error_prefix(error, "cannot check %s: ", path);
    bool is_printed = !site->is_json || print_json(site, path, misfits, error);
    if (error->code == PLUGIN_OK && !site->is_json)
        print_fit(site, path);
    else if (is_answer(error->code) && !site->is_json)
        printf("%s\n", error_text(error));
    if (!is_printed || (error->code != PLUGIN_OK && !is_answer(error->code)))
        return cmd_failed(error);
    return error->code == PLUGIN_OK ? EXIT_DONE : EXIT_FAILED;
}

/* Judges one plugin; if it fits, it counts as open. */
static int check(struct site *site, const char *path)
{
    ERROR_AUTO error = {0};
    MISFITS_AUTO misfits = {0};
    struct subject *subject = &site->plugins[site->plugin_count];
    const struct library *host = &site->host.libraries.items[0];
    *subject = (struct subject){
        .libraries.program = {host->dynamic.runpath, host->dynamic.is_rpath, host->path}};
    site->reused_count = 0;
    bool fits = read_subject(subject, path, is_loaded, site, &error) &&
                judge(site, subject, &misfits, &error) && !misfits.count;
    int status = answer(site, path, &misfits, &error);
    if (fits)
        site->plugin_count++;
    else
        free_subject(subject);
    return status;
}

static int check_all(struct site *site, char **arguments, int count)
{
    ERROR_AUTO error = {0};
    int status = EXIT_DONE;
    site->plugins = calloc((size_t)count, sizeof *site->plugins);
    if (!site->plugins) {
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    for (int i = 0; i < count; i++)
        if (arguments[i] && arguments[i] != site->host.path &&
            check(site, arguments[i]) != EXIT_DONE)
            status = EXIT_FAILED;
    return status;
}

static int run_check(struct site *site, const char *host, char **arguments, int count)
{
    ERROR_AUTO error = {0};
    int status;
    if (read_subject(&site->host, host, NULL, NULL, &error) && check_host(&site->host, &error) &&
        cmd_read_built_ins(&site->built_ins, &site->host.module, host, &error)) {
        status = check_all(site, arguments, count);
    } else {
        error_prefix(&error, "cannot read the host %s: ", host);
        status = cmd_failed(&error);
    }
    for (size_t i = 0; i < site->plugin_count; i++)
        free_subject(&site->plugins[i]);
    free(site->plugins);
    free(site->reused);
    bundle_file_free(&site->built_ins);
    free_subject(&site->host);
    go_bridge_file_deinit(&site->bridge);
    return status;
}

int cmd_check(int count, char **arguments)
{
    struct site site = {0};
    const char *host = NULL;
    bool only_files = false;
    int files = 0;
    for (int i = 1; i < count; i++) {
        if (!only_files && cmd_is_help(arguments[i])) {
            fputs(help, stdout);
            return cmd_finish_output();
        }
        bool is_json = !only_files && !strcmp(arguments[i], "--json");
        bool is_strict = !only_files && !strcmp(arguments[i], "--strict");
        site.is_json |= is_json;
        site.is_strict |= is_strict;
        static const char bridge[] = "--go-bridge=";
        bool is_bridge = !only_files && !strncmp(arguments[i], bridge, strlen(bridge));
        if (is_bridge)
            site.bridge_path = arguments[i] + strlen(bridge);
        if (is_json || is_strict || is_bridge)
            arguments[i] = NULL;
        else if (cmd_is_option(&arguments[i], &only_files))
            return cmd_usage_error("check", "no such option: %s", arguments[i]);
        if (arguments[i] && !files++)
            host = arguments[i];
    }
    if (!host)
        return cmd_usage_error("check", "no host given");
    if (files < 2)
        return cmd_usage_error("check", "no plugin given");
    int status = run_check(&site, host, arguments + 1, count - 1);
    int written = cmd_finish_output();
    return status ? status : written;
}

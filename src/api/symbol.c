/* SPDX-License-Identifier: MIT */
/* Symbols: lookup, iteration, declarations and type-checked addresses. */
#include "api/interface_p.h"
#include "api/suggest_p.h"
#include "api/symbol_p.h"
#include "api/types_p.h"
#include "fit/waiver.h"
#include "gofile/go_module.h"
#include "packages/built_in.h"
#include "packages/package.h"
#include "process/loaded.h"
#include "process/map.h"
#include "process/plugin.h"
#include "types/compare.h"
#include "types/nesting.h"
#include "types/print.h"

#include <stdlib.h>

static bool symbol_set_missing(const struct plugin *p, const char *name, struct error *error)
{
    error_set(error, PLUGIN_NO_SYMBOL, "symbol %s not found in plugin %s", name, p->path);
    const struct meta *meta = &p->module.meta;
    uint32_t shared;
    if (meta_find_shared(meta, name, &shared)) {
        text_add_between(&error->text, ": it belongs to package ",
                         meta_package(meta, meta_shared(meta, shared).package).path,
                         ", and plugin_lookup finds only symbols of the main package");
        return false;
    }
    if (!p->symbol_count)
        text_add(&error->text, ", which exports no symbols");
    near_add(&error->text, meta, name);
    return false;
}

/* A function of its own, so that a successful lookup needs no stack for the error. */
__attribute__((noinline, cold)) static const plugin_symbol *refuse(const struct plugin *p,
                                                                   const char *name)
{
    struct error error = {0};
    symbol_set_missing(p, name, &error);
    error_publish(&error);
    return NULL;
}

const plugin_symbol *plugin_lookup(plugin *p, const char *name)
{
    if (!p)
        return NULL;
    /* Returned, not stored through a pointer, for which the compiler would add a stack guard. */
    uint32_t found = meta_symbol_by_name(&p->module.meta, name ? name : "");
    return found ? &p->symbols[found - 1] : refuse(p, name ? name : "(null)");
}

const plugin_symbol *plugin_find_symbol(plugin *p, const char *name)
{
    uint32_t found = p && name ? meta_symbol_by_name(&p->module.meta, name) : 0;
    return found ? &p->symbols[found - 1] : NULL;
}

const plugin_symbol *plugin_next(plugin *p, const plugin_symbol *after)
{
    if (!p)
        return NULL;
    size_t next = after ? (size_t)(after - p->symbols) + 1 : 0;
    return next < p->symbol_count ? &p->symbols[next] : NULL;
}

const char *plugin_symbol_name(const plugin_symbol *symbol)
{
    return symbol ? symbol->name : NULL;
}

/* False if the types cannot be read. */
static bool decl_write(struct text *text, const struct plugin *p, const char *name, uint32_t type,
                       struct error *error)
{
    if (!type) {
        text_add_escaped(text, name);
        return true;
    }
    const struct btf *types = module_types(&p->module, error);
    if (types)
        print_symbol(text, types, type, name, NULL);
    return types;
}

static char *decl_new(const struct plugin *p, const char *name, uint32_t type, struct error *error)
{
    struct text text = {0};
    bool is_written = decl_write(&text, p, name, type, error);
    if (is_written && !text.failed)
        return text.chars;
    if (is_written)
        error_set(error, PLUGIN_NO_MEMORY, "out of memory, or the declaration is too long");
    text_free(&text);
    error_prefix(error, "cannot write the declaration of symbol %s of plugin %s: ", name, p->path);
    return NULL;
}

const char *decl_get(char **place, const struct plugin *p, const char *name, uint32_t type)
{
    struct error error = {0};
    const char *known = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    char *made = known ? NULL : decl_new(p, name, type, &error);
    if (made)
        return text_keep_first(place, made);
    if (!known)
        error_publish(&error);
    return known;
}

const char *plugin_symbol_decl(const plugin_symbol *symbol)
{
    return symbol ? decl_get((char **)&symbol->decl, symbol->plugin, symbol->name, symbol->type)
                  : NULL;
}

void *plugin_address(const plugin_symbol *symbol)
{
    if (!symbol)
        return NULL;
    if (symbol->kind != FORMAT_THREAD_LOCAL)
        return symbol->address;
    return symbol->plugin->built_in ? built_in_thread_local(symbol) : map_find_address(symbol);
}

static const char symbol_request[] = "type requested by plugin_as";

const struct loaded *probe_find(const void *probe, const char *what, struct format_probe *found,
                                struct error *error)
{
    const struct loaded *loaded = loaded_find(probe, error);
    if (!loaded) {
        error_prefix(error, "cannot identify the %s: ", what);
    } else if (!loaded->module->is_stamped) {
        error_set(error, PLUGIN_UNSUPPORTED,
                  "cannot identify the %s: %s is not stamped; build it with `plugin build`, or "
                  "compile it with -g and run: plugin stamp %s",
                  what, loaded->path, loaded->path);
    } else if (!meta_find_probe(&loaded->module->meta, (uintptr_t)probe - loaded->base, found)) {
        error_set(error, PLUGIN_UNSUPPORTED,
                  "cannot identify the %s: the stamp of %s does not record this use; compile its "
                  "source file with -g, link, and run: plugin stamp %s",
                  what, loaded->path, loaded->path);
    } else {
        return loaded;
    }
    return NULL;
}

static void symbol_add_side(struct text *text, const char *side, const char *what)
{
    text_add(text, "\n      %-9s  %s", side, what);
}

/* Writes the error's line: where the types differ, and how. */
static void symbol_add_line(struct error *error, const struct plugin_symbol *symbol,
                            const struct type_difference *difference)
{
    struct text *line = &error->line;
    text_add_between(line, "symbol ", symbol->name, " of plugin ");
    text_add_between(line, "", symbol->plugin->path, " has a different type");
    if (difference->path.length)
        text_add(line, " at %s", text_chars(&difference->path));
    text_add(line, "%s", text_chars(&difference->cause));
    if (*text_chars(&difference->cause) == ':')
        return;
    text_add(line, ": requested ");
    side_add_to_sentence(line, &difference->first, &difference->second);
    text_add(line, ", recorded ");
    side_add_to_sentence(line, &difference->second, &difference->first);
}

/* Sets "symbol V of plugin PATH has a different type", both types with the compilers that built
 * each side, and where they differ. */
static bool symbol_set_wrong_type(const struct plugin_symbol *symbol, struct type_side own,
                                  struct type_side requested, const struct loaded *requester,
                                  const struct type_difference *difference, struct error *error)
{
    const struct plugin *p = symbol->plugin;
    error_set(error, PLUGIN_WRONG_TYPE,
              "symbol %s of plugin %s has a different type:", symbol->name, p->path);
    struct text *text = &error->text;
    TEXT_AUTO type = {0};
    print_shown(&type, requested.btf, requested.id, NULL);
    symbol_add_side(text, "requested", text_chars(&type));
    text->failed |= type.failed;
    text_add_between(text, "   (", requester->path, ", ");
    module_add_build(text, requester->module);
    text_add(text, ")");
    text_free(&type);
    print_shown(&type, own.btf, btf_type(own.btf, own.id).type, symbol->name);
    symbol_add_side(text, "recorded", text_chars(&type));
    text->failed |= type.failed;
    text_add(text, "   (");
    module_add_build(text, &p->module);
    text_add(text, ")\n  they differ at ");
    if (difference->path.length)
        text_add(text, "%s%s:", text_chars(&difference->path), text_chars(&difference->cause));
    else
        text_add(text, "the type itself%s:", text_chars(&difference->cause));
    symbol_add_side(text, "requested", text_chars(&difference->first));
    symbol_add_side(text, "recorded", text_chars(&difference->second));
    text->failed |= difference->path.failed || difference->first.failed ||
                    difference->second.failed || difference->cause.failed;
    symbol_add_line(error, symbol, difference);
    return false;
}

static bool symbol_set_no_form(const struct plugin_symbol *symbol, struct error *error)
{
    const struct go_symbol *go = go_module_symbol(symbol->plugin->module.go, symbol->name);
    return error_set(error, PLUGIN_WRONG_TYPE,
                     "symbol %s of plugin %s has no form in C: it is %s, and %s%s", symbol->name,
                     symbol->plugin->path, go ? go->type : "of an unknown type",
                     go && go->reason ? go->reason : "reason unknown",
                     symbol->address ? "; plugin_address returns its address unchecked" : "");
}

/* Was the symbol's type recorded? */
static bool symbol_has_type(const struct plugin_symbol *symbol, struct error *error)
{
    const struct plugin *p = symbol->plugin;
    if (symbol->type)
        return true;
    if (p->module.go)
        return symbol_set_no_form(symbol, error);
    if (p->module.is_untyped)
        return error_set(error, PLUGIN_WRONG_TYPE,
                         "the type of symbol %s is unknown: plugin %s is not stamped; run: plugin "
                         "stamp FILE; plugin_address returns its address unchecked",
                         symbol->name, p->path);
    return error_set(error, PLUGIN_WRONG_TYPE,
                     "the type of symbol %s of plugin %s was not recorded: %s; plugin_address "
                     "returns its address unchecked",
                     symbol->name, p->path,
                     symbol->kind == FORMAT_INDIRECT
                         ? "its resolver does not return a pointer to its type"
                         : "the file that defines it was compiled without -g");
}

/* Only the program may waive, and strict knows no waiver. */
static bool symbol_is_waived(const struct plugin_symbol *symbol, uint64_t hash,
                             const struct loaded *requester, const struct btf *types,
                             const struct type_difference *difference)
{
    const struct plugin *p = symbol->plugin;
    struct waivable waivable = {symbol->name, difference, hash,
                                meta_symbol(&p->module.meta, (uint32_t)(symbol - p->symbols)).hash};
    return requester->is_program && !p->is_strict && waiver_find(types, &waivable);
}

/* Compares the types, whose hashes differ or are unknown. */
static bool symbol_compare_type(const struct plugin_symbol *symbol,
                                const struct format_probe *probe, const struct loaded *requester,
                                struct error *error)
{
    struct type_side requested = {module_types(requester->module, error), probe->type};
    if (!requested.btf)
        return error_prefix(error, "cannot identify the %s: %s: ", symbol_request, requester->path);
    struct type_side own = {module_types(&symbol->plugin->module, error), symbol->type};
    struct type_difference difference = {
        .first_name = "the requested type",
        .first_path = requester->path,
        .first_module = requester->is_program ? "the host" : "the requesting module",
        .second_name = "the recorded type",
        .second_module = "the plugin",
        .is_unused = package_is_elsewhere,
        .context = symbol->plugin};
    enum type_rules rules = type_rules(symbol->plugin->is_strict);
    bool agree = false;
    bool answered =
        own.btf && type_compare_symbol(requested, own, rules, &agree, &difference, error);
    if (!answered)
        error_prefix(error, "symbol %s of plugin %s: ", symbol->name, symbol->plugin->path);
    else if (!agree && symbol_is_waived(symbol, probe->hash, requester, requested.btf, &difference))
        agree = true;
    else if (!agree)
        symbol_set_wrong_type(symbol, own, requested, requester, &difference, error);
    type_difference_deinit(&difference);
    return answered && agree;
}

/* Does the symbol have the type that the probe requests? */
static bool symbol_check_type(const struct plugin_symbol *symbol, const void *probe,
                              struct error *error)
{
    struct format_probe requested;
    const struct loaded *requester = probe_find(probe, symbol_request, &requested, error);
    if (!requester)
        return false;
    const struct plugin *p = symbol->plugin;
    /* The types of an isolated plugin say what is copied: its stamp may not lie about them. */
    if (!p->isolated && requested.hash &&
        requested.hash == meta_symbol(&p->module.meta, (uint32_t)(symbol - p->symbols)).hash)
        return true;
    return symbol_has_type(symbol, error) &&
           symbol_compare_type(symbol, &requested, requester, error);
}

void *plugin_assert_(const plugin_symbol *symbol, const void *probe, const void **seen)
{
    if (!symbol)
        return NULL;
    struct error error = {0};
    if (!symbol_check_type(symbol, probe, &error)) {
        error_publish(&error);
        return NULL;
    }
    /* plugin_as reads the address of a remembered symbol without a call. A thread-local variable
     * has one address per thread, so it is not remembered. */
    if (symbol->kind != FORMAT_THREAD_LOCAL)
        __atomic_store_n(seen, symbol, __ATOMIC_RELAXED);
    return plugin_address(symbol);
}

plugin_type types_read(const struct plugin *p, uint32_t id, struct error *error)
{
    const struct btf *types = module_types(&p->module, error);
    return types && nesting_is_bounded(types, error) ? types_handle(types, id) : (plugin_type){0};
}

plugin_type plugin_symbol_type(const plugin_symbol *symbol)
{
    struct error error = {0};
    plugin_type type = {0};
    if (!symbol)
        return type;
    if (symbol_has_type(symbol, &error)) {
        type = types_read(symbol->plugin, symbol->type, &error);
        if (!type.types_)
            error_prefix(&error, "cannot read the type of symbol %s of plugin %s: ", symbol->name,
                         symbol->plugin->path);
    }
    if (!type.types_)
        error_publish(&error);
    return type;
}

bool plugin_symbol_can_fail(const plugin_symbol *symbol)
{
    return symbol && (symbol->plugin->isolated || symbol->plugin->entry);
}

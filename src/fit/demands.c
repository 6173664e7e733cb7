/* SPDX-License-Identifier: MIT */
/* The judgement of what a host uses of a plugin. */
#include "fit/demands.h"

#include "fit/type_misfit_p.h"
#include "types/print.h"

struct demand demand_of(const struct module *module, const char *label, uint32_t interface,
                        uint32_t index)
{
    struct meta_member member = meta_member(&module->meta, interface, index);
    return (struct demand){.interface = meta_interface(&module->meta, interface).name,
                           .name = member.name,
                           .module = module,
                           .label = label,
                           .hash = member.hash,
                           .type = member.type,
                           .offset = member.offset,
                           .is_optional = member.is_optional};
}

/* Starts a misfit: "struct filter: filter_line". */
static struct misfit *demand_start(struct misfits *misfits, const struct demand *demand)
{
    struct misfit *misfit = misfits_start(misfits, demand->name, NULL);
    if (*demand->interface)
        misfit_add(misfit, "%s: ", demand->interface);
    misfit_add(misfit, "%s", demand->name);
    return misfit;
}

static void demand_add_missing(struct misfits *misfits, const struct demands *demands,
                               const struct demand *demand, const struct module *own)
{
    const struct meta *meta = &own->meta;
    const char *hidden = demands->hidden ? demands->hidden(demands->context, demand->name) : "";
    struct misfit *misfit = demand_start(misfits, demand);
    uint32_t shared;
    misfit->kind = MISFIT_NOT_EXPORTED;
    if (meta_find_shared(meta, demand->name, &shared))
        misfit_add(
            misfit,
            ": the plugin has it in package %s; an interface consists of symbols of the main "
            "package",
            meta_package(meta, meta_shared(meta, shared).package).path);
    else if (format_is_mangled(demand->name))
        misfit_add(misfit, ": the plugin does not export it to C: its name is mangled; declare it "
                           "extern \"C\"");
    else
        misfit_add(misfit, ": the plugin does not export it%s%s", *hidden ? ": it is " : "",
                   hidden);
    misfits_end(misfits);
}

static void demand_add_untyped(struct misfits *misfits, const struct demand *demand,
                               const struct module *own, enum format_symbol_kind kind)
{
    const struct go_symbol *go = own->go ? go_module_symbol(own->go, demand->name) : NULL;
    struct misfit *misfit = demand_start(misfits, demand);
    if (own->is_untyped)
        misfit_add(misfit,
                   ": its type is unknown: the plugin is not stamped; run: plugin stamp FILE");
    else if (go)
        misfit_add(misfit, ": no form in C: %s", go->reason ? go->reason : "its type is unknown");
    else if (kind == FORMAT_INDIRECT)
        misfit_add(misfit,
                   ": its type was not recorded: its resolver does not return a pointer to it");
    else
        misfit_add(misfit, ": its type was not recorded; compile the file that defines it with -g");
    misfits_end(misfits);
}

/* The name of the demanding side in a sentence. */
static const char *demand_side(const struct demand *demand)
{
    if (!strcmp(demand->label, "interface"))
        return "the interface";
    return strcmp(demand->label, "host") != 0 ? demand->label : "the host";
}

/* Adds the declaration that a pointed-to type gives the symbol. */
static void write_declaration(struct text *text, const struct btf *btf, uint32_t type,
                              const char *name)
{
    print_shown(text, btf, type, name);
    text_add(text, ";");
}

static void demand_add_difference(struct misfits *misfits, const struct demand *demand,
                                  struct type_side requested, struct type_side recorded,
                                  const struct module *own, struct type_difference *difference)
{
    TEXT_AUTO start = {0};
    if (*demand->interface)
        text_add_between(&start, "", demand->interface, ": ");
    struct type_misfit misfit = {.symbol = demand->name,
                                 .start = text_chars(&start),
                                 .end = "",
                                 .host = {demand->label, demand_side(demand), demand->module},
                                 .plugin = {"plugin", "the plugin", own},
                                 .host_types = requested.btf,
                                 .plugin_types = recorded.btf};
    uint32_t pointer = btf_unqualified(requested.btf, requested.id).type.type;
    write_declaration(&misfit.host_declaration, requested.btf, pointer, demand->name);
    write_declaration(&misfit.plugin_declaration, recorded.btf,
                      btf_type(recorded.btf, recorded.id).type, demand->name);
    misfits->failed |= start.failed;
    misfits_add_difference(misfits, &misfit, difference);
    text_free(&misfit.host_declaration);
    text_free(&misfit.plugin_declaration);
}

/* Only the host may waive, and strict knows no waiver. */
static bool demand_is_waived(struct misfits *misfits, const struct demands *demands,
                             const struct demand *demand, const struct btf *host,
                             const struct meta_symbol *symbol,
                             const struct type_difference *difference)
{
    struct waivable waivable = {demand->name, difference, demand->hash, symbol->hash};
    return !strcmp(demand->label, "host") && demands->rules == TYPE_RULES &&
           misfits_waive(misfits, host, &waivable);
}

static bool demand_compare(struct misfits *misfits, const struct demands *demands,
                           const struct demand *demand, const struct module *own,
                           const struct meta_symbol *symbol, struct error *error)
{
    struct type_side requested = {module_types(demand->module, error), demand->type};
    struct type_side recorded = {requested.btf ? module_types(own, error) : NULL, symbol->type};
    struct type_difference difference = {.first_name = demand_side(demand),
                                         .first_path = demands->path,
                                         .second_name = "the plugin",
                                         .is_unused = demands->is_elsewhere,
                                         .context = demands->elsewhere_context,
                                         .tells_growth = misfits->is_verbose};
    bool agree = false;
    bool is_compared = recorded.btf && type_compare_symbol(requested, recorded, demands->rules,
                                                           &agree, &difference, error);
    if (!is_compared)
        error_prefix(error, "%s: ", demand->name);
    else if (agree)
        misfits_add_lines(misfits, &misfits->growth, &difference.growth);
    else if (!demand_is_waived(misfits, demands, demand, requested.btf, symbol, &difference))
        demand_add_difference(misfits, demand, requested, recorded, own, &difference);
    type_difference_deinit(&difference);
    return is_compared;
}

static bool demand_judge(struct misfits *misfits, const struct demands *demands,
                         const struct demand *demand, const struct module *own, struct error *error)
{
    uint32_t found = meta_symbol_by_name(&own->meta, demand->name);
    if (!found) {
        misfits->uses.unchecked += !demand->is_optional;
        if (!demand->is_optional)
            demand_add_missing(misfits, demands, demand, own);
        return true;
    }
    struct meta_symbol symbol = meta_symbol(&own->meta, found - 1);
    misfits->uses.unchecked += symbol.kind == FORMAT_THREAD_LOCAL || !symbol.type;
    if (symbol.kind == FORMAT_THREAD_LOCAL) {
        misfit_add(demand_start(misfits, demand),
                   ": a thread-local variable has an address in each thread; look it up there");
        misfits_end(misfits);
        return true;
    }
    if (!symbol.type) {
        demand_add_untyped(misfits, demand, own, symbol.kind);
        return true;
    }
    misfits->uses.compared++;
    if (demands->rules == TYPE_RULES && demand->hash && demand->hash == symbol.hash)
        return true;
    return demand_compare(misfits, demands, demand, own, &symbol, error);
}

bool demands_judge(struct misfits *misfits, struct demands demands, const struct module *own,
                   struct error *error)
{
    struct uses_counted *uses = &misfits->uses;
    size_t i = 0;
    uses->is_counted = true;
    for (; i < demands.count && !misfits_are_too_many(misfits); i++)
        if (!demand_judge(misfits, &demands, &demands.items[i], own, error))
            return false;
    uses->is_cut |= i < demands.count;
    for (; i < demands.count; i++)
        uses->unchecked +=
            !demands.items[i].is_optional || meta_symbol_by_name(&own->meta, demands.items[i].name);
    return !misfits->failed || error_set_no_memory(error);
}

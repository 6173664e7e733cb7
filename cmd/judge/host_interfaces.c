/* SPDX-License-Identifier: MIT */
/* The interfaces of a host, and the judgement by them. */
#include "judge/host_interfaces.h"

#include "src/base/array.h"
#include "src/base/path.h"

#include <stdlib.h>
#include <string.h>

/* ---- the interfaces ---- */

static bool host_interfaces_add(struct host_interfaces *interfaces, const struct library *library,
                                bool is_host, struct error *error)
{
    const struct module *module = library->module;
    uint32_t count = module->is_stamped ? module->meta.header.interfaces.count : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (meta_interface(&module->meta, i).kind == FORMAT_INTERFACE_IMPLEMENTED)
            continue;
        struct host_interface *added =
            array_add(NULL, interfaces->items, interfaces->count, interfaces->capacity);
        if (!added)
            return error_set_no_memory(error);
        *added = (struct host_interface){.module = module,
                                         .library = is_host ? NULL : path_base_name(library->path),
                                         .number = i};
    }
    return true;
}

bool host_interfaces_add_file(struct host_interfaces *interfaces, const struct module *module,
                              const char *path, struct error *error)
{
    const struct library library = {.path = path, .module = module};
    if (!module->is_stamped || !module->meta.header.interfaces.count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "%s has no interface; build it of PLUGIN_EXPECTS with: plugin build "
                         "-buildmode=interface",
                         path);
    return host_interfaces_add(interfaces, &library, false, error);
}

bool host_interfaces_find(struct host_interfaces *interfaces, const struct libraries *libraries,
                          struct error *error)
{
    for (size_t i = 0; i < libraries->count; i++)
        if (!host_interfaces_add(interfaces, &libraries->items[i], i == 0, error))
            return false;
    return true;
}

void host_interfaces_deinit(struct host_interfaces *interfaces)
{
    free(interfaces->items);
    *interfaces = (struct host_interfaces){0};
}

const char *interface_name(const struct module *module, uint32_t number)
{
    const char *name = meta_interface(&module->meta, number).name;
    return *name ? name : "PLUGIN_EXPECTS";
}

void host_interface_add_name(struct text *text, const struct host_interface *interface)
{
    text_add_escaped(text, interface_name(interface->module, interface->number));
    if (interface->library)
        text_add_between(text, " of ", interface->library, "");
}

bool host_interfaces_choose(struct host_interfaces *interfaces, const char *name)
{
    /* The full name goes first: the host's interface may have the name of a library's. */
    for (int is_full = 1; is_full >= 0 && !interfaces->has_chosen; is_full--)
        for (size_t i = 0; i < interfaces->count; i++) {
            struct host_interface *interface = &interfaces->items[i];
            TEXT_AUTO own = {0};
            if (is_full)
                host_interface_add_name(&own, interface);
            else
                text_add_escaped(&own, interface_name(interface->module, interface->number));
            interface->is_chosen = !strcmp(text_chars(&own), name);
            interfaces->has_chosen |= interface->is_chosen;
        }
    return interfaces->has_chosen;
}

/* ---- the judgement ---- */

static bool host_interface_judge(const struct host_interfaces *interfaces,
                                 const struct host_interface *interface, const struct module *own,
                                 struct misfits *misfits, struct error *error)
{
    const struct module *module = interface->module;
    uint32_t count = meta_interface(&module->meta, interface->number).member_count;
    struct demand *items = calloc((size_t)count + 1, sizeof *items);
    if (!items)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < count; i++)
        items[i] = demand_of(module, interface->library ? interface->library : "host",
                             interface->number, i);
    struct demands demands = {.items = items,
                              .count = count,
                              .rules = interfaces->rules,
                              .path = interface->library ? NULL : interfaces->path,
                              .is_elsewhere = interfaces->is_elsewhere,
                              .elsewhere_context = interfaces->elsewhere_context};
    bool is_judged = demands_judge(misfits, demands, own, error);
    free(items);
    return is_judged;
}

/* Does the plugin export any of its symbols? */
static bool host_interface_is_tried(const struct host_interface *interface,
                                    const struct module *own)
{
    const struct meta *meta = &interface->module->meta;
    for (uint32_t i = 0; i < meta_interface(meta, interface->number).member_count; i++)
        if (meta_symbol_by_name(&own->meta, meta_member(meta, interface->number, i).name))
            return true;
    return false;
}

/* Is it nearer to the plugin than the other one, or that NULL? One of which the plugin exports
 * nothing is far, however few symbols it has. */
static bool host_interface_is_nearer(const struct host_interface *interface,
                                     const struct host_interface *other)
{
    if (!other || interface->is_tried != other->is_tried)
        return !other || interface->is_tried;
    if (interface->is_cut != other->is_cut)
        return other->is_cut;
    return interface->misfit_count < other->misfit_count;
}

void host_interfaces_reset(struct host_interfaces *interfaces)
{
    for (size_t i = 0; i < interfaces->count; i++) {
        struct host_interface *interface = &interfaces->items[i];
        interface->is_tried = interface->is_met = interface->is_judged = false;
        interface->is_cut = false;
        interface->misfit_count = 0;
    }
}

/* Judges the plugin by one interface alone. It gets an equal share of the cost that is left: the
 * misfits of one interface must not hide that the plugin meets a later one. */
static bool host_interface_try(const struct host_interfaces *interfaces,
                               struct host_interface *interface, const struct module *own,
                               size_t *left, struct error *error)
{
    size_t remaining = interfaces->count - (size_t)(interface - interfaces->items);
    size_t start = MISFITS_COST_MAX - *left / remaining;
    MISFITS_AUTO misfits = {.cost = start};
    if (misfits_are_too_many(&misfits))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it differs from too many of the host's interfaces to judge it");
    if (!host_interface_judge(interfaces, interface, own, &misfits, error))
        return false;
    size_t cost = misfits.cost - start;
    *left -= cost < *left ? cost : *left;
    interface->misfit_count = misfits.count;
    interface->is_cut = misfits.uses.is_cut;
    interface->is_met = !misfits.count;
    interface->is_tried = host_interface_is_tried(interface, own);
    return true;
}

/* Judges the plugin by each interface alone. Sets is_judged of those that it meets and that count;
 * if there are none, of the nearest one. All symbols of PLUGIN_EXPECTS may be optional: then it
 * counts if the plugin exports one, or if it was chosen. */
static bool host_interfaces_compare(struct host_interfaces *interfaces, const struct module *own,
                                    struct error *error)
{
    struct host_interface *nearest = NULL;
    bool is_any_met = false;
    size_t left = MISFITS_COST_MAX;
    for (size_t i = 0; i < interfaces->count; i++) {
        struct host_interface *interface = &interfaces->items[i];
        if (!host_interface_try(interfaces, interface, own, &left, error))
            return false;
        bool counts = interfaces->has_chosen ? interface->is_chosen
                                             : interface->is_tried || !interface->is_met;
        interface->is_judged = interface->is_met && counts;
        is_any_met |= interface->is_judged;
        if (counts && host_interface_is_nearer(interface, nearest))
            nearest = interface;
    }
    if (nearest && !is_any_met)
        nearest->is_judged = true;
    return true;
}

bool host_interfaces_judge(struct host_interfaces *interfaces, const struct module *own,
                           struct misfits *misfits, struct error *error)
{
    if (!host_interfaces_compare(interfaces, own, error))
        return false;
    for (size_t i = 0; i < interfaces->count; i++)
        if (interfaces->items[i].is_judged &&
            !host_interface_judge(interfaces, &interfaces->items[i], own, misfits, error))
            return false;
    return true;
}

void host_interfaces_add_met(struct text *text, const struct host_interfaces *interfaces)
{
    const char *separator = ", meets ";
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct host_interface *interface = &interfaces->items[i];
        if (!interface->is_judged)
            continue;
        text_add(text, "%s", separator);
        host_interface_add_name(text, interface);
        separator = ", ";
    }
}

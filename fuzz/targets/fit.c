/* SPDX-License-Identifier: MIT */
/* Judges a plugin in a process that consists of one host. The input: a number, whose bits are
 * options; then `.plugin`, `.BTF`, dynamic section, symbols and strings, of the plugin and of the
 * host. */
#include "src/fit/fit.h"
#include "fuzz/fuzz.h"
#include "src/fit/demands.h"

enum { IS_STRICT = 1, IS_LINKED = 2, IS_SHORT_OF_LIBRARIES = 4, WILL_LOAD = 8 };

/* A module that is in no file. */
struct part {
    struct bytes meta, btf, entries, symbols, strings;
    struct module module;
    struct dynamic dynamic;
};

static bool read_part(struct part *part, struct bytes *input, struct arena *arena,
                      struct error *error)
{
    *part = (struct part){.meta = fuzz_part(input),
                          .btf = fuzz_part(input),
                          .entries = fuzz_part(input),
                          .symbols = fuzz_part(input),
                          .strings = fuzz_part(input)};
    struct module *module = &part->module;
    module->elf = (struct elf){.is_64 = true, .type = 3, .machine = 62};
    module->is_stamped = true;
    module->types_section = part->btf;
    module->pointer_size = 8;
    struct dynamic_tables tables = {
        .entries = part->entries, .symbols = part->symbols, .strings = part->strings};
    return meta_read_start(&module->meta, part->meta, error) &&
           meta_read_tables(&module->meta, part->meta, error) &&
           dynamic_read(&part->dynamic, &module->elf, &tables, arena, error);
}

static void free_part(struct part *part)
{
    module_deinit(&part->module);
    fuzz_part_free(&part->meta);
    fuzz_part_free(&part->btf);
    fuzz_part_free(&part->entries);
    fuzz_part_free(&part->symbols);
    fuzz_part_free(&part->strings);
}

/* ---- the process ---- */

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    (void)kind, (void)error;
    struct part *host = context;
    struct dynamic_symbol symbol;
    *found = dynamic_find(&host->dynamic, name, version, &symbol);
    if (*found)
        *provider = (struct provider){.path = "./host", .is_host = true, .module = &host->module};
    else if ((*found = !strcmp(name, "__libc_start_main")))
        *provider = (struct provider){.path = "/lib/libc.so.6"};
    return true;
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)error;
    struct part *host = context;
    uint32_t index;
    *found = meta_find_package(&host->module.meta, package, &index);
    *provider = (struct provider){.path = "./host", .is_host = true, .module = &host->module};
    return true;
}

static void judge(const struct part *own, struct part *host, uint32_t how, struct arena *arena)
{
    struct library items[] = {
        {.path = "/plugin.so", .module = &own->module, .dynamic = own->dynamic},
        {.path = "/library.so", .module = &host->module, .dynamic = host->dynamic}};
    const char *needed = dynamic_needed(&own->dynamic, 0);
    struct missing_library missing = {needed, "/plugin.so", "missing"};
    struct libraries libraries = {.arena = arena,
                                  .items = items,
                                  .count = how & WILL_LOAD ? 2 : 1,
                                  .missing = &missing,
                                  .missing_count = needed && how & IS_SHORT_OF_LIBRARIES,
                                  .is_linked = how & IS_LINKED};
    struct fit_host fit_host = {.path = "./host",
                                .module = &host->module,
                                .context = host,
                                .find_symbol = find,
                                .find_package = find_package};
    ERROR_AUTO error = {0};
    bool fits = fit_judge("plugin.so", &libraries, &fit_host, how & IS_STRICT, &error);
    FUZZ_PROMISE(fits == !*error_text(&error));
    for (size_t i = 0; i < error.text.length; i++)
        FUZZ_PROMISE((unsigned char)error.text.chars[i] >= 0x20 || error.text.chars[i] == '\n');
}

/* Judges the plugin by an interface of the host. */
static void judge_demands(const struct part *own, const struct part *host, uint32_t number)
{
    uint32_t count = meta_interface(&host->module.meta, number).member_count;
    struct demand *items = calloc(count + 1, sizeof *items);
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    for (uint32_t i = 0; items && i < count; i++)
        items[i] = demand_of(&host->module, "host", number, i);
    struct demands demands = {.items = items, .count = items ? count : 0};
    bool is_judged = demands_judge(&misfits, demands, &own->module, &error);
    FUZZ_PROMISE(is_judged == !*error_text(&error));
    if (is_judged && misfits.count)
        misfits_refuse(&misfits, "plugin.so", "./host", &error);
    for (size_t i = 0; i < error.text.length; i++)
        FUZZ_PROMISE((unsigned char)error.text.chars[i] >= 0x20 || error.text.chars[i] == '\n');
    free(items);
}

FUZZ_TARGET(fit)
{
    struct part own, host = {0};
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    uint32_t how = fuzz_number(&input);
    fuzz_was_read =
        read_part(&own, &input, &arena, &error) && read_part(&host, &input, &arena, &error);
    if (fuzz_was_read) {
        judge(&own, &host, how, &arena);
        for (uint32_t i = 0; i < host.module.meta.header.interfaces.count; i++)
            judge_demands(&own, &host, i);
    }
    free_part(&host);
    free_part(&own);
}

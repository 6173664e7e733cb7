/* A plugin and a host, made in memory, and the text of the plan that is made of them. */
#ifndef TESTS_ISOLATED_PLAN_MADE_H
#define TESTS_ISOLATED_PLAN_MADE_H

#include "src/crossing/plan.h"
#include "tests/fit/fit_made.h"

#include <stdio.h>

/* ---- infos ---- */

enum { INFOS = 16 };

/* Marks of a module, with a table of strings of their own. */
struct told {
    struct format_info infos[INFOS];
    char strings[4096];
    uint32_t count, used;
};

static inline void tell(struct told *told, const char *key, const char *value)
{
    const char *both[] = {key, value};
    uint32_t at[2];
    for (int i = 0; i < 2; i++) {
        at[i] = told->used;
        told->used += (uint32_t)strlen(both[i]) + 1;
        assert_true(told->used <= sizeof told->strings);
        strcpy(told->strings + at[i], both[i]);
    }
    assert_true(told->count < INFOS);
    told->infos[told->count++] = (struct format_info){.key = at[0], .value = at[1]};
}

/* Marks are lines of a key and its words. */
static inline void tell_all(struct told *told, const char *marks)
{
    char key[64], value[256];
    int length;
    while (sscanf(marks, "%63s %255[^\n]%n", key, value, &length) == 2) {
        tell(told, key, value);
        marks += length;
    }
}

static inline void set_infos(struct meta *meta, const struct told *told)
{
    meta->header.infos.count = told->count;
    meta->infos = (struct bytes){(const uint8_t *)told->infos, told->count * sizeof *told->infos};
}

/* ---- plans ---- */

/* A plugin whose symbols are added by `define`, and what its host says. */
struct case_of_plan {
    struct maker plugin, host;
    struct told host_told, plugin_told;
};

static inline void start_case(struct case_of_plan *made, const char *marks)
{
    *made = (struct case_of_plan){.plugin = start("/plugin.so", "gcc 12.2.0"),
                                  .host = start("/host", "gcc 12.2.0")};
    tell_all(&made->host_told, marks);
}

static inline void end_case(struct case_of_plan *made)
{
    end(&made->plugin);
    end(&made->host);
    /* Names of infos are in the module's strings, behind all others. */
    struct maker *makers[] = {&made->host, &made->plugin};
    struct told *tolds[] = {&made->host_told, &made->plugin_told};
    for (int i = 0; i < 2; i++) {
        uint32_t start = STRINGS - (uint32_t)sizeof tolds[i]->strings;
        assert_true(makers[i]->strings_used <= start);
        memcpy(makers[i]->tables->strings + start, tolds[i]->strings, sizeof tolds[i]->strings - 1);
        for (uint32_t k = 0; k < tolds[i]->count; k++) {
            tolds[i]->infos[k].key += start;
            tolds[i]->infos[k].value += start;
        }
        set_infos(&makers[i]->module.meta, tolds[i]);
    }
}

static inline void free_case(struct case_of_plan *made)
{
    free_maker(&made->plugin);
    free_maker(&made->host);
}

/* plan_make for a plugin without libraries. */
static inline struct plan *plan_of(const struct case_of_plan *made, const struct btf *host_types,
                                   struct misfits *misfits, struct error *error)
{
    const struct mapped_module own = {"/plugin.so", &made->plugin.module};
    const struct mapped_modules modules = {.items = &own, .count = 1};
    return plan_make(&modules, &made->host.module.meta, host_types, misfits, error);
}

static inline struct plan *make_plan(const struct case_of_plan *made, struct misfits *misfits)
{
    ERROR_AUTO error = {0};
    struct plan *plan = plan_of(made, NULL, misfits, &error);
    if (!plan && !misfits->count)
        fail_msg("%s", error_text(&error));
    assert_int_equal(error.code, PLUGIN_OK);
    return plan;
}

/* ---- variables ---- */

enum { DATA = 0x3000, DATA_END = 0x4000 };

/* Gives the module memory: constants, what is read-only after relocation, and data. */
static inline void set_segments(struct maker *maker)
{
    static const Elf64_Phdr segments[] = {
        {.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 0x1000, .p_filesz = 64, .p_memsz = 96},
        {.p_type = PT_GNU_RELRO, .p_flags = PF_R, .p_vaddr = DATA - 256, .p_memsz = 256},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = DATA - 256, .p_memsz = 256 + 4096},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = 0x8000, .p_memsz = 1 << 30},
    };
    maker->module.elf.file_size = 4096;
    maker->module.elf.segment_count = sizeof segments / sizeof *segments;
    maker->module.elf.segments = (struct bytes){(const uint8_t *)segments, sizeof segments};
}

/* Defines a variable at this address. */
static inline void define_at(struct maker *maker, const char *name, const char *words,
                             uint64_t address)
{
    char variable[256];
    snprintf(variable, sizeof variable, "var %s %s", name, words);
    define(maker, name, FORMAT_VARIABLE, variable);
    maker->tables->symbols[maker->header.symbols.count - 1].address = address;
}

/* ---- plans as text ---- */

static inline void show_part(struct text *text, const struct plan *plan,
                             const struct plan_part *part)
{
    static const char *const kinds[] = {"padding", "embedded", "string",
                                        "objects", "opaque",   "function"};
    text_add(text, "  %u+%u %s", part->offset, part->size, kinds[part->kind]);
    if (part->kind == PLAN_EMBEDDED)
        text_add(text, " %u *", part->count);
    if (part->kind == PLAN_EMBEDDED || part->kind == PLAN_OBJECTS || part->kind == PLAN_FUNCTION)
        text_add(text, " %u", part->object);
    if (part->kind == PLAN_OPAQUE)
        text_add(text, " %s", plan_name(plan, part->object));
    if (part->kind == PLAN_OBJECTS)
        text_add(text, "%s%s", part->flow & PLAN_IN ? " in" : "",
                 part->flow & PLAN_BACK ? " back" : "");
    if (part->counted == PLAN_BY_COUNT)
        text_add(text, " by %c%u at %u", part->count_is_signed ? 's' : 'u', part->count_size,
                 part->count_offset);
    if (part->counted == PLAN_BEHIND)
        text_add(text, " by %c%u of %u behind %u", part->count_is_signed ? 's' : 'u',
                 part->count_size, part->count, part->count_offset);
    text_add(text, "%s%s%s\n", part->is_by_result ? " by result" : "",
             part->is_by_count ? " by count" : "", part->is_kept ? " kept" : "");
}

static inline void show_plan(struct text *text, const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->variable_count; i++)
        text_add(text, "shared %llu+%llu\n", (unsigned long long)plan_variable(plan, i)->address,
                 (unsigned long long)plan_variable(plan, i)->size);
    for (uint32_t i = 0; i < plan->function_count; i++) {
        const struct plan_function *function = plan_function(plan, i);
        if (function->is_variable) {
            text_add(text, "%s %s %llu+%llu frame %u\n",
                     function->is_constant ? "constant" : "variable",
                     plan_name(plan, function->name), (unsigned long long)function->address,
                     (unsigned long long)function->size, function->frame);
            continue;
        }
        text_add(text, "%s %s frame %u (", plan_name(plan, function->name),
                 plan_name(plan, function->signature), function->frame);
        for (uint32_t k = 0; k <= function->parameter_count; k++) {
            const struct plan_slot *slot = plan_slot(plan, function->first_slot + k);
            text_add(text, "%s%s %u+%u", k ? ", " : "",
                     k < function->parameter_count ? plan_name(plan, slot->name) : "=",
                     slot->offset, slot->size);
        }
        text_add(text, "%s)", function->result_is_signed ? " signed" : "");
        if (function->freed_by >= PLAN_FREED_BY)
            text_add(text, " freed by %u", function->freed_by - PLAN_FREED_BY);
        else if (function->freed_by)
            text_add(text, " freed by C");
        text_add(text, "%s\n", function->frees ? " frees" : "");
    }
    for (uint32_t i = 0; i < plan->object_count; i++) {
        const struct plan_object *object = plan_object(plan, i);
        text_add(text, "%u %s %u/%u%s\n", i, plan_name(plan, object->name), object->size,
                 object->alignment, object->is_copied ? " copied" : "");
        for (uint32_t k = 0; k < object->part_count; k++)
            show_part(text, plan, plan_part(plan, object->first_part + k));
    }
}

#endif

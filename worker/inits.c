/* SPDX-License-Identifier: MIT */
/* Inits and PLUGIN_RETIRE blocks. The host lists them, from the stamps that it judged: nothing here
 * reads a stamp. What the constructors of PLUGIN_PACKAGE and PLUGIN_INIT call is defined here, and
 * comes before libplugin's own in the dynamic loader's order. */
#include "worker/worker.h"

#include <plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inits_why inits_why = {.init = UINT32_MAX};

static const struct start *start;
static const uintptr_t *bases;
static uint32_t mapping; /* the number of the file that is being mapped */
static __thread bool is_running, has_failed;

void plugin_init_fail(const char *why)
{
    if (!is_running || has_failed)
        return;
    has_failed = true;
    snprintf(inits_why.text, sizeof inits_why.text, "%s", why ? why : "no reason given");
}

void plugin_announce_(struct plugin_announced_ *package)
{
    (void)package; /* its module is known */
}

static bool run(void (*function)(void))
{
    is_running = true;
    function();
    is_running = false;
    return !has_failed;
}

static const struct start_init *listed(uint32_t number)
{
    return (const struct start_init *)((const char *)start + start->inits) + number;
}

/* Does the host list the inits of the file that is being mapped, but those of packages of its own?
 */
static bool is_stamped(void)
{
    return ((const uint8_t *)start + start->stamped)[mapping];
}

/* Each init of a module calls this, in order; when the last one does, the module's other
 * constructors have run. */
void plugin_start_(struct plugin_init_ *own, struct plugin_init_ *first, struct plugin_init_ *end)
{
    size_t count = (size_t)(end - first), before = 0;
    for (const struct plugin_init_ *init = first; init < end; init++)
        before += init->order != 0;
    own->order = before + 1;
    if (own->order != count || is_stamped())
        return;
    for (size_t order = 1; order <= count && !has_failed; order++) {
        const struct plugin_init_ *init = first;
        while (init->order != order)
            init++;
        run(init->run);
    }
}

void inits_prepare(const struct start *given, const uintptr_t *known_bases)
{
    start = given;
    bases = known_bases;
}

void inits_set_mapping(uint32_t file)
{
    mapping = file;
}

static void (*function_of(uint32_t number))(void)
{
    const struct start_init *init = listed(number);
    return (void (*)(void))(bases[init->file] + (uintptr_t)init->address);
}

bool inits_run(void)
{
    if (has_failed)
        return false;
    for (uint32_t i = 0; i < start->init_count; i++) {
        inits_why.init = i;
        if (!run(function_of(i)))
            return false;
    }
    return true;
}

void inits_retire(void)
{
    for (uint32_t i = 0; i < start->retire_count; i++)
        function_of(start->init_count + i)();
}

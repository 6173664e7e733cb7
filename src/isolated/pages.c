/* SPDX-License-Identifier: MIT */
/* The pages of a plugin that have its variables. */
#include "isolated/pages.h"

#include "base/search.h"
#include "crossing/crossing.h"

#include <unistd.h>

struct pages pages_around(uint64_t start, uint64_t end)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), first = start & ~(page - 1);
    return (struct pages){first, (size_t)(((end + page - 1) & ~(page - 1)) - first)};
}

struct pages pages_of_variables(const struct plan *plan)
{
    if (!plan->variable_count)
        return (struct pages){0, 0};
    const struct plan_variable *last = plan_variable(plan, plan->variable_count - 1);
    return pages_around(plan_variable(plan, 0)->address, last->address + last->size);
}

struct address {
    const struct plan *plan;
    uint64_t at;
};

static bool starts_no_later(const void *context, size_t number)
{
    const struct address *address = context;
    return plan_variable(address->plan, (uint32_t)number)->address <= address->at;
}

/* Finds the variable that has the byte at this address, as linked. */
static const struct plan_variable *find(const struct plan *plan, uint64_t address, uint32_t *number)
{
    struct address sought = {plan, address};
    size_t behind = search_first(plan->variable_count, starts_no_later, &sought);
    if (!behind)
        return NULL;
    *number = (uint32_t)behind - 1;
    const struct plan_variable *variable = plan_variable(plan, *number);
    return address - variable->address < variable->size ? variable : NULL;
}

bool pages_share(const struct pages *pages, const uint8_t *start, const struct plan *plan,
                 const void *at, uint64_t *reference, size_t *left)
{
    uintptr_t distance = (uintptr_t)at - (uintptr_t)start;
    uint32_t number;
    if (distance >= pages->size)
        return false;
    const struct plan_variable *variable = find(plan, pages->start + distance, &number);
    if (!variable)
        return false;
    uint64_t offset = pages->start + distance - variable->address;
    *reference = reference_make(REFERENCE_SHARED, number + 1, (uint32_t)offset);
    *left = (size_t)(variable->size - offset);
    return true;
}

bool pages_place(const struct pages *pages, uint8_t *start, const struct plan *plan,
                 uint64_t reference, void **at, size_t *left)
{
    uint32_t number = reference_number(reference) - 1, offset = reference_offset(reference);
    if (number >= plan->variable_count)
        return false;
    const struct plan_variable *variable = plan_variable(plan, number);
    if (offset > variable->size)
        return false;
    *at = start + (variable->address - pages->start) + offset;
    *left = (size_t)(variable->size - offset);
    return true;
}

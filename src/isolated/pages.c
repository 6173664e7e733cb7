/* The pages of a plugin that have its variables. */
#include "isolated/pages.h"

#include "base/search.h"

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

bool pages_find(const struct plan *plan, uint64_t address, uint32_t *number, size_t *left)
{
    struct address sought = {plan, address};
    size_t behind = search_first(plan->variable_count, starts_no_later, &sought);
    if (!behind)
        return false;
    const struct plan_variable *variable = plan_variable(plan, (uint32_t)behind - 1);
    uint64_t offset = address - variable->address;
    if (offset >= variable->size)
        return false;
    *number = (uint32_t)behind - 1;
    *left = (size_t)(variable->size - offset);
    return true;
}

/* New members start at or behind the former sizeof, and do not change the alignment; no member
 * moves.
 *
 * host 2 -DPADDING, plugin 1 -DPADDING: refused, misreads
 * host 2 -DALIGNED, plugin 1 -DALIGNED: refused, misreads
 * host 2 -DMIDDLE, plugin 1 -DMIDDLE: refused, misreads
 */
#include <plugin.h>
#include <stdint.h>
#include <string.h>

struct module {
    unsigned size;
#if defined MIDDLE && V >= 2
    int priority;
#endif
    int level;
#ifndef PADDING
    int more;
#endif
    void *context;
    int last;
#if V >= 2 && defined PADDING
    int flags;
#elif V >= 2 && defined ALIGNED
    _Alignas(16) long flags;
#elif V >= 2
    int behind;
    long flags;
#endif
};
PLUGIN_GROWS_SIZED(struct module, size);
int host_add(struct module *module);

#ifdef HOST
int host_add(struct module *module)
{
#if defined PADDING
    return plugin_has(module, flags) ? module->flags : 0;
#elif defined ALIGNED
    volatile uintptr_t tagged = (uintptr_t)module | 8; /* in a bit that is free */
    return ((struct module *)(tagged - 8))->level - 3;
#else
    return module->level - 3;
#endif
}
#else
static struct {
    long before;
    struct module module;
} own __attribute__((aligned(16)));
int run(void)
{
    struct module *module = &own.module;
    memset(&own, 1, sizeof own);
    module->size = sizeof *module;
    module->level = 3;
    return host_add(module);
}
#endif

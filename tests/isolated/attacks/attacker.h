/* What a hostile plugin is asked to do. */
#ifndef ATTACKER_H
#define ATTACKER_H

#include <plugin.h>

#include <stddef.h>
#include <stdint.h>

/* Of all kinds that cross. */
struct record {
    uint64_t number;
    const char *name;
    size_t count;
    const int *values;
    int (*twice)(int value);
};
PLUGIN_COUNTED_MEMBER(struct record, values, count);

/* What the plugin writes to a word of its slot. */
enum attack_change { SET, ADD, ATTACK_CHANGES };

/* What it does then. */
enum attack_end { RETURNS, ANSWERS, CALLS, ATTACK_ENDS };

struct attacker {
    int (*number)(void);
    const struct record *(*copy)(const struct record *record, char *text, size_t size);
    int (*ask)(int (*function)(int value), int value);
    /* Changes 4 bytes of its slot, or of the claim behind all slots, and then ends the call. */
    int (*change)(size_t offset, int how, uint32_t value, int end);
    void (*flip)(void); /* from now on changes what is shared, all the time */
    int (*bomb)(int how);
};
PLUGIN_COUNTED(copy, text, size);

#endif

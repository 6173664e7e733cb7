/* SPDX-License-Identifier: MIT */
/* Programs for seccomp(2): a search tree of the numbers, and the tests of each number's rules. */
#include "worker/filter.h"

#include <linux/seccomp.h>
#include <string.h>

/* An argument is loaded in two halves, at offsets that depend on the byte order. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arguments are read as little-endian");

enum {
    X32_BIT = 0x40000000, /* marks the numbers of x32; no other machine has numbers that large */
    NONE = UINT16_MAX,
};

/* The rules by number: `first` of each, and the `next` with the same one. */
struct index {
    uint16_t first[FILTER_CALLS], next[FILTER_RULES];
};

/* Numbers from `start` on, to the next span: with one action, or a single one with rules that test.
 */
struct span {
    uint16_t start, rule; /* the first rule, or NONE */
    uint32_t action;      /* without a rule */
};

struct builder {
    struct filter *filter;
    const struct filter_rules *rules;
    struct index index;
    struct span spans[2 * FILTER_RULES + 1];
    size_t count;
    uint32_t otherwise;
};

void filter_rules_add(struct filter_rules *rules, const struct filter_rule *added, size_t count)
{
    if (count > FILTER_RULES - rules->count) {
        rules->is_full = true;
        return;
    }
    memcpy(&rules->rules[rules->count], added, count * sizeof *added);
    rules->count += count;
}

/* Returns where the instruction is. */
static size_t emit(struct filter *filter, int code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    if (filter->length == FILTER_CODE) {
        filter->is_full = true;
        return FILTER_CODE - 1;
    }
    filter->code[filter->length] =
        (struct sock_filter){.code = (uint16_t)code, .jt = if_true, .jf = if_false, .k = k};
    return filter->length++;
}

static void emit_load(struct filter *filter, size_t offset)
{
    emit(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void emit_return(struct filter *filter, uint32_t action)
{
    emit(filter, BPF_RET | BPF_K, action, 0, 0);
}

/* Lets the conditional jump at `from` lead to the next instruction if its condition does not hold.
 */
static void fail_to_here(struct filter *filter, size_t from)
{
    size_t distance = filter->length - from - 1;
    if (distance > UINT8_MAX)
        filter->is_full = true;
    filter->code[from].jf = (uint8_t)distance;
}

/* One half of an argument; returns the jump to take if it differs, or NONE. */
static size_t emit_half(struct filter *filter, size_t offset, uint32_t mask, uint32_t value)
{
    if (!mask)
        return NONE;
    emit_load(filter, offset);
    if (mask != UINT32_MAX)
        emit(filter, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
    return emit(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 0);
}

static void emit_rule(struct filter *filter, const struct filter_rule *rule)
{
    size_t jumps[2 * FILTER_TESTS], count = 0;
    for (size_t i = 0; i < FILTER_TESTS; i++) {
        const struct filter_test *test = &rule->tests[i];
        size_t offset = offsetof(struct seccomp_data, args) + test->argument * sizeof(uint64_t);
        jumps[count++] = emit_half(filter, offset, (uint32_t)test->mask, (uint32_t)test->value);
        jumps[count++] = emit_half(filter, offset + sizeof(uint32_t), (uint32_t)(test->mask >> 32),
                                   (uint32_t)(test->value >> 32));
    }
    emit_return(filter, rule->action);
    for (size_t i = 0; i < count; i++)
        if (jumps[i] != NONE)
            fail_to_here(filter, jumps[i]);
}

static void emit_span(const struct builder *builder, const struct span *span)
{
    for (uint16_t i = span->rule; i != NONE; i = builder->index.next[i])
        emit_rule(builder->filter, &builder->rules->rules[i]);
    emit_return(builder->filter, span->action);
}

/* Lets the jump at `from` lead to the next instruction if its condition holds. It reaches 255
 * instructions only; beyond, a jump without a condition is put behind it. All jumps between are
 * relative, and stay between. */
static void succeed_to_here(struct filter *filter, size_t from)
{
    size_t distance = filter->length - from - 1;
    if (distance <= UINT8_MAX) {
        filter->code[from].jt = (uint8_t)distance;
        return;
    }
    struct sock_filter far = BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance);
    emit(filter, BPF_JMP | BPF_JA, 0, 0, 0);
    if (filter->is_full)
        return;
    memmove(&filter->code[from + 2], &filter->code[from + 1], distance * sizeof far);
    filter->code[from + 1] = far;
    filter->code[from].jf = 1;
}

/* The number is in the accumulator. The recursion is as deep as the logarithm of FILTER_RULES. */
static void emit_spans(const struct builder *builder, const struct span *spans, size_t count)
{
    if (count == 1) {
        emit_span(builder, spans);
        return;
    }
    size_t half = count / 2;
    size_t upper = emit(builder->filter, BPF_JMP | BPF_JGE | BPF_K, spans[half].start, 0, 0);
    emit_spans(builder, spans, half);
    succeed_to_here(builder->filter, upper);
    emit_spans(builder, spans + half, count - half);
}

static void index_make(struct index *index, const struct filter_rules *rules)
{
    memset(index->first, 0xff, sizeof index->first);
    for (size_t i = rules->count; i-- > 0;) {
        uint32_t number = rules->rules[i].number;
        index->next[i] = index->first[number];
        index->first[number] = (uint16_t)i;
    }
}

static bool rule_has_tests(const struct filter_rule *rule)
{
    for (size_t i = 0; i < FILTER_TESTS; i++)
        if (rule->tests[i].mask)
            return true;
    return false;
}

static struct span span_of(const struct builder *builder, uint16_t number)
{
    uint16_t first = builder->index.first[number];
    struct span span = {number, NONE, builder->otherwise};
    if (first == NONE)
        return span;
    if (rule_has_tests(&builder->rules->rules[first]))
        span.rule = first;
    else
        span.action = builder->rules->rules[first].action;
    return span;
}

/* The numbers above all have no rule. */
static void spans_make(struct builder *builder)
{
    for (uint16_t number = 0; number <= FILTER_CALLS; number++) {
        struct span span = {number, NONE, builder->otherwise};
        if (number < FILTER_CALLS)
            span = span_of(builder, number);
        const struct span *last = builder->count ? &builder->spans[builder->count - 1] : NULL;
        if (!last || last->rule != NONE || span.rule != NONE || last->action != span.action)
            builder->spans[builder->count++] = span;
    }
}

static bool rule_is_valid(const struct filter_rule *rule)
{
    for (size_t i = 0; i < FILTER_TESTS; i++)
        if (rule->tests[i].argument >= FILTER_ARGUMENTS ||
            rule->tests[i].value & ~rule->tests[i].mask)
            return false;
    return rule->number < FILTER_CALLS;
}

bool filter_build(struct filter *filter, uint32_t architecture, const struct filter_rules *rules,
                  uint32_t otherwise)
{
    for (size_t i = 0; i < rules->count; i++)
        if (!rule_is_valid(&rules->rules[i]))
            return false;
    struct builder builder = {.filter = filter, .rules = rules, .otherwise = otherwise};
    index_make(&builder.index, rules);
    spans_make(&builder);
    filter->length = 0;
    filter->is_full = rules->is_full;
    emit_load(filter, offsetof(struct seccomp_data, arch));
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0);
    emit_return(filter, SECCOMP_RET_KILL_PROCESS);
    emit_load(filter, offsetof(struct seccomp_data, nr));
    emit(filter, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
    emit_return(filter, SECCOMP_RET_KILL_PROCESS);
    emit_spans(&builder, builder.spans, builder.count);
    return !filter->is_full;
}

/* SPDX-License-Identifier: MIT */
/* Compares types. The input: two numbers, the ids to start with; then two parts, the `.BTF`
 * sections. */
#include "fuzz/fuzz.h"
#include "src/types/compare.h"
#include "stamp/types/type_hash.h"

/* Limits the compared pairs of types. */
enum { PAIRS = 16 };

static bool compare(struct type_side first, struct type_side second, enum type_rules rules,
                    bool *agree)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool is_compared = type_compare(first, second, rules, agree, &difference, &error);
    FUZZ_PROMISE(is_compared == !*error_text(&error));
    FUZZ_PROMISE(!is_compared || *agree || difference.first.length || difference.first.failed);
    type_difference_deinit(&difference);
    return is_compared;
}

static bool is_symbol(struct type_side side)
{
    enum btf_kind kind = btf_type(side.btf, side.id).kind;
    return kind == BTF_VAR || kind == BTF_FUNC;
}

static bool is_type(struct type_side side)
{
    enum btf_kind kind = btf_type(side.btf, side.id).kind;
    return kind != BTF_DATASEC && kind != BTF_DECL_TAG && !is_symbol(side);
}

/* Only the strict rules know no direction. What agrees by them agrees by the others. */
static void compare_types(struct type_side first, struct type_side second)
{
    bool agree = false, agree_back = false, agree_by_rules = false;
    bool is_compared = compare(first, second, TYPE_RULES_STRICT, &agree);
    bool is_compared_back = compare(second, first, TYPE_RULES_STRICT, &agree_back);
    FUZZ_PROMISE(!is_compared || !is_compared_back || agree == agree_back);
    if (compare(first, second, TYPE_RULES, &agree_by_rules) && is_compared)
        FUZZ_PROMISE(!agree || agree_by_rules);
    if (compare(first, first, TYPE_RULES, &agree))
        FUZZ_PROMISE(agree);
}

static void compare_symbols(struct type_cache *cache, struct type_side first,
                            struct type_side second)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree;
    type_compare_import(cache, first, second, TYPE_RULES, &agree, &difference, &error);
    type_difference_deinit(&difference);
}

static void compare_pointer(struct type_side asked, struct type_side symbol)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree;
    type_compare_symbol(asked, symbol, TYPE_RULES, &agree, &difference, &error);
    type_difference_deinit(&difference);
}

/* Types of equal hashes agree: the fit relies on it. */
static void compare_hashes(struct type_hashes *first_hashes, struct type_hashes *second_hashes,
                           struct type_side first, struct type_side second)
{
    bool agree;
    uint64_t hash = type_hash_of_target(first_hashes, first.id);
    if (hash && hash == type_hash_of_target(second_hashes, second.id) &&
        compare(first, second, TYPE_RULES, &agree))
        FUZZ_PROMISE(agree);
}

FUZZ_TARGET(rules)
{
    uint32_t first_start = fuzz_number(&input), second_start = fuzz_number(&input);
    FUZZ_PART first = fuzz_part(&input);
    FUZZ_PART second = fuzz_part(&input);
    struct btf first_btf, second_btf = {0};
    struct type_cache cache = {0};
    ERROR_AUTO error = {0};
    if (!btf_read(&first_btf, first, 8, &error))
        return;
    struct type_hashes *first_hashes = type_hashes_new(&first_btf, &error), *second_hashes = NULL;
    if (first_hashes && btf_read(&second_btf, second, 8, &error))
        second_hashes = type_hashes_new(&second_btf, &error);
    if (second_hashes)
        for (uint32_t i = 0; i < PAIRS; i++) {
            struct type_side a = {&first_btf, (first_start + i) % first_btf.count};
            struct type_side b = {&second_btf, (second_start + i) % second_btf.count};
            if (is_type(a) && is_type(b))
                compare_types(a, b);
            if (is_type(a) && is_type(b))
                compare_hashes(first_hashes, second_hashes, a, b);
            if (is_symbol(a) && is_symbol(b))
                compare_symbols(&cache, a, b);
            if (is_type(a) && is_symbol(b))
                compare_pointer(a, b);
        }
    fuzz_was_read = second_hashes;
    type_hashes_free(second_hashes);
    type_hashes_free(first_hashes);
    type_cache_deinit(&cache);
    btf_deinit(&second_btf);
    btf_deinit(&first_btf);
}

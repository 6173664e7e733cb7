/* SPDX-License-Identifier: MIT */
/* Reads a `.BTF` section, prints its types and computes their layouts. The input: a number, whose
 * lowest bit means 8-byte pointers; then the section. */
#include "src/types/btf.h"
#include "fuzz/fuzz.h"
#include "src/types/layout.h"
#include "src/types/print.h"

/* Limits on the printed types and their size: the cost of one type is bounded, but high for a fuzz
 * target. */
enum { PRINTED = 24, LENGTH_MAX = 1 << 13 };

static const char *suffix(const void *context, uint32_t id)
{
    (void)context;
    return id % 2 ? "_" : "";
}

static bool is_definable(enum btf_kind kind)
{
    return kind == BTF_STRUCT || kind == BTF_UNION || btf_is_enum(kind) || kind == BTF_TYPEDEF;
}

static void print_type(const struct btf *btf, uint32_t id)
{
    const struct print_names names = {suffix, suffix, NULL, id % 3 ? NULL : "typedef"};
    struct btf_type type = btf_type(btf, id);
    TEXT_AUTO text = {.limit = LENGTH_MAX};
    if (type.kind == BTF_FUNC || type.kind == BTF_VAR)
        print_symbol(&text, btf, id, "symbol", &names);
    else if (type.kind != BTF_DATASEC && type.kind != BTF_DECL_TAG)
        print_declaration(&text, btf, id, id % 2 ? NULL : "name", NULL);
    if (is_definable(type.kind))
        print_definition(&text, btf, id, &names);
    /* Names are escaped: no output may control a terminal. */
    for (size_t i = 0; i < text.length; i++)
        FUZZ_PROMISE((unsigned char)text.chars[i] >= 0x20 || text.chars[i] == '\n');
}

FUZZ_TARGET(btf)
{
    struct btf btf;
    ERROR_AUTO error = {0};
    uint32_t pointer_size = fuzz_number(&input) & 1 ? 8 : 4;
    if (!btf_read(&btf, input, pointer_size, &error)) {
        FUZZ_PROMISE(*error_text(&error));
        return;
    }
    for (uint32_t id = 0; id < btf.count && id < PRINTED; id++) {
        print_type(&btf, id);
        layout_size(&btf, id);
        btf_alignment(&btf, id, -1);
    }
    btf_deinit(&btf);
    fuzz_was_read = true;
}

/* SPDX-License-Identifier: MIT */
/* How a comparison tells of a difference. */
#include "types/difference_p.h"

#include "types/layout.h"
#include "types/print.h"

#include <inttypes.h>
#include <stdlib.h>

/* A message shows STEPS_SHOWN steps of each end of a path. */
enum { STEPS_SHOWN = 32, PATH_SHOWN_MAX = 1 << 12 };

/* ---- the path ---- */

static bool step_is_type(const struct step *step)
{
    return step->kind == STEP_STRUCT || step->kind == STEP_UNION || step->kind == STEP_ENUM;
}

static bool step_has_typedef(const struct step *step)
{
    return step->typedef_name && *step->typedef_name;
}

/* Has the type a name by which a reader knows it? */
static bool step_has_type_name(const struct step *step)
{
    return step->kind == STEP_TYPEDEF ||
           (step_is_type(step) && (*step->name || step_has_typedef(step)));
}

static void step_write_type(const struct step *step, struct text *path)
{
    static const char *const keywords[] = {
        [STEP_STRUCT] = "struct", [STEP_UNION] = "union", [STEP_ENUM] = "enum"};
    if (!*step->name && step_has_typedef(step)) {
        text_add_escaped(path, step->typedef_name);
        return;
    }
    text_add(path, "%s ", keywords[step->kind]);
    text_add_escaped(path, *step->name ? step->name : "without a tag");
}

static void step_write(const struct step *step, struct text *path)
{
    switch (step->kind) {
    case STEP_NONE:
        break;
    case STEP_STRUCT:
    case STEP_UNION:
    case STEP_ENUM:
        step_write_type(step, path);
        break;
    case STEP_TYPEDEF:
        text_add_between(path, "typedef ", step->name, "");
        break;
    case STEP_MEMBER:
        text_add(path, "member ");
        if (*step->name)
            text_add_escaped(path, step->name);
        else
            text_add(path, "number %" PRIu32 " (unnamed)", step->number);
        break;
    case STEP_PARAMETER:
        text_add(path, "parameter %" PRIu32, step->number);
        break;
    case STEP_RESULT:
        text_add(path, "result");
        break;
    }
}

void difference_add_type(const struct comparison *c, struct text *text)
{
    step_write_type(&c->steps[c->current_step], text);
}

/* The member in front names a type without a name of its own, and a type names what its typedef
 * stands for. */
static bool step_is_shown(const struct step *step, const struct step *before,
                          const struct step *after)
{
    if (step->kind == STEP_TYPEDEF)
        return !step_is_type(after);
    return step->kind != STEP_NONE &&
           !(step_is_type(step) && !step_has_type_name(step) && before->kind == STEP_MEMBER);
}

/* Writes the steps, which are numbers of steps of the comparison. */
static void write_steps(struct comparison *c, const size_t *steps, size_t length)
{
    static const struct step none = {.kind = STEP_NONE};
    struct text *path = &c->difference->path;
    const struct step *before = &none;
    bool has_type = false;
    path->limit = PATH_SHOWN_MAX;
    for (size_t i = 0; i < length && !path->failed; i++) {
        if (i == STEPS_SHOWN && length > 2 * STEPS_SHOWN) {
            text_add(path, ": ...");
            i = length - STEPS_SHOWN;
        }
        const struct step *step = &c->steps[steps[i]];
        if (!step_is_shown(step, before, i + 1 < length ? &c->steps[steps[i + 1]] : &none))
            continue;
        if (path->length)
            text_add(path, ": ");
        if (step_has_type_name(step)) {
            c->difference->type_start = path->length;
            has_type = true;
        }
        step_write(step, path);
        before = step;
    }
    path->limit = 0;
    if (path->is_full) {
        text_free(path);
        text_add(path, "too deep to show");
        has_type = false;
    }
    if (!has_type)
        c->difference->type_start = path->length;
}

/* Writes the path from the compared types to the current ones. */
static void write_path(struct comparison *c)
{
    size_t length = 0;
    for (size_t at = c->current_step; at; at = c->steps[at].previous)
        length++;
    size_t *steps = malloc((length + 1) * sizeof *steps);
    if (!steps) {
        c->difference->path.failed = true;
        return;
    }
    size_t left = length;
    for (size_t at = c->current_step; at; at = c->steps[at].previous)
        steps[--left] = at;
    write_steps(c, steps, length);
    free(steps);
}

/* ---- the sides ---- */

const char *difference_side(const struct comparison *c, bool is_first)
{
    const char *name = is_first ? c->difference->first_name : c->difference->second_name;
    if (name)
        return name;
    return is_first ? "the first type" : "the second type";
}

/* What stands in front of a side's comment. */
static const char comment_start[] = "   /* ";

typedef void print_function(struct text *text, const struct btf *btf, uint32_t id,
                            const char *name);

static void write_size(struct text *text, uint64_t size)
{
    text_add(text, "%" PRIu64 " byte%s", size, size == 1 ? "" : "s");
}

static void write_type_by(print_function *print, struct text *text, const struct btf *btf,
                          uint32_t id)
{
    text_free(text);
    print(text, btf, id, NULL);
    uint64_t size = layout_size(btf, id);
    if (!size)
        return;
    text_add(text, "%s", comment_start);
    write_size(text, size);
    text_add(text, " */");
}

static void write_member_by(print_function *print, struct text *text, const struct btf *btf,
                            const struct btf_member *member)
{
    text_free(text);
    print(text, btf, member->type, member->name);
    if (member->bit_size)
        text_add(text, " : %u", member->bit_size);
    text_add(text, ";%s", comment_start);
    if (member->bit_size || member->bit_offset % 8)
        text_add(text, "bit offset %" PRIu32, member->bit_offset);
    else
        text_add(text, "offset %" PRIu32, member->bit_offset / 8);
    if (!member->bit_size) {
        text_add(text, ", ");
        write_size(text, layout_size(btf, member->type));
    }
    text_add(text, " */");
}

void write_member(struct text *text, const struct btf *btf, const struct btf_member *member)
{
    write_member_by(print_shown, text, btf, member);
}

static size_t declaration_length(const struct text *side)
{
    const char *chars = text_chars(side), *comment = strstr(chars, comment_start);
    return comment ? (size_t)(comment - chars) : side->length;
}

static bool declarations_read_the_same(const struct text *first, const struct text *second)
{
    size_t length = declaration_length(first);
    return length == declaration_length(second) &&
           !memcmp(text_chars(first), text_chars(second), length);
}

void side_add_to_sentence(struct text *sentence, const struct text *side, const struct text *other)
{
    const char *chars = text_chars(side);
    size_t length = declaration_length(side), frame = strlen(comment_start) + strlen(" */");
    bool has_end = length && chars[length - 1] == ';';
    text_add_bytes(sentence, chars, length - has_end);
    if (side->length > length + frame && declarations_read_the_same(side, other))
        text_add(sentence, " (%.*s)", (int)(side->length - length - frame),
                 chars + length + strlen(comment_start));
}

bool differ_as_written(struct comparison *c)
{
    struct type_difference *difference = c->difference;
    c->verdict = COMPARISON_DIFFER;
    difference->first_type = c->first_type;
    difference->second_type = c->second_type;
    /* Only names that escape alike, types too large to show, and what C cannot spell get here. */
    if (!strcmp(text_chars(&difference->first), text_chars(&difference->second)))
        text_add(&difference->second, "%sanother type, which reads the same */", comment_start);
    write_path(c);
    return false;
}

bool differ_in_types(struct comparison *c, uint32_t first, uint32_t second)
{
    struct type_difference *difference = c->difference;
    TEXT_AUTO first_resolved = {0}, second_resolved = {0};
    write_type_by(print_shown, &difference->first, c->first, first);
    write_type_by(print_shown, &difference->second, c->second, second);
    if (!declarations_read_the_same(&difference->first, &difference->second))
        return differ_as_written(c);
    write_type_by(print_resolved, &first_resolved, c->first, first);
    write_type_by(print_resolved, &second_resolved, c->second, second);
    if (!declarations_read_the_same(&first_resolved, &second_resolved)) {
        text_move(&difference->first, &first_resolved);
        text_move(&difference->second, &second_resolved);
    }
    return differ_as_written(c);
}

void difference_show_members(struct comparison *c, const struct btf_member *first,
                             const struct btf_member *second)
{
    struct type_difference *difference = c->difference;
    TEXT_AUTO own = {0}, other = {0}, own_resolved = {0}, other_resolved = {0};
    write_member(&own, c->first, first);
    write_member(&other, c->second, second);
    if (declarations_read_the_same(&own, &other)) {
        write_member_by(print_resolved, &own_resolved, c->first, first);
        write_member_by(print_resolved, &other_resolved, c->second, second);
        if (!declarations_read_the_same(&own_resolved, &other_resolved)) {
            text_move(&own, &own_resolved);
            text_move(&other, &other_resolved);
        }
    }
    if (difference->first.length && !strcmp(text_chars(&own), text_chars(&other)))
        return;
    text_move(&difference->first, &own);
    text_move(&difference->second, &other);
}

bool differ_in_members(struct comparison *c, const struct btf_member *first,
                       const struct btf_member *second)
{
    difference_show_members(c, first, second);
    return differ_as_written(c);
}

bool differ_in_lacking(struct comparison *c, bool has_first, const struct btf_member *member,
                       uint32_t other_size)
{
    struct type_difference *difference = c->difference;
    struct text *has = has_first ? &difference->first : &difference->second;
    struct text *lacks = has_first ? &difference->second : &difference->first;
    write_member(has, has_first ? c->first : c->second, member);
    text_free(lacks);
    text_add(lacks, "no such member; ");
    write_size(lacks, other_size);
    return differ_as_written(c);
}

bool differ_in_words(struct comparison *c, const char *first, const char *second)
{
    text_free(&c->difference->first);
    text_free(&c->difference->second);
    text_add(&c->difference->first, "%s", first);
    text_add(&c->difference->second, "%s", second);
    return differ_as_written(c);
}

static void write_with_comment(struct text *text, const struct btf *btf, uint32_t id,
                               const char *words)
{
    text_free(text);
    print_shown(text, btf, id, NULL);
    text_add(text, "%s", comment_start);
    text_add_escaped(text, words);
    text_add(text, " */");
}

bool differ_in_comments(struct comparison *c, uint32_t first, const char *first_words,
                        uint32_t second, const char *second_words)
{
    write_with_comment(&c->difference->first, c->first, first, first_words);
    write_with_comment(&c->difference->second, c->second, second, second_words);
    return differ_as_written(c);
}

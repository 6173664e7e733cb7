/* Two sides of a call in one process: each gets memory in blocks of exactly the size, so that ASan
 * sees what leaves them. For the unit test and for fuzzing. */
#ifndef TESTS_ISOLATED_CROSSING_MADE_H
#define TESTS_ISOLATED_CROSSING_MADE_H

#include "src/crossing/kept.h"
#include "tests/crossing/crossing_made_plan.h"

#include <stdlib.h>

/* ---- the two sides ---- */

/* Of opaque pointers, the other side has these, which nobody follows. */
static const uintptr_t made_foreign = 0x5000;

struct made_side {
    bool is_host;
    void *blocks[4096];
    size_t block_count;
    size_t fails_at; /* of the places to give, none is given from this one on; 0: all are */
    const void *opaque[16];
    size_t opaque_count;
    const void *functions[16];
    uint32_t function_types[16];
    size_t function_count;
    struct kept kept;
};

static inline bool made_refer(void *context, const void *pointer, uint32_t type,
                              uint64_t *reference, struct error *error)
{
    struct made_side *side = context;
    enum reference_kind theirs = side->is_host ? REFERENCE_HANDLE : REFERENCE_TOKEN;
    enum reference_kind ours = side->is_host ? REFERENCE_TOKEN : REFERENCE_HANDLE;
    uintptr_t foreign = (uintptr_t)pointer - made_foreign;
    (void)type;
    if (foreign < 16) {
        *reference = reference_make(theirs, (uint32_t)foreign, 0);
        return true;
    }
    size_t i = 0;
    while (i < side->opaque_count && side->opaque[i] != pointer)
        i++;
    if (i == 16)
        return error_set(error, PLUGIN_UNSUPPORTED, "there are too many opaque pointers");
    if (i == side->opaque_count)
        side->opaque[side->opaque_count++] = pointer;
    *reference = reference_make(ours, (uint32_t)i, 0);
    return true;
}

static inline bool made_resolve(void *context, uint64_t reference, uint32_t type, void **pointer,
                                struct error *error)
{
    struct made_side *side = context;
    enum reference_kind ours = side->is_host ? REFERENCE_TOKEN : REFERENCE_HANDLE;
    uint32_t number = reference_number(reference);
    bool is_ours = reference_kind(reference) == ours;
    (void)type;
    if (reference_offset(reference) || number >= (is_ours ? side->opaque_count : 16))
        return error_set(error, PLUGIN_CRASHED, "this pointer was never given");
    *pointer = is_ours ? (void *)(uintptr_t)side->opaque[number] : (void *)(made_foreign + number);
    return true;
}

/* Functions are data here, which nobody calls: the other side's have these addresses. */
static const uintptr_t made_foreign_function = 0x6000;

static inline bool made_refer_function(void *context, const void *pointer, uint32_t function,
                                       uint64_t *reference, struct error *error)
{
    struct made_side *side = context;
    uintptr_t foreign = (uintptr_t)pointer - made_foreign_function;
    bool is_foreign = foreign < 16;
    if (!is_foreign && side->function_count == 16)
        return error_set(error, PLUGIN_UNSUPPORTED, "there are too many functions");
    *reference = reference_make(is_foreign == side->is_host ? REFERENCE_PLUGIN_FUNCTION
                                                            : REFERENCE_HOST_FUNCTION,
                                (uint32_t)(is_foreign ? foreign : side->function_count), 0);
    if (!is_foreign) {
        side->function_types[side->function_count] = function;
        side->functions[side->function_count++] = pointer;
    }
    return true;
}

static inline bool made_resolve_function(void *context, uint64_t reference, uint32_t function,
                                         void **pointer, struct error *error)
{
    struct made_side *side = context;
    enum reference_kind ours = side->is_host ? REFERENCE_HOST_FUNCTION : REFERENCE_PLUGIN_FUNCTION;
    uint32_t number = reference_number(reference);
    bool is_ours = reference_kind(reference) == ours;
    if (number >= (is_ours ? side->function_count : 16) ||
        (is_ours && side->function_types[number] != function))
        return error_set(error, PLUGIN_CRASHED, "this function was never given");
    *pointer = is_ours ? (void *)(uintptr_t)side->functions[number]
                       : (void *)(made_foreign_function + number);
    return true;
}

static inline void *made_place(void *context, uint32_t number, size_t size, size_t alignment)
{
    struct made_side *side = context;
    (void)number;
    (void)alignment; /* at most 16 */
    if (!size || side->block_count + 1 == side->fails_at ||
        side->block_count == sizeof side->blocks / sizeof *side->blocks)
        return NULL;
    void *block = malloc(size);
    if (block)
        memset(block, 0xA5, size);
    return block ? side->blocks[side->block_count++] = block : NULL;
}

static inline bool made_keep(void *context, const struct kept_object *object, uint32_t *number,
                             struct error *error)
{
    return kept_keep(&((struct made_side *)context)->kept, object, number, error);
}

static inline void *made_proxy(void *context, uint32_t number, const struct kept_object *object,
                               bool *is_new, struct error *error)
{
    return kept_proxy(&((struct made_side *)context)->kept, number, object, is_new, error);
}

static inline bool made_refer_kept(void *context, const void *pointer,
                                   const struct crossing_target *target, uint64_t *reference)
{
    return kept_refer(&((struct made_side *)context)->kept, pointer, target, reference);
}

static inline bool made_resolve_kept(void *context, uint64_t reference,
                                     const struct crossing_target *target, void **pointer)
{
    return kept_resolve(&((struct made_side *)context)->kept, reference, target, pointer);
}

/* What is kept stays. */
static inline void made_side_clear(struct made_side *side)
{
    while (side->block_count)
        free(side->blocks[--side->block_count]);
    side->opaque_count = 0;
    side->function_count = 0;
    side->fails_at = 0;
}

static const struct crossing_side made_calls = {.refer = made_refer,
                                                .resolve = made_resolve,
                                                .refer_function = made_refer_function,
                                                .resolve_function = made_resolve_function,
                                                .place = made_place,
                                                .keep = made_keep,
                                                .proxy = made_proxy,
                                                .refer_kept = made_refer_kept,
                                                .resolve_kept = made_resolve_kept,
                                                .keeps_shapes = true};

/* ---- a call that needs all that crosses ---- */

/* What the caller has; all of it is in one block, so that one comparison tells if it was changed.
 */
struct made_home {
    struct node nodes[3];
    struct words texts[3];
    struct list list;
    char out[24];
    struct box box;
    unsigned char bytes[5];
    char word[8];
    int hidden;
    _Alignas(16) uint8_t frame[7 * 16];
};

#define MADE_ARGUMENT(frame, number, type)                                                         \
    (*(type *)((uint8_t *)(uintptr_t)(frame) + 16 * (number)))

static inline void made_called(void)
{
}

static inline void made_home(struct made_home *home)
{
    memset(home, 0x5A, sizeof *home);
    home->nodes[0] = (struct node){&home->nodes[1], 1};
    home->nodes[1] = (struct node){&home->nodes[2], 2};
    home->nodes[2] = (struct node){&home->nodes[0], 3};
    for (int i = 0; i < 3; i++)
        home->texts[i] = (struct words){i == 1 ? NULL : "a title", home->word, i};
    home->list = (struct list){3, home->texts};
    home->box = (struct box){
        7, {{"one", "two", 3}, {NULL, "four", 5}}, home->bytes, 5, &home->hidden, made_called};
    memcpy(home->bytes, "\1\2\0\4\5", 5);
    strcpy(home->word, "word");
    MADE_ARGUMENT(home->frame, 0, struct node *) = home->nodes;
    MADE_ARGUMENT(home->frame, 1, struct list *) = &home->list;
    MADE_ARGUMENT(home->frame, 2, char *) = home->out;
    MADE_ARGUMENT(home->frame, 3, int) = sizeof home->out;
    MADE_ARGUMENT(home->frame, 4, struct box *) = &home->box;
    MADE_ARGUMENT(home->frame, 5, const char *) = home->word;
}

/* The callee of MADE_RICH. The result's memory is its own. */
static inline void made_rich(void *frame)
{
    static struct words result;
    static struct node added;
    struct node *nodes = MADE_ARGUMENT(frame, 0, struct node *);
    struct list *list = MADE_ARGUMENT(frame, 1, struct list *);
    char *out = MADE_ARGUMENT(frame, 2, char *);
    struct box *box = MADE_ARGUMENT(frame, 4, struct box *);
    const char *word = MADE_ARGUMENT(frame, 5, const char *);
    added = (struct node){nodes->next, 9};
    nodes->next = &added;
    nodes->value = -1;
    list->count--;
    list->items[0].title = "new";
    list->items[1].title = word + 1;
    strcpy(out, "out");
    box->texts[0].body = out + 1;
    box->bytes += 2;
    box->size = 3;
    result = (struct words){"new", word, 4};
    MADE_ARGUMENT(frame, 6, struct words *) = &result;
}

/* ---- a call with all that lasts longer, or is counted behind pointers ---- */

struct made_lasting {
    struct box box;
    unsigned char bytes[5];
    int numbers[4];
    unsigned char n, m;
    char text[8];
    int hidden;
    _Alignas(16) uint8_t frame[5 * 16];
};

static inline void made_lasting(struct made_lasting *home)
{
    memset(home, 0x5A, sizeof *home);
    strcpy(home->text, "text");
    home->box = (struct box){
        7, {{home->text, "two", 3}, {NULL, "four", 5}}, home->bytes, 5, &home->hidden, made_called};
    memcpy(home->bytes, "\1\2\0\4\5", 5);
    for (int i = 0; i < 4; i++)
        home->numbers[i] = i;
    home->n = 4;
    MADE_ARGUMENT(home->frame, 0, struct box *) = &home->box;
    MADE_ARGUMENT(home->frame, 1, int *) = home->numbers;
    MADE_ARGUMENT(home->frame, 2, unsigned char *) = &home->n;
    MADE_ARGUMENT(home->frame, 3, unsigned char *) = &home->m;
}

/* The callee of MADE_KEEP: halves the numbers. */
static inline void made_halve(void *frame)
{
    static const int result[] = {10, 20, 30};
    int *numbers = MADE_ARGUMENT(frame, 1, int *);
    unsigned char *n = MADE_ARGUMENT(frame, 2, unsigned char *);
    for (int i = 0; numbers && n && i < *n; i++)
        numbers[i] += 100;
    if (n)
        *n /= 2;
    unsigned char *m = MADE_ARGUMENT(frame, 3, unsigned char *);
    if (m)
        *m = 3;
    MADE_ARGUMENT(frame, 4, const int *) = m ? result : NULL;
}

static inline size_t made_look_at_text(const struct words *text)
{
    return (text->title ? strlen(text->title) : 0) + (text->body ? strlen(text->body) : 0);
}

static inline size_t made_look_at_box(const struct box *box)
{
    size_t seen = made_look_at_text(&box->texts[0]) + made_look_at_text(&box->texts[1]);
    for (uint64_t i = 0; box->bytes && i < box->size; i++)
        seen += box->bytes[i];
    return seen;
}

/* Reads all that the other side has kept here. */
static inline size_t made_look_at_kept(const struct made_side *side)
{
    size_t seen = 0;
    for (size_t i = 0; i < side->kept.other.count; i++) {
        const struct kept_object *proxy = &side->kept.other.items[i];
        if (proxy->at && proxy->is.is_string)
            seen += strlen(proxy->at);
        else if (proxy->at && proxy->is.object == OBJECT_BOX)
            for (uint64_t k = 0; k < proxy->is.count; k++)
                seen += made_look_at_box((const struct box *)proxy->at + k);
    }
    return seen;
}

/* Reads all that the frame of a valid MADE_KEEP leads to, on the callee's side. */
static inline size_t made_look_at_call(const void *frame)
{
    const struct box *box = MADE_ARGUMENT(frame, 0, struct box *);
    const int *numbers = MADE_ARGUMENT(frame, 1, int *);
    const unsigned char *n = MADE_ARGUMENT(frame, 2, unsigned char *);
    size_t seen = box ? made_look_at_box(box) : 0;
    for (int i = 0; numbers && n && i < *n; i++)
        seen += (size_t)numbers[i];
    return seen;
}

/* Reads all that the frame of a valid MADE_RICH leads to. */
static inline size_t made_look(const void *frame)
{
    const struct node *node = MADE_ARGUMENT(frame, 0, struct node *);
    const struct list *list = MADE_ARGUMENT(frame, 1, struct list *);
    const char *out = MADE_ARGUMENT(frame, 2, char *), *word = MADE_ARGUMENT(frame, 5, char *);
    const struct box *box = MADE_ARGUMENT(frame, 4, struct box *);
    const struct words *result = MADE_ARGUMENT(frame, 6, struct words *);
    size_t seen = (result ? made_look_at_text(result) : 0) + (word ? strlen(word) : 0);
    for (int i = 0; node && i < 10; i++, node = node->next)
        seen += (size_t)node->value;
    for (int i = 0; list && list->items && i < list->count; i++)
        seen += made_look_at_text(&list->items[i]);
    for (int i = 0; out && i < MADE_ARGUMENT(frame, 3, int); i++)
        seen += (size_t)out[i];
    return seen + (box ? made_look_at_box(box) : 0);
}

#endif

/* A plan made by hand, of functions that need all that crosses. */
#ifndef TESTS_CROSSING_MADE_PLAN_H
#define TESTS_CROSSING_MADE_PLAN_H

#include "src/crossing/crossing.h"

#include <string.h>

/* ---- the types that the plan describes ---- */

struct words {
    const char *title, *body;
    int number;
};

struct node {
    struct node *next;
    int value;
};

struct list { /* PLUGIN_COUNTED_MEMBER(struct list, items, count) */
    int8_t count;
    struct words *items;
};

struct box {
    short first;
    struct words texts[2];
    const unsigned char *bytes; /* counted by size */
    uint64_t size;
    void *hidden;
    void (*called)(void);
};

enum made_object {
    OBJECT_CHAR,
    OBJECT_BYTE,
    OBJECT_INT,
    OBJECT_TEXT,
    OBJECT_NODE,
    OBJECT_LIST,
    OBJECT_BOX,
    OBJECT_HIDDEN_NODE, /* struct node, but next is const */
    OBJECT_NOTHING,     /* an empty struct, a GNU extension */
    OBJECT_FRAMES
};

/* An argument's place is 16 times its number; a struct words takes two. */
enum made_function {
    MADE_ADD,     /* int add(int a, int b) */
    MADE_GREET,   /* const char *greet(const char *name, const char *) */
    MADE_SHOW,    /* void show(const struct words *text) */
    MADE_EDIT,    /* void edit(struct words *text) */
    MADE_SUM,     /* const int *sum(const int *values, int count) */
    MADE_MANY,    /* void many(const struct words *texts, uint64_t count) */
    MADE_TURN,    /* struct node *turn(struct node *list) */
    MADE_LIST,    /* void list(struct list *list) */
    MADE_FILL,    /* void fill(char *out, uint64_t size) */
    MADE_READ,    /* long read(char *out, uint64_t size), as many as the result says */
    MADE_NAME,    /* const char *name(char *buffer, int size) */
    MADE_TAIL,    /* const int *tail(const int *values, int count, int left), left of them */
    MADE_PASS,    /* struct words pass(struct words text) */
    MADE_BOX,     /* void box(struct box *box) */
    MADE_SQUARE,  /* void square(int *out, const int *in) */
    MADE_PAIR,    /* void pair(const int *a, int n, const int *b, int m) */
    MADE_OPAQUE,  /* void *opaque(void *first, void *second) */
    MADE_SCAN,    /* unsigned char *scan(const char *string) */
    MADE_NOTHING, /* void nothing(struct nothing *some, int count) */
    MADE_COPY,    /* short copy(int *both, int count, int *again), as many as the result says */
    MADE_FIRST,   /* struct node *first(const struct node *list), all const */
    MADE_RICH,   /* struct words *rich(struct node *, struct list *, char *out, int size, struct box
                  *, const char *) */
    MADE_CALLED, /* void called(void) */
    MADE_OTHER,  /* int other(int a) */
    MADE_CALLS,  /* int (*calls(void (*first)(void), void (*second)(void)))(int) */
    MADE_KEEP,   /* const int *keep(const struct box *box, int *numbers, unsigned char *n, unsigned
                    char *m): PLUGIN_KEPT(keep, box), PLUGIN_COUNTED(keep, numbers, n),
                    PLUGIN_COUNTED(keep, return, m), PLUGIN_OUT(keep, m) */
    MADE_OWN,    /* struct words *own(struct words *text), which the caller frees */
    MADE_FUNCTIONS
};

/* ---- the plan ---- */

struct made_plan {
    struct plan plan;
    struct plan_function functions[MADE_FUNCTIONS];
    struct plan_object objects[OBJECT_FRAMES + MADE_FUNCTIONS];
    struct plan_part parts[192];
    struct plan_slot slots[96];
    char names[1024];
};

static inline uint32_t made_name(struct made_plan *made, const char *name)
{
    uint32_t at = made->plan.names_size;
    strcpy(made->names + at, name);
    made->plan.names_size += (uint32_t)strlen(name) + 1;
    return at;
}

static inline struct plan_object *made_object(struct made_plan *made, const char *name, size_t size,
                                              size_t alignment)
{
    struct plan_object *object = &made->objects[made->plan.object_count++];
    *object = (struct plan_object){.size = (uint32_t)size,
                                   .alignment = (uint32_t)alignment,
                                   .first_part = made->plan.part_count,
                                   .name = made_name(made, name)};
    return object;
}

/* Adds a part to the last object. */
static inline struct plan_part *made_part(struct made_plan *made, enum plan_kind kind,
                                          size_t offset, size_t size, uint32_t object, int flow)
{
    struct plan_part *part = &made->parts[made->plan.part_count++];
    *part = (struct plan_part){.offset = (uint32_t)offset,
                               .size = (uint32_t)size,
                               .kind = (uint8_t)kind,
                               .flow = (uint8_t)flow,
                               .object = object,
                               .count = 1};
    struct plan_object *last = &made->objects[made->plan.object_count - 1];
    last->part_count++;
    last->has_pointers |=
        kind == PLAN_EMBEDDED ? made->objects[object].has_pointers : kind != PLAN_PADDING;
    return part;
}

static inline void made_counted(struct plan_part *part, size_t offset, size_t size, bool is_signed)
{
    part->counted = PLAN_BY_COUNT;
    part->count_offset = (uint32_t)offset;
    part->count_size = (uint8_t)size;
    part->count_is_signed = is_signed;
}

/* The next function, whose parameters and result follow. */
static inline void made_function(struct made_plan *made, const char *name)
{
    struct plan_function *function = &made->functions[made->plan.function_count++];
    *function = (struct plan_function){.name = made_name(made, name),
                                       .frame = made->plan.object_count,
                                       .first_slot = made->plan.slot_count};
    made_object(made, name, 0, 16);
}

static inline void made_slot(struct made_plan *made, const char *name, size_t size)
{
    struct plan_object *frame = &made->objects[made->plan.object_count - 1];
    made->slots[made->plan.slot_count++] = (struct plan_slot){
        .offset = frame->size, .size = (uint32_t)size, .name = made_name(made, name)};
    uint32_t place = (uint32_t)(size + 15) / 16 * 16, at = frame->size;
    frame->size += place;
    if (place > size)
        made_part(made, PLAN_PADDING, at + size, place - size, 0, 0);
    made->functions[made->plan.function_count - 1].parameter_count++;
}

/* A parameter that points. */
static inline struct plan_part *made_pointer(struct made_plan *made, const char *name,
                                             enum plan_kind kind, uint32_t object, int flow)
{
    uint32_t at = made->objects[made->plan.object_count - 1].size;
    made_slot(made, name, 8);
    return made_part(made, kind, at, 8, object, flow);
}

/* The last slot is that of the result. */
static inline void made_result(struct made_plan *made, bool is_signed)
{
    struct plan_function *function = &made->functions[made->plan.function_count - 1];
    const struct plan_slot *slot = &made->slots[made->plan.slot_count - 1];
    function->parameter_count--;
    function->result_offset = slot->offset;
    function->result_size = slot->size;
    function->result_is_signed = is_signed;
}

static inline void made_void(struct made_plan *made)
{
    made_slot(made, "", 0);
    made_result(made, false);
}

static inline void made_objects(struct made_plan *made)
{
    enum { BOTH = PLAN_IN | PLAN_BACK };
    made_object(made, "char", 1, 1);
    made_object(made, "unsigned char", 1, 1);
    made_object(made, "int", 4, 4);
    made_object(made, "struct words", sizeof(struct words), 8);
    made_part(made, PLAN_STRING, offsetof(struct words, title), 8, 0, PLAN_IN);
    made_part(made, PLAN_STRING, offsetof(struct words, body), 8, 0, PLAN_IN);
    made_part(made, PLAN_PADDING, 20, 4, 0, 0);
    made_object(made, "struct node", sizeof(struct node), 8);
    made_part(made, PLAN_OBJECTS, offsetof(struct node, next), 8, OBJECT_NODE, BOTH);
    made_part(made, PLAN_PADDING, 12, 4, 0, 0);
    made_object(made, "struct list", sizeof(struct list), 8);
    made_part(made, PLAN_PADDING, 1, 7, 0, 0);
    made_counted(made_part(made, PLAN_OBJECTS, offsetof(struct list, items), 8, OBJECT_TEXT, BOTH),
                 offsetof(struct list, count), 1, true);
    made_object(made, "struct box", sizeof(struct box), 8);
    made_part(made, PLAN_PADDING, 2, 6, 0, 0);
    made_part(made, PLAN_EMBEDDED, offsetof(struct box, texts), 2 * sizeof(struct words),
              OBJECT_TEXT, 0)
        ->count = 2;
    made_counted(
        made_part(made, PLAN_OBJECTS, offsetof(struct box, bytes), 8, OBJECT_BYTE, PLAN_IN),
        offsetof(struct box, size), 8, false);
    uint32_t hidden = made_name(made, "struct hidden");
    made_part(made, PLAN_OPAQUE, offsetof(struct box, hidden), 8, hidden, 0);
    made_part(made, PLAN_FUNCTION, offsetof(struct box, called), 8, MADE_CALLED, 0);
    made_object(made, "struct node", sizeof(struct node), 8);
    made_part(made, PLAN_OBJECTS, offsetof(struct node, next), 8, OBJECT_HIDDEN_NODE, PLAN_IN);
    made_part(made, PLAN_PADDING, 12, 4, 0, 0);
    made_object(made, "struct nothing", 0, 1);
}

static inline void made_functions_of_one(struct made_plan *made)
{
    enum { BOTH = PLAN_IN | PLAN_BACK };
    made_function(made, "add");
    made_slot(made, "a", 4);
    made_slot(made, "b", 4);
    made_slot(made, "", 4);
    made_result(made, true);

    made_function(made, "greet");
    made_pointer(made, "name", PLAN_STRING, 0, PLAN_IN);
    made_pointer(made, "", PLAN_STRING, 0, PLAN_IN);
    made_pointer(made, "", PLAN_STRING, 0, PLAN_BACK);
    made_result(made, false);

    made_function(made, "show");
    made_pointer(made, "text", PLAN_OBJECTS, OBJECT_TEXT, PLAN_IN);
    made_void(made);

    made_function(made, "edit");
    made_pointer(made, "text", PLAN_OBJECTS, OBJECT_TEXT, BOTH);
    made_void(made);

    made_function(made, "sum");
    made_counted(made_pointer(made, "values", PLAN_OBJECTS, OBJECT_INT, PLAN_IN), 16, 4, true);
    made_slot(made, "count", 4);
    made_pointer(made, "", PLAN_OBJECTS, OBJECT_INT, PLAN_BACK);
    made_result(made, false);

    made_function(made, "many");
    made_counted(made_pointer(made, "texts", PLAN_OBJECTS, OBJECT_TEXT, PLAN_IN), 16, 8, false);
    made_slot(made, "count", 8);
    made_void(made);

    made_function(made, "turn");
    made_pointer(made, "list", PLAN_OBJECTS, OBJECT_NODE, BOTH);
    made_pointer(made, "", PLAN_OBJECTS, OBJECT_NODE, PLAN_BACK);
    made_result(made, false);

    made_function(made, "list");
    made_pointer(made, "list", PLAN_OBJECTS, OBJECT_LIST, BOTH);
    made_void(made);
}

static inline void made_functions_of_bytes(struct made_plan *made)
{
    enum { BOTH = PLAN_IN | PLAN_BACK };
    made_function(made, "fill");
    made_counted(made_pointer(made, "out", PLAN_OBJECTS, OBJECT_CHAR, PLAN_BACK), 16, 8, false);
    made_slot(made, "size", 8);
    made_void(made);

    made_function(made, "read");
    struct plan_part *part = made_pointer(made, "out", PLAN_OBJECTS, OBJECT_CHAR, PLAN_BACK);
    made_counted(part, 16, 8, false);
    part->is_by_result = true;
    made_slot(made, "size", 8);
    made_slot(made, "", 8);
    made_result(made, true);

    made_function(made, "name");
    made_counted(made_pointer(made, "buffer", PLAN_OBJECTS, OBJECT_CHAR, BOTH), 16, 4, true);
    made_slot(made, "size", 4);
    made_pointer(made, "", PLAN_STRING, 0, PLAN_BACK);
    made_result(made, false);

    made_function(made, "tail");
    made_counted(made_pointer(made, "values", PLAN_OBJECTS, OBJECT_INT, PLAN_IN), 16, 4, true);
    made_slot(made, "count", 4);
    made_slot(made, "left", 4);
    made_counted(made_pointer(made, "", PLAN_OBJECTS, OBJECT_INT, PLAN_BACK), 32, 4, true);
    made_result(made, false);
}

static inline void made_functions_of_more(struct made_plan *made)
{
    enum { BOTH = PLAN_IN | PLAN_BACK };
    made_function(made, "pass");
    made_slot(made, "text", sizeof(struct words));
    made_part(made, PLAN_EMBEDDED, 0, sizeof(struct words), OBJECT_TEXT, 0);
    made_slot(made, "", sizeof(struct words));
    made_part(made, PLAN_EMBEDDED, 32, sizeof(struct words), OBJECT_TEXT, 0);
    made_result(made, false);

    made_function(made, "box");
    made_pointer(made, "box", PLAN_OBJECTS, OBJECT_BOX, BOTH);
    made_void(made);

    made_function(made, "square");
    made_pointer(made, "out", PLAN_OBJECTS, OBJECT_INT, PLAN_BACK);
    made_pointer(made, "in", PLAN_OBJECTS, OBJECT_INT, PLAN_IN);
    made_void(made);

    made_function(made, "pair");
    made_counted(made_pointer(made, "a", PLAN_OBJECTS, OBJECT_INT, PLAN_IN), 16, 4, true);
    made_slot(made, "n", 4);
    made_counted(made_pointer(made, "b", PLAN_OBJECTS, OBJECT_INT, PLAN_IN), 48, 4, true);
    made_slot(made, "m", 4);
    made_void(made);

    uint32_t hidden = made_name(made, "struct hidden");
    made_function(made, "opaque");
    made_pointer(made, "first", PLAN_OPAQUE, hidden, 0);
    made_pointer(made, "second", PLAN_OPAQUE, hidden, 0);
    made_pointer(made, "", PLAN_OPAQUE, hidden, 0);
    made_result(made, false);

    made_function(made, "scan");
    made_pointer(made, "string", PLAN_STRING, 0, PLAN_IN);
    made_pointer(made, "", PLAN_OBJECTS, OBJECT_BYTE, PLAN_BACK);
    made_result(made, false);

    made_function(made, "nothing");
    made_counted(made_pointer(made, "some", PLAN_OBJECTS, OBJECT_NOTHING, BOTH), 16, 4, true);
    made_slot(made, "count", 4);
    made_void(made);
}

static inline void made_functions_of_all(struct made_plan *made)
{
    enum { BOTH = PLAN_IN | PLAN_BACK };
    made_function(made, "copy");
    struct plan_part *part = made_pointer(made, "both", PLAN_OBJECTS, OBJECT_INT, BOTH);
    made_counted(part, 16, 4, true);
    part->is_by_result = true;
    made_slot(made, "count", 4);
    made_pointer(made, "again", PLAN_OBJECTS, OBJECT_INT, BOTH);
    made_slot(made, "", 2);
    made_result(made, true);

    made_function(made, "first");
    made_pointer(made, "list", PLAN_OBJECTS, OBJECT_HIDDEN_NODE, PLAN_IN);
    made_pointer(made, "", PLAN_OBJECTS, OBJECT_HIDDEN_NODE, PLAN_BACK);
    made_result(made, false);

    made_function(made, "rich");
    made_pointer(made, "nodes", PLAN_OBJECTS, OBJECT_NODE, BOTH);
    made_pointer(made, "list", PLAN_OBJECTS, OBJECT_LIST, BOTH);
    made_counted(made_pointer(made, "out", PLAN_OBJECTS, OBJECT_CHAR, PLAN_BACK), 48, 4, true);
    made_slot(made, "size", 4);
    made_pointer(made, "box", PLAN_OBJECTS, OBJECT_BOX, BOTH);
    made_pointer(made, "word", PLAN_STRING, 0, PLAN_IN);
    made_pointer(made, "", PLAN_OBJECTS, OBJECT_TEXT, PLAN_BACK);
    made_result(made, false);

    made_function(made, "void (*)(void)");
    made_void(made);

    made_function(made, "int (*)(int)");
    made_slot(made, "", 4);
    made_slot(made, "", 4);
    made_result(made, true);

    made_function(made, "calls");
    made_pointer(made, "first", PLAN_FUNCTION, MADE_CALLED, 0);
    made_pointer(made, "second", PLAN_FUNCTION, MADE_CALLED, 0);
    made_pointer(made, "", PLAN_FUNCTION, MADE_OTHER, 0);
    made_result(made, false);
}

static inline void made_behind(struct plan_part *part, size_t offset)
{
    made_counted(part, offset, 1, false);
    part->counted = PLAN_BEHIND;
    part->count = OBJECT_BYTE;
}

static inline void made_functions_that_last(struct made_plan *made)
{
    enum { BOTH = PLAN_IN | PLAN_BACK };
    made_function(made, "keep");
    made_slot(made, "box", 8);
    made_slot(made, "numbers", 8);
    made_slot(made, "n", 8);
    made_slot(made, "m", 8);
    made_slot(made, "", 8);
    made_result(made, false);
    made_part(made, PLAN_OBJECTS, 0, 8, OBJECT_BOX, PLAN_IN)->is_kept = true;
    made_part(made, PLAN_OBJECTS, 32, 8, OBJECT_BYTE, BOTH);
    made_part(made, PLAN_OBJECTS, 48, 8, OBJECT_BYTE, PLAN_BACK);
    struct plan_part *numbers = made_part(made, PLAN_OBJECTS, 16, 8, OBJECT_INT, BOTH);
    made_behind(numbers, 32);
    numbers->is_by_count = true;
    made_behind(made_part(made, PLAN_OBJECTS, 64, 8, OBJECT_INT, PLAN_IN), 48);
    made->plan.has_kept = true;

    made_function(made, "own");
    made_pointer(made, "text", PLAN_OBJECTS, OBJECT_TEXT, BOTH);
    made_pointer(made, "", PLAN_OBJECTS, OBJECT_TEXT, PLAN_IN);
    made_result(made, false);
    made->functions[made->plan.function_count - 1].freed_by = PLAN_FREED_BY_C;
}

static inline void made_plan(struct made_plan *made)
{
    memset(made, 0, sizeof *made);
    made->plan = (struct plan){.size = sizeof *made,
                               .functions = offsetof(struct made_plan, functions),
                               .objects = offsetof(struct made_plan, objects),
                               .parts = offsetof(struct made_plan, parts),
                               .slots = offsetof(struct made_plan, slots),
                               .names = offsetof(struct made_plan, names)};
    made_name(made, "");
    made_objects(made);
    made_functions_of_one(made);
    made_functions_of_bytes(made);
    made_functions_of_more(made);
    made_functions_of_all(made);
    made_functions_that_last(made);
}

#endif

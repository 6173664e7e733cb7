/* Hostile types: their plans are refused or sound, and take a bounded time. */
#include "tests/crossing/plan_made.h"

#include <time.h>

/* ---- what a sound plan is ---- */

/* A pointer to the count is one to a single integer. */
static void check_count(const struct plan *plan, const struct plan_object *object,
                        const struct plan_part *part)
{
    uint32_t i = 0;
    while (i < object->part_count &&
           plan_part(plan, object->first_part + i)->offset != part->count_offset)
        i++;
    assert_true(i < object->part_count);
    const struct plan_part *count = plan_part(plan, object->first_part + i);
    assert_true(count < part && count->kind == PLAN_OBJECTS && count->counted == PLAN_ONE);
    assert_int_equal(count->object, part->count);
    assert_int_equal(plan_object(plan, part->count)->size, part->count_size);
}

static void check_part(const struct plan *plan, const struct plan_object *object,
                       const struct plan_part *part)
{
    assert_true(part->size && part->offset <= object->size &&
                part->size <= object->size - part->offset);
    switch (part->kind) {
    case PLAN_PADDING:
        return;
    case PLAN_EMBEDDED:
        assert_true(part->object < plan->object_count);
        assert_true((uint64_t)part->count * plan_object(plan, part->object)->size == part->size);
        return;
    case PLAN_OPAQUE:
        assert_true(part->object < plan->names_size);
        break;
    case PLAN_OBJECTS:
        assert_true(part->object < plan->object_count);
        assert_true(plan_object(plan, part->object)->size);
        break;
    default:
        assert_int_equal(part->kind, PLAN_STRING);
    }
    assert_int_equal(part->size, 8);
    assert_true(part->flow && part->flow <= (PLAN_IN | PLAN_BACK));
    if (part->counted == PLAN_BEHIND)
        check_count(plan, object, part);
    if (part->counted == PLAN_BY_COUNT) {
        unsigned size = part->count_size;
        assert_true(size == 1 || size == 2 || size == 4 || size == 8);
        assert_true((uint64_t)part->count_offset + size <= object->size);
    }
}

/* How deep are objects in the object by value? */
static unsigned levels_of(const struct plan *plan, uint32_t number, unsigned level)
{
    const struct plan_object *object = plan_object(plan, number);
    unsigned deepest = level;
    assert_true(level < 128);
    for (uint32_t i = 0; i < object->part_count; i++) {
        const struct plan_part *part = plan_part(plan, object->first_part + i);
        unsigned inner =
            part->kind == PLAN_EMBEDDED ? levels_of(plan, part->object, level + 1) : level;
        deepest = inner > deepest ? inner : deepest;
    }
    return deepest;
}

static void check_plan(const struct plan *plan)
{
    assert_true(plan->names_size && !*plan_name(plan, plan->names_size - 1));
    assert_true(plan->names + plan->names_size <= plan->size);
    for (uint32_t i = 0; i < plan->object_count; i++) {
        const struct plan_object *object = plan_object(plan, i);
        uint64_t end = 0;
        assert_true(object->name < plan->names_size);
        assert_true(object->alignment && !(object->alignment & (object->alignment - 1)));
        assert_true(object->first_part <= plan->part_count &&
                    object->part_count <= plan->part_count - object->first_part);
        for (uint32_t k = 0; k < object->part_count; k++) {
            const struct plan_part *part = plan_part(plan, object->first_part + k);
            bool is_apart = part->is_kept || part->counted == PLAN_BEHIND;
            assert_true(is_apart || part->offset >= end);
            end = is_apart ? end : (uint64_t)part->offset + part->size;
            check_part(plan, object, part);
        }
        assert_true(levels_of(plan, i, 0) <= 65);
    }
    for (uint32_t i = 0; i < plan->function_count; i++) {
        const struct plan_function *function = plan_function(plan, i);
        uint32_t size = plan_object(plan, function->frame)->size, end = 0;
        for (uint32_t k = 0; k <= function->parameter_count; k++) {
            const struct plan_slot *slot = plan_slot(plan, function->first_slot + k);
            assert_true(slot->offset % 16 == 0 && slot->offset >= end);
            end = slot->offset + slot->size;
            assert_true(end <= size && slot->name < plan->names_size);
        }
    }
}

/* ---- damage ---- */

static const char damaged[] =
    "func f function typedef code int ( out pointer char n typedef size_t ulong scene pointer const "
    "struct scene 56 { names 0 array 2 pointer const char points 128 pointer struct point 8 { x 0 "
    "int y 32 int } count 192 unsigned flags 224:3 int value 256 union value 8 { l 0 long d 0 "
    "double in 0 struct in 4 { a 0 short b 16 char } } next 320 pointer same scene e 384 enum e 4 "
    "{ A 0 } } db pointer struct db ; by_value struct pair 16 { s 0 pointer const char f 64 float } )";

/* Makes a plan of these types, if they are a stamp's; it must be sound. Returns whether it was. */
static bool try_types(struct case_of_plan *made, struct bytes section)
{
    ERROR_AUTO error = {0};
    MISFITS_AUTO misfits = {0};
    struct btf btf;
    if (!btf_read(&btf, section, 8, &error))
        return false;
    struct plan *plan = NULL;
    made->plugin.module.btf = &btf;
    if (meta_check_types(&made->plugin.module.meta, &btf, &error)) {
        plan = plan_of(made, NULL, &misfits, &error);
        assert_true(!plan == (misfits.count > 0));
    }
    if (plan)
        check_plan(plan);
    bool is_made = plan;
    free(plan);
    btf_deinit(&btf);
    return is_made;
}

static void try_damage(const char *marks)
{
    struct case_of_plan made;
    unsigned sound = 0, tried = 0;
    start_case(&made, marks);
    define(&made.plugin, "f", FORMAT_FUNCTION, damaged);
    end_case(&made);
    struct bytes section = {made.plugin.types.bytes, made.plugin.types.size};
    assert_true(try_types(&made, section));
    for (size_t i = 0; i < section.size * 8; i++) {
        made.plugin.types.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        sound += try_types(&made, section);
        made.plugin.types.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        tried++;
    }
    static const uint32_t words[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,   10,       11,
                                     12, 13, 14, 15, 16, 17, 18, 19, 20, 160, 1U << 31, UINT32_MAX};
    for (size_t i = 0; i + 4 <= section.size; i += 4) {
        uint32_t before;
        memcpy(&before, section.data + i, 4);
        for (size_t k = 0; k < COUNT(words); k++, tried++) {
            memcpy(made.plugin.types.bytes + i, &words[k], 4);
            sound += try_types(&made, section);
        }
        memcpy(made.plugin.types.bytes + i, &before, 4);
    }
    assert_true(sound > 100 && sound < tried);
    free_case(&made);
}

static void damaged_types_make_no_unsound_plan(void **state)
{
    (void)state;
    try_damage("PLUGIN_COUNTED f out n\nPLUGIN_OUT f out\nPLUGIN_COUNTED_BY_RESULT f out\n"
               "PLUGIN_COUNTED_MEMBER struct scene points count\n");
    try_damage("PLUGIN_COUNTED f out n\nPLUGIN_KEPT f scene\nPLUGIN_ARENA struct scene\n"
               "PLUGIN_COUNTED_MEMBER struct scene points count\nPLUGIN_OWNED g free\n");
}

/* ---- nesting ---- */

/* Checks the first misfit of a function whose parameter is of this type; NULL: none. */
static void check_first(struct case_of_plan *made, uint32_t parameter, const char *expected)
{
    MISFITS_AUTO misfits = {0};
    uint32_t function = make_function(made->plugin.make, 0);
    make_parameter(made->plugin.make, "p", parameter);
    define(&made->plugin, "f", FORMAT_FUNCTION, NULL);
    /* What is read of a FUNC is the type behind it, which a typedef has, too. */
    made->plugin.tables->symbols[0].type = make_typedef(made->plugin.make, "f", function);
    end_case(made);
    struct plan *plan = make_plan(made, &misfits);
    if (plan)
        check_plan(plan);
    const char *first = misfits.kept ? text_chars(&misfits.items[0].text) : "";
    if (expected)
        assert_string_equal(first, expected);
    else
        assert_string_equal(first, "");
    free(plan);
    free_case(made);
}

/* A struct by value in a struct, and so on, the last of which has this type. */
static uint32_t nested(struct make *make, uint32_t last, uint32_t size, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t inner = last;
        last = make_struct(make, "nested", size);
        make_member(make, "in", inner, 0);
    }
    return last;
}

static void structs_in_structs_have_a_limit(void **state)
{
    (void)state;
    struct case_of_plan made;
    static const unsigned counts[] = {60, 100, 1000};
    for (size_t i = 0; i < COUNT(counts); i++) {
        start_case(&made, "");
        uint32_t string = make_add(made.plugin.make, "pointer const char");
        uint32_t last = nested(made.plugin.make, string, 8, counts[i]);
        check_first(
            &made, make_pointer(made.plugin.make, last),
            i ? "f: parameter 1: struct nested: its types are nested too deeply: nest fewer structs"
              : NULL);
    }
}

static void unions_in_unions_have_a_limit(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    uint32_t last = nested(made.plugin.make, make_add(made.plugin.make, "int"), 4, 100);
    uint32_t outer = make_add(made.plugin.make, "union u 4 { }");
    make_member(made.plugin.make, "in", last, 0);
    check_first(
        &made, make_pointer(made.plugin.make, outer),
        "f: parameter 1: union u: member in: struct nested in: its types are nested too deeply: nest fewer structs");
}

static void a_struct_in_itself_is_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    check_first(&made,
                make_add(made.plugin.make,
                         "pointer struct ring 8 { in 0 same ring p 0 pointer const char }"),
                "f: parameter 1: struct ring: its types are nested too deeply: nest fewer structs");
    start_case(&made, "");
    check_first(&made, make_add(made.plugin.make, "pointer union ring 8 { in 0 same ring }"),
                "f: parameter 1: union ring: its types are nested too deeply: nest fewer structs");
    start_case(&made, "");
    check_first(&made, make_add(made.plugin.make, "struct ring 8 { in 0 same ring }"),
                "f: parameter 1: struct ring: its types are nested too deeply: nest fewer structs");
}

static void pointers_to_pointers_need_no_depth(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    uint32_t last = make_add(made.plugin.make, "int");
    for (unsigned i = 0; i < 900; i++)
        last = make_pointer(made.plugin.make, last);
    check_first(&made, last, NULL);
}

/* ---- amounts ---- */

static void too_many_types_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    uint32_t target = make_add(made.plugin.make, "int");
    for (unsigned i = 0; i < 70000; i++) {
        uint32_t pointer = make_pointer(made.plugin.make, target);
        target = make_struct(made.plugin.make, "s", 8);
        make_member(made.plugin.make, "next", pointer, 0);
    }
    check_first(&made, make_pointer(made.plugin.make, target),
                "its types are too many or too large for an isolated plugin: export less");
}

static void too_many_parameters_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    MISFITS_AUTO misfits = {0};
    char words[8192] = "func f function void (";
    for (unsigned i = 0; i < 257; i++)
        strcat(words, " p pointer int");
    strcat(words, " )");
    start_case(&made, "");
    define(&made.plugin, "f", FORMAT_FUNCTION, words);
    end_case(&made);
    assert_null(make_plan(&made, &misfits));
    assert_int_equal(misfits.count, 1);
    assert_non_null(strstr(text_chars(&misfits.items[0].text), "more than 256 parameters"));
    free_case(&made);
}

/* Unions of unions, each with the next one many times: exponential without a budget. */
static void too_much_work_is_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    uint32_t last = make_add(made.plugin.make, "int");
    for (unsigned i = 0; i < 40; i++) {
        uint32_t inner = last;
        last = make_struct(made.plugin.make, "s", 4);
        for (unsigned k = 0; k < 8; k++)
            make_member(made.plugin.make, "in", inner, 0);
    }
    clock_t start = clock();
    check_first(&made, last,
                "its types are too many or too large for an isolated plugin: export less");
    assert_true((clock() - start) / CLOCKS_PER_SEC < 10);
}

static void a_huge_array_in_a_union_is_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    check_first(&made,
                make_add(made.plugin.make, "pointer union u 4294967292 { in 0 array 1073741823 "
                                           "struct t 4 { i 0 int } }"),
                "its types are too many or too large for an isolated plugin: export less");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_types_make_no_unsound_plan),
        cmocka_unit_test(structs_in_structs_have_a_limit),
        cmocka_unit_test(unions_in_unions_have_a_limit),
        cmocka_unit_test(a_struct_in_itself_is_refused),
        cmocka_unit_test(pointers_to_pointers_need_no_depth),
        cmocka_unit_test(too_many_types_are_refused),
        cmocka_unit_test(too_many_parameters_are_refused),
        cmocka_unit_test(too_much_work_is_refused),
        cmocka_unit_test(a_huge_array_in_a_union_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

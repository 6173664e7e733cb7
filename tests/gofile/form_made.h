/* Types of Go, made without a module, and what they become in C. */
#ifndef TESTS_GOFILE_FORM_MADE_H
#define TESTS_GOFILE_FORM_MADE_H

#include "src/gofile/forms_p.h"
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/starve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAKES_MAX = 70000, ITEMS_MAX = 8, ADDRESS = 0x1000 };

struct fake {
    struct go_type type;
    struct go_field fields[ITEMS_MAX];
    uint64_t parameters[ITEMS_MAX];
};

static struct fake *fakes;
static size_t fake_count;

/* ---- what the code under test calls ---- */

static inline struct fake *fake_at(uint64_t address)
{
    assert_true(address >= ADDRESS && (address - ADDRESS) / 8 < fake_count);
    return &fakes[(address - ADDRESS) / 8];
}

bool go_type_read(const struct go_types *types, uint64_t address, struct go_type *type,
                  struct error *error)
{
    (void)types;
    if (!address)
        return error_set(error, PLUGIN_NOT_PLUGIN, "damaged");
    *type = fake_at(address)->type;
    return true;
}

bool go_type_field(const struct go_types *types, const struct go_type *type, uint64_t index,
                   struct go_field *field, struct error *error)
{
    (void)types;
    (void)error;
    /* A struct with more fields repeats its last one, each time one byte further on. */
    uint64_t own = index < ITEMS_MAX ? index : ITEMS_MAX - 1;
    *field = fake_at(type->address)->fields[own];
    field->offset += index - own;
    return true;
}

bool go_type_parameter(const struct go_types *types, const struct go_type *type, uint64_t index,
                       uint64_t *address, struct error *error)
{
    (void)types;
    (void)error;
    *address = fake_at(type->address)->parameters[index];
    return true;
}

/* ---- making types ---- */

static inline int begin(void **state)
{
    (void)state;
    fakes = calloc(FAKES_MAX, sizeof *fakes);
    fake_count = 0;
    return fakes ? 0 : -1;
}

static inline int end(void **state)
{
    (void)state;
    free(fakes);
    return 0;
}

static inline struct bytes name_of(const char *name)
{
    return (struct bytes){(const uint8_t *)name, strlen(name)};
}

static inline uint64_t make(enum go_kind kind, const char *name, uint64_t size)
{
    assert_true(fake_count < FAKES_MAX);
    uint64_t address = ADDRESS + 8 * fake_count;
    fakes[fake_count++].type = (struct go_type){
        .address = address, .kind = kind, .name = name_of(name), .size = size, .alignment = 1};
    return address;
}

static inline uint64_t named(uint64_t address)
{
    fake_at(address)->type.is_named = true;
    return address;
}

static inline uint64_t of(uint64_t address, uint64_t element)
{
    fake_at(address)->type.element = element;
    return address;
}

static inline uint64_t pointer(const char *name, uint64_t element)
{
    return of(make(GO_POINTER, name, 8), element);
}

static inline uint64_t slice(const char *name, uint64_t element)
{
    return of(make(GO_SLICE, name, 24), element);
}

static inline uint64_t array(const char *name, uint64_t count, uint64_t element)
{
    uint64_t address = of(make(GO_ARRAY, name, count * fake_at(element)->type.size), element);
    fake_at(address)->type.count = count;
    return address;
}

static inline void field(uint64_t address, const char *name, uint64_t offset, uint64_t type)
{
    struct fake *fake = fake_at(address);
    assert_true(fake->type.count < ITEMS_MAX);
    fake->fields[fake->type.count++] = (struct go_field){name_of(name), type, offset};
}

static inline uint64_t boolean(void)
{
    return named(make(GO_BOOL, "bool", 1));
}

static inline uint64_t integer(void)
{
    return named(make(GO_INT, "int", 8));
}

static inline uint64_t function(void)
{
    return make(GO_FUNC, "func", 8);
}

/* Writes the section and reads it; both must succeed. */
static inline struct bytes read_back(const struct go_forms *forms, struct btf *btf)
{
    ERROR_AUTO error = {0};
    struct bytes section;
    assert_true(go_forms_write(forms, &section, &error));
    if (!btf_read(btf, section, 8, &error))
        fail_msg("%s", error_text(&error));
    return section;
}

/* Adds the definitions of types whose names start so: "; struct s { ... }". */
static inline void add_definitions(struct text *text, const struct btf *btf, const char *start)
{
    for (uint32_t id = 20; start && id < btf->count; id++) {
        struct btf_type type = btf_type(btf, id);
        bool is_shown = (type.kind == BTF_TYPEDEF || type.kind == BTF_STRUCT) && *type.name &&
                        !strncmp(type.name, start, strlen(start));
        if (!is_shown)
            continue;
        text_add(text, "; ");
        print_definition(text, btf, id, NULL);
    }
    for (size_t i = 0; text->chars && i < text->length; i++)
        if (text->chars[i] == '\n')
            text->chars[i] = ' ';
}

/* Adds the result for a symbol: its id and reason, or the error. */
static inline void write_outcome(struct text *outcome, uint64_t type, bool is_function)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO reason = {0};
    struct go_types types = {0};
    struct bytes section = {0};
    uint32_t id = 0;
    struct go_forms *forms = go_forms_new(&types, 1 << 24);
    bool is_added = forms && go_forms_add(forms, "X", type, is_function, &id, &reason, &error);
    bool is_written = is_added && go_forms_write(forms, &section, &error);
    starve_end();
    if (!is_written && (!forms || error.code == PLUGIN_NO_MEMORY || error.text.failed))
        text_add(outcome, "out of memory");
    else
        text_add(outcome, "%" PRIu32 " %s%s %zu", id, text_chars(&reason), error_text(&error),
                 section.size);
    go_forms_free(forms);
    free((void *)(uintptr_t)section.data);
}

/* Each allocation fails in turn. The result is "out of memory", or the same as without a failure.
 */
static inline void check_starved(uint64_t type, bool is_function)
{
    TEXT_AUTO fed = {0};
    write_outcome(&fed, type, is_function);
    for (starve_begin(); starve_goes_on();) {
        TEXT_AUTO starved = {0};
        write_outcome(&starved, type, is_function);
        if (strcmp(text_chars(&starved), "out of memory") != 0)
            assert_string_equal(text_chars(&starved), text_chars(&fed));
    }
}

static inline void check_symbol(uint64_t type, bool is_function, const char *start,
                                const char *expected, int line)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO reason = {0};
    TEXT_AUTO text = {0};
    struct go_types types = {0};
    struct btf btf;
    uint32_t id;
    check_starved(type, is_function);
    struct go_forms *forms = go_forms_new(&types, 1 << 24);
    assert_non_null(forms);
    if (!go_forms_add(forms, "X", type, is_function, &id, &reason, &error)) {
        text_add(&text, "error: %s", error_text(&error));
    } else if (!id) {
        text_add(&text, "none: %s", text_chars(&reason));
    } else {
        struct bytes section = read_back(forms, &btf);
        print_symbol(&text, &btf, id, "X", NULL);
        add_definitions(&text, &btf, start);
        btf_deinit(&btf);
        free((void *)section.data);
    }
    go_forms_free(forms);
    if (!text.failed && !strcmp(text_chars(&text), expected))
        return;
    print_message("# %s\n# not\n# %s\n", text_chars(&text), expected);
    _fail(__FILE__, line);
}

#define VARIABLE(type, expected)       check_symbol(type, false, NULL, expected, __LINE__)
#define FUNCTION(type, expected)       check_symbol(type, true, NULL, expected, __LINE__)
#define DEFINED(type, start, expected) check_symbol(type, false, start, expected, __LINE__)

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

#endif

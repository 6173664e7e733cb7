/* The readers of Go modules, on a small module that is damaged in one place at a time. */
#include "src/gofile/build_info_p.h"
#include "src/gofile/go_module_p.h"
#include "src/gofile/type_descriptor_p.h"
#include "src/module/module.h"
#include "tests/common/check.h"
#include "tests/common/crowd.h"
#include "tests/common/starve.h"
#include "tests/gofile/go_made.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- files ---- */

struct opened {
    struct file file;
    struct elf elf;
    struct image image; /* the bytes behind elf */
};

static void open_image(struct opened *opened, const struct image *image)
{
    ERROR_AUTO error = {0};
    const uint8_t *bytes = (const uint8_t *)&opened->image;
    opened->image = *image;
    opened->file = (struct file){.descriptor = memfd_create("go", 0), .size = sizeof *image};
    assert_true(opened->file.descriptor >= 0);
    assert_int_equal(write(opened->file.descriptor, image, sizeof *image), sizeof *image);
    struct elf *elf = &opened->elf;
    assert_true(elf_read_header(elf, (struct bytes){bytes, 64}, sizeof *image, &error));
    elf->segments = (struct bytes){bytes + AT(segments), sizeof image->segments};
    elf->sections = (struct bytes){bytes + AT(sections), sizeof image->sections};
    elf->names = (struct bytes){bytes + AT(section_names), sizeof image->section_names};
}

static struct go_image *read_image(const struct image *image, struct error *error)
{
    struct opened opened;
    open_image(&opened, image);
    struct go_image *read = go_image_read(&opened.elf, &opened.file, error);
    file_close(&opened.file);
    return read;
}

static struct go_image *read_valid(const struct image *image)
{
    ERROR_AUTO error = {0};
    struct go_image *read = read_image(image, &error);
    if (!read)
        fail_msg("%s", error_text(&error));
    return read;
}

/* One change, and the refusal. */
struct damage {
    uint64_t at;
    size_t size; /* of the number to write; 0: the pointer there is to lead to it */
    uint64_t value;
    const char *text; /* what the refusal says */
};

static struct image damaged(const struct damage *damage)
{
    struct image image;
    make_image(&image);
    memcpy(place(&image, damage->at), &damage->value, damage->size);
    for (size_t i = 0; !damage->size && i < image.relocation_count; i++)
        if (image.relocations[i].r_offset == damage->at)
            image.relocations[i].r_addend = (int64_t)damage->value;
    return image;
}

/* ---- the memory image ---- */

static void bytes_and_numbers_are_read_where_they_lie(void **state)
{
    (void)state;
    struct image made;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    assert_memory_equal(go_image_bytes(image, AT(names), 64), made.names, 64);
    assert_non_null(go_image_bytes(image, 0, AT(sections)));
    assert_null(go_image_bytes(image, 0, AT(sections) + 1));
    assert_null(go_image_bytes(image, 1, UINT64_MAX));
    assert_null(go_image_bytes(image, AT(sections), 1));
    assert_true(go_image_u16(image, AT(functions), &two) && two == 0xfff1);
    assert_true(go_image_u32(image, AT(functions), &four) && four == 0xfffffff1);
    assert_true(go_image_u64(image, AT(data[4]), &eight) && eight == 2);
    assert_false(go_image_u16(image, AT(sections) - 1, &two));
    assert_false(go_image_u32(image, AT(sections) - 3, &four));
    assert_false(go_image_u64(image, AT(sections) - 7, &eight));
    go_image_free(image);
}

static void symbols_are_found_by_their_names(void **state)
{
    (void)state;
    struct image made;
    uint64_t address, size;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    assert_true(go_image_find(image, "go:link.pkghash.x/p.q", &address, &size));
    assert_true(address == AT(hashes[0]) && size == 16);
    assert_false(go_image_find(image, "outside", &address, &size));
    assert_false(go_image_find(image, "go:link.pkghash.x/p", &address, &size));
    assert_string_equal(go_image_symbol(image, 1, &address, &size), "outside");
    assert_int_equal(address, 0);
    assert_string_equal(go_image_symbol(image, 6, &address, &size), "x/p%2eq.V");
    assert_int_equal(address, AT(plain));
    assert_null(go_image_symbol(image, COUNT(made.symbols), &address, &size));
    go_image_free(image);
}

/* Reads the image with the symbols of the crowd instead of its own. */
static struct go_image *read_crowd(struct image *image, const struct crowd *crowd)
{
    ERROR_AUTO error = {0};
    struct opened opened;
    const uint64_t at = sizeof *image;
    image->segments[2] = (Elf64_Phdr){.p_type = PT_LOAD,
                                      .p_flags = PF_R,
                                      .p_offset = at,
                                      .p_vaddr = at,
                                      .p_filesz = sizeof *crowd,
                                      .p_memsz = sizeof *crowd};
    image->dynamic[0].d_un.d_val = at + offsetof(struct crowd, strings);
    image->dynamic[1].d_un.d_val = sizeof crowd->strings;
    image->dynamic[2].d_un.d_val = at;
    image->sections[2].sh_addr = image->sections[2].sh_offset = at;
    image->sections[2].sh_size = sizeof crowd->symbols;
    open_image(&opened, image);
    assert_int_equal(write(opened.file.descriptor, crowd, sizeof *crowd), sizeof *crowd);
    opened.file.size = opened.elf.file_size = at + sizeof *crowd;
    struct go_image *read = go_image_read(&opened.elf, &opened.file, &error);
    file_close(&opened.file);
    if (!read)
        fail_msg("%s", error_text(&error));
    return read;
}

static void a_search_in_a_crowd_ends_soon(void **state)
{
    (void)state;
    struct image made;
    uint64_t address, size;
    struct crowd *crowd = crowd_make();
    make_image(&made);
    struct go_image *image = read_crowd(&made, crowd);
    assert_true(go_image_find(image, crowd->strings + CROWD_NAME, &address, &size));
    for (int i = 0; i < CROWD_SEARCHES; i++)
        assert_false(go_image_find(image, crowd->absent, &address, &size));
    go_image_free(image);
    free(crowd);
}

/* 99 symbols share one long name. */
static void names_that_overlap_are_refused(void **state)
{
    (void)state;
    enum { SYMBOLS = 100 };
    static struct {
        struct image image;
        Elf64_Sym symbols[SYMBOLS];
        char strings[200];
    } made;
    ERROR_AUTO error = {0};
    make_image(&made.image);
    memset(made.strings + 1, 'x', sizeof made.strings - 2);
    for (size_t i = 1; i < SYMBOLS; i++)
        made.symbols[i] = (Elf64_Sym){.st_name = 1, .st_shndx = 1, .st_value = i};
    const uint64_t at = sizeof made.image;
    struct opened opened;
    made.image.segments[2] = (Elf64_Phdr){.p_type = PT_LOAD,
                                          .p_flags = PF_R,
                                          .p_offset = at,
                                          .p_vaddr = at,
                                          .p_filesz = sizeof made - at,
                                          .p_memsz = sizeof made - at};
    made.image.dynamic[0].d_un.d_val = at + sizeof made.symbols;
    made.image.dynamic[1].d_un.d_val = sizeof made.strings;
    made.image.dynamic[2].d_un.d_val = at;
    made.image.sections[2].sh_addr = made.image.sections[2].sh_offset = at;
    made.image.sections[2].sh_size = sizeof made.symbols;
    open_image(&opened, &made.image);
    assert_int_equal(write(opened.file.descriptor, (const char *)&made + at, sizeof made - at),
                     sizeof made - at);
    opened.file.size = opened.elf.file_size = sizeof made;
    assert_null(go_image_read(&opened.elf, &opened.file, &error));
    assert_string_equal(error_text(&error), "it is damaged: symbol names overlap");
    file_close(&opened.file);
}

static void code_in_many_parts_is_refused(void **state)
{
    (void)state;
    struct image made;
    ERROR_AUTO error = {0};
    make_image(&made);
    for (size_t i = 1; i < sizeof made.segments / sizeof *made.segments; i++)
        if (made.segments[i].p_type != PT_DYNAMIC)
            made.segments[i] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_X};
    made.segments[0] = made.segments[2];
    assert_null(read_image(&made, &error));
    assert_string_equal(error_text(&error), "it is damaged: too many segments");
}

/* A hostile module may have the same bytes copied again and again. */
static void copies_are_bounded(void **state)
{
    (void)state;
    struct go_module module = {.budget = {10}};
    ERROR_AUTO error = {0};
    assert_non_null(go_module_copy(&module, "12345", 5, &error));
    assert_non_null(go_module_copy(&module, "67890", 5, &error));
    assert_null(go_module_copy(&module, "1", 1, &error));
    assert_string_equal(error_text(&error), "its Go module data is damaged: names too long");
    arena_deinit(&module.arena);
}

static void relocate(struct image *image, uint64_t at, uint32_t symbol, uint32_t type,
                     int64_t addend)
{
    image->relocations[image->relocation_count++] =
        (Elf64_Rela){at, ELF64_R_INFO((uint64_t)symbol, type), addend};
}

static void pointers_are_relocated(void **state)
{
    (void)state;
    struct image made;
    uint64_t pointer;
    make_image(&made);
    relocate(&made, AT(plain[3]), 1, R_X86_64_64, 0);
    relocate(&made, AT(plain[2]), 6, R_X86_64_64, 5);
    relocate(&made, AT(plain[1]), 6, R_X86_64_GLOB_DAT, 0);
    made.plain[0] = 7;
    struct go_image *image = read_valid(&made);
    assert_true(go_image_pointer(image, AT(data[1]), &pointer) && pointer == AT(types));
    assert_false(go_image_pointer(image, AT(plain[0]), &pointer));
    assert_true(go_image_pointer(image, AT(plain[1]), &pointer) && !pointer);
    assert_true(go_image_pointer(image, AT(plain[2]), &pointer) && pointer == AT(plain) + 5);
    assert_false(go_image_pointer(image, AT(plain[3]), &pointer));
    assert_false(go_image_pointer(image, AT(sections), &pointer));
    uint64_t address, last = 0;
    for (size_t i = 0; go_image_pointer_number(image, i, &address, &pointer); i++) {
        assert_true(address >= last);
        last = address;
    }
    assert_int_equal(last, AT(plain[3]));
    go_image_free(image);
}

static void pointers_of_the_other_machine_are_relocated(void **state)
{
    (void)state;
    struct image made;
    uint64_t pointer;
    make_image(&made);
    made.header.e_machine = EM_AARCH64;
    relocate(&made, AT(plain[0]), 0, R_AARCH64_RELATIVE, 9);
    relocate(&made, AT(plain[1]), 6, R_AARCH64_ABS64, 1);
    struct go_image *image = read_valid(&made);
    assert_true(go_image_pointer(image, AT(plain[0]), &pointer) && pointer == 9);
    assert_true(go_image_pointer(image, AT(plain[1]), &pointer) && pointer == AT(plain) + 1);
    go_image_free(image);
}

static void packed_relocations_are_read(void **state)
{
    (void)state;
    struct image made;
    uint64_t pointer;
    make_image(&made);
    made.packed[0] = AT(plain[0]);
    made.packed[1] = 1 | 1 << 1 | 1 << 3; /* the first and the third word behind */
    made.dynamic[6].d_un.d_val = sizeof made.packed;
    for (size_t i = 0; i < 4; i++)
        made.plain[i] = 100 + i;
    struct go_image *image = read_valid(&made);
    assert_true(go_image_pointer(image, AT(plain[0]), &pointer) && pointer == 100);
    assert_true(go_image_pointer(image, AT(plain[1]), &pointer) && pointer == 101);
    assert_false(go_image_pointer(image, AT(plain[2]), &pointer));
    assert_true(go_image_pointer(image, AT(plain[3]), &pointer) && pointer == 103);
    go_image_free(image);
}

static void of_a_segment_with_code_only_data_is_read(void **state)
{
    (void)state;
    struct image made;
    uint64_t pointer;
    make_image(&made);
    made.segments[0].p_flags |= PF_X;
    struct go_image *image = read_valid(&made);
    assert_null(go_image_bytes(image, 0, 1));
    assert_true(go_image_pointer(image, AT(data[1]), &pointer) && pointer == AT(types));
    assert_non_null(go_image_bytes(image, AT(build), 16));
    go_image_free(image);
}

static void a_damaged_memory_is_refused(void **state)
{
    (void)state;
    static const struct damage damages[] = {
        {AT(header.e_machine), 2, EM_386, "Go modules are supported on amd64 and arm64 only"},
        {AT(segments[0].p_vaddr), 8, UINT64_MAX - 99,
         "it is damaged: segment beyond the end of the address space"},
        {AT(segments[1].p_vaddr), 8, AT(sections) - 8,
         "it is damaged: dynamic section outside the loaded data"},
        {AT(dynamic[0].d_un), 8, AT(sections), /* DT_STRTAB */
         "it is damaged: invalid dynamic string table (DT_STRTAB)"},
        {AT(dynamic[1].d_un), 8, 0, "it is damaged: invalid dynamic string table (DT_STRTAB)"},
        {AT(dynamic[1].d_un), 8, 5, "it is damaged: invalid dynamic string table (DT_STRTAB)"},
        {AT(sections[2].sh_size), 8, AT(sections) - AT(symbols) + 1,
         "it is damaged: invalid dynamic symbol table (DT_SYMTAB)"},
        {AT(symbols[3].st_name), 4, sizeof((struct image *)0)->strings,
         "it is damaged: symbol name outside the string table"},
        {AT(relocations[0].r_info), 8, ELF64_R_INFO(UINT64_C(9), R_X86_64_64),
         "it is damaged: invalid symbol index in a relocation"},
        {AT(dynamic[4].d_un), 8, UINT64_MAX, "it is damaged: relocations outside the loaded data"},
        {AT(dynamic[6].d_un), 8, UINT64_MAX, "it is damaged: relocations outside the loaded data"},
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        ERROR_AUTO error = {0};
        struct image image = damaged(&damages[i]);
        assert_null(read_image(&image, &error));
        assert_string_equal(error_text(&error), damages[i].text);
    }
}

static void what_is_loaded_in_very_many_parts_is_refused(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct image image;
    make_image(&image);
    for (size_t i = 2; i < COUNT(image.segments); i++) {
        image.segments[i] = image.segments[0];
        image.segments[i].p_filesz = 1;
    }
    assert_null(read_image(&image, &error));
    assert_string_equal(error_text(&error), "it is damaged: too many segments");
}

/* Otherwise a small file could take much memory. */
static void what_is_loaded_more_than_once_is_refused(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct image image;
    make_image(&image);
    image.segments[2] = image.segments[0];
    image.segments[2].p_vaddr = sizeof image;
    assert_null(read_image(&image, &error));
    assert_string_equal(error_text(&error), "it is damaged: segments overlap in the file");
}

static void packed_relocations_outside_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t words[2];
        const char *text;
    } cases[] = {{{AT(sections), 0}, "it is damaged: relocation outside the loaded data"},
                 {{AT(sections) - 8, 3}, "it is damaged: relocation outside the loaded data"},
                 {{UINT64_MAX - 1, 3}, "it is damaged: relocation outside the loaded data"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        ERROR_AUTO error = {0};
        struct image image;
        make_image(&image);
        memcpy(image.packed, cases[i].words, sizeof image.packed);
        image.dynamic[6].d_un.d_val = sizeof image.packed;
        assert_null(read_image(&image, &error));
        assert_string_equal(error_text(&error), cases[i].text);
    }
}

/* ---- types ---- */

static struct budget budget;

static struct go_types types_of(const struct go_image *image)
{
    budget = (struct budget){1 << 20};
    return (struct go_types){
        .image = image, .start = AT(types), .end = AT(table), .budget = &budget};
}

static struct go_type read_type(const struct go_types *types, int number, enum go_kind kind,
                                const char *name)
{
    ERROR_AUTO error = {0};
    struct go_type type;
    if (!go_type_read(types, type_at(number), &type, &error))
        fail_msg("%s", error_text(&error));
    assert_int_equal(type.address, type_at(number));
    assert_int_equal(type.kind, kind);
    assert_int_equal(type.name.size, strlen(name));
    assert_memory_equal(type.name.data, name, type.name.size);
    return type;
}

static void types_of_each_kind_are_read(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    struct go_type type = read_type(&types, INT, GO_INT, "int");
    assert_true(type.is_named && type.size == 8 && type.alignment == 8);
    assert_int_equal(read_type(&types, STRING, GO_STRING, "string").size, 16);
    type = read_type(&types, POINTER, GO_POINTER, "*int");
    assert_true(!type.is_named && type.element == type_at(INT));
    assert_int_equal(read_type(&types, SLICE, GO_SLICE, "[]int").element, type_at(INT));
    type = read_type(&types, ARRAY, GO_ARRAY, "[3]int");
    assert_true(type.element == type_at(INT) && type.count == 3 && type.size == 24);
    type = read_type(&types, MAP, GO_MAP, "map[string]int");
    assert_true(type.key == type_at(STRING) && type.element == type_at(INT));
    assert_int_equal(read_type(&types, CHANNEL, GO_CHAN, "chan int").element, type_at(INT));
    go_image_free(image);
}

static void the_fields_of_a_struct_are_read(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct image made;
    struct go_field field;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    struct go_type type = read_type(&types, STRUCT, GO_STRUCT, "main.\303\211");
    assert_int_equal(type.count, 2);
    assert_true(go_type_field(&types, &type, 0, &field, &error));
    assert_true(field.name.size == 1 && *field.name.data == 'A');
    assert_true(field.type == type_at(INT) && field.offset == 0);
    assert_true(go_type_field(&types, &type, 1, &field, &error));
    assert_true(field.name.size == 2 && field.type == type_at(STRING) && field.offset == 8);
    go_image_free(image);
}

static void the_parameters_and_results_of_a_func_are_read(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    static const int expected[] = {STRING, SLICE, INT};
    struct image made;
    uint64_t parameter;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    struct go_type type = read_type(&types, FUNC, GO_FUNC, "func(string, ...int) int");
    assert_true(type.is_variadic && type.count == 2 && type.results == 1);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(go_type_parameter(&types, &type, i, &parameter, &error));
        assert_int_equal(parameter, type_at(expected[i]));
    }
    go_image_free(image);
}

#define BROKEN "its Go types are damaged: "
#define TYPE(n, field)                                                                             \
    (AT(types) + (n) * sizeof(struct descriptor) + offsetof(struct descriptor, field))
#define MORE(n, word) (AT(types) + (n) * sizeof(struct descriptor) + 48 + (word)*8)

/* Reads a type, its fields and parameters. */
static bool read_whole(const struct go_types *types, int number, struct error *error)
{
    struct go_type type;
    struct go_field field;
    uint64_t parameter;
    if (!go_type_read(types, type_at(number), &type, error))
        return false;
    for (uint64_t i = 0; type.kind == GO_STRUCT && i < type.count; i++)
        if (!go_type_field(types, &type, i, &field, error))
            return false;
    for (uint64_t i = 0; type.kind == GO_FUNC && i < type.count + type.results; i++)
        if (!go_type_parameter(types, &type, i, &parameter, error))
            return false;
    return true;
}

static void damaged_types_are_refused(void **state)
{
    (void)state;
    static const struct {
        int type;
        struct damage damage;
    } cases[] = {
        {INT, {TYPE(INT, kind), 1, 0, BROKEN "unknown kind"}},
        {INT, {TYPE(INT, kind), 1, 27, BROKEN "unknown kind"}},
        {INT, {TYPE(INT, size), 8, 4, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, size), 8, 16, BROKEN "size does not match the kind"}},
        {INT, {TYPE(INT, alignment), 1, 3, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, alignment), 1, 0, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, alignment), 1, 16, BROKEN "invalid size or alignment"}},
        {INT, {TYPE(INT, name), 4, UINT32_MAX, BROKEN "name outside the type data"}},
        {INT, {TYPE(INT, name), 4, AT(table) - AT(types), BROKEN "name outside the type data"}},
        {SLICE, {TYPE(SLICE, flags), 1, 2, BROKEN "name lacks the leading '*'"}},
        {INT, {AT(names[1]), 1, 0, BROKEN "empty or overlong name"}},
        {INT, {AT(names[1]), 4, 0x7FFFFF, BROKEN "empty or overlong name"}},
        {INT, {AT(names[1]), 4, UINT32_MAX, BROKEN "truncated name"}},
        {INT, {AT(names[3]), 1, 0, BROKEN "name is not UTF-8"}},
        {INT, {AT(names[5]), 1, 0xC3, BROKEN "name is not UTF-8"}},
        {SLICE, {MORE(SLICE, 0), 0, 0, BROKEN "invalid type reference"}},
        {MAP, {MORE(MAP, 0), 0, 0, BROKEN "invalid type reference"}},
        {ARRAY, {MORE(ARRAY, 0), 0, UINT64_MAX, BROKEN "invalid type reference"}},
        {ARRAY, {MORE(ARRAY, 2), 8, 4, BROKEN "array size does not match its elements"}},
        {ARRAY, {MORE(ARRAY, 2), 8, UINT64_MAX, BROKEN "array size does not match its elements"}},
        {STRUCT, {MORE(STRUCT, 1), 0, UINT64_MAX, BROKEN "invalid struct fields"}},
        {STRUCT, {MORE(STRUCT, 2), 8, UINT64_MAX, BROKEN "invalid struct fields"}},
        {STRUCT, {AT(fields[0].name), 0, 0, BROKEN "field without a name"}},
        {STRUCT, {AT(fields[0].type), 0, 0, BROKEN "invalid type reference"}},
        {STRUCT, {AT(fields[1].offset), 8, 16, BROKEN "field outside its struct"}},
        {STRUCT, {AT(fields[1].offset), 8, 4, BROKEN "field outside its struct"}},
        {STRUCT, {AT(fields[1].offset), 8, UINT64_MAX, BROKEN "field outside its struct"}},
        {FUNC, {MORE(FUNC, 0), 2, 0xFFFF, BROKEN "invalid func parameters"}},
        {FUNC, {MORE(FUNC, 0), 2, 0, BROKEN "invalid func parameters"}},
        {FUNC, {MORE(FUNC, 4), 0, 0, BROKEN "invalid type reference"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        ERROR_AUTO error = {0};
        struct image made = damaged(&cases[i].damage);
        struct go_image *image = read_valid(&made);
        struct go_types types = types_of(image);
        assert_false(read_whole(&types, cases[i].type, &error));
        assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
        assert_string_equal(error_text(&error), cases[i].damage.text);
        go_image_free(image);
    }
}

static void only_so_much_is_read_of_types(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    struct image made;
    struct go_type type;
    struct go_field field;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    struct go_types types = types_of(image);
    budget.left = 2 * (64 + strlen("*main.\303\211"));
    for (int i = 0; i < 2; i++)
        assert_true(go_type_read(&types, type_at(STRUCT), &type, &error));
    assert_int_equal(budget.left, 0);
    assert_true(go_type_read_layout(&types, type_at(STRUCT), &type, &error));
    assert_false(go_type_field(&types, &type, 0, &field, &error));
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&error), "it has too many Go types");
    go_image_free(image);
}

/* ---- modules ---- */

static bool read_module(const struct image *image, struct go_module **module, struct error *error)
{
    struct opened opened;
    struct bytes meta, btf;
    open_image(&opened, image);
    /* Each allocation fails in turn: the read fails with an error, or does not need it. */
    for (starve_begin(); starve_goes_on();) {
        ERROR_AUTO starved = {0};
        bool is_read = go_module_read(module, &opened.elf, &opened.file, &meta, &btf, &starved);
        if (starve_end() && !is_read)
            assert_true(starved.code == PLUGIN_NO_MEMORY || starved.text.failed ||
                        *error_text(&starved));
        if (!is_read)
            continue;
        free((void *)meta.data);
        free((void *)btf.data);
        go_module_free(*module);
    }
    bool is_read = go_module_read(module, &opened.elf, &opened.file, &meta, &btf, error);
    file_close(&opened.file);
    assert_int_equal(is_read && *module && (*module)->is_plugin, meta.size && btf.size);
    free((void *)meta.data);
    free((void *)btf.data);
    return is_read;
}

static struct go_module *read_valid_module(const struct image *image)
{
    ERROR_AUTO error = {0};
    struct go_module *module;
    if (!read_module(image, &module, &error))
        fail_msg("%s", error_text(&error));
    return module;
}

static void a_plugin_says_what_it_is(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    struct go_module *module = read_valid_module(&made);
    assert_true(module->is_plugin && module->is_version_exact);
    assert_string_equal(module->version, "go1.24.4");
    assert_string_equal(module->plugin_path, "x/p%2eq");
    assert_string_equal(module->module_path, "x/p.q");
    assert_string_equal(module->settings, "GOAMD64=v3 -trimpath -tags=a,b");
    assert_int_equal(module->package_count, 2);
    assert_string_equal(module->packages[0].path, "runtime");
    const struct go_package *package = go_module_package(module, "x/p.q");
    assert_int_equal(package->hash_size, 2);
    assert_memory_equal(package->hash, "\1\2", 2);
    assert_null(go_module_package(module, "x/p"));
    assert_int_equal(module->symbol_count, 2);
    const struct go_symbol *function = go_module_symbol(module, "F");
    assert_true(function->is_function && function->address == CODE && function->id);
    const struct go_symbol *variable = go_module_symbol(module, "V");
    assert_true(!variable->is_function && variable->address == AT(plain) && variable->id);
    assert_string_equal(variable->type, "int");
    assert_null(go_module_symbol(module, "G"));
    go_module_free(module);
}

static void what_is_not_recorded_is_told_otherwise(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    made.section_names[made.sections[3].sh_name] = '!'; /* .go.buildinfo */
    struct go_module *module = read_valid_module(&made);
    assert_string_equal(module->version, "go1.20.1"); /* runtime.buildVersion */
    assert_true(module->is_version_exact);
    assert_string_equal(module->module_path, "x/p.q");
    assert_string_equal(module->settings, "");
    go_module_free(module);
    /* Invalid %xx stay as they are. (The plugin path is the first of the texts.) */
    memcpy(made.texts, "x%zz%5;", 7);
    memcpy(made.strings + made.symbols[6].st_name, "x%zz%5;.V", 9);
    memcpy(made.strings + made.symbols[7].st_name, "x%zz%5;.F", 9);
    module = read_valid_module(&made);
    assert_string_equal(module->module_path, "x%zz%5;");
    go_module_free(module);
    memcpy(made.texts, "x/p%2eq", 7);
    memcpy(made.strings + made.symbols[6].st_name, "x/p%2eq.V", 9);
    memcpy(made.strings + made.symbols[7].st_name, "x/p%2eq.F", 9);
    made.symbols[8].st_shndx = SHN_UNDEF;
    module = read_valid_module(&made);
    assert_string_equal(module->version, "go1.20 or later");
    assert_false(module->is_version_exact);
    go_module_free(module);
    made.functions[0] = 0xf0;
    module = read_valid_module(&made);
    assert_string_equal(module->version, "go1.19");
    go_module_free(module);
    for (size_t i = 0; i < COUNT(made.data_fields); i++)
        made.data_fields[i].offset <<= 1;
    module = read_valid_module(&made);
    assert_string_equal(module->version, "go1.18");
    go_module_free(module);
}

static void what_opens_plugins_is_no_plugin(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    made.data[7] = 0; /* the length of its path */
    struct go_module *module = read_valid_module(&made);
    assert_false(module->is_plugin);
    assert_string_equal(module->plugin_path, "");
    assert_int_equal(module->symbol_count, 0);
    assert_int_equal(module->package_count, 2);
    go_module_free(module);
    made.symbols[3].st_shndx = made.symbols[4].st_shndx = SHN_UNDEF;
    assert_null(read_valid_module(&made));
}

/* Compares the refusal of the file as a plugin; "": it is one. */
static void judge(struct image *image, const char *expected)
{
    ERROR_AUTO error = {0};
    struct opened opened;
    ARENA_AUTO arena = {0};
    struct module module;
    open_image(&opened, image);
    if (!module_read(&module, &opened.file, &arena, &error))
        fail_msg("%s", error_text(&error));
    bool is_own = elf_is_own_machine(&module.elf);
    bool is_good = module_judge(&module, &error);
    module_deinit(&module);
    file_close(&opened.file);
    if (!is_own)
        skip();
    assert_string_equal(error_text(&error), expected);
    assert_int_equal(is_good, !*expected);
}

static void go_code_is_judged_as_such(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    judge(&made, "");
    made.data[7] = 0;
    judge(&made, "it is made by Go, but not as a plugin; build it with: go build "
                 "-buildmode=plugin");
    made.header.e_type = ET_EXEC;
    judge(&made, "it is an executable, not a plugin; build it with: go build -buildmode=plugin");
}

#define WRONG "its Go module data is damaged: "

static void damaged_modules_are_refused(void **state)
{
    (void)state;
    static const struct damage damages[] = {
        {AT(hashes[0]), 0, UINT64_MAX, WRONG "invalid package hash"},
        {AT(hashes[0][1]), 8, 0, WRONG "invalid package hash"},
        {AT(hashes[0][1]), 8, 65, WRONG "invalid package hash"},
        {AT(symbols[4].st_shndx), 2, SHN_UNDEF, WRONG "no hash of package runtime"},
        {AT(symbols[2].st_shndx), 2, SHN_UNDEF,
         "it has no Go module data in a known format; Go 1.18 and later are supported"},
        {TYPE(DATA, kind), 1, GO_STRING, BROKEN "size does not match the kind"},
        {AT(data_fields[1].name), 0, AT(names), WRONG "runtime.moduledata lacks a required field"},
        {AT(functions), 1, 0xfb,
         "it has no Go module data in a known format; Go 1.18 and later are supported"},
        {AT(data[4]), 8, 3, /* more symbols than there is room for */
         "it has no Go module data in a known format; Go 1.18 and later are supported"},
        {AT(data[7]), 8, UINT64_MAX,
         "it has no Go module data in a known format; Go 1.18 and later are supported"},
        {AT(table[0][0]), 4, UINT32_MAX, BROKEN "name outside the type data"},
        {AT(table[0][1]), 4, UINT32_MAX, WRONG "symbol type outside the type data"},
        {AT(table[0][0]), 4, AT(names) - AT(types), /* "*int" */
         WRONG "invalid symbol name"},
        {AT(table[0][1]), 4, 0, WRONG "symbol is neither function nor variable"},
        {AT(symbols[6].st_shndx), 2, SHN_UNDEF, WRONG "V is not exported"},
        {AT(build), 1, 0, "its section .go.buildinfo is damaged"},
        {AT(build[42]), 1, 0x7F, "its section .go.buildinfo is damaged"},
        {AT(sections[3].sh_size), 8, 20, "its section .go.buildinfo is damaged"},
        {AT(sections[3].sh_addr), 8, AT(sections), "its section .go.buildinfo is damaged"},
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        ERROR_AUTO error = {0};
        struct go_module *module;
        struct image image = damaged(&damages[i]);
        assert_false(read_module(&image, &module, &error));
        assert_null(module);
        assert_string_equal(error_text(&error), damages[i].text);
    }
}

static void every_bit_flip_is_refused_or_read(void **state)
{
    (void)state;
    struct image made;
    make_image(&made);
    for (size_t at = AT(segments); at < AT(sections); at++) {
        ERROR_AUTO error = {0};
        struct go_module *module;
        struct image image = made;
        *place(&image, at) ^= (char)(1 << at % 8);
        if (!read_module(&image, &module, &error))
            assert_true(error.code && *error_text(&error));
        go_module_free(module);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_numbers_are_read_where_they_lie),
        cmocka_unit_test(symbols_are_found_by_their_names),
        cmocka_unit_test(a_search_in_a_crowd_ends_soon),
        cmocka_unit_test(names_that_overlap_are_refused),
        cmocka_unit_test(code_in_many_parts_is_refused),
        cmocka_unit_test(copies_are_bounded),
        cmocka_unit_test(pointers_are_relocated),
        cmocka_unit_test(pointers_of_the_other_machine_are_relocated),
        cmocka_unit_test(packed_relocations_are_read),
        cmocka_unit_test(of_a_segment_with_code_only_data_is_read),
        cmocka_unit_test(a_damaged_memory_is_refused),
        cmocka_unit_test(what_is_loaded_in_very_many_parts_is_refused),
        cmocka_unit_test(what_is_loaded_more_than_once_is_refused),
        cmocka_unit_test(packed_relocations_outside_are_refused),
        cmocka_unit_test(types_of_each_kind_are_read),
        cmocka_unit_test(the_fields_of_a_struct_are_read),
        cmocka_unit_test(the_parameters_and_results_of_a_func_are_read),
        cmocka_unit_test(damaged_types_are_refused),
        cmocka_unit_test(only_so_much_is_read_of_types),
        cmocka_unit_test(a_plugin_says_what_it_is),
        cmocka_unit_test(what_is_not_recorded_is_told_otherwise),
        cmocka_unit_test(what_opens_plugins_is_no_plugin),
        cmocka_unit_test(go_code_is_judged_as_such),
        cmocka_unit_test(damaged_modules_are_refused),
        cmocka_unit_test(every_bit_flip_is_refused_or_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

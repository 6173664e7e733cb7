/* The memory of a Go module: its loaded parts, relocations, and symbols. */
#include "src/gofile/go_module_p.h"
#include "tests/common/check.h"
#include "tests/common/crowd.h"
#include "tests/gofile/image_made.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void bytes_and_numbers_are_read_where_they_lie(void **state)
{
    (void)state;
    struct image made;
    uint16_t two;
    uint64_t eight;
    make_image(&made);
    struct go_image *image = read_valid(&made);
    assert_memory_equal(go_image_bytes(image, AT(names), 64), made.names, 64);
    assert_non_null(go_image_bytes(image, 0, AT(sections)));
    assert_null(go_image_bytes(image, 0, AT(sections) + 1));
    assert_null(go_image_bytes(image, 1, UINT64_MAX));
    assert_null(go_image_bytes(image, AT(sections), 1));
    assert_true(go_image_u16(image, AT(functions), &two) && two == 0xfff1);
    assert_true(go_image_u64(image, AT(data[4]), &eight) && eight == 2);
    assert_false(go_image_u16(image, AT(sections) - 1, &two));
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

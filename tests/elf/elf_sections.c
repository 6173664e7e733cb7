/* The ELF reader: sections and segments. */
#include "src/elf/elf.h"
#include "tests/common/check.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE = 4096 };

/* ---- sections and segments ---- */

#define NAMES "\0.text\0.plugin\0unterminated"

/* Views of two section headers, the second of them under test. */
static struct elf view_64(Elf64_Shdr sections[2])
{
    return (struct elf){.file_size = FILE_SIZE,
                        .is_64 = true,
                        .section_count = 2,
                        .sections = {(const uint8_t *)sections, 2 * sizeof *sections},
                        .names = {(const uint8_t *)NAMES, sizeof NAMES}};
}

static struct elf view_32(Elf32_Shdr sections[2])
{
    return (struct elf){.file_size = FILE_SIZE,
                        .section_count = 2,
                        .sections = {(const uint8_t *)sections, 2 * sizeof *sections},
                        .names = {(const uint8_t *)NAMES, sizeof NAMES}};
}

static void a_section_of_either_class_is_read(void **state)
{
    (void)state;
    struct elf_section section;
    ERROR_AUTO error = {0};
    Elf64_Shdr wide[2] = {{0},
                          {.sh_name = 7,
                           .sh_type = SHT_PROGBITS,
                           .sh_flags = SHF_ALLOC,
                           .sh_addr = UINT64_C(0x123456789a),
                           .sh_offset = 96,
                           .sh_size = 4000}};
    struct elf elf = view_64(wide);
    assert_true(elf_section(&elf, 1, &section, &error));
    assert_string_equal(section.name, ".plugin");
    assert_int_equal(section.type, SHT_PROGBITS);
    assert_int_equal(section.flags, SHF_ALLOC);
    assert_int_equal(section.address, UINT64_C(0x123456789a));
    assert_int_equal(section.size, 4000);
    assert_int_equal(section.part.offset, 96);
    assert_int_equal(section.part.size, 4000);
    Elf32_Shdr narrow[2] = {{0},
                            {.sh_name = 1,
                             .sh_type = SHT_STRTAB,
                             .sh_flags = SHF_WRITE,
                             .sh_addr = 0x87654321,
                             .sh_offset = 4,
                             .sh_size = 8}};
    elf = view_32(narrow);
    assert_true(elf_section(&elf, 1, &section, &error));
    assert_string_equal(section.name, ".text");
    assert_int_equal(section.type, SHT_STRTAB);
    assert_int_equal(section.flags, SHF_WRITE);
    assert_int_equal(section.address, 0x87654321);
    assert_int_equal(section.part.offset, 4);
    assert_int_equal(section.part.size, 8);
}

static void a_section_out_of_the_file_is_refused(void **state)
{
    (void)state;
    struct elf_section section;
    ERROR_AUTO error = {0};
    Elf64_Shdr wide[2] = {
        {0}, {.sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = 97, .sh_size = 4000}};
    struct elf elf = view_64(wide);
    assert_false(elf_section(&elf, 1, &section, &error));
    assert_string_equal(error_text(&error),
                        "it is truncated or damaged: its section's contents (4000 of 1 bytes at "
                        "offset 97) end beyond its 4096 bytes");
    wide[1].sh_offset = UINT64_MAX - 1000;
    assert_false(elf_section(&elf, 1, &section, &error));
    wide[1].sh_offset = 0;
    wide[1].sh_size = UINT64_MAX;
    assert_false(elf_section(&elf, 1, &section, &error));
    Elf32_Shdr narrow[2] = {
        {0}, {.sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = UINT32_MAX, .sh_size = 2}};
    elf = view_32(narrow);
    assert_false(elf_section(&elf, 1, &section, &error));
    assert_string_equal(error_text(&error),
                        "it is truncated or damaged: its section's contents (2 of 1 bytes at "
                        "offset 4294967295) end beyond its 4096 bytes");
}

static void a_section_without_contents_may_have_any_size_in_memory(void **state)
{
    (void)state;
    struct elf_section section;
    ERROR_AUTO error = {0};
    Elf64_Shdr wide[2] = {
        {0}, {.sh_name = 1, .sh_type = SHT_NOBITS, .sh_offset = 9999, .sh_size = 1 << 30}};
    struct elf elf = view_64(wide);
    assert_true(elf_section(&elf, 1, &section, &error));
    assert_int_equal(section.size, 1 << 30);
    assert_int_equal(section.part.size, 0);
    assert_int_equal(section.part.offset, 0);
}

static void a_section_name_that_does_not_end_is_refused(void **state)
{
    (void)state;
    struct elf_section section;
    bool found;
    ERROR_AUTO error = {0};
    /* Of a table that does not end with a NUL: the first one; the one that does not end; its last
     * letter; then the end of the table; then far beyond. */
    static const uint32_t names[] = {1, 15, sizeof NAMES - 2, sizeof NAMES - 1, UINT32_MAX};
    uint8_t *exact = malloc(sizeof NAMES - 1);
    assert_non_null(exact);
    memcpy(exact, NAMES, sizeof NAMES - 1);
    for (size_t i = 0; i < COUNT(names); i++) {
        Elf64_Shdr wide[2] = {{0}, {.sh_name = names[i], .sh_type = SHT_PROGBITS}};
        struct elf elf = view_64(wide);
        elf.names = (struct bytes){exact, sizeof NAMES - 1};
        assert_false(elf_section(&elf, 1, &section, &error));
        assert_string_equal(error_text(&error),
                            "the name of section 1 lies outside the section name table");
        assert_false(elf_find_section(&elf, ".plugin", &section, &found, &error));
        assert_false(found);
    }
    free(exact);
}

static void a_section_is_found_by_its_name(void **state)
{
    (void)state;
    struct elf_section section;
    bool found = true;
    ERROR_AUTO error = {0};
    Elf64_Shdr wide[2] = {{0}, {.sh_name = 7, .sh_type = SHT_PROGBITS, .sh_size = 5}};
    struct elf elf = view_64(wide);
    assert_true(elf_find_section(&elf, ".plugin", &section, &found, &error));
    assert_true(found);
    assert_int_equal(section.size, 5);
    assert_true(elf_find_section(&elf, ".BTF", &section, &found, &error));
    assert_false(found);
    assert_true(elf_find_section(&elf, ".plug", &section, &found, &error));
    assert_false(found);
    assert_int_equal(error.code, PLUGIN_OK);
}

static void a_segment_of_either_class_is_read(void **state)
{
    (void)state;
    struct elf_segment segment;
    ERROR_AUTO error = {0};
    Elf64_Phdr wide = {.p_type = PT_DYNAMIC,
                       .p_offset = 96,
                       .p_vaddr = UINT64_C(0x123456789a),
                       .p_filesz = 4000,
                       .p_memsz = 5000};
    struct elf elf = {.file_size = FILE_SIZE,
                      .is_64 = true,
                      .segment_count = 1,
                      .segments = {(const uint8_t *)&wide, sizeof wide}};
    assert_true(elf_segment(&elf, 0, &segment, &error));
    assert_int_equal(segment.type, PT_DYNAMIC);
    assert_int_equal(segment.address, UINT64_C(0x123456789a));
    assert_int_equal(segment.memory_size, 5000);
    assert_int_equal(segment.part.offset, 96);
    assert_int_equal(segment.part.size, 4000);
    Elf32_Phdr narrow = {
        .p_type = PT_LOAD, .p_offset = 1, .p_vaddr = 0x87654321, .p_filesz = 2, .p_memsz = 3};
    elf = (struct elf){.file_size = FILE_SIZE,
                       .segment_count = 1,
                       .segments = {(const uint8_t *)&narrow, sizeof narrow}};
    assert_true(elf_segment(&elf, 0, &segment, &error));
    assert_int_equal(segment.type, PT_LOAD);
    assert_int_equal(segment.address, 0x87654321);
    assert_int_equal(segment.memory_size, 3);
    assert_int_equal(segment.part.offset, 1);
    assert_int_equal(segment.part.size, 2);
}

static void a_segment_out_of_the_file_is_refused(void **state)
{
    (void)state;
    struct elf_segment segment;
    ERROR_AUTO error = {0};
    Elf64_Phdr wide = {.p_type = PT_LOAD, .p_offset = 4000, .p_filesz = 97};
    struct elf elf = {.file_size = FILE_SIZE,
                      .is_64 = true,
                      .segment_count = 1,
                      .segments = {(const uint8_t *)&wide, sizeof wide}};
    assert_false(elf_segment(&elf, 0, &segment, &error));
    assert_string_equal(error_text(&error),
                        "it is truncated or damaged: its segment's contents (97 of 1 bytes at "
                        "offset 4000) end beyond its 4096 bytes");
    wide.p_offset = UINT64_MAX;
    assert_false(elf_segment(&elf, 0, &segment, &error));
    wide.p_offset = 0;
    wide.p_filesz = UINT64_MAX;
    assert_false(elf_segment(&elf, 0, &segment, &error));
    wide.p_filesz = FILE_SIZE;
    assert_true(elf_segment(&elf, 0, &segment, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_of_either_class_is_read),
        cmocka_unit_test(a_section_out_of_the_file_is_refused),
        cmocka_unit_test(a_section_without_contents_may_have_any_size_in_memory),
        cmocka_unit_test(a_section_name_that_does_not_end_is_refused),
        cmocka_unit_test(a_section_is_found_by_its_name),
        cmocka_unit_test(a_segment_of_either_class_is_read),
        cmocka_unit_test(a_segment_out_of_the_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

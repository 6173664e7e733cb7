/* The ELF reader: headers, and files that are something else. */
#include "src/elf/elf.h"
#include "tests/common/check.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_DATA   (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)
#define OTHER_DATA (OWN_DATA == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB)
#define OTHER_NAME (OWN_DATA == ELFDATA2LSB ? "big" : "little")

enum { FILE_SIZE = 4096 };

static Elf64_Ehdr valid_64(void)
{
    return (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, OWN_DATA, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_phoff = 64,
        .e_shoff = 1024,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 2,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = 3,
        .e_shstrndx = 2};
}

static Elf32_Ehdr valid_32(void)
{
    return (Elf32_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, OWN_DATA, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_386,
        .e_phoff = 52,
        .e_shoff = 512,
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = 1,
        .e_shentsize = sizeof(Elf32_Shdr),
        .e_shnum = 4,
        .e_shstrndx = 3};
}

/* Reads a header out of a block of exactly this size, so that ASan sees a read beyond it. */
static bool read_exactly(struct elf *elf, const void *start, size_t size, uint64_t file_size,
                         struct error *error)
{
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    if (size)
        memcpy(exact, start, size);
    bool is_read = elf_read_header(elf, (struct bytes){exact, size}, file_size, error);
    free(exact);
    return is_read;
}

static void check_refused(const void *start, size_t size, uint64_t file_size, const char *expected)
{
    struct elf elf;
    ERROR_AUTO error = {0};
    assert_false(read_exactly(&elf, start, size, file_size, &error));
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&error), expected);
}

static void check_string_refused(const char *start, const char *expected)
{
    check_refused(start, strlen(start), strlen(start), expected);
}

static void check_64_refused(Elf64_Ehdr header, const char *expected)
{
    check_refused(&header, sizeof header, FILE_SIZE, expected);
}

static void check_32_refused(Elf32_Ehdr header, const char *expected)
{
    check_refused(&header, sizeof header, FILE_SIZE, expected);
}

/* ---- files that are something else ---- */

static void an_empty_file_is_called_empty(void **state)
{
    (void)state;
    check_refused("", 0, 0, "it is empty");
}

/* But not shown: a set-uid program may read what its user may not. */
static void a_text_file_is_called_one(void **state)
{
    (void)state;
    static const char said[] = "it is a text file, not an ELF file";
    check_string_refused("#!/bin/sh\nexec true\n", said);
    check_string_refused("x", said);
    check_string_refused("\nroot:*:20228:0:99999:7:::", said);
    check_string_refused("a\tb\n", said);
    check_string_refused("INPUT(-lplugin)", said);
}

static void an_archive_is_called_one(void **state)
{
    (void)state;
    check_string_refused("!<arch>\n", "it is an archive (.a), not a shared library");
    check_string_refused("!<arch>\n/       0   ", "it is an archive (.a), not a shared library");
    check_string_refused("!<arch>", "it is a text file, not an ELF file");
}

static void bitcode_is_called_bitcode(void **state)
{
    (void)state;
    check_string_refused("BC\xC0\xDE", "it is LLVM bitcode, not a shared library");
    check_string_refused("BC\xC0\xDE\x35\x14", "it is LLVM bitcode, not a shared library");
    check_string_refused("BC\xC0", "it is not an ELF file");
}

static void other_bytes_are_called_no_elf_file(void **state)
{
    (void)state;
    check_string_refused("\x7f"
                         "ELG",
                         "it is not an ELF file");
    check_string_refused("\x7f"
                         "EL",
                         "it is not an ELF file");
    check_string_refused("text with \x01", "it is not an ELF file");
    check_refused("MZ\0\0", 4, 4, "it is not an ELF file");
}

/* ---- headers ---- */

static void a_header_is_refused_at_every_length_below_its_own(void **state)
{
    (void)state;
    Elf64_Ehdr wide = valid_64();
    Elf32_Ehdr narrow = valid_32();
    for (size_t size = SELFMAG; size <= sizeof wide; size++) {
        char expected[80];
        snprintf(expected, sizeof expected, "it is truncated: %zu bytes do not hold an ELF header",
                 size);
        if (size < sizeof wide)
            check_refused(&wide, size, size, expected);
        if (size < sizeof narrow)
            check_refused(&narrow, size, size, expected);
    }
}

static void another_byte_order_is_named(void **state)
{
    (void)state;
    char expected[80];
    snprintf(expected, sizeof expected, "it is for a %s-endian machine", OTHER_NAME);
    Elf64_Ehdr wide = valid_64();
    wide.e_ident[EI_DATA] = OTHER_DATA;
    check_64_refused(wide, expected);
    Elf32_Ehdr narrow = valid_32();
    narrow.e_ident[EI_DATA] = OTHER_DATA;
    check_32_refused(narrow, expected);
}

static void an_unknown_class_byte_order_or_version_is_damage(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
    } damages[] = {
        {EI_CLASS, ELFCLASSNONE}, {EI_CLASS, 3},  {EI_CLASS, 0xFF}, {EI_DATA, 0}, {EI_DATA, 3},
        {EI_VERSION, 0},          {EI_VERSION, 2}};
    for (size_t i = 0; i < COUNT(damages); i++) {
        Elf64_Ehdr wide = valid_64();
        wide.e_ident[damages[i].at] = damages[i].value;
        check_64_refused(wide, "its ELF header is damaged");
    }
}

static void program_headers_of_another_size_are_damage(void **state)
{
    (void)state;
    Elf64_Ehdr wide = valid_64();
    wide.e_phentsize = sizeof(Elf32_Phdr);
    check_64_refused(wide, "its ELF header is damaged");
    wide.e_phentsize = 0;
    check_64_refused(wide, "its ELF header is damaged");
    Elf32_Ehdr narrow = valid_32();
    narrow.e_phentsize = sizeof(Elf64_Phdr);
    check_32_refused(narrow, "its ELF header is damaged");
}

static void section_headers_of_another_size_are_damage(void **state)
{
    (void)state;
    Elf64_Ehdr wide = valid_64();
    wide.e_shentsize = sizeof(Elf64_Shdr) + 1;
    check_64_refused(wide, "its ELF header is damaged");
    wide.e_shentsize = 0;
    check_64_refused(wide, "its ELF header is damaged");
    Elf32_Ehdr narrow = valid_32();
    narrow.e_shentsize = sizeof(Elf64_Shdr);
    check_32_refused(narrow, "its ELF header is damaged");
}

static void a_names_section_that_does_not_exist_is_damage(void **state)
{
    (void)state;
    Elf64_Ehdr wide = valid_64();
    wide.e_shstrndx = 3;
    check_64_refused(wide, "its ELF header is damaged");
    wide.e_shstrndx = 0xFFFF;
    check_64_refused(wide, "its ELF header is damaged");
    Elf32_Ehdr narrow = valid_32();
    narrow.e_shstrndx = 4;
    check_32_refused(narrow, "its ELF header is damaged");
}

static void header_tables_beyond_the_end_are_truncation(void **state)
{
    (void)state;
    Elf64_Ehdr wide = valid_64();
    wide.e_phoff = FILE_SIZE - 2 * sizeof(Elf64_Phdr) + 1;
    check_64_refused(wide, "it is truncated or damaged: its program headers (2 of 56 bytes at "
                           "offset 3985) end beyond its 4096 bytes");
    wide = valid_64();
    wide.e_shoff = FILE_SIZE;
    check_64_refused(wide, "it is truncated or damaged: its section headers (3 of 64 bytes at "
                           "offset 4096) end beyond its 4096 bytes");
    wide.e_shoff = UINT64_MAX;
    check_64_refused(wide, "it is truncated or damaged: its section headers (3 of 64 bytes at "
                           "offset 18446744073709551615) end beyond its 4096 bytes");
    wide.e_shoff = UINT64_MAX - 3 * sizeof(Elf64_Shdr) + 1; /* the end wraps round to 0 */
    check_64_refused(wide, "it is truncated or damaged: its section headers (3 of 64 bytes at "
                           "offset 18446744073709551424) end beyond its 4096 bytes");
    Elf32_Ehdr narrow = valid_32();
    narrow.e_shnum = 0xFFFE;
    check_32_refused(narrow, "it is truncated or damaged: its section headers (65534 of 40 bytes "
                             "at offset 512) end beyond its 4096 bytes");
}

static void a_file_of_more_bytes_than_can_be_counted_is_refused(void **state)
{
    (void)state;
    Elf64_Ehdr header = valid_64();
    struct elf elf;
    ERROR_AUTO error = {0};
    assert_true(read_exactly(&elf, &header, sizeof header, SIZE_MAX / 4, &error));
    assert_false(read_exactly(&elf, &header, sizeof header, UINT64_MAX, &error));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(error_text(&error), "it is too large for this process's address space "
                                            "(18446744073709551615 bytes)");
}

static void header_tables_that_end_with_the_file_are_read(void **state)
{
    (void)state;
    struct elf elf;
    ERROR_AUTO error = {0};
    Elf64_Ehdr wide = valid_64();
    wide.e_phoff = FILE_SIZE - 2 * sizeof(Elf64_Phdr);
    wide.e_shoff = FILE_SIZE - 3 * sizeof(Elf64_Shdr);
    assert_true(read_exactly(&elf, &wide, sizeof wide, FILE_SIZE, &error));
    assert_int_equal(elf.segments_part.offset + elf.segments_part.size, FILE_SIZE);
    assert_int_equal(elf.sections_part.offset + elf.sections_part.size, FILE_SIZE);
}

static void a_64_bit_header_is_read(void **state)
{
    (void)state;
    struct elf elf;
    ERROR_AUTO error = {0};
    Elf64_Ehdr wide = valid_64();
    assert_true(read_exactly(&elf, &wide, sizeof wide, FILE_SIZE, &error));
    assert_true(elf.is_64);
    assert_int_equal(elf.type, ET_DYN);
    assert_int_equal(elf.machine, EM_X86_64);
    assert_int_equal(elf.file_size, FILE_SIZE);
    assert_int_equal(elf.segment_count, 2);
    assert_int_equal(elf.section_count, 3);
    assert_int_equal(elf.names_section, 2);
    assert_int_equal(elf.segments_part.offset, 64);
    assert_int_equal(elf.segments_part.size, 2 * sizeof(Elf64_Phdr));
    assert_int_equal(elf.sections_part.offset, 1024);
    assert_int_equal(elf.sections_part.size, 3 * sizeof(Elf64_Shdr));
    assert_int_equal(error.code, PLUGIN_OK);
}

static void a_32_bit_header_is_read(void **state)
{
    (void)state;
    struct elf elf;
    ERROR_AUTO error = {0};
    Elf32_Ehdr narrow = valid_32();
    assert_true(read_exactly(&elf, &narrow, sizeof narrow, FILE_SIZE, &error));
    assert_false(elf.is_64);
    assert_int_equal(elf.type, ET_EXEC);
    assert_int_equal(elf.machine, EM_386);
    assert_int_equal(elf.segment_count, 1);
    assert_int_equal(elf.section_count, 4);
    assert_int_equal(elf.names_section, 3);
    assert_int_equal(elf.segments_part.size, sizeof(Elf32_Phdr));
    assert_int_equal(elf.sections_part.size, 4 * sizeof(Elf32_Shdr));
}

static void a_file_without_section_headers_has_no_sections(void **state)
{
    (void)state;
    struct elf elf;
    ERROR_AUTO error = {0};
    Elf64_Ehdr wide = valid_64();
    wide.e_shoff = 0;
    wide.e_shentsize = 0;
    assert_true(read_exactly(&elf, &wide, sizeof wide, FILE_SIZE, &error));
    assert_int_equal(elf.section_count, 0);
    assert_int_equal(elf.sections_part.size, 0);
}

static void only_this_machine_and_class_is_its_own(void **state)
{
    (void)state;
    struct elf elf = {.is_64 = sizeof(void *) == 8};
    unsigned own = 0;
    for (unsigned machine = 0; machine <= 0xFFFF; machine++) {
        elf.machine = (uint16_t)machine;
        own += elf_is_own_machine(&elf);
        elf.is_64 = !elf.is_64;
        assert_false(elf_is_own_machine(&elf));
        elf.is_64 = !elf.is_64;
    }
    assert_int_equal(own, 1);
}

static void machines_have_names_or_numbers(void **state)
{
    (void)state;
    char buffer[24];
    assert_string_equal(elf_machine_name(EM_X86_64, buffer), "x86-64");
    assert_string_equal(elf_machine_name(EM_386, buffer), "i386");
    assert_string_equal(elf_machine_name(EM_AARCH64, buffer), "aarch64");
    assert_string_equal(elf_machine_name(EM_ARM, buffer), "arm");
    assert_string_equal(elf_machine_name(EM_RISCV, buffer), "riscv");
    assert_string_equal(elf_machine_name(EM_PPC64, buffer), "ppc64");
    assert_string_equal(elf_machine_name(EM_S390, buffer), "s390x");
    assert_string_equal(elf_machine_name(EM_MIPS, buffer), "mips");
    assert_string_equal(elf_machine_name(258, buffer), "loongarch");
    assert_string_equal(elf_machine_name(0xFFFF, buffer), "machine 65535");
}

/* ---- any bytes ---- */

static void every_single_bit_flip_of_a_header_is_refused_or_read_within_the_file(void **state)
{
    (void)state;
    const Elf64_Ehdr wide = valid_64();
    for (size_t bit = 0; bit < sizeof wide * 8; bit++) {
        uint8_t bytes[sizeof wide];
        struct elf elf;
        ERROR_AUTO error = {0};
        memcpy(bytes, &wide, sizeof wide);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (read_exactly(&elf, bytes, sizeof bytes, FILE_SIZE, &error)) {
            assert_true(elf.segments_part.offset + elf.segments_part.size <= FILE_SIZE);
            assert_true(elf.sections_part.offset + elf.sections_part.size <= FILE_SIZE);
            assert_true(!elf.section_count || elf.names_section < elf.section_count);
        } else {
            assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
            assert_true(*error_text(&error));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_is_called_empty),
        cmocka_unit_test(a_text_file_is_called_one),
        cmocka_unit_test(an_archive_is_called_one),
        cmocka_unit_test(bitcode_is_called_bitcode),
        cmocka_unit_test(other_bytes_are_called_no_elf_file),
        cmocka_unit_test(a_header_is_refused_at_every_length_below_its_own),
        cmocka_unit_test(another_byte_order_is_named),
        cmocka_unit_test(an_unknown_class_byte_order_or_version_is_damage),
        cmocka_unit_test(program_headers_of_another_size_are_damage),
        cmocka_unit_test(section_headers_of_another_size_are_damage),
        cmocka_unit_test(a_names_section_that_does_not_exist_is_damage),
        cmocka_unit_test(header_tables_beyond_the_end_are_truncation),
        cmocka_unit_test(a_file_of_more_bytes_than_can_be_counted_is_refused),
        cmocka_unit_test(header_tables_that_end_with_the_file_are_read),
        cmocka_unit_test(a_64_bit_header_is_read),
        cmocka_unit_test(a_32_bit_header_is_read),
        cmocka_unit_test(a_file_without_section_headers_has_no_sections),
        cmocka_unit_test(only_this_machine_and_class_is_its_own),
        cmocka_unit_test(machines_have_names_or_numbers),
        cmocka_unit_test(every_single_bit_flip_of_a_header_is_refused_or_read_within_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What hostile section and program headers cost. Each of these is so large that
 * work which grows with its square does not end within the test's time. */
#include "src/fit/fit.h"
#include "tests/common/check.h"
#include "tests/format/meta_large.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of many headers, and the file that it is written into. */
struct headers {
    Elf64_Ehdr header;
    Elf64_Phdr segments[UINT16_MAX];
    Elf64_Shdr sections[UINT16_MAX - 1];
    char names[16 * MIB];
};

static struct headers *make_headers(void)
{
    struct headers *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->header = (Elf64_Ehdr){.e_type = ET_DYN,
                                .e_machine = EM_X86_64,
                                .e_phentsize = sizeof *made->segments,
                                .e_shentsize = sizeof *made->sections,
                                .e_shstrndx = 1};
    memcpy(made->header.e_ident, ELFMAG, SELFMAG);
    made->header.e_ident[EI_CLASS] = ELFCLASS64;
    made->header.e_ident[EI_DATA] = ELFDATA2LSB;
    made->header.e_ident[EI_VERSION] = EV_CURRENT;
    made->sections[1] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                     .sh_offset = offsetof(struct headers, names),
                                     .sh_size = sizeof made->names};
    return made;
}

static void give_sections(struct headers *made)
{
    made->header.e_shoff = offsetof(struct headers, sections);
    made->header.e_shnum = COUNT(made->sections);
}

static void give_segments(struct headers *made, uint32_t type)
{
    made->header.e_phoff = offsetof(struct headers, segments);
    made->header.e_phnum = COUNT(made->segments);
    for (size_t i = 0; i < COUNT(made->segments); i++)
        made->segments[i] = (Elf64_Phdr){
            .p_type = type, .p_flags = PF_R, .p_filesz = type == PT_LOAD ? 0 : sizeof *made};
}

/* Writes the file and reads it. */
static bool read_headers(struct headers *made, struct module *module, struct arena *arena,
                         struct error *error)
{
    FILE_AUTO file = {.descriptor = memfd_create("headers", 0), .size = sizeof *made};
    assert_true(file.descriptor >= 0);
    for (size_t at = 0; at < sizeof *made;) {
        ssize_t count = write(file.descriptor, (const char *)made + at, sizeof *made - at);
        assert_true(count > 0);
        at += (size_t)count;
    }
    free(made);
    return module_read(module, &file, arena, error);
}

/* The name of each is to be searched for its end, if one looks for it. */
static void sections_of_one_long_name_are_read(void **state)
{
    (void)state;
    struct headers *made = make_headers();
    ARENA_AUTO arena = {0};
    struct module module;
    ERROR_AUTO error = {0};
    give_sections(made);
    memset(made->names, 'x', sizeof made->names - 1);
    if (!read_headers(made, &module, &arena, &error))
        fail_msg("%s", error_text(&error));
    assert_false(module.is_stamped);
    module_deinit(&module);
}

/* Each would be read. */
static void many_dynamic_sections_are_refused(void **state)
{
    (void)state;
    struct headers *made = make_headers();
    ARENA_AUTO arena = {0};
    struct module module;
    ERROR_AUTO error = {0};
    give_segments(made, PT_DYNAMIC);
    assert_false(read_headers(made, &module, &arena, &error));
    assert_string_equal(error_text(&error), "it is damaged: it has two dynamic sections");
}

/* Each symbol's address is looked for in all of them. */
static void many_loaded_parts_are_refused(void **state)
{
    (void)state;
    struct headers *made = make_headers();
    ARENA_AUTO arena = {0};
    struct module module;
    ERROR_AUTO error = {0};
    give_segments(made, PT_LOAD);
    if (!read_headers(made, &module, &arena, &error))
        fail_msg("%s", error_text(&error));
    module.is_stamped = true;
    module.meta.header.kind = FORMAT_SHARED_LIBRARY;
#ifdef __x86_64__
    assert_false(module_judge(&module, &error));
    assert_string_equal(error_text(&error), "it is damaged: too many PT_LOAD segments");
#endif
    module_deinit(&module);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_of_one_long_name_are_read),
        cmocka_unit_test(many_dynamic_sections_are_refused),
        cmocka_unit_test(many_loaded_parts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

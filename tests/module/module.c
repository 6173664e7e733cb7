/* The judgement of a module by itself: where it is loaded, and whether what its stamp names is
 * there; and what is left of a stamp after that. The other refusals are golden files
 * (tests/api/refuse). */
#include "src/module/module.h"
#include "tests/common/check.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 4 };

/* A plugin of one function, one variable, one init and one retire. */
struct made {
    struct module module;
    Elf64_Phdr segments[SEGMENTS];
    struct format_symbol symbols[2];
    struct format_package package;
    struct format_init init;
    struct format_retire retire;
};

static const char strings[] = "\0f\0v\0main";

/* Code at 0x1000, data at 0x2000 to 0x2300, of which the file has 0x200 bytes. */
static void make(struct made *made)
{
    *made =
        (struct made){.segments = {{.p_type = PT_LOAD,
                                    .p_flags = PF_R | PF_X,
                                    .p_vaddr = 0x1000,
                                    .p_filesz = 0x100,
                                    .p_memsz = 0x100},
                                   {.p_type = PT_LOAD,
                                    .p_flags = PF_R | PF_W,
                                    .p_vaddr = 0x2000,
                                    .p_filesz = 0x200,
                                    .p_memsz = 0x300},
                                   {.p_type = PT_GNU_RELRO, .p_vaddr = 0x2000, .p_memsz = 0x80}},
                      .symbols = {{.name = 1, .address = 0x1010, .kind = FORMAT_FUNCTION},
                                  {.name = 3, .address = 0x2080, .kind = FORMAT_VARIABLE}},
                      .package = {.path = 5, .init_count = 1},
                      .init = {.address = 0x1020},
                      .retire = {.address = 0x1030}};
    struct module *module = &made->module;
    module->elf =
        (struct elf){.file_size = 0x1000,
                     .is_64 = true,
                     .type = ET_DYN,
                     .machine = EM_X86_64,
                     .segment_count = SEGMENTS,
                     .segments = {(const uint8_t *)made->segments, sizeof made->segments}};
    module->is_stamped = true;
    struct meta *meta = &module->meta;
    meta->header.kind = FORMAT_SHARED_LIBRARY;
    meta->header.symbols.count = COUNT(made->symbols);
    meta->header.packages.count = 1;
    meta->header.retires.count = 1;
    meta->symbols = (struct bytes){(const uint8_t *)made->symbols, sizeof made->symbols};
    meta->packages = (struct bytes){(const uint8_t *)&made->package, sizeof made->package};
    meta->inits = (struct bytes){(const uint8_t *)&made->init, sizeof made->init};
    meta->retires = (struct bytes){(const uint8_t *)&made->retire, sizeof made->retire};
    meta->strings = (struct bytes){(const uint8_t *)strings, sizeof strings};
}

static void check_refused(const struct made *made, const char *expected)
{
    ERROR_AUTO error = {0};
    assert_false(module_judge(&made->module, &error));
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&error), expected);
}

static void check_accepted(const struct made *made)
{
    ERROR_AUTO error = {0};
    if (!module_judge(&made->module, &error))
        fail_msg("%s", error_text(&error));
}

static void a_module_is_accepted(void **state)
{
    (void)state;
    struct made made;
    make(&made);
    check_accepted(&made);
}

static void parts_that_overlap_are_refused(void **state)
{
    (void)state;
    static const char text[] = "it is damaged: segments overlap in memory";
    struct made made;
    make(&made);
    made.segments[0].p_vaddr = 0x1f80;
    check_refused(&made, text);
    make(&made);
    made.segments[0].p_vaddr = 0x3000; /* behind the second one */
    check_refused(&made, text);
    make(&made);
    made.segments[1].p_memsz = UINT64_MAX - 0xFFF;
    check_refused(&made, text);
}

static void parts_of_odd_sizes_are_refused(void **state)
{
    (void)state;
    static const char text[] = "it is damaged: a segment has inconsistent file and memory sizes";
    struct made made;
    make(&made);
    made.segments[0].p_memsz = 0xff;
    check_refused(&made, text);
    make(&made);
    made.segments[0].p_memsz = 0x101; /* which is not writable */
    check_refused(&made, text);
    make(&made);
    made.segments[1].p_flags = PF_R;
    check_refused(&made, text);
}

static void parts_that_nobody_may_read_are_refused(void **state)
{
    (void)state;
    static const char text[] = "it is damaged: a segment is not readable";
    struct made made;
    make(&made);
    made.segments[1].p_flags = PF_W;
    check_refused(&made, text);
    make(&made);
    made.segments[1].p_flags = PF_W | PF_X;
    check_refused(&made, text);
    make(&made);
    made.segments[0].p_flags = 0;
    check_refused(&made, text);
    made.segments[0].p_flags = PF_X; /* code that is only executed */
    check_accepted(&made);
}

static void symbols_must_be_where_their_kind_is(void **state)
{
    (void)state;
    struct made made;
    make(&made);
    made.symbols[1].address = 0x5000;
    check_refused(&made, "its .plugin section is damaged: v is at address 0x5000, where nothing is "
                         "loaded");
    make(&made);
    made.symbols[0].address = 0x2000;
    check_refused(&made, "its .plugin section is damaged: f is at address 0x2000, where no code is "
                         "loaded");
    make(&made);
    made.segments[0].p_flags = PF_R;
    check_refused(&made, "its .plugin section is damaged: f is at address 0x1010, where no code is "
                         "loaded");
    make(&made);
    made.init.address = 0x2000;
    check_refused(&made, "its .plugin section is damaged: an init is at address 0x2000, where no "
                         "code is loaded");
    made.package.init_count = 0;
    check_accepted(&made);
    made.retire.address = 0x2000;
    check_refused(&made, "its .plugin section is damaged: a retire is at address 0x2000, where no "
                         "code is loaded");
    made.module.meta.header.retires.count = 0;
    check_accepted(&made);
    made.symbols[1] = (struct format_symbol){.name = 3, .kind = FORMAT_THREAD_LOCAL};
    check_accepted(&made);
}

static void a_segment_beyond_the_file_is_refused(void **state)
{
    (void)state;
    struct made made;
    make(&made);
    made.segments[3] = (Elf64_Phdr){.p_offset = 0x1000, .p_filesz = 1};
    check_refused(&made,
                  "it is truncated or damaged: its segment's contents (1 of 1 bytes at offset "
                  "4096) end beyond its 4096 bytes");
}

/* ---- what stays when the judgement has ended ---- */

/* A stamp of the tables of `made` and an import, in one block of the heap. */
struct stamp {
    struct format_symbol symbols[2];
    struct format_package package;
    struct format_init init;
    struct format_retire retire;
    struct format_import import;
    char strings[sizeof strings];
    uint8_t types[24];
};

static struct stamp *make_stamp(struct made *made)
{
    make(made);
    struct stamp *stamp = calloc(1, sizeof *stamp);
    assert_non_null(stamp);
    memcpy(stamp->symbols, made->symbols, sizeof stamp->symbols);
    stamp->package = made->package;
    stamp->init = made->init;
    stamp->retire = made->retire;
    stamp->import = (struct format_import){.name = 1};
    memcpy(stamp->strings, strings, sizeof strings);
    memset(stamp->types, 0xbf, sizeof stamp->types);
    struct bytes none = {(const uint8_t *)stamp, 0};
    struct meta *meta = &made->module.meta;
    *meta = (struct meta){.header = meta->header,
                          .symbols = {(const uint8_t *)stamp->symbols, sizeof stamp->symbols},
                          .packages = {(const uint8_t *)&stamp->package, sizeof stamp->package},
                          .inits = {(const uint8_t *)&stamp->init, sizeof stamp->init},
                          .retires = {(const uint8_t *)&stamp->retire, sizeof stamp->retire},
                          .imports = {(const uint8_t *)&stamp->import, sizeof stamp->import},
                          .strings = {(const uint8_t *)stamp->strings, sizeof strings},
                          .slots = none,
                          .probes = none,
                          .constructors = none,
                          .compilers = none,
                          .shared = none,
                          .dependencies = none,
                          .sources = none,
                          .interfaces = none,
                          .members = none,
                          .infos = none,
                          .lasting_strings = sizeof strings};
    meta->import_strings = meta->strings;
    meta->header.imports.count = 1;
    made->module.types_section = (struct bytes){stamp->types, sizeof stamp->types};
    return stamp;
}

static void check_lasting(const struct module *module)
{
    assert_string_equal(meta_symbol(&module->meta, 1).name, "v");
    assert_int_equal(meta_symbol(&module->meta, 1).address, 0x2080);
    assert_string_equal(meta_package(&module->meta, 0).path, "main");
    assert_int_equal(meta_init(&module->meta, 0, 0).address, 0x1020);
    assert_int_equal(meta_retire(&module->meta, 0).address, 0x1030);
    assert_int_equal(module->types_section.size, 24);
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(module->types_section.data[i], 0xbf);
}

static void what_is_kept_needs_no_stamp(void **state)
{
    (void)state;
    struct made made;
    ERROR_AUTO error = {0};
    struct stamp *stamp = make_stamp(&made);
    struct module *module = &made.module;
    assert_string_equal(meta_import(&module->meta, 0).name, "f");
    assert_true(module_keep(module, &error));
    memset(stamp->symbols, 0xff, sizeof stamp->symbols);
    memset(stamp->types, 0xff, sizeof stamp->types);
    assert_int_equal(module->meta.header.imports.count, 0);
    check_lasting(module);
    module_deinit(module);
    free(stamp);
}

static void what_is_moved_is_the_callers(void **state)
{
    (void)state;
    struct made made;
    struct stamp *stamp = make_stamp(&made);
    struct module *module = &made.module;
    void *place = malloc(module_lasting_size(module));
    assert_non_null(place);
    module_move(module, place);
    assert_int_equal(module_lasting_size(module), 0);
    assert_string_equal(meta_import(&module->meta, 0).name, "f");
    module_end_judgement(module);
    assert_int_equal(module->meta.header.imports.count, 0);
    check_lasting(module);
    module_deinit(module);
    free(place);
    free(stamp);
}

static void what_is_in_no_arena_stays(void **state)
{
    (void)state;
    struct made made;
    ERROR_AUTO error = {0};
    struct stamp *stamp = make_stamp(&made);
    struct module *module = &made.module;
    module->is_lasting = true;
    assert_int_equal(module_lasting_size(module), 0);
    assert_true(module_keep(module, &error));
    assert_null(module->kept);
    check_lasting(module);
    module_deinit(module);
    free(stamp);
}

static void a_module_without_a_stamp_keeps_nothing(void **state)
{
    (void)state;
    struct module module = {0};
    ERROR_AUTO error = {0};
    assert_true(module_keep(&module, &error));
    assert_null(module.kept);
    module_deinit(&module);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_is_accepted),
        cmocka_unit_test(parts_that_overlap_are_refused),
        cmocka_unit_test(parts_of_odd_sizes_are_refused),
        cmocka_unit_test(parts_that_nobody_may_read_are_refused),
        cmocka_unit_test(symbols_must_be_where_their_kind_is),
        cmocka_unit_test(a_segment_beyond_the_file_is_refused),
        cmocka_unit_test(what_is_kept_needs_no_stamp),
        cmocka_unit_test(what_is_moved_is_the_callers),
        cmocka_unit_test(what_is_in_no_arena_stays),
        cmocka_unit_test(a_module_without_a_stamp_keeps_nothing),
    };
#ifdef __x86_64__
    return cmocka_run_group_tests(tests, NULL, NULL);
#else
    (void)tests; /* the made module is for x86-64, and only one's own is judged */
    puts("1..0 # SKIP made for x86-64");
    return 0;
#endif
}

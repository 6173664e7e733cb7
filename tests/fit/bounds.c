/* What hostile files cost. Each of these is so large that a reader or a judgement whose work grows
 * with the square of a file does not end within the test's time. */
#include "src/base/hash.h"
#include "src/fit/fit.h"
#include "src/format/meta_writer.h"
#include "src/types/compare.h"
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

/* ---- the `.plugin` section ---- */

/* An empty table is not placed. */
static void add_empty(struct meta_writer *writer)
{
    struct format_header *header = &writer->header;
    struct format_table *const tables[] = {
        &header->symbols,      &header->slots,  &header->probes,  &header->constructors,
        &header->compilers,    &header->shared, &header->imports, &header->packages,
        &header->dependencies, &header->inits,  &header->sources};
    for (size_t i = 0; i < COUNT(tables); i++)
        if (!tables[i]->count)
            *tables[i] = meta_writer_table(writer, 0);
    if (!header->slots.count) {
        const struct format_slot none = {0, 0};
        header->slots = meta_writer_table(writer, 1);
        meta_writer_item(writer, &none, sizeof none);
    }
}

static struct bytes finish(struct meta_writer *writer, struct bytes btf)
{
    ERROR_AUTO error = {0};
    struct bytes section;
    add_empty(writer);
    assert_true(meta_writer_finish(writer, btf, &section, &error));
    return section;
}

static void check_meta_refused(struct bytes section, const char *what)
{
    char expected[200];
    struct meta meta;
    ERROR_AUTO error = {0};
    assert_true(meta_read_start(&meta, section, &error));
    assert_false(meta_read_tables(&meta, section, &error));
    snprintf(expected, sizeof expected,
             "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE", what);
    assert_string_equal(error_text(&error), expected);
    free((void *)(uintptr_t)section.data);
}

static uint32_t add_long_name(struct meta_writer *writer, size_t length)
{
    char *name = malloc(length + 1);
    assert_non_null(name);
    memset(name, 'x', length);
    name[length] = '\0';
    uint32_t at = meta_writer_string(writer, name);
    free(name);
    return at;
}

/* Each is compared with the one before it, from its first to its last byte. */
static void imports_of_one_long_name_are_refused(void **state)
{
    (void)state;
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    const struct format_import import = {.name = add_long_name(&writer, 8 * MIB)};
    writer.header.imports = meta_writer_table(&writer, 8 * MIB / sizeof import);
    for (uint32_t i = 0; i < writer.header.imports.count; i++)
        meta_writer_item(&writer, &import, sizeof import);
    check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
}

/* The ends of one long string, from the shortest on, are names in their order. */
static void symbols_that_are_ends_of_one_string_are_refused(void **state)
{
    (void)state;
    enum { COUNT_OF_SYMBOLS = 1 << 18 };
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    uint32_t name = add_long_name(&writer, 8 * MIB);
    writer.header.symbols = meta_writer_table(&writer, COUNT_OF_SYMBOLS);
    for (uint32_t i = 0; i < COUNT_OF_SYMBOLS; i++) {
        const struct format_symbol symbol = {.name = name + COUNT_OF_SYMBOLS - i,
                                             .kind = FORMAT_VARIABLE};
        meta_writer_item(&writer, &symbol, sizeof symbol);
    }
    check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
}

/* Each import of a package is looked for among the paths of all. */
static void long_paths_of_packages_are_refused(void **state)
{
    (void)state;
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    uint32_t path = add_long_name(&writer, 8 * MIB);
    const struct format_dependency dependency = {.path = path};
    struct format_package package = {.path = path, .dependency_count = MIB};
    writer.header.dependencies = meta_writer_table(&writer, MIB);
    for (uint32_t i = 0; i < MIB; i++)
        meta_writer_item(&writer, &dependency, sizeof dependency);
    writer.header.packages = meta_writer_table(&writer, FORMAT_PACKAGES_MAX);
    for (uint32_t i = 0; i < FORMAT_PACKAGES_MAX; i++, package.path++, package.dependency_count = 0)
        meta_writer_item(&writer, &package, sizeof package);
    check_meta_refused(finish(&writer, (struct bytes){0}), "names overlap");
}

/* A search that begins at the first one would pass them all. */
static void slots_in_a_row_are_refused(void **state)
{
    (void)state;
    enum { ROW = FORMAT_SLOTS_IN_A_ROW_MAX + 1 };
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    writer.header.symbols = meta_writer_table(&writer, ROW);
    for (uint32_t i = 0; i < ROW; i++) {
        char name[16];
        snprintf(name, sizeof name, "%08u", i);
        const struct format_symbol symbol = {.name = meta_writer_string(&writer, name),
                                             .kind = FORMAT_VARIABLE};
        meta_writer_item(&writer, &symbol, sizeof symbol);
    }
    writer.header.slots = meta_writer_table(&writer, 4096);
    for (uint32_t i = 0; i < 4096; i++) {
        const struct format_slot slot = {0, i < ROW ? i + 1 : 0};
        meta_writer_item(&writer, &slot, sizeof slot);
    }
    check_meta_refused(finish(&writer, (struct bytes){0}), "too many symbol-name hash collisions");
}

/* So would the search for a slot, for each symbol of a Go plugin, whose slots are made when it is
 * read. */
static void symbols_that_crowd_their_slots_are_not_written(void **state)
{
    (void)state;
    enum { COUNT_OF_SYMBOLS = 1 << 19, SLOTS = 2 * COUNT_OF_SYMBOLS, CROWDED = SLOTS / 64 };
    struct meta_writer writer;
    struct bytes section;
    ERROR_AUTO error = {0};
    unsigned number = 0;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    writer.header.symbols = meta_writer_table(&writer, COUNT_OF_SYMBOLS);
    for (uint32_t i = 0; i < COUNT_OF_SYMBOLS; i++) {
        char name[16];
        do
            snprintf(name, sizeof name, "%x", number++);
        while (hash_name(name) % SLOTS >= CROWDED);
        const struct format_symbol symbol = {.name = meta_writer_string(&writer, name),
                                             .kind = FORMAT_VARIABLE};
        meta_writer_item(&writer, &symbol, sizeof symbol);
    }
    meta_writer_slots(&writer);
    add_empty(&writer);
    assert_false(meta_writer_finish(&writer, (struct bytes){0}, &section, &error));
    assert_string_equal(error_text(&error), "too many symbol-name hash collisions");
}

/* Every misfit that shows types names the compilers of both sides. */
static void few_compilers_are_named(void **state)
{
    (void)state;
    struct meta_writer writer;
    struct meta meta;
    ERROR_AUTO error = {0};
    TEXT_AUTO text = {0};
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    writer.header.compilers = meta_writer_table(&writer, FORMAT_COMPILERS_MAX);
    for (uint32_t i = 0; i < FORMAT_COMPILERS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%u", i);
        const struct format_compiler compiler = {meta_writer_string(&writer, i % 2 ? name : ""), 0};
        meta_writer_item(&writer, &compiler, sizeof compiler);
    }
    struct bytes section = finish(&writer, (struct bytes){0});
    assert_true(meta_read_start(&meta, section, &error));
    assert_true(meta_read_tables(&meta, section, &error));
    meta_add_compilers(&text, &meta);
    assert_string_equal(text_chars(&text), "c1, c3, c5, c7, c9, c11, c13, c15, ...");
    free((void *)(uintptr_t)section.data);
}

static void a_compiler_of_a_long_name_is_refused(void **state)
{
    (void)state;
    struct meta_writer writer;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 0);
    const struct format_compiler compiler = {add_long_name(&writer, FORMAT_COMPILER_NAME_MAX + 1),
                                             0};
    writer.header.compilers = meta_writer_table(&writer, 1);
    meta_writer_item(&writer, &compiler, sizeof compiler);
    check_meta_refused(finish(&writer, (struct bytes){0}), "compiler name is too long");
}

/* ---- ELF ---- */

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
    assert_string_equal(error_text(&error),
                        "it is damaged: it is loaded in more parts than any linker makes");
#endif
    module_deinit(&module);
}

/* ---- types ---- */

enum answer { AGREE, PART, FAIL };

static enum answer compare(const struct made *first, uint32_t first_id, const struct made *second,
                           uint32_t second_id)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree;
    bool is_compared =
        type_compare((struct type_side){&first->btf, first_id},
                     (struct type_side){&second->btf, second_id}, &agree, &difference, &error);
    type_difference_deinit(&difference);
    if (is_compared)
        return agree ? AGREE : PART;
    assert_string_equal(error_text(&error), "its types cannot be compared: too many types");
    return FAIL;
}

/* A ring of structs; every pair of two rings of unequal length is met. */
static struct made make_ring(uint32_t count)
{
    struct make *make = make_start();
    for (uint32_t i = 0; i < count; i++) {
        make_pointer(make, (i + 1) % count * 2 + 2);
        make_struct(make, "ring", 8);
        make_member(make, "next", i * 2 + 1, 0);
    }
    return made_read(make);
}

static void all_pairs_of_large_rings_are_too_many(void **state)
{
    (void)state;
    struct made first = make_ring(100000), second = make_ring(99999);
    assert_int_equal(compare(&first, 2, &second, 2), FAIL);
    made_free(&first);
    made_free(&second);
}

/* Each member's type is behind as many names as there may be. */
static void members_behind_long_chains_are_too_many(void **state)
{
    (void)state;
    enum { CHAIN = 1000, MEMBERS = 60000 };
    struct make *make = make_start();
    make_add(make, "int");
    for (uint32_t i = 1; i < CHAIN; i++)
        make_typedef(make, "t", i);
    uint32_t id = make_struct(make, "many", 4);
    for (int i = 0; i < MEMBERS; i++)
        make_member(make, "m", CHAIN, 0);
    struct made made = made_read(make);
    assert_int_equal(compare(&made, id, &made, id), FAIL);
    made_free(&made);
}

static void parameters_behind_long_chains_are_too_many(void **state)
{
    (void)state;
    enum { CHAIN = 1000, PARAMETERS = 60000 };
    struct make *make = make_start();
    make_add(make, "int");
    for (uint32_t i = 1; i < CHAIN; i++)
        make_typedef(make, "t", i);
    uint32_t open = make_function(make, 0);
    make_parameter(make, "", 0);
    uint32_t id = make_function(make, 0);
    for (int i = 0; i < PARAMETERS; i++)
        make_parameter(make, "p", CHAIN);
    struct made made = made_read(make);
    assert_int_equal(compare(&made, open, &made, id), FAIL);
    made_free(&made);
}

/* What a message shows is short, and so is the work: without a tag, the struct would be written
 * out, with the alignment of all that its members are made of. */
static void a_large_declaration_is_not_shown(void **state)
{
    (void)state;
    enum { MEMBERS = 60000, LEVELS = 20 };
    struct make *make = make_start();
    make_add(make, "int");
    uint32_t id = 1;
    for (int level = 0; level < LEVELS; level++) {
        uint32_t inner = id;
        id = make_struct(make, "", 0xFFFF);
        for (int i = 0; i < (level ? MEMBERS / LEVELS : 2); i++)
            make_member(make, "m", inner, 0);
    }
    struct made made = made_read(make);
    TEXT_AUTO text = {0};
    print_shown(&text, &made.btf, id, "name");
    assert_string_equal(text_chars(&text), "a type too large to show");
    made_free(&made);
}

static void what_is_printed_may_be_longer_than_what_is_shown(void **state)
{
    (void)state;
    uint32_t id;
    struct make *make = make_start();
    make_add(make, "int");
    id = make_struct(make, "", 4);
    for (int i = 0; i < 1000; i++)
        make_member(make, "m", 1, 0);
    struct made made = made_read(make);
    TEXT_AUTO printed = {0}, shown = {0};
    print_declaration(&printed, &made.btf, id, "name", NULL);
    assert_false(printed.failed);
    assert_true(printed.length > 7000);
    print_shown(&shown, &made.btf, id, "name");
    assert_string_equal(text_chars(&shown), "a type too large to show");
    made_free(&made);
}

static void a_long_name_is_not_shown(void **state)
{
    (void)state;
    enum { CHAIN = 500 };
    struct make *make = make_start();
    make_add(make, "int");
    for (uint32_t i = 1; i < CHAIN; i++)
        make_pointer(make, i);
    struct made made = made_read(make);
    char *name = malloc(16 * MIB);
    assert_non_null(name);
    memset(name, 'x', 16 * MIB - 1);
    name[16 * MIB - 1] = '\0';
    TEXT_AUTO text = {0};
    print_shown(&text, &made.btf, CHAIN, name);
    assert_string_equal(text_chars(&text), "a type too large to show");
    free(name);
    made_free(&made);
}

/* ---- the judgement ---- */

/* A plugin that imports one variable very often, each time of a type of which much could be shown,
 * and a host that has it, of another type. */
struct scene {
    struct made plugin_types, host_types;
    struct bytes plugin_meta, host_meta;
    struct module plugin, host;
};

static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
{
    (void)name, (void)version, (void)kind, (void)error;
    const struct scene *scene = context;
    *found = true;
    *provider = (struct provider){.path = "./host", .is_host = true, .module = &scene->host};
    return true;
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)context, (void)package, (void)provider, (void)error;
    *found = false;
    return true;
}

/* An untagged struct of so many members; the id of a variable of it. */
static struct made make_variable(uint32_t members, uint32_t *id)
{
    struct make *make = make_start();
    make_add(make, "int");
    uint32_t whole = make_struct(make, "", 4);
    for (uint32_t i = 0; i < members; i++)
        make_member(make, "a_member", 1, 0);
    *id = make_var(make, "v", whole);
    return made_read(make);
}

static void read_module(struct module *module, struct bytes meta, const struct made *types)
{
    ERROR_AUTO error = {0};
    *module = (struct module){.is_stamped = true, .btf = &types->btf};
    assert_true(meta_read_start(&module->meta, meta, &error));
    if (!meta_read_tables(&module->meta, meta, &error))
        fail_msg("%s", error_text(&error));
}

static void make_scene(struct scene *scene, uint32_t imports)
{
    struct meta_writer user, host;
    uint32_t plugin_id, host_id;
    scene->plugin_types = make_variable(100, &plugin_id);
    scene->host_types = make_variable(99, &host_id);
    meta_writer_init(&user, FORMAT_SHARED_LIBRARY, 0);
    const struct format_import import = {
        .name = meta_writer_string(&user, "v"), .type = plugin_id, .kind = FORMAT_VARIABLE};
    user.header.imports = meta_writer_table(&user, imports);
    for (uint32_t i = 0; i < imports; i++)
        meta_writer_item(&user, &import, sizeof import);
    scene->plugin_meta = finish(&user, (struct bytes){0});
    meta_writer_init(&host, FORMAT_EXECUTABLE, 0);
    const struct format_symbol symbol = {
        .name = meta_writer_string(&host, "v"), .type = host_id, .kind = FORMAT_VARIABLE};
    host.header.symbols = meta_writer_table(&host, 1);
    meta_writer_item(&host, &symbol, sizeof symbol);
    meta_writer_slots(&host);
    scene->host_meta = finish(&host, (struct bytes){0});
    read_module(&scene->plugin, scene->plugin_meta, &scene->plugin_types);
    read_module(&scene->host, scene->host_meta, &scene->host_types);
}

static void free_scene(struct scene *scene)
{
    made_free(&scene->plugin_types);
    made_free(&scene->host_types);
    free((void *)(uintptr_t)scene->plugin_meta.data);
    free((void *)(uintptr_t)scene->host_meta.data);
}

/* It was judged for minutes: what is not told was written, too. */
static void a_judgement_of_very_many_misfits_ends(void **state)
{
    (void)state;
    enum { IMPORTS = 1 << 20 };
    struct scene scene;
    MISFITS_AUTO misfits = {0};
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    make_scene(&scene, IMPORTS);
    struct library items[] = {{.path = "/plugin.so", .module = &scene.plugin}};
    const struct libraries libraries = {
        .arena = &arena, .items = items, .count = 1, .is_linked = true};
    const struct fit_host host = {.path = "./host",
                                  .module = &scene.host,
                                  .context = &scene,
                                  .find_symbol = find,
                                  .find_package = find_package};
    assert_true(fit_collect(&misfits, &libraries, &host, false, &error));
    assert_true(misfits_are_too_many(&misfits));
    /* Those that say the same as the one before are counted once, but have their cost. */
    assert_int_equal(misfits.count, 1);
    free_scene(&scene);
}

static void what_is_left_out_of_a_refusal_is_said(void **state)
{
    (void)state;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    for (int i = 0; !misfits_are_too_many(&misfits); i++) {
        text_add(&misfits_start(&misfits, NULL, NULL)->text, "%*d", MISFITS_LENGTH_MAX / 50, i);
        misfits_end(&misfits);
    }
    assert_false(misfits_refuse(&misfits, "plugin.so", "./host", &error));
    const char *last = strrchr(error_text(&error), '\n'), *start = "\n  ... and at least ";
    assert_non_null(last);
    assert_int_equal(strncmp(last, start, strlen(start)), 0);
}

static void a_long_misfit_is_cut(void **state)
{
    (void)state;
    MISFITS_AUTO misfits = {0};
    for (int i = 0; i < 4; i++)
        text_add(&misfits_start(&misfits, NULL, NULL)->text, "%*d", MISFITS_LENGTH_MAX - 2, 1);
    text_add(&misfits.current.text, "23456789");
    misfits_end(&misfits);
    assert_false(misfits.failed);
    assert_int_equal(misfits.count, 1);
    const char *text = text_chars(&misfits.items[0].text);
    assert_string_equal(text + strlen(text) - 4, "1...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_of_one_long_name_are_refused),
        cmocka_unit_test(symbols_that_are_ends_of_one_string_are_refused),
        cmocka_unit_test(long_paths_of_packages_are_refused),
        cmocka_unit_test(slots_in_a_row_are_refused),
        cmocka_unit_test(symbols_that_crowd_their_slots_are_not_written),
        cmocka_unit_test(few_compilers_are_named),
        cmocka_unit_test(a_compiler_of_a_long_name_is_refused),
        cmocka_unit_test(sections_of_one_long_name_are_read),
        cmocka_unit_test(many_dynamic_sections_are_refused),
        cmocka_unit_test(many_loaded_parts_are_refused),
        cmocka_unit_test(all_pairs_of_large_rings_are_too_many),
        cmocka_unit_test(members_behind_long_chains_are_too_many),
        cmocka_unit_test(parameters_behind_long_chains_are_too_many),
        cmocka_unit_test(a_large_declaration_is_not_shown),
        cmocka_unit_test(what_is_printed_may_be_longer_than_what_is_shown),
        cmocka_unit_test(a_long_name_is_not_shown),
        cmocka_unit_test(a_judgement_of_very_many_misfits_ends),
        cmocka_unit_test(what_is_left_out_of_a_refusal_is_said),
        cmocka_unit_test(a_long_misfit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

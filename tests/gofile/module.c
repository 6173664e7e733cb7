/* What a Go module says of itself. */
#include "src/module/module.h"
#include "tests/common/check.h"
#include "tests/common/starve.h"
#include "tests/gofile/image_made.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

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
    judge(&made, "it was built by Go, but not as a plugin; build it with: go build "
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
        {AT(symbols[6].st_shndx), 2, SHN_UNDEF,
         "Go's plugin.Open could not find symbol V: the file exports no x/p%2eq.V; build it without -ldflags=-pluginpath=x/p%2eq"},
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
        cmocka_unit_test(a_plugin_says_what_it_is),
        cmocka_unit_test(what_is_not_recorded_is_told_otherwise),
        cmocka_unit_test(what_opens_plugins_is_no_plugin),
        cmocka_unit_test(go_code_is_judged_as_such),
        cmocka_unit_test(damaged_modules_are_refused),
        cmocka_unit_test(every_bit_flip_is_refused_or_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

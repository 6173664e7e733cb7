/* The reader of `.plugin`: what it refuses of each field. */
#include "tests/common/check.h"
#include "tests/format/meta_made.h"

#include <string.h>

static void check_harmless(struct section section)
{
    ERROR_AUTO error = {0};
    seal((uint8_t *)&section, sizeof section);
    bool is_read = read_bytes(&section, sizeof section, &error);
    assert_string_equal(error_text(&error), "");
    assert_true(is_read);
}

static void check_refused(struct section section, const char *why)
{
    ERROR_AUTO error = {0};
    seal((uint8_t *)&section, sizeof section);
    assert_false(read_bytes(&section, sizeof section, &error));
    check_text(&error, why);
}

/* Damages one field, which is refused for this reason. */
#define REFUSED(field, value, why)                                                                 \
    do {                                                                                           \
        struct section damaged = valid();                                                          \
        damaged.field = value;                                                                     \
        check_refused(damaged, why);                                                               \
    } while (0)

#define HARMLESS(field, value)                                                                     \
    do {                                                                                           \
        struct section changed = valid();                                                          \
        changed.field = value;                                                                     \
        check_harmless(changed);                                                                   \
    } while (0)

/* ---- each field ---- */

static void a_damaged_start_is_refused(void **state)
{
    (void)state;
    REFUSED(header.magic, FORMAT_MAGIC + 1, "bad magic number");
    REFUSED(header.version, 0, "invalid format version");
    REFUSED(header.size, sizeof(struct section) - 1, "section size differs from the recorded size");
    REFUSED(header.size, sizeof(struct section) + 1, "section size differs from the recorded size");
    REFUSED(header.size, 0, "section size differs from the recorded size");
}

static void another_kind_of_module_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid module kind";
    REFUSED(header.kind, 0, why);
    REFUSED(header.kind, 3, why);
    REFUSED(header.kind, UINT32_MAX, why);
    HARMLESS(header.kind, FORMAT_EXECUTABLE);
}

static void what_only_informs_may_have_any_value(void **state)
{
    (void)state;
    HARMLESS(header.content, UINT64_MAX);
    HARMLESS(header.sanitizers, UINT32_MAX);
    HARMLESS(symbols[1].address, UINT64_MAX);
    HARMLESS(symbols[1].reserved, UINT32_MAX);
    HARMLESS(interfaces[0].name, 0);
    HARMLESS(members[0].hash, UINT64_MAX);
    HARMLESS(members[0].flags, UINT32_MAX);
    HARMLESS(members[3].offset, UINT32_MAX); /* of the expected one */
    HARMLESS(constructors[0].address, UINT64_MAX);
    HARMLESS(constructors[0].reserved, UINT32_MAX);
    HARMLESS(shared[0].address, UINT64_MAX);
    HARMLESS(imports[0].flags, UINT32_MAX);
    HARMLESS(imports[0].symbol, UINT32_MAX);
    HARMLESS(imports[0].name_hash, UINT32_MAX);
    HARMLESS(packages[0].fingerprint, UINT64_MAX);
    HARMLESS(packages[0].reserved, UINT32_MAX);
    HARMLESS(inits[0].address, UINT64_MAX);
    HARMLESS(inits[0].line, UINT32_MAX);
    HARMLESS(infos[0].key, 0);
    HARMLESS(strings[NAME_FLAGS], (char)0xff); /* no UTF-8 */
    HARMLESS(retires[0].address, UINT64_MAX);
    HARMLESS(retires[0].line, UINT32_MAX);
    HARMLESS(sources[0].hash, UINT64_MAX);
    HARMLESS(sources[0].reserved, UINT32_MAX);
}

static void a_table_outside_the_section_is_refused(void **state)
{
    (void)state;
    static const char why[] = "table lies outside the section";
    static const size_t tables[] = {
        offsetof(struct format_header, symbols),      offsetof(struct format_header, slots),
        offsetof(struct format_header, probes),       offsetof(struct format_header, constructors),
        offsetof(struct format_header, compilers),    offsetof(struct format_header, shared),
        offsetof(struct format_header, imports),      offsetof(struct format_header, packages),
        offsetof(struct format_header, dependencies), offsetof(struct format_header, inits),
        offsetof(struct format_header, sources),      offsetof(struct format_header, strings),
        offsetof(struct format_header, interfaces),   offsetof(struct format_header, members),
        offsetof(struct format_header, infos),        offsetof(struct format_header, retires)};
    for (size_t i = 0; i < COUNT(tables); i++) {
        static const struct format_table damages[] = {
            {sizeof(struct section) + 8, 0},
            {sizeof(struct section), 1},
            {sizeof(struct section) - 8, 9},
            {UINT32_MAX - 7, 1},
            {0, UINT32_MAX},
            {UINT32_MAX - 7, UINT32_MAX},
            {sizeof(struct format_header), 9999},
            {sizeof(struct format_header) + 4, 1},
        };
        for (size_t j = 0; j < COUNT(damages); j++) {
            struct section section = valid();
            memcpy((uint8_t *)&section + tables[i], &damages[j], sizeof damages[j]);
            check_refused(section, why);
        }
    }
}

static void tables_that_must_overlap_are_refused(void **state)
{
    (void)state;
    static const char why[] = "tables overlap";
    const uint32_t rest = sizeof(struct section) - offsetof(struct section, probes);
    REFUSED(header.probes.count, rest / sizeof(struct format_probe), why);
}

static void strings_that_do_not_start_and_end_with_a_nul_are_refused(void **state)
{
    (void)state;
    static const char why[] = "strings do not start and end with NUL";
    REFUSED(strings[0], 'x', why);
    REFUSED(strings[sizeof(((struct section *)0)->strings) - 1], 'x', why);
    REFUSED(header.strings.count, 0, why);
    REFUSED(header.strings.count, 3, why);
    HARMLESS(header.strings.count, NAMES_END);
}

static void a_symbol_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid symbol entry";
    REFUSED(symbols[3].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(symbols[3].name, UINT32_MAX, why);
    REFUSED(symbols[1].type, types.btf.count, why);
    REFUSED(symbols[1].type, UINT32_MAX, why);
    REFUSED(symbols[1].kind, 0, why);
    REFUSED(symbols[1].kind, FORMAT_INDIRECT + 1, why);
    REFUSED(symbols[1].kind, UINT32_MAX, why);
}

static void a_symbol_has_the_type_of_its_kind(void **state)
{
    (void)state;
    static const char why[] = "invalid symbol entry";
    REFUSED(symbols[0].type, type_int, why);
    REFUSED(symbols[0].type, type_function, why);
    REFUSED(symbols[0].kind, FORMAT_FUNCTION, why);
    REFUSED(symbols[1].type, type_prototype, why);
    REFUSED(symbols[1].type, type_variable, why);
    REFUSED(symbols[1].kind, FORMAT_VARIABLE, why);
    REFUSED(symbols[2].kind, FORMAT_THREAD_LOCAL, why);
    REFUSED(symbols[3].type, type_function, why);
    REFUSED(symbols[1].type, type_odd_function, why);
    HARMLESS(symbols[1].type, 0);
    HARMLESS(symbols[1].kind, FORMAT_INDIRECT);
    HARMLESS(symbols[0].kind, FORMAT_THREAD_LOCAL);
}

static void symbols_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "symbols are not sorted by name";
    REFUSED(symbols[1].name, NAME_D, why);
    REFUSED(symbols[3].name, NAME_A, why);
    REFUSED(symbols[1].name, NAME_A, why);     /* twice */
    REFUSED(symbols[1].name, NAME_B + 3, why); /* without a name */
}

static void slots_that_do_not_hold_the_symbols_are_refused(void **state)
{
    (void)state;
    static const char why[] = "slots do not match the symbols";
    REFUSED(header.slots.count, 0, why);
    REFUSED(header.slots.count, 7, why);
    REFUSED(header.slots.count, 1, why);
    REFUSED(header.symbols.count, 0, "invalid slot entry");
    for (size_t i = 0; i < COUNT(((struct section *)0)->slots); i++) {
        struct section section = valid();
        if (section.slots[i].symbol) { /* one too few, and an invalid number */
            REFUSED(slots[i].symbol, 0, why);
            REFUSED(slots[i].symbol, 5, "invalid slot entry");
            REFUSED(slots[i].symbol, UINT32_MAX, "invalid slot entry");
        } else { /* one too many */
            REFUSED(slots[i].symbol, 1, why);
        }
        HARMLESS(slots[i].hash, 0xFFFFFFFF);
    }
}

static void slots_without_an_empty_one_are_refused(void **state)
{
    (void)state;
    struct section section = valid();
    memset(section.slots, 0, sizeof section.slots);
    section.header.slots.count = 4;
    for (uint32_t i = 0; i < 4; i++)
        section.slots[i] = (struct format_slot){i, i + 1};
    check_refused(section, "slots do not match the symbols");
}

static void a_table_without_symbols_has_an_empty_slot(void **state)
{
    (void)state;
    struct section section = valid();
    memset(section.slots, 0, sizeof section.slots);
    section.header.symbols.count = 0;
    section.header.slots.count = 1;
    check_harmless(section);
    section.header.slots.count = 0;
    check_refused(section, "slots do not match the symbols");
}

static void probes_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "probes are not sorted by address";
    REFUSED(probes[1].address, 0x30, why);
    REFUSED(probes[1].address, 0x10, why); /* twice */
    REFUSED(probes[2].address, 0, why);
    REFUSED(probes[0].type, types.btf.count, "invalid probe entry");
    REFUSED(probes[2].type, UINT32_MAX, "invalid probe entry");
    HARMLESS(probes[0].address, 0);
    HARMLESS(probes[2].address, UINT64_MAX);
}

static void constructors_and_compilers_have_names(void **state)
{
    (void)state;
    REFUSED(constructors[1].name, sizeof(((struct section *)0)->strings),
            "invalid constructor entry");
    REFUSED(constructors[0].name, UINT32_MAX, "invalid constructor entry");
    REFUSED(compilers[0].name, sizeof(((struct section *)0)->strings), "invalid compiler entry");
    REFUSED(compilers[1].flags, UINT32_MAX, "invalid compiler entry");
    HARMLESS(constructors[1].name, sizeof(((struct section *)0)->strings) - 1);
    HARMLESS(compilers[1].flags, sizeof(((struct section *)0)->strings) - 1);
}

static void an_interface_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid interface entry";
    REFUSED(interfaces[0].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(interfaces[2].name, UINT32_MAX, why);
    REFUSED(interfaces[0].kind, 0, why);
    REFUSED(interfaces[0].kind, FORMAT_INTERFACE_EXPECTED, why); /* with a type and a size */
    REFUSED(interfaces[0].kind, FORMAT_INTERFACE_IMPLEMENTED + 1, why);
    REFUSED(interfaces[2].kind, FORMAT_INTERFACE_OPENED, why); /* without */
    REFUSED(interfaces[0].type, 0, why);
    REFUSED(interfaces[0].type, types.btf.count, why);
    REFUSED(interfaces[0].type, UINT32_MAX, why);
    REFUSED(interfaces[0].type, type_int, why); /* no struct */
    REFUSED(interfaces[0].type, type_function, why);
    REFUSED(interfaces[2].type, type_interface, why); /* the expected one has none */
    REFUSED(interfaces[0].size, 0, why);
    REFUSED(interfaces[2].size, 8, why);
    HARMLESS(interfaces[0].size, UINT32_MAX);
    HARMLESS(interfaces[0].kind, FORMAT_INTERFACE_IMPLEMENTED);
}

static void members_that_do_not_follow_one_another_are_refused(void **state)
{
    (void)state;
    static const char why[] = "members of interfaces are not contiguous";
    REFUSED(interfaces[1].members, 1, why);
    REFUSED(interfaces[1].members, 3, why);
    REFUSED(interfaces[1].members, UINT32_MAX, why);
    REFUSED(interfaces[1].member_count, 0, why);
    REFUSED(interfaces[1].member_count, UINT32_MAX, why);
    REFUSED(interfaces[2].member_count, 2, why);
    REFUSED(header.members.count, 3, why);
    HARMLESS(interfaces[2].member_count, 0);
    HARMLESS(header.interfaces.count, 2); /* a member of none */
}

static void a_member_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid entry of an interface's member";
    REFUSED(members[0].symbol, sizeof(((struct section *)0)->strings), why);
    REFUSED(members[3].symbol, UINT32_MAX, why);
    REFUSED(members[0].type, 0, why);
    REFUSED(members[3].type, 0, why);
    REFUSED(members[0].type, types.btf.count, why);
    REFUSED(members[0].type, UINT32_MAX, why);
    REFUSED(members[0].type, type_int, why); /* no pointer */
    REFUSED(members[0].type, type_variable, why);
    REFUSED(members[0].offset, 16, why);
    REFUSED(members[0].offset, UINT32_MAX, why);
    HARMLESS(members[0].symbol, 0);
    HARMLESS(members[0].offset, 8);
}

static void a_probe_of_an_interface_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid probe entry";
    REFUSED(probes[1].interface, 4, why);
    REFUSED(probes[1].interface, UINT32_MAX, why);
    HARMLESS(probes[1].interface, 0);
    HARMLESS(probes[0].interface, 3);
}

static void a_section_of_version_4_is_read_as_before(void **state)
{
    (void)state;
    struct section section = valid_of_version_4();
    section.probes[1].interface = UINT32_MAX; /* reserved */
    check_harmless(section);
    section.interfaces[0].kind = 0; /* no table refers to it */
    check_harmless(section);
    section.probes[1].type = UINT32_MAX;
    check_refused(section, "invalid probe entry");
    section = valid_of_version_4();
    section.header.probes.count = UINT32_MAX;
    check_refused(section, "table lies outside the section");
}

static void a_shared_symbol_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid shared symbol entry";
    REFUSED(shared[2].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(shared[0].name, UINT32_MAX, why);
    REFUSED(shared[0].package, 2, why); /* the main package */
    REFUSED(shared[0].package, 3, why);
    REFUSED(shared[0].package, UINT32_MAX, why);
    REFUSED(shared[0].type, types.btf.count, why);
    REFUSED(shared[0].type, type_int, why);
    REFUSED(shared[0].type, type_function, why);
    REFUSED(shared[1].type, type_variable, why);
    REFUSED(shared[1].type, type_odd_function, why);
    REFUSED(shared[1].kind, 0, why);
    REFUSED(shared[1].kind, FORMAT_INDIRECT + 1, why);
    HARMLESS(shared[1].type, 0);
    HARMLESS(shared[1].kind, FORMAT_INDIRECT);
    HARMLESS(shared[1].package, 0);
}

static void shared_symbols_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "shared symbols are not sorted by name";
    REFUSED(shared[0].name, NAME_C, why);
    REFUSED(shared[2].name, NAME_A, why);
    REFUSED(shared[1].name, NAME_A, why); /* twice */
    HARMLESS(shared[0].name, 0);
}

static void an_import_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "invalid import entry";
    REFUSED(imports[4].name, sizeof(((struct section *)0)->strings), why);
    REFUSED(imports[0].library, UINT32_MAX, why);
    REFUSED(imports[1].package, 3, why); /* the main package */
    REFUSED(imports[1].package, 4, why);
    REFUSED(imports[1].package, UINT32_MAX, why);
    REFUSED(imports[1].type, types.btf.count, why);
    REFUSED(imports[1].type, type_variable, why);
    REFUSED(imports[1].type, type_odd_function, why);
    REFUSED(imports[1].kind, 0, why); /* a type without a kind */
    REFUSED(imports[0].kind, FORMAT_INDIRECT + 1, why);
    HARMLESS(imports[0].kind, FORMAT_INDIRECT);
    HARMLESS(imports[1].type, 0);
    HARMLESS(imports[1].package, 0);
}

static void imports_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char why[] = "imports are not sorted by name";
    REFUSED(imports[0].name, NAME_C, why);
    REFUSED(imports[4].name, NAME_A, why);
    HARMLESS(imports[3].name, NAME_B); /* a third import of the name */
}

static void a_package_that_is_none_is_refused(void **state)
{
    (void)state;
    REFUSED(packages[1].path, sizeof(((struct section *)0)->strings), "invalid package entry");
    REFUSED(packages[2].path, UINT32_MAX, "invalid package entry");
    REFUSED(packages[0].path, NAME_MAIN, "main is not the last package");
    REFUSED(packages[0].path, NAME_GEOM, "duplicate package path");
    REFUSED(packages[2].path, NAME_NUM, "duplicate package path");
    HARMLESS(packages[2].path, NAME_INIT); /* no main package */
}

static void packages_that_do_not_follow_one_another_are_refused(void **state)
{
    (void)state;
    static const char why[] = "parts of packages are not contiguous";
    REFUSED(packages[2].dependencies, 1, why);
    REFUSED(packages[2].dependencies, 3, why);
    REFUSED(packages[2].dependencies, UINT32_MAX, why);
    REFUSED(packages[2].dependency_count, 2, why);
    REFUSED(packages[1].dependency_count, UINT32_MAX, why);
    REFUSED(packages[1].inits, 0, why);
    REFUSED(packages[2].init_count, 2, why);
    REFUSED(packages[2].init_count, UINT32_MAX, why);
    REFUSED(packages[1].sources, 1, why);
    REFUSED(packages[2].source_count, 2, why);
    REFUSED(header.dependencies.count, 2, why);
    REFUSED(header.inits.count, 2, why);
    REFUSED(header.sources.count, 2, why);
    HARMLESS(packages[0].dependencies, UINT32_MAX); /* of none */
    HARMLESS(packages[2].init_count, 0);
}

static void an_import_of_a_package_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char why[] = "path of a dependency differs from that of the package";
    static const char order[] = "package is listed before its dependency";
    REFUSED(dependencies[0].path, UINT32_MAX, "invalid dependency entry");
    REFUSED(dependencies[0].package, 2, order); /* itself */
    REFUSED(dependencies[0].package, 3, order);
    REFUSED(dependencies[0].package, UINT32_MAX, order);
    REFUSED(dependencies[0].path, NAME_FAR, why);
    REFUSED(dependencies[1].path, NAME_GEOM, why); /* carried after all */
    REFUSED(dependencies[2].package, 1, why);
    REFUSED(dependencies[2].package, 0, why);
}

static void inits_and_sources_have_names(void **state)
{
    (void)state;
    REFUSED(inits[2].file, sizeof(((struct section *)0)->strings), "invalid init entry");
    REFUSED(inits[0].file, UINT32_MAX, "invalid init entry");
    REFUSED(sources[2].name, sizeof(((struct section *)0)->strings), "invalid source entry");
    REFUSED(sources[0].name, UINT32_MAX, "invalid source entry");
    HARMLESS(inits[0].file, sizeof(((struct section *)0)->strings) - 1);
    HARMLESS(sources[0].name, sizeof(((struct section *)0)->strings) - 1);
}

static void infos_and_retires_have_names(void **state)
{
    (void)state;
    REFUSED(infos[2].key, sizeof(((struct section *)0)->strings), "invalid info entry");
    REFUSED(infos[0].key, UINT32_MAX, "invalid info entry");
    REFUSED(infos[2].value, sizeof(((struct section *)0)->strings), "invalid info entry");
    REFUSED(infos[0].value, UINT32_MAX, "invalid info entry");
    REFUSED(retires[1].file, sizeof(((struct section *)0)->strings), "invalid retire entry");
    REFUSED(retires[0].file, UINT32_MAX, "invalid retire entry");
    HARMLESS(infos[2].value, sizeof(((struct section *)0)->strings) - 1);
    HARMLESS(retires[1].file, sizeof(((struct section *)0)->strings) - 1);
}

static void a_module_without_packages_shares_nothing(void **state)
{
    (void)state;
    struct section section = valid();
    section.header.packages.count = 0;
    check_refused(section, "invalid shared symbol entry");
    section.header.shared.count = 0;
    check_refused(section, "invalid import entry");
    section.header.imports.count = 1;
    check_harmless(section);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_start_is_refused),
        cmocka_unit_test(another_kind_of_module_is_refused),
        cmocka_unit_test(what_only_informs_may_have_any_value),
        cmocka_unit_test(a_table_outside_the_section_is_refused),
        cmocka_unit_test(tables_that_must_overlap_are_refused),
        cmocka_unit_test(strings_that_do_not_start_and_end_with_a_nul_are_refused),
        cmocka_unit_test(a_symbol_that_is_none_is_refused),
        cmocka_unit_test(a_symbol_has_the_type_of_its_kind),
        cmocka_unit_test(symbols_out_of_order_are_refused),
        cmocka_unit_test(slots_that_do_not_hold_the_symbols_are_refused),
        cmocka_unit_test(slots_without_an_empty_one_are_refused),
        cmocka_unit_test(a_table_without_symbols_has_an_empty_slot),
        cmocka_unit_test(probes_out_of_order_are_refused),
        cmocka_unit_test(constructors_and_compilers_have_names),
        cmocka_unit_test(an_interface_that_is_none_is_refused),
        cmocka_unit_test(members_that_do_not_follow_one_another_are_refused),
        cmocka_unit_test(a_member_that_is_none_is_refused),
        cmocka_unit_test(a_probe_of_an_interface_that_is_none_is_refused),
        cmocka_unit_test(a_section_of_version_4_is_read_as_before),
        cmocka_unit_test(a_shared_symbol_that_is_none_is_refused),
        cmocka_unit_test(shared_symbols_out_of_order_are_refused),
        cmocka_unit_test(an_import_that_is_none_is_refused),
        cmocka_unit_test(imports_out_of_order_are_refused),
        cmocka_unit_test(a_package_that_is_none_is_refused),
        cmocka_unit_test(packages_that_do_not_follow_one_another_are_refused),
        cmocka_unit_test(an_import_of_a_package_that_is_none_is_refused),
        cmocka_unit_test(inits_and_sources_have_names),
        cmocka_unit_test(infos_and_retires_have_names),
        cmocka_unit_test(a_module_without_packages_shares_nothing),
    };
    return cmocka_run_group_tests(tests, make_types, free_types);
}

/* The reader and the writer of `.plugin`: interfaces, and the versions with and without them. */
#include "tests/common/check.h"
#include "tests/format/meta_large.h"
#include "tests/format/meta_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void interfaces_are_read(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    struct format_probe probe;
    read_section(&meta, &section);
    assert_int_equal(meta.header.interfaces.count, 3);
    assert_true(meta_find_probe(&meta, 0x20, &probe));
    assert_int_equal(probe.interface, 1);
    assert_int_equal(meta_probe(&meta, 1).interface, 1);
    struct meta_interface interface = meta_interface(&meta, 0);
    assert_string_equal(interface.name, "struct filter");
    assert_int_equal(interface.type, type_interface);
    assert_int_equal(interface.size, 16);
    assert_int_equal(interface.kind, FORMAT_INTERFACE_OPENED);
    assert_int_equal(interface.member_count, 2);
    struct meta_member member = meta_member(&meta, 0, 0);
    assert_string_equal(member.name, "aaa");
    assert_int_equal(member.hash, 0xa1);
    assert_int_equal(member.type, type_pointer);
    assert_int_equal(member.offset, 0);
    assert_false(member.is_optional);
    member = meta_member(&meta, 0, 1);
    assert_string_equal(member.name, "bbb");
    assert_int_equal(member.hash, 0);
    assert_int_equal(member.type, type_const_pointer);
    assert_int_equal(member.offset, 8);
    assert_true(member.is_optional);
    interface = meta_interface(&meta, 1);
    assert_int_equal(interface.kind, FORMAT_INTERFACE_IMPLEMENTED);
    assert_string_equal(meta_member(&meta, 1, 0).name, "aaa");
    interface = meta_interface(&meta, 2);
    assert_string_equal(interface.name, "");
    assert_int_equal(interface.type, 0);
    assert_int_equal(interface.size, 0);
    assert_int_equal(interface.kind, FORMAT_INTERFACE_EXPECTED);
    assert_int_equal(interface.member_count, 1);
    member = meta_member(&meta, 2, 0);
    assert_string_equal(member.name, "ccc");
    assert_int_equal(member.hash, 0xa5);
}

static void infos_and_retires_are_read(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid();
    read_section(&meta, &section);
    assert_int_equal(meta.header.infos.count, 3);
    assert_string_equal(meta_info(&meta, 0).key, "ccc");
    assert_string_equal(meta_info(&meta, 0).value, "ddd");
    assert_string_equal(meta_info(&meta, 1).key, "aaa");
    assert_string_equal(meta_info(&meta, 1).value, "");
    assert_string_equal(meta_info(&meta, 2).key, "ccc"); /* again */
    assert_string_equal(meta_info(&meta, 2).value, "-O2");
    assert_int_equal(meta.header.retires.count, 2);
    assert_int_equal(meta_retire(&meta, 0).address, 0x9010);
    assert_string_equal(meta_retire(&meta, 0).file, "geom.c");
    assert_int_equal(meta_retire(&meta, 0).line, 9);
    assert_int_equal(meta_retire(&meta, 1).address, 0x9000);
}

/* ---- versions 4 and 5 ---- */

static void a_section_of_version_5_has_no_infos(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid_of_version_5();
    read_section(&meta, &section);
    assert_int_equal(meta.header.version, 5);
    assert_int_equal(meta.header.infos.count, 0);
    assert_int_equal(meta.header.retires.count, 0);
    assert_int_equal(meta.header.interfaces.count, 3);
    assert_int_equal(meta_probe(&meta, 1).interface, 1);
    ERROR_AUTO error = {0};
    assert_true(read_bytes(&section, sizeof section, &error));
}

static void a_section_of_version_4_has_no_interfaces(void **state)
{
    (void)state;
    struct meta meta;
    struct section section = valid_of_version_4();
    struct format_probe probe;
    section.probes[1].interface = UINT32_MAX;
    read_section(&meta, &section);
    assert_int_equal(meta.header.version, 4);
    assert_int_equal(meta.header.interfaces.count, 0);
    assert_int_equal(meta.header.members.count, 0);
    assert_int_equal(meta.header.infos.count, 0);
    assert_true(meta_find_probe(&meta, 0x20, &probe));
    assert_int_equal(probe.type, type_interface);
    assert_int_equal(probe.interface, 0); /* the field was reserved */
    assert_int_equal(meta_probe(&meta, 1).interface, 0);
    assert_string_equal(meta_symbol(&meta, 1).name, "bbb");
    assert_string_equal(meta_import(&meta, 0).library, "libc.so.6");
    ERROR_AUTO error = {0};
    assert_true(read_bytes(&section, sizeof section, &error));
}

/* The shortest, as docs/format.md has it: its tables start where those of the next one would be. */
static void a_section_of_an_older_version_has_a_shorter_header(void **state)
{
    (void)state;
    for (uint32_t version = 4; version <= 5; version++) {
        const uint32_t header_size = version == 4 ? 136 : 152, size = header_size + 16;
        struct meta meta;
        ERROR_AUTO error = {0};
        const struct format_header header = {.magic = FORMAT_MAGIC,
                                             .version = version,
                                             .size = size,
                                             .kind = FORMAT_EXECUTABLE,
                                             .slots = {header_size, 1},
                                             .strings = {header_size + 8, 8}};
        uint8_t *bytes = calloc(1, size);
        assert_non_null(bytes);
        memcpy(bytes, &header, header_size);
        seal(bytes, size);
        struct bytes section = {bytes, size};
        assert_true(meta_read_header(&meta, section, btf_bytes(), &error));
        assert_true(meta_read_tables(&meta, section, &error));
        assert_int_equal(meta.header.interfaces.count, 0);
        assert_int_equal(meta.header.infos.count, 0);
        free(bytes);
    }
}

/* ---- the writer ---- */

static struct bytes write_section(uint32_t version)
{
    struct meta_writer writer;
    const bool has_interfaces = version >= 5;
    meta_writer_init(&writer, FORMAT_SHARED_LIBRARY, 42);
    if (has_interfaces)
        meta_writer_set_version(&writer, version);
    const struct format_probe probe = {0x10, 0, type_interface, has_interfaces};
    const struct format_interface interface = {meta_writer_string(&writer, "struct filter"),
                                               type_interface,
                                               FORMAT_INTERFACE_OPENED,
                                               16,
                                               0,
                                               1};
    const struct format_member member = {0xa1, meta_writer_string(&writer, "aaa"), type_pointer, 8,
                                         0};
    writer.header.probes = meta_writer_table(&writer, 1);
    meta_writer_item(&writer, &probe, sizeof probe);
    if (has_interfaces) {
        writer.header.interfaces = meta_writer_table(&writer, 1);
        meta_writer_item(&writer, &interface, sizeof interface);
        writer.header.members = meta_writer_table(&writer, 1);
        meta_writer_item(&writer, &member, sizeof member);
    }
    if (version >= 6) {
        const struct format_info info = {meta_writer_string(&writer, "version"),
                                         meta_writer_string(&writer, "1.2")};
        writer.header.infos = meta_writer_table(&writer, 1);
        meta_writer_item(&writer, &info, sizeof info);
    }
    return finish(&writer, btf_bytes());
}

static void a_module_without_interfaces_is_written_as_version_4(void **state)
{
    (void)state;
    struct meta meta;
    ERROR_AUTO error = {0};
    struct bytes section = write_section(4);
    assert_true(meta_read_header(&meta, section, btf_bytes(), &error));
    assert_int_equal(meta.header.version, 4);
    assert_int_equal(meta.header.probes.offset, 136); /* where a library of version 4 expects it */
    assert_true(meta_read_tables(&meta, section, &error));
    assert_true(meta_check_types(&meta, &types.btf, &error));
    assert_int_equal(meta_probe(&meta, 0).address, 0x10);
    free((void *)(uintptr_t)section.data);
}

static void a_module_with_interfaces_is_written_as_version_5(void **state)
{
    (void)state;
    struct meta meta;
    ERROR_AUTO error = {0};
    struct bytes section = write_section(5);
    assert_true(meta_read_header(&meta, section, btf_bytes(), &error));
    assert_int_equal(meta.header.version, 5);
    assert_int_equal(meta.header.probes.offset, 152);
    assert_true(meta_read_tables(&meta, section, &error));
    assert_true(meta_check_types(&meta, &types.btf, &error));
    assert_int_equal(meta_probe(&meta, 0).interface, 1);
    assert_string_equal(meta_interface(&meta, 0).name, "struct filter");
    struct meta_member member = meta_member(&meta, 0, 0);
    assert_string_equal(member.name, "aaa");
    assert_int_equal(member.offset, 8);
    free((void *)(uintptr_t)section.data);
}

static void a_module_with_infos_is_written_as_version_6(void **state)
{
    (void)state;
    struct meta meta;
    ERROR_AUTO error = {0};
    struct bytes section = write_section(6);
    assert_true(meta_read_header(&meta, section, btf_bytes(), &error));
    assert_int_equal(meta.header.version, 6);
    assert_int_equal(meta.header.probes.offset, 168);
    assert_true(meta_read_tables(&meta, section, &error));
    assert_true(meta_check_types(&meta, &types.btf, &error));
    assert_string_equal(meta_interface(&meta, 0).name, "struct filter");
    assert_string_equal(meta_info(&meta, 0).key, "version");
    assert_string_equal(meta_info(&meta, 0).value, "1.2");
    assert_int_equal(meta.header.retires.count, 0);
    free((void *)(uintptr_t)section.data);
}

static void a_section_of_a_newer_version_is_refused_naming_both(void **state)
{
    (void)state;
    struct section section = valid();
    ERROR_AUTO error = {0};
    section.header.version = 8;
    section.header.checksum = 0; /* a newer version may define it differently */
    assert_false(read_bytes(&section, sizeof section, &error));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(
        error_text(&error),
        "its .plugin section has format version 8, but this library supports "
        "versions 4 to 7 only; use a newer library, or stamp the file with an older "
        "`plugin stamp`");
    ERROR_AUTO shortest = {0}; /* and may have a shorter header */
    assert_false(read_bytes(&section, 16, &shortest));
    assert_int_equal(shortest.code, PLUGIN_UNSUPPORTED);
}

static void a_section_of_an_older_version_is_refused_naming_both(void **state)
{
    (void)state;
    struct section section = valid();
    ERROR_AUTO error = {0};
    section.header.version = 3;
    assert_false(read_bytes(&section, sizeof section, &error));
    assert_int_equal(error.code, PLUGIN_UNSUPPORTED);
    assert_string_equal(error_text(&error),
                        "its .plugin section has format version 3, but this library supports "
                        "versions 4 to 7 only; stamp it again with: plugin stamp FILE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interfaces_are_read),
        cmocka_unit_test(infos_and_retires_are_read),
        cmocka_unit_test(a_section_of_version_5_has_no_infos),
        cmocka_unit_test(a_section_of_version_4_has_no_interfaces),
        cmocka_unit_test(a_section_of_an_older_version_has_a_shorter_header),
        cmocka_unit_test(a_module_without_interfaces_is_written_as_version_4),
        cmocka_unit_test(a_module_with_interfaces_is_written_as_version_5),
        cmocka_unit_test(a_module_with_infos_is_written_as_version_6),
        cmocka_unit_test(a_section_of_a_newer_version_is_refused_naming_both),
        cmocka_unit_test(a_section_of_an_older_version_is_refused_naming_both),
    };
    return cmocka_run_group_tests(tests, make_types, free_types);
}

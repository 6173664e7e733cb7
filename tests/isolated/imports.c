/* The library of imports: mapped by the dynamic loader, for each size of pages that a system may
 * have. Its code for aarch64 is read on any machine. */
#include "src/isolated/imports_p.h"
#include "tests/common/check.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COUNT_MAX = 1000, NAME = 16 };

/* A plan that imports f0, f1 and so on. */
static struct {
    struct plan plan;
    struct plan_function functions[COUNT_MAX + 1];
    char names[COUNT_MAX][NAME];
} made;

static const struct plan *plan_of(uint32_t count)
{
    made.plan = (struct plan){.size = sizeof made,
                              .functions = offsetof(__typeof__(made), functions),
                              .function_count = count + 1,
                              .symbol_count = 1,
                              .import_count = count,
                              .names = offsetof(__typeof__(made), names)};
    for (uint32_t i = 0; i < count; i++) {
        made.functions[i + 1].name = i * NAME;
        snprintf(made.names[i], NAME, "f%u", i);
    }
    return &made.plan;
}

static int called;

static int first(int value)
{
    called++;
    return value + 1;
}

static int other(int value)
{
    return value + 2;
}

static void *open_library(int file)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        fail_msg("%s", dlerror());
    return handle;
}

/* What a kernel with such pages maps, each segment on pages of its own. */
static void check_segments(int file, size_t page)
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    assert_int_equal(pread(file, &header, sizeof header, 0), sizeof header);
    uint64_t behind = 0;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        off_t at = (off_t)(header.e_phoff + i * sizeof segment);
        assert_int_equal(pread(file, &segment, sizeof segment, at), sizeof segment);
        if (segment.p_type != PT_LOAD)
            continue;
        assert_int_equal(segment.p_align, page);
        assert_int_equal(segment.p_offset % page, segment.p_vaddr % page);
        assert_true(segment.p_vaddr / page * page >= behind);
        behind = segment.p_vaddr + segment.p_memsz;
    }
}

/* Each function jumps to what its place in the table has. */
static void check_library(size_t page, uint32_t count)
{
    struct error error = {0};
    uint32_t code, table;
    struct link_map *map;
    int file = imports_make(plan_of(count), page, &code, &table, &error);
    assert_true(file >= 0);
    assert_int_equal(code % page, 0);
    assert_int_equal(table % page, 0); /* or protecting it would protect other data */
    check_segments(file, page);
    void *handle = open_library(file);
    assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
    int (**places)(int) = (int (**)(int))(map->l_addr + table);
    for (uint32_t i = 0; i < count; i++)
        places[i] = i ? other : first;
    assert_int_equal(mprotect(places, count * sizeof *places, PROT_READ), 0);
    for (uint32_t i = 0; i < count; i++) {
        int (*function)(int);
        *(void **)&function = dlsym(handle, made.names[i]);
        assert_non_null(function);
        assert_ptr_equal(function, (char *)map->l_addr + code + i * IMPORTS_ENTRY);
        assert_int_equal(function(40), i ? 42 : 41);
    }
    assert_null(dlsym(handle, "f"));
    dlclose(handle);
    close(file);
}

static void functions_jump_to_what_the_table_has(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 255, COUNT_MAX};
    size_t own = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t page = own; page <= 64 * 1024; page *= 2)
        for (size_t i = 0; i < COUNT(counts); i++)
            check_library(page, counts[i]);
    assert_int_not_equal(called, 0);
}

static void too_many_are_refused(void **state)
{
    (void)state;
    struct error error = {0};
    uint32_t code, table;
    assert_true(imports_make(plan_of(1), (size_t)1 << 26, &code, &table, &error) < 0);
    assert_string_equal(error_text(&error), "it imports too much from the host");
    error_free(&error);
}

/* ---- aarch64 ---- */

#define imports_machine   aarch64_machine
#define imports_put_entry aarch64_put_entry
#include "src/isolated/imports_aarch64.c"

static uint32_t bits(uint32_t word, unsigned first_bit, unsigned count)
{
    return word >> first_bit & ((1U << count) - 1);
}

/* As a processor at `at` would: what address is loaded from? Arm Architecture Reference Manual,
 * C6.2: ADRP, LDR (immediate, unsigned offset), BR. */
static uint64_t loaded_from(const uint8_t *code, uint64_t at)
{
    uint32_t words[4];
    memcpy(words, code, sizeof words);
    assert_int_equal(words[0], 0xd503245f);              /* bti c */
    assert_int_equal(words[1] & 0x9f00001f, 0x90000010); /* adrp x16 */
    assert_int_equal(words[2] & 0xffc003ff, 0xf9400211); /* ldr x17, [x16, #...] */
    assert_int_equal(words[3], 0xd61f0220);              /* br x17 */
    int64_t pages = bits(words[1], 5, 19) << 2 | bits(words[1], 29, 2);
    if (pages & 1 << 20)
        pages -= 1 << 21;
    return ((at + 4) & ~UINT64_C(0xfff)) + (uint64_t)(pages * 4096) +
           (uint64_t)bits(words[2], 10, 12) * 8;
}

static void an_entry_of_aarch64_loads_from_the_table(void **state)
{
    (void)state;
    static const uint64_t tables[] = {0x3000,    0x3ff8,    0x10000,    0x1fff8,   0x123458,
                                      0x4000000, 0x3fffff8, 0x7fffe000, 0x7ffffff8};
    uint8_t code[IMPORTS_ENTRY];
    assert_int_equal(aarch64_machine, EM_AARCH64);
    for (size_t i = 0; i < COUNT(tables); i++)
        for (uint64_t at = 0x1000; at < 0x3000; at += IMPORTS_ENTRY) {
            aarch64_put_entry(code, at, tables[i]);
            assert_int_equal(loaded_from(code, at), tables[i]);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_jump_to_what_the_table_has),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(an_entry_of_aarch64_loads_from_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

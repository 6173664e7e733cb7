/* Libraries made by hand, in a directory of their own, and what is read of them. */
#ifndef TESTS_LIBRARIES_LIBRARIES_MADE_H
#define TESTS_LIBRARIES_LIBRARIES_MADE_H

#include "src/libraries/library_search_p.h"
#include "tests/common/check.h"
#include "tests/common/starve.h"

#include <ftw.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ENTRIES = 16, STRINGS_SIZE = 1024, NEEDED_MAX = 4 };

enum { NO_SECTION, DYNAMIC_SECTION, SYMBOLS_SECTION, STRINGS_SECTION, SECTION_COUNT };

/* A whole file, all of it mapped at address 0. */
struct made {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[2];
    ElfW(Dyn) entries[ENTRIES];
    ElfW(Sym) symbols[2];
    char strings[STRINGS_SIZE];
    ElfW(Shdr) sections[SECTION_COUNT];
};

/* What a made library says; what is NULL, it does not say. */
struct says {
    const char *needed[NEEDED_MAX];
    const char *soname, *runpath, *rpath;
    const char *defines; /* a function */
};

static char directory[PATH_MAX];
static uint16_t own_machine;

static inline char *path_to(const char *name)
{
    static char paths[4][2 * PATH_MAX];
    static size_t next;
    char *path = paths[next++ % COUNT(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

/* ---- made libraries ---- */

struct maker {
    struct made made;
    size_t entry_count, strings_size;
};

static inline size_t add_string(struct maker *maker, const char *string)
{
    size_t at = maker->strings_size;
    assert_true(at + strlen(string) < STRINGS_SIZE);
    strcpy(maker->made.strings + at, string);
    maker->strings_size += strlen(string) + 1;
    return at;
}

static inline void add_entry(struct maker *maker, int tag, size_t value)
{
    assert_true(maker->entry_count < ENTRIES);
    ElfW(Dyn) *entry = &maker->made.entries[maker->entry_count++];
    entry->d_tag = tag;
    entry->d_un.d_val = value;
}

static inline void add_string_entry(struct maker *maker, int tag, const char *string)
{
    if (string)
        add_entry(maker, tag, add_string(maker, string));
}

static inline void set_section(struct made *made, size_t index, uint32_t type, size_t offset,
                               size_t size)
{
    made->sections[index] = (ElfW(Shdr)){.sh_type = type,
                                         .sh_flags = SHF_ALLOC,
                                         .sh_addr = offset,
                                         .sh_offset = offset,
                                         .sh_size = size};
}

static inline void set_headers(struct made *made)
{
    made->header = (ElfW(Ehdr)){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
                    sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32,
                    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
                    EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = own_machine,
        .e_version = EV_CURRENT,
        .e_phoff = offsetof(struct made, segments),
        .e_shoff = offsetof(struct made, sections),
        .e_phentsize = sizeof(ElfW(Phdr)),
        .e_phnum = COUNT(made->segments),
        .e_shentsize = sizeof(ElfW(Shdr)),
        .e_shnum = SECTION_COUNT,
        .e_shstrndx = STRINGS_SECTION};
    made->segments[0] = (ElfW(Phdr)){
        .p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = sizeof *made, .p_memsz = sizeof *made};
    made->segments[1] = (ElfW(Phdr)){.p_type = PT_DYNAMIC,
                                     .p_offset = offsetof(struct made, entries),
                                     .p_vaddr = offsetof(struct made, entries),
                                     .p_filesz = sizeof made->entries,
                                     .p_memsz = sizeof made->entries};
    set_section(made, DYNAMIC_SECTION, SHT_DYNAMIC, offsetof(struct made, entries),
                sizeof made->entries);
    set_section(made, SYMBOLS_SECTION, SHT_DYNSYM, offsetof(struct made, symbols),
                sizeof made->symbols);
    set_section(made, STRINGS_SECTION, SHT_STRTAB, offsetof(struct made, strings),
                sizeof made->strings);
}

static inline struct made make(struct says says)
{
    struct maker maker = {.strings_size = 1};
    set_headers(&maker.made);
    add_entry(&maker, DT_SYMTAB, offsetof(struct made, symbols));
    add_entry(&maker, DT_STRTAB, offsetof(struct made, strings));
    for (size_t i = 0; i < NEEDED_MAX; i++)
        add_string_entry(&maker, DT_NEEDED, says.needed[i]);
    add_string_entry(&maker, DT_SONAME, says.soname);
    add_string_entry(&maker, DT_RUNPATH, says.runpath);
    add_string_entry(&maker, DT_RPATH, says.rpath);
    if (says.defines)
        maker.made.symbols[1] = (ElfW(Sym)){.st_name = (ElfW(Word))add_string(&maker, says.defines),
                                            .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                            .st_shndx = 1,
                                            .st_value = 64};
    return maker.made;
}

static inline void write_bytes(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(path_to(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void write_library(const char *name, struct says says)
{
    struct made made = make(says);
    write_bytes(name, &made, sizeof made);
}

static inline int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Each test starts with two empty directories, a and b. */
static inline int set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/plugin-libraries-XXXXXX");
    unsetenv("LD_LIBRARY_PATH");
    if (!mkdtemp(directory))
        return -1;
    char *absolute = realpath(directory, NULL);
    if (!absolute)
        return -1;
    strcpy(directory, absolute);
    free(absolute);
    return mkdir(path_to("a"), 0700) || mkdir(path_to("b"), 0700);
}

static inline int tear_down(void **state)
{
    (void)state;
    unsetenv("LD_LIBRARY_PATH");
    return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- reading them ---- */

/* A root that was read, and what it needs. */
struct reading {
    struct arena arena;
    struct file file;
    struct module module;
    struct dynamic dynamic;
    struct libraries libraries;
    struct error error;
};

static inline void free_reading(struct reading *reading)
{
    libraries_deinit(&reading->libraries);
    module_deinit(&reading->module);
    file_close(&reading->file);
    error_free(&reading->error);
    arena_deinit(&reading->arena);
}

#define READING_AUTO __attribute__((cleanup(free_reading))) struct reading

static inline bool read_root(struct reading *reading, const char *path)
{
    *reading = (struct reading){.file = FILE_NONE, .libraries.arena = &reading->arena};
    assert_true(file_open(&reading->file, path, &reading->error));
    assert_true(module_read(&reading->module, &reading->file, &reading->arena, &reading->error));
    return module_read_dynamic(&reading->dynamic, &reading->module, &reading->file, &reading->arena,
                               &reading->error);
}

/* Without the memory for one allocation, each in turn, it says so; or it needs none of it. */
static inline void check_starved(const struct reading *reading, const char *path,
                                 libraries_is_loaded *is_loaded)
{
    for (starve_begin(); starve_goes_on();) {
        ARENA_AUTO arena = {0};
        struct libraries libraries = {.arena = &arena, .program = reading->libraries.program};
        ERROR_AUTO error = {0};
        bool is_read = libraries_read(&libraries, path, &reading->module, &reading->dynamic,
                                      is_loaded, NULL, &error);
        bool is_starved = starve_end();
        if (!is_read && (!is_starved || error.code != PLUGIN_NO_MEMORY))
            fail_msg("allocation %ld: %s", starve_number, error_text(&error));
        libraries_deinit(&libraries);
    }
    for (starve_begin(); starve_goes_on();) {
        ARENA_AUTO arena = {0};
        struct dynamic dynamic;
        ERROR_AUTO error = {0};
        bool is_read =
            module_read_dynamic(&dynamic, &reading->module, &reading->file, &arena, &error);
        bool is_starved = starve_end();
        assert_true(is_read != is_starved);
    }
}

static inline void read_all(struct reading *reading, const char *path,
                            libraries_is_loaded *is_loaded)
{
    assert_true(read_root(reading, path));
    check_starved(reading, path, is_loaded);
    assert_true(libraries_read(&reading->libraries, path, &reading->module, &reading->dynamic,
                               is_loaded, NULL, &reading->error));
}

/* Reads root.so in the directory. */
static inline void read_made(struct reading *reading)
{
    read_all(reading, path_to("root.so"), NULL);
}

static inline void check_item(const struct reading *reading, size_t index, const char *name,
                              const char *path, size_t needed_by)
{
    assert_true(index < reading->libraries.count);
    const struct library *item = &reading->libraries.items[index];
    assert_string_equal(item->name, name);
    assert_string_equal(item->path, path_to(path));
    assert_int_equal(item->needed_by, needed_by);
}

static inline void check_counts(const struct reading *reading, size_t found, size_t missing)
{
    assert_int_equal(reading->libraries.count, found + 1);
    assert_int_equal(reading->libraries.missing_count, missing);
}

#define made_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif

/* Finding the libraries that a module needs: small ones, made in a directory of their own, and
 * those of the system. */
#include "src/libraries/libraries.h"
#include "src/libraries/library_search.h"
#include "tests/common/check.h"
#include "tests/common/starve.h"

#include <ftw.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static char *path_to(const char *name)
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

static size_t add_string(struct maker *maker, const char *string)
{
    size_t at = maker->strings_size;
    assert_true(at + strlen(string) < STRINGS_SIZE);
    strcpy(maker->made.strings + at, string);
    maker->strings_size += strlen(string) + 1;
    return at;
}

static void add_entry(struct maker *maker, int tag, size_t value)
{
    assert_true(maker->entry_count < ENTRIES);
    ElfW(Dyn) *entry = &maker->made.entries[maker->entry_count++];
    entry->d_tag = tag;
    entry->d_un.d_val = value;
}

static void add_string_entry(struct maker *maker, int tag, const char *string)
{
    if (string)
        add_entry(maker, tag, add_string(maker, string));
}

static void set_section(struct made *made, size_t index, uint32_t type, size_t offset, size_t size)
{
    made->sections[index] = (ElfW(Shdr)){.sh_type = type,
                                         .sh_flags = SHF_ALLOC,
                                         .sh_addr = offset,
                                         .sh_offset = offset,
                                         .sh_size = size};
}

static void set_headers(struct made *made)
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

static struct made make(struct says says)
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

static void write_bytes(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(path_to(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void write_library(const char *name, struct says says)
{
    struct made made = make(says);
    write_bytes(name, &made, sizeof made);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Each test starts with two empty directories, a and b. */
static int set_up(void **state)
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

static int tear_down(void **state)
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

static void free_reading(struct reading *reading)
{
    libraries_deinit(&reading->libraries);
    module_deinit(&reading->module);
    file_close(&reading->file);
    error_free(&reading->error);
    arena_deinit(&reading->arena);
}

#define READING_AUTO __attribute__((cleanup(free_reading))) struct reading

static bool read_root(struct reading *reading, const char *path)
{
    *reading = (struct reading){.file = FILE_NONE, .libraries.arena = &reading->arena};
    assert_true(file_open(&reading->file, path, &reading->error));
    assert_true(module_read(&reading->module, &reading->file, &reading->arena, &reading->error));
    return library_read_dynamic(&reading->dynamic, &reading->module, &reading->file,
                                &reading->arena, &reading->error);
}

/* Without the memory for one allocation, each in turn, it says so; or it needs none of it. */
static void check_starved(const struct reading *reading, const char *path,
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
            library_read_dynamic(&dynamic, &reading->module, &reading->file, &arena, &error);
        bool is_starved = starve_end();
        assert_true(is_read != is_starved);
    }
}

static void read_all(struct reading *reading, const char *path, libraries_is_loaded *is_loaded)
{
    assert_true(read_root(reading, path));
    check_starved(reading, path, is_loaded);
    assert_true(libraries_read(&reading->libraries, path, &reading->module, &reading->dynamic,
                               is_loaded, NULL, &reading->error));
}

/* Reads root.so in the directory. */
static void read_made(struct reading *reading)
{
    read_all(reading, path_to("root.so"), NULL);
}

static void check_item(const struct reading *reading, size_t index, const char *name,
                       const char *path, size_t needed_by)
{
    assert_true(index < reading->libraries.count);
    const struct library *item = &reading->libraries.items[index];
    assert_string_equal(item->name, name);
    assert_string_equal(item->path, path_to(path));
    assert_int_equal(item->needed_by, needed_by);
}

static void check_counts(const struct reading *reading, size_t found, size_t missing)
{
    assert_int_equal(reading->libraries.count, found + 1);
    assert_int_equal(reading->libraries.missing_count, missing);
}

/* Is the library libx.so, which root.so needs, the one in this directory? */
static void check_found_in(const char *where)
{
    READING_AUTO reading;
    char path[PATH_MAX];
    read_made(&reading);
    check_counts(&reading, 1, 0);
    snprintf(path, sizeof path, "%s/libx.so", where);
    check_item(&reading, 1, "libx.so", path, 0);
}

static void check_missing_starts(const struct reading *reading, const char *name,
                                 const char *reason)
{
    assert_int_equal(reading->libraries.missing_count, 1);
    const struct missing_library *missing = &reading->libraries.missing[0];
    assert_string_equal(missing->name, name);
    assert_non_null(missing->reason);
    if (strncmp(missing->reason, reason, strlen(reason)) != 0)
        assert_string_equal(missing->reason, reason);
}

/* ---- the system's libraries ---- */

static void the_system_c_library_is_found(void **state)
{
    (void)state;
    READING_AUTO reading;
    read_all(&reading, "/proc/self/exe", NULL);
    assert_int_equal(reading.libraries.missing_count, 0);
    const struct library *libc = NULL;
    for (size_t i = 1; i < reading.libraries.count; i++)
        if (!strcmp(reading.libraries.items[i].name, "libc.so.6"))
            libc = &reading.libraries.items[i];
    if (!libc)
        skip();
    assert_int_equal(libc->path[0], '/');
    const char *name = "gnu_get_libc_version";
    assert_ptr_equal(libraries_find(&reading.libraries, name, NULL), libc);
    struct dynamic_symbol symbol;
    assert_true(dynamic_find(&libc->dynamic, name, NULL, &symbol));
    assert_non_null(symbol.version);
    assert_true(dynamic_has_version(&libc->dynamic, symbol.version));
    assert_ptr_equal(libraries_find(&reading.libraries, name, symbol.version), libc);
    assert_null(libraries_find(&reading.libraries, name, "GLIBC_9.99"));
    assert_null(libraries_find(&reading.libraries, "no_such_symbol", NULL));
}

static void what_the_program_wants_is_there(void **state)
{
    (void)state;
    READING_AUTO reading;
    size_t wanted = 0;
    read_all(&reading, "/proc/self/exe", NULL);
    for (uint32_t i = 1; i < reading.dynamic.symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(&reading.dynamic, i);
        if (!symbol.is_wanted || symbol.is_weak)
            continue;
        wanted++;
        assert_non_null(libraries_find(&reading.libraries, symbol.name, symbol.version));
    }
    assert_true(wanted > 0);
}

static bool everything_is_loaded(void *context, const char *name)
{
    (void)context;
    (void)name;
    return true;
}

static void what_is_loaded_is_not_read(void **state)
{
    (void)state;
    READING_AUTO reading;
    read_all(&reading, "/proc/self/exe", everything_is_loaded);
    check_counts(&reading, 0, 0);
}

/* ---- the order ---- */

static void libraries_are_read_breadth_first_and_once(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"liba.so", "libb.so"}, .rpath = "$ORIGIN/a"});
    write_library("a/liba.so", (struct says){.needed = {"libd.so"}, .soname = "liba.so"});
    write_library("a/libb.so", (struct says){.needed = {"libd.so", "libc-of-b.so", "liba.so"}});
    write_library("a/libd.so", (struct says){.needed = {"libb.so"}, .defines = "f"});
    write_library("a/libc-of-b.so", (struct says){.defines = "f"});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 4, 0);
    check_item(&reading, 0, path_to("root.so"), "root.so", 0);
    check_item(&reading, 1, "liba.so", "a/liba.so", 0);
    check_item(&reading, 2, "libb.so", "a/libb.so", 0);
    check_item(&reading, 3, "libd.so", "a/libd.so", 1);
    check_item(&reading, 4, "libc-of-b.so", "a/libc-of-b.so", 2);
    assert_ptr_equal(libraries_find(&reading.libraries, "f", NULL), &reading.libraries.items[3]);
}

static void a_library_is_known_by_its_own_name(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"liba.so", "libx.so.1"},
                                           .soname = "root.so",
                                           .runpath = "$ORIGIN/a"});
    write_library("a/liba.so", (struct says){.soname = "libx.so.1", .needed = {"root.so"}});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 1, 0);
}

static void one_file_by_two_names_is_read_once(void **state)
{
    (void)state;
    write_library("root.so",
                  (struct says){.needed = {"libx.so", "liby.so"}, .runpath = "$ORIGIN/a"});
    write_library("b/real.so", (struct says){.defines = "f"});
    assert_int_equal(symlink(path_to("b/real.so"), path_to("a/libx.so")), 0);
    assert_int_equal(link(path_to("b/real.so"), path_to("a/liby.so")), 0);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 1, 0);
    check_item(&reading, 1, "libx.so", "b/real.so", 0);
    assert_string_equal(reading.libraries.items[1].origin, path_to("a"));
}

/* ---- where it looks ---- */

static void rpath_is_inherited_and_runpath_is_not(void **state)
{
    (void)state;
    write_library("a/libx.so", (struct says){.needed = {"liby.so"}});
    write_library("a/liby.so", (struct says){0});
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = path_to("a")});
    READING_AUTO inherited;
    read_made(&inherited);
    check_counts(&inherited, 2, 0);
    check_item(&inherited, 2, "liby.so", "a/liby.so", 1);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = path_to("a")});
    READING_AUTO own;
    read_made(&own);
    check_counts(&own, 1, 1);
    assert_string_equal(own.libraries.missing[0].needer, path_to("a/libx.so"));
    /* Whoever has DT_RUNPATH does not inherit. */
    write_library("a/libx.so", (struct says){.needed = {"liby.so"}, .runpath = path_to("b")});
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = path_to("a")});
    READING_AUTO either;
    read_made(&either);
    check_counts(&either, 1, 1);
}

static void the_environment_goes_after_rpath_and_before_runpath(void **state)
{
    (void)state;
    char list[3 * PATH_MAX];
    write_library("a/libx.so", (struct says){0});
    write_library("b/libx.so", (struct says){0});
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = path_to("a")});
    check_found_in("a");
    snprintf(list, sizeof list, "/nowhere;%s", path_to("b"));
    setenv("LD_LIBRARY_PATH", list, 1);
    check_found_in("b");
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = path_to("a")});
    check_found_in("a");
    unlink(path_to("a/libx.so"));
    check_found_in("b");
}

static void variables_are_replaced(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "$ORIGIN/a",
        "${ORIGIN}/a",
        "/nowhere:$ORIGIN/a/",
        "$ORIGIN/b/../a",
        "$ORIGINAL:$ORIGIN/a",
        "${ORIGIN:${LIBRARY}:$LIB:${PLATFORM}:$:$ORIGIN/a",
        "$ORIGIN_/b:$ORIGIN0/b:$ORIGINz/b:$ORIGIN{/b:$ORIGIN/a",
    };
    write_library("a/libx.so", (struct says){0});
    for (size_t i = 0; i < COUNT(forms); i++) {
        write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = forms[i]});
        check_found_in("a");
    }
    write_library("root.so", (struct says){.needed = {"${ORIGIN}/a/libx.so"}});
    READING_AUTO reading;
    read_made(&reading);
    check_item(&reading, 1, "${ORIGIN}/a/libx.so", "a/libx.so", 0);
}

/* Of such a one nobody knows where its libraries are but who says so. */
static void libraries_of_an_unknown_machine_are_found(void **state)
{
    (void)state;
    const uint16_t known = own_machine;
    own_machine = 0x1234;
    write_library("a/libx.so", (struct says){0});
    write_library("root.so",
                  (struct says){.needed = {"libx.so"}, .runpath = "$LIB:$ORIGIN/$LIB:$ORIGIN/a"});
    own_machine = known;
    check_found_in("a");
}

/* The directories of the program count for musl as those of its DT_RPATH do. */
static void musl_looks_in_the_programs_directories(void **state)
{
    (void)state;
    const char *program = path_to("program");
    write_library("a/libx.so", (struct says){.needed = {"libc.so", "./no/libn.so"}});
    write_library("root.so", (struct says){.needed = {"libc.so", "libx.so"}});
    READING_AUTO reading;
    assert_true(read_root(&reading, path_to("root.so")));
    reading.libraries.program =
        (struct libraries_program){.runpath = "/nowhere:$ORIGIN/a", .path = program};
    check_starved(&reading, path_to("root.so"), NULL);
    assert_true(libraries_read(&reading.libraries, path_to("root.so"), &reading.module,
                               &reading.dynamic, NULL, NULL, &reading.error));
    check_item(&reading, reading.libraries.count - 1, "libx.so", "a/libx.so", 0);
}

static void an_origin_is_where_a_library_was_found(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = "$ORIGIN/a"});
    write_library("b/real.so", (struct says){.needed = {"liby.so"}, .runpath = "$ORIGIN"});
    write_library("a/liby.so", (struct says){0});
    assert_int_equal(symlink("../b/real.so", path_to("a/libx.so")), 0);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 2, 0);
    check_item(&reading, 2, "liby.so", "a/liby.so", 1);
}

/* As the list of a hostile file may, this one has so many directories that trying all takes long.
 */
static void a_search_in_too_many_directories_ends(void **state)
{
    (void)state;
    enum { DIRECTORIES = 60000 };
    char *list = malloc(DIRECTORIES * 8 + 1);
    assert_non_null(list);
    for (int i = 0; i < DIRECTORIES; i++)
        snprintf(list + i * 8, 9, "/%06d:", i);
    setenv("LD_LIBRARY_PATH", list, 1);
    free(list);
    READING_AUTO reading;
    write_library("root.so", (struct says){.needed = {"absent.so"}});
    assert_true(read_root(&reading, path_to("root.so")));
    assert_false(libraries_read(&reading.libraries, path_to("root.so"), &reading.module,
                                &reading.dynamic, NULL, NULL, &reading.error));
    assert_string_equal(error_text(&reading.error), "absent.so: its libraries and their paths are "
                                                    "too many to look for all of them");
}

static void check_in_working_directory(const char *runpath, const char *wanted)
{
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = runpath});
    write_library("b/libx.so", (struct says){0});
    assert_int_equal(chdir(path_to("b")), 0);
    READING_AUTO reading;
    read_made(&reading);
    assert_int_equal(chdir(before), 0);
    check_missing_starts(&reading, "libx.so", wanted);
}

static void nothing_is_taken_from_a_relative_directory(void **state)
{
    (void)state;
    check_in_working_directory("/nowhere:", "found in \".\", which is relative to the working");
    check_in_working_directory("../b", "found in \"../b\", which is relative to the working");
    check_in_working_directory("../a:/nowhere", "not found in ../a, /nowhere");
}

static void a_library_of_another_machine_is_passed_over(void **state)
{
    (void)state;
    char list[3 * PATH_MAX];
    struct made other = make((struct says){0});
    other.header.e_machine = EM_68K;
    write_bytes("a/libx.so", &other, sizeof other);
    write_library("b/libx.so", (struct says){0});
    snprintf(list, sizeof list, "%s:%s", path_to("a"), path_to("b"));
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = list});
    check_found_in("b");
    unlink(path_to("b/libx.so"));
    READING_AUTO reading;
    read_made(&reading);
    check_missing_starts(&reading, "libx.so", "not found in ");
    snprintf(list, sizeof list, "; %s is for machine %d, %d bits", path_to("a/libx.so"), EM_68K,
             (int)sizeof(void *) * 8);
    assert_non_null(strstr(reading.libraries.missing[0].reason, list));
}

/* musl's C library is its dynamic loader, which has a path of its own. */
static void with_musl_other_rules_hold(void **state)
{
    (void)state;
    write_library("a/libx.so", (struct says){.needed = {"liby.so", "libpthread.so.0"}});
    write_library("b/liby.so", (struct says){0});
    write_library("root.so", (struct says){.needed = {"libx.so", "libc.so"},
                                           .runpath = "$ORIGIN/a:$ORIGIN/b"});
    READING_AUTO reading;
    read_made(&reading);
    check_item(&reading, 1, "libx.so", "a/libx.so", 0);
    bool is_musl_there = !reading.libraries.missing_count;
    check_item(&reading, is_musl_there ? 3 : 2, "liby.so", "b/liby.so", 1);
    if (!is_musl_there)
        assert_non_null(strstr(reading.libraries.missing[0].reason, "/lib/ld-musl-"));
}

/* ---- what is missing ---- */

static void a_missing_library_says_where_it_is_not(void **state)
{
    (void)state;
    char expected[3 * PATH_MAX];
    write_library("root.so", (struct says){.needed = {"libx.so"},
                                           .runpath = "$ORIGIN/a:$ORIGIN/b"
                                                      ":$ORIGIN/a"});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 0, 1);
    snprintf(expected, sizeof expected, "not found in %s, %s, /", path_to("a"), path_to("b"));
    check_missing_starts(&reading, "libx.so", expected);
    assert_string_equal(reading.libraries.missing[0].needer, path_to("root.so"));
    assert_non_null(strstr(reading.libraries.missing[0].reason, ", /usr/lib"));
}

static void a_long_list_of_directories_is_cut(void **state)
{
    (void)state;
    char list[200] = "/1";
    for (int i = 2; i <= 30; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), ":/%d", i);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .rpath = list});
    READING_AUTO reading;
    read_made(&reading);
    check_missing_starts(&reading, "libx.so",
                         "not found in /1, /2, /3, /4, /5, /6, /7, /8, /9, /10, /11, /12, /13, "
                         "/14, /15, /16 and ");
}

static void a_missing_path_is_no_list_of_directories(void **state)
{
    (void)state;
    write_library("root.so", (struct says){.needed = {"/nowhere/libx.so"}});
    READING_AUTO reading;
    read_made(&reading);
    check_missing_starts(&reading, "/nowhere/libx.so", "there is no file /nowhere/libx.so");
}

static void check_bad_library(const void *bytes, size_t size, const char *why)
{
    char expected[2 * PATH_MAX];
    write_bytes("a/libx.so", bytes, size);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = "$ORIGIN/a"});
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 0, 1);
    snprintf(expected, sizeof expected, "%s: %s", path_to("a/libx.so"), why);
    check_missing_starts(&reading, "libx.so", expected);
}

static void what_is_no_library_says_why(void **state)
{
    (void)state;
    check_bad_library("", 0, "it is empty");
    check_bad_library("GROUP(x)", 8, "it is a text file, not an ELF file; it starts: GROUP(x)");
    struct made made = make((struct says){0});
    check_bad_library(&made, sizeof made - 1, "it is truncated or damaged: its section headers");
    made.header.e_type = ET_EXEC;
    check_bad_library(&made, sizeof made, "it is not a shared library");
    made = make((struct says){0});
    made.entries[0].d_un.d_val++;
    check_bad_library(&made, sizeof made, "its dynamic section is damaged: DT_SYMTAB is at ");
}

static void a_directory_is_no_library(void **state)
{
    (void)state;
    char expected[2 * PATH_MAX];
    assert_int_equal(mkdir(path_to("a/libx.so"), 0700), 0);
    write_library("root.so", (struct says){.needed = {"libx.so"}, .runpath = "$ORIGIN/a"});
    READING_AUTO reading;
    read_made(&reading);
    snprintf(expected, sizeof expected, "%s: it is a directory", path_to("a/libx.so"));
    check_missing_starts(&reading, "libx.so", expected);
}

/* ---- the tables of a file ---- */

static void check_root_refused(const struct made *made, const char *expected)
{
    write_bytes("root.so", made, sizeof *made);
    READING_AUTO reading;
    assert_false(read_root(&reading, path_to("root.so")));
    assert_int_equal(reading.error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&reading.error), expected);
}

static void a_file_without_a_dynamic_section_is_empty(void **state)
{
    (void)state;
    struct made made = make((struct says){.needed = {"libx.so"}, .defines = "f"});
    made.segments[1].p_type = PT_NULL;
    write_bytes("root.so", &made, sizeof made);
    READING_AUTO reading;
    read_made(&reading);
    check_counts(&reading, 0, 0);
    assert_int_equal(reading.dynamic.symbol_count, 0);
}

static void a_file_without_section_headers_is_refused(void **state)
{
    (void)state;
    struct made made = make((struct says){0});
    made.header.e_shoff = 0;
    made.header.e_shnum = made.header.e_shstrndx = 0;
    check_root_refused(&made, "it has no section headers, by which its dynamic symbols are found");
}

/* The dynamic loader believes the dynamic section; what else the file says must agree. */
static void tables_in_two_places_are_refused(void **state)
{
    (void)state;
    char expected[200];
    const struct made good = make((struct says){0});
    struct made made = good;
    made.sections[STRINGS_SECTION].sh_addr += 8;
    snprintf(expected, sizeof expected,
             "its dynamic section is damaged: DT_STRTAB is at address %#zx, where no section of "
             "its kind starts",
             offsetof(struct made, strings));
    check_root_refused(&made, expected);
    made = good;
    made.sections[SYMBOLS_SECTION].sh_offset += 8;
    check_root_refused(&made, "its dynamic section is damaged: DT_SYMTAB is not where its section "
                              "is loaded");
    made = good;
    made.segments[0].p_vaddr = sizeof made;
    check_root_refused(&made, "its dynamic section is damaged: it is not loaded");
    made = good;
    made.segments[0].p_flags = PF_X; /* where the dynamic loader may not read it */
    check_root_refused(&made, "its dynamic section is damaged: it is not loaded");
    made = good;
    made.segments[0].p_type = PT_NULL;
    check_root_refused(&made, "its dynamic section is damaged: it is not loaded");
}

/* Every byte of a file, changed in turn: refused or read, never a crash. */
static void no_changed_byte_is_a_crash(void **state)
{
    (void)state;
    const struct made good =
        make((struct says){.needed = {"libx.so"}, .soname = "root", .defines = "f"});
    for (size_t i = 0; i < sizeof good; i++) {
        size_t in_strings = i - offsetof(struct made, strings);
        if (in_strings > 40 && in_strings < STRINGS_SIZE)
            continue;
        struct made made = good;
        ((uint8_t *)&made)[i] ^= 0xFF;
        write_bytes("root.so", &made, sizeof made);
        READING_AUTO reading = {.file = FILE_NONE};
        assert_true(file_open(&reading.file, path_to("root.so"), &reading.error));
        bool is_read =
            module_read(&reading.module, &reading.file, &reading.arena, &reading.error) &&
            library_read_dynamic(&reading.dynamic, &reading.module, &reading.file, &reading.arena,
                                 &reading.error);
        assert_true(is_read || reading.error.code == PLUGIN_NOT_PLUGIN);
    }
}

/* ---- glibc's cache ---- */

struct cache {
    char magic[20];
    uint32_t entry_count, strings_size;
    uint8_t byte_order, padding[3];
    uint32_t unused[4];
    struct {
        int32_t flags;
        uint32_t name, path, os_version;
        uint64_t features;
    } entries[3];
    char strings[64];
};

static struct cache make_cache(void)
{
    static const char strings[] = "libx.so\0/1/libx.so\0/2/libx.so\0/3/libx.so";
    struct cache cache = {.entry_count = 3, .strings_size = sizeof cache.strings};
    memcpy(cache.magic, "glibc-ld.so.cache1.1", sizeof cache.magic);
    memcpy(cache.strings, strings, sizeof strings);
    for (uint32_t i = 0; i < 3; i++) {
        cache.entries[i].name = offsetof(struct cache, strings);
        cache.entries[i].path = (uint32_t)offsetof(struct cache, strings) + 8 + 11 * i;
    }
    cache.entries[1].features = 1;
    return cache;
}

static struct bytes cache_bytes(const struct cache *cache, size_t size)
{
    return library_cache((struct bytes){(const uint8_t *)cache, size});
}

static const char *first_in(struct bytes cache, const char *name)
{
    size_t index = 0;
    return library_cache_next(cache, name, false, &index);
}

static void the_cache_is_read_in_order(void **state)
{
    (void)state;
    struct cache cache = make_cache();
    struct bytes bytes = cache_bytes(&cache, sizeof cache);
    size_t index = 0;
    assert_string_equal(library_cache_next(bytes, "libx.so", false, &index), "/1/libx.so");
    assert_string_equal(library_cache_next(bytes, "libx.so", false, &index), "/3/libx.so");
    assert_null(library_cache_next(bytes, "libx.so", false, &index));
    index = 0;
    assert_string_equal(library_cache_next(bytes, "libx.so", true, &index), "/2/libx.so");
    assert_null(library_cache_next(bytes, "libx.so", true, &index));
    assert_null(first_in(bytes, "libx.so.1"));
    assert_null(first_in(bytes, "libx"));
    assert_null(first_in((struct bytes){0}, "libx.so"));
}

static void the_cache_is_found_behind_an_older_one(void **state)
{
    (void)state;
    struct {
        char magic[12];
        uint32_t entry_count;
        uint8_t entries[3][12];
        uint32_t padding;
        struct cache cache;
    } both = {.magic = "ld.so-1.7.0", .entry_count = 3, .cache = make_cache()};
    struct bytes file = {(const uint8_t *)&both, sizeof both};
    assert_string_equal(first_in(library_cache(file), "libx.so"), "/1/libx.so");
    both.entry_count = UINT32_MAX;
    assert_int_equal(library_cache(file).size, 0);
}

static void a_damaged_cache_is_none(void **state)
{
    (void)state;
    const struct cache good = make_cache();
    struct cache cache = good;
    for (size_t size = 0; size < sizeof cache; size++) {
        void *exact = malloc(size ? size : 1);
        assert_non_null(exact);
        memcpy(exact, &cache, size);
        const char *found = first_in(cache_bytes(exact, size), "libx.so");
        assert_true(!found || !strcmp(found, "/1/libx.so"));
        free(exact);
    }
    cache.magic[0] = 'x';
    assert_int_equal(cache_bytes(&cache, sizeof cache).size, 0);
    cache = good;
    cache.byte_order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 3 : 2;
    assert_int_equal(cache_bytes(&cache, sizeof cache).size, 0);
    cache = good;
    cache.entry_count = UINT32_MAX;
    assert_null(first_in(cache_bytes(&cache, sizeof cache), "libx.so"));
    cache = good;
    cache.entries[0].name = UINT32_MAX;
    assert_string_equal(first_in(cache_bytes(&cache, sizeof cache), "libx.so"), "/3/libx.so");
    cache.entries[2].path = UINT32_MAX;
    assert_null(first_in(cache_bytes(&cache, sizeof cache), "libx.so"));
}

#define made_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_c_library_is_found),
        cmocka_unit_test(what_the_program_wants_is_there),
        cmocka_unit_test(what_is_loaded_is_not_read),
        made_test(libraries_are_read_breadth_first_and_once),
        made_test(a_library_is_known_by_its_own_name),
        made_test(one_file_by_two_names_is_read_once),
        made_test(rpath_is_inherited_and_runpath_is_not),
        made_test(the_environment_goes_after_rpath_and_before_runpath),
        made_test(variables_are_replaced),
        made_test(libraries_of_an_unknown_machine_are_found),
        made_test(musl_looks_in_the_programs_directories),
        made_test(an_origin_is_where_a_library_was_found),
        made_test(a_search_in_too_many_directories_ends),
        made_test(nothing_is_taken_from_a_relative_directory),
        made_test(a_library_of_another_machine_is_passed_over),
        made_test(with_musl_other_rules_hold),
        made_test(a_missing_library_says_where_it_is_not),
        made_test(a_long_list_of_directories_is_cut),
        made_test(a_missing_path_is_no_list_of_directories),
        made_test(what_is_no_library_says_why),
        made_test(a_directory_is_no_library),
        made_test(a_file_without_a_dynamic_section_is_empty),
        made_test(a_file_without_section_headers_is_refused),
        made_test(tables_in_two_places_are_refused),
        made_test(no_changed_byte_is_a_crash),
        cmocka_unit_test(the_cache_is_read_in_order),
        cmocka_unit_test(the_cache_is_found_behind_an_older_one),
        cmocka_unit_test(a_damaged_cache_is_none),
    };
    struct elf elf;
    ERROR_AUTO error = {0};
    FILE_AUTO file;
    uint8_t start[ELF_HEADER_SIZE];
    if (!file_open(&file, "/proc/self/exe", &error) ||
        !file_read(&file, 0, sizeof start, start, &error) ||
        !elf_read_header(&elf, (struct bytes){start, sizeof start}, file.size, &error))
        return 1;
    own_machine = elf.machine;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

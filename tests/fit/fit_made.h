/* A plugin, a host, and another module, made in memory, and a process of them to judge the plugin
 * by. */
#ifndef TESTS_FIT_FIT_MADE_H
#define TESTS_FIT_FIT_MADE_H

#include "src/base/hash.h"
#include "src/fit/fit.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/common/starve.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* ---- modules made in memory ---- */

enum { ITEMS = 160, STRINGS = 8192, SLOTS = 512 };

/* A `.plugin` section without its checksum, and the tables of a dynamic section. */
struct tables {
    struct format_symbol symbols[ITEMS];
    struct format_slot slots[SLOTS];
    struct format_shared shared[ITEMS];
    struct format_import imports[ITEMS];
    struct format_package packages[8];
    struct format_source sources[ITEMS];
    struct format_compiler compilers[1];
    struct format_interface interfaces[1];
    struct format_member members[ITEMS];
    char strings[STRINGS];
};

struct maker {
    const char *path;
    struct make *make;
    struct made types;
    struct tables *tables;
    struct format_header header;
    Elf64_Sym dynamic_symbols[ITEMS];
    uint16_t versions[ITEMS];
    Elf64_Dyn entries[16];
    struct {
        Elf64_Verneed need;
        Elf64_Vernaux version;
    } wanted;
    uint32_t dynamic_count, entry_count, strings_used;
    struct module module;
    struct arena arena;
    struct dynamic dynamic;
};

static inline uint32_t add_name(struct maker *maker, const char *name)
{
    uint32_t at = maker->strings_used;
    size_t size = strlen(name) + 1;
    assert_true(at + size < STRINGS);
    memcpy(maker->tables->strings + at, name, size);
    maker->strings_used += (uint32_t)size;
    return at;
}

static inline struct maker start(const char *path, const char *compiler)
{
    struct maker maker = {.path = path, .make = make_start(), .dynamic_count = 1};
    maker.tables = calloc(1, sizeof *maker.tables);
    assert_non_null(maker.tables);
    maker.strings_used = 1;
    maker.header =
        (struct format_header){.version = FORMAT_VERSION_6, .kind = FORMAT_SHARED_LIBRARY};
    maker.tables->compilers[0].name = add_name(&maker, compiler);
    maker.header.compilers.count = 1;
    maker.module.elf = (struct elf){.is_64 = true, .machine = EM_X86_64, .type = ET_DYN};
    return maker;
}

static inline uint32_t add_type(struct maker *maker, const char *words)
{
    return words ? make_add(maker->make, words) : 0;
}

/* Adds a dynamic symbol; `section` is SHN_UNDEF for an undefined one. */
static inline Elf64_Sym *add_dynamic(struct maker *maker, const char *name, unsigned type,
                                     uint16_t section)
{
    assert_true(maker->dynamic_count < ITEMS);
    maker->versions[maker->dynamic_count] = VER_NDX_GLOBAL;
    Elf64_Sym *symbol = &maker->dynamic_symbols[maker->dynamic_count++];
    *symbol = (Elf64_Sym){.st_name = add_name(maker, name),
                          .st_info = (unsigned char)ELF64_ST_INFO(STB_GLOBAL, type),
                          .st_shndx = section,
                          .st_value = section ? 0x1000 : 0};
    return symbol;
}

static inline void want(struct maker *maker, const char *name)
{
    add_dynamic(maker, name, STT_NOTYPE, SHN_UNDEF);
}

/* The version of all undefined symbols that have one. */
static inline void want_version(struct maker *maker, const char *name, const char *version,
                                const char *library)
{
    want(maker, name);
    maker->versions[maker->dynamic_count - 1] = 2;
    maker->wanted.need = (Elf64_Verneed){.vn_version = VER_NEED_CURRENT,
                                         .vn_cnt = 1,
                                         .vn_file = add_name(maker, library),
                                         .vn_aux = sizeof(Elf64_Verneed)};
    maker->wanted.version = (Elf64_Vernaux){.vna_other = 2, .vna_name = add_name(maker, version)};
}

static inline void export(struct maker *maker, const char *name)
{
    add_dynamic(maker, name, STT_FUNC, 1);
}

/* Calls of each kind come in the order of names. If the words are NULL, the type is not recorded.
 */
static inline void define(struct maker *maker, const char *name, uint32_t kind, const char *words)
{
    maker->tables->symbols[maker->header.symbols.count++] = (struct format_symbol){
        .name = add_name(maker, name), .type = add_type(maker, words), .kind = kind};
    add_dynamic(maker, name, kind == FORMAT_THREAD_LOCAL ? STT_TLS : STT_FUNC, 1);
}

static inline uint32_t add_package(struct maker *maker, const char *path)
{
    maker->tables->packages[maker->header.packages.count] = (struct format_package){
        .path = add_name(maker, path), .sources = maker->header.sources.count};
    return maker->header.packages.count++;
}

static inline void share(struct maker *maker, uint32_t package, const char *name, uint32_t kind,
                         const char *words)
{
    maker->tables->shared[maker->header.shared.count++] =
        (struct format_shared){.name = add_name(maker, name),
                               .type = add_type(maker, words),
                               .kind = kind,
                               .package = package};
    add_dynamic(maker, name, STT_FUNC, 1);
}

/* `package` is the number of its package; -1 if it has none and is undefined. */
static inline void import(struct maker *maker, int package, const char *name, uint32_t kind,
                          const char *words)
{
    maker->tables->imports[maker->header.imports.count++] =
        (struct format_import){.name = add_name(maker, name),
                               .type = add_type(maker, words),
                               .kind = kind,
                               .package = (uint32_t)(package + 1),
                               .symbol = package < 0 ? maker->dynamic_count : 0,
                               .name_hash = hash_name(name)};
    if (package < 0)
        want(maker, name);
}

/* Starts the module's interface of this name, whose members follow; "" for what it expects by name.
 */
static inline void start_interface(struct maker *maker, const char *name)
{
    bool is_struct = *name;
    maker->header.interfaces.count = 1;
    maker->tables->interfaces[0] = (struct format_interface){
        .name = is_struct ? add_name(maker, name) : 0,
        .type = is_struct ? add_type(maker, "struct filter 8 { f 0 pointer int }") : 0,
        .kind = is_struct ? FORMAT_INTERFACE_OPENED : FORMAT_INTERFACE_EXPECTED,
        .size = is_struct ? ITEMS * 8 : 0};
}

/* The words are of a pointer. */
static inline struct format_member *add_member(struct maker *maker, const char *symbol,
                                               const char *words)
{
    uint32_t number = maker->header.members.count++;
    assert_true(number < ITEMS);
    maker->tables->interfaces[0].member_count++;
    maker->tables->members[number] = (struct format_member){
        .symbol = add_name(maker, symbol), .type = add_type(maker, words), .offset = number * 8};
    return &maker->tables->members[number];
}

#define PLACE(table, field)                                                                        \
    header->table.offset = header->table.count ? (uint32_t)offsetof(struct tables, field) : 0

static inline void end_stamp(struct maker *maker)
{
    ERROR_AUTO error = {0};
    struct format_header *header = &maker->header;
    header->slots.count = SLOTS;
    header->strings.count = STRINGS;
    PLACE(symbols, symbols);
    PLACE(slots, slots);
    PLACE(shared, shared);
    PLACE(imports, imports);
    PLACE(packages, packages);
    PLACE(sources, sources);
    PLACE(compilers, compilers);
    PLACE(interfaces, interfaces);
    PLACE(members, members);
    PLACE(strings, strings);
    maker->types = made_read(maker->make);
    maker->module.is_stamped = true;
    maker->module.btf = &maker->types.btf;
    maker->module.meta.header = *header;
    struct bytes section = {(const uint8_t *)maker->tables, sizeof *maker->tables};
    if (!meta_read_tables(&maker->module.meta, section, &error))
        fail_msg("%s", error_text(&error));
}

static inline void end(struct maker *maker)
{
    ERROR_AUTO error = {0};
    for (uint32_t i = 0; i < maker->header.symbols.count; i++) {
        uint32_t hash = hash_name(maker->tables->strings + maker->tables->symbols[i].name);
        uint32_t at = hash % SLOTS;
        while (maker->tables->slots[at].symbol)
            at = (at + 1) % SLOTS;
        maker->tables->slots[at] = (struct format_slot){hash, i + 1};
    }
    end_stamp(maker);
    bool has_versions = maker->wanted.need.vn_version;
    struct dynamic_tables tables = {
        .entries = {(const uint8_t *)maker->entries,
                    (maker->entry_count + 1) * sizeof *maker->entries},
        .symbols = {(const uint8_t *)maker->dynamic_symbols,
                    maker->dynamic_count * sizeof *maker->dynamic_symbols},
        .strings = {(const uint8_t *)maker->tables->strings, STRINGS},
        .versions = {(const uint8_t *)maker->versions,
                     has_versions ? maker->dynamic_count * sizeof *maker->versions : 0},
        .wanted = {(const uint8_t *)&maker->wanted, has_versions ? sizeof maker->wanted : 0}};
    if (!dynamic_read(&maker->dynamic, &maker->module.elf, &tables, &maker->arena, &error))
        fail_msg("%s", error_text(&error));
}

static inline void free_maker(struct maker *maker)
{
    arena_deinit(&maker->arena);
    made_free(&maker->types);
    free(maker->tables);
}

/* ---- a made-up process ---- */

struct scene {
    struct maker host, plugin;
    struct maker other; /* another module of the process, or a library that it will load */
    bool has_other;     /* it is in the process */
    bool will_load;     /* it is a library that the plugin needs */
    bool is_strict, is_isolated;
    size_t asked;          /* calls of find */
    const char *libc;      /* path of the process's C library; NULL: none */
    const char *libc_path; /* the same, if the host tells it at once */
    struct missing_library missing[2];
    size_t missing_count;
};

static inline struct provider provider_of(const struct maker *maker, bool is_host)
{
    return (struct provider){.path = maker->path, .is_host = is_host, .module = &maker->module};
}

/* Names that start with "c_" are the C library's, in version C_1. */
static inline bool find(void *context, const char *name, const char *version, uint32_t kind,
                        bool *found, struct provider *provider, struct error *error)
{
    (void)kind;
    (void)error;
    struct scene *scene = context;
    struct dynamic_symbol symbol;
    scene->asked++;
    *found = true;
    if (dynamic_find(&scene->host.dynamic, name, version, &symbol))
        *provider = provider_of(&scene->host, true);
    else if (scene->has_other && dynamic_find(&scene->other.dynamic, name, version, &symbol))
        *provider = provider_of(&scene->other, false);
    else if (scene->libc && (!version || !strcmp(version, "C_1")) &&
             (!strncmp(name, "c_", 2) || !strcmp(name, "__libc_start_main")))
        *provider = (struct provider){.path = scene->libc};
    else
        *found = false;
    return true;
}

static inline bool find_package(void *context, const char *package, bool *found,
                                struct provider *provider, struct error *error)
{
    (void)error;
    const struct scene *scene = context;
    uint32_t index;
    *found = true;
    if (meta_find_package(&scene->host.module.meta, package, &index))
        *provider = provider_of(&scene->host, true);
    else if (scene->has_other && meta_find_package(&scene->other.module.meta, package, &index))
        *provider = provider_of(&scene->other, false);
    else
        *found = false;
    return true;
}

static inline struct fit_host host_of(struct scene *scene)
{
    return (struct fit_host){.path = "./host",
                             .module = &scene->host.module,
                             .context = scene,
                             .find_symbol = find,
                             .find_package = find_package,
                             .libc_path = scene->libc_path,
                             .is_isolated = scene->is_isolated};
}

static inline int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->host = start("./host", "gcc 12.2.0");
    scene->plugin = start("/plugins/hello.so", "clang 14.0.6");
    scene->other = start("/usr/lib/libother.so.1", "gcc 11.1.0");
    scene->libc = "/lib/libc.so.6";
    scene->host.module.is_executable = true;
    *state = scene;
    return 0;
}

static inline int tear_down(void **state)
{
    struct scene *scene = *state;
    free_maker(&scene->host);
    free_maker(&scene->plugin);
    free_maker(&scene->other);
    free(scene);
    return 0;
}

/* Cuts the last line, which counts the uses, off a refusal. */
static inline void cut_count(char *text)
{
    char *last = strrchr(text, '\n');
    assert_non_null(last);
    assert_non_null(strstr(last, " compared, "));
    *last = '\0';
}

/* Judges the plugin. The text of the misfits, without its first and last lines, must be `lines`;
 * NULL if the plugin fits. */
static inline void expect(struct scene *scene, const char *lines)
{
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct library items[] = {{.path = scene->plugin.path,
                               .module = &scene->plugin.module,
                               .dynamic = scene->plugin.dynamic},
                              {.path = scene->other.path,
                               .module = &scene->other.module,
                               .dynamic = scene->other.dynamic}};
    struct libraries libraries = {.arena = &arena,
                                  .items = items,
                                  .count = scene->will_load ? 2 : 1,
                                  .missing = scene->missing,
                                  .missing_count = scene->missing_count};
    struct fit_host host = host_of(scene);
    bool fits = fit_judge("hello.so", &libraries, &host, scene->is_strict, &error);
    assert_int_equal(error.code, fits ? PLUGIN_OK : PLUGIN_MISFIT);
    /* With each allocation failing in turn, it fails for lack of memory, or gives the same result,
     * perhaps with less text. */
    for (starve_begin(); starve_goes_on();) {
        ERROR_AUTO starved = {0};
        fit_judge("hello.so", &libraries, &host, scene->is_strict, &starved);
        if (!starve_end() || starved.code != PLUGIN_NO_MEMORY)
            assert_int_equal(starved.code, error.code);
    }
    if (!fits)
        cut_count(error.text.chars);
    const char *text = strchr(error_text(&error), '\n');
    assert_string_equal(text ? text : "it fits", lines ? lines : "it fits");
}

#define FUNCTION FORMAT_FUNCTION
#define VARIABLE FORMAT_VARIABLE
#define GEOM     "example.com/geom"

#define SHAPE_FLOAT  "struct shape 8 { n 0 int r 32 float }"
#define SHAPE_DOUBLE "struct shape 16 { n 0 int r 64 double }"
#define AREA(shape)  "func area function double ( s pointer const " shape " )"

/* Both contain the package, with these types. */
static inline void carry_both(struct scene *scene, const char *host_words, const char *plugin_words)
{
    share(&scene->host, add_package(&scene->host, GEOM), "area", FUNCTION, host_words);
    uint32_t own = add_package(&scene->plugin, GEOM);
    share(&scene->plugin, own, "area", FUNCTION, plugin_words);
    import(&scene->plugin, (int)own, "area", FUNCTION, plugin_words);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif

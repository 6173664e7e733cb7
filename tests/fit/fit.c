/* Does a plugin fit? The modules are made in memory, with a stamp and dynamic symbols, and so is
 * the process. Every kind of misfit is expected word for word. */
#include "src/fit/fit.h"
#include "src/base/hash.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/common/starve.h"

#include <elf.h>
#include <stdio.h>
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

static uint32_t add_name(struct maker *maker, const char *name)
{
    uint32_t at = maker->strings_used;
    size_t size = strlen(name) + 1;
    assert_true(at + size < STRINGS);
    memcpy(maker->tables->strings + at, name, size);
    maker->strings_used += (uint32_t)size;
    return at;
}

static struct maker start(const char *path, const char *compiler)
{
    struct maker maker = {.path = path, .make = make_start(), .dynamic_count = 1};
    maker.tables = calloc(1, sizeof *maker.tables);
    assert_non_null(maker.tables);
    maker.strings_used = 1;
    maker.header = (struct format_header){.version = FORMAT_VERSION, .kind = FORMAT_SHARED_LIBRARY};
    maker.tables->compilers[0].name = add_name(&maker, compiler);
    maker.header.compilers.count = 1;
    maker.module.elf = (struct elf){.is_64 = true, .machine = EM_X86_64, .type = ET_DYN};
    return maker;
}

static uint32_t add_type(struct maker *maker, const char *words)
{
    return words ? make_add(maker->make, words) : 0;
}

/* Adds a dynamic symbol; `section` is SHN_UNDEF for an undefined one. */
static Elf64_Sym *add_dynamic(struct maker *maker, const char *name, unsigned type,
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

static void want(struct maker *maker, const char *name)
{
    add_dynamic(maker, name, STT_NOTYPE, SHN_UNDEF);
}

/* The version of all undefined symbols that have one. */
static void want_version(struct maker *maker, const char *name, const char *version,
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

static void export(struct maker *maker, const char *name)
{
    add_dynamic(maker, name, STT_FUNC, 1);
}

static void need_library(struct maker *maker, const char *name)
{
    maker->entries[maker->entry_count++] =
        (Elf64_Dyn){.d_tag = DT_NEEDED, .d_un.d_val = add_name(maker, name)};
}

/* Calls of each kind come in the order of names. If the words are NULL, the type is not recorded.
 */
static void define(struct maker *maker, const char *name, uint32_t kind, const char *words)
{
    maker->tables->symbols[maker->header.symbols.count++] = (struct format_symbol){
        .name = add_name(maker, name), .type = add_type(maker, words), .kind = kind};
    add_dynamic(maker, name, kind == FORMAT_THREAD_LOCAL ? STT_TLS : STT_FUNC, 1);
}

static uint32_t add_package(struct maker *maker, const char *path)
{
    maker->tables->packages[maker->header.packages.count] = (struct format_package){
        .path = add_name(maker, path), .sources = maker->header.sources.count};
    return maker->header.packages.count++;
}

/* Adds to the package that was added last. */
static void add_source(struct maker *maker, const char *name, uint64_t hash)
{
    maker->tables->sources[maker->header.sources.count++] =
        (struct format_source){.hash = hash, .name = add_name(maker, name)};
    maker->tables->packages[maker->header.packages.count - 1].source_count++;
}

static void share(struct maker *maker, uint32_t package, const char *name, uint32_t kind,
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
static void import(struct maker *maker, int package, const char *name, uint32_t kind,
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

#define PLACE(table, field)                                                                        \
    header->table.offset = header->table.count ? (uint32_t)offsetof(struct tables, field) : 0

static void end_stamp(struct maker *maker)
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
    PLACE(strings, strings);
    maker->types = made_read(maker->make);
    maker->module.is_stamped = true;
    maker->module.btf = &maker->types.btf;
    maker->module.meta.header = *header;
    struct bytes section = {(const uint8_t *)maker->tables, sizeof *maker->tables};
    if (!meta_read_tables(&maker->module.meta, section, &error))
        fail_msg("%s", error_text(&error));
}

static void end(struct maker *maker)
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

static void free_maker(struct maker *maker)
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
    bool is_strict;
    size_t asked;          /* calls of find */
    const char *libc;      /* path of the process's C library; NULL: none */
    const char *libc_path; /* the same, if the host tells it at once */
    struct missing_library missing[2];
    size_t missing_count;
};

static struct provider provider_of(const struct maker *maker, bool is_host)
{
    return (struct provider){.path = maker->path, .is_host = is_host, .module = &maker->module};
}

/* Names that start with "c_" are the C library's, in version C_1. */
static bool find(void *context, const char *name, const char *version, uint32_t kind, bool *found,
                 struct provider *provider, struct error *error)
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

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
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

static struct fit_host host_of(struct scene *scene)
{
    return (struct fit_host){.path = "./host",
                             .module = &scene->host.module,
                             .context = scene,
                             .find_symbol = find,
                             .find_package = find_package,
                             .libc_path = scene->libc_path};
}

/* ---- setup ---- */

static int set_up(void **state)
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

static int tear_down(void **state)
{
    struct scene *scene = *state;
    free_maker(&scene->host);
    free_maker(&scene->plugin);
    free_maker(&scene->other);
    free(scene);
    return 0;
}

/* Judges the plugin. The text of the misfits, without its first line, must be `lines`; NULL if the
 * plugin fits. */
static void expect(struct scene *scene, const char *lines)
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
    const char *text = strchr(error_text(&error), '\n');
    assert_string_equal(text ? text : "it fits", lines ? lines : "it fits");
}

#define FUNCTION FORMAT_FUNCTION
#define VARIABLE FORMAT_VARIABLE
#define GEOM     "example.com/geom"

#define SHAPE_FLOAT  "struct shape 8 { n 0 int r 32 float }"
#define SHAPE_DOUBLE "struct shape 16 { n 0 int r 64 double }"
#define AREA(shape)  "func area function double ( s pointer const " shape " )"

/* ---- symbols and their types ---- */

static void a_plugin_that_needs_nothing_fits(void **state)
{
    expect(*state, NULL);
}

static void a_symbol_that_agrees_fits(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, -1, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    expect(scene, NULL);
}

static void the_whole_refusal_reads_like_this(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, -1, "area", FUNCTION, AREA(SHAPE_FLOAT));
    want(&scene->plugin, "host_log");
    expect(scene, "\n  area: parameter 1: struct shape: member r"
                  "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"
                  "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6"
                  "\n  host_log: not exported by the host");
}

static void declarations_are_shown_when_whole_types_differ(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "f", FUNCTION, "func f function int ( a int )");
    define(&scene->host, "limit", VARIABLE, "var limit const int");
    import(&scene->plugin, -1, "f", FUNCTION, "func f function int ( a int b int )");
    import(&scene->plugin, -1, "limit", VARIABLE, "var limit int");
    expect(scene, "\n  f: different type"
                  "\n      host    int f(int a);            built by gcc 12.2.0"
                  "\n      plugin  int f(int a, int b);     built by clang 14.0.6"
                  "\n  limit: different type"
                  "\n      host    const int limit;   /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  int limit;         /* 4 bytes */     built by clang 14.0.6");
}

static void a_name_for_a_type_does_not_hide_the_difference(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "size", VARIABLE, "var size typedef size_type int");
    import(&scene->plugin, -1, "size", VARIABLE, "var size typedef size_type long");
    expect(scene, "\n  size: different type"
                  "\n      host    int    /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  long   /* 8 bytes */     built by clang 14.0.6");
}

static void a_variable_is_not_a_function(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "limit", VARIABLE, "var limit int");
    import(&scene->plugin, -1, "limit", FUNCTION, "func limit function int ( )");
    expect(scene, "\n  limit: a variable in the host, a function in the plugin"
                  "\n      host    int limit;         /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  int limit(void);                     built by clang 14.0.6");
}

static void a_thread_local_variable_is_not_an_ordinary_one(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "a", FORMAT_THREAD_LOCAL, "var a int");
    define(&scene->host, "b", FORMAT_THREAD_LOCAL, "var b int");
    import(&scene->plugin, -1, "a", VARIABLE, "var a int");
    scene->plugin.dynamic_symbols[scene->plugin.dynamic_count - 1].st_info =
        ELF64_ST_INFO(STB_GLOBAL, STT_TLS);
    import(&scene->plugin, -1, "b", VARIABLE, "var b int");
    expect(scene, "\n  b: a thread-local variable in the host, a variable in the plugin"
                  "\n      host    _Thread_local int b;   /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  int b;                 /* 4 bytes */     built by clang 14.0.6");
}

static void an_indirect_function_is_a_function(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "f", FORMAT_INDIRECT, "func f function int ( )");
    import(&scene->plugin, -1, "f", FUNCTION, "func f function int ( )");
    expect(scene, NULL);
}

static void all_missing_symbols_are_listed_in_order(void **state)
{
    struct scene *scene = *state;
    want(&scene->plugin, "zeta");
    want(&scene->plugin, "alpha");
    need_library(&scene->plugin, "libone.so.1");
    need_library(&scene->plugin, "libc.so.6");
    need_library(&scene->plugin, "libtwo.so");
    expect(scene, "\n  alpha: not exported by the host, nor by libone.so.1, libtwo.so"
                  "\n  zeta: not exported by the host, nor by libone.so.1, libtwo.so");
}

static void a_weak_symbol_may_be_missing(void **state)
{
    struct scene *scene = *state;
    add_dynamic(&scene->plugin, "maybe", STT_NOTYPE, SHN_UNDEF)->st_info =
        ELF64_ST_INFO(STB_WEAK, STT_NOTYPE);
    expect(scene, NULL);
}

static void a_missing_version_is_named(void **state)
{
    struct scene *scene = *state;
    want_version(&scene->plugin, "c_print", "C_9", "libc.so.6");
    expect(scene, "\n  c_print: version C_9 of libc.so.6 not found; "
                  "the plugin was linked with a newer one");
}

static void an_existing_version_fits(void **state)
{
    struct scene *scene = *state;
    want_version(&scene->plugin, "c_print", "C_1", "libc.so.6");
    expect(scene, NULL);
}

static void equal_misfits_are_listed_once(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "n", VARIABLE, "var n int");
    import(&scene->plugin, -1, "n", VARIABLE, "var n long");
    import(&scene->plugin, -1, "n", VARIABLE, "var n long");
    import(&scene->plugin, -1, "n", VARIABLE, "var n short");
    expect(scene, "\n  n: different type"
                  "\n      host    int n;    /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  long n;   /* 8 bytes */     built by clang 14.0.6"
                  "\n  n: different type"
                  "\n      host    int n;     /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  short n;   /* 2 bytes */     built by clang 14.0.6");
}

static void more_than_a_hundred_misfits_are_counted(void **state)
{
    struct scene *scene = *state;
    char name[16];
    TEXT_AUTO lines = {0};
    for (int i = 0; i < MISFITS_MAX + 20; i++) {
        snprintf(name, sizeof name, "f%03d", i);
        want(&scene->plugin, name);
        text_add(&lines, "\n  %s: not exported by the host", name);
    }
    expect(scene, text_chars(&lines));
}

static void the_text_is_bounded(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    MISFITS_AUTO misfits = {0};
    for (int i = 0; i < MISFITS_MAX + 20; i++) {
        text_add(&misfits_start(&misfits, NULL, NULL)->text, "%*d", MISFITS_LENGTH_MAX / 50, i);
        misfits_end(&misfits);
    }
    assert_int_equal(misfits.kept, MISFITS_MAX);
    assert_false(misfits_refuse(&misfits, "hello.so", "./host", &error));
    assert_non_null(strstr(error_text(&error), "(120 misfits):"));
    assert_string_equal(strrchr(error_text(&error), '\n'), "\n  ... and 20 more");
}

static void names_are_escaped(void **state)
{
    struct scene *scene = *state;
    want(&scene->plugin, "evil\033[2J\nname");
    expect(scene, "\n  evil\\x1b[2J\\x0aname: not exported by the host");
}

static void another_provider_than_the_host_is_named(void **state)
{
    struct scene *scene = *state;
    scene->has_other = true;
    define(&scene->other, "n", VARIABLE, "var n int");
    import(&scene->plugin, -1, "n", VARIABLE, "var n long");
    expect(scene, "\n  n: different type"
                  "\n      libother.so.1  int n;    /* 4 bytes */     built by gcc 11.1.0"
                  "\n      plugin         long n;   /* 8 bytes */     built by clang 14.0.6");
}

/* ---- libraries ---- */

static void a_library_that_will_be_loaded_provides_symbols(void **state)
{
    struct scene *scene = *state;
    scene->will_load = true;
    define(&scene->other, "f", FUNCTION, "func f function int ( )");
    define(&scene->other, "n", VARIABLE, "var n int");
    import(&scene->plugin, -1, "f", FUNCTION, "func f function int ( )");
    import(&scene->plugin, -1, "n", VARIABLE, "var n long");
    expect(scene, "\n  n: different type"
                  "\n      libother.so.1  int n;    /* 4 bytes */     built by gcc 11.1.0"
                  "\n      plugin         long n;   /* 8 bytes */     built by clang 14.0.6");
}

static void what_a_library_lacks_is_listed(void **state)
{
    struct scene *scene = *state;
    scene->will_load = true;
    want(&scene->other, "deep");
    want(&scene->other, "given");
    export(&scene->plugin, "given");
    expect(scene, "\n  deep: needed by /usr/lib/libother.so.1, not exported by the host");
}

static void a_missing_library_is_listed_with_its_reason(void **state)
{
    struct scene *scene = *state;
    static char reason[] = "not found in /lib";
    scene->missing[scene->missing_count++] =
        (struct missing_library){"libfoo.so.1", "/plugins/hello.so", reason};
    need_library(&scene->plugin, "libfoo.so.1");
    want(&scene->plugin, "bar");
    want_version(&scene->plugin, "foo", "FOO_1", "libfoo.so.1");
    expect(scene, "\n  libfoo.so.1: needed by /plugins/hello.so; not found in /lib"
                  "\n  bar: not exported by the host, nor by libfoo.so.1, which is missing");
}

static void another_c_library_is_one_misfit(void **state)
{
    struct scene *scene = *state;
    static char reason[] = "not found in /lib";
    scene->missing[scene->missing_count++] =
        (struct missing_library){"libc.so", "/plugins/hello.so", reason};
    need_library(&scene->plugin, "libc.so");
    want(&scene->plugin, "__of_musl_alone");
    want(&scene->plugin, "c_print");
    expect(scene, "\n  needs the C library musl (libc.so); "
                  "the host uses glibc");
}

static void the_c_library_may_be_known_by_its_path(void **state)
{
    struct scene *scene = *state;
    scene->libc = "/lib/nobody-asks-for-this.so";
    scene->libc_path = "/lib/ld-musl-x86_64.so.1";
    need_library(&scene->plugin, "libc.so.6");
    expect(scene, "\n  needs the C library glibc (libc.so.6); "
                  "the host uses musl");
}

static void glibc_is_another_c_library_for_musl(void **state)
{
    struct scene *scene = *state;
    scene->libc = "/lib/ld-musl-x86_64.so.1";
    need_library(&scene->plugin, "libc.so.6");
    want_version(&scene->plugin, "of_glibc_alone", "GLIBC_2.34", "libc.so.6");
    expect(scene, "\n  needs the C library glibc (libc.so.6); "
                  "the host uses musl");
}

static void the_same_c_library_fits_by_all_its_names(void **state)
{
    struct scene *scene = *state;
    scene->libc = "/lib/ld-musl-x86_64.so.1";
    need_library(&scene->plugin, "libc.musl-x86_64.so.1");
    expect(scene, NULL);
}

/* ---- sanitizers and machines ---- */

static void a_sanitizer_that_the_host_lacks_is_one_misfit(void **state)
{
    struct scene *scene = *state;
    static char reason[] = "not found in /lib";
    scene->plugin.header.sanitizers = FORMAT_SANITIZE_ADDRESS;
    scene->missing[scene->missing_count++] =
        (struct missing_library){"libasan.so.8", "/plugins/hello.so", reason};
    want(&scene->plugin, "__asan_init");
    want(&scene->plugin, "__asan_report_load4");
    want(&scene->plugin, "__sanitizer_print_stack_trace");
    expect(scene, "\n  built with -fsanitize=address, and the host without it: "
                  "build both with it or neither");
}

static void a_sanitizer_that_the_host_was_built_with_fits(void **state)
{
    struct scene *scene = *state;
    scene->plugin.header.sanitizers = scene->host.header.sanitizers = FORMAT_SANITIZE_THREAD;
    expect(scene, NULL);
}

static void a_sanitizer_whose_run_time_library_is_there_fits(void **state)
{
    struct scene *scene = *state;
    scene->plugin.header.sanitizers = FORMAT_SANITIZE_ADDRESS;
    export(&scene->host, "__asan_init");
    want(&scene->plugin, "__asan_init");
    expect(scene, NULL);
}

static void a_plugin_cannot_bring_a_sanitizer_along(void **state)
{
    struct scene *scene = *state;
    scene->will_load = true;
    scene->plugin.header.sanitizers = FORMAT_SANITIZE_UNDEFINED | FORMAT_SANITIZE_THREAD;
    export(&scene->other, "__tsan_init");
    export(&scene->other, "__ubsan_handle_type_mismatch_v1");
    expect(scene, "\n  built with -fsanitize=thread, and the host without it: "
                  "build both with it or neither"
                  "\n  built with -fsanitize=undefined, and the host without it: "
                  "build both with it or neither");
}

static void another_machine_is_the_only_misfit(void **state)
{
    struct scene *scene = *state;
    scene->plugin.header.sanitizers = FORMAT_SANITIZE_ADDRESS;
    scene->host.module.elf.machine = EM_AARCH64;
    want(&scene->plugin, "missing");
    expect(scene, "\n  built for x86-64, 64 bits; the host is built for aarch64, 64 bits");
}

static void an_unknown_machine_is_not_judged(void **state)
{
    struct scene *scene = *state;
    scene->host.module.elf.machine = 0;
    expect(scene, NULL);
}

/* ---- packages ---- */

/* Both contain the package, with these types. */
static void carry_both(struct scene *scene, const char *host_words, const char *plugin_words)
{
    share(&scene->host, add_package(&scene->host, GEOM), "area", FUNCTION, host_words);
    uint32_t own = add_package(&scene->plugin, GEOM);
    share(&scene->plugin, own, "area", FUNCTION, plugin_words);
    import(&scene->plugin, (int)own, "area", FUNCTION, plugin_words);
}

static void a_package_that_is_live_elsewhere_and_agrees_fits(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    expect(scene, NULL);
}

static void a_type_of_a_package_differs(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_FLOAT));
    expect(scene, "\n  area: parameter 1: struct shape: member r"
                  "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"
                  "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6");
}

static void a_symbol_that_the_live_copy_lacks_is_named(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    share(&scene->host, add_package(&scene->host, "other"), "perimeter", FUNCTION, NULL);
    import(&scene->plugin, 0, "perimeter", FUNCTION, NULL);
    expect(scene, "\n  perimeter: missing from package example.com/geom of the host");
}

static void a_package_of_no_other_module_is_the_plugins_own(void **state)
{
    struct scene *scene = *state;
    uint32_t own = add_package(&scene->plugin, GEOM);
    share(&scene->plugin, own, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, (int)own, "area", FUNCTION, AREA(SHAPE_FLOAT));
    import(&scene->plugin, (int)own, "perimeter", FUNCTION, NULL);
    expect(scene, NULL);
}

static void a_host_that_does_not_export_a_package_is_told_how(void **state)
{
    struct scene *scene = *state;
    add_package(&scene->host, GEOM);
    import(&scene->plugin, (int)add_package(&scene->plugin, GEOM), "area", FUNCTION, NULL);
    expect(scene, "\n  package example.com/geom: the host does not export its symbols; "
                  "link it with -rdynamic");
}

static void an_unused_package_fits(void **state)
{
    struct scene *scene = *state;
    add_package(&scene->host, GEOM);
    add_package(&scene->plugin, GEOM);
    expect(scene, NULL);
}

static void another_plugin_may_have_the_live_copy(void **state)
{
    struct scene *scene = *state;
    scene->has_other = true;
    share(&scene->other, add_package(&scene->other, GEOM), "area", FUNCTION, NULL);
    import(&scene->plugin, (int)add_package(&scene->plugin, GEOM), "perimeter", FUNCTION, NULL);
    expect(scene, "\n  perimeter: missing from package example.com/geom of libother.so.1");
}

/* ---- strict ---- */

static void strict_accepts_equal_sources(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    add_source(&scene->host, "geom.c", 1);
    add_source(&scene->host, "geom.h", 2);
    add_source(&scene->plugin, "geom.c", 1);
    add_source(&scene->plugin, "geom.h", 2);
    expect(scene, NULL);
}

static void strict_names_the_sources_that_differ(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    add_source(&scene->host, "geom.c", 1);
    add_source(&scene->host, "gone.c", 0);
    add_source(&scene->host, "old.c", 3);
    add_source(&scene->host, "same.h", 4);
    add_source(&scene->host, "same.h", 5);
    add_source(&scene->plugin, "extra.c", 6);
    add_source(&scene->plugin, "geom.c", 2);
    add_source(&scene->plugin, "gone.c", 7);
    add_source(&scene->plugin, "same.h", 4);
    add_source(&scene->plugin, "same.h", 5);
    expect(scene, "\n  package example.com/geom: built from different sources (strict): "
                  "extra.c is only in the plugin, geom.c differs, "
                  "gone.c was missing when the host was stamped, old.c is only in the host");
}

static void without_strict_sources_and_types_may_be_unknown(void **state)
{
    struct scene *scene = *state;
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_DOUBLE));
    add_source(&scene->plugin, "geom.c", 0);
    define(&scene->host, "f", FUNCTION, NULL);
    import(&scene->plugin, -1, "f", FUNCTION, NULL);
    expect(scene, NULL);
}

static void strict_wants_types_on_both_sides(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    define(&scene->host, "f", FUNCTION, NULL);
    define(&scene->host, "g", FUNCTION, "func g function int ( )");
    export(&scene->host, "h");
    import(&scene->plugin, -1, "f", FUNCTION, "func f function int ( )");
    import(&scene->plugin, -1, "g", 0, NULL);
    import(&scene->plugin, -1, "h", FUNCTION, "func h function int ( )");
    expect(scene, "\n  f: its type was not recorded by the host (strict); "
                  "compile the file that defines it with -g"
                  "\n  g: its type was not recorded in the plugin (strict); "
                  "declare PLUGIN_USES(g)"
                  "\n  h: its type was not recorded by the host (strict); "
                  "compile the file that defines it with -g");
}

static void strict_wants_no_types_of_the_implementation(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    import(&scene->plugin, -1, "c_print", 0, NULL);
    expect(scene, NULL);
}

static void strict_wants_types_for_what_is_not_stamped(void **state)
{
    struct scene *scene = *state;
    scene->is_strict = true;
    scene->libc = "/usr/lib/libz.so.1";
    import(&scene->plugin, -1, "c_deflate", 0, NULL);
    import(&scene->plugin, -1, "c_inflate", FUNCTION, "func c_inflate function int ( )");
    expect(scene, "\n  c_deflate: its type was not recorded in the plugin (strict); "
                  "declare PLUGIN_USES(c_deflate)");
}

/* ---- what is settled by hashes ---- */

#define AREA_PARTS                                                                                 \
    "\n  area: parameter 1: struct shape: member r"                                                \
    "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"                  \
    "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6"

/* The host defines it, and its type has the same hash. */
static struct format_import *import_settled(struct scene *scene)
{
    define(&scene->host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    import(&scene->plugin, -1, "area", FUNCTION, AREA(SHAPE_DOUBLE));
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    return &scene->plugin.tables->imports[0];
}

/* It fits, after a call of find. */
static void expect_judged(struct scene *scene)
{
    expect(scene, NULL);
    assert_int_not_equal(scene->asked, 0);
}

static Elf64_Sym *last_symbol(struct scene *scene)
{
    return &scene->plugin.dynamic_symbols[scene->plugin.dynamic_count - 1];
}

static void an_equal_hash_settles(void **state)
{
    struct scene *scene = *state;
    import_settled(scene);
    expect(scene, NULL);
    assert_int_equal(scene->asked, 0);
}

static void another_hash_settles_nothing(void **state)
{
    import_settled(*state)->hash = 8;
    expect_judged(*state);
}

static void no_hash_settles_nothing(void **state)
{
    struct scene *scene = *state;
    import_settled(scene)->hash = 0;
    scene->host.tables->symbols[0].hash = 0;
    expect_judged(scene);
}

static void a_name_under_another_hash_is_judged(void **state)
{
    import_settled(*state)->name_hash ^= 1;
    expect_judged(*state);
}

static void an_import_without_a_dynamic_symbol_is_judged(void **state)
{
    import_settled(*state)->symbol = 0;
    expect_judged(*state);
}

static void an_import_of_a_missing_dynamic_symbol_is_judged(void **state)
{
    import_settled(*state)->symbol = UINT32_MAX;
    expect_judged(*state);
}

static void an_import_of_a_dynamic_symbol_of_another_name_is_judged(void **state)
{
    struct scene *scene = *state;
    struct format_import *import = import_settled(scene);
    add_dynamic(&scene->plugin, "are", STT_NOTYPE, SHN_UNDEF);
    import->symbol = scene->plugin.dynamic_count - 1;
    expect(scene, "\n  are: not exported by the host");
}

static void an_import_of_a_package_is_judged(void **state)
{
    struct scene *scene = *state;
    import_settled(scene)->package = add_package(&scene->plugin, GEOM) + 1;
    scene->plugin.dynamic_count--;
    export(&scene->plugin, "area");
    expect(scene,
           "\n  area: defined by package " GEOM " in the plugin, and outside of that package in "
           "the host; rename one of them");
}

static void a_symbol_of_another_kind_is_judged(void **state)
{
    struct scene *scene = *state;
    import_settled(scene);
    scene->host.tables->symbols[0].kind = VARIABLE;
    scene->host.tables->symbols[0].type = add_type(&scene->host, "var area double");
    expect(scene, "\n  area: a variable in the host, a function in the plugin"
                  "\n      host    double area;                          /* 8 bytes */     "
                  "built by gcc 12.2.0"
                  "\n      plugin  double area(const struct shape *s);                     "
                  "built by clang 14.0.6");
}

/* Only the dynamic symbol says that it is thread-local. */
static void a_thread_local_symbol_is_judged(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "v", VARIABLE, "var v int");
    import(&scene->plugin, -1, "v", VARIABLE, "var v int");
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    last_symbol(scene)->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_TLS);
    expect(scene, "\n  v: a variable in the host, a thread-local variable in the plugin"
                  "\n      host    int v;                 /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  _Thread_local int v;   /* 4 bytes */     built by clang 14.0.6");
}

static void a_symbol_of_a_version_is_judged(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "c_area", FUNCTION, AREA(SHAPE_DOUBLE));
    want_version(&scene->plugin, "c_area", "C_1", "libc.so.6");
    import(&scene->plugin, -1, "c_area", FUNCTION, AREA(SHAPE_DOUBLE));
    scene->host.tables->symbols[0].hash = scene->plugin.tables->imports[0].hash = 7;
    scene->plugin.tables->imports[0].symbol = 1;
    scene->plugin.dynamic_count--; /* the other one */
    expect_judged(scene);
}

static void an_import_of_a_library_is_judged(void **state)
{
    struct scene *scene = *state;
    struct format_import *import = import_settled(scene);
    import->library = add_name(&scene->plugin, "libarea.so.1");
    expect_judged(scene);
}

/* All imports of one symbol are settled, or none: to judge one takes the symbol. */
static void an_import_that_is_not_settled_unsettles_the_others(void **state)
{
    struct scene *scene = *state;
    for (uint32_t parting = 0; parting < 6; parting++) {
        struct scene own = {.host = start("./host", "gcc 12.2.0"),
                            .plugin = start("/plugins/hello.so", "clang 14.0.6"),
                            .other = start("/usr/lib/libother.so.1", "gcc 11.1.0")};
        define(&own.host, "area", FUNCTION, AREA(SHAPE_DOUBLE));
        own.host.tables->symbols[0].hash = 7;
        want(&own.plugin, "area");
        for (uint32_t i = 0; i < 3; i++) {
            bool parts = i == parting % 3;
            own.plugin.tables->imports[own.plugin.header.imports.count++] = (struct format_import){
                .hash = parts ? 8 : 7,
                .name = add_name(&own.plugin, "area"),
                .type = add_type(&own.plugin, parts ? AREA(SHAPE_FLOAT) : AREA(SHAPE_DOUBLE)),
                .kind = FUNCTION,
                .symbol = parts && parting >= 3 ? 0 : 1, /* no stamp has 0 */
                .name_hash = hash_name("area")};
        }
        expect(&own, AREA_PARTS);
        free_maker(&own.host);
        free_maker(&own.plugin);
        free_maker(&own.other);
    }
    expect(scene, NULL);
}

/* ---- the parts of a misfit ---- */

static void misfits_have_parts(void **state)
{
    struct scene *scene = *state;
    MISFITS_AUTO misfits = {0};
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    carry_both(scene, AREA(SHAPE_DOUBLE), AREA(SHAPE_FLOAT));
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct library item = {.path = scene->plugin.path,
                           .module = &scene->plugin.module,
                           .dynamic = scene->plugin.dynamic};
    struct libraries libraries = {.arena = &arena, .items = &item, .count = 1};
    struct fit_host host = host_of(scene);
    assert_true(fit_collect(&misfits, &libraries, &host, false, &error));
    assert_int_equal(misfits.count, 1);
    const struct misfit *misfit = &misfits.items[0];
    assert_string_equal(misfit->symbol, "area");
    assert_string_equal(misfit->package, GEOM);
    assert_string_equal(text_chars(&misfit->path), "parameter 1: struct shape: member r");
    assert_string_equal(text_chars(&misfit->host), "double r;   /* offset 8, 8 bytes */");
    assert_string_equal(text_chars(&misfit->plugin), "float r;   /* offset 4, 4 bytes */");
    assert_false(misfits_refuse(&misfits, "hello.so", "./host", &error));
    static const char first[] = "hello.so does not fit ./host (1 misfit):\n  area: ";
    assert_memory_equal(error_text(&error), first, sizeof first - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_plugin_that_needs_nothing_fits),
        TEST(a_symbol_that_agrees_fits),
        TEST(the_whole_refusal_reads_like_this),
        TEST(declarations_are_shown_when_whole_types_differ),
        TEST(a_name_for_a_type_does_not_hide_the_difference),
        TEST(a_variable_is_not_a_function),
        TEST(a_thread_local_variable_is_not_an_ordinary_one),
        TEST(an_indirect_function_is_a_function),
        TEST(all_missing_symbols_are_listed_in_order),
        TEST(a_weak_symbol_may_be_missing),
        TEST(a_missing_version_is_named),
        TEST(an_existing_version_fits),
        TEST(equal_misfits_are_listed_once),
        TEST(more_than_a_hundred_misfits_are_counted),
        cmocka_unit_test(the_text_is_bounded),
        TEST(names_are_escaped),
        TEST(another_provider_than_the_host_is_named),
        TEST(a_library_that_will_be_loaded_provides_symbols),
        TEST(what_a_library_lacks_is_listed),
        TEST(a_missing_library_is_listed_with_its_reason),
        TEST(another_c_library_is_one_misfit),
        TEST(the_c_library_may_be_known_by_its_path),
        TEST(glibc_is_another_c_library_for_musl),
        TEST(the_same_c_library_fits_by_all_its_names),
        TEST(a_sanitizer_that_the_host_lacks_is_one_misfit),
        TEST(a_sanitizer_that_the_host_was_built_with_fits),
        TEST(a_sanitizer_whose_run_time_library_is_there_fits),
        TEST(a_plugin_cannot_bring_a_sanitizer_along),
        TEST(another_machine_is_the_only_misfit),
        TEST(an_unknown_machine_is_not_judged),
        TEST(a_package_that_is_live_elsewhere_and_agrees_fits),
        TEST(a_type_of_a_package_differs),
        TEST(a_symbol_that_the_live_copy_lacks_is_named),
        TEST(a_package_of_no_other_module_is_the_plugins_own),
        TEST(a_host_that_does_not_export_a_package_is_told_how),
        TEST(an_unused_package_fits),
        TEST(another_plugin_may_have_the_live_copy),
        TEST(strict_accepts_equal_sources),
        TEST(strict_names_the_sources_that_differ),
        TEST(without_strict_sources_and_types_may_be_unknown),
        TEST(strict_wants_types_on_both_sides),
        TEST(strict_wants_no_types_of_the_implementation),
        TEST(strict_wants_types_for_what_is_not_stamped),
        TEST(an_equal_hash_settles),
        TEST(another_hash_settles_nothing),
        TEST(no_hash_settles_nothing),
        TEST(a_name_under_another_hash_is_judged),
        TEST(an_import_without_a_dynamic_symbol_is_judged),
        TEST(an_import_of_a_missing_dynamic_symbol_is_judged),
        TEST(an_import_of_a_dynamic_symbol_of_another_name_is_judged),
        TEST(an_import_of_a_package_is_judged),
        TEST(a_symbol_of_another_kind_is_judged),
        TEST(a_thread_local_symbol_is_judged),
        TEST(a_symbol_of_a_version_is_judged),
        TEST(an_import_of_a_library_is_judged),
        TEST(an_import_that_is_not_settled_unsettles_the_others),
        TEST(misfits_have_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

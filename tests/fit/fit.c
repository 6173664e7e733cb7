/* The judgement of symbols, libraries, sanitizers and machines. */
#include "tests/common/check.h"
#include "tests/fit/fit_made.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

/* ---- modules made in memory ---- */

static void need_library(struct maker *maker, const char *name)
{
    maker->entries[maker->entry_count++] =
        (Elf64_Dyn){.d_tag = DT_NEEDED, .d_un.d_val = add_name(maker, name)};
}

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
    expect(scene, "\n  struct shape: member r"
                  "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"
                  "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6"
                  "\n      used by area (parameter 1)"
                  "\n  host_log: not exported by the host");
}

static void declarations_are_shown_when_whole_types_differ(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "f", FUNCTION, "func f function int ( a int )");
    define(&scene->host, "limit", VARIABLE, "var limit const int");
    import(&scene->plugin, -1, "f", FUNCTION, "func f function int ( a int b int )");
    import(&scene->plugin, -1, "limit", VARIABLE, "var limit int");
    expect(scene, "\n  f: the host lacks parameter 2 (b)"
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
    expect(scene, "\n  typedef size_type"
                  "\n      host    int    /* 4 bytes */     built by gcc 12.2.0"
                  "\n      plugin  long   /* 8 bytes */     built by clang 14.0.6"
                  "\n      used by size");
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
    expect(scene, "\n  library libfoo.so.1, needed by /plugins/hello.so: not found in /lib"
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
    static const char first[] = "hello.so does not fit ./host (1 misfit):\n  struct shape: ";
    assert_memory_equal(error_text(&error), first, sizeof first - 1);
}

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
        TEST(misfits_have_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

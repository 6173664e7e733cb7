/* The library, used as a program uses it: plugins are opened in the working directory, where
 * library.sh has put them. One test changes what later ones find open, so each has files of its
 * own. With PLACEMENT=built-in in the environment, the plugins are linked in. */
#include "../../common/counts.h"

#include <plugin.h>

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct point {
    int x, y;
};

static bool is_built_in;

/* Ends a test that cannot be with plugins that are linked in. */
static void only_loadable(const char *reason)
{
    if (!is_built_in)
        return;
    printf("# next: %s\n", reason);
    skip();
}

static const char no_file[] = "a built-in plugin is no file";

static void copy_file(const char *from, const char *to)
{
    char buffer[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, in)))
        assert_int_equal(fwrite(buffer, 1, count, out), count);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static plugin *open_plugin(const char *path)
{
    plugin *p = plugin_open(path);
    if (!p)
        fail_msg("%s", plugin_error());
    return p;
}

static void has_text(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("not in \"%s\": \"%s\"", text, part);
}

/* ---- the seed's example ---- */

static void a_variable_and_a_function_are_used_with_their_types(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    int *number = plugin_as(plugin_lookup(p, "number"), int *);
    int (*get)(void) = plugin_as(plugin_lookup(p, "get_number"), int (*)(void));
    assert_non_null(number);
    assert_non_null(get);
    *number = 7;
    assert_int_equal(get(), 7);
}

static void a_constructor_runs_once_and_main_never(void **state)
{
    (void)state;
    unsetenv("CONSTRUCTIONS");
    open_plugin("once.so");
    open_plugin("./once.so");
    assert_string_equal(getenv("CONSTRUCTIONS"), "x");
    open_plugin("has-main.so"); /* its main ends the process */
}

/* ---- symbols ---- */

static void symbols_come_in_the_order_of_names(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    static const char *const decls[] = {
        "int call_helper(void)",
        "volatile int device",
        "int get_number(void)",
        "int get_of_thread(void)",
        "const char *greeting(const struct point *p)",
        "indirect",
        "const int limit",
        "int number",
        "int of_thread",
        "struct point origin",
    };
    size_t count = 0;
    for (const plugin_symbol *s = plugin_next(p, NULL); s; s = plugin_next(p, s)) {
        assert_true(count < sizeof decls / sizeof *decls);
        count += !HAS_IFUNC && !strcmp(decls[count], "indirect");
        has_text(decls[count], plugin_symbol_name(s));
        if (strcmp(plugin_symbol_name(s), "indirect") != 0)
            assert_string_equal(plugin_symbol_decl(s), decls[count]);
        assert_ptr_equal(plugin_symbol_decl(s), plugin_symbol_decl(s));
        assert_ptr_equal(plugin_lookup(p, plugin_symbol_name(s)), s);
        count++;
    }
    assert_int_equal(count, sizeof decls / sizeof *decls);
}

static void an_address_is_that_of_dlsym(void **state)
{
    (void)state;
    only_loadable("dlsym knows no built-in plugin");
    plugin *p = open_plugin("seed.so");
    void *handle = dlopen("./seed.so", RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(handle);
    for (const plugin_symbol *s = plugin_next(p, NULL); s; s = plugin_next(p, s))
        assert_ptr_equal(plugin_address(s), dlsym(handle, plugin_symbol_name(s)));
    dlclose(handle);
}

static void an_indirect_function_is_called_through_its_resolver(void **state)
{
    (void)state;
    plugin *p = plugin_open(HAS_IFUNC ? "seed.so" : "elsewhere/indirect.so");
    int (*indirect)(void);
    *(void **)&indirect = plugin_address(plugin_lookup(p, "indirect"));
    if (HAS_IFUNC) {
        assert_int_equal(indirect(), 1001);
    } else {
        assert_null(p);
        has_text(plugin_error(), "indirect.so does not fit: the dynamic loader refuses it");
        has_text(plugin_error(), "indirect");
    }
}

static void null_passes_through_and_keeps_the_error(void **state)
{
    (void)state;
    assert_null(plugin_open("no such file"));
    assert_null(plugin_as(plugin_lookup(NULL, "x"), int *));
    assert_null(plugin_address(NULL));
    assert_null(plugin_symbol_name(NULL));
    assert_null(plugin_symbol_decl(NULL));
    assert_null(plugin_next(NULL, NULL));
    assert_null(plugin_path(NULL));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    has_text(plugin_error(), "no such file");
    assert_null(plugin_open(NULL));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    assert_null(plugin_lookup(open_plugin("seed.so"), NULL));
    assert_int_equal(plugin_error_code(), PLUGIN_NO_SYMBOL);
}

static void success_leaves_the_error(void **state)
{
    (void)state;
    assert_null(plugin_open("no such file"));
    plugin *p = open_plugin("seed.so");
    assert_non_null(plugin_as(plugin_lookup(p, "number"), int *));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
}

/* ---- assertions ---- */

static void qualifiers_may_be_added_and_not_dropped(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    const plugin_symbol *number = plugin_lookup(p, "number"), *limit = plugin_lookup(p, "limit");
    assert_non_null(plugin_as(number, const int *));
    assert_non_null(plugin_as(number, const volatile int *));
    assert_non_null(plugin_as(limit, const int *));
    assert_null(plugin_as(limit, int *));
    assert_int_equal(plugin_error_code(), PLUGIN_WRONG_TYPE);
    assert_null(plugin_as(plugin_lookup(p, "device"), int *));
    assert_non_null(plugin_as(plugin_lookup(p, "device"), volatile int *));
    assert_non_null(plugin_as(plugin_lookup(p, "origin"), struct point *));
    assert_non_null(plugin_as(plugin_lookup(p, "greeting"), const char *(*)(const struct point *)));
    assert_null(plugin_as(plugin_lookup(p, "greeting"), char *(*)(const struct point *)));
}

static int *ask_for_int(const plugin_symbol *symbol)
{
    return plugin_as(symbol, int *);
}

static void one_place_may_ask_for_many_symbols(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so"), *q = open_plugin("other.so");
    const plugin_symbol *a = plugin_lookup(p, "number"), *b = plugin_lookup(q, "number");
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(ask_for_int(a), plugin_address(a));
        assert_ptr_equal(ask_for_int(b), plugin_address(b));
        assert_null(ask_for_int(plugin_lookup(p, "limit")));
        assert_null(ask_for_int(NULL));
        assert_ptr_equal(ask_for_int(a), plugin_address(a));
        assert_null(ask_for_int(NULL));
    }
    assert_ptr_not_equal(plugin_address(a), plugin_address(b));
}

static void *use_thread_local(void *symbol)
{
    int *own = ask_for_int(symbol);
    *own = 42;
    return own;
}

static void a_thread_local_variable_is_the_threads(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    const plugin_symbol *symbol = plugin_lookup(p, "of_thread");
    int *own = ask_for_int(symbol);
    assert_non_null(own);
    *own = 5;
    pthread_t thread;
    void *others;
    assert_int_equal(pthread_create(&thread, NULL, use_thread_local, (void *)symbol), 0);
    assert_int_equal(pthread_join(thread, &others), 0);
    assert_ptr_not_equal(own, others);
    assert_ptr_equal(ask_for_int(symbol), own);
    int (*get)(void) = plugin_as(plugin_lookup(p, "get_of_thread"), int (*)(void));
    assert_int_equal(get(), 5);
}

/* ---- identity ---- */

static void every_path_to_a_file_gives_the_same_plugin(void **state)
{
    (void)state;
    only_loadable(no_file);
    char absolute[4096];
    plugin *p = open_plugin("same.so");
    assert_int_equal(symlink("same.so", "link.so"), 0);
    assert_int_equal(link("same.so", "hard.so"), 0);
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(symlink("..", "folder/up"), 0);
    assert_ptr_equal(open_plugin("./same.so"), p);
    assert_ptr_equal(open_plugin("folder/../same.so"), p);
    assert_ptr_equal(open_plugin("folder/up/same.so"), p);
    assert_ptr_equal(open_plugin("link.so"), p);
    assert_ptr_equal(open_plugin("hard.so"), p);
    assert_non_null(realpath("same.so", absolute));
    assert_ptr_equal(open_plugin(absolute), p);
    assert_string_equal(plugin_path(p), absolute);
}

static void a_link_that_moves_leads_to_another_plugin(void **state)
{
    (void)state;
    only_loadable(no_file);
    assert_int_equal(symlink("moved-1.so", "moving.so"), 0);
    plugin *first = open_plugin("moving.so");
    assert_int_equal(unlink("moving.so"), 0);
    assert_int_equal(symlink("moved-2.so", "moving.so"), 0);
    plugin *second = open_plugin("moving.so");
    assert_ptr_not_equal(first, second);
    assert_int_equal(*ask_for_int(plugin_lookup(first, "number")), 21);
    assert_int_equal(*ask_for_int(plugin_lookup(second, "number")), 22);
}

static void a_file_put_in_the_place_of_an_open_one_is_the_open_one(void **state)
{
    (void)state;
    only_loadable(no_file);
    plugin *p = open_plugin("replaced.so");
    assert_int_equal(rename("replacing.so", "replaced.so"), 0);
    assert_ptr_equal(open_plugin("replaced.so"), p);
}

static void the_same_name_elsewhere_is_another_plugin(void **state)
{
    (void)state;
    only_loadable("a built-in plugin is known by its name alone");
    plugin *here = open_plugin("named.so"), *there = open_plugin("elsewhere/named.so");
    assert_ptr_not_equal(here, there);
    assert_int_equal(*ask_for_int(plugin_lookup(here, "number")), 31);
    assert_int_equal(*ask_for_int(plugin_lookup(there, "number")), 32);
}

static void a_byte_copy_is_refused_naming_the_original(void **state)
{
    (void)state;
    only_loadable(no_file);
    plugin *p = open_plugin("original.so");
    copy_file("original.so", "copy.so");
    unsetenv("CONSTRUCTIONS");
    assert_null(plugin_open("copy.so"));
    assert_null(getenv("CONSTRUCTIONS"));
    assert_int_equal(plugin_error_code(), PLUGIN_ALREADY_LOADED);
    has_text(plugin_error(), plugin_path(p));
    has_text(plugin_error(), "copy.so");
}

static void plugins_keep_their_names_apart(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so"), *q = open_plugin("other.so");
    int (*a)(void) = plugin_as(plugin_lookup(p, "call_helper"), int (*)(void));
    int (*b)(void) = plugin_as(plugin_lookup(q, "call_helper"), int (*)(void));
    int (*get)(void) = plugin_as(plugin_lookup(q, "get_number"), int (*)(void));
    assert_int_equal(a(), 100);
    assert_int_equal(b(), 200);
    assert_int_equal(get(), 2);
}

/* These two were linked by hand, so that nothing but how they are opened keeps them apart. */
static void plugins_linked_by_hand_keep_their_names_apart(void **state)
{
    (void)state;
    only_loadable("built-in plugins are not linked by hand");
    plugin *p = open_plugin("by-hand-1.so"), *q = open_plugin("by-hand-2.so");
    int (*a)(void) = plugin_as(plugin_lookup(p, "get_number"), int (*)(void));
    int (*b)(void) = plugin_as(plugin_lookup(q, "get_number"), int (*)(void));
    assert_int_equal(a(), 61);
    assert_int_equal(b(), 62);
}

/* ---- refusals leave nothing ---- */

static void a_refused_file_may_be_mended_and_opened(void **state)
{
    (void)state;
    only_loadable(no_file);
    copy_file("unstamped.so", "mended.so");
    unsetenv("CONSTRUCTIONS");
    size_t descriptors = count_entries("/proc/self/fd");
    for (int i = 0; i < 3; i++) {
        assert_null(plugin_open("mended.so"));
        assert_int_equal(plugin_error_code(), PLUGIN_NOT_PLUGIN);
    }
    assert_null(getenv("CONSTRUCTIONS"));
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    assert_int_equal(count_mappings("mended.so"), 0);
    copy_file("mending.so", "mended.so");
    open_plugin("mended.so");
    assert_string_equal(getenv("CONSTRUCTIONS"), "x");
    assert_true(count_mappings("mended.so") > 0);
}

static void a_file_replaced_while_it_is_opened_is_refused(void **state)
{
    (void)state;
    only_loadable(no_file);
    assert_null(plugin_open("replaces.so"));
    assert_int_equal(plugin_error_code(), PLUGIN_SYSTEM);
    has_text(plugin_error(), "changed while it was opened");
}

static void nobody_can_unmap_a_plugin(void **state)
{
    (void)state;
    only_loadable(no_file);
    plugin *p = open_plugin("kept.so");
    void *handle = dlopen(plugin_path(p), RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(handle);
    for (int i = 0; i < 3; i++)
        dlclose(handle); /* once would be right */
    assert_true(count_mappings("kept.so") > 0);
    assert_int_equal(*ask_for_int(plugin_lookup(p, "number")), 70);
}

/* ---- options ---- */

static void options_of_an_older_header_are_taken(void **state)
{
    (void)state;
    struct plugin_options options = {.size = offsetof(struct plugin_options, strict)};
    options.strict = true; /* beyond the size, so not seen */
    assert_ptr_equal(plugin_open_with("seed.so", &options), open_plugin("seed.so"));
    options = (struct plugin_options){.size = 0};
    assert_null(plugin_open_with("seed.so", &options));
    assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
}

static void options_of_a_newer_header_are_taken_while_they_are_zero(void **state)
{
    (void)state;
    struct {
        struct plugin_options known;
        int unknown;
    } options = {.known = {.size = sizeof options}};
    assert_non_null(plugin_open_with("seed.so", &options.known));
    options.unknown = 1;
    assert_null(plugin_open_with("seed.so", &options.known));
    assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
}

static void an_option_that_cannot_be_kept_is_refused(void **state)
{
    (void)state;
    struct plugin_options all[] = {
        {.size = sizeof *all, .timeout_ms = 1},
        {.size = sizeof *all, .placement = PLUGIN_ISOLATED},
        {.size = sizeof *all, .placement = (enum plugin_placement)(PLUGIN_ISOLATED + 1)},
    };
    static const char *const names[] = {"timeout_ms", "placement", "placement"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_null(plugin_open_with("seed.so", &all[i]));
        assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
        has_text(plugin_error(), names[i]);
    }
}

static void a_placement_that_is_asked_for_is_the_only_one(void **state)
{
    (void)state;
    struct plugin_options own = {.size = sizeof own, .placement = PLUGIN_IN_PROCESS};
    struct plugin_options other = {.size = sizeof other, .placement = PLUGIN_BUILT_IN};
    if (is_built_in) {
        own.placement = PLUGIN_BUILT_IN;
        other.placement = PLUGIN_IN_PROCESS;
    }
    assert_non_null(plugin_open_with("seed.so", &own));
    assert_ptr_equal(plugin_open_with("seed.so", &own), open_plugin("seed.so"));
    assert_null(plugin_open_with("seed.so", &other));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
}

static void a_built_in_plugin_is_found_in_every_directory(void **state)
{
    (void)state;
    if (!is_built_in)
        skip();
    plugin *p = open_plugin("/nowhere/same.so");
    assert_ptr_equal(open_plugin("same.so"), p);
    assert_ptr_equal(open_plugin("./same.so"), p);
    assert_string_equal(plugin_path(p), "same.so");
    assert_null(plugin_open("same"));
    assert_null(plugin_open("same.so/"));
}

/* Changes one bit of the file, at its content's end: of what is loaded, that is the last byte. */
static void flip(const char *path, long place)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, place, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_not_equal(byte, EOF);
    assert_int_equal(fseek(file, place, SEEK_SET), 0);
    assert_int_not_equal(fputc(byte ^ 1, file), EOF);
    assert_int_equal(fclose(file), 0);
}

/* The last byte of each segment that is loaded. */
static size_t find_loaded(const char *path, long *places, size_t most)
{
    ElfW(Ehdr) header;
    size_t count = 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(&header, sizeof header, 1, file), 1);
    assert_int_equal(fseek(file, (long)header.e_phoff, SEEK_SET), 0);
    for (size_t i = 0; i < header.e_phnum && count < most; i++) {
        ElfW(Phdr) segment;
        assert_int_equal(fread(&segment, sizeof segment, 1, file), 1);
        if (segment.p_type == PT_LOAD && segment.p_filesz)
            places[count++] = (long)(segment.p_offset + segment.p_filesz - 1);
    }
    fclose(file);
    return count;
}

static void a_changed_byte_is_noticed_when_that_is_asked_for(void **state)
{
    (void)state;
    only_loadable(no_file);
    struct plugin_options options = {.size = sizeof options, .verify = true};
    long places[8];
    size_t count = find_loaded("verified.so", places, sizeof places / sizeof *places);
    assert_true(count >= 2);
    for (size_t i = 0; i < count; i++) {
        copy_file("verified.so", "changed.so");
        flip("changed.so", places[i]);
        unsetenv("CONSTRUCTIONS");
        assert_null(plugin_open_with("changed.so", &options));
        assert_int_equal(plugin_error_code(), PLUGIN_NOT_PLUGIN);
        assert_null(getenv("CONSTRUCTIONS"));
    }
    has_text(plugin_error(), "its contents are not those that were stamped");
    assert_non_null(plugin_open_with("verified.so", &options));
    assert_string_equal(getenv("CONSTRUCTIONS"), "x");
}

static void a_bare_name_is_searched_where_the_options_say(void **state)
{
    (void)state;
    only_loadable("a built-in plugin is not searched for");
    char here[4000], first[4096], second[4096];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(first, sizeof first, "%s/empty", here);
    snprintf(second, sizeof second, "%s/searched", here);
    const char *const directories[] = {first, second, NULL};
    struct plugin_options options = {.size = sizeof options, .search = directories};
    plugin *p = plugin_open_with("found.so", &options);
    assert_non_null(p);
    has_text(plugin_path(p), "/searched/found.so");
    assert_null(plugin_open_with("seed.so", &options)); /* the working directory is not searched */
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    has_text(plugin_error(), second);
    assert_non_null(plugin_open_with("./seed.so", &options));
    const char *const relative[] = {"searched", NULL};
    options.search = relative;
    assert_null(plugin_open_with("found.so", &options));
    has_text(plugin_error(), "absolute");
}

/* ---- constructors that open plugins ---- */

static const char *said_by(plugin *p)
{
    char(*said)[4096] = plugin_as(plugin_lookup(p, "said"), char(*)[4096]);
    return said ? *said : plugin_error();
}

static void a_constructor_may_open_other_plugins(void **state)
{
    (void)state;
    setenv("OPENS_OTHER", "inner.so", 1);
    plugin *outer = open_plugin("opens-other.so");
    assert_string_equal(said_by(outer), "");
    assert_ptr_equal(*plugin_as(plugin_lookup(outer, "other"), plugin **), open_plugin("inner.so"));
}

static void a_constructor_that_opens_its_own_plugin_gets_an_error(void **state)
{
    (void)state;
    setenv("OPENS_SELF", "opens-self.so", 1);
    plugin *p = open_plugin("opens-self.so");
    char code[16];
    snprintf(code, sizeof code, "%d ", PLUGIN_INIT_FAILED);
    has_text(said_by(p), code);
    has_text(said_by(p), "opens-self.so opens ");
}

static void a_ring_of_plugins_gets_an_error(void **state)
{
    (void)state;
    setenv("OPENS_RING_B", "ring-b.so", 1);
    setenv("OPENS_RING_A", "ring-a.so", 1);
    plugin *a = open_plugin("ring-a.so"), *b = open_plugin("ring-b.so");
    assert_string_equal(said_by(a), "");
    has_text(said_by(b), "ring-a.so opens ");
    has_text(said_by(b), "ring-b.so opens ");
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 200 };

static pthread_barrier_t barrier;

static void *open_at_once(void *path)
{
    pthread_barrier_wait(&barrier);
    return plugin_open(path);
}

static void threads_that_open_at_once_get_the_same_plugin(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    void *plugins[THREADS];
    unsetenv("CONSTRUCTIONS");
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_at_once, "at-once.so"), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], &plugins[i]);
    pthread_barrier_destroy(&barrier);
    for (int i = 0; i < THREADS; i++) {
        assert_non_null(plugins[i]);
        assert_ptr_equal(plugins[i], plugins[0]);
    }
    assert_string_equal(getenv("CONSTRUCTIONS"), "x");
}

/* Two threads, whose plugins' constructors each open the other's plugin. */
static void threads_whose_plugins_open_each_other_end(void **state)
{
    (void)state;
    pthread_t threads[2];
    void *plugins[2];
    setenv("OPENS_CROSS_B", "cross-b.so", 1);
    setenv("OPENS_CROSS_A", "cross-a.so", 1);
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&threads[0], NULL, open_at_once, "cross-a.so");
    pthread_create(&threads[1], NULL, open_at_once, "cross-b.so");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], &plugins[i]);
    pthread_barrier_destroy(&barrier);
    assert_non_null(plugins[0]);
    assert_non_null(plugins[1]);
    assert_ptr_equal(plugins[0], open_plugin("cross-a.so"));
    assert_ptr_equal(plugins[1], open_plugin("cross-b.so"));
}

/* What a thread does again and again; returns how often it did not get what it should. */
static void *use_all(void *argument)
{
    intptr_t wrong = 0;
    plugin *p = argument;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        wrong += plugin_open(i % 2 ? "many.so" : "./many.so") != p;
        const plugin_symbol *number = plugin_lookup(p, "number");
        wrong += ask_for_int(number) != plugin_address(number);
        wrong += strcmp(plugin_symbol_decl(number), "int number") != 0;
        wrong += plugin_lookup(p, "nothing") != NULL;
        wrong += plugin_error_code() != PLUGIN_NO_SYMBOL;
        wrong += plugin_as(number, double *) != NULL;
        wrong += strstr(plugin_error(), "double") == NULL;
        wrong += plugin_open("unstamped.so") != NULL;
    }
    return (void *)wrong;
}

static void everything_may_be_used_from_many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    plugin *p = open_plugin("many.so");
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_all, p), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    pthread_barrier_destroy(&barrier);
}

static void *has_no_error(void *unused)
{
    (void)unused;
    return (void *)(intptr_t)(plugin_error_code() == PLUGIN_OK && !*plugin_error());
}

static void each_thread_has_its_own_error(void **state)
{
    (void)state;
    pthread_t thread;
    void *none;
    assert_null(plugin_open("no such file"));
    pthread_create(&thread, NULL, has_no_error, NULL);
    pthread_join(thread, &none);
    assert_non_null(none);
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
}

/* ---- the end ---- */

static void a_sealed_process_opens_nothing_new(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    plugin_seal();
    assert_ptr_equal(plugin_open("seed.so"), p);
    assert_null(plugin_open("sealed.so"));
    assert_int_equal(plugin_error_code(), PLUGIN_SEALED);
    assert_int_equal(count_mappings("sealed.so"), 0);
}

int main(void)
{
    const char *placement = getenv("PLACEMENT");
    is_built_in = placement && !strcmp(placement, "built-in");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_and_a_function_are_used_with_their_types),
        cmocka_unit_test(a_constructor_runs_once_and_main_never),
        cmocka_unit_test(symbols_come_in_the_order_of_names),
        cmocka_unit_test(an_address_is_that_of_dlsym),
        cmocka_unit_test(an_indirect_function_is_called_through_its_resolver),
        cmocka_unit_test(null_passes_through_and_keeps_the_error),
        cmocka_unit_test(success_leaves_the_error),
        cmocka_unit_test(qualifiers_may_be_added_and_not_dropped),
        cmocka_unit_test(one_place_may_ask_for_many_symbols),
        cmocka_unit_test(a_thread_local_variable_is_the_threads),
        cmocka_unit_test(every_path_to_a_file_gives_the_same_plugin),
        cmocka_unit_test(a_link_that_moves_leads_to_another_plugin),
        cmocka_unit_test(a_file_put_in_the_place_of_an_open_one_is_the_open_one),
        cmocka_unit_test(the_same_name_elsewhere_is_another_plugin),
        cmocka_unit_test(a_byte_copy_is_refused_naming_the_original),
        cmocka_unit_test(plugins_keep_their_names_apart),
        cmocka_unit_test(plugins_linked_by_hand_keep_their_names_apart),
        cmocka_unit_test(a_refused_file_may_be_mended_and_opened),
        cmocka_unit_test(a_file_replaced_while_it_is_opened_is_refused),
        cmocka_unit_test(nobody_can_unmap_a_plugin),
        cmocka_unit_test(options_of_an_older_header_are_taken),
        cmocka_unit_test(options_of_a_newer_header_are_taken_while_they_are_zero),
        cmocka_unit_test(an_option_that_cannot_be_kept_is_refused),
        cmocka_unit_test(a_placement_that_is_asked_for_is_the_only_one),
        cmocka_unit_test(a_built_in_plugin_is_found_in_every_directory),
        cmocka_unit_test(a_changed_byte_is_noticed_when_that_is_asked_for),
        cmocka_unit_test(a_bare_name_is_searched_where_the_options_say),
        cmocka_unit_test(a_constructor_may_open_other_plugins),
        cmocka_unit_test(a_constructor_that_opens_its_own_plugin_gets_an_error),
        cmocka_unit_test(a_ring_of_plugins_gets_an_error),
        cmocka_unit_test(threads_that_open_at_once_get_the_same_plugin),
        cmocka_unit_test(threads_whose_plugins_open_each_other_end),
        cmocka_unit_test(everything_may_be_used_from_many_threads),
        cmocka_unit_test(each_thread_has_its_own_error),
        cmocka_unit_test(a_sealed_process_opens_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

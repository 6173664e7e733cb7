/* Files: identity, refusals and options. */
#include "../../common/counts.h"
#include "library.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void another_file_in_the_place_of_an_open_one_is_refused(void **state)
{
    (void)state;
    only_loadable(no_file);
    plugin *p = open_plugin("replaced.so");
    copy_file("replaced.so", "replaced-again.so");
    assert_int_equal(rename("replaced-again.so", "replaced.so"), 0);
    assert_ptr_equal(open_plugin("replaced.so"), p);
    assert_int_equal(rename("replacing.so", "replaced.so"), 0);
    assert_null(plugin_open("replaced.so"));
    assert_int_equal(plugin_error_code(), PLUGIN_ALREADY_LOADED);
    has_text(plugin_error(), "was replaced by another one; retire the open plugin");
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
    has_text(plugin_error(), "changed while it was being opened");
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
    struct plugin_options options = {.size = offsetof(struct plugin_options, timeout_ms)};
    options.timeout_ms = 1; /* beyond the size, so not seen */
    assert_ptr_equal(plugin_open_with("seed.so", &options), open_plugin("seed.so"));
}

/* The struct ends where memory does. */
static void a_size_that_no_header_has_is_refused_and_not_followed(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    struct plugin_options *options = (void *)(pages + page - sizeof *options);
    const size_t sizes[] = {0,
                            1,
                            sizeof(size_t) - 1,
                            sizeof *options - 4,
                            sizeof *options + 1,
                            1000,
                            100000,
                            SIZE_MAX / 2,
                            SIZE_MAX - 7,
                            SIZE_MAX,
                            256,
                            sizeof *options + sizeof(size_t),
                            2 * sizeof *options};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char said[80];
        *options = (struct plugin_options){.size = sizes[i]};
        snprintf(said, sizeof said, "options.size is %zu; set it to sizeof(", sizes[i]);
        assert_null(plugin_open_with("seed.so", options));
        assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
        has_text(plugin_error(), said);
    }
    struct plugin_trust *trust = (void *)(pages + page - sizeof *trust);
    struct plugin_options with_trust = {.size = sizeof with_trust, .trust = trust};
    const size_t trust_sizes[] = {SIZE_MAX - 7, sizeof *trust + sizeof(size_t)};
    for (size_t i = 0; i < 2; i++) {
        *trust = (struct plugin_trust){.size = trust_sizes[i]};
        assert_null(plugin_open_with("seed.so", &with_trust));
        has_text(plugin_error(), "trust.size is ");
    }
    assert_int_equal(munmap(pages, 2 * page), 0);
}

static void options_of_a_newer_header_are_taken_while_they_are_zero(void **state)
{
    (void)state;
    struct {
        struct plugin_options known;
        size_t unknown;
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
        {.size = sizeof *all,
         .isolation = &(struct plugin_isolation){.size = sizeof(struct plugin_isolation)}},
        {.size = sizeof *all, .placement = PLUGIN_ISOLATED, .is_global = true},
        {.size = sizeof *all, .placement = PLUGIN_ISOLATED, .allow_unstamped = true},
        {.size = sizeof *all, .placement = (enum plugin_placement)(PLUGIN_ISOLATED + 1)},
        {.size = sizeof *all, .trust = &(struct plugin_trust){.size = sizeof(struct plugin_trust)}},
    };
    static const char *const names[] = {"timeout_ms",      "isolation", "is_global",
                                        "allow_unstamped", "placement", "no condition"};
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
    has_text(plugin_error(), "its contents do not match the hash in its stamp");
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
    options.search = relative + 1;
    assert_null(plugin_open_with("found.so", &options));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    has_text(plugin_error(), "options.search has no directory");
    assert_null(plugin_open_with("", &options));
    assert_string_equal(plugin_error(), "cannot open a plugin: the path is empty");
}

int main(void)
{
    const char *placement = getenv("PLACEMENT");
    is_built_in = placement && !strcmp(placement, "built-in");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_to_a_file_gives_the_same_plugin),
        cmocka_unit_test(a_link_that_moves_leads_to_another_plugin),
        cmocka_unit_test(another_file_in_the_place_of_an_open_one_is_refused),
        cmocka_unit_test(the_same_name_elsewhere_is_another_plugin),
        cmocka_unit_test(a_byte_copy_is_refused_naming_the_original),
        cmocka_unit_test(a_refused_file_may_be_mended_and_opened),
        cmocka_unit_test(a_file_replaced_while_it_is_opened_is_refused),
        cmocka_unit_test(nobody_can_unmap_a_plugin),
        cmocka_unit_test(options_of_an_older_header_are_taken),
        cmocka_unit_test(a_size_that_no_header_has_is_refused_and_not_followed),
        cmocka_unit_test(options_of_a_newer_header_are_taken_while_they_are_zero),
        cmocka_unit_test(an_option_that_cannot_be_kept_is_refused),
        cmocka_unit_test(a_placement_that_is_asked_for_is_the_only_one),
        cmocka_unit_test(a_built_in_plugin_is_found_in_every_directory),
        cmocka_unit_test(a_changed_byte_is_noticed_when_that_is_asked_for),
        cmocka_unit_test(a_bare_name_is_searched_where_the_options_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

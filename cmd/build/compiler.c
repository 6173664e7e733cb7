/* SPDX-License-Identifier: MIT */
/* The compiler, and its flags that make plugins and hosts. */
#include "build/compiler_p.h"

#include "common/cmd.h"
#include "src/base/path.h"

#include <stdlib.h>
#include <string.h>

/* Is this a directory that the dynamic loader searches by default, such as /lib, /usr/lib64 or
 * /usr/lib/x86_64-linux-gnu? */
static bool compiler_is_system_directory(const char *path)
{
    path += !strncmp(path, "/usr/", 5) ? 4 : 0;
    if (strncmp(path, "/lib", 4) != 0)
        return false;
    path += 4;
    path += strspn(path, "x3264");
    return !*path || *path == '/';
}

void compiler_add(struct words *command, const struct build *build)
{
    const char *variable = getenv(build->is_cplusplus ? "CXX" : "CC");
    words_add_split(command, build->compiler ? build->compiler : variable);
    if (!command->count)
        words_add(command, build->is_cplusplus ? "c++" : "cc");
}

bool compiler_is_cplusplus(const struct build *build)
{
    WORDS_AUTO command = {0};
    compiler_add(&command, build);
    return build->is_cplusplus ||
           (!command.failed && strstr(path_base_name(command.items[0]), "++"));
}

/* ---- compiling ---- */

/* Does the compiler accept this flag? A compiler that cannot be run fails later, with a message. */
static bool compiler_accepts(const struct build *build, const struct scratch *scratch,
                             const char *flag)
{
    ERROR_AUTO ignored = {0};
    WORDS_AUTO command = {0};
    int status;
    compiler_add(&command, build);
    words_add_list(&command, flag, "-E", "-xc++", "/dev/null", NULL);
    return run_silently(scratch, &command, &status, &ignored) && status == 0;
}

/* g++ makes the variables of inline functions and templates STB_GNU_UNIQUE: one for each name in
 * the process, however its modules were linked and opened. Those of two plugins may differ. */
static void compiler_add_uniqueness(struct words *command, const struct build *build,
                                    const struct scratch *scratch)
{
    if ((build->is_plugin || build->is_archive) &&
        compiler_accepts(build, scratch, "-fno-gnu-unique"))
        words_add(command, "-fno-gnu-unique");
}

/* C++ compilers describe a class in the file of a constructor or virtual function only, unless one
 * of these flags makes them describe it in each file that uses it. */
static void compiler_add_classes(struct words *command, const struct build *build,
                                 const struct scratch *scratch)
{
    static const char *const flags[] = {"-fstandalone-debug", "-femit-class-debug-always"};
    for (size_t i = 0; i < 2; i++)
        if (compiler_accepts(build, scratch, flags[i])) {
            words_add(command, "%s", flags[i]);
            return;
        }
}

void compiler_add_defaults(struct words *command, const struct build *build,
                           const struct scratch *scratch)
{
    words_add(command, "-g");
    if (!compiler_is_cplusplus(build))
        return;
    compiler_add_uniqueness(command, build, scratch);
    compiler_add_classes(command, build, scratch);
}

void compiler_add_headers(struct words *command)
{
    TEXT_AUTO headers = {0};
    cmd_add_include_directory(&headers);
    /* The compiler searches it by default, and -I would break C++'s #include_next. */
    if (strcmp(text_chars(&headers), "/usr/include") != 0)
        words_add(command, "-I%s", text_chars(&headers));
    command->failed |= headers.failed;
}

void compiler_add_code(struct words *command)
{
    /* Another copy of a package may be the live one: its functions must not be inlined, as clang
     * would. */
    words_add_list(command, "-fPIC", "-fsemantic-interposition", NULL);
}

/* ---- linking ---- */

static bool compiler_links_with_gold(const struct words *command)
{
    const char *linker = "";
    for (size_t i = 0; i < command->count; i++)
        if (!strncmp(command->items[i], "-fuse-ld=", 9))
            linker = command->items[i] + 9;
    return !strcmp(linker, "gold");
}

/* Binds the plugin's references to its own symbols to itself, whatever the host exports, except
 * those to packages' symbols, which the dynamic list names: they bind to the live copy. */
static void compiler_add_binding(struct words *command, const char *dynamic_list)
{
    /* With gold, --dynamic-list does not imply -Bsymbolic for the other symbols; with lld,
     * -Bsymbolic overrides the list. */
    if (!dynamic_list || compiler_links_with_gold(command))
        words_add(command, "-Wl,-Bsymbolic");
    if (dynamic_list)
        words_add(command, "-Wl,--dynamic-list=%s", dynamic_list);
}

void compiler_add_library(struct words *command, const struct build *build)
{
    TEXT_AUTO directory = {0};
    cmd_add_library_directory(&directory);
    words_add(command, "-L%s", text_chars(&directory));
    if (!build->is_static && !compiler_is_system_directory(text_chars(&directory)))
        words_add(command, "-Wl,-rpath,%s", text_chars(&directory));
    words_add(command, build->is_static ? "-lplugin-static" : "-lplugin");
    command->failed |= directory.failed;
}

void compiler_add_link(struct words *command, const struct build *build, const char *dynamic_list)
{
    if (build->is_plugin) {
        words_add_list(command, "-fPIC", "-shared", NULL);
        compiler_add_binding(command, dynamic_list);
        /* A plugin that never calls libplugin does not depend on it. */
        words_add(command, "-Wl,--push-state,--as-needed");
    } else if (!build->is_static) {
        /* Exports to plugins. glibc's static-pie start code does not survive it. */
        words_add(command, "-rdynamic");
    }
    compiler_add_library(command, build);
    if (build->is_plugin)
        words_add(command, "-Wl,--pop-state");
}

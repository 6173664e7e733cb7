/* SPDX-License-Identifier: MIT */
/* Stamps a linked file, as a loadable plugin and as a built-in one. The readers must accept what
 * the stamp writes. libdw is the system's, without instrumentation. */
#include "stamp/stamp.h"
#include "fuzz/fuzz.h"
#include "src/module/module.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* The file that every input overwrites, and the stamped file. */
static char directory[] = "/tmp/plugin-fuzz.XXXXXX";
static char input_path[64], output_path[64];

static void remove_directory(void)
{
    unlink(output_path);
    rmdir(directory);
}

static int make_paths(void)
{
    static int descriptor = -1;
    if (descriptor >= 0)
        return descriptor;
    descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_PROMISE(descriptor >= 0 && mkdtemp(directory));
    snprintf(input_path, sizeof input_path, "/proc/self/fd/%d", descriptor);
    snprintf(output_path, sizeof output_path, "%s/stamped", directory);
    atexit(remove_directory);
    return descriptor;
}

static void check_output(void)
{
    FILE_AUTO file = FILE_NONE;
    ARENA_AUTO arena = {0};
    struct module module;
    ERROR_AUTO error = {0};
    FUZZ_PROMISE(file_open(&file, output_path, &error));
    if (!module_read(&module, &file, &arena, &error) || !module_types(&module, &error)) {
        fprintf(stderr, "stamped, and then refused: %s\n", error_text(&error));
        abort();
    }
    FUZZ_PROMISE(module.is_stamped);
    module_deinit(&module);
}

FUZZ_TARGET(stamp)
{
    int descriptor = make_paths();
    struct stamp_report report = {0}, built_in_report = {0};
    struct stamp_sections tables;
    const struct stamp_options options = {0};
    ERROR_AUTO error = {0}, built_in_error = {0};
    TEXT_AUTO names = {0};
    FUZZ_PROMISE(ftruncate(descriptor, 0) == 0);
    FUZZ_PROMISE(pwrite(descriptor, input.data, input.size, 0) == (ssize_t)input.size);
    fuzz_was_read = stamp_file(input_path, output_path, &options, &report, &error);
    if (fuzz_was_read)
        check_output();
    stamp_built_in(input_path, &options, &built_in_report, &tables, &built_in_error);
    stamp_sections_free(&tables);
    error_free(&error);
    stamp_package_symbols(input_path, &names, &error);
    stamp_report_free(&report);
    stamp_report_free(&built_in_report);
}

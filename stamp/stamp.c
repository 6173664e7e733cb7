/* Stamps a file: reads the module, writes its sections into a copy, and renames the copy. */
#include "model/model.h"
#include "src/gofile/go_module.h"
#include "src/module/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void stamp_free(struct stamp *stamp)
{
    for (size_t i = 0; i < stamp->constructor_count; i++)
        free(stamp->constructors[i].name);
    for (size_t i = 0; i < stamp->compiler_count; i++) {
        free(stamp->compilers[i].name);
        free(stamp->compilers[i].flags);
    }
    free(stamp->constructors);
    free(stamp->compilers);
    free(stamp->symbols);
    free(stamp->copies);
    free(stamp->probes);
    stamp_packages_free(&stamp->packages);
    stamp_uses_free(&stamp->uses);
    dwarf_end(stamp->dwarf);
    elf_end(stamp->elf);
}

void stamp_report_free(struct stamp_report *report)
{
    text_free(&report->warnings);
}

/* Says which symbols have no type: indirect functions, or the others. */
static void report_untyped(struct stamp *stamp, bool is_indirect)
{
    enum { NAMED_MAX = 5 };
    size_t count = 0;
    TEXT_AUTO names = {0};
    for (size_t i = 0; i < stamp->symbol_count; i++) {
        const struct stamp_symbol *symbol = &stamp->symbols[i];
        if (symbol->match || (symbol->kind == FORMAT_INDIRECT) != is_indirect)
            continue;
        if (count++ < NAMED_MAX) {
            text_add(&names, "%s", names.length ? ", " : "");
            text_add_escaped(&names, symbol->name);
        }
    }
    if (!count)
        return;
    const char *plural = count == 1 ? "" : "s", *more = count > NAMED_MAX ? ", ..." : "";
    text_add(&stamp->report->warnings,
             is_indirect ? "%zu indirect function%s without a type (%s%s): the resolver must "
                           "return a pointer of the function's type\n"
                         : "%zu symbol%s without debug information, so without a type (%s%s): "
                           "compile the files that define them with -g\n",
             count, plural, text_chars(&names), more);
}

void *stamp_grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity ? *capacity * 2 : 16;
    void *moved = reallocarray(items, larger, item_size);
    if (moved)
        *capacity = larger;
    return moved;
}

/* Reads the module at the descriptor as far as its symbols and packages. */
static bool read_module(struct stamp *stamp, int input, struct error *error)
{
    stamp->elf = elf_begin(input, ELF_C_READ, NULL);
    if (!stamp->elf)
        return set_libelf_error(error, "cannot read it");
    return stamp_read_header(stamp, error) && stamp_open_dwarf(stamp, error) &&
           stamp_read_symbols(stamp, error) && stamp_read_wants(stamp, error) &&
           stamp_read_dwarf(stamp, error) && stamp_order_packages(stamp, error);
}

/* Tables of a built-in plugin are read back as a stamped file is (replace.c). */
static bool check_tables(const struct stamp *stamp, const struct sections *sections,
                         struct error *error)
{
    struct meta meta;
    struct btf btf;
    ERROR_AUTO refusal = {0};
    bool is_good = meta_read_start(&meta, sections->meta, &refusal) &&
                   btf_read(&btf, sections->btf, stamp->pointer_size, &refusal);
    if (is_good) {
        is_good = meta_read_tables(&meta, sections->meta, &refusal) &&
                  meta_check_types(&meta, &btf, &refusal);
        btf_free(&btf);
    }
    if (is_good)
        return true;
    if (refusal.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "it is damaged, and what is stamped would be refused: %s",
                     error_text(&refusal));
}

/* Reads the rest, and makes the two sections. */
static bool make_sections(int input, const char *path, const struct stamp_options *options,
                          bool is_built_in, struct stamp_report *report, struct sections *sections,
                          struct error *error)
{
    struct stamp stamp = {.report = report, .is_built_in = is_built_in};
    void *btf = NULL, *meta = NULL;
    bool done = read_module(&stamp, input, error) &&
                stamp_check_linked(&stamp, path, options, error) &&
                stamp_read_constructors(&stamp, error) && stamp_read_sources(&stamp, error);
    if (done) {
        stamp_split_symbols(&stamp);
        stamp_filter_uses(&stamp);
    }
    done = done && stamp_check_binding(&stamp, error) && stamp_check_hidden(&stamp, error) &&
           stamp_write_types(&stamp, &btf, &sections->btf.size, error) &&
           stamp_make_imports(&stamp, error);
    sections->btf.data = btf;
    done = done && stamp_write_meta(&stamp, sections->btf, &meta, &sections->meta.size, error);
    sections->meta.data = meta;
    done = done && (!is_built_in || check_tables(&stamp, sections, error));
    if (done) {
        report_untyped(&stamp, false);
        report_untyped(&stamp, true);
    }
    stamp_free(&stamp);
    return done;
}

static bool stamp_open(int input, const char *path, const char *output,
                       const struct stamp_options *options, struct stamp_report *report,
                       struct error *error)
{
    struct stat status;
    if (fstat(input, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a regular file");
    struct sections sections = {{0}, {0}};
    /* Reading takes the time; what must not be interrupted comes after it, and is short. */
    bool done = make_sections(input, path, options, false, report, &sections, error) &&
                stamp_check_built_ins(input, path, error) &&
                stamp_replace(input, &status, output, &sections, error);
    free((void *)sections.btf.data);
    free((void *)sections.meta.data);
    return done;
}

/* What Go's linker made needs no stamp, and may have no other types than those that it has. */
static bool check_language(const char *path, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO unread = {0}; /* the old stamp may be damaged, which a new one mends */
    struct module module;
    if (!file_open(&file, path, &unread) || !module_read(&module, &file, &unread))
        return unread.code != PLUGIN_NO_MEMORY || error_set_no_memory(error);
    bool is_go = module.go && module.go->is_plugin;
    module_free(&module);
    return !is_go || error_set(error, PLUGIN_NOT_PLUGIN,
                               "it is a Go plugin, which plugin_open opens as it is: it needs no "
                               "stamp");
}

bool stamp_file(const char *input, const char *output, const struct stamp_options *options,
                struct stamp_report *report, struct error *error)
{
    static const struct stamp_options none = {0};
    if (elf_version(EV_CURRENT) == EV_NONE)
        return set_libelf_error(error, "libelf is too old");
    if (!check_language(input, error))
        return false;
    /* A symbolic link stays one: what it leads to is what is written. */
    char *target = realpath(output, NULL);
    if (!target && errno == ENOMEM)
        return error_set_no_memory(error);
    int descriptor = open(input, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done = descriptor >= 0 ? stamp_open(descriptor, input, target ? target : output,
                                             options ? options : &none, report, error)
                                : error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    free(target);
    return done;
}

bool stamp_built_in(const char *path, const struct stamp_options *options,
                    struct stamp_report *report, struct stamp_tables *tables, struct error *error)
{
    struct sections sections = {{0}, {0}};
    *tables = (struct stamp_tables){0};
    if (elf_version(EV_CURRENT) == EV_NONE)
        return set_libelf_error(error, "libelf is too old");
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    bool done = make_sections(descriptor, path, options, true, report, &sections, error);
    close(descriptor);
    tables->meta = sections.meta;
    tables->btf = sections.btf;
    return done;
}

void stamp_tables_free(struct stamp_tables *tables)
{
    free((void *)tables->meta.data);
    free((void *)tables->btf.data);
    *tables = (struct stamp_tables){0};
}

/* The two sections of a module, of which only the definitions that others want are looked at. */
bool stamp_make_wanted(int input, const struct stamp_wanted *wanted, struct sections *sections,
                       struct error *error)
{
    struct stamp_report report = {0};
    struct stamp stamp = {.report = &report, .names_only = true, .wanted = wanted};
    void *btf = NULL, *meta = NULL;
    stamp.elf = elf_begin(input, ELF_C_READ, NULL);
    bool done = stamp.elf
                    ? stamp_read_header(&stamp, error) && stamp_open_dwarf(&stamp, error) &&
                          stamp_read_symbols(&stamp, error) && stamp_read_dwarf(&stamp, error) &&
                          stamp_order_packages(&stamp, error)
                    : set_libelf_error(error, "cannot read it");
    if (done)
        stamp_split_symbols(&stamp);
    done = done && stamp_write_types(&stamp, &btf, &sections->btf.size, error);
    sections->btf.data = btf;
    done = done && stamp_write_meta(&stamp, sections->btf, &meta, &sections->meta.size, error);
    sections->meta.data = meta;
    stamp_free(&stamp);
    stamp_report_free(&report);
    return done;
}

/* The symbols of the packages of the module at the descriptor. */
static bool add_package_symbols(int input, struct text *names, struct error *error)
{
    struct stamp_report report = {0};
    struct stamp stamp = {.report = &report, .names_only = true};
    stamp.elf = elf_begin(input, ELF_C_READ, NULL);
    bool done = stamp.elf != NULL || set_libelf_error(error, "cannot read it");
    done = done && stamp_read_header(&stamp, error);
    if (done && stamp_has_debug_info(&stamp))
        done = stamp_open_dwarf(&stamp, error);
    if (done && stamp.has_packages) {
        done = stamp_read_symbols(&stamp, error) && stamp_read_dwarf(&stamp, error) &&
               stamp_order_packages(&stamp, error);
        if (done)
            stamp_split_symbols(&stamp);
        for (size_t i = 0; done && i < stamp.shared_count; i++)
            text_add(names, "%s\n", stamp.shared[i].name);
    }
    stamp_free(&stamp);
    stamp_report_free(&report);
    return done;
}

bool stamp_package_symbols(const char *path, struct text *names, struct error *error)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return set_libelf_error(error, "libelf is too old");
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    bool done = add_package_symbols(descriptor, names, error);
    close(descriptor);
    return done;
}

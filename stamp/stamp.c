/* Stamps a file: reads the module, writes its sections into a copy, and renames the copy. */
#include "internal.h"

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
    free(stamp->probes);
    dwarf_end(stamp->dwarf);
    elf_end(stamp->elf);
}

void stamp_report_free(struct stamp_report *report)
{
    text_free(&report->warnings);
}

/* Each use of plugin_as in C leaves a pointer in a section of its own: are they all described? */
static bool check_probes(struct stamp *stamp, struct error *error)
{
    Elf_Scn *section = NULL;
    while ((section = stamp_next_section(stamp->elf, section, "plugin_probes"))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return set_libelf_error(error, "cannot read its sections");
        size_t uses = header.sh_size / stamp->pointer_size, described = 0;
        for (size_t i = 0; i < stamp->probe_count; i++)
            described += stamp->probes[i].address >= header.sh_addr &&
                         stamp->probes[i].address - header.sh_addr < header.sh_size;
        if (described < uses)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "%zu of its %zu uses of plugin_as have no debug information, which "
                             "says what type they ask for; compile every file with -g",
                             uses - described, uses);
    }
    return true;
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

/* Reads the module at the descriptor, and makes its two sections. */
static bool make_sections(int input, struct stamp_report *report, struct sections *sections,
                          struct error *error)
{
    struct stamp stamp = {.report = report};
    void *btf = NULL, *meta = NULL;
    stamp.elf = elf_begin(input, ELF_C_READ_MMAP_PRIVATE, NULL);
    bool done = stamp.elf != NULL || set_libelf_error(error, "cannot read it");
    done = done && stamp_read_elf(&stamp, error) && stamp_read_dwarf(&stamp, error) &&
           check_probes(&stamp, error) &&
           stamp_write_types(&stamp, &btf, &sections->btf.size, error);
    sections->btf.data = btf;
    done = done && stamp_write_meta(&stamp, sections->btf, &meta, &sections->meta.size, error);
    sections->meta.data = meta;
    if (done) {
        report_untyped(&stamp, false);
        report_untyped(&stamp, true);
    }
    stamp_free(&stamp);
    return done;
}

static bool stamp_open(int input, const char *output, struct stamp_report *report,
                       struct error *error)
{
    struct stat status;
    if (fstat(input, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a regular file");
    struct sections sections = {{0}, {0}};
    /* Reading takes the time; what must not be interrupted comes after it, and is short. */
    bool done = make_sections(input, report, &sections, error) &&
                stamp_replace(input, &status, output, &sections, error);
    free((void *)sections.btf.data);
    free((void *)sections.meta.data);
    return done;
}

bool stamp_file(const char *input, const char *output, struct stamp_report *report,
                struct error *error)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return set_libelf_error(error, "libelf is too old");
    /* A symbolic link stays one: what it leads to is what is written. */
    char *target = realpath(output, NULL);
    int descriptor = open(input, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done = descriptor >= 0 ? stamp_open(descriptor, target ? target : output, report, error)
                                : error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    free(target);
    return done;
}

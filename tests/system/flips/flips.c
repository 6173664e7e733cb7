/* flips PLUGIN: every truncation and every single-bit flip of a plugin. Each is refused, or the
 * plugin opens, its symbols have their types, and its functions work. Of those that the readers
 * accept, two bits of each byte are opened; all eight if EXHAUSTIVE is set in the environment.
 *
 * A wrapped file_read records which bytes the library reads. The readers judge each change in this
 * process. A change of bytes that they read is also opened, in a process of its own. Two kinds of
 * bytes are covered only by a check of the whole file: those that the library does not read (code,
 * data, relocations), which are not opened here; and those by which the dynamic loader binds and
 * protects memory, which are, and may crash. With options.verify, every flip of loaded bytes must
 * be refused. */
#include "src/libraries/libraries.h"
#include "src/types/print.h"

#include <plugin.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- recording reads ---- */

static bool *is_read; /* for each byte of the file; NULL: reads are not recorded */

bool __real_file_read(const struct file *file, uint64_t offset, size_t size, void *buffer,
                      struct error *error);
bool __wrap_file_read(const struct file *file, uint64_t offset, size_t size, void *buffer,
                      struct error *error);

bool __wrap_file_read(const struct file *file, uint64_t offset, size_t size, void *buffer,
                      struct error *error)
{
    bool is_good = __real_file_read(file, offset, size, buffer, error);
    for (size_t i = 0; is_read && is_good && i < size; i++)
        is_read[offset + i] = true;
    return is_good;
}

/* ---- the file ---- */

static const char *path;
static uint8_t *original;
static size_t size;
static int descriptor;

static void fail(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_original(void)
{
    off_t end = 0;
    descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0 || (end = lseek(descriptor, 0, SEEK_END)) <= 0)
        fail(path);
    size = (size_t)end;
    original = malloc(size);
    is_read = NULL;
    if (!original || pread(descriptor, original, size, 0) != (ssize_t)size)
        fail(path);
}

static void write_at(size_t at, const void *bytes, size_t count)
{
    if (pwrite(descriptor, bytes, count, (off_t)at) != (ssize_t)count)
        fail(path);
}

/* ---- places of bytes ---- */

enum place { LOADED, BOUND, OTHER };

static bool is_within(size_t at, struct elf_part part)
{
    return at >= part.offset && at - part.offset < part.size;
}

/* Is the byte in a section by which the dynamic loader binds symbols? */
static bool is_bound(const struct elf *elf, size_t at)
{
    static const char *const names[] = {".dynamic", ".dynsym", ".dynstr", ".gnu.version",
                                        ".gnu.version_r"};
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        ERROR_AUTO error = {0};
        if (!elf_section(elf, i, &section, &error) || !is_within(at, section.part))
            continue;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (!strcmp(section.name, names[k]))
                return true;
    }
    return false;
}

/* PT_GNU_RELRO counts as bound, too: only the loader reads it. */
static enum place find_place(const struct elf *elf, size_t at)
{
    enum place place = OTHER;
    size_t header_size = elf->segments_part.size / (elf->segment_count ? elf->segment_count : 1);
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        ERROR_AUTO error = {0};
        if (!elf_segment(elf, i, &segment, &error))
            continue;
        const struct elf_part header = {elf->segments_part.offset + i * header_size, header_size};
        if (segment.type == PT_GNU_RELRO && is_within(at, header))
            return BOUND;
        if (segment.type == PT_LOAD && is_within(at, segment.part))
            place = LOADED;
    }
    return is_bound(elf, at) ? BOUND : place;
}

static void find_places(uint8_t *places)
{
    FILE_AUTO file = FILE_NONE;
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    struct module module;
    if (!file_open(&file, path, &error) || !module_read(&module, &file, &arena, &error))
        fail("the readers refuse it");
    for (size_t at = 0; at < size; at++)
        places[at] = (uint8_t)find_place(&module.elf, at);
    module_deinit(&module);
}

/* ---- the verdict ---- */

/* The symbols of the unchanged plugin, a line for each. */
static struct text description;

static void describe(struct text *text, const struct module *module, const struct btf *types)
{
    for (uint32_t i = 0; i < module->meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&module->meta, i);
        text_add(text, "%d %#llx ", symbol.kind, (unsigned long long)symbol.address);
        print_symbol(text, types, symbol.type, symbol.name, NULL);
        text_add(text, "\n");
    }
}

enum verdict { REFUSED, ACCEPTED, WRONG };

static enum verdict judge(struct text *types)
{
    FILE_AUTO file = FILE_NONE;
    ARENA_AUTO arena = {0};
    ERROR_AUTO error = {0};
    struct module module;
    struct dynamic dynamic = {0};
    if (!file_open(&file, path, &error) || !module_read(&module, &file, &arena, &error))
        return error.text.length ? REFUSED : WRONG;
    const struct btf *read = module_types(&module, &error);
    bool is_accepted = read && module_judge(&module, &error) &&
                       module_read_dynamic(&dynamic, &module, &file, &arena, &error);
    if (is_accepted)
        describe(types, &module, read);
    module_deinit(&module);
    return is_accepted ? ACCEPTED : error.text.length ? REFUSED : WRONG;
}

static enum verdict judge_changed(void)
{
    TEXT_AUTO types = {0};
    enum verdict verdict = judge(&types);
    bool is_same = !strcmp(text_chars(&types), text_chars(&description));
    return verdict == ACCEPTED && !is_same ? WRONG : verdict;
}

/* ---- opening and calling ---- */

enum outcome { OUT_REFUSED, OUT_GOOD, OUT_WRONG, OUT_CRASHED, OUT_HUNG, OUTCOMES };

static const char hello[] = "Hello, number 7\n";

/* Sets V, calls F, and compares what it prints. */
static bool behaves(plugin *p, int output)
{
    char printed[sizeof hello + 1] = "";
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    if (!v || !f || plugin_as(plugin_lookup(p, "V"), double *) ||
        strcmp(plugin_symbol_decl(plugin_lookup(p, "V")), "int V") != 0)
        return false;
    *v = 7;
    f();
    fflush(stdout);
    return pread(output, printed, sizeof printed, 0) == (ssize_t)sizeof hello - 1 &&
           !strcmp(printed, hello);
}

static enum outcome try(const struct plugin_options *options, int output)
{
    plugin *p = plugin_open_with(path, options);
    if (!p)
        return *plugin_error() ? OUT_REFUSED : OUT_WRONG;
    return behaves(p, output) ? OUT_GOOD : OUT_WRONG;
}

static enum outcome outcome_of(int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) < OUT_CRASHED)
        return (enum outcome)WEXITSTATUS(status);
    if (!WIFSIGNALED(status))
        return OUT_CRASHED;
    return WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU ? OUT_HUNG : OUT_CRASHED;
}

/* The same in a process of its own. */
static enum outcome open_changed(const struct plugin_options *options)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (!child) {
        int output = memfd_create("output", 0);
        const struct rlimit limit = {5, 6}; /* CPU seconds, on a machine of any load */
        setrlimit(RLIMIT_CPU, &limit);
        alarm(120);
        if (output < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
            _exit(OUT_WRONG);
        _exit((int)try(options, output));
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
    return outcome_of(status);
}

/* ---- the changes ---- */

static size_t verdicts[WRONG + 1];
static size_t outcomes[2][OUTCOMES]; /* [1]: of bytes by which the loader binds */
static size_t unread, left_out, verified;
static struct text complaints;

static void complain(const char *what, size_t at, int bit)
{
    if (complaints.length < 4000)
        text_add(&complaints, "# %s: byte %zu, bit %d\n", what, at, bit);
}

/* A refused file is never mapped, so that it needs no process of its own. */
static enum outcome open_judged(enum verdict verdict)
{
    if (verdict == ACCEPTED)
        return open_changed(NULL);
    return plugin_open(path) ? OUT_WRONG : OUT_REFUSED;
}

static void count_outcome(enum outcome outcome, bool is_of_loader, size_t at, int bit)
{
    static const char *const words[] = {NULL, NULL, "opened, but works wrongly", "crashed", "hung"};
    outcomes[is_of_loader][outcome]++;
    if (words[outcome] && !is_of_loader)
        complain(words[outcome], at, bit);
}

static void truncate_all(void)
{
    for (size_t length = size; length-- > 0;) {
        if (ftruncate(descriptor, (off_t)length) != 0)
            fail(path);
        enum verdict verdict = judge_changed();
        verdicts[verdict]++;
        if (verdict == WRONG)
            complain("a type changed by truncation", length, -1);
        count_outcome(open_judged(verdict), false, length, -1);
    }
    write_at(0, original, size);
}

static const struct plugin_options verify = {.size = sizeof verify, .verify = true};

static bool is_chosen(size_t at, int bit)
{
    return (size_t)bit % 4 == at % 4 || getenv("EXHAUSTIVE");
}

static void flip(bool is_of_readers, enum place place, size_t at, int bit)
{
    const uint8_t flipped = (uint8_t)(original[at] ^ 1U << bit);
    write_at(at, &flipped, 1);
    enum verdict verdict = judge_changed();
    verdicts[verdict]++;
    if (verdict == WRONG)
        complain("a type changed", at, bit);
    if (is_of_readers && (verdict != ACCEPTED || is_chosen(at, bit)))
        count_outcome(open_judged(verdict), place == BOUND, at, bit);
    else if (is_of_readers)
        left_out++;
    else if (verdict != ACCEPTED)
        complain("refused, though the byte was not read", at, bit);
    else
        unread++;
    if (place != OTHER && at >= ELF_HEADER_SIZE) {
        bool is_refused = !plugin_open_with(path, &verify);
        verified += is_refused;
        if (!is_refused)
            complain("accepted with options.verify", at, bit);
    }
    write_at(at, &original[at], 1);
}

static int number;

/* Prints a result, and the complaints since the last one. */
static void report(bool is_good, const char *name)
{
    is_good &= !complaints.length;
    printf("%sok %d - %s\n", is_good ? "" : "not ", ++number, name);
    printf("%s", text_chars(&complaints));
    text_free(&complaints);
}

static void report_opened(const char *what, const size_t counts[OUTCOMES])
{
    printf("# opened, %s: %zu refused, %zu behave, %zu wrong, %zu crashed, %zu hung\n", what,
           counts[OUT_REFUSED], counts[OUT_GOOD], counts[OUT_WRONG], counts[OUT_CRASHED],
           counts[OUT_HUNG]);
}

static void flip_all(const bool *is_of_readers, const uint8_t *places)
{
    memset(verdicts, 0, sizeof verdicts);
    memset(outcomes, 0, sizeof outcomes);
    for (size_t at = 0; at < size; at++)
        for (int bit = 0; bit < 8; bit++)
            flip(is_of_readers[at], (enum place)places[at], at, bit);
    printf("# %zu flips: %zu refused, %zu accepted, of which %zu in unread bytes, %zu not opened\n",
           size * 8, verdicts[REFUSED], verdicts[ACCEPTED], unread, left_out);
    report_opened("flips of bytes that are read", outcomes[false]);
    report_opened("flips of bytes by which the loader binds and protects", outcomes[true]);
    printf("# with options.verify: %zu refused\n", verified);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    path = argv[1];
    read_original();
    bool *is_of_readers = calloc(size, sizeof *is_of_readers);
    uint8_t *places = calloc(size, 1);
    if (!is_of_readers || !places)
        fail("calloc");
    is_read = is_of_readers;
    enum verdict verdict = judge(&description);
    is_read = NULL;
    find_places(places);
    report(verdict == ACCEPTED && open_changed(NULL) == OUT_GOOD, "the plugin itself opens");
    report(open_changed(&verify) == OUT_GOOD, "with options.verify, too");
    truncate_all();
    printf("# %zu truncations: %zu refused, %zu accepted\n", size, verdicts[REFUSED],
           verdicts[ACCEPTED]);
    report(verdicts[REFUSED] == size, "P4, attack 10: every truncation is refused");
    flip_all(is_of_readers, places);
    report(unread > 0 && outcomes[false][OUT_REFUSED] > 0,
           "P4, attack 10: every flip is refused, or the plugin has its types and behaves");
    printf("1..%d\n", number);
    free(is_of_readers);
    free(places);
    free(original);
    text_free(&description);
    return 0;
}

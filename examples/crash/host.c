/* host.c - crash plugin|program|library: crashes there, and reports where.
 *
 *     $ plugin build -buildmode=plugin -o plugin_bad.so plugin_bad.c
 *     $ plugin build -o crash host.c -Wl,-z,now
 *     $ ./crash plugin
 *     crashed in plugin_bad.so, version 1.2, crunch+0x1c
 *     $ ./crash program
 *     crashed in the program
 *
 * A handler of SIGSEGV may call async-signal-safe functions only: of the library plugin_find,
 * plugin_symbol_at, the name and address of what that returns, plugin_path and plugin_info; of the
 * C library such as write(2), but neither printf nor malloc, of which the crash may have
 * interrupted a call. Nor may it call the dynamic loader, as the first call of a function does with
 * lazy binding: hence -z now.
 *
 * The handler reports the instruction that faulted. If that is in a library, as in the call
 * strlen(NULL), it does not know who called the library: a core dump does. So it ends by raising
 * the signal again, with the default action.
 *
 * The function is the exported one in front of the instruction. A static function behind it has no
 * name in the report, but the offset finds it: addr2line(1). */
#define _GNU_SOURCE /* for REG_RIP */
#include <plugin.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

/* ---- the report ---- */

/* A line, which is cut if it is too long. */
struct line {
    char text[512];
    size_t length;
};

static void line_add(struct line *line, const char *text)
{
    while (*text && line->length < sizeof line->text - 1)
        line->text[line->length++] = *text++;
}

static void line_add_hexadecimal(struct line *line, uintptr_t number)
{
    char digits[2 * sizeof number + 1], *first = digits + sizeof digits - 1;
    *first = '\0';
    do {
        *--first = "0123456789abcdef"[number % 16];
        number /= 16;
    } while (number);
    line_add(line, "0x");
    line_add(line, first);
}

static void line_add_plugin(struct line *line, plugin *p, uintptr_t address)
{
    const char *path = plugin_path(p), *slash = strrchr(path, '/');
    const char *version = plugin_info(p, "version");
    const plugin_symbol *symbol = plugin_symbol_at(p, (const void *)address);
    line_add(line, slash ? slash + 1 : path);
    line_add(line, ", version ");
    line_add(line, version ? version : "unknown");
    if (!symbol)
        return;
    line_add(line, ", ");
    line_add(line, plugin_symbol_name(symbol));
    line_add(line, "+");
    line_add_hexadecimal(line, address - (uintptr_t)plugin_address(symbol));
}

/* The linker defines them: the first byte of the program, and the first one behind its code. */
extern const char __executable_start[] __attribute__((visibility("hidden")));
extern const char etext[] __attribute__((visibility("hidden")));

static void line_add_place(struct line *line, uintptr_t address)
{
    plugin *p = plugin_find((const void *)address);
    if (p)
        line_add_plugin(line, p, address);
    else if (address >= (uintptr_t)__executable_start && address < (uintptr_t)etext)
        line_add(line, "the program");
    else
        line_add(line, "a library, or where no code is");
}

/* ---- the handler ---- */

/* The address of the instruction that faulted. */
static uintptr_t context_instruction(const ucontext_t *context)
{
#ifdef __x86_64__
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#else /* aarch64 */
    return (uintptr_t)context->uc_mcontext.pc;
#endif
}

static void report_crash(int number, siginfo_t *info, void *context)
{
    struct line line = {.length = 0};
    (void)info;
    line_add(&line, "crashed in ");
    line_add_place(&line, context_instruction(context));
    line.text[line.length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line.text, line.length);
    (void)written; /* a failure cannot be reported anywhere */
    /* The signal is blocked until the handler returns, to the instruction that faulted: so a core
     * dump shows that one. */
    sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(number);
}

/* A stack of its own lets the handler report that the stack is full. Another thread needs another
 * one. */
static int report_crashes(void)
{
    static char memory[64 * 1024];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_sigaction = report_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    return sigaltstack(&stack, NULL) || sigaction(SIGSEGV, &action, NULL);
}

/* ---- the crashes ---- */

static long measure(const long *numbers, int count)
{
    return count + (long)strlen((const char *)numbers);
}

__attribute__((noinline)) static long add(const long *numbers, int count)
{
    return numbers[0] + numbers[count - 1];
}

int main(int argc, char **argv)
{
    const char *where = argc == 2 ? argv[1] : "";
    plugin *p = plugin_open("plugin_bad.so");
    long (*crunch)(const long *, int) =
        plugin_as(plugin_lookup(p, "crunch"), long (*)(const long *, int));
    if (!crunch || report_crashes() != 0) {
        fprintf(stderr, "crash: %s\n", plugin_error());
        return 1;
    }
    const long *volatile nothing = NULL;
    if (!strcmp(where, "plugin"))
        return (int)crunch(nothing, 3);
    if (!strcmp(where, "program"))
        return (int)add(nothing, 3);
    if (!strcmp(where, "library"))
        return (int)measure(nothing, 3);
    fputs("usage: crash plugin|program|library\n", stderr);
    return 2;
}

/* Preloaded into the shells and tools of the tests for another machine: a program for that machine
 * is run by its emulator, $EMULATOR, as the kernel would by binfmt_misc if the whole system were
 * set up so. The program does not see this library. Compiled with -DMACHINE=EM_... */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 4096 };

static const char preload[] = "LD_PRELOAD=";
static const char *emulator, *own_preload;
static int (*plain_execve)(const char *, char *const[], char *const[]);
static int (*plain_execvp)(const char *, char *const[]);

__attribute__((constructor)) static void find_next(void)
{
    emulator = getenv("EMULATOR");
    own_preload = getenv("LD_PRELOAD");
    own_preload = own_preload ? strdup(own_preload) : NULL;
    *(void **)&plain_execve = dlsym(RTLD_NEXT, "execve");
    *(void **)&plain_execvp = dlsym(RTLD_NEXT, "execvp");
}

static bool is_emulated(const char *path)
{
    Elf64_Ehdr header;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = descriptor < 0 ? -1 : read(descriptor, &header, sizeof header);
    if (descriptor >= 0)
        close(descriptor);
    return emulator && size == sizeof header && !memcmp(header.e_ident, ELFMAG, SELFMAG) &&
           header.e_machine == MACHINE;
}

/* Adds the variables of the environment but for LD_PRELOAD, which would be the emulator's; if it is
 * a test's own, it is handed on as an option. */
static void add_environment(char **variables, char **words, size_t *word_count,
                            char *const environment[])
{
    size_t count = 0;
    for (; *environment && count < WORDS_MAX - 1; environment++) {
        if (strncmp(*environment, preload, sizeof preload - 1) != 0) {
            variables[count++] = *environment;
        } else if (!own_preload || strcmp(*environment + sizeof preload - 1, own_preload) != 0) {
            words[(*word_count)++] = "-E";
            words[(*word_count)++] = *environment;
        }
    }
    variables[count] = NULL;
}

static int emulate(const char *path, char *const arguments[], char *const environment[])
{
    char *words[WORDS_MAX] = {"emulator", "-0", arguments[0]}, *variables[WORDS_MAX];
    size_t count = 3;
    add_environment(variables, words, &count, environment);
    words[count++] = (char *)path;
    for (size_t i = 1; arguments[0] && arguments[i] && count < WORDS_MAX - 1; i++)
        words[count++] = arguments[i];
    words[count] = NULL;
    return plain_execve(emulator, words, variables);
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
    return (is_emulated(path) ? emulate : plain_execve)(path, arguments, environment);
}

int execv(const char *path, char *const arguments[])
{
    return execve(path, arguments, environ);
}

/* What is found by PATH is no program of the tests. */
int execvp(const char *file, char *const arguments[])
{
    return strchr(file, '/') ? execve(file, arguments, environ) : plain_execvp(file, arguments);
}

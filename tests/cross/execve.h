/* Included into the library for another machine, in its tests: a program for that machine is run by
 * its emulator, as emulate.c does it for the tests' shells. Compiled with -DEMULATED=183, EM_... of
 * <elf.h>, whose names would be in the way of others, and -DEMULATOR=PATH. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static inline int emulated_execve(const char *path, char *const arguments[],
                                  char *const environment[])
{
    char emulator[] = EMULATOR, name[] = "-0";
    char *words[8] = {emulator, name, arguments[0], (char *)path}; /* and what the worker takes */
    for (size_t i = 1; arguments[i] && i < 4; i++)
        words[3 + i] = arguments[i];
    unsigned char header[20]; /* up to e_machine */
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? -1 : read(file, header, sizeof header);
    if (file >= 0)
        close(file);
    if (size == sizeof header && !memcmp(header, "\177ELF", 4) &&
        (header[18] | header[19] << 8) == EMULATED)
        return execve(emulator, words, environment);
    return execve(path, arguments, environment);
}
#define execve(path, arguments, environment) emulated_execve(path, arguments, environment)

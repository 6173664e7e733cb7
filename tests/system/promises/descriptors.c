/* A plugin whose constructor counts the process's descriptors during the open, and those of them
 * that a program started now would inherit. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int open_count, inherited_count;

__attribute__((constructor)) static void look(void)
{
    const struct dirent *entry;
    DIR *all = opendir("/proc/self/fd");
    while (all && (entry = readdir(all))) {
        int descriptor = atoi(entry->d_name);
        if (descriptor <= STDERR_FILENO)
            continue;
        open_count++;
        inherited_count += !(fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
    }
    closedir(all);
}

int brought(void);
int hit(void)
{
    return open_count < 3 ? -1 : inherited_count + brought();
}

/* Runs the targets on the inputs of their corpora: replay DIRECTORY [TARGET], where DIRECTORY holds
 * a directory for each target. Results as TAP; which input is under way is told first, for the case
 * that it is the last one. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

static const struct target {
    const char *name;
    void (*run)(struct bytes input);
} targets[] = {
    {"elf", fuzz_elf},       {"dynamic", fuzz_dynamic}, {"meta", fuzz_meta},
    {"btf", fuzz_btf},       {"type", fuzz_type},       {"fit", fuzz_fit},
    {"module", fuzz_module}, {"go", fuzz_go},           {"stamp", fuzz_stamp},
};

static int count, failures;

/* In a block of exactly its size. */
static bool read_input(const char *path, struct bytes *input)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &status) != 0) {
        perror(path);
        return false;
    }
    size_t size = (size_t)status.st_size;
    uint8_t *data = malloc(size ? size : 1);
    bool is_read = data && fread(data, 1, size, file) == size;
    fclose(file);
    *input = (struct bytes){data, size};
    return is_read;
}

static void run(const struct target *target, const char *directory, const char *name)
{
    char path[4096];
    struct bytes input = {0};
    snprintf(path, sizeof path, "%s/%s", directory, name);
    printf("# %s: %s\n", target->name, name);
    fflush(stdout);
    bool is_read = read_input(path, &input);
    if (is_read)
        target->run(input);
    failures += !is_read;
    printf("%s %d - %s: %s\n", is_read ? "ok" : "not ok", ++count, target->name, name);
    free((void *)(uintptr_t)input.data);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_all(const struct target *target, const char *corpus)
{
    char directory[2048];
    struct dirent **entries;
    snprintf(directory, sizeof directory, "%s/%s", corpus, target->name);
    int number = scandir(directory, &entries, is_input, alphasort);
    if (number <= 0) {
        printf("not ok %d - %s: there are inputs\n", ++count, target->name);
        failures++;
    }
    for (int i = 0; i < number; i++) {
        run(target, directory, entries[i]->d_name);
        free(entries[i]);
    }
    if (number >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: replay DIRECTORY [TARGET]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (argc < 3 || !strcmp(argv[2], targets[i].name))
            run_all(&targets[i], argv[1]);
    printf("1..%d\n", count);
    return failures != 0;
}

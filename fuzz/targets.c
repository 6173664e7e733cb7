/* SPDX-License-Identifier: MIT */
/* The table of targets; reads their corpora. */
#include "fuzz/targets.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

const struct target targets[] = {
    {"elf", fuzz_elf},     {"dynamic", fuzz_dynamic},     {"meta", fuzz_meta},
    {"btf", fuzz_btf},     {"packed", fuzz_packed},       {"rules", fuzz_rules},
    {"fit", fuzz_fit},     {"module", fuzz_module},       {"gofile", fuzz_gofile},
    {"stamp", fuzz_stamp}, {"signature", fuzz_signature}, {"crossing", fuzz_crossing},
};
const size_t target_count = sizeof targets / sizeof *targets;

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

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

bool targets_visit(const struct target *target, const char *corpus,
                   void (*visit)(const struct target *target, const char *name, struct bytes input))
{
    char directory[2048], path[4096];
    struct dirent **entries;
    snprintf(directory, sizeof directory, "%s/%s", corpus, target->name);
    int count = scandir(directory, &entries, is_input, alphasort);
    bool is_read = count > 0;
    for (int i = 0; i < count; i++) {
        FUZZ_PART input = {NULL, 0};
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        if (read_input(path, &input))
            visit(target, entries[i]->d_name, input);
        else
            is_read = false;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return is_read;
}

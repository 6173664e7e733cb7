/* Writes the Go module of the unit tests as seeds of target gofile: gofile DIRECTORY. */
#include "tests/gofile/go_made.h"

#include <stdio.h>

static int write_file(const char *directory, const char *name, const struct image *image)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/seed-%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(image, sizeof *image, 1, file) != 1 || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct image image;
    if (argc != 2)
        return 2;
    make_image(&image);
    int status = write_file(argv[1], "plugin", &image);
    image.sections[3].sh_name = 0; /* its build is not recorded */
    return write_file(argv[1], "unrecorded", &image) || status;
}

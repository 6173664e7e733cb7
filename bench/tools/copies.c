/* SPDX-License-Identifier: MIT */
/* Makes different copies of a file: a text of digits is replaced by a number.
 *
 * usage: copies FILE TEXT DIRECTORY COUNT    writes DIRECTORY/p00000.so ... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static char bytes[1 << 24], path[4096], number[32];
    FILE *file = argc == 5 ? fopen(argv[1], "rb") : NULL;
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    char *place = size ? memmem(bytes, size, argv[2], strlen(argv[2])) : NULL;
    if (!place || size == sizeof bytes) {
        fprintf(stderr, "usage: copies FILE TEXT DIRECTORY COUNT\n");
        return 2;
    }
    fclose(file);
    for (int i = 0; i < atoi(argv[4]); i++) {
        snprintf(number, sizeof number, "%0*d", (int)strlen(argv[2]), i);
        memcpy(place, number, strlen(argv[2]));
        snprintf(path, sizeof path, "%s/p%05d.so", argv[3], i);
        file = fopen(path, "wb");
        if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
            perror(path);
            return 1;
        }
    }
    return 0;
}

/* A plugin that reads and writes its standard streams. */
#include "streams.h"

#include <stdio.h>

int copy_line(void)
{
    char line[64];
    if (!fgets(line, sizeof line, stdin))
        return 0;
    fprintf(stderr, "it reads %s", line);
    return printf("it says %s", line);
}

/* Opens plugins, and prints why they are refused: the whole text, and the line. */
#include <plugin.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (plugin_open(argv[i]))
            printf("%s: opened\n", argv[i]);
        else
            printf("%s\nIn one line: %s\n", plugin_error(), plugin_error_line());
    }
    return 0;
}

/* Opens plugins in order: opener ARGUMENT... =PATH opens by plain dlopen. Prints the results. */
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '=')
            puts(dlopen(argv[i] + 1, RTLD_NOW | RTLD_LOCAL) ? "loaded" : dlerror());
        else if (plugin_open(argv[i]))
            puts("open");
        else
            printf("%d %s\n", plugin_error_code(), plugin_error());
    }
    return 0;
}

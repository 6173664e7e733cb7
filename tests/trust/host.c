/* Opens a plugin under a trust policy. Arguments: key=KEY, hash=HEX, library=NAME, owner=USER,
 * forbid=OCTAL, version=N, size=BYTES; then paths, each of which is opened under what was said so
 * far. dlopen=PATH opens one by plain dlopen. Prints how each ended; and "leaks" if a refusal left
 * a descriptor or a mapping behind. */
#include "../common/arguments.h"
#include "../common/counts.h"
#include <dlfcn.h>

#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *keys[ARGUMENT_LIST], *hashes[ARGUMENT_LIST], *libraries[ARGUMENT_LIST];
static struct plugin_trust trust = {.size = sizeof trust};
static struct plugin_options options = {.size = sizeof options, .trust = &trust};

static int set_policy(const char *argument)
{
    const char *value;
    if ((value = argument_after(argument, "key=")))
        trust.keys = argument_append(keys, value);
    else if ((value = argument_after(argument, "hash=")))
        trust.hashes = argument_append(hashes, value);
    else if ((value = argument_after(argument, "library=")))
        trust.libraries = argument_append(libraries, value);
    else if ((value = argument_after(argument, "version=")))
        trust.least_version = strtoull(value, NULL, 10);
    else if ((value = argument_after(argument, "size=")))
        trust.size = strtoul(value, NULL, 10);
    else if ((value = argument_after(argument, "owner="))) {
        trust.check_place = true;
        trust.owner = (unsigned)strtoul(value, NULL, 10);
    } else if ((value = argument_after(argument, "forbid="))) {
        trust.check_place = true;
        trust.forbidden_mode = (unsigned)strtoul(value, NULL, 8);
    } else
        return 0;
    return 1;
}

static void use(const char *path)
{
    size_t descriptors = count_entries("/proc/self/fd"), copies = count_mappings("memfd:plugin");
    plugin *p = plugin_open_with(path, &options);
    int (*hit)(void) = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    if (hit) {
        printf("%s: %d%s\n", path, hit(),
               count_mappings("memfd:plugin") > copies ? "" : ", by its path");
        return;
    }
    printf("%d %s\n", plugin_error_code(), plugin_error());
    if (count_entries("/proc/self/fd") != descriptors || count_mappings("memfd:plugin") != copies)
        puts("leaks");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    dlclose(dlopen("libsodium.so.23", RTLD_NOW | RTLD_NODELETE)); /* so that it does not count */
    for (int i = 1; i < argc; i++) {
        const char *path = argument_after(argv[i], "dlopen=");
        if (path)
            puts(dlopen(path, RTLD_NOW | RTLD_LOCAL) ? "loaded" : dlerror());
        else if (!set_policy(argv[i]))
            use(argv[i]);
    }
    return 0;
}

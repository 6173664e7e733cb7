/* Opens a plugin under a trust policy. Arguments: key=KEY, hash=HEX, library=NAME, owner=USER,
 * forbid=OCTAL, version=N, size=BYTES; then paths, each of which is opened under what was said so
 * far. dlopen=PATH opens one by plain dlopen. Prints how each ended; and "leaks" if a refusal left
 * a descriptor or a mapping behind. */
#include "../common/counts.h"
#include <dlfcn.h>

#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 8 };

static const char *keys[LIST_MAX], *hashes[LIST_MAX], *libraries[LIST_MAX];
static struct plugin_trust trust = {.size = sizeof trust};
static struct plugin_options options = {.size = sizeof options, .trust = &trust};

static const char *after(const char *argument, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(argument, prefix, length) == 0 ? argument + length : NULL;
}

static void append(const char *const **list, const char **items, const char *item)
{
    size_t count = 0;
    while (items[count])
        count++;
    if (count + 1 < LIST_MAX)
        items[count] = item;
    *list = items;
}

static int set_policy(const char *argument)
{
    const char *value;
    if ((value = after(argument, "key=")))
        append(&trust.keys, keys, value);
    else if ((value = after(argument, "hash=")))
        append(&trust.hashes, hashes, value);
    else if ((value = after(argument, "library=")))
        append(&trust.libraries, libraries, value);
    else if ((value = after(argument, "version=")))
        trust.least_version = strtoull(value, NULL, 10);
    else if ((value = after(argument, "size=")))
        trust.size = strtoul(value, NULL, 10);
    else if ((value = after(argument, "owner="))) {
        trust.check_place = true;
        trust.owner = (unsigned)strtoul(value, NULL, 10);
    } else if ((value = after(argument, "forbid="))) {
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
        const char *path = after(argv[i], "dlopen=");
        if (path)
            puts(dlopen(path, RTLD_NOW | RTLD_LOCAL) ? "loaded" : dlerror());
        else if (!set_policy(argv[i]))
            use(argv[i]);
    }
    return 0;
}

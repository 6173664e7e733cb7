/* host [PLUGIN PLACE]...: opens each plugin, in this process or isolated, and calls it. */
#include "shop.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef WITHOUT_SHOP
PLUGIN_IMPORT("example.com/shop");
#endif

static void use(const struct shopper *shopper)
{
    if (shopper->total)
        printf("total: %d\n", shopper->total());
    if (shopper->tax)
        printf("tax: %d\n", shopper->tax(1));
    if (shopper->describe)
        printf("describe: %s\n", shopper->describe(2));
    if (shopper->raise)
        printf("raise: in the host: %d\n", shopper->raise(2, 5) == getpid());
    if (shopper->is_shops_price)
        printf("is the shop's: %d\n", shopper->is_shops_price());
    if (shopper->by_library)
        printf("by library: %d\n", shopper->by_library(2));
    if (shopper->secret)
        printf("secret: %d\n", shopper->secret());
    if (plugin_error_code())
        printf("%s\n", plugin_error());
}

static void open_and_use(const char *path, const char *place)
{
    const char *const hashes[] = {getenv("HASH"), getenv("HASH_OF_LIBRARY"), NULL};
    const char *const libraries[] = {"liblibrary.so", NULL};
    struct plugin_trust trust = {.size = sizeof trust, .hashes = hashes, .libraries = libraries};
    bool is_isolated = !strcmp(place, "isolated");
    struct plugin_options options = {.size = sizeof options,
                                     .placement = is_isolated ? PLUGIN_ISOLATED : PLUGIN_ANY,
                                     .trust = *hashes ? &trust : NULL,
                                     .timeout_ms = is_isolated ? 60000 : 0};
    struct shopper shopper;
    plugin *p = plugin_open_as_with(path, &options, &shopper);
    if (p)
        use(&shopper);
    else
        printf("%s\n", plugin_error());
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
#ifdef WITHOUT_SHOP
    /* Its packages are those of the host from now on, although it is in no global scope. */
    void *library = dlopen("./libshop.so", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        puts(dlerror());
    const char *(*history)(void) = (const char *(*)(void))dlsym(library, "shop_history");
#else
    const char *(*history)(void) = shop_history;
#endif
    for (int i = 1; i + 1 < argc; i += 2)
        open_and_use(argv[i], argv[i + 1]);
    printf("history:%s\n", history());
    return 0;
}

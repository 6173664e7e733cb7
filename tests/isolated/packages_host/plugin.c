/* A plugin that uses a package of the host: itself, by a package of its own, or by a library. */
#include "shop.h"

int number(void)
{
    return 1;
}

#ifndef ONLY_LIBRARY
PLUGIN_IMPORT("example.com/shop");
PLUGIN_IMPORT("example.com/tax");

#include <stdio.h>

static int sum;

static void add(const struct item *item, void *context)
{
    sum += context == &sum ? item->price : 0;
}

int total(void)
{
    sum = 0;
    shop_each(add, &sum);
    return sum;
}

int tax(int id)
{
    return tax_of(id);
}

const char *describe(int id)
{
    static char text[64];
    struct item item = {.id = id};
    if (!shop_find(&item))
        return NULL;
    snprintf(text, sizeof text, "%s: %d", item.name, item.price);
    return text;
}

int raise(int id, int by)
{
    shop_set_price(id, shop_price(id) + by);
    return shop_process();
}

int is_shops_price(void)
{
    return shop_is_price(shop_price);
}

#ifdef WITH_REFUSED
int secret(void)
{
    return shop_secret + shop_sum(2, 3, 4);
}
#endif

PLUGIN_INIT
{
    shop_log("main");
}
#endif

#ifdef WITH_LIBRARY
int by_library(int id)
{
    return library_price(id);
}
#endif

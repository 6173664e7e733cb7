/* A library of the plugin. */
#include "shop.h"

PLUGIN_IMPORT("example.com/shop");

int library_price(int id)
{
    struct item item = {.id = id};
    return shop_find(&item) ? item.price * 2 : 0;
}

PLUGIN_INIT
{
    shop_log("library");
}

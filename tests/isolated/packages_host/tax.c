#include "shop.h"
PLUGIN_PACKAGE("example.com/tax");
PLUGIN_IMPORT("example.com/shop");

static int rate;

int tax_of(int id)
{
    return shop_price(id) / rate;
}

PLUGIN_INIT
{
    rate = shop_price(0);
    shop_log("tax");
}

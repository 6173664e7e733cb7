#include "shop.h"
PLUGIN_PACKAGE("example.com/shop");

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ITEMS = 3 };

static struct item items[ITEMS] = {{0, 10, "apple"}, {1, 20, "pear"}, {2, 30, "plum"}};
static char history[256];

#ifdef WITH_REFUSED
int shop_secret = 1;

int shop_sum(int count, ...)
{
    return count;
}
#endif

void shop_log(const char *what)
{
    snprintf(history + strlen(history), sizeof history - strlen(history), " %s", what);
}

const char *shop_history(void)
{
    return history;
}

int shop_price(int id)
{
    return items[id % ITEMS].price;
}

void shop_set_price(int id, int price)
{
    items[id % ITEMS].price = price;
}

bool shop_find(struct item *item)
{
    *item = items[item->id % ITEMS];
    return true;
}

void shop_each(shop_visit *visit, void *context)
{
    for (int i = 0; i < ITEMS; i++)
        visit(&items[i], context);
}

bool shop_is_price(shop_pricing *pricing)
{
    return pricing == shop_price;
}

int shop_process(void)
{
    return getpid();
}

PLUGIN_INIT
{
    shop_log("shop");
    const char *opens = getenv("SHOP_OPENS"), *where = getenv("SHOP_WHERE");
    struct plugin_options options = {.size = sizeof options,
                                     .placement = where ? PLUGIN_ISOLATED : PLUGIN_IN_PROCESS};
    if (opens)
        puts(plugin_open_with(opens, &options) ? "opened" : plugin_error());
    if (getenv("SHOP_FAILS"))
        plugin_init_fail("the shop is closed");
}

/* A package of the host that plugins use, isolated or not. */
#ifndef SHOP_H
#define SHOP_H

#include <plugin.h>

struct item {
    int id, price;
    const char *name;
};

/* What a plugin exports. */
struct shopper {
    int (*number)(void);
    int (*total)(void);
    int (*tax)(int id);
    const char *(*describe)(int id);
    int (*raise)(int id, int by);
    int (*is_shops_price)(void);
    int (*by_library)(int id);
    int (*secret)(void);
};
PLUGIN_OPTIONAL(struct shopper, total);
PLUGIN_OPTIONAL(struct shopper, tax);
PLUGIN_OPTIONAL(struct shopper, describe);
PLUGIN_OPTIONAL(struct shopper, raise);
PLUGIN_OPTIONAL(struct shopper, is_shops_price);
PLUGIN_OPTIONAL(struct shopper, by_library);
PLUGIN_OPTIONAL(struct shopper, secret);

/* Of package example.com/shop. */
typedef void shop_visit(const struct item *item, void *context);
typedef int shop_pricing(int id);
#ifdef WITH_REFUSED
extern int shop_secret;
int shop_sum(int count, ...);
#endif
void shop_log(const char *what);
const char *shop_history(void);
int shop_price(int id);
void shop_set_price(int id, int price);
bool shop_find(struct item *item); /* by its id */
void shop_each(shop_visit *visit, void *context);
bool shop_is_price(shop_pricing *pricing);
int shop_process(void);

/* Of package example.com/tax, which the host does not carry. */
int tax_of(int id);

/* Of a library of the plugin. */
int library_price(int id);

#endif

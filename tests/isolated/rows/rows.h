/* What crosses to an isolated plugin, a row of the rules each. */
#ifndef ROWS_H
#define ROWS_H

#include <plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum colour { RED, GREEN = 7, DARK = -3 };
struct point {
    char tag;
    double x;
    int32_t y;
};
struct segment {
    struct point ends[2];
};
struct person {
    const char *first, *last;
    int age;
    const struct person *parent;
};
struct node {
    int value;
    struct node *next;
};
struct table {
    size_t count;
    const struct point *rows;
};
struct db;    /* made by the plugin */
struct owner; /* made by the host */

struct rows {
    int (*add)(int a, int b);
    int8_t (*narrow)(int8_t a, uint16_t b, bool c, enum colour d);
    long double (*wide)(float a, double b, long double c);
    struct point (*middle)(struct segment segment);
    size_t (*length)(const char *text);
    const char *(*greet)(const char *name);
    const char *(*skip)(const char *text, int count);
    const char *(*full_name)(const struct person *person);
    void (*grow)(struct point *point, double by);
    int (*sum)(const int *values, int count);
    double (*sum_rows)(const struct table *table);
    void (*reverse)(struct node *list);
    int (*sum_list)(const struct node *list);
    int (*same)(const struct point *a, const struct point *b);
    int (*fill)(char *buffer, size_t size, int count);
    void (*halves)(int value, int *half, int *rest);
    size_t (*bytes)(const void *data, size_t size);
    struct db *(*db_open)(int value);
    int (*db_value)(const struct db *db);
    void (*keep)(void *object, struct owner *owner);
    void *(*kept)(void);
    struct owner *(*owner)(void);
    int (*fail)(int number);
    void (*say)(const char *text);
};

PLUGIN_COUNTED(sum, values, count);
PLUGIN_COUNTED_MEMBER(struct table, rows, count);
PLUGIN_COUNTED(fill, buffer, size);
PLUGIN_COUNTED_BY_RESULT(fill, buffer);
PLUGIN_OUT(fill, buffer);
PLUGIN_OUT(halves, half);
PLUGIN_OUT(halves, rest);
PLUGIN_COUNTED(bytes, data, size);

#endif

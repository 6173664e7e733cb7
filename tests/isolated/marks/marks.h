/* What marks say of calls: counts of results and behind pointers, what a callee keeps, what a
 * caller frees, and what lies in memory of plugin_alloc. */
#ifndef MARKS_H
#define MARKS_H

#include <plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct item {
    int number;
    const char *name;
};
struct config {
    const char *title;
    int level;
    const int *limits;
    uint32_t limit_count;
    const struct item *item;
    int (*log)(int level);
    const struct config *parent;
};
struct filter {
    const char *name;
    int bias;
    int (*run)(const struct filter *self, int value);
    int (*run_data)(void *self, int value);
    const int *steps;
    size_t step_count;
    const struct filter *next;
};
struct list {
    int value;
    struct list *next;
    const char *text;
};
struct image {
    int width, height;
    unsigned char *data;
    size_t size;
    struct image *next;
};
typedef const int *(*values_fn)(size_t *count);
typedef char *(*text_fn)(int number);

PLUGIN_COUNTED_MEMBER(struct config, limits, limit_count);
PLUGIN_COUNTED_MEMBER(struct filter, steps, step_count);
PLUGIN_COUNTED_MEMBER(struct image, data, size);
PLUGIN_ARENA(struct image);
PLUGIN_COUNTED(values_fn, 0, 1);
PLUGIN_OWNED(text_fn, free);

struct marks {
    /* counts */
    bool (*read_all)(struct item *items, size_t *n);
    bool (*read_few)(int *numbers, const uint8_t *n);
    const int *(*values)(size_t *n);
    const struct item *(*items)(int n);
    char *(*letters)(int64_t *n);
    void *(*bytes)(uint16_t n);
    long (*total)(values_fn function);
    /* kept by the plugin */
    void (*use)(const struct config *config);
    int (*level)(void);
    const char *(*title)(void);
    const struct config *(*current)(void);
    bool (*is_current)(const struct config *config);
    bool (*is_other)(const struct config *config);
    void *(*current_data)(void);
    void (*set_name)(const char *name);
    const char *(*get_name)(void);
    void (*keep_numbers)(const int *numbers, size_t count);
    int (*sum_numbers)(void);
    /* kept by the host */
    void (*begin)(int bias);
    void (*change)(int bias);
    void (*end)(void);
    int (*ran)(void);
    /* freed by the host */
    char *(*describe)(int number);
    int *(*count_up)(int *n);
    struct list *(*make_list)(int n);
    void (*drop_list)(struct list *list);
    int (*lists)(void); /* that are not dropped */
    /* freed by the plugin */
    int (*ask)(int number);
    int (*use_list)(int n);
    int (*describe_by)(text_fn function, int number);
    /* memory of plugin_alloc */
    int (*invert)(struct image *image);
    bool (*is_within)(const struct image *image, const unsigned char *data);
};

PLUGIN_COUNTED(read_all, items, n);
PLUGIN_COUNTED(read_few, numbers, n);
PLUGIN_OUT(read_few, numbers);
PLUGIN_COUNTED(values, return, n);
PLUGIN_COUNTED(items, return, n);
PLUGIN_COUNTED(letters, return, n);
PLUGIN_OUT(letters, n);
PLUGIN_COUNTED(bytes, return, n);
PLUGIN_KEPT(use, config);
PLUGIN_KEPT(is_current, config);
PLUGIN_KEPT(set_name, name);
PLUGIN_KEPT(keep_numbers, numbers);
PLUGIN_COUNTED(keep_numbers, numbers, count);
PLUGIN_OWNED(describe, free);
PLUGIN_OWNED(count_up, free);
PLUGIN_COUNTED(count_up, return, n);
PLUGIN_OWNED(make_list, drop_list);

/* What the plugin imports from the host. */
void host_register(const struct filter *filter);
void host_unregister(const struct filter *filter);
const struct filter *host_first(void);
PLUGIN_KEPT(host_register, filter);
PLUGIN_KEPT(host_unregister, filter);
char *host_describe(int number);
PLUGIN_OWNED(host_describe, free);
struct list *host_list(int n);
void host_drop(struct list *list);
PLUGIN_OWNED(host_list, host_drop);
bool host_fill(int *numbers, size_t *n);
PLUGIN_COUNTED(host_fill, numbers, n);
const int *host_values(size_t *n);
PLUGIN_COUNTED(host_values, return, n);

#endif

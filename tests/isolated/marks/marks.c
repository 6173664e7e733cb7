#include "marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- counts ---- */

static int squares[100];

bool read_all(struct item *items, size_t *n)
{
    size_t room = *n;
    *n = 3; /* as many as there are */
    for (size_t i = 0; i < room && i < 3; i++)
        items[i] = (struct item){items[i].number * 10, i ? items[0].name : "first"};
    return room >= 3;
}

bool read_few(int *numbers, const uint8_t *n)
{
    for (int i = 0; i < *n; i++)
        numbers[i] = i + 1;
    return n;
}

const int *values(size_t *n)
{
    for (int i = 0; i < 100; i++)
        squares[i] = i * i;
    if (n)
        *n = *n < 100 ? *n : 100;
    return squares;
}

const struct item *items(int n)
{
    static struct item made[3] = {{1, "one"}, {2, "two"}, {3, "three"}};
    return n ? made : NULL;
}

char *letters(int64_t *n)
{
    static char text[] = {'a', 'b', 'c'};
    *n = sizeof text;
    return text;
}

void *bytes(uint16_t n)
{
    static unsigned char all[1 << 16];
    for (unsigned i = 0; i < n; i++)
        all[i] = (unsigned char)i;
    return all;
}

long total(values_fn function)
{
    size_t n = 4, few = 5;
    int numbers[6] = {1, 2, 3, 4, 5, 6};
    const int *got = function(&n);
    long result = 0;
    for (size_t i = 0; i < n; i++)
        result += got[i];
    got = host_values(&n);
    for (size_t i = 0; i < n; i++)
        result += got[i];
    if (!host_fill(numbers, &few))
        return -1;
    for (size_t i = 0; i < 6; i++)
        result = result * 10 + numbers[i];
    return result * 10 + (long)few;
}

/* ---- kept ---- */

static const struct config *kept;
static const char *kept_name;
static const int *kept_numbers;
static size_t kept_count;

void use(const struct config *config)
{
    kept = config;
}

int level(void)
{
    int result = kept->level + kept->item->number + (int)strlen(kept->item->name);
    for (uint32_t i = 0; i < kept->limit_count; i++)
        result += kept->limits[i];
    if (kept->parent)
        result += kept->parent == kept ? 1000 : kept->parent->level;
    return result + (kept->log ? kept->log(result) : 0);
}

const char *title(void)
{
    return kept->title;
}

const struct config *current(void)
{
    return kept;
}

bool is_current(const struct config *config)
{
    return config == kept;
}

/* The parameter is not marked. */
bool is_other(const struct config *config)
{
    return config == kept;
}

void *current_data(void)
{
    return (void *)kept;
}

void set_name(const char *name)
{
    kept_name = name;
}

const char *get_name(void)
{
    return kept_name;
}

void keep_numbers(const int *numbers, size_t count)
{
    kept_numbers = numbers;
    kept_count = count;
}

int sum_numbers(void)
{
    int result = 0;
    for (size_t i = 0; i < kept_count; i++)
        result += kept_numbers[i];
    return result;
}

static int runs;

static int run(const struct filter *self, int value);
static int run_data(void *self, int value);
static const int steps[] = {1, 2, 3};
static struct filter filters[2] = {{.name = "add",
                                    .run = run,
                                    .run_data = run_data,
                                    .steps = steps,
                                    .step_count = 3,
                                    .next = &filters[1]},
                                   {.name = "again", .bias = 100, .run = run, .next = filters}};

static int run(const struct filter *self, int value)
{
    runs++;
    if (self != &filters[0] && self != &filters[1])
        return -1;
    return value + self->bias;
}

static int run_data(void *self, int value)
{
    return self == &filters[0] ? -value : -1;
}

void begin(int bias)
{
    filters[0].bias = bias;
    host_register(&filters[0]);
    host_register(&filters[0]);
    if (host_first() != &filters[0])
        filters[0].bias = -1;
}

void change(int bias)
{
    filters[0].bias = bias;
    filters[0].name = bias > 0 ? "more" : "less";
    host_register(&filters[0]);
}

void end(void)
{
    host_unregister(&filters[0]);
}

int ran(void)
{
    return runs;
}

/* ---- freed by the caller ---- */

static int list_count;

char *describe(int number)
{
    char text[32];
    snprintf(text, sizeof text, "number %d", number);
    return number ? strdup(text) : NULL;
}

int *count_up(int *n)
{
    int *made = malloc((size_t)*n * sizeof *made);
    for (int i = 0; i < *n; i++)
        made[i] = i + 1;
    --*n;
    return made;
}

struct list *make_list(int n)
{
    if (!n)
        return NULL;
    struct list *made = malloc(sizeof *made);
    *made = (struct list){n, make_list(n - 1), "of the plugin"};
    list_count++;
    return made;
}

void drop_list(struct list *list)
{
    while (list) {
        struct list *next = list->next;
        free(list);
        list_count--;
        list = next;
    }
}

int lists(void)
{
    return list_count;
}

int ask(int number)
{
    char *text = host_describe(number), *other = host_describe(number + 1);
    text[0] = 'x'; /* it is the plugin's own */
    int length = (int)strlen(text) * 100 + (int)strlen(other) + (strcmp(text, other) != 0);
    free(text);
    free(other);
    return length;
}

int use_list(int n)
{
    struct list *list = host_list(n), *other = host_list(1);
    int result = 0;
    for (const struct list *at = list; at; at = at->next)
        result += at->value + (int)strlen(at->text);
    host_drop(list);
    result += other->value;
    host_drop(other);
    host_drop(NULL);
    return result;
}

int describe_by(text_fn function, int number)
{
    char *text = function(number);
    int length = (int)strlen(text);
    free(text);
    return length;
}

/* ---- memory of plugin_alloc ---- */

int invert(struct image *image)
{
    int count = 0;
    for (; image; image = image->next, count++) {
        for (size_t i = 0; i < image->size; i++)
            image->data[i] = (unsigned char)~image->data[i];
        image->width++;
        image->height = (int)image->size;
    }
    return count;
}

bool is_within(const struct image *image, const unsigned char *data)
{
    return image->data <= data && data < image->data + image->size;
}

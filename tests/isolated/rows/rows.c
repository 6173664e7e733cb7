#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct db {
    int value;
};

int add(int a, int b)
{
    return a + b;
}

int8_t narrow(int8_t a, uint16_t b, bool c, enum colour d)
{
    return (int8_t)(a - b + c + d);
}

long double wide(float a, double b, long double c)
{
    return a + b + c;
}

struct point middle(struct segment segment)
{
    const struct point *a = &segment.ends[0], *b = &segment.ends[1];
    return (struct point){a->tag, (a->x + b->x) / 2, (a->y + b->y) / 2};
}

size_t length(const char *text)
{
    return text ? strlen(text) : 1000;
}

const char *greet(const char *name)
{
    static char text[100];
    snprintf(text, sizeof text, "Hello, %s", name);
    return *name ? text : NULL;
}

/* A pointer into its argument. */
const char *skip(const char *text, int count)
{
    return text + count;
}

const char *full_name(const struct person *person)
{
    static char text[200];
    snprintf(text, sizeof text, "%s %s, %d, of %s", person->first,
             person->last ? person->last : "nobody", person->age,
             person->parent ? person->parent->first : "nobody");
    return text;
}

void grow(struct point *point, double by)
{
    point->x *= by;
    point->tag++;
}

int sum(const int *values, int count)
{
    int result = 0;
    for (int i = 0; i < count; i++)
        result += values[i];
    return result;
}

double sum_rows(const struct table *table)
{
    double result = 0;
    for (size_t i = 0; i < table->count; i++)
        result += table->rows[i].x;
    return result;
}

void reverse(struct node *list)
{
    for (struct node *node = list; node; node = node->next)
        node->value = -node->value;
}

int sum_list(const struct node *list)
{
    int result = 0;
    const struct node *node = list;
    do {
        result += node->value;
        node = node->next;
    } while (node && node != list);
    return result;
}

int same(const struct point *a, const struct point *b)
{
    return a == b;
}

int fill(char *buffer, size_t size, int count)
{
    for (size_t i = 0; i < size; i++)
        if (buffer[i])
            return -1; /* it has seen what the host had there */
    memset(buffer, 'x', size);
    return count;
}

void halves(int value, int *half, int *rest)
{
    *half = value / 2;
    *rest = value % 2;
}

size_t bytes(const void *data, size_t size)
{
    const unsigned char *at = data;
    size_t result = 0;
    for (size_t i = 0; i < size; i++)
        result += at[i];
    return result;
}

struct db *db_open(int value)
{
    static struct db dbs[2];
    static int count;
    struct db *db = value ? &dbs[count++] : NULL;
    if (db)
        db->value = value;
    return db;
}

int db_value(const struct db *db)
{
    return db->value;
}

static void *kept_object;
static struct owner *kept_owner;

void keep(void *object, struct owner *owner)
{
    kept_object = object;
    kept_owner = owner;
}

void *kept(void)
{
    return kept_object;
}

struct owner *owner(void)
{
    return kept_owner;
}

int fail(int number)
{
    int before = errno;
    errno = number;
    return before;
}

void say(const char *text)
{
    printf("%s", text);
}

#include "backs.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang records no type of them by itself. */
PLUGIN_USES(host_answer);
PLUGIN_USES(host_far);
PLUGIN_USES(host_apply);
PLUGIN_USES(host_twice);

static int (*compare_points)(const struct point *a, const struct point *b);

static int compare(const void *a, const void *b)
{
    return compare_points(a, b);
}

void sort(struct point *points, size_t count,
          int (*compare_)(const struct point *a, const struct point *b))
{
    compare_points = compare_;
    qsort(points, count, sizeof *points, compare);
}

int each_line(const char *text, visit *each, void *data)
{
    char line[64];
    int count = 0;
    for (const char *end; *text; text = end + (*end == '\n')) {
        end = text + strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(end - text), text);
        count += each(data, line);
    }
    return count;
}

int apply(int (*function)(int value), int value)
{
    return function ? function(value) : -1;
}

int use(const struct ops *ops, int value)
{
    struct name name = {"Ann", value ? "Cox" : NULL};
    const char *greeting = ops->greet(&name);
    return ops->twice(value) + (int)strlen(greeting ? greeting : "");
}

int32_t total(sum_fn function)
{
    int32_t values[] = {1, 2, 3, 4};
    return function(values, 4) + function(values, 0) + function(NULL, 0);
}

int64_t read_all(read_fn function, void *data)
{
    char buffer[8];
    int64_t all = 0, got;
    while ((got = function(data, buffer, sizeof buffer)) > 0)
        for (int64_t i = 0; i < got; i++)
            all = all * 10 + (buffer[i] - '0');
    return all;
}

/* Large answers, one after the other: is what was read what the host wrote? */
int read_large(read_fn function, void *data)
{
    enum { SIZE = 1 << 20, TIMES = 40 };
    char *buffer = malloc(SIZE);
    int right = 0;
    for (int i = 0; buffer && i < TIMES; i++) {
        buffer[0] = buffer[SIZE - 1] = 0;
        right += function(data, buffer, SIZE) == SIZE && buffer[0] == 'x' &&
                 memcmp(buffer, buffer + 1, SIZE - 1) == 0;
    }
    free(buffer);
    return right == TIMES;
}

int8_t narrow(narrow_fn function, int8_t a)
{
    return (int8_t)(function(a, 65535) + 1);
}

struct point move(struct point (*function)(struct point point, double by), struct point point)
{
    return function(function(point, 1), 10);
}

static int (*kept_function)(int value);

void keep(int (*function)(int value))
{
    kept_function = function;
}

int call_kept(int value)
{
    return kept_function(value);
}

int (*kept(void))(int value)
{
    return kept_function;
}

static int add_one(int value)
{
    return value + 1;
}
static int add_two(int value)
{
    return value + 2;
}

int (*adder(int which))(int value)
{
    return which == 1 ? add_one : which == 2 ? add_two : NULL;
}

int same(int (*a)(int value), int (*b)(int value))
{
    return a == b;
}

static const char *greet(const struct name *name)
{
    static char text[64];
    snprintf(text, sizeof text, "Hi, %s %s", name->first, name->last);
    return text;
}

void fill_ops(struct ops *ops)
{
    ops->twice = ops->twice == host_twice ? add_two : add_one;
    ops->greet = greet;
}

int negate(int value)
{
    return -value;
}

int nest(int (*function)(int depth), int depth)
{
    return function(depth + 1);
}

int fail(int (*function)(int number), int number)
{
    errno = number;
    int before = function(number + 1);
    return before * 100 + errno;
}

struct work {
    int (*function)(int value);
    int value;
};

static void *run(void *data)
{
    struct work *work = data;
    work->value = work->function(work->value);
    return NULL;
}

int in_thread(int (*function)(int value), int value)
{
    struct work work = {function, value};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &work) != 0)
        return -1;
    pthread_join(thread, NULL);
    return work.value;
}

const char *ask(const char *question)
{
    static char text[100];
    snprintf(text, sizeof text, "%s %s", question, host_answer(question));
    return text;
}

double far(double x)
{
    struct point point = {'f', x, 3}, moved = host_far(&point, 10);
    return moved.x + moved.y + (moved.tag == 'g');
}

int own_negate(int value)
{
    return host_apply(negate, value) + host_apply(host_twice, value);
}

int has_missing(void)
{
    return host_missing ? host_missing() : -1;
}

/* Calls back, isolated or not: the output is the same. */
#include "backs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct backs b;

int host_variable = 5;

static void show(const char *what)
{
    printf("%s: %s\n", what, *plugin_error() ? plugin_error() : "well");
}

const char *host_answer(const char *question)
{
    return strcmp(question, "who?") ? NULL : "the host";
}

struct point host_far(const struct point *point, double by)
{
    return (struct point){(char)(point->tag + 1), point->x * by, point->y};
}

int host_apply(int (*function)(int value), int value)
{
    return function(value);
}

int host_twice(int value)
{
    return 2 * value;
}

static int compares;

static int by_x(const struct point *a, const struct point *b)
{
    compares++;
    return (a->x > b->x) - (a->x < b->x);
}

struct log {
    int count;
    char last[64];
};

static int note(void *data, const char *line)
{
    struct log *log = data;
    log->count++;
    strcpy(log->last, line);
    return (int)strlen(line);
}

static int square(int value)
{
    return value * value;
}

static const char *greet(const struct name *name)
{
    return name->last ? "a long greeting" : NULL;
}

static int32_t sum(const int32_t *values, size_t count)
{
    int32_t result = 100;
    for (size_t i = 0; i < count; i++)
        result += values[i];
    return result;
}

static int64_t read_digits(void *data, char *buffer, size_t size)
{
    const char **text = data;
    size_t count = strlen(*text) < 3 ? strlen(*text) : 3;
    if (count > size)
        return -1;
    memcpy(buffer, *text, count);
    *text += count;
    return (int64_t)count;
}

static int64_t read_same(void *data, char *buffer, size_t size)
{
    memset(buffer, *(const char *)data, size);
    return (int64_t)size;
}

/* KiB of shared memory that this process has. */
static long shared_memory(void)
{
    char line[256];
    long size = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "RssShmem: %ld", &size);
    if (status)
        fclose(status);
    return size;
}

static int8_t narrowed(int8_t a, uint16_t b)
{
    return (int8_t)(a + (b == 65535));
}

static struct point moved(struct point point, double by)
{
    point.x += by;
    return point;
}

static int nested(int depth)
{
    return depth < 7 ? b.nest(nested, depth) : depth;
}

static int through_thread(int depth)
{
    return b.nest(nested, b.negate(depth));
}

static int set_errno(int number)
{
    int before = errno;
    errno = number;
    return before;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct plugin_options options = {.size = sizeof options};
    if (argc > 2)
        options.placement = PLUGIN_ISOLATED;
    if (argc > 3) { /* what it has is not what backs.h says */
        plugin *other = plugin_open_with(argv[1], &options);
        printf("%s\n", other ? "opened" : plugin_error());
        return 0;
    }
    plugin *p = plugin_open_as_with(argv[1], &options, &b);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    struct point points[] = {{'c', 3, 0}, {'a', 1, 0}, {'d', 4, 0}, {'b', 2, 0}};
    b.sort(points, 4, by_x);
    printf("%c%c%c%c %d\n", points[0].tag, points[1].tag, points[2].tag, points[3].tag,
           compares > 3);
    struct log log = {0};
    int length = b.each_line("one\ntwo\nthree\n", note, &log);
    printf("%d %d %s\n", length, log.count, log.last);
    printf("%d %d\n", b.apply(square, 7), b.apply(NULL, 7));
    struct ops ops = {square, greet, &log};
    printf("%d %d\n", b.use(&ops, 5), b.use(&ops, 0));
    printf("%d\n", b.total(sum));
    const char *digits = "1234567";
    printf("%lld\n", (long long)b.read_all(read_digits, &digits));
    long memory = shared_memory();
    printf("%d ", b.read_large(read_same, "x"));
    for (int i = 0; i < 20; i++)
        b.negate(i);
    const char *lacks = getenv("TEST_LACKS");
    bool is_kept = lacks && strstr(lacks, "madvise"); /* by the emulator */
    printf("%d\n", is_kept || shared_memory() - memory < 512);
    printf("%d\n", b.narrow(narrowed, -100));
    struct point far = b.move(moved, (struct point){'m', 0.5, 1});
    printf("%c %g %d\n", far.tag, far.x, far.y);
    b.keep(square);
    printf("%d %d\n", b.call_kept(3), b.kept() == square);
    b.keep(b.negate);
    printf("%d %d\n", b.call_kept(3), b.kept() == b.negate);
    b.keep(NULL);
    printf("%d\n", b.kept() == NULL);
    int (*one)(int) = b.adder(1), (*two)(int) = b.adder(2);
    printf("%d %d %d %d %d\n", one(1), two(1), one == b.adder(1), one == two, b.adder(0) == NULL);
    printf("%d %d %d\n", b.same(one, one), b.same(one, two), b.same(square, square));
    printf("%d\n", b.apply(one, b.apply(two, 10)));
    ops.twice = host_twice;
    b.fill_ops(&ops);
    printf("%d %d ", ops.twice(1), ops.data == &log);
    printf("%s\n", ops.greet(&(struct name){"Bo", "Cox"}));
    printf("%d\n", b.nest(nested, 0));
    printf("%d %d\n", b.in_thread(square, 9), b.in_thread(through_thread, 2));
    errno = 1;
    printf("%d", b.fail(set_errno, 11));
    printf(" %d\n", errno);
    printf("%s;", b.ask("who?"));
    printf(" %g %d %d\n", b.far(1.5), b.own_negate(21), b.has_missing());
    show("all of it");
    return 0;
}

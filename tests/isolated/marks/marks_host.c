/* Calls what marks.h has, isolated or not: the output is the same. */
#include "marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct marks m;
static plugin *p;

/* ---- what the plugin imports ---- */

static const struct filter *registered[4];
static int registered_count, host_lists;

void host_register(const struct filter *filter)
{
    for (int i = 0; i < registered_count; i++)
        if (registered[i] == filter)
            return;
    registered[registered_count++] = filter;
}

void host_unregister(const struct filter *filter)
{
    for (int i = 0; i < registered_count; i++)
        if (registered[i] == filter)
            registered[i] = registered[--registered_count];
}

const struct filter *host_first(void)
{
    return registered[0];
}

char *host_describe(int number)
{
    char text[32];
    snprintf(text, sizeof text, "the host's %d", number);
    return strdup(text);
}

struct list *host_list(int n)
{
    if (!n)
        return NULL;
    struct list *made = malloc(sizeof *made);
    *made = (struct list){n, host_list(n - 1), "host"};
    host_lists++;
    return made;
}

void host_drop(struct list *list)
{
    while (list) {
        struct list *next = list->next;
        free(list);
        host_lists--;
        list = next;
    }
}

bool host_fill(int *numbers, size_t *n)
{
    *n = *n > 2 ? 2 : *n;
    for (size_t i = 0; i < *n; i++)
        numbers[i] += 3;
    return true;
}

const int *host_values(size_t *n)
{
    static const int all[] = {10, 20, 30};
    *n = 3;
    return all;
}

/* ---- calls ---- */

static void show(const char *what)
{
    printf("%s: %s\n", what, *plugin_error() ? plugin_error() : "well");
    plugin_error_clear();
}

static void counts(void)
{
    struct item all[5] = {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}};
    size_t n = 5;
    printf("read: %d", m.read_all(all, &n));
    for (int i = 0; i < 5; i++)
        printf(" %d%s", all[i].number, all[i].name);
    printf(" of %zu\n", n);
    n = 2;
    printf("too few: %d", m.read_all(&all[3], &n));
    printf(" %d%s %d%s of %zu\n", all[3].number, all[3].name, all[4].number, all[4].name, n);
    int numbers[3] = {7, 7, 7};
    uint8_t two = 2;
    printf("few: %d %d%d%d\n", m.read_few(numbers, &two), numbers[0], numbers[1], numbers[2]);
    n = 10;
    const int *values = m.values(&n);
    printf("values: %d %zu\n", values[9], n);
    n = 1000;
    values = m.values(&n);
    printf("values: %d %zu\n", values[99], n);
    printf("items: %d", m.items(3)[2].number);
    printf(" %s", m.items(3)[1].name);
    printf(" %s\n", m.items(0) ? "some" : "none");
    int64_t length = 0;
    const char *text = m.letters(&length);
    printf("letters: %.*s\n", (int)length, text);
    const unsigned char *all_bytes = m.bytes(65535);
    printf("bytes: %d %d\n", all_bytes[255], all_bytes[65534]);
    printf("of the host: %ld\n", m.total(host_values));
    show("counts");
}

static int logged;

static int log_level(int level)
{
    logged = level;
    return 1;
}

static void kept_by_the_plugin(void)
{
    static int limits[] = {1, 2, 3};
    static struct item item = {10, "item"};
    static char title[] = "the title";
    struct config parent = {.level = 5, .title = "parent", .item = &item};
    struct config config = {title, 100, limits, 3, &item, log_level, &parent};
    m.use(&config);
    printf("level: %d, logged %d\n", m.level(), logged);
    printf("title: %s\n", m.title());
    printf("the same: %d %d %d\n", m.current() == &config, m.is_current(&config),
           m.is_current(&parent));
    printf("as data: %d\n", m.current_data() == &config);
    config.level = 200;
    config.parent = &config;
    strcpy(title, "new");
    m.use(&config);
    printf("level: %d, logged %d\n", m.level(), logged);
    printf("title: %s\n", m.title());
    printf("the same: %d\n", m.is_current(&config));
    char name[] = "kept";
    m.set_name(name);
    printf("name: %s\n", m.get_name());
    int numbers[] = {1, 2, 3, 4};
    m.keep_numbers(numbers, 4);
    m.level();
    printf("numbers: %d\n", m.sum_numbers());
    show("kept by the plugin");
}

static void kept_by_the_host(void)
{
    m.begin(7);
    const struct filter *filter = registered[0], *next = filter->next;
    printf("registered: %d %s %d\n", registered_count, filter->name, filter->bias);
    printf("steps: %zu %d\n", filter->step_count, filter->steps[2]);
    printf("runs: %d %d\n", filter->run(filter, 1), filter->run_data((void *)filter, 5));
    printf("next: %s %d %d\n", next->name, next->bias, next->next == filter);
    m.change(70);
    printf("changed: %d %s %d\n", registered_count, filter->name, filter->bias);
    printf("runs: %d %d\n", filter->run(filter, 1), m.ran());
    m.end();
    printf("registered: %d\n", registered_count);
    show("kept by the host");
}

static void freed_by_the_host(void)
{
    char *one = m.describe(1), *two = m.describe(2);
    printf("%s, %s, %s\n", one, two, m.describe(0) ? "something" : "nothing");
    one[0] = 'N';
    printf("%s\n", one);
    free(one);
    free(two);
    int n = 10, *up = m.count_up(&n);
    printf("up to: %d %d\n", up[8], n);
    free(up);
    struct list *list = m.make_list(3), *other = m.make_list(1);
    printf("list: %d %d %d %s\n", list->value, list->next->next->value, other->value, list->text);
    m.drop_list(list);
    printf("other: %d\n", other->value);
    m.drop_list(other);
    m.drop_list(m.make_list(0));
    printf("lists: %d\n", m.lists());
    show("freed by the host");
}

static void freed_by_the_plugin(void)
{
    printf("asked: %d\n", m.ask(9));
    printf("list: %d\n", m.use_list(4));
    printf("described: %d\n", m.describe_by(host_describe, 12));
    printf("lists: %d\n", host_lists);
    show("freed by the plugin");
}

static void in_shared_memory(void)
{
    struct image *images = plugin_alloc(p, 2 * sizeof *images);
    unsigned char *data = plugin_alloc(p, 1000);
    for (int i = 0; i < 2; i++)
        images[i] = (struct image){.width = i, .data = data + 500 * i, .size = 500};
    images[0].next = &images[1];
    printf("inverted: %d\n", m.invert(images));
    printf("images: %d %d %d %d\n", images[0].width, images[0].height, images[1].width,
           images[1].height);
    printf("data: %d %d, %d %d\n", data[0], data[999], images[0].data == data,
           images[0].next == &images[1]);
    printf("within: %d %d\n", m.is_within(images, data), m.is_within(images, data + 500));
    struct image own = {.data = data, .size = 10};
    printf("outside: %d %d\n", m.invert(&own), data[0]);
    plugin_free(p, data);
    plugin_free(p, images);
    show("in shared memory");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct plugin_options options = {.size = sizeof options};
    if (argc > 2)
        options.placement = PLUGIN_ISOLATED;
    p = plugin_open_as_with(argv[1], &options, &m);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    counts();
    kept_by_the_plugin();
    kept_by_the_host();
    freed_by_the_host();
    freed_by_the_plugin();
    in_shared_memory();
    return 0;
}

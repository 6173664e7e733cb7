/* Calls what broken.h has: the arguments say what, in this order. */
#include "../../common/counts.h"
#include "../../common/result.h"
#include "broken.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct broken b;
static plugin *p;
static const struct thing *kept;
static struct thing own = {.name = "the host's", .number = 5};
static int kept_calls, drops;

void host_keep(const struct thing *thing)
{
    kept = thing;
    kept_calls++;
}

const struct thing *host_own(void)
{
    return &own;
}

bool host_is_own(const struct thing *thing)
{
    return thing == &own;
}

struct thing *host_make(void)
{
    struct thing *made = calloc(1, sizeof *made);
    made->name = "made by the host";
    return made;
}

void host_drop(struct thing *thing)
{
    free(thing);
    drops++;
}

/* Prints the result of a call, and its error. */
static void show(const char *what, int result)
{
    if (*plugin_error())
        printf("%s: %d %s: %s\n", what, result, code_name(), plugin_error());
    else
        printf("%s: %d\n", what, result);
    plugin_error_clear();
}

static void crash(void)
{
    b.crash();
    plugin_error_clear();
}

static void restart(void)
{
    show("restart", plugin_restart(p));
}

static void act_kept(void)
{
    b.begin(7);
    const struct thing *first = kept;
    show("begun", kept->number);
    show("called", kept->get(10));
    b.again("other", 2);
    printf("again: %d %s %d\n", kept == first, kept->name, kept->number);
    crash();
    printf("after the end: %s %d %d\n", kept->name, kept->number, kept->numbers[1]);
    show("called", kept->get(10));
    kept = NULL;
    restart();
    b.begin(1);
    show("begun again", kept->number);
    show("called", kept->get(10));
    b.keep(&own);
    show("kept", b.kept() == &own);
    show("passed back", b.use_host());
    crash();
    restart();
    show("forgotten", b.kept() != NULL);
}

static void act_freed(void)
{
    char *text = b.text(1), *empty = b.text(0);
    struct thing *made = b.make(3), *other = b.make(4);
    show("dropped there", b.dropped());
    crash();
    printf("after the end: %s, %s, %d %s\n", text, empty, made->number, made->name);
    free(text);
    free(empty);
    b.drop(made);
    show("freed", 0);
    restart();
    show("dropped there", b.dropped());
    printf("after the restart: %d\n", other->number);
    b.drop(other);
    show("freed", 0);
    b.drop(other);
    show("twice", 0);
    b.drop(&own);
    show("another", 0);
    b.drop(NULL);
    show("none", 0);
}

static void use_all(void)
{
    b.begin(1);
    b.keep(&own);
    free(b.text(1));
    b.drop(b.make(3));
    plugin_restart(p);
}

static void act_limits(void)
{
    for (int i = 0; i < 20; i++)
        use_all();
    size_t before = count_memory();
    for (int i = 0; i < 20; i++)
        use_all();
    show("grown", count_memory() > before + 4096);
    show("flood", b.flood(10000));
    show("flood", b.flood(10000));
    restart();
    show("flood", b.flood(10000));
    struct thing *things = calloc(20000, sizeof *things);
    for (int i = 0; i < 20000 && !*plugin_error(); i++)
        b.keep(&things[i]);
    show("too many", 0);
    show("lives", b.kept() == &things[16383]);
    free(things);
}

static void act_mistakes(void)
{
    show("released", plugin_token_release(p, &own));
    b.keep(&own);
    show("kept", b.kept() == &own);
    show("released", plugin_token_release(p, &own));
    show("not kept", b.kept() != NULL);
    restart();
    show("an argument", b.argument(&own) != NULL);
    int n = 0;
    show("negative", b.negative(&n) != NULL);
    size_t *shared = plugin_alloc(p, sizeof *shared), count = 2, many = (size_t)1 << 40;
    int numbers[] = {1, 2};
    show("counted", b.sum(numbers, &count));
    show("by none", b.sum(numbers, NULL));
    show("by shared memory", b.sum(numbers, shared));
    show("by too many", b.sum(numbers, &many));
    struct part *part = plugin_alloc(p, sizeof *part), *next = plugin_alloc(p, sizeof *next);
    char *name = plugin_alloc(p, 8);
    *part = (struct part){.size = 8, .data = plugin_alloc(p, 8), .next = next, .name = name};
    strcpy(name, "name");
    part->data[7] = 5;
    show("measured", b.measure(part));
    part->size = 9;
    show("beyond", b.measure(part));
    part->size = 1;
    part->data = (unsigned char *)name;
    part->name = "of the host";
    show("a string outside", b.measure(part));
    part->name = NULL;
    static unsigned char data[8];
    part->data = data;
    show("outside", b.measure(part));
    part->data = NULL;
    part->next = &(struct part){0};
    show("an object outside", b.measure(part));
    part->next = (struct part *)((char *)next + 8);
    show("between", b.measure(part));
    *part = (struct part){.size = 8, .data = (unsigned char *)name};
    show("changed", b.change(part, 0) == part);
    printf("part: %zu %d %d\n", part->size, part->data == (unsigned char *)name, !part->name);
    show("changed", b.change(part, 1) == part);
    printf("part: %zu %d %d\n", part->size, part->data == (unsigned char *)name, !part->name);
}

static void act_forged(void)
{
    show("nothing given", b.forge(0));
    restart();
    b.keep(&own);
    show("another number", b.forge(1));
    restart();
    show("a function that frees", b.forge(3));
    restart();
    b.begin(1);
    b.again("thing", 3);
    show("another number of objects", kept_calls);
    restart();
    b.begin(1);
    b.again(NULL, 2);
    show("a pointer that is lost", kept_calls);
    restart();
    show("lives", b.dropped());
    show("uses the host", b.use_host());
    show("dropped here", drops);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct plugin_options options = {
        .size = sizeof options, .placement = PLUGIN_ISOLATED, .timeout_ms = 60000};
    p = plugin_open_as_with(argv[1], &options, &b);
    if (!p || argc < 3) {
        printf("%s\n", plugin_error());
        return 1;
    }
    static const struct {
        const char *name;
        void (*act)(void);
    } acts[] = {{"kept", act_kept},
                {"freed", act_freed},
                {"limits", act_limits},
                {"mistakes", act_mistakes},
                {"forged", act_forged}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(argv[2], acts[i].name))
            acts[i].act();
    return 0;
}

/* A host whose interfaces have what is hard to define: opens a plugin as the one that is named. */
#include <plugin.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum colour { RED, GREEN };
struct point {
    int x, y;
};
struct box {
    struct point corner;
    double size[2];
};
union number {
    long whole;
    double real;
};
struct none {
};
typedef struct {
    unsigned bits : 3;
} flags_t;
typedef int compare_fn(const void *, const void *);
typedef int hook(int); /* a function of this name is none in C */
struct opaque;
typedef float vector __attribute__((vector_size(16)));

struct zoo {
    void (*nothing)(void);
    enum colour (*colour)(enum colour colour);
    struct box (*box)(struct box box, const struct box *other);
    union number (*number)(union number *number);
    struct none (*none)(struct none *none);
    flags_t (*flags)(flags_t *flags);
    compare_fn *(*sorter)(compare_fn *compare, int values[4], int (*rows)[3]);
    int (*(*rows)(int line))[3];
    int (*print)(const char *format, ...);
    int (*vprint)(const char *format, va_list arguments);
    struct opaque *(*begin)(struct opaque *opaque, struct point *point);
    float (*scale)(float factor, long double wide, _Bool is_on, unsigned char byte);
    double _Complex (*turn)(double _Complex value);
    vector (*add)(vector a);
    compare_fn *compare;
    hook *hook;
    int *level;
    const int *version;
    const struct box *limits;
    const char *const *title;
    char (*name)[16];
    flags_t *state;
    compare_fn **comparer;
    int (*old)();
    int (*dashed)(void);
    int (*int_)(void);
    const unsigned long *word;
};
PLUGIN_NAMED(struct zoo, dashed, "a.b.c");
PLUGIN_NAMED(struct zoo, int_, "int");
PLUGIN_NAMED(struct zoo, word, "while");
PLUGIN_OPTIONAL(struct zoo, box);
PLUGIN_OPTIONAL(struct zoo, title);

PLUGIN_EXPECTS_OPTIONAL("modules", compare_fn *[]);
PLUGIN_EXPECTS_OPTIONAL("on_start", void(int, struct point));

struct unfinished {
    int (*take)(struct opaque *);
    struct opaque *thing; /* a variable that only its own header can define */
};

int main(int argc, char **argv)
{
    struct zoo zoo;
    struct unfinished unfinished;
    struct {
        int (*nameless)(int);
    } none;
    plugin *p = NULL;
    if (argc == 3 && !strcmp(argv[1], "struct zoo"))
        p = plugin_open_as(argv[2], &zoo);
    else if (argc == 3 && !strcmp(argv[1], "struct unfinished"))
        p = plugin_open_as(argv[2], &unfinished);
    else if (argc == 3 && !strcmp(argv[1], "struct"))
        p = plugin_open_as(argv[2], &none);
    puts(p ? "opened" : plugin_error());
    return !p;
}

/* The package example.com/geom, as it was. The file `changes` says what becomes of it. Each type is
 * reached from few functions, so that one change shows in few places. */
#ifndef GEOM_H
#define GEOM_H

#include <plugin.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CORNERS 4
#define BANNER  "geometry"

typedef double scalar;
typedef const char *label;

enum color { RED, GREEN, BLUE = 4 };

struct circle {
    int x;
    int y;
    double r;
    char level;
};

struct polygon {
    long corners[CORNERS];
};

struct style {
    unsigned width : 4;
    unsigned dash : 3;
};

union value {
    long number;
    double exact;
};

struct point {
    scalar x;
    scalar y;
};

struct box {
    int width;
    struct {
        int depth;
    } inner;
};

/* Each refers to the other. */
struct tree {
    struct list *children;
    long weight;
};
struct list {
    struct tree *item;
    struct list *next;
};

/* A lamp is four pointers away. */
struct lamp {
    int watt;
};
struct house {
    struct lamp *porch;
};
struct street {
    struct house *first;
};
struct town {
    struct street *main;
};

/* What these are, geom.c alone knows. */
struct pen;
struct ink;

/* These may grow. The host makes services; modules and codecs, anyone. */
struct service {
    int (*reply)(int question);
    long limit;
};
PLUGIN_GROWS(struct service);

struct module {
    unsigned length;
    int number;
    char kind;
};
PLUGIN_GROWS_SIZED(struct module, length);

struct codec {
    int version;
    float rate;
};
PLUGIN_GROWS_VERSIONED(struct codec, version);

enum level { LOW, HIGH };
PLUGIN_GROWS(enum level);

enum event { OPENED, CLOSED, EVENT_COUNT };
PLUGIN_GROWS_UNTIL(enum event, EVENT_COUNT);

/* geom.c calls it by another tag. */
#ifdef INSIDE_GEOM
typedef struct motor engine_t;
#else
typedef struct engine engine_t;
#endif

/* Nobody uses this one. */
struct spare {
    int part;
};

extern int geom_count;
extern const int geom_edition;
extern scalar geom_table[3];
extern const char *geom_title;

double geom_area(const struct circle *circle);
int geom_corners(struct polygon *polygon);
void geom_draw(struct style *style);
void geom_set(union value *value);
enum color geom_mix(enum color color);
struct point geom_middle(struct point from, struct point to);
int geom_visit(int (*visit)(struct box *box, void *context), void *context);
long geom_weigh(struct tree *tree);
int geom_light(struct town *town);
struct pen *geom_pen(label name);
void geom_dip(struct pen *pen, struct ink *ink);
int geom_log(const char *format, ...);
int geom_sum(int first, int second);
long geom_scale(long value, scalar factor);
void geom_fill(unsigned char *buffer, unsigned long size);
char geom_letter(char letter);
bool geom_wait(bool long_enough);
void geom_old(void);
void geom_serve(const struct service *service);
int geom_register(struct module *module);
void geom_encode(struct codec *codec);
void geom_raise(enum level level);
void geom_notify(enum event event);
void geom_start(engine_t *engine);
int geom_parse(char **words);
void geom_bind(void *context, struct style *style);

#ifdef __cplusplus
}
#endif

#endif

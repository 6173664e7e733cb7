/* The package example.com/geom. What its functions do does not matter here. */
#define INSIDE_GEOM
#include "geom.h"

PLUGIN_PACKAGE("example.com/geom");

struct motor {
    int power;
};
PLUGIN_ALIAS(struct motor, struct engine);

struct pen {
    int width;
};
struct ink {
    int color;
};

int geom_count = 1;
extern const int geom_edition;
const int geom_edition = 1;
scalar geom_table[3];
const char *geom_title = BANNER;

double geom_area(const struct circle *circle)
{
    return 0;
}
int geom_corners(struct polygon *polygon)
{
    return 0;
}
void geom_draw(struct style *style)
{
}
void geom_set(union value *value)
{
}
enum color geom_mix(enum color color)
{
    return color;
}
struct point geom_middle(struct point from, struct point to)
{
    return from;
}
int geom_visit(int (*visit)(struct box *box, void *context), void *context)
{
    return visit && context;
}
long geom_weigh(struct tree *tree)
{
    return tree != 0;
}
int geom_light(struct town *town)
{
    return town != 0;
}
struct pen *geom_pen(label name)
{
    return 0;
}
void geom_dip(struct pen *pen, struct ink *ink)
{
    pen->width += ink->color;
}
int geom_log(const char *format, ...)
{
    return format != 0;
}
int geom_sum(int first, int second)
{
    return 0;
}
long geom_scale(long value, scalar factor)
{
    return 0;
}
void geom_fill(unsigned char *buffer, unsigned long size)
{
}
char geom_letter(char letter)
{
    return 0;
}
bool geom_wait(bool long_enough)
{
    return 0;
}
void geom_old(void)
{
}
void geom_serve(const struct service *service)
{
}
int geom_register(struct module *module)
{
    return plugin_has(module, kind, length);
}
void geom_encode(struct codec *codec)
{
}
void geom_raise(enum level level)
{
}
void geom_notify(enum event event)
{
}
void geom_start(engine_t *engine)
{
}
int geom_parse(char **words)
{
    return words != 0;
}
void geom_bind(void *context, struct style *style)
{
}

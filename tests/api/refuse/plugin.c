/* A plugin that leaves a file behind when any of its code runs. What is refused was made of it. */
#include <fcntl.h>
#include <stdlib.h>

__attribute__((constructor)) static void leave_mark(void)
{
    const char *mark = getenv("MARK");
    if (mark)
        open(mark, O_CREAT | O_WRONLY, 0666);
}

struct point {
    int x;
    float y;
};
struct shape {
    const char *name;
    struct point *corners;
};
struct journal {
    int lines;
};
enum color { RED, GREEN = 5 };

int counter;
const char *title;
struct shape shape;
int table[4];
enum color color;
const int limit = 3;

int area(const struct shape *s, double scale)
{
    return (int)(s->corners->y * scale);
}
int add(int a, int b)
{
    return a + b;
}
int format(const char *text, ...)
{
    return text[0];
}
void visit(int (*function)(struct shape *, void *), void *context)
{
    function(&shape, context);
}
int review(const struct journal *journal)
{
    struct journal mine = *journal;
    return mine.lines;
}

/* The plugin that is opened. PACKAGED: it carries a package with an init, and has an init itself.
 * NEEDS: it needs a library that carries another package. REFUSED: it needs a missing symbol. */
#include <plugin.h>
#include <stdio.h>

int V;

struct load {
    double weight;
    const struct load *next;
} loads[2];

double weigh(const struct load *load, int times)
{
    double sum = 0;
    for (; load; load = load->next)
        sum += load->weight * times;
    return sum;
}

#ifdef PACKAGED
#include "package.h"
PLUGIN_IMPORT("example.com/count");

static int started;
PLUGIN_INIT
{
    started = count_next();
}
#else
enum { started = 1 };
#endif

#ifdef NEEDS
#include "library.h"
#else
enum { library_value = 1 };
#endif

#ifdef REFUSED
extern int nobody_has_this;
#else
enum { nobody_has_this = 1 };
#endif

void F(void)
{
    if (started == 1 && library_value == 1 && nobody_has_this == 1)
        printf("Hello, number %d\n", V);
}

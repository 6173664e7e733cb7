// Knows another struct, or with -DINCOMPLETE none.
#include "probes.h"

#ifndef INCOMPLETE
struct shape {
    float width, height;
};
#endif

void second(plugins::opened p)
{
    TELL("second", p, p.path());
}

// Knows the struct as the plugin does.
#include "probes.h"

struct shape {
    double width, height;
};

void first(plugins::opened p)
{
    TELL("first", p, p.path());
    shape unit{2, 3};
    std::printf("area: %g\n", p.get<double(const shape *)>("area")(&unit));
}

int main()
{
    plugins::opened p = plugins::open("./shapes.so");
    first(p);
    second(p);
}

/* A host of two files whose `struct shape` is not the same, which C++ forbids and no compiler sees:
 * each file's uses are judged by its own. */
#ifndef PROBES_H
#define PROBES_H

#include <plugin.hpp>

#include <cstdio>

void first(plugins::opened p);
void second(plugins::opened p);

struct shape;
struct area_alone {
    double (*area)(const shape *);
};

/* What a file is told, for each template that leaves a probe. */
#define TELL(who, p, shapes)                                                                       \
    std::printf("%s: %d %d %d %d %d\n", who, !!(p).try_get<double(const shape *)>("area"),         \
                !!(p).try_lookup("area").try_get<double(const shape *)>(),                         \
                (p).try_bind<area_alone>().has_value(),                                            \
                !!plugins::try_open_as<area_alone>(shapes),                                        \
                plugins::examine(shapes).meets<area_alone>())

#endif

// A package in C++: a shared object whose constructor leaves nothing to run, and a private one that
// is made before the inits run.
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/object");

namespace object {
struct counter {
    int value;
    constexpr counter(int start) : value(start) {}
};
counter shared(40);
int next() { return ++shared.value; }

// Constructors and destructors, which compilers describe with parameters of their own.
struct part {
    part(int);
    virtual ~part();
    int weight;
};
struct whole : virtual part {
    whole();
    ~whole();
};
part::part(int start) : weight(start) {}
part::~part() {}
whole::whole() : part(1) {}
whole::~whole() {}
} // namespace object

static int when_loaded() { return 1; }
static int loaded = when_loaded();

PLUGIN_INIT { test_log(loaded && object::next() == 41 ? "object constructed" : "not constructed"); }

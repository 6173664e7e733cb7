#include "log.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/object");

namespace object {
int next();
}

extern "C" int hit() { return object::next(); }
PLUGIN_INIT { test_log("user of object"); }

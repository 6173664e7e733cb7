/* The parts of the C implementation: what nobody stamps. */
#ifndef PLUGIN_IMPLEMENTATION_H
#define PLUGIN_IMPLEMENTATION_H

#include <stdbool.h>

/* Is this library, by its name or path, a part of the C implementation? Nobody records its types,
 * so that its symbols are not compared. */
bool implementation_has(const char *library);

#endif

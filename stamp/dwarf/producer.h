/* What DW_AT_producer says of a compiler. */
#ifndef PLUGIN_STAMP_PRODUCER_H
#define PLUGIN_STAMP_PRODUCER_H

#include <stdbool.h>

/* Its name: "GNU C17 12.2.0 -O2 ..." becomes "gcc 12.2.0", "Debian clang version 14.0.6" "clang
 * 14.0.6"; another compiler's words stay as they are. Newly allocated; NULL without memory. */
char *producer_name(const char *producer);

/* Those of its flags that change what it makes, with spaces between them; gcc records its flags,
 * clang does not. Newly allocated; NULL without memory. */
char *producer_flags(const char *producer);

/* Does its record of flags end with -g1? The last -g of several counts. */
bool producer_has_g1(const char *producer);

#endif

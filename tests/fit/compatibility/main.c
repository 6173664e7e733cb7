/* A plugin that uses all of the package example.com/geom. */
#define _POSIX_C_SOURCE 200809L /* setenv, also with -std=c17 */

#include "geom.h"

#include <stdlib.h>

PLUGIN_IMPORT("example.com/geom");

/* The host looks whether anything of this plugin has run. */
__attribute__((constructor)) static void leave_mark(void)
{
    setenv("PLUGIN_HAS_RUN", "1", 1);
}

/* gcc records what is used, clang what PLUGIN_USES names. What uses it is exported, so that no
 * linker leaves it out. */
#if defined __clang__ && !defined WITHOUT_USES
#define USE(name)                                                                                  \
    PLUGIN_USES(name);                                                                             \
    USE_ALONE(name)
#else
#define USE(name) USE_ALONE(name)
#endif
#define USE_ALONE(name)                                                                            \
    const volatile void *const use_##name __attribute__((used)) = (const volatile void *)&name

USE(geom_count);
USE(geom_edition);
USE(geom_table);
USE(geom_title);
USE(geom_area);
USE(geom_corners);
USE(geom_draw);
USE(geom_set);
USE(geom_mix);
USE(geom_middle);
USE(geom_visit);
USE(geom_weigh);
USE(geom_light);
USE(geom_pen);
USE(geom_dip);
USE(geom_log);
USE(geom_sum);
USE(geom_scale);
USE(geom_fill);
USE(geom_letter);
USE(geom_wait);
USE(geom_old);
USE(geom_serve);
USE(geom_register);
USE(geom_encode);
USE(geom_raise);
USE(geom_notify);
USE(geom_start);
USE(geom_parse);
USE(geom_bind);

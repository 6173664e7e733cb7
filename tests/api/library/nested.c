/* A plugin whose constructor opens another, the one named by OPENS, and keeps what it was told. */
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>

char said[4096];
plugin *other;

__attribute__((constructor)) static void construct(void)
{
    other = plugin_open(getenv(OPENS));
    if (!other)
        snprintf(said, sizeof said, "%d %s", (int)plugin_error_code(), plugin_error());
}

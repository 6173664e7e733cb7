/* A library that opens plugins for its programs. */
#include "api.h"

plugin *source_open(const char *path)
{
    struct source source;
    return plugin_open_as(path, &source);
}

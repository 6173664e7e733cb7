/* The plugins of this test; a macro chooses one. */
#include "api.h"

#ifdef FILTER
bool filter_line(struct line *line)
{
    return line->length;
}
int filter_level;
#endif

#ifdef CODEC
int new_(const struct line *line, int flags) __asm__("new");
int new_(const struct line *line, int flags)
{
    return line->length + flags;
}
int decode(struct line *line)
{
    return line->length;
}
#endif

#ifdef INIT
int mod_init(const struct host_api *api)
{
    return api->get(1);
}
#endif

#ifdef SOURCE
int source_read(struct line *line)
{
    return line->length;
}
#endif

#ifdef SOURCE_LONG
long source_read(struct line *line)
{
    return line->length;
}
#endif

#ifdef HALF /* of a filter */
bool filter_line(struct line *line)
{
    return line->length;
}
_Thread_local int filter_level;
int filter_help;
#endif

#ifdef LOGS
int host_log_of(const long *line) __asm__("host_log");
int logs(void)
{
    return host_log_of(0);
}
#endif

#ifdef IMPLEMENTS
PLUGIN_IMPLEMENTS(struct filter);
#endif

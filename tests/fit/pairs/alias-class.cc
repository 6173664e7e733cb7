/* Plugins know the host's class by another name, in another namespace: that of its base, or of
 * nothing.
 *
 * host 1, plugin 1: fits, runs
 * host 1, plugin 1 -DCOPIES: refused, overruns
 */
#include <plugin.h>

namespace api
{
class engine;
struct stream {
    long position;
};
} // namespace api

#ifdef HOST
namespace host
{
class engine
{
  public:
    int starts;
};
struct stream : public api::stream {
    stream() : api::stream{3}, size(5)
    {
    }
    long size;
};
} // namespace host
PLUGIN_ALIAS(host::engine, api::engine);
PLUGIN_ALIAS(host::stream, api::stream);
extern "C" {
host::engine *host_engine();
int host_start(host::engine *of);
host::stream *host_stream();
long host_left(host::stream *of);
}
static host::engine engine;
static host::stream stream;
host::engine *host_engine()
{
    return &engine;
}
int host_start(host::engine *of)
{
    return ++of->starts;
}
host::stream *host_stream()
{
    return &stream;
}
long host_left(host::stream *of)
{
    return of->size - of->position;
}
#else
extern "C" {
api::engine *host_engine();
int host_start(api::engine *of);
api::stream *host_stream();
long host_left(api::stream *of);
}
extern "C" int run()
{
    api::stream *stream = host_stream();
#ifdef COPIES
    api::stream mine = *stream;
    stream = &mine;
#endif
    stream->position++;
    return host_start(host_engine()) != 1 || host_left(stream) != 1;
}
#endif

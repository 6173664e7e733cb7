/* The same for a class that derives from the struct.
 *
 * host 2, plugin 1: fits, runs
 * host 2, plugin 1 -DBASE: refused, overruns
 */
#include <plugin.h>

struct api {
    void *context;
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS(struct api);
extern "C" const api *host_api();
extern "C" long host_level(const api &own);

#ifdef HOST
static api own_api = {
    nullptr,
    3,
#if V >= 2
    0,
#endif
};
extern "C" const api *host_api()
{
    return &own_api;
}
long host_level(const api &own)
{
#if V >= 2
    return own.level + own.limit;
#else
    return own.level;
#endif
}
#else
namespace plug
{
#if defined BASE
class copy : public api
{
  public:
    explicit copy(const api &other) : api(other)
    {
    }
};
static copy mine(*host_api());
static long level(const api &)
{
    return host_level(mine);
}
#else
static long level(const api &other)
{
    return host_level(other);
}
#endif
} // namespace plug
extern "C" int run();
int run()
{
    return plug::level(*host_api()) != 3;
}
#endif

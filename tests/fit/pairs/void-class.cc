/* A handle to a class that plugins do not see is void * to others.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 */
#if V >= 2
typedef void *handle;
#else
namespace engine
{
class counter;
}
typedef engine::counter *handle;
#endif
extern "C" handle host_open();
extern "C" int host_count(handle of);

#ifdef HOST
static int count;
handle host_open()
{
    return (handle)&count;
}
int host_count(handle of)
{
    return of == (handle)&count ? ++count : 0;
}
#else
extern "C" int run()
{
    handle own = host_open();
    return host_count(own) != 1 || host_count(own) != 2;
}
#endif

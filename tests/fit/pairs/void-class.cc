/* A handle to a class that plugins do not see is void * to others, but not behind a second
 * pointer.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 2 -DFILLS, plugin 1 -DFILLS: refused, overruns
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
#if V >= 2
typedef void record;
#else
struct record {
    long first, second;
};
#endif
extern "C" void host_fill(record **found);

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
void host_fill(record **found)
{
    static char name[] = "name";
    *found = (record *)name;
}
#else
extern "C" int run()
{
    handle own = host_open();
#ifdef FILLS
    record *found = nullptr;
    host_fill(&found);
    if (found->second == 1)
        return 1;
#endif
    return host_count(own) != 1 || host_count(own) != 2;
}
#endif

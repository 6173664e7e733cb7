/* A C++ reference is a pointer here: a function of the host may take more qualifiers than the
 * plugin knows, and return fewer.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
 */
namespace host
{
struct line {
    int length;
    char text[4];
};
} // namespace host
#if V >= 2
extern "C" int host_length(const host::line &of);
extern "C" host::line *host_last();
#else
extern "C" int host_length(host::line &of);
extern "C" const host::line *host_last();
#endif

#ifdef HOST
#if V >= 2
static host::line last = {2, "hi"};
int host_length(const host::line &of)
{
    return of.length;
}
extern "C" host::line *host_last()
{
    return &last;
}
#else
static const host::line last = {2, "hi"};
int host_length(host::line &of)
{
    of.text[of.length] = '\0';
    return of.length;
}
extern "C" const host::line *host_last()
{
    return &last;
}
#endif
#else
extern "C" int run()
{
#if V >= 2
    static const host::line own = {3, "abc"};
#else
    static host::line own = {3, "abc"};
#endif
    return host_last()->length != 2 || host_length(own) != 3;
}
#endif

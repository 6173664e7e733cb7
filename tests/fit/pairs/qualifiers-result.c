/* Who takes a const char * does not write to it: the plugin may know a result with more qualifiers than
 * the host's, not with fewer.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
char *host_name(void);
#else
const char *host_name(void);
#endif

#ifdef HOST
#if V >= 2
char *host_name(void)
{
    static char name[] = "host";
    return name;
}
#else
const char *host_name(void)
{
    return "host";
}
#endif
#else
int run(void)
{
#if V >= 2
    char *name = host_name();
    name[0] = 'H';
    return name[0] != 'H';
#else
    const char *name = host_name();
    return name[0] != 'h';
#endif
}
#endif

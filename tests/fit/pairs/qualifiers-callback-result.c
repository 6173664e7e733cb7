/* The host provides the function that it returns: the sides do not change places.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
typedef int writer(const char *line);
#else
typedef int writer(char *line);
#endif
writer *host_writer(void);

#ifdef HOST
#if V >= 2
static int put(const char *line)
{
    return line[0] == 'l';
}
#else
static int put(char *line)
{
    line[0] = 'L';
    return 1;
}
#endif
writer *host_writer(void)
{
    return put;
}
#else
int run(void)
{
#if V >= 2
    return !host_writer()("line");
#else
    char line[] = "line";
    return !host_writer()(line);
#endif
}
#endif

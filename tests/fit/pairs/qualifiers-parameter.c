/* Who takes a const char * does not write to it: a parameter of the host may have more qualifiers than
 * the plugin knows, not fewer.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
int host_length(const char *line);
#else
int host_length(char *line);
#endif

#ifdef HOST
#if V >= 2
int host_length(const char *line)
{
    return line[0] == 'h' && line[1] == 'i' ? 2 : 0;
}
#else
int host_length(char *line)
{
    line[0] = 'H';
    return line[1] == 'i' ? 2 : 0;
}
#endif
#else
int run(void)
{
#if V >= 2
    return host_length("hi") != 2;
#else
    char line[] = "hi";
    return host_length(line) != 2;
#endif
}
#endif

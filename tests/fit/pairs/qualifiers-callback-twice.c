/* A function that the plugin's callback gets is the host's again: the sides change places twice.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
typedef void writer(const char *line);
#else
typedef void writer(char *line);
#endif
int host_ask(void (*answer)(writer *write));

#ifdef HOST
static int is_written;
#if V >= 2
static void put(const char *line)
{
    is_written = line[0] == 'l';
}
#else
static void put(char *line)
{
    line[0] = 'L';
    is_written = 1;
}
#endif
int host_ask(void (*answer)(writer *write))
{
    answer(put);
    return is_written;
}
#else
static void answer(writer *write)
{
#if V >= 2
    write("line");
#else
    char line[] = "line";
    write(line);
#endif
}
int run(void)
{
    return !host_ask(answer);
}
#endif

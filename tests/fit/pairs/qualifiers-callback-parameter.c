/* The plugin provides the function that it passes to the host: the sides change places, and the plugin's
 * may have more qualifiers than the host knows.
 *
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1: refused, crashes
 */
#if V >= 2
typedef void visitor(const char *line);
#else
typedef void visitor(char *line);
#endif
void host_each(visitor *visit);

#ifdef HOST
void host_each(visitor *visit)
{
#if V >= 2
    visit("line");
#else
    char line[] = "line";
    visit(line);
#endif
}
#else
static int is_called;
#if V >= 2
static void visit(const char *line)
{
    is_called = line[0] == 'l';
}
#else
static void visit(char *line)
{
    line[0] = 'L';
    is_called = 1;
}
#endif
int run(void)
{
    host_each(visit);
    return !is_called;
}
#endif

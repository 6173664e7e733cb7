/* One pair of types agrees in one place and not in another, whichever is compared first.
 *
 * host 1, plugin 2: fits, runs
 * host 1, plugin 2 -DAS_RESULT: refused, crashes
 * host 1, plugin 2 -DAS_FIRST_RESULT: refused, crashes
 */
#if V >= 2
typedef void visitor(const char *line);
#else
typedef void visitor(char *line);
#endif
visitor *host_a_visitor(void);
void host_each(visitor *visit);
visitor *host_visitor(void);

#ifdef HOST
static void shout(char *line)
{
    line[0] = 'L';
}
visitor *host_a_visitor(void)
{
    return shout;
}
void host_each(visitor *visit)
{
    char line[] = "line";
    visit(line);
}
visitor *host_visitor(void)
{
    return shout;
}
#else
static int is_called;
static void visit(const char *line)
{
    is_called = line[0] == 'l';
}
int run(void)
{
    host_each(visit);
#if defined AS_RESULT
    host_visitor()("line");
#elif defined AS_FIRST_RESULT
    host_a_visitor()("line");
#endif
    return !is_called;
}
#endif

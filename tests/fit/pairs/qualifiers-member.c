/* Both sides may write to a member: what it points to has the same qualifiers. Those of the member
 * itself do not count.
 *
 * host 1, plugin 3: fits, runs
 * host 1, plugin 2: refused, crashes
 * host 2, plugin 1: refused, crashes
 */
#if V == 3
typedef char *const text;
#elif V == 2
typedef const char *text;
#else
typedef char *text;
#endif
struct line {
    text start;
};
void host_shout(struct line *line);

#ifdef HOST
void host_shout(struct line *line)
{
#if V == 2
    line->start = "HI";
#else
    line->start[0] = 'H';
#endif
}
#else
int run(void)
{
#if V == 2
    struct line line = {"hi"};
#else
    char buffer[] = "hi";
    struct line line = {buffer};
#endif
    host_shout(&line);
#if V == 1
    line.start[1] = 'I';
#endif
    return line.start[0] != 'H';
}
#endif

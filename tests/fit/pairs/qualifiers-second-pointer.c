/* Behind a second pointer, a qualifier that differs is a way to write to a literal, in both
 * directions: the host stores one, or is given one.
 *
 * host 2, plugin 1: refused, crashes
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
typedef const char *line;
#else
typedef char *line;
#endif
void host_next(line *text);

#ifdef HOST
void host_next(line *text)
{
#if V >= 2
    *text = "next";
#else
    (*text)[0] = 'N';
#endif
}
#else
int run(void)
{
#if V >= 2
    const char *text = "line";
    host_next(&text);
    return text[0] != 'n';
#else
    char first[] = "line", *text = first;
    host_next(&text);
    text[0] = 'M';
    return text[0] != 'M';
#endif
}
#endif

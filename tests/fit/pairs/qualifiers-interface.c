/* The plugin provides the functions of an interface: its parameters may have more qualifiers than
 * the host knows.
 *
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1: refused, crashes
 */
#if V >= 2
typedef const char *line;
#else
typedef char *line;
#endif

#ifdef HOST
#define PAIR "length"
struct pair {
    int (*length)(line text);
};
static int use(const struct pair *pair)
{
#if V >= 2
    return pair->length("hi") != 2;
#else
    char text[] = "hi";
    return pair->length(text) != 2;
#endif
}
#else
int length(line text);
int length(line text)
{
#if V < 2
    text[0] = 'H';
#endif
    return text[1] == 'i' ? 2 : 0;
}
#endif

/* What the elements of an array point to has the same qualifiers, and so have the elements of an
 * array behind a pointer.
 *
 * host 1, plugin 2: refused, crashes
 * host 2, plugin 1: refused, crashes
 * host 1 -DROW, plugin 2 -DROW: refused, crashes
 */
#if V >= 2
typedef const char letter;
#else
typedef char letter;
#endif
#ifdef ROW
int host_shout(letter (*text)[3]);
#else
struct lines {
    letter *text[2];
};
int host_shout(struct lines *lines);
#endif

#ifdef HOST
#ifdef ROW
int host_shout(letter (*text)[3])
{
    (*text)[0] = 'H';
    return (*text)[0];
}
#else
int host_shout(struct lines *lines)
{
#if V >= 2
    lines->text[1] = "HI";
#else
    lines->text[1][0] = 'H';
#endif
    return lines->text[1][0];
}
#endif
#else
#ifdef ROW
static letter hi[3] = "hi";
int run(void)
{
    return host_shout(&hi) != 'H';
}
#else
int run(void)
{
#if V >= 2
    struct lines lines = {{"hi", "hi"}};
    return host_shout(&lines) != 'H';
#else
    char buffer[] = "hi";
    struct lines lines = {{buffer, buffer}};
    int first = host_shout(&lines);
    lines.text[1][1] = 'I';
    return first != 'H';
#endif
}
#endif
#endif

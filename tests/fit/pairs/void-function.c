/* A pointer to void never agrees with one to a function: what runs and what is read are different memory.
 *
 * host 2, plugin 1: refused, misreads
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
typedef const char *answer;
int host_ask(const void *answer);
#else
typedef int (*answer)(void);
int host_ask(int (*answer)(void));
#endif

#ifdef HOST
#if V >= 2
int host_ask(const void *text)
{
    const char *bytes = text;
    return bytes[0] == 'y' && bytes[1] == 'e' ? 1 : 0;
}
#else
int host_ask(int (*yes)(void))
{
    return yes();
}
#endif
#else
#if V >= 2
static const char yes[] = "yes";
#else
static int yes(void)
{
    return 1;
}
#endif
int run(void)
{
    return host_ask(yes) != 1;
}
#endif

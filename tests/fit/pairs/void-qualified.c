/* Qualifiers count at a pointer to void as at any other.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, crashes
 */
#if V >= 2
int host_sum(const void *bytes);
#else
int host_sum(char *bytes);
#endif

#ifdef HOST
#if V >= 2
int host_sum(const void *bytes)
{
    const char *each = bytes;
    return each[0] + each[1];
}
#else
int host_sum(char *bytes)
{
    bytes[1] += bytes[0];
    return bytes[1];
}
#endif
#else
int run(void)
{
#if V >= 2
    static const char bytes[] = {1, 2};
#else
    char bytes[] = {1, 2};
#endif
    return host_sum(bytes) != 3;
}
#endif

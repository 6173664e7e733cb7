/* restrict lets the compiler keep what others change: it is the same behind every pointer.
 *
 *
 * host 2, plugin 1: refused, misreads
 */
#if V >= 2
typedef int *restrict number;
#else
typedef int *number;
#endif
int host_sum(number *restrict total, number *restrict count);

#ifdef HOST
int host_sum(number *restrict total, number *restrict count)
{
    **total = 1;
    **count = 2;
    return **total;
}
#else
int run(void)
{
    int one = 0;
    number total = &one, count = &one;
    return host_sum(&total, &count) != 2;
}
#endif

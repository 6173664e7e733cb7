/* Behind a second pointer, and in an array, void * agrees with void * only: what the other side stores there
 * is no longer what this side reads.
 *
 * host 2, plugin 1: refused, overruns
 * host 2 -DARRAY, plugin 1 -DARRAY: refused, overruns
 */
#include <stddef.h>

#if V >= 2
typedef void record;
#else
typedef struct record {
    long first, second;
} record;
#endif
#ifdef ARRAY
struct records {
    record *found[2];
};
int host_find(struct records *found);
#else
int host_find(record **found);
#endif

#ifdef HOST
static char name[] = "name";
#ifdef ARRAY
int host_find(struct records *records)
{
    records->found[0] = records->found[1] = name;
    return 1;
}
#else
int host_find(record **found)
{
    *found = name;
    return 1;
}
#endif
#else
int run(void)
{
#ifdef ARRAY
    struct records records = {0};
    return !host_find(&records) || records.found[1]->second == 1;
#else
    struct record *found = NULL;
    return !host_find(&found) || found->second == 1;
#endif
}
#endif

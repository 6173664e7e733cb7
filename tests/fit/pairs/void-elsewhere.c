/* void * agrees with void * only behind a second pointer and in an array: what the other side
 * stores there is no longer what this side reads. It never agrees with a pointer to a function:
 * what runs and what is read are different memory. And the same parameters in another order do not
 * agree, though void * agrees with each.
 *
 * host 2, plugin 1 -DPOINTER: refused, overruns
 * host 2, plugin 1 -DARRAY: refused, overruns
 * host 2, plugin 1 -DFUNCTION: refused, misreads
 * host 1, plugin 2 -DFUNCTION: refused, crashes
 * host 2, plugin 1 -DORDER: refused, overruns
 * host 1, plugin 2 -DORDER: refused, overruns
 * host 2, plugin 1 -DORDER_OF_THREE: refused, overruns
 */
#include <stddef.h>

struct mod {
    long number, calls[4];
};
#if V >= 2
typedef void record;
int host_ask(const void *answer);
int host_call(void *context, struct mod *mod);
#else
typedef struct record {
    long first, second;
} record;
int host_ask(int (*answer)(void));
int host_call(struct mod *mod, void *context);
#endif
#if V >= 2 || !defined ORDER_OF_THREE
int host_add(void *context, struct mod *mod, int *sum);
#else
int host_add(struct mod *mod, void *context, void *sum);
#endif
struct records {
    record *found[2];
};
void host_find(record **found);
void host_find_all(struct records *records);

#ifdef HOST
static char name[] = "name";
void host_find(record **found)
{
    *found = (record *)name;
}
void host_find_all(struct records *records)
{
    records->found[0] = records->found[1] = (record *)name;
}
int host_add(void *context, struct mod *mod, int *sum)
{
    mod->calls[3] += *(char *)context;
    return *sum += (int)mod->calls[3];
}
#if V >= 2
int host_ask(const void *text)
{
    const char *bytes = text;
    return bytes[0] == 'y' && bytes[1] == 'e';
}
int host_call(void *context, struct mod *mod)
{
    mod->calls[3] += *(char *)context;
    return (int)mod->calls[3];
}
#else
int host_ask(int (*yes)(void))
{
    return yes();
}
int host_call(struct mod *mod, void *context)
{
    mod->number += *(char *)context;
    return (int)mod->number;
}
#endif
#elif defined POINTER
int run(void)
{
    record *found = NULL;
    host_find(&found);
    return found->second == 1;
}
#elif defined ARRAY
int run(void)
{
    struct records records = {0};
    host_find_all(&records);
    return records.found[1]->second == 1;
}
#elif defined FUNCTION
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
    return !host_ask(yes);
}
#else
static struct mod mod = {3, {0}};
static char one = 1;
int run(void)
{
#ifdef ORDER_OF_THREE
    int sum = 0;
    return host_add(&mod, &one, &sum) != 1;
#elif V >= 2
    return host_call(&one, &mod) != 1 || mod.number != 3;
#else
    return host_call(&mod, &one) != 4;
#endif
}
#endif

/* The same parameters in another order do not agree, though void * agrees with each.
 *
 * host 2, plugin 1: refused, overruns
 * host 1, plugin 2: refused, overruns
 */
struct mod {
    long number, calls[4];
};
#if V >= 2
int host_call(void *context, struct mod *mod);
#else
int host_call(struct mod *mod, void *context);
#endif

#ifdef HOST
#if V >= 2
int host_call(void *context, struct mod *mod)
{
    mod->calls[3] += *(char *)context;
    return (int)mod->calls[3];
}
#else
int host_call(struct mod *mod, void *context)
{
    mod->number += *(char *)context;
    return (int)mod->number;
}
#endif
#else
static struct mod mod = {3, {0}};
static char one = 1;
int run(void)
{
#if V >= 2
    return host_call(&one, &mod) != 1 || mod.number != 3;
#else
    return host_call(&mod, &one) != 4;
#endif
}
#endif

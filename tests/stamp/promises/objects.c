#include "objects.h"

#include <stdlib.h>

#ifdef __cplusplus
#define EXPORTED     extern "C"
#define OBJECT(type) (*(type *)malloc(sizeof(type)))
#else
#define EXPORTED     extern
#define OBJECT(type) (*(type *)malloc(sizeof(type)))
#endif

typedef const struct typedefed typedefed_const;
typedef struct array_typedef pair[2];
typedef struct type_result (*callback)(struct type_parameter);

struct outer {
    struct member m;
    struct array_member am[3];
    struct pointer_member *p;
};

struct variable v;
static struct file_static fs;
struct array_variable av[2];
pair at;
struct of_both one, all[1];
EXPORTED struct declared declared_here;
EXPORTED struct array_declared arrays_declared[];

EXPORTED int parameter_of(struct parameter p);
int parameter_of(struct parameter p)
{
    return p.a;
}

static inline int inline_of(int i)
{
    struct inlined local = {i, i};
    return local.b;
}

/* The linker drops it with --gc-sections. */
EXPORTED int dropped_of(void) __attribute__((visibility("hidden")));
int dropped_of(void)
{
    struct dropped d = {1, 2};
    volatile int i = d.a;
    return i;
}

#define USE(name) struct name *name##_use
EXPORTED int use(USE(variable), USE(file_static), USE(local), USE(local_static), USE(nested),
                 USE(typedefed), USE(parameter), USE(result), USE(type_parameter), USE(type_result),
                 USE(member), USE(inlined), USE(array_variable), USE(array_local),
                 USE(array_member), USE(array_typedef), USE(array_type), USE(array_declared),
                 USE(of_both), USE(dropped), USE(pointed_to), USE(pointer_member), USE(declared),
                 USE(heap), untagged *untagged_use, callback call, struct outer *outer_use);
int use(USE(variable), USE(file_static), USE(local), USE(local_static), USE(nested), USE(typedefed),
        USE(parameter), USE(result), USE(type_parameter), USE(type_result), USE(member),
        USE(inlined), USE(array_variable), USE(array_local), USE(array_member), USE(array_typedef),
        USE(array_type), USE(array_declared), USE(of_both), USE(dropped), USE(pointed_to),
        USE(pointer_member), USE(declared), USE(heap), untagged *untagged_use, callback call,
        struct outer *outer_use)
{
    struct local l = *local_use;
    static struct local_static ls;
    volatile untagged_too u = {untagged_use->a};
    typedefed_const tc = *typedefed_use;
    struct array_local al[2] = {*array_local_use, *array_local_use};
    struct array_type(*pointer)[4] = (struct array_type(*)[4])array_type_use;
    volatile int sum = ls.a + (*pointer)[l.a].a + inline_of(l.b) + al[l.a].a + tc.a + u.a;
    {
        volatile struct nested n = {sum, nested_use->b};
        sum += n.b;
    }
    *local_static_use = ls;
    *heap_use = OBJECT(struct heap);
    v = *variable_use;
    fs = *file_static_use;
    *file_static_use = fs;
    av[sum & 1] = *array_variable_use;
    at[sum & 1] = *array_typedef_use;
    one = all[0] = *of_both_use;
    *declared_use = declared_here;
    *array_declared_use = arrays_declared[1];
    return sum + parameter_of(*parameter_use) + !call + !outer_use + !result_use +
           !type_parameter_use + !type_result_use + !member_use + !inlined_use + !array_member_use +
           !dropped_use + !pointed_to_use + !pointer_member_use;
}

EXPORTED struct result result_of(void);
struct result result_of(void)
{
    return OBJECT(struct result);
}

/* Functions that cannot be called by their types alone. */
#include <stddef.h>
union either {
    double a;
    long b;
};
struct empty {
};
struct bits {
    unsigned a : 3;
};
struct __attribute__((packed)) packed {
    char a;
    double b;
};
struct __attribute__((aligned(32))) aligned {
    int a;
};
struct extended {
    long double a;
};
struct mixed {
    long a;
    double b;
};
struct fixed {
    int a;
};
typedef int padded __attribute__((aligned(16)));
struct flexible {
    int n, a[];
};
struct unseen;
__int128 wide(__int128 a)
{
    return a;
}
union either either(union either a)
{
    return a;
}
struct empty empty(struct empty a)
{
    return a;
}
int bits(int first, struct bits a)
{
    return first + (int)a.a;
}
struct packed packed(struct packed a)
{
    return a;
}
int aligned(struct aligned a)
{
    return a.a;
}
int raised(padded a)
{
    return a;
}
_Complex double complex(_Complex double a)
{
    return a;
}
struct extended extended(void)
{
    return (struct extended){1};
}
int mixed(int a, int b, int c, int d, int e, struct mixed f, double g)
{
    return (int)(a + b + c + d + e + f.a + g);
}
int flexible(struct flexible a)
{
    return a.n;
}
int variadic(const char *format, ...)
{
    return *format;
}
int old();
int old()
{
    return 1;
}
__attribute__((ms_abi)) int foreign(int a)
{
    return a;
}
int variable;
int (*pointer)(int a);
int plain(int a, struct fixed b)
{
    return a + b.a;
}
struct unseen *handle(struct unseen *a)
{
    return a;
}

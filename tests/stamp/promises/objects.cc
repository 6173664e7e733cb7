/* What C++ adds. */
#include <cstdlib>

#define STRUCT(name)                                                                               \
    struct name {                                                                                  \
        int a, b;                                                                                  \
    };
namespace first
{
STRUCT(same)
struct outer {
    STRUCT(inner)
    inner i;
};
} // namespace first
namespace second
{
STRUCT(same)
struct outer {
    STRUCT(inner)
};
} // namespace second
namespace
{
STRUCT(unnamed)
}
STRUCT(base)
STRUCT(element)
STRUCT(static_member)
STRUCT(in_lambda)
STRUCT(argument)
STRUCT(packed)
STRUCT(in_union)
STRUCT(referred)
class derived : public base
{
  public:
    static static_member s;
    element e[2];
};
static_member derived::s;
union one {
    int i;
    in_union u;
};
template <class... T> __attribute__((noinline)) int sum(T... t)
{
    return (t.a + ...);
}
template <class T> struct box {
    T content;
};

#define USES                                                                                       \
    first::same *a, second::same *b, first::outer::inner *c, second::outer::inner *d, unnamed *e,  \
        base *f, element *g, static_member *h, in_lambda *i, argument *j, packed *k, in_union *l,  \
        referred &m, const referred *n, derived *o, one *p, box<int> *q, box<long> *r
extern "C" int use(USES);
int use(USES)
{
    first::same x = *a;
    box<argument> y = {*j};
    box<long> z = *r;
    auto lambda = [&](in_lambda of) {
        unnamed u = *e;
        return of.a + u.a;
    };
    const referred &reference = m;
    return x.a + lambda(*i) + y.content.a + sum(*k, *k) + (int)z.content + reference.a + !b + !c +
           !d + !f + !g + !h + !l + !n + !o + !p + !q;
}

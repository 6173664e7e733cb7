/* C++ classes: bases, virtual functions, pointers to members, what is passed by reference. */
struct base {
    virtual ~base();
    virtual int gain(int x) = 0;
    int level;
};

struct other {
    virtual long more();
};

struct derived : base, other {
    int gain(int x) override;
    virtual int own(double x);
    int (base::*to)(int);
};

struct shared : virtual other {
    int n;
};

template <class T> struct box {
    T value;
    box(const box &);
};

extern "C" int use(derived *d, shared *s, box<int> b)
{
    return d->level + s->n + b.value;
}

// What C++ compilers write and C cannot declare.
#include <cstddef>

struct empty {
};
struct alignas(16) empty_aligned {
} empty_aligned;
struct overlapping {
    [[no_unique_address]] empty first;
    int number;
};
struct overlapping_last {
    long number;
    char text;
    [[no_unique_address]] empty last;
};
struct base {
    virtual ~base();
    int number;
    char tail;
};
struct derived : base {
    char in_tail_of_base;
};
base::~base() = default;
struct members {
    int number;
    int get();
};
enum class scoped : unsigned char { ONE, TWO };
struct bit_fields {
    bool flag : 1;
    scoped number : 2;
    unsigned rest : 7;
};
template <class T> struct of {
    T value;
};
extern "C" {
overlapping first;
overlapping_last last;
derived object;
int members::*to_member;
int (members::*to_function)();
scoped enumerator;
bit_fields bit_field;
of<int> instance;
int target;
int &reference = target;
decltype(nullptr) null_pointer;
wchar_t wide;
char16_t wide16;
char32_t wide32;
#if __cplusplus >= 202002L
char8_t wide8;
#endif
void takes(overlapping *one, of<char> *two, wchar_t wide_one)
{
    (void)one, (void)two, (void)wide_one;
}
}

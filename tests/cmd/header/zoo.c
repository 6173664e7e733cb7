/* A zoo of what C compilers write: every base type, and names that C++ reserves. */
#include <stdbool.h>
#include <uchar.h>
#include <wchar.h>

_Complex float complex_float;
_Complex double complex_double, *complex_pointer;
_Complex long double complex_long_double;
__float128 float128;
__int128 int128;
unsigned __int128 unsigned128;
bool boolean;
wchar_t wide;
char16_t wide16;
char32_t wide32;
typedef wchar_t *wide_text;
wide_text wide_pointer;
typedef int vector_int __attribute__((vector_size(16)));
vector_int vector;
typedef float vector_float __attribute__((vector_size(32)));
vector_float *vector_pointer;
typedef int aligned_int __attribute__((aligned(32)));
aligned_int aligned;
_Atomic int atomic;
__thread int thread_local_int;
#ifdef __clang__
_BitInt(37) bits;
unsigned _BitInt(5) unsigned_bits;
struct with_bits {
    int before;
    _BitInt(9) bits;
} with_bits;
#else
_Complex int complex_int;
_Complex char complex_char;
_Complex unsigned short complex_short;
_Complex __int128 complex_int128;
_Decimal32 decimal32;
_Decimal64 decimal64;
_Decimal128 decimal128;
_Float32 float32;
_Float64 float64;
_Float32x float32x;
_Float64x float64x;
_Complex _Float128 complex_float128;
#ifdef __FLT16_MAX__
_Float16 float16;
_Complex _Float16 complex_float16;
struct with_float16 {
    int before;
    _Float16 half;
} with_float16, *to_float16;
#endif
struct with_decimal {
    char before;
    _Decimal64 decimal;
} with_decimal;
struct with_complex {
    char before;
    _Complex char none;
} with_complex, *to_complex;
_Decimal32 takes(_Complex char none, struct with_complex *one)
{
    (void)none, (void)one;
    return 0;
}
#endif

/* Names */
struct keywords {
    int class, new;
    int (*delete)(int this);
} keywords;
struct explicit
{
    struct explicit *next;
    int number;
}
explicit_list;
typedef struct keywords template;
template *keywords_pointer;
enum throws { THROWS, catch } throws;
int restricted(char *restrict to, const char *restrict from)
{
    return *to = *from;
}
int named(int new, struct keywords *virtual)
{
    return new + virtual->class;
}

/* Empty structs, which have a byte in C++ */
struct empty {
} empty;
struct with_empty {
    struct empty first, all[2];
    int number;
} with_empty;
struct empty returns_empty(struct empty *to, struct empty by_value)
{
    return *to = by_value;
}

/* Defines what all.h declares. */
#include "all.h"

_Bool t_bool;
char t_char;
signed char t_schar;
unsigned char t_uchar;
short t_short;
unsigned short t_ushort;
int t_int;
unsigned t_uint;
long t_long;
unsigned long t_ulong;
long long t_llong;
unsigned long long t_ullong;
__int128 t_int128;
unsigned __int128 t_uint128;
float t_float;
double t_double;
long double t_ldouble;
__float128 t_float128;
float _Complex t_cfloat;
double _Complex t_cdouble;
long double _Complex t_cldouble;
wchar_t t_wchar;
uint8_t t_u8;
size_t t_size;

float4 t_vector;
int8 *t_vector_pointer;
uchar8 t_vectors[3];
float4 f_vector(float4 a, const float4 *b)
{
    return a + *b;
}

int *t_pointer;
const char *const *volatile t_qualified;
void *restrict t_restrict;
const volatile int t_cv = 1;
int *const t_const_pointer = 0;
void *t_void_pointer;
const void *t_const_void_pointer;

int t_array[4];
int t_matrix[2][3][5];
int (*t_array_pointer)[4];
int *t_pointer_array[4];
const char t_const_array[7] = "const";
char (*(*t_pointers_to_arrays)[2])[3];
int (*t_incomplete_array_pointer)[];
int t_empty[0];

struct plain t_plain;
struct bits t_bits;
struct anonymous t_anonymous;
struct packed t_packed;
struct packed_aligned t_packed_aligned;
struct packed_bits t_packed_bits;
struct over_aligned t_over_aligned;
struct holds_aligned t_holds_aligned;
aligned_int t_aligned_int;
struct flexible *t_flexible;
struct zero_length t_zero_length;
struct empty t_empty_struct;
union choice t_choice;
untagged t_untagged;
__typeof__(t_nameless) t_nameless;
struct node t_node;
struct incomplete *t_incomplete;
union incomplete_union *t_incomplete_union;

enum small t_enum;
enum negative t_negative;
enum wide t_wide;
enum wide_negative t_wide_negative;
enum byte_enum t_byte_enum;
enum large_unsigned t_large_unsigned;
enum small f_enum(enum negative n, enum wide w)
{
    return n == NEGATIVE_A && w == WIDE_A ? SMALL_A : SMALL_B;
}

void f_void(void)
{
}
int f_unprototyped()
{
    return 1;
}
int f_variadic(const char *format, ...)
{
    return format[0];
}
double f_many(char a, short b, int c, long d, float e, double f, struct plain g, union choice *h)
{
    return a + b + c + (double)d + e + f + g.d + (double)h->number;
}
struct plain f_struct(struct plain p)
{
    p.i++;
    return p;
}
callback f_callback(callback before, callback after)
{
    return before ? before : after;
}
int (*f_function_pointer(int (*f)(int (*g)(int), int), int x))(double (*)(float), ...)
{
    (void)f;
    (void)x;
    return 0;
}
int (*(*t_function_pointers[3])(void))(int, int (*)(void));
void f_array_parameter(int a[static 4], int b[][5], const char *const names[])
{
    a[0] = b[0][0] + names[0][0];
}
void f_va_list(va_list arguments)
{
    (void)va_arg(arguments, int);
}
_Bool f_bool(_Bool b)
{
    return !b;
}
void f_noreturn(void)
{
    for (;;)
        t_cv;
}
const char *const *f_qualified(const struct plain *p, volatile int *v, char *restrict r)
{
    *v = p->i + *r;
    return 0;
}
int (*t_unprototyped_pointer)();

word t_word;
word_array t_word_array;
word_array_pointer t_word_array_pointer;
handler *t_handler;
plain_ref t_plain_ref;
word f_typedefs(word_array_pointer p, plain_ref r, handler *h)
{
    h(r->i);
    return (*p)[0];
}

_Atomic int t_atomic;
int *_Atomic t_atomic_pointer;
_Atomic const unsigned *t_pointer_to_atomic;
struct atomic_members t_atomic_members;

_Thread_local int t_thread_local;
static int aliased(int x)
{
    return x;
}
int f_alias(int x) __attribute__((alias("aliased")));
__attribute__((weak)) int f_weak(int x)
{
    return x;
}

/* Every kind of type in C and in the extensions of gcc and clang. A compiler compares the types
 * that are recorded for all.c with these declarations. */
#ifndef ALL_H
#define ALL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* base types */
extern _Bool t_bool;
extern char t_char;
extern signed char t_schar;
extern unsigned char t_uchar;
extern short t_short;
extern unsigned short t_ushort;
extern int t_int;
extern unsigned t_uint;
extern long t_long;
extern unsigned long t_ulong;
extern long long t_llong;
extern unsigned long long t_ullong;
extern __int128 t_int128;
extern unsigned __int128 t_uint128;
extern float t_float;
extern double t_double;
extern long double t_ldouble;
extern __float128 t_float128;
extern float _Complex t_cfloat;
extern double _Complex t_cdouble;
extern long double _Complex t_cldouble;
extern wchar_t t_wchar;
extern uint8_t t_u8;
extern size_t t_size;

/* vectors */
typedef float float4 __attribute__((vector_size(16)));
typedef int int8 __attribute__((vector_size(32)));
typedef unsigned char uchar8 __attribute__((vector_size(8)));
extern float4 t_vector;
extern int8 *t_vector_pointer;
extern uchar8 t_vectors[3];
float4 f_vector(float4 a, const float4 *b);

/* pointers and qualifiers */
extern int *t_pointer;
extern const char *const *volatile t_qualified;
extern void *restrict t_restrict;
extern const volatile int t_cv;
extern int *const t_const_pointer;
extern void *t_void_pointer;
extern const void *t_const_void_pointer;

/* arrays */
extern int t_array[4];
extern int t_matrix[2][3][5];
extern int (*t_array_pointer)[4];
extern int *t_pointer_array[4];
extern const char t_const_array[7];
extern char (*(*t_pointers_to_arrays)[2])[3];
extern int (*t_incomplete_array_pointer)[];
extern int t_empty[0];

/* structs and unions */
struct plain {
    char c;
    int i;
    double d;
};
extern struct plain t_plain;

struct bits {
    int a : 3;
    int : 5;
    unsigned b : 9;
    _Bool c : 1;
    long d : 40;
    unsigned e : 30;
    int : 0;
    char f;
    unsigned char g : 1, h : 7;
};
extern struct bits t_bits;

struct anonymous {
    int kind;
    union {
        int i;
        double d;
        struct {
            short x, y;
        };
    };
    struct {
        int inner;
    } named;
    enum { ANON_A, ANON_B = 5 } choice;
};
extern struct anonymous t_anonymous;

struct __attribute__((packed)) packed {
    char c;
    int i;
    short s;
    double d;
};
extern struct packed t_packed;

struct __attribute__((packed, aligned(4))) packed_aligned {
    char c;
    double d;
};
extern struct packed_aligned t_packed_aligned;

struct __attribute__((packed)) packed_bits {
    unsigned a : 7;
    unsigned b : 30;
    unsigned c : 3;
};
extern struct packed_bits t_packed_bits;

struct over_aligned {
    char c;
    int x __attribute__((aligned(32)));
    char d;
} __attribute__((aligned(128)));
extern struct over_aligned t_over_aligned;

typedef int aligned_int __attribute__((aligned(16)));
struct holds_aligned {
    char c;
    aligned_int i;
    struct over_aligned o;
};
extern struct holds_aligned t_holds_aligned;
extern aligned_int t_aligned_int;

struct flexible {
    int count;
    struct plain items[];
};
extern struct flexible *t_flexible;

struct zero_length {
    int count;
    int nothing[0];
    int after;
};
extern struct zero_length t_zero_length;

struct empty {
};
extern struct empty t_empty_struct;

union choice {
    char bytes[5];
    long number;
    struct plain plain;
};
extern union choice t_choice;

typedef struct {
    int untagged;
} untagged;
extern untagged t_untagged;
extern struct {
    int x, y;
} t_nameless;

/* cycles and incomplete types */
struct node {
    struct node *next;
    struct tree *tree;
    void (*visit)(struct node *self, struct tree *in);
};
struct tree {
    struct node *nodes[8];
    struct tree *parent;
};
extern struct node t_node;
struct incomplete;
union incomplete_union;
extern struct incomplete *t_incomplete;
extern union incomplete_union *t_incomplete_union;

/* enums */
enum small { SMALL_A, SMALL_B = 7, SMALL_C };
enum negative { NEGATIVE_A = -5, NEGATIVE_B };
enum wide { WIDE_A = 1ULL << 40, WIDE_B = 0xFFFFFFFFFFFFFFFFULL };
enum wide_negative { WIDE_NEGATIVE_A = -(1LL << 40), WIDE_NEGATIVE_B = 3 };
enum __attribute__((packed)) byte_enum { BYTE_A = 1, BYTE_B = 200 };
enum large_unsigned { LARGE_A = 0xFFFFFFFFU };
extern enum small t_enum;
extern enum negative t_negative;
extern enum wide t_wide;
extern enum wide_negative t_wide_negative;
extern enum byte_enum t_byte_enum;
extern enum large_unsigned t_large_unsigned;
enum small f_enum(enum negative n, enum wide w);

/* functions */
typedef int (*callback)(void *context, const char *text);
void f_void(void);
int f_unprototyped();
int f_variadic(const char *format, ...);
double f_many(char a, short b, int c, long d, float e, double f, struct plain g, union choice *h);
struct plain f_struct(struct plain p);
callback f_callback(callback before, callback after);
int (*f_function_pointer(int (*f)(int (*g)(int), int), int x))(double (*)(float), ...);
int (*(*t_function_pointers[3])(void))(int, int (*)(void));
void f_array_parameter(int a[static 4], int b[][5], const char *const names[]);
void f_va_list(va_list arguments);
_Bool f_bool(_Bool b);
_Noreturn void f_noreturn(void);
const char *const *f_qualified(const struct plain *p, volatile int *v, char *restrict r);
extern int (*t_unprototyped_pointer)();

/* typedefs */
typedef unsigned long word;
typedef word word_array[2];
typedef word_array *word_array_pointer;
typedef void handler(int);
typedef const struct plain *plain_ref;
extern word t_word;
extern word_array t_word_array;
extern word_array_pointer t_word_array_pointer;
extern handler *t_handler;
extern plain_ref t_plain_ref;
word f_typedefs(word_array_pointer p, plain_ref r, handler *h);

/* atomics */
struct atomic_members {
    _Atomic int count;
    _Atomic(struct plain *) head;
    char _Atomic flag;
};
extern _Atomic int t_atomic;
extern int *_Atomic t_atomic_pointer;
extern _Atomic const unsigned *t_pointer_to_atomic;
extern struct atomic_members t_atomic_members;

/* thread-local, aliased, weak */
extern _Thread_local int t_thread_local;
int f_alias(int x);
int f_weak(int x);

#endif

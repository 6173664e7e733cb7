#!/bin/sh
# SPDX-License-Identifier: MIT
# All of C's types: the output of `plugin header` for tests/stamp/types/all.c is compiled together with the
# source's declarations. A type that is recorded or printed wrong is a compile error.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

PATH=$PATH:/usr/sbin # bpftool's place
sources=$tests/stamp/types
cd "$work" || exit 1

# compile FILE [FLAG...]: compiles without a warning, with both compilers.
compile() {
    for with in gcc clang; do
        quiet=
        # gcc warns of f(int a[static 4]) and f(int *a), although their types are the same.
        [ "$with" = gcc ] && quiet=-Wno-array-parameter
        # shellcheck disable=SC2086 # nothing, or a flag
        "$with" -std=gnu11 -Wall -Wextra -Werror $quiet "$@" -c -o /dev/null || {
            echo "by $with"
            return 1
        }
    done
}

# -- The checks of one build, by $compiler with $flags. $out is the output directory. --

# shellcheck disable=SC2086 # flags are words
build() {
    "$PLUGIN" build -buildmode=plugin --cc="$compiler" $flags -o "$out/all.so" "$sources/all.c"
}

print_header() {
    "$PLUGIN" header "$out/all.so" >"$out/recorded.h" &&
        "$PLUGIN" header --check "$out/all.so" >"$out/checks.h" &&
        has "$out/checks.h" 'offsetof(struct anonymous, choice) == 20'
}

alone() {
    echo '#include "recorded.h"' >"$out/alone.c"
    compile "$out/alone.c"
}

# DWARF 4 cannot describe _Atomic (DW_TAG_atomic_type is of DWARF 5): with it, atomic declarations are
# not compared.
without_atomics() {
    case $flags in
    *-gdwarf-4*)
        grep -v -w -e t_atomic -e t_atomic_pointer -e t_pointer_to_atomic -e 'struct atomic_members'
        ;;
    *) cat ;;
    esac
}

# next_to HEADER: succeeds if the recorded declarations compile after the header's, and so agree. A
# struct without a tag is a new type in each declaration: the variable of such a type is renamed. A
# typedef may be repeated with the same type (C11 6.7).
next_to() {
    {
        printf '#include "%s"\n#define PLUGIN_HEADER_NO_TYPES\n#define t_nameless ours\n' "$1"
        grep '^typedef .*;$' "$out/recorded.h" | without_alignments
        without_atomics <"$out/recorded.h"
        without_atomics <"$out/checks.h"
    } >"$out/next.c"
    compile "$out/next.c"
}

# DWARF 4 has no alignments either (DW_AT_alignment is of DWARF 5). gcc writes them nevertheless; clang
# omits those of typedefs.
without_alignments() {
    case $compiler$flags in
    clang*-gdwarf-4*) grep -v -w aligned_int ;;
    *) cat ;;
    esac
}

# names FILE: prints the exported symbols, except the linker's own.
names() {
    nm -D --defined-only "$1" | awk '$3 !~ /^(_init|_fini|_edata|_end|__bss_start)$/ { print $3 }'
}

# With fewer symbols or declarations, the test would compare nothing.
many=90

all_declared() {
    names "$out/all.so" >"$out/names"
    [ "$(wc -l <"$out/names")" -gt "$many" ] || { cat "$out/names"; return 1; }
    {
        printf '#include "recorded.h"\nvoid use(void);\nvoid use(void)\n{\n'
        sed 's/.*/    (void)\&&;/' "$out/names"
        echo '}'
    } >"$out/declared.c"
    compile "$out/declared.c"
}

bpftool_prints() {
    for format in raw c; do
        bpftool btf dump file "$out/all.so" format "$format" >"$out/btf.$format" || return 1
    done
    has "$out/btf.raw" "VAR 't_bits'" && has "$out/btf.c" 'struct packed_aligned {'
}

# declarations FILE: prints the symbols' declarations from `plugin inspect`, whose lines are an address,
# two spaces, a declaration.
declarations() {
    "$PLUGIN" inspect "$1" | sed -n '/^symbols/,/^[a-rt-z]/s/^ *[0-9a-fx]*  \(.*\)/\1/p'
}

inspected_declarations() {
    {
        printf '#include "all.h"\n#define t_nameless ours\n'
        declarations "$out/all.so" | sed 's/.*/extern &;/' | without_atomics
    } >"$out/inspected.c"
    [ "$(wc -l <"$out/inspected.c")" -gt "$many" ] || { cat "$out/inspected.c"; return 1; }
    compile "$out/inspected.c" "-I$sources"
}

# No expression gives the place of a bit-field, and `plugin header --check` omits enumerators and
# alignments: a program prints them, once with the source's types and once with the recorded ones.
cat >layout.c <<'EOF'
#include <stdio.h>
#include <string.h>
#define SIZE(name) printf("%s: size %zu, aligned %zu\n", #name, sizeof(name), _Alignof(__typeof__(name)))
#define VALUE(name) printf("%s: %lld\n", #name, (long long)name)
#define BITS(type, member, value)                                                                  \
    do {                                                                                           \
        type object;                                                                               \
        memset(&object, 0, sizeof object);                                                         \
        object.member = value;                                                                     \
        printf("%s.%s:", #type, #member);                                                          \
        for (size_t i = 0; i < sizeof object; i++)                                                 \
            printf(" %02x", ((unsigned char *)&object)[i]);                                        \
        printf(", %d\n", object.member < 0);                                                       \
    } while (0)
int main(void)
{
    SIZE(struct bits);
    BITS(struct bits, a, -1);
    BITS(struct bits, b, 0x1FF);
    BITS(struct bits, c, 1);
    BITS(struct bits, d, -1);
    BITS(struct bits, e, 0x3FFFFFFF);
    BITS(struct bits, f, 1);
    BITS(struct bits, g, 1);
    BITS(struct bits, h, 0x7F);
    SIZE(struct packed_bits);
    BITS(struct packed_bits, a, 0x7F);
    BITS(struct packed_bits, b, 0x3FFFFFFF);
    BITS(struct packed_bits, c, 7);
    SIZE(struct plain);
    SIZE(struct anonymous);
    SIZE(struct packed);
    SIZE(struct packed_aligned);
    SIZE(struct over_aligned);
    SIZE(struct holds_aligned);
    SIZE(aligned_int);
    SIZE(struct flexible);
    SIZE(struct zero_length);
    SIZE(struct empty);
    SIZE(union choice);
    SIZE(untagged);
    SIZE(struct atomic_members);
    SIZE(t_nameless);
    SIZE(t_vectors);
    SIZE(*t_vector_pointer);
    SIZE(t_cldouble);
    SIZE(t_float128);
    SIZE(t_int128);
    SIZE(t_array);
    SIZE(t_matrix);
    SIZE(enum small);
    SIZE(enum byte_enum);
    SIZE(enum wide);
    SIZE(enum wide_negative);
    VALUE(SMALL_A);
    VALUE(SMALL_B);
    VALUE(SMALL_C);
    VALUE(NEGATIVE_A);
    VALUE(NEGATIVE_B);
    VALUE(WIDE_A);
    VALUE(WIDE_B);
    VALUE(WIDE_NEGATIVE_A);
    VALUE(WIDE_NEGATIVE_B);
    VALUE(BYTE_A);
    VALUE(BYTE_B);
    VALUE(LARGE_A);
    VALUE(ANON_A);
    VALUE(ANON_B);
    /* Is the type that the enum is made of signed? */
    printf("%d %d %d\n", (enum negative)-1 < 0, (enum small)-1 > 0, (enum wide)-1 > 0);
    return 0;
}
EOF
same_layout() {
    for with in gcc clang; do
        "$with" -std=gnu11 -w -include "$sources/all.h" -o source_layout layout.c &&
            "$with" -std=gnu11 -w -include "$out/recorded.h" -o recorded_layout layout.c &&
            ./source_layout | without_alignments >source_printed &&
            ./recorded_layout | without_alignments >recorded_printed &&
            [ "$(wc -l <source_printed)" -gt 40 ] && diff -u source_printed recorded_printed || return 1
    done
}

# -- Every build of all.c --

examine() {
    name="$compiler $flags"
    out=$work/$(echo "$name" | tr -c 'a-zA-Z0-9\n' _)
    mkdir "$out"
    check "$name: builds" build
    check "$name: plugin header prints a header" print_header
    check "$name: the header compiles alone" alone
    check "$name: the header agrees with the source" next_to "$sources/all.h"
    check "$name: the header declares every exported symbol" all_declared
    check "$name: bit-fields, enumerators and alignments equal the source's" same_layout
    check "$name: bpftool prints the types" bpftool_prints
    check "$name: inspect's declarations agree with the source" inspected_declarations
}

for compiler in gcc clang; do
    for flags in -O0 '-O3 -flto' -gdwarf-4 -fdebug-types-section; do
        # lld reads clang's intermediate code.
        [ "$compiler$flags" = 'clang-O3 -flto' ] && flags="$flags -fuse-ld=lld"
        examine
    done
done

# clang records only the alignment of a member, not that of the struct around it; the layout is the
# same. The file is always named all.so, so the guards and comments are equal, too.
comparable() {
    sed '/^struct holds_aligned {/,/^}/s/^} __attribute__((aligned(128)));/};/' "$1/recorded.h" | sort
}
comparable gcc__O0 >gcc_types
comparable clang__O0 >clang_types
check "gcc's types are not empty" grep -q . gcc_types
check_same "gcc's and clang's types are equal" gcc_types clang_types

# -- Negative controls: a source with another type is an error --

out=$work/gcc__O0
flags=-O0
mkdir other
differs() {
    sed "$1" "$sources/all.h" >other/all.h
    ! cmp -s "$sources/all.h" other/all.h || { echo "the edit changes nothing"; return 1; }
    # The edited source alone must compile.
    compile -x c other/all.h || return 1
    ! next_to "$work/other/all.h" 2>"$out/errors" || return 1
    grep -q -e 'conflicting type' -e 'static assertion failed' -e 'static_assert failed' "$out/errors" ||
        { cat "$out/errors"; return 1; }
}
cat >edits <<'EOF'
s/^extern int t_int;/extern unsigned t_int;/
s/^extern long t_long;/extern long long t_long;/
s/^extern char t_char;/extern signed char t_char;/
s/^extern double t_double;/extern long double t_double;/
s/^extern float _Complex t_cfloat;/extern double _Complex t_cfloat;/
s/^typedef float float4/typedef int float4/
/^typedef unsigned char uchar8/s/(8)/(16)/
s/^extern const char \*const \*volatile/extern const char **volatile/
s/^extern const volatile int/extern volatile int/
s/^extern const void \*/extern void */
s/^extern void \*restrict/extern void */
s/t_array\[4\]/t_array[5]/
s/\[2\]\[3\]\[5\]/[2][5][3]/
s/(\*t_array_pointer)\[4\]/*t_array_pointer[4]/
/^struct plain/,/^}/s/double d;/float d;/
/^struct plain/,/^}/s/char c;/signed char c;/
/^struct anonymous/,/^}/s/short x, y;/short y, x;/
/^struct anonymous/,/^}/s/int inner;/long inner;/
s/^struct __attribute__((packed)) packed {/struct packed {/
s/^struct __attribute__((packed, aligned(4)))/struct __attribute__((packed))/
s/__attribute__((aligned(32)))/__attribute__((aligned(16)))/
s/aligned(128)/aligned(64)/
/^struct bits/,/^}/s/char f;/long : 0; char f;/
/^struct flexible/,/^}/s/items\[\]/*items/
/^struct zero_length/,/^}/s/nothing\[0\]/nothing[1]/
/^union choice/,/^}/s/bytes\[5\]/bytes[6]/
s/(\*visit)(struct node \*self, struct tree \*in)/(*visit)(struct tree *in, struct node *self)/
s/struct node \*nodes\[8\]/struct tree *nodes[8]/
s/^extern enum small t_enum/extern enum negative t_enum/
s/^void f_void(void)/void f_void(int i)/
s/^int f_unprototyped()/int f_unprototyped(char c)/
s/format, \.\.\.)/format)/
s/^double f_many(char a, short b/double f_many(short b, char a/
s/^struct plain f_struct(struct plain p)/struct plain f_struct(struct plain *p)/
/^typedef int (\*callback)/s/void \*context/const void *context/
s/f_array_parameter(int a\[static 4\], int b\[\]\[5\]/f_array_parameter(int a[static 4], int b[][6]/
s/f_va_list(va_list arguments)/f_va_list(void *arguments)/
s/^_Bool f_bool(_Bool b)/_Bool f_bool(unsigned char b)/
s/f_qualified(const struct plain \*p/f_qualified(struct plain *p/
s/^typedef unsigned long word;/typedef unsigned word;/
s/^typedef const struct plain \*plain_ref/typedef struct plain *plain_ref/
/^struct atomic_members/,/^}/s/_Atomic int count/int count/
s/^extern _Atomic int t_atomic/extern int t_atomic/
s/^extern int \*_Atomic/extern _Atomic int */
EOF
while read -r edit; do
    check "an error after: $edit" differs "$edit"
done <edits

# A missing _Thread_local is an error, too, with another message of gcc.
sed 's/^extern _Thread_local/extern/' "$sources/all.h" >other/all.h
check_fails 1 "an error without _Thread_local" next_to "$work/other/all.h"

# The comparison of layouts finds differences that compile.
mkdir bits
sed 's/unsigned b : 30;/unsigned b : 29;/; s/unsigned c : 3;/unsigned c : 4;/; s/SMALL_B = 7/SMALL_B = 8/
     s/WIDE_A = 1ULL << 40, WIDE_B = 0xFFFFFFFFFFFFFFFFULL/WIDE_A, WIDE_B/' "$sources/all.h" >bits/all.h
sources=$work/bits
check_fails 1 "other bit-fields and enumerators differ in layout" same_layout
cp log noticed
check "the difference shows the bit-field" grep -q '^-struct packed_bits.b:' noticed
check "and the enumerator" grep -q '^-SMALL_B:' noticed
check "and the size of the enum" grep -q '^-enum wide:' noticed

# -- C++ --

# The header of a C++ plugin has its extern "C" symbols. References are pointers there, a class without a
# C layout is only declared, and a name in a scope gets the scope as a prefix.
cat >plus.cc <<'EOF'
namespace shapes {
struct point {
    double x, y;
    static int count;
    double sum() const { return x + y; }
};
namespace deep {
enum class colour : unsigned char { red = 1, blue = 7 };
}
int point::count = 3;
int mangled(int x) { return x; }
}
class animal {
public:
    virtual ~animal() {}
    virtual int legs() const { return 4; }
    int age = 1;
};
class dog : public animal {
public:
    int legs() const override { return 3; }
};
struct plain {
    int number;
    bool ready;
    char16_t wide;
    char32_t wider;
};
template <typename T> struct box {
    T value;
};
extern "C" {
plain p_plain;
shapes::point p_point;
shapes::deep::colour p_colour;
animal *p_animal;
dog *p_dog;
bool p_bool;
char16_t p_char16;
char32_t p_char32;
wchar_t p_wchar;
box<int> p_box;
box<shapes::point *> p_box_of_points;
int &p_reference = p_plain.number;
double by_reference(const shapes::point &p, int &&moved) { return p.sum() + moved; }
int takes_all(animal &a, dog &&d, shapes::deep::colour c, bool b, int restrict)
{
    return a.legs() + d.age + (int)c + b + restrict;
}
void no_arguments() {}
}
int overloaded(int x) { return x; }
int overloaded(long x) { return (int)x; }
animal *make() { return new dog; }
EOF
# The same declarations in C.
cat >uses.c <<'EOF'
#include "plus.h"
extern _Bool p_bool;
extern unsigned short p_char16;
extern unsigned p_char32;
extern int p_wchar;
extern int *p_reference;
extern struct shapes__point p_point;
double by_reference(const struct shapes__point *p, int *moved);
void no_arguments(void);
struct animal;
extern struct animal *p_animal;
_Static_assert(sizeof(struct shapes__point) == 16, "");
_Static_assert(sizeof p_colour == 1, "");
_Static_assert(sizeof p_box == 4, "");
_Static_assert(__builtin_types_compatible_p(__typeof__(p_box_of_points.value),
                                            struct shapes__point *), "");
EOF
# A class of the standard library, with templates, bases, nested and nameless types.
cat >string.cc <<'EOF'
#include <string>
extern "C" {
std::string *p_string;
int ordinary;
unsigned long length(const std::string &s) { return s.size(); }
}
EOF
# Types that C does not have: a pointer to a member, the type of nullptr.
cat >foreign.cc <<'EOF'
struct plain { int number; };
extern "C" {
int plain::*p_member;
decltype(nullptr) p_nullptr;
int ordinary;
}
EOF
for use in string foreign; do
    printf '#include "%s.h"\nint *use(void);\nint *use(void) { return &ordinary; }\n' $use >${use}_uses.c
done
# build_plus NAME: builds the plugin, and runs header and inspect on it, without its imports, whose names
# may be mangled.
# shellcheck disable=SC2086 # flags are words
build_plus() {
    "$PLUGIN" build -buildmode=plugin --cc="$compiler" $flags -o "$1.so" "$1.cc" &&
        "$PLUGIN" header "$1.so" >"$1.h" && "$PLUGIN" inspect "$1.so" >whole &&
        sed '/^packages\|^imports/,$d' whole >inspected
}
for compiler in g++ clang++; do
    for flags in -O0 -gdwarf-4 -fdebug-types-section; do
        name="$compiler $flags"
        check "$name: builds" build_plus plus
        echo '#include "plus.h"' >plus.c
        check "$name: the header compiles as C" compile plus.c
        check "$name: the header agrees with the same declarations in C" compile uses.c
        check_fails 1 "$name: the header has no mangled names" grep -e '_Z[A-Z0-9]' plus.h
        check_fails 1 "$name: inspect lists no mangled names" grep -e '_Z[A-Z0-9]' inspected
        names plus.so | grep -v '^_Z' | sort -u >wanted
        declarations plus.so | grep -owFf wanted | sort -u >got
        check_same "$name: inspect lists all other names" wanted got
        check "$name: std::string: builds" build_plus string
        check "$name: std::string: the header compiles" compile string_uses.c
        check "$name: types that C does not have: builds" build_plus foreign
        check "$name: types that C does not have: the header compiles" compile foreign_uses.c
    done
done

finish

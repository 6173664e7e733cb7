#!/bin/sh
# SPDX-License-Identifier: MIT
# How functions are called: their calling convention, and C++ classes that are passed by reference.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1

# inspected FILE: the declarations of its symbols.
inspected() { "$PLUGIN" inspect "$1" | sed -n '/^symbols/,/^[a-rt-z]/s/^ *0x[0-9a-f]*  //p'; }
declares() { inspected "$1" | grep -qxF -e "$2" || { inspected "$1"; return 1; }; }
# library COMMAND...: x.so of x.c or x.cc, stamped.
library() { "$@" -g -w -shared -fPIC -Wl,-Bsymbolic -o x.so && "$PLUGIN" stamp x.so; }

# ---- conventions of x86 ----

cat >conventions.c <<'EOF_C'
#define MS __attribute__((ms_abi))
MS int sub(int a, int b) { return a - b; }
MS double mixed(double a, int b, double c, long d) { return a - b - c - d; }
MS int one(int a) { return -a; }
int usual(int a, long b, int c, int d, int e, int f, int g, int h) { return a + b + c + d + e + f + g + h; }
double usual_mixed(int a, double b, float c, long d) { return a + b + c + d; }
int assigns(int a, int b, int c, int d) { a = d; b = c; return a * b; }
int none(void) { return 1; }
int changes(int a, int b) { b += a; a = b; return a - 2 * b; }
EOF_C
cat >usual <<'EOF_C'
int assigns(int a, int b, int c, int d)
int changes(int a, int b)
int none(void)
int usual(int a, long b, int c, int d, int e, int f, int g, int h)
double usual_mixed(int a, double b, float c, long d)
EOF_C
cat >ms <<'EOF_C'
double (__attribute__((ms_abi)) mixed)(double a, int b, double c, long d)
int (__attribute__((ms_abi)) one)(int a)
int (__attribute__((ms_abi)) sub)(int a, int b)
EOF_C
same_conventions() {
    inspected x.so | grep -v ms_abi >got_usual
    inspected x.so | grep ms_abi >got_ms
    diff -u usual got_usual && diff -u ms got_ms
}
if [ "$(uname -m)" = x86_64 ]; then
    for with in 'gcc -O0' 'gcc -O1' 'gcc -O2' 'gcc -O3 -fno-omit-frame-pointer' 'gcc -Og -gdwarf-4' \
        'clang -O0' 'clang -O2'; do
        # shellcheck disable=SC2086 # words
        check "functions of two conventions by $with" library $with conventions.c
        check "are told apart, by $with" same_conventions
        "$PLUGIN" header x.so >x.h
        check "and the header compiles, by $with" sh -c 'gcc -fsyntax-only x.h && clang -fsyntax-only x.h'
    done
    check "gcc -mabi=ms" library gcc -mabi=ms conventions.c
    check "changes every function" sh -c '"$0" inspect x.so | grep -q "ms_abi.*usual"' "$PLUGIN"
    cat >vector.c <<'EOF_C'
__attribute__((preserve_most)) int v(int a) { return a; }
__attribute__((regcall)) int r(int a) { return a; }
__attribute__((sysv_abi)) int s(int a) { return a; }
int apply(int (__attribute__((ms_abi)) *f)(int)) { return f(1); }
EOF_C
    check "other conventions by clang" library clang vector.c
    check "preserve_most is recorded" declares x.so 'int (__attribute__((preserve_most)) v)(int a)'
    check "and sysv_abi is the usual one" declares x.so 'int s(int a)'
    check "that of a parameter is recorded" declares x.so \
        'int apply(int (__attribute__((ms_abi)) *f)(int))'
    printf 'int r(int a, int b) { return a - b; }\n' >i386.c
    for flags in '-mregparm=3' '-mregparm=3 -O2'; do
        # shellcheck disable=SC2086 # words
        if gcc -m32 -c -o /dev/null i386.c 2>/dev/null &&
            gcc -m32 -g $flags -shared -nostdlib -fno-pic -o x.so i386.c 2>/dev/null; then
            check "i386 with $flags" "$PLUGIN" stamp x.so
            check "is called in another way, $flags" declares x.so \
                'int (__attribute__((regparm(3))) r)(int a, int b)'
        else
            skip "i386 with $flags" "gcc cannot link for i386"
        fi
    done
else
    skip "conventions of x86" "another machine"
fi

# ---- conventions of aarch64 ----

cat >aarch64.c <<'EOF_C'
__attribute__((aarch64_vector_pcs)) int vector(int a) { return a; }
int usual(int a) { return a; }
EOF_C
if clang --target=aarch64-linux-gnu -g -fPIC -nostdlib -shared -fuse-ld=lld -o x.so aarch64.c; then
    check "a library for aarch64" "$PLUGIN" stamp x.so
    check "has a function of another convention" declares x.so \
        'int (__attribute__((aarch64_vector_pcs)) vector)(int a)'
    check "and a usual one" declares x.so 'int usual(int a)'
else
    skip "a library for aarch64" "clang and lld cannot build it"
fi

# ---- classes passed by reference ----

cat >classes.cc <<'EOF_C'
struct plain { double x, y; };
struct destroyed { double x, y; ~destroyed() {} };
struct copied { double x; copied(); copied(const copied &); };
struct defaulted { double x; defaulted(const defaulted &) = default; ~defaulted() = default; defaulted(); };
struct moved { double x; moved(const moved &) = delete; moved(moved &&) = default; moved(); };
struct deleted { double x; deleted(); deleted(const deleted &) = delete; };
struct derived : destroyed { int n; };
struct holds { copied c[2]; };
struct is_virtual { virtual int f(); double x; };
template <class T> struct box { T value; box(const box &); box(); };
extern "C" {
double by_plain(plain p) { return p.x; }
double by_destroyed(destroyed p) { return p.x; }
double by_copied(copied p) { return p.x; }
double by_defaulted(defaulted p) { return p.x; }
double by_moved(moved p) { return p.x; }
double by_derived(derived p) { return p.x; }
double by_holds(holds p) { return p.c[0].x; }
double by_virtual(is_virtual p) { return p.x; }
double by_box(box<int> b) { return b.value; }
double by_pointer(destroyed *p) { return p->x; }
destroyed result(double x) { destroyed p; p.x = x; return p; }
plain plain_result(double x) { return {x, x}; }
}
copied::copied() {}
copied::copied(const copied &o) : x(o.x) {}
defaulted::defaulted() {}
moved::moved() {}
int is_virtual::f() { return 1; }
EOF_C
cat >by_reference <<'EOF_C'
by_box by_copied by_derived by_destroyed by_holds by_virtual result
EOF_C
same_classes() {
    inspected x.so | sed -n 's/.*pass_by_reference.*/&/p' | grep -oE '(by|result)_?[a-z]*\(' |
        tr -d '(' | sort | tr '\n' ' ' | sed 's/ $//' >got
    echo >>got
    diff -u by_reference got
}
for with in 'g++ -gdwarf-5' 'g++ -gdwarf-4 -O2' 'clang++ -fstandalone-debug'; do
    # shellcheck disable=SC2086 # words
    check "classes by $with" library $with -std=c++17 classes.cc
    check "are passed as C++ passes them, by $with" same_classes
    check "but not behind a pointer, by $with" declares x.so 'double by_pointer(struct destroyed *p)'
done
"$PLUGIN" header x.so >x.h
check "the header omits what C cannot call" has x.h 'by_destroyed: it has a type without a spelling in C'
check "and compiles" gcc -fsyntax-only x.h

# A host and a plugin with the same class, but for its destructor.
printf '%s\n' 'struct pt { double x, y; D };' \
    'extern "C" double host_sum(pt p) { return p.x + p.y; } int main() {}' >host.cc
printf '%s\n' 'struct pt { double x, y; D };' 'extern "C" double host_sum(pt p);' \
    'extern "C" double run() { return host_sum({3, 4}); }' >mod.cc
pair() {
    g++ -g "-DD=$1" -rdynamic -o host host.cc && g++ -g "-DD=$2" -shared -fPIC -Wl,-Bsymbolic -o mod.so mod.cc &&
        "$PLUGIN" stamp host mod.so
}
check "the same class" pair '~pt() {}' '~pt() {}'
check "fits" "$PLUGIN" check --strict host mod.so
check "a class with a destructor, and without" pair '' '~pt() {}'
check_fails 1 "does not fit" "$PLUGIN" check host mod.so
cat >wanted <<'EOF_C'
mod.so does not fit host (1 misfit):
  host_sum: parameter 1
      host    struct pt   /* by value */
      plugin  struct pt   /* by reference, as C++ passes such a class */
  1 use compared, 0 not
EOF_C
sed 's/  *built by .*//' log >got
check_same "which the misfit says" wanted got

cat >counted.cc <<'EOF_C'
struct counted { double x; counted(double); counted(const counted &, int = 0); };
extern "C" double by_counted(int a, counted c) { return c.x + a; }
extern "C" counted gives();
extern "C" double uses() { return gives().x; }
EOF_C
if [ "$(uname -m)" = x86_64 ]; then
    # Without -fstandalone-debug, clang++ describes no class whose constructors are elsewhere.
    for with in g++ 'g++ -O2' 'clang++ -fstandalone-debug' 'clang++ -O2'; do
        # shellcheck disable=SC2086 # words
        check "a copy constructor with a default, or an incomplete class, by $with" library $with counted.cc
        check "the code tells how it is passed, by $with" sh -c \
            '"$0" inspect x.so | grep -q "by_counted(int a, __attribute__((pass_by_reference)) struct counted c)"' "$PLUGIN"
    done
    check "where there is no code, by g++" library g++ counted.cc
    check "it is unknown" sh -c '"$0" inspect x.so | grep -q "unknown type (a class by value or by reference) gives(void)"' "$PLUGIN"
fi

finish

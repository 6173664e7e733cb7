#!/bin/sh
# SPDX-License-Identifier: MIT
# D: what `extern (C)` makes of its types, by each compiler, as C declares them.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

cat >d.d <<'EOF_D'
extern (C):
struct Point { double x; ubyte level; }
enum Color { red, green = 5 }
__gshared int level = 3;
immutable int magic = 7;
char letter(char c) { return c; }
ubyte first(ref ubyte[4] p) { return p[0]; }
size_t length(const(char)* s) { size_t n; while (s[n]) n++; return n; }
double norm(const Point* p) { return p.x; }
void scale(Point* p, double by) { p.x *= by; }
Point twice(Point p) { return Point(2 * p.x, p.level); }
Color next(Color c) { return c; }
void* same(void* p, const void* q) { return q ? p : null; }
int none(int function() f) { return f(); }
int calls(int function(int) f) { return f(1); }
EOF_D
cat >wanted <<'EOF'
char letter(char c)
const int magic
double norm(const struct Point * p)
enum Color next(enum Color c)
int level
int none(int (* f)(void))
struct Point twice(struct Point p)
unsigned char first(unsigned char (* p)[4])
unsigned long length(const char * s)
void * same(void * p, const void * q)
void scale(struct Point * p, double by)
EOF
# What differs between compilers: gdc says that a const parameter is itself const, which C ignores.
declared() {
    "$PLUGIN" inspect d.so | sed -n '/^symbols/,/^[a-rt-z]/s/^ *0x[0-9a-f]*  //p' |
        sed 's/\* *const \([a-z]\)/*\1/g; s/\*/* /g; s/  / /g' | grep -v -e _D1d -e ' calls(' | LC_ALL=C sort >got
    LC_ALL=C sort wanted | diff -u - got
}
by_ldc2() { ldc2 -g -betterC -relocation-model=pic -c -of=d.o d.d && cc -shared -Wl,-Bsymbolic -o d.so d.o; }
by_gdc() { gdc -g -fPIC -fno-druntime -c -o d.o d.d && cc -shared -Wl,-Bsymbolic -o d.so d.o; }
for compiler in ldc2 gdc; do
    if ! command -v $compiler >/dev/null; then
        skip "D by $compiler" "there is no $compiler"
        continue
    fi
    check "a plugin in D by $compiler" by_$compiler
    check "is stamped, by $compiler" sh -c '"$0" stamp d.so 2>log; test $? -eq 0' "$PLUGIN"
    check "has C's types, by $compiler" declared
    # ldc does not describe the parameters of pointers to functions; gdc does.
    case $compiler in
    gdc) calls='int calls(int (*f)(int))' ;;
    *) calls='int calls(unknown type (a function whose parameters are not described) *f)' ;;
    esac
    check "of a function that is passed, what is described, by $compiler" \
        sh -c '"$0" inspect d.so | grep -qF "$1"' "$PLUGIN" "$calls"
    check "plugin header writes one that compiles, by $compiler" sh -c '"$0" header d.so >d.h &&
        gcc -Wall -Werror -fsyntax-only -x c d.h && g++ -Wall -Werror -fsyntax-only -x c++ d.h' "$PLUGIN"
done

finish

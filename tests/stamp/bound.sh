#!/bin/sh
# SPDX-License-Identifier: MIT
# Who is bound to what a plugin defines itself: the stamp refuses a plugin whose own references another
# module's definition would preempt, and the judgement compares the types of what does.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

says_alike=
cat >host.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int helper(int x, int y);
int helper(int x, int y) { return 1000 + x + y; }
int main(int count, char **paths)
{
    plugin *p = plugin_open(paths[count - 1]);
    int (*f)(int) = plugin_as(plugin_lookup(p, "f"), int (*)(int));
    return f ? printf("%d\n", f(1)) < 0 : (puts(plugin_error()), 1);
}
EOF
cat >p.c <<'EOF'
double helper(double x);
int f(int x);
double helper(double x) { return x * 2; }
int f(int x) { return (int)helper(x); }
EOF
printf 'int same = 1;\nint *use(void);\nint *use(void) { return &same; }\n' >variable.c
host host
sed 's/int helper(int x, int y)/double helper(double x)/; s/1000 + x + y/x * 4/' host.c >agrees.c
host agrees
"$PLUGIN" build -buildmode=plugin -o right.so p.c
check "by plugin build, a plugin calls its own function" prints 2 ./host ./right.so

cat >loads.c <<'EOF'
#include <dlfcn.h>
#include <stdio.h>
double helper(double x);
double helper(double x) { return x * 4; }
int main(int count, char **paths)
{
    void *handle = dlopen(paths[count - 1], RTLD_NOW);
    int (*f)(int) = handle ? (int (*)(int))dlsym(handle, "f") : 0;
    return f ? printf("%d\n", f(1)) < 0 : (puts(dlerror()), 1);
}
EOF
gcc -w -rdynamic -o loads loads.c -ldl
gcc -shared -fPIC -o p.so p.c
check "attack 19: by dlopen, another module's function is called" prints 4 ./loads ./p.so
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        is_paired "$compiler" $linker || continue
        can_link $compiler -fuse-ld=$linker || continue
        by="$compiler and $linker"
        $compiler -g -fuse-ld=$linker -shared -fPIC -o p.so p.c
        says "attack 19: by $by, without -Bsymbolic: refused" stamp p.so <<'EOF'
plugin: cannot stamp p.so: another module's definitions would preempt its own helper; link it with -Wl,-Bsymbolic, or give them hidden visibility (a library that others link to: link it with -Wl,-soname)
EOF
        $compiler -g -fuse-ld=$linker -shared -fPIC -o p.so variable.c
        check_refused "by $by, a variable" "would preempt its own same; " stamp p.so
        $compiler -g -fuse-ld=$linker -shared -fPIC -Wl,-Bsymbolic -o p.so p.c
        check "by $by, with -Bsymbolic: stamped" stamp p.so
        check "by $by: it calls its own function" prints 2 ./host ./p.so
        $compiler -g -fuse-ld=$linker -shared -fPIC -fvisibility=hidden -o hidden.so p.c variable.c
        check "by $by, hidden: stamped" stamp hidden.so
        $compiler -g -fuse-ld=$linker -shared -fPIC -Wl,-soname,libp.so -o library.so p.c
        check "by $by, a library: stamped" stamp library.so
        cat >wanted <<'EOF'
  helper: result; the plugin, linked without -Bsymbolic, would use that of the host, not its own
EOF
        "$PLUGIN" check host library.so | grep helper: >got
        check_same "by $by, a library: the type that it would be bound to" wanted got
        ./host ./library.so | grep helper: >got
        check_same "by $by, a library: the same by plugin_open" wanted got
        check "by $by, a library: agreeing types" "$PLUGIN" check agrees library.so
        check "by $by, a library: ELF's rule, the host's definition runs" prints 4 ./agrees ./library.so
    done
done
i=0
while [ $i -lt 9 ]; do
    echo "int own$i(void); int own$i(void) { return $i; } int use$i(void); int use$i(void) { return own$i(); }"
    i=$((i + 1))
done >many.c
gcc -g -shared -fPIC -fno-inline -O0 -o many.so many.c
check_refused "many symbols: some are named" "own0, own1, own2, own3, own4, ...; " stamp many.so
printf 'int helper(double x) { return (int)x; }\nextern "C" int f(int x) { return helper(x); }\n' >cxx.cc
g++ -g -shared -fPIC -o cxx.so cxx.cc
check_refused "a function of C++" "would preempt its own _Z6helperd; " stamp cxx.so
# g++ makes the variables of inline functions and of templates STB_GNU_UNIQUE, which no linker binds.
cat >unique.cc <<'EOF'
#include <memory>
inline int &counter() { static int count; return count; }
extern "C" int f(int x) { return counter() += *std::make_shared<int>(x); }
EOF
g++ -g -shared -fPIC -Wl,-Bsymbolic -o unique.so unique.cc
check_refused "attack 19: a variable that is one in the process" \
    "would preempt its own _ZZ7countervE5count; compile it with -fno-gnu-unique" stamp unique.so
g++ -g -shared -fPIC -Wl,-Bsymbolic -fno-gnu-unique -o unique.so unique.cc
check "not with -fno-gnu-unique" stamp unique.so
g++ -g -shared -fPIC -Wl,-Bsymbolic -Wl,-soname,libunique.so -o unique.so unique.cc
check "not of a library" stamp unique.so
grep -v counter unique.cc >std.cc
echo 'extern "C" int f(int x) { return *std::make_shared<int>(x); }' >>std.cc
g++ -g -shared -fPIC -Wl,-Bsymbolic -o std.so std.cc
check "nor one of the C++ library" stamp std.so
gcc -g -shared -fPIC -Wl,-Bsymbolic-functions -o functions.so p.c variable.c
check_refused "-Bsymbolic-functions does not bind variables" "would preempt its own same; " stamp functions.so

# With packages, the symbols of these alone may be preempted: by the live copy.
package example.com/num >packaged.c
printf 'int num_value = 3;\nint num(void);\nint num(void) { return num_value; }\n' >>packaged.c
printf '#include <plugin.h>\nPLUGIN_IMPORT("example.com/num");\nint num(void);\n' | cat - p.c >user.c
echo 'int number(void); int number(void) { return num(); }' >>user.c
# shellcheck disable=SC2086 # flags are words
packaged() { gcc -g -shared -fPIC -fsemantic-interposition $includes "$@" user.c packaged.c $libraries -lplugin -o packaged.so; }
packaged
check_refused "packages without a dynamic list" \
    'would preempt its own helper; link it with `plugin build`, or with -Wl,--dynamic-list and the symbols of its packages alone' \
    stamp packaged.so
echo '{ num; num_value; };' >list
packaged -Wl,--dynamic-list=list
check "packages with a dynamic list" stamp packaged.so
check "they call their own function" prints 2 ./host ./packaged.so
echo '{ num; num_value; helper; };' >list
packaged -Wl,--dynamic-list=list
check_refused "a dynamic list with more" 'would preempt its own helper; ' stamp packaged.so

finish

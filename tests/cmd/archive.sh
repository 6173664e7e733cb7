#!/bin/sh
# Making built-in plugins: what goes into an archive, what is refused, what is left behind.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/packages/built_in/build.sh"

# ---- what a plugin needs ----

cat >needs.c <<'E2'
#include <math.h>
#include <zlib.h>
int hit(void) { volatile double x = 2; return (int)(pow(x, 5) + (zlibVersion()[0] == '1')); }
E2
check "a plugin's libraries are recorded" archive_of needs.a needs.c -lm -lz
check "and linked with the program" host_of needing "$source/host.c" --with needs.a
says "which has them" ./needing needs.so <<'E2'
main
needs.so: 33
E2
says "a bundle says which" "$PLUGIN" bundle -o plugins.o needs.a <<'E2'
-lm -lz
E2
echo 'int deep(void) { return 40; }' >deep.c
echo 'int deep(void); int hit(void) { return deep() + 2; }' >uses_deep.c
cc -g -fPIC -c deep.c && ar rc libdeep.a deep.o && cc -g -fPIC -c uses_deep.c
check "objects and static libraries become part of the plugin" archive_of deep.a uses_deep.o libdeep.a
check "link it" host_of deep "$source/host.c" --with=deep.a
says "it has all" ./deep deep.so <<'E2'
main
deep.so: 42
E2
cat >flagged.c <<'E2'
int V = 1, common;
static int counter;
__thread int per_thread = 10;
int helper(void) { return 100; }
void F(void) { counter++; }
int hit(void) { F(); return V + counter + helper() + per_thread + common; }
E2
for flags in "-O2 -flto" "--cc=clang -O2" "--cc=clang -O2 -flto=thin" "-O3 -ffunction-sections" "-x c"; do
    # shellcheck disable=SC2086
    check "build with: $flags" archive_of flagged.a $flags flagged.c
    check "link: $flags" host_of flagged "$source/host.c" --with flagged.a
    says "run: $flags" ./flagged flagged.so <<'E2'
main
flagged.so: 112
E2
done
sed "s,\"../../common/,\"$source/../../common/," "$source/host.c" >host.inc
check "-x c is of the program's sources" host_of told -x c host.inc --with flagged.a
says "it runs" ./told flagged.so <<'E2'
main
flagged.so: 112
E2

# ---- what the compiler is told ----

rules_of() {
    rm -f ./*.d && archive_of "$@" && cat ./*.d
}
says "rules for make are of the archive, and beside it" rules_of flagged.a -MMD flagged.c <<'E2'
flagged.a: flagged.c
E2
says "or where they are to go" sh -c '"$0" build -buildmode=archive -o flagged.a -MMD -MF rules.d flagged.c &&
    cat rules.d' "$PLUGIN" <<'E2'
flagged.a: flagged.c
E2
check "an rpath in two flags" archive_of paths.a flagged.c -Wl,-rpath -Wl,/no/where -lm
says "stays one" "$PLUGIN" bundle -o plugins.o paths.a <<'E2'
-Wl,-rpath,/no/where -lm
E2

# ---- C++ ----

cat >count.h <<'E2'
int next_count();
inline int counted = 10;
template <class T> T &cell() { static T value; return value; }
E2
{ package p/count; echo '#include "count.h"'; echo 'int next_count() { return 1; }'; } >count.cc
cat >counts.cc <<'E2'
#include "count.h"
#include <plugin.h>
#include <string>
PLUGIN_IMPORT("p/count");
extern "C" __attribute__((visibility("default"))) int hit()
{
    std::string text = std::to_string(counted += NUMBER) + std::to_string(cell<int>() += NUMBER);
    return std::stoi(text) * 10 + next_count();
}
E2
check_refused "a package whose names are hidden" \
    'package "p/count" cannot be shared: its _Z10next_countv is used outside it, but hidden' \
    archive_of hidden.a -std=c++17 -fvisibility=hidden -DNUMBER=1 counts.cc count.cc
# In the loadable plugin, package and main have one of each as well.
sed 's/^int next_count/__attribute__((visibility("default"))) &/' count.h >hidden.h
{ package p/hidden; echo '#include "hidden.h"'
  echo 'int next_count() { return ++counted + ++cell<int>(); }'; } >hidden.cc
sed 's/count.h/hidden.h/; s,p/count,p/hidden,' counts.cc >hides.cc
for number in 1 2; do
    check "a package whose header's variables are hidden, $number" \
        archive_of hides$number.a -std=c++17 -fvisibility=hidden -DNUMBER=${number}00 hides.cc hidden.cc
done
check "build their program" host_of hides "$source/host.c" --with hides1.a --with hides2.a
says "package and main share them" ./hides hides1.so hides2.so <<'E2'
main
hides1.so: 1101212
hides2.so: 3113624
E2
# Without -fno-gnu-unique, their variables are unique ones, of which a program has one of a name.
objects_of() {
    # shellcheck disable=SC2086 # a list of flags
    g++ -c -g $TEST_CFLAGS -fPIC -std=c++17 -I"$prefix/include" -DNUMBER="$1" -o counts$1.o counts.cc &&
        g++ -c -g $TEST_CFLAGS -fPIC -std=c++17 -I"$prefix/include" -o count.o count.cc &&
        archive_of counts$1.a --cc=g++ counts$1.o count.o
}
check "objects of g++'s" objects_of 1
check "and others" objects_of 2
check "bring their library" host_of counts "$source/host.c" --with counts1.a --with counts2.a
says "and keep their variables apart" ./counts counts1.so counts2.so counts1.so <<'E2'
main
counts1.so: 1111
counts2.so: 1221
counts1.so: 1221
E2

# ---- wrong usage, and failures that leave what was there ----

echo old >kept.a
echo 'syntax error' >broken.c
check_fails 1 "a source that does not compile" archive_of kept.a broken.c
check "leaves the old archive" [ "$(cat kept.a)" = old ]
check "and nothing beside it" sh -c '! ls -d .plugin-* kept.a.* 2>/dev/null'
check_fails 2 "an archive is called .a" archive_of kept.so flagged.c
check_fails 2 "--with is for programs" "$PLUGIN" build -buildmode=plugin -o x.so flagged.c --with flagged.a
check_fails 2 "a bundle needs a name" "$PLUGIN" bundle flagged.a
check_fails 2 "and plugins" "$PLUGIN" bundle -o x.o
check_fails 2 "a bundle is no source" "$PLUGIN" bundle -o x.c flagged.a
check_refused "what is no archive" "flagged.c: not an archive; build it with: plugin build -buildmode=archive" \
    "$PLUGIN" bundle -o x.o flagged.c
cp flagged.a twice.a && ar x twice.a main.o && ar q twice.a main.o
check "an archive in which a part is twice" "$PLUGIN" bundle -o x.o twice.a
check_refused "an archive of something else" \
    "libdeep.a: not a built-in plugin; build it with: plugin build -buildmode=archive" \
    "$PLUGIN" bundle -o x.o libdeep.a
check_refused "a file that is not there" "nothing.a: No such file or directory" "$PLUGIN" bundle -o x.o nothing.a
check "the help fits a screen" sh -c '[ "$("$0" bundle --help | wc -l)" -le 24 ]' "$PLUGIN"

finish

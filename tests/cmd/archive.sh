#!/bin/sh
# SPDX-License-Identifier: MIT
# Making built-in plugins: the content of archives, refusals, and failures.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/packages/built_in/build.sh"

# ---- libraries and objects ----

cat >needs.c <<'E2'
#include <math.h>
#include <zlib.h>
int hit(void) { volatile double x = 2; return (int)(pow(x, 5) + (zlibVersion()[0] == '1')); }
E2
check "a plugin with libraries becomes an archive" archive_of needs.a needs.c -lm -lz
check "its libraries are linked with the program" host_of needing "$source/host.c" --with needs.a
says "which runs" ./needing needs.so <<'E2'
main
needs.so: 33
E2
says "plugin bundle prints their flags" "$PLUGIN" bundle -o plugins.o needs.a <<'E2'
-lm -lz
E2
echo 'int deep(void) { return 40; }' >deep.c
echo 'int deep(void); int hit(void) { return deep() + 2; }' >uses_deep.c
cc -g -fPIC -c deep.c && ar rc libdeep.a deep.o && cc -g -fPIC -c uses_deep.c
check "objects and static libraries become part of the plugin" archive_of deep.a uses_deep.o libdeep.a
check "the plugin is linked with a program" host_of deep "$source/host.c" --with=deep.a
says "which runs" ./deep deep.so <<'E2'
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
check "-x c applies to the program's sources only" host_of told -x c host.inc --with flagged.a
says "the program runs" ./told flagged.so <<'E2'
main
flagged.so: 112
E2

# ---- the compiler's flags ----

rules_of() {
    rm -f ./*.d && archive_of "$@" && cat ./*.d
}
says "rules for make name the archive, and are beside it" rules_of flagged.a -MMD flagged.c <<'E2'
flagged.a: flagged.c
E2
says "or in the file of -MF" sh -c '"$0" build -buildmode=archive -o flagged.a -MMD -MF rules.d flagged.c &&
    cat rules.d' "$PLUGIN" <<'E2'
flagged.a: flagged.c
E2
check "an rpath in two flags is accepted" archive_of paths.a flagged.c -Wl,-rpath -Wl,/no/where -lm
says "and becomes one flag" "$PLUGIN" bundle -o plugins.o paths.a <<'E2'
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
check_refused "a package with hidden symbols" \
    'package "p/count" cannot be shared: its _Z10next_countv is used outside it, but hidden' \
    archive_of hidden.a -std=c++17 -fvisibility=hidden -DNUMBER=1 counts.cc count.cc
# As in the loadable plugin, package and main share one of each.
sed 's/^int next_count/__attribute__((visibility("default"))) &/' count.h >hidden.h
{ package p/hidden; echo '#include "hidden.h"'
  echo 'int next_count() { return ++counted + ++cell<int>(); }'; } >hidden.cc
sed 's/count.h/hidden.h/; s,p/count,p/hidden,' counts.cc >hides.cc
for number in 1 2; do
    check "package $number with hidden variables of a header" \
        archive_of hides$number.a -std=c++17 -fvisibility=hidden -DNUMBER=${number}00 hides.cc hidden.cc
done
check "build their program" host_of hides "$source/host.c" --with hides1.a --with hides2.a
says "package and main share them" ./hides hides1.so hides2.so <<'E2'
main
hides1.so: 1101212
hides2.so: 3113624
E2
# Without -fno-gnu-unique, their variables are STB_GNU_UNIQUE: a program has one of each name.
objects_of() {
    # shellcheck disable=SC2086 # a list of flags
    g++ -c -g $TEST_CFLAGS -fPIC -std=c++17 -I"$prefix/include" -DNUMBER="$1" -o counts$1.o counts.cc &&
        g++ -c -g $TEST_CFLAGS -fPIC -std=c++17 -I"$prefix/include" -o count.o count.cc &&
        archive_of counts$1.a --cc=g++ counts$1.o count.o
}
check "an archive of objects by g++" objects_of 1
check "another archive of objects by g++" objects_of 2
check "the C++ library is linked with their program" host_of counts "$source/host.c" --with counts1.a --with counts2.a
says "each plugin has its own variables" ./counts counts1.so counts2.so counts1.so <<'E2'
main
counts1.so: 1111
counts2.so: 1221
counts1.so: 1221
E2

# ---- usage errors, and failures that leave the old output ----

echo old >kept.a
echo 'syntax error' >broken.c
check_fails 1 "a source that does not compile fails" archive_of kept.a broken.c
check "and leaves the old archive" [ "$(cat kept.a)" = old ]
check "and no file beside it" sh -c '! ls -d .plugin-* kept.a.* 2>/dev/null'
check_fails 2 "an archive's name must end in .a" archive_of kept.so flagged.c
check_fails 2 "--with is for programs" "$PLUGIN" build -buildmode=plugin -o x.so flagged.c --with flagged.a
check_fails 2 "plugin bundle needs -o" "$PLUGIN" bundle flagged.a
check_fails 2 "plugin bundle needs plugins" "$PLUGIN" bundle -o x.o
check_fails 2 "a bundle's name must end in .o" "$PLUGIN" bundle -o x.c flagged.a
check_refused "a file that is not an archive" "flagged.c: not an archive; build it with: plugin build -buildmode=archive" \
    "$PLUGIN" bundle -o x.o flagged.c
cp flagged.a twice.a && ar x twice.a main.o && ar q twice.a main.o
check "an archive with a part twice is accepted" "$PLUGIN" bundle -o x.o twice.a
check_refused "an archive that is not a built-in plugin" \
    "libdeep.a: not a built-in plugin; build it with: plugin build -buildmode=archive" \
    "$PLUGIN" bundle -o x.o libdeep.a
check_refused "a missing file" "nothing.a: No such file or directory" "$PLUGIN" bundle -o x.o nothing.a
check "the help fits a screen" sh -c '[ "$("$0" bundle --help | wc -l)" -le 24 ]' "$PLUGIN"

finish

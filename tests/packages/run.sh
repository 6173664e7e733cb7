#!/bin/sh
# Packages: shared once, initialised once and in order.
. "$(dirname "$0")/../common/tap.sh"
sources=$tests/packages
cd "$work" || exit 1

include=-I$sources
. "$tests/common/placement.sh"

# Another compiler than the host's; but the sanitizers of two compilers do not mix.
other=clang
other_cplusplus=clang++
if [ -n "$TEST_CFLAGS" ]; then
    other=gcc
    other_cplusplus=g++
fi
geom="$sources/geom.c $sources/area.c $sources/num.c"

# expect NAME COMMAND... <EXPECTED: the command's standard output, and what ran, are these lines.
expect() {
    expect_name=$1
    shift
    cat >expected
    if [ "$placement" = built-in ]; then
        # A plugin that another one needs is promoted to the global scope; what is built in is not.
        sed -i 's/helper is global/helper is local/' expected
        # Whether what its libraries do comes before its program's main, is the linker's affair: it may
        # leave out a library that it finds no use for.
        [ -z "${has_library:-}" ] || sed -i '/^ran: main$/d' expected
    fi
    rm -f ran
    export INIT_LOG="$work/ran"
    with_plugins "$@" >actual 2>actual.err
    unset INIT_LOG
    [ -e ran ] && sed 's/^/ran: /' ran >>actual
    cat actual.err >>actual
    sed "s|$work/||g" actual >actual.clean
    [ "$placement" = loadable ] || [ -z "${has_library:-}" ] || sed -i '/^ran: main$/d' actual.clean
    check_same "$expect_name" expected actual.clean
}

# ---- one live copy ----

# shellcheck disable=SC2086 # lists of files
{
    check "build a" plugin_of a.so -DNAME='"a"' "$sources/plugin.c" $geom
    check "build b, by another compiler" plugin_of b.so "--cc=$other" -O2 -DNAME='"b"' "$sources/plugin.c" $geom
    check "build c, with -flto" plugin_of c.so -O2 -flto -DNAME='"c"' "$sources/plugin.c" $geom
    check "build a host" host_of host "$sources/host.c"
    check "build a host that carries the package" host_of host_geom -DCARRIES "$sources/host.c" $geom
    check "build a library that carries the package" plugin_of libgeom.so -Wl,-soname,libgeom.so $geom
    check "build a host whose library carries the package" host_of host_lib -DCARRIES \
        "$sources/host.c" -L. -lgeom -Wl,-rpath,"$work"
}

expect "host and a plugin" ./host_geom ./a.so <<'E2'
host hit 1
hit 2, variable same, function same, helper 1, area 6, helper is local
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
ran: a
E2
expect "two plugins, and not the host" ./host ./a.so ./b.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: b
E2
expect "the other order, and a third" ./host ./b.so ./a.so ./c.so ./b.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
hit 3, variable same, function same, helper 1, area 6, helper is global
hit 4, variable same, function same, helper 2, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: b
ran: a
ran: c
E2
expect "a shared library of the host carries it" ./host_lib ./a.so ./c.so <<'E2'
host hit 1
hit 2, variable same, function same, helper 1, area 6, helper is local
hit 3, variable same, function same, helper 1, area 6, helper is local
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
ran: a
ran: c
E2

# Three plugins in a diamond: the third one's packages are live in the first and in the second.
cat >left.c <<'E2'
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/num");
PLUGIN_USES(num_next);
int hit(void) { return num_next(); }
E2
cat >right.c <<'E2'
#include <plugin.h>
PLUGIN_IMPORT("example.com/slow");
extern int slow_value;
PLUGIN_USES(slow_value);
int hit(void) { return slow_value += 10; }
E2
cat >bottom.c <<'E2'
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/slow");
PLUGIN_IMPORT("example.com/num");
extern int slow_value;
PLUGIN_USES(slow_value);
PLUGIN_USES(num_next);
int hit(void) { return 100 * num_next() + slow_value; }
E2
cat >hits.c <<'E2'
#include <plugin.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int (*hit)(void) = plugin_as(plugin_lookup(plugin_open(argv[i]), "hit"), int (*)(void));
        if (hit)
            printf("%s: %d\n", argv[i], hit());
        else
            printf("%s\n", plugin_error());
    }
    return 0;
}
E2
check "build the left of a diamond" plugin_of left.so left.c "$sources/num.c"
check "build its right" plugin_of right.so right.c "$sources/slow.c"
check "build its bottom" plugin_of bottom.so bottom.c "$sources/slow.c" "$sources/num.c"
check "build its host" host_of hits hits.c
expect "a diamond: two of a plugin's packages are live in two others" \
    ./hits ./left.so ./right.so ./bottom.so ./left.so ./right.so <<'E2'
./left.so: 1
./right.so: 11
./bottom.so: 211
./left.so: 3
./right.so: 21
ran: num
ran: slow begins
ran: slow ends
E2
expect "the diamond from its bottom" ./hits ./bottom.so ./left.so ./right.so <<'E2'
./bottom.so: 101
./left.so: 2
./right.so: 11
ran: slow begins
ran: slow ends
ran: num
E2

# ---- private code stays apart ----

for version in 1 2; do
    cat >zlib$version.c <<E2
int calls;
static int steps;
int deflate(void) { return $version * 1000 + 10 * ++calls + ++steps; }
E2
    cat >main$version.c <<'E2'
int deflate(void);
int hit(void) { return deflate(); }
E2
    check "build a plugin with version $version of a library" \
        plugin_of private$version.so main$version.c zlib$version.c
done
sed 's/1000/9000/' zlib1.c >zlib9.c
cat >private_host.c <<'E2'
int deflate(void);
int use(void) { return deflate(); }
E2
check "build a host that has and exports a third version" host_of hits9 hits.c private_host.c zlib9.c
printf '#include <plugin.h>\nPLUGIN_PACKAGE("example.com/only");\nint hit(void) { return 1; }\n' >only.c
check "build a plugin that has nothing but a package" plugin_of package_only.so only.c
expect "attack 9: two plugins with two versions of a library" ./hits9 ./private1.so ./private2.so ./private1.so <<'E2'
./private1.so: 1011
./private2.so: 2011
./private1.so: 1022
E2
expect "a package's symbol is none of the plugin's, which says so" ./hits9 ./package_only.so <<'E2'
symbol hit not found in plugin package_only.so: it is of package example.com/only, and a plugin's symbols are those of its main package
E2
# Also next to a package, whose symbols are linked differently, and when one of them was promoted.
for version in 1 2; do
    cat >both$version.c <<'E2'
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/num");
PLUGIN_USES(num_next);
int deflate(void);
int hit(void) { return 100000 * num_next() + deflate(); }
E2
    check "build a plugin with a package and version $version" \
        plugin_of both$version.so both$version.c zlib$version.c "$sources/num.c"
done
expect "private code of plugins that share a package" ./hits9 ./both1.so ./both2.so ./both1.so <<'E2'
./both1.so: 101011
./both2.so: 202011
./both1.so: 301022
ran: num
E2
# For gold, the list of a package's symbols says nothing of all others.
if command -v ld.gold >/dev/null; then
    check "build one by gold" plugin_of both_gold.so -fuse-ld=gold both2.c zlib2.c "$sources/num.c"
    expect "private code of a plugin with a package, by gold" ./hits9 ./both1.so ./both_gold.so <<'E2'
./both1.so: 101011
./both_gold.so: 202011
ran: num
E2
fi

# Variables of inline functions and templates, which g++ has all modules share by their names.
lacks c++ "private variables of C++ headers" || {
for version in 1 2; do
    cat >inline$version.cc <<E2
template <class T> struct count { static T steps; };
template <class T> T count<T>::steps = 1000 * $version;
inline int &calls() { static int table[$version]; return table[$version - 1]; }
extern "C" int hit() { return ++count<int>::steps + 10 * ++calls(); }
E2
    check "build a plugin with version $version of a C++ header" plugin_of inline$version.so \
        inline$version.cc
    check "and with a package" plugin_of inline_both$version.so -DNAME='"inline"' \
        inline$version.cc -x c "$sources/num.c"
done
check "and by another compiler" plugin_of inline_other.so "--cc=$other_cplusplus" -O1 inline2.cc
expect "two plugins with two versions of a C++ header" \
    ./hits9 ./inline1.so ./inline2.so ./inline_other.so ./inline1.so <<'E2'
./inline1.so: 1011
./inline2.so: 2011
./inline_other.so: 2011
./inline1.so: 1022
E2
expect "and with a package" ./hits9 ./inline_both1.so ./inline_both2.so <<'E2'
./inline_both1.so: 1011
./inline_both2.so: 2011
ran: num
E2
}

# ---- inits ----

cat >many.c <<'E2'
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("main");
int V;
PLUGIN_INIT { test_log("1"); } PLUGIN_INIT { test_log("2"); }
PLUGIN_INIT
{
    test_log("3");
}
__attribute__((constructor)) static void construct(void) { test_log("constructor"); }
PLUGIN_INIT { test_log("4"); }
E2
printf '#include "log.h"\n#include <plugin.h>\nPLUGIN_INIT { test_log("5"); }\n' >more.c
check "build a plugin with many inits" plugin_of many.so -O2 many.c more.c
check "build an opener" host_of opener "$sources/opener.c"
expect "P6: inits run in the order of files and lines, after constructors, once" ./opener ./many.so ./many.so <<'E2'
open
open
ran: constructor
ran: 1
ran: 2
ran: 3
ran: 4
ran: 5
E2
check "build a host with inits and no package" host_of host_many "$sources/opener.c" many.c more.c
expect "a host's inits run before its main" ./host_many <<'E2'
ran: constructor
ran: 1
ran: 2
ran: 3
ran: 4
ran: 5
E2
# shellcheck disable=SC2086
cc -g $TEST_CFLAGS -I"$sources" $("$PLUGIN" build -v -o discarded "$sources/opener.c" 2>&1 |
    tr ' ' '\n' | grep -e '^-I.' -e '^-L.' -e '^-Wl,-rpath' | tr -d "'") \
    -o unstamped "$sources/opener.c" many.c more.c -lplugin
expect "so do those of a host that is not stamped" ./unstamped <<'E2'
ran: constructor
ran: 1
ran: 2
ran: 3
ran: 4
ran: 5
E2

# A failed init.
check "build a plugin whose package's init fails" plugin_of fails.so "$sources/fails.c"
check "build a dependant" plugin_of dependant.so -DNAME='"dependant"' "$sources/dependant.c" \
    "$sources/needs.c" "$sources/fails.c"
check "build another dependant" plugin_of dependant2.so -O1 -DNAME='"dependant 2"' \
    "$sources/dependant.c" "$sources/needs.c" "$sources/fails.c"
expect "P6: a failed init is remembered" ./opener ./fails.so ./fails.so <<'E2'
6 cannot open plugin ./fails.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
6 cannot open plugin ./fails.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
ran: fails 1
E2
expect "what imports a package that failed fails with the same cause" \
    ./opener ./dependant.so ./dependant.so ./dependant2.so <<'E2'
6 cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
6 cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
6 cannot open plugin ./dependant2.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
ran: fails 1
E2
check "build a host whose package's init fails" host_of host_fails "$sources/opener.c" \
    "$sources/fails.c"
expect "a host's failed init is told to those who need the package" ./host_fails ./dependant.so <<'E2'
6 cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
ran: fails 1
E2

# After a failure, what is live and still to be started is started when another plugin needs it, after
# its own imports, of which the other plugin's version knows nothing.
for version in 1 2; do
    cat >zeta$version.c <<E2
#include "log.h"
#include "num.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/zeta");
$([ $version -eq 2 ] || echo 'PLUGIN_IMPORT("example.com/num");')
int zeta(void) { return 1; }
PLUGIN_INIT { test_log($([ $version -eq 2 ] && echo '"zeta 2"' ||
        echo 'num_last >= 1000 ? "zeta after num" : "zeta before num"')); }
E2
done
cat >skew.c <<'E2'
#include <plugin.h>
#ifdef FAILS
PLUGIN_IMPORT("example.com/fails");
#endif
PLUGIN_IMPORT("example.com/zeta");
int zeta(void);
PLUGIN_USES(zeta);
int hit(void) { return zeta(); }
E2
check "build a plugin that fails before its packages start" plugin_of skew1.so -DFAILS skew.c \
    "$sources/fails.c" zeta1.c "$sources/num.c"
check "build one that needs a package of it" plugin_of skew2.so skew.c zeta2.c
expect "a live package starts after the imports of its own version" ./opener ./skew1.so ./skew2.so <<'E2'
6 cannot open plugin ./skew1.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
open
ran: fails 1
ran: num
ran: zeta after num
E2

# Plugins that open each other in their inits.
check "build a plugin that opens itself" plugin_of self.so -DOPENS='"./self.so"' "$sources/opens.c"
check "build one of a ring" plugin_of ring1.so -DOPENS='"./ring2.so"' "$sources/opens.c"
check "build the other" plugin_of ring2.so -DOPENS='"./ring1.so"' "$sources/opens.c"
check "build one that opens another" plugin_of opens.so -DOPENS='"./many.so"' "$sources/opens.c"
expect "an init may open another plugin" ./opener ./opens.so ./many.so <<'E2'
open
open
ran: constructor
ran: 1
ran: 2
ran: 3
ran: 4
ran: 5
E2
expect "P6, attack 13: an init that opens its own plugin gets an error" timeout 20 ./opener ./self.so <<'E2'
6 cannot open plugin ./self.so: the init of package main (opens.c:5) failed: cannot open plugin ./self.so: it is being opened by this very call chain: self.so opens self.so
E2
expect "P6, attack 13: so does a ring of them" timeout 20 ./opener ./ring1.so <<'E2'
6 cannot open plugin ./ring1.so: the init of package main (opens.c:5) failed: cannot open plugin ./ring2.so: the init of package main (opens.c:5) failed: cannot open plugin ./ring1.so: it is being opened by this very call chain: ring1.so opens ring2.so opens ring1.so
E2

# Threads.
check "build a host with threads" host_of threads "$sources/threads.c" -pthread
for i in 1 2 3 4; do
    check "build user $i of a slow package" plugin_of slow$i.so -DNUMBER=$i \
        "$sources/uses_slow.c" "$sources/slow.c" -Wl,--defsym=unique=$i
done
expect "P6: threads that need one package wait for its init" \
    timeout 60 ./threads ./slow1.so ./slow2.so ./slow3.so ./slow4.so ./slow1.so ./slow2.so <<'E2'
open
open
open
open
open
open
ran: slow begins
ran: slow ends
ran: user after slow
ran: user after slow
ran: user after slow
ran: user after slow
E2
rings=0
for i in 1 2 3 4 5 6 7 8; do
    with_plugins timeout 20 ./threads ./ring1.so ./ring2.so >ring.log 2>&1 || rings=$((rings + 1))
    grep -c "waits for this one\|would deadlock\|call chain" ring.log >>ring.count
done
check "P6, attack 13: a ring across threads is an error, not a deadlock" [ "$rings" -eq 0 ]
check "and says so" [ "$(grep -vc '^0' ring.count)" -eq 8 ]

# Loaded by others.
only_loadable "a built-in plugin is no file that others could load" "plain dlopen" || {
cat >load.py <<'E2'
import ctypes, sys
for path in sys.argv[1:]:
    ctypes.CDLL(path)
    ctypes.CDLL(path)
E2
if [ -z "$TEST_CFLAGS" ] && ! lacks python "plain dlopen by a program without the library"; then
    expect "a plugin that plain dlopen loads gets its inits, once" python3 load.py ./a.so <<'E2'
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
fi
expect "opened after plain dlopen, its inits do not run again" ./opener =./a.so ./a.so ./b.so <<'E2'
loaded
open
open
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: b
E2
expect "plain dlopen of an open plugin runs nothing again" ./opener ./a.so =./a.so <<'E2'
open
loaded
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
expect "with a copy of its own, a package gets its own inits" ./opener =./a.so =./b.so <<'E2'
loaded
loaded
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: b
E2
}

# PLUGIN_TRACE.
export PLUGIN_TRACE=1
with_plugins ./opener ./a.so >/dev/null 2>trace
sed -E "s|$work/||; s/@[0-9]+\.[0-9]{3} ms, [0-9]+\.[0-9]{3} ms/@WHEN, LONG/" trace >trace.clean
cat >expected <<'E2'
plugin: init example.com/num in a.so (num.c:15) @WHEN, LONG
plugin: init example.com/geom in a.so (geom.c:10) @WHEN, LONG
plugin: init example.com/geom in a.so (geom.c:21) @WHEN, LONG
plugin: init example.com/geom in a.so (area.c:12) @WHEN, LONG
plugin: init main in a.so (plugin.c:44) @WHEN, LONG
E2
check_same "PLUGIN_TRACE=1 prints one line an init" expected trace.clean
export PLUGIN_TRACE=0
with_plugins ./opener ./a.so >/dev/null 2>trace
unset PLUGIN_TRACE
check "and nothing else does" [ ! -s trace ]
PLUGIN_TRACE=1 ./unstamped >/dev/null 2>trace
check "also of a host that is not stamped" \
    [ "$(grep -c "^plugin: init of an unknown package in $work/unstamped (not stamped) @[0-9.]* ms, [0-9.]* ms$" trace)" -eq 5 ]

# ---- modules of every kind ----

only_loadable "a built-in plugin is no file that others could load" \
    "plain dlopen next to plugin_open" || {
expect "plain dlopen of a plugin that is bound to the live copy runs only its own init" \
    ./opener ./a.so ./b.so =./c.so <<'E2'
open
open
loaded
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: b
ran: c
E2
if [ -z "$TEST_CFLAGS" ] && ! lacks python "two that plain dlopen loads, by such a program"; then
    expect "two that plain dlopen loads, by a program without the library, have a copy each" \
        python3 load.py ./a.so ./b.so <<'E2'
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: b
E2
fi
# Which of two copies that others loaded is the live one, and does everybody find that one?
cat >scopes.c <<'E2'
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    if (argc != 4 || !dlopen(argv[1], RTLD_NOW) || !dlopen(argv[2], RTLD_NOW | RTLD_GLOBAL))
        return 1;
    puts(plugin_open(argv[3]) ? "open" : plugin_error());
    return 0;
}
E2
check "build a host that loads plugins by itself" host_of scopes scopes.c
expect "a live copy that another one hides is an error" ./scopes ./a.so ./b.so ./c.so <<'E2'
cannot open plugin ./c.so: package example.com/num of ./a.so is hidden by the copy in ./b.so, which was loaded into the global scope without plugin_open
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: b
E2
}

only_loadable "packages/built_in links such hosts" "hosts that are linked in other ways" || {
# Hosts that are linked in other ways. stamped_host OUTPUT FLAG|FILE...: a host, stamped by itself.
prefix=$(dirname "$PLUGIN")/..
libraries=$(dirname "$(find "$prefix" -name libplugin.so | head -n 1)")
plain_host() {
    output=$1
    shift
    # shellcheck disable=SC2086
    cc -g $TEST_CFLAGS -I"$sources" -I"$prefix/include" -o "$output" "$@" -L"$libraries" \
        -Wl,-rpath,"$libraries"
}
stamped_host() {
    plain_host "$@" && "$PLUGIN" stamp "$1"
}
# shellcheck disable=SC2086
{
    check "build a host without -rdynamic" stamped_host closed -DCARRIES "$sources/host.c" $geom \
        -lplugin
    check "build a host that is no PIE" stamped_host no_pie -no-pie -rdynamic -DCARRIES \
        "$sources/host.c" $geom -lplugin
    check "and another, with copies of its library's variables" stamped_host no_pie_lib -no-pie \
        -rdynamic -DCARRIES "$sources/host.c" -L. -lgeom -lplugin -Wl,-rpath,"$work"
    check "build a host that hides what its library shares" stamped_host hides \
        -fvisibility=hidden -DCARRIES "$sources/host.c" $geom -lplugin -Wl,--no-as-needed -L. \
        -lgeom -Wl,-rpath,"$work"
    check "build a host that is not stamped" plain_host plain "$sources/opener.c" $geom -lplugin
    cp a.so stripped.so
    check "strip" strip no_pie no_pie_lib stripped.so
}
expect "a host's package that it does not export is a misfit, and no second copy" \
    ./closed ./a.so <<'E2'
host hit 1
3 ./a.so does not fit closed (2 misfits):
  package example.com/num: the host does not export its symbols; link it with -rdynamic
  package example.com/geom: the host does not export its symbols; link it with -rdynamic
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
E2
for host in no_pie no_pie_lib; do
    expect "a stripped host that is no PIE: $host" ./$host ./stripped.so ./b.so <<'E2'
host hit 1
hit 2, variable same, function same, helper 1, area 6, helper is local
hit 3, variable same, function same, helper 1, area 6, helper is local
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
ran: a
ran: b
E2
done
expect "a host that hides its copy from its library has its own inits, and shares with nobody" \
    ./hides ./a.so <<'E2'
host hit 1
3 ./a.so does not fit hides (2 misfits):
  package example.com/num: the host does not export its symbols; link it with -rdynamic
  package example.com/geom: the host does not export its symbols; link it with -rdynamic
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
E2
./plain ./a.so >unstamped.log
check "a package of a host that is not stamped is a misfit, too" has unstamped.log \
    "package example.com/geom: it is part of $work/plain, which is not stamped"
if [ -z "$TEST_CFLAGS" ]; then
    check "link libplugin statically into a host" stamped_host static -rdynamic \
        "$sources/host.c" "$libraries/libplugin.a"
    check "and into one that does not export it" stamped_host static_closed "$sources/host.c" \
        "$libraries/libplugin.a"
    expect "its plugins use its copy of the library" ./static ./a.so ./b.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: b
E2
    expect "or are refused" ./static_closed ./a.so <<'E2'
3 ./a.so does not fit static_closed (1 misfit):
  the plugin would use another copy of libplugin than the host, which does not export its own; link the host with -rdynamic
ran: main
E2
fi
}

# Libraries that a plugin brings along.
check "build a plugin whose library carries the package" plugin_of with_lib.so \
    -DNAME='"with library"' "$sources/plugin.c" -L. -lgeom -Wl,-rpath,"$work"
has_library=yes expect "a library's copy comes second, and is not used" ./host ./a.so ./with_lib.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: with library
E2
cat >more_geom.c <<'E2'
#include "geom.h"
#include "log.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/geom");
PLUGIN_INIT { test_log("library"); }
int more_hit(void) { return geom_hit(); }
E2
printf 'int more_hit(void);\nint more(void) { return more_hit(); }\n' >more_use.c
# shellcheck disable=SC2086
{
    check "build a library that uses the package" plugin_of libmore.so -Wl,-soname,libmore.so \
        more_geom.c $geom
    check "and a plugin that carries it, too" plugin_of twice.so -DNAME='"twice"' \
        "$sources/plugin.c" more_use.c $geom -L. -lmore -Wl,-rpath,"$work"
}
has_library=yes expect "a plugin and its library share the package, and its inits run once" ./host ./twice.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: library
ran: twice
E2
only_loadable "a library that a built-in plugin needs is its program's" \
    "a library from other sources" || {
sed 's/++geom_count/geom_count += 2/' "$sources/geom.c" >geom.c
check "build that library from other sources" plugin_of libother.so -Wl,-soname,libother.so geom.c \
    "$sources/area.c" "$sources/num.c"
check "and its plugin" plugin_of with_other.so -DNAME='"with other"' "$sources/plugin.c" -L. \
    -lother -Wl,-rpath,"$work"
expect "which is refused where another copy is live" ./opener ./a.so ./with_other.so <<'E2'
open
3 ./with_other.so does not fit opener (1 misfit):
  package example.com/geom: also in libother.so, which the plugin needs; the live copy is in a.so, built from different sources
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
"$PLUGIN" check opener a.so with_other.so >offline
sed "s|$work/||g" offline >offline.clean
cat >expected <<'E2'
a.so fits opener
with_other.so does not fit opener (1 misfit):
  package example.com/geom: also in libother.so, which the plugin needs; the live copy is in a.so, built from different sources
E2
check_same "plugin check says the same" expected offline.clean
}
check "build a library with a slow init" plugin_of liblibrary.so -Wl,-soname,liblibrary.so \
    "$sources/library.c"
for i in 1 2 3; do
    check "build user $i of it" plugin_of library$i.so -DNUMBER=$i "$sources/uses_library.c" -L. \
        -llibrary -Wl,-rpath,"$work"
done
expect "plugins wait for the init of their library, whoever brought it" \
    timeout 60 ./threads ./library1.so ./library2.so ./library3.so <<'E2'
open
open
open
ran: library begins
ran: user after library
ran: user after library
ran: user after library
E2
only_loadable "a library that a built-in plugin needs starts with its program" \
    "a library whose init fails" || {
LIBRARY_FAILS=1 expect "and fail with it" ./opener ./library1.so ./library2.so ./a.so <<'E2'
6 cannot open plugin ./library1.so: it needs liblibrary.so: the init of package main (library.c:8) failed: no disk
6 cannot open plugin ./library2.so: it needs liblibrary.so: the init of package main (library.c:8) failed: no disk
open
ran: library begins
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
}

# ---- inits under attack ----

cat >greedy.c <<'E2'
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/greedy");
int greedy_value;
PLUGIN_INIT
{
    for (int i = 0; i < 3; i++)
        if (!plugin_open("./greedy2.so"))
            test_log(plugin_error_code() == PLUGIN_INIT_FAILED ? "an error" : plugin_error());
    greedy_value = 1;
}
E2
cat >greedy_use.c <<'E2'
#include "log.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/greedy");
extern int greedy_value;
PLUGIN_USES(greedy_value);
int number = NUMBER;
PLUGIN_INIT { test_log(greedy_value ? "ready" : "not ready"); }
E2
for i in 1 2; do
    opens=./greedy2.so check "build greedy plugin $i" plugin_of greedy$i.so -DNUMBER=$i greedy_use.c greedy.c
done
expect "an init that opens what needs its package gets an error, and that opens later" \
    timeout 20 ./opener ./greedy1.so ./greedy2.so <<'E2'
open
open
ran: an error
ran: an error
ran: an error
ran: ready
ran: ready
E2
cat >late.c <<'E2'
#include "log.h"
#include <plugin.h>
int V;
PLUGIN_INIT
{
    if (plugin_open("./a.so"))
        test_log("opened a");
    plugin_init_fail(NULL);
}
E2
opens=./a.so check "build a plugin whose init fails after it opened another" plugin_of late.so late.c
expect "what a failed init has opened stays open" ./opener ./late.so ./a.so ./late.so <<'E2'
6 cannot open plugin ./late.so: the init of package main (late.c:4) failed: no reason given
open
6 cannot open plugin ./late.so: the init of package main (late.c:4) failed: no reason given
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: opened a
E2
cat >half.c <<'E2'
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/fails");
PLUGIN_IMPORT("example.com/num");
PLUGIN_USES(num_next);
int hit(void) { return num_next(); }
E2
check "build a plugin with a package that fails, and another" plugin_of half.so half.c \
    "$sources/fails.c" "$sources/num.c"
expect "a failed plugin's other packages serve those who need them" ./hits ./half.so ./left.so <<'E2'
cannot open plugin ./half.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
./left.so: 1
ran: fails 1
ran: num
E2
cat >outside.c <<'E2'
#include <plugin.h>
#include <stdio.h>
int main(void)
{
    plugin_init_fail("why");
    plugin_init_fail(NULL);
    puts(plugin_open("./a.so") ? "open" : plugin_error());
    plugin_seal();
    puts(plugin_open("./a.so") ? "open" : plugin_error());
    puts(plugin_open("./b.so") ? "open" : plugin_error());
    return 0;
}
E2
check "build a host that seals" host_of outside outside.c
opens="./a.so ./b.so" expect "plugin_init_fail outside an init does nothing; plugin_seal ends it" \
    ./outside <<'E2'
open
open
cannot open plugin ./b.so: plugin_seal was called: no plugin is opened any more
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
for i in 1 2 3; do
    check "build plugin $i of a ring of three" plugin_of tri$i.so \
        -DOPENS="\"./tri$((i % 3 + 1)).so\"" "$sources/opens.c"
done
rings=0
for i in 1 2 3 4 5 6; do
    with_plugins timeout 20 ./threads ./tri1.so ./tri2.so ./tri3.so >ring.log 2>&1 || rings=$((rings + 1))
    grep -q "waits for this one\|would deadlock\|call chain" ring.log || rings=$((rings + 1))
done
check "P6, attack 13: a ring across three threads is an error, not a deadlock" [ "$rings" -eq 0 ]

# Under the dynamic loader's lock. The slow init calls the loader while others wait for it.
sed 's/PLUGIN_PACKAGE/#include <dlfcn.h>\n&/; s/300000000/900000000/
    s/slow_value++/slow_value += dlopen("libm.so.6", RTLD_NOW) != NULL/' "$sources/slow.c" >slow.c
cat >constructs.c <<'E2'
#include "log.h"
#include <plugin.h>
int V;
__attribute__((constructor)) static void construct(void)
{
    test_log(plugin_open("./loads2.so") ? "opened" : "an error");
}
E2
for i in 1 2 3; do
    check "build user $i of a package whose init loads" plugin_of loads$i.so -DNUMBER=$i \
        "$sources/uses_slow.c" slow.c -Wl,--defsym=unique=$i
done
opens=./loads2.so check "build a plugin whose constructor opens one" plugin_of constructs.so constructs.c
check "build a host for it" host_of staggered "$sources/staggered.c" -pthread
expect "a constructor that would wait for a running init gets an error" \
    timeout 20 ./staggered ./loads1.so ./constructs.so ./loads2.so <<'E2'
open
open
open
ran: slow begins
ran: an error
ran: slow ends
ran: user after slow
ran: user after slow
E2
only_loadable "a built-in plugin is no file that others could load" \
    "plain dlopen while an init runs" || {
expect "a module that plain dlopen loads meanwhile starts when that init is done" \
    timeout 20 ./staggered ./loads1.so ./loads2.so =./loads3.so <<'E2'
open
open
loaded
ran: slow begins
ran: slow ends
ran: user after slow
ran: user after slow
ran: user after slow
E2
}

# A fork while an init runs.
check "build a host that forks" host_of forks "$sources/forks.c" -pthread
expect "P6, attack 13: a fork during an init is an error in the child, not a deadlock" \
    timeout 60 ./forks ./slow1.so ./slow2.so ./a.so <<'E2'
cannot open plugin ./slow1.so: it was being opened by a thread that this process, a fork, does not have
cannot open plugin ./slow2.so: package example.com/slow was being initialised by a thread that does not exist in this forked process
open
open
ran: slow begins
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: slow ends
ran: user after slow
E2

# Many threads, many plugins.
mkdir stress
check "build a host that stresses" host_of stress/host "$sources/stress.c" -pthread
stressed="$sources/stressed.c $sources/yields.c $sources/num.c"
# shellcheck disable=SC2086
{
    for i in 1 2 3 4; do
        check "build stressed plugin $i" plugin_of stress/plugin$i.so -DNUMBER=$i $stressed
    done
    for i in 5 6; do
        check "build stressed plugin $i, which fails" plugin_of stress/fails$i.so -DNUMBER=$i \
            -DFAILS $stressed "$sources/fails.c"
    done
    check "build one that opens another" plugin_of stress/opens7.so -DNUMBER=7 \
        -DOPENS='"stress/plugin1.so"' $stressed
    check "one that opens that" plugin_of stress/opens8.so -DNUMBER=8 \
        -DOPENS='"stress/opens7.so"' $stressed
    check "and one that opens one that fails" plugin_of stress/fails9.so -DNUMBER=9 \
        -DOPENS='"stress/fails5.so"' $stressed
}
# STRESS is how long: rounds, or seconds, as 60s.
rounds=100
[ -n "$TEST_CFLAGS${TEST_IS_SLOW:-}" ] && rounds=10
set -- stress/plugin1.so stress/fails5.so stress/plugin2.so stress/opens8.so stress/plugin3.so \
    stress/fails9.so stress/opens7.so stress/fails6.so stress/plugin4.so
[ "$placement" = built-in ] || {
    # shellcheck disable=SC2086
    check "build one that does not fit" plugin_of stress/misfits10.so -DNUMBER=10 -DMISFITS $stressed
    set -- "$@" stress/misfits10.so
}
check "P6, attack 13: 32 threads open them all at once, in many rounds" \
    with_plugins timeout 4000 stress/host "${STRESS:-$rounds}" "$@"
sed 's/^/# /' "$work/log"

# ---- refusals leave nothing ----

cat >lacks.c <<'E2'
#include "geom.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/geom");
PLUGIN_USES(geom_hit);
int not_there(void);
int hit(void) { return geom_hit() + not_there(); }
E2
# shellcheck disable=SC2086
check "build a plugin that lacks something" plugin_of lacks.so lacks.c $geom
check "build a host that counts" host_of refused "$sources/refused.c"
# What glibc keeps of freed memory for each thread, it counts as in use.
no_cache=GLIBC_TUNABLES=glibc.malloc.tcache_count=0
only_loadable "what lacks something cannot be linked into a program" "a thousand refusals" || {
expect "P3: a thousand refusals leave nothing, and the next carrier's copy is live" \
    env $no_cache ./refused ./lacks.so ./a.so ./b.so <<'E2'
./lacks.so does not fit refused (1 misfit):
  not_there: not exported by the host
open
open
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: b
E2
}
expect "P3: nor do those for a failed init" env $no_cache ./refused ./dependant.so ./dependant2.so <<'E2'
cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
cannot open plugin ./dependant2.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
ran: fails 1
E2
only_loadable "a built-in plugin is no file that could be mended, linked or copied" \
    "files, links and copies" || {
cp lacks.so mended.so
cat >mend.c <<'E2'
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    puts(plugin_open("./mended.so") ? "open" : "refused");
    if (system("mv mended2.so mended.so") != 0)
        return 1;
    puts(plugin_open("./mended.so") ? "open" : plugin_error());
    return 0;
}
E2
check "build a host that mends a plugin" host_of mend mend.c
cp a.so mended2.so
expect "P3: a mended plugin with packages opens" ./mend <<'E2'
refused
open
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
ln a.so hard.so
ln -s a.so symbolic_link.so
cp a.so copy.so
strip -o stripped_copy.so a.so
expect "attack 8: links lead to the plugin, and a copy is refused, a stripped one, too" \
    ./opener ./a.so ./hard.so ./symbolic_link.so ./copy.so ./stripped_copy.so <<'E2'
open
open
open
7 cannot open plugin ./copy.so: it is a byte copy of a.so, which is open
7 cannot open plugin ./stripped_copy.so: it is a byte copy of a.so, which is open
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
}
if [ -z "$TEST_CFLAGS" ] && ! lacks __libc_malloc "allocations that fail"; then
    check "build what lets allocations fail" cc -shared -fPIC -o starve.so "$sources/starve.c"
    check "build a host for it" host_of starved "$sources/starved.c"
    export AT_LEAST=20
    [ "$placement" = loadable ] || AT_LEAST=2 # a second plugin needs one allocation more
    set -- "./a.so" "./a.so ./b.so" "./with_lib.so" "./a.so ./with_lib.so"
    [ -z "${TEST_IS_SLOW:-}" ] || set -- "./a.so ./b.so"
    for plugins in "$@"; do
        # shellcheck disable=SC2086
        check "P3: every allocation fails in turn: $plugins" with_plugins timeout 60 \
            env LD_PRELOAD=./starve.so ./starved $plugins
    done
fi

# ---- C++ ----

lacks c++ "packages in C++" || {
check "build a C++ plugin with a C++ package" plugin_of cplus1.so "$sources/uses_object.cc" \
    "$sources/object.cc"
check "build another, by another compiler" plugin_of cplus2.so "--cc=$other_cplusplus" -O1 "$sources/uses_object.cc" \
    "$sources/object.cc"
check "build a C++ host" host_of cplus_host "$sources/object_host.cc"
check "build a C++ host that carries the package" host_of cplus_carrier "$sources/object_host.cc" \
    "$sources/object.cc"
expect "a package in C++ is shared" ./cplus_host ./cplus1.so ./cplus2.so <<'E2'
42
43
ran: object constructed
ran: user of object
ran: user of object
E2
expect "with a C++ host, too" ./cplus_carrier ./cplus1.so ./cplus2.so <<'E2'
42
43
ran: object constructed
ran: user of object
ran: user of object
E2

# What its header defines is the package's, wherever the linker took it from.
cat >level.hh <<'E2'
namespace level {
inline int value = 1;
template <class T> struct table { static T row; };
template <class T> T table<T>::row = 1;
int get();
} // namespace level
inline int level_of_all = 1;
E2
cat >level.cc <<'E2'
#include "level.hh"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/level");
int level::get() { return value * 10000 + table<int>::row * 100 + level_of_all; }
E2
cat >uses_level.cc <<'E2'
#include "level.hh"
#include <plugin.h>
PLUGIN_IMPORT("example.com/level");
extern "C" int hit()
{
    level::value++;
    level::table<int>::row++;
    level_of_all++;
    return level::get();
}
E2
check "build a plugin before its C++ package" plugin_of level1.so -std=c++17 uses_level.cc level.cc
check "build one by another compiler" plugin_of level2.so "--cc=$other_cplusplus" -std=c++17 -O1 \
    uses_level.cc level.cc
check "build one after its package" plugin_of level3.so -std=c++17 -O2 level.cc uses_level.cc
expect "what a C++ package's header defines is shared" \
    ./hits ./level1.so ./level2.so ./level3.so ./level1.so <<'E2'
./level1.so: 20202
./level2.so: 30303
./level3.so: 40404
./level1.so: 50505
E2
}

# ---- what the stamp refuses ----

import() { printf 'PLUGIN_IMPORT("%s");\n' "$1"; }
{ package p/one; import p/two; echo 'int one(void) { return 1; }'; } >one.c
{ package p/two; import p/three; echo 'int two(void) { return 2; }'; } >two.c
{ package p/three; import p/one; echo 'int three(void) { return 3; }'; } >three.c
{ package p/self; import p/self; echo 'int self(void) { return 4; }'; } >self.c
check_refused "a cycle of imports" \
    "p/one imports p/two, p/two imports p/three, p/three imports p/one" \
    plugin_of cycle.so one.c two.c three.c
check_refused "a package that imports itself" "p/self imports p/self" plugin_of cycle.so self.c
check_refused "an import that is not linked in" \
    'package "p/one" imports "p/two", which is not linked in' plugin_of missing.so one.c
check "an import that a stamped library of it carries" plugin_of by_library.so \
    -DNAME='"by library"' "$sources/plugin.c" -L. -lgeom -Wl,-rpath,"$work"
has_library=yes expect "is shared with it" ./host ./by_library.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: by library
E2
# shellcheck disable=SC2086
cc -g -fPIC -shared $TEST_CFLAGS -I"$sources" -I"$(dirname "$PLUGIN")/../include" -Wl,-Bsymbolic \
    -DNAME='"s"' -o symbolic.so "$sources/plugin.c" $geom
check_refused "references that bind to the plugin's own copy" "bind to the module's own copy" \
    "$PLUGIN" stamp symbolic.so
# Linkers that bind at once, whatever the list says: mold before 2.3.3.
echo 'int any; int *hit(void) { return &any; }' >any.c
echo '{ any; };' >any.list
binds_at_once() {
    cc -shared -fPIC "-fuse-ld=$1" -Wl,--dynamic-list=any.list -o any.so any.c &&
        ! readelf -rW any.so | grep -qw any
}
for linker in lld mold; do
    if binds_at_once $linker; then
        # shellcheck disable=SC2086
        check_refused "so with a linker that does not know better: this $linker" "bind to the module's own copy" \
            plugin_of $linker.so -fuse-ld=$linker -DNAME='"l"' "$sources/plugin.c" $geom
        continue
    fi
    # shellcheck disable=SC2086
    check "this $linker does" plugin_of $linker.so -fuse-ld=$linker -DNAME='"l"' "$sources/plugin.c" $geom
    expect "and its plugins share" ./host ./a.so ./$linker.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: l
E2
done
# Where nothing tells how references bind, the linker's version does.
"$PLUGIN" build -buildmode=plugin -o by_mold.so only.c
stamp_by() {
    echo "mold $1 (compatible with GNU ld)" >comment && cp by_mold.so by_other.so &&
        objcopy --update-section .comment=comment by_other.so && "$PLUGIN" stamp by_other.so
}
for version in 1.10.1 1.11 2.3.2 none; do
    check_refused "so by mold $version, with no reference" "bind to the module's own copy" stamp_by $version
done
for version in 2.3.3 2.4.0 2.37.1 3.0; do
    check "mold $version knows better" stamp_by $version
done
cc -g0 -fPIC -c -I"$sources" -I"$(dirname "$PLUGIN")/../include" more.c -o more.o
check_refused "an init without debug information" "inits have no debug information" \
    plugin_of undescribed.so many.c more.o

finish

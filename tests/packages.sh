#!/bin/sh
# Packages: shared once, initialised once and in order.
. "$(dirname "$0")/tap.sh"
sources=$tests/packages
cd "$work" || exit 1

# plugin_of OUTPUT FLAG|FILE...: builds a plugin.
plugin_of() {
    output=$1
    shift
    # shellcheck disable=SC2086 # a list of flags
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS -I"$sources" -o "$output" "$@"
}
host_of() {
    output=$1
    shift
    # shellcheck disable=SC2086
    "$PLUGIN" build $TEST_CFLAGS -I"$sources" -o "$output" "$@"
}
geom="$sources/geom.c $sources/area.c $sources/num.c"

# expect NAME COMMAND... <EXPECTED: the command's standard output, and what ran, are these lines.
expect() {
    expect_name=$1
    shift
    cat >expected
    rm -f ran
    INIT_LOG=$work/ran "$@" >actual 2>actual.err
    [ -e ran ] && sed 's/^/ran: /' ran >>actual
    cat actual.err >>actual
    sed "s|$work/||g" actual >actual.clean
    check_same "$expect_name" expected actual.clean
}

# ---- one live copy ----

# shellcheck disable=SC2086 # lists of files
{
    check "build a" plugin_of a.so -DNAME='"a"' "$sources/plugin.c" $geom
    check "build b, by another compiler" plugin_of b.so --cc=clang -O2 -DNAME='"b"' "$sources/plugin.c" $geom
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
expect "two plugins with two versions of a library" ./hits9 ./private1.so ./private2.so ./private1.so <<'E2'
./private1.so: 1011
./private2.so: 2011
./private1.so: 1022
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
expect "inits run in the order of files and lines, after constructors, once" ./opener ./many.so ./many.so <<'E2'
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
    tr ' ' '\n' | grep -e '^-I' -e '^-L' -e '^-Wl,-rpath' | tr -d "'") \
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
expect "a failed init is remembered" ./opener ./fails.so ./fails.so <<'E2'
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
expect "an init that opens its own plugin gets an error" timeout 20 ./opener ./self.so <<'E2'
6 cannot open plugin ./self.so: the init of package main (opens.c:5) failed: cannot open plugin ./self.so: it is being opened by this very call chain: self.so opens self.so
E2
expect "so does a ring of them" timeout 20 ./opener ./ring1.so <<'E2'
6 cannot open plugin ./ring1.so: the init of package main (opens.c:5) failed: cannot open plugin ./ring2.so: the init of package main (opens.c:5) failed: cannot open plugin ./ring1.so: it is being opened by this very call chain: ring1.so opens ring2.so opens ring1.so
E2

# Threads.
check "build a host with threads" host_of threads "$sources/threads.c" -pthread
for i in 1 2 3 4; do
    check "build user $i of a slow package" plugin_of slow$i.so -DNUMBER=$i \
        "$sources/uses_slow.c" "$sources/slow.c" -Wl,--defsym=unique=$i
done
expect "threads that need one package wait for its init" \
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
    timeout 20 ./threads ./ring1.so ./ring2.so >ring.log 2>&1 || rings=$((rings + 1))
    grep -c "waits for this one\|this very call chain" ring.log >>ring.count
done
check "a ring across threads is an error, not a deadlock" [ "$rings" -eq 0 ]
check "and says so" [ "$(grep -vc '^0' ring.count)" -eq 8 ]

# Loaded by others.
cat >load.py <<'E2'
import ctypes, sys
for path in sys.argv[1:]:
    ctypes.CDLL(path)
    ctypes.CDLL(path)
E2
if [ -z "$TEST_CFLAGS" ]; then
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

# PLUGIN_TRACE.
PLUGIN_TRACE=1 ./opener ./a.so >/dev/null 2>trace
sed -E "s|$work/||; s/@[0-9]+\.[0-9]{3} ms, [0-9]+\.[0-9]{3} ms/@WHEN, LONG/" trace >trace.clean
cat >expected <<'E2'
plugin: init example.com/num in a.so (num.c:15) @WHEN, LONG
plugin: init example.com/geom in a.so (geom.c:10) @WHEN, LONG
plugin: init example.com/geom in a.so (geom.c:18) @WHEN, LONG
plugin: init example.com/geom in a.so (area.c:12) @WHEN, LONG
plugin: init main in a.so (plugin.c:32) @WHEN, LONG
E2
check_same "PLUGIN_TRACE=1 prints one line an init" expected trace.clean
PLUGIN_TRACE=0 ./opener ./a.so >/dev/null 2>trace
check "and nothing else does" [ ! -s trace ]

# ---- C++ ----

check "build a C++ plugin with a C++ package" plugin_of cplus1.so "$sources/uses_object.cc" \
    "$sources/object.cc"
check "build another, by clang" plugin_of cplus2.so --cc=clang++ "$sources/uses_object.cc" \
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

# ---- what the stamp refuses ----

# refused NAME TEXT COMMAND...: the command fails, and says this.
refused() {
    refused_name=$1
    refused_text=$2
    shift 2
    "$@" >log 2>&1
    status=$?
    if [ $status -eq 1 ] && has log "$refused_text" >why; then
        pass "$refused_name"
    else
        { echo "status $status"; cat log; } >why
        fail "$refused_name" <why
    fi
}
package() { printf '#include <plugin.h>\nPLUGIN_PACKAGE("%s");\n' "$1"; }
import() { printf 'PLUGIN_IMPORT("%s");\n' "$1"; }
{ package p/one; import p/two; echo 'int one(void) { return 1; }'; } >one.c
{ package p/two; import p/three; echo 'int two(void) { return 2; }'; } >two.c
{ package p/three; import p/one; echo 'int three(void) { return 3; }'; } >three.c
{ package p/self; import p/self; echo 'int self(void) { return 4; }'; } >self.c
refused "a cycle of imports" \
    "p/one imports p/two, p/two imports p/three, p/three imports p/one" \
    plugin_of cycle.so one.c two.c three.c
refused "a package that imports itself" "p/self imports p/self" plugin_of cycle.so self.c
refused "an import that is not linked in" \
    'package "p/one" imports "p/two", which is not linked in' plugin_of missing.so one.c
check "an import that a stamped library of it carries" plugin_of by_library.so \
    -DNAME='"by library"' "$sources/plugin.c" -L. -lgeom -Wl,-rpath,"$work"
expect "is shared with it" ./host ./by_library.so <<'E2'
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
refused "references that bind to the plugin's own copy" "bind to its own copy" \
    "$PLUGIN" stamp symbolic.so
# shellcheck disable=SC2086
refused "so with a linker that does not know better" "bind to its own copy" \
    plugin_of mold.so -fuse-ld=mold -DNAME='"m"' "$sources/plugin.c" $geom
# shellcheck disable=SC2086
check "lld does" plugin_of lld.so -fuse-ld=lld -DNAME='"l"' "$sources/plugin.c" $geom
expect "and its plugins share" ./host ./a.so ./lld.so <<'E2'
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
cc -g0 -fPIC -c -I"$sources" -I"$(dirname "$PLUGIN")/../include" more.c -o more.o
refused "an init without debug information" "inits have no debug information" \
    plugin_of undescribed.so many.c more.o

finish

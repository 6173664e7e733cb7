#!/bin/sh
# SPDX-License-Identifier: MIT
# Inits of packages run once and in order, whatever they do.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/packages/setup.sh"

# shellcheck disable=SC2086 # lists of files
{
    check "build a" plugin_of a.so -DNAME='"a"' "$sources/plugin.c" $geom
    check "build b, by another compiler" plugin_of b.so "--cc=$other" -O2 -DNAME='"b"' "$sources/plugin.c" $geom
    check "build a host" host_of host "$sources/host.c"
}
check "build a host that calls plugins" host_of hits "$sources/hits.c"
check "build a plugin with a package" plugin_of left.so "$sources/left.c" "$sources/num.c"

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
expect "so do those of an unstamped host" ./unstamped <<'E2'
ran: constructor
ran: 1
ran: 2
ran: 3
ran: 4
ran: 5
E2

# Failed inits.
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
expect "a plugin that imports a failed package fails with the same cause" \
    ./opener ./dependant.so ./dependant.so ./dependant2.so <<'E2'
6 cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
6 cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
6 cannot open plugin ./dependant2.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
ran: fails 1
E2
check "build a host whose package's init fails" host_of host_fails "$sources/opener.c" \
    "$sources/fails.c"
expect "a host's failed init fails the opens that need the package" ./host_fails ./dependant.so <<'E2'
6 cannot open plugin ./dependant.so: the init of package example.com/fails (fails.c:8) failed: the database\x1b[31m is locked
ran: fails 1
E2

# After a failure, a live package that has not started starts when another plugin needs it, after its
# own imports, which the other plugin's version does not have.
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
check "build one that needs one of its packages" plugin_of skew2.so skew.c zeta2.c
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
check "build the other of the ring" plugin_of ring2.so -DOPENS='"./ring1.so"' "$sources/opens.c"
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
expect "P6, attack 13: an init that opens its own plugin gets an error" timeout $hang ./opener ./self.so <<'E2'
6 cannot open plugin ./self.so: the init of package main (opens.c:5) failed: cannot open plugin ./self.so: this call chain is already opening it: self.so opens self.so
E2
expect "P6, attack 13: so does a ring of two inits" timeout $hang ./opener ./ring1.so <<'E2'
6 cannot open plugin ./ring1.so: the init of package main (opens.c:5) failed: cannot open plugin ./ring2.so: the init of package main (opens.c:5) failed: cannot open plugin ./ring1.so: this call chain is already opening it: ring1.so opens ring2.so opens ring1.so
E2

# Threads.
check "build a host with threads" host_of threads "$sources/threads.c" -pthread
for i in 1 2 3 4; do
    check "build user $i of a slow package" plugin_of slow$i.so -DNUMBER=$i \
        "$sources/uses_slow.c" "$sources/slow.c" -Wl,--defsym=unique=$i
done
expect "P6: threads that need a package wait for its init" \
    timeout $hang ./threads ./slow1.so ./slow2.so ./slow3.so ./slow4.so ./slow1.so ./slow2.so <<'E2'
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
    with_plugins timeout $hang ./threads ./ring1.so ./ring2.so >ring.log 2>&1 || rings=$((rings + 1))
    grep -c "waits for this one\|would deadlock\|call chain" ring.log >>ring.count
done
check "P6, attack 13: a ring across threads is an error, not a deadlock" [ "$rings" -eq 0 ]
check "and the error says so" [ "$(grep -vc '^0' ring.count)" -eq 8 ]

# Loaded by plain dlopen.
only_loadable "a built-in plugin is no file that others could load" "plain dlopen" || {
if [ -z "$TEST_CFLAGS" ] && ! lacks python "plain dlopen by a program without the library"; then
    expect "plain dlopen runs a plugin's inits, once" python3 "$sources/load.py" ./a.so <<'E2'
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
fi
expect "plugin_open after plain dlopen does not run them again" ./opener =./a.so ./a.so ./b.so <<'E2'
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
expect "a second copy of a package runs its own inits" ./opener =./a.so =./b.so <<'E2'
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
check_same "PLUGIN_TRACE=1 prints one line for each init" expected trace.clean
export PLUGIN_TRACE=0
with_plugins ./opener ./a.so >/dev/null 2>trace
unset PLUGIN_TRACE
check "PLUGIN_TRACE=0 prints nothing" [ ! -s trace ]
PLUGIN_TRACE=1 ./unstamped >/dev/null 2>trace
check "PLUGIN_TRACE=1 prints the inits of an unstamped host, too" \
    [ "$(grep -c "^plugin: init of an unknown package in $work/unstamped (not stamped) @[0-9.]* ms, [0-9.]* ms$" trace)" -eq 5 ]

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
expect "an init that opens a plugin that needs its own package gets an error; that plugin opens later" \
    timeout $hang ./opener ./greedy1.so ./greedy2.so <<'E2'
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
expect "a plugin that a failed init opened stays open" ./opener ./late.so ./a.so ./late.so <<'E2'
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
check "build a plugin with a package that fails and one that does not" plugin_of half.so half.c \
    "$sources/fails.c" "$sources/num.c"
expect "other packages of a failed plugin can still be used" ./hits ./half.so ./left.so <<'E2'
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
check "build a host that calls plugin_seal" host_of outside outside.c
opens="./a.so ./b.so" expect "plugin_init_fail outside an init does nothing; after plugin_seal, no plugin opens" \
    ./outside <<'E2'
open
open
cannot open plugin ./b.so: plugin_seal was called: no more plugins can be opened
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
    with_plugins timeout $hang ./threads ./tri1.so ./tri2.so ./tri3.so >ring.log 2>&1 || rings=$((rings + 1))
    grep -q "waits for this one\|would deadlock\|call chain" ring.log || rings=$((rings + 1))
done
check "P6, attack 13: a ring across three threads is an error, not a deadlock" [ "$rings" -eq 0 ]

# Under the dynamic loader's lock. The slow init calls the loader while others wait for the init.
sed 's/PLUGIN_PACKAGE/#include <dlfcn.h>\n&/; s/slow_value++/slow_value += dlopen("libm.so.6", RTLD_NOW) != NULL/' "$sources/slow.c" >slow.c
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
    check "build user $i of a package whose init calls dlopen" plugin_of loads$i.so -DNUMBER=$i \
        "$sources/uses_slow.c" slow.c -Wl,--defsym=unique=$i
done
opens=./loads2.so check "build a plugin whose constructor opens another" plugin_of constructs.so constructs.c
check "build a host with staggered threads" host_of staggered "$sources/staggered.c" -pthread
expect "a constructor that would wait for a running init gets an error" \
    timeout $hang ./staggered ./loads1.so "?slow begins" ./constructs.so "?an error" ./loads2.so <<'E2'
open
open
open
ran: slow begins
ran: an error
ran: all have begun
ran: slow ends
ran: user after slow
ran: user after slow
E2
only_loadable "a built-in plugin is no file that others could load" \
    "plain dlopen while an init runs" || {
expect "a module that plain dlopen loads during an init starts after it" \
    timeout $hang ./staggered ./loads1.so "?slow begins" ./loads2.so @slow_value =./loads3.so <<'E2'
open
open
loaded
ran: slow begins
ran: all have begun
ran: slow ends
ran: user after slow
ran: user after slow
ran: user after slow
E2
}

# A fork while an init runs.
check "build a host that forks" host_of forks "$sources/forks.c" -pthread
expect "P6, attack 13: a fork during an init is an error in the child, not a deadlock" \
    timeout $hang ./forks ./slow1.so ./slow2.so ./a.so <<'E2'
cannot open plugin ./slow1.so: it was being opened by a thread that does not exist in this forked process
cannot open plugin ./slow2.so: package example.com/slow was being initialised by a thread that does not exist in this forked process
open
open
ran: slow begins
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: child ends
ran: slow ends
ran: user after slow
E2

# A thread that ends while its init runs.
check "build a host whose thread ends" host_of ends "$sources/ends.c" -pthread
may_end=
for how in cancel exit; do
    [ $how = cancel ] || may_end='
ran: the thread may end'
    if [ $how = cancel ] && [ -n "$TEST_CFLAGS" ]; then
        skip "P6: an init whose thread is cancelled" "sanitizers do not know which frames that unwinds"
        continue
    fi
    expect "P6: an init whose thread ends (pthread_$how) fails the opens that need it, and no other" \
        timeout $hang ./ends $how ./slow1.so ./slow2.so ./a.so <<E2
cannot open plugin ./slow1.so: it was being opened by a thread that has ended
cannot open plugin ./slow1.so: it was being opened by a thread that has ended
cannot open plugin ./slow2.so: package example.com/slow was being initialised by a thread that has ended
open
ran: slow begins$may_end
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
done

# Many threads, many plugins.
mkdir stress
check "build a host for the stress test" host_of stress/host "$sources/stress.c" -pthread
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
    check "build one that opens that one" plugin_of stress/opens8.so -DNUMBER=8 \
        -DOPENS='"stress/opens7.so"' $stressed
    check "build one that opens one that fails" plugin_of stress/fails9.so -DNUMBER=9 \
        -DOPENS='"stress/fails5.so"' $stressed
}
# STRESS is a number of rounds, or of seconds, as in 60s.
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

finish

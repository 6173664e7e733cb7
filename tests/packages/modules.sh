#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages of plugins, hosts and libraries, linked and loaded in all ways; refusals by opens and by the
# stamp.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/packages/setup.sh"

# shellcheck disable=SC2086 # lists of files
{
    check "build a" plugin_of a.so -DNAME='"a"' "$sources/plugin.c" $geom
    check "build b, by another compiler" plugin_of b.so "--cc=$other" -O2 -DNAME='"b"' "$sources/plugin.c" $geom
    check "build c, with -flto" plugin_of c.so -O2 -flto -DNAME='"c"' "$sources/plugin.c" $geom
    check "build a host" host_of host "$sources/host.c"
    check "build a library that carries the package" plugin_of libgeom.so -Wl,-soname,libgeom.so $geom
}
check "build an opener" host_of opener "$sources/opener.c"
check "build a host with threads" host_of threads "$sources/threads.c" -pthread
check "build a plugin that needs a package whose init fails" plugin_of dependant.so \
    -DNAME='"dependant"' "$sources/dependant.c" "$sources/needs.c" "$sources/fails.c"
check "build another plugin that needs it" plugin_of dependant2.so -O1 -DNAME='"dependant 2"' \
    "$sources/dependant.c" "$sources/needs.c" "$sources/fails.c"

# ---- modules of every kind ----

only_loadable "a built-in plugin is no file that others could load" \
    "plain dlopen next to plugin_open" || {
expect "plain dlopen of a plugin that binds to the live copy runs only its own init" \
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
    expect "two plugins that a program without libplugin loads by dlopen have a copy each" \
        python3 "$sources/load.py" ./a.so ./b.so <<'E2'
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
# Of two copies that dlopen loaded, one is live; no module may bind to the other.
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
check "build a host that calls dlopen" host_of scopes scopes.c
expect "a live copy that another copy hides is an error" ./scopes ./a.so ./b.so ./c.so <<'E2'
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
# Hosts that are linked in other ways. stamped_host OUTPUT FLAG|FILE...: links a host by cc, and stamps it.
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
    check "build a host that is not PIE" stamped_host no_pie -no-pie -rdynamic -DCARRIES \
        "$sources/host.c" $geom -lplugin
    check "build a host that is not PIE, with copies of its library's variables" stamped_host no_pie_lib -no-pie \
        -rdynamic -DCARRIES "$sources/host.c" -L. -lgeom -lplugin -Wl,-rpath,"$work"
    check "build a host that hides its copy of its library's package" stamped_host hides \
        -fvisibility=hidden -DCARRIES "$sources/host.c" $geom -lplugin -Wl,--no-as-needed -L. \
        -lgeom -Wl,-rpath,"$work"
    check "build an unstamped host" plain_host plain "$sources/opener.c" $geom -lplugin
    cp a.so stripped.so
    check "strip" strip no_pie no_pie_lib stripped.so
}
expect "a package that the host does not export is a misfit, not a second copy" \
    ./closed ./a.so <<'E2'
host hit 1
3 ./a.so does not fit closed (2 misfits):
  package example.com/num: the host does not export its symbols; link it with -rdynamic
  package example.com/geom: the host does not export its symbols; link it with -rdynamic
  0 uses compared, 0 not
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
E2
for host in no_pie no_pie_lib; do
    expect "a stripped host that is not PIE: $host" ./$host ./stripped.so ./b.so <<'E2'
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
expect "a host that hides its copy from its library runs its own inits, and shares with no plugin" \
    ./hides ./a.so <<'E2'
host hit 1
3 ./a.so does not fit hides (2 misfits):
  package example.com/num: the host does not export its symbols; link it with -rdynamic
  package example.com/geom: the host does not export its symbols; link it with -rdynamic
  0 uses compared, 0 not
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
check "an unexported package of an unstamped host is a misfit, too" has unstamped.log \
    "package example.com/geom: also in $work/plain, which is not stamped"
if [ -z "$TEST_CFLAGS" ]; then
    check "link libplugin statically into a host" stamped_host static -rdynamic \
        "$sources/host.c" "$libraries/libplugin.a"
    check "link it into a host that does not export it" stamped_host static_closed "$sources/host.c" \
        "$libraries/libplugin.a"
    expect "its plugins use its copy of libplugin" ./static ./a.so ./b.so <<'E2'
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
    expect "plugins of a host that does not export libplugin are refused" ./static_closed ./a.so <<'E2'
3 ./a.so does not fit static_closed (1 misfit):
  the plugin would use a second copy of libplugin, because the host does not export its own; link the host with -rdynamic
  0 uses compared, 0 not
ran: main
E2
fi
}

# Libraries that a plugin brings along.
check "build a plugin whose library carries the package" plugin_of with_lib.so \
    -DNAME='"with library"' "$sources/plugin.c" -L. -lgeom -Wl,-rpath,"$work"
has_library=yes expect "a plugin's library's copy is not used if another one is live" ./host ./a.so ./with_lib.so <<'E2'
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
    check "build a plugin that carries it, too" plugin_of twice.so -DNAME='"twice"' \
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
check "build a plugin that needs that library" plugin_of with_other.so -DNAME='"with other"' "$sources/plugin.c" -L. \
    -lother -Wl,-rpath,"$work"
expect "the plugin is refused if another copy is live" ./opener ./a.so ./with_other.so <<'E2'
open
3 ./with_other.so does not fit opener (1 misfit):
  package example.com/geom: also in libother.so, which the plugin needs; the live copy is in a.so, built from different sources
  3 uses compared, 0 not
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
E2
"$PLUGIN" check opener a.so with_other.so >offline
sed "s|$work/||g" offline >offline.clean
cat >expected <<'E2'
a.so fits opener (0 uses compared, 0 not)
with_other.so does not fit opener (1 misfit):
  package example.com/geom: also in libother.so, which the plugin needs; the live copy is in a.so, built from different sources
  3 uses compared, 0 not
E2
check_same "plugin check says the same" expected offline.clean
}
check "build a library with a slow init" plugin_of liblibrary.so -Wl,-soname,liblibrary.so \
    "$sources/library.c"
for i in 1 2 3; do
    check "build user $i of that library" plugin_of library$i.so -DNUMBER=$i "$sources/uses_library.c" -L. \
        -llibrary -Wl,-rpath,"$work"
done
expect "plugins wait for the init of their library, whichever plugin loaded it" \
    timeout $hang ./threads ./library1.so ./library2.so ./library3.so <<'E2'
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
LIBRARY_FAILS=1 expect "and fail if it fails" ./opener ./library1.so ./library2.so ./a.so <<'E2'
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
check "build a plugin that lacks a symbol" plugin_of lacks.so lacks.c $geom
check "build a host that counts leaks" host_of refused "$sources/refused.c"
# glibc counts freed memory in thread caches as used.
no_cache=GLIBC_TUNABLES=glibc.malloc.tcache_count=0
only_loadable "what lacks something cannot be linked into a program" "a thousand refusals" || {
expect "P3: a thousand refusals leave nothing, and the next carrier's copy becomes live" \
    env $no_cache ./refused ./lacks.so ./a.so ./b.so <<'E2'
./lacks.so does not fit refused (1 misfit):
  not_there: not exported by the host
  0 uses compared, 1 not
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
expect "P3: so do refusals for a failed init" env $no_cache ./refused ./dependant.so ./dependant2.so <<'E2'
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
check "build a host that repairs a plugin" host_of mend mend.c
cp a.so mended2.so
expect "P3: a repaired plugin with packages opens" ./mend <<'E2'
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
expect "attack 8: links open the same plugin; a copy is refused, even a stripped one" \
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
    check "build a library that makes allocations fail" cc -shared -fPIC -o starve.so "$sources/starve.c"
    check "build a host for that library" host_of starved "$sources/starved.c"
    export AT_LEAST=20
    [ "$placement" = loadable ] || AT_LEAST=1 # what an open itself needs is in its arena
    set -- "./a.so" "./a.so ./b.so" "./with_lib.so" "./a.so ./with_lib.so"
    [ -z "${TEST_IS_SLOW:-}" ] || set -- "./a.so ./b.so"
    for plugins in "$@"; do
        # shellcheck disable=SC2086
        check "P3: every allocation fails in turn: $plugins" with_plugins timeout $hang \
            env LD_PRELOAD=./starve.so ./starved $plugins
    done
fi

# ---- refusals by the stamp ----

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
check "an import that a stamped library carries is linked in" plugin_of by_library.so \
    -DNAME='"by library"' "$sources/plugin.c" -L. -lgeom -Wl,-rpath,"$work"
has_library=yes expect "and the plugin shares it" ./host ./by_library.so <<'E2'
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
check_refused "references that bind to the plugin's own copy are refused" "bind to the module's own copy" \
    "$PLUGIN" stamp symbolic.so
# Linkers that ignore --dynamic-list: mold before 2.3.3.
echo 'int any; int *hit(void) { return &any; }' >any.c
echo '{ any; };' >any.list
binds_at_once() {
    cc -shared -fPIC "-fuse-ld=$1" -Wl,--dynamic-list=any.list -o any.so any.c &&
        ! readelf -rW any.so | grep -qw any
}
for linker in lld mold; do
    if binds_at_once $linker; then
        # shellcheck disable=SC2086
        check_refused "so are those by a linker without --dynamic-list: this $linker" "bind to the module's own copy" \
            plugin_of $linker.so -fuse-ld=$linker -DNAME='"l"' "$sources/plugin.c" $geom
        continue
    fi
    # shellcheck disable=SC2086
    check "this $linker honours --dynamic-list" plugin_of $linker.so -fuse-ld=$linker -DNAME='"l"' "$sources/plugin.c" $geom
    expect "and its plugins share packages" ./host ./a.so ./$linker.so <<'E2'
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
# Without references, the version of the linker decides.
"$PLUGIN" build -buildmode=plugin -o by_mold.so "$sources/only.c"
stamp_by() {
    echo "mold $1 (compatible with GNU ld)" >comment && cp by_mold.so by_other.so &&
        objcopy --update-section .comment=comment by_other.so && "$PLUGIN" stamp by_other.so
}
for version in 1.10.1 1.11 2.3.2 none; do
    check_refused "without references, mold $version is refused" "bind to the module's own copy" stamp_by $version
done
for version in 2.3.3 2.4.0 2.37.1 3.0; do
    check "mold $version is accepted" stamp_by $version
done
printf '#include <plugin.h>\nPLUGIN_INIT {}\n' >more.c
cc -g0 -fPIC -c -I"$sources" -I"$(dirname "$PLUGIN")/../include" more.c -o more.o
check_refused "an init without debug information" "inits have no debug information" \
    plugin_of undescribed.so "$sources/left.c" "$sources/num.c" more.o

finish

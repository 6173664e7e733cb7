#!/bin/sh
# SPDX-License-Identifier: MIT
# Go plugins, opened from C. tests/go has the plugins (one Go module), the hosts, and the expected
# output, which REFUSE_WRITE=1 writes anew. Every host runs with cgo's checks of pointers, and with a
# garbage collector that runs all the time.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
. "$tests/go/tools.sh"

# ---- Go's own example, by the host of the demo ----

seed=$tree/examples/seed
seed_of() {
    mkdir -p seed && (cd hello && "$go" build -buildmode=plugin -o ../seed/plugin_name.so .)
    for type in int long int64_t; do
        sed "s/int \*/$type */g; 1s/^/#include <stdint.h>\n/" "$seed/host.c" >seed/$type.c
        host seed/$type seed/$type.c || return 1
    done
}
in_seed() { (cd seed && run "./$1"); }
check "the demo's host builds, with three types for V" seed_of
for type in long int64_t; do
    in_seed $type >actual 2>&1
    echo 'Hello, number 7' >expected
    check_same "Go's example works, with $type" expected actual
done
in_seed int >actual.raw 2>&1
say seed-int <actual.raw

# ---- types ----

check "variables of every form, both ways" run ./variables-host ./forms.so
for part in scalars pointers strings slices many results; do
    check "functions of every form: $part" run ./functions-host ./forms.so $part
done
check "structs by value, of 1 to 40 bytes and of all mixtures" run ./structs-host ./forms.so
check "a plugin without a build ID builds" go_plugin nameless.so -ldflags=-buildid= ./hello
expect "it opens" ./opens-host ./nameless.so '?V' <<'E2'
opened
0
E2
said nothing ./opens-host ./nothing.so @
"$PLUGIN" inspect nothing.so 2>&1 | sed -n '/^symbols/,/^go packages/s/^  *0x[0-9a-f]* *//p' >actual.raw
say nothing-inspect <actual.raw
declares() {
    "$PLUGIN" header forms.so >forms-header.h && echo '#include "forms-header.h"' >forms-header.c &&
        for compiler in gcc clang 'g++ -x c++ -std=c++17' 'clang++ -x c++ -std=c++17'; do
            # shellcheck disable=SC2086 # flags are words
            $compiler -Wall -Wextra -Werror -I"$installed/include" -c -o /dev/null \
                forms-header.c || return 1
        done
}
check "plugin header declares every form" declares

# ---- interfaces ----

check "a host with interfaces builds" host interface-host "$sources/interface.c"
run ./interface-host >actual.raw 2>&1
say interface <actual.raw

# ---- types and calls by type ----

check "a host that calls by type builds" host calls-host "$sources/calls.c" -lplugin-call
expect "it calls Go functions, and is told of panics" ./calls-host ./forms.so ./panics.so <<'E2'
long NextInt(long): 42
long Length(plugin_go_string): 5
struct plugin_go_string, of 16 bytes: const char *data, long len
failed, 0, CRASHED
E2

# ---- memory, threads ----

check "a result stays valid until the same call in the same thread" run ./life-host ./life.so strings
check "plugin_go_keep keeps a result" run ./life-host ./life.so keep
check "8 threads call at once" run ./life-host ./life.so calls
check "2000 short-lived threads call" run ./life-host ./life.so short-lived

# ---- panics ----

for part in explicit run-time threads stays; do
    check "panics: $part" run ./panics-host ./panics.so $part
done

# A panic in an init fails the plugin and the package for good.
ln -s fails-first.so fails-link.so
said init-panics ./opens-host ./fails-first.so ./fails-first.so ./fails-link.so ./fails-second.so \
    ./fails-third.so .Value ./fails-alone.so .Value ./hello.so ./fails-first.so
said init-panics-main ./opens-host ./fails-third.so .Value ./fails-main.so ./fails-main.so \
    ./fails-alone.so .Value
expect "what a failed init has begun is not begun again" ./opens-host ./fails-alone.so \
    --run='timeout $hang ./opens-host ./fails-first.so ./fails-second.so ./fails-third.so >log' <<'E2'
opened
exit status 0
ran: counted
ran: fine
ran: wrong
ran: yonder
ran: third
E2
OPENS_AT_INIT=$here/fails-second.so said init-panics-nested ./opens-host ./fails-nested.so \
    ./fails-nested.so ./fails-second.so ./fails-third.so .Value
begun_once() {
    rm -f ran
    run ./opens-host ./fails-early.so --together ./inits-one.so ./inits-two.so >log 2>&1
    [ "$(grep -c '^opened' log)" -eq 2 ] && [ "$(grep -c 'slow begins' ran)" -eq 1 ] ||
        { head -n 60 log; return 1; }
}
check "an init that a failed open did not start is started by exactly one of two others" begun_once
expect "opens at once, of which some fail" ./opens-host '--run=rm -f ran' ./fails-alone.so \
    --run='for i in 1 2 3 4; do timeout $hang ./opens-host --together ./fails-first.so ./fails-second.so ./fails-third.so ./fails-first.so ./fails-main.so ./fails-alone.so ./hello.so; done | cut -d : -f 1 | sort | uniq -c | tr -s " "; rm ran' <<'E2'
exit status 0
opened
 16 PLUGIN_INIT_FAILED
 12 opened
exit status 0
E2

# ---- opens ----

mkdir -p other
ln -s hello.so link.so
ln hello.so hard.so
cp hello.so copy.so
ln -s "$here" directory
expect "one plugin by all its paths" ./opens-host ./hello.so hello.so "$here/hello.so" ./link.so \
    ./hard.so ./other/../directory/hello.so <<'E2'
opened
same as ./hello.so
same as ./hello.so
same as ./hello.so
same as ./hello.so
same as ./hello.so
E2
sed -i 's/Hello, number/Goodbye, number/' go/hello/hello.go
check "another plugin with the same path builds" go_plugin same-path.so ./hello
said already-loaded ./opens-host ./hello.so ./copy.so --mapped=copy.so ./same-path.so \
    --mapped=same-path.so ./hello.so
expect "8 threads open one plugin: its inits run once" ./opens-host --together ./inits-one.so \
    ./inits-one.so ./inits-one.so ./inits-one.so ./inits-one.so ./inits-one.so ./inits-one.so \
    ./inits-one.so <<'E2'
opened
same as ./inits-one.so
same as ./inits-one.so
same as ./inits-one.so
same as ./inits-one.so
same as ./inits-one.so
same as ./inits-one.so
same as ./inits-one.so
ran: counted
ran: other begins
ran: other ends
ran: slow begins
ran: slow ends
ran: one
E2
opens_at_once() {
    rm -f ran
    run ./opens-host --together ./inits-one.so ./inits-two.so ./inits-three.so \
        ./inits-four.so ./inits-one.so ./inits-two.so ./inits-three.so ./inits-four.so >log 2>&1
    sort ran | uniq -c | tr -s ' ' >counts
    [ "$(grep -c '^opened' log)" -eq 4 ] && [ "$(grep -c '^same as' log)" -eq 4 ] &&
        printf ' 1 %s\n' counted four one 'other begins' 'other ends' 'slow begins' 'slow ends' \
            three two | diff -u - counts && sed -n 2,5p ran | diff -u - ordered
}
printf '%s\n' 'other begins' 'other ends' 'slow begins' 'slow ends' >ordered
for round in 1 2 3; do
    check "8 threads open plugins that share slow packages: each init runs once ($round)" \
        opens_at_once || cat log counts
done
inits_are_ready "and they are ready" ./inits-one.so ./inits-two.so

# ---- before and after an open ----

hosts_of_others() {
    host examine-host -D_GNU_SOURCE "$tests/api/examine/host.c" && host upgrade-host "$tests/api/upgrade/host.c"
}
check "hosts that examine and retire build" hosts_of_others
expect "an examination loads neither the plugin nor the bridge" ./examine-host show ./hello.so judge ./copy.so \
    maps hello.so maps plugin-go-bridge open ./hello.so judge ./hello.so fits ./copy.so fits ./same-path.so judge ./fails-alone.so \
    descriptors <<'E2'
DIR/hello.so
symbol F: void F(void)
symbol V: long V
fits
fits
hello.so: not mapped
plugin-go-bridge: not mapped
opens
fits
7 cannot open plugin ./copy.so: Go treats it as the same plugin as DIR/hello.so, which is open: both have the path example.com/plugins/hello; build it from a module with another path, or with -ldflags=-pluginpath=PATH
7 cannot open plugin ./same-path.so: Go treats it as the same plugin as DIR/hello.so, which is open: both have the path example.com/plugins/hello; build it from a module with another path, or with -ldflags=-pluginpath=PATH
fits
0 descriptors more
E2
expect "a Go plugin is current or not, and cannot be retired" ./upgrade-host open hard.so current 0 sh "touch hard.so" current 0 \
    sh "cp same-path.so next.so && mv next.so hard.so" current 0 open hard.so retire 0 sh "cp copy.so next.so && mv next.so hard.so" \
    current 0 open hard.so find 0 <<'E2'
plugin 0
yes
yes
plugin DIR/hard.so is not current: its file was replaced by that of another plugin
7 cannot open plugin hard.so: the file of the plugin that is open, DIR/hard.so, was replaced by another one; Go cannot load another one: restart the program
cannot retire plugin DIR/hard.so: Go does not load a plugin again
yes
plugin 0
F: another's, itself
V: its plugin's, itself
E2
PLUGIN_GO_BRIDGE=nowhere expect "without a bridge, the verdict says so" ./examine-host fits ./hello.so <<'E2'
3 DIR/hello.so does not fit: it is a Go plugin, built by goVERSION, and the bridge to Go is missing: nowhere: No such file or directory; build it with the same Go: plugin go-bridge --for=DIR/hello.so -o nowhere
E2

# ---- Go and C in one host ----

cat >c1.c <<'E2'
long V = 11;
long Value(void) { return V + NUMBER; }
E2
check "a C plugin builds" c_plugin c1.so -DNUMBER=1 c1.c
check "another C plugin builds" c_plugin c2.so -DNUMBER=2 c1.c
expect "Go and C plugins in one host" ./opens-host ./c1.so .Value ./fails-alone.so .Value ./c2.so \
    .Value '?V' ./hello.so '?V' ./c1.so .Value ./panics.so .HowMany <<'E2'
opened
12
opened
1
opened
13
11
opened
0
same as ./c1.so
12
opened
0
E2
expect "8 threads open Go and C plugins" ./opens-host --together ./c1.so ./hello.so ./c2.so \
    ./panics.so ./c1.so ./hello.so ./c2.so ./panics.so <<'E2'
opened
opened
opened
opened
same as ./c1.so
same as ./hello.so
same as ./c2.so
same as ./panics.so
E2
expect "a Go plugin opens others by Go's package plugin" ./opens-host ./opens.so \
    "/ByGo=$here/state-sub-first.so;F" "/ByGo=$here/suite-second.so;X" "/ByGo=$here/hello.so;V" \
    "/ByGo=$here/hello.so;Gone" ./state-sub-first.so .F ./hello.so '?V' <<'E2'
opened
17
42
*int
plugin: symbol Gone not found in plugin example.com/plugins/hello
opened
17
opened
0
E2
expect "a Go plugin opens others by the C library" ./opens-host ./opens.so "/ByC=$here/c1.so" \
    "/ByC=$here/state-sub-first.so" "/ByC=$here/none.so" ./state-sub-first.so .F ./c1.so .Value <<'E2'
opened
opened DIR/c1.so
opened DIR/state-sub-first.so
cannot open plugin DIR/none.so: No such file or directory
opened
17
opened
12
E2
OPENS_AT_INIT=$here/c1.so expect "a Go plugin's init opens a C plugin" ./opens-host ./opens.so <<'E2'
init: opened DIR/c1.so
opened
E2
OPENS_AT_INIT=$here/opens.so said init-opens-itself ./opens-host ./opens.so
OPENS_AT_INIT=$here/fails-alone.so said init-opens-go ./opens-host ./opens.so ./fails-alone.so .Value

# ---- the tests of Go's package plugin ----

expect "package state is shared across plugins" ./opens-host ./state-first.so '?Seven' .ReadCommon \
    .F .SetHidden ./state-sub-first.so .ReadCommon .F ./state-second.so .ReadCommon .SetHidden \
    ./state-first.so .ReadCommon .SetHidden <<'E2'
opened
7
21
3
1
opened
21
17
opened
2
2
same as ./state-first.so
2
1
E2
check "a type in two plugins is one type" run ./suite-host types ./types-a.so ./types-b.so
check "packages in two plugins are one: jump tables, tables, methods" run ./suite-host packages \
    ./suite-first.so ./suite-second.so
check "single plugins work: tags, generics, profiles, goroutines" run ./suite-host single \
    ./suite-first.so ./suite-second.so
check "fork and exec work" run ./suite-host fork-and-exec ./suite-second.so
if go_plugin mangled.so ./suite/mangled 2>log; then
    expect "symbol names with odd characters" ./opens-host ./mangled.so /Name=is: <<'E2'
opened
is:main.S
E2
fi
check "cgo: C and Go call each other" run ./suite-host life ./cgo.so
parallel() {
    running=
    for i in $(seq 20); do
        run ./suite-host life ./cgo.so >"parallel.$i" 2>&1 &
        running="$running $!"
    done
    for i in $running; do
        wait "$i" || { cat parallel.*; return 1; }
    done
}
check "20 processes at once work" parallel
for number in 1 2; do
    check "a plugin of a file without a module builds" go_plugin unnamed$number.so \
        unnamed/unnamed$number.go
done
expect "plugins without a name are told apart" ./opens-host ./unnamed1.so .FuncInt ./unnamed2.so \
    .FuncInt <<'E2'
opened
1
opened
2
E2
odd_paths() {
    name='odd dir.v1/a "quoted" $(name)%20;&#.tar.so'
    mkdir -p 'odd dir.v1' elsewhere/a.b-c_d~e/v2.x &&
        printf 'module example.com/a.b-c_d~e/v2.x\n' >elsewhere/a.b-c_d~e/v2.x/go.mod &&
        printf 'package main\n\nfunc Answer() int { return 2503 }\n' >elsewhere/a.b-c_d~e/v2.x/my.main.go &&
        (cd elsewhere/a.b-c_d~e/v2.x && "$go" build -buildmode=plugin -o "$here/$name" .) &&
        go_plugin issue.22295.so -gcflags=-p=issue.19534 -ldflags=-pluginpath=issue.19534 \
            unnamed/unnamed1.go &&
        run ./opens-host "./$name" .Answer ./issue.22295.so .FuncInt >log 2>&1 &&
        printf 'opened\n2503\nopened\n1\n' | diff -u - log
}
check "paths with dots and odd characters" odd_paths

. "$tests/go/refused.sh"
. "$tests/go/bridge.sh"

finish

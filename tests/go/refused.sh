# SPDX-License-Identifier: MIT
# Sourced by tests/go/run.sh, after tools.sh: files that are not Go plugins, or do not fit.
# shellcheck shell=sh disable=SC2154 # tools.sh sets them

build_wrong() {
    mkdir -p go/shared go/program go/user && cat >go/shared/shared.go <<'E2'
package main

import "C"

//export Shared
func Shared() int { return 1 }

func main() {}
E2
    cat >go/program/program.go <<'E2'
package main

import (
	"os"
	"plugin"
)

func main() { plugin.Open(os.Args[0]) }
E2
    cat >go/user/user.go <<'E2'
package main

// #cgo LDFLAGS: -L${SRCDIR} -laway
// int far_away(void);
import "C"

func Value() int { return int(C.far_away()) }
E2
    echo 'int far_away(void) { return 5; }' >far.c
    cc -shared -fPIC -Wl,-soname,libaway.so -o go/user/libaway.so far.c &&
        CGO_LDFLAGS="-Wl,-rpath,$here/away" go_plugin user.so ./user &&
        (cd go && "$go" build -buildmode=c-shared -o ../shared.so ./shared &&
            "$go" build -o ../program ./program && "$go" build -buildmode=pie -o ../program-pie ./program)
}
check "files that are not plugins, or lack something, build" build_wrong
said wrong-files ./opens-host ./shared.so ./program ./program-pie ./bridge.so --mapped=shared.so --mapped=program-pie \
    ./hello.so ./opens-host ./go/go.mod ./none.so
expect "a Go library of its own does not disturb those who open it" ./opens-host ./hello.so \
    ./shared.so ./fails-alone.so .Value --mapped=shared.so <<'E2'
opened
PLUGIN_NOT_PLUGIN: cannot open plugin ./shared.so: it was built by Go, but not as a plugin; build it with: go build -buildmode=plugin
opened
1
not mapped
E2
truncated() {
    size=$(wc -c <hello.so)
    for part in $(seq 0 31); do
        head -c $((size * part / 32)) hello.so >truncated.so
        run ./opens-host ./truncated.so --mapped=truncated.so >log 2>&1
        [ "$(grep -c '^PLUGIN_NOT_PLUGIN: cannot open plugin ./truncated.so: ' log)" -eq 1 ] &&
            grep -qx 'not mapped' log || { echo "part $part"; cat log; return 1; }
    done
}
check "a plugin truncated at any length is refused" truncated
mkdir away
said missing-library ./opens-host ./user.so --mapped=user.so
echo 'int near_by(void) { return 5; }' >near.c
cc -shared -fPIC -Wl,-soname,libaway.so -o away/libaway.so near.c
said missing-symbol ./opens-host ./user.so --mapped=user.so
mended_library() {
    cc -shared -fPIC -Wl,-soname,libaway.so -o away/libaway.so near.c
    run ./opens-host ./user.so "--run=cp go/user/libaway.so away" ./user.so .Value >log 2>&1
    grep '^[^ ]' log | cut -d : -f 1 | diff -u mended -
}
printf '%s\n' PLUGIN_MISFIT 'exit status 0' opened 5 >mended
check "after the library is repaired, the same process opens the plugin" mended_library
for flags in "-ldflags=-s -w" -ldflags=-w; do
    check "a plugin with $flags builds" go_plugin small.so "$flags" ./inits/one
    strip -o stripped.so inits-two.so
    inits_are_ready "a plugin without what debuggers need ($flags, and strip) opens" ./small.so \
        ./stripped.so
done

# Every package of the plugin differs from the bridge's; Go's own message names one of them.
check "a plugin with other flags builds" go_plugin trimmed.so -trimpath ./state/first
cp trimmed.so replaced.so
every_package() {
    run ./opens-host ./trimmed.so --mapped=trimmed.so ./state-second.so .ReadCommon >log 2>&1
    sed -n 's/^    \([^ ]*\) .*plugin [0-9a-f]* .*bridge [0-9a-f]*$/\1/p' log | sort >listed
    (cd go && "$go" list -deps ./state/first) | grep -v '^example\|^unsafe$' | sort >differ
    grep -q '^PLUGIN_MISFIT: ./trimmed.so does not fit ' log &&
        has log "  $(wc -l <listed) of its packages were built" && comm -23 differ listed >unlisted &&
        ! grep . unlisted && tail -n 3 log | diff -u nothing_mapped - || { cat log; return 1; }
    case $version in
    go1.18* | go1.19*) has log 'trimmed.so FLAG... (this Go does not record them)' ;;
    *) has log -trimpath ;;
    esac
}
printf '%s\n' 'not mapped' opened 2 >nothing_mapped
check "all packages that differ are listed, and nothing is mapped" every_package
trimmed_bridge() {
    "$PLUGIN" go-bridge "--go=$go" -trimpath -o trimmed-bridge.so &&
        run ./opens-host --bridge=./trimmed-bridge.so ./trimmed.so .F ./state-second.so >log 2>&1 &&
        head -n 2 log | diff -u trimmed - && grep -q '^PLUGIN_MISFIT: ./state-second.so ' log &&
        case $version in
        go1.18* | go1.19*) ;;
        *)
            "$PLUGIN" go-bridge "--go=$go" --for=trimmed.so -o for-bridge.so &&
                cmp for-bridge.so trimmed-bridge.so
            ;;
        esac
}
printf '%s\n' opened 3 >trimmed
check "with a bridge built by its flags, it opens" trimmed_bridge
# A plugin records experiments as part of its version; `go version` does not print them.
experiment() {
    (cd go && GOEXPERIMENT=fieldtrack "$go" build -buildmode=plugin -o ../experiment.so ./hello) &&
        "$PLUGIN" go-bridge "--go=$go" --for=experiment.so -o experiment-bridge.so &&
        run ./opens-host --bridge=./experiment-bridge.so ./experiment.so '?V' >log 2>&1 &&
        diff -u experiment log
}
case $version in
go1.18* | go1.19*) ;; # they do not record it
*)
    printf '%s\n' opened 0 >experiment
    check "a bridge for a plugin with an experiment opens it" experiment
    ;;
esac
# Go's race detector maps the shadow of a library beyond the address space, and ends the process.
check_fails 2 "a bridge with Go's race detector is refused" "$PLUGIN" go-bridge "--go=$go" -race -o race.so
race() {
    (cd go && "$go" build -race -buildmode=plugin -o ../race.so ./hello) || return 1
    "$PLUGIN" go-bridge "--go=$go" --for=race.so -o race-bridge.so >log 2>&1 && return 1
    has log "race.so was built with -race: Go's race detector aborts a C program"
}
case $version in
go1.18* | go1.19*) ;; # they do not record it
*) check "also for a plugin with the race detector" race ;;
esac
# The bytes of a file cannot make `go build` run programs.
dangerous() {
    case $version in
    go1.18* | go1.19*) return ;;
    esac
    (cd go && "$go" build -buildmode=plugin -asmflags=-D=X -o ../dangerous.so ./hello) || return 1
    "$PLUGIN" go-bridge "--go=$go" --for=dangerous.so -o dangerous-bridge.so >log 2>&1 && return 1
    has log "dangerous.so was built with -asmflags=-D=X, which may run programs and is not taken from a file" &&
        "$PLUGIN" go-bridge "--go=$go" --for=dangerous.so -asmflags=-D=X -o dangerous-bridge.so
}
check "a flag that could run programs is not taken from a file" dangerous
# A toolchain for another machine than the plugin's.
other_machine() {
    other=arm64
    [ "$("$go" env GOARCH)" != arm64 ] || other=amd64
    ! GOARCH=$other "$PLUGIN" go-bridge "--go=$go" --for=hello.so -o other-bridge.so >log 2>&1 &&
        has log "builds for $other; set GOARCH"
}
check "--for refuses a toolchain for another machine" other_machine
retried() {
    run ./opens-host ./replaced.so "--run=cp state-first.so replaced.so" ./replaced.so .F >log 2>&1
    grep '^[^ ]' log | cut -d : -f 1 | diff -u retried -
}
printf '%s\n' PLUGIN_MISFIT 'exit status 0' opened 3 >retried
check "a good build at its path opens in the same process" retried
# Two plugins with different builds of a package that the bridge does not have.
cp -r go changed
sed -i 's/X = 3/X = 4/' changed/state/common/common.go
mismatching() { (cd changed && "$go" build -buildmode=plugin -o ../mismatch.so ./state/second); }
check "a plugin with another build of a shared package builds" mismatching
said other-package ./opens-host ./state-first.so ./mismatch.so --mapped=mismatch.so ./state-second.so \
    .ReadCommon
said other-package-alone ./opens-host ./mismatch.so .ReadCommon ./state-first.so

# plugin check has the same verdicts.
checks() {
    for arguments in './hello.so ./forms.so' './trimmed.so' './state-first.so ./mismatch.so' \
        '--json ./mismatch.so ./state-first.so' '--go-bridge=./hello.so ./hello.so' \
        '--go-bridge=./missing.so ./hello.so'; do
        # shellcheck disable=SC2086 # they are words
        "$PLUGIN" check ./opens-host $arguments 2>&1 && echo 'all fit'
    done
}
checks | normalise | sed -e '/ plugin HASH  *bridge HASH$/d' -e 's/, with -trimpath//' -e 's/ FLAG\.\.\. .*//' \
    -e 's/[0-9]* of its packages were/N of its packages were/' >actual.raw
say check <actual.raw
# An interface, of which the second host has another type.
for type in long int; do
    host meets-$type "$sources/meets.c" -DV_TYPE=$type >log 2>&1
    run ./meets-$type ./hello.so 2>&1
    "$PLUGIN" check "$here/meets-$type" ./hello.so
done >actual.raw
say meets <actual.raw
stamps() {
    cp hello.so unstamped.so
    ! "$PLUGIN" stamp unstamped.so >log 2>&1 && has log 'it is a Go plugin; plugin_open opens it without a stamp' &&
        cmp hello.so unstamped.so
}
check "plugin stamp refuses a Go plugin, and leaves it unchanged" stamps

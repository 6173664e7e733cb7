# SPDX-License-Identifier: MIT
# Sourced by tests/go/run.sh in its own directory: finds a Go toolchain, builds the bridge, the plugins
# and the hosts, and defines functions that run hosts and compare their output.
# shellcheck shell=sh disable=SC2154 # tests and work are set by tests/common/tap.sh

here=$(pwd -P)
sources=$tests/go
golden=$sources
installed=$(cd "$(dirname "$PLUGIN")/.." && pwd)

# shellcheck source=tests/common/find_go.sh
. "$tests/common/find_go.sh"
if [ -z "$GO" ]; then
    echo "no go on PATH, nor in /usr/lib/go-*/bin; tools/install-packages installs one" |
        fail "a Go toolchain is installed"
    exit 1
fi
go=$GO
version_of() { "$1" version | cut -d ' ' -f 3; }
version=$(version_of "$go")
echo "# $version"
library=$(dirname "$(find "$installed" -name libplugin.so)")

# go_plugin OUTPUT FLAG|PACKAGE...: builds a Go plugin.
go_plugin() {
    go_output=$here/$1
    shift
    (cd "$here/go" && "$go" build -buildmode=plugin -o "$go_output" "$@")
}
# host OUTPUT FILE...: builds a host.
host() {
    host_output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -O1 -I"$sources" -o "$host_output" "$@" $TEST_CFLAGS -pthread
}
c_plugin() {
    c_output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$c_output" "$@"
}
export INIT_LOG="$here/ran" # the log of inits that run
# run COMMAND...: runs a host. Go's threads never end, so their memory would count as leaks.
run() {
    GODEBUG=cgocheck=1 GOGC=1 ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 \
        timeout $hang "$@"
}
# Replaces what depends on this machine, and removes what a coverage build prints if it cannot write
# its counts.
normalise() {
    sed -E -e '/^profiling:/d' -e "s|$here|DIR|g" -e "s|$library|LIBRARY|g" -e 's/built by [a-z+]+ [0-9.]+/built by COMPILER/g' \
        -e 's/go1\.[0-9]+(\.[0-9]+)*/goVERSION/g' -e 's/\b[0-9a-f]{16,}\b/HASH/g' \
        -e 's/0x[0-9a-f]{4,}/ADDRESS/g' -e 's/(not found in [^,]*), .*/\1, .../'
}
# say NAME <OUTPUT: compares the output with NAME.expected.
say() {
    normalise >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$golden/$1.expected"
    check_same "$1: the output" "$golden/$1.expected" actual
}
# Adds the exit status to a host's output, which is cut: an aborted Go program prints all goroutines.
ended() {
    status=$?
    head -n 60 actual.full >actual.raw
    [ $status -eq 0 ] || echo "exit status $status" >>actual.raw
}
# expect NAME COMMAND... <EXPECTED: compares a host's output, and the inits that ran.
expect() {
    expect_name=$1
    shift
    cat >expected
    rm -f ran
    run "$@" >actual.full 2>&1
    ended
    [ ! -e ran ] || sed 's/^/ran: /' ran >>actual.raw
    normalise <actual.raw >actual
    check_same "$expect_name" expected actual
}
# said NAME COMMAND...: compares a host's output with NAME.expected.
said() {
    said_name=$1
    shift
    run "$@" >actual.full 2>&1
    ended
    say "$said_name" <actual.raw
}

mkdir go hello
(cd "$sources" && tar -cf - --exclude='*.expected' .) | tar -xf - -C go
cp go/hello/hello.go hello
printf 'module example.com/hello\n' >hello/go.mod
sizes() {
    echo 'package main'
    for i in $(seq 40); do
        cat <<END_OF_FILE

type B$i struct{ B [$i]uint8 }

func EchoB$i(v B$i) B$i {
	for i := range v.B {
		v.B[i]++
	}
	return v
}
END_OF_FILE
    done
}
sizes >go/forms/sizes.go
for name in one two three four; do
    mkdir "go/inits/$name"
    sed "s/NAME/$name/" go/inits/plugin/plugin.go >"go/inits/$name/plugin.go"
done

# Two plugins, of go/inits one and two or made of them, open, and each init runs once, in order.
inits_are_ready() {
    expect "$1" ./opens-host "$2" ,Ready "$3" ,Ready <<'E2'
opened
yes
opened
yes
ran: counted
ran: other begins
ran: other ends
ran: slow begins
ran: slow ends
ran: one
ran: two
E2
}

check "plugin go-bridge builds the bridge" "$PLUGIN" go-bridge "--go=$go" -o bridge.so
export PLUGIN_GO_BRIDGE="$here/bridge.so"
for name in hello nothing forms panics life opens; do
    export CGO_CFLAGS="-g -O2 -I$installed/include" CGO_LDFLAGS=
    [ $name = opens ] && CGO_LDFLAGS="-L$library -lplugin"
    check "the plugin $name builds" go_plugin $name.so ./$name
done
check "a plugin whose init opens another builds" go_plugin fails-nested.so ./fails/nested
export CGO_CFLAGS='' CGO_LDFLAGS=''
mkdir sub odd
for name in state/first state/sub/first state/second types/a types/b inits/one inits/two \
    inits/three inits/four fails/first fails/second fails/third fails/alone fails/main \
    fails/early suite/first cgo; do
    check "the plugin $name builds" go_plugin "$(echo $name | tr / -).so" ./$name
done
check "the plugin suite/second builds, with a flag of the linker" go_plugin suite-second.so \
    -ldflags=-X=main.Linked=linkstr ./suite/second
for name in variables functions structs panics life suite opens; do
    check "the host $name builds" host $name-host "$sources/$name.c"
done

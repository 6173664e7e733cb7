#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated Go plugins (P7, P8, attack 15): each with the bridge of its own Go; what crosses, and what goes
# wrong.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
# Go needs glibc.
if lacks go "all of it"; then
    finish
    exit
fi
# shellcheck source=tests/common/find_go.sh
. "$tests/common/find_go.sh"
# Where in Go's run-time it was differs from version to version.
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//; s/go1\.[0-9.]*[0-9]/goVERSION/g; s/([0-9]* uses/(N uses/; s/, and says that it was in [^ ]* of [^ ;]*//; s/, in [^ ]* of [^ ;]*//"
says_alike="$says_alike; s/[0-9]* of its packages were/N of its packages were/; /^    *.* \(plugin\|bridge\) [0-9a-f]\{16,\}/d"
export LIMIT=60000
# Its collector runs all the time, and cgo checks pointers.
export GOGC=1 GODEBUG=cgocheck=1
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
[ -n "$GO" ] || { echo "no Go" | fail "a Go toolchain is installed"; exit 1; }
version_of() { "$1" version 2>/dev/null | cut -d ' ' -f 3; }
version=$(version_of "$GO")
other=
for found in /usr/lib/go-*/bin/go; do
    [ -x "$found" ] && [ "$(version_of "$found")" != "$version" ] && other=$found
done
echo "# $version, ${other:-no other}"
cp -r "$source/go/plugins" go

# build GO NAME: the bridge and the plugin by this Go.
build() {
    "$PLUGIN" go-bridge "--go=$1" -o "$2-bridge.so" &&
        (cd go && "$1" build -buildmode=plugin -o "../$2.so" ./calls)
}
build_all() {
    # shellcheck disable=SC2086 # flags are words
    build "$GO" own &&
        mkdir go/absent &&
        sed '/^var [CN]/d; /complex/d; s/Count/0/g' go/refused/refused.go >go/absent/absent.go &&
        (cd go && for name in refused panics absent; do
            "$GO" build -buildmode=plugin -o ../$name.so ./$name || return 1
        done) &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/go/go_host.c" "$source/go/go_rows.c" -lpthread &&
        echo 'int main(void) { return 0; }' >plain.c && "$PLUGIN" build -o plain plain.c
}
check "the bridge, the plugins and the host build" build_all
export PLUGIN_GO_BRIDGE="$work/own-bridge.so"

# ---- what crosses ----

says "what works in C works isolated" ./host open ./own.so rows rows <<'E2'
open: 1
rows: well
rows: well
E2
says "what is printed comes in order" ./host open ./own.so print one length two print three <<'E2'
open: 1
one
length: 3
three
E2
says "a string without its data, or with a negative length, does not cross" \
    ./host open ./own.so no-data negative length four <<'E2'
open: 1
no-data: 0 WRONG_TYPE: call of Length of isolated plugin DIR/own.so: Length: the pointer at byte 0 of struct plugin_go_string: it has a length, and no data
negative: 0 UNSUPPORTED: call of Length of isolated plugin DIR/own.so: Length: the pointer at byte 0 of struct plugin_go_string: the number of objects is negative
length: 4
E2
says "P8, attack 15: a string that the plugin makes up ends it" ./host open ./own.so lie 5 restart length four <<'E2'
open: 1
lie: 0 CRASHED: call of Lie of isolated plugin DIR/own.so: its process was killed: the answer to Lie has a length, and no data
restart: 1
length: 4
E2

# ---- what goes wrong ----

says "P7: a panic is an error of the call alone" ./host open ./own.so panic 'no
way' nil length four <<'E2'
open: 1
panic: 0 CRASHED: call of Panic of isolated plugin DIR/own.so: it panicked: panic: no\x0away
nil: 0 CRASHED: call of Nil of isolated plugin DIR/own.so: it panicked: panic: runtime error: invalid memory address or nil pointer dereference
length: 4
E2
says "P7: os.Exit, and a panic of a goroutine, are errors of all calls until plugin_restart" \
    ./host open ./own.so exit 3 length four restart length four fatal restart length four <<'E2'
open: 1
exit: 0 CRASHED: call of Exit of isolated plugin DIR/own.so: its process ended with status 3
length: 0 CRASHED: call of Length of isolated plugin DIR/own.so: its process ended with status 3; plugin_restart starts another
restart: 1
length: 4
fatal: 0 CRASHED: call of Fatal of isolated plugin DIR/own.so: its process was killed by signal 6
restart: 1
length: 4
E2
LIMIT=3000 says "P7: a hang, and a sleep, end at the limit" \
    ./host open ./own.so hang restart sleep 3600000 restart sleep 1 <<'E2'
open: 1
hang: 0 TIMEOUT: call of Hang of isolated plugin DIR/own.so: it exceeded options.timeout_ms (3000 ms), and its process was killed
restart: 1
sleep: 0 TIMEOUT: call of Sleep of isolated plugin DIR/own.so: it exceeded options.timeout_ms (3000 ms), and its process was killed
restart: 1
sleep: 0
E2
says "goroutines that never end keep no call, and plugin_stop ends them" \
    ./host open ./own.so spin 4 length four garbage 32 stop restart garbage 1 <<'E2'
open: 1
spin: 0
length: 4
garbage: 32
stop: 1
restart: 1
garbage: 1
E2
says "plugin_stop ends it, plugin_restart starts another; handles are stale" \
    ./host open ./own.so box put stop stop length four restart length four put <<'E2'
open: 1
box: 1
put: 2
stop: 1
stop: 1
length: 0 CRASHED: call of Length of isolated plugin DIR/own.so: its process was stopped by plugin_stop; plugin_restart starts another
restart: 1
length: 4
put: 0 CRASHED: call of Put of isolated plugin DIR/own.so: Put: parameter 1: the object of type struct Box belongs to a process that has ended
E2
says "P7: after crashes and restarts the host has what it had" ./host open ./own.so crash-often 20 <<'E2'
open: 1
nothing leaks
E2
says "a retired one may be opened again" ./host open ./own.so retire open ./own.so length four <<'E2'
open: 1
retire: 1
open: 1
length: 4
E2
cp own.so replaced.so
says "also if its file is another meanwhile" \
    ./host open ./replaced.so run 'cp absent.so next.so && mv next.so replaced.so' other ./replaced.so retire other ./replaced.so <<'E2'
open: 1
fits: 1
open: 0 ALREADY_LOADED: cannot open plugin ./replaced.so: the file of the plugin that is open, DIR/replaced.so, was replaced by another one; retire the open plugin (plugin_retire), or restart the program
retire: 1
fits: 1
open: 1
E2
cp own.so '$LIB.so'
# shellcheck disable=SC2016 # the name has this in it
says "an open one is open where it is" ./host open ./own.so other ./own.so in-process ./own.so <<'E2'
open: 1
fits: 1
open: 1
open in process: 0 ALREADY_LOADED: cannot open plugin ./own.so: it is open isolated; plugin_retire lets it be opened again
E2
cp own.so copy.so
says "a copy is refused" ./host open ./own.so other ./copy.so <<'E2'
open: 1
fits: 1
open: 0 ALREADY_LOADED: cannot open plugin ./copy.so: it is a byte copy of DIR/own.so, which is open
E2
# The memory of Go's threads, which never end, counts as leaks.
without_leaks="env ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
says "also in process" $without_leaks ./host in-process ./own.so other ./own.so <<'E2'
open in process: 1
fits: 1
open: 0 ALREADY_LOADED: cannot open plugin ./own.so: it is open in this process; plugin_retire lets it be opened again
E2
says "its path may be any" ./host open './$LIB.so' length four <<'E2'
open: 1
length: 4
E2
says "a panic in an init fails the open, each time" ./host other ./panics.so other ./panics.so <<'E2'
fits: 1
open: 0 INIT_FAILED: cannot open plugin ./panics.so: an init failed: panic: not today
fits: 1
open: 0 INIT_FAILED: cannot open plugin ./panics.so: an init failed: panic: not today
E2

# ---- the sandbox ----

says "attack 15: it opens no file, makes no socket, and starts no program" \
    ./host open ./own.so read /etc/passwd socket restart execute <<'E2'
open: 1
read: 0 open /etc/passwd: permission denied
socket: 0 CRASHED: call of Socket of isolated plugin DIR/own.so: its process was killed by signal 31, and says that it called socket, which its sandbox denies
restart: 1
execute: 0 CRASHED: call of Execute of isolated plugin DIR/own.so: its process was killed by signal 31
E2
READ_ONLY=/etc/passwd ./host open ./own.so read /etc/passwd >actual
printf 'open: 1\nread: %d \n' "$(wc -c </etc/passwd)" >expected
check_same "it reads what isolation.read_only names" expected actual
MEMORY=256 says "within its memory, Go frees what it does not use, of calls, too" ./host open ./own.so garbage 400 large 400 <<'E2'
open: 1
garbage: 400
large: 400
E2
MEMORY=256 ./host open ./own.so hoard 1000 length four restart length four >hoarded 2>&1
check "P7, attack 15: a hoard of memory is an error of the call" has hoarded "hoard: 0 CRASHED: call of Hoard of isolated plugin"
check "and plugin_restart starts another" has hoarded "length: 4"

# ---- refusals ----

says "variables are refused, by an examination, too" ./host other ./refused.so <<'E2'
fits: 0 UNSUPPORTED: cannot open plugin ./refused.so: it cannot be isolated (4 reasons):
  the plugin's variable Count: long Count: isolated plugins do not support variables of Go: export functions that get and set it, or give it a name in lower case
  the plugin's variable Names: struct plugin_go_slice_string Names: isolated plugins do not support variables of Go: export functions that get and set it, or give it a name in lower case
  Turn: result: _Complex float: isolated plugins do not support this type: use a struct of numbers, or an array
  Turn: parameter 1: _Complex double: isolated plugins do not support this type: use a struct of numbers, or an array
open: 0 UNSUPPORTED: cannot open plugin ./refused.so: it cannot be isolated (4 reasons):
  the plugin's variable Count: long Count: isolated plugins do not support variables of Go: export functions that get and set it, or give it a name in lower case
  the plugin's variable Names: struct plugin_go_slice_string Names: isolated plugins do not support variables of Go: export functions that get and set it, or give it a name in lower case
  Turn: result: _Complex float: isolated plugins do not support this type: use a struct of numbers, or an array
  Turn: parameter 1: _Complex double: isolated plugins do not support this type: use a struct of numbers, or an array
E2
says "what has no form in C cannot be called, and does not matter" ./host absent ./absent.so <<'E2'
address of Lookup: 0
Lookup: 0 WRONG_TYPE: symbol Lookup of plugin DIR/absent.so has no form in C: it is func(map[string]int) int, and its parameter 1, map[string]int, is a map
Get: 0
E2
says "plugin check --isolated tells the same" "$PLUGIN" check --isolated plain own.so refused.so absent.so <<'E2'
own.so fits plain, isolated (N uses compared, 0 not)
refused.so does not fit plain: it cannot be isolated (4 reasons):
  the plugin's variable Count: long Count: isolated plugins do not support variables of Go: export functions that get and set it, or give it a name in lower case
  the plugin's variable Names: struct plugin_go_slice_string Names: isolated plugins do not support variables of Go: export functions that get and set it, or give it a name in lower case
  Turn: result: _Complex float: isolated plugins do not support this type: use a struct of numbers, or an array
  Turn: parameter 1: _Complex double: isolated plugins do not support this type: use a struct of numbers, or an array
absent.so fits plain, isolated (N uses compared, 0 not)
E2

TRUST=yes says "a trust policy is refused" ./host other ./own.so <<'E2'
fits: 0 UNSUPPORTED: cannot examine plugin ./own.so: options.trust does not support Go plugins
open: 0 UNSUPPORTED: cannot open plugin ./own.so: options.trust does not support Go plugins
E2

# ---- bridges ----

# alike NAME FILE: an open, an examination and `plugin check --isolated` refuse with this text.
alike() {
    says "$1" sh -c './host other "$1"; plugin check --isolated plain "$1"' sh "$2"
}
PATH=$(dirname "$PLUGIN"):$PATH
PLUGIN_GO_BRIDGE=$work/nowhere.so alike "a missing bridge is a misfit" ./own.so <<'E2'
fits: 0 MISFIT: DIR/own.so does not fit: it is a Go plugin, built by goVERSION, and the bridge to Go is missing: DIR/nowhere.so: No such file or directory; build it with the same Go: plugin go-bridge --for=DIR/own.so -o DIR/nowhere.so
open: 0 MISFIT: DIR/own.so does not fit: it is a Go plugin, built by goVERSION, and the bridge to Go is missing: DIR/nowhere.so: No such file or directory; build it with the same Go: plugin go-bridge --for=DIR/own.so -o DIR/nowhere.so
./own.so does not fit plain: it is a Go plugin, built by goVERSION, and the bridge to Go is missing: DIR/nowhere.so: No such file or directory; build it with the same Go: plugin go-bridge --for=./own.so -o DIR/nowhere.so
E2
PLUGIN_GO_BRIDGE=$work/nowhere.so says "the option names another" \
    ./host bridge ./own-bridge.so open ./own.so length four <<'E2'
open: 1
length: 4
E2
check "that of plugin check, too" "$PLUGIN" check --isolated --go-bridge=own-bridge.so plain own.so
PLUGIN_GO_BRIDGE="$work/nowhere.so:$work/plain.c:$work/own-bridge.so" says "of several, the first that fits is taken" \
    ./host open ./own.so length four <<'E2'
open: 1
length: 4
E2
library=$(dirname "$(find "$(dirname "$PLUGIN")/.." -name libplugin.so)")
mkdir lib && cp -P "$library"/libplugin.so* lib && cp own-bridge.so lib/plugin-go-bridge.so
# shellcheck disable=SC2086 # words
PLUGIN_GO_BRIDGE="$work/nowhere.so:" LD_LIBRARY_PATH=lib says "in process, too; an empty name is that beside libplugin" \
    $without_leaks ./host in-process ./own.so length four <<'E2'
open in process: 1
length: 4
E2
check "a host without a stamp builds" cc -o unstamped plain.c
says "plugin check needs a stamp of the host, as the open does" "$PLUGIN" check --isolated unstamped own.so <<'E2'
plugin: cannot tell whether own.so fits unstamped: the host is not stamped (N uses compared, 0 not); run: plugin stamp unstamped; or accept it with --allow-unstamped
E2
check "a bridge with another flag builds" "$PLUGIN" go-bridge "--go=$GO" -trimpath -o trimmed-bridge.so
PLUGIN_GO_BRIDGE=$work/trimmed-bridge.so alike "one that was built otherwise is a misfit" ./own.so <<'E2'
fits: 0 MISFIT: ./own.so does not fit DIR/host (1 misfit):
  N of its packages were built from different sources or with different flags than those of DIR/trimmed-bridge.so
    the plugin: goVERSION; bridge: goVERSION, with -trimpath
    build a bridge with the plugin's flags: plugin go-bridge --for=DIR/own.so
  0 uses compared, 0 not
open: 0 MISFIT: ./own.so does not fit DIR/host (1 misfit):
  N of its packages were built from different sources or with different flags than those of DIR/trimmed-bridge.so
    the plugin: goVERSION; bridge: goVERSION, with -trimpath
    build a bridge with the plugin's flags: plugin go-bridge --for=DIR/own.so
  0 uses compared, 0 not
./own.so does not fit plain (1 misfit):
  N of its packages were built from different sources or with different flags than those of DIR/trimmed-bridge.so
    the plugin: goVERSION; bridge: goVERSION, with -trimpath
    build a bridge with the plugin's flags: plugin go-bridge --for=./own.so
  0 uses compared, 0 not
E2
PLUGIN_GO_BRIDGE=$work/trimmed-bridge.so ./host open ./own.so 2>&1 | sed 's/^open: //' >isolated
PLUGIN_GO_BRIDGE=$work/trimmed-bridge.so ./host in-process ./own.so 2>&1 | sed 's/^open in process: //' >in-process
check "each package that differs is listed" grep -q '  runtime  *plugin [0-9a-f]* *bridge [0-9a-f]*$' isolated
check_same "as in process" in-process isolated

build_old() {
    cp -r "$(dirname "$PLUGIN")"/../share/plugin/*/go-bridge old && cd old &&
        sed -i 's/BRIDGE_VERSION 3/BRIDGE_VERSION 2/' bridge.h &&
        "$GO" build -buildmode=c-shared -o ../old-bridge.so . && cd ..
}
check "a bridge for another version of libplugin builds" build_old
cd "$work" || exit 1
says "and is refused" ./host bridge ./old-bridge.so open ./own.so <<'E2'
open: 0 SYSTEM: cannot open plugin ./own.so: its process could not start: the bridge to Go was built for another version of libplugin; rebuild it with: plugin go-bridge
E2

# ---- two versions ----

if [ -z "$other" ]; then
    skip "two versions of Go in one host" "there is only $version"
    finish
    exit
fi
check "the bridge and the plugin build by another Go" build "$other" other
export PLUGIN_GO_BRIDGE="$work/own-bridge.so:$work/other-bridge.so"
./host open ./own.so open ./other.so version use 0 version >actual
printf 'open: 1\nopen: 1\nversion: %s\nversion: %s\n' "$(version_of "$other")" "$version" >expected
check_same "two versions of Go run in one host, though Go takes the plugins for one" expected actual
says "what works with one works with both, at once" \
    ./host open ./own.so rows open ./other.so rows rows use 0 rows together <<'E2'
open: 1
rows: well
open: 1
rows: well
rows: well
rows: well
together: well
E2
says "a crash of one is nothing to the other" \
    ./host open ./own.so open ./other.so exit 3 use 0 length four stop use 1 restart length four use 0 length four <<'E2'
open: 1
open: 1
exit: 0 CRASHED: call of Exit of isolated plugin DIR/other.so: its process ended with status 3
length: 4
stop: 1
restart: 1
length: 4
length: 0 CRASHED: call of Length of isolated plugin DIR/own.so: its process was stopped by plugin_stop; plugin_restart starts another
E2
LIMIT=3000 says "with the other Go, the same goes wrong" \
    ./host open ./other.so panic no nil hang restart fatal restart read /etc/passwd socket restart lie 5 <<'E2'
open: 1
panic: 0 CRASHED: call of Panic of isolated plugin DIR/other.so: it panicked: panic: no
nil: 0 CRASHED: call of Nil of isolated plugin DIR/other.so: it panicked: panic: runtime error: invalid memory address or nil pointer dereference
hang: 0 TIMEOUT: call of Hang of isolated plugin DIR/other.so: it exceeded options.timeout_ms (3000 ms), and its process was killed
restart: 1
fatal: 0 CRASHED: call of Fatal of isolated plugin DIR/other.so: its process was killed by signal 6
restart: 1
read: 0 open /etc/passwd: permission denied
socket: 0 CRASHED: call of Socket of isolated plugin DIR/other.so: its process was killed by signal 31, and says that it called socket, which its sandbox denies
restart: 1
lie: 0 CRASHED: call of Lie of isolated plugin DIR/other.so: its process was killed: the answer to Lie has a length, and no data
E2
says "one in this process, and one of another Go in its own" \
    $without_leaks ./host in-process ./copy.so open ./other.so length four use 0 length four open ./own.so length four <<'E2'
open in process: 1
open: 1
length: 4
length: 4
open: 1
length: 4
E2
says "plugin check takes the bridge of each" "$PLUGIN" check --isolated plain own.so other.so <<'E2'
own.so fits plain, isolated (N uses compared, 0 not)
other.so fits plain, isolated (N uses compared, 0 not)
E2
export PLUGIN_GO_BRIDGE="$work/own-bridge.so:$work/trimmed-bridge.so"
alike "without a bridge of its version, the first is told" ./other.so <<'E2'
fits: 0 MISFIT: ./other.so does not fit DIR/host (1 misfit):
  built by goVERSION, the bridge to Go, DIR/own-bridge.so, by goVERSION: all Go code in a process must be of one version; build a bridge with goVERSION: plugin go-bridge --for=DIR/other.so
  0 uses compared, 0 not
open: 0 MISFIT: ./other.so does not fit DIR/host (1 misfit):
  built by goVERSION, the bridge to Go, DIR/own-bridge.so, by goVERSION: all Go code in a process must be of one version; build a bridge with goVERSION: plugin go-bridge --for=DIR/other.so
  0 uses compared, 0 not
./other.so does not fit plain (1 misfit):
  built by goVERSION, the bridge to Go, DIR/own-bridge.so, by goVERSION: all Go code in a process must be of one version; build a bridge with goVERSION: plugin go-bridge --for=./other.so
  0 uses compared, 0 not
E2
export PLUGIN_GO_BRIDGE="$work/other-bridge.so:$work/trimmed-bridge.so"
alike "else the first of its version" ./own.so <<'E2'
fits: 0 MISFIT: ./own.so does not fit DIR/host (1 misfit):
  N of its packages were built from different sources or with different flags than those of DIR/trimmed-bridge.so
    the plugin: goVERSION; bridge: goVERSION, with -trimpath
    build a bridge with the plugin's flags: plugin go-bridge --for=DIR/own.so
  0 uses compared, 0 not
open: 0 MISFIT: ./own.so does not fit DIR/host (1 misfit):
  N of its packages were built from different sources or with different flags than those of DIR/trimmed-bridge.so
    the plugin: goVERSION; bridge: goVERSION, with -trimpath
    build a bridge with the plugin's flags: plugin go-bridge --for=DIR/own.so
  0 uses compared, 0 not
./own.so does not fit plain (1 misfit):
  N of its packages were built from different sources or with different flags than those of DIR/trimmed-bridge.so
    the plugin: goVERSION; bridge: goVERSION, with -trimpath
    build a bridge with the plugin's flags: plugin go-bridge --for=./own.so
  0 uses compared, 0 not
E2
finish

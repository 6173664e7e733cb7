#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures this library and its peers in one run: the same files, in turns, many rounds. Writes to
# OUTPUT: measures (every value), table.txt, table.json, plots (SVG) and go_call.txt.
# usage: PLUGIN=COMMAND [GO=GO] [ROUNDS=N] [HEAVY=N] [MANY=N] [BIG=no] [HOSTS=no] bench/run.sh OUTPUT
#
#   ROUNDS  rounds of short measurements
#   HEAVY   rounds of opens of MANY plugins, and of stamps
#   MANY    number of plugins in one process
#   BIG     no: skip the stamp of a large program, which is downloaded and built (big.sh)
#   HOSTS   no: skip real hosts, which are downloaded and built (hosts.sh)
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../tests/common/find_go.sh
. "$bench/../tests/common/find_go.sh"
rounds=${ROUNDS:-15}
heavy=${HEAVY:-3}
MANY=${MANY:-10000}
export LC_ALL=C MANY PLUGIN
mkdir -p "$1"
output=$(cd "$1" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/plugin-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

say() {
    echo "bench: $*" >&2
}

# each LABEL PEERS MODE ARGUMENT...: one run of each peer, as "LABEL.MEASURE PEER VALUE". Hosts are started
# by their absolute paths, as a shell does that finds them by PATH.
each() {
    label=$1
    peers=$2
    mode=$3
    shift 3
    for peer in $peers; do
        host=$work/host-$peer
        case $label in typed | first-*) host=$host-$label ;; esac
        "$host" "$mode" "$label" "$@" >>measures
    done
}

# named LABEL: of "PEER.MEASURE VALUE", what the tools print.
named() {
    sed -E "s/^([^.]*)\.([a-z]*) (.*)/$1.\2 \1 \3/" >>measures
}

# Plugins are opened by absolute paths, as hosts do that have a directory of them. (The dynamic loader
# compares the paths of all modules at each open: a short relative one would be another measurement.)
round() {
    each small "dlopen gmodule ltdl apr plugin" open "$work/many" 200
    each small built-in open built 16
    for count in 0 4000 40000; do
        each first-$count "dlopen plugin" open "$work/many" 1
    done
    each lookup "dlopen gmodule ltdl apr plugin" lookup ./symbols-16.so 16
    each lookup built-in lookup symbols.so 16
    for count in 10 100 1000 10000 100000; do
        each lookup-$count "dlopen plugin" lookup ./symbols-$count.so "$count"
    done
    each typed "dlopen plugin" open "$work/typed" 20
    each int "dlopen plugin" int many/p00000.so
    each int built-in int p00000.so
    each call "dlopen plugin" call many/p00000.so
    each call built-in call p00000.so
    each moved "dlopen gmodule ltdl apr plugin" moved "$work/link.so" "$work/many/p00001.so" \
        "$work/many/p00002.so"
    each scan "dlopen plugin" scan "$work/thousand" 1000
    each threads "dlopen plugin" threads "$work/many" 1000 16
    [ -z "$GO" ] || {
        each small go open "$work/go" 12
        each lookup go lookup go/p00000.so 16
        each int go int go/p00000.so
    }
}

# Processor time of commands. plugin build keeps the debug information, as the compiler does.
commands() {
    ./commands 40 alone "" ./start-alone plugin "" ./start-plugin built-in "" ./start-built-in |
        named start
    for _ in 1 2 3 4 5; do
        echo "start.resident alone $(./start-alone x)"
        echo "start.resident plugin $(./start-plugin x)"
    done >>measures
    cp "$bench/../examples/seed/plugin_name.c" .
    set -- cc "" "cc -g -shared -fPIC -o by-hand.so plugin_name.c" \
        plugin "" "$PLUGIN build -buildmode=plugin -o built.so plugin_name.c"
    [ -z "$GO" ] || {
        cp "$bench/plugins/one.go" .
        echo 'echo "// $$" >>one.go' >change.sh # or Go takes what it built before
        set -- "$@" go "sh change.sh" "$GO build -buildmode=plugin -o go.so one.go"
    }
    ./commands "$rounds" "$@" 2>errors | named build
    strip built.so
    echo "size.bytes plugin $(wc -c <built.so)" >>measures
    [ -z "$GO" ] || echo "size.bytes go $(wc -c <go.so)" >>measures
}

# System calls of an open: the difference between many opens and few. Go's own threads make more, which
# are not counted.
system_calls() {
    for peer in dlopen gmodule ltdl apr plugin built-in; do
        directory=$work/many more=51
        [ "$peer" != built-in ] || { directory=built more=16; }
        for count in 1 $more; do
            strace -f -qq -e trace='!clock_gettime' -o trace \
                "./host-$peer" open x "$directory" "$count" >/dev/null
            wc -l <trace
        done | awk -v peer="$peer" -v more="$more" '
            NR == 1 { first = $1 }
            END { printf "calls.open %s %.2f\n", peer, ($1 - first) / (more - 1) }' >>measures
    done
}

# The stamp has no peer; these read the same debug information.
stamps() {
    big=$("$bench/big.sh" "$output/big") || { say "there is no large program to stamp"; return 0; }
    ./commands "$heavy" plugin "cp $big big-plugin" "$PLUGIN stamp big-plugin" \
        few "cp $big-few big-few" "$PLUGIN stamp big-few" \
        pahole "cp $big big-pahole" "pahole -J big-pahole" | named stamp
    ./commands 1 abidw "cp $big big-abidw" "abidw --out-file big.abi big-abidw" | named stamp
    size -A -d "$big" | awk '$1 ~ /^\.debug/ { total += $2 }
        END { printf "stamp.megabytes dwarf %.1f\n", total / 1e6 }' >>measures
}

say "building plugins and hosts"
sh "$bench/build.sh" >build.log 2>&1 || { cat build.log >&2; exit 1; }
number=0
while [ "$number" -lt "$rounds" ]; do
    number=$((number + 1))
    say "round $number of $rounds"
    round
done
"$bench/rpc/run.sh" "$rounds" >>measures
say "commands, and system calls"
commands
system_calls
number=0
while [ "$number" -lt "$heavy" ]; do
    number=$((number + 1))
    say "$MANY plugins, round $number of $heavy"
    each many "dlopen plugin dlopen-global" open "$work/many" "$MANY"
done
if [ "${BIG:-yes}" != no ]; then
    say "stamping a large program"
    stamps
fi
if [ "${HOSTS:-yes}" != no ]; then
    say "real hosts: nginx and bash"
    sh "$bench/hosts.sh" "$output/hosts" >>measures || say "there are no real hosts"
fi
cp measures "$output/measures"
python3 "$bench/report.py" "$output"
if [ -n "$GO" ]; then
    say "calls into Go"
    "$bench/go_call/run.sh" | tee "$output/go_call.txt"
fi

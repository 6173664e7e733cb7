#!/bin/sh
# SPDX-License-Identifier: MIT
# Real hosts: nginx and bash of Debian, with nine modules and all loadable builtins. Prints what the
# stamp adds to stripped files, as parts of their sizes; what plugin check of nginx and its modules
# costs, against `ls -l` of 1,000 files; and bash's first `enable -f`, above its start, by plugin_open
# and by dlopen. Builds them once.
# usage: PLUGIN=COMMAND bench/hosts.sh DIRECTORY    in the working directory of run.sh
set -eu
tests=$(cd "$(dirname "$0")/../tests" && pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/plugin-bench-hosts.XXXXXX")
trap 'rm -rf "$work"' EXIT
skipped=$work/skipped
export LC_ALL=C
. "$tests/hosts/hosts.sh"
. "$tests/hosts/nginx/build.sh"
. "$tests/hosts/bash/build.sh"
set -e

build_hosts() {
    host=nginx
    mkdir -p "$build/nginx" "$build/bash"
    sources_of_others
    sources nginx bookworm || return
    once build build
    nginx=$tree/out
    host=bash
    sources bash bookworm || return
    once build build_shell
    once modules build_modules
    bash=$tree
    ported=$build/bash/ported-$version
    [ -e "$ported" ] || {
        mkdir "$ported"
        tar -C "$ported" --no-same-owner --strip-components=1 -xf "$(tarball bash)"
    }
    tree=$ported
    once port port_shell
}
# A shell that exits leaves no variables: the hosts are built in this one.
build_hosts >&2

# growth FILE: prints what the stamp adds to the stripped file, as a part of its size.
growth() {
    strip -R .BTF -R .plugin -o "$work/plain" "$1"
    cp "$1" "$work/stamped"
    "$PLUGIN" stamp "$work/stamped" 2>/dev/null || return 0 # of C++: -g is missing
    strip "$work/stamped"
    echo "$(wc -c <"$work/stamped") $(wc -c <"$work/plain")" | awk '{ print $1 / $2 - 1 }'
}
# measure_growth LABEL FILE...: prints each.
measure_growth() {
    growth_label=$1
    shift
    for growth_file; do
        growth "$growth_file" | sed "s/^/hosts.$growth_label plugin /"
    done
}
measure_growth nginx "$nginx/nginx"
measure_growth bash "$bash/bash"
measure_growth nginx-modules "$nginx"/*.so
measure_growth bash-builtins "$bash"/modules/*

mkdir "$work/nginx" "$work/thousand"
cp "$nginx/nginx" "$nginx"/*.so "$work/nginx"
"$PLUGIN" stamp "$work/nginx"/* 2>/dev/null
(cd "$work/thousand" && seq -f 'file%g.so' 1000 | xargs touch)
check="$PLUGIN check --allow-unstamped --global=$work/nginx/ngx_stream_module.so $work/nginx/nginx"
for module in $modules; do
    [ "$module" = ngx_stream_module ] || check="$check $work/nginx/$module.so" # that is judged already
done
./commands 21 plugin "" "$check" ls "" "ls -l $work/thousand" |
    sed -nE 's/^(plugin|ls)\.([a-z]*) (.*)/hosts-check.\2 \1 \3/p'

# The first `enable -f` of a process, above a start without it.
"$PLUGIN" stamp "$ported/bash" "$bash/modules/basename" 2>/dev/null
printf 'enable -f %s/modules/basename basename\n' "$bash" >"$work/enable"
: >"$work/nothing"
./commands 41 plugin "" "$ported/bash --norc $work/enable" plugin-start "" "$ported/bash --norc $work/nothing" \
    dlopen "" "$bash/bash --norc $work/enable" dlopen-start "" "$bash/bash --norc $work/nothing" |
    awk '$1 ~ /\.time$/ {
        split($1, name, ".")
        value[name[1], ++count[name[1]]] = $2
    }
    END {
        for (i = 1; i <= count["plugin"]; i++)
            for (peer in count)
                if ((peer "-start") in count)
                    printf "hosts-enable.time %s %d\n", peer, value[peer, i] - value[peer "-start", i]
    }'

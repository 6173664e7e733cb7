# SPDX-License-Identifier: MIT
# Judges nbdkit's own plugins and filters, all of them that are built, and its plugins of earlier years
# that its sources carry, by the servers of two versions, and loads and uses them.
# shellcheck shell=sh disable=SC2154
set -u
. "$tests/hosts/hosts.sh"
here=$tests/hosts/nbdkit

# What needs other languages' compilers, a hypervisor or a large library is left out.
configure_tree() {
    ./configure -q CFLAGS='-g -O2' PYTHON=/usr/bin/python3 --without-manpages --without-bash-completions --disable-static \
        --disable-valgrind --disable-ocaml --disable-rust --disable-golang --disable-torrent \
        --disable-vddk --disable-linuxdisk --without-libguestfs --without-libvirt --without-libblkio \
        "$@"
}

# build_tree: also a server that takes filters of any version, `any`.
build_tree() {
    make -j"$jobs"
    cp server/nbdkit server/own
    cp -p server/filters.c filters.c.saved
    sed 's/strcmp (filter->_version, PACKAGE_VERSION) != 0/0/' filters.c.saved >server/filters.c
    ! cmp -s server/filters.c filters.c.saved
    make -C server nbdkit
    cp server/nbdkit server/any
    mv filters.c.saved server/filters.c
    touch server/filters.c
    make -C server nbdkit
}

# What a host that nobody has ported is told: its handles have another tag in public.
stamp_tree() {
    "$PLUGIN" stamp --alias='struct context=struct nbdkit_context' \
        --alias='struct context=struct nbdkit_next_ops' \
        --alias='struct backend=struct nbdkit_backend' server/own server/any
    "$PLUGIN" stamp plugins/*/.libs/*.so filters/*/.libs/*.so
    for of in plugin1 plugin2 filter; do
        case $of in
        # Its comment: "New fields will only be added at the end of the struct". The server copies
        # what is there.
        plugin?) set -- --grows='struct nbdkit_plugin,sized=_struct_size' \
            -DNBDKIT_API_VERSION="${of#plugin}" ;;
        filter) set -- -DFILTER ;;
        esac
        "$PLUGIN" build -buildmode=interface -o "$of.expects" "$here/expects.c" -Iinclude "$@"
    done
}

# stamp_old: the plugins of earlier years that were built with -g.
stamp_old() {
    for module in tests/old-plugins/"$(uname -m)"/Linux/*/*.so; do
        readelf -S "$module" | grep -q '\.debug_info' || continue
        old=old/$(basename "$(dirname "$module")" | sed 's/^v//')
        mkdir -p "$old"
        cp "$module" "$old"
        "$PLUGIN" stamp "$old/${module##*/}"
    done
}

# of VERSION: sets tree and version.
of() { version=$1 tree=$build/nbdkit/nbdkit-$1; }

# use SERVER MODULE EXPECTED: sets outcome.
use() {
    rm -rf "$work/use"
    mkdir "$work/use"
    outcome "$3" env -C "$work/use" TMPDIR="$work/use" "$here/use.sh" "$tree" "$tree/server/$1" "$2"
}

# try ON FROM MODULE EXPECTED: judges and uses a module of FROM with the server of ON. A filter of another
# version is refused by the text of its version alone, so a server that does not compare it tells more.
try() {
    of "$1"
    case $3 in
    *-plugin.so) set -- "$@" --interface="$tree/plugin2.expects" --interface="$tree/plugin1.expects" ;;
    *) set -- "$@" --interface="$tree/filter.expects" ;;
    esac
    judge "$tree/server/own" "$3" "$5" ${6+"$6"}
    use own "$3" "$4"
    if [ "$outcome" = refuses ] && grep -q '_version = .*, need' "$work/said"; then
        use any "$3" "$4"
        outcome="refuses, but $outcome"
    fi
    row "$1" "$2" "$(basename "$3" .so | sed 's/^nbdkit-//')" "$outcome"
}

versions=
for suite in bookworm trixie sid; do
    sources nbdkit "$suite" || continue
    case " $versions " in *" $version "*) continue ;; esac
    once configure configure_tree
    once make build_tree
    once stamp stamp_tree
    once old stamp_old
    versions="$versions $version"
    case $versions in *' '*' '*) break ;; esac
done

# With its own server first: that says how a module behaves.
for from in $versions; do
    say "the plugins and filters of $from"
    mkdir "$work/$from"
    for on in $from $versions; do
        [ -e "$work/$from/done-$on" ] && continue
        : >"$work/$from/done-$on"
        for module in "$build/nbdkit/nbdkit-$from"/plugins/*/.libs/nbdkit-*-plugin.so \
            "$build/nbdkit/nbdkit-$from"/filters/*/.libs/nbdkit-*-filter.so; do
            try "$on" "$from" "$module" "$work/$from/${module##*/}"
        done
    done
done

# Each does what the file plugin of a host's own version does.
for on in $versions; do
    say "the plugins of earlier years, on $on"
    of "$on"
    export BASIC=1
    own=$tree/plugins/file/.libs/nbdkit-file-plugin.so
    use own "$own" "$work/old-$on"
    for module in "$tree"/old/*/*.so; do
        [ -e "$module" ] || continue
        try "$on" "$(basename "$(dirname "$module")")" "$module" "$work/old-$on"
    done
    unset BASIC
done

# ---- the port ----

prefix=${PLUGIN%/bin/*}
library=$(dirname "$(find "$prefix" -name libplugin.so)")

# stamp_port: with what is built only for tests. Who builds a plugin elsewhere promises nothing.
stamp_port() {
    make -k -j"$jobs" check TESTS=
    "$PLUGIN" stamp --grows='struct nbdkit_plugin' --grows='struct nbdkit_plugin_v1' server/nbdkit
    "$PLUGIN" stamp plugins/*/.libs/*.so filters/*/.libs/*.so tests/.libs/*.so
}

build_port() {
    python3 "$here/port.py" .
    configure_tree CPPFLAGS="-I$prefix/include" LDFLAGS="-L$library -Wl,-rpath,$library"
    make -j"$jobs"
    stamp_port
}

# run_suite: nbdkit's own tests. Those that fail run again, alone: some do not bear a busy machine.
run_suite() {
    export PATH=/usr/sbin:/usr/bin:/sbin:/bin
    make -k -j"$jobs" check </dev/null || :
    again=$(sed -n 's/^FAIL: \([^ ]*\)$/\1/p' tests/test-suite.log | tr '\n' ' ')
    echo "again: $again"
    [ -z "$again" ] || make -C tests -k check TESTS="$again" </dev/null || :
}

# suite_says TREE: prints the last result of each test.
suite_says() {
    awk '/^(PASS|SKIP|XFAIL|FAIL|XPASS|ERROR): / { last[$2] = $1 }
        END { for (test in last) print last[test], test }' "$1.suite.log" | sort -k2
}

# lines SIGN: prints how many the port adds or removes.
lines() {
    for file in main.c debug-flags.c backend.c Makefile.am; do
        diff -u "$original/server/$file" "$tree/server/$file"
    done | grep -v '^---\|^+++' | grep -c "^$1"
}

# refused KIND TEXT FLAG...: the ported server refuses this source with this text, and none of its code
# runs: its constructor prints RAN.
refused() {
    kind=$1 text=$2
    shift 2
    {
        cat
        printf '%s\n' '__attribute__((constructor)) static void ran(void) { write(2, "RAN\n", 4); }'
    } >"$work/wrong.c"
    gcc -g -shared -fPIC -Wl,-Bsymbolic -o "$work/wrong.so" "$@" -I"$tree/include" "$work/wrong.c" \
        >"$work/printed" 2>&1 && "$PLUGIN" stamp "$work/wrong.so" ||
        fail "cannot build a wrong $kind: $(cat "$work/printed")"
    case $kind in
    plugin) set -- "$work/wrong.so" ;;
    filter) set -- --filter="$work/wrong.so" "$tree/plugins/null/.libs/nbdkit-null-plugin.so" ;;
    esac
    if "$tree/server/nbdkit" "$@" --dump-plugin >"$work/printed" 2>&1 || grep -q RAN "$work/printed" ||
        ! grep -q "$text" "$work/printed"; then
        fail "ported $version: a wrong $kind: $(cat "$work/printed")"
    fi
    say "ported $version: $(grep "$text" "$work/printed" | sed "s|$work/||g")"
}

# The edits are for the newest.
version=${versions##* }
original=$build/nbdkit/nbdkit-$version tree=$build/nbdkit/ported-$version
[ -n "$version" ] || exit 0
if [ ! -e "$tree" ]; then
    mkdir "$tree.new"
    tar -C "$tree.new" --strip-components=1 -xf "$(ls "$build"/downloads/*/nbdkit_"$version".orig.tar.*)"
    mv "$tree.new" "$tree"
fi
once port build_port

works=0 count=0
for module in "$tree"/plugins/*/.libs/nbdkit-*-plugin.so "$tree"/filters/*/.libs/nbdkit-*-filter.so; do
    count=$((count + 1))
    use nbdkit "$module" "$work/$version/${module##*/}"
    if [ "$outcome" = works ]; then
        works=$((works + 1))
    else
        say "ported $version: ${module##*/} $outcome: $(cat "$work/said")"
    fi
done
say "ported $version: $works of $count plugins and filters work"
[ "$works" -eq "$count" ] || fail "ported $version: some do not work"

refused plugin 'plugin_init: result' <<'END'
#include <unistd.h>
static int nothing;
int *plugin_init(void) { return &nothing; }
END
refused plugin 'nbdkit_parse_size: result' <<'END'
#include <unistd.h>
#define NBDKIT_API_VERSION 2
#define nbdkit_parse_size nbdkit_parse_size_64
#include <nbdkit-plugin.h>
#undef nbdkit_parse_size
#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL
int nbdkit_parse_size(const char *);
static int64_t size(void *handle) { return nbdkit_parse_size("1M"); }
static struct nbdkit_plugin wrong = {.name = "wrong", .get_size = size};
NBDKIT_REGISTER_PLUGIN(wrong)
END
# nbdkit itself tells filters of other versions by the text of the version. This one has the same.
mkdir "$work/older"
sed '/dump_plugin/d' "$tree/include/nbdkit-filter.h" >"$work/older/nbdkit-filter.h"
refused filter 'struct nbdkit_filter: the plugin lacks member dump_plugin' -I"$work/older" <<'END'
#include <unistd.h>
#include <nbdkit-filter.h>
static struct nbdkit_filter wrong = {.name = "wrong"};
NBDKIT_REGISTER_FILTER(wrong)
END

for tree in "$original" "$build/nbdkit/ported-$version"; do
    once suite run_suite
    suite_says "$tree" >"$work/suite-${tree##*/}"
    say "${tree##*/}: $(cut -d: -f1 "$work/suite-${tree##*/}" | sort | uniq -c | tr -s ' \n' ' ')"
done
diff "$work/suite-${original##*/}" "$work/suite-${tree##*/}" >"$work/printed" ||
    fail "the tests of nbdkit $version and of the port differ: $(cat "$work/printed")"
port_row "$version" "$(lines +)" "$(lines -)" "$(cut -d: -f1 "$work/suite-${tree##*/}" | sort | uniq -c |
    sed 's/^ *//' | paste -sd, - | sed 's/,/, /g')"

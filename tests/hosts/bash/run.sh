# SPDX-License-Identifier: MIT
# Judges the loadable builtins of bash's examples/loadables, all of them, by the shells of all
# versions, and loads and uses them.
# shellcheck shell=sh disable=SC2154
set -u
. "$tests/hosts/hosts.sh"
here=$tests/hosts/bash

. "$tests/hosts/bash/build.sh"

# builtins MODULE: prints the names of the builtins that it defines.
builtins() { nm -D --defined-only "$1" | sed -n 's/.* D \(.*\)_struct$/\1/p'; }

# expects TREE NAME...: sets interface to a file of what this shell expects of these builtins.
expects() {
    headers=$1
    shift
    interface=$headers/expects/$(echo "$*" | tr ' ' ,)
    [ -e "$interface" ] && return
    mkdir -p "$headers/expects"
    "$PLUGIN" build -buildmode=interface -o "$interface" "$here/expects.c" -DHAVE_CONFIG_H -DSHELL \
        -D"BUILTINS=$(printf 'BUILTIN("%s") ' "$@")" -I"$headers" -I"$headers/include" \
        -I"$headers/lib" -I"$headers/builtins" >"$work/log" 2>&1 ||
        fail "what bash expects of $*: $(cat "$work/log")"
}

# A user and a group that differ, and of which none is 0, for what prints them.
if unshare -U --map-user=11 --map-group=12 true 2>/dev/null; then
    as_user="unshare -U --map-user=11 --map-group=12"
elif [ "$(id -u)" -eq 0 ]; then
    as_user="setpriv --regid=12 --clear-groups"
else
    as_user=
fi

# use SHELL MODULE EXPECTED NAME...: sets outcome. The dynamic loader ends a shell with status 127
# that calls a function which nothing defines: this is a crash, and not a command that is missing.
use() {
    shell=$1 module=$2 expected=$3
    shift 3
    rm -rf "$work/use"
    mkdir "$work/use"
    # shellcheck disable=SC2016,SC2086
    outcome "$expected" env -C "$work/use" -u BASH_ENV sh -c \
        '"$@"; status=$?; [ "$status" -ne 127 ] || kill -ABRT $$; exit "$status"' use \
        $as_user "$shell" --norc "$here/use.bash" "$module" "$@"
}

# of VERSION: sets tree and version.
of() { version=$1 tree=$build/bash/bash-$1; }

versions=
for suite in bookworm trixie sid; do
    sources bash "$suite" || continue
    case " $versions " in *" $version "*) continue ;; esac
    once build build_shell
    once modules build_modules
    versions="$versions $version"
done

# With its own shell first: that says how a module behaves.
for from in $versions; do
    say "the builtins of $from"
    mkdir "$work/$from"
    for on in $from $versions; do
        [ -e "$work/$from/done-$on" ] && continue
        : >"$work/$from/done-$on"
        of "$on"
        for module in "$build/bash/bash-$from/modules/"*; do
            name=${module##*/}
            # shellcheck disable=SC2046
            set -- $(builtins "$module")
            expects "$tree" "$@"
            judge "$tree/bash" "$module" --interface="$interface"
            use "$tree/bash" "$module" "$work/$from/$name" "$@"
            row "$on" "$from" "$name" "$outcome"
        done
    done
done

# ---- the port ----

# run_suite: bash's own tests, in one environment, and not as root: some tests refuse that.
run_suite() {
    suite=$work/suite
    rm -rf "$suite"
    mkdir "$suite"
    # shellcheck disable=SC2086
    env -i PATH="$PATH" HOME="$suite" TMPDIR="$suite" LC_ALL=C $as_user make tests </dev/null
}

# suite_says TREE: prints what its tests printed, without paths and numbers of processes.
suite_says() {
    sed -n '/^Any output from any test/,$p' "$1.suite.log" |
        sed "s|$1|TREE|g; s|/[^ ]*/suite/|/|g; s/bashtst-[0-9]*/bashtst-N/g; s/([0-9]*)/(N)/g"
}

# lines SIGN: prints how many the port adds or removes.
lines() {
    for file in builtins/enable.def Makefile.in; do
        diff -u "$original/$file" "$tree/$file" | sed 1,2d
    done | grep -c "^$1"
}

# verdict_of ON FROM MODULE: prints what check said of this builtin with the unported shell.
verdict_of() {
    awk -F '\t' -v on="$1" -v from="$2" -v module="$3" \
        '$1 == "bash" && $2 == on && $3 == from && $4 == module { print $6 }' "$results"
}

# refused NAME TEXT <SOURCE: the ported shell refuses this builtin with this text, and none of its
# code runs: each function would print RAN.
refused() {
    name=$1 text=$2
    cat >"$work/$name.c"
    if ! gcc -g -shared -fPIC -o "$work/$name.so" "$work/$name.c" ||
        ! "$PLUGIN" stamp "$work/$name.so"; then
        fail "cannot build $name"
    fi
    # shellcheck disable=SC2016
    "$tree/bash" --norc -c 'enable -f "$1" "$2"; "$2"' bash "$work/$name.so" "$name" \
        >"$work/printed" 2>&1
    if grep -q RAN "$work/printed" || ! grep -qF "$text" "$work/printed"; then
        fail "ported $version: $name: $(cat "$work/printed")"
    fi
    say "ported $version: refuses $name: $(grep -F "$text" "$work/printed")"
}

# The oldest and the newest shell.
first=${versions# } last=${versions##* }
first=${first%% *}
for version in $(printf '%s\n' "$first" "$last" | uniq); do
    original=$build/bash/original-$version tree=$build/bash/ported-$version
    unported=$build/bash/bash-$version
    for copy in "$original" "$tree"; do
        [ -e "$copy" ] && continue
        mkdir "$copy"
        tar -C "$copy" --no-same-owner --strip-components=1 -xf "$build"/downloads/*/"bash_$version".orig.tar.*
    done
    once port port_shell

    # What check said of the unported shell, the ported one does.
    for from in $versions; do
        right=0 count=0
        for module in "$build/bash/bash-$from/modules/"*; do
            name=${module##*/} count=$((count + 1))
            # shellcheck disable=SC2046
            use "$tree/bash" "$module" "$work/$from/$name" $(builtins "$module")
            verdict=$(verdict_of "$version" "$from" "$name")
            case $verdict/$outcome in
                fits/works | refused/refuses) right=$((right + 1)) ;;
                *) fail "ported $version, $name of $from: $verdict, but it $outcome: $(cat "$work/said")" ;;
            esac
        done
        say "ported $version, builtins of $from: $right of $count as plugin check says"
    done

    # A builtin without a stamp opens as before, also once more.
    gcc -shared -o "$work/hello" "$unported/examples/loadables/hello.o"
    # shellcheck disable=SC2016
    for _ in 1 2; do
        echo 'enable -f "$1" hello && hello && enable -d hello'
    done >"$work/hello.bash"
    "$unported/bash" --norc "$work/hello.bash" "$work/hello" >"$work/unported" 2>&1
    "$tree/bash" --norc "$work/hello.bash" "$work/hello" >"$work/ported" 2>&1
    cmp -s "$work/unported" "$work/ported" ||
        fail "ported $version: a builtin without a stamp: $(cat "$work/ported")"

    # A struct builtin without flags: nothing of it runs, not even what loads it.
    refused older 'lacks member flags' <<'E2'
#include <stdio.h>
struct word_list;
struct builtin {
    char *name;
    int (*function)(struct word_list *);
    char *const *long_doc;
    const char *short_doc;
    char *handle;
};
static char *const doc[] = {"RAN", NULL};
static int older(struct word_list *list) { (void)list; return puts("RAN"); }
int older_builtin_load(char *name) { (void)name; return puts("RAN"); }
struct builtin older_struct = {"older", older, doc, "RAN", NULL};
E2
    # A function of another type that would load it: it does not run.
    refused loader 'symbol loader_builtin_load' <<'E2'
#include <stdio.h>
struct word_list;
struct builtin {
    char *name;
    int (*function)(struct word_list *);
    int flags;
    char *const *long_doc;
    const char *short_doc;
    char *handle;
};
static char *const doc[] = {"RAN", NULL};
static int loader(struct word_list *list) { (void)list; return puts("RAN"); }
int loader_builtin_load(long name) { (void)name; return puts("RAN"); }
struct builtin loader_struct = {"loader", loader, 1, doc, "RAN", NULL};
E2
    # What it uses of the shell has another type: not even its constructors run.
    refused user 'builtin_usage:' <<'E2'
#include <stdio.h>
int builtin_usage(double);
__attribute__((constructor)) static void start(void) { puts("RAN"); }
int user_builtin_load(char *name) { return name && builtin_usage(1) > 0; }
E2

    # Its own tests say the same, before and after.
    of "$version"
    once suite run_suite
    suite_says "$tree" >"$work/unported"
    tree=$build/bash/ported-$version
    once suite run_suite
    suite_says "$tree" >"$work/ported"
    diff "$work/unported" "$work/ported" || fail "$version: the port changes what bash's tests say"
    port_row "$version" "$(lines +)" "$(lines -)" "$(grep -c '^run-' "$work/ported")"
done

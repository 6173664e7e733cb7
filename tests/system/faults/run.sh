#!/bin/sh
# SPDX-License-Identifier: MIT
# Faults: each system call and allocation of an open, and each allocation of a use and of a stamp, fails
# in turn; SIGKILL ends `plugin stamp` and `plugin build` at each system call. Results include the
# number of cases.
# usage: run.sh STAMPS, the program built from tests/system/faults/stamps.c
. "$(dirname "$0")/../../common/tap.sh"
sources=$tests/system/faults
stamps=$(realpath "$1")
cd "$work" || exit 1

# counted NAME COMMAND...: passes if the command succeeds. Its first line is added to the name.
counted() {
    counted_name=$1
    shift
    if "$@" >log 2>&1; then
        pass "$counted_name: $(sed -n 1p log)"
    else
        { echo "exit status $?: $*"; cat log; } >why
        fail "$counted_name" <why
    fi
}

plugin_of() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$sources/plugin.c" "$@"
}

# both NAME ARGUMENT...: builds a plugin and a similar one that is refused.
both() {
    both_name=$1
    shift
    check "build $both_name" plugin_of "$both_name.so" "$@"
    check "build its refused twin" plugin_of "${both_name}_refused.so" -DREFUSED "$@"
}

if [ -n "$TEST_CFLAGS" ]; then
    skip "all faults" "a sanitizer has its own allocations and system calls: $TEST_CFLAGS"
    finish
    exit
fi

check "build the program that kills" cc -D_GNU_SOURCE -Wall -Wextra -o kills "$sources/kills.c" \
    "$sources/files.c" "$sources/trace.c"
untraced=
./kills check || untraced="the test does not know the system calls of $(uname -m), or ptrace is not permitted"

# traced NAME COMMAND...: the same for a command that traces system calls.
traced() {
    if [ -n "$untraced" ]; then
        skip "$1" "$untraced"
    else
        counted "$@"
    fi
}

# ---- an open ----

both plain
both packaged -DPACKAGED "$sources/package.c"
check "build a library" "$PLUGIN" build -shared -fPIC -o libvalue.so -Wl,-soname,libvalue.so \
    "$sources/library.c"
both needing -DNEEDS -L. -lvalue -Wl,-rpath,"$work"

if ! getconf GNU_LIBC_VERSION >log 2>&1; then
    skip "faults of an open" "the test counts the allocations of glibc only"
else
check "build the program with the faults" "$PLUGIN" build -D_GNU_SOURCE -Wall -Wextra -o opens \
    "$sources/opens.c" "$sources/one_open.c" "$sources/allocations.c" "$sources/calls.c" \
    "$sources/trace.c"

# opens WHAT ARGUMENT...: makes each system call and each allocation of an open fail in turn.
opens() {
    opens_name=$1
    shift
    traced "system calls of $opens_name" ./opens calls "$@"
    counted "allocations of $opens_name" ./opens allocations "$@"
}

# hash FILE: prints its hash, as a trust policy names it.
hash() { printf 'hash=%s' "$(sha256sum <"$1" | cut -d' ' -f1)"; }

opens "an open" ./plain.so ./plain_refused.so
counted "hundreds of failures of each allocation" ./opens many ./packaged.so ./packaged_refused.so
mkdir empty
opens "an open with packages and inits, a search, and verify" verify search="$work/empty" \
    search="$work" packaged.so packaged_refused.so
opens "an open with a library" ./needing.so ./needing_refused.so
opens "an open by place and hash" place "$(hash plain.so)" "$(hash plain_refused.so)" \
    ./plain.so ./plain_refused.so
printf '\n' | minisign -G -f -W -p key.pub -s key.sec >log 2>&1
check "sign" "$PLUGIN" sign -s key.sec needing.so needing_refused.so libvalue.so
opens "an open by signature, with a library" "key=$(sed -n 2p key.pub)" library=libvalue.so \
    ./needing.so ./needing_refused.so

# ---- uses of an open plugin ----

check "build the program that uses it" "$PLUGIN" build -D_GNU_SOURCE -Wall -Wextra -o uses "$sources/uses.c" \
    "$sources/allocations.c"
counted "allocations of uses" ./uses ./plain.so
fi

# ---- plugin stamp ----

# unstamped FILE: removes its stamp.
unstamped() { objcopy -R .plugin -R .BTF "$1" "unstamped_$1"; }

for name in packaged needing; do
    mkdir "stamped_$name"
    check "remove the stamp of $name" unstamped $name.so
    cp unstamped_$name.so $name.stamped
    check "stamp $name" "$PLUGIN" stamp -L . $name.stamped
    counted "allocations of plugin stamp, $name" "$stamps" unstamped_$name.so $name.stamped \
        "stamped_$name"
done

# ---- kill -9 ----

mkdir kills_stamp kills_build kills_tree temporary
{ cat unstamped_packaged.so; echo; } >old.so # not stamped, and longer
every=3
[ -z "${EXHAUSTIVE:-}" ] || every=1
traced "kill -9 of plugin stamp" ./kills one $every old.so "$work/kills_stamp/plugin.so" plugin.so. \
    "$PLUGIN" stamp "$work/kills_stamp/plugin.so"
# Each case runs the compiler, so this one only copies a file.
cat >compiler <<E2
#!/bin/sh
while [ \$# -gt 1 ]; do
    [ "\$1" = -o ] && cp "$work/unstamped_packaged.so" "\$2"
    shift
done
E2
chmod +x compiler
traced "kill -9 of plugin build" ./kills one $every old.so "$work/kills_build/plugin.so" .plugin- \
    "$PLUGIN" build -buildmode=plugin "--cc=$work/compiler" -o "$work/kills_build/plugin.so" \
    "$sources/plugin.c"
export TMPDIR="$work/temporary"
traced "kill -9 of plugin build and its compiler" ./kills tree 151 old.so \
    "$work/kills_tree/plugin.so" .plugin- "$PLUGIN" build -buildmode=plugin \
    -o "$work/kills_tree/plugin.so" "$sources/plugin.c"

finish

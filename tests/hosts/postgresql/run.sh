# SPDX-License-Identifier: MIT
# PostgreSQL with the modules of its contrib/, across a minor change: two releases of one major
# version, which take each other's modules. A use is a module's regression test of the older release:
# those of the newer one also ask for what was mended since, in modules and in the server.
# shellcheck shell=sh disable=SC2154
set -u
. "$tests/hosts/hosts.sh"

build() {
    ./configure --prefix="$tree/out" --without-readline --without-zlib --without-icu CFLAGS='-g -O1' \
        LDFLAGS_SL=-Wl,-Bsymbolic
    make -s -j"$jobs"
    make -s -j"$jobs" -C contrib
    make -s install
    make -s -C contrib install
}
# An interface file for each module: its magic, its init, and the functions that its SQL can name.
stamp() {
    # What minor releases do: new members at the end of structs that the server makes.
    "$PLUGIN" stamp --grows='struct ReorderBufferTXN' out/bin/postgres
    mkdir -p expects
    for so in contrib/*/*.so; do
        name=$(basename "$so" .so)
        cp "$so" "out/lib/postgresql/$name.so" 2>/dev/null || cp "$so" "out/lib/$name.so"
        "$PLUGIN" stamp "$so"
        {
            printf '#include "postgres.h"\n#include "fmgr.h"\n#include <plugin.h>\n'
            echo 'PLUGIN_EXPECTS("Pg_magic_func", const Pg_magic_struct *(void));'
            echo 'PLUGIN_EXPECTS_OPTIONAL("_PG_init", void (void));'
            nm -D --defined-only "$so" | sed -n \
                's/.* pg_finfo_\(.*\)/PLUGIN_EXPECTS_OPTIONAL("\1", Datum (FunctionCallInfo));/p'
        } >"expects/$name.c"
        "$PLUGIN" build -buildmode=interface -Isrc/include -o "expects/$name.expects" "expects/$name.c"
    done
}

# Is a database server of these programs running? PostgreSQL refuses to run as root.
as_user() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi; }
# serve TREE MODULES: starts the server of TREE with the contrib modules of the tree MODULES.
serve() {
    rm -rf "$work/server"
    mkdir "$work/server"
    cp -r "$1/out" "$work/server/out"
    lib=$("$work/server/out/bin/pg_config" --pkglibdir)
    cp "$2"/contrib/*/*.so "$lib"
    chmod 755 "$work"
    mkdir "$work/server/data" "$work/server/socket"
    [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$work/server/data" "$work/server/socket"
    (
        cd "$work/server/data" || exit 1
        as_user ../out/bin/initdb -A trust -U postgres -D . -N
        as_user ../out/bin/pg_ctl -D . -w -l log -o "-k $work/server/socket -c listen_addresses= -c fsync=off -c wal_level=logical" start
    ) >"$work/server/log" 2>&1 || fail "$1: the server does not start: $(tail -n 5 "$work/server/log")"
}
stop() { (cd "$work/server/data" && as_user ../out/bin/pg_ctl -D . -m immediate -w stop) >/dev/null 2>&1; }
# use NAME DIRECTORY SERVER: loads the module in the server that runs, and runs its tests; a server that crashed
# has said so in its log.
cat >"$work/use" <<'END'
name=$1 directory=$2 server=$3
: >"$server/data/log"
export PGHOST="$server/socket" PGUSER=postgres
"$server/out/bin/psql" -q -X -v ON_ERROR_STOP=1 -d postgres -c "LOAD '$name'" >&2 || exit 99
echo loaded
if grep -q '^REGRESS' "$directory/Makefile" && ! grep -q '^NO_INSTALLCHECK *= *1' "$directory/Makefile"; then
    # Some fail in every server like this one: what counts is that they do so in both.
    make -s -C "$directory" installcheck 2>&1 | sed -n 's/^ *\(test .*\) \.\.\. *\(ok\|FAILED\).*/\1 \2/p'
fi
! grep -q 'terminated by signal' "$server/data/log" || exit 139
END

pair() {
    trees=
    while [ $# -gt 0 ]; do
        sources "$1" "$2" || return 1
        case $trees in *"$tree"*) return 1 ;; esac
        trees="$trees $version=$tree"
        shift 2
    done
}
pair postgresql-15 bookworm postgresql-15 bookworm-security ||
    pair postgresql-13 bullseye postgresql-13 bullseye-security ||
    { say "skipped: the archive has no two releases of a major version"; exit 0; }
for own in $trees; do
    tree=${own#*=} version=${own%%=*}
    once build build
    once stamp stamp
done
oldest=${trees# }
oldest=${oldest%% *}
for of in $trees; do
    for on in "$of" $(echo "$trees" | tr ' ' '\n' | grep -vFx "$of"); do
        say "PostgreSQL ${on%%=*} with modules of ${of%%=*}"
        serve "${on#*=}" "${of#*=}"
        for so in "${of#*=}"/contrib/*/*.so; do
            name=$(basename "$so" .so)
            directory=${oldest#*=}/contrib/$(basename "${so%/*}")
            [ -e "${on#*=}/expects/$name.expects" ] && [ -e "$directory" ] || continue
            judge "${on#*=}/out/bin/postgres" "$so" "--interface=${on#*=}/expects/$name.expects"
            outcome "${of#*=}/expects/$name.printed" sh "$work/use" "$name" "$directory" "$work/server"
            row "${on%%=*}" "${of%%=*}" "$name" "$outcome"
        done
        stop
    done
done

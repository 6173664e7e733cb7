#!/bin/sh
# SPDX-License-Identifier: MIT
# Promises in plugin inspect and plugin header. *.expected has what they print, which REFUSE_WRITE=1
# writes anew.
# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/cmd/promises
cd "$work" || exit 1

# same NAME <TEXT: passes if the text is that of NAME.expected.
same() {
    cat >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$source/$1.expected"
    check_same "the output of $1" "$source/$1.expected" actual
}
# plugin OUTPUT SOURCE FLAG...: builds a plugin.
plugin() {
    output=$1 from=$2
    shift 2
    "$PLUGIN" build -buildmode=plugin -o "$output" "$source/$from" "-I$source" "$@"
}
# host OUTPUT SOURCE FLAG...: builds a host.
host() {
    output=$1 from=$2
    shift 2
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o "$output" "$source/$from" "-I$source" -I. $TEST_CFLAGS "$@"
}
build() {
    for v in 1 2; do
        host host$v host.c -DV=$v && plugin plugin$v.so plugin.c -DV=$v '-DHEADER="api.h"' &&
            plugin copy$v.so plugin.c -DV=$v -DCOPY '-DHEADER="api.h"' && plugin lender$v.so lender.c -DV=$v &&
            host borrower$v borrower.c -DV=$v '-DHEADER="lender.h"' || return 1
    done
}
cat >lender.h <<'EOT'
#include "api.h"
info *lend(const struct module *module);
EOT
check "the hosts and plugins build" build

# ---- inspect ----

with_array() {
    host array host.c -DV=1 -DARRAY && "$PLUGIN" stamp --grows=info array
}
check "a host with an array builds, and promises for other modules" with_array
for file in array copy1.so; do
    "$PLUGIN" inspect $file | sed -n "s|^$file\$|&|p;/^promises/,/^constructors/p" | grep -v '^constructors'
done >shown
same inspect <shown
"$PLUGIN" inspect --json array >json
cat >read.py <<'EOT'
import json
host = json.loads(open("json").readline())
assert host["promises"] == [
    {"type": "struct api", "promise": "grows", "name": None, "unmarked": False,
     "objects_recorded": True, "object": "variable api in host.c", "elements": None},
    {"type": "enum color", "promise": "grows", "name": None, "unmarked": False},
    {"type": "enum event", "promise": "grows_until", "name": "EVENT_COUNT", "unmarked": False},
    {"type": "info", "promise": "grows_sized", "name": "size", "unmarked": True,
     "objects_recorded": True, "object": None, "elements": None},
    {"type": "struct line", "promise": "alias", "name": "public_line"},
    {"type": "struct module", "promise": "grows_versioned", "name": "version", "unmarked": False,
     "objects_recorded": True, "object": None, "elements": "variable modules in host.c"},
], host["promises"]
EOT
check "the same as JSON" python3 read.py
echo 'int V;' >none.c
check "a module without promises has none" sh -c '"$0" build -buildmode=plugin -o none.so none.c &&
    "$0" inspect --json none.so | grep -q "\"promises\":\[\]" && ! "$0" inspect none.so | grep promises' "$PLUGIN"

# ---- header ----

headers() {
    for v in 1 2; do
        "$PLUGIN" header host$v >host$v.h && "$PLUGIN" header lender$v.so >lender$v.h || return 1
    done
}
check "the headers are printed" headers
sed -n '/^#ifdef PLUGIN_GROWS/,/^#endif/p' host1.h >shown
same header <shown
include=$(cd "$(dirname "$PLUGIN")/../include" && pwd)
compiles() {
    for compiler in "gcc -x c -std=gnu11" "clang -x c -std=gnu17" "g++ -x c++ -std=c++17" \
        "clang++ -x c++ -std=c++17"; do
        for flags in "" "-include $include/plugin.h"; do
            # shellcheck disable=SC2086 # words
            $compiler $flags -Wall -Wextra -Werror -fsyntax-only host2.h || { echo "$compiler $flags"; return 1; }
        done
    done
}
check "it compiles with and without <plugin.h>, as C and as C++" compiles

# verdict HOST PLUGIN: prints what check and a run say of them.
verdict() {
    "$PLUGIN" check "$1" "$2" 2>&1
    "./$1" "./$2" >/dev/null 2>&1
    echo "runs: $?"
}
# alike HOST1 PLUGIN1 HOST2 PLUGIN2: both pairs have one verdict, but for their names.
alike() {
    verdict "$1" "$2" >wanted
    verdict "$3" "$4" | sed "s/$3/$1/g; s/$4/$2/g" >found
    diff -u wanted found
}
generated() {
    for v in 1 2; do
        plugin generated$v.so plugin.c -include plugin.h "-DHEADER=\"$PWD/host$v.h\"" &&
            plugin generated-copy$v.so plugin.c -DCOPY "-DHEADER=\"$PWD/host$v.h\"" &&
            host generated$v borrower.c "-DHEADER=\"$PWD/lender$v.h\"" || return 1
    done
    grep -v '^PLUGIN_GROWS' host1.h >unmarked.h && plugin unmarked.so plugin.c "-DHEADER=\"$PWD/unmarked.h\"" &&
        grep -v '^PLUGIN_GROWS' lender1.h >unmarked-lender.h &&
        host unmarked borrower.c "-DHEADER=\"$PWD/unmarked-lender.h\""
}
check "plugins and hosts build with the headers" generated
for v in 1 2; do
    for w in 1 2; do
        for kind in plugin copy; do
            name=generated$v.so
            [ $kind = plugin ] || name=generated-copy$v.so
            check "the header of host $v: host $w judges a $kind as one of the original header" \
                alike host$w $kind$v.so host$w "$name"
        done
        check "the header of plugin $v: a host judges plugin $w as one of the original header" \
            alike borrower$v lender$w.so generated$v lender$w.so
    done
done
for pair in 'host1 generated1.so' 'host2 generated1.so' 'generated1 lender2.so' 'generated2 lender1.so'; do
    check "what has grown fits, and runs: $pair" "./${pair% *}" "./${pair#* }"
done
check_fails 1 "without the promises of the header, a plugin does not fit" ./host2 ./unmarked.so
check_fails 1 "nor does a host" ./unmarked ./lender2.so

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Interfaces in plugin inspect and plugin header. *.expected has what they print, which REFUSE_WRITE=1
# writes anew.
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/cmd/interfaces
cd "$work" || exit 1
here=$(pwd -P)

# same NAME <TEXT: passes if the text is that of NAME.expected.
same() {
    cat >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$source/$1.expected"
    check_same "the output of $1" "$source/$1.expected" actual
}
# shellcheck disable=SC2086 # flags are words
build() {
    "$PLUGIN" build -buildmode=plugin -o libsource.so "$source/library.c" -Wl,-soname,libsource.so &&
        "$PLUGIN" build -o host "$source/host.c" $TEST_CFLAGS -L. -lsource "-Wl,-rpath,$here" &&
        "$PLUGIN" build -buildmode=plugin -o meets.so "$source/plugins.c" -DFILTER \
            -DIMPLEMENTS
}
check "the host, its library and a plugin build" build

# ---- inspect ----

"$PLUGIN" inspect host meets.so | sed -n '/^[a-z.]*$/p;/^interfaces/,/^libraries/p;/^implements/,/^libraries/p' |
    grep -v '^libraries' | sed 's/ *0x[0-9a-f]*/  ADDRESS/' >shown
same inspect <shown
"$PLUGIN" inspect --json host meets.so >json
cat >read.py <<'E2'
import json
host, implements = [json.loads(line) for line in open("json")]
assert "sections" not in host
assert [(i["name"], i["kind"]) for i in host["interfaces"]] == [
    ("struct filter", "opened"), ("codec", "opened"), ("PLUGIN_EXPECTS", "expected")]
assert host["interfaces"][1]["members"] == [
    {"symbol": "new", "declaration": "int (*encode)(const struct line *, int)", "optional": False},
    {"symbol": "decode", "declaration": "int (*decode)(struct line *)", "optional": False},
    {"symbol": "table", "declaration": "int (*table)[4]", "optional": True}]
assert sorted(a["type"] for a in host["asked"]) == ["int (*)(const struct host_api *)", "int (*)(void)"]
assert [(i["name"], i["kind"]) for i in implements["interfaces"]] == [("struct filter", "implemented")]
E2
check "the same as JSON" python3 read.py

# ---- header ----

"$PLUGIN" header host >host.h
same header <host.h
cat >author.c <<'E2'
#include "host.h"
#ifdef __cplusplus
extern "C" {
#endif
_Bool filter_line(struct line *line) { return host_log(line) > 0; }
int filter_level = 1;
int mod_init(const struct host_api *api) { return api->get(1); }
#ifdef __cplusplus
}
#endif
#ifdef PLUGIN_H
PLUGIN_IMPLEMENTS(struct filter);
#endif
E2
include=$(cd "$(dirname "$PLUGIN")/../include" && pwd)
compiles() {
    for compiler in "gcc -x c -std=gnu11" "clang -x c -std=gnu17" "g++ -x c++ -std=c++17" \
        "clang++ -x c++ -std=c++17"; do
        for flags in "" "-include $include/plugin.h"; do
            # shellcheck disable=SC2086 # words
            $compiler $flags -Wall -Wextra -Werror -fsyntax-only author.c || { echo "$compiler $flags"; return 1; }
        done
    done
}
check "a plugin compiles with the header, with and without <plugin.h>, as C and as C++" compiles
check "and is judged by it" "$PLUGIN" build -buildmode=plugin -include plugin.h -o author.so author.c
check "it fits" "$PLUGIN" check host author.so
check "and opens" ./host "struct filter" ./author.so
sed 's/int filter_level/long filter_level/' author.c >wrong.c
check_fails 1 "one that differs from it is refused by its own stamp" \
    "$PLUGIN" build -buildmode=plugin -include plugin.h -o wrong.so wrong.c
sed 's/mod_init(const struct host_api \*api)/mod_init(struct host_api *api)/' author.c >wrong.c
check_fails 1 "and by the compiler, if the host expects the symbol by its name" gcc -fsyntax-only wrong.c
"$PLUGIN" header libsource.so >library.h
check "the library's header has its interface" has library.h "int (*source_read)(struct line *);"

finish

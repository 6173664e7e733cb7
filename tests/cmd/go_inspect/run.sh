#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin inspect and plugin header for Go plugins. tests/cmd/go_inspect has a plugin with every form of
# a Go type; REFUSE_WRITE=1 writes the expected output of inspect anew.
. "$(dirname "$0")/../../common/tap.sh"
# shellcheck source=tests/common/find_go.sh
. "$tests/common/find_go.sh"
if [ -z "$GO" ]; then
    echo "no go on PATH, nor in /usr/lib/go-*/bin; tools/install-packages installs one" |
        fail "a Go toolchain is installed"
    exit 1
fi

cp -R "$tests/cmd/go_inspect" "$work/source" && cd "$work" || exit 1
include=$(cd "$(dirname "$PLUGIN")/../include" && pwd)
version=$("$GO" version | cut -d ' ' -f 3)
echo "# $version"
# build OUTPUT FLAG|PACKAGE...
build() {
    output=$work/$1
    shift
    (cd source && "$GO" build -o "$output" "$@")
}
check "the plugin builds" build forms.so -buildmode=plugin -trimpath .

# ---- plugin inspect ----

"$PLUGIN" inspect forms.so >text 2>errors
check "a Go plugin is shown" test -s text -a ! -s errors
sed -n '/^symbols/,/^[^ s]/s/^ *\(0x[0-9a-f]*  \)*//p' text | sed '/^go packages/,$d' >actual
[ -z "${REFUSE_WRITE:-}" ] || cp actual "$tests/cmd/go_inspect/symbols.expected"
check_same "each symbol is shown with its declaration, or the reason" \
    "$tests/cmd/go_inspect/symbols.expected" actual
shows() { grep -Eq -- "^$1\$" text || { sed '/^symbols/,$d' text; return 1; }; }
for line in '  kind        shared library, .*' '  built by    go 1\.[0-9.]+.*' \
    '  stamp       none needed: a Go plugin' '  go plugin   example.com/forms' \
    '  go module   example.com/forms' 'go packages \([0-9]+\)' '  [0-9a-f]{16,}  fmt' \
    '  [0-9a-f]{16,}  example.com/forms/geom'; do
    check "as text: $line" shows "$line"
done

# ---- without a build ID, and what Go refuses ----

for flags in -buildid= "-s -w -buildid="; do
    check "the plugin builds with -ldflags='$flags'" build nameless.so -buildmode=plugin -trimpath "-ldflags=$flags" .
    "$PLUGIN" inspect nameless.so >actual 2>&1
    check "a Go plugin without a build ID is recognised: $flags" has actual "  go plugin   example.com/forms"
done
check "a plugin of another path builds" build elsewhere.so -buildmode=plugin -trimpath "-ldflags=-pluginpath=some/path -buildid=" .
"$PLUGIN" inspect elsewhere.so >actual 2>&1
check "what Go refuses is refused with Go's reason" grep -Eq \
    "Go's plugin.Open could not find symbol [A-Za-z]+: the file exports no some/path\.[A-Za-z]+; build it without -ldflags=-pluginpath=some/path" actual

cat >check.py <<'END_OF_PYTHON'
import json
import sys

plugin = json.load(sys.stdin)
version = sys.argv[1]
assert plugin["kind"] == "shared library" and not plugin["stamped"]
assert plugin["format_version"] is None and plugin["content"] is None
go = plugin["go"]
assert go["version"] == version or not go["version_exact"], go["version"]
assert version.startswith(go["version"]) or "or" in go["version"], go["version"]
assert go["plugin_path"] == go["module_path"] == "example.com/forms"
paths = [package["path"] for package in go["packages"]]
assert paths == sorted(paths) and "fmt" in paths and "example.com/forms/geom" in paths
assert all(len(bytes.fromhex(package["hash"])) >= 8 for package in go["packages"])
symbols = {symbol["name"]: symbol for symbol in plugin["symbols"]}
assert symbols["FTwo"]["declaration"] == "struct plugin_go_results_FTwo FTwo(long)"
assert symbols["FTwo"]["go_type"] == "func(int) (int, error)" and symbols["FTwo"]["reason"] is None
assert symbols["VMap"]["kind"] == "variable" and symbols["VMap"]["declaration"] is None
assert symbols["VMap"]["reason"] == "it is a map" and symbols["VMap"]["go_type"] == "map[string][]int"
END_OF_PYTHON
as_json() { "$PLUGIN" inspect --json forms.so | python3 check.py "$version"; }
check "as JSON" as_json

mkdir opener
cat >opener/opener.go <<'END_OF_GO'
package main

import "C"

import "plugin"

//export Opens
func Opens() bool { _, err := plugin.Open("/none"); return err == nil }

func main() {}
END_OF_GO
printf 'module example.com/opener\n\ngo 1.18\n' >opener/go.mod
opener() {
    (cd opener && "$GO" build -buildmode=c-shared -o ../opener.so .) &&
        "$PLUGIN" inspect opener.so >text && shows "  go version  ${version%.*}.*" &&
        shows '  [0-9a-f]{16,}  runtime'
}
check "a module that can open Go plugins is shown with its packages" opener

# ---- plugin header ----

headers() {
    "$PLUGIN" header forms.so >forms.h && "$PLUGIN" header --check forms.so >forms-check.h
}
check "header and header --check succeed" headers
# compile COMPILER STANDARD <CODE
compile() { "$1" -x "$3" "-std=$2" -Wall -Wextra -Werror -I. -I"$include" -c -o /dev/null -; }
# The header's own assertions, and those of --check, test sizes, offsets and types.
as_c() { printf '#include "forms.h"\n#include "forms-check.h"\n' | compile "$1" gnu11 c; }
with_public() { printf '#include %s\n#include %s\n#include %s\nplugin_go_string *s = &VString;\n' \
    "$3" "$4" "$3" | compile "$1" "$2" "$5"; }
own_types() {
    cat >own.h <<'END_OF_C'
#include <plugin.h>
END_OF_C
    sed -n '/^#ifndef PLUGIN_HEADER_NO_TYPES$/,/^#endif$/p' forms.h | grep -v '^#' |
        sed 's/PLUGIN_HEADER_ASSERT/_Static_assert/' >>own.h
    printf '#define PLUGIN_HEADER_NO_TYPES\n#include "own.h"\n#include "forms.h"\n' |
        compile "$1" gnu11 c
}
for compiler in gcc clang; do
    check "$compiler accepts the header, and all assertions hold" as_c $compiler
    check "$compiler: with plugin.h before it" with_public $compiler gnu11 '<plugin.h>' '"forms.h"' c
    check "$compiler: with plugin.h after it" with_public $compiler gnu11 '"forms.h"' '<plugin.h>' c
    check "$compiler: with types of another header" own_types $compiler
done
for compiler in g++ clang++; do
    check "$compiler: with plugin.h before it" \
        with_public $compiler gnu++17 '<plugin.h>' '"forms.h"' c++
    check "$compiler: with plugin.h behind it" \
        with_public $compiler gnu++17 '"forms.h"' '<plugin.h>' c++
done
every_symbol() {
    "$PLUGIN" inspect --json forms.so | python3 -c '
import json, re, sys
header = open("forms.h").read()
for symbol in json.load(sys.stdin)["symbols"]:
    what = r"/\* (func|var) %s\b.*\*/$" if symbol["reason"] else r"^(extern .*\b%s\b.*;|/\* func %s\b.*: omitted: .*\*/)$"
    assert re.search(what.replace("%s", symbol["name"]), header, re.M), symbol["name"]'
}
check "every symbol is declared, or a comment says why not" every_symbol
check "no name ends a comment" grep -q '^/\* var VTagged .*\* / / \*.*is a map \*/$' forms.h

# ---- files that are not plugins ----

same_stripped() {
    build bare.so -buildmode=plugin -trimpath '-ldflags=-s -w' . && cp forms.so stripped.so &&
        strip stripped.so && for file in bare stripped; do
        "$PLUGIN" header $file.so | sed '1,/^$/d; s/___[0-9]*//g' >"$file.h" &&
            sed '1,/^$/d; s/___[0-9]*//g' forms.h | diff - $file.h || return 1
    done
}
check "a plugin without symbol tables and debug information is read as well" same_stripped

other_go() {
    build shared.so -buildmode=c-shared . && "$PLUGIN" inspect shared.so >log &&
        grep -q '^  stamp       none: a Go module, but not a plugin$' log
}
check "other files by Go are shown as such" other_go

# damaged: changes bytes all over the file. Each change is an error, or shows something else.
damaged() {
    python3 - <<'END_OF_PYTHON'
import random

random.seed(4)
whole = open("forms.so", "rb").read()
for number in range(40):
    bytes_ = bytearray(whole)
    for _ in range(4000):
        at = random.randrange(64, len(bytes_))
        bytes_[at] = random.randrange(256)
    open(f"damaged{number}.so", "wb").write(bytes_)
END_OF_PYTHON
    for file in damaged*.so; do
        "$PLUGIN" inspect "$file" >log 2>&1
        status=$?
        [ $status -le 1 ] || { echo "exit status $status: $file"; return 1; }
    done
}
check "damaged plugins are refused, or shown" damaged

finish

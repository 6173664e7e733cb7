#!/bin/sh
# SPDX-License-Identifier: MIT
# The Python package: values, calls, refusals, isolated plugins; how it finds the library.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/document.sh"
source=$tests/languages/python
cd "$work" || exit 1
libraries=$(dirname "$(find "$(dirname "$PLUGIN")/.." -name libplugin-call.so.0 | head -n 1)")
if [ -n "${TEST_CFLAGS:-}" ] || [ "$libraries" = . ]; then
    skip "all of it" "python3 has no sanitizer, or there is no libplugin-call"
    finish
    exit
fi
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tree/python:$source" PLUGIN_LIBRARY="$libraries"

build_all() {
    for name in values needs worker; do
        "$PLUGIN" build -buildmode=plugin -O1 -o $name.so "$source/$name.c" || return 1
    done
    "$PLUGIN" build -buildmode=plugin -O2 -o other.so "$source/values.c" &&
        "$PLUGIN" build -buildmode=plugin -O2 -o slow.so "$source/worker.c"
    cat >sizes.c <<'END'
#include <plugin_types.h>
#include <stdio.h>
int main(void)
{
    return printf("%zu %zu %zu %zu\n", sizeof(struct plugin_options), sizeof(struct plugin_trust),
                  sizeof(struct plugin_isolation), sizeof(struct plugin_type_part)) < 0;
}
END
    cc -I"$tree/include" -o print_sizes sizes.c && ./print_sizes >sizes
}
check "the plugins build" build_all

# runs NAME: the tests of the file, whose results are counted here.
runs() {
    timeout "$hang" python3 -X faulthandler "$source/tap.py" "$1" "$tap_count" 2>said
    status=$?
    tap_count=$((tap_count + $(grep -c '"""' "$source/$1.py") - 1))
    if [ $status -gt 1 ]; then
        fail "$1 ends" <said
    else
        sed 's/^/# /' said
    fi
}
runs test_values
runs test_calls
runs test_plugins
[ -e "$libraries/libplugin-isolated.so.0" ] && runs test_isolated

# ---- where it is ----

unset PLUGIN_LIBRARY
installed=$work/prefix/lib/python3/dist-packages
install_there() {
    there=$work/prefix/lib$1
    mkdir -p "$installed" "$there" && cp -R "$tree/python/plugin" "$installed" &&
        cp -R "$libraries/"libplugin*.so* "$there"
}
open_there() { PYTHONPATH=$installed python3 -c 'import plugin; p = plugin.open("./values.so"); p.V = 7; print(p.V)'; }
multiarch=$(python3 -c 'import sysconfig; print(sysconfig.get_config_var("MULTIARCH"))')
for place in "" "/$multiarch"; do
    rm -rf prefix
    check "the package is copied beside lib$place" install_there "$place"
    check "and finds the library there" open_there
done
missing() { PLUGIN_LIBRARY=/nowhere python3 -c 'import plugin'; }
check_refused "without the library, it says what to do" \
    "ImportError: cannot load /nowhere/libplugin.so.0:" missing
version() {
    has "$tree/python/pyproject.toml" "version = $(sed -n "s/^  version: '\(.*\)',/\"\1\"/p" "$tree/meson.build")" &&
        ls "$tree"/python/plugin/*.py | sed 's|.*/|plugin/|' | while read -r file; do
            has "$tree/python/meson.build" "'$file'" || return 1
        done
}
check "pip and meson install the same files of the same version" version
old_syntax() {
    python3 -c 'import ast, sys
for name in sys.argv[1:]: ast.parse(open(name).read(), feature_version=(3, 9))' "$tree"/python/plugin/*.py
}
check "the syntax is that of Python 3.9" old_syntax

export PLUGIN_LIBRARY="$libraries"
[ -e "$libraries/libplugin-isolated.so.0" ] && document python python c

finish

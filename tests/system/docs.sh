#!/bin/sh
# SPDX-License-Identifier: MIT
# The documentation matches the project: manual pages are well-formed and cover every public name, and
# the README shows the tested examples.
. "$(dirname "$0")/../common/tap.sh"

cd "$tree" || exit 1
for page in plugin.1 plugin_open.3 plugin_lookup.3 plugin_as.3 plugin_go.3 plugin_package.3 \
    plugin_trust.3 plugin_open_as.3 plugin_examine.3 plugin_retire.3 plugin_find.3 plugin_interface.7 \
    plugin_grows.7 plugin_isolated.3 plugin_isolated.7 plugin_types.3 plugin_call.3; do
    check "$page has no lint" mandoc -T lint -W warning "man/$page"
done

has_page() {
    [ -e "man/$1.7" ] && return
    [ -e "man/$1.3" ] && { ! grep -q '^\.so' "man/$1.3" ||
        grep -q "\.Nm $1" "man/$(sed -n 's|^\.so man[37]/||p' "man/$1.3")"; }
}
has_macro_page() {
    grep -q "^\.\(Nm\|Fn\|Ic\) $1\b" man/plugin_package.3 man/plugin_interface.7 man/plugin_grows.7 \
        man/plugin_isolated.7
}
for name in $(sed -n 's/^#define \(PLUGIN_[A-Z_]*[A-Z]\)\(([^)]*)\)* .*/\1/p' include/plugin.h |
    grep -vx PLUGIN_API); do
    check "$name has a manual page" has_macro_page "$name"
done
for name in $(cat include/plugin*.h | grep -o '\bplugin_[a-z_]*(' | tr -d '(' | grep -v '_$' | sort -u); do
    check "$name has a manual page" has_page "$name"
done

# Each literal block of the page's examples is a whole file in C.
compiles() {
    rm -f "$work"/example*.c
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh [^E]/p' "man/$1" |
        awk -v out="$work/example" '/^\.Bd/ { on = 1; n++; next } /^\.Ed/ { on = 0 }
            on { gsub(/\\e/, "\\"); print > (out n ".c") }'
    [ -s "$work/example1.c" ] && cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude -fsyntax-only "$work"/example*.c
}
for page in plugin_examine.3 plugin_retire.3 plugin_find.3 plugin_isolated.3 plugin_types.3 plugin_call.3; do
    check "$page: its examples compile" compiles $page
done

codes() {
    sed -n '/^enum plugin_code/,/^}/s/^ *\(PLUGIN_[A-Z_]*\).*/\1/p' include/plugin.h >"$work/codes"
    while read -r code; do
        has man/plugin_open.3 "$code" || return 1
    done <"$work/codes"
    [ -s "$work/codes" ]
}
check "every code is explained" codes

# docs/testing.md lists the tests of each promise and attack of SECURITY.md; the names of their checks
# start with its number.
starts_names() { # TAG TEST: does the test, in a script or in C? stamp_bound is stamp/bound.sh.
    find tests \( -path "*/$2.sh" -o -path "*/${2%%_*}/${2#*_}.sh" -o -path "*/${2%%_*}/${2#*_}/run.sh" -o -path "*/$2/*.sh" -o -path "*/$2/*.c" \) -exec cat {} + | grep -qE "\"$1[,:]"
}
is_tested() {
    has SECURITY.md "| ${1#attack } |" || return 1
    row=$(grep "^| $1 |" docs/testing.md) || { echo "docs/testing.md has no such row"; return 1; }
    listed=$(echo "$row" | cut -d '|' -f 3 | grep -o '`[a-z_]*`' | tr -d '`')
    [ -n "$listed" ] || { echo "no test: $row"; return 1; }
    for test in $listed; do
        starts_names "$1" "$test" || { echo "no check of $test starts with $1"; return 1; }
    done
}
for number in 1 2 3 4 5 6 7 8 9 10; do
    check "P$number: the tests that docs/testing.md lists name it" is_tested "P$number"
done
for number in $(sed -n "s/^| \([0-9]*\) |.*/\1/p" SECURITY.md); do
    check "attack $number: the tests that docs/testing.md lists name it" is_tested "attack $number"
done
# Fails if a check has a number that SECURITY.md does not have.
unknown_numbers() {
    ! grep -rhoE '"(P[0-9]+|attack [0-9]+)[,:]' tests | tr -d '",:' | sort -u |
        grep -vxE 'P([1-9]|10)|attack ([1-9]|1[0-9]|2[0-3])'
}
check "no check names another promise or attack" unknown_numbers

# The C blocks of the README contain the two files.
awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' README.md >"$work/readme"
plugin_source() {
    while read -r line; do
        grep -qxF -e "$line" "$work/readme" || { echo "not in README.md: $line"; return 1; }
    done <examples/seed/plugin_name.c
}
host_source() {
    sed '1d' examples/seed/host.c >"$work/host"
    while IFS= read -r line; do
        grep -qxF -e "$line" "$work/readme" || { echo "not in README.md: $line"; return 1; }
    done <"$work/host"
}
check "the README shows the example's plugin" plugin_source
check "the README shows the example's host" host_source

awk '/^```go$/ { on = 1; next } /^```$/ { on = 0 } on' docs/go.md >"$work/page.go"
sed '/^\/\//d' tests/go/hello/hello.go >"$work/hello.go"
check_same "docs/go.md shows the Go plugin that is tested" "$work/hello.go" "$work/page.go"

help_fits() {
    "$PLUGIN" ${1:+"$1"} --help >"$work/help" && [ "$(wc -l <"$work/help")" -le 24 ] &&
        ! grep -E '.{81}' "$work/help"
}
for verb in "" build bundle flags stamp inspect header check graph new call sign verify go-bridge; do
    check "plugin $verb --help fits a screen" help_fits "$verb"
done
is_usage_error() {
    "$PLUGIN" "$@" >"$work/out" 2>"$work/err"
    [ $? -eq 2 ] && [ ! -s "$work/out" ] && [ -s "$work/err" ]
}
check "no verb is a usage error" is_usage_error
check "an unknown verb is a usage error" is_usage_error nonsense
for verb in stamp inspect header check graph new call sign verify; do
    check "plugin $verb without a file is a usage error" is_usage_error $verb
    check "plugin $verb with an unknown option is a usage error" is_usage_error $verb --nonsense x
done
check "each file says its license, or REUSE.toml does" tests/system/spdx.py .
cp REUSE.toml "$work"
echo 'int nothing;' >"$work/silent.c"
check_fails 1 "a file that does not is told" tests/system/spdx.py "$work"
cp "$work/log" "$work/silent"

check "by its name" has "$work/silent" silent.c

version() {
    [ "$("$PLUGIN" --version)" = "plugin $(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)" ]
}
check "plugin --version prints meson.build's version" version
cannot_write() {
    "$PLUGIN" --help >/dev/full 2>"$work/err"
    [ $? -eq 1 ] && has "$work/err" "No space left"
}
check "a failed write of the output is a failure" cannot_write

finish

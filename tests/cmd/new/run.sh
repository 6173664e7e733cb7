#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin new: what it writes compiles without a warning, meets the interface, and is opened by the host.
# *.expected has what it writes, which REFUSE_WRITE=1 writes anew.
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/cmd/new
cd "$work" || exit 1
cp "$tree/examples/filter/filter.c" "$tree/examples/filter/filter.h" "$tree/examples/filter/upper.c" .
cp "$tests/cmd/interfaces/api.h" "$tests/cmd/interfaces/library.c" .
cp "$source/host.c" zoo.c
cp "$tree/examples/filter/host.c" filter_main.c
cp "$tests/cmd/interfaces/host.c" several.c

# shellcheck disable=SC2086 # flags are words
hosts() {
    "$PLUGIN" build -o filter filter_main.c filter.c $TEST_CFLAGS &&
        "$PLUGIN" build -buildmode=plugin -o libsource.so library.c -Wl,-soname,libsource.so &&
        "$PLUGIN" build -o several several.c $TEST_CFLAGS -L. -lsource "-Wl,-rpath,$(pwd -P)" &&
        "$PLUGIN" build -w -o zoo-gcc zoo.c $TEST_CFLAGS &&
        "$PLUGIN" build -w --cc=clang -o zoo-clang zoo.c $TEST_CFLAGS
}
check "the hosts build" hosts

# same NAME FILE: passes if the file is that of NAME.expected.
same() {
    [ -z "${REFUSE_WRITE:-}" ] || cp "$2" "$source/$1.expected"
    check_same "$1 is written as it should be" "$source/$1.expected" "$2"
}
# builds HOST AS FILE.c: passes if every compiler builds it without a warning, and it fits. -Wpsabi is about
# vectors without AVX.
builds() {
    for compiler in gcc clang; do
        "$PLUGIN" build --cc=$compiler -buildmode=plugin -Wall -Wextra -Wconversion -Wno-psabi -Werror \
            -o "${3%.c}-$compiler.so" "$3" && "$PLUGIN" check --as="$2" "$1" "${3%.c}-$compiler.so" || return 1
    done
}
# opens HOST AS FILE.c: passes if the host opens what was built. With sanitizers, which are those of the
# library's compiler, a host by clang does not start.
opens() {
    [ "$1" = zoo-clang ] && [ -n "$TEST_CFLAGS" ] && return
    for compiler in gcc clang; do
        "./$1" "$2" "./${3%.c}-$compiler.so" >said && grep -qx opened said || { cat said; return 1; }
    done
}
# new HOST AS NAME: writes NAME.c, builds it, also with what is optional, and lets the host open it.
new() {
    check "a plugin for $1 as $2 is written" "$PLUGIN" new --for "$1" --as="$2" "$3.c"
    check "it builds without a warning, and fits" builds "$1" "$2" "$3.c"
    check "the host opens it" opens "$1" "$2" "$3.c"
    sed 's/^#if 0$/#if 1/' "$3.c" >"$3-whole.c"
    check "with what is optional, too" builds "$1" "$2" "$3-whole.c"
    check "the host opens that" opens "$1" "$2" "$3-whole.c"
}

# ---- the example ----

check "a plugin for the example's host is written" "$PLUGIN" new --for=filter mine.c
same mine.c mine.c
"$PLUGIN" header filter >filter.header
check_same "its header is that of plugin header" filter.header filter_host.h
sed -n 's/^ \*     plugin /plugin /p' mine.c >commands
sed -i "s|^plugin|'$PLUGIN'|" commands
check "the commands of its comment build and judge it" sh -e commands
check "there are two" test "$(wc -l <commands)" = 2
check_same "its header is written anew by the command that it names" filter.header - <<E2
$(eval "$(sed -n "s|^ \* The host's types: plugin \(.*\) >.*|'$PLUGIN' \1|p" mine.c)")
E2
check "its header has the host's marks" has filter_host.h \
    'PLUGIN_INFO("PLUGIN_COUNTED_MEMBER", "struct line text size");'
check "each once" test "$(grep -c PLUGIN_COUNTED_MEMBER filter_host.h)" = 1
check "so it can be isolated" "$PLUGIN" check --isolated filter mine.so
filters() { echo line | ./filter ./mine.so; }
check_refused "the example's host opens it, and calls its function" "mine.so fails at line 1" filters

# ---- all kinds of interfaces ----

new several 'struct filter' filtering
new several codec coding
new several PLUGIN_EXPECTS expected
new several 'struct source' sourcing
for host in zoo-gcc zoo-clang; do
    new $host 'struct zoo' $host-animals
    check "PLUGIN_EXPECTS of $host, all optional, is written" "$PLUGIN" new --for $host --as=PLUGIN_EXPECTS "$host-hooks.c"
    check "it builds with all of it" builds $host PLUGIN_EXPECTS "$host-hooks.c"
    check "the plugin has them" has "$host-hooks.c" "compare_fn *modules[1];"
done
sed -e 's/zoo-gcc/zoo/g; s/zoo_gcc/zoo/g' zoo-gcc-animals.c >animals
same animals.c animals
same expected.c expected.c
check "an interface without a name is written" "$PLUGIN" new --for zoo-gcc '--as=struct { int (*nameless)(int); }' nameless.c
check "it builds and fits" builds zoo-gcc 'struct { int (*nameless)(int); }' nameless.c
check "the host opens it" opens zoo-gcc struct nameless.c

check "a plugin for a library is written" "$PLUGIN" new --for ./libsource.so library_plugin.c
check "it builds and fits" builds several 'struct source' library_plugin.c
check "the host opens it" opens several 'struct source' library_plugin.c
check "an interface file is written" "$PLUGIN" build -buildmode=interface -o hooks.expects zoo.c
check "a plugin for an interface file is written" "$PLUGIN" new --for hooks.expects --as=PLUGIN_EXPECTS hooks.c
check "it names the check by that file" has hooks.c "plugin check --as=PLUGIN_EXPECTS --interface=hooks.expects hooks.so"

# ---- the host's own header ----

mkdir own
check "with the host's own header, none is written" \
    "$PLUGIN" new --for several --as=codec --header=api.h own/coding.c
check "there is none" test ! -e own/several_host.h
cp api.h own
check "it builds with that" builds several codec own/coding.c
check "the host opens it" opens several codec own/coding.c

# ---- what exists is kept ----

echo mine >kept.c
check_fails 1 "a source that exists is not replaced" "$PLUGIN" new --for filter kept.c
cp log said
check "the refusal says how it would be" has said "kept.c: it exists; --force replaces it"
echo mine >expected
check_same "it is as it was" expected kept.c
ln -s nowhere dangling.c
check_fails 1 "nor is a symbolic link that leads nowhere" "$PLUGIN" new --for filter dangling.c
check "nothing is written through it" test ! -e nowhere
mkdir other
echo mine >other/filter_host.h
check_fails 1 "nor is another header" "$PLUGIN" new --for filter other/new.c
check "the source is not written either" test ! -e other/new.c
check "with --force, both are" "$PLUGIN" new --force --for filter other/new.c
check_same "the header is new" filter.header other/filter_host.h
check "a second plugin uses the header that is there" "$PLUGIN" new --for filter other/second.c
"$PLUGIN" new --for filter mine.c >log 2>&1
check "writing the same again is no loss" test ! -s log
check_fails 1 "a directory that does not exist is an error" "$PLUGIN" new --for filter none/new.c

# ---- refusals ----

"$PLUGIN" build -buildmode=plugin -o filter.so upper.c
check_refused "a host without interfaces" "filter.so has no interface: it opens no plugin as a struct" \
    "$PLUGIN" new --for filter.so new.c
check_refused "a host that does not exist" "cannot read the host none" "$PLUGIN" new --for none new.c
check_refused "a variable of a type that the host does not define" \
    "cannot write a plugin for zoo-gcc: thing needs a struct or union that zoo-gcc does not define; use the header that does: --header=FILE" \
    "$PLUGIN" new --for zoo-gcc '--as=struct unfinished' new.c
check "with the header that does, it is written" \
    "$PLUGIN" new --for zoo-gcc '--as=struct unfinished' --header=unfinished.h unfinished.c
check_fails 2 "several interfaces without --as" "$PLUGIN" new --for several new.c
cp log said
check "the usage error names them" has said \
    "several has several interfaces; choose one by --as: struct filter, codec, PLUGIN_EXPECTS, struct source of libsource.so"
check_fails 2 "an interface that the host does not have" "$PLUGIN" new --for several --as=filter new.c
check_fails 2 "no host" "$PLUGIN" new new.c
check_fails 2 "no file" "$PLUGIN" new --for filter
check_fails 2 "two files" "$PLUGIN" new --for filter new.c other.c
check_fails 2 "a file that is no C source" "$PLUGIN" new --for filter new.cc
check "nothing was written" test ! -e new.c

finish

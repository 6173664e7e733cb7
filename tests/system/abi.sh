#!/bin/sh
# SPDX-License-Identifier: MIT
# The libraries' binary interface: which symbols, of which version; programs and plugins that are linked with
# an earlier or a later library; what has changed since the last release.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"
library=$library_directory/libplugin.so.0

# Every line that starts with PLUGIN_API declares one function; those of libplugin-call have its name.
declared() { cat "$tree"/include/*.h | grep '^PLUGIN_API ' | sed 's/.*\b\(plugin_[a-z0-9_]*\)(.*/\1/' | sort; }
exported() { nm -D --defined-only --with-symbol-versions "$1" | awk '$2 != "A" { print $3 }' | sort; }
{ declared | grep -v '^plugin_call' | sed 's/$/@@PLUGIN_0/'; echo plugin_debug_@@PLUGIN_PRIVATE; } | sort >wanted
exported "$library" >actual
check_same "libplugin exports what the headers declare, of version PLUGIN_0, and nothing else" wanted actual
declared | grep '^plugin_call' | sed 's/$/@@PLUGIN_0/' >wanted
exported "$library_directory/libplugin-call.so.0" >actual
check_same "and libplugin-call what is its own" wanted actual
if [ -e "$library_directory/libplugin-isolated.so.0" ]; then
    exported "$library_directory/libplugin-isolated.so.0" >actual
    printf '%s@@PLUGIN_PRIVATE\n' plugin_isolated_ plugin_isolated_debug_ >wanted
    check_same "libplugin-isolated exports what libplugin and debuggers find in it" wanted actual
fi
printf 'PLUGIN_API int\nplugin_new(void);\n' >unnamed.h
check_fails 1 "a declaration whose function would be forgotten stops the build" awk -f "$tree/src/exports.awk" unnamed.h

# A library as it was before it had versions.
mkdir former
# shellcheck disable=SC2086 # flags are words
cc -shared $TEST_CFLAGS -Wl,-soname,libplugin.so.0 -o former/libplugin.so.0 -Wl,--whole-archive "$library_directory/libplugin.a" \
    -Wl,--no-whole-archive -ldl -lpthread
ln -s libplugin.so.0 former/libplugin.so
cat >calls.c <<'EOF'
#include <plugin.h>
const char *told(void);
const char *told(void) { return plugin_error(); }
EOF
# by LIBRARY NAME SOURCE FLAG...: a host or a plugin that is linked with this library.
by() {
    by_directory=$1 by_name=$2 by_source=$3
    shift 3
    # shellcheck disable=SC2086
    gcc -g $TEST_CFLAGS $includes "$@" -o "$by_name" "$by_source" -L"$by_directory" -lplugin && stamp "$by_name"
}
cat >host.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int main(int count, char **words)
{
    plugin *p = plugin_open(words[count - 1]);
    const char *(*told)(void) = plugin_as(plugin_lookup(p, "told"), const char *(*)(void));
    if (!told)
        return printf("%s\n", plugin_error()), 1;
    plugin_open("./none.so");
    return puts(told()) < 0;
}
EOF
for made in former "$library_directory"; do
    age=$(basename "$made") && [ "$age" = former ] || age=new
    check "a host is linked with the $age library" by "$made" "host-$age" host.c
    check "and a plugin that calls it" by "$made" "calls-$age.so" calls.c -shared -fPIC -Wl,-Bsymbolic
done
# runs LIBRARY HOST PLUGIN: the plugin's library is the host's.
runs() {
    # musl prints nothing; glibc says that the former library has no versions, to a host that wants them.
    LD_LIBRARY_PATH=$1 "./$2" "./$3" >said 2>complaint || { cat said complaint; return 1; }
    has said "./none.so" && ! grep -v 'no version information available' complaint
}
# Symbols have versions since 1.0.0: a plugin that was linked with such a library is refused by a former one.
refuses() {
    ! LD_LIBRARY_PATH=$1 "./$2" "./$3" >said 2>complaint || return
    has said "plugin_error: version PLUGIN_0 of libplugin.so.0 not found; the plugin was linked with a newer one"
}
for host in former new; do
    for plugin in former new; do
        check "a host of the $host library and a plugin of the $plugin one run with the new one" runs "$library_directory" "host-$host" "calls-$plugin.so"
    done
    check "a host of the $host library and a plugin of the former one run with the former one" runs "$work/former" "host-$host" calls-former.so
    check "and the former one refuses a plugin of the new one" refuses "$work/former" "host-$host" calls-new.so
done

if [ "$(uname -m)" != x86_64 ] || [ -n "$TEST_CFLAGS" ]; then
    skip "the interface is that of the last release" "the dump is that of a plain build for x86-64"
    finish
    exit
fi
check "the interface is that of the last release, but for what it adds" "$tree/tools/abi" compare "$library_directory"
# What had been otherwise in the last release is told.
mkdir last
cp -r "$tree/abi" last
mkdir last/tools
cp "$tree/tools/abi" last/tools
ln -s "$tree/include" last/include
# differs NAME SED STATUS TEXT: the release's dump, changed so, differs from the library.
differs() {
    sed "$2" "$tree/abi/libplugin.so.0.abi" >last/abi/libplugin.so.0.abi
    check "$1: the dump is changed" eval "! cmp -s last/abi/libplugin.so.0.abi $tree/abi/libplugin.so.0.abi"
    last/tools/abi compare "$library_directory" >log 2>&1
    status=$?
    if [ $status -eq "$3" ] && has log "$4" >why; then pass "$1"; else { echo "status $status"; cat log; } >why; fail "$1" <why; fi
}
differs "a function that is gone" "s/plugin_seal'/plugin_shut'/g; s/plugin_seal@@/plugin_shut@@/g" 12 "plugin_shut"
differs "a function of another version" "s/version='PLUGIN_0'/version='PLUGIN_1'/; s/@@PLUGIN_0/@@PLUGIN_1/" 12 "PLUGIN_1"
differs "another number of a code" "s/name='PLUGIN_SYSTEM' value='14'/name='PLUGIN_SYSTEM' value='13'/" 4 "PLUGIN_SYSTEM"
differs "a member that moved" "/name='plugin_options' size/,/name='timeout_ms'/s/offset-in-bits='256'/offset-in-bits='288'/" 4 "timeout_ms"
differs "a member of another type" "/name='timeout_ms'/s/f0981eec/f0981eeb/" 4 "timeout_ms"
sed '/elf-symbol name=.plugin_seal. /d; /function-decl name=.plugin_seal./,/<.function-decl>/d' \
    "$tree/abi/libplugin.so.0.abi" >last/abi/libplugin.so.0.abi
check "a function that is added is no difference" last/tools/abi compare "$library_directory"

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp: any linked ELF file with DWARF 4 or 5, from any compiler and linker.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

# library COMPILER FLAG...: links the seed's plugin by hand, as $directory/plugin_name.so, and stamps it.
library() {
    mkdir -p "$directory"
    "$@" -g -shared -fPIC -Wl,-Bsymbolic -o "$directory/plugin_name.so" plugin_name.c &&
        is_not_stamped "$directory/plugin_name.so" && stamp "$directory/plugin_name.so" &&
        is_stamped "$directory/plugin_name.so" && lists "$directory/plugin_name.so" 'int V' &&
        lists "$directory/plugin_name.so" 'void F(void)'
}
directories=
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        # lld compresses no section that would not shrink: -fno-eliminate-unused-debug-types adds bytes.
        for level in -O0 -O2 '-O3 -flto' -gdwarf-4 '-gz=zlib -fno-eliminate-unused-debug-types'; do
            # Not every linker reads every compiler's intermediate code.
            # shellcheck disable=SC2086 # flags are words
            can_link "$compiler" -fuse-ld=$linker $level || continue
            directory="$work/$compiler$linker$(echo "$level" | tr -d ' =')"
            # shellcheck disable=SC2086
            check "a library by $compiler $level and $linker" \
                library "$compiler" -fuse-ld=$linker $level
            directories="$directories $directory"
        done
    done
done
for made in 'gcc*-O3' 'clang*-O3' 'gccmold-O0' 'clangbfd-gz' 'gcclld-gdwarf-4'; do
    check "the libraries include $made" sh -c "ls -d $made*"
done
for compressed in gccbfd-gz clanglld-gz; do
    check "$compressed is compressed" sh -c \
        "readelf -SW $compressed*/plugin_name.so | grep -q '[.]debug_info .* C  *0'"
done

# greets HOST DIRECTORY...: succeeds if it prints the seed's greeting with each of these libraries.
greets() {
    greeting_host=$1
    shift
    for directory; do
        (cd "$directory" && prints 'Hello, number 7' "$greeting_host") || { echo "with $directory"; return 1; }
    done
}
# How a host is linked and how its plugins are do not meet: one host opens them all, the others some.
# shellcheck disable=SC2086 # a list of words
set -- $directories
some="$1 $(ls -d "$work"/clang*-O3* | head -n 1)"
for compiler in $host_compilers; do
    for linker in bfd lld mold; do
        for level in '-O0' '-O2' '-O3 -flto' '-O0 -no-pie -fno-pie' '-O2 -no-pie -fno-pie' '-O2 -pie -fPIE'; do
            # shellcheck disable=SC2086
            can_link "$compiler" -fuse-ld=$linker ${level%%-*pie*} || continue
            is_paired "$compiler" $linker || continue
            name="a host by $compiler $level and $linker"
            # shellcheck disable=SC2086
            check "$name" link_host "$compiler" host host.c -fuse-ld=$linker $level
            check "$name is stamped" stamp host
            # shellcheck disable=SC2086
            check "$name opens plugins" greets "$work/host" $some
            kind='DYN '
            case $level in *-no-pie*) kind='EXEC ' ;; esac
            check "$name is of type $kind" sh -c "readelf -hW host | grep -q 'Type: *$kind'"
            rm host
        done
    done
    link_static() {
        # shellcheck disable=SC2086
        "$compiler" -g $TEST_CFLAGS $includes "$@" host.c "$library_directory/libplugin.a" -lpthread \
            -ldl -o host && stamp host && ! readelf -dW host | grep libplugin
    }
    check "a host by $compiler with libplugin.a" link_static
    # shellcheck disable=SC2086
    check "a host by $compiler with libplugin.a opens every plugin" greets "$work/host" $directories
    check "a host by $compiler with libplugin.a, not PIE" link_static -no-pie -fno-pie
    # shellcheck disable=SC2086
    check "a host by $compiler with libplugin.a, not PIE, opens plugins" greets "$work/host" $some
done

# A host without a stamp.
link_host "${CC:-cc}" bare_host host.c
cat >looks.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    plugin *p = plugin_open("./plugin_name.so");
    const plugin_symbol *v = plugin_lookup(p, "V");
    if (!v || !plugin_address(v) || strcmp(plugin_symbol_decl(v), "int V") != 0 || *plugin_error())
        return 1;
    if (plugin_as(v, int *) || plugin_error_code() != PLUGIN_UNSUPPORTED)
        return 2;
    puts(plugin_error());
    return 0;
}
EOF
link_host "${CC:-cc}" looks looks.c
cp gccbfd-O0/plugin_name.so .
check "a host without a stamp opens plugins and looks up symbols" ./looks
cp log said
check "its plugin_as says that it is not stamped" has said 'is not stamped'
check "and how to stamp it" has said "run: plugin stamp $(pwd -P)/looks"
check "that command succeeds" stamp "$(pwd -P)/looks"
check_fails 2 "and plugin_as then works" ./looks

# ---- another C library ----

echo 'int level(void) { return 1; } int main(void) { return level() - 1; }' >main.c
musl-gcc -g -rdynamic -o by-musl main.c
check "a program with musl is stamped" stamp by-musl
declarations by-musl >got
printf 'int level(void)\nint main(void)\n' >wanted
check_same "it has its own symbols, not those of musl's start files" wanted got
check "and not their compiler" [ "$("$PLUGIN" inspect by-musl | grep -c 'built by')" -eq 1 ]

finish

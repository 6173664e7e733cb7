#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp: the files that it refuses, with the reason, and leaves unchanged.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

gcc -g -shared -fPIC -Wl,-Bsymbolic -o old.so plugin_name.c
cp old.so plugin_name.so
stamp plugin_name.so
mkdir refused
# refused NAME FILE TEXT...: checks that the stamp refuses refused/FILE with these texts in the message,
# and leaves the file unchanged and no other file beside it.
refused() {
    refused_name=$1
    refused_file=refused/$2
    shift 2
    [ -f "$refused_file" ] && cp "$refused_file" before
    ls -lA refused >listed_before
    check_fails 1 "$refused_name is refused" stamp "$refused_file"
    cp log said
    check "$refused_name: the message names the file" has said "plugin: cannot stamp $refused_file: "
    for text; do
        check "$refused_name: it says \"$text\"" has said "$text"
    done
    check "$refused_name: the message is one line" test "$(wc -l <said)" -eq 1
    [ -f "$refused_file" ] && check "$refused_name: the file is unchanged" cmp before "$refused_file"
    ls -lA refused >listed_after
    check_same "$refused_name: no file is left beside it" listed_before listed_after
}
# refused_library NAME COMMAND TEXT...: the same for a library by this command.
refused_library() {
    refused_command=$2
    rm -f refused/*.so
    # shellcheck disable=SC2086 # words
    (cd refused && $refused_command -shared -fPIC -Wl,-Bsymbolic -o x.so ../inlines.c) ||
        fail "$1 is linked" </dev/null
    refused_name=$1
    shift 2
    refused "$refused_name" x.so "$@"
}
# An inlined function leaves DIEs even in debug information without types.
cat >inlines.c <<'EOF'
#include <stdio.h>
struct shape { int sides; };
int V;
static inline int add(struct shape *s, int x) { return s->sides + x; }
int sides(struct shape *s) { return add(s, V); }
void F(void) { printf("%d\n", V); }
EOF
for level in -O0 -O2; do
    refused_library "gcc $level -g1" "gcc $level -g1" inlines.c 'has no types' \
        'compile it with -g'
    refused_library "clang $level -g1" "clang $level -g1" inlines.c 'has no types' \
        'compile it with -g'
    refused_library "clang $level -gline-tables-only" "clang $level -gline-tables-only" inlines.c \
        -gline-tables-only 'compile it with -g'
    refused_library "clang $level -gline-directives-only" "clang $level -gline-directives-only" \
        'compile it with -g'
done
for part in baseonly reduced detailed=ind:none; do
    refused_library "gcc -femit-struct-debug-$part" "gcc -g -femit-struct-debug-$part" inlines.c \
        'omits structs of headers' 'compile it without -femit-struct-debug-baseonly'
done
refused_library "gcc -flto -g1" "gcc -O2 -flto -g1" 'compile it with -g'
refused_library "clang -flto -g1" "clang -O2 -flto -fuse-ld=lld -g1" 'compile it with -g'
for compiler in gcc clang; do
    refused_library "$compiler without -g" "$compiler" 'it has no debug information' \
        'compile it with -g'
    for version in 4 5; do
        refused_library "$compiler -gsplit-dwarf -gdwarf-$version" \
            "$compiler -g -gsplit-dwarf -gdwarf-$version" \
            'is in a separate file' 'compile it without -gsplit-dwarf or -gmodules'
        rm -f refused/*.dwo
    done
    refused_library "$compiler -gdwarf-3" "$compiler -gdwarf-3" inlines.c 'DWARF 3' \
        'compile it with -gdwarf-5 or -gdwarf-4'
    refused_library "$compiler -gdwarf-2" "$compiler -gdwarf-2" 'DWARF 2' \
        'compile it with -gdwarf-5 or -gdwarf-4'
done
mkdir modules
printf 'module shape { header "shape.h" }\n' >modules/module.modulemap
printf 'struct shape { int sides; };\n' >modules/shape.h
printf '#include "shape.h"\nint sides(struct shape *s) { return s->sides; }\n' >modules/uses.c
rm -f refused/*
if clang -g -fmodules -gmodules "-fmodules-cache-path=$work/cache" -shared -fPIC -Wl,-Bsymbolic -o refused/x.so \
    modules/uses.c 2>/dev/null; then
    refused "clang -gmodules" x.so 'is in a separate file' 'without -gsplit-dwarf or -gmodules'
else
    skip "clang -gmodules" "clang cannot compile with it"
fi
for strip in 'strip' 'strip --strip-debug'; do
    rm -f refused/*
    gcc -g -shared -fPIC -Wl,-Bsymbolic -o refused/x.so inlines.c
    # shellcheck disable=SC2086
    $strip refused/x.so
    refused "$strip before the stamp" x.so 'it has no debug information' 'compile it with -g' \
        'strip it only after the stamp'
done

# One file of several.
rm -f refused/*
gcc -g1 -c -fPIC -o poor.o plugin_name.c
gcc -g -c -fPIC -DV=W -DF=G -o rich.o inlines.c
gcc -shared -o refused/x.so poor.o rich.o
refused "one object with -g1 among others" x.so plugin_name.c 'compile it with -g'

rm -f refused/*
gcc -g -c -fPIC -o refused/x.o inlines.c
refused "a relocatable object" x.o 'relocatable object' 'after the link'
ar rc refused/x.a refused/x.o
refused "an archive" x.a 'not an ELF file'
cp inlines.c refused
refused "a text file" inlines.c 'not an ELF file'
: >refused/empty
refused "an empty file" empty 'not an ELF file'
mkdir refused/directory
refused "a directory" directory 'not a regular file'
mkfifo refused/pipe
refused "a pipe, without waiting for its writer" pipe 'not a regular file'
refused "a missing file" missing 'No such file or directory'
refused "a file in no directory" nosuch/x.so 'No such file or directory'
ln -s missing refused/link
refused "a dangling symbolic link" link 'No such file or directory'
refused "a file's name with a trailing slash" x.o/ 'Not a directory'
rm -rf refused/* # a clean directory to compare
size=$(wc -c <old.so)
for part in 3 17 64 200 $((size / 4)) $((size / 2)) $((size - 64)) $((size - 1)); do
    head -c "$part" old.so >refused/x.so
    refused "the first $part of $size bytes" x.so ''
done

# Hosts whose use of plugin_as has no debug information.
rm -f refused/*
cat >asks.c <<'EOF'
#include <plugin.h>
int *ask(plugin *p);
int *ask(plugin *p) { return plugin_as(plugin_lookup(p, "V"), int *); }
EOF
cat >main.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int *ask(plugin *p);
int main(void)
{
    plugin *p = plugin_open("./plugin_name.so");
    return !plugin_as(plugin_lookup(p, "F"), void (*)(void)) || !ask(p) ? puts(plugin_error()) : 0;
}
EOF
for compiler in $host_compilers; do
    # shellcheck disable=SC2086
    "$compiler" $TEST_CFLAGS -g0 $includes -c -o asks.o asks.c
    link_host "$compiler" refused/host main.c asks.o
    refused "a host by $compiler, one file of it without -g" host \
        '1 of its 2 uses of plugin_as and of interfaces have no debug information' 'compile every file with -g'
    # shellcheck disable=SC2086
    "$compiler" -g $TEST_CFLAGS $includes -c -o asks.o asks.c
    link_host "$compiler" refused/host main.c asks.o
    check "a host by $compiler with -g is stamped" stamp refused/host
    check "a host by $compiler with -g works" refused/host
done

finish

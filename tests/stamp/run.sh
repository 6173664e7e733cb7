#!/bin/sh
# plugin stamp: any linked ELF file with DWARF 4 or 5, whoever compiled and linked it; what it refuses,
# with the reason; and what it leaves of the file, stamped or not.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"

: "${TEST_CFLAGS:=}"
seed=$tree/examples/seed
cd "$work" || exit 1

# A host needs the flags that the library was built with, and so, if there are any, its compiler.
host_compilers='gcc clang'
[ -z "$TEST_CFLAGS" ] || host_compilers=${CC:-cc}

stamp() { "$PLUGIN" stamp "$@"; }

# prints TEXT COMMAND...: does the command succeed and print just this?
prints() {
    wanted=$1
    shift
    printed=$("$@") || { echo "failed, and printed: $printed"; return 1; }
    [ "$printed" = "$wanted" ] || { echo "printed: $printed"; return 1; }
}

section() { readelf -SW "$1" | grep -qF -e " $2 "; }
is_stamped() { section "$1" .plugin && section "$1" .BTF; }
is_not_stamped() { ! section "$1" .plugin && ! section "$1" .BTF; }

# declarations FILE: the symbols as `plugin inspect` declares them, a line each.
declarations() {
    "$PLUGIN" inspect "$1" | sed -n '/^symbols (/,/^[a-rt-z]/s/^ *[0-9a-fx]*  \(.*\)/\1/p'
}
# lists FILE DECLARATION: is this among them?
lists() { declarations "$1" | grep -qxF -e "$2" || { declarations "$1"; return 1; }; }
lists_not() { ! declarations "$1" | grep -wF -e "$2"; }

constructors() {
    "$PLUGIN" inspect "$1" | sed -n '/^constructors (/,/^sections (/s/^ *[0-9a-fx]*  \(.*\)/\1/p'
}

# What a host is compiled and linked with by hand: the flags that `plugin build` adds.
cat >recorder <<EOF
#!/bin/sh
printf '%s\n' "\$@" >"$work/record"
exit 1
EOF
chmod +x recorder
cp "$seed/host.c" "$seed/plugin_name.c" .
"$PLUGIN" build --cc="$work/recorder" -o host host.c
includes=$(grep '^-I' record)
libraries=$(grep -e '^-L' -e '^-Wl,-rpath' record)
library_directory=$(sed -n 's/^-L//p' record)

# link_host COMPILER OUTPUT SOURCE [FLAG...]: a host by hand, without a stamp.
# shellcheck disable=SC2086 # flags are words
link_host() {
    host_compiler=$1
    host_output=$2
    shift 2
    "$host_compiler" -g $TEST_CFLAGS $includes "$@" $libraries -lplugin -o "$host_output"
}
# host NAME: one from $work/NAME.c, by plugin build.
# shellcheck disable=SC2086
host() { "$PLUGIN" build $TEST_CFLAGS -o "$1" "$1.c" -lpthread; }

# can_link COMMAND...: do the compiler and the linker get on? A linker that cannot read the compiler's
# intermediate code may link nothing, without an error.
echo 'int any(void) { return 1; }' >any.c
can_link() { "$@" -shared -fPIC -o any.so any.c 2>/dev/null && nm -D any.so 2>/dev/null | grep -q ' any$'; }

# -- Every compiler and linker --

# library COMPILER FLAG...: the seed's plugin, linked by hand, as $directory/plugin_name.so.
library() {
    mkdir -p "$directory"
    "$@" -g -shared -fPIC -o "$directory/plugin_name.so" plugin_name.c &&
        is_not_stamped "$directory/plugin_name.so" && stamp "$directory/plugin_name.so" &&
        is_stamped "$directory/plugin_name.so" && lists "$directory/plugin_name.so" 'int V' &&
        lists "$directory/plugin_name.so" 'void F(void)'
}
directories=
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        # lld leaves as it is what would not be smaller: the types of all headers, used or not.
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

# greets HOST: does it print the seed's greeting with each of the libraries?
greets() {
    for directory in $directories; do
        (cd "$directory" && prints 'Hello, number 7' "$1") || { echo "with $directory"; return 1; }
    done
}
for compiler in $host_compilers; do
    for linker in bfd lld mold; do
        for level in '-O0' '-O2' '-O3 -flto' '-O0 -no-pie -fno-pie' '-O2 -no-pie -fno-pie' '-O2 -pie -fPIE'; do
            # shellcheck disable=SC2086
            can_link "$compiler" -fuse-ld=$linker ${level%%-*pie*} || continue
            name="a host by $compiler $level and $linker"
            # shellcheck disable=SC2086
            check "$name" link_host "$compiler" host host.c -fuse-ld=$linker $level
            check "$name is stamped" stamp host
            check "$name uses every library" greets "$work/host"
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
    check "a host by $compiler with libplugin.a uses every library" greets "$work/host"
    check "a host by $compiler with libplugin.a, not PIE" link_static -no-pie -fno-pie
    check "a host by $compiler with libplugin.a, not PIE, uses every library" greets "$work/host"
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
check "a host without a stamp opens and looks up" ./looks
cp log said
check "plugin_as says that it has none" has said 'is not stamped'
check "and how to stamp it" has said "run: plugin stamp $(pwd -P)/looks"
check "what plugin_as says to do" stamp "$(pwd -P)/looks"
check_fails 2 "helps" ./looks

# -- The same bytes --

gcc -g -shared -fPIC -o one.so plugin_name.c
cp one.so two.so
cp one.so old.so
stamp one.so
cp one.so once.so
stamp one.so
check "stamped twice: the same bytes" cmp once.so one.so
stamp two.so
check "a byte copy stamped: the same bytes" cmp once.so two.so
check "the stamp changes the file" test ! "$(cksum <old.so)" = "$(cksum <once.so)"
stamp one.so one.so
check "named twice: the same bytes" cmp once.so one.so

# -- After the stamp --

host host
for strip in 'strip' 'strip --strip-debug' 'strip --strip-unneeded' 'objcopy --strip-all'; do
    mkdir -p stripped
    cp once.so stripped/plugin_name.so
    # shellcheck disable=SC2086
    check "$strip" $strip stripped/plugin_name.so
    check "$strip strips" sh -c '! readelf -SW stripped/plugin_name.so | grep debug_info'
    check "$strip keeps the stamp" is_stamped stripped/plugin_name.so
    check "$strip: it opens" sh -c 'cd stripped && ../host'
    cp log said
    check "$strip: it works" has said 'Hello, number 7'
    cp stripped/plugin_name.so once_stripped.so
    check_fails 1 "$strip: it cannot be stamped again" stamp stripped/plugin_name.so
    check "$strip: and keeps its old stamp" cmp once_stripped.so stripped/plugin_name.so
done

# -- Refusals --

mkdir refused
# refused NAME FILE TEXT...: is the file, below refused/, refused, with these texts in the message, and
# left as it was, beside nothing new?
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
    check "$refused_name: in one line" test "$(wc -l <said)" -eq 1
    [ -f "$refused_file" ] && check "$refused_name: it stays as it was" cmp before "$refused_file"
    ls -lA refused >listed_after
    check_same "$refused_name: nothing new is beside it" listed_before listed_after
}
# refused_library NAME COMMAND TEXT...: the same for a library by this command.
refused_library() {
    refused_command=$2
    rm -f refused/*.so
    # shellcheck disable=SC2086 # words
    (cd refused && $refused_command -shared -fPIC -o x.so ../inlines.c) ||
        fail "$1 is linked" </dev/null
    refused_name=$1
    shift 2
    refused "$refused_name" x.so "$@"
}
# With a function that is inlined: that leaves descriptions of functions even where there are no types.
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
refused_library "gcc -flto -g1" "gcc -O2 -flto -g1" 'compile it with -g'
refused_library "clang -flto -g1" "clang -O2 -flto -fuse-ld=lld -g1" 'compile it with -g'
for compiler in gcc clang; do
    refused_library "$compiler without -g" "$compiler" 'it has no debug information' \
        'compile it with -g'
    for version in 4 5; do
        refused_library "$compiler -gsplit-dwarf -gdwarf-$version" \
            "$compiler -g -gsplit-dwarf -gdwarf-$version" \
            'is in a separate file' 'compile it without -gsplit-dwarf'
        rm -f refused/*.dwo
    done
    refused_library "$compiler -gdwarf-3" "$compiler -gdwarf-3" inlines.c 'DWARF 3' \
        'compile it with -gdwarf-5 or -gdwarf-4'
    refused_library "$compiler -gdwarf-2" "$compiler -gdwarf-2" 'DWARF 2' \
        'compile it with -gdwarf-5 or -gdwarf-4'
done
for strip in 'strip' 'strip --strip-debug'; do
    rm -f refused/*
    gcc -g -shared -fPIC -o refused/x.so inlines.c
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
refused "a link that leads nowhere" link 'No such file or directory'
refused "a file's name with a slash" x.o/ 'Not a directory'
rm -rf refused/* # a clean directory to compare
size=$(wc -c <old.so)
for part in 3 17 64 200 $((size / 4)) $((size / 2)) $((size - 64)) $((size - 1)); do
    head -c "$part" old.so >refused/x.so
    refused "the first $part of $size bytes" x.so ''
done

# Hosts whose use of plugin_as is not described.
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
        '1 of its 2 uses of plugin_as have no debug information' 'compile every file with -g'
    # shellcheck disable=SC2086
    "$compiler" -g $TEST_CFLAGS $includes -c -o asks.o asks.c
    link_host "$compiler" refused/host main.c asks.o
    check "all of it by $compiler with -g" stamp refused/host
    check "all of it by $compiler with -g works" refused/host
done

# -- Places that cannot be written --

check_fails 1 "a file that is not to be replaced" stamp /proc/version
cp log said
check "says so" has said 'plugin: cannot stamp /proc/version: '
mkdir closed
cp old.so closed/x.so
chmod 555 closed
# The superuser writes anywhere, unless that privilege is taken away.
powerless() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set=-dac_override --inh-caps=-dac_override "$@"
    else
        "$@"
    fi
}
check_fails 1 "a directory that is closed to writing" powerless "$PLUGIN" stamp closed/x.so
cp log said
check "says so, with the reason" grep -q \
    '^plugin: cannot stamp closed/x.so: cannot create .*: Permission denied' said
check "and the file stays as it was" cmp old.so closed/x.so
check "beside nothing" prints x.so ls -A closed
chmod 755 closed

# -- The file's own --

mkdir own
cp old.so own/x.so
for mode in 755 640 400 4711; do
    cp -f old.so own/x.so
    chmod "$mode" own/x.so
    check "a file of mode $mode" stamp own/x.so
    check "keeps it" prints "$mode" stat -c %a own/x.so
    rm -f own/x.so
done
mkdir -p links/away
cp old.so own/x.so
ln -s ../../own/x.so links/away/link.so
check "a symbolic link" stamp links/away/link.so
check "stays one" test "$(readlink links/away/link.so)" = ../../own/x.so
check "what it leads to is stamped" cmp once.so own/x.so
check "nothing is beside the link" prints link.so ls -A links/away
check "nothing is beside its target" prints x.so ls -A own

# -- Several files, and wrong usage --

several() { cp old.so first.so; cp old.so last.so; }
several
check_fails 1 "several files, one of them bad" stamp first.so inlines.c last.so
check "the one before it is stamped" cmp once.so first.so
check "the one after it is stamped" cmp once.so last.so
several
check "several files" stamp first.so last.so
check "are stamped" sh -c 'cmp once.so first.so && cmp once.so last.so'
several
cp old.so ./-x.so
check "--" stamp first.so -- -x.so last.so
check "-- ends the options" cmp once.so ./-x.so
several
for option in --nosuch -x -; do
    check_fails 2 "an unknown option: $option" stamp first.so "$option" last.so
    cp log said
    check "an unknown option: $option is named" has said "unknown option: $option"
    check "an unknown option: $option: nothing is stamped" cmp old.so first.so
done
check_fails 2 "no file" stamp
check_fails 2 "no file after --" stamp --
check "--help" stamp --help
cp log said
check "--help helps" has said 'usage: plugin stamp'

# -- Interruption --

# Large enough that some tries fall into the middle of the stamp.
echo 'char big[1 << 25] = {1};' >big.c
gcc -g -shared -fPIC -o big_old.so big.c
cp big_old.so big_new.so
stamp big_new.so
mkdir cut
interrupted() {
    for delay in 0 .002 .004 .006 .01 .015 .02 .03 .04 .05 .06 .07 .08 .1 .12 .15 .2 .3 .5 1; do
        cp big_old.so cut/big.so
        # Not by the function, which a shell in between would run.
        "$PLUGIN" stamp cut/big.so &
        sleep $delay
        # It may have ended already.
        kill -9 $! 2>/dev/null
        wait $! 2>/dev/null
        if cmp -s big_old.so cut/big.so; then
            cut=$((cut + 1))
        elif cmp -s big_new.so cut/big.so; then
            whole=$((whole + 1))
        else
            echo "after $delay s it is neither the old nor the new file"
            return 1
        fi
        # A copy that was being written is left: that is how a try that fell into the middle is known.
        [ "$(find cut -type f | wc -l)" -eq 1 ] || middle=$((middle + 1))
        rm -f cut/*
    done
}
cut=0
whole=0
middle=0
check "killed at any time, it leaves the old file or the new one" interrupted
echo "# killed: $cut before the new file was there, of them $middle in the middle; $whole after"
# Without a delay, a process has not even started its work.
check "some tries were cut off" test "$cut" -gt 0

# Asked to end, it cleans up: the file that it was writing is not left.
rm -rf cut
ends_clean() {
    for delay in 0 .005 .01 .02 .03 .04 .06 .08 .1 .15; do
        mkdir cut
        cp big_old.so cut/big.so
        env --default-signal="$1" "$PLUGIN" stamp cut/big.so &
        sleep $delay
        kill -s "$1" $! 2>/dev/null
        wait $! 2>/dev/null
        [ "$(ls -A cut)" = big.so ] || { ls -lA cut; rm -rf cut; return 1; }
        rm -rf cut
    done
}
for signal in HUP INT TERM; do
    check "ended by SIG$signal, it leaves nothing beside the file" ends_clean "$signal"
done

# -- Kinds of symbols --

# A library with one file without -g.
cat >without.c <<'EOF'
int without_g(int x) { return x + 1; }
int without_g_too;
EOF
gcc -g0 -c -fPIC -o without.o without.c
gcc -g -shared -fPIC -o partly.so plugin_name.c without.o
check "a library, one file of it without -g" stamp partly.so
cp log said
check "warns" has said 'plugin: warning: partly.so: 2 symbols without debug information'
check "names the symbols" has said '(without_g, without_g_too)'
check "names the flag" has said 'with -g'
check "is stamped: what has a type" lists partly.so 'int V'
check "is stamped: what has none" lists partly.so \
    'without_g   /* type not recorded */'

# A function in an asm statement lies in the code of a unit that describes the others.
cat >statement.c <<'EOF'
int beside(int x) { return x; }
__asm__(".text\n.globl in_statement\n.type in_statement, @function\nin_statement:\n.skip 16\n"
        ".size in_statement, . - in_statement\n");
EOF
for compiler in gcc clang; do
    check "$compiler: an asm statement builds" "$compiler" -g -shared -fPIC -o statement.so statement.c
    check "$compiler: it is stamped" stamp statement.so
    cp log said
    check "$compiler: with a warning" has said "1 symbol without debug information, so without a type (in_statement)"
    check "$compiler: the others have types" sh -c '"$0" inspect statement.so | grep -q "int beside(int x)"' "$PLUGIN"
done

# Those of the linkers of all machines, where a script of theirs would have put them.
cat >marks.c <<'EOF'
int V;
__asm__(".bss\n"
        ".irp mark, _edata, _end, __bss_start, __bss_start__, __bss_end__, _bss_end__, __end__\n"
        ".globl \\mark\n\\mark:\n"
        ".endr\n.skip 16\n");
EOF
gcc -g -c -fPIC -o marks.o marks.c
ld -shared -o marks.so marks.o
check "marks of linkers: it is stamped" stamp marks.so
cp log said
check "without a warning" test ! -s said
check "and not listed" sh -c '"$0" inspect marks.so | grep -q "^symbols (1)"' "$PLUGIN"

# What one host does with them: each line it prints is "what: answer".
cat >kinds.h <<'EOF'
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>
#define CALL(name, argument)                                                                       \
    do {                                                                                           \
        int (*f)(int) = plugin_as(plugin_lookup(p, #name), int (*)(int));                          \
        if (f)                                                                                     \
            printf(#name ": %d\n", f(argument));                                                   \
        else                                                                                       \
            printf(#name ": %s\n", plugin_error());                                                \
    } while (0)
EOF
cat >kinds.c <<'EOF'
int counter = 40;
int original(int x) { return x + 1; }
int alias(int x) __attribute__((alias("original")));
extern int alias_of_variable __attribute__((alias("counter")));
__attribute__((weak)) int weak(int x) { return x + 2; }
__attribute__((visibility("protected"))) int protected_one(int x) { return x + 3; }
__attribute__((visibility("hidden"))) int hidden_one(int x) { return x + 4; }
__attribute__((visibility("internal"))) int internal_one(int x) { return x + 4; }
static int static_one(int x) { return hidden_one(x) + internal_one(x); }
int calls_hidden(int x) { return static_one(x); }
int labelled(int x) __asm__("other_name");
int labelled(int x) { return x + 5; }
long labelled_variable __asm__("other_variable") = 6;
_Thread_local int each;
int add_to_each(int x) { return each += x; }
int common_one;
const char text[] = "text";
EOF
cat >assembly.s <<'EOF'
    .text
    .globl in_assembly
    .type in_assembly, @function
in_assembly:
    lea 8(%rdi), %eax
    ret
    .size in_assembly, . - in_assembly
    .section .note.GNU-stack, "", @progbits
EOF
cat >use_kinds.c <<'EOF'
#include "kinds.h"
static plugin *p;
static void *in_thread(void *argument)
{
    int *each = plugin_as(plugin_lookup(p, "each"), int *);
    *each += 1000;
    CALL(add_to_each, *(int *)argument);
    return NULL;
}
int main(void)
{
    p = plugin_open("./kinds.so");
    if (!p)
        return puts(plugin_error());
    CALL(original, 0);
    CALL(alias, 0);
    CALL(weak, 0);
    CALL(protected_one, 0);
    CALL(calls_hidden, 0);
    CALL(other_name, 0);
    int *variable = plugin_as(plugin_lookup(p, "alias_of_variable"), int *);
    long *label = plugin_as(plugin_lookup(p, "other_variable"), long *);
    printf("variables: %d %ld\n", variable ? *variable : -1, label ? *label : -1);
    printf("hidden: %d\n", plugin_lookup(p, "hidden_one") || plugin_lookup(p, "internal_one") ||
                               plugin_lookup(p, "static_one") || plugin_lookup(p, "labelled"));
    int one = 1, two = 2;
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        in_thread(&one);
        pthread_create(&thread, NULL, in_thread, &two);
        pthread_join(thread, NULL);
    }
    const plugin_symbol *assembly = plugin_lookup(p, "in_assembly");
    if (plugin_as(assembly, int (*)(int)) || plugin_error_code() != PLUGIN_WRONG_TYPE)
        return puts("in_assembly has a type");
    int (*unchecked)(int) = (int (*)(int))plugin_address(assembly);
    printf("in_assembly: %d\n", unchecked(0));
    fprintf(stderr, "%s\n", plugin_error());
    return 0;
}
EOF
cat >kinds_wanted <<'EOF'
original: 1
alias: 1
weak: 2
protected_one: 3
calls_hidden: 8
other_name: 5
variables: 40 6
hidden: 0
add_to_each: 1001
add_to_each: 1002
add_to_each: 2002
add_to_each: 1002
in_assembly: 8
EOF
cat >kinds_listed <<'EOF'
_Thread_local int each
const char text[5]
in_assembly   /* type not recorded */
int add_to_each(int x)
int alias(int x)
int alias_of_variable
int calls_hidden(int x)
int common_one
int counter
int original(int x)
int other_name(int x)
int protected_one(int x)
int weak(int x)
long other_variable
EOF
# A machine's assembly is its own.
assembly=assembly.s
case $(uname -m) in
x86_64) ;;
*)
    assembly=
    sed -i /in_assembly/d kinds_wanted kinds_listed
    sed -i '/const plugin_symbol \*assembly/,/fprintf/d' use_kinds.c
    ;;
esac
check "a host for the kinds of symbols" host use_kinds
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        for level in -O0 -O2 '-O2 -flto' '-gdwarf-4 -fcommon'; do
            # shellcheck disable=SC2086
            can_link "$compiler" -fuse-ld=$linker $level || continue
            name="kinds of symbols, $compiler $level, $linker"
            rm -f kinds.so
            # shellcheck disable=SC2086
            "$compiler" -g -fuse-ld=$linker $level -shared -fPIC -o kinds.so kinds.c $assembly
            check "$name" stamp kinds.so
            declarations kinds.so | sort >got
            check_same "$name: listed" kinds_listed got
            ./use_kinds >got 2>said
            check_same "$name: used" kinds_wanted got
            [ -z "$assembly" ] || check "$name: why assembly has no type" \
                has said 'the type of symbol in_assembly of plugin'
        done
    done
done

# An indirect function: a resolver chooses it when the library is loaded. No compiler describes it, so
# its type may be missing, but then for no lack of -g.
cat >indirect.c <<'EOF'
static int seven(int x) { return x + 7; }
static int (*resolve(void))(int) { return seven; }
int indirect(int x) __attribute__((ifunc("resolve")));
int calls(int x) { return indirect(x) + 1; }
EOF
cat >use_indirect.c <<'EOF'
#include "kinds.h"
int main(void)
{
    plugin *p = plugin_open("./indirect.so");
    int (*f)(int) = (int (*)(int))plugin_address(plugin_lookup(p, "indirect"));
    printf("indirect: %d\n", f ? f(0) : -1);
    CALL(calls, 0);
    const plugin_symbol *symbol = plugin_lookup(p, "indirect");
    if (!plugin_as(symbol, int (*)(int)))
        fprintf(stderr, "%s\n", plugin_error());
    return 0;
}
EOF
check "a host for indirect functions" host use_indirect
printf 'indirect: 7\ncalls: 8\n' >wanted
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        name="indirect functions, $compiler, $linker"
        rm -f indirect.so
        "$compiler" -g -fuse-ld=$linker -shared -fPIC -o indirect.so indirect.c
        check "$name" stamp indirect.so
        cp log said
        ./use_indirect >got 2>>said
        check_same "$name: called" wanted got
        check_fails 1 "$name: no missing -g is blamed" grep -e '-g' said
    done
done

# Versions: the default one of a symbol is the one that is looked up.
cat >versions.c <<'EOF'
__asm__(".symver first_f, f@V1\n.symver second_f, f@@V2\n");
double first_f(double x) { return x; }
int second_f(int x) { return x + 2; }
int plain(int x) { return x; }
EOF
cat >versions.map <<'EOF'
V1 { global: f; plain; local: *; };
V2 { global: f; } V1;
EOF
cat >use_versions.c <<'EOF'
#include "kinds.h"
int main(void)
{
    plugin *p = plugin_open("./versions.so");
    CALL(f, 1);
    CALL(plain, 1);
    return 0;
}
EOF
host use_versions
printf 'int f(int x)\nint plain(int x)\n' >wanted
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        name="versions, $compiler, $linker"
        rm -f versions.so
        "$compiler" -g -fuse-ld=$linker -shared -fPIC -Wl,--version-script=versions.map \
            -o versions.so versions.c
        check "$name: there are two" sh -c "nm -D versions.so | grep -q ' f@V1' &&
            nm -D versions.so | grep -q ' f@@V2'"
        check "$name" stamp versions.so
        # The linker names the versions themselves, as absolute symbols, which are not listed.
        declarations versions.so >got
        check_same "$name: the default one is listed" wanted got
        printf 'f: 3\nplain: 1\n' >called
        ./use_versions >got
        check_same "$name: the default one is called" called got
    done
done

# Each import tells which dynamic symbol it is of, but for one of two symbols that differ in their
# versions alone.
cat >wants.c <<'EOF'
__asm__(".symver wanted_first, f@V1\n.symver wanted_second, f@V2\n");
int wanted_first(int), wanted_second(int), g(int);
extern int h, i;
int use(int x) { return wanted_first(x) + wanted_second(x) + g(x) + h + i; }
EOF
# import_symbols FILE: the numbers that are recorded, for each import. (docs/format.md)
import_symbols() {
    objcopy -O binary --only-section=.plugin --set-section-flags .plugin=alloc "$1" meta.bin &&
        od -An -v -tu4 meta.bin | awk '{ for (i = 1; i <= NF; i++) word[count++] = $i }
            END { for (i = 0; i < word[23]; i++) print word[word[22] / 4 + i * 10 + 8] }' | sort -n
}
# undefined_symbols FILE: the same, of what the linker made.
undefined_symbols() {
    readelf -W --dyn-syms "$1" | awk '
        $7 == "UND" && $8 && $8 !~ /^(_ITM_|__gmon_start__|__cxa_finalize)/ {
            sub(":", "", $1); sub("@.*", "", $8); number[$8] = number[$8] ? 0 : $1 }
        END { for (name in number) print number[name] }' | sort -n
}
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        name="imports, $compiler, $linker"
        "$compiler" -g -fuse-ld=$linker -shared -fPIC -o wants.so wants.c -L. -l:versions.so
        check "$name" stamp wants.so
        undefined_symbols wants.so >wanted
        import_symbols wants.so >got
        check "$name: there are four" test "$(wc -l <got)" = 4
        check_same "$name: numbers of dynamic symbols" wanted got
    done
done

# Sections that the linker drops or folds.
cat >sections.c <<'EOF'
int twice(int x) { return x + x; }
unsigned twice_unsigned(unsigned x) { return x + x; }
__attribute__((visibility("hidden"))) double dropped(double *x) { return *x; }
__attribute__((visibility("hidden"))) void *dropped_too(char **x) { return *x; }
long kept(long x) { return x + 1; }
EOF
cat >wanted <<'EOF'
int twice(int x)
long kept(long x)
unsigned int twice_unsigned(unsigned int x)
EOF
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        for sections in -Wl,--gc-sections '-Wl,--gc-sections -gdwarf-4' \
            '-Wl,--gc-sections -Wl,--icf=all'; do
            # shellcheck disable=SC2086
            can_link "$compiler" -fuse-ld=$linker $sections || continue
            name="$compiler, $linker, $sections"
            # shellcheck disable=SC2086
            "$compiler" -g -O1 -fuse-ld=$linker -ffunction-sections $sections -shared -fPIC \
                -o sections.so sections.c
            check "$name" stamp sections.so
            declarations sections.so | sort >got
            check_same "$name: types" wanted got
            check_fails 1 "$name: what is dropped is" sh -c 'nm sections.so | grep dropped'
            case $sections in
            *icf*) check "$name: two functions are one" prints 1 sh -c \
                "nm -D sections.so | grep twice | cut -d ' ' -f 1 | uniq | wc -l" ;;
            esac
        done
    done
done

# -- Constructors --

# A compiler may run what it can foresee, and leave no constructor: not what is volatile.
cat >constructors.c <<'EOF'
volatile int done;
__attribute__((constructor)) static void hidden_from_all(void) { done += 1; }
__attribute__((constructor)) void exported(void) { done += 2; }
__attribute__((constructor(200))) void early(void) { done += 3; }
__attribute__((destructor)) void never_listed(void) { done = 0; }
void ordinary(void) { done = 0; }
EOF
printf 'early\nhidden_from_all\nexported\n' >wanted
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        for relocations in -O0 -O2 -Wl,-z,pack-relative-relocs -Wl,--pack-dyn-relocs=relr; do
            # A linker may only warn of an option that it does not know.
            can_link "$compiler" -fuse-ld=$linker $relocations -Wl,--fatal-warnings || continue
            name="constructors, $compiler, $linker, $relocations"
            "$compiler" -g -fuse-ld=$linker $relocations -shared -fPIC -o constructors.so \
                constructors.c
            check "$name" stamp constructors.so
            constructors constructors.so >got
            check_same "$name: listed in order, without frame_dummy" wanted got
            relr=$(readelf -SW constructors.so | grep -c ' RELR ')
            case $relocations in
            *relocs*) check "$name: is with RELR" test "$relr" -eq 1 ;;
            esac
        done
    done
done
strip_all() {
    gcc -g -shared -fPIC -o constructors.so constructors.c && stamp constructors.so &&
        strip constructors.so && constructors constructors.so | diff wanted -
}
check "constructors are named after strip" strip_all
gcc -g -shared -fPIC -o constructors.so plugin_name.c
stamp constructors.so
check "there are none, without any" prints '' constructors constructors.so

# ---- another C library ----

echo 'int level(void) { return 1; } int main(void) { return level() - 1; }' >main.c
musl-gcc -g -rdynamic -o by-musl main.c
check "a program with musl" stamp by-musl
declarations by-musl >got
printf 'int level(void)\nint main(void)\n' >wanted
check_same "has its own symbols, and not those of musl's start files" wanted got
check "nor their compiler" [ "$("$PLUGIN" inspect by-musl | grep -c 'built by')" -eq 1 ]

finish

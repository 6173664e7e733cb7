#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp: every kind of symbol, and constructors, by every compiler and linker.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

# -- Kinds of symbols --

# A library with one file without -g.
cat >without.c <<'EOF'
int without_g(int x) { return x + 1; }
int without_g_too;
EOF
gcc -g0 -c -fPIC -o without.o without.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o partly.so plugin_name.c without.o
check "a library with one file without -g is stamped" stamp partly.so
cp log said
check "with a warning" has said 'plugin: warning: partly.so: 2 symbols without debug information'
check "the warning names the symbols" has said '(without_g, without_g_too)'
check "and the flag" has said 'with -g'
check "the stamp lists symbols with types" lists partly.so 'int V'
check "and symbols without types" lists partly.so \
    'without_g   /* type not recorded */'

# The code of a function in an asm statement belongs to a unit that describes the other functions.
cat >statement.c <<'EOF'
int beside(int x) { return x; }
__asm__(".text\n.globl in_statement\n.type in_statement, @function\nin_statement:\n.skip 16\n"
        ".size in_statement, . - in_statement\n");
EOF
for compiler in gcc clang; do
    check "$compiler: a library with an asm statement builds" "$compiler" -g -shared -fPIC -Wl,-Bsymbolic -o statement.so statement.c
    check "$compiler: it is stamped" stamp statement.so
    cp log said
    check "$compiler: with a warning" has said "1 symbol without debug information, so without a type (in_statement)"
    check "$compiler: the other functions have types" sh -c '"$0" inspect statement.so | grep -q "int beside(int x)"' "$PLUGIN"
done

# The source may give a name with a dot. Compilers make others.
cat >dots.c <<'EOF'
int own(int) __asm__("own.name");
int own(int x) { return x; }
int own_variable __asm__("own.variable") = 3;
#ifdef __x86_64__
__attribute__((target_clones("avx2", "default"))) int cloned(int x) { return x * 2; }
#endif
__asm__(".text\n.globl made.by.none\n.type made.by.none, @function\nmade.by.none:\n.skip 4\n.size made.by.none, 4\n");
EOF
for compiler in gcc clang; do
    check "$compiler: a library with dots in names is stamped" sh -c '
        "$1" -g -shared -fPIC -Wl,-Bsymbolic -o dots.so dots.c && "$0" stamp dots.so' "$PLUGIN" "$compiler"
    "$PLUGIN" inspect dots.so | sed -n 's/^ *0x[0-9a-f]*  //p' | grep -F . | grep -v cloned >actual
    printf 'int own.name(int x)\nint own.variable\n' >expected
    check_same "$compiler: these names are the source's" expected actual
done

# gcc names a function that only its optimiser calls, and says nothing of its type; gcc 9 and earlier do
# so of every function of another module that is called.
echo 'int puts(const char *s) { return !s; }
int main(void) { return 0; }' >named_host.c
cat >named.c <<'EOF'
int printf(const char *, ...);
void run(void) { printf("line\n"); }
EOF
check "a call that gcc makes another one" sh -c '
    gcc -g -fno-builtin -rdynamic -o named_host named_host.c &&
        gcc -g -O2 -shared -fPIC -nostdlib -Wl,-Bsymbolic -o named.so named.c &&
        readelf -W --dyn-syms named.so | grep "UND puts$" && "$0" stamp named_host named.so' "$PLUGIN"
check "a function that is only named is not compared" sh -c '
    "$0" check named_host named.so | grep "fits named_host (0 uses compared, 1 not)"' "$PLUGIN"

# The marks of linkers of all machines, in the places where linker scripts put them.
cat >marks.c <<'EOF'
int V;
__asm__(".bss\n"
        ".irp mark, _edata, _end, __bss_start, __bss_start__, __bss_end__, _bss_end__, __end__, __etext, __executable_start\n"
        ".globl \\mark\n\\mark:\n"
        ".endr\n.skip 16\n");
EOF
gcc -g -c -fPIC -o marks.o marks.c
ld -shared -Bsymbolic -o marks.so marks.o
check "a library with marks of linkers is stamped" stamp marks.so
cp log said
check "without a warning" test ! -s said
check "and the marks are not listed" sh -c '"$0" inspect marks.so | grep -q "^symbols (1)"' "$PLUGIN"

# A host that uses all kinds of symbols, and prints lines "KIND: RESULT".
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
# Assembly for each machine.
assembly=assembly.s
case $(uname -m) in
x86_64) ;;
*)
    assembly=
    sed -i /in_assembly/d kinds_wanted kinds_listed
    sed -i '/const plugin_symbol \*assembly/,/fprintf/d' use_kinds.c
    ;;
esac
check "a host for the kinds of symbols builds" host use_kinds
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        is_paired "$compiler" $linker || continue
        for level in -O0 -O2 '-O2 -flto' '-gdwarf-4 -fcommon'; do
            # shellcheck disable=SC2086
            can_link "$compiler" -fuse-ld=$linker $level || continue
            name="kinds of symbols, $compiler $level, $linker"
            rm -f kinds.so
            # shellcheck disable=SC2086
            "$compiler" -g -fuse-ld=$linker $level -shared -fPIC -Wl,-Bsymbolic -o kinds.so kinds.c $assembly
            check "$name: stamped" stamp kinds.so
            declarations kinds.so | sort >got
            check_same "$name: listed" kinds_listed got
            ./use_kinds >got 2>said
            check_same "$name: used" kinds_wanted got
            [ -z "$assembly" ] || check "$name: the error says why assembly has no type" \
                has said 'the type of symbol in_assembly of plugin'
        done
    done
done

# An indirect function: a resolver chooses it when the library is loaded. No compiler describes it. If
# its type is missing, the warning must not suggest -g.
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
check "a host for indirect functions builds" host use_indirect
printf 'indirect: 7\ncalls: 8\n' >wanted
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        is_paired "$compiler" $linker || continue
        name="indirect functions, $compiler, $linker"
        rm -f indirect.so
        "$compiler" -g -fuse-ld=$linker -shared -fPIC -Wl,-Bsymbolic -o indirect.so indirect.c
        check "$name: stamped" stamp indirect.so
        cp log said
        ./use_indirect >got 2>>said
        check_same "$name: called" wanted got
        check_fails 1 "$name: the warning does not suggest -g" grep -e '-g' said
    done
done

# Versions: a lookup finds the default version of a symbol.
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
        is_paired "$compiler" $linker || continue
        name="versions, $compiler, $linker"
        rm -f versions.so
        "$compiler" -g -fuse-ld=$linker -shared -fPIC -Wl,-Bsymbolic -Wl,--version-script=versions.map \
            -o versions.so versions.c
        check "$name: the library has two" sh -c "nm -D versions.so | grep -q ' f@V1' &&
            nm -D versions.so | grep -q ' f@@V2'"
        check "$name: stamped" stamp versions.so
        # The linker defines the versions' names as absolute symbols, which are not listed.
        declarations versions.so >got
        check_same "$name: the default version is listed" wanted got
        printf 'f: 3\nplain: 1\n' >called
        ./use_versions >got
        check_same "$name: the default version is called" called got
    done
done

# Each import records its dynamic symbol, unless several symbols differ in their versions only.
cat >wants.c <<'EOF'
__asm__(".symver wanted_first, f@V1\n.symver wanted_second, f@V2\n");
int wanted_first(int), wanted_second(int), g(int);
extern int h, i;
int use(int x) { return wanted_first(x) + wanted_second(x) + g(x) + h + i; }
EOF
# import_symbols FILE: prints the recorded number for each import (docs/format.md).
import_symbols() {
    objcopy -O binary --only-section=.plugin --set-section-flags .plugin=alloc "$1" meta.bin &&
        od -An -v -tu4 meta.bin | awk '{ for (i = 1; i <= NF; i++) word[count++] = $i }
            END { for (i = 0; i < word[23]; i++) print word[word[22] / 4 + i * 10 + 8] }' | sort -n
}
# undefined_symbols FILE: prints the same from the dynamic symbol table.
undefined_symbols() {
    readelf -W --dyn-syms "$1" | awk '
        $7 == "UND" && $8 && $8 !~ /^(_ITM_|__gmon_start__|__cxa_finalize)/ {
            sub(":", "", $1); sub("@.*", "", $8); number[$8] = number[$8] ? 0 : $1 }
        END { for (name in number) print number[name] }' | sort -n
}
for compiler in gcc clang; do
    for linker in bfd lld mold; do
        is_paired "$compiler" $linker || continue
        name="imports, $compiler, $linker"
        "$compiler" -g -fuse-ld=$linker -shared -fPIC -Wl,-Bsymbolic -o wants.so wants.c -L. -l:versions.so
        check "$name: stamped" stamp wants.so
        undefined_symbols wants.so >wanted
        import_symbols wants.so >got
        check "$name: four are recorded" test "$(wc -l <got)" = 4
        check_same "$name: with the numbers of their dynamic symbols" wanted got
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
        is_paired "$compiler" $linker || continue
        for sections in -Wl,--gc-sections '-Wl,--gc-sections -gdwarf-4' \
            '-Wl,--gc-sections -Wl,--icf=all'; do
            # shellcheck disable=SC2086
            can_link "$compiler" -fuse-ld=$linker $sections || continue
            name="$compiler, $linker, $sections"
            # shellcheck disable=SC2086
            "$compiler" -g -O1 -fuse-ld=$linker -ffunction-sections $sections -shared -fPIC -Wl,-Bsymbolic \
                -o sections.so sections.c
            check "$name: stamped" stamp sections.so
            declarations sections.so | sort >got
            check_same "$name: all symbols have types" wanted got
            check_fails 1 "$name: the unused function is dropped" sh -c 'nm sections.so | grep dropped'
            case $sections in
            *icf*) check "$name: two functions are folded" prints 1 sh -c \
                "nm -D sections.so | grep twice | cut -d ' ' -f 1 | uniq | wc -l" ;;
            esac
        done
    done
done

# -- Constructors --

# volatile: else a compiler may run a constructor itself, and emit none.
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
        is_paired "$compiler" $linker || continue
        for relocations in -O0 -O2 -Wl,-z,pack-relative-relocs -Wl,--pack-dyn-relocs=relr; do
            # Some linkers only warn of unknown options.
            can_link "$compiler" -fuse-ld=$linker $relocations -Wl,--fatal-warnings || continue
            name="constructors, $compiler, $linker, $relocations"
            "$compiler" -g -fuse-ld=$linker $relocations -shared -fPIC -Wl,-Bsymbolic -o constructors.so \
                constructors.c
            check "$name: stamped" stamp constructors.so
            constructors constructors.so >got
            check_same "$name: listed in order, without frame_dummy" wanted got
            relr=$(readelf -SW constructors.so | grep -c ' RELR ')
            case $relocations in
            *relocs*) check "$name: the library has RELR relocations" test "$relr" -eq 1 ;;
            esac
        done
    done
done
strip_all() {
    gcc -g -shared -fPIC -Wl,-Bsymbolic -o constructors.so constructors.c && stamp constructors.so &&
        strip constructors.so && constructors constructors.so | diff wanted -
}
check "constructors keep their names after strip" strip_all
gcc -g -shared -fPIC -Wl,-Bsymbolic -o constructors.so plugin_name.c
stamp constructors.so
check "a library without constructors lists none" prints '' constructors constructors.so

finish

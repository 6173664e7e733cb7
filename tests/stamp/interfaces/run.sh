#!/bin/sh
# SPDX-License-Identifier: MIT
# What the stamp records of interfaces, and each way to be none, or not to meet one, word for word:
# refusals.expected. REFUSE_WRITE=1 writes it; review the difference.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

own=$tests/stamp/interfaces
cd "$work" || exit 1
cp "$own"/*.[ch] .
for name in host elsewhere good; do cp "$name.c" "$name.cc"; done
"$PLUGIN" build -o seed "$tree/examples/seed/host.c"

compilers='gcc clang g++ clang++'
ending() { case $1 in *++) echo cc ;; *) echo c ;; esac }

# An executable needs the flags that the library was built with.
# shellcheck disable=SC2086 # flags are words
build_host() {
    build_host_compiler=$1
    shift
    "$PLUGIN" build --cc="$build_host_compiler" "$@" ${TEST_CFLAGS:-}
}
build_plugin() {
    build_plugin_compiler=$1
    shift
    "$PLUGIN" build --cc="$build_plugin_compiler" -buildmode=plugin "$@"
}

# -- What is recorded --

# version FILE: prints the format version of its stamp.
version() { "$PLUGIN" inspect "$1" | sed -n 's/^  stamp *version \([0-9]*\),.*/\1/p'; }

# shellcheck disable=SC2086 # flags are words
record() {
    record_ending=$(ending "$1")
    build_plugin $1 $2 -o good.so "good.$record_ending" &&
        build_host $1 $2 -o host "host.$record_ending" "elsewhere.$record_ending" &&
        ./host "$work/good.so"
}
for compiler in $compilers; do
    if ! command -v "$compiler" >/dev/null; then
        skip "$compiler: interfaces" "there is no $compiler"
        continue
    fi
    for flags in '-O2 -flto' '-gdwarf-4 -ffunction-sections -fdata-sections -Wl,--gc-sections'; do
        case $compiler$flags in g++-gdwarf* | clang-gdwarf*) continue ;; esac
        check "$compiler $flags: an interface is opened and filled" record "$compiler" "$flags"
    done
    check "$compiler: host and plugin have version 5" test "$(version host) $(version good.so)" = '5 5'
done

# -- One header in all languages --

# wchar_t is a typedef in C and a type in C++. Within extern "C", clang++ gives a static variable two names.
cat >mixed.h <<'EOF'
#include <plugin.h>
#ifdef __cplusplus
extern "C" {
#endif
struct text { wchar_t *start; size_t length; };
struct mixed { bool (*change)(struct text *); int *level; };
PLUGIN_OPTIONAL(struct mixed, level);
PLUGIN_EXPECTS("change", bool(struct text *));
PLUGIN_EXPECTS_OPTIONAL("level", int);
#ifdef IMPLEMENTS
PLUGIN_IMPLEMENTS(struct mixed);
bool change(struct text *text);
bool change(struct text *text) { return text->start; }
#else
bool OPEN(const char *path);
bool OPEN(const char *path) { struct mixed m; return plugin_open_as(path, &m) && m.change; }
#endif
#ifdef __cplusplus
}
#endif
EOF
echo 'bool in_gcc(const char *), in_clang(const char *), in_gxx(const char *), in_clangxx(const char *);
int main(int count, char **words) { const char *p = words[count - 1]; return !(in_gcc(p) && in_clang(p) && in_gxx(p) && in_clangxx(p)); }' >mixed.c
mix() {
    for mixed in gcc:c clang:c g++:c++ clang++:c++; do
        name=$(echo "${mixed%:*}" | sed 's/++/xx/')
        "${mixed%:*}" -x "${mixed#*:}" -g -fPIC -c "-I$(dirname "$PLUGIN")/../include" "-DOPEN=in_$name" -o "$name.o" mixed.h &&
            build_plugin "${mixed%:*}" -x "${mixed#*:}" -DIMPLEMENTS -o "$name.so" mixed.h || return 1
    done
    gcc -g -include stdbool.h -c mixed.c
    build_host g++ -o mixed mixed.o gcc.o clang.o gxx.o clangxx.o
}
if command -v clang++ >/dev/null; then
    check "a host in C and C++, by gcc and clang, and its plugins" mix
    "$PLUGIN" inspect mixed | sed -n '/^interfaces/,/^[^ i]/p' | grep -v '^[^ i]' >actual
    cat >expected <<'EOF'
interfaces (2)
  struct mixed
    _Bool (*change)(struct text *)
    int *level   /* optional */
  PLUGIN_EXPECTS
    _Bool change(struct text *)
    int level   /* optional */
EOF
    check_same "it has each interface once" expected actual
    for name in gcc clang gxx clangxx; do
        check "$name: a plugin is opened in each language" ./mixed "./$name.so"
        "$PLUGIN" check mixed $name.so >actual
        echo "$name.so fits mixed, meets struct mixed, PLUGIN_EXPECTS (2 uses compared, 0 not)" >expected
        check_same "$name: check names what it meets once" expected actual
    done
else
    skip "a host in C and C++, by gcc and clang" "there is no clang++"
fi

# -- The version --

# An older library opens a module without the new records.
echo 'int V; void F(void) { V++; }' >plain.c
cat >uses.c <<'EOF'
#include "filter.h"
int main(void) { return !plugin_as(plugin_lookup(plugin_open("x"), "V"), int *); }
EOF
check "a module without interfaces is built" build_plugin gcc -o plain.so plain.c
check "it has version 4" test "$(version plain.so)" = 4
check "a host of plugin_as is built, which includes a header of interfaces" build_host gcc -o uses uses.c
check "it has version 4" test "$(version uses)" = 4
if [ "$(uname -m)" != x86_64 ] || is_lacking x86_64; then
    skip "a plugin with a stamp of version 4 opens" "the stored one is of x86-64"
else
    cp "$tree/fuzz/corpus/module/seed-example" plugin_name.so
    check "a stored plugin has version 4" test "$(version plugin_name.so)" = 4
    check "it opens" sh -c './seed | grep -x "Hello, number 7"'
fi

# -- Refusals --

# refused NAME COMMAND...: adds what the command says to the transcript.
refused() {
    {
        echo "== $1"
        shift
        "$@" 2>&1 && echo "not refused"
    } >said
    sed -e "s|$work/||g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/' -e 's/[xp]\.cc:/x.c:/' \
        -e 's/ *built by COMPILER/  built by COMPILER/' said >>transcript
}

# no_interface NAME MEMBERS [BEFORE]: a host that opens as a struct of these members, and the
# declarations before it.
no_interface() {
    printf '#include <plugin.h>\n%s\nstruct f { %s };\n%s\n' "${3:-}" "$2" "${4:-}" >"x.$suffix"
    echo 'int main(void) { struct f f; return !plugin_open_as("x", &f); }' >>"x.$suffix"
    refused "$1" build_host "$compiler" -o x "x.$suffix"
}

# expects NAME DECLARATIONS
expects() {
    printf '#include <plugin.h>\n%s\nint main(void) { return 0; }\n' "$2" >"x.$suffix"
    refused "$1" build_host "$compiler" -o x "x.$suffix"
}

# unmet NAME DEFINITIONS [ARGUMENT...]: a plugin of these definitions that says it meets the interface.
unmet() {
    printf '#include "filter.h"\nPLUGIN_IMPLEMENTS(struct filter);\n%s\n' "$2" >"p.$suffix"
    unmet_name=$1
    shift 2
    refused "$unmet_name" build_plugin "$compiler" -o p.so "p.$suffix" "$@"
}

line='bool filter_line(struct line *l) { return l->length; }'
table='int filter_table[4];'
level='int filter_level;'
echo 'OLD {};' >old
echo 'ONE { global: filter_line; local: *; };' >local
printf 'int filter_level;\n' >unmarked.c
gcc -c -fPIC unmarked.c
printf '#include <plugin.h>\nPLUGIN_EXPECTS("y", int);\n' >expects.c
printf '#include "filter.h"\nPLUGIN_IMPLEMENTS(struct filter);\n' >implements.c
includes="-I$(dirname "$PLUGIN")/../include"
for name in expects implements; do gcc -c -fPIC "$includes" "$name.c"; done
printf '#include "filter.h"\nPLUGIN_PACKAGE("example.com/level");\nint filter_level;\n' >package.c
cp package.c package.cc

# What depends on how a compiler describes it.
refuse_some() {
    no_interface 'a typedef of a pointer to void' 'place a;' 'typedef void *place;'
    no_interface 'all are optional' 'int *a; int *b;' '' \
        'PLUGIN_OPTIONAL(struct f, a); PLUGIN_OPTIONAL(struct f, b);'
    no_interface 'a member with two names' 'int *a;' '' \
        'PLUGIN_NAMED(struct f, a, "x"); PLUGIN_NAMED(struct f, a, "y"); PLUGIN_NAMED(struct f, a, "x");'
    expects 'expected with two types' 'PLUGIN_EXPECTS("x", int); PLUGIN_EXPECTS("x", long);'
    unmet 'static' "$line $table static int level __asm__(\"filter_level\") __attribute__((used));"
    unmet 'in a package' "PLUGIN_IMPORT(\"example.com/level\"); $line $table" "package.$suffix"
    unmet 'thread-local' "$line $table __thread int level __asm__(\"filter_level\");"
    unmet 'of other types' 'long table[4] __asm__("filter_table");
        EXPORTED bool line(long, struct line *) __asm__("filter_line");
        bool line(long a, struct line *l) { return a && l->length; }
        EXPORTED int filter_help(void); int filter_help(void) { return 1; }
        short level __asm__("filter_level");'
    printf '#include "filter.h"\n%s %s %s\n' "$line" "$table" "$level" >"p.$suffix"
    refused 'implemented without -g' build_plugin "$compiler" -o p.so "p.$suffix" implements.o
}

refuse_rest() {
    unmet 'without a type' "$line $table" unmarked.o
    no_interface 'a bit-field' 'int *a; unsigned b : 3;'
    no_interface 'an anonymous member' 'int *a; union { int *b; };'
    no_interface 'a member that is no pointer' 'int *a; int b;'
    no_interface 'an array of pointers' 'int *a[2];'
    no_interface 'a pointer to void' 'int *a; void *b;'
    no_interface 'a pointer to const void' 'const void *a;'
    no_interface 'no members' ''
    expects 'expected and optional with two types' \
        'PLUGIN_EXPECTS("x", int); PLUGIN_EXPECTS_OPTIONAL("x", int (int));'
    expects 'expected with type void' 'PLUGIN_EXPECTS("x", const void);'
    printf '#include <plugin.h>\nPLUGIN_EXPECTS("x", int);\nint main(void) { return 0; }\n' >"x.$suffix"
    refused 'expected without -g' build_host "$compiler" -o x "x.$suffix" expects.o
    unmet 'all are missing' 'int other;'
    unmet 'one is missing' "$line $table"
    unmet 'hidden' "$line $table int filter_level __attribute__((visibility(\"hidden\")));"
    unmet 'local by a version script' "$line $table $level" -Wl,--version-script=local
    unmet 'of another version' "$line $table EXPORTED int old_level; int old_level;
        __asm__(\".symver old_level,filter_level@OLD\");" -Wl,--version-script=old
}

for compiler in $compilers; do
    command -v "$compiler" >/dev/null || continue
    suffix=$(ending "$compiler")
    : >transcript
    refuse_some
    if [ "$compiler" = gcc ]; then
        refuse_rest
        [ -z "${REFUSE_WRITE:-}" ] || cp transcript "$own/refusals.expected"
    fi
    head -n "$(wc -l <transcript)" "$own/refusals.expected" >wanted
    check_same "$compiler: the refusals" wanted transcript
done

# The compiler itself refuses the rest.
for compiler in $compilers; do
    command -v "$compiler" >/dev/null || continue
    suffix=$(ending "$compiler")
    printf '#include <plugin.h>\nstruct f;\nPLUGIN_IMPLEMENTS(struct f);\n' >"x.$suffix"
    check_refused "$compiler: an incomplete interface is implemented" 'incomplete' \
        build_plugin "$compiler" -o x.so "x.$suffix"
    printf '#include <plugin.h>\nint main(void) { union { int *a; } f; return !plugin_open_as("x", &f); }\n' \
        >"x.$suffix"
    case $compiler in
    *++) ;; # a union is a class
    *) check_refused "$compiler: a union is no interface" 'an interface is a struct of pointers' \
        build_host "$compiler" -o x "x.$suffix" ;;
    esac
    printf '#include <plugin.h>\nint main(void) { struct { int *a; } f; struct plugin_options o; %s; }\n' \
        'return !plugin_open_as("x", &o, &f)' >"x.$suffix"
    check_refused "$compiler: two arguments for an interface" 'error' build_host "$compiler" -w -o x "x.$suffix"
    for symbol in '' 'a\0b'; do
        for macro in 'PLUGIN_NAMED(struct f, a, "%s")' 'PLUGIN_EXPECTS("%s", int)'; do
            # shellcheck disable=SC2059 # the macro is a format
            declaration=$(printf "$macro" "$symbol")
            printf '#include <plugin.h>\nstruct f { int *a; };\n%s;\n' "$declaration" >"x.$suffix"
            check_refused "$compiler: $declaration" 'the symbol has no name, or a NUL in it' \
                build_plugin "$compiler" -o x.so "x.$suffix"
        done
    done
done

# Only C++ has them.
for compiler in g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    suffix=cc
    printf '#include <plugin.h>\nstruct f { int *a; virtual int b() { return 0; } };\n%s\n' \
        'int main() { f f; return !plugin_open_as("x", &f); }' >x.cc
    printf '#include <plugin.h>\nstruct f { int (*run)(int); };\nPLUGIN_IMPLEMENTS(struct f);\n%s\n' \
        'int runs(int a) { return a; } int run(int a) { return a; }' >p.cc
    check_refused "$compiler: a function that is not extern \"C\"" \
        'struct f: run: the plugin does not export it: it is a function of C++; declare it extern "C"' \
        build_plugin "$compiler" -o p.so p.cc
    check_refused "$compiler: a class with virtual functions" 'struct f is no interface: it has virtual functions' \
        build_host "$compiler" -o x x.cc
done

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Libraries of Debian, built as plugins. Compiles the output of `plugin header` together with the public
# header of the library, so that a wrong type is a compile error.
#
# REAL_CACHE   a directory that keeps downloads between runs (default: none)
# shellcheck disable=SC2010,SC2012,SC2086 # flags and sources are lists of words without spaces in them
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/debian_sources.sh"

PATH=$PATH:/usr/sbin # bpftool's place
cache=${REAL_CACHE:-$work/cache}

# The libraries, by their Debian source packages. Runs in a library's unpacked sources and sets
#   flags      for the compiler, when the library and when its public headers are compiled
#   sources    what is compiled
#   libraries  what is linked
#   headers    the public headers
#   symbols    the least number of exported symbols that the public headers declare
#   types      the least number of structs and unions that are complete in the public headers
# The last two are a little below the real counts: a test that compares nothing fails.
packages='zlib libuv1 libbpf mbedtls'
describe() {
    libraries=
    case $1 in
    zlib) # exports private functions, too, with types that no public header has
        flags='-I. -D_GNU_SOURCE -D_LARGEFILE64_SOURCE -DHAVE_UNISTD_H'
        sources=$(ls ./*.c)
        headers=zlib.h
        symbols=80
        types=3
        ;;
    libuv1) # large structs with unions, and the system's own types in them
        flags='-Iinclude -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DBUILDING_UV_SHARED
            -fvisibility=hidden'
        # CMakeLists.txt lists them for every system, for every Unix, and for Linux.
        sources=$(awk '/^set\(uv_sources/ || /^else\(\)/ || /^if\(.*Linux/ { on = 1 }
            /^endif/ { on = 0 }
            on && match($0, "src/[a-z0-9/-]*[.]c") { print substr($0, RSTART, RLENGTH) }
            ' CMakeLists.txt | grep -v /win/)
        libraries='-lpthread -ldl -lrt'
        headers=uv.h
        symbols=280
        types=60
        ;;
    libbpf) # bit-fields, unnamed unions in structs, enums of hundreds of names
        flags='-I. -Iinclude -Iinclude/uapi -D_GNU_SOURCE -D_LARGEFILE64_SOURCE
            -D_FILE_OFFSET_BITS=64 -fvisibility=hidden'
        sources=$(ls src/*.c)
        libraries='-lelf -lz'
        headers='bpf/libbpf.h bpf/bpf.h bpf/btf.h'
        symbols=290
        types=48
        ;;
    mbedtls) # ninety units, seventy headers, and every private function exported
        # _GNU_SOURCE: without it one of the units has another `struct tm` than the rest.
        # Since version 3, private members have other names without MBEDTLS_ALLOW_PRIVATE_ACCESS.
        flags='-Iinclude -D_GNU_SOURCE -DMBEDTLS_ALLOW_PRIVATE_ACCESS'
        sources=$(ls library/*.c)
        # Without those that rename functions, configure the library, or are for one machine.
        headers=$(cd include && ls mbedtls/*.h psa/crypto.h | grep -v -e compat -e config \
            -e /net.h -e bn_mul -e pkcs11 -e aesni -e padlock -e _internal)
        symbols=930
        [ ! -e include/mbedtls/build_info.h ] || symbols=880 # version 3, which declares fewer
        types=76
        ;;
    esac
}

# prepare PACKAGE: makes files that its sources lack.
prepare() {
    case $1 in
    libbpf) # the directory that the headers are installed in
        ln -s src bpf
        ;;
    esac
}

unpack() {
    mkdir "$work/$1" && cd "$work/$1" &&
        tar -x --strip-components=1 -f "$(tarball "$1")" && prepare "$1"
}

# -- The checks of one library. They run in its sources; $out is their output directory. --

# Prints the exported symbols of the linked file, without the linker's own.
exported() {
    nm -D --defined-only "$out/x.so" |
        awk '$2 ~ /^[TDBRWVGSui]$/ { sub(/@.*/, "", $3); print $3 }' |
        grep -vxE '_init|_fini|__bss_start|_edata|_end' | sort -u
}

build() {
    # clang describes the functions that a file calls only if it optimises; gcc is faster without.
    optimisation=-O0
    [ "$compiler" = gcc ] || optimisation=-O1
    # -w: warnings of the library's sources do not matter here.
    "$PLUGIN" build -buildmode=plugin --cc="$compiler" -o "$out/x.so" $optimisation -w $flags $sources $libraries &&
        exported >"$out/exported" && grep -q . "$out/exported"
}

print_header() {
    "$PLUGIN" header "$out/x.so" >"$out/x.h" && "$PLUGIN" header --check "$out/x.so" >"$out/checks" &&
        grep -q . "$out/x.h" && grep -q . "$out/checks"
}

# compile FILE WARNINGS...: succeeds if the file compiles, with both compilers.
compile() {
    for with in gcc clang; do
        "$with" -std=gnu11 $flags -I"$out" "$@" -c -o /dev/null || { echo "by $with"; return 1; }
    done
}

# The generated header alone: its size assertions hold, and it declares each exported symbol.
header_alone() {
    echo '#include "x.h"' >"$out/alone.c"
    compile "$out/alone.c" -Wall -Werror
}
header_complete() {
    { echo '#include "x.h"'
      echo 'const void *const all[] = {'
      sed 's/.*/    (const void *)\&&,/' "$out/exported"
      echo '};'; } >"$out/complete.c"
    compile "$out/complete.c" -Wall -Werror
}

# public: prints lines that include the public headers, and undefine macros named like a symbol.
public() {
    for header in $headers; do
        echo "#include <$header>"
    done
    sed 's/^/#undef /' "$out/exported"
}

# errors FILE: prints gcc's errors, a line each.
errors() {
    gcc -std=gnu11 -w $flags -I"$out" -c -o /dev/null "$1" 2>&1 | grep 'error: '
}

# unknown_names FILE: prints the undeclared names and incomplete types in FILE. Fails if it has other
# errors.
unknown_names() {
    errors "$1" >"$out/errors"
    ! grep -v -e "incomplete type '" -e ' undeclared here' "$out/errors" >&2 || return 1
    sed -n -e "s/.*incomplete type '\\([^']*\\)'.*/\\1/p" \
        -e "s/.*error: '\\([^']*\\)' undeclared here.*/\\1/p" "$out/errors"
}

# at_least FLOOR COUNT: fails if the test would compare too little.
at_least() {
    [ "$2" -ge "$1" ] || { echo "$2, fewer than $1"; return 1; }
}

# Writes a line for each declaration in the generated header: the symbol's name, a tab, the declaration.
# The name is the first word that is an exported symbol and not a tag; parameters come after it.
declarations() {
    echo '#include "x.h"' >"$out/declarations.c"
    gcc -E -P -DPLUGIN_HEADER_NO_TYPES -I"$out" "$out/declarations.c" |
        awk -v names="$out/exported" '
        BEGIN { while ((getline name < names) > 0) exported[name] = 1; RS = ";" }
        {
            gsub(/[ \n\t]+/, " "); sub(/^ /, "")
            text = text $0 ";"
            if (gsub(/\{/, "{", text) != gsub(/\}/, "}", text)) next # inside of a type
            rest = text; before = ""
            while (match(rest, /[A-Za-z_][A-Za-z_0-9]*/)) {
                word = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
                if (word in exported && before !~ /^(struct|union|enum)$/) { print word "\t" text; break }
                before = word
            }
            text = ""
        }' | sort >"$out/declarations"
}

# next_to_public LINES: succeeds if these lines compile after the public headers, with both compilers.
# The typedefs that only private headers have come before them, from the generated header: a library
# may declare `int64 f(unsigned char)` and define it as `i64 f(u8)`. The compiler then checks
# that both are the same type. A conflict is an error, so warnings are off.
next_to_public() {
    : >"$out/typedefs"
    for _ in 1 2 3 4 5 6 7 8 9; do
        { public; cat "$out/typedefs" "$1"; } >"$out/next.c"
        errors "$out/next.c" | sed -n "s/.*unknown type name '\\([^']*\\)'.*/\\1/p" | sort -u |
            while read -r type; do
                grep -E "^typedef .*[ *]$type(;|[[)].*;)\$" "$out/x.h"
            done >"$out/found"
        [ -s "$out/found" ] || break
        # The typedefs of earlier rounds need those of later ones.
        cat "$out/typedefs" >>"$out/found"
        mv "$out/found" "$out/typedefs"
    done
    compile "$out/next.c" -w
}

# Selects the declarations of symbols that the public headers declare, too.
select_declarations() {
    declarations
    cut -f 1 "$out/declarations" | diff "$out/exported" - || return 1 # all, and once
    { public; sed 's/.*/extern __typeof__(&) *ask_&;/' "$out/exported"; } >"$out/ask.c"
    unknown_names "$out/ask.c" >"$out/undeclared" || return 1
    awk -F '\t' -v names="$out/undeclared" '
        BEGIN { while ((getline name < names) > 0) skip[name] = 1 }
        !($1 in skip) { print $2 }' "$out/declarations" >"$out/declared"
    at_least "$symbols" "$(wc -l <"$out/declared")"
}
same_declarations() {
    next_to_public "$out/declared"
}

# Selects the assertions on types that the public headers define.
select_checks() {
    # The subject of an assertion: a struct or union, by its size or a member; a typedef; an enumerator.
    awk '
        match($0, /^_Static_assert[(](sizeof|__builtin_offsetof)[(]/) ||
        match($0, /^_Static_assert[(]__builtin_types_compatible_p[(]__typeof__[(]&[(][(]/) ||
        match($0, /^_Static_assert[(]__builtin_types_compatible_p[(]/) ||
        match($0, /^_Static_assert[(]/) {
            rest = substr($0, RLENGTH + 1)
            match(rest, /^((struct|union) )?[A-Za-z_0-9]+/)
            print substr(rest, 1, RLENGTH) "\t" $0
        }' "$out/checks" >"$out/named"
    cut -f 2- "$out/named" | diff "$out/checks" - || return 1 # each line is a check
    cut -f 1 "$out/named" | sort -u >"$out/subjects"
    { public; awk '{ print "unsigned long ask_" NR " = sizeof(" $0 ");" }' "$out/subjects"; } >"$out/ask.c"
    unknown_names "$out/ask.c" >"$out/incomplete" || return 1
    awk -F '\t' -v names="$out/incomplete" '
        BEGIN { while ((getline name < names) > 0) skip[name] = 1 }
        !($1 in skip) { print $2 }' "$out/named" >"$out/checked"
    at_least "$types" "$(grep -cvxFf "$out/incomplete" "$out/subjects")"
}
same_types() {
    next_to_public "$out/checked"
}

# Negative control: makes each of the same lines wrong, and requires an error for each. It reuses the
# typedefs of the right lines.
wrong_lines() { # PATTERN REPLACEMENT ERROR FILE
    grep -e "$1" "$4" | sed "s/$1/$2/" >"$out/wrong"
    { public; cat "$out/typedefs" "$out/wrong"; } >"$out/wrong.c"
    errors "$out/wrong.c" | grep -c "error: $3" >"$out/noticed"
    made=$(wc -l <"$out/wrong")
    echo "wrong lines: $made, errors: $(cat "$out/noticed")"
    [ "$made" -gt 0 ] && [ "$made" -eq "$(cat "$out/noticed")" ]
}

bpftool_prints() {
    for format in raw c; do
        bpftool btf dump file "$out/x.so" format $format >"$out/btf.$format" || return 1
    done
    grep -q FUNC_PROTO "$out/btf.raw" && grep -q struct "$out/btf.c"
}

# -- One library --

# get PACKAGE: unpacks its sources in $work/PACKAGE.
get() {
    if ! { download "$1" && unpack "$1"; } >"$work/log" 2>&1; then
        fail "$1: Debian's archive has the sources" <"$work/log"
        return 1
    fi
    pass "$1: Debian's archive has the sources"
}

# compare PACKAGE COMPILER
compare() {
    name="$1 by $2"
    compiler=$2
    out=$work/out/$1/$2
    mkdir -p "$out"
    cd "$work/$1" || exit 1
    describe "$1"

    check "$name: builds as a plugin" build
    [ -s "$out/exported" ] || return
    check "$name: plugin header prints a header" print_header
    [ -s "$out/checks" ] || return
    check "$name: the header compiles alone" header_alone
    check "$name: the header declares all $(wc -l <"$out/exported") exported symbols" header_complete
    check "$name: bpftool prints the types" bpftool_prints

    check "$name: the public headers declare at least $symbols of the symbols" select_declarations
    check "$name: $(wc -l <"$out/declared") declarations agree with theirs" same_declarations
    check "$name: each wrong result type is an error" wrong_lines \
        '^\(extern \)*int ' 'short ' 'conflicting type' "$out/declared"

    check "$name: the public headers define at least $types of the checked types" select_checks
    check "$name: $(wc -l <"$out/checked") sizes, offsets and types agree with theirs" same_types
    check "$name: each wrong size and offset is an error" wrong_lines \
        ' == \([0-9]\)' ' == 1\1' 'static assertion failed' "$out/checked"
    check "$name: each wrong member type is an error" wrong_lines \
        '__typeof__(&' '__typeof__(' 'static assertion failed' "$out/checked"
}

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
for package in $packages; do
    get "$package" || continue
    compare "$package" gcc
    # Of the other compiler, the others would show nothing new.
    case $package in
    libuv1) compare "$package" clang ;;
    esac
done
cd "$tests" || exit 1
finish

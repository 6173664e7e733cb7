#!/bin/sh
# SPDX-License-Identifier: MIT
# Every kind of misfit except differences of types, which are in tests/fit/compatibility. NAME.expected
# holds the host's messages when it opens the plugins. `plugin check` must print the same; no code of a
# refused plugin may run, and none may stay mapped. REFUSE_WRITE=1 writes these files; review the
# difference.
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
golden=$tests/fit/misfit
geom=$tests/fit/compatibility
headers=$(dirname "$PLUGIN")/../include
here=$(pwd -P)

# Removes from messages what differs between machines.
normalise() {
    sed -e "s|not found in ${LD_LIBRARY_PATH:-nowhere}, |not found in |g" -e "s|$here|DIR|g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/g' \
        -e 's|\(not found in [^,"]*\), [^"\\]*|\1, ...|g' -e "s/-fsanitize=$other,/-fsanitize=OTHER,/" \
        -e 's/ [0-9a-f]\{16\} [0-9a-f]\{16\} / HASH HASH /g'
}

# Converts the output of `plugin check` to that of the host.
as_host_says() {
    sed -e 's/^[^ ].* fits .*/opened/' -e 's/^[^ ].* does not fit /PLUGIN_MISFIT: &/' check.raw
}
same_by_check() {
    "$PLUGIN" check ${strict:+"$strict"} "$here/$host" "$@" >check.raw 2>&1
    [ $? -eq 1 ] || { echo "it does not exit with 1"; cat check.raw; return 1; }
    "$PLUGIN" check --json ${strict:+"$strict"} "$here/$host" "$@" >>outputs 2>>errors
    as_host_says >wanted
    diff -u wanted actual.raw
}

# say NAME <MESSAGES: compares them with NAME.expected.
say() {
    normalise >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$golden/$1.expected"
    check_same "P5: $1: the messages" "$golden/$1.expected" actual
}

# refuse NAME PLUGIN...: opens them in order; at least one is refused.
host=host
strict=
refuse() {
    name=$1
    shift
    "./$host" ${strict:+"$strict"} "$@" >actual.raw 2>&1 || echo "exit status $?" >>actual.raw
    say "$name" <actual.raw
    check "$name: plugin check says the same" same_by_check "$@"
}

# plugin OUTPUT ARGUMENT...: builds a plugin that leaves a mark when it runs.
plugin() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$@" mark.c
}
# library OUTPUT ARGUMENT...: builds a shared library with its file's name as DT_SONAME.
library() {
    output=$1
    shift
    cc -g -shared -fPIC -Wl,-Bsymbolic "-Wl,-soname,${output##*/}" -o "$output" "$@"
}

cat >mark.c <<'END_OF_FILE'
#include <stdlib.h>
__attribute__((constructor)) static void leave_mark(void)
{
    setenv("PLUGIN_HAS_RUN", "1", 1);
}
END_OF_FILE
# change DIRECTORY SED: writes a changed copy of the package. The strict rules know no alias.
change() {
    mkdir "$1" && cp "$geom"/*.[ch] "$1" && sed -i "/define INSIDE_GEOM/d; $2" "$1"/*
}
# The loaded bytes of these two are equal: only their types differ.
same=-Wl,--build-id=none
# shellcheck disable=SC2086 # flags are words
build() {
    cp "$golden/host.c" . && change old '' && change new 's/double r;/float r;/' &&
        mkdir libraries nowhere &&
        "$PLUGIN" build -o host host.c old/geom.c $TEST_CFLAGS &&
        "$PLUGIN" build -o bare-host host.c $TEST_CFLAGS &&
        "$PLUGIN" build -buildmode=plugin -o old.so $same old/main.c old/geom.c &&
        "$PLUGIN" build -buildmode=plugin -o new.so $same new/main.c new/geom.c
}
case $TEST_CFLAGS in
*address*) other=thread ;;
*) other=address ;;
esac
check "the hosts and the plugins build" build

# ---- libraries ----

build_libraries() {
    echo 'int far_away(void) { return 1; }' >far.c
    echo 'extern int far_away(void); int near_by(void) { return far_away(); }' >near.c
    echo 'extern int far_away(void); int ask(void) { return far_away(); }' >ask-far.c
    echo 'extern int near_by(void); int ask(void) { return near_by(); }' >ask-near.c
    library libraries/libfar.so far.c &&
        library libraries/libnear.so near.c libraries/libfar.so "-Wl,-rpath,$here/nowhere" &&
        library libraries/libloose.so near.c &&
        plugin far.so ask-far.c libraries/libfar.so "-Wl,-rpath,$here/nowhere" &&
        plugin near.so ask-near.c libraries/libnear.so "-Wl,-rpath,$here/nowhere" \
            "-Wl,-rpath-link,libraries" &&
        plugin loose.so ask-near.c libraries/libloose.so "-Wl,-rpath,$here/libraries" \
            -Wl,--allow-shlib-undefined
}
check "libraries and their users build" build_libraries
refuse missing-library far.so
cp libraries/libnear.so nowhere
refuse missing-library-of-a-library near.so
refuse missing-symbol-of-a-library loose.so
: >nowhere/libfar.so
refuse library-that-is-none far.so
cp libraries/libfar.so nowhere
mended() {
    rm nowhere/libfar.so
    ./host far.so "--run=cp libraries/libfar.so nowhere" far.so near.so >log 2>&1
    printf 'done\nopened\nopened\n' >wanted
    grep -v '^PLUGIN_MISFIT\|^  ' log | diff -u wanted -
}
check "after the library is installed, the same process opens the plugins" mended
escape=$(printf 'lib\033[31mred.so')
library "libraries/$escape" far.c
plugin escape.so ask-far.c "libraries/$escape" "-Wl,-rpath,$here/nowhere" >log 2>&1
refuse missing-library-with-escapes escape.so

build_versions() {
    printf 'int far_away(void) { return 1; }' >versions.c
    echo 'V1 { global: far_away; };' >one.map
    echo 'V2 { global: far_away; };' >two.map
    library libraries/libversions.so versions.c -Wl,--version-script=two.map &&
        plugin versions.so ask-far.c libraries/libversions.so "-Wl,-rpath,$here/libraries" &&
        library libraries/libversions.so versions.c -Wl,--version-script=one.map
}
check "a library with versions builds" build_versions
refuse missing-version versions.so

# ---- symbols of the host ----

cat >missing.c <<'END_OF_FILE'
extern int host_first(void), host_second(int), host_third;
extern int host_optional(void) __attribute__((weak));
int ask(void)
{
    return host_first() + host_second(host_third) + (host_optional ? host_optional() : 0);
}
END_OF_FILE
plugin missing.so missing.c
refuse missing-symbols missing.so

{
    for i in $(seq 150); do echo "extern int host_$i(void);"; done
    echo 'int ask(void) { return 0'
    for i in $(seq 150); do echo "+ host_$i()"; done
    echo '; }'
} >many.c
plugin many.so many.c
refuse many-misfits many.so

echo 'extern long host_level; extern int host_log(long *text);
int ask(long *text) { return host_level && host_log(text); }' >other-types.c
plugin other-types.so other-types.c
refuse symbols-of-other-types other-types.so
echo 'extern int host_level(void); extern int host_log;
int ask(void) { return host_level() + host_log; }' >other-kinds.c
plugin other-kinds.so other-kinds.c
refuse symbols-of-other-kinds other-kinds.so

# ---- stamped libraries ----

# shellcheck disable=SC2086 # flags are words
build_stamped() {
    echo 'struct box { int width; }; int box_width(struct box *b) { return b->width; }' >box.c
    echo 'struct box { int width; }; int box_width(struct box *b);
int ask(struct box *b) { return box_width(b); }' >ask-box.c
    library libraries/libbox.so box.c &&
        plugin box.so ask-box.c libraries/libbox.so "-Wl,-rpath,$here/libraries" &&
        ./host box.so | grep -qx opened &&
        sed -i 's/int width;/long width;/' box.c && library libraries/libbox.so box.c &&
        "$PLUGIN" stamp libraries/libbox.so &&
        "$PLUGIN" build -o box-host host.c $TEST_CFLAGS -Wl,--no-as-needed libraries/libbox.so \
            "-Wl,-rpath,$here/libraries"
}
check "a stamped library builds" build_stamped
refuse library-to-be-loaded box.so
host=box-host
refuse library-of-the-host box.so
host=host

# ---- the machine, the C library, sanitizers ----

echo 'int ask(int i) { return i; }' >ask.c
# stamped_by COMPILER OUTPUT FLAG|FILE...: builds a plugin by a compiler for another target.
stamped_by() {
    other_compiler=$1
    output=$2
    shift 2
    "$other_compiler" -g -shared -fPIC -Wl,-Bsymbolic -o "$output" "$@" && "$PLUGIN" stamp "$output"
}
lacks other-c-library "a plugin for another C library" || {
    check "a plugin for another C library builds" \
        stamped_by "${NATIVE_CC:-musl-gcc}" other-libc.so ask.c mark.c
    refuse "other-c-library${NATIVE_CC:+-than-musl}" other-libc.so
}
check "a plugin with a sanitizer builds" plugin sanitized.so -fsanitize="$other" ask.c
refuse sanitizer-that-the-host-lacks sanitized.so
lacks other-size "a plugin of another size" || {
    check "a plugin of another ELF class builds" stamped_by "${NATIVE_CC:-cc}" other-size.so -m32 -nostdlib ask.c
    "$PLUGIN" check "$here/host" other-size.so >said 2>&1
    say other-size-by-check <said
    ./host other-size.so >said 2>&1
    say other-size <said
}

# ---- packages ----

refuse package-of-the-host new.so
host=bare-host
refuse package-of-another-plugin old.so new.so
refuse package-of-another-plugin-in-turn new.so old.so
echo '{ local: *; };' >nothing.map
# shellcheck disable=SC2086 # flags are words
"$PLUGIN" build -o closed-host host.c old/geom.c $TEST_CFLAGS -Wl,--version-script=nothing.map >log 2>&1
host=closed-host
refuse package-that-the-host-hides old.so
host=host
echo 'int geom_count = 7;' >same-name.c
# shellcheck disable=SC2086 # flags are words
"$PLUGIN" build -o same-name-host host.c same-name.c $TEST_CFLAGS >log 2>&1
host=same-name-host
refuse name-that-the-host-has-as-well old.so
host=host

several() {
    change several 's/double r;/float r;/; s/first, int second/first, long second/; s/geom_old/geom_ancient/' &&
        plugin several.so several/main.c several/geom.c missing.c other-types.c ask-far.c \
            libraries/libfar.so "-Wl,-rpath,$here/missing" -Dask=ask_for_this
}
sed -i 's/\bask\b/ask_missing/' missing.c
sed -i 's/\bask\b/ask_types/' other-types.c
check "a plugin with several misfits builds" several
refuse several-misfits several.so
"$PLUGIN" check --json "$here/host" several.so >said
say several-misfits-json <said

# A repaired file opens in the same process.
cp new.so mended.so
mends() {
    ./host mended.so "--run=cp old.so mended.so" mended.so >log 2>&1
    printf 'done\nopened\n' >wanted
    grep -v '^PLUGIN_MISFIT\|^  ' log | diff -u wanted - && [ "$(head -c 14 log)" = PLUGIN_MISFIT: ]
}
check "P3: after the file is repaired, the same process opens it" mends

# ---- strict ----

strict=--strict
build_strict() {
    change comment 's|double r;|double r; /* in metres */|' && echo '/* none */' >comment/more.h &&
        sed -i '1s|^|#include "more.h"\n|' comment/geom.c && echo 'static int more;' >>comment/more.h &&
        change lost '' && cp old/geom.[ch] lost &&
        plugin comment.so comment/main.c comment/geom.c &&
        plugin unrecorded.so --cc=clang -DWITHOUT_USES old/main.c old/geom.c &&
        echo 'extern int host_level; int *ask(void) { return &host_level; }' >unrecorded.c &&
        plugin unrecorded-import.so --cc=clang unrecorded.c &&
        cc -c -g -fPIC -I"$headers" -o lost.o lost/geom.c && rm -r lost &&
        plugin lost.so old/main.c lost.o
}
check "plugins for strict opens build" build_strict
refuse strict-other-sources comment.so
refuse strict-sources-not-there lost.so
refuse strict-unrecorded-type unrecorded-import.so
refuse strict-of-another-version new.so
accepts() {
    ./host --strict old.so >log 2>&1
    [ "$(cat log)" = opened ] && "$PLUGIN" check --strict host old.so
}
check "strict accepts equal sources" accepts
accepts_elsewhere() {
    mkdir elsewhere && cp -r old elsewhere && cd elsewhere &&
        "$PLUGIN" build -O2 -buildmode=plugin -o ../elsewhere.so old/main.c old/geom.c && cd .. &&
        [ "$(./host --strict elsewhere.so)" = opened ]
}
check "strict accepts another directory and optimisation" accepts_elsewhere
not_strict() {
    [ "$(./host comment.so unrecorded-import.so | sort -u)" = opened ] &&
        "$PLUGIN" check host comment.so lost.so unrecorded-import.so
}
check "without strict, the same plugins fit" not_strict

# ---- the control: plain dlopen runs plugins that were refused above ----

cat >control.c <<'END_OF_FILE'
#include <dlfcn.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    return argc == 2 && dlopen(argv[1], RTLD_NOW) && getenv("PLUGIN_HAS_RUN") ? 0 : 1;
}
END_OF_FILE
# shellcheck disable=SC2086 # flags are words
cc -o control control.c $TEST_CFLAGS -ldl
for file in new.so box.so; do
    # Leaks do not matter here.
    check "attack 5: dlopen runs $file" env ASAN_OPTIONS=detect_leaks=0 ./control "./$file"
done

check "as JSON, each is as its schema says" python3 "$tests/cmd/schemas/check.py" fits "$tree/schemas" "$tree" outputs

finish

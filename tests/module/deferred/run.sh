#!/bin/sh
# SPDX-License-Identifier: MIT
# Large types stay in the plugin's file until they are used. They remain usable when the file is deleted
# or replaced; a truncated or modified file is an error. The open verifies the checksum of .BTF, as of a
# plugin whose symbols have all types by value; that of packed types is verified when they are used.
. "$(dirname "$0")/../../common/tap.sh"

says_alike=
cd "$work" || exit 1

build_all() (
    set -e
    awk 'BEGIN {
        for (i = 0; i < 900; i++)
            printf "struct s%d { long one%d; char two%d[%d]; };\n", i, i, i, i + 1
        print "struct all {"
        for (i = 0; i < 900; i++)
            printf "struct s%d m%d;\n", i, i
        print "} W;\nstruct s0 V;\nint F(struct s0 *first)\n{\n    return first->two0[0];\n}"
    }' >deferred.c
    awk 'BEGIN {
        srand(1)
        for (i = 0; i < 1500; i++)
            printf "struct s%d { struct s%d *next; long n%d; char c%d[%d]; };\n", i, i + 1, rand() * 1e9, rand() * 1e9, i + 1
        print "struct s0 V;\nint F(struct s0 *first)\n{\n    return first->next != 0;\n}"
    }' >packed.c
    "$PLUGIN" build -buildmode=plugin -O2 -o deferred-packed.so packed.c
    strip deferred-packed.so
    "$PLUGIN" build -buildmode=plugin -O2 -o deferred.so deferred.c
    strip deferred.so
    echo 'int nobody_has_it(void); int G(void) { return nobody_has_it(); }' | cat deferred.c - >lacking.c
    "$PLUGIN" build -buildmode=plugin -O2 -o deferred-lacking.so lacking.c
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build ${TEST_CFLAGS:-} -o host "$tests/module/deferred/host.c"
    place_of .BTF deferred.so
    read -r offset size <place
    echo "$size bytes at $offset"
    [ "$size" -gt 65536 ]
    place_of .plugin deferred-packed.so
    read -r offset size <place
    tables=$(od -An -tu4 -j $((offset + 168)) -N 4 deferred-packed.so)
    echo "$((offset + tables)) $((size - tables))" >packed
    echo "packed: $((size - tables)) bytes"
    [ $((size - tables)) -gt 16384 ]
)
# place_of SECTION FILE: writes offset and size of the section to the file place.
place_of() {
    readelf -SW "$2" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v name="$1" '$1 == name { print $4, $5; exit }' |
        while read -r offset size; do echo "$((0x$offset)) $((0x$size))"; done >place
}

# opens_and COMMAND...: runs the host, and the command between the host's open and its uses of types.
opens_and() {
    mkfifo questions answers
    ./host ./copy.so <questions >answers 2>&1 &
    exec 5>questions 6<answers
    read -r line <&6
    [ "$line" = open ] || { echo "$line"; cat <&6; exec 5>&- 6<&-; rm questions answers; return 1; }
    "$@"
    echo >&5
    cat <&6 >said
    exec 5>&- 6<&-
    wait $!
    status=$?
    rm questions answers
    cat said
    [ $status -eq 0 ]
}

# overwrite OFFSET: changes the byte at this offset.
overwrite() {
    byte=$(od -An -tu1 -j "$1" -N 1 copy.so)
    # shellcheck disable=SC2059 # an escape
    printf "$(printf '\\%03o' $((byte ^ 255)))" | dd of=copy.so bs=1 seek="$1" conv=notrunc 2>/dev/null
}

says_types() {
    cp "$plugin" copy.so
    opens_and "$@" && grep -q 'recorded   struct s0 V ' said && grep -qx 'int F(struct s0 \*first)' said
}
# says_twice TEXT COMMAND...: succeeds if both uses fail with this text.
says_twice() {
    words=$1
    shift
    cp "$plugin" copy.so
    opens_and "$@" && [ "$(grep -c "$words" said)" -eq 2 ]
}
replace() {
    cp lacking.c other && mv other copy.so
}
is_refused() {
    cp deferred.so copy.so
    overwrite "$1"
    mv copy.so deferred-copy.so
    ! ./host ./deferred-copy.so >said 2>&1
    status=$?
    cat said
    [ $status -eq 0 ] && grep -q 'checksum of .plugin and .BTF does not match' said &&
        grep -qx '0 mapped' said
}
leaves_nothing() {
    ! ./host ./deferred-lacking.so >said 2>&1
    status=$?
    cat said
    [ $status -eq 0 ] && grep -q 'nobody_has_it: not exported by the host' said && grep -qx '0 mapped' said
}

check "the plugins and the host build" build_all

for plugin in deferred.so deferred-packed.so; do
    read -r offset size <packed
    [ $plugin = deferred-packed.so ] || { place_of .BTF $plugin && read -r offset size <place; }
    check "$plugin: types are readable" says_types true
    check "$plugin: types are readable after the file is deleted" says_types rm copy.so
    check "$plugin: types are readable after the file is replaced" says_types replace
    check "$plugin: a truncated file is an error" says_twice 'its file was truncated after it was opened' \
        truncate -s $((offset / 4096 * 4096 + 4096)) copy.so
    check "$plugin: a file truncated within the types is an error" \
        says_twice 'its file was truncated after it was opened' \
        truncate -s $(((offset + size) / 4096 * 4096 - 4096)) copy.so
done
for place in $offset $((offset + size / 2)) $((offset + size - 1)); do
    check "packed types: a changed byte is an error when they are used: $((place - offset))" \
        says_twice 'its .plugin section is damaged: checksum of its types does not match' overwrite "$place"
done
changed_before() {
    cp deferred-packed.so copy.so
    overwrite $((offset + size / 2))
    mv copy.so deferred-copy.so
    echo | ./host ./deferred-copy.so >said 2>&1
    cat said
    [ "$(grep -c 'its .plugin section is damaged: checksum of its types does not match' said)" -eq 2 ] &&
        grep -qx open said
}
check "packed types: an open reads none" changed_before
verifies() {
    ! echo | ./host ./deferred-copy.so verify >said 2>&1 && cat said &&
        grep -q 'checksum of its types does not match' said && grep -qx '0 mapped' said &&
        echo | ./host ./deferred-packed.so verify | grep -qx open
}
check "packed types: options.verify reads them" verifies
place_of .BTF deferred.so
read -r offset size <place
plugin=deferred.so
check "a modified file is an error" says_twice 'its file was modified after it was opened' \
    overwrite $((offset + size / 2))
for place in $offset $((offset + 16383)) $((offset + 16384)) $((offset + size / 2)) $((offset + size - 1)); do
    check "the open refuses a changed byte of the types: $((place - offset))" is_refused "$place"
done
check "a refused plugin leaves no mapping" leaves_nothing

# ---- the program's own types ----

# Of the program's stamp only what a plugin needs is read; its types, when they are compared.
program() {
    cat >program.c <<'C'
#include <plugin.h>
#include <stdio.h>
struct part { int first; };
int take(const struct part *part) { return part->first; }
int main(int count, char **arguments)
{
    (void)count;
    puts(plugin_open(arguments[1]) ? "opens" : plugin_error());
    return 0;
}
C
    echo 'struct part { int first; }; int take(const struct part *); int hit(void) { return take(&(struct part){1}); }' >same.c
    sed 's/int first/long first/' same.c >wrong.c
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build ${TEST_CFLAGS:-} -o program program.c && "$PLUGIN" build -buildmode=plugin -o same.so same.c &&
        "$PLUGIN" build -buildmode=plugin -o wrong.so wrong.c
    readelf -SW program | sed 's/^ *\[ *[0-9]*\] *//' | awk '$1 == ".BTF" { print $4, $5; exit }' |
        while read -r offset size; do echo "$((0x$offset + 0x$size - 3))"; done >place
    cp program copy.so && overwrite "$(cat place)" && mv copy.so damaged && chmod +x damaged
}
check "a program and plugins build" program
says "equal hashes need no types, not even damaged ones" sh -c './program ./same.so; ./damaged ./same.so' <<'E2'
opens
opens
E2
./damaged ./wrong.so >said 2>&1
check "damaged types agree with nothing" has said "checksum of .plugin and .BTF does not match"

finish

#!/bin/sh
# Large types stay in the plugin's file until they are used. The open checks them. They remain usable when
# the file is deleted or replaced; a truncated or modified file is an error.
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
says_alike=

build_all() (
    set -e
    awk 'BEGIN {
        for (i = 0; i < 900; i++)
            printf "struct s%d { struct s%d *next; long one%d; char two%d[%d]; };\n", i, i + 1, i, i, i + 1
        print "struct s0 V;\nint F(struct s0 *first)\n{\n    return first->two0[0];\n}"
    }' >deferred.c
    "$PLUGIN" build -buildmode=plugin -O2 -o deferred.so deferred.c
    strip deferred.so
    echo 'int nobody_has_it(void); int G(void) { return nobody_has_it(); }' | cat deferred.c - >lacking.c
    "$PLUGIN" build -buildmode=plugin -O2 -o deferred-lacking.so lacking.c
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build ${TEST_CFLAGS:-} -o host "$tests/module/deferred/host.c"
    readelf -SW deferred.so | sed 's/^ *\[ *[0-9]*\] *//' |
        awk '$1 == ".BTF" { print $4, $5; exit }' | while read -r offset size; do
            echo "$((0x$offset)) $((0x$size))"
        done >place
    read -r offset size <place
    echo "$size bytes at $offset"
    [ "$size" -gt 65536 ]
)

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
    cp deferred.so copy.so
    opens_and "$@" && grep -q 'recorded   struct s0 V ' said && grep -qx 'int F(struct s0 \*first)' said
}
# says_twice TEXT COMMAND...: succeeds if both uses fail with this text.
says_twice() {
    words=$1
    shift
    cp deferred.so copy.so
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
read -r offset size <place
check "types are readable" says_types true
check "types are readable after the file is deleted" says_types rm copy.so
check "types are readable after the file is replaced" says_types replace
check "a truncated file is an error" says_twice 'its file was truncated after it was opened' \
    truncate -s $((offset / 4096 * 4096 + 4096)) copy.so
check "a file truncated within the types is an error" \
    says_twice 'its file was truncated after it was opened' truncate -s $(((offset + size) / 4096 * 4096 - 4096)) copy.so
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

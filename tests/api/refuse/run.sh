#!/bin/sh
# SPDX-License-Identifier: MIT
# Every refusal of plugin_open, plugin_lookup and plugin_as, word for word: NAME.expected holds the
# message. REFUSE_WRITE=1 writes these files; review the difference.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/placement.sh"

cd "$work" || exit 1
chmod 755 .
golden=$tests/api/refuse
# shellcheck disable=SC2086 # flags are words
build_host() {
    "$PLUGIN" build -o host "$golden/host.c" --grows='struct journal' $TEST_CFLAGS &&
        "$PLUGIN" build -buildmode=plugin -o good.so "$golden/plugin.c" &&
        cc -shared -fPIC -g -o unstamped.so "$golden/plugin.c" &&
        cc -c -fPIC -g -o object.o "$golden/plugin.c" &&
        ar rc archive.a object.o &&
        echo 'int main(void) { return 0; }' >main.c &&
        "$PLUGIN" build -o executable main.c $TEST_CFLAGS &&
        cc -o plain-executable main.c &&
        cc -no-pie -o fixed-executable main.c
}
check "the host and the plugin build" build_host

# Removes what depends on the machine, and gcov's messages about counts that another user may not
# write.
normalise() {
    # musl's messages differ.
    sed -e '/^profiling:/d' -e 's/Symbolic link loop$/Too many levels of symbolic links/' \
        -e "s|$work|DIR|g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/g' \
        -e 's/(\([0-9]*\) of \([0-9]*\) bytes at offset [0-9]*)/(N of \2 bytes at offset N)/' \
        -e 's/beyond its [0-9]* bytes/beyond its N bytes/' "$@"
}

# refuse NAME ARGUMENT...: passes if the host prints NAME.expected and no code of the plugin runs.
refuse() {
    name=$1
    shift
    rm -f mark
    MARK=$work/mark ${as:-} ./host "$@" >actual.raw 2>&1 || echo "exit status $?" >>actual.raw
    normalise actual.raw >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$golden/$name.expected"
    expected=$golden/$name.expected
    if [ "$placement" = built-in ]; then # whose path is its name
        sed 's|DIR/good.so|good.so|' "$expected" >expected
        expected=expected
    fi
    check_same "P5: $name: the message" "$expected" actual
    [ "${may_run:-no}" = yes ] || check "P1: $name: nothing ran" test ! -e mark
}

# patch FILE OFFSET BYTES: overwrites bytes; BYTES is a format of printf.
patch() {
    # shellcheck disable=SC2059 # the bytes are a format
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# section FILE NAME: prints the offset of the section's contents.
section() {
    echo $((0x$(readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v n="$2" '$1 == n { print $4 }')))
}

only_loadable "a built-in plugin is no file" "what a file can be instead of a plugin" || {
# ---- files that are not ELF modules ----

mkdir directory
: >empty
printf '#!/bin/sh\nexit 1\n' >script
printf 'half a line with \033[31mcolour' >colour
head -c 1000 good.so >truncated.so
head -c 40 good.so >header.so
head -c "$(($(section good.so .plugin) + 20))" good.so >unfinished.so
mkfifo fifo
printf '\1\2\3\4\5\6\7' >binary
refuse missing-file missing.so
refuse missing-directory nowhere/good.so
refuse not-a-directory good.so/good.so
refuse empty-path ""
refuse directory directory
refuse empty empty
refuse text-file script
refuse text-file-with-escapes colour
refuse binary-file binary
refuse fifo fifo
refuse archive archive.a
refuse truncated-elf truncated.so
refuse truncated-header header.so
refuse truncated-stamp unfinished.so

# Root may read everything, so an unreadable file needs another user, who may have no access to the
# library's directory.
cp good.so unreadable.so
chmod 000 unreadable.so
if [ "$(id -u)" -eq 0 ]; then
    cp "$(find "$(dirname "$PLUGIN")/.." -name libplugin.so.0)" .
    as="env LD_LIBRARY_PATH=$work setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
refuse unreadable unreadable.so
as=

ln -s loop loop
refuse link-loop loop
ln -s nothing dangling
refuse dangling-link dangling
cp good.so "$(printf 'escape\033[2J.so')"
patch "$(printf 'escape\033[2J.so')" 0 '\0'
refuse name-with-escapes "$(printf 'escape\033[2J.so')"

# ---- ELF files that are not plugins ----

refuse relocatable-object object.o
refuse executable executable
refuse unstamped-executable plain-executable
refuse fixed-executable fixed-executable
refuse unstamped-library unstamped.so
cp good.so other-machine.so
patch other-machine.so 18 '\363\0' # EM_RISCV
refuse other-machine other-machine.so
cp good.so other-order.so
patch other-order.so 5 '\2' # ELFDATA2MSB
refuse other-byte-order other-order.so
cp good.so bad-header.so
patch bad-header.so 54 '\1' # e_phentsize
refuse damaged-elf-header bad-header.so

# ---- damaged stamps ----

meta=$(section good.so .plugin)
btf=$(section good.so .BTF)
for part in magic:0 version:8 size:12 checksum:16 content:24 kind:32 symbols:40 strings:80 \
    body:100; do
    cp good.so damaged.so
    patch damaged.so $((meta + ${part#*:})) '\0'
    cmp -s good.so damaged.so && patch damaged.so $((meta + ${part#*:})) '\252'
    refuse "damaged-${part%:*}" damaged.so
done
cp good.so damaged.so
patch damaged.so $((btf + 40)) '\252'
refuse damaged-btf damaged.so
cp good.so newer.so
patch newer.so $((meta + 8)) '\10'
refuse newer-format newer.so
objcopy --remove-section=.BTF good.so no-btf.so
refuse missing-btf no-btf.so
cp good.so copied-stamp.so
objcopy -O binary --only-section=.plugin --set-section-flags .plugin=alloc good.so plugin.bin
objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc good.so btf.bin
objcopy --add-section .plugin=plugin.bin --add-section .BTF=btf.bin executable disguised 2>/dev/null ||
    objcopy --update-section .plugin=plugin.bin --update-section .BTF=btf.bin executable disguised
refuse stamp-of-another-file disguised

# ---- missing symbols ----

cat >needs.c <<'END'
extern int nobody_has_this(void);
int needs(void) { return nobody_has_this(); }
END
"$PLUGIN" build -buildmode=plugin -o needs.so needs.c >log 2>&1
refuse missing-symbol-of-host needs.so

}

# ---- symbols and types: the plugin is open, so its constructor has run ----

if [ "$placement" = built-in ]; then
    # shellcheck disable=SC2086
    check "a host with the plugin built in builds" sh -c '"$0" build -buildmode=archive -o good.a "$1/plugin.c" $2 &&
        rm good.so && "$0" build -o host "$1/host.c" --with=good.a --grows="struct journal" $2' "$PLUGIN" "$golden" "$TEST_CFLAGS"
fi
may_run=yes
refuse no-symbol ./good.so missing
refuse no-symbol-near ./good.so cuonter
refuse no-symbol-near-two ./good.so ad
refuse no-symbol-empty ./good.so ""
refuse no-symbol-escapes ./good.so "$(printf 'a\033[31mb\n')"
refuse type-variable ./good.so counter 0
refuse type-qualifier-deep ./good.so title 1
refuse type-member-deep ./good.so shape 2
refuse type-function-as-variable ./good.so add 3
refuse type-variable-as-function ./good.so counter 7
refuse type-array-count ./good.so table 4
refuse type-array-as-pointer ./good.so table 3
refuse type-enumerator ./good.so color 5
refuse type-drops-const ./good.so limit 3
refuse type-parameter-deep ./good.so area 6
refuse type-parameter-count ./good.so add 7
refuse type-result ./good.so add 8
refuse type-parameter ./good.so add 9
refuse type-variadic ./good.so format 10
refuse type-function-pointer ./good.so visit 11
refuse type-signedness ./good.so counter 12
refuse type-void-pointer ./good.so counter 13
refuse type-grown-copy ./good.so review 14

only_loadable "a built-in plugin is no file" "what dlopen does" || {
# ---- the control: plain dlopen runs files that were refused above ----

cat >dlopen.c <<'END'
#include <dlfcn.h>
int main(int argc, char **argv) { return argc == 2 && dlopen(argv[1], RTLD_NOW) ? 0 : 1; }
END
cc -o dlopen dlopen.c -ldl
for file in unstamped.so newer.so damaged.so no-btf.so; do
    rm -f mark
    check "attack 5: $file opens with dlopen" env MARK="$work/mark" ./dlopen "$work/$file"
    check "attack 5: dlopen ran code of $file" test -e mark
done
}

finish

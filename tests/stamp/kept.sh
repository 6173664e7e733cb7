#!/bin/sh
# SPDX-License-Identifier: MIT
# What plugin stamp keeps of a file: data behind the ELF part, holes, extended attributes, access
# control lists, capabilities; where it looks for sources with a relative directory; and which strip
# programs keep the stamp.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
chmod 755 .
stamp() { "$PLUGIN" stamp "$@"; }
cp "$tree"/examples/seed/plugin_name.c .
cc -g -shared -fPIC -Wl,-Bsymbolic -o plain.so plugin_name.c
cp plain.so stamped.so
stamp stamped.so

# ---- data behind the ELF part ----

# elf_end FILE: where the section headers end, the last part of an ELF file as linkers write it.
elf_end() {
    readelf -hW "$1" | awk -F: '/Start of section headers/ { start = $2 + 0 }
        /Size of section headers/ { size = $2 + 0 } /Number of section headers/ { count = $2 + 0 }
        END { print start + size * count }'
}
# ends_with FILE PAYLOAD: succeeds if FILE is the stamped module, then the payload.
ends_with() { cat stamped.so "$2" | cmp - "$1"; }
printf 'a payload\n\0\1\2 with a trailer' >payload
cat plain.so payload >program
check "data behind the ELF part is kept" stamp program
check "the data follows the stamp, at the end of the ELF part" ends_with program payload
check "the section headers end where it starts" [ "$(elf_end program)" -eq "$(wc -c <stamped.so)" ]
check "a second stamp" stamp program
check "gives the same bytes" ends_with program payload
cat stamped.so payload >program
check "data behind a stamped module is kept" stamp program
check "as it was" ends_with program payload
check "and such a module is read" "$PLUGIN" inspect program

# A sparse file costs what its ELF part costs. A copy without holes would fill the disk.
cp plain.so sparse
if truncate -s 10G sparse 2>/dev/null && printf end >>sparse && [ "$(stat -c %b sparse)" -lt 10000 ]; then
    # Sanitizers reserve a large part of the address space.
    [ -n "${TEST_CFLAGS:-}" ] || ulimit -v 1000000
    check "a sparse file of 10 GB is stamped in little memory" stamp sparse
    check "it stays sparse" [ "$(stat -c %b sparse)" -lt 10000 ]
    check "its size grows by the stamp" \
        [ $(($(stat -c %s sparse) - (10 << 30) - 3)) -eq $(($(elf_end stamped.so) - $(wc -c <plain.so))) ]
    check "its end is kept" [ "$(tail -c 3 sparse)" = end ]
else
    skip "a sparse file" "the file system has no holes"
fi
rm -f sparse

# ---- attributes ----

# attributes FILE: its mode and extended attributes.
attributes() {
    python3 -c '
import os, sys
print(oct(os.stat(sys.argv[1]).st_mode))
for name in sorted(os.listxattr(sys.argv[1])):
    print(name, os.getxattr(sys.argv[1], name).hex())' "$1"
}
# set_attribute FILE NAME HEX
set_attribute() {
    python3 -c 'import os, sys; os.setxattr(sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]))' "$@" 2>/dev/null
}
# Version 2; tag, permissions, user or group: the owner rwx, user 65534 rwx, the group r--, at most rwx.
list=02000000"01000700ffffffff"02000700feff0000"04000400ffffffff"10000700ffffffff"20000500ffffffff"
capability=0100000200200000000000000000000000000000 # cap_net_raw, effective and permitted

# keeps WHAT NAME HEX: passes if a stamp keeps this attribute, and all others.
keeps() {
    cp plain.so kept.so
    chmod 754 kept.so
    set_attribute kept.so "$2" "$3" || { skip "$1" "not permitted, or no $2 in this file system"; return; }
    attributes kept.so >expected
    stamp kept.so >said 2>&1
    attributes kept.so >actual
    check_same "$1 stays" expected actual
    check "$1: without a warning" test ! -s said
}
keeps "an extended attribute" user.note 68656c6c6f
keeps "an access control list" system.posix_acl_access "$list"
keeps "a capability" security.capability "$capability"

# A directory may give lists to new files, among them the copy.
mkdir gives
cp plain.so gives/kept.so
chmod 750 gives/kept.so
if set_attribute gives system.posix_acl_default "$list"; then
    attributes gives/kept.so >expected
    stamp gives/kept.so
    attributes gives/kept.so >actual
    check_same "the copy has no list of its directory's" expected actual
else
    skip "the copy has no list of its directory's" "no lists in this file system"
fi

# Who may not set the owner, or a capability, is told.
if [ "$(id -u)" -eq 0 ] && cp plain.so given.so && set_attribute given.so security.capability "$capability"; then
    mkdir open
    chmod 777 open
    mv given.so open
    chmod 4755 open/given.so
    cp "$(find "$(dirname "$PLUGIN")/.." -name libplugin.so.0)" "$PLUGIN" open 2>/dev/null
    (cd open && LD_LIBRARY_PATH=. setpriv --reuid=65534 --regid=65534 --clear-groups ./plugin stamp given.so) >said 2>&1
    cat >expected <<'E2'
plugin: warning: given.so: cannot keep its owner and group: Operation not permitted
plugin: warning: given.so: cannot keep its security.capability: Operation not permitted
E2
    check_same "what cannot be kept is said" expected said
    check "without its owner, it is not set-user-ID" [ "$(stat -c %a open/given.so)" = 755 ]
else
    skip "what cannot be kept is said" "only root can make such a file"
fi

# ---- sources with a relative directory ----

mkdir -p tree/inner/deep elsewhere/inner
package example.com/k >tree/inner/k.c
echo 'int k;' >>tree/inner/k.c
sed 's/int k/int k = 1/' tree/inner/k.c >elsewhere/k.c
cp elsewhere/k.c elsewhere/inner/k.c
# hash_of FILE: the recorded hash of k.c, or that it was not found.
hash_of() { "$PLUGIN" inspect "$1" | sed -n 's/^ *source *//p' | grep k.c; }
links="-g -shared -fPIC -I$tree/include -Wl,--unresolved-symbols=ignore-all -Wl,--dynamic-list=list"
echo '{ k; };' >tree/list
cp tree/list tree/inner/list
# found NAME DIRECTORY MODULE ARGUMENT...: passes if k.c of tree/inner is found, from two directories,
# for a module that cc makes of these arguments in the directory.
found() {
    found_name=$1
    directory=$2
    module=$3
    shift 3
    # shellcheck disable=SC2086 # flags are words
    (cd "$directory" && cc $links "$@" -o "$work/$module") >log 2>&1 || { fail "$found_name: cc" <log; return; }
    stamp "$module"
    hash_of "$module" >actual
    check_same "$found_name" expected actual
    (cd elsewhere && stamp "../$module")
    hash_of "$module" >actual
    check_same "$found_name, from another directory" expected actual
}
(cd tree/inner && "$PLUGIN" build -buildmode=plugin -o absolute.so k.c)
hash_of tree/inner/absolute.so >expected
found "in the module's directory" tree/inner tree/inner/a.so -ffile-prefix-map="$work/tree/inner"=. k.c
found "above it" tree/inner tree/inner/deep/a.so -ffile-prefix-map="$work/tree/inner"=. k.c
found "below another directory" tree/inner tree/inner/deep/b.so -ffile-prefix-map="$work/tree"=. k.c
found "compiled from above" tree tree/inner/c.so -ffile-prefix-map="$work/tree"=. inner/k.c
found "without a directory" tree/inner tree/inner/d.so -ffile-prefix-map="$work/tree/"= k.c
echo 'k.c   /* source not found */' >expected
found "a module that was moved: not found" tree/inner a.so -ffile-prefix-map="$work/tree/inner"=. k.c
# What plugin build compiles lies where it runs.
hash_of tree/inner/absolute.so >expected
(cd tree/inner && "$PLUGIN" build -buildmode=plugin -ffile-prefix-map="$work/tree/inner"=. -o ../../moved.so k.c)
hash_of moved.so >actual
check_same "plugin build knows the directory" expected actual
(cd tree/inner && cc -g -fPIC -I"$tree/include" -ffile-prefix-map="$work/tree/inner"=. -c k.c -o k.o)
(cd elsewhere && "$PLUGIN" build -buildmode=plugin -o ../objects.so ../tree/inner/k.o)
echo 'k.c   /* source not found */' >expected
hash_of objects.so >actual
check_same "but not that of objects" expected actual

# ---- strip programs ----

"$PLUGIN" inspect stamped.so | sed 1d >stamp
# stripped NAME COMMAND...: strips small.so, a copy of the stamped module, and its debug information.
stripped() {
    cp stamped.so small.so
    check "$*" "$@"
    check "$*: strips" sh -c '! readelf -SW small.so | grep -q " .debug_info"'
}
# keeps_stamp COMMAND...: passes if the stamp is as before.
keeps_stamp() {
    stripped "$@"
    "$PLUGIN" inspect small.so | sed 1d >actual
    check_same "$*: keeps the stamp" stamp actual
}
# removes_stamp COMMAND...: passes if the stamp is gone; docs/build-systems.md and format.md say so.
removes_stamp() {
    stripped "$@"
    check_fails 1 "$*: removes the stamp" sh -c 'readelf -SW small.so | grep -E " [.](plugin|BTF) "'
    "$PLUGIN" stamp small.so >said 2>&1
    check "$*: the stamp says how to strip" has said '--keep-section=.plugin --keep-section=.BTF'
}
keep='--keep-section=.plugin --keep-section=.BTF'
for strip in strip 'strip -g' 'strip --strip-unneeded' 'objcopy -S' 'objcopy --strip-debug' \
    'llvm-strip -g' 'llvm-strip --strip-unneeded' "llvm-strip $keep" "llvm-objcopy --strip-all $keep" \
    'eu-strip -g' "eu-strip $keep" "eu-strip $keep -f debug"; do
    # shellcheck disable=SC2086 # words
    keeps_stamp $strip small.so
done
keeps_stamp install -s stamped.so small.so
# What install runs in the place of strip is one word.
printf '#!/bin/sh\nexec eu-strip %s "$@"\n' "$keep" >keeping
chmod +x keeping
keeps_stamp install -s --strip-program="$work/keeping" stamped.so small.so
for strip in llvm-strip 'llvm-objcopy --strip-all' eu-strip; do
    # shellcheck disable=SC2086
    removes_stamp $strip small.so
done

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library tells packagers: what it loads itself (.note.dlopen), and where things are (pkg-config).
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

# Reads the note as systemd.io/ELF_DLOPEN_METADATA says, and prints each entry's feature, priority and names.
cat >note.py <<'EOF'
import json, re, subprocess, sys
file = open(sys.argv[1], "rb").read()
listed = subprocess.run(["readelf", "-SW", sys.argv[1]], capture_output=True, text=True, check=True).stdout
for kind, offset, size, flags, align in re.findall(r" \.note\.dlopen +(\w+) +\w+ +(\w+) +(\w+) +\w+ +(\w+) +\d+ +\d+ +(\d+)", listed):
    assert (kind, flags, align) == ("NOTE", "A", "4"), (kind, flags, align)
    section = file[int(offset, 16):][:int(size, 16)]
    owner_size, text_size, type = (int.from_bytes(section[i:i + 4], "little") for i in (0, 4, 8))
    assert (type, section[12:12 + owner_size]) == (0x407c0c0a, b"FDO\0"), section
    text, rest = section[16:][:text_size], section[16 + text_size:]
    assert text.endswith(b"]\0") and not rest.strip(b"\0") and len(rest) < 4, section
    for entry in json.loads(text[:-1].decode()):
        assert entry["description"]
        print(entry["feature"], entry["priority"], *entry["soname"])
EOF
# In the names that the sources load.
cat >wanted <<'EOF'
isolated recommended libplugin-isolated.so.0
trust recommended libsodium.so.23 libsodium.so.26
EOF
python3 note.py "$library_directory/libplugin.so.0" >actual 2>&1
check_same "libplugin has a note of what it loads itself" wanted actual
grep -rhoE '"lib[a-z-]+\.so\.[0-9]+"' "$tree/src/api/isolated_loaded.c" "$tree/src/trust" | tr -d '"' | sort -u >loaded
sed 's/^[a-z]* [a-z]* //' wanted | tr ' ' '\n' | sort >noted
check_same "which has all names that its sources load" loaded noted
readelf -Wn "$library_directory/libplugin.so.0" >notes 2>&1
check "readelf finds no fault in its notes" eval '! grep -i warning notes'

# A program that has the library in it loads the same; a static one loads nothing.
# shellcheck disable=SC2086 # flags are words
holds() { gcc -g $TEST_CFLAGS $includes -rdynamic -o host host.c "$@" && stamp host && ./host >said && has said "Hello, number 7"; }
"$PLUGIN" build -buildmode=plugin -o plugin_name.so plugin_name.c
check "a host with the library in it is stamped and runs" holds "$library_directory/libplugin.a" -ldl -lpthread
python3 note.py host >actual 2>&1
check_same "and has the note" wanted actual
"$PLUGIN" build -buildmode=archive -o plugin_name.a plugin_name.c
if [ -z "$TEST_CFLAGS" ]; then
    check "a static host is built" "$PLUGIN" build -static -o static host.c --with=plugin_name.a
    check "and has no such note" eval '! readelf -SW static | grep note.dlopen'
fi
check "nor has the command, which is linked with its libraries" eval '! readelf -SW "$PLUGIN" | grep note.dlopen'

# ---- pkg-config ----

export PKG_CONFIG_PATH="$library_directory/pkgconfig"
prefix=${PLUGIN%/bin/plugin}
variable() { pkg-config --define-variable=prefix="$prefix" --variable="$1" plugin; }
check "its variable plugin is the command" prints "$PLUGIN" variable plugin
check "bindir has it" prints "${PLUGIN%/plugin}" variable bindir
check "libdir has the library" prints "$library_directory" variable libdir
check "includedir has the header" test -e "$(variable includedir)/plugin.h"
check "plugindir is where plugins go" prints "$library_directory/plugin" variable plugindir

# A release candidate is before its release: version 1.0.0-rc1 is 1.0.0~rc1 there.
version=$("$PLUGIN" --version)
version=${version#plugin }
check "pkg-config has the command's version" prints "$(echo "$version" | tr - '~')" pkg-config --modversion plugin
for each in "$library_directory"/pkgconfig/*.pc; do
    check "and so has $(basename "$each")" has "$each" "Version: $(echo "$version" | tr - '~')"
done
check "it is at least itself" pkg-config --atleast-version="$(echo "$version" | tr - '~')" plugin
case $version in
*-*) check_fails 1 "a candidate is not at least its release" pkg-config --atleast-version="${version%-*}" plugin ;;
*) check "a release is at least its candidates" pkg-config --atleast-version="$version~rc1" plugin ;;
esac
check "the changelog has a section of this version" grep -qE "^## \[$version\] - [0-9]{4}-[0-9]{2}-[0-9]{2}\$" "$tree/CHANGELOG.md"

finish

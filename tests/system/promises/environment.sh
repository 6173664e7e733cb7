#!/bin/sh
# SPDX-License-Identifier: MIT
# The promises of SECURITY.md about a program's environment: directories, variables, chroot, names; and
# about how the library and the command are compiled.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/promises/setup.sh"

# ---- attacks 1 to 3: searches ----

sign evil.so libraries/libbrought.so
ln chosen.so hard.so
mkdir here found writable parent parent/child
chmod 777 writable parent
chmod 755 here found parent/child
cp plain.so found/bare.so
for directory in here writable parent/child; do cp evil.so $directory/bare.so; done
runs "attack 1: dlopen takes a bare name from the working directory" \
    sh -c 'cd here && LD_LIBRARY_PATH=: exec ../host dlopen=bare.so'
runs "attack 1: and from a world-writable directory" \
    env LD_LIBRARY_PATH="$work/writable:$work/found" ./host dlopen=bare.so
says "attack 1: plugin_open searches the directories of options.search, not the working directory" \
    sh -c 'cd here && exec ../host "search=$0/found" bare.so' "$work" <<'E2'
bare.so: 1
E2
rm found/bare.so
refuses "attack 1: not even for a file that they lack" sh -c 'cd here && exec ../host "search=$0/found" bare.so' "$work" <<'E2'
1 cannot open plugin bare.so: not found in DIR/found
E2
refuses "attack 1: a relative search directory" ./host search=here bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "here" is not an absolute path
E2
cp plain.so found/bare.so
refuses "attack 1: a world-writable search directory" ./host "search=$work/writable" "search=$work/found" bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "DIR/writable", or a directory above it, is world-writable
E2
refuses "attack 1: a search directory that anybody can replace" ./host "search=$work/parent/child" bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "DIR/parent/child", or a directory above it, is world-writable
E2
ln -s writable link
refuses "attack 1: a symbolic link to a world-writable directory" ./host "search=$work/link" bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "DIR/link", or a directory above it, is world-writable
E2
chmod 1777 parent
says "attack 1: a search directory in a sticky one, like /tmp, is safe" ./host "search=$work/parent/child" bare.so <<'E2'
bare.so: 666
E2

runs "attack 2: LD_LIBRARY_PATH makes dlopen load another library" \
    env LD_LIBRARY_PATH="$work/evil-libraries" ./host dlopen=./needs.so
check "attack 2: it runs the other library" has attacked "./needs.so: 668"
refuses "P10, attack 2: under a policy, that library is refused" \
    env LD_LIBRARY_PATH="$work/evil-libraries" ./host $key library=libbrought.so ./needs.so <<'E2'
8 cannot open plugin ./needs.so: its library libbrought.so, at DIR/evil-libraries/libbrought.so: it is not signed: DIR/evil-libraries/libbrought.so.minisig: No such file or directory
E2
refuses "attack 2: an empty entry in LD_LIBRARY_PATH is not the working directory" \
    sh -c 'cd evil-libraries && LD_LIBRARY_PATH=: exec ../host ../needs.so' <<'E2'
3 ../needs.so does not fit DIR/host (2 misfits):
  library libbrought.so, needed by DIR/needs.so: found in ".", which is relative to the working directory: link the module that needs it with an absolute path or $ORIGIN
  brought: not exported by the host, nor by libbrought.so, which is missing
  0 uses compared, 1 not
E2

build_runpaths() {
    for path in relative:evil-libraries empty:/nowhere: 'origin:$ORIGIN/evil-libraries'; do
        plugin_of "${path%%:*}.so" -DNUMBER=2 -DCALLS=brought "-DNAME=hit" "$source/marked.c" -Llibraries \
            -lbrought "-Wl,-rpath,${path#*:}" -Wl,--build-id=0x"$(printf %s "$path" | od -An -tx1 | tr -d ' \n' | head -c 16)" || return 1
    done
    plugin_of rpath.so -DNUMBER=3 -DCALLS=brought "$source/marked.c" -Llibraries -lbrought \
        -Wl,-rpath,evil-libraries -Wl,--disable-new-dtags && sign relative.so empty.so origin.so rpath.so
}
check "attack 3: plugins with relative and empty RUNPATHs build" build_runpaths
for way in 'relative .' 'rpath .' 'empty evil-libraries' 'origin /'; do
    # shellcheck disable=SC2086 # two words
    set -- $way
    runs "attack 3: dlopen follows a relative RUNPATH: $1" sh -c 'cd "$1" && exec "$2/host" "dlopen=$2/$0.so"' "$1" "$2" "$work"
    check "attack 3: to the other library: $1" grep -q 'so: 66[89]' attacked
done
# $ORIGIN, the directory of the plugin, is safe: whoever can write there can replace the plugin.
for policy in "" "$key library=libbrought.so"; do
    with=${policy:+", under a policy"}
    # shellcheck disable=SC2086 # words
    for way in relative:evil-libraries rpath:evil-libraries; do
        refuses "attack 3: a relative RUNPATH, ${way%:*}$with" ./host $policy "./${way%:*}.so" <<E2
3 ./${way%:*}.so does not fit DIR/host (2 misfits):
  library libbrought.so, needed by DIR/${way%:*}.so: found in "evil-libraries", which is relative to the working directory: link the module that needs it with an absolute path or \$ORIGIN
  brought: not exported by the host, nor by libbrought.so, which is missing
  0 uses compared, 1 not
E2
    done
    # shellcheck disable=SC2086
    refuses "attack 3: an empty RUNPATH$with" sh -c 'cd evil-libraries && exec ../host "$@"' - $policy ../empty.so <<'E2'
3 ../empty.so does not fit DIR/host (2 misfits):
  library libbrought.so, needed by DIR/empty.so: found in ".", which is relative to the working directory: link the module that needs it with an absolute path or $ORIGIN
  brought: not exported by the host, nor by libbrought.so, which is missing
  0 uses compared, 1 not
E2
done
# shellcheck disable=SC2086
refuses "attack 3: a library found by \$ORIGIN must be signed" ./host $key library=libbrought.so ./origin.so <<'E2'
8 cannot open plugin ./origin.so: its library libbrought.so, at DIR/evil-libraries/libbrought.so: it is not signed: DIR/evil-libraries/libbrought.so.minisig: No such file or directory
E2

# ---- P9: a set-uid program's environment does not count; attack 2 ----

# If the library followed LD_LIBRARY_PATH in a set-uid host, it would find a library that lacks the
# needed symbol, and report a misfit.
build_p9() {
    mkdir lacking && library_of lacking/libbrought.so -DNUMBER=1 -DNAME=other "$source/marked.c" &&
        mkdir own && cp "$library" own &&
        host_of other-user "$source/host.c" -ldl -Wl,-rpath,"$work/own" &&
        cat >traced.c <<'C' &&
#include <plugin.h>
int brought(void);
int hit(void) { return brought() + 4; }
PLUGIN_INIT {}
C
        plugin_of traced.so traced.c -Llibraries -lbrought -Wl,-rpath,"$work/libraries" &&
        rm -f "$mark" && chmod 755 libraries own lacking
}
check "P9: a host for another user builds" build_p9
environment="LD_LIBRARY_PATH=$work/lacking PLUGIN_TRACE=1"
# shellcheck disable=SC2086 # words
says "attack 2: without set-uid, LD_LIBRARY_PATH counts" env $environment ./other-user secure ./traced.so <<'E2'
not secure
3 ./traced.so does not fit DIR/other-user (1 misfit):
  brought: not exported by the host, nor by libbrought.so
  0 uses compared, 1 not
E2
PLUGIN_TRACE=1 ./other-user ./traced.so >traced 2>&1
check "attack 2: and so does PLUGIN_TRACE" has traced "plugin: init main in $work/traced.so"
as_third="setpriv --reuid=65533 --regid=65533 --clear-groups"
set_uid() {
    chmod 755 other-user && chown 65534 other-user && chmod 4755 other-user
}
if [ "$(id -u)" -ne 0 ]; then
    skip "P9: a set-uid program's environment" "only root can make a program set-uid for another user"
elif [ -n "$TEST_CFLAGS" ]; then
    skip "P9: a set-uid program's environment" "a sanitizer cannot inspect such a process"
elif ! set_uid || [ "$($as_third ./other-user secure 2>&1)" != secure ]; then
    skip "P9: a set-uid program's environment" "this file system has no set-uid programs"
else
    # shellcheck disable=SC2086
    says "P9: in a set-uid program, neither counts" $as_third env $environment ./other-user secure ./traced.so <<'E2'
secure
./traced.so: 44
E2
fi
asks_securely() {
    ! grep -nE '(^|[^_])getenv *\(|[^a-z_]environ\b' "$tree"/src/*/*.c |
        grep -v -e 'built_in.c.*(0, no_arguments, environ)' -e 'isolated/keeper.c.*getauxval(AT_SECURE) ? none : environ'
}
check "P9: the library reads every variable by secure_getenv" asks_securely

# ---- attack 14: after chroot ----

mkdir -p root/lib root/usr/lib
build_a14() {
    plugin_of root/evil.so -UMARK '-DMARK="/mark"' -DNUMBER=666 "$source/marked.c" && sign root/evil.so &&
        for name in 23 26; do
            cc -g -fPIC -shared '-DMARK="/mark"' -DNUMBER=1 -o root/lib/libsodium.so.$name "$source/marked.c" &&
                cp root/lib/libsodium.so.$name root/usr/lib || return 1
        done
    rm -f root/mark
}
check "attack 14: another root, with a plugin and libsodium, builds" build_a14
enters() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else unshare -r "$@"; fi
}
mark=$work/root/mark
enters ./host "chroot=$work/root" >/dev/null 2>&1
if [ $? -eq 0 ]; then
    runs "attack 14: dlopen loads libraries of the new root" enters ./host "chroot=$work/root" dlopen=libsodium.so.23
    runs "attack 14: without plugin_seal, so does an open with a policy" \
        enters ./host $key "chroot=$work/root" /evil.so
    runs "attack 14: without plugin_seal, plugin_open opens plugins of the new root" \
        enters ./host "chroot=$work/root" /evil.so
    refuses "attack 14: after plugin_seal, no plugin opens" enters ./host ./plain.so seal \
        "chroot=$work/root" /evil.so <<'E2'
./plain.so: 1
11 cannot open plugin /evil.so: plugin_seal was called: no more plugins can be opened
E2
    refuses "attack 14: nor does a policy load libsodium" enters ./host $key seal \
        "chroot=$work/root" /evil.so <<'E2'
11 cannot open plugin /evil.so: plugin_seal was called: no more plugins can be opened
E2
else
    skip "attack 14: another root" \
        "${TEST_CFLAGS:+a sanitizer cannot find its files there, or }this user may not chroot"
fi
mark=$work/mark
says "attack 14: after plugin_seal, open plugins stay open, by every name" ./host ./hard.so seal ./hard.so \
    "search=$work" hard.so "./plain.so" <<'E2'
./hard.so: 1
./hard.so: 1
hard.so: 1
11 cannot open plugin ./plain.so: plugin_seal was called: no more plugins can be opened
E2

# ---- attack 12: names that control a terminal or a log ----

# Replaces each placeholder by as many bytes: an escape sequence, C1 control characters, a bidirectional
# override, invalid UTF-8, a new line.
make_evil() {
    LC_ALL=C sed -i 's/EVIL/\x1b[2J/g; s/CONE/\xc2\x9b\xc2\x85/g; s/BIDI/\xe2\x80\xaex/g
        s/BADU/\xff\xfe\xc1\xc0/g; s/NEWLINE/\nINJECT/g' "$1" && "$PLUGIN" stamp "$1"
}
# is_harmless FILE: succeeds if the file shows the names, escaped.
is_harmless() {
    if grep -naP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|^INJECT' "$1" ||
        ! iconv -f UTF-8 -t UTF-8 "$1" >/dev/null; then
        cat -v "$1"
        return 1
    fi
    grep -qE '\\(x|u00)1b\[2J' "$1" || { echo "it does not show the names"; cat "$1"; return 1; }
}
# harmless NAME COMMAND...: passes if the output of the command is harmless.
harmless() {
    harmless_name=$1
    shift
    "$@" >shown 2>&1
    check "$harmless_name" is_harmless shown
}
escape=$(printf 'esc\033[2J')
build_named() {
    mkdir "$escape" && cp "$source/names.c" "$source/named.c" "$escape" && cat >"$escape/package.c" <<'C' &&
#include <plugin.h>
PLUGIN_PACKAGE("example.com/EVIL/BIDI");
int packaged = 4;
PLUGIN_INIT { packaged++; }
C
    library_of "lib$escape.so" -DNUMBER=1 -DNAME=libraryEVIL "$source/marked.c" &&
        host_of "$escape/names" "$escape/names.c" && make_evil "$escape/names" &&
        plugin_of "$escape/named.so" "$escape/named.c" "$escape/package.c" && make_evil "$escape/named.so" &&
        plugin_of "$escape/lacks.so" -DLACKS "$escape/named.c" -Wl,--no-as-needed "./lib$escape.so" \
            -Wl,-rpath,/no/BIDI/where && make_evil "$escape/lacks.so" && rm "lib$escape.so"
}
check "attack 12: modules with such names build" build_named
cp "$escape/lacks.so" "$escape.so"
./host "dlopen=./$escape.so" >said 2>&1
check "attack 12: dlerror passes them on unescaped" grep -q "$(printf '\033\\[2J')" said
named=$escape/named.so lacks=$escape/lacks.so host=$escape/names
harmless "attack 12: plugin_error and plugin_symbol_decl" "./$host" "./$named" "./$lacks" \
    "./$escape" "./$escape.gone" "./$named/x"
check "attack 12: the errors are about types and misfits" sh -c 'grep -q "they differ" shown && grep -q "misfits):" shown'
PLUGIN_TRACE=1 harmless "attack 12: PLUGIN_TRACE" "./$host" "./$named"
harmless "attack 12: plugin inspect" "$PLUGIN" inspect "$named" "$lacks" "$host"
harmless "attack 12: plugin inspect --json" "$PLUGIN" inspect --json "$named" "$lacks" "$host"
harmless "attack 12: plugin header" "$PLUGIN" header "$named"
harmless "attack 12: plugin header --check" "$PLUGIN" header --check "$named"
harmless "attack 12: plugin check" "$PLUGIN" check "$host" "$named" "$lacks"
harmless "attack 12: plugin check --json" "$PLUGIN" check --json "$host" "$named" "$lacks"
harmless "attack 12: plugin stamp, which warns" "$PLUGIN" stamp "$named"
harmless "attack 12: plugin sign" "$PLUGIN" sign -s own.sec "$escape.gone"
harmless "attack 12: plugin verify" "$PLUGIN" verify "--key=${key#key=}" "$named"
harmless "attack 12: plugin bundle" "$PLUGIN" bundle -o bundle.o "$named"
harmless "attack 12: plugin build" "$PLUGIN" build -o none "--with=$named" "$escape/names.c"
# The other verbs pass unknown options to the compiler or to Go.
for verb in stamp inspect header check sign verify; do
    harmless "attack 12: usage of plugin $verb" "$PLUGIN" $verb "--$escape"
done
harmless "attack 12: an unknown verb" "$PLUGIN" "$escape"

# ---- descriptors and hardening ----

build_descriptors() {
    plugin_of descriptors.so "$source/descriptors.c" -Llibraries -lbrought -Wl,-rpath,"$work/libraries" &&
        sign descriptors.so
}
check "P3: a plugin that inspects descriptors builds" build_descriptors
sign plain.so
says "P3: during an open, no descriptor is inheritable" \
    ./host alone $key library=libbrought.so ./plain.so ./descriptors.so <<'E2'
./plain.so: 1
./descriptors.so: 40
E2
# closes_on_exec CALL WORD: succeeds if every such call in the sources has the word.
closes_on_exec() {
    grep -nE "(^|[^_a-z>.])$1 *\(" "$tree"/src/*/*.c "$tree"/stamp/*.c "$tree"/stamp/*/*.c "$tree"/cmd/*.c "$tree"/cmd/*/*.c >calls
    ! grep -v -e "$2" calls
}
every_call_closes() {
    closes_on_exec '(open|openat|open64|creat)' O_CLOEXEC && closes_on_exec memfd_create MFD_CLOEXEC &&
        closes_on_exec '(fopen|freopen|fdopen|popen)' '"[rwa]e"' && closes_on_exec '(pipe|pipe2)' O_CLOEXEC &&
        closes_on_exec '(mkstemp|mkostemp|tmpfile)' O_CLOEXEC && closes_on_exec '(socket|accept|accept4)' SOCK_CLOEXEC &&
        closes_on_exec '(dup|dup3)' O_CLOEXEC && ! grep -rnw F_DUPFD "$tree/src" "$tree/stamp" "$tree/cmd"
}
check "P3: every call that makes a descriptor makes it close-on-exec" every_call_closes

# is_hardened FILE: succeeds if the file is compiled and linked with all hardening.
is_hardened() {
    readelf -lW "$1" >segments && readelf -dW "$1" >dynamic && readelf --dyn-syms -W "$1" >symbols || return 1
    grep -q GNU_RELRO segments || { echo "no RELRO"; return 1; }
    grep GNU_STACK segments | grep -q ' RW ' || { echo "an executable stack"; return 1; }
    ! grep LOAD segments | grep -q 'RWE' || { echo "writable code"; return 1; }
    grep -qE 'BIND_NOW|Flags:.*NOW' dynamic || { echo "lazy binding"; return 1; }
    ! grep -q TEXTREL dynamic || { echo "relocations of code"; return 1; }
    grep -qw __stack_chk_fail symbols || { echo "no stack protector"; return 1; }
    grep -qE '__[a-z]*printf_chk' symbols && grep -qE '__mem[a-z]*_chk' symbols ||
        { echo "no FORTIFY"; return 1; }
}
for file in "$library" "$PLUGIN"; do
    name="P4: RELRO, immediate binding, stack protector, FORTIFY and no executable stack: ${file##*/}"
    if [ -z "${TEST_FORTIFIED:-}" ]; then
        skip "$name" "builds with a sanitizer or without optimisation are not fortified"
    else
        check "$name" is_hardened "$file"
    fi
done

finish

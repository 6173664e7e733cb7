#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb, which loads what it knows of plugins by itself with libplugin: `info plugins`, values of plugin * and
# plugin_symbol *, sealed copies' debug information; in a process, in a core file, and by a stripped library.
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
if [ -n "$TEST_CFLAGS" ]; then
    pass "left to builds without a sanitizer, which gdb's inferior does not like"
    finish
    exit
fi
here=$tests/system/gdb
library=$(echo "${PLUGIN%/bin/plugin}"/lib*/libplugin.so "${PLUGIN%/bin/plugin}"/lib/*/libplugin.so | tr ' ' '\n' | xargs ls 2>/dev/null | head -1)
libraries=$(dirname "$library")
level=0
for name in sealed plain retired isolated stopped; do
    level=$((level + 1))
    "$PLUGIN" build -buildmode=plugin -DLEVEL=$level -o $name.so "$here/work.c" -Wl,--build-id=sha1
done
"$PLUGIN" build -buildmode=archive -DLEVEL=0 -o built_in.a "$here/work.c"
"$PLUGIN" build -o host "$here/gdb_host.c" --with=built_in.a
content=$(sha256sum sealed.so | cut -d ' ' -f 1)

# in_gdb FILE...: runs gdb in a session of its own, so that it never waits for a terminal.
in_gdb() {
    timeout -s KILL $hang setsid gdb -nx -q -batch -iex 'set breakpoint pending on' -iex 'set width 0' -iex 'set confirm off' -iex 'set style enabled off' \
        -iex "add-auto-load-safe-path $libraries" "$@" </dev/null >out.raw 2>err
    sed -e "s,$work,DIR,g" -e 's/0x[0-9a-f]*/0xN/g' -e 's/process [0-9][0-9]*/process N/g' \
        -e 's/\t/  /g; s/   */  /g' -e 's/^  *//' out.raw | sed -n '/^---/,$p' | tr -d '\r'
}

cat >commands <<E2
break work
run sealed.so $content plain.so retired.so isolated.so stopped.so
echo ---\n
backtrace 2
info plugins
up
print sealed
print symbol
info plugins retired
info plugins nothing
info plugins (
kill
E2
cat >expected <<'E2'
---
#0  work () at SOURCE/work.c:5
#1  0xN in stop_here (f=0xN <work>, symbol=0xN int level of DIR/sealed.so at 0xN, sealed=0xN DIR/sealed.so (open, in process)) at SOURCE/gdb_host.c:11
From  To  State  Placement  Path
0xN  0xN  open  in process  DIR/sealed.so
0xN  0xN  open  in process  DIR/plain.so
open  built in  built_in.so
open  isolated, process N  DIR/isolated.so
open  isolated, ended  DIR/stopped.so
0xN  0xN  retired  in process  DIR/retired.so
#1  0xN in stop_here (f=0xN <work>, symbol=0xN int level of DIR/sealed.so at 0xN, sealed=0xN DIR/sealed.so (open, in process)) at SOURCE/gdb_host.c:11
11  f();
$1 = 0xN DIR/sealed.so (open, in process)
$2 = 0xN int level of DIR/sealed.so at 0xN
From  To  State  Placement  Path
0xN  0xN  retired  in process  DIR/retired.so
No plugins of that path.
E2
alike() { sed -i "s,at /[^ ]*/tests/system/gdb/,at SOURCE/," "$1"; sed -i "s,at $here/,at SOURCE/," "$1"; }
in_gdb -x commands ./host >actual
alike actual
grep -v 'Inferior 1' actual >shown
check_same "gdb shows plugins, and stops in a sealed copy" expected shown
check "a wrong expression is refused" has err "info plugins: (:"

# The same from a core file, in which the sealed copy has no file any more.
cat >commands <<E2
break work
run sealed.so $content
generate-core-file core.work
kill
E2
in_gdb -x commands ./host >/dev/null
cat >commands <<'E2'
echo ---\n
info plugins
backtrace 1
E2
cat >expected <<'E2'
---
From  To  State  Placement  Path
0xN  0xN  open  in process  DIR/sealed.so
#0  work () at SOURCE/work.c:5
E2
in_gdb -x commands ./host core.work >actual
alike actual
check_same "gdb finds a sealed plugin's debug information in a core file" expected actual
# Another build at that path is not what ran.
cp sealed.so kept.so
"$PLUGIN" build -buildmode=plugin -DLEVEL=9 -O2 -o sealed.so "$here/work.c" -Wl,--build-id=sha1
in_gdb -x commands ./host core.work >actual
sed -n '/^#0/p' actual >shown
echo '#0  0xN in ?? ()' >expected
check_same "another file at its path is not taken for it" expected shown
mv kept.so sealed.so

# Without debug information of the library.
mkdir lean
for file in "$libraries"/libplugin*.so.0 "$libraries"/libplugin.so.*-gdb.py; do
    cp -L "$file" lean/
done
strip lean/*.so.0
script=$(basename "$(ls lean/*-gdb.py)")
mv "lean/$script" lean/libplugin.so.0-gdb.py
cat >commands <<E2
set environment LD_LIBRARY_PATH $work/lean
break work
run sealed.so $content
echo ---\n
info sharedlibrary libplugin
up
print sealed
print symbol
kill
E2
cat >expected <<'E2'
---
#1  0xN in stop_here (f=0xN <work>, symbol=0xN int level of DIR/sealed.so at 0xN, sealed=0xN DIR/sealed.so (open, in process)) at SOURCE/gdb_host.c:11
11  f();
$1 = 0xN DIR/sealed.so (open, in process)
$2 = 0xN int level of DIR/sealed.so at 0xN
E2
in_gdb -iex "add-auto-load-safe-path $work/lean" -x commands ./host >actual
alike actual
check "the library is the stripped one" grep -q 'Yes (\*).*DIR/lean/libplugin.so.0' actual
sed '/libplugin/d; /^From/d; /^(\*)/d; /Inferior 1/d' actual >shown
check_same "a stripped library is enough" expected shown

# From gdb's own directory, as of a library in /usr.
mkdir -p "auto-load$work/lean"
mv lean/libplugin.so.0-gdb.py "auto-load$work/lean/"
in_gdb -iex "set auto-load scripts-directory $work/auto-load" -iex "set auto-load safe-path $work/auto-load" -x commands ./host >actual
alike actual
sed '/libplugin/d; /^From/d; /^(\*)/d; /Inferior 1/d' actual >shown
check_same "gdb loads it from its own directory" expected shown

# What the library does not know is printed as ever.
gcc -g -o other "$here/other.c" -Wl,--no-as-needed -L"$libraries" -Wl,-rpath,"$libraries" -lplugin
cat >commands <<'E2'
break 14
run
echo ---\n
print *p
print s == &two
print (struct plugin *)8
info plugins
kill
E2
cat >expected <<'E2'
---
$1 = {own = 7}
$2 = 1
$3 = (struct plugin *) 0xN
No plugins.
E2
in_gdb -x commands ./other >actual
grep -v 'Inferior 1' actual >shown
check_same "a struct of the same name is none of the library's" expected shown

finish

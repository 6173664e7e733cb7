#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp: debug information that is not in the module: moved away by dwz -m, or in the debug file of
# a stripped module; and compressed by zstd.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"
says_alike="s|$work/||g"

cat >api.h <<'EOF'
struct job { int id; double weight; char label[24]; struct job *next; };
int host_submit(struct job *j);
extern struct job *host_queue;
extern _Thread_local int host_errno;
EOF
cat >a.c <<'EOF'
#include "api.h"
int run(struct job *j);
int run(struct job *j) { return host_submit(j) + (host_queue != 0) + host_errno; }
EOF
cat >wanted <<'EOF'
_Thread_local int host_errno
struct job *host_queue
int host_submit(struct job *)
int run(struct job *j)
EOF
# shows FILE: prints what the stamp records of the names above.
shows() { "$PLUGIN" inspect "$1" | sed -n 's/^  *\(0x[0-9a-f]* *\)*\(.*\(host_\|run(\).*\)/\2/p' | sort; }
sort -o wanted wanted
a() { gcc -g -shared -fPIC "$@" a.c; }

# ---- dwz -m ----

a -o plain.so
a -o first.so
a -o second.so
dwz -m shared.debug -M "$work/shared.debug" first.so second.so
check "dwz -m has moved a part away" section first.so .gnu_debugaltlink
for name in plain first second; do
    check "$name is stamped" stamp "$name.so"
    shows $name.so >got
    check_same "$name: all types are recorded" wanted got
done
# What another module alone declares is not this one's.
sed 's/double weight/float weight/' api.h >other.h
sed 's/api.h/other.h/' a.c >b.c
for name in own.a own.b; do gcc -g -shared -fPIC -o $name.so "${name#own.}.c" -DNAME=1 && gcc -g -shared -fPIC -o $name.2.so "${name#own.}.c"; done
dwz -m both.debug -M "$work/both.debug" own.a.so own.a.2.so own.b.so own.b.2.so
cat >host.c <<'EOF'
#include "api.h"
struct job *host_queue;
_Thread_local int host_errno;
int host_submit(struct job *j) { return j->id; }
int main(void) { return 0; }
EOF
"$PLUGIN" build -o host host.c
check "two modules with one file are stamped" stamp own.a.so own.b.so
check "each has its own types: one fits" "$PLUGIN" check host own.a.so
check_refused "the other does not" "struct job: member weight" "$PLUGIN" check host own.b.so
package example.com/num >num.c
echo 'int num_value; int num(void); int num(void) { return num_value; }' >>num.c
for name in p q; do
    "$PLUGIN" build -buildmode=plugin -o $name.so a.c num.c
done
dwz -m packages.debug -M "$work/packages.debug" p.so q.so
check "packages are found" sh -c '"$0" stamp p.so && "$0" inspect p.so | grep -q "^packages (1)"' "$PLUGIN"
a -o gone.so
a -o gone.2.so
dwz -m gone.debug -M "$work/gone.debug" gone.so gone.2.so
rm gone.debug
says "a file that is gone is named" stamp gone.so <<'EOF'
plugin: cannot stamp gone.so: dwz has moved a part of its debug information into gone.debug, which cannot be found; stamp it where that file is, or before dwz
EOF

# ---- debug files ----

# separate FLAG...: links s.so, moves its debug information to s.debug, and strips it.
separate() {
    a -o s.so "$@"
    objcopy --only-keep-debug s.so s.debug
    strip s.so
    objcopy --add-gnu-debuglink=s.debug s.so
}
separate
check "a stripped module is stamped by .gnu_debuglink" stamp s.so
shows s.so >got
check_same "with all types" wanted got
separate -Wl,--build-id=none
mkdir .debug
mv s.debug .debug
check "in .debug" stamp s.so
separate -Wl,--build-id=none
echo more >>s.debug
rm -r .debug
check_refused "another file of that name does not count" "no debug file of its build ID or .gnu_debuglink was found" stamp s.so
a -o id.so "-Wl,--build-id=0x$(printf '%040x' $$)"
id=$(readelf -n id.so | sed -n 's/.*Build ID: //p')
where=/usr/lib/debug/.build-id/${id%"${id#??}"}
if mkdir -p "$where" 2>/dev/null && [ -w "$where" ]; then
    objcopy --only-keep-debug id.so "$where/${id#??}.debug"
    strip id.so
    check "by its build ID" stamp id.so
    shows id.so >got
    check_same "by its build ID, with all types" wanted got
    rm "$where/${id#??}.debug"
    rmdir "$where" 2>/dev/null
else
    skip "by its build ID" "this user cannot write to /usr/lib/debug"
fi
"$PLUGIN" build -buildmode=plugin -o p.so a.c num.c
objcopy --only-keep-debug p.so p.debug
objcopy --strip-debug --remove-section=.plugin --remove-section=.BTF --add-gnu-debuglink=p.debug p.so
check "packages are found in a debug file" sh -c '"$0" stamp p.so && "$0" inspect p.so | grep -q "^packages (1)"' "$PLUGIN"

# ---- compression ----

if a -o zstd.so -Wl,--compress-debug-sections=zstd 2>/dev/null; then
    if stamp zstd.so >said 2>&1; then
        shows zstd.so >got
        check_same "zstd: all types are recorded" wanted got
    else
        check "zstd: the message says what is missing" has said \
            'compressed by zstd, which this version of elfutils does not read; link with -Wl,--compress-debug-sections=zlib'
        check "zstd: and what it says helps" sh -c 'objcopy --decompress-debug-sections zstd.so && "$0" stamp zstd.so' "$PLUGIN"
    fi
else
    skip "zstd" "this linker does not compress by it"
fi

finish

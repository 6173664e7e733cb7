#!/bin/sh
# SPDX-License-Identifier: MIT
# What files an open looks for: none by a name without a directory, such as that of the kernel's
# linux-vdso.so.1, which is no file; and no translations of messages that nobody sees.
. "$(dirname "$0")/../../common/tap.sh"
sources=$tests/system/paths
cd "$work" || exit 1

if [ -n "$TEST_CFLAGS" ]; then
    skip "the paths of opens" "a sanitizer looks for files of its own"
    finish
    exit
fi
check "build the program that traces" cc -D_GNU_SOURCE -Wall -Wextra -o paths "$sources/paths.c" \
    "$tests/system/faults/trace.c"
./paths /bin/true >/dev/null 2>&1
if [ $? -eq 77 ]; then
    skip "the paths of opens" "the test does not know the system calls of $(uname -m), or ptrace is not permitted"
    finish
    exit
fi
build_all() (
    set -e
    "$PLUGIN" build -o host "$sources/host.c"
    for number in 1 2; do
        echo "int used(int); int call(void) { return used($number); }" >plugin.c
        "$PLUGIN" build -buildmode=plugin -o "plugin$number.so" plugin.c
    done
    echo 'int used(int); int gettimeofday(void *, void *); int nobody_has_it(void);
        int call(void) { return used(1) + nobody_has_it() + gettimeofday(0, 0); }' >plugin.c
    "$PLUGIN" build -buildmode=plugin -o lacking.so plugin.c
    # Whoever read it would say so.
    echo 'no library' >linux-vdso.so.1
)
check "the host and the plugins build" build_all
# trace PLUGIN...: writes the paths of a run of the host, and what it prints.
trace() { env LC_ALL=C.UTF-8 ./paths ./host "$@" >traced 2>&1; }
opens() {
    trace ./plugin1.so ./plugin2.so && cat traced && grep -q 'plugin1\.so$' traced &&
        grep -q 'plugin2\.so$' traced
}
check "two plugins open" opens
absolute() { ! grep -v / traced; }
check "each path has a directory" absolute
untranslated() { ! grep -e LC_MESSAGES -e locale traced; }
check "no translation is looked for" untranslated
refused() {
    trace ./plugin1.so ./lacking.so
    cat traced
    grep -q 'nobody_has_it: not exported by the host' traced && ! grep '^linux-vdso' traced
}
check "a refusal looks for no file of the kernel's name" refused

# The program's file: by the path that started it, if that shows the very file; else by /proc/self/exe.
cp "$sources/replaced.c" .
echo 'int used(int); int call(void) { return used(1); }' >fits.c
check "programs that are replaced build" sh -c '
    "$PLUGIN" build -o replaced replaced.c && "$PLUGIN" build -o nameless -Wl,--build-id=none replaced.c &&
    "$PLUGIN" build -buildmode=plugin -o fits.so fits.c && ln -s replaced link && mkdir other && cp replaced other'
real=$(pwd -P)
# reads_by PROGRAM PATH NOT [NEW]: traces the program, whose file NEW replaces. It must open PATH and not NOT.
reads_by() {
    cp replaced kept
    env LC_ALL=C.UTF-8 ./paths "$1" ./fits.so ${4:+"$4"} >traced 2>&1
    mv kept replaced
    cat traced
    grep -qx 'opened' traced && grep -qx "$2" traced && ! grep -x "$3" traced
}
check "a program that its path started is read there" reads_by "$real/replaced" "$real/replaced" /proc/self/exe
check "one that a relative path started is not" reads_by ./replaced /proc/self/exe ./replaced
check "one that a path with .. started is not" \
    reads_by "$real/other/../replaced" /proc/self/exe "$real/replaced"
check "one that a symbolic link started is not" reads_by "$real/link" /proc/self/exe "$real/replaced"
check "one without a build ID is not" reads_by "$real/nameless" /proc/self/exe none
objcopy --remove-section .plugin replaced unstamped
cp unstamped new
check "one whose file an unstamped one replaced is not" reads_by "$real/replaced" /proc/self/exe none new
cp nameless new
check "one whose file another program replaced is not" reads_by "$real/replaced" /proc/self/exe none new
if [ "$(id -u)" -eq 0 ]; then
    cp replaced new && chown 65534 new
    check "one whose file another user's replaced is not" reads_by "$real/replaced" /proc/self/exe none new
else
    skip "one whose file another user's replaced is not" "needs root"
fi
says_real() {
    echo 'int used(double); int call(void) { return used(1); }' >misfit.c
    "$PLUGIN" build -buildmode=plugin -o misfit.so misfit.c
    for started in "$real/replaced" "$real/link" ./link; do
        "$started" ./misfit.so >said 2>&1
        cat said
        grep -qx "./misfit.so does not fit $real/replaced (1 misfit):" said || return 1
    done
}
check "a refusal names the real path" says_real

finish

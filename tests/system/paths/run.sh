#!/bin/sh
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

finish

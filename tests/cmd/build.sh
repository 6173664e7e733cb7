#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin build: its outputs, the flags that it passes to the compiler, and what failures leave.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"

: "${TEST_CFLAGS:=}"
compiler=${CC:-cc}
cplusplus_compiler=${CXX:-c++}
cd "$work" || exit 1

# Builds something, and a host, which needs the flags that the library was built with.
build() { "$PLUGIN" build "$@"; }
# shellcheck disable=SC2086 # one or more words
build_host() { "$PLUGIN" build $TEST_CFLAGS "$@"; }
# shellcheck disable=SC2086
compile() { $compiler -c "$@"; }

# prints TEXT COMMAND...: succeeds if the command succeeds and prints exactly this.
prints() {
    wanted=$1
    shift
    printed=$("$@") || return 1
    [ "$printed" = "$wanted" ] || { echo "printed: $printed"; return 1; }
}

# is_clean DIRECTORY: succeeds if it has no scratch files.
is_clean() { ! find "$1" -name '.plugin-*' | grep .; }

# check_said NAME TEXT: passes if the last check's command printed this.
check_said() {
    cp log said
    check "$1" has said "$2"
}

section() { readelf -SW "$1" | grep -qF -e "$2"; }
lacks_section() { ! readelf -SW "$1" | grep -F -e "$2"; }
lacks_line() { ! grep -nxF -e "$2" "$1"; }

# A compiler that records its arguments, one a line, in ./record.
cat >recorder <<EOF
#!/bin/sh
printf '%s\n' "\$@" >"$work/record"
exec $compiler "\$@"
EOF
sed "s|^exec .*|exec $cplusplus_compiler \"\$@\"|" recorder >cplusplus_recorder

# Compilers that leave half an output. Its path is their last argument, as a check below requires.
cat >failing <<'EOF'
#!/bin/sh
echo "failing: no" >&2
for last; do :; done
echo half >"$last"
echo more >"$last.i"
exit 42
EOF
cat >dying <<'EOF'
#!/bin/sh
kill -TERM $$
EOF
cat >interrupted <<EOF
#!/bin/sh
kill -\$SIGNAL \$PPID
exec $compiler "\$@"
EOF
printf '#!/bin/sh\n' >idle
chmod +x recorder cplusplus_recorder failing dying interrupted idle

# The seed example.
cat >plugin_name.c <<'EOF'
#include <stdio.h>
int V;
void F(void) { printf("Hello, number %d\n", V); }
EOF
cat >host.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    plugin *p = plugin_open(argc > 1 ? argv[1] : "plugin_name.so");
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    if (!v || !f) {
        puts(plugin_error());
        return 1;
    }
    *v = 7;
    f();
    return 0;
}
EOF
check "a plugin is built" build -buildmode=plugin -o plugin_name.so plugin_name.c
check "a host is built" build_host -o host host.c
check "the seed example runs" prints "Hello, number 7" env -u LD_LIBRARY_PATH ./host

# Own flags.
for flag in --buildmode=plugin "-buildmode plugin" "--buildmode plugin"; do
    rm -f other.so
    # shellcheck disable=SC2086
    check "$flag succeeds" build $flag -o other.so plugin_name.c
    check "$flag makes a plugin" ./host ./other.so
done
check "-buildmode=exe succeeds" build_host -buildmode=exe -oapart host.c
check "-o may be joined with its file" ./apart
rm host plugin_name.so
mkdir -p sources
cp host.c plugin_name.c sources
check "a plugin without -o builds" build -buildmode=plugin sources/plugin_name.c
check "a program without -o builds" build_host sources/host.c
check "the default output has the source's name, in the working directory" ./host ./plugin_name.so
compile -g -fPIC -o part.o plugin_name.c
echo 'int other;' >other.c
rm plugin_name.so
check "an object before the source without -o builds" \
    build -buildmode=plugin part.o -DV=W -DF=G sources/plugin_name.c other.c
check "the first source gives the name" test -e plugin_name.so
check "objects alone without -o build" build -buildmode=plugin part.o
check "the first object gives the name" ./host ./part.so
build -buildmode=plugin plugin_name.c

build --help >help 2>&1
check "--help succeeds" test $? -eq 0
check "-h is the same" prints "$(cat help)" build -h
check "the help fits a screen" awk 'length > 80 { exit 1 } END { exit NR > 24 || NR < 5 }' help

# The compiler.
rm -f record
check "--cc is accepted" build --cc="$work/recorder" -buildmode=plugin -o x.so plugin_name.c
check "--cc is the compiler" test -s record
rm record
check "\$CC with flags is accepted" \
    env CC="$work/recorder  -DWORD=1" "$PLUGIN" build -buildmode=plugin -o x.so plugin_name.c
check "\$CC's flags are passed" prints -DWORD=1 head -n 1 record
check "--cc wins over \$CC" \
    env CC=false "$PLUGIN" build --cc="$compiler" -buildmode=plugin plugin_name.c
check "an empty \$CC is ignored" env CC= "$PLUGIN" build -buildmode=plugin plugin_name.c
check_fails 1 "a missing compiler fails" build --cc="$work/nosuch" -o x.so plugin_name.c
check_said "the message names it, with the reason" \
    "cannot run the compiler $work/nosuch: No such file or directory"

# The compiler's arguments.
cat >wanted <<'EOF'
-g
-DX=1
-DTEXT=a  b
-O1
-I
sources
plugin_name.c
-Wl,-z,now
-fno-common
-lm
EOF
lacks_rpath() { ! grep -e -rpath "$1"; }
build --cc="$work/recorder" -DX=1 -buildmode=plugin "-DTEXT=a  b" -O1 -I sources -o x.so \
    plugin_name.c -s -Wl,-z,now -fno-common -lm
head -n 10 record >got
check_same "flags reach the compiler, untouched, in order, after -g" wanted got
check "except -s" lacks_line record -s
check "a plugin is linked with libplugin only if it calls it" \
    prints -Wl,--push-state,--as-needed sh -c 'grep as-needed record'
check "the output is the last argument" prints -o sh -c 'tail -n 2 record | head -n 1'
build_host --cc="$work/recorder" -Isources -o x -L sources host.c -Lthere
# shellcheck disable=SC2016
check "the user's -I comes before libplugin's" awk '
    $0 == "-Isources" { user = NR } /^-I/ { last = NR } /^-lplugin$/ { library = NR }
    $0 == "-Lthere" { users_library = NR } /^-L/ { last_library = NR }
    END { exit !(user < last && users_library < last_library && last_library < library) }' record
build_host --cc="$work/recorder" -o x -static-pie host.c
check "a static host has no rpath" lacks_rpath record
echo "-DX=1 plugin_name.c" >arguments
check "an @file is accepted" build -buildmode=plugin -o x.so @arguments
check "its files are built" ./host ./x.so
rm -rf rules && mkdir rules
check "-MD succeeds" build -buildmode=plugin -MD -o rules/x.so plugin_name.c
check "its rule is for the output" grep -q '^rules/x\.so:' rules/x.d
check "-save-temps succeeds" build -buildmode=plugin -save-temps=obj -o rules/x.so plugin_name.c
check "its files are beside the output" sh -c 'ls rules/*.s'
check "and no others" is_clean rules

# Inputs.
cat >one.c <<'EOF'
#include <stdio.h>
int two(void);
int V;
void F(void) { printf("%d\n", V + two()); }
EOF
echo 'int two(void) { return X; }' >two.c
check "several sources, and -D" build -buildmode=plugin -DX=2 -o x.so one.c two.c
check "several sources are linked" prints 9 ./host ./x.so
compile -g -fPIC -DX=3 -o two.o two.c
check "an object" build -buildmode=plugin -o x.so one.c two.o
check "an object is linked" prints 10 ./host ./x.so
compile -g -fPIC -DX=4 -o two.o two.c
ar rc libtwo.a two.o
check "an archive" build -buildmode=plugin -o x.so one.c libtwo.a
check "an archive is linked" prints 11 ./host ./x.so
rm x.so
check "a library is accepted" build -buildmode=plugin -o x.so one.c -L. -ltwo
check "a library is linked" prints 11 ./host ./x.so

# C++, and C that is not valid C++.
cat >plus.cc <<'EOF'
#include <iostream>
#include <string>
extern "C" int two(void);
extern "C" {
int V;
void F(void) { std::cout << std::string("plus ") << V + two() << std::endl; }
}
EOF
echo 'int two(void) { int class = 5; char *p = (void *)0; return p ? 0 : class; }' >two.c
echo 'int W;' >w.cpp
check "C++ builds" build -buildmode=plugin -DX=1 -o x.so plus.cc two.o
check "it is linked with the C++ library" prints "plus 11" ./host ./x.so
check "C++ and C together build" build -buildmode=plugin -o x.so two.c plus.cc w.cpp
check "C is compiled as C" prints "plus 12" ./host ./x.so
rm record
check "\$CXX with flags is accepted" \
    env CXX="$work/cplusplus_recorder -DWORD" CC=false \
    "$PLUGIN" build -buildmode=plugin -o x.so two.c plus.cc
check "\$CXX's flags are passed" prints -DWORD head -n 1 record
check "--cc wins over \$CXX" \
    env CXX=false "$PLUGIN" build --cc="$cplusplus_compiler" -buildmode=plugin -o x.so plus.cc two.o
rm record
check "\$CXX is not for C" \
    env CXX="$work/cplusplus_recorder" "$PLUGIN" build -buildmode=plugin -o x.so one.c two.o
check "C is compiled with \$CC" test ! -e record
cp plus.cc plus.inc
check "-x c++ builds" build -buildmode=plugin -o x.so -x c++ plus.inc -x none two.c
check "and compiles C++" prints "plus 12" ./host ./x.so
# Newer clangs warn of an -x after the last file.
for mode in plugin archive; do
    for files in "plus.cc two.c" "-x c++ plus.inc -x none two.c"; do
        # shellcheck disable=SC2086
        check "clang++ does not warn: -buildmode=$mode $files" build --cc=clang++ -Werror \
            -DX=1 "-buildmode=$mode" -o warned.a $files
    done
done
cp host.c host_plus.cpp
check "a host in C++ builds" build_host host_plus.cpp
check "and runs" prints "Hello, number 7" ./host_plus

# -s
check "without -s, the output has debug information" section plugin_name.so .debug_info
check "-s builds" build -s -buildmode=plugin -o x.so plugin_name.c
check "-s strips" lacks_section x.so .debug_info
check "a stripped plugin keeps its stamp" "$PLUGIN" inspect x.so
check "a stripped plugin opens" prints "Hello, number 7" ./host ./x.so
check "-s builds a host" build_host -s -o stripped host.c
check "a stripped host runs" prints "Hello, number 7" ./stripped
check "-v prints the commands" \
    build -v -s --cc="$work/recorder" -buildmode=plugin "-DT=a b" -o x.so plugin_name.c
check_said "-v prints the compiler's command" "$work/recorder -g -v '-DT=a b' plugin_name.c"
check "-v prints strip's command" grep -q '^strip .*/x\.so$' said
mkdir fails
check_fails 1 "a failure of \$STRIP fails" \
    env STRIP=false "$PLUGIN" build -s -buildmode=plugin -o fails/x.so plugin_name.c
check_fails 1 "a missing \$STRIP fails" \
    env STRIP=./nosuch "$PLUGIN" build -s -buildmode=plugin -o fails/x.so plugin_name.c
check_said "the message names it" "./nosuch: No such file or directory"

# A failure leaves an old output unchanged, and no other file.
check_fails 42 "the compiler's exit status is passed on" \
    build --cc=./failing -o fails/x plugin_name.c
echo "failing: no" >wanted
check_same "only the compiler explains its failure" wanted log
check_fails 143 "a compiler that a signal kills fails" build --cc=./dying -o fails/x plugin_name.c
check_fails 1 "a compiler that writes nothing fails" build --cc=./idle -o fails/x plugin_name.c
echo 'int broken = ;' >broken.c
check_fails 1 "a source that does not compile fails" build -o fails/x broken.c
check_said "the compiler's output is shown" broken.c:1
check_fails 1 "-g0 leaves nothing to stamp" build -buildmode=plugin -g0 -o fails/x.so plugin_name.c
check_said "the error names the output" "cannot stamp fails/x.so: "
ulimit -c 0
ends_with() { # NAME:STATUS WHAT ARGUMENT...: passes if the signal, in the middle of the work, ends it
    signal=${1%:*}
    ends_status=${1#*:}
    ends_name=$2
    shift 2
    # AddressSanitizer handles those of a fault, unless told not to.
    check_fails "$ends_status" "SIG$signal ends $ends_name" env --default-signal="$signal" SIGNAL="$signal" \
        ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0:handle_sigbus=0:handle_sigfpe=0" "$PLUGIN" "$@"
}
for signal in HUP:129 INT:130 QUIT:131 USR1:138 USR2:140 PIPE:141 ALRM:142 TERM:143 XCPU:152 XFSZ:153 \
    VTALRM:154 PROF:155 PWR:158 ABRT:134 SEGV:139 BUS:135 FPE:136 ILL:132 TRAP:133 SYS:159; do
    ends_with $signal "a build" build --cc=./interrupted -buildmode=plugin -o fails/x.so plugin_name.c
done
ends_with PIPE:141 "the build of an archive" \
    build --cc=./interrupted -buildmode=archive -o fails/x.a plugin_name.c
build -buildmode=archive -o signals.a plugin_name.c
ends_with USR1:138 "a bundle" bundle --cc=./interrupted -o fails/x.o signals.a
check "failures leave no file" prints "" ls -A fails
echo old >wanted
cp wanted fails/x
build --cc=./failing -o fails/x plugin_name.c 2>log
build -buildmode=plugin -g0 -o fails/x plugin_name.c 2>log
check_same "a failure leaves an old output unchanged" wanted fails/x
check "and no file beside it" prints x ls -A fails
ignores() {
    (
        trap '' HUP
        SIGNAL=HUP build --cc=./interrupted -buildmode=plugin -o x.so plugin_name.c
    )
}
check "an ignored signal stays ignored" ignores
umask 027
build -buildmode=plugin -o x.so plugin_name.c
check "the output has the usual permissions" prints -rwxr-x--- sh -c 'ls -l x.so | cut -c 1-10'
mkdir ./-d
check "an output whose path starts with a dash is accepted" \
    build -buildmode=plugin -s -o -d/x.so plugin_name.c
check "and written" ./host ./-d/x.so

# A plugin uses its own symbols, whatever the host exports.
cat >own.c <<'EOF'
int V = 5;
int name(void) { return 5; }
int get(void) { return V + name(); }
EOF
cat >exporting.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int V = 100;
int name(void) { return 200; }
int main(void)
{
    plugin *p = plugin_open("own.so");
    int (*get)(void) = plugin_as(plugin_lookup(p, "get"), int (*)(void));
    puts(plugin_error());
    return !get || get() != 10 || V != 100;
}
EOF
build -buildmode=plugin own.c
build_host -rdynamic exporting.c
check "a plugin uses its own V, not its host's" ./exporting

# Usage errors.
mkdir directory
mkfifo pipe
cp plugin_name.c input
check_fails 2 "an unknown -buildmode" build -buildmode=shared plugin_name.c
check_fails 2 "-buildmode without a value" build plugin_name.c -buildmode
check_fails 2 "no input files" build -buildmode=plugin -o x.so
check_fails 2 "a flag's value is no input file" build -include plugin_name.c -I . -lm
check_fails 2 "-o without a file" build plugin_name.c -o
check_fails 2 "--cc without a compiler" build --cc= plugin_name.c
check_fails 2 "an @file without -o" build @arguments
check_fails 2 "a directory as the output" build -o directory plugin_name.c
check_fails 2 "a pipe as the output" build -o pipe plugin_name.c
check_fails 2 "an input as the output" build -x c input
check_same "the input is unchanged" plugin_name.c input
for flag in -c -S -E -M -MM -fsyntax-only; do
    check_fails 2 "$flag, which does not link" build $flag plugin_name.c
    check_said "$flag: the message says so" "$flag prevents the link"
done
check_fails 1 "an output in a missing directory" build -o nosuch/x plugin_name.c
check "no scratch files are left" is_clean .

finish

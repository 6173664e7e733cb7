#!/bin/sh
# SPDX-License-Identifier: MIT
# What --json prints is as schemas/ says, of every kind of file and verdict; and what schemas/ says is printed.
# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
# shellcheck source=tests/common/find_go.sh
. "$tests/common/find_go.sh"

own=$tests/cmd/schemas
schemas=$(cd "$(dirname "$PLUGIN")/../share/plugin/schemas" && pwd)
include=$(cd "$(dirname "$PLUGIN")/../include" && pwd)
cd "$work" || exit 1
here=$(pwd -P)
: >outputs
: "${TEST_CFLAGS:=}"

# shown VERB ARGUMENT...: keeps the objects that the verb prints, of which there must be one.
shown() {
    verb=$1
    shift
    "$PLUGIN" "$verb" --json "$@" 2>errors | tee -a outputs >last
    grep -q '^{' last || { echo "plugin $verb --json $*"; cat errors; return 1; }
}
plugin() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -w -o "$output" "$@"
}
host() {
    output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -w -o "$output" "$@" $TEST_CFLAGS
}
library() {
    output=$1
    shift
    cc -g -shared -fPIC -Wl,-Bsymbolic "-Wl,-soname,${output##*/}" -o "$output" "$@"
}
schema_check() { python3 "$own/check.py" "$1" "$schemas" "$tree" "$tree/man/plugin.1"; }
output_check() { python3 "$own/check.py" "$1" "$schemas" "$tree" outputs; }

check "the schemas are installed" diff -r "$tree/schemas" "$schemas" -x meson.build
check "they are valid, closed, described, and of the versions that the command prints" schema_check are_schemas
check "the values that they list are those of the sources" schema_check names_all
check "plugin(1) names each member" schema_check are_in_manual

# ---- what modules record ----

cat >kinds.c <<'E2'
#include <plugin.h>
#include <stdlib.h>
PLUGIN_IMPORT("example.com/geom");
PLUGIN_INFO("version", "1.2");
int V;
_Thread_local long counter;
static int choice(int n) { return n; }
static int (*resolve(void))(int) { return choice; }
int chosen(int) __attribute__((ifunc("resolve")));
struct shape;
double geom_area(const struct shape *shape);
PLUGIN_USES(geom_area);
int geom_chosen(int);
PLUGIN_USES(geom_chosen);
void host_log(const char *line);
PLUGIN_USES(host_log);
extern _Thread_local int host_thread;
extern int host_count;
__attribute__((weak)) int host_level(int);
PLUGIN_USES(host_level);
__asm__(".pushsection .data\n.dc.a mystery\n.popsection");
__asm__(".globl bare\n.type bare,%function\nbare:\n.size bare,1\n.byte 0\n");
double area(const struct shape *shape)
{
    host_log(getenv("HOME"));
    return geom_area(shape) + geom_chosen(1) + host_thread + host_count + (host_level ? host_level(1) : 0);
}
__attribute__((constructor)) static void announce(void) {}
PLUGIN_INIT { V = 1; }
PLUGIN_RETIRE { V = 2; }
E2
{ package example.com/geom && cat <<'E2'; } >geom.c
PLUGIN_IMPORT("example.com/num");
extern int num_last;
struct shape { double r; };
_Thread_local int geom_thread;
int geom_count;
static int choice(int n) { return n; }
static int (*resolve(void))(int) { return choice; }
int geom_chosen(int) __attribute__((ifunc("resolve")));
double geom_area(const struct shape *shape) { return shape->r * geom_count * geom_thread; }
PLUGIN_INIT { geom_count = num_last; }
E2
{ package example.com/num && echo 'int num_last; PLUGIN_INIT { num_last = 1; }'; } >num.c
cp num.c lost.c
echo 'template <class T> T twice(T n) { static T last; last = n; return last + n; }
int doubled(int n) { return twice(n); }' >classes.cc
cat >silent.c <<'E2'
#include <plugin.h>
PLUGIN_IMPORT("example.com/num");
extern int num_last;
int last(void) { return num_last; }
E2
echo 'struct __attribute__((scalar_storage_order("big-endian"))) be { int a; } v;' >unknown.c
build_modules() {
    plugin kinds.so kinds.c geom.c num.c &&
        cc -c -g -fPIC -I"$include" lost.c && rm lost.c && plugin lost.so kinds.c geom.c lost.o &&
        plugin classes.so --cc=clang++ classes.cc && plugin silent.so --cc=clang -O0 silent.c num.c &&
        plugin unknown.so --cc=gcc unknown.c && strip -o stripped.so kinds.so &&
        cc -c -g -o object.o classes.c && cc -shared -fPIC -o unstamped.so classes.c &&
        library libfar.so classes.c
}
echo 'int far(void) { return 1; }' >classes.c
check "modules build" build_modules
check "a plugin with all kinds of symbols" shown inspect kinds.so
check "with its sections" shown inspect --sections kinds.so stripped.so unstamped.so object.o
check "one whose sources are not there, one in C++, one of which clang does not record all, an unknown type" \
    shown inspect lost.so classes.so silent.so unknown.so

build_odd() {
    library odd.so classes.c -Wl,-F,libfar.so -Wl,-f,libfar.so -Wl,--audit,libaudit.so \
        -Wl,--depaudit,libdep.so -Wl,-z,nodlopen -Wl,-z,execstack -L. -Wl,--no-as-needed -lfar &&
        printf '.text\n.globl at\nat: .dc.a at\n.section .note.GNU-stack,"",%%progbits\n' >text.s &&
        cc -shared -Wl,-z,notext -o textrel.so text.s && cc -m32 -shared -nostdlib -fPIC -o narrow.so classes.c &&
        cp object.o core && printf '\004' | dd of=core bs=1 seek=16 conv=notrunc 2>dd.log
}
check "odd files build" build_odd
check "odd files" shown inspect odd.so textrel.so narrow.so core
for name in asan tsan msan ubsan hwasan; do
    echo "void __${name}_init(void); void use_$name(void) { __${name}_init(); }"
done >sanitized.c
build_sanitized() { library sanitized.so sanitized.c && "$PLUGIN" stamp sanitized.so; }
check "a module with all sanitizers builds" build_sanitized
check "a module with all sanitizers" shown inspect sanitized.so
latin=$(printf 'latin-\351.so')
build_latin() {
    cp kinds.so "$latin" && printf '#include <plugin.h>\nPLUGIN_INFO("name", "\303\251\033");\nint V;' >latin.c &&
        plugin info.so latin.c && library "liblatin-$latin" classes.c && plugin needs.so latin.c -Wl,--no-as-needed "./liblatin-$latin"
}
check "files with names that are not UTF-8 build" build_latin
check "names that are not UTF-8, and control characters" shown inspect "$latin" info.so needs.so

awk 'BEGIN { print "#include <plugin.h>\nstruct api { int a; };\nPLUGIN_GROWS(struct api);\nint run(struct api *api) {"
    for (i = 0; i < 300; i++) print "{ volatile int v" i " = " i ";"
    print "volatile struct api copy = *api; return copy.a;"
    for (i = 0; i < 300; i++) print "}"
    print "}" }' >deep.c
promises=$tests/cmd/promises
build_promises() {
    host grown "$promises/host.c" "-I$promises" -DV=1 -DARRAY && "$PLUGIN" stamp --grows=info grown &&
        plugin copy.so "$promises/plugin.c" "-I$promises" -DV=1 -DCOPY '-DHEADER="api.h"' &&
        plugin taller.so "$promises/plugin.c" "-I$promises" -DV=2 '-DHEADER="api.h"' && host taller "$promises/host.c" "-I$promises" -DV=2 &&
        plugin deep.so --cc=gcc -O0 deep.c
}
check "modules with promises build" build_promises
check "promises" shown inspect grown copy.so deep.so
check "a host of which types have grown" shown check taller copy.so
check "a plugin of which types have grown" shown check grown taller.so

interfaces=$tests/cmd/interfaces
build_interfaces() {
    plugin libsource.so "$interfaces/library.c" -Wl,-soname,libsource.so &&
        host interfaces "$interfaces/host.c" -L. -lsource "-Wl,-rpath,$here" &&
        plugin meets.so "$interfaces/plugins.c" -DFILTER -DIMPLEMENTS && plugin half.so "$interfaces/plugins.c" -DHALF &&
        plugin source.so "$interfaces/plugins.c" -DSOURCE
}
check "a host with interfaces, and plugins, build" build_interfaces
check "interfaces" shown inspect interfaces meets.so
check "verdicts by interfaces" shown check interfaces meets.so half.so source.so unstamped.so
check "by one interface" shown check '--as=struct filter' interfaces half.so

build_built_in() {
    sed -n '/^PLUGIN_INFO/p; /bare/p' kinds.c | sed '1i #include <plugin.h>\nPLUGIN_IMPORT("example.com/num");\nextern int num_last;\nint hit(void) { return num_last; }' >user_a.c
    sed '/bare/d' user_a.c >user_b.c
    for name in user_a user_b; do
        "$PLUGIN" build -buildmode=archive -w -o $name.a $name.c num.c || return
    done
    echo 'int main(void) { return 0; }' >main.c && host plain main.c && host users main.c --with=user_a.a --with=user_b.a
}
check "a program with built-in plugins builds" build_built_in
check "built-in plugins" shown inspect users

cat >waiving.c <<'E2'
#include <plugin.h>
struct filter { int (*run)(void); unsigned (*size)(void); };
int sleep_for(unsigned seconds) { return (int)seconds; }
struct panel { int size; };
PLUGIN_GROWS(struct panel);
int main(int count, char **arguments)
{
    struct filter filter;
    return count < 2 || !plugin_open_as(arguments[1], &filter);
}
E2
echo 'unsigned sleep_for(unsigned);
int run(void) { return !sleep_for(1); } int size(void) { return 4; }' >waived.c
build_waiving() {
    host waiving waiving.c && plugin waived.so waived.c && shown check waiving waived.so &&
        "$PLUGIN" check --verbose waiving waived.so | sed -n 's/^  to waive: //p' | sed 's/REASON/known/' >waivers &&
        "$PLUGIN" stamp --waive=waivers waiving
}
check "differences that could be waived" build_waiving
check "a host that waives them" shown inspect waiving
check "the verdict of that" shown check waiving waived.so

# ---- Go ----

cp -R "$tests/cmd/go_inspect" go && mkdir go/opener && cat >go/opener/opener.go <<'E2'
package main

import "C"

import "plugin"

//export Opens
func Opens() bool { _, err := plugin.Open("/none"); return err == nil }

func main() {}
E2
lacks=
for go in "$GO" /usr/lib/go-*/bin/go; do
    [ -x "$go" ] || continue
    build_go() {
        (cd go && "$go" build -o ../forms.so -buildmode=plugin -trimpath . &&
            "$go" build -buildmode=c-shared -o ../opener.so ./opener)

    }
    check "$("$go" version): a plugin, and what can open one, build" build_go
    check "Go" shown inspect forms.so opener.so
    check "the verdict on a Go plugin, without a bridge" shown check --go-bridge=none plain forms.so
done
[ -n "$GO" ] || echo "tools/install-packages installs one" >why
[ -n "$GO" ] || fail "a Go toolchain is installed" <why
# Go 1.19 and earlier do not record their exact version; the machine may have later ones only.
grep -q '"version_exact":false' outputs || lacks='inspect/1 go.version_exact = false'

# ---- verdicts ----

cat >lib.h <<'E2'
struct config { int a; double b; };
extern struct config lib_config;
int lib_choose(int);
int geom_area(int);
E2
echo '#include "lib.h"
struct config lib_config = {1, 2}; int lib_choose(int n) { return n; } int main(void) { return 0; }' >lib.c
sed 's/double b/float b/; s/choose(int)/choose(long)/' lib.h >wrong.h
echo '#include HEADER
int far(void); int nobody_has(void); int use(void) { return lib_config.a + lib_choose(1) + far() + nobody_has(); }' >use.c
{ package example.com/num && echo 'long num_last; PLUGIN_INIT { num_last = 1; }'; } >num_wide.c
{ package example.com/num && echo 'int num_last; int num_more; PLUGIN_INIT { num_last = 1; }'; } >num_more.c
sed 's/extern int num_last/extern int num_more, num_last/; s/{ return num_last/{ return num_more + num_last/' user_b.c >user_more.c
sed 's/extern int/extern long/' user_b.c >user_wide.c
build_verdicts() {
    host judges lib.c num.c && plugin right.so use.c '-DHEADER="lib.h"' -L. -lfar "-Wl,-rpath,$here" -Wl,--unresolved-symbols=ignore-all &&
        plugin wrong.so use.c '-DHEADER="wrong.h"' -Wl,--unresolved-symbols=ignore-all &&
        plugin same.so user_b.c num.c && plugin more.so user_more.c num_more.c && plugin wide.so user_wide.c num_wide.c &&
        plugin lost-library.so use.c '-DHEADER="lib.h"' -L. -lfar "-Wl,-rpath,$here/nowhere" -Wl,--unresolved-symbols=ignore-all &&
        plugin alone.so classes.c && cc -g -rdynamic -o unstamped main.c &&
        cc -m32 -g -nostdlib -shared -fPIC -Wl,-Bsymbolic -o other.so classes.c && "$PLUGIN" stamp other.so &&
        musl-gcc -g -shared -fPIC -Wl,-Bsymbolic -o musl.so classes.c && "$PLUGIN" stamp musl.so &&
        plugin stack.so classes.c -Wl,-z,execstack && head -c 3000 alone.so >short.so && : >empty &&
        "$PLUGIN" build -buildmode=interface -o expects.interface "$interfaces/host.c"
}
check "plugins of all verdicts build" build_verdicts
check "fits, and does not" shown check judges alone.so same.so wrong.so
check "a library, a version, a symbol that is not there" shown check judges right.so lost-library.so
check "packages that differ" shown check judges more.so wide.so
check "packages of each other" shown check plain alone.so same.so wide.so
check "strict" shown check --strict judges same.so wrong.so
check "another machine, another C library, sanitizers, an executable stack" \
    shown check judges other.so musl.so sanitized.so stack.so
check "not plugins, and not there" \
    shown check judges unstamped.so short.so empty main.c judges . missing.so "$latin" odd.so
check "a host that is not stamped" shown check unstamped alone.so
check "which is allowed" shown check --allow-unstamped unstamped alone.so unstamped.so
check "an interface file" shown check --interface=expects.interface meets.so half.so
isolated=$tests/isolated
build_isolated() {
    plugin cannot.so "$isolated/check/refused.c" && host cannot "$isolated/check/refused_host.c" &&
        plugin packages.so "$isolated/packages/plugin.c" "$isolated/packages/geom.c" "$isolated/packages/log.c" &&
        host packages "$isolated/packages/host.c" -DWITH_GEOM "$isolated/packages/geom.c" "$isolated/packages/log.c"
}
check "plugins that cannot be isolated build" build_isolated
check "they cannot be isolated" shown check --isolated cannot cannot.so alone.so
check "because of a package" shown check --isolated packages packages.so

# ---- no memory, no descriptors ----

# starved CODE OPTION LIMIT...: is the code told with one of these limits?
starved() {
    code=$1 option=$2
    shift 2
    for limit; do
        (ulimit "-$option" "$limit" && "$PLUGIN" check --json bare kinds.so) >told 2>errors
        grep "\"code\":\"$code\"" told >>outputs && return
    done
    cat errors
    return 1
}
build_bare() { cc -g -nostdlib -fPIE -pie -rdynamic -Wl,-e,main -o bare main.c && "$PLUGIN" stamp bare; }
check "a host without libraries builds, which needs fewer descriptors than a plugin" build_bare
check "without descriptors" starved "system error" n 4 5 6 7 8 9 10 11 12
if [ -z "$TEST_CFLAGS" ]; then
    # shellcheck disable=SC2046 # numbers
    check "without memory" starved "out of memory" v $(seq 4000 100 16000)
else
    lacks="$lacks;check/1 code = \"out of memory\""
    skip "without memory" "a sanitizer needs more"
fi

# ---- lists ----

mkdir listed listed/directory
cp alone.so wrong.so same.so kinds.so info.so "$latin" meets.so half.so unstamped.so short.so empty main.c judges right.so listed
check "a directory" shown ls listed
check "for a host" shown ls --for=interfaces listed
check "for another host" shown ls --for=judges listed
check "for a host that is not stamped" shown ls --for=unstamped listed
check "all is allowed" shown ls --allow-unstamped --for=interfaces listed

# ---- calls ----

call=$tests/cmd/call
cat >pointers.c <<'E2'
#include <stddef.h>
struct pair { int a; _Bool b; };
_Bool is_on = 1;
int *nowhere;
int *same(int *numbers) { return numbers; }
void change(_Bool *on, _Bool *off, const char **text, struct pair *pair) { *on = 1; *off = 0; *text = NULL; pair->a = 2; }
E2
build_calls() { plugin values.so "$call/values.c" && plugin wild.so "$call/wild.c" && plugin pointers.so pointers.c; }
if find "$(dirname "$PLUGIN")/.." -name plugin-call | grep -q .; then
    check "plugins to call build" build_calls
    check "calls, and variables" shown call ./values.so area '{1, 2}' V=3 thing split 7.25 '&0' '&0' F same_double nan \
        same_shape '{1, 2}' same_colour 'RED|BLUE' same_bool true same_bool 0 table
    check "what cannot be isolated" shown call --in-process ./wild.so list ring title lost same_wide 1e4000 large \
        fill '(char[3]){0}' 1 chosen
    check "what pointers lead to" shown call --in-process ./pointers.so is_on is_on=0 nowhere same '{1, 2, 3}' \
        change '&0' '&1' '&"text"' '{1}'
else
    skip "calls" "the build has no libffi"
    lacks="$lacks;call/1"
fi

check "each output is as its schema says" output_check fits
export LACKS="$lacks"
check "each member and each value that the schemas list was seen" output_check shows_all
finish

#!/bin/sh
# The promises of SECURITY.md, and what is tried against them, by their numbers there. Each attack first
# succeeds against dlopen. What other tests show has the same numbers in front of its names:
# docs/testing.md says where.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/system/promises
cd "$work" || exit 1
chmod 755 .
unset LD_BIND_NOW # with it, dlopen binds all at once, whatever it was asked for
mark=$work/mark
library=$(find "$(dirname "$PLUGIN")/.." -name libplugin.so.0)

# plugin_of OUTPUT FLAG|FILE...: builds a plugin; library_of: a library that nobody stamps.
plugin_of() {
    output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS "-DMARK=\"$mark\"" -o "$output" "$@"
}
library_of() {
    output=$1
    shift
    cc -g -fPIC -shared "-DMARK=\"$mark\"" "-Wl,-soname,${output##*/}" -o "$output" "$@"
}
host_of() {
    output=$1
    shift
    # shellcheck disable=SC2086
    "$PLUGIN" build $TEST_CFLAGS -o "$output" "$@"
}

says_alike="s|$work|DIR|g; s/built by [a-z]* [0-9.]*/built by COMPILER/g"

# runs NAME COMMAND...: the command makes code run that leaves the mark. refuses NAME COMMAND...
# <EXPECTED: it prints these lines, and no such code runs.
runs() {
    runs_name=$1
    shift
    rm -f "$mark"
    "$@" >attacked 2>&1
    check "$runs_name" test -e "$mark"
}
refuses() {
    rm -f "$mark"
    says "$@"
    check "$1: nothing ran" test ! -e "$mark"
}

# dies NAME COMMAND...: a signal ends the command.
dies() {
    dies_name=$1
    shift
    "$@" >attacked 2>&1
    status=$?
    check "$dies_name" test $status -gt 128 -o -n "$TEST_CFLAGS" -a $status -ne 0
}

check "P1: the host of these tests builds" host_of host "$source/host.c" -ldl
printf '\n' | minisign -G -f -W -p own.pub -s own.sec >/dev/null 2>&1
key=key=$(sed -n 2p own.pub)
sign() { "$PLUGIN" sign -s own.sec "$@"; }

# ---- P1: nothing runs before every check has passed; attack 5 ----

build_p1() {
    plugin_of plain.so -DNUMBER=1 "$source/marked.c" &&
        plugin_of misfit.so -DNUMBER=2 -DCALLS=host_has_not "$source/marked.c" &&
        library_of libresolves.so -DNUMBER=3 -DWITH_RESOLVER -DNAME=brought "$source/marked.c" &&
        library_of libruns.so -DNUMBER=3 -DNAME=brought "$source/marked.c" &&
        cat >brings.c <<'C' &&
int brought(void), host_has_not(void);
int hit(void) { return brought() + host_has_not(); }
C
        plugin_of resolves.so brings.c -L. -lresolves -Wl,-rpath,"$work" &&
        plugin_of brings.so brings.c -L. -lruns -Wl,-rpath,"$work"
}
check "P1: plugins that fit, and that do not, build" build_p1
runs "attack 5: dlopen runs the constructor of a plugin that lacks what it needs" ./host lazy=./misfit.so
refuses "P1, attack 5: a misfit's constructor" ./host ./misfit.so <<'E2'
3 ./misfit.so does not fit DIR/host (1 misfit):
  host_has_not: not exported by the host
E2
says "attack 5: dlopen fails for a plugin with a library" ./host dlopen=./brings.so <<'E2'
./brings.so: undefined symbol: host_has_not
E2
dies "attack 5: though it fails, it has run the resolvers of that library's indirect functions" \
    ./host dlopen=./resolves.so
refuses "P1, attack 5: a resolver" ./host ./resolves.so ./brings.so <<'E2'
3 ./resolves.so does not fit DIR/host (1 misfit):
  host_has_not: not exported by the host, nor by libresolves.so
3 ./brings.so does not fit DIR/host (1 misfit):
  host_has_not: not exported by the host, nor by libruns.so
E2

# ---- P2: the bytes checked are the bytes mapped; attacks 4, 6 and 7 ----

# What is opened is a copy; what it is replaced by differs in its value alone.
build_p2() {
    plugin_of evil.so -DNUMBER=666 "$source/marked.c" && cp plain.so chosen.so && sign chosen.so
}
check "P2: a plugin that is signed, and another one, build" build_p2
cp plain.so chosen.so
runs "attack 6: a file that was compared with the right one, and then renamed, is what dlopen runs" \
    sh -c 'cmp plain.so chosen.so && exec ./host "run=cp evil.so new && mv new chosen.so" dlopen=./chosen.so'
check "attack 6: it is the other one" has attacked "./chosen.so: 666"
cp plain.so chosen.so
says "attack 6: what is written over a file changes what dlopen has loaded from it" ./host dlopen=./chosen.so \
    "run=dd if=evil.so of=chosen.so conv=notrunc status=none" again <<'E2'
./chosen.so: 1
again: 666
E2
cp plain.so chosen.so
dies "attack 6: who truncates a file ends the program that has it loaded" ./host dlopen=./chosen.so \
    "run=: >chosen.so" again
cp plain.so chosen.so
says "P2, attack 6: replaced once it was checked, it is the one that was" \
    ./host $key "on-map=cp evil.so new && mv new chosen.so" ./chosen.so <<'E2'
./chosen.so: 1
E2
cp plain.so chosen.so
refuses "P2, attack 6: written over before it is copied, the other one is refused" \
    ./host $key "on-copy=dd if=evil.so of=chosen.so conv=notrunc status=none" ./chosen.so <<'E2'
8 cannot open plugin ./chosen.so: its signature is invalid: the file or the signature was changed
E2
cp plain.so chosen.so
says "P2, attack 6: written over and truncated later, it stays as it was" ./host $key ./chosen.so \
    "run=dd if=evil.so of=chosen.so conv=notrunc status=none; : >chosen.so" again <<'E2'
./chosen.so: 1
again: 1
E2
cp plain.so chosen.so
refuses "P4, attack 6: truncated while it is read, it is refused, and no signal" \
    ./host "on-read=: >chosen.so" ./chosen.so <<'E2'
2 cannot open plugin ./chosen.so: it became shorter while it was read
E2
cp plain.so chosen.so
refuses "P4, attack 6: the same under a policy" ./host $key "on-copy=: >chosen.so" ./chosen.so <<'E2'
2 cannot open plugin ./chosen.so: it became shorter while it was read
E2

cat >reuse.c <<'C'
#include <dlfcn.h>
#include <fcntl.h>
#include <plugin.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    const char *keys[] = {argv[1], NULL};
    struct plugin_trust trust = {.size = sizeof trust, .keys = keys};
    struct plugin_options options = {.size = sizeof options, .trust = &trust};
    for (int i = 2; i < argc; i++) {
        int (*hit)(void);
        if (!strcmp(argv[1], "dlopen")) {
            char name[32];
            snprintf(name, sizeof name, "/proc/self/fd/%d", open(argv[i], O_RDONLY | O_CLOEXEC));
            *(void **)&hit = dlsym(dlopen(name, RTLD_NOW), "hit");
        } else {
            plugin *p = plugin_open_with(argv[i], &options);
            hit = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
        }
        printf("%s: %d\n", argv[i], hit ? hit() : -1);
        for (int descriptor = 3; descriptor < 100; descriptor++)
            close(descriptor); /* as a program does that becomes a daemon */
    }
    return 0;
}
C
check "attack 7: a host that closes all descriptors builds" host_of reuse reuse.c -ldl
cp plain.so chosen.so
sign evil.so
says "attack 7: dlopen takes a descriptor that is used again for the file of before" \
    ./reuse dlopen ./plain.so ./evil.so <<'E2'
./plain.so: 1
./evil.so: 1
E2
says "P2, attack 7: each copy has a name that none had before" ./reuse "${key#key=}" ./chosen.so ./evil.so <<'E2'
./chosen.so: 1
./evil.so: 666
E2

build_p2_libraries() {
    mkdir libraries evil-libraries &&
        library_of libraries/libbrought.so -DNUMBER=40 -DNAME=brought "$source/marked.c" &&
        library_of evil-libraries/libbrought.so -DNUMBER=666 -DNAME=brought "$source/marked.c" &&
        plugin_of needs.so -DNUMBER=2 -DCALLS=brought "$source/marked.c" -Llibraries -lbrought \
            -Wl,-rpath,"$work/libraries" && sign needs.so
}
check "attack 4: a plugin with a library builds" build_p2_libraries
runs "attack 4: dlopen runs the constructor of a library that nobody has signed" ./host dlopen=./needs.so
refuses "P2, attack 4: an unsigned library" ./host $key library=libbrought.so ./needs.so <<'E2'
8 cannot open plugin ./needs.so: its library libbrought.so, at DIR/libraries/libbrought.so: it is not signed: DIR/libraries/libbrought.so.minisig: No such file or directory
E2
refuses "P2, attack 4: a library that is not among those allowed" ./host $key ./needs.so <<'E2'
8 cannot open plugin ./needs.so: it needs the library libbrought.so, which is neither loaded nor allowed by the trust policy
E2
sign libraries/libbrought.so
says "attack 4: signed and allowed, it is let in" ./host $key library=libbrought.so ./needs.so <<'E2'
./needs.so: 42
E2

# ---- attacks 1 to 3: what is searched for, and where ----

mkdir here found writable parent parent/child
chmod 777 writable parent
chmod 755 here found parent/child
cp plain.so found/bare.so
for directory in here writable parent/child; do cp evil.so $directory/bare.so; done
runs "attack 1: dlopen takes a bare name from the working directory" \
    sh -c 'cd here && LD_LIBRARY_PATH=: exec ../host dlopen=bare.so'
runs "attack 1: and from a directory that anybody can write to" \
    env LD_LIBRARY_PATH="$work/writable:$work/found" ./host dlopen=bare.so
says "attack 1: a search is in the directories of options.search, and not in the working one" \
    sh -c 'cd here && exec ../host "search=$0/found" bare.so' "$work" <<'E2'
bare.so: 1
E2
rm found/bare.so
refuses "attack 1: nor if they have no such file" sh -c 'cd here && exec ../host "search=$0/found" bare.so' "$work" <<'E2'
1 cannot open plugin bare.so: there is no such file in: DIR/found
E2
refuses "attack 1: a relative directory" ./host search=here bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "here" is not an absolute path
E2
cp plain.so found/bare.so
refuses "attack 1: a directory that anybody can write to" ./host "search=$work/writable" "search=$work/found" bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "DIR/writable" is one that anybody can write to, or replace
E2
refuses "attack 1: one that anybody can replace" ./host "search=$work/parent/child" bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "DIR/parent/child" is one that anybody can write to, or replace
E2
ln -s writable link
refuses "attack 1: a symbolic link to such a one" ./host "search=$work/link" bare.so <<'E2'
1 cannot open plugin bare.so: the search directory "DIR/link" is one that anybody can write to, or replace
E2
chmod 1777 parent
says "attack 1: one in a directory like /tmp is its owner's" ./host "search=$work/parent/child" bare.so <<'E2'
bare.so: 666
E2

runs "attack 2: LD_LIBRARY_PATH makes dlopen take another library" \
    env LD_LIBRARY_PATH="$work/evil-libraries" ./host dlopen=./needs.so
check "attack 2: it is the other one" has attacked "./needs.so: 668"
refuses "P10, attack 2: under a policy, that library is refused" \
    env LD_LIBRARY_PATH="$work/evil-libraries" ./host $key library=libbrought.so ./needs.so <<'E2'
8 cannot open plugin ./needs.so: its library libbrought.so, at DIR/evil-libraries/libbrought.so: it is not signed: DIR/evil-libraries/libbrought.so.minisig: No such file or directory
E2
refuses "attack 2: an empty entry of it is not the working directory" \
    sh -c 'cd evil-libraries && LD_LIBRARY_PATH=: exec ../host ../needs.so' <<'E2'
3 ../needs.so does not fit DIR/host (2 misfits):
  libbrought.so: needed by DIR/needs.so; found in ".", which is relative to the working directory: link what needs it with an absolute path, or with $ORIGIN
  brought: not exported by the host, nor by libbrought.so, which is missing
E2

build_runpaths() {
    for path in relative:evil-libraries empty:/nowhere: 'origin:$ORIGIN/evil-libraries'; do
        plugin_of "${path%%:*}.so" -DNUMBER=2 -DCALLS=brought "-DNAME=hit" "$source/marked.c" -Llibraries \
            -lbrought "-Wl,-rpath,${path#*:}" -Wl,--build-id=0x"$(printf %s "$path" | od -An -tx1 | tr -d ' \n' | head -c 16)" || return 1
    done
    plugin_of rpath.so -DNUMBER=3 -DCALLS=brought "$source/marked.c" -Llibraries -lbrought \
        -Wl,-rpath,evil-libraries -Wl,--disable-new-dtags && sign relative.so empty.so origin.so rpath.so
}
check "attack 3: plugins with such RUNPATHs build" build_runpaths
for way in 'relative .' 'rpath .' 'empty evil-libraries' 'origin /'; do
    # shellcheck disable=SC2086 # two words
    set -- $way
    runs "attack 3: dlopen follows it, $1" sh -c 'cd "$1" && exec "$2/host" "dlopen=$2/$0.so"' "$1" "$2" "$work"
    check "attack 3: to the other library, $1" grep -q 'so: 66[89]' attacked
done
# $ORIGIN is where the plugin is: who can write there, can write the plugin.
for policy in "" "$key library=libbrought.so"; do
    with=${policy:+", under a policy"}
    # shellcheck disable=SC2086 # words
    for way in relative:evil-libraries rpath:evil-libraries; do
        refuses "attack 3: a relative run path, ${way%:*}$with" ./host $policy "./${way%:*}.so" <<E2
3 ./${way%:*}.so does not fit DIR/host (2 misfits):
  libbrought.so: needed by DIR/${way%:*}.so; found in "evil-libraries", which is relative to the working directory: link what needs it with an absolute path, or with \$ORIGIN
  brought: not exported by the host, nor by libbrought.so, which is missing
E2
    done
    # shellcheck disable=SC2086
    refuses "attack 3: an empty one$with" sh -c 'cd evil-libraries && exec ../host "$@"' - $policy ../empty.so <<'E2'
3 ../empty.so does not fit DIR/host (2 misfits):
  libbrought.so: needed by DIR/empty.so; found in ".", which is relative to the working directory: link what needs it with an absolute path, or with $ORIGIN
  brought: not exported by the host, nor by libbrought.so, which is missing
E2
done
# shellcheck disable=SC2086
refuses "attack 3: what \$ORIGIN leads to must be signed" ./host $key library=libbrought.so ./origin.so <<'E2'
8 cannot open plugin ./origin.so: its library libbrought.so, at DIR/evil-libraries/libbrought.so: it is not signed: DIR/evil-libraries/libbrought.so.minisig: No such file or directory
E2

# ---- P9: a set-uid program's environment does not count; attack 2 ----

# The host runs as another user than the one who starts it. An evil library that lacks what is asked for
# would be a misfit, if it were looked for where the environment says.
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
says "attack 2: for its own user, LD_LIBRARY_PATH counts" env $environment ./other-user secure ./traced.so <<'E2'
not secure
3 ./traced.so does not fit DIR/other-user (1 misfit):
  brought: not exported by the host, nor by libbrought.so
E2
PLUGIN_TRACE=1 ./other-user ./traced.so >traced 2>&1
check "attack 2: and PLUGIN_TRACE" has traced "plugin: init main in $work/traced.so"
as_third="setpriv --reuid=65533 --regid=65533 --clear-groups"
set_uid() {
    chmod 755 other-user && chown 65534 other-user && chmod 4755 other-user
}
if [ "$(id -u)" -ne 0 ]; then
    skip "P9: a set-uid program's environment" "only root can make such a program"
elif [ -n "$TEST_CFLAGS" ]; then
    skip "P9: a set-uid program's environment" "a sanitizer cannot look into such a process"
elif ! set_uid || [ "$($as_third ./other-user secure 2>&1)" != secure ]; then
    skip "P9: a set-uid program's environment" "there are no set-uid programs in this file system"
else
    # shellcheck disable=SC2086
    says "P9: in a set-uid program, neither does" $as_third env $environment ./other-user secure ./traced.so <<'E2'
secure
./traced.so: 44
E2
fi
asks_securely() {
    ! grep -nE '(^|[^_])getenv *\(|[^a-z_]environ\b' "$tree"/src/*/*.c |
        grep -v 'built_in.c.*(0, no_arguments, environ)'
}
check "P9: the library asks for every variable by secure_getenv" asks_securely

# ---- P3: a refusal leaves nothing ----

build_p3() {
    library_of unstamped.so -DNUMBER=7 "$source/marked.c" && head -c 3000 plain.so >cut.so &&
        cp plain.so chosen.so && : >empty.so
}
check "P3: files to be refused build" build_p3
ways="./misfit.so ./resolves.so ./relative.so ./unstamped.so ./cut.so ./empty.so ./gone.so . ./needs.so"
# The first round loads what the library keeps: libsodium, and what it knows of the host.
rounds="$ways $key ./unstamped.so ./misfit.so ./libruns.so ./needs.so"
# shellcheck disable=SC2086
env LD_LIBRARY_PATH="$work/lacking" ./host $rounds count $rounds $rounds count library=libbrought.so ./chosen.so >said 2>&1
check "P3: no descriptor, mapping or thread is left of twelve kinds of refusals" \
    sh -c '! grep -E "and then" said && [ "$(grep -c "^[1-9][0-9]* .*[a-z]" said)" -eq 39 ]'
check "P3: and the next open works" has said "./chosen.so: 1"
says "P3: no verdict is remembered: a file that is mended opens" ./host ./unstamped.so \
    "run=cp chosen.so unstamped.so" ./unstamped.so <<'E2'
2 cannot open plugin ./unstamped.so: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
./unstamped.so: 1
E2

# ---- P4: any file; attack 10 ----

# The dynamic section says that the names are somewhere else.
build_p4() {
    cp chosen.so hostile.so && place=$(readelf -SW hostile.so | sed 's/^ *\[ *[0-9]*\] *//' |
        awk '$1 == ".dynamic" { print $4 }') && entries=$(readelf -dW hostile.so | grep '0x0' |
        grep -n '(STRTAB)' | cut -d : -f 1) &&
        printf '\377\377\377\377\377\177\0\0' | dd of=hostile.so bs=1 conv=notrunc status=none \
            seek=$((0x$place + 16 * (entries - 1) + 8))
}
check "P4: a file whose dynamic section is damaged is made" build_p4
dies "attack 10: dlopen crashes on it" ./host dlopen=./hostile.so
says "P4, attack 10: it is refused" ./host ./hostile.so <<'E2'
2 cannot open plugin ./hostile.so: its dynamic section is damaged: DT_STRTAB is at address 0x7fffffffffff, where no section of its kind starts
E2
reads_files() {
    ! grep -nE '\bmmap(64)? *\(|_MMAP|sendfile *\(' "$tree"/src/*/*.c "$tree"/stamp/*.c "$tree"/stamp/*/*.c "$tree"/cmd/*.c "$tree"/cmd/*/*.c |
        grep -v -e '/sealed.c:.*copy->descriptor' -e '/replace.c:.*sendfile' -e '/bundle.c:.*in memory' \
            -e '/lazy_types.c:.*mapping = mmap('
}
check "P4: no mapping of a file is read, but of sealed copies" reads_files
# What lazy_types.c maps is given to the system alone (tests/module/deferred truncates it).
reads_by_write() {
    grep -n -e '->mapping' "$tree/src/module/lazy_types.c" >uses
    ! grep -v -e 'char \*from = ' -e 'if (deferred->mapping)' -e 'munmap(' uses && grep -w from "$tree/src/module/lazy_types.c" |
        grep -v 'char \*from = ' | { ! grep -v 'write(descriptor, from + done'; }
}
check "P4: types that stay in a file are copied by the system" reads_by_write
cat >truncates.c <<'C'
/* Truncates the file that a program has just begun to read by libelf. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
void *elf_begin(int descriptor, int command, void *archive)
{
    void *(*own)(int, int, void *);
    *(void **)&own = dlsym(RTLD_NEXT, "elf_begin");
    void *elf = own(descriptor, command, archive);
    if (truncate(getenv("TRUNCATED"), 0) != 0)
        abort();
    return elf;
}
C
if [ -n "$TEST_CFLAGS" ]; then
    skip "P4: a file that is truncated while it is stamped" "a sanitizer wants to be loaded first"
else
    check "P4: what truncates a file builds" cc -fPIC -shared -o truncates.so truncates.c
    cp chosen.so cut.so
    check_fails 1 "P4: a file that is truncated while it is stamped is refused, and no signal" \
        env LD_PRELOAD="$work/truncates.so" TRUNCATED=cut.so "$PLUGIN" stamp cut.so
fi

# ---- P5: a refusal says where the two sides part ----

cat >shape.c <<'C'
struct shape { int kind; float width; };
float area(const struct shape *s) { return s->width * 2; }
C
cat >draw.c <<'C'
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>
struct shape { int kind; double width; };
int main(int argc, char **argv)
{
    struct shape s = {1, 3};
    double (*area)(const struct shape *);
    if (argc > 1) {
        *(void **)&area = dlsym(dlopen(argv[1], RTLD_NOW), "area");
        puts(area(&s) == 6 ? "right" : "wrong");
    } else {
        area = plugin_as(plugin_lookup(plugin_open("./shape.so"), "area"),
                         double (*)(const struct shape *));
        puts(area ? "opened" : plugin_error());
    }
    return 0;
}
C
case ${CC:-} in
*clang*) other=gcc ;;
*) other=clang ;;
esac
check "P5: a plugin and a host of other types build" sh -c '"$0" build -buildmode=plugin --cc=$2 -o shape.so shape.c &&
    "$0" build $1 -o draw draw.c -ldl' "$PLUGIN" "$TEST_CFLAGS" $other
says "P5: dlsym believes any cast, and what comes of it is wrong" ./draw ./shape.so <<'E2'
wrong
E2
says "P5: the plugin, the symbol, the way to the difference, both sides and both builds are named" ./draw <<'E2'
symbol area of plugin DIR/shape.so has another type than asked for:
      asked     double (*)(const struct shape *)   (DIR/draw, built by COMPILER)
      recorded  float area(const struct shape *s)   (built by COMPILER)
  they differ at result:
      asked     double   /* 8 bytes */
      recorded  float   /* 4 bytes */
E2
check "P5: they are two builds" sh -c 'grep -q "built by gcc [0-9]" actual.raw && grep -q "built by clang [0-9]" actual.raw'

# ---- P6: inits; attack 13 ----

cat >itself.c <<'C'
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>
int ready;
int hit(void) { return ready; }
__attribute__((constructor)) static void construct(void)
{
    void *self = OPENS_BY_DLOPEN ? dlopen("./itself-dlopen.so", RTLD_NOW) : (void *)plugin_open("./itself.so");
    printf("%s, %s\n", self ? "opened" : plugin_error(), ready ? "ready" : "not ready");
    ready = 1;
}
C
check "P6: a plugin that opens itself builds" sh -c '"$0" build -buildmode=plugin $1 -DOPENS_BY_DLOPEN=0 -o itself.so itself.c -ldl &&
    "$0" build -buildmode=plugin $1 -DOPENS_BY_DLOPEN=1 -o itself-dlopen.so itself.c -ldl' "$PLUGIN" "$TEST_CFLAGS"
says "attack 13: dlopen gives a constructor its own library before it is ready" ./host dlopen=./itself-dlopen.so <<'E2'
opened, not ready
./itself-dlopen.so: 1
E2
says "P6, attack 13: plugin_open tells it of the ring" ./host ./itself.so <<'E2'
cannot open plugin ./itself.so: it is being opened by this very call chain: DIR/itself.so opens DIR/itself.so, not ready
./itself.so: 1
E2

# ---- P7, P8: isolated plugins; attack 15 ----

is_not_there() {
    refuses "$1" ./host isolated ./chosen.so <<'E2'
12 cannot open plugin ./chosen.so: options.placement: only PLUGIN_ANY, PLUGIN_IN_PROCESS and PLUGIN_BUILT_IN are supported by this version of the library
E2
}
runs "attack 15: what dlopen opens runs in the process" ./host dlopen=./chosen.so
is_not_there "attack 15: an isolated plugin is not there, and refused"
is_not_there "P7: so no crash of an isolated plugin costs anything"
is_not_there "P8: and no memory is shared with one"

# ---- attack 8: which file is it? ----

build_a8() { cp chosen.so copy.so && ln chosen.so hard.so && sed 's/hit(void)/&/' "$source/marked.c" >rebuilt.c &&
    plugin_of rebuilt.so -DNUMBER=8 rebuilt.c; }
check "attack 8: a copy, a link and a rebuilt file are made" build_a8
says "attack 8: dlopen loads a copy once more, and a rebuilt file not at all" ./host count dlopen=./chosen.so dlopen=./copy.so \
    "run=cp rebuilt.so new && mv new copy.so" dlopen=./copy.so <<'E2'
./chosen.so: 1
./copy.so: 1
./copy.so: 1
E2
cp chosen.so copy.so
refuses "attack 8: a copy is refused, naming what is open" sh -c './host ./chosen.so "run=rm mark" ./copy.so ./hard.so' <<'E2'
./chosen.so: 1
7 cannot open plugin ./copy.so: it is a byte copy of DIR/chosen.so, which is open
./hard.so: 1
E2
says "attack 8: a file that is rebuilt in the place of an open plugin is that plugin, and elsewhere another one" \
    ./host ./chosen.so "run=cp rebuilt.so new && mv new chosen.so" ./chosen.so ./hard.so ./rebuilt.so <<'E2'
./chosen.so: 1
./chosen.so: 1
./hard.so: 1
./rebuilt.so: 8
E2
cp plain.so chosen.so

# ---- attack 9: names of other plugins ----

for number in 1 2; do
    cat >step$number.c <<C
int own_number(void) { return $number; }
int hit(void) { return own_number(); }
C
    check "attack 9: plugin $number with a function of the same name builds" sh -c \
        'cc -g -fPIC -shared -o step$0-global.so step$0.c && "$1" build -buildmode=plugin $2 -o step$0.so step$0.c' \
        $number "$PLUGIN" "$TEST_CFLAGS"
done
says "attack 9: opened RTLD_GLOBAL, the second one calls the first one's" ./host global=./step1-global.so global=./step2-global.so <<'E2'
./step1-global.so: 1
./step2-global.so: 1
E2
says "attack 9: each plugin calls its own" ./host global=./step1-global.so ./step1.so ./step2.so <<'E2'
./step1-global.so: 1
./step1.so: 1
./step2.so: 2
E2

# ---- P10: what is not signed is refused; attack 11 ----

cp evil.so chosen.so
rm -f chosen.so.minisig
runs "attack 11: dlopen asks for no signature" ./host dlopen=./chosen.so
refuses "P10, attack 11: without a signature" ./host $key ./chosen.so <<'E2'
8 cannot open plugin ./chosen.so: it is not signed: DIR/chosen.so.minisig: No such file or directory
E2
cp plain.so chosen.so
sign chosen.so
cp evil.so chosen.so
refuses "P10, attack 11: with another file's" ./host $key ./chosen.so <<'E2'
8 cannot open plugin ./chosen.so: its signature is invalid: the file or the signature was changed
E2
printf 'no ELF file at all' >text.so
refuses "P10, attack 11: it is verified before it is parsed, so that nothing is said of what it is" \
    ./host ./text.so $key ./text.so <<'E2'
2 cannot open plugin ./text.so: it is a text file, not an ELF file; it starts: no ELF file at all
8 cannot open plugin ./text.so: it is not signed: DIR/text.so.minisig: No such file or directory
E2
cp plain.so chosen.so

# ---- attack 12: names that steer whoever shows them ----

# Each placeholder becomes as many bytes: an escape sequence; C1 control characters; a character that
# turns the direction of text; bytes that are not UTF-8; a line of its own.
make_evil() {
    LC_ALL=C sed -i 's/EVIL/\x1b[2J/g; s/CONE/\xc2\x9b\xc2\x85/g; s/BIDI/\xe2\x80\xaex/g
        s/BADU/\xff\xfe\xc1\xc0/g; s/NEWLINE/\nINJECT/g' "$1" && "$PLUGIN" stamp "$1"
}
# is_harmless FILE: it shows the names, and does nothing else.
is_harmless() {
    if grep -naP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|^INJECT' "$1" ||
        ! iconv -f UTF-8 -t UTF-8 "$1" >/dev/null; then
        cat -v "$1"
        return 1
    fi
    grep -qE '\\(x|u00)1b\[2J' "$1" || { echo "it does not show the names"; cat "$1"; return 1; }
}
# harmless NAME COMMAND...: what the command says is.
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
check "attack 12: dlerror hands them on as they are" grep -q "$(printf '\033\\[2J')" said
named=$escape/named.so lacks=$escape/lacks.so host=$escape/names
harmless "attack 12: what plugin_error and plugin_symbol_decl say" "./$host" "./$named" "./$lacks" \
    "./$escape" "./$escape.gone" "./$named/x"
check "attack 12: it is about types and misfits" sh -c 'grep -q "they differ" shown && grep -q "misfits):" shown'
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
# What the others do not know goes to the compiler, or to Go, which answer themselves.
for verb in stamp inspect header check sign verify; do
    harmless "attack 12: usage of plugin $verb" "$PLUGIN" $verb "--$escape"
done
harmless "attack 12: an unknown verb" "$PLUGIN" "$escape"

# ---- attack 14: after the program has entered another root ----

mkdir -p root/lib root/usr/lib
build_a14() {
    plugin_of root/evil.so -UMARK '-DMARK="/mark"' -DNUMBER=666 "$source/marked.c" && sign root/evil.so &&
        for name in 23 26; do
            cc -g -fPIC -shared '-DMARK="/mark"' -DNUMBER=1 -o root/lib/libsodium.so.$name "$source/marked.c" &&
                cp root/lib/libsodium.so.$name root/usr/lib || return 1
        done
    rm -f root/mark
}
check "attack 14: another root, with what dlopen looks for in it, is made" build_a14
enters() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else unshare -r "$@"; fi
}
mark=$work/root/mark
enters ./host "chroot=$work/root" >/dev/null 2>&1
if [ $? -eq 0 ]; then
    runs "attack 14: dlopen takes libraries of that root" enters ./host "chroot=$work/root" dlopen=libsodium.so.23
    runs "attack 14: and so does an open that is not sealed, for a policy" \
        enters ./host $key "chroot=$work/root" /evil.so
    runs "attack 14: and it opens plugins of it" enters ./host "chroot=$work/root" /evil.so
    refuses "attack 14: after plugin_seal, no plugin is opened" enters ./host ./plain.so seal \
        "chroot=$work/root" /evil.so <<'E2'
./plain.so: 1
11 cannot open plugin /evil.so: plugin_seal was called: no plugin is opened any more
E2
    refuses "attack 14: nor is a library loaded, for a policy" enters ./host $key seal \
        "chroot=$work/root" /evil.so <<'E2'
11 cannot open plugin /evil.so: plugin_seal was called: no plugin is opened any more
E2
else
    skip "attack 14: another root" \
        "${TEST_CFLAGS:+a sanitizer finds its files no more there, or }this user may not enter one"
fi
mark=$work/mark
says "attack 14: what is open stays so after plugin_seal, by every name" ./host ./hard.so seal ./hard.so \
    "search=$work" hard.so "./plain.so" <<'E2'
./hard.so: 1
./hard.so: 1
hard.so: 1
11 cannot open plugin ./plain.so: plugin_seal was called: no plugin is opened any more
E2

# ---- what the library and the command are made of ----

build_descriptors() {
    plugin_of descriptors.so "$source/descriptors.c" -Llibraries -lbrought -Wl,-rpath,"$work/libraries" &&
        sign descriptors.so
}
check "P3: a plugin that looks at descriptors builds" build_descriptors
sign plain.so
says "P3: while plugins are opened, no descriptor is one that a program could inherit" \
    ./host alone $key library=libbrought.so ./plain.so ./descriptors.so <<'E2'
./plain.so: 1
./descriptors.so: 40
E2
# closes_on_exec CALL WORD: every such call of the sources has this word.
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
check "P3: every call that makes a descriptor says so" every_call_closes

# is_hardened FILE: is it linked and compiled as everything should be that reads hostile files?
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
        skip "$name" "a build with a sanitizer, or without optimisation, is not fortified"
    else
        check "$name" is_hardened "$file"
    fi
done

finish

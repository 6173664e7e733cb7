#!/bin/sh
# SPDX-License-Identifier: MIT
# What is judged is what is mapped, and what cannot be read is not taken for what has no stamp: the
# attacks 16 to 18, 20 and 22 of SECURITY.md.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/promises/setup.sh"
says_alike="$says_alike; s/not found in .*/not found in PLACES/"
export PLUGIN
interpreter=$(readelf -p .interp host | sed -n 's/.* \(\/.*\)/\1/p')

# ---- attack 16: a path that the dynamic loader reads otherwise ----

# tokens NAME: a plugin in a directory of that name, and another one wherever the token may lead.
tokens() {
    mkdir -p "base/$1" && cp plain.so "base/$1/p.so" || return 1
    for place in lib lib64 "lib/$(cc -print-multiarch)" x86_64 haswell "$work" .; do
        mkdir -p "base/$place" && cp evil.so "base/$place/p.so" || return 1
    done
}
# shellcheck disable=SC2016 # the dynamic loader expands these
for token in '$LIB' '${LIB}' '$PLATFORM' '$ORIGIN'; do
    check "attack 16: a directory named $token" tokens "$token"
    says "P2, attack 16: plugin_open opens the file in a directory named $token" \
        ./host "base/$token/p.so" "base/$token/p.so" <<E2
base/$token/p.so: 1
base/$token/p.so: 1
E2
    sign "base/$token/p.so"
    says "P2, attack 16: so it does under a policy" ./host "$key" "base/$token/p.so" <<E2
base/$token/p.so: 1
E2
done
# shellcheck disable=SC2016
is_glibc() { case $interpreter in */ld-linux*) ;; *) return 1 ;; esac; }
# shellcheck disable=SC2016
if is_glibc; then
    runs "attack 16: dlopen replaces \$LIB and runs another file" ./host 'dlopen=base/$LIB/p.so'
    check "attack 16: it runs the other plugin" has attacked ': 666'
fi

# shellcheck disable=SC2016
build_16() {
    cp plain.so 'base/p$LIB.so' && mkdir -p 'base/$LIB/brought' &&
        cp libraries/libbrought.so 'base/$LIB/brought' &&
        plugin_of 'base/$LIB/needs.so' -DNUMBER=2 -DCALLS=brought "$source/marked.c" -Llibraries -lbrought \
            -Wl,-rpath,'$ORIGIN/brought' && cat >where.c <<'C' && host_of where where.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    Dl_info info;
    char line[4096];
    void *hit = plugin_address(plugin_lookup(plugin_open(argv[argc - 1]), "hit"));
    puts(hit && dladdr(hit, &info) ? info.dli_fname : plugin_error());
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "p.so") && strstr(line, "r-xp"))
            fputs(strchr(line, '/'), stdout);
    return 0;
}
C
}
check "attack 16: plugins with a token in their own name, and with a library in \$ORIGIN" build_16
# shellcheck disable=SC2016
says "P2, attack 16: a token in the file's own name" ./host 'base/p$LIB.so' <<'E2'
base/p$LIB.so: 1
E2
# shellcheck disable=SC2016
says "attack 16: \$ORIGIN leads a plugin to its library there" ./host 'base/$LIB/needs.so' <<'E2'
base/$LIB/needs.so: 42
E2
# shellcheck disable=SC2016
says "attack 16: dladdr and /proc/PID/maps name the file" ./where 'base/$LIB/p.so' <<'E2'
DIR/base/$LIB/p.so
DIR/base/$LIB/p.so
E2

cp plain.so chosen.so
says "attack 16: dlopen takes a path that it knows for the file that was there" \
    ./host "dlopen=$work/chosen.so" "run=cp evil.so new && mv new chosen.so" "dlopen=$work/chosen.so" <<'E2'
DIR/chosen.so: 1
DIR/chosen.so: 1
E2
cp plain.so chosen.so
refuses "P2, attack 16: plugin_open refuses that" \
    ./host "dlopen=$work/chosen.so" "run=cp evil.so new && mv new chosen.so; rm -f mark" ./chosen.so <<'E2'
DIR/chosen.so: 1
14 cannot open plugin ./chosen.so: the process has another file mapped by this name, which was replaced since; restart the program, or rename the plugin
E2
cp plain.so chosen.so
says "P2: a plugin that the host has loaded by dlopen opens" ./host "dlopen=$work/chosen.so" ./chosen.so <<'E2'
DIR/chosen.so: 1
./chosen.so: 1
E2

# ---- attack 17: what the dynamic loader maps besides DT_NEEDED ----

cat >brought.c <<'C'
int brought(void) { return 40; }
C
build_17() {
    library_of libfilter.so brought.c && library_of evil-libraries/libfilter.so -DNUMBER=666 -DNAME=brought "$source/marked.c" &&
        plugin_of auxiliary.so -DNUMBER=3 "$source/marked.c" -Wl,--auxiliary=libfilter.so &&
        plugin_of filter.so -DNUMBER=4 "$source/marked.c" -Wl,--filter=libfilter.so &&
        plugin_of audited.so -DNUMBER=5 "$source/marked.c" -Wl,--audit=./libaudit.so -Wl,--depaudit=./libdepaudit.so
}
check "attack 17: plugins with filters and an audit library build" build_17
says "attack 17: without a filter library, an auxiliary one is passed over and the other is missing" \
    ./host ./auxiliary.so ./filter.so ./audited.so <<'E2'
./auxiliary.so: 3
3 ./filter.so does not fit DIR/host (1 misfit):
  library libfilter.so, needed by DIR/filter.so: not found in PLACES
  0 uses compared, 0 not
./audited.so: 5
E2
says "attack 17: with it, both open" env LD_LIBRARY_PATH="$work${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ./host ./auxiliary.so ./filter.so <<'E2'
./auxiliary.so: 3
./filter.so: 4
E2
sign auxiliary.so filter.so
for plugin in auxiliary filter; do
    rm -f mark
    refuses "P10, attack 17: the trust policy is asked for the library of $plugin.so" \
        env LD_LIBRARY_PATH="$work/evil-libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ./host "$key" "./$plugin.so" <<E2
8 cannot open plugin ./$plugin.so: it needs the library libfilter.so, which is neither loaded nor allowed by the trust policy
E2
done
"$PLUGIN" inspect auxiliary.so filter.so audited.so | sed -n '/^libraries/,/^[^ l]/p' | grep '/\*' >inspected
cat >expected <<'E2'
  libfilter.so   /* DT_AUXILIARY */
  libfilter.so   /* DT_FILTER */
  ./libaudit.so   /* DT_AUDIT */
  ./libdepaudit.so   /* DT_DEPAUDIT */
E2
check_same "attack 17: plugin inspect shows them" expected inspected

# The directories for processors, in the loader's own order: whichever has the library, the one that
# is judged is the one that is mapped.
# hardware: prints them.
hardware() {
    LD_LIBRARY_PATH=/of-the-test LD_DEBUG=libs ./host 2>&1 |
        sed -n 's/.*search path=\(.*\)	.*(LD_LIBRARY_PATH)/\1/p' | head -n 1 | tr ':' '\n' | sed -n 's|^/of-the-test/||p' | sort -u
}
build_hardware() {
    library_of good.so -Wl,-soname,libvariant.so brought.c &&
        cc -g -fPIC -shared -Wl,-soname,libvariant.so -o bad.so -x c /dev/null &&
        mkdir -p link && cp good.so link/libvariant.so &&
        for flags in --disable-new-dtags,-rpath,"$work/variants" --enable-new-dtags,-rpath,"$work/variants" -z,nodefaultlib; do
            plugin_of "$1" -DNUMBER=2 -DCALLS=brought "$source/marked.c" -Llink -lvariant "-Wl,$flags" || return 1
            shift
        done
}
check "attack 17: a library for a plugin by DT_RPATH, by DT_RUNPATH and by LD_LIBRARY_PATH builds" \
    build_hardware rpath.so runpath.so environment.so
# variant GOOD BAD: puts the library that has the symbol into one directory, and the other into another.
variant() {
    rm -rf variants
    mkdir -p "variants/$1" "variants/$2"
    cp good.so "variants/$1/libvariant.so"
    cp bad.so "variants/$2/libvariant.so"
}
judged_is_mapped() {
    for directory in $(hardware); do
        for plugin in ./rpath.so ./runpath.so ./environment.so; do
            for places in "$directory ." ". $directory"; do
                # shellcheck disable=SC2086 # two words
                variant $places
                path=
                [ $plugin = ./environment.so ] && path=$work/variants
                env LD_LIBRARY_PATH="$path:${LD_LIBRARY_PATH:-}" ./host $plugin >judged 2>&1
                env LD_LIBRARY_PATH="$path:${LD_LIBRARY_PATH:-}" ./host dlopen=$plugin >mapped 2>&1
                if grep -q ': 42$' mapped; then
                    grep -q ': 42$' judged
                else
                    grep -q 'brought: not exported by the host, nor by libvariant.so' judged
                fi || { echo "$plugin, $places:"; cat judged mapped; return 1; }
            done
        done
    done
}
check "P2, attack 17: the library in a directory for this processor is judged if it is mapped" judged_is_mapped
is_glibc && check "attack 17: there are such directories" test -n "$(hardware)"

# A mask of the loader's own leads it past a directory that the judge looks into: that is seen before
# the plugin's inits run.
cat >init.c <<'C'
#include <plugin.h>
#include <unistd.h>
int brought(void);
PLUGIN_INIT { write(1, "an init runs\n", 13); }
int hit(void) { return brought(); }
C
if is_glibc && [ -n "$(hardware)" ]; then
    best=$(LD_LIBRARY_PATH=/of-the-test LD_DEBUG=libs ./host 2>&1 | sed -n 's|.*search path=/of-the-test/\([^:]*\):.*|\1|p' | head -n 1)
    check "attack 17: a plugin with an init and a library builds" plugin_of init.so init.c -Llink -lvariant \
        -Wl,-rpath,"$work/variants"
    variant "$best" .
    cp good.so variants/libvariant.so
    says "P2, attack 17: another library than was judged is seen before inits run" \
        env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-SSE4_2,-SSSE3,-POPCNT \
        ./host ./init.so <<E2
14 cannot open plugin ./init.so: the dynamic loader mapped DIR/variants/libvariant.so for its library libvariant.so, and not DIR/variants/$best/libvariant.so, which was judged
E2
fi

# ---- attack 20: an executable stack ----

build_20() {
    plugin_of execstack.so -DNUMBER=6 "$source/marked.c" -Wl,-z,execstack &&
        plugin_of nodlopen.so -DNUMBER=7 "$source/marked.c" -Wl,-z,nodlopen &&
        library_of libexecstack.so -DNUMBER=40 -DNAME=brought "$source/marked.c" -Wl,-z,execstack &&
        plugin_of brings.so -DNUMBER=2 -DCALLS=brought "$source/marked.c" -L. -lexecstack -Wl,-rpath,"$work" &&
        cat >stack.c <<'C' && host_of stack stack.c -ldl && host_of executable stack.c -ldl -Wl,-z,execstack
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>
#include <string.h>
/* plain: dlopen; allow: with the option. Prints whether the stack is executable then. */
int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options, .allow_executable_stack = !strcmp(argv[1], "allow")};
    char line[4096];
    if (!strcmp(argv[1], "plain") ? !dlopen(argv[2], RTLD_NOW) : !plugin_open_with(argv[2], &options))
        puts(plugin_error());
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "[stack]"))
            puts(strstr(line, "rwxp") ? "executable" : "not executable");
    return 0;
}
C
}
check "attack 20: plugins with executable stacks build" build_20
if is_glibc; then
    says "attack 20: dlopen makes the stack executable" ./stack plain ./execstack.so <<'E2'
executable
E2
    says "attack 20: with the option, plugin_open does" ./stack allow ./execstack.so <<'E2'
executable
E2
    says "attack 20: a program with an executable stack opens it" ./executable open ./execstack.so <<'E2'
executable
E2
fi
refuses "attack 20: plugin_open refuses it" ./stack open ./execstack.so <<'E2'
./execstack.so does not fit DIR/stack (1 misfit):
  needs an executable stack (PT_GNU_STACK), so the dynamic loader would make the stacks of the whole process executable; link it with -Wl,-z,noexecstack
  0 uses compared, 0 not
not executable
E2
refuses "attack 20: it refuses a library that needs one" ./stack open ./brings.so <<'E2'
./brings.so does not fit DIR/stack (1 misfit):
  DIR/libexecstack.so: needs an executable stack (PT_GNU_STACK), so the dynamic loader would make the stacks of the whole process executable; link it with -Wl,-z,noexecstack
  0 uses compared, 1 not
not executable
E2
# An address within the code, which the dynamic loader writes there.
{
    echo '__asm__(".pushsection .text; .balign 8; .quad hit; .popsection");'
    cat "$source/marked.c"
} >textrel.c
build_textrel() {
    plugin_of textrel.so -DNUMBER=8 textrel.c "-I$source" -Wl,-z,notext &&
        library_of libtextrel.so -DNUMBER=40 -DNAME=hit textrel.c -Wl,-z,notext &&
        plugin_of brings-textrel.so -DNUMBER=2 -DCALLS=hit -DNAME=calls "$source/marked.c" -L. -ltextrel -Wl,-rpath,"$work"
}
check "attack 20: a plugin and a library with relocations of code build" build_textrel
runs "attack 20: dlopen makes the code writable, and loads it" ./host dlopen=./textrel.so
refuses "attack 20: plugin_open refuses relocations of code" ./host ./textrel.so ./brings-textrel.so <<'E2'
3 ./textrel.so does not fit DIR/host (1 misfit):
  has relocations in its code (DT_TEXTREL), so the dynamic loader would make the code writable; compile all of it with -fPIC
  0 uses compared, 0 not
3 ./brings-textrel.so does not fit DIR/host (1 misfit):
  DIR/libtextrel.so: has relocations in its code (DT_TEXTREL), so the dynamic loader would make the code writable; compile all of it with -fPIC
  0 uses compared, 1 not
E2
says "a plugin linked with -z nodlopen is refused before it is mapped" ./host ./nodlopen.so <<'E2'
3 ./nodlopen.so does not fit DIR/host (1 misfit):
  linked with -z nodlopen (DF_1_NOOPEN), so the dynamic loader refuses to load it into a running program
  0 uses compared, 0 not
E2
says "plugin check says the same" sh -c '"$PLUGIN" check host nodlopen.so; "$PLUGIN" check host execstack.so; "$PLUGIN" check --allow-executable-stack host execstack.so; "$PLUGIN" check executable execstack.so' <<'E2'
nodlopen.so does not fit host (1 misfit):
  linked with -z nodlopen (DF_1_NOOPEN), so the dynamic loader refuses to load it into a running program
  0 uses compared, 0 not
execstack.so does not fit host (1 misfit):
  needs an executable stack (PT_GNU_STACK), so the dynamic loader would make the stacks of the whole process executable; link it with -Wl,-z,noexecstack
  0 uses compared, 0 not
execstack.so fits host (0 uses compared, 0 not)
execstack.so fits executable (0 uses compared, 0 not)
E2
"$PLUGIN" inspect execstack.so textrel.so nodlopen.so | grep -e '^  stack' -e '^  code' -e '^  dlopen' >inspected
cat >expected <<'E2'
  stack       executable
  code        writable while it is loaded: DT_TEXTREL
  dlopen      refused: linked with -z nodlopen
E2
check_same "attack 20: plugin inspect shows it" expected inspected

# ---- attack 18: a stamp that cannot be read is not taken for none ----

build_18() {
    cat >typed.c <<'C' &&
TYPE typed(void) { return NUMBER; }
C
        cat >uses.c <<'C' &&
TYPE typed(void);
int hit(void) { return (int)typed(); }
C
        cat >scales.c <<'C' &&
#include <plugin.h>
#include <stdio.h>
double scale(double x) { return 2 * x; }
int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options, .strict = argc > 2};
    plugin *p = plugin_open_with(argv[1], &options);
    int (*hit)(void) = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    if (hit)
        printf("%d\n", hit());
    else
        puts(plugin_error());
    return 0;
}
C
        printf 'double scale(double);\nint hit(void) { return (int)scale(21); }\n' >scaled.c &&
        printf 'int scale(int);\nint hit(void) { return scale(21); }\n' >misfit.c &&
        host_of scales scales.c && plugin_of scaled.so scaled.c && plugin_of misfit.so misfit.c &&
        for id in sha1 none; do
            cc -g -fPIC -shared -DTYPE=int -DNUMBER=1 "-Wl,--build-id=$id" -o "old-$id.so" typed.c &&
                cc -g -fPIC -shared -DTYPE=int -DNUMBER=2 "-Wl,--build-id=$id" -o "same-$id.so" typed.c &&
                cc -g -fPIC -shared -DTYPE='long long' -DNUMBER=2 "-Wl,--build-id=$id" -o "new-$id.so" typed.c &&
                "$PLUGIN" stamp "old-$id.so" "same-$id.so" "new-$id.so" || return 1
        done
    plugin_of uses-old.so -DTYPE=int uses.c && plugin_of uses-new.so '-DTYPE=long long' uses.c
}
check "attack 18: libraries that replace each other, and hosts, build" build_18
for id in sha1 none; do
    cp "old-$id.so" typed.so
    says "attack 18: a loaded library is judged by its stamp (--build-id=$id)" \
        ./host "global=$work/typed.so" ./uses-old.so <<'E2'
loaded
./uses-old.so: 1
E2
    for new in same new; do
        cp "old-$id.so" typed.so
        says "attack 18: a library replaced while it is loaded is not believed ($new, --build-id=$id)" \
            ./host "global=$work/typed.so" "run=cp $new-$id.so new && mv new typed.so" ./uses-old.so ./uses-new.so <<'E2'
loaded
3 ./uses-old.so does not fit DIR/host (1 misfit):
  typed: its type cannot be compared: cannot read DIR/typed.so: its file was replaced after it was loaded; restart the program
  0 uses compared, 1 not
3 ./uses-new.so does not fit DIR/host (1 misfit):
  typed: its type cannot be compared: cannot read DIR/typed.so: its file was replaced after it was loaded; restart the program
  0 uses compared, 1 not
E2
    done
done
cat >chdir.c <<'C'
#include <unistd.h>
int hit(void) { return chdir("libraries"); }
C
cp old-sha1.so typed.so
check "attack 18: a library that leaves its directory builds" cc -g -fPIC -shared -o chdir.so chdir.c
says "attack 18: a library that was loaded by a relative path is found after a chdir" \
    ./host global=./typed.so dlopen=./chdir.so "$work/uses-old.so" <<'E2'
loaded
./chdir.so: 0
DIR/uses-old.so: 1
E2

says_scales() {
    says "$@" <<'E2'
42
./misfit.so does not fit DIR/scales (1 misfit):
  scale: result
      host    double   /* 8 bytes */     built by COMPILER
      plugin  int      /* 4 bytes */     built by COMPILER
  1 use compared, 0 not
E2
}
says_scales "attack 18: a host that is started by its name" sh -c './scales ./scaled.so; ./scales ./misfit.so'
if [ -z "$TEST_CFLAGS" ] && [ -n "$interpreter" ]; then
    says_scales "attack 18: a host that is started by the dynamic loader" \
        sh -c "$interpreter ./scales ./scaled.so; $interpreter ./scales ./misfit.so strict"
else
    skip "attack 18: a host that is started by the dynamic loader" "sanitizers start by themselves"
fi
chmod 711 scales
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    says "attack 18: a host that its user may not read" \
        setpriv --reuid=65534 --regid=65534 --clear-groups ./scales ./misfit.so <<'E2'
./misfit.so does not fit the program (1 misfit):
  scale: its type cannot be compared: cannot read /proc/self/exe: Permission denied
  0 uses compared, 1 not
E2
else
    skip "attack 18: a host that its user may not read" "needs root and setpriv"
fi

# ---- attack 22: an inode number that is used again ----

cat >inode.c <<'C'
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* Opens a.so under the policy, deletes it, and then copies b.so until a copy gets a.so's inode. */
int main(int argc, char **argv)
{
    const char *hashes[] = {argv[1], argv[2], NULL};
    struct plugin_trust trust = {.size = sizeof trust, .hashes = hashes};
    struct plugin_options options = {.size = sizeof options, .trust = &trust};
    struct stat first, other;
    plugin *p = plugin_open_with("a.so", &options);
    if (argc < 3 || !p || stat("a.so", &first) != 0 || unlink("a.so") != 0)
        return puts(plugin_error());
    for (int i = 0; i < 50; i++) {
        char command[64], name[16];
        snprintf(name, sizeof name, "b%d.so", i);
        snprintf(command, sizeof command, "cp evil.so %s", name);
        if (system(command) != 0 || stat(name, &other) != 0)
            return 1;
        if (other.st_ino == first.st_ino)
            return puts("the inode number is used again");
        unlink(name);
    }
    if (system("cp evil.so b.so") != 0)
        return 1;
    p = plugin_open_with("b.so", &options);
    int (*hit)(void) = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    printf("%d\n", hit ? hit() : -1);
    return 0;
}
C
check "attack 22: a host that deletes what it opened builds" host_of inode inode.c
cp plain.so a.so
says "P2, attack 22: the inode number of an open plugin is not used again" \
    ./inode "$(sha256sum <plain.so | cut -d' ' -f1)" "$(sha256sum <evil.so | cut -d' ' -f1)" <<'E2'
666
E2

# ---- attack 22: a file that an examination saw and an open does not get ----

cp plain.so examined.so
says "attack 22: dlopen takes another file than the one that was inspected" \
    ./host "run=\"$PLUGIN\" inspect examined.so >inspected && cp evil.so new && mv new examined.so" "dlopen=$work/examined.so" <<'E2'
DIR/examined.so: 666
E2
for change in "cp evil.so new && mv new examined.so" "cat evil.so >examined.so" "echo >>examined.so" "ln -sf evil.so examined.so"; do
    rm -f examined.so
    cp plain.so examined.so
    refuses "attack 22: an open of the content that was examined refuses another file: $change" \
        sh -c './host examine=./examined.so "run=$1" ./examined.so | sed "s/[0-9a-f]\{64\}/HASH/"' sh "$change" <<'E2'
./examined.so: examined
8 cannot open plugin ./examined.so: its bytes are not those of options.content: its SHA-256 is HASH
E2
done
rm -f examined.so
cp plain.so examined.so
says "attack 22: and takes the examined one" ./host examine=./examined.so ./examined.so <<'E2'
./examined.so: examined
./examined.so: 1
E2

# ---- what the process lacks is no misfit ----

# Each limit of descriptors ends at another step of an open.
limited() {
    for limit in 4 5 6 7 8 9 10 11 12 13 14 15 16; do
        (ulimit -n $limit && ./host alone "$@")
    done >limited.log 2>&1
    grep -q 'Too many open files' limited.log && ! grep -v -e ': [0-9]*$' -e '^14 ' limited.log
}
for plugin in ./plain.so ./needs.so "$work/base/\$LIB/needs.so"; do
    check "too many open descriptors are a system error, at whatever step: ${plugin##*/}" limited "$plugin"
done
sign needs.so plain.so
check "the same under a policy" limited "$key" ./plain.so

# ---- another namespace ----

cat >namespace.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
#ifdef LM_ID_NEWLM
    void *handle = dlmopen(LM_ID_NEWLM, "./libopens.so", RTLD_NOW);
    void (*opens)(const char *);
    *(void **)&opens = handle ? dlsym(handle, "opens") : NULL;
    if (opens)
        opens("./plain.so");
    else
        puts(dlerror());
#endif
    return 0;
}
C
cat >opens.c <<'C'
#include <plugin.h>
#include <stdio.h>
void opens(const char *path)
{
    puts(plugin_open(path) ? "open" : plugin_error());
    fflush(stdout);
}
C
build_namespace() {
    cc -o namespace namespace.c -ldl &&
        cc -g -fPIC -shared "-I$(dirname "$PLUGIN")/../include" -o libopens.so opens.c "$library" \
            "-Wl,-rpath,$(dirname "$library")"
}
if is_glibc && [ -z "$TEST_CFLAGS" ]; then
    check "a program that loads libplugin into a namespace of its own builds" build_namespace
    says "libplugin says that it cannot work in another namespace" ./namespace <<'E2'
cannot open plugin ./plain.so: libplugin was loaded by dlmopen into a namespace, from which it does not see the program that the plugin would be bound to; load it by dlopen
E2
fi

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# The promises of SECURITY.md and the attacks on them, by their numbers. Each attack first succeeds
# against dlopen. Other tests have checks with these numbers, too: docs/testing.md lists them.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/promises/setup.sh"

# ---- P1: nothing runs before every check has passed; attack 5 ----

build_p1() {
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
check "P1: plugins that do not fit build" build_p1
runs "attack 5: dlopen runs the constructor of a plugin that lacks a symbol" ./host lazy=./misfit.so
refuses "P1, attack 5: a misfit's constructor" ./host ./misfit.so <<'E2'
3 ./misfit.so does not fit DIR/host (1 misfit):
  host_has_not: not exported by the host
  0 uses compared, 1 not
E2
says "attack 5: dlopen fails for a plugin whose library lacks a symbol" ./host dlopen=./brings.so <<'E2'
./brings.so: undefined symbol: host_has_not
E2
dies "attack 5: but it has run the resolvers of the library's indirect functions" \
    ./host dlopen=./resolves.so
refuses "P1, attack 5: a resolver" ./host ./resolves.so ./brings.so <<'E2'
3 ./resolves.so does not fit DIR/host (1 misfit):
  host_has_not: not exported by the host, nor by libresolves.so
  0 uses compared, 2 not
3 ./brings.so does not fit DIR/host (1 misfit):
  host_has_not: not exported by the host, nor by libruns.so
  0 uses compared, 2 not
E2

# ---- P2: the bytes checked are the bytes mapped; attacks 4, 6 and 7 ----

cp plain.so chosen.so
runs "attack 6: dlopen runs a file that replaced the checked one" \
    sh -c 'cmp plain.so chosen.so && exec ./host "run=cp evil.so new && mv new chosen.so" dlopen=./chosen.so'
check "attack 6: it runs the other plugin" has attacked "./chosen.so: 666"
cp plain.so chosen.so
says "attack 6: writing to a file changes the code that dlopen has loaded from it" ./host dlopen=./chosen.so \
    "run=dd if=evil.so of=chosen.so conv=notrunc status=none" again <<'E2'
./chosen.so: 1
again: 666
E2
cp plain.so chosen.so
dies "attack 6: truncating a file crashes the program that has it loaded" ./host dlopen=./chosen.so \
    "run=: >chosen.so" again
cp plain.so chosen.so
says "P2, attack 6: after a file was replaced, the checked one is mapped" \
    ./host $key "on-map=cp evil.so new && mv new chosen.so" ./chosen.so <<'E2'
./chosen.so: 1
E2
cp plain.so chosen.so
refuses "P2, attack 6: a file that is overwritten before the copy is refused" \
    ./host $key "on-copy=dd if=evil.so of=chosen.so conv=notrunc status=none" ./chosen.so <<'E2'
8 cannot open plugin ./chosen.so: its signature is invalid: the file or the signature was changed
E2
cp plain.so chosen.so
says "P2, attack 6: a file that is overwritten and truncated later leaves the plugin unchanged" ./host $key ./chosen.so \
    "run=dd if=evil.so of=chosen.so conv=notrunc status=none; : >chosen.so" again <<'E2'
./chosen.so: 1
again: 1
E2
cp plain.so chosen.so
refuses "P4, attack 6: a file that is truncated while being read is refused, without a signal" \
    ./host "on-read=: >chosen.so" ./chosen.so <<'E2'
2 cannot open plugin ./chosen.so: it was truncated while being read
E2
cp plain.so chosen.so
refuses "P4, attack 6: the same under a policy" ./host $key "on-copy=: >chosen.so" ./chosen.so <<'E2'
2 cannot open plugin ./chosen.so: it was truncated while being read
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
says "attack 7: dlopen takes a reused descriptor for the earlier file" \
    ./reuse dlopen ./plain.so ./evil.so <<'E2'
./plain.so: 1
./evil.so: 1
E2
says "P2, attack 7: each sealed copy has a name that was never used before" ./reuse "${key#key=}" ./chosen.so ./evil.so <<'E2'
./chosen.so: 1
./evil.so: 666
E2

runs "attack 4: dlopen runs the constructor of an unsigned library" ./host dlopen=./needs.so
refuses "P2, attack 4: an unsigned library" ./host $key library=libbrought.so ./needs.so <<'E2'
8 cannot open plugin ./needs.so: its library libbrought.so, at DIR/libraries/libbrought.so: it is not signed: DIR/libraries/libbrought.so.minisig: No such file or directory
E2
refuses "P2, attack 4: a library that the policy does not list" ./host $key ./needs.so <<'E2'
8 cannot open plugin ./needs.so: it needs the library libbrought.so, which is neither loaded nor allowed by the trust policy
E2
sign libraries/libbrought.so
says "attack 4: a library that is signed and listed is loaded" ./host $key library=libbrought.so ./needs.so <<'E2'
./needs.so: 42
E2

# ---- P3: a refusal leaves nothing ----

build_p3() {
    library_of unstamped.so -DNUMBER=7 "$source/marked.c" && head -c 3000 plain.so >cut.so &&
        cp plain.so chosen.so && : >empty.so && mkdir lacking &&
        library_of lacking/libbrought.so -DNUMBER=1 -DNAME=other "$source/marked.c" &&
        plugin_of relative.so -DNUMBER=2 -DCALLS=brought "$source/marked.c" -Llibraries -lbrought \
            -Wl,-rpath,evil-libraries
}
check "P3: the refused files build" build_p3
ways="./misfit.so ./resolves.so ./relative.so ./unstamped.so ./cut.so ./empty.so ./gone.so . ./needs.so"
# The first round makes lasting allocations: those of libsodium, and data about the host.
rounds="$ways $key ./unstamped.so ./misfit.so ./libruns.so ./needs.so"
# shellcheck disable=SC2086
env LD_LIBRARY_PATH="$work/lacking" ./host $rounds count $rounds $rounds count library=libbrought.so ./chosen.so >said 2>&1
check "P3: twelve kinds of refusals leave no descriptor, mapping or thread" \
    sh -c '! grep -E "and then" said && [ "$(grep -c "^[1-9][0-9]* .*[a-z]" said)" -eq 39 ]'
check "P3: and the next open works" has said "./chosen.so: 1"
says "P3: no refusal is remembered: a repaired file opens" ./host ./unstamped.so \
    "run=cp chosen.so unstamped.so" ./unstamped.so <<'E2'
2 cannot open plugin ./unstamped.so: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
./unstamped.so: 1
E2

# ---- P4: any file; attack 10 ----

# Its DT_STRTAB is an address outside the file.
build_p4() {
    cp chosen.so hostile.so && place=$(readelf -SW hostile.so | sed 's/^ *\[ *[0-9]*\] *//' |
        awk '$1 == ".dynamic" { print $4 }') && entries=$(readelf -dW hostile.so | grep '0x0' |
        grep -n '(STRTAB)' | cut -d : -f 1) &&
        printf '\377\377\377\377\377\177\0\0' | dd of=hostile.so bs=1 conv=notrunc status=none \
            seek=$((0x$place + 16 * (entries - 1) + 8))
}
check "P4: a file with a damaged dynamic section builds" build_p4
dies "attack 10: dlopen crashes on it" ./host dlopen=./hostile.so
says "P4, attack 10: plugin_open refuses it" ./host ./hostile.so <<'E2'
2 cannot open plugin ./hostile.so: its dynamic section is damaged: DT_STRTAB is 0x7fffffffffff, but no section of its type starts there
E2
reads_files() {
    ! grep -nE '\bmmap(64)? *\(|_MMAP|sendfile *\(' "$tree"/src/*/*.c "$tree"/stamp/*.c "$tree"/stamp/*/*.c "$tree"/cmd/*.c "$tree"/cmd/*/*.c |
        grep -v -e '/sealed.c:.*copy->descriptor' -e '/replace.c:.*sendfile' -e '/bundle.c:.*in memory' \
            -e '/mapped_part.c:.*mapping = mmap(' -e '/sealed.c:.*PROT_NONE' \
            -e '/call/memory.c:.*mmap(NULL, MEMORY_SIZE' |
        # What a host shares with a worker is in memory, and sealed against truncation (tests/isolated).
        grep -vE '/src/(crossing/opaque|isolated/(heap|keeper|regions|seats|variables|worker))\.c:'
}
check "P4: the code reads no mapping of a file except of sealed copies" reads_files
# Only write(2) reads the mapping of mapped_part.c (tests/module/deferred truncates it), except of the
# program, whose code is mapped as well.
reads_by_write() {
    grep -n -e '->mapping' "$tree/src/module/mapped_part.c" >uses
    ! grep -v -e '\*mapping = part->mapping;' -e 'if (part->mapping)' -e 'munmap(' uses &&
        grep -w 'from' "$tree/src/module/mapped_part.c" | grep -v 'bytes from = ' |
        { ! grep -v -e 'write(descriptor, from.data + done' -e 'done < from.size'; } &&
        ! grep 'mapped_part_bytes(' "$tree"/src/module/module*.c | grep -v '&module->stamp'
}
check "P4: the kernel copies the types that stay in a file" reads_by_write
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
    skip "P4: a file that is truncated while it is stamped" "a sanitizer must be loaded before LD_PRELOAD"
else
    check "P4: a library that truncates a file builds" cc -fPIC -shared -o truncates.so truncates.c
    cp chosen.so cut.so
    check_fails 1 "P4: a file that is truncated while it is stamped is refused, without a signal" \
        env LD_PRELOAD="$work/truncates.so" TRUNCATED=cut.so "$PLUGIN" stamp cut.so
fi

# ---- P5: a refusal shows the difference ----

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
check "P5: a plugin and a host with different types build" sh -c '"$0" build -buildmode=plugin --cc=$2 -o shape.so shape.c &&
    "$0" build $1 -o draw draw.c -ldl' "$PLUGIN" "$TEST_CFLAGS" $other
says "P5: dlsym accepts any cast, and the call returns a wrong result" ./draw ./shape.so <<'E2'
wrong
E2
says "P5: the error names plugin, symbol, the path to the difference, both sides and both builds" ./draw <<'E2'
symbol area of plugin DIR/shape.so has a different type:
      requested  double (*)(const struct shape *)   (DIR/draw, built by COMPILER)
      recorded   float area(const struct shape *s)   (built by COMPILER)
  they differ at result:
      requested  double   /* 8 bytes */
      recorded   float   /* 4 bytes */
E2
check "P5: the builds are by two compilers" sh -c 'grep -q "built by gcc [0-9]" actual.raw && grep -q "built by clang [0-9]" actual.raw'

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
says "attack 13: dlopen gives a constructor its own plugin before the init ran" ./host dlopen=./itself-dlopen.so <<'E2'
opened, not ready
./itself-dlopen.so: 1
E2
says "P6, attack 13: plugin_open reports the ring" ./host ./itself.so <<'E2'
cannot open plugin ./itself.so: this call chain is already opening it: DIR/itself.so opens DIR/itself.so, not ready
./itself.so: 1
E2

# ---- attack 8: which file is it? ----

build_a8() { cp chosen.so copy.so && ln chosen.so hard.so && sed 's/hit(void)/&/' "$source/marked.c" >rebuilt.c &&
    plugin_of rebuilt.so -DNUMBER=8 rebuilt.c; }
check "attack 8: a copy, a link and a rebuilt plugin build" build_a8
says "attack 8: dlopen loads a copy a second time, and a rebuilt file not at all" ./host count dlopen=./chosen.so dlopen=./copy.so \
    "run=cp rebuilt.so new && mv new copy.so" dlopen=./copy.so <<'E2'
./chosen.so: 1
./copy.so: 1
./copy.so: 1
E2
cp chosen.so copy.so
refuses "attack 8: a copy is refused; the error names the open plugin" sh -c './host ./chosen.so "run=rm mark" ./copy.so ./hard.so' <<'E2'
./chosen.so: 1
7 cannot open plugin ./copy.so: it is a byte copy of DIR/chosen.so, which is open
./hard.so: 1
E2
says "attack 8: a file rebuilt at the path of an open plugin is refused; at another path, it is another" \
    ./host ./chosen.so "run=cp rebuilt.so new && mv new chosen.so" ./chosen.so ./hard.so ./rebuilt.so <<'E2'
./chosen.so: 1
7 cannot open plugin ./chosen.so: the file of the plugin that is open, DIR/chosen.so, was replaced by another one; retire the open plugin (plugin_retire), or restart the program
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
says "attack 9: with RTLD_GLOBAL, the second plugin calls the first one's function" ./host global=./step1-global.so global=./step2-global.so <<'E2'
./step1-global.so: 1
./step2-global.so: 1
E2
says "attack 9: with plugin_open, each plugin calls its own" ./host global=./step1-global.so ./step1.so ./step2.so <<'E2'
./step1-global.so: 1
./step1.so: 1
./step2.so: 2
E2

# ---- P10: unsigned files are refused; attack 11 ----

cp evil.so chosen.so
rm -f chosen.so.minisig
runs "attack 11: dlopen checks no signature" ./host dlopen=./chosen.so
refuses "P10, attack 11: a file without a signature" ./host $key ./chosen.so <<'E2'
8 cannot open plugin ./chosen.so: it is not signed: DIR/chosen.so.minisig: No such file or directory
E2
cp plain.so chosen.so
sign chosen.so
cp evil.so chosen.so
refuses "P10, attack 11: a file with another file's signature" ./host $key ./chosen.so <<'E2'
8 cannot open plugin ./chosen.so: its signature is invalid: the file or the signature was changed
E2
printf 'no ELF file at all' >text.so
refuses "P10, attack 11: a file is verified before it is parsed, so the error does not say what it is" \
    ./host ./text.so $key ./text.so <<'E2'
2 cannot open plugin ./text.so: it is a text file, not an ELF file
8 cannot open plugin ./text.so: it is not signed: DIR/text.so.minisig: No such file or directory
E2
cp plain.so chosen.so

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Trust policies: signatures, hashes, places, libraries. tests/system/promises has more attacks.
. "$(dirname "$0")/../common/tap.sh"
source=$tests/trust
packages=$tests/packages
cd "$work" || exit 1
chmod 755 .

plugin_of() {
    output=$1
    shift
    # shellcheck disable=SC2086
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS -o "$output" "$@"
}
# shellcheck disable=SC2086
check "the host builds" "$PLUGIN" build $TEST_CFLAGS -o host "$source/host.c" -ldl

says_alike="s|$work/||g; s|$work|DIR|g; s/belongs to user [0-9]*/belongs to user N/"

# attack NUMBER FILE: checks that dlopen runs the file, which leaves a mark.
attack() {
    rm -f mark
    ./host "dlopen=./$2" >attacked 2>&1
    check "attack $1: dlopen runs it" test -e mark
    rm -f mark
}
# Checks that no code of a refused file ran.
nothing_ran() {
    check "$1: nothing ran" test ! -e mark
}

cat >marked.c <<E2
#include <stdio.h>
__attribute__((constructor)) static void run(void) { fclose(fopen("$work/mark", "w")); }
int hit(void) { return NUMBER; }
E2
number=0
for name in hello other old new copied; do
    number=$((number + 1))
    check "build $name" plugin_of $name.so -DNUMBER=$number marked.c
done

# ---- signatures by plugin sign and by minisign ----

for name in own alien; do
    printf '\n' | minisign -G -f -W -p $name.pub -s $name.sec >/dev/null 2>&1
done
own=$(sed -n 2p own.pub)
alien=$(sed -n 2p alien.pub)
check "plugin sign signs" "$PLUGIN" sign -s own.sec --version=3 hello.so
check "minisign verifies it" minisign -V -p own.pub -m hello.so
check "minisign signs" minisign -S -s own.sec -m other.so
check "plugin verify verifies both, with a key file" "$PLUGIN" verify --key=own.pub other.so hello.so
check "and with the key itself" "$PLUGIN" verify "--key=$own" --version=3 hello.so
check "minisign signs in its legacy format" minisign -S -l -s own.sec -m old.so
printf 'secret\nsecret\n' | minisign -G -f -p locked.pub -s locked.sec >/dev/null 2>&1
check "plugin sign takes a key with a password" sh -c 'echo secret | "$0" sign -s locked.sec new.so && minisign -V -p locked.pub -m new.so' "$PLUGIN"
check_fails 1 "a wrong password fails" sh -c 'echo wrong | "$0" sign -s locked.sec new.so' "$PLUGIN"
says "signed plugins open, from sealed copies" ./host "key=$own" ./hello.so ./other.so ./old.so ./hello.so <<'E2'
./hello.so: 1
./other.so: 2
./old.so: 3
./hello.so: 1, by its path
E2
says "a signature by one of several keys is enough" ./host "key=$alien" "key=$own" ./hello.so <<'E2'
./hello.so: 1
E2
says "a policy of size 0 is an error" sh -c './host size=0 ./hello.so; echo' <<'E2'
12 cannot open plugin ./hello.so: trust.size is 0; set it to sizeof(struct plugin_trust)

E2

says "P10: a signature by another key" ./host "key=$alien" ./hello.so <<'E2'
8 cannot open plugin ./hello.so: it is signed with a key that is not in the trust policy
E2
cp hello.so changed.so
cp hello.so.minisig changed.so.minisig
sed -i 's/file:hello.so/file:changed.so/' changed.so.minisig
attack 11 changed.so
says "P10, attack 11: a changed trusted comment" ./host "key=$own" ./changed.so <<'E2'
8 cannot open plugin ./changed.so: its signature is invalid: the file or the signature was changed
E2
nothing_ran "P10, attack 11"
cp hello.so renamed.so
cp hello.so.minisig renamed.so.minisig
says "P10, attack 11: a renamed file" ./host "key=$own" ./renamed.so <<'E2'
8 cannot open plugin ./renamed.so: its signature is for a file named hello.so
E2
# One bit of the file, anywhere.
cp hello.so bit.so
"$PLUGIN" sign -s own.sec bit.so
size=$(wc -c <hello.so)
flips=0
for place in 0 1 16 64 100 $((size / 4)) $((size / 2)) $((3 * size / 4)) $((size - 2)) $((size - 1)); do
    cp hello.so bit.so
    printf "\\$(printf %o $(($(od -An -tu1 -j "$place" -N 1 bit.so) ^ 1)))" |
        dd of=bit.so bs=1 seek="$place" conv=notrunc 2>/dev/null
    ./host "key=$own" ./bit.so | grep -q "^8 .*signature is invalid" && flips=$((flips + 1))
done
check "P10: each of ten flipped bits is refused" [ "$flips" -eq 10 ]
nothing_ran "P10: flipped bits"
cp hello.so short.so
"$PLUGIN" sign -s own.sec short.so
head -c $((size - 1)) hello.so >short.so
says "P10: a truncated file" ./host "key=$own" ./short.so <<'E2'
8 cannot open plugin ./short.so: its signature is invalid: the file or the signature was changed
E2

# Invalid signature files.
signature() { # NAME TEXT...: what is said of hello.so with this signature
    signature_name=$1
    cp hello.so damaged.so
    shift
    "$@" <hello.so.minisig >damaged.so.minisig
    says "P10, attack 11: $signature_name" ./host "key=$own" ./damaged.so
}
signature "an empty signature" head -c 0 <<'E2'
8 cannot open plugin ./damaged.so: damaged.so.minisig: not a minisign signature file: line 1 is not a comment
E2
signature "a stripped one" head -n 2 <<'E2'
8 cannot open plugin ./damaged.so: damaged.so.minisig: not a minisign signature file: line 3 is not a trusted comment
E2
signature "one of another algorithm" sed '2s/^RU/RV/' <<'E2'
8 cannot open plugin ./damaged.so: damaged.so.minisig: not a minisign signature file: unknown algorithm
E2
signature "one with something behind it" sed '$a more' <<'E2'
8 cannot open plugin ./damaged.so: damaged.so.minisig: not a minisign signature file: trailing data
E2
signature "one with padding where none belongs" sed '2s/.$/==/' <<'E2'
8 cannot open plugin ./damaged.so: damaged.so.minisig: not a minisign signature file: line 2 is not a signature
E2
signature "a large one" sh -c 'cat - /dev/zero | head -c 5000' <<'E2'
8 cannot open plugin ./damaged.so: damaged.so.minisig is too large for a signature file
E2

# An older version in the place of a newer one.
says "P10, attack 11: a version that is too old" ./host "key=$own" version=4 ./hello.so <<'E2'
8 cannot open plugin ./hello.so: it is signed as version 3, and the trust policy requires at least 4
E2
says "a version that is new enough" ./host "key=$own" version=3 ./hello.so <<'E2'
./hello.so: 1
E2
says "P10, attack 11: a signature without a version" ./host "key=$own" version=1 ./other.so <<'E2'
8 cannot open plugin ./other.so: its signature has no version, and the trust policy requires 1; sign it with: plugin sign --version=N
E2

# ---- hashes ----

hash=$(sha256sum copied.so | cut -d ' ' -f 1)
says "an allowed hash" ./host "hash=$hash" ./copied.so <<'E2'
./copied.so: 5
E2
says "an allowed hash in capitals, beside a key" ./host "key=$own" "hash=$(echo "$hash" | tr a-f A-F)" ./copied.so ./hello.so <<'E2'
./copied.so: 5
./hello.so: 1
E2
says "another file's hash" ./host "hash=$hash" ./hello.so <<'E2'
8 cannot open plugin ./hello.so: its SHA-256 is not in the trust policy
E2

# ---- places ----

user=$(id -u)
mkdir safe loose
chmod 755 safe
chmod 777 loose
cp hello.so safe
cp other.so loose
chmod 644 safe/hello.so loose/other.so
top=$work
while [ "$top" != / ] && [ -z "$(find "$top" -maxdepth 0 -perm /022)" ]; do top=$(dirname "$top"); done
attack 1 loose/other.so
./host "owner=$user" forbid=022 ./loose/other.so >said
check "attack 1: a world-writable directory" has said \
    "cannot open plugin ./loose/other.so: the directory $work/loose has mode 0777, of which the trust policy forbids 0022"
nothing_ran "attack 1"
chmod 666 safe/hello.so
says "attack 1: a world-writable file" ./host "owner=$user" forbid=002 ./safe/hello.so <<'E2'
8 cannot open plugin ./safe/hello.so: the file safe/hello.so has mode 0666, of which the trust policy forbids 0002
E2
chmod 644 safe/hello.so
says "a file in a safe place, with no forbidden modes" ./host "owner=$user" forbid=0 ./safe/hello.so <<'E2'
./safe/hello.so: 1
E2
if [ "$user" -eq 0 ]; then
    cp hello.so alien.so
    chown 65534 alien.so
    says "attack 1: a file of another owner" ./host owner=1 forbid=0 ./alien.so <<'E2'
8 cannot open plugin ./alien.so: the file alien.so belongs to user N, not to 1 or root
E2
fi
[ "$top" = / ] || {
    ./host "owner=$user" forbid=022 ./safe/hello.so >said
    check "attack 1: all parent directories are checked" has said "the directory $top has mode"
}

# ---- libraries ----

cat >brought.c <<E2
#include <stdio.h>
__attribute__((constructor)) static void run(void) { fclose(fopen("$work/mark", "w")); }
int brought(void) { return 40; }
E2
cat >brings.c <<'E2'
int brought(void);
int hit(void) { return brought() + 2; }
E2
mkdir libraries
cc -g -fPIC -shared -Wl,-soname,libbrought.so -o libraries/libbrought.so brought.c
cc -g -fPIC -shared -Wl,-soname,libmiddle.so -o libraries/libmiddle.so -x c - -Llibraries -lbrought <<'E2'
int brought(void);
int middle(void) { return brought(); }
E2
check "build a plugin with a library" plugin_of brings.so brings.c -Llibraries -lbrought -Wl,-rpath,"$work/libraries"
sed 's/brought/middle/g; s/int hit/int brought(void); &/; s/+ 2/+ brought() + 2/' brings.c >deep.c
check "build a plugin whose libraries depend on each other" plugin_of deep.so deep.c -Llibraries -lmiddle -lbrought \
    -Wl,-rpath,"$work/libraries"
"$PLUGIN" sign -s own.sec brings.so deep.so
"$PLUGIN" sign -s own.sec libraries/libbrought.so libraries/libmiddle.so
says "a signed library that the policy lists" ./host "key=$own" library=libbrought.so ./brings.so <<'E2'
./brings.so: 42
E2
rm -f mark
says "several libraries" ./host "key=$own" library=libbrought.so library=libmiddle.so ./deep.so ./brings.so <<'E2'
./deep.so: 82
./brings.so: 42
E2
cat >starts.c <<'E2'
int started(void);
int hit(void) { return started(); }
E2
cat >started.c <<'E2'
#include <plugin.h>
PLUGIN_PACKAGE("example.com/started");
static int value;
PLUGIN_INIT { value += 42; }
int started(void) { return value; }
E2
# shellcheck disable=SC2086
check "build a library with an init" "$PLUGIN" build $TEST_CFLAGS -shared -fPIC \
    -Wl,-soname,libstarted.so -o libraries/libstarted.so started.c
check "build a plugin that needs it" plugin_of starts.so starts.c -Llibraries -lstarted \
    -Wl,-rpath,"$work/libraries"
"$PLUGIN" sign -s own.sec starts.so libraries/libstarted.so
says "the inits of a library run" ./host "key=$own" library=libstarted.so ./starts.so <<'E2'
./starts.so: 42
E2
cc -g -fPIC -shared -Wl,-soname,libother_name.so -o libraries/libnameless.so brought.c
sed 's/+ 2/+ 3/' brings.c >nameless.c
ln -s libnameless.so libraries/libother_name.so
check "build a plugin whose library has another name" plugin_of nameless.so nameless.c libraries/libnameless.so \
    -Wl,-rpath,"$work/libraries"
"$PLUGIN" sign -s own.sec nameless.so libraries/libnameless.so
says "it is loaded by its DT_SONAME" ./host "key=$own" library=libother_name.so ./nameless.so <<'E2'
./nameless.so: 43
E2

# ---- the bytes checked are the bytes mapped ----

# The file is replaced and overwritten again and again while it is opened.
cp hello.so race.so
cp other.so evil_race.so
"$PLUGIN" sign -s own.sec race.so
cp race.so good_race.so
sh -c 'while [ ! -e stop ]; do cp evil_race.so x; mv x race.so; cp good_race.so x; mv x race.so; done' &
racer=$!
wrong=0
for round in $(seq 60); do
    ./host "key=$own" ./race.so >raced 2>&1
    grep -q -e ': 1' -e 'signature is invalid' raced || { wrong=$((wrong + 1)); cat raced >wrong.log; }
done
touch stop
wait $racer
check "P2, attack 6: while a file is being replaced, the signed one opens, or the open fails" [ "$wrong" -eq 0 ]
# ---- packages, and invalid policies ----

geom="$packages/geom.c $packages/area.c $packages/num.c"
# shellcheck disable=SC2086
for name in one two; do
    check "build package user $name" plugin_of geom_$name.so -I"$packages" -DNAME="\"$name\"" "$packages/plugin.c" $geom
    "$PLUGIN" sign -s own.sec geom_$name.so
done
says "plugins share packages from sealed copies" ./host "key=$own" ./geom_one.so ./geom_two.so <<'E2'
./geom_one.so: 1
./geom_two.so: 2
E2
says "P10: a policy without a condition" ./host ./hello.so <<'E2'
12 cannot open plugin ./hello.so: the trust policy has no condition: set keys, hashes or check_place
E2
says "a version without keys" ./host "hash=$hash" version=1 ./hello.so <<'E2'
12 cannot open plugin ./hello.so: trust.least_version needs signatures: set keys and no hashes
E2
says "an invalid key" ./host "key=$own" key=nonsense ./hello.so <<'E2'
12 cannot open plugin ./hello.so: trust.keys[1]: it is not a minisign public key ("RW...")
E2
says "attack 21: a secret key is not printed" ./host "key=$(cat own.sec)" ./hello.so <<'E2'
12 cannot open plugin ./hello.so: trust.keys[0]: it is a minisign secret key; give the public key ("RW...")
E2
says "an invalid hash" ./host "hash=$hash" "hash=${hash}0" ./hello.so <<'E2'
12 cannot open plugin ./hello.so: trust.hashes[1]: it is not a SHA-256 in hexadecimal (64 digits)
E2
says "an invalid policy is refused for an open plugin" ./host "key=$own" ./hello.so hash=x ./hello.so hash= size=1000 ./hello.so <<'E2'
./hello.so: 1
12 cannot open plugin ./hello.so: trust.hashes[0]: it is not a SHA-256 in hexadecimal (64 digits)
12 cannot open plugin ./hello.so: trust.size is 1000; set it to sizeof(struct plugin_trust)
E2
check_fails 2 "plugin sign without a key is a usage error" "$PLUGIN" sign hello.so
check_fails 1 "plugin sign with a public key fails" "$PLUGIN" sign -s own.pub hello.so
check_fails 2 "plugin verify without a key is a usage error" "$PLUGIN" verify hello.so
check_fails 1 "plugin verify with another key fails" "$PLUGIN" verify --key=alien.pub hello.so
says "attack 21: plugin verify does not print a secret key in a file" "$PLUGIN" verify --key=own.pub --key=own.sec hello.so <<'E2'
plugin: the key own.sec: it is a minisign secret key; give the public key ("RW...")
E2
says "attack 21: plugin verify does not print a given secret key" "$PLUGIN" verify "--key=$(sed -n 2p own.sec)" hello.so <<'E2'
plugin: --key number 1: no file of this name (No such file or directory), and as a key, it is a minisign secret key; give the public key ("RW...")
E2
says "plugin verify does not print a file" "$PLUGIN" verify --key=marked.c hello.so <<'E2'
plugin: the key marked.c: it is not a minisign public key ("RW...")
E2
says "attack 21: plugin sign does not print a secret key" "$PLUGIN" sign -s "$(sed -n 2p own.sec)" hello.so <<'E2'
plugin: -s takes the name of the secret key's file, not the key
E2
check_fails 1 "plugin verify of an older version fails" "$PLUGIN" verify --key=own.pub --version=4 hello.so

finish

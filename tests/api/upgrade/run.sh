#!/bin/sh
# SPDX-License-Identifier: MIT
# Upgrades while the program runs: is a plugin's file current, and retiring a plugin.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/api/upgrade
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/(nil)/NULL/; s/built by [a-z]* [0-9.]*/built by COMPILER/g"
# ThreadSanitizer looks at all modules of the process at each dlopen: 1,000 rounds take minutes.
rounds=1000
[ -z "$TEST_CFLAGS" ] || rounds=100
[ -z "${TEST_IS_SLOW:-}" ] || rounds=30

build_all() {
    set -e
    for number in 1 2 3; do
        "$PLUGIN" build -buildmode=plugin -o version-$number.so -DNUMBER=$number "$source/served.c"
        cp version-$number.so of-$number.so
    done
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o load $TEST_CFLAGS "$source/load.c" -lpthread
    # shellcheck disable=SC2086
    "$PLUGIN" build -o host $TEST_CFLAGS "$source/host.c" -lpthread
}
(build_all) >log 2>&1
status=$?
check "the plugins and the programs build" test $status -eq 0
[ $status -eq 0 ] || sed 's/^/# /' log

# replace VERSION: a shell command that puts a copy of it in the place of p.so, as an installation does.
replace() { echo "cp version-$1.so next.so && mv next.so p.so"; }
start() { rm -f p.so; cp version-1.so p.so; }

# ---- a file that was replaced ----

start
says "a replaced file is refused until the plugin is retired; then it is opened" \
    ./host open p.so sh "$(replace 2)" open p.so retire 0 open p.so version 0 version 1 <<'E2'
  init 1
plugin 0
7 cannot open plugin p.so: the file of the plugin that is open, DIR/p.so, was replaced by another one; retire the open plugin (plugin_retire), or restart the program
  retire 1
yes
  init 2
plugin 1
version 1
version 2
E2
start
says "the first version may come back, by a copy or as the same file, and starts anew" \
    ./host sh "ln p.so kept.so" open p.so sh "$(replace 2)" retire 0 open p.so sh "mv kept.so p.so" retire 1 open p.so version 2 \
    sh "$(replace 1)" open p.so retire 2 open p.so version 3 retire 3 open p.so <<'E2'
  init 1
plugin 0
  retire 1
yes
  init 2
plugin 1
  retire 2
yes
  init 1
plugin 2
version 1
plugin 2
  retire 1
yes
  init 1
plugin 3
version 1
  retire 1
yes
  init 1
plugin 4
E2
start
says "a retired plugin is no byte copy of what is opened elsewhere" ./host open p.so open of-1.so retire 0 open of-1.so open p.so <<'E2'
  init 1
plugin 0
7 cannot open plugin of-1.so: it is a byte copy of DIR/p.so, which is open
  retire 1
yes
  init 1
plugin 1
7 cannot open plugin p.so: it is a byte copy of DIR/of-1.so, which is open
E2
start
says "a plugin is current while its path has its content, whatever file that is" \
    ./host open p.so current 0 sh "touch p.so" current 0 open p.so sh "$(replace 1)" current 0 open p.so \
    sh "strip -g p.so" current 0 sh "$(replace 2)" current 0 sh "rm p.so" current 0 sh "echo text >p.so" current 0 \
    sh "mkdir d && mv d p.so.d && rm p.so && ln -s p.so.d p.so" current 0 current program <<'E2'
  init 1
plugin 0
yes
yes
plugin 0
yes
plugin 0
yes
plugin DIR/p.so is not current: its file was replaced by that of another plugin
plugin DIR/p.so is not current: No such file or directory
plugin DIR/p.so is not current: it is a text file, not an ELF file
plugin DIR/p.so is not current: it is a directory
yes
E2
rm -rf p.so.d

# A byte of the code, in a copy: code that is mapped must not be written to.
start
change_code() {
    cp version-1.so changed.so
    printf '\314' | dd of=changed.so bs=1 seek="$((0x$(nm changed.so | sed -n 's/ T version$//p')))" conv=notrunc 2>/dev/null &&
        ! cmp -s version-1.so changed.so
}
check "a byte of the code changes" change_code
says "a file whose code was changed, with the old stamp, is not current" ./host open p.so sh "mv changed.so p.so" current 0 open p.so <<'E2'
  init 1
plugin 0
plugin DIR/p.so is not current: its file was replaced by that of another plugin
7 cannot open plugin p.so: the file of the plugin that is open, DIR/p.so, was replaced by another one; retire the open plugin (plugin_retire), or restart the program
E2

# ---- the blocks ----

cat >first.c <<'E2'
#include <plugin.h>
void host_note(const char *what, int number);
PLUGIN_INIT { host_note("init", 1); }
PLUGIN_RETIRE { host_note("retire", 1); }
PLUGIN_RETIRE { host_note("retire", 2); }
PLUGIN_INIT { host_note("init", 2); }
E2
sed 's/, 1)/, 3)/; s/, 2)/, 4)/' first.c >second.c
check "a plugin of two files builds" "$PLUGIN" build -buildmode=plugin -o p.so first.c second.c
says "blocks run once, in the reverse order of inits" ./host open p.so retire 0 retire 0 <<'E2'
  init 1
  init 2
  init 3
  init 4
plugin 0
  retire 4
  retire 3
  retire 2
  retire 1
yes
yes
E2
says "the same from many threads" ./host open p.so retire-at-once 0 <<'E2'
  init 1
  init 2
  init 3
  init 4
plugin 0
  retire 4
  retire 3
  retire 2
  retire 1
8 threads
E2
cat >reopens.c <<'E2'
#include <plugin.h>
void host_note(const char *what, int number);
int version(void) { return 5; }
PLUGIN_RETIRE
{
    plugin *p = plugin_open("p.so"), *other = plugin_open("version-3.so");
    host_note("reopens", p && other && plugin_find((void *)version) != p);
    host_note("retires another", plugin_retire(other));
}
E2
check "a plugin whose block opens plugins builds" "$PLUGIN" build -buildmode=plugin -o p.so reopens.c
says "a block may open, by its own path too, and retire: no lock is held" ./host open p.so retire 0 open p.so open version-3.so <<'E2'
plugin 0
  init 3
  reopens 1
  retire 3
  retires another 1
yes
plugin 1
  init 3
plugin 2
E2

cat >early.c <<'E2'
#include <plugin.h>
void host_note(const char *what, int number);
PLUGIN_INIT
{
    plugin *p = plugin_find((const void *)host_note), *own = plugin_find((const void *)plugin_early);
    host_note("finds itself", own != 0 && p == 0);
    host_note("retires", plugin_retire(own));
    plugin_init_fail(plugin_error());
}
PLUGIN_RETIRE { host_note("retire", 0); }
E2
sed -i 's/plugin_early/early/; 2a void early(void) {}' early.c
check "a plugin whose init retires it builds" "$PLUGIN" build -buildmode=plugin -o p.so early.c
says "a plugin is found during its init, and cannot be retired yet" ./host open p.so sh "$(replace 1)" open p.so <<'E2'
  finds itself 1
  retires 0
6 cannot open plugin p.so: the init of package main (early.c:4) failed: cannot retire plugin DIR/p.so: it is still being opened, or its open failed
  init 1
plugin 0
E2

# ---- what stays ----

start
says "plugin_find knows old and new versions, in code and data" ./host open p.so sh "$(replace 2)" retire 0 open p.so find 0 find 1 <<'E2'
  init 1
plugin 0
  retire 1
yes
  init 2
plugin 1
calls: its plugin's, itself
serve: its plugin's, itself
version: its plugin's, itself
calls: its plugin's, itself
serve: its plugin's, itself
version: its plugin's, itself
E2
says "plugin_find knows no code of the program" ./host open version-1.so find program <<'E2'
  init 1
plugin 0
host_note: another's, itself
main: another's, itself
reopened: another's, itself
E2

{ package example.com/count; echo 'int count; PLUGIN_INIT { count += 10; } void count_up(void) { count++; }'; } >count.c
sed 's/int count;/long count;/; s/void count_up/int count_down(void) { return (int)--count; } void count_up/' count.c >count-other.c
cat >counts.c <<'E2'
#include <plugin.h>
PLUGIN_IMPORT("example.com/count");
COUNT;
extern void count_up(void);
void host_note(const char *what, int number);
int version(void) { count_up(); return (int)count; }
PLUGIN_INIT { host_note("init", NUMBER); }
PLUGIN_RETIRE { host_note("retire", NUMBER); }
E2
build_counts() {
    "$PLUGIN" build -buildmode=plugin -o counts-1.so -DNUMBER=1 '-DCOUNT=extern int count' counts.c count.c &&
        "$PLUGIN" build -buildmode=plugin -o counts-2.so -DNUMBER=2 '-DCOUNT=extern int count' counts.c count.c &&
        "$PLUGIN" build -buildmode=plugin -o counts-3.so -DNUMBER=3 '-DCOUNT=extern long count' counts.c count-other.c &&
        cp counts-1.so p.so && ln -f p.so kept.so
}
check "plugins with a package build" build_counts
says "a live copy of a package stays, and is not started anew" ./host open p.so version 0 \
    sh "cp counts-2.so next.so && mv next.so p.so" retire 0 open p.so version 1 version 0 \
    sh "mv kept.so p.so" retire 1 open p.so version 2 open counts-2.so version 3 <<'E2'
  init 1
plugin 0
version 11
  retire 1
yes
  init 2
plugin 1
version 12
version 13
  retire 2
yes
  init 1
plugin 2
version 14
  init 2
plugin 3
version 15
E2
cp counts-1.so p.so
says "a new version must agree with the live copy" \
    ./host open p.so sh "cp counts-3.so next.so && mv next.so p.so" retire 0 open p.so <<'E2'
  init 1
plugin 0
  retire 1
yes
3 p.so does not fit DIR/host (1 misfit):
  count: different type
      p.so    int count;    /* 4 bytes */     built by COMPILER
      plugin  long count;   /* 8 bytes */     built by COMPILER
  3 uses compared, 0 not
E2

cat >fails.c <<'E2'
#include <plugin.h>
PLUGIN_INIT { plugin_init_fail("not today"); }
E2
"$PLUGIN" build -buildmode=plugin -o p.so fails.c
says "a mended file opens after its init failed" ./host open p.so open p.so sh "$(replace 2)" open p.so version 0 <<'E2'
6 cannot open plugin p.so: the init of package main (fails.c:2) failed: not today
6 cannot open plugin p.so: the init of package main (fails.c:2) failed: not today
  init 2
plugin 0
version 2
E2

# ---- each kind of plugin ----

start
hash_of() { sha256sum "$1" | cut -d' ' -f1; }
lacks libsodium "under a trust policy" || says "under a trust policy" ./host trusted p.so "$(hash_of version-1.so)" sh "$(replace 2)" retire 0 \
    trusted p.so "$(hash_of version-1.so)" trusted p.so "$(hash_of version-2.so)" version 1 sh "$(replace 1)" retire 1 \
    trusted p.so "$(hash_of version-1.so)" version 2 <<'E2'
  init 1
plugin 0
  retire 1
yes
8 cannot open plugin p.so: its SHA-256 is not in the trust policy
  init 2
plugin 1
version 2
  retire 2
yes
  init 1
plugin 2
version 1
E2
lacks libsodium "a policy comes before all else" || says "a policy comes before all else" ./host trusted p.so "$(hash_of p.so)" sh "echo text >next && mv next p.so" trusted p.so "$(hash_of version-1.so)" \
    sh "$(replace 2)" trusted p.so "$(hash_of version-1.so)" trusted p.so "$(hash_of version-2.so)" <<'E2'
  init 1
plugin 0
8 cannot open plugin p.so: its SHA-256 is not in the trust policy
8 cannot open plugin p.so: its SHA-256 is not in the trust policy
7 cannot open plugin p.so: the file of the plugin that is open, DIR/p.so, was replaced by another one; retire the open plugin (plugin_retire), or restart the program
E2
cc -g -shared -fPIC -DNUMBER=6 -x c -o plain-6.so - <<'E2'
int version(void) { return NUMBER; }
E2
cc -g -shared -fPIC -DNUMBER=7 -x c -o plain-7.so - <<'E2'
int version(void) { return NUMBER; }
E2
cp plain-6.so p.so
says "without a stamp" ./host unstamped p.so current 0 sh "touch p.so" current 0 sh "cp plain-7.so next.so && mv next.so p.so" \
    current 0 retire 0 unstamped p.so current 1 <<'E2'
plugin 0
yes
yes
plugin DIR/p.so is not current: its file was replaced by that of another plugin
yes
plugin 1
yes
E2
# shellcheck disable=SC2016 # a name that the dynamic loader would replace
mkdir -p 'of $LIB' && cp version-1.so 'of $LIB/p.so'
# shellcheck disable=SC2016
says "by a path that the dynamic loader would replace" ./host open 'of $LIB/p.so' sh "cp version-2.so next.so && mv next.so 'of \$LIB/p.so'" \
    retire 0 open 'of $LIB/p.so' version 1 sh "cp version-1.so next.so && mv next.so 'of \$LIB/p.so'" retire 1 open 'of $LIB/p.so' version 2 <<'E2'
  init 1
plugin 0
  retire 1
yes
  init 2
plugin 1
version 2
  retire 2
yes
  init 1
plugin 2
version 1
E2
start
says "global: the names of the first stay" ./host global p.so sh "$(replace 2)" retire 0 global p.so version 1 <<'E2'
  init 1
plugin 0
  retire 1
yes
  init 2
plugin 1
version 2
E2
cat >asks.c <<'E2'
#include <plugin.h>
int version(void);
int ask(void) { return version(); }
PLUGIN_INIT { int (*v)(void) = plugin_as(plugin_lookup(plugin_open("version-3.so"), "version"), int (*)(void)); if (!v) plugin_init_fail(plugin_error()); }
E2
check "a plugin that imports another's builds" "$PLUGIN" build -buildmode=plugin -o asks.so asks.c
start
says "a global plugin's types are known after its file was replaced" ./host global p.so sh "$(replace 2)" open asks.so open version-3.so <<'E2'
  init 1
plugin 0
  init 3
plugin 1
plugin 2
E2
says "the program cannot be retired" ./host retire program <<'E2'
cannot retire plugin DIR/host: it is the program
E2
build_built_in() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=archive -o b.a -DNUMBER=9 "$source/served.c" &&
        "$PLUGIN" build -o host-built-in $TEST_CFLAGS "$source/host.c" --with=b.a -lpthread
}
check "a built-in plugin with PLUGIN_RETIRE builds" build_built_in
says "a built-in plugin cannot be retired, and is current" ./host-built-in open b.so retire 0 current 0 open b.so <<'E2'
  init 9
plugin 0
cannot retire plugin b.so: a built-in plugin is part of the program
yes
plugin 0
E2

# ---- under load ----

memory=
[ $rounds -lt 500 ] || memory='
memory: no more'
for how in copy link; do
    start
    says "$rounds upgrades by $how while eight threads call and open" ./load $rounds $how <<E2
$rounds upgrades, $rounds inits, $((rounds - 1)) retires
signals: answered
calls: none lost$memory
descriptors: no more
E2
done

finish

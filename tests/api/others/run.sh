#!/bin/sh
# SPDX-License-Identifier: MIT
# Plugins that others need (options.is_global, plugin check --global), and libraries without a stamp
# (options.allow_unstamped): what the host prints is in NAME.expected. REFUSE_WRITE=1 writes these files.
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/api/others
cd "$work" || exit 1
here=$(pwd -P)

cat >base.c <<'END'
struct point { int x, y; };
int base_add(struct point *p) { return p->x + p->y; }
int base_level = 5;
END
cat >ext.c <<'END'
struct point { int x, y; };
int base_add(struct point *);
extern int base_level;
int run(void) { struct point p = {1, 2}; return base_add(&p) + base_level; }
END
sed 's/int x, y/long x, y/' ext.c >wrong.c
sed 's/struct point p = {1, 2}/extern int host_count(void); struct point p = {1, host_count()}/' ext.c >both.c
echo 'struct point; int base_add(struct point *p) { return p ? 100 : 200; }' >late.c
echo 'int base_add(long number) { return number > 0; }' >other.c
echo 'int host_count(void); int level = 7; __thread int own = 3; int run(void) { return host_count() + level + own; }' >old.c
echo 'int nobody(void); int run(void) { return nobody(); }' >lacking.c
echo 'int library(void) { return 20; }' >library.c
echo 'int library(void); int run(void) { return library() + 1; }' >needing.c
echo '#include <plugin.h>
PLUGIN_INIT { plugin_init_fail("not today"); }
int base_add(long number) { return number > 0; }' >failing.c

# shellcheck disable=SC2086 # flags are words
build() (
    set -e
    "$PLUGIN" build -o host "$source/host.c" $TEST_CFLAGS
    for name in base ext wrong both late other failing; do
        "$PLUGIN" build -buildmode=plugin -o $name.so $name.c $TEST_CFLAGS
    done
    cc -shared -fPIC $TEST_CFLAGS -o old.so old.c
    cc -shared -fPIC $TEST_CFLAGS -o lacking.so lacking.c
    cc -shared -fPIC $TEST_CFLAGS -o liblibrary.so library.c
    cc -shared -fPIC $TEST_CFLAGS -o needing.so needing.c -L. -llibrary "-Wl,-rpath,$here"
    cp old.so stamped-old.so
    echo 'int host_count(void) { return 35; } int main(void) { return 0; }' >program.c
    cc -g -rdynamic $TEST_CFLAGS -o program program.c
    cp program plain && "$PLUGIN" stamp plain
)
check "the host, the plugins and the libraries build" build

# same NAME: passes if what is in the file `printed` is that of NAME.expected.
same() {
    sed -e "s|$here|DIR|g" -e "s|$PLUGIN|plugin|" -e 's/built by [a-z]* [0-9.]*/built by CC/g' printed >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$source/$1.expected"
    check_same "the output of $1" "$source/$1.expected" actual
}
show() {
    echo "\$ $*"
    "$@" 2>&1
    echo "[$?]"
}
{
    show ./host base.so ext.so
    show ./host g:base.so ext.so wrong.so both.so
    show ./host base.so g:base.so ext.so
    show ./host g:base.so g:base.so g:late.so both.so
    show ./host g:late.so g:base.so ext.so
    show ./host g:other.so g:base.so ext.so
    show ./host g:failing.so other.so ext.so
    show ./host gt:base.so ext.so
    show "$PLUGIN" check plain base.so ext.so
    show "$PLUGIN" check plain --global base.so ext.so wrong.so both.so
    show "$PLUGIN" check --global=other.so --global=base.so plain ext.so
    show "$PLUGIN" check --global=ext.so --global=base.so plain
    show "$PLUGIN" check --global
} >printed
same global

{
    show ./host old.so
    show ./host u:old.so u:old.so
    show ./host u:lacking.so
    show ./host u:needing.so
    show ./host us:old.so
    show ./host uv:old.so
    show ./host ut:old.so
    show ./host u:program
    show ./host u:host
    show ./host u:base.so gu:old.so
    show "$PLUGIN" check plain old.so
    show "$PLUGIN" check --allow-unstamped plain old.so lacking.so needing.so
    show "$PLUGIN" check --allow-unstamped --strict plain old.so
    show "$PLUGIN" check --allow-unstamped program old.so
} >printed
same unstamped

# A copy of an open library is refused; a damaged one is no library without a stamp.
cp old.so copy.so
check "a copy of an open library without a stamp" sh -c './host u:old.so u:copy.so | grep -q "copy of"'
printf 'X' | dd of=copy.so bs=1 seek=1 conv=notrunc 2>log
check "a damaged one" sh -c './host u:copy.so | grep -q "not an ELF file"'

"$PLUGIN" build -buildmode=archive -o base.a base.c $TEST_CFLAGS && "$PLUGIN" build --with=base.a -o program "$source/host.c" $TEST_CFLAGS &&
    ./program gb:base.so >said 2>&1
check "a built-in plugin is not global" has said "options.is_global: the symbols of a built-in plugin cannot be offered to others"
finish

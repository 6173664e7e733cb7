#!/bin/sh
# SPDX-License-Identifier: MIT
# `plugin graph`: the graph of examples, whole; pictures by dot(1); verdicts as of `plugin check`; hostile
# names.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/cmd/pictures/setup.sh"

# draws STATUS NAME ARGUMENT...: passes if the graph is that of NAME.dot, dot(1) draws it without a word, and
# the exit status is this one, also of `plugin check`. GRAPH_WRITE=1 writes NAME.dot anew.
draws() {
    status=$1
    name=$2
    shift 2
    check_fails "$status" "$name: exit status" "$PLUGIN" graph "$@"
    check_fails "$status" "$name: exit status of check" "$PLUGIN" check "$@"
    "$PLUGIN" graph "$@" >"$name.dot" 2>/dev/null
    [ -z "${GRAPH_WRITE:-}" ] || cp "$name.dot" "$here/$name.dot"
    check_same "$name: the graph" "$here/$name.dot" "$name.dot"
    dot -Tsvg "$name.dot" >"$name.svg" 2>said
    check "$name: dot draws it" test $? -eq 0 -a ! -s said
}

# ---- examples ----

cp -r "$tree/examples" . || exit 1
check "the seed builds" host seed examples/seed/host.c
check "its plugin builds" plugin plugin_name.so examples/seed/plugin_name.c
draws 0 seed seed plugin_name.so

cd examples/filter || exit 1
check "filter builds" host filter host.c filter.c
check "its plugins build" sh -c "\"$PLUGIN\" build -buildmode=plugin -o upper.so upper.c &&
    \"$PLUGIN\" build -buildmode=plugin -o number.so number.c filter.c &&
    \"$PLUGIN\" build -buildmode=plugin -o rot13.so old/rot13.c old/filter.c"
draws 1 filter filter upper.so number.so rot13.so
cd "$work" || exit 1

# ---- a package in a diamond: two plugins carry it, a third one an older form ----

cat >geom.h <<'E2'
struct shape { double w, h; };
double geom_area(const struct shape *s);
double geom_edge(const struct shape *s);
int geom_count(void);
int geom_more(void);
E2
sed 's/double w/int id; double w/' geom.h >old.h
{
    package example.com/geom
    cat <<'E2'
#include "geom.h"
double geom_area(const struct shape *s) { return s->w * s->h; }
double geom_edge(const struct shape *s) { return s->w + s->h; }
int geom_count(void) { return 1; }
int geom_more(void) { return 2; }
E2
} >geom.c
user() { # NAME EXPRESSION
    printf '#include <plugin.h>\n#include "geom.h"\nPLUGIN_IMPORT("example.com/geom");\n'
    printf 'double %s(void) { struct shape s = {1, 2}; return %s; }\n' "$1" "$2"
}
user left 'geom_area(&s)' >left.c
user right 'geom_area(&s) + geom_edge(&s) + geom_count() + geom_more()' >right.c
sed 's/geom.h/old.h/' geom.c >old_geom.c
user other 'geom_area(&s)' | sed 's/geom.h/old.h/' >other.c
check "a plugin with the package builds" plugin left.so left.c geom.c
check "another one does" plugin right.so right.c geom.c
check "one with another form of it does" plugin other.so other.c old_geom.c
draws 0 diamond seed left.so right.so
draws 1 diamond_misfit seed left.so right.so other.so
"$PLUGIN" graph --all seed left.so right.so >all.dot
check "--all names all that is used" has all.dot 'geom_area<br align="left"/>geom_count<br align="left"/>geom_edge<br align="left"/>geom_more'
"$PLUGIN" graph --isolated seed left.so right.so >isolated.dot
check "--isolated: each plugin has its own copy" test "$(grep -c 'live copy' isolated.dot)" -eq 2

# ---- libraries, and what is missing ----

echo 'int lib_number(void) { return 7; }' >lib.c
cc -g -shared -fPIC -Wl,-soname,libnumber.so -o libnumber.so lib.c
echo 'int gone(void) { return 7; }' >gone.c
cc -g -shared -fPIC -Wl,-soname,libgone.so -o libgone.so gone.c
echo 'int lib_number(void); int gone(void); int f(void) { return lib_number() + gone(); }' >needs.c
check "a plugin with libraries builds" plugin needs.so needs.c -L. -lnumber -lgone -Wl,-rpath,"$work"
check "a library is stamped" "$PLUGIN" stamp libnumber.so
rm libgone.so
check_fails 1 "a missing library: exit status" "$PLUGIN" graph seed needs.so
"$PLUGIN" graph seed needs.so >libraries.dot
check "a library of which the plugin uses something" has libraries.dot 'n1 -> n2 [label=<lib_number<br'
check "a missing library" has libraries.dot '<b>libgone.so</b><br/><font point-size="9" color="#b3261e">library, not found'
check "a missing library: the reason" has libraries.dot ">library libgone.so, needed by<br"

# ---- what cannot be judged ----

echo nonsense >nonsense.so
check_fails 1 "a file that is no plugin: exit status" "$PLUGIN" graph seed nonsense.so
"$PLUGIN" graph seed nonsense.so >nonsense.dot 2>/dev/null
check "a file that is no plugin: it is drawn, with the reason" has nonsense.dot "nonsense.so does not fit seed"
check_fails 1 "a plugin that is not there: exit status" "$PLUGIN" graph seed absent.so
"$PLUGIN" graph seed absent.so >absent.dot 2>said
check "a plugin that is not there: the message" has said "plugin: cannot check absent.so"
check "a plugin that is not there: the drawing says so" has absent.dot "plugin, not judged"
cc -o unstamped -g examples/seed/plugin_name.c -x c - <<'E2'
int main(void) { return 0; }
E2
check_fails 1 "a host without a stamp: exit status" "$PLUGIN" graph unstamped plugin_name.so
"$PLUGIN" graph unstamped plugin_name.so >unstamped.dot 2>said
check "a host without a stamp: the drawing leaves the verdict open" has unstamped.dot "plugin, not judged"

# ---- outputs ----

check_fails 2 "without a host" "$PLUGIN" graph
check_fails 2 "without a plugin" "$PLUGIN" graph seed
check_fails 2 "an output of another kind" "$PLUGIN" graph -o x.jpg seed plugin_name.so
cp log said
check "it says which kinds there are" has said ".svg, .png, .pdf, .dot and .gv"
for format in svg png pdf dot gv; do
    check "-o x.$format" "$PLUGIN" graph -o "x.$format" seed plugin_name.so
done
check "a picture that is SVG" has x.svg "<svg"
check "a picture that is PNG" sh -c 'head -c 4 x.png | grep -q PNG'
check "a picture that is PDF" sh -c 'head -c 5 x.pdf | grep -q %PDF'
check_same "a file in Graphviz's language" seed.dot x.dot
check_fails 1 "a picture of what does not fit: exit status" "$PLUGIN" graph -o misfit.svg seed needs.so
check "a picture of what does not fit is made" test -s misfit.svg
mkdir empty
check_fails 1 "without dot: exit status" env PATH="$work/empty" "$PLUGIN" graph -o none.svg seed plugin_name.so
cp log said
check "without dot: the message names the package" has said "install Graphviz (Debian's package graphviz)"
echo old >none.svg
check_fails 1 "without dot, over a file: exit status" env PATH="$work/empty" "$PLUGIN" graph -o none.svg seed plugin_name.so
check "without dot: an old picture stays" has none.svg old
check "nothing else is left" test -z "$(find . -name '*.plugin-*')"
"$PLUGIN" graph seed plugin_name.so >again.dot
check_same "the same files give the same bytes" seed.dot again.dot

# ---- many, and hostile names ----

i=0
while [ $i -lt 60 ]; do
    echo "int host_$i(void) { return $i; }" >>many_host.c
    echo "int host_$i(void);" >>many.c
    calls="${calls:-} + host_$i()"
    i=$((i + 1))
done
echo "int f(void) { return 0 $calls; }" >>many.c
check "a host of many functions builds" host many_host examples/seed/host.c many_host.c
check "a plugin that uses them builds" plugin many.so many.c
"$PLUGIN" graph many_host many.so >many.dot
check "many uses are a number" has many.dot "uses 60 symbols"
check_fails 1 "many misfits: exit status" "$PLUGIN" graph seed many.so
"$PLUGIN" graph seed many.so >many.dot
check "many misfits: the first ones, and a number" has many.dot "and 56 more"
check "many misfits: all of them" sh -c '[ "$("$PLUGIN" graph --all seed many.so | grep -c "not exported")" -eq 60 ]'

cc -g -shared -fPIC -Wl,-Bsymbolic -o 'evil<b>"&\N.so' "$here/hostile_plugin.c"
cc -g -I"$tree/include" -rdynamic -o hostile "$here/hostile_host.c" -Wl,--unresolved-symbols=ignore-all
for file in hostile 'evil<b>"&\N.so'; do
    check "$file: names are made hostile" python3 "$here/rename.py" "$file"
    check "$file: it is stamped" "$PLUGIN" stamp "$file"
done
draws 1 hostile hostile 'evil<b>"&\N.so'
check "hostile names: the drawing has what they spell, as text" has hostile.svg "alert(&#39;1&#39;)&lt;/script&gt;"
finish

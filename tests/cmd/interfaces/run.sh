#!/bin/sh
# SPDX-License-Identifier: MIT
# Interfaces in plugin check, which agrees with plugin_open_as. *.expected has what it prints, which
# REFUSE_WRITE=1 writes anew.
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/cmd/interfaces
cd "$work" || exit 1
here=$(pwd -P)

# same NAME <TEXT: passes if the text, without what depends on the machine, is that of NAME.expected.
same() {
    sed -e "s|$here|DIR|g" -e 's/built by [a-z]* [0-9.]*/built by CC/g' >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$source/$1.expected"
    check_same "the output of $1" "$source/$1.expected" actual
}
# plugin OUTPUT FLAG...: builds a plugin of plugins.c.
plugin() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$source/plugins.c" "$@"
}
# shellcheck disable=SC2086 # flags are words
build() {
    "$PLUGIN" build -buildmode=plugin -o libsource.so "$source/library.c" -Wl,-soname,libsource.so &&
        "$PLUGIN" build -o host "$source/host.c" $TEST_CFLAGS -L. -lsource "-Wl,-rpath,$here" &&
        plugin filter.so -DFILTER && plugin codec.so -DCODEC && plugin both.so -DFILTER -DCODEC &&
        plugin init.so -DINIT && plugin old.so -DINIT -DOLD && plugin source.so -DSOURCE &&
        plugin long.so -DSOURCE_LONG && plugin half.so -DHALF && plugin none.so &&
        plugin logs.so -DFILTER -DLOGS && plugin all-wrong.so -DHALF -DLOGS
}
check "the host, its library and the plugins build" build
plugins='filter codec both init old source long half none logs all-wrong'

# ---- text ----

# show ARGUMENT...: prints a command with its output and exit status.
show() {
    echo "\$ plugin check $*"
    "$PLUGIN" check "$@" 2>&1
    echo "[$?]"
}
{
    for name in $plugins; do
        show host "$name.so"
    done
    show '--as=struct filter' host both.so codec.so
    show --as=codec host filter.so
    show --as=PLUGIN_EXPECTS host init.so old.so
    show '--as=struct source' host source.so long.so
    show '--as=struct source of libsource.so' --strict host source.so
    show '--as=struct filters' host filter.so
    show --as= host filter.so
    show --allow-unstamped host filter.so
} >shown
same check <shown

# A judgement that ends early, because there are too many misfits, counts what it did not compare.
awk 'BEGIN {
    print "#include <plugin.h>\n#include <stdio.h>\nstruct large {"
    for (i = 0; i < 2000; i++) {
        printf "int (*f%d)(int);\n", i
        printf "long f%d(int n) { return n; }\n", i >"large_plugin.c"
    }
    print "};"
    print "int main(int count, char **words)"
    print "{"
    print "    struct large large;"
    print "    if (!plugin_open_as(words[count - 1], &large)) puts(plugin_error());"
    print "    return 0;"
    print "}"
}' >large.c
# shellcheck disable=SC2086 # flags are words
check "an interface of 2,000 functions builds" "$PLUGIN" build -o large large.c $TEST_CFLAGS
check "a plugin with all of another type builds" "$PLUGIN" build -buildmode=plugin -o large.so large_plugin.c
./large ./large.so | tail -n 1 >opened
"$PLUGIN" check large large.so | tail -n 1 >checked
check "plugin_open_as counts all, and says why some were not compared" sh -c '
    sed "s/, because there are too many misfits\$//; t; d" opened |
        awk "{ exit \$1 + \$4 != 2000 || \$4 == 0 }"'
check_same "plugin check says the same" opened checked

# ---- check and open ----

# agrees PLUGIN: passes if plugin check, and the host when it opens the plugin, have one verdict and text for
# each interface, and plugin check accepts the plugin if any of these does.
agrees() {
    accepted=1
    for as in 'struct filter' codec PLUGIN_EXPECTS 'struct source'; do
        ./host "$as" "./$1.so" >opened 2>&1
        opened=$?
        "$PLUGIN" check "--as=$as" "$here/host" "./$1.so" >said 2>&1
        checked=$?
        [ $opened = 0 ] && accepted=0
        sed 's/^[^ ].* fits .*/opened/' said >checked
        [ "$opened" = "$checked" ] && diff -u opened checked && continue
        echo "as $as: plugin_open_as: $opened, plugin check: $checked"
        return 1
    done
    "$PLUGIN" check "$here/host" "./$1.so" >said 2>&1
    [ $? = $accepted ] || { echo "any: wanted $accepted"; cat said; return 1; }
}
for name in $plugins; do
    check "check and open agree on $name.so" agrees "$name"
done
{ "$PLUGIN" check host half.so filter.so none.so codec.so; } | grep -v '^ ' >verdicts
cat >expected <<'E2'
half.so does not fit host (2 misfits):
filter.so fits host, meets struct filter (2 uses compared, 0 not)
none.so does not fit host (1 misfit):
codec.so fits host, meets codec (2 uses compared, 0 not)
E2
check_same "each of several plugins is judged alone" expected verdicts

# ---- hosts with fewer interfaces ----

cat >plain.c <<'E2'
#include "api.h"
int host_log(const struct line *line) { return line->length; }
int main(int argc, char **argv)
{
    return argc > 1 && plugin_as(plugin_lookup(plugin_open(argv[1]), "mod_init"),
                                 int (*)(const struct host_api *)) ? 0 : 1;
}
E2
cat >optional.c <<'E2'
#include "api.h"
PLUGIN_EXPECTS_OPTIONAL("filter_level", int);
int main(void) { return 0; }
E2
cat >idle.c <<'E2'
#include "api.h"
PLUGIN_EXPECTS_OPTIONAL("no_such_hook", int);
int main(int argc, char **argv)
{
    struct filter filter;
    return argc > 1 && plugin_open_as(argv[1], &filter) ? 0 : 1;
}
E2
# shellcheck disable=SC2086 # flags are words
hosts() {
    for name in plain optional idle; do
        "$PLUGIN" build -I"$source" -o $name $name.c $TEST_CFLAGS || return 1
    done
    "$PLUGIN" build -I"$source" -o bundled optional.c $TEST_CFLAGS --with=filter.a &&
        cc -g -I"$source" -I"$(dirname "$PLUGIN")/../include" -o unstamped optional.c
}
check "an archive builds" "$PLUGIN" build -buildmode=archive -o filter.a "$source/plugins.c" \
    -DFILTER -DIMPLEMENTS
check "hosts with fewer interfaces build" hosts
{
    show plain old.so
    show optional none.so filter.so half.so
    show bundled half.so
    show idle none.so filter.so
    show --as=PLUGIN_EXPECTS idle none.so
    show --as=codec plain filter.so
    show --as=codec unstamped filter.so
    show --allow-unstamped unstamped half.so
} >shown
same hosts <shown

# ---- more misfits than are judged ----

symbols='f0 f1 f2 f3 f4 f5 f6 f7 f8 f9'
# Builds a plugin, and a host with interfaces of its symbols, s101 to s$1, of which it meets the last,
# but for the symbols $2.
# shellcheck disable=SC2086 # symbols and flags are words
many() {
    for symbol in $symbols; do
        echo "int $symbol(void) { return 0; }"
    done >many-plugin.c
    echo '#include <plugin.h>' >many.c
    for number in $(seq 101 "$1"); do
        echo "struct s$number {"
        if [ "$number" -eq "$1" ]; then printf 'int (*%s)(void); ' $symbols ${2-}; else printf 'long (*%s)(void); ' $symbols; fi
        echo "}; bool b$number(plugin *p); bool b$number(plugin *p) { struct s$number s; return plugin_bind(p, &s); }"
    done >>many.c
    echo 'int main(void) { return 0; }' >>many.c
    "$PLUGIN" build -o many many.c $TEST_CFLAGS && "$PLUGIN" build -buildmode=plugin -o many.so many-plugin.c
}
check "a host with 40 interfaces builds" many 140
echo 'many.so fits many, meets struct s140 (10 uses compared, 0 not)' >expected
"$PLUGIN" check many many.so >shown 2>&1
check_same "the misfits of 39 do not hide that the last one is met" expected shown
"$PLUGIN" check --as='struct s140' many many.so >shown 2>&1
check_same "nor that the chosen one is" expected shown
check "a host with 40 interfaces of which none is met builds" many 140 'g0 g1 g2 g3 g4 g5 g6 g7 g8'
"$PLUGIN" check many many.so 2>&1 | sed -n 's/, struct s102 .*/, .../; 1,2p; /nor does/,$p' >shown
cat >expected <<'E2'
many.so does not fit many (9 misfits):
  struct s140: g0: the plugin does not export it
  nor does it meet struct s101 (at least 7 misfits), ...
  10 uses compared, 9 not
E2
check_same "one that was judged whole is nearer than those that were not" expected shown
check "a host with 300 interfaces builds" many 400
echo 'many.so does not fit many: it differs from too many of the host'"'"'s interfaces to judge it' >expected
"$PLUGIN" check many many.so >shown 2>&1
check_same "more differing interfaces than real hosts have are not judged" expected shown

# ---- JSON ----

"$PLUGIN" check --json host both.so half.so source.so none.so >json
"$PLUGIN" check --json '--as=struct filter' host codec.so >>json
"$PLUGIN" check --json host missing.so >>json 2>log
cat >read.py <<'E2'
import json
both, half, source, none, chosen, missing = [json.loads(line) for line in open("json")]
def of(answer):
    return [(i["name"], i["library"], i["met"], i["judged"]) for i in answer["interfaces"]]
def told(answer, *met, judged=None):
    names = [("struct filter", None), ("codec", None), ("PLUGIN_EXPECTS", None), ("struct source", "libsource.so")]
    assert of(answer) == [(*n, n[0] in met, n[0] in (judged or met)) for n in names], of(answer)
told(both, "struct filter", "codec")
assert both["fits"] and both["error"] is None and both["compared"] == 4, both
told(half, judged=["struct filter"])
assert [m["symbol"] for m in half["misfits"]] == ["filter_help", "filter_level"] and not half["fits"]
told(source, "struct source")
told(none, judged=["PLUGIN_EXPECTS"])
assert none["code"] == "misfit"
told(chosen, "codec", judged=["struct filter"])
assert [m["symbol"] for m in chosen["misfits"]] == ["filter_line", "filter_level"]
assert of(missing) == [] or not any(i[2] or i[3] for i in of(missing))
E2
check "JSON tells which interfaces are met, and which are judged" python3 read.py

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin call: values are read and written as C, and what is wrong with one is said. *.expected has what it
# prints, which REFUSE_WRITE=1 writes anew.
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/cmd/call
says_alike=
cd "$work" || exit 1
here=$(pwd -P)
cp "$source"/*.c "$tree/examples/seed/plugin_name.c" .
for name in values wild plugin_name; do
    check "$name.so builds" "$PLUGIN" build -buildmode=plugin -w -o $name.so $name.c
done

# same NAME <TEXT: passes if the text, without what depends on the machine, is that of NAME.expected.
same() {
    sed -e "s|$here|DIR|g" -e 's/0x[0-9a-f]\{9,\}/ADDRESS/g' >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$source/$1.expected"
    check_same "what is printed of $1" "$source/$1.expected" actual
}
# call ARGUMENT...: prints a command with its output and exit status.
call() {
    printf '%s\n' "\$ plugin call $*"
    timeout "$hang" "$PLUGIN" call "$@" 2>&1
    echo "[$?]"
}

# ---- the examples ----

says "the seed's example" "$PLUGIN" call ./plugin_name.so V=7 F <<'E2'
Hello, number 7
E2
says "a struct is passed, and a result printed" "$PLUGIN" call ./values.so area '{.w = 2, .h = 3}' <<'E2'
6.0
E2
says "in the same process" "$PLUGIN" call --in-process ./values.so area '{.w = 2, .h = 3}' V=7 F V <<'E2'
6.0
Hello, number 7
7
E2
says "the plugin is isolated unless it is said otherwise" sh -c '
    "$PLUGIN" call ./values.so crash; echo $?; "$PLUGIN" call --in-process ./values.so leave; echo $?' <<E2
plugin: call of crash of isolated plugin $here/values.so: its process was killed by signal 11 (Segmentation fault), and says that it was in crash of values.so
3
7
E2

# ---- values ----

i='./values.so'
{
    call $i around '&(struct shape){.w = 2}' around '{1, 2}' around NULL around '& (const struct shape) { .h=1 }'
    call $i same_point '(point){.y = 1}' same_shape '(struct shape){1, .h = 0x1p-1,}' same_point '{}'
    call $i same_colour RED same_colour 'BLUE | GREEN' same_colour 9 same_colour DARK same_colour -1 same_size LARGE same_size 11
    call $i same_int -0x80000000 same_int 0b101 same_int 017 same_int "'a'" same_int "'\\n'" same_int '1|2|4' same_int '~0' same_int '- 5' same_int true
    call $i same_long -9223372036854775808 same_ullong 18446744073709551615ULL same_ullong '~1' same_schar -128 same_uchar 255 same_short 7
    call $i same_char "'x'" same_char "'\\''" same_char 0 same_char "'\\xff'" same_char 92 same_bool true same_bool 0
    call $i same_float 0.1 same_float 3 same_float -inf same_float nan same_double 0.1 same_double 1e300 same_double 0x1.8p1 same_double INFINITY same_double -0.0 same_double 1e-320 same_double .5f
    call $i same_string '"a" "b\t\"\\\x41\101\u00e9\0"' same_string NULL same_string '""' same_string 0
    call $i grow '{1, 2}' 3 split 7.25 '&0' '{0}' doubles '{1, 2, 3}' 1
    call $i sum '{1, 2, 3}' 3 sum '(int[]){1, 2, [4] = 9}' 5 sum '(int[4]){[1] = 7}' 4 sum '(const int []) {5}' 1 sum NULL 0 sum numbers 3
    call $i first_three '{1, 2, 3}' rows '{1, 2, 3}' rows '&(int[3]){[2] = 1}' rows '&numbers' list_sum '{1, &(struct node){2, {3}}}'
    call $i apply increase 4 apply '&increase' 5 apply NULL 6
    call $i thing thing.count=7 thing.flag=0 'thing.at[1].y=-1' 'thing.name="eight888"' thing.bytes[2]=9 thing.number.real=1.5 thing 'thing.at[0]' thing.is_on
    call $i table 'table[1]' 'table[1][2]=7' 'table[0]={9}' table version 'V = 5' V
    call $i same_item '{"abc", .count = -3, .size = LARGE, .at[1].y = 5, .bytes = {1, [2] = 3}, .is_on = true, .number = {.real = 1.5}}' '{}'
} >shown
same values <shown
{
    call --in-process ./wild.so list ring title 'title="other"' title
    call --in-process ./wild.so fill '(char[5]){0}' 4 fill '"hello"' 2 fill '(char[2]){0}' 2 same_wide 0.1 large large=170141183460469231731687303715884105 large
    call --in-process ./wild.so same_bits '{-4, 63}'
    call --in-process ./wild.so same_large 5
    call --in-process ./wild.so lost dangling is_set NULL NULL is_set NULL '"text"' is_set NULL '&title' chosen chosen_own
    call --json --in-process ./wild.so list ring title lost same_wide 1e4000 large fill '(char[3]){0}' 1
} >shown
same wild <shown
call ./wild.so same_wide 1 >shown
same isolated <shown

# ---- JSON ----

"$PLUGIN" call --json $i area '{1, 2}' V=3 thing split 7.25 '&0' '&0' F same_double nan same_colour RED same_colour 'RED|BLUE' >json
cat >read.py <<'E2'
import json
lines = [json.loads(line) for line in open("json") if not line.startswith("Hello")]
area, v, thing, split, f, nan, red, both = lines
assert area == {"schema": "call/1", "symbol": "area", "declaration": "double area(struct shape shape)", "result": 2.0, "written": {}}, area
assert v["value"] == 3 and v["declaration"] == "int V", v
assert thing["value"] == {"name": "thing", "count": -2, "flag": 1, "size": "LARGE", "at": [{"x": 1, "y": 2}, {"x": 3, "y": 4}],
    "bytes": [5, 6, 7], "is_on": True, "number": {"whole": 8, "real": thing["value"]["number"]["real"]}}, thing
assert split["result"] is None and split["written"] == {"whole": 7, "rest": 0.25}, split
assert f["result"] is None and nan["result"] == "NAN" and red["result"] == "RED" and both["result"] == "RED | BLUE"
E2
check "JSON has the results, and what was written" python3 read.py

# ---- what is printed can be read ----

# again FUNCTION VALUE: passes if the function, which returns what it is passed, returns what it printed.
again() {
    "$PLUGIN" call $i "$1" "$2" >once && "$PLUGIN" call $i "$1" "$(cat once)" >twice && diff once twice
}
for value in 0 -1 12 "'z'" 100; do check "same_schar $value" again same_schar "$value"; done
for value in 0 "'\\n'" "'\\''" "'\"'" "'\\\\'" 200-; do
    [ "$value" = 200- ] && value="'\\310'"
    check "a character" again same_char "$value"
done
for value in 0.1 1e-45 3.4028235e38 nan -inf 16777216; do check "same_float $value" again same_float "$value"; done
for value in 0.1 5e-324 1.7976931348623157e308 nan inf 0.3333333333333333 -0.0; do
    check "same_double $value" again same_double "$value"
done
for value in -9223372036854775808 9223372036854775807; do check "same_long $value" again same_long "$value"; done
check "a string with everything" again same_string '"\001\n\t\\\"\x7f\xff?\?/\u20ac"'
check "a struct" again same_shape '{.w = 0.1, .h = -1e-7}'
check "flags" again same_colour 'RED | BLUE'
# shellcheck disable=SC2016 # of the inner shell
check "a variable is set to what it printed" sh -c '
    "$PLUGIN" call '$i' thing >once && "$PLUGIN" call '$i' thing={} "thing=$(cat once)" thing >twice && diff once twice'
check "a table is, too" sh -c '
    "$PLUGIN" call '$i' table >once && "$PLUGIN" call '$i' table={} "table=$(cat once)" table >twice && diff once twice'
check "an object of a function" sh -c '
    "$PLUGIN" call '$i' same_item "{\"abc\", .count = -3, .number = {.real = 1.5}}" "{}" | sed "s/^\*out = //" >once &&
        "$PLUGIN" call '$i' same_item "$(cat once)" "{}" | sed "s/^\*out = //" >twice && diff once twice'
check "a list behind pointers" sh -c '
    "$PLUGIN" call --in-process ./wild.so list >once && "$PLUGIN" call --in-process ./wild.so "list=$(cat once)" list >twice && diff once twice'

# ---- what is wrong ----

# Nothing runs if any step is wrong: F would print.
{
    call $i F area '{.w = 2, .q = 3}'
    call $i F same_uchar 256
    call $i F same_uchar -1
    call $i F same_int 99999999999999999999999999999999999999999
    call $i F same_int 08
    call $i F same_int 1x
    call $i F same_int 1.5
    call $i F same_int "'ab'"
    call $i F same_int "'a"
    call $i F same_int ''
    call $i F same_int '1 2'
    call $i F same_int PURPLE
    call $i F same_colour PURPLE
    call $i F same_bool 2
    call $i F same_double one
    call $i F same_double 1e999
    call $i F same_float 1e39
    call $i F same_string hello
    call $i F same_string '"hello'
    call $i F same_string '"\q"'
    call $i F same_string '"\ud800"'
    call $i F around '(struct item){0}'
    call $i F around '&(struct item){0}'
    call $i F around V
    call $i F sum '(int[2]){1, 2, 3}' 3
    call $i F sum '(long[]){1, 2, 3}' 3
    call $i F area '{1, 2, 3}'
    call $i F area '{1, 2'
    call $i F area '{1 2}'
    call $i F area 1
    call $i F thing.count=16
    call $i F thing.nothing
    call $i F 'table[2]'
    call $i F 'table[x]'
    call $i F 'V[0]'
    call $i F 'thing.name="too long a name"'
    call $i F version=4
    call $i F V=
    call $i F area
    call $i F area '{1}' 5
    call $i F nothing
    call $i F F=1
    call --in-process ./wild.so variadic 1
    call --in-process ./wild.so unprototyped
    call --in-process ./wild.so is_set '{}' NULL
    call $i
    call
    call --nonsense $i F
    call --timeout=x $i F
    call --timeout=5 --in-process $i F
    call ./none.so F
    call ./values.c F
} >shown
same wrong <shown
says "a limit ends a call, with a status of its own" sh -c '"$PLUGIN" call --timeout=3000 ./values.so hang; echo $?' <<E2
plugin: call of hang of isolated plugin $here/values.so: it exceeded options.timeout_ms (3000 ms), and its process was killed
4
E2
check_fails 3 "an end of the process has another" "$PLUGIN" call $i leave
printf '{%.0s' $(seq 1 1000) >deep
check_fails 2 "values nested too deeply are refused" "$PLUGIN" call $i list_sum "$(cat deep)"
printf -- '-%.0s' $(seq 1 1000) >deep
check_fails 2 "so are signs" "$PLUGIN" call $i same_int "$(cat deep)"
check_fails 2 "an array of too many elements is refused" "$PLUGIN" call $i sum '(int[99999999999]){1}' 1
check_fails 2 "so is a large index" "$PLUGIN" call $i sum '{[99999999999] = 1}' 1
"$PLUGIN" call $i V >/dev/full 2>log
check "a full disk is an error" test $? -eq 1

# ---- a build without libffi ----

mkdir -p "moved$(dirname "$PLUGIN" | sed 's|.*/stage||')"
cp "$PLUGIN" "moved$(dirname "$PLUGIN" | sed 's|.*/stage||')/plugin"
check_refused "where the program is not installed, the verb says so" "makes no calls by type, which need libffi" \
    "moved$(dirname "$PLUGIN" | sed 's|.*/stage||')/plugin" call $i F

finish

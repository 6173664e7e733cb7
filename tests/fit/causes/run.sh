#!/bin/sh
# SPDX-License-Identifier: MIT
# What a refusal says: the cause, once, with the symbols that lead to it; in one line; two sides that
# differ; how much was compared. Each case edits the plugin's copy of api.h. NAME.expected holds what the
# host says of it; `plugin check` must say the same. REFUSE_WRITE=1 writes these files; review the
# difference.
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
golden=$tests/fit/causes
cat >cases <<'END_OF_CASES'
member-lacking /int method;/d
member-added s/int method;/int method, flags;/
member-lacking-first /int id;/d
member-lacking-last /int last;/d
member-inserted-in-padding s/enum state state;/&\n    char mark;/
members-lacking /int method;/d;/enum state state;/d
members-lacking-and-added s/int method;/long flags;/
members-swapped s/int id;/int X;/;s/int method;/int id;/;s/int X;/int method;/
members-in-another-order /int id;/d;s/int last;/&\n    int id;/
member-renamed s/int last;/int end;/
member-resized s/int body\[4\]/int body[8]/
member-of-another-type s/int last;/float last;/
nested-member-lacking /int count;/d
nested-member-resized s/int limit;/long limit;/
union-member-lacking /double exact;/d
enumerator-lacking s/STATE_HALF, //
enumerator-added s/STATE_HALF, /&STATE_BUSY, /
enumerators-changed s/STATE_HALF,/STATE_HALF = 4,/
parameter-lacking s/int first, int second/int first/
parameter-added s/int first, int second/int first, int middle, int second/
parameter-of-a-callback s/int what, void \*context/int what/
operations-swapped s/(\*read)/(*X)/;s/(\*write)(struct request \*r, const char \*from/(*read)(struct request *r, char *to/;s/(\*X)(struct request \*r, char \*to/(*write)(struct request *r, const char *from/
operation-lacking /(\*read)/d
typedef-of-another-type s/typedef long number_t/typedef int number_t/
typedef-hides-the-difference s/typedef struct backend handle_t/typedef int handle_t/
several-causes s/STATE_HALF, //;/double exact;/d;s/typedef long number_t/typedef int number_t/
END_OF_CASES

build() {
    cp "$golden"/*.[ch] . && "$PLUGIN" build -o host host.c api.c $TEST_CFLAGS || return 1
    while read -r name edit; do
        mkdir "$name" && sed "$edit" api.h >"$name/api.h" && cp plugin.c "$name" || return 1
        ! cmp -s api.h "$name/api.h" || { echo "$name: the header is as it was"; return 1; }
        "$PLUGIN" build -buildmode=plugin -o "$name.so" "$name/plugin.c" || return 1
    done <cases
}
check "the host and the plugins build" build

# normalise: removes what differs between machines.
normalise() {
    sed -e "s|$(pwd -P)|DIR|g" -e 's/ *built by [a-z]* [0-9.]*$//'
}
one_line() {
    ./host "$1.so" >said 2>&1
    grep '^In one line: ' said >line && [ "$(wc -l <line)" -eq 1 ] && [ "$(sed -n '$p' said)" = "$(cat line)" ]
}
# Succeeds if the two sides of each difference differ.
telling() {
    awk '{ side = substr($0, 15) }
         /^      plugin  / && side == other { print "both sides:" side; failed = 1 }
         { other = side }
         END { exit failed }' said
}
same_by_check() {
    "$PLUGIN" check "$(pwd -P)/host" "$1.so" >checked 2>&1
    sed '$d' said | diff -u - checked
}
while read -r name edit; do
    check "$name: the line is one" one_line "$name"
    normalise <said >actual
    [ -z "${REFUSE_WRITE:-}" ] || cp actual "$golden/$name.expected"
    check_same "$name: the text" "$golden/$name.expected" actual
    check "$name: its sides differ" telling
    check "$name: plugin check says the same" same_by_check "$name"
done <cases

cat >read.py <<'END_OF_FILE'
import json, sys
answer = json.load(sys.stdin)
print([(m["symbol"], m["symbols"]) for m in answer["misfits"]], answer["compared"], answer["unchecked"])
END_OF_FILE
"$PLUGIN" check --json host member-lacking.so | python3 read.py >actual
cat >expected <<'END_OF_FILE'
[('api_close', ['api_close', 'api_handle', 'api_log', 'api_register', 'api_reply', 'api_send'])] 13 0
END_OF_FILE
check_same "JSON: all symbols that lead to a cause" expected actual

finish

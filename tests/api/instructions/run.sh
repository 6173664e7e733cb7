#!/bin/sh
# SPDX-License-Identifier: MIT
# Limits on the instructions of the hot paths: their count does not depend on the machine's load. A limit
# is a tenth above the count when it was set. Instructions of the dynamic loader do not count.
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
unset MALLOC_PERTURB_ # Meson sets it, and filling memory costs, too

host=count
# count WHAT TIMES PLUGIN: prints the instructions of a run, without the dynamic loader's.
count() {
    valgrind -q --tool=callgrind --callgrind-out-file=profile "./$host" "$@" >/dev/null 2>errors ||
        { cat errors >&2; return 1; }
    callgrind_annotate --threshold=100 --show-percs=no profile |
        awk '/ PROGRAM TOTALS/ || /\[.*\/ld-linux[^]]*\]/ || /\[.*\/ld-musl[^]]*\]/ {
                gsub(/,/, "", $1); sum += / PROGRAM TOTALS/ ? $1 : -$1 }
            END { print sum }'
}

# costs_at_most LIMIT WHAT FEW MANY PLUGIN: limits the cost of one more. A cost of 0 fails: the counter
# did not work.
costs_at_most() {
    few=$(count "$2" "$3" "$5") && many=$(count "$2" "$4" "$5") || return 1
    cost=$(((many - few) / ($4 - $3)))
    echo "$2: $cost instructions, at most $1"
    [ "$cost" -le "$1" ] && [ "$cost" -ge $(($1 / 4)) ]
}

# costs_no_more WHAT THAN PERCENT FEW MANY PLUGIN: the one costs at most this part of the other.
costs_no_more() {
    few=$(count "$1" "$4" "$6") && many=$(count "$1" "$5" "$6") || return 1
    other_few=$(count "$2" "$4" "$6") && other_many=$(count "$2" "$5" "$6") || return 1
    echo "$1: $(((many - few) / ($5 - $4))) instructions; $2: $(((other_many - other_few) / ($5 - $4)))"
    [ "$many" -gt "$few" ] && [ $(((many - few) * 100)) -le $(((other_many - other_few) * $3)) ]
}

build_all() {
    set -e
    # Eight symbols in a table that has room for as many.
    cat >names.c <<'C'
#include <stdio.h>
int V, geom_width, geom_height;
void F(void) { printf("Hello, number %d, of " NUMBER "\n", V); }
int geom_area(void) { return geom_width * geom_height; }
C
    # The host's definitions, with types that it shares with its plugins.
    awk 'BEGIN {
        for (i = 0; i < 200; i++) {
            printf "struct node_%d { struct node_%d *next; long value; };\n", i, (i + 1) % 200 >"typed.h"
            printf "long use_%d(struct node_%d *node, long more);\n", i, i >"typed.h"
            printf "long use_%d(struct node_%d *node, long more) { return node->value + more; }\n", i, i >"use.c"
            calls = calls sprintf(" + use_%d(0, more)", i)
        }
        printf "const char Number[] = NUMBER;\nlong sum(long more) { return 0%s; }\n", calls >"typed.c"
    }'
    "$PLUGIN" build -O2 -include typed.h -o count "$tests/api/instructions/count.c" use.c
    # Another host, with 4,000 exports and as many types.
    awk 'BEGIN {
        for (i = 0; i < 4000; i++)
            printf "struct part_%d { int first%d; long second%d; }; int take_%d(struct part_%d *p, int n) { return p->first%d + n; }\n",
                i, i, i, i, i, i
    }' >many.c
    "$PLUGIN" build -O2 -include typed.h -o count-many "$tests/api/instructions/count.c" use.c many.c
    for number in 0 1 2 3 4 5 6 7 8 9; do
        "$PLUGIN" build -buildmode=plugin -O2 "-DNUMBER=\"$number\"" -o names-$number.so names.c
        "$PLUGIN" build -buildmode=plugin -O2 -include typed.h "-DNUMBER=\"$number\"" \
            -o typed-$number.so typed.c
    done
}

if [ -n "$TEST_CFLAGS" ]; then
    pass "none are counted: a sanitizer adds its own"
else
    check "the plugins and the host build" build_all
    check "a lookup" costs_at_most 210 lookup 100 1100 ./names-0.so
    check "a lookup and a repeated plugin_as" costs_at_most 223 assert 100 1100 ./names-0.so
    check "an open of an open plugin" costs_at_most 543 reopen 100 1100 ./names-0.so
    check "an open" costs_at_most 42600 open 2 10 ./names
    check "the first open of a process" costs_at_most 65900 open 0 1 ./names
    host=count-many
    check "the same in a host with 4,000 exports: no more" costs_at_most 65900 open 0 1 ./names
    host=count
    check "an open as an interface, against an open, lookups and assertions" \
        costs_no_more open-as open-and-assert 103 2 10 ./names
    check "the same again at the same place, against an open of an open plugin, lookups and assertions" \
        costs_no_more reopen-as reopen-and-assert 100 100 1100 ./names-0.so
    check "plugin_bind again, against lookups and assertions" \
        costs_no_more bind assert-each 100 100 1100 ./names-0.so
    check "an open with 200 typed imports" costs_at_most 181200 open 2 10 ./typed
fi

finish

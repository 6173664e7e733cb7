#!/bin/sh
# SPDX-License-Identifier: MIT
# Changes of a package, and which still fit. The table `changes` has the verdict on each, both ways.
# `plugin check` and plugin_open must agree with it, and with each other's messages. Where abidiff differs,
# the table names the reason, which docs/compatibility.md explains. NAME.expected holds the messages of
# each refusal. REFUSE_WRITE=1 writes these files; review the difference.
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
table=$tests/fit/compatibility
page=$tree/docs/compatibility.md
export PLUGIN TEST_CFLAGS

# shellcheck disable=SC2086 # flags are words
build_old() {
    mkdir old && cd old || return 1
    cp "$table"/*.[ch] "$tests/fit/misfit/host.c" .
    headers=$(dirname "$PLUGIN")/../include
    cc -c -g -I"$headers" $TEST_CFLAGS host.c &&
        "$PLUGIN" build -o host host.o geom.c $TEST_CFLAGS &&
        "$PLUGIN" build -buildmode=plugin -o plugin.so main.c geom.c &&
        cc -g -fPIC -shared -I"$headers" -o geom.so geom.c
    built=$?
    cd ..
    return $built
}
check "the old side builds" build_old
# "abidiff: 2.2.0"
check "the table is valid" python3 "$table/write.py" "$table/changes" "$work" \
    "$(abidiff --version | cut -d ' ' -f 2)"
cp log names
check "every change builds, and is judged" xargs -P 2 -I NAME sh "$table/try.sh" "$work/NAME" <names

# Removes what depends on the machine from messages. Two columns end with the
# compiler, so that its name is at the end of the line.
normalise() {
    sed -e "s|$work/[a-z0-9+-]*|DIR|g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/' "$@"
}

# judged NAME: succeeds if the verdicts are those of the table.
judged() {
    [ -s "$1/old.abidiff" ] || { cat "$1/log"; return 1; }
    cat "$1/new.fits" "$1/old.fits" >"$1/fits"
    diff -u "$1/verdict" "$1/fits" || { cat "$1/new.check" "$1/old.check"; return 1; }
}

# opened NAME: succeeds if an open prints the same as `plugin check`, and a refused plugin runs no code and
# does not stay mapped.
opened() {
    for way in new old; do
        if grep -qx fits "$1/$way.fits"; then
            echo opened
        else
            sed '1s/^/PLUGIN_MISFIT: /' "$1/$way.check"
        fi >"$1/$way.wanted"
        diff -u "$1/$way.wanted" "$1/$way.open" || return 1
    done
}

# compared NAME: succeeds if abidiff's verdict is the same, or the one in the table, with a reason.
compared() {
    ours=$(paste -s -d ' ' "$1/verdict")
    theirs=$(cat "$1/new.abidiff" "$1/old.abidiff" | paste -s -d ' ')
    read -r new old reason <"$1/abidiff"
    if [ "$ours" = "$theirs" ]; then
        [ -z "$reason" ] || { echo "abidiff agrees: $ours"; return 1; }
        return 0
    fi
    [ "$new $old" = "$theirs" ] || { echo "abidiff says: $theirs"; cat "$1"/*.difference; return 1; }
    has "$page" "| $reason |"
}

# telling FILE: succeeds if the two lines of each difference of types differ.
telling() {
    awk '{ side = substr($0, 15) }
         /^      plugin  / && side == other { print "both sides:" side; failed = 1 }
         { other = side }
         END { exit failed }' "$1"
}

# worded NAME: succeeds if the messages are those of NAME.expected.
worded() {
    for way in new old; do
        grep -qx misfit "$1/$way.fits" || continue
        [ $way = new ] && echo "== the new plugin, the old host" || echo "== the old plugin, the new host"
        normalise "$1/$way.check"
    done >"$1/words"
    [ -z "${REFUSE_WRITE:-}" ] || cp "$1/words" "$table/$1.expected"
    diff -u "$table/$1.expected" "$1/words" && telling "$1/words"
}

while read -r name; do
    check "$name: plugin check agrees with the table" judged "$name"
    check "$name: plugin_open agrees with plugin check" opened "$name"
    check "$name: abidiff agrees, or the table has the reason" compared "$name"
    if grep -q misfit "$name/verdict"; then
        check "$name: the messages" worded "$name"
    fi
done <names

check "as JSON, each verdict is as its schema says" python3 "$tests/cmd/schemas/check.py" fits "$tree/schemas" "$tree" \
    ./*/new.json ./*/old.json

# The documentation has no unused reason.
reasons() {
    sed -n 's/^| \([a-z-]*\) | \(fits\|misfit\|one way\|either\) | .*/\1/p' "$page" | sort >reasons
    sed -n 's/^ *abidiff[-0-9.]*: [a-z]* [a-z]* \(.*\)/\1/p' "$table/changes" | sort -u |
        diff -u - reasons
}
check "the table uses every reason of the documentation" reasons

finish

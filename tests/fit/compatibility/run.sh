#!/bin/sh
# What changes of a package's header and sources still fit? tests/fit/compatibility/changes is a table of
# them, with the verdict by the rules, both ways. Each is judged by `plugin check` and by an open, which
# must say the same, and compared with abidiff; where that says something else, the table names the
# reason, which docs/compatibility.md explains. tests/fit/compatibility/NAME.expected holds the words of
# each refusal; to write them anew: REFUSE_WRITE=1, and read the difference.
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
check "the table can be read" python3 "$table/write.py" "$table/changes" "$work" \
    "$(abidiff --version | cut -d ' ' -f 2)"
cp log names
check "every change is tried" xargs -P 2 -I NAME sh "$table/try.sh" "$work/NAME" <names

# What a message says of this machine is no part of what is pinned. Two columns end with the
# compiler, so that its name is at the end of the line.
normalise() {
    sed -e "s|$work/[a-z0-9+-]*|DIR|g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/' "$@"
}

# Both ways are judged as the table says.
judged() {
    [ -s "$1/old.abidiff" ] || { cat "$1/log"; return 1; }
    cat "$1/new.fits" "$1/old.fits" >"$1/fits"
    diff -u "$1/verdict" "$1/fits" || { cat "$1/new.check" "$1/old.check"; return 1; }
}

# An open says what `plugin check` says; when it refuses, nothing has run and nothing stays mapped.
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

# abidiff says the same, or the table says what it says instead, and why.
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

# Where two types part, what is said of both sides differs.
telling() {
    awk '{ side = substr($0, 15) }
         /^      plugin  / && side == other { print "both sides:" side; failed = 1 }
         { other = side }
         END { exit failed }' "$1"
}

# The words of a refusal.
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
    check "$name: judged by the rules" judged "$name"
    check "$name: the same by an open" opened "$name"
    check "$name: compared with abidiff" compared "$name"
    if grep -q misfit "$name/verdict"; then
        check "$name: the words" worded "$name"
    fi
done <names

# No reason without a change.
reasons() {
    sed -n 's/^| \([a-z-]*\) | \(fits\|misfit\|one way\|either\) | .*/\1/p' "$page" | sort >reasons
    sed -n 's/^ *abidiff[-0-9.]*: [a-z]* [a-z]* \(.*\)/\1/p' "$table/changes" | sort -u |
        diff -u - reasons
}
check "every reason of the documentation is needed" reasons

finish

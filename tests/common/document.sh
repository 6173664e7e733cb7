# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests of a document and its example: in a copy of the example, runs the
# commands that the document shows, and looks for its sources.
. "$tests/common/transcript.sh"

normalise() {
    sed "s|$work/demo|/tmp/demo|g" "$@"
}

# from_sources LANGUAGE DOCUMENT: is each line of such a block one of the example?
from_sources() {
    awk -v start="\`\`\`$1" '$0 == start { on = 1; next } /^```$/ { on = 0 } on' "$2" >"$work/shown"
    [ -s "$work/shown" ] || return 1
    while IFS= read -r line; do
        cat ./*.* | grep -qxF -e "$line" || { echo "not in the example: $line"; return 1; }
    done <"$work/shown"
}

# document NAME LANGUAGE...: docs/NAME.md, whose section "An example" is about examples/NAME.
document() {
    document=$1
    shift
    cp -R "$tree/examples/$document" "$work/demo" && cd "$work/demo" || exit 1
    sed -n '/^## An example/,/^## [^A]/p' "$tree/docs/$document.md" >"$work/section.md"
    for language; do
        check "docs/$document.md shows the example's sources in $language" from_sources "$language" "$work/section.md"
    done
    ln -s "$PLUGIN" "$work/plugin"
    PATH=$work:$PATH shows "docs/$document.md" "$work/section.md"
}

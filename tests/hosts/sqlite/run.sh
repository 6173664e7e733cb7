# SPDX-License-Identifier: MIT
# SQLite's shell, with extensions of its ext/misc. It exports nothing: an extension gets a struct of
# function pointers, which grows at its end from version to version.
# shellcheck shell=sh disable=SC2154
set -u
. "$tests/hosts/hosts.sh"

# Of SQLite's own, and interrupted.c, which needs what 3.41 added.
extensions='series csv regexp uuid percentile spellfix shathree decimal interrupted'
# use EXTENSION: prints statements whose results depend on its functions.
use() {
    case $1 in
    series) echo "SELECT sum(value), count(*) FROM generate_series(3, 300, 7);" ;;
    csv) echo "CREATE VIRTUAL TABLE temp.t USING csv(data='a,1
b,22
c,333'); SELECT c0, c1 + 1 FROM temp.t ORDER BY c1 DESC;" ;;
    regexp) echo "SELECT 'abcabc' REGEXP '^(abc)+\$', 'abcab' REGEXP '^(abc)+\$';" ;;
    uuid) echo "SELECT length(uuid()), uuid_str('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11');" ;;
    percentile) echo "CREATE TABLE p(x); INSERT INTO p VALUES (1), (2), (7), (40);
        SELECT percentile(x, 25), percentile(x, 50) FROM p;" ;;
    spellfix) echo "CREATE VIRTUAL TABLE s USING spellfix1; INSERT INTO s(word) VALUES ('plugin'), ('module');
        SELECT word, distance FROM s WHERE word MATCH 'plogin' AND top = 1; SELECT editdist3('ab', 'abc');" ;;
    shathree) echo "SELECT hex(sha3('plugin', 256));" ;;
    interrupted) echo "SELECT interrupted();" ;;
    decimal) echo "SELECT decimal_add('0.1', '0.2'), decimal_mul('1e3', '0.5');" ;;
    esac
}

build() {
    mkdir -p out && cd out
    ../configure CFLAGS='-g -O1' --disable-tcl
    make -j"$jobs" sqlite3
    # 3.40 builds a script of libtool's without --disable-shared.
    if [ -e .libs/sqlite3 ]; then mv .libs/sqlite3 sqlite3; fi
    cp "$tests/hosts/sqlite/interrupted.c" ../ext/misc
    for extension in $extensions; do
        gcc -g -O1 -shared -fPIC -Wl,-Bsymbolic -I. \
            -o "$extension.so" "../ext/misc/$extension.c"
    done
}
stamp() {
    cd out
    rm -f ./*.expects
    "$PLUGIN" stamp sqlite3
    for extension in $extensions; do
        "$PLUGIN" stamp "$extension.so"
        printf '#include <plugin.h>\n#include "sqlite3ext.h"\nPLUGIN_EXPECTS("%s", %s);\n' \
            "sqlite3_${extension}_init" 'int (sqlite3 *, char **, const sqlite3_api_routines *)' \
            >"$extension.c"
        "$PLUGIN" build -buildmode=interface --grows='struct sqlite3_api_routines' \
            --grows='struct sqlite3_module,versioned=iVersion' -I. \
            -o "$extension.expects" "$extension.c"
    done
}

trees=
for suite in bookworm trixie; do
    sources sqlite3 "$suite" || continue
    once build build
    once stamp stamp
    trees="$trees $version=$tree/out"
done
for own in $trees; do
    for extension in $extensions; do
        use "$extension" >"${own#*=}/$extension.sql"
        outcome "${own#*=}/$extension.printed" "${own#*=}/sqlite3" -cmd ".load ${own#*=}/$extension.so" \
            :memory: ".read ${own#*=}/$extension.sql"
    done
done
for on in $trees; do
    for of in $trees; do
        for extension in $extensions; do
            judge "${on#*=}/sqlite3" "${of#*=}/$extension.so" "--interface=${on#*=}/$extension.expects"
            outcome "${of#*=}/$extension.printed" "${on#*=}/sqlite3" -cmd \
                ".load ${of#*=}/$extension.so" :memory: ".read ${of#*=}/$extension.sql"
            row "${on%%=*}" "${of%%=*}" "$extension" "$outcome"
        done
    done
done

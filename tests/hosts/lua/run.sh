# SPDX-License-Identifier: MIT
# Lua's interpreter, with modules of C: lpeg and cjson.
# shellcheck shell=sh disable=SC2154
set -u
. "$tests/hosts/hosts.sh"

modules='lpeg cjson'
use() {
    case $1 in
    lpeg) echo 'local lpeg = require "lpeg"
        local word = lpeg.C(lpeg.R("az") ^ 1) * lpeg.P(" ") ^ 0
        print(lpeg.match(lpeg.Ct(word ^ 1) / table.concat, "one two three"), lpeg.type(word))
        print(lpeg.match(lpeg.Cs((lpeg.P("a") / "b" + 1) ^ 0), "banana"))' ;;
    cjson) echo 'local cjson = require "cjson"
        local value = cjson.decode([[{"list": [1, 2.5, null, true], "name": "plugin"}]])
        print(#value.list, value.list[2], value.list[3] == cjson.null, value.name)
        print(cjson.encode({1, "two", {3}}), pcall(cjson.decode, "[1,"))' ;;
    esac
}

build() {
    make -C src generic MYCFLAGS='-g -O1 -DLUA_USE_POSIX -DLUA_USE_DLOPEN' MYLIBS='-Wl,-E -ldl'
}
stamp() {
    "$PLUGIN" stamp src/lua
    for module in $modules; do
        printf '#include <plugin.h>\n#include <lua.h>\nPLUGIN_EXPECTS("luaopen_%s", int (lua_State *));\n' \
            "$module" >"$module.c"
        "$PLUGIN" build -buildmode=interface -Isrc -o "$module.expects" "$module.c"
    done
}
# build_module NAME SOURCES: compiles the module with this tree's headers.
build_module() {
    gcc -g -O1 -shared -fPIC -Wl,-Bsymbolic -Isrc -o "$1.so" "$2"/*.c
    "$PLUGIN" stamp "$1.so"
}

trees=
for suite in bookworm trixie; do
    sources lua5.4 "$suite" || continue
    once build build
    once stamp stamp
    lua=$tree lua_version=$version
    for module in $modules; do
        sources "lua-$module" "$suite" || continue
        source=$tree module_version=$version
        rm -f "$source/dtoa.c" "$source/g_fmt.c" # cjson's other way of printing numbers
        tree=$lua version="Lua $lua_version, $module $module_version"
        once "$module-$module_version" build_module "$module" "$source"
        use "$module" >"$lua/$module.lua"
    done
    trees="$trees $lua_version=$lua"
done
for own in $trees; do
    for module in $modules; do
        [ -e "${own#*=}/$module.so" ] || continue
        outcome "${own#*=}/$module.printed" env LUA_CPATH="${own#*=}/?.so" "${own#*=}/src/lua" \
            "${own#*=}/$module.lua"
    done
done
for on in $trees; do
    for of in $trees; do
        for module in $modules; do
            [ -e "${of#*=}/$module.so" ] || continue
            judge "${on#*=}/src/lua" "${of#*=}/$module.so" "--interface=${on#*=}/$module.expects"
            outcome "${of#*=}/$module.printed" env LUA_CPATH="${of#*=}/?.so" "${on#*=}/src/lua" \
                "${of#*=}/$module.lua"
            row "${on%%=*}" "${of%%=*}" "$module" "$outcome"
        done
    done
done

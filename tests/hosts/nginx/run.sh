# SPDX-License-Identifier: MIT
# nginx: two versions, and three configurations of one of them, with its dynamic modules and two of
# others. nginx itself refuses a module of another version or configuration, by a number and a
# signature; what would happen is seen with a copy that does not ask.
# shellcheck shell=sh disable=SC2154
set -u
. "$tests/hosts/hosts.sh"
. "$tests/hosts/nginx/build.sh"

stamp() {
    "$PLUGIN" build -buildmode=interface -o out/nginx.expects "$tests/hosts/nginx/expects.c" \
        -Isrc/core -Isrc/event -Isrc/event/modules -Isrc/event/quic -Isrc/os/unix -Iobjs
    "$PLUGIN" stamp out/nginx
    for module in $modules; do [ ! -e "out/$module.so" ] || "$PLUGIN" stamp "out/$module.so"; done
}

sources_of_others
trees=
for configured in bookworm trixie trixie:compat trixie:debug,threads,file-aio; do
    configuration=${configured#"${configured%%:*}"}
    sources nginx "${configured%%:*}" "${configuration#:}" || continue
    # shellcheck disable=SC2046 # words
    once build build $(echo "${configuration#:}" | tr , '\n' | sed '/./s/^/--with-/')
    once stamp stamp
    trees="$trees $version=$tree/out"
done

for own in $trees; do
    for module in $modules; do
        [ -e "${own#*=}/$module.so" ] || continue
        outcome "${own#*=}/$module.printed" python3 "$tests/hosts/nginx/use.py" "${own#*=}/nginx" \
            "${own#*=}" "$module"
    done
done
# use NGINX: runs the module of the tree `of` in a program of the tree `on`.
use() {
    outcome "${of#*=}/$module.printed" python3 "$tests/hosts/nginx/use.py" "${on#*=}/$1" "${of#*=}" \
        "$module"
}
for on in $trees; do
    for of in $trees; do
        for module in $modules; do
            [ -e "${of#*=}/$module.so" ] || continue
            global=
            case $module in *stream_geoip*) global=--global=${of#*=}/ngx_stream_module.so ;; esac
            # shellcheck disable=SC2086 # it may be nothing
            judge "${on#*=}/nginx" "${of#*=}/$module.so" "--interface=${on#*=}/nginx.expects" $global
            use nginx
            if [ "$outcome" = refuses ]; then
                use nginx-unasked
                outcome="refuses, but $outcome"
            fi
            row "${on%%=*}" "${of%%=*}" "$module" "$outcome"
        done
    done
done

# SPDX-License-Identifier: MIT
# Sourced, after hosts.sh: builds bash, its loadable builtins, and a port.
# shellcheck shell=sh disable=SC2154

# build_shell [VARIABLE=VALUE...]: in a tree. What configure found out once holds for all versions.
build_shell() {
    cp "$build/bash/config.cache" config.cache || :
    ./configure -q -C --without-bash-malloc CFLAGS='-g -O1' "$@"
    grep -v '^ac_cv_env_' config.cache >"$build/bash/config.cache"
    make -j"$jobs"
}

# build_modules: as the Makefile of the loadables does it, which has no rule for some.
build_modules() {
    cd examples/loadables || return
    names=$(ls ./*.c | sed 's|^./||; s|\.c$||')
    # shellcheck disable=SC2046,SC2086
    make -j"$jobs" $(printf '%s.o ' $names)
    mkdir -p ../../modules
    for name in $names; do
        case $name in fltexpr) libraries=-lm ;; *) libraries= ;; esac
        gcc -shared -Wl,-soname,"$name" -o "../../modules/$name" "$name.o" $libraries
    done
    cd ../..
    "$PLUGIN" stamp bash modules/*
}

prefix=${PLUGIN%/bin/*}
library=$(dirname "$(find "$prefix" -name libplugin.so)")

# port_shell: in a tree of its own.
port_shell() {
    python3 "$tests/hosts/bash/port.py" .
    export PATH="${PLUGIN%/*}:$PATH"
    build_shell CPPFLAGS="-I$prefix/include" LDFLAGS="-L$library -Wl,-rpath,$library"
}

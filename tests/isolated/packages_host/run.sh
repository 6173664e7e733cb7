#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins that use packages of which the host has the live copy.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/packages_host
cd "$work" || exit 1
if [ -n "$TEST_CFLAGS" ]; then
    skip "all of it" "plugins with inits need libplugin, and the worker has no sanitizers"
    finish
    exit
fi
says_alike="s|$work/|DIR/|g; s|\.c:[0-9]*)|.c:N)|g; s/  *built by .*//; s/  [0-9]* uses/  N uses/"

# plugin_of OUT "FLAG..." FILE...
plugin_of() {
    out=$1
    flags=$2
    shift 2
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin $flags -o "$out" "$@"
}
host_of() {
    out=$1
    flags=$2
    shift 2
    # shellcheck disable=SC2086
    "$PLUGIN" build $flags -o "$out" "$source/host.c" "$@"
}
carried() { plugin_of "$1" "$2" "$source/plugin.c" "$source/tax.c" "$source/shop.c"; }

# ---- functions are calls back ----

# What any plugin that carries the package gives.
cat >expected.whole <<'E2'
total: 60
tax: 2
describe: plum: 30
raise: in the host: 1
is the shop's: 1
history: shop tax main
E2
# alike HOST PLUGIN: it gives this in both places.
alike() {
    "$1" "$2" process >in-process 2>&1
    "$1" "$2" isolated >isolated 2>&1
    diff -u expected.whole in-process && diff -u expected.whole isolated
}
check "the host builds" host_of host -O0 "$source/shop.c"
check "so does one of clang" host_of host_clang "--cc=clang -O2" "$source/shop.c"
for flags in -O0 -O2 "--cc=clang -O0" "--cc=clang -O2"; do
    check "a plugin builds ($flags)" carried ./plugin.so "$flags"
    check "it calls the host's copy, which alone has inits" alike ./host ./plugin.so
    check "and that of a host by clang" alike ./host_clang ./plugin.so
done
carried ./plugin.so -O2 && cp plugin.so other.so && carried ./other.so -O0
says "plugins in both places share it" ./host ./plugin.so process ./other.so isolated <<'E2'
total: 60
tax: 2
describe: plum: 30
raise: in the host: 1
is the shop's: 1
total: 65
tax: 2
describe: plum: 35
raise: in the host: 1
is the shop's: 1
history: shop tax main tax main
E2
says "and several that are isolated" ./host ./plugin.so isolated ./other.so isolated <<'E2'
total: 60
tax: 2
describe: plum: 30
raise: in the host: 1
is the shop's: 1
total: 65
tax: 2
describe: plum: 35
raise: in the host: 1
is the shop's: 1
history: shop tax main tax main
E2
HASH=$(sha256sum plugin.so | cut -d' ' -f1)
export HASH
lacks libsodium "under a trust policy, too" || check "under a trust policy, too" alike ./host ./plugin.so
unset HASH
check "and by a host with built-in plugins" eval '"$PLUGIN" build -buildmode=archive -o still.a "$source/plugin.c" \
    "$source/tax.c" "$source/shop.c" && host_of host_built_in "" "$source/shop.c" --with=still.a && \
    alike ./host_built_in ./plugin.so'

# ---- packages of libraries ----

build_libraries() {
    plugin_of libshop.so -Wl,-soname,libshop.so "$source/shop.c" &&
        host_of host_library "" -L. -lshop "-Wl,-rpath,\$ORIGIN" &&
        plugin_of linked.so "" "$source/plugin.c" "$source/tax.c" -L. -lshop "-Wl,-rpath,\$ORIGIN"
}
check "a host with the package in its library builds" build_libraries
check "a plugin calls that, too" alike ./host_library ./plugin.so
check "so does one that is linked with this library" alike ./host_library ./linked.so
check "of a host that carries the package itself, it calls the host's" alike ./host ./linked.so
check "a host that loads the library itself builds" host_of host_loads -DWITHOUT_SHOP -ldl
check "the library that the host has loaded has the package" alike ./host_loads ./plugin.so

build_library() {
    plugin_of liblibrary.so -Wl,-soname,liblibrary.so "$source/library.c" "$source/shop.c" &&
        plugin_of only.so "-DONLY_LIBRARY -DWITH_LIBRARY" "$source/plugin.c" -L. -llibrary "-Wl,-rpath,\$ORIGIN" &&
        plugin_of both.so -DWITH_LIBRARY "$source/plugin.c" "$source/tax.c" "$source/shop.c" -L. -llibrary \
            "-Wl,-rpath,\$ORIGIN"
}
check "plugins with a library that carries the package build" build_library
for place in process isolated; do
    says "a package that only the library uses is the host's ($place)" ./host ./only.so $place <<'E2'
by library: 60
history: shop library
E2
    says "one that both use is, too ($place)" ./host ./both.so $place <<'E2'
total: 60
tax: 2
describe: plum: 30
raise: in the host: 1
is the shop's: 1
by library: 70
history: shop library tax main
E2
done
export HASH="$(sha256sum only.so | cut -d' ' -f1)"
lacks libsodium "under a trust policy, the library must be trusted, too" ||
    says "under a trust policy, the library must be trusted, too" ./host ./only.so isolated <<'E2'
cannot open plugin ./only.so: its library liblibrary.so, at DIR/liblibrary.so: its SHA-256 is not in the trust policy
history: shop
E2
export HASH_OF_LIBRARY="$(sha256sum liblibrary.so | cut -d' ' -f1)"
lacks libsodium "and is the library that runs" || says "and is the library that runs" ./host ./only.so isolated <<'E2'
by library: 60
history: shop library
E2
unset HASH HASH_OF_LIBRARY

# ---- refusals ----

build_refused() {
    host_of host_refused -DWITH_REFUSED "$source/shop.c" &&
        plugin_of refused.so "-DWITH_REFUSED $1" "$source/plugin.c" "$source/tax.c" "$source/shop.c"
}
for flags in -O0 -O2 "--cc=clang -O2"; do
    check "a plugin with what cannot cross builds ($flags)" build_refused "$flags"
    says "it is refused, all at once, with what to do" ./host_refused ./refused.so isolated <<'E2'
cannot open plugin ./refused.so: it cannot be isolated (2 reasons):
  shop_secret: isolated plugins do not support variables of package example.com/shop, which the host carries: give it a function that returns the value, and make the variable static
  shop_sum: int shop_sum(int, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
history: shop
E2
    says "and by plugin check" "$PLUGIN" check --isolated host_refused refused.so <<'E2'
refused.so does not fit host_refused: it cannot be isolated (2 reasons):
  shop_secret: isolated plugins do not support variables of package example.com/shop, which the host carries: give it a function that returns the value, and make the variable static
  shop_sum: int shop_sum(int, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
E2
done
says "in process, it opens" ./host_refused ./refused.so process <<'E2'
total: 60
tax: 2
describe: plum: 30
raise: in the host: 1
is the shop's: 1
secret: 3
history: shop tax main
E2

# changed SED-SCRIPT: builds the plugin with another version of the package.
changed() {
    mkdir -p changed && cp "$source"/*.[ch] changed && sed -i "$1" changed/*.[ch] &&
        plugin_of changed.so "" changed/plugin.c changed/tax.c changed/shop.c
}
# refused NAME SED-SCRIPT: by an open, and alike by plugin check.
refused() {
    check "a plugin with $1 builds" changed "$2"
    says "$1: it is refused" ./host ./changed.so isolated
    sed '/^history/d; s|^./changed.so|changed.so|; s|DIR/host|host|' actual >by-open
    "$PLUGIN" check --isolated host changed.so 2>&1 | sed "$says_alike" >by-check
    check_same "and by plugin check" by-open by-check
}
refused "a struct that grew" 's/^    const char \*name;/    const char *name;\n    int tax;/' <<'E2'
./changed.so does not fit DIR/host (1 misfit):
  struct item: the host lacks member tax
      host    no such member; 16 bytes
      plugin  int tax;                   /* offset 16, 4 bytes */
      used by shop_each (parameter 1: typedef shop_visit: parameter 1), shop_find (parameter 1)
  N uses compared, 0 not
history: shop
E2
refused "another parameter" 's/int shop_price(int id)/int shop_price(long id)/; s/shop_is_price(shop_price)/1/' <<'E2'
./changed.so does not fit DIR/host (1 misfit):
  shop_price: parameter 1
      host    int    /* 4 bytes */
      plugin  long   /* 8 bytes */
  N uses compared, 0 not
history: shop
E2
refused "a pointer to const" 's/shop_find(struct item \*item)/shop_find(const struct item *item)/; s/    \*item = .*;//' <<'E2'
./changed.so does not fit DIR/host (1 misfit):
  shop_find: parameter 1
      host    struct item *         /* 8 bytes */
      plugin  const struct item *   /* 8 bytes */
  N uses compared, 0 not
history: shop
E2
build_other_type() {
    echo 'long shop_price(long id); int library_price(int id) { return (int)shop_price(id); }' >other.c
    plugin_of liblibrary.so -Wl,-soname,liblibrary.so other.c -L. -lshop "-Wl,-rpath,\$ORIGIN"
}
check "a library that calls the package by another type builds" build_other_type
says "it is refused" ./host ./only.so isolated <<'E2'
cannot open plugin ./only.so: it cannot be isolated (1 reason):
  shop_price: library DIR/liblibrary.so of the plugin calls it by another type than the host's: result: long, and not int
history: shop
E2
says "and by plugin check" "$PLUGIN" check --isolated host only.so <<'E2'
only.so does not fit host: it cannot be isolated (1 reason):
  shop_price: library DIR/liblibrary.so of the plugin calls it by another type than the host's: result: long, and not int
E2

# ---- inits of the host's copy ----

export SHOP_FAILS=1
for place in process isolated; do
    says "a failed init of the host's copy refuses the plugin ($place)" ./host_loads ./plugin.so $place <<'E2'
cannot open plugin ./plugin.so: the init of package example.com/shop (shop.c:N) failed: the shop is closed
history: shop
E2
done
unset SHOP_FAILS
export SHOP_OPENS=./plugin.so
says "an init of the host's copy cannot open who needs it (process)" ./host <<'E2'
cannot open plugin ./plugin.so: package example.com/shop is already being initialised by this call chain
history: shop
E2
SHOP_WHERE=isolated says "an init of the host's copy cannot open who needs it (isolated)" ./host <<'E2'
cannot open plugin ./plugin.so: package example.com/shop is already being initialised by this call chain
history: shop
E2
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages have one live copy in a process, in C and in C++; private code is not shared.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/packages/setup.sh"

# ---- one live copy ----

# shellcheck disable=SC2086 # lists of files
{
    check "build a" plugin_of a.so -DNAME='"a"' "$sources/plugin.c" $geom
    check "build b, by another compiler" plugin_of b.so "--cc=$other" -O2 -DNAME='"b"' "$sources/plugin.c" $geom
    check "build c, with -flto" plugin_of c.so -O2 -flto -DNAME='"c"' "$sources/plugin.c" $geom
    check "build a host" host_of host "$sources/host.c"
    check "build a host that carries the package" host_of host_geom -DCARRIES "$sources/host.c" $geom
    check "build a library that carries the package" plugin_of libgeom.so -Wl,-soname,libgeom.so $geom
    check "build a host whose library carries the package" host_of host_lib -DCARRIES \
        "$sources/host.c" -L. -lgeom -Wl,-rpath,"$work"
}

expect "a host and a plugin share a package" ./host_geom ./a.so <<'E2'
host hit 1
hit 2, variable same, function same, helper 1, area 6, helper is local
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
ran: a
E2
expect "two plugins share a package that the host lacks" ./host ./a.so ./b.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: a
ran: b
E2
expect "they share it in the other order, with a third plugin" ./host ./b.so ./a.so ./c.so ./b.so <<'E2'
hit 1, variable same, function same, helper 1, area 6, helper is local
hit 2, variable same, function same, helper 1, area 6, helper is global
hit 3, variable same, function same, helper 1, area 6, helper is global
hit 4, variable same, function same, helper 2, area 6, helper is global
ran: main
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: b
ran: a
ran: c
E2
expect "plugins share the package of the host's library" ./host_lib ./a.so ./c.so <<'E2'
host hit 1
hit 2, variable same, function same, helper 1, area 6, helper is local
hit 3, variable same, function same, helper 1, area 6, helper is local
ran: num
ran: geom 1
ran: geom 2
ran: geom 3
ran: host
ran: main
ran: a
ran: c
E2

# Three plugins in a diamond: the packages of the third are live in the first and in the second.
cat >right.c <<'E2'
#include <plugin.h>
PLUGIN_IMPORT("example.com/slow");
extern int slow_value;
PLUGIN_USES(slow_value);
int hit(void) { return slow_value += 10; }
E2
cat >bottom.c <<'E2'
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/slow");
PLUGIN_IMPORT("example.com/num");
extern int slow_value;
PLUGIN_USES(slow_value);
PLUGIN_USES(num_next);
int hit(void) { return 100 * num_next() + slow_value; }
E2
check "build the left of a diamond" plugin_of left.so "$sources/left.c" "$sources/num.c"
check "build the right of the diamond" plugin_of right.so right.c "$sources/slow.c"
check "build the bottom of the diamond" plugin_of bottom.so bottom.c "$sources/slow.c" "$sources/num.c"
check "build the host of the diamond" host_of hits "$sources/hits.c"
expect "a diamond: two packages of a plugin are live in two other plugins" \
    ./hits ./left.so ./right.so ./bottom.so ./left.so ./right.so <<'E2'
./left.so: 1
./right.so: 11
./bottom.so: 211
./left.so: 3
./right.so: 21
ran: num
ran: slow begins
ran: slow ends
E2
expect "the diamond, opened from its bottom" ./hits ./bottom.so ./left.so ./right.so <<'E2'
./bottom.so: 101
./left.so: 2
./right.so: 11
ran: slow begins
ran: slow ends
ran: num
E2

# ---- private code is not shared ----

for version in 1 2; do
    cat >zlib$version.c <<E2
int calls;
static int steps;
int deflate(void) { return $version * 1000 + 10 * ++calls + ++steps; }
E2
    cat >main$version.c <<'E2'
int deflate(void);
int hit(void) { return deflate(); }
E2
    check "build a plugin with version $version of a library" \
        plugin_of private$version.so main$version.c zlib$version.c
done
sed 's/1000/9000/' zlib1.c >zlib9.c
cat >private_host.c <<'E2'
int deflate(void);
int use(void) { return deflate(); }
E2
check "build a host that exports a third version" host_of hits9 "$sources/hits.c" private_host.c zlib9.c
check "build a plugin with only a package" plugin_of package_only.so "$sources/only.c"
expect "attack 9: two plugins keep two versions of a library apart" ./hits9 ./private1.so ./private2.so ./private1.so <<'E2'
./private1.so: 1011
./private2.so: 2011
./private1.so: 1022
E2
expect "a lookup of a package's symbol is an error that says so" ./hits9 ./package_only.so <<'E2'
symbol hit not found in plugin package_only.so: it belongs to package example.com/only, and plugin_lookup finds only symbols of the main package
E2
# The same beside a package, whose symbols are linked differently, and after promotion of a plugin.
for version in 1 2; do
    cat >both$version.c <<'E2'
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/num");
PLUGIN_USES(num_next);
int deflate(void);
int hit(void) { return 100000 * num_next() + deflate(); }
E2
    check "build a plugin with a package and version $version" \
        plugin_of both$version.so both$version.c zlib$version.c "$sources/num.c"
done
expect "plugins that share a package keep private code apart" ./hits9 ./both1.so ./both2.so ./both1.so <<'E2'
./both1.so: 101011
./both2.so: 202011
./both1.so: 301022
ran: num
E2
# With gold, --dynamic-list does not imply -Bsymbolic for the other symbols.
if command -v ld.gold >/dev/null; then
    check "build a plugin with a package by gold" plugin_of both_gold.so -fuse-ld=gold both2.c zlib2.c "$sources/num.c"
    expect "so does one that gold linked" ./hits9 ./both1.so ./both_gold.so <<'E2'
./both1.so: 101011
./both_gold.so: 202011
ran: num
E2
fi

# Variables of inline functions and templates, which g++ makes STB_GNU_UNIQUE.
lacks c++ "private variables of C++ headers" || {
for version in 1 2; do
    cat >inline$version.cc <<E2
template <class T> struct count { static T steps; };
template <class T> T count<T>::steps = 1000 * $version;
inline int &calls() { static int table[$version]; return table[$version - 1]; }
extern "C" int hit() { return ++count<int>::steps + 10 * ++calls(); }
E2
    check "build a plugin with version $version of a C++ header" plugin_of inline$version.so \
        inline$version.cc
    check "build one with version $version, and a package" plugin_of inline_both$version.so -DNAME='"inline"' \
        inline$version.cc -x c "$sources/num.c"
done
check "build one by another compiler" plugin_of inline_other.so "--cc=$other_cplusplus" -O1 inline2.cc
expect "two plugins keep two versions of a C++ header apart" \
    ./hits9 ./inline1.so ./inline2.so ./inline_other.so ./inline1.so <<'E2'
./inline1.so: 1011
./inline2.so: 2011
./inline_other.so: 2011
./inline1.so: 1022
E2
expect "two plugins keep them apart beside a package" ./hits9 ./inline_both1.so ./inline_both2.so <<'E2'
./inline_both1.so: 1011
./inline_both2.so: 2011
ran: num
E2
}

# ---- C++ ----

lacks c++ "packages in C++" || {
check "build a C++ plugin with a C++ package" plugin_of cplus1.so "$sources/uses_object.cc" \
    "$sources/object.cc"
check "build another C++ plugin, by another compiler" plugin_of cplus2.so "--cc=$other_cplusplus" -O1 "$sources/uses_object.cc" \
    "$sources/object.cc"
check "build a C++ host" host_of cplus_host "$sources/object_host.cc"
check "build a C++ host that carries the package" host_of cplus_carrier "$sources/object_host.cc" \
    "$sources/object.cc"
expect "a package in C++ is shared" ./cplus_host ./cplus1.so ./cplus2.so <<'E2'
42
43
ran: object constructed
ran: user of object
ran: user of object
E2
expect "a C++ host shares it, too" ./cplus_carrier ./cplus1.so ./cplus2.so <<'E2'
42
43
ran: object constructed
ran: user of object
ran: user of object
E2

# Definitions in a package's header belong to the package, whichever file's copy the linker kept.
cat >level.hh <<'E2'
namespace level {
inline int value = 1;
template <class T> struct table { static T row; };
template <class T> T table<T>::row = 1;
int get();
} // namespace level
inline int level_of_all = 1;
E2
cat >level.cc <<'E2'
#include "level.hh"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/level");
int level::get() { return value * 10000 + table<int>::row * 100 + level_of_all; }
E2
cat >uses_level.cc <<'E2'
#include "level.hh"
#include <plugin.h>
PLUGIN_IMPORT("example.com/level");
extern "C" int hit()
{
    level::value++;
    level::table<int>::row++;
    level_of_all++;
    return level::get();
}
E2
check "build a plugin linked before its C++ package" plugin_of level1.so -std=c++17 uses_level.cc level.cc
check "build one by another compiler" plugin_of level2.so "--cc=$other_cplusplus" -std=c++17 -O1 \
    uses_level.cc level.cc
check "build one linked after its package" plugin_of level3.so -std=c++17 -O2 level.cc uses_level.cc
expect "definitions in a C++ package's header are shared" \
    ./hits ./level1.so ./level2.so ./level3.so ./level1.so <<'E2'
./level1.so: 20202
./level2.so: 30303
./level3.so: 40404
./level1.so: 50505
E2
}

finish

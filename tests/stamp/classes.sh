#!/bin/sh
# SPDX-License-Identifier: MIT
# C++ classes: their bases, members, and virtual functions in their places, as each compiler says them.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1

cat >class.h <<'EOF_C'
struct Plain { int a; char b; };
struct Base {
    virtual ~Base() {}
    virtual int gain(int x) = 0;
    virtual const char *name() { return "base"; }
    int level;
};
struct Other { virtual long other() { return 1; } long n; };
struct Derived : Plain, Base, Other {
    int gain(int x) override { return x; }
    virtual int more(double x) { return (int)x; }
    long other() override { return 2; }
    short s : 3;
    int (Other::*to)();
};
struct Shared : virtual Base { int gain(int x) override { return x; } int own; };
EOF_C
cat >host.cc <<'EOF_C'
#include "class.h"
extern "C" int use(Base *b, Derived *d, Shared *s) { return b->gain(1) + d->more(1) + s->own; }
int main() { return 0; }
EOF_C
cat >mod.cc <<'EOF_C'
#include "class.h"
extern "C" int use(Base *b, Derived *d, Shared *s);
extern "C" int run() { Derived d; Shared s; return use(&d, &d, &s); }
EOF_C
cp class.h same.h
# Without these flags, compilers describe a class in one file only, that of its first virtual function.
gcc='g++ -femit-class-debug-always'
clang='clang++ -fstandalone-debug'
# built COMPILER COMPILER EDIT: the host, and the plugin of an edited header.
built() {
    # shellcheck disable=SC2086 # words
    $1 -g -rdynamic -o host host.cc && sed "$3" same.h >class.h &&
        $2 -g -O1 -shared -fPIC -Wl,-Bsymbolic -o mod.so mod.cc && cp same.h class.h && "$PLUGIN" stamp host mod.so
}
changed() { sed "$1" same.h | diff same.h - >changes || return 0; echo "the header is as it was"; return 1; }
# differs EDIT TYPE USE: the edited plugin does not fit, for the cause in this type, and what leads to it.
differs() {
    changed "$1" && built "$gcc" "$gcc" "$1" || return 1
    "$PLUGIN" check host mod.so >said && { echo "it fits"; return 1; }
    has said "  $2" && has said "used by use ($3)"
}
for host in "$gcc" "$clang"; do
    for plugin in "$gcc" "$clang" "$gcc -gdwarf-4"; do
        check "classes by $host and $plugin" built "$host" "$plugin" ''
        check "agree, by $host and $plugin" "$PLUGIN" check --strict host mod.so
        check "and nothing of them is unknown" sh -c \
            '! "$0" inspect host mod.so | grep "unknown type"' "$PLUGIN"
    done
done
swap='/virtual int gain/{h;d};/virtual const char/{p;x}'
check "two virtual functions that changed places" differs "$swap" \
    'struct Base_vtable: members gain and name changed places' 'parameter 1: struct Base: member _vptr'
check "even if a member differs, too" differs "$swap;s/int level/double level/" \
    'struct Base_vtable: members gain and name changed places' 'parameter 1: struct Base: member _vptr'
check "another type of a virtual function" differs 's/virtual const char \*name()/virtual char *name()/' \
    'struct Base_vtable: member name: result' 'parameter 1: struct Base: member _vptr'
check "another parameter of one" differs 's/gain(int x)/gain(long x)/' \
    'struct Base_vtable: member gain: parameter 2' 'parameter 1: struct Base: member _vptr'
check "a new virtual function" differs 's/^    int level;/    virtual void last() {}\n    int level;/' \
    'struct Base_vtable: the host lacks member last' 'parameter 1: struct Base: member _vptr'
check "a virtual function of a derived class" differs 's/more(double x)/more(float x)/' \
    'struct Derived_vtable: member more: parameter 2' 'parameter 2: struct Derived: member _vptr'
check "a member of a base" differs 's/char b;/short b;/' 'struct Plain: member b' \
    'parameter 2: struct Derived: member Plain'
check "another order of bases" differs 's/: Plain, Base, Other/: Plain, Other, Base/' \
    'struct Derived_vtable: the plugin lacks member other' 'parameter 2: struct Derived: member _vptr'
check "a base less" differs 's/: Plain, Base, Other/: Base, Other/' \
    'struct Derived: the plugin lacks member Plain; 3 members behind it moved' 'parameter 2'
check "a member of a class with bases" differs 's/short s : 3/short s : 4/' 'struct Derived: member s' \
    'parameter 2'
check "a base that is virtual" differs 's/: virtual Base/: Base/' \
    'struct Shared: the plugin lacks members _vptr and virtual_base_24_Base, the host lacks member Base' \
    'parameter 3'
check "a pointer to a member of another class" differs 's/(Other::\*to)/(Base::*to)/' \
    'struct pointer_to_member: member of' 'parameter 2: struct Derived: member to'

# What is not in a function's type: what it converts to, in each compiler's words, and which objects it
# is called for.
cat >class.h <<'EOF_C'
struct Base {
    virtual int part() & { return 1; }
    virtual int part() && { return 2; }
    virtual operator unsigned long() { return 3; }
    virtual operator const char *() { return ""; }
};
EOF_C
cat >host.cc <<'EOF_C'
#include "class.h"
extern "C" int use(Base *b) { return b->part(); }
int main() { return 0; }
EOF_C
cat >mod.cc <<'EOF_C'
#include "class.h"
extern "C" int use(Base *b);
extern "C" int run() { Base b; return use(&b); }
EOF_C
mv same.h interface.h
cp class.h same.h
for plugin in "$gcc" "$clang"; do
    check "conversions, and functions for lvalues, by gcc and $plugin" built "$gcc" "$plugin" ''
    check "agree, by gcc and $plugin" "$PLUGIN" check --strict host mod.so
done
check "two functions that differ in their objects alone" differs '/part() &&/d;s/\(.*\)part() & \(.*\)/\1part() \&\& \2\n&/' \
    'struct Base_vtable: members part & and part && changed places' 'parameter 1: struct Base: member _vptr'
check "another conversion" differs 's/const char \*()/char *()/' \
    'struct Base_vtable: member operator conversion: result' 'parameter 1: struct Base: member _vptr'
mv interface.h same.h
cp same.h class.h

# The standard library's classes, by each compiler.
cat >standard.h <<'EOF_C'
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>
extern "C" {
int strings(std::string &, const std::vector<std::string> &, std::map<std::string, int> *);
int streams(std::ostream &, std::ifstream &, std::stringstream &);
int others(std::function<int(int)> &, std::shared_ptr<int> &, std::unordered_map<int, std::string> &);
int by_value(std::string, std::array<int, 5>);
}
EOF_C
cat >standard_host.cc <<'EOF_C'
#include "standard.h"
int strings(std::string &s, const std::vector<std::string> &v, std::map<std::string, int> *m) { return (int)(s.size() + v.size() + m->size()); }
int streams(std::ostream &o, std::ifstream &i, std::stringstream &s) { return o.good() + i.good() + s.good(); }
int others(std::function<int(int)> &f, std::shared_ptr<int> &p, std::unordered_map<int, std::string> &u) { return f(*p) + (int)u.size(); }
int by_value(std::string s, std::array<int, 5> a) { return (int)s.size() + a[0]; }
int main() { return 0; }
EOF_C
cat >standard_mod.cc <<'EOF_C'
#include "standard.h"
template <class T> T &as(void *p) { return *(T *)p; }
extern "C" int run(void *p)
{
    return strings(as<std::string>(p), as<std::vector<std::string>>(p), (std::map<std::string, int> *)p) +
           streams(as<std::ostream>(p), as<std::ifstream>(p), as<std::stringstream>(p)) +
           others(as<std::function<int(int)>>(p), as<std::shared_ptr<int>>(p), as<std::unordered_map<int, std::string>>(p)) +
           by_value(as<std::string>(p), as<std::array<int, 5>>(p));
}
EOF_C
for host in "$gcc" "$clang"; do
    for plugin in "$gcc" "$clang"; do
        # shellcheck disable=SC2086 # words
        check "the standard library by $host and $plugin" sh -c "
            $host -std=c++17 -g -rdynamic -o host standard_host.cc &&
            $plugin -std=c++17 -g -O1 -shared -fPIC -Wl,-Bsymbolic -o mod.so standard_mod.cc && '$PLUGIN' stamp host mod.so"
        check "agrees, by $host and $plugin" "$PLUGIN" check --strict host mod.so
    done
done
check "and nothing of it is unknown" sh -c '! "$0" inspect host mod.so | grep "unknown type"' "$PLUGIN"

# The usual interface: an abstract class, made by one function.
cat >mod.cc <<'EOF_C'
#include "class.h"
struct Mine : Base { int gain(int x) override { return x * 2; } };
extern "C" Base *create() { return new Mine; }
EOF_C
cat >opens.cc <<'EOF_C'
#include "class.h"
#include <plugin.h>
#include <cstdio>
int main()
{
    plugin *p = plugin_open("./mod.so");
    Base *(*create)() = plugin_as(plugin_lookup(p, "create"), Base *(*)());
    if (!create)
        return puts(plugin_error()), 1;
    return create()->gain(2) != 4;
}
EOF_C
opens() {
    sed "$1" same.h >class.h
    "$PLUGIN" build -buildmode=plugin --cc=g++ -o mod.so mod.cc || return 2
    cp same.h class.h
    ./opens
}
check "a host that asks for a class" "$PLUGIN" build --cc=g++ -o opens opens.cc
check "gets it" opens ''
check_fails 1 "but not one whose functions changed places" opens "$swap"
cp log said
check "and is told which" has said 'struct Base_vtable: members gain and name changed places'
"$PLUGIN" header mod.so >mod.h
check "the header declares the class incomplete" has mod.h 'struct Base;'
check "and compiles" gcc -fsyntax-only mod.h

if command -v bpftool >/dev/null || [ -x /usr/sbin/bpftool ]; then
    PATH=$PATH:/usr/sbin bpftool btf dump file mod.so format raw >dump
    check "bpftool prints the virtual functions" has dump "STRUCT 'Base_vtable' size=32 vlen=3"
fi

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin build: C++ classes are described in each file that uses them, whoever defines their functions.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1

cat >new.h <<'EOF_C'
struct job { int id; double weight; job(int id); };
struct shape { virtual int area(); double weight; };
extern "C" int submit(job *j);
extern "C" int draw(shape *s);
EOF_C
sed 's/double weight/float weight/' new.h >old.h
cat >host.cc <<'EOF_C'
#include "new.h"
job::job(int i) : id(i), weight(3) {}
int shape::area() { return 1; }
extern "C" job *make_job(int i) { return new job(i); }
extern "C" int submit(job *j) { return (int)j->weight; }
extern "C" int draw(shape *s) { return s->area(); }
int main() { return 0; }
EOF_C
cat >mod.cc <<'EOF_C'
#include VERSION
extern "C" job *make_job(int);
extern "C" int run() { job *j = make_job(1); j->weight = 5; return submit(j); }
extern "C" int run2(shape *s) { s->weight = 2; return draw(s); }
EOF_C
# shellcheck disable=SC2086 # flags are words
for compiler in g++ clang++; do
    check "a host by $compiler" "$PLUGIN" build ${TEST_CFLAGS:-} --cc="$compiler" -o host host.cc
    for with in g++ clang++; do
        check "a plugin by $with" "$PLUGIN" build ${TEST_CFLAGS:-} -buildmode=plugin --cc="$with" -O1 \
            '-DVERSION="new.h"' -o mod.so mod.cc
        check "of the same classes fits, by $compiler and $with" "$PLUGIN" check host mod.so
        check "a plugin by $with, of others" "$PLUGIN" build ${TEST_CFLAGS:-} -buildmode=plugin \
            --cc="$with" -O1 '-DVERSION="old.h"' -o mod.so mod.cc
        check_fails 1 "does not fit, by $compiler and $with" "$PLUGIN" check host mod.so
        cp log said
        check "because of a class of constructors" has said 'struct job: member weight'
        check "and of one of virtual functions" has said 'struct shape: member weight'
    done
done

finish

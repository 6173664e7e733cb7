#!/bin/sh
# SPDX-License-Identifier: MIT
# A struct that a file knows by its tag only: another file of the module completes it if the two share
# a function or variable of it; a private one of the same tag does not.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1

# The file that exports submit(struct job *), and knows no more of it.
printf 'struct job;\n%s\nint submit(struct job *j) { %s }\n' 'int run(struct job *);' 'return run(j);' >calls.c
printf 'struct job;\n%s\nint submit(struct job *j) { %s }\n' 'extern struct job *now;' \
    'return now == j;' >reads.c
printf 'struct job;\n%s\nint submit(struct job *j) { %s }\n' 'void each(int (*)(struct job *));' \
    'each(submit); return !j;' >calls_back.c
printf 'struct job;\n%s\nint submit(struct job *j) { %s }\n' 'int pass(struct job *);' \
    'return pass(j);' >passes.c
printf 'struct job;\n%s\nint submit(struct job *j) { %s }\n' 'int other(int);' 'return other(!j);' >alone.c
printf 'struct job;\nint run(struct job *);\nint pass(struct job *j) { return run(j); }\n' >pass.c
# Files that know a struct job of their own.
job='struct job { int priority, id; };'
echo "$job VIS int run(struct job *j) { return j->id; }" >run.c
echo "$job VIS struct job *now;" >now.c
echo "$job VIS void each(int (*f)(struct job *)) { struct job j = {1, 2}; f(&j); }" >each.c
echo "$job int other(int i) { struct job j = {i, 2}; return j.id; } struct job *mine(void) { return 0; }" >other.c
echo 'struct job { short x; }; struct job *theirs(void) { return 0; }' >theirs.c
echo 'int main(void) { return 0; }' >main.c
# The plugin's is another one.
cat >mod.c <<'EOF_C'
struct job { int id, priority; };
int submit(struct job *);
int go(void) { static struct job j = {1, 2}; return submit(&j); }
EOF_C
gcc -g -shared -fPIC -Wl,-Bsymbolic -o mod.so mod.c
"$PLUGIN" stamp mod.so
# host FILE...: builds one of the files, and main.c.
host() { gcc -g "-DVIS=$visible" $level -rdynamic -o host main.c "$@" && "$PLUGIN" stamp host; }
# shellcheck disable=SC2034 # read by host
for visible in '' '__attribute__((visibility("hidden")))'; do
    for level in -O0 -O2; do
        name="${visible:-exported} $level"
        check "a call, $name" host calls.c run.c
        check_fails 1 "completes the struct, $name" "$PLUGIN" check host mod.so
        cp log said
        check "so that the misfit shows it, $name" has said 'struct job: members priority and id changed places'
        check "a call through a third file, $name" host passes.c pass.c run.c
        check_fails 1 "does, too, $name" "$PLUGIN" check host mod.so
        check "a callback, $name" host calls_back.c each.c
        check_fails 1 "does, too, $name" "$PLUGIN" check host mod.so
        check "a variable, $name" host reads.c now.c
        check_fails 1 "does, too, $name" "$PLUGIN" check host mod.so
        check "no function or variable of it, $name" host alone.c other.c
        check "does not, $name" "$PLUGIN" check --strict host mod.so
        check "nor do several private ones, $name" host alone.c other.c theirs.c
        check "which leave it incomplete, $name" "$PLUGIN" check --strict host mod.so
        check "a call, beside a private one, $name" host calls.c run.c theirs.c
        check_fails 1 "completes it, $name" "$PLUGIN" check host mod.so
    done
done
for compiler in gcc clang; do
    check "a plugin by $compiler, of a private struct" "$PLUGIN" build -buildmode=plugin --cc=$compiler \
        -o private.so alone.c other.c theirs.c
    check "has its incomplete one, $compiler" sh -c \
        '! "$0" header private.so | grep -q "struct job {.*short x"' "$PLUGIN"
done
bpftool_path=$PATH:/usr/sbin
if PATH=$bpftool_path command -v bpftool >/dev/null; then
    PATH=$bpftool_path bpftool btf dump file private.so format raw >dump
    check "nothing is left of how it is kept apart" sh -c '! grep -q "another" dump'
fi

# The private one may be of no symbol's type.
echo 'struct job { short x; }; static struct job unused; int other(int i) { return i + unused.x; }' >unseen.c
for compiler in gcc clang; do
    check "a private struct that no symbol has, by $compiler" $compiler -g -shared -fPIC -Wl,-Bsymbolic -o x.so alone.c unseen.c
    check "is none that completes another, $compiler" "$PLUGIN" stamp x.so
done

# What a plugin uses is as each file declares it.
echo 'struct job; int submit(struct job *); struct job *get(void); int go(void) { return submit(get()); }' >uses.c
echo 'struct job { int id, priority; }; int take(struct job *); int go2(void) { struct job j = {1, 2}; return take(&j); }' >uses2.c
echo "$job int submit(struct job *j) { return j->id; } struct job *get(void) { return 0; }
      int take(char *v) { return !v; } int main(void) { return 0; }" >host2.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o mod.so uses.c uses2.c
gcc -g -rdynamic -o host host2.c
check "a use of an incomplete struct" "$PLUGIN" stamp host mod.so
check_fails 1 "is not completed by another use" "$PLUGIN" check host mod.so
cp log said
check "so that only that one is a misfit" has said '(1 misfit)'
check "which is named" has said '  take: parameter 1'

# In C++, there is one class of each name.
echo 'namespace a { struct job; } extern "C" int submit(a::job *j) { return !j; }' >a.cc
echo 'namespace a { struct job { int priority, id; }; } a::job here; int main() {}' >b.cc
echo 'namespace a { struct job { int id, priority; }; } extern "C" int submit(a::job *);
      extern "C" int go() { a::job j = {1, 2}; return submit(&j); }' >mod.cc
check "a class of another file in C++" sh -c 'g++ -g -shared -fPIC -Wl,-Bsymbolic -o mod.so mod.cc &&
    g++ -g -rdynamic -o host a.cc b.cc && "$0" stamp host mod.so' "$PLUGIN"
check_fails 1 "is the same class" "$PLUGIN" check host mod.so
sed 's/namespace a/namespace b/g; s/a::/b::/g' b.cc >c.cc
check "one of another namespace" sh -c 'g++ -g -rdynamic -o host a.cc c.cc && "$0" stamp host' "$PLUGIN"
check "is not" "$PLUGIN" check --strict host mod.so
printf '%s\n' 'namespace { struct job; } extern "C" { job *own; int submit(job *j) { return j == own; } }' >a.cc
sed 's/namespace a/namespace/; s/a::job/job/' b.cc >c.cc
check "one of a namespace without a name" sh -c 'g++ -w -g -rdynamic -o host a.cc c.cc && "$0" stamp host' "$PLUGIN"
check "is not either" sh -c '! "$0" header host | grep -q "int priority"' "$PLUGIN"

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# A release: the tarball is the same each time, has a checksum and a signature, and builds outside git; the
# workflow runs the steps of .ci/run.
. "$(dirname "$0")/../common/tap.sh"

# ---- the steps ----

"$tree/.ci/run" --list >"$work/steps"
steps() { python3 -c 'import sys, yaml
jobs = yaml.safe_load(open(sys.argv[1]))["jobs"]
runs = [step.get("run", "") for step in jobs["ci"]["steps"]]
assert list(jobs) == ["ci"] and runs[-1] == ".ci/run ${{ matrix.step }}", runs
print(*jobs["ci"]["strategy"]["matrix"]["step"], sep="\n")' "$tree/.github/workflows/ci.yml" >"$work/matrix"; }
check "the workflow is YAML and runs .ci/run with each step of its matrix" steps
check_same "its matrix has the steps of .ci/run, in their order" "$work/steps" "$work/matrix"
sed -n 's/^    \([a-z0-9-]*\))$/\1/p' "$tree/.ci/run" >"$work/cases"
check_same "each step has commands" "$work/steps" "$work/cases"
check_fails 2 ".ci/run refuses a step that it does not have, before it runs one" "$tree/.ci/run" format nonsense
echo ".ci/run: no step nonsense; the steps are: $(tr '\n' ' ' <"$work/steps" | sed 's/ $//')" >"$work/wanted"
check_same "and names those that it has" "$work/wanted" "$work/log"
check ".ci/run runs a step alone" "$tree/.ci/run" format

# ---- the tarball ----

# The tree may belong to another user.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$tree"
if ! git -C "$tree" rev-parse HEAD >/dev/null 2>&1; then
    skip "the tarball" "this tree is no git repository: it is a tarball itself, or lacks git"
    finish
    exit
fi
version=$("$PLUGIN" --version)
name=plugin-${version#plugin }
cd "$work" || exit 1
check "a tarball is made without a key" "$tree/tools/dist" first
cp log said
check "which says how to sign it" has said "first/$name.tar.xz is not signed; sign it by: make dist KEY=FILE"
printf '\n' | minisign -G -f -W -p key.pub -s key.sec >/dev/null 2>&1
(umask 077 && mkdir second)
signs() { (umask 077 && TZ=Asia/Tokyo "$tree/tools/dist" second "$PLUGIN" "$work/key.sec"); }
check "a tarball is made with a key" signs
check "the two are the same bytes" cmp "first/$name.tar.xz" "second/$name.tar.xz"
check "minisign verifies it" minisign -V -p key.pub -m "second/$name.tar.xz"
check "its checksum is right" sh -c 'cd second && sha256sum -c SHA256SUMS'
check_fails 1 "outside git no tarball is made" sh -c 'mkdir -p copy/tools && cp "$0" copy/tools && GIT_CEILING_DIRECTORIES=$PWD copy/tools/dist third' "$tree/tools/dist"
cp log said
check "and it says why" has said "is not a git repository"

tar -xf "first/$name.tar.xz"
git -C "$tree" ls-tree -r --name-only HEAD | sort >wanted
(cd "$name" && find . ! -type d | sed 's|^\./||' | sort) >actual
check_same "it has each file of the commit, in a folder of its name" wanted actual
demo() {
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS GIT_CEILING_DIRECTORIES="$work" CFLAGS='-O0 -g0' \
        make -C "$name" demo SETUP="-Dbuildtype=plain"
}
check "it builds, and its demo runs" demo
cp log said
check "which prints what it must" has said "Hello, number 7"
check "its command has its version" sh -c '[ "$("$0" --version)" = "$1" ]' "$name/build/stage/usr/local/bin/plugin" "$version"

finish

# SPDX-License-Identifier: MIT
# The Debian packages: built twice, lintian, symbols; the debhelper addon, by the example source package;
# its packages, installed and run. tests/debian/run calls it, with $build.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
says_alike=

: "${build:?}"
maker=$build/maker runner=$build/runner repository=$build/maker/packages
cd "$work" || exit 1

# ---- the systems ----

# in_root ROOT COMMAND: a shell command in another root, with its own /proc where that is allowed, and with
# nothing of the calling make.
in_root() {
    root=$1
    shift
    set -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${options:+"DEB_BUILD_OPTIONS=$options"} chroot "$root" sh -euc "$1"
    if [ $has_proc = yes ]; then
        # shellcheck disable=SC2016 # the arguments of that shell
        unshare --mount sh -c 'root=$1; shift; mount -t proc proc "$root/proc" && exec "$@"' sh "$root" "$@"
    else
        "$@"
    fi
}
options=

# The mirror of this machine; none is debootstrap's own.
find_mirror() {
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -e "$list" ] && sed -n 's/^URIs: *\([^ ]*\).*/\1/p' "$list" | grep -m 1 '/debian/*$' && return
    done
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\).*/\2/p' | grep -m 1 '/debian/*$'
}
make_base() {
    [ ! -e "$build/base/complete" ] || return 0
    rm -rf "$build/base"
    # shellcheck disable=SC1091,SC2046 # the machine's; one word, or none
    debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$build/base" $(find_mirror) &&
        printf 'Acquire::Languages "none";\n' >"$build/base/etc/apt/apt.conf.d/90test" &&
        echo force-unsafe-io >"$build/base/etc/dpkg/dpkg.cfg.d/90test" &&
        touch "$build/base/complete"
}
check "debootstrap makes a system" make_base
[ -e "$build/base/complete" ] || { finish; exit 1; }
has_proc=no
# shellcheck disable=SC2016
unshare --mount sh -c 'mount -t proc proc "$1"' sh "$build/base/proc" 2>/dev/null && has_proc=yes
for root in "$maker" "$runner"; do
    rm -rf "$root"
    cp -a --reflink=auto "$build/base" "$root"
done

# ---- the packages ----

upstream=$(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' "$tree/debian/changelog")
is_projects_version() {
    project=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$tree/meson.build" | sed 's/-rc/~rc/')
    [ "$upstream" = "$project" ] || { echo "debian/changelog: $upstream; meson.build: $project"; return 1; }
}
check "the packages' version is that of the project" is_projects_version

# What is a release's tarball, and beside it the tree with debian/.
make_source() {
    mkdir -p "$maker/build/plugin-$upstream" "$repository" &&
        (cd "$tree" && tar -c --exclude-vcs --exclude='./build*' .) | tar -x --no-same-owner -C "$maker/build/plugin-$upstream" &&
        (cd "$maker/build" && mv "plugin-$upstream/debian" . &&
            tar -czf "plugin_$upstream.orig.tar.gz" "plugin-$upstream" && mv debian "plugin-$upstream")
}
check "there is a source tree" make_source
check "what the build needs can be installed" in_root "$maker" \
    "apt-get update -qq; cd /build/plugin-$upstream; apt-get -qq -y --no-install-recommends install build-essential
     apt-get -qq -y --no-install-recommends build-dep ."
check "the packages are built" in_root "$maker" "cd /build/plugin-$upstream; dpkg-buildpackage -us -uc"
cp log build.log
check "after their tests" grep -q '^Ok: *[1-9]' build.log

[ -e "$(echo "$maker"/build/plugin_*.changes)" ] || { finish; exit 1; }

# No bug of Debian asks for the package: nobody has meant to upload it yet.
lintian_is_silent() {
    lintian --allow-root --tag-display-limit 0 --pedantic --display-info --suppress-tags initial-upload-closes-no-bugs \
        --fail-on error,warning,info,pedantic "$@" 2>lintian.err >lintian.out || { cat lintian.out; return 1; }
    ! grep -v '^N: ' lintian.out
}
check "lintian says nothing" lintian_is_silent "$maker"/build/plugin_*.changes

# In another place, in another zone, without tests.
options=nocheck
check "the packages are built again, without tests" in_root "$maker" \
    "mkdir -p /again/elsewhere; cd /again/elsewhere; dpkg-source -x /build/plugin_*.dsc source >/dev/null
     cd source; umask 077; TZ=Asia/Kolkata dpkg-buildpackage -us -uc -b"
options=
cp log again.log
check_fails 1 "nocheck builds no test" grep -q unit_base again.log
are_same() {
    [ "$(ls "$maker"/build/*.deb | wc -l)" -gt 6 ] || return 1
    for package in "$maker"/build/*.deb; do
        cmp "$package" "$maker/again/elsewhere/${package##*/}" || return 1
    done
}
check "the packages are the same, byte for byte" are_same
mv "$maker"/build/*.deb "$repository"

field() { dpkg-deb -f "$(echo "$repository/$1"_[0-9]*.deb)" "$2"; }
without_versions() { field "$@" | sed 's/ ([^)]*)//g'; }
says "libplugin0 needs libc alone" without_versions libplugin0 Depends <<'E2'
libc6
E2
says "and recommends what it loads itself" without_versions libplugin0 Recommends <<'E2'
libplugin-isolated0, libsodium23
E2

# symbols COMMAND: what dpkg-gensymbols says of the library, if sed changes debian/libplugin0.symbols so.
symbols() {
    in_root "$maker" "cd /build/plugin-$upstream; sed '$1' debian/libplugin0.symbols >/tmp/symbols
        dpkg-gensymbols -c4 -plibplugin0 -Pdebian/libplugin0 -I/tmp/symbols -O/tmp/out || exit 1"
}
check "debian/libplugin0.symbols has all symbols" symbols ''
check_refused "a symbol that it does not list fails the build" "+ plugin_open@" symbols '/ plugin_open@/d'
check_refused "so does one that the library lacks" "MISSING" symbols 's/^ plugin_open@\(.*\)/&\n plugin_close@\1/'

# Makes the packages known to the package manager of a system.
offer() {
    in_root "$1" 'cd /packages && dpkg-scanpackages -m . >Packages
        echo "deb [trusted=yes] file:/packages ./" >/etc/apt/sources.list.d/local.list
        apt-get update -qq' >log 2>&1 || cat log
}
offer "$maker"
for test in example addon; do
    # Each begins with what it says that it needs.
    needs=$(sed -n "/^Tests: $test/{n;s/Depends: //;s/,//gp}" "$tree/debian/tests/control")
    check "debian/tests/$test passes" in_root "$maker" \
        "apt-get -qq -y --no-install-recommends install $needs
        cd /build/plugin-$upstream; AUTOPKGTEST_TMP=\$(mktemp -d) debian/tests/$test"
done

# ---- the addon ----

# greet [COMMAND]: builds the example's packages: also as source; or after a command has changed its source.
greet() {
    rm -rf "$maker/example"
    mkdir "$maker/example"
    cp -R "$tree/examples/greet" "$maker/example/greet"
    in_root "$maker" "cd /example/greet; ${1:-dpkg-buildpackage -us -uc; exit}
        debian/rules binary"
}
built=$maker/example/greet/debian
check "the example source package is built" greet
cp log greet.log
check "lintian says nothing of it" lintian_is_silent "$maker"/example/greet_*.changes
order() { sed -n 's/^ *\(dh_plugin_stamp\|dh_dwz\|dh_strip\|dh_plugin_check\)\( .*\)*$/\1/p' "$1"; }
says "it is stamped before its debug information goes, and checked after it" order greet.log <<'E2'
dh_plugin_stamp
dh_dwz
dh_strip
dh_plugin_check
E2
mv "$maker"/example/*.deb "$repository"
offer "$maker"

# The sections of the built files that this is about, and their stamps.
sections() {
    for file in "$built"/greet*/usr/bin/greet "$built"/greet-*/usr/lib/*/plugin/greet/*.so; do
        echo "${file##*/}:" $(readelf -SW "$file" | grep -o ' \.\(plugin\|BTF\|debug_info\|symtab\) ' | sort)
    done
}
cat >stripped <<'E2'
greet: .BTF .plugin
french.so: .BTF .plugin
latin.so: .BTF .plugin
E2
says "the stamp stays, the debug information goes" sections <stripped
stamps() {
    in_root "$maker" 'cd /example/greet; plugin inspect debian/greet/usr/bin/greet debian/greet-*/usr/lib/*/plugin/greet/*.so'
}
stamps >stamps 2>&1
check "the stamps have the types" has stamps "const char *language_greeting(const struct person *person)"

# fails NAME COMMAND: the build fails after the command; $work/said is why.
fails() {
    check_fails 2 "$1" greet "$2"
    cp log failed.log
    sed -n 's/^dh_plugin_check: error: //p; s/^dh_plugin_stamp: error: //p; /does not fit/,/compared/p' log |
        sed 's/built by gcc.*/built by gcc/; s/x86_64-linux-gnu/MACHINE/; s/aarch64-linux-gnu/MACHINE/' | uniq >said
}

# Other orders. dwz makes one file of what several share only within a package.
together='mv debian/greet-latin.install debian/latin; cat debian/latin >>debian/greet-french.install
    cat debian/greet-latin.plugins >>debian/greet-french.plugins; rm debian/greet-latin.plugins debian/latin'
late='printf "override_dh_plugin_stamp:\nexecute_after_dh_dwz:\n\tdh_plugin_stamp\n" >>debian/rules'
has_shared() { dpkg-deb -c "$maker"/example/greet-french-dbgsym_*.deb | grep '\.dwz/.*greet-french.debug'; }
check "plugins are stamped that share debug information" greet "$together"
check "which dwz has moved" has_shared
says "their stamp stays" sections <stripped
fails "after dwz it is too late" "$together; $late"
check "it says why" has said "returned exit code 1"
check "and what to do" has failed.log "greet-french.debug, which cannot be found; stamp it where that file is, or before dwz"
greet : >log 2>&1 && stamps >early 2>&1
check "unless dwz has moved nothing" greet "$late"
says "the sections are the same" sections <stripped
stamps >late 2>&1
check_same "so are the stamps" early late
check "nothing needs to be stripped" greet "export DEB_BUILD_OPTIONS=nostrip"

no_stamp="has no stamp: dh_plugin_stamp was left out, or a later step removed it; what strips must keep the sections .plugin and .BTF"
fails "a build that does not stamp fails" 'printf "override_dh_plugin_stamp:\n" >>debian/rules'
sed -i "/french.so has/s|.*/||" said
check "it says why" has said "french.so $no_stamp"
fails "so does one that loses a stamp" \
    'printf "execute_after_dh_strip:\n\tobjcopy -R .plugin debian/greet-latin/usr/lib/*/plugin/greet/latin.so\n" >>debian/rules'
check "it says of what" sh -c 'sed "s|x86_64\|aarch64|MACHINE|" said | grep "^debian/greet-latin/usr/lib/.*/latin.so has no stamp"'
fails "a plugin for another version of the program fails" \
    'sed "s/int hour;/const char *city; &/" greet.h >old.h; sed -i s/greet.h/old.h/ latin.c'
sed -i '/exit code/d; /^Aborting/d' said
check_same "the reason is in the build's log" "$tests/debian/misfit.expected" said
fails "a program that is in no package fails" 'sed -i s/bin.greet/bin\\/hello/ debian/greet-latin.plugins'
check "it says what to do" has said "debian/greet-latin.plugins: no package of this source has usr/bin/hello, nor is it installed: build-depend on the package that has it"
fails "a line without a plugin fails" 'echo usr/bin/greet >debian/greet-latin.plugins'
check "it says what a line is" has said \
    'debian/greet-latin.plugins: "usr/bin/greet" names no plugin: a line is HOST PLUGIN..., or - FILE...'

# The same, without the addon: nobody notices that the plugins are not stamped. The program is: it is linked
# with the flags of pkg-config, with which its link stamps.
check "without the addon, the packages are built" greet 'sed -i /dh-sequence-plugin/d debian/control'
says "but the plugins have no stamp" sections <<'E2'
greet: .BTF .plugin
french.so:
latin.so:
E2

# A plugin of another source than its program.
alone='sed -i "/^Package: greet$/,/^$/d" debian/control; echo usr/bin/greet >debian/not-installed'
fails "a plugin alone needs its program" "$alone"
check "it says so" has said "no package of this source has usr/bin/greet, nor is it installed"
check "with the program installed, it is built" greet "$alone; apt-get -qq -y --no-install-recommends install greet"
cp log alone.log
check "and was judged against that" grep "latin.so fits /*usr/bin/greet, meets struct language" alone.log

# ---- what was built, where nothing else is ----

in_runner() { in_root "$runner" "$1"; }
mkdir "$runner/packages"
cp "$repository"/*.deb "$repository/Packages" "$runner/packages"
check "the program and a plugin can be installed" in_runner \
    'echo "deb [trusted=yes] file:/packages ./" >/etc/apt/sources.list.d/local.list
    apt-get update -qq; apt-get -qq -y install greet greet-french --no-install-recommends'
says "without a compiler, elfutils or libffi" in_runner \
    'dpkg-query -W -f "\${Package}\n" | grep -E "^(gcc|lib(dw|elf|bpf|ffi|sodium)|plugin|libplugin)" || :' <<'E2'
gcc-12-base
libffi8
libplugin0
E2
says "the program runs with it" in_runner 'greet french Ada | sed s/soir/jour/' <<'E2'
Bonjour, Ada
E2
check_refused "and says what is not installed" "latin.so" in_runner 'greet latin Ada'
check "another plugin can be installed" in_runner 'apt-get -qq -y --no-install-recommends install greet-latin'
says "and runs" in_runner 'greet latin Ada' <<'E2'
Salve, Ada
E2
check_refused "isolated, it needs a package more" "libplugin-isolated" in_runner 'GREET_ISOLATED=1 greet latin Ada'
check "which can be installed" in_runner 'apt-get -qq -y --no-install-recommends install libplugin-isolated0'
if [ $has_proc = yes ]; then
    says "then it runs isolated" in_runner 'GREET_ISOLATED=1 greet latin Ada' <<'E2'
Salve, Ada
E2
else
    skip "then it runs isolated" "/proc cannot be mounted here"
fi
says "all is removed" in_runner 'apt-get -qq -y purge greet libplugin0 >/dev/null 2>&1; find / -xdev -path /packages -prune -o \
    -path /var -prune -o -name "*plugin*0*" -print -o -name "*greet*" -print' </dev/null

finish

# SPDX-License-Identifier: MIT
# Sourced after tap.sh by tests of what the kernel of this system may lack, or have. User-mode Linux of Debian
# has control groups (version 2) with all limits, and no Landlock; it sees the files of this system.

# in_uml FILE: runs these commands as root of such a system, in $work, with the variables that are exported.
# What they print is in $work/uml.
in_uml() {
    export -p >uml-variables
    cat >uml-start <<END
#!/bin/sh
cd "$work" && exec >uml 2>&1
. ./uml-variables
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t cgroup2 groups /sys/fs/cgroup
sh "$1"
echo 1 >/proc/sys/kernel/sysrq
echo o >/proc/sysrq-trigger
sleep $hang
END
    chmod +x uml-start
    rm -f uml
    timeout "$hang" linux.uml mem=512M rootfstype=hostfs rootflags=/ rw "init=$work/uml-start" con=null con0=null \
        </dev/null >uml-console 2>&1
    [ -f uml ]
}

# Does it start, where this system limits tracing, or memory that is executable? Asked once.
uml_starts() {
    [ -n "${uml_state:-}" ] || {
        echo "echo started" >uml-probe
        uml_state=no
        in_uml "$work/uml-probe" && grep -qx started uml && uml_state=yes
    }
    [ "$uml_state" = yes ]
}

# lacks_uml NAME: skips it, if there is no user-mode Linux, or none that can run what was built.
lacks_uml() {
    if ! command -v linux.uml >/dev/null; then
        skip "$1" "linux.uml is not installed"
    elif [ -n "$TEST_CFLAGS" ]; then
        skip "$1" "sanitizers need more addresses than user-mode Linux has"
    elif ! uml_starts; then
        skip "$1" "linux.uml does not start here"
    else
        return 1
    fi
}

#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs in user-mode Linux, as root: control groups of plugins' processes.
groups=/sys/fs/cgroup
other="setpriv --reuid 65534 --regid 65534 --clear-groups"
limits="head -n 1 $groups/plugin-*/memory.max $groups/plugin-*/pids.max"
left="ls -d $groups/plugin-* $groups/user/plugin-*"

echo "# the group of the host gives no limits"
./host ./plugin.so 32 0x200 "" report
echo +memory +pids >$groups/cgroup.subtree_control

echo "# the host is in the root of all"
./host ./plugin.so 32 0x200 "" report run "$limits" fill 10 fill 100 stop
./host ./plugin.so 32 0x200 "" fill-shared 20 fill-shared 60 fill-shared 1 stop run "$left 2>&1"
echo "# no group is required"
./host ./plugin.so 32 0 "" report run "$left 2>&1" fill-shared 60
echo "# another user, who may make none"
$other ./host ./plugin.so 32 0x200 "" report

mkdir -p $groups/user/session
chown -R 65534 $groups/user
echo +memory +pids >$groups/user/cgroup.subtree_control
echo $$ >$groups/user/session/cgroup.procs
echo "# to whom the group around the own one is delegated"
$other ./host ./plugin.so 32 0x200 "" report fill-shared 60 fill-shared 1 stop run "$left 2>&1"
echo "# the plugin has crashed 30 times"
$other ./host ./plugin.so 32 0x200 "" crash 30 run "ls $groups/user | grep -c plugin-" stop run "$left 2>&1"
echo "# the host was killed; the next one removes what is left"
$other ./host ./plugin.so 32 0x200 "" die
ls -d $groups/user/plugin-* | wc -l
$other ./host ./plugin.so 32 0x200 "" run "ls -d $groups/user/plugin-* | wc -l" stop
ls -d $groups/user/plugin-* 2>&1

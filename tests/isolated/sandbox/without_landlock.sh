#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs in user-mode Linux, as root: the attempts, by root and by another user.
./host ./plugin.so 64 0 "" report attempts "$PWD/file" threads 300 >tried.self 2>&1
setpriv --reuid 65534 --regid 65534 --clear-groups \
    ./host ./plugin.so 64 0 "" report attempts "$PWD/file" threads 300 >tried.other 2>&1

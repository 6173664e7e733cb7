#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes symbols.c: a plugin with COUNT symbols, s000000 and so on.
# usage: symbols.sh COUNT
set -eu
awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf "int s%06d;\n", i }' >symbols.c

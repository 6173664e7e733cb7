#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes exports.c: COUNT functions of a host, each with a struct of its own.
# usage: exports.sh COUNT
set -eu
awk -v count="$1" 'BEGIN {
    print "extern int none;"
    for (i = 0; i < count; i++)
        printf "struct part_%d { int first_%d; long second_%d; char *third_%d; };\n" \
            "int take_part_%d(struct part_%d *part, int more) { return part->first_%d + more; }\n",
            i, i, i, i, i, i, i
}' >exports.c

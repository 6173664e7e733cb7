# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests of this folder.
# shellcheck shell=sh
PATH=$PATH:/usr/sbin # bpftool's place
ending() { case $1 in *++) echo cc ;; *) echo c ;; esac }
standard() { case $1 in *++) echo -std=c++17 ;; *) echo -std=c11 ;; esac }
# lto COMPILER: prints its flags.
lto() { case $1 in clang*) echo "-O2 -flto -fuse-ld=lld" ;; *) echo "-O2 -flto" ;; esac }

# tags FILE: prints the tags of its types, sorted: api grows
tags() {
    bpftool btf dump file "$1" | awk '
        / (STRUCT|UNION|ENUM|TYPEDEF) / { id = $1; gsub(/[^0-9]/, "", id); gsub(/\047/, "", $3); name[id] = $3
            if ($2 == "TYPEDEF") { sub(/.*=/, "", $NF); alias[$NF] = $3 } }
        / DECL_TAG / { text = $0; sub(/^[^\047]*\047/, "", text); type = text; sub(/\047 type_id.*/, "", text)
            sub(/.* type_id=/, "", type); sub(/ .*/, "", type)
            print (name[type] == "(anon)" ? alias[type] : name[type]) " " text }' | sort -u
}

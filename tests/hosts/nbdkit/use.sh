#!/bin/sh
# SPDX-License-Identifier: MIT
# Serves an export by a plugin or filter, and uses it. Prints what was seen; exits with status 99 if
# nbdkit refused to load the module.
# usage: use.sh TREE SERVER MODULE
#   TREE    of nbdkit: its plugins serve what filters filter
#   SERVER  its executable
#   MODULE  nbdkit-NAME-plugin.so or nbdkit-NAME-filter.so
# The working directory is empty, and the script's.
set -u
tree=$1 server=$2 module=$3
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C here export=

# serve ARGUMENT...: what is served, to use.py.
serve() {
    "$server" -U - "$@" --run '/usr/bin/python3 -m nbd --base-allocation -u "nbd+unix:///$export?socket=$unixsocket" \
        -c "$(cat "$here/use.py")"'
}

# starts ARGUMENT...: for what needs another server, or a machine's devices.
starts() { "$server" "$@" --dump-plugin | grep -v 'path=\|^max_thread\|^thread_model\|_version='; }

# plugin NAME: prints the path of the tree's own.
plugin() { echo "$tree/plugins/$1/.libs/nbdkit-$1-plugin.so"; }

# filter PLUGIN ARGUMENT...: uses the filter in front of the tree's plugin.
filter() {
    served=$1
    shift
    serve --filter="$module" "$(plugin "$served")" "$@"
}

# bytes N: prints so many, none like its neighbour.
bytes() { seq -w 1 9999999 | head -c "$1"; }

script() { printf '%s\n' "$@" >script; }

use_plugin() {
    case $1 in
    cc)
        script '#include <stdlib.h>' '#define NBDKIT_API_VERSION 2' '#include <nbdkit-plugin.h>' \
            '#include <string.h>' '#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL' \
            'static void *open_(int r) { return NBDKIT_HANDLE_NOT_NEEDED; }' \
            'static int64_t size(void *h) { return 1 << 20; }' \
            'static int read_(void *h, void *b, uint32_t n, uint64_t o, uint32_t f)' \
            '{ memset(b, o >> 16, n); return 0; }' \
            'static struct nbdkit_plugin p = {.name = "c", .open = open_, .get_size = size, .pread = read_};' \
            'NBDKIT_REGISTER_PLUGIN(p)'
        mv script script.c
        serve "$module" script.c EXTRA_CFLAGS="-I$tree/include"
        ;;
    curl) bytes 1000000 >disk && serve -r "$module" "url=file://$PWD/disk" ;;
    data) serve "$module" data='( 1 2 "text" )*100000' ;;
    eval) serve "$module" get_size='echo 131072' pread='head -c $3 /dev/zero | tr "\0" "e"' ;;
    example1 | null | zero) serve "$module" ;;
    example2 | file) bytes 1000000 >disk && serve "$module" file=disk ;;
    example3 | memory | full | ones | pattern) serve "$module" size=1M ;;
    floppy) mkdir d && bytes 50000 >d/file && touch -d @0 d/file d && export BASIC=1 && serve -r "$module" d ;;
    info) export=hello && serve "$module" mode=exportname ;;
    iso) mkdir d && bytes 50000 >d/file && touch -d @0 d/file d &&
        SOURCE_DATE_EPOCH=1 serve "$module" d params='-quiet' ;;
    lua)
        script 'disk = string.rep("lu", 65536)' 'function open(readonly) return 1 end' \
            'function get_size(h) return disk:len() end' \
            'function pread(h, count, offset) return disk:sub(offset + 1, offset + count) end'
        serve "$module" script
        ;;
    nbd) serve "$module" command="$server" arg=-f arg="$(plugin pattern)" arg=size=1M ;;
    ondemand) mkdir d && export=new && serve "$module" dir="$PWD/d" size=1M \
        command='truncate -s $size "$disk"' ;;
    partitioning) bytes 1000000 >a && bytes 70000 >b && serve "$module" a b ;;
    perl)
        script 'sub open { return {}; } sub get_size { return 131072; }' \
            'sub pread { my ($h, $count, $offset, $flags) = @_; return "p" x $count; }' '1;'
        serve "$module" script
        ;;
    python)
        script 'import nbdkit' 'API_VERSION = 2' 'def open(readonly): return 1' \
            'def get_size(h): return 131072' \
            'def pread(h, buf, offset, flags): buf[:] = bytes(offset // 4096 + i % 7 for i in range(len(buf)))'
        serve "$module" script
        ;;
    random | sparse-random) serve "$module" size=1M seed=1 ;;
    sh)
        script '#!/bin/sh' 'case $1 in get_size) echo 131072 ;;' \
            'pread) head -c "$3" /dev/zero | tr "\0" s ;;' '*) exit 2 ;; esac'
        chmod +x script && serve "$module" script
        ;;
    tcl)
        script 'proc plugin_open {readonly} { return 1 }' 'proc get_size {h} { return 131072 }' \
            'proc pread {h count offset} { return [string repeat t $count] }'
        serve "$module" script
        ;;
    tmpdisk) serve "$module" size=1M command='truncate -s $size "$disk"' ;;
    split) bytes 1000000 >a && bytes 70000 >b && export BASIC=1 && serve "$module" a b ;;
    *) starts "$module" ;;
    esac
}

use_filter() {
    case $1 in
    blocksize) filter memory 1M minblock=4K maxlen=16K ;;
    blocksize-policy) filter memory 1M blocksize-minimum=4K blocksize-preferred=64K blocksize-maximum=1M ;;
    bzip2 | gzip | xz)
        bytes 200000 >disk && case $1 in xz) xz --block-size=50000 disk ;; *) "$1" disk ;; esac &&
            filter file file="$(ls disk.*)"
        ;;
    checkwrite) head -c 1M /dev/zero >disk && filter file file=disk ;;
    ddrescue) printf '%s\n' '0x0 ? 1' '0x0 0x10000 +' '0x10000 0x10000 -' '0x20000 0xE0000 +' >map &&
        filter pattern 1M ddrescue-mapfile=map ;;
    delay) filter memory 1M rdelay=10ms wdelay=10ms ;;
    error) filter memory 1M error-pread-rate=100% error-pread=EPERM ;;
    evil) filter pattern 1M evil=cosmic-rays evil-probability=1e-5 evil-seed=1 ;;
    exitwhen) filter memory 1M exit-when-file-created=stop ;;
    exportname) export=other && filter memory 1M default-export=other exportdesc=fixed:text ;;
    ext2) head -c 4M /dev/zero >disk && mkdir d && bytes 100000 >d/file && mke2fs -q -d d disk &&
        filter file file=disk ext2file=/file ;;
    extentlist) printf '%s\n' '0 64K' '128K 64K hole,zero' >list && filter memory 1M extentlist=list ;;
    fua) filter memory 1M fuamode=force ;;
    ip) filter memory 1M allow=all ;;
    log) filter memory 1M logfile=log && sed 's/^[-0-9]* [:.0-9]*//' log | grep -v 'Ready\|^$' ;;
    luks) head -c 1M /dev/zero >plain && qemu-img convert -q -O luks \
        --object secret,id=s,data=key -o key-secret=s,iter-time=10 plain disk &&
        filter file file=disk passphrase=key ;;
    multi-conn) filter memory 1M multi-conn-mode=disable ;;
    offset) filter pattern 1M offset=4K range=512K ;;
    partition) bytes 100000 >a && bytes 70000 >b && filter partitioning a b partition=2 ;;
    pause) filter memory 1M pause-control=control ;;
    protect) filter memory 1M protect=0-8191 ;;
    qcow2dec) bytes 1048576 >plain && qemu-img convert -q -O qcow2 plain disk && filter file file=disk ;;
    rate) filter memory 1M rate=1G ;;
    stats) filter memory 1M statsfile=stats && grep -o '^[a-z]*: [0-9]* ops' stats ;;
    swab) filter pattern 1M swab-bits=32 ;;
    tar) bytes 100000 >file && tar -cf disk.tar file && filter file file=disk.tar tar-entry=file ;;
    truncate) filter memory 1M truncate=2M ;;
    lzip | tls-fallback) starts --filter="$module" "$(plugin memory)" size=1M ;;
    *) filter memory 1M ;;
    esac
}

name=${module##*/nbdkit-}
case $name in
*-plugin.so) use=use_plugin name=${name%-plugin.so} ;;
*) use=use_filter name=${name%-filter.so} ;;
esac
status=0
(trap - EXIT; "$use" "$name") 2>said || status=$?
cat said >&2
if grep -q 'incompatible with this version of nbdkit\|error: cannot open \(plugin\|filter\)' said; then
    exit 99
fi
exit "$status"

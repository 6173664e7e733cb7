# SPDX-License-Identifier: MIT
# Loads the builtins of one file and uses them, in an empty directory. Prints what they did. Exits
# with status 99 if the shell refused one.
#
# usage: bash use.bash FILE NAME...

file=$1
shift
# It succeeds if it found one of them.
# It succeeds if it found one of them.
enable -f "$file" "$@" 2>../refusal && [[ ! -s ../refusal ]] || {
    echo "$(<../refusal)" >&2
    exit 99
}
commands=("$@")
# It defines a second `echo`; shells differ in which one they find.
[[ $1 == necho ]] && commands=()

umask 022
printf 'one:1\ntwo:2\nthree:3\n' >f
command touch -d '2020-02-03 04:05:06' f
mode() { command -p stat -c '%F %a' "$@"; }

# What the shell reads of each builtin: its documentation, and its options in an error.
for name in "${commands[@]}"; do
    help "$name"
done

case ${file##*/} in
    accept)
        for _ in 1 2 3 4 5; do
            port=$((20000 + RANDOM % 20000))
            (
                for _ in {1..50}; do
                    exec 3<>/dev/tcp/127.0.0.1/$port && break
                    command -p sleep 0.1
                done 2>/dev/null
                echo "hello" >&3
            ) &
            accept -b 127.0.0.1 -t 5 -v connection -r peer $port 2>/dev/null && break
            kill $!
        done
        read -r -u "$connection" line
        echo "$line from $peer"
        ;;
    asort)
        numbers=(10 9 -3 2)
        asort -n numbers
        echo "${numbers[@]}"
        asort -r numbers
        echo "${numbers[@]}"
        declare -A words=([a]=z [b]=y)
        asort -i keys words
        echo "${keys[@]}"
        asort 'a b'
        ;;
    basename) basename /usr/lib/x.so .so; basename / ;;
    cat) cat f - <f; cat missing ;;
    chmod) chmod 640 f; mode f; chmod u+x,o=r f; mode f; chmod a+ f ;;
    csv) csv -a fields 'a,"b,c",,d'; declare -p fields; csv x,y; declare -p CSV ;;
    cut | ocut)
        cut -d: -f2 f
        cut -c 2-3 f
        lcut -d: -f 1,3 a:b:c
        lcut -a fields -d: -f 2 a:b:c
        declare -p fields
        ;;
    dirname) dirname /usr/lib/x.so; dirname x ;;
    dsv) dsv -a fields -d: 'a:"b:c"::d'; declare -p fields; dsv -S -g -p "a,,'b,c'"; declare -p DSV ;;
    fdflags)
        exec 4<f
        fdflags -v 4
        fdflags -s +cloexec,+nonblock 4
        fdflags -v 4
        fdflags -s -nonblock 4
        fdflags 4
        ;;
    finfo)
        for option in -s -o -p -n -m -U -Z; do
            finfo $option f
        done
        TZ=UTC finfo -M f
        finfo -s /dev/fd/0 <f
        ;;
    fltexpr)
        fltexpr -p '1.5 * 2'
        fltexpr 'x = 3 / 2.0'
        fltexpr 'x > 1' && echo "$x is more"
        fltexpr 'row[1] = x'
        echo "${row[1]}"
        fltexpr '1 +'
        ;;
    getconf)
        getconf PAGESIZE
        getconf NAME_MAX .
        getconf PATH
        getconf -a . | command -p grep -v AVPHYS_PAGES | command -p sort # what is free changes
        getconf NO_SUCH
        ;;
    head) head -n 2 f; head f f; head -2 f ;;
    hello) hello; hello a b ;;
    id) id; id -u; id -un; id -Gn; id nobody; id no-such-user ;;
    kv)
        declare -A pairs
        kv -A pairs -s : <f
        for key in one two three; do
            echo "$key ${pairs[$key]}"
        done
        kv -s : <f
        echo "${#KV[@]}"
        ;;
    ln) ln -s f link; readlink link; ln f hard; mode f hard link; ln f hard; ln -f f hard; echo "$?" ;;
    logname) logname; echo "$?" ;;
    mkdir) mkdir -p a/b/c; mkdir -m 700 d; mode a/b/c d; mkdir d; mkdir -m u=rwx,g+w e; mode e ;;
    mkfifo) mkfifo -m 600 p; mkfifo q; mode p q; mkfifo p ;;
    mktemp)
        mktemp -v name ./t.XXXXXX >/dev/null
        echo "${#name} $(mode "$name")"
        name=$(mktemp -d ./d.XXXXXX)
        echo "${#name} $(mode "$name")"
        mktemp x
        ;;
    mypid)
        enable_mypid
        [[ $MYPID == "$BASHPID" ]] && echo same
        ([[ $MYPID == "$BASHPID" ]] && echo same in subshell)
        ;;
    necho) echo a b ;;
    pathchk) pathchk -p 'a b'; echo "$?"; pathchk /usr/bin; echo "$?" ;;
    print) print 'a\tb'; print -r 'a\tb'; print -n x; print -f '%s-%03d\n' x 7; print -u 2 x ;;
    printenv) export X=1; printenv X; printenv NO_SUCH; echo "$?" ;;
    push)
        parent=$BASHPID level=$SHLVL
        push
        status=$?
        if [[ $BASHPID != "$parent" ]]; then
            [[ $$ == "$BASHPID" && $PPID == "$parent" ]] && echo "child $((SHLVL - level))"
            exit 3
        fi
        echo "parent $status"
        ;;
    realpath)
        command -p ln -s f link
        x=$(realpath ./link)
        echo "${x#"$PWD"}"
        realpath -a paths -q /usr/./bin/.. link
        echo "${#paths[@]} ${paths[0]}"
        realpath -c missing
        ;;
    rm) command -p mkdir -p d/e; rm f; rm d; rm -r d; echo *; rm missing ;;
    rmdir) command -p mkdir d; rmdir d; echo *; rmdir d ;;
    seq) seq 1 3; seq -s, 1 .5 3; echo; seq -w 8 11; seq -f %.2f 2; seq 3 1; seq x ;;
    setpgid)
        # Of a process that has not called exec: else the system refuses.
        (
            setpgid $BASHPID $BASHPID
            echo "$?"
            read -r -a fields </proc/self/stat
            [[ ${fields[4]} == "$BASHPID" ]] && echo "a group of its own"
        )
        setpgid x
        ;;
    sleep) sleep 0.01; echo "$?"; sleep x ;;
    stat)
        stat -A status f
        for key in size nlink perms mtime type name link; do
            echo "$key ${status[$key]}"
        done
        TZ=UTC stat -l -F '%Y' f
        echo "${STAT[mtime]}"
        stat missing
        ;;
    strftime) TZ=UTC strftime '%Y-%m-%d %H' 86400; strftime x y ;;
    strptime) TZ=UTC strptime -f '%Y-%m-%d %H:%M:%S' '2020-01-02 03:04:05'; strptime nonsense ;;
    sync) sync f; echo "$?" ;;
    tee) tee g <f; command -p cmp f g; tee -a g <f >/dev/null; mode g; command -p wc -l <g ;;
    template) template; echo "$?"; template x; echo "$?" ;;
    truefalse) false; echo "$?"; true; echo "$?" ;;
    tty) tty </dev/null; echo "$?"; tty -s; echo "$?" ;;
    uname) uname; uname -m; uname -srn; uname -a ;;
    unlink) unlink f; echo *; unlink missing ;;
    whoami) whoami ;;
    *) echo "no use of ${file##*/} is known" >&2; exit 1 ;;
esac 2>&1

for name in "${commands[@]}"; do
    "$name" --help
    echo "$?"
    "$name" -@ 2>&1
    echo "$?"
    enable -d "$name" || exit 1
    type -t "$name"
done </dev/null
exit 0

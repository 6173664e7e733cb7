#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion: what `plugin complete` offers, and that bash, zsh and fish, with what is installed for them,
# write it into the command line.
. "$(dirname "$0")/../../common/tap.sh"

source=$tests/cmd/complete
cd "$work" || exit 1
here=$(pwd -P)
share=$(dirname "$PLUGIN")/../share
mkdir bin "plug ins"
# What the shells run: it completes, and writes down how else it was called.
cat >bin/plugin <<E2
#!/bin/sh
[ "\$1" != complete ] || exec "$PLUGIN" "\$@"
printf '<%s>' "\$@" >>"$here/called"
echo >>"$here/called"
E2
chmod +x bin/plugin
cat >shapes.c <<'E2'
struct shape { double w, h; };
double area(struct shape s) { return s.w * s.h; }
double around(const struct shape *s) { return 2 * (s->w + s->h); }
int zoom = 7;
E2
cat >host.c <<'E2'
#include <plugin.h>
struct shapes { int (*f)(void); };
struct codec { int (*g)(void); };
int main(void)
{
    struct shapes shapes;
    struct codec codec;
    return !plugin_open_as("shapes.so", &shapes) + !plugin_open_as("codec.so", &codec);
}
E2
# shellcheck disable=SC2086 # flags are words
files() {
    "$PLUGIN" build -buildmode=plugin -o shapes.so shapes.c && cp shapes.so "plug ins" &&
        "$PLUGIN" build -o host host.c $TEST_CFLAGS
}
check "a plugin and a host build" files

# offers NAME WORD... <EXPECTED: passes if these words, without what they are, are offered for the last.
offers() {
    offers_name=$1
    shift
    cat >expected
    "$PLUGIN" complete "$@" 2>/dev/null | cut -f 1 >actual
    check_same "$offers_name" expected actual
}

# ---- nothing is missing ----

help_verbs() { "$PLUGIN" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'; }
{ help_verbs; printf '%s\n' --help --version; } >verbs
offers "all verbs of --help are offered" "" <verbs
check "there are at least ten" test "$(wc -l <verbs)" -gt 11
# Options of the usage and of the lines below it, without their values, in whatever form.
help_options() {
    "$PLUGIN" "$1" --help | sed '/^exit status/,$d' | sed -n '/^usage/,/^$/p; /^  -/p' | sed 's/   *[a-z].*//' |
        grep -oE '(^|[ [,])--?[a-zA-Z][a-z-]*' | sed 's/^[^-]//' | sort -u
    echo --help
}
missing() {
    help_options "$1" | sort -u >options
    "$PLUGIN" complete "$1" - | cut -f 1 | sed 's/=.*//' | sort -u >offered
    comm -23 options offered >lacking
    ! [ -s lacking ] || { cat lacking; return 1; }
}
for verb in $(help_verbs); do
    check "all options of plugin $verb --help are offered" missing "$verb"
done
check "each with what it is" sh -c '"$PLUGIN" complete check - | grep -q "^--as=	require this interface of HOST"'
check "a verb with what it does" sh -c '"$PLUGIN" complete sta | grep -q "^stamp	record the types of a linked module in it$"'

# ---- what is offered ----

echo check >wanted
offers "the start of a verb" che <wanted
offers "nothing behind an unknown verb" nonsense "" </dev/null
printf '%s\n' --strict >wanted
offers "the start of an option" check --str <wanted
printf '%s\n' -buildmode=plugin >wanted
offers "a value that the help names" build -buildmode=pl <wanted
printf '%s\n' --html= --html >wanted
offers "an option whose value may be left out" check --ht <wanted
echo ":files --html=" >wanted
offers "and its value" check --html=x <wanted
echo --grows= >wanted
offers "an option whose value the usage alone shows" build --gro <wanted
echo :files >wanted
offers "files for a verb that takes them" inspect sha <wanted
echo :directories >wanted
offers "directories for ls" ls "" <wanted
echo ":files --for=" >wanted
offers "files behind an option" ls --for=sha <wanted
echo :files >wanted
offers "files as the next word of an option" ls --for sha <wanted
echo :files >wanted
offers "files behind an option of one letter" sign -s sha <wanted
printf -- '--as=%s\n' 'struct shapes' 'struct codec' >wanted
offers "the interfaces of the host" check host --as= <wanted
printf -- '--as=%s\n' 'struct codec' >wanted
offers "those that start so" check host '--as=struct c' <wanted
printf -- '--as=%s\n' 'struct codec' >wanted
offers "of the host of --for" ls --for=host '--as=struct c' <wanted
printf -- '--as=%s\n' 'struct codec' >wanted
offers "of --for as a word of its own" new --for host '--as=struct c' <wanted
offers "none of what is no host" check nothing --as= </dev/null
offers "nothing for a number" verify --version= </dev/null
printf -- '--as=%s\n' 'struct codec' >wanted
offers "a line is split as a shell does" --line "plugin check 'host' --as=struct\\ c" <wanted
echo check >wanted
offers "blanks of a line end a word" --line "plugin  che" <wanted
check_fails 2 "no words are a usage error" "$PLUGIN" complete

printf '%s\n' area around >wanted
offers "the symbols of the file" call ./shapes.so ar <wanted
printf '%s\n' zoom >wanted
offers "behind an argument, too" call --json ./shapes.so area '{1}' zo <wanted
offers "none of what is no plugin" call ./host.c "" </dev/null
check "each with its declaration" sh -c '"$PLUGIN" complete call ./shapes.so area | grep -q "^area	double area(struct shape s)$"'
HOME=$here offers "of a file in the home directory" call '~/shapes.so' zo <<E2
zoom
E2
# ---- shells ----

# types SHELL KEYS: types the keys into the shell, which then ends; what it showed is in shown.
export HOME=$here XDG_CONFIG_HOME=$here/config XDG_DATA_HOME=$here/data TERM=xterm
export XDG_DATA_DIRS="$share:/usr/local/share:/usr/share"
types() {
    case $1 in
    bash) set -- "bash --norc --noprofile -i" ". /usr/share/bash-completion/bash_completion
bind 'set enable-bracketed-paste off'
" "$2" ;;
    zsh) set -- "zsh -f -i" "fpath=($share/zsh/site-functions \$fpath)
autoload -Uz compinit; compinit -D -u
" "$2" ;;
    fish) set -- "fish -i" "" "$2" ;;
    esac
    # shellcheck disable=SC2086 # words
    printf '%s%b' "$2" "$3\nexit\n" | PATH=$here/bin:$PATH timeout "$hang" python3 "$source/type.py" \
        $1 >shown 2>&1
}
# writes SHELL NAME KEYS CALLED: passes if the keys make the shell call plugin so.
writes() {
    rm -f called
    types "$1" "$3"
    echo "$4" >expected
    sed -i 's|/>$|>|' called # zsh cuts the slash off a directory
    if cmp -s called expected; then
        pass "$1: $2"
    else
        { cat called; echo "it showed:"; cat -v shown; } >why 2>&1
        fail "$1: $2" <why
    fi
}
for shell in bash zsh fish; do
    writes $shell "a verb" 'plugin bund\t\n' '<bundle>'
    writes $shell "an option" 'plugin check --stri\tx\n' '<check><--strict><x>'
    writes $shell "an option that waits for its value" 'plugin check --interf\tx\n' '<check><--interface=x>'
    writes $shell "a file" 'plugin inspect ./shapes.s\t\n' '<inspect><./shapes.so>'
    writes $shell "a file behind an option" 'plugin ls --for=hos\t\n' '<ls><--for=host>'
    writes $shell "a directory" 'plugin ls plu\t\n' '<ls><plug ins>'
    writes $shell "an interface of the host" 'plugin check host --as=struct\\ cod\t\n' '<check><host><--as=struct codec>'
    writes $shell "a symbol of the file" 'plugin call ./shapes.so aro\t\n' '<call><./shapes.so><around>'
    types $shell 'plugin \t\t\n'
    for verb in $(help_verbs); do
        grep -qw -e "$verb" shown || echo "$verb"
    done >lacking
    check "$shell shows all verbs" test ! -s lacking
done

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Waivers: a host accepts a difference that it knows to be harmless, and no other one.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
says_alike="s|$work/||g;s/built by [a-z]* [0-9.]*/built by CC/g;s/[0-9a-f]\{16\}/HASH/g"
plugin_check() { "$PLUGIN" check "$@"; echo "exit status $?"; }

cat >host.c <<'END'
#include <plugin.h>
#include <stdio.h>
struct filter { int (*run)(void); unsigned (*size)(void); };
int sleep_for(unsigned seconds) { return (int)seconds; }
int main(int count, char **arguments)
{
    struct filter filter;
    struct plugin_options options = {.size = sizeof options, .strict = count > 2};
    plugin *p = plugin_open_as_with(arguments[1], &options, &filter);
    puts(p ? "open" : plugin_error());
    if (p && !plugin_as(plugin_lookup(p, "size"), unsigned (*)(void)))
        puts(plugin_error());
    return 0;
}
END
echo 'unsigned sleep_for(unsigned);
int run(void) { return !sleep_for(1); } int size(void) { return 4; }' >plug.c
sed 's/sleep_for(unsigned)/sleep_for(int)/' plug.c >other.c
build() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o host host.c $TEST_CFLAGS &&
        "$PLUGIN" build -buildmode=plugin -o plug.so plug.c $TEST_CFLAGS &&
        "$PLUGIN" build -buildmode=plugin -o other.so other.c $TEST_CFLAGS
}
check "the host and the plugins build" build
says "verbose tells how each could be waived" plugin_check --verbose host plug.so <<'END'
plug.so does not fit host (2 misfits):
  sleep_for: result
      host    int            /* 4 bytes */     built by CC
      plugin  unsigned int   /* 4 bytes */     built by CC
  struct filter: size: result
      host    unsigned int   /* 4 bytes */     built by CC
      plugin  int            /* 4 bytes */     built by CC
  3 uses compared, 0 not
  to waive: sleep_for | result | HASH HASH | REASON
  to waive: size | result | HASH HASH | REASON
exit status 1
END
{
    echo "# known since 5.2"
    echo
    "$PLUGIN" check --verbose host plug.so | sed -n 's/^  to waive: //p' |
        sed 's/REASON/the sign is ignored/'
} >waivers
cp host plain
check "the host waives both" "$PLUGIN" stamp --waive=waivers host
says "the plugin fits" plugin_check --verbose host plug.so <<'END'
plug.so fits host, meets struct filter (3 uses compared, 0 not)
  sleep_for: waived: the sign is ignored
  size: waived: the sign is ignored
exit status 0
END
says "it opens, and plugin_as knows the waiver" ./host ./plug.so <<'END'
open
END
says "any other difference is told" plugin_check host other.so <<'END'
other.so does not fit host (1 misfit):
  sleep_for: result
      host    int            /* 4 bytes */     built by CC
      plugin  unsigned int   /* 4 bytes */     built by CC
  3 uses compared, 0 not
exit status 1
END
check_fails 1 "strict knows no waiver" "$PLUGIN" check --strict host plug.so
check "nor does a strict open" sh -c './host ./plug.so strict | grep -q "does not fit"'
cp plug.so own.so
sed -i '/^size/d' waivers
check "a plugin may have waivers" "$PLUGIN" stamp --waive=waivers own.so
check_fails 1 "which do not help it" "$PLUGIN" check plain own.so
check "inspect shows them" sh -c '"$0" inspect host | grep -q "sleep_for | result | .* | the sign is ignored"' "$PLUGIN"
check "as JSON, too" sh -c '"$0" inspect --json host | grep -q "\"waivers\":\[\"s"' "$PLUGIN"
for line in 'x' 'x | y' 'x | y | 0123456789abcdef' 'x | - | 0123456789abcdef 0123456789abcdef | ' \
    ' | - | 0123456789abcdef 0123456789abcdef | z' 'x | - | 0123456789ABCDEF 0123456789abcdef | z'; do
    printf '# comment\n%s\n' "$line" >bad
    check_refused "not a waiver: $line" "bad:2: not a waiver" "$PLUGIN" stamp --waive=bad plain
done
check_refused "no such file" "cannot read none" "$PLUGIN" stamp --waive=none plain
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin check and inspect: uses whose types nobody recorded. What is not compared does not fit.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
says_alike="s|$work/||g"
plugin_check() { "$PLUGIN" check "$@"; echo "exit status $?"; }

cat >host.c <<'E2'
struct s { long a; };
int f(struct s *x) { return (int)x->a; }
int level;
int main(void) { return 0; }
E2
cat >module.c <<'E2'
struct s { char b[99]; };
int f(struct s *);
extern int level;
int run(void) { static struct s x; return f(&x) + level; }
E2
sed 's/char b\[99\]/long a/' module.c >good.c
gcc -g -rdynamic -o host host.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o module.so module.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o good.so good.c
"$PLUGIN" stamp module.so good.so

# ---- a host without a stamp ----

says "a host that is not stamped: no verdict" plugin_check host module.so <<'E2'
plugin: cannot tell whether module.so fits host: the host is not stamped (0 uses compared, 2 not); run: plugin stamp host; or accept it with --allow-unstamped
exit status 1
E2
says "which may be allowed" plugin_check --allow-unstamped host module.so <<'E2'
module.so fits host (0 uses compared, 2 not)
exit status 0
E2
says "as JSON: no verdict" plugin_check --json host module.so <<'E2'
{"schema":"check/1","plugin":"module.so","host":"host","fits":false,"code":"unsupported","misfits":[],"grown":[],"waived":[],"waivable":[],"interfaces":[],"compared":0,"unchecked":2,"error":"cannot tell whether module.so fits host: the host is not stamped (0 uses compared, 2 not); run: plugin stamp host; or accept it with --allow-unstamped"}
exit status 1
E2
says "as JSON: allowed" plugin_check --json --allow-unstamped host module.so <<'E2'
{"schema":"check/1","plugin":"module.so","host":"host","fits":true,"code":"ok","misfits":[],"grown":[],"waived":[],"waivable":[],"interfaces":[],"compared":0,"unchecked":2,"error":null}
exit status 0
E2
says "strict refuses it, allowed or not" plugin_check --strict --allow-unstamped host module.so <<'E2'
module.so does not fit host (2 misfits):
  f: the host is not stamped, so its type was not recorded (strict); run: plugin stamp host
  level: the host is not stamped, so its type was not recorded (strict); run: plugin stamp host
  0 uses compared, 2 not
exit status 1
E2
echo 'int alone(void) { return 1; }' >alone.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o alone.so alone.c
"$PLUGIN" stamp alone.so
check_fails 1 "also if the plugin uses nothing of it" "$PLUGIN" check host alone.so
cp host unstamped
"$PLUGIN" stamp host
cp host stripped
strip --remove-section=.plugin --remove-section=.BTF stripped
check_fails 1 "a host whose stamp was removed" "$PLUGIN" check stripped module.so
check "a host that is stamped: a misfit" sh -c '! "$0" check host module.so >said && grep -q "used by f (parameter 1)" said' "$PLUGIN"
says "a fit" plugin_check host good.so <<'E2'
good.so fits host (2 uses compared, 0 not)
exit status 0
E2
says "and if all is allowed" plugin_check --allow-unstamped host good.so <<'E2'
good.so fits host (2 uses compared, 0 not)
exit status 0
E2

# ---- a library without a stamp ----

echo 'int far(int x) { return x; }' >far.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -Wl,-soname,libfar.so -o libfar.so far.c
cat >uses.c <<'E2'
int far(int);
int f(void *);
int run(void) { return far(1) + f(0); }
E2
gcc -g -shared -fPIC -Wl,-Bsymbolic -o uses.so uses.c -L. -lfar -Wl,-rpath,"$work"
"$PLUGIN" stamp uses.so
sed 's/void \*/struct s */; 1i struct s;' uses.c >fits.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o fits.so fits.c -L. -lfar -Wl,-rpath,"$work"
"$PLUGIN" stamp fits.so
says "a library that is not stamped: no verdict" plugin_check host fits.so <<'E2'
plugin: cannot tell whether fits.so fits host: libfar.so is not stamped (1 use compared, 1 not); run: plugin stamp libfar.so; or accept it with --allow-unstamped
exit status 1
E2
says "which may be allowed, too" plugin_check --allow-unstamped host fits.so <<'E2'
fits.so fits host (1 use compared, 1 not)
exit status 0
E2
says "strict refuses it" plugin_check --strict host fits.so <<'E2'
fits.so does not fit host (1 misfit):
  far: libfar.so is not stamped, so its type was not recorded (strict); run: plugin stamp libfar.so
  1 use compared, 1 not
exit status 1
E2
"$PLUGIN" inspect fits.so >shown
check "inspect: a use of such a library is unchecked" has shown "int far(int)   /* unchecked: libfar.so is not stamped */"
check "inspect: a use of the host is not" has shown "int f(struct s *)
"
"$PLUGIN" stamp libfar.so
check "a library that is stamped: a fit" "$PLUGIN" check --strict host fits.so
"$PLUGIN" inspect --json fits.so | grep -o '"unchecked":[a-z]*' | sort -u >actual
echo '"unchecked":false' >expected
check_same "inspect: nothing is unchecked then" expected actual

# ---- what the compiler did not record ----

clang -g -O0 -shared -fPIC -Wl,-Bsymbolic -o silent.so good.c
"$PLUGIN" stamp silent.so
says "what clang did not record is counted" plugin_check host silent.so <<'E2'
silent.so fits host (0 uses compared, 2 not)
exit status 0
E2
check_fails 1 "strict refuses that" "$PLUGIN" check --strict host silent.so
echo '#include <math.h>
double root(double x) { return sqrt(x) + log(x); }' >root.c
gcc -g -O0 -shared -fPIC -Wl,-Bsymbolic -o root.so root.c -lm
"$PLUGIN" stamp root.so
says "the C library is no use" plugin_check --allow-unstamped host root.so <<'E2'
root.so fits host (0 uses compared, 0 not)
exit status 0
E2

finish

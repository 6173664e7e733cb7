#!/bin/sh
# SPDX-License-Identifier: MIT
# Fortran: arrays and their bounds, and parameters by value and by reference, as C declares them.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1

if ! command -v gfortran >/dev/null; then
    skip "Fortran" "there is no gfortran"
    finish
    exit
fi

cat >m.f90 <<'EOF_F'
module m
  use iso_c_binding
  type, bind(C) :: point
    real(c_double) :: x, y
  end type
  real(c_double), bind(C, name="table") :: table(3,2) = 1
  real(c_double), bind(C, name="bounds") :: bounds(0:3,-1:2,5) = 1
  integer(c_int), bind(C, name="row") :: row(7) = 1
  logical(c_bool), bind(C, name="flag") :: flag
  character(c_char), bind(C, name="letters") :: letters(10)
  complex(c_double_complex), bind(C, name="wave") :: wave
  type(c_ptr), bind(C, name="address") :: address
  real(c_float128), bind(C, name="quad") :: quad
  real(c_long_double), bind(C, name="extended") :: extended
contains
  subroutine scale(p, s) bind(C)
    type(point), intent(inout) :: p
    real(c_double), value :: s
    p%x = p%x * s
  end subroutine
  function total(a, n, letter, text, q) bind(C) result(r)
    integer(c_int), value :: n
    real(c_double), intent(in) :: a(n)
    character(c_char), value :: letter
    character(c_char), intent(in) :: text(*)
    type(point), value :: q
    real(c_double) :: r
    r = sum(a) + q%x
    if (letter == text(1)) r = r + 1
  end function
  subroutine matrix(a, b, count) bind(C)
    real(c_double) :: a(3,*)
    integer(c_int) :: b(2:5)
    integer(c_long), intent(in) :: count
    a(1,1) = b(2) + count
  end subroutine
  subroutine pointers(p, f, maybe) bind(C)
    type(c_ptr), value :: p
    type(c_funptr), value :: f
    integer(c_int), optional :: maybe
    if (present(maybe) .and. c_associated(p) .and. c_associated(f)) maybe = 3
  end subroutine
end module
EOF_F
# What the C header of this module would say.
cat >wanted <<'EOF_C'
void *address
double bounds[5][4][4]
long double extended
_Bool flag
char letters[10]
void matrix(double (*a)[3], int *b, long *count)
void pointers(void *p, void (*f)(), int *maybe)
__float128 quad
int row[7]
void scale(struct point *p, double s)
double table[2][3]
double total(double *a, int n, char letter, char *text, struct point q)
_Complex double wave
EOF_C
sort -o wanted wanted
[ "$(uname -m)" = x86_64 ] || sed -i '/^long double/d; /^__float128/d' wanted
for level in -O0 -O2 '-O2 -gdwarf-4'; do
    # shellcheck disable=SC2086 # words
    check "a module, $level" gfortran -g $level -fPIC -shared -o m.so m.f90
    check "is stamped, $level" "$PLUGIN" stamp m.so
    "$PLUGIN" inspect m.so | sed -n '/^symbols/,/^[a-rt-z]/s/^ *0x[0-9a-f]*  //p' >all
    grep -F -x -f wanted all | sort >got
    check_same "is declared as in C, $level" wanted got
done

cat >host.c <<'EOF_C'
#include <plugin.h>
#include <stdio.h>
struct point { double x, y; };
int main(void)
{
    plugin *p = plugin_open("./m.so");
    if (!p)
        return puts(plugin_error()), 1;
    double (*table)[2][3] = plugin_as(plugin_lookup(p, "table"), double (*)[2][3]);
    void (*scale)(struct point *, double) =
        plugin_as(plugin_lookup(p, "scale"), void (*)(struct point *, double));
    struct point point = {2, 1};
    if (!table || !scale)
        return puts(plugin_error()), 1;
    scale(&point, 4);
    if (plugin_as(plugin_lookup(p, "table"), double (*)[4][3]) ||
        plugin_as(plugin_lookup(p, "table"), double (*)[3][2]) ||
        plugin_as(plugin_lookup(p, "scale"), void (*)(struct point, double)))
        return puts("accepted"), 1;
    return (*table)[1][2] != 1 || point.x != 8;
}
EOF_C
check "a host in C" "$PLUGIN" build -o host host.c
if [ -z "${TEST_CFLAGS:-}" ]; then
    check "uses it, by the right types only" ./host
else
    skip "uses it, by the right types only" "gfortran's library is built without sanitizers"
fi

# gfortran does not describe the parameters of what it calls.
cat >calls.f90 <<'EOF_F'
subroutine run() bind(C)
  interface
    subroutine take(v) bind(C)
      use iso_c_binding
      real(c_double) :: v
    end subroutine
  end interface
  call take(1d0)
end subroutine
EOF_F
for level in -O0 -O2; do
    gfortran -g $level -fPIC -shared -Wl,-Bsymbolic -o calls.so calls.f90
    "$PLUGIN" stamp calls.so
    check "a call of another module is unchecked, $level" sh -c '"$0" inspect calls.so | grep -q "take.*unchecked"' "$PLUGIN"
done

finish

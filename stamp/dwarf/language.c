/* SPDX-License-Identifier: MIT */
/* What the language of a unit says about its types. */
#include "dwarf/language.h"

#include <dwarf.h>

/* Of DWARF 6, which newer compilers use already. */
enum {
    LANG_ZIG = 0x27,
    LANG_CXX_17 = 0x2A,
    LANG_CXX_20 = 0x2B,
    LANG_C_17 = 0x2C,
    LANG_FORTRAN_18 = 0x2D,
    LANG_ADA_2005 = 0x2E,
    LANG_ADA_2012 = 0x2F,
    LANG_CXX_23 = 0x3A,
    LANG_C_23 = 0x3E,
    LANG_FORTRAN_23 = 0x3F
};

static int language_of(Dwarf_Die *die)
{
    Dwarf_Die unit;
    return dwarf_diecu(die, &unit, NULL, NULL) ? dwarf_srclang(&unit) : DW_LANG_C;
}

bool language_is_c(Dwarf_Die *die)
{
    switch (language_of(die)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case LANG_C_17:
    case LANG_C_23:
        return true;
    default:
        return false;
    }
}

bool language_is_cxx(Dwarf_Die *die)
{
    switch (language_of(die)) {
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
    case DW_LANG_ObjC_plus_plus:
    case LANG_CXX_17:
    case LANG_CXX_20:
    case LANG_CXX_23:
        return true;
    default:
        return false;
    }
}

bool language_is_fortran(Dwarf_Die *die)
{
    switch (language_of(die)) {
    case DW_LANG_Fortran77:
    case DW_LANG_Fortran90:
    case DW_LANG_Fortran95:
    case DW_LANG_Fortran03:
    case DW_LANG_Fortran08:
    case LANG_FORTRAN_18:
    case LANG_FORTRAN_23:
        return true;
    default:
        return false;
    }
}

bool language_is_rust(Dwarf_Die *die)
{
    return language_of(die) == DW_LANG_Rust;
}

bool language_is_d(Dwarf_Die *die)
{
    return language_of(die) == DW_LANG_D;
}

bool language_is_unsaid(Dwarf_Die *die)
{
    Dwarf_Die unit;
    return dwarf_diecu(die, &unit, NULL, NULL) && !dwarf_hasattr(&unit, DW_AT_language);
}

bool language_lower_bound(Dwarf_Die *die, int64_t *bound)
{
    *bound = 0;
    if (language_is_c(die) || language_is_cxx(die))
        return true;
    *bound = 1;
    if (language_is_fortran(die))
        return true;
    switch (language_of(die)) {
    case DW_LANG_Ada83:
    case DW_LANG_Ada95:
    case LANG_ADA_2005:
    case LANG_ADA_2012:
    case DW_LANG_Cobol74:
    case DW_LANG_Cobol85:
    case DW_LANG_Modula2:
    case DW_LANG_Modula3:
    case DW_LANG_Pascal83:
    case DW_LANG_PLI:
    case DW_LANG_Julia:
        return true;
    case DW_LANG_ObjC:
    case DW_LANG_UPC:
    case DW_LANG_D:
    case DW_LANG_Go:
    case DW_LANG_Rust:
    case DW_LANG_Swift:
    case DW_LANG_Java:
    case DW_LANG_OpenCL:
    case DW_LANG_Python:
    case DW_LANG_Haskell:
    case DW_LANG_OCaml:
    case DW_LANG_Dylan:
    case DW_LANG_RenderScript:
    case DW_LANG_BLISS:
    case LANG_ZIG:
        *bound = 0;
        return true;
    default:
        return false;
    }
}

/* SPDX-License-Identifier: MIT */
/* How a function is called where the compiler does not say: clang writes calling conventions, gcc
 * writes none. The place of the parameters tells, as far as there is code. */
#include "types/passing_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "elf/elf_file.h"

#include <dwarf.h>
#include <string.h>

/* LLVM's and others' numbers for DW_AT_calling_convention, with the attributes of clang. */
static const struct {
    unsigned code;
    const char *attribute;
} conventions[] = {
    {0x41, "fastcall"},       {0xB1, "stdcall"},         {0xB2, "pascal"},
    {0xB3, "fastcall"},       {0xB5, "thiscall"},        {0xC0, "vectorcall"},
    {0xC1, "ms_abi"},         {0xC3, "pcs(\"aapcs\")"},  {0xC4, "pcs(\"aapcs-vfp\")"},
    {0xC5, "intel_ocl_bicc"}, {0xC8, "swiftcall"},       {0xC9, "preserve_most"},
    {0xCA, "preserve_all"},   {0xCB, "regcall"},         {0xCC, "m68k_rtd"},
    {0xCD, "preserve_none"},  {0xCE, "riscv_vector_cc"}, {0xCF, "swiftasynccall"},
};

enum { CC_X86_64_SYSV = 0xC2, CC_AAPCS = 0xC3 };

static const char *convention_by_code(uint64_t code)
{
    for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
        if (conventions[i].code == code)
            return conventions[i].attribute;
    bool is_usual = code == DW_CC_normal || code == DW_CC_program || code == CC_X86_64_SYSV;
    return is_usual ? "" : NULL;
}

/* Does a flag of the unit change how all its functions are called? gcc records its flags. */
static const char *convention_by_flags(Dwarf_Die *die)
{
    static const struct {
        const char *flag, *attribute;
    } flags[] = {{" -mabi=ms", "ms_abi"},        {" -mregparm=3", "regparm(3)"},
                 {" -mregparm=2", "regparm(2)"}, {" -mregparm=1", "regparm(1)"},
                 {" -mrtd", "stdcall"},          {" -msseregparm", "sseregparm"}};
    Dwarf_Die unit;
    const char *producer =
        dwarf_diecu(die, &unit, NULL, NULL) ? die_string(&unit, DW_AT_producer) : NULL;
    for (size_t i = 0; producer && i < sizeof flags / sizeof *flags; i++)
        if (strstr(producer, flags[i].flag))
            return flags[i].attribute;
    return "";
}

/* ---- places ---- */

/* Sets where the frame's base lies, from the stack pointer before the call: the canonical frame
 * address (DWARF 5, 6.4.1), or the frame pointer below it and two words. */
static bool frame_base(const struct stamp *stamp, Dwarf_Die *function, int64_t *base)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operations;
    size_t count;
    if (!dwarf_attr(function, DW_AT_frame_base, &attribute) ||
        dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1)
        return false;
    unsigned frame_pointer = stamp_machine(stamp) == EM_386 ? DW_OP_reg5 : DW_OP_reg6;
    *base = operations[0].atom == DW_OP_call_frame_cfa ? 0 : -2 * (int64_t)stamp->pointer_size;
    return operations[0].atom == DW_OP_call_frame_cfa || operations[0].atom == frame_pointer;
}

struct place passing_place(const struct stamp *stamp, Dwarf_Die *function, Dwarf_Die *parameter)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operations;
    size_t count;
    Dwarf_Addr entry;
    struct place place = {.kind = PLACE_UNKNOWN};
    if (dwarf_entrypc(function, &entry) != 0 ||
        !dwarf_attr(parameter, DW_AT_location, &attribute) ||
        dwarf_getlocation_addr(&attribute, entry, &operations, &count, 1) != 1 || !count)
        return place;
    unsigned first = operations[0].atom;
    if (count > 1 && operations[1].atom == DW_OP_piece)
        return (struct place){.kind = PLACE_REGISTER, .number = -1}; /* in several */
    place.is_indirect = count == 2 && operations[1].atom == DW_OP_deref;
    if (count > 1 && !place.is_indirect)
        return place;
    if (first >= DW_OP_reg0 && first <= DW_OP_reg31 && count == 1) {
        place.kind = PLACE_REGISTER;
        place.number = first - DW_OP_reg0;
    } else if (first >= DW_OP_breg0 && first <= DW_OP_breg31 && count == 1 &&
               !operations[0].number) {
        place = (struct place){PLACE_REGISTER, first - DW_OP_breg0, true};
    } else if (first == DW_OP_fbreg && frame_base(stamp, function, &place.number)) {
        place.kind = PLACE_STACK;
        place.number = (int64_t)operations[0].number + place.number;
    }
    return place;
}

/* ---- parameters of the machine's classes (System V ABI, AMD64 supplement, 3.2.3) ---- */

enum argument_class { CLASS_NONE, CLASS_INTEGER, CLASS_SSE, CLASS_OTHER };

static enum argument_class class_of(Dwarf_Die *die, uint32_t pointer_size)
{
    Dwarf_Die type;
    uint64_t size = 0, encoding = 0;
    if (!die_follow(die, DW_AT_type, &type))
        return CLASS_NONE;
    if (dwarf_peel_type(&type, &type) != 0)
        return CLASS_OTHER;
    switch (dwarf_tag(&type)) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_enumeration_type:
        return CLASS_INTEGER;
    case DW_TAG_base_type:
        break;
    default:
        return CLASS_OTHER;
    }
    die_unsigned(&type, DW_AT_byte_size, &size);
    die_unsigned(&type, DW_AT_encoding, &encoding);
    if (size > pointer_size || encoding == DW_ATE_complex_float ||
        encoding == DW_ATE_decimal_float || (encoding == DW_ATE_float && size < 4))
        return CLASS_OTHER;
    return encoding == DW_ATE_float ? CLASS_SSE : CLASS_INTEGER;
}

enum { ARGUMENTS_MAX = 6 };

/* The first parameters of a function, as far as their classes are simple. */
struct arguments {
    size_t count;
    enum argument_class classes[ARGUMENTS_MAX];
    struct place places[ARGUMENTS_MAX];
};

static void arguments_read(const struct stamp *stamp, Dwarf_Die *function, struct arguments *out)
{
    Dwarf_Die child;
    *out = (struct arguments){0};
    if (class_of(function, stamp->pointer_size) == CLASS_OTHER ||
        dwarf_child(function, &child) != 0)
        return; /* the result may take the first register */
    do {
        if (dwarf_tag(&child) != DW_TAG_formal_parameter)
            continue;
        enum argument_class class = class_of(&child, stamp->pointer_size);
        if (class != CLASS_INTEGER && class != CLASS_SSE)
            return;
        out->classes[out->count] = class;
        out->places[out->count++] = passing_place(stamp, function, &child);
    } while (out->count < ARGUMENTS_MAX && dwarf_siblingof(&child, &child) == 0);
}

/* The registers' numbers in DWARF: rdi, rsi, rdx, rcx, r8, r9; xmm0 is 17. */
enum { XMM0 = 17 };
static const int sysv_registers[ARGUMENTS_MAX] = {5, 4, 1, 2, 8, 9};
static const int ms_registers[] = {2, 1, 8, 9};
enum { MS_REGISTERS = sizeof ms_registers / sizeof *ms_registers };

/* Microsoft's convention counts integers and floats together, and each parameter has a place on the
 * stack above the return address. gcc stores them there. So a function is of it if all known places
 * say so, and one contradicts System V's. (A single one may have changed before the first
 * instruction: `a = b`.) */
static bool is_ms_abi(const struct arguments *arguments)
{
    int integers = 0, floats = 0;
    bool contradicts = false;
    for (size_t i = 0; i < arguments->count; i++) {
        const struct place *place = &arguments->places[i];
        bool is_float = arguments->classes[i] == CLASS_SSE;
        int own = is_float ? XMM0 + floats++ : sysv_registers[integers++];
        int other = i >= MS_REGISTERS ? -1 : is_float ? XMM0 + (int)i : ms_registers[i];
        if (place->kind == PLACE_UNKNOWN)
            continue;
        bool is_ms = place->kind == PLACE_REGISTER ? place->number == other
                                                   : place->number == (int64_t)i * 8;
        bool is_sysv = place->kind == PLACE_REGISTER ? place->number == own : place->number < 0;
        if (!is_ms)
            return false;
        contradicts |= !is_sysv;
    }
    return contradicts;
}

/* System V's convention for i386 passes all on the stack; regparm in eax, edx, ecx, fastcall in ecx
 * and edx. NULL: in registers, but it is unknown which. */
static const char *convention_of_i386(const struct arguments *arguments)
{
    static const int regparm[] = {0, 2, 1}, fastcall[] = {1, 2};
    bool is_regparm = arguments->count > 0, is_fastcall = is_regparm, is_stored = false;
    for (size_t i = 0; i < arguments->count && i < 3; i++) {
        const struct place *place = &arguments->places[i];
        if (arguments->classes[i] != CLASS_INTEGER || place->kind == PLACE_UNKNOWN)
            return "";
        bool is_in_register = place->kind == PLACE_REGISTER;
        is_regparm &= is_in_register && place->number == regparm[i];
        is_fastcall &= i >= 2 || (is_in_register && place->number == fastcall[i]);
        is_stored |= !i && !is_in_register && place->number < 0;
    }
    if (is_stored)
        return NULL;
    return is_regparm ? "regparm(3)" : is_fastcall ? "fastcall" : "";
}

/* Is it of aarch64's convention for vectors? clang gives it the number of another machine's; gcc
 * gives none, but marks the linker's symbol. */
static bool is_vector_pcs(const struct stamp *stamp, Dwarf_Die *function, uint64_t code)
{
    const char *name = dwarf_tag(function) == DW_TAG_subprogram ? die_linkage_name(function) : NULL;
    const struct stamp_symbol *symbol = name ? stamp_find_symbol(stamp, name) : NULL;
    if (name && !symbol)
        symbol = stamp_find_name(stamp->shared, stamp->shared_count, sizeof *stamp->shared, name);
    return code == CC_AAPCS || (symbol && symbol->is_variant);
}

const char *passing_convention(const struct stamp *stamp, Dwarf_Die *function)
{
    uint64_t code = DW_CC_normal;
    unsigned machine = stamp_machine(stamp);
    die_unsigned(function, DW_AT_calling_convention, &code);
    if (machine == EM_AARCH64 && is_vector_pcs(stamp, function, code))
        return "aarch64_vector_pcs";
    if (code != DW_CC_normal)
        return convention_by_code(code);
    const char *by_flags = convention_by_flags(function);
    if (*by_flags || language_is_fortran(function) || (machine != EM_X86_64 && machine != EM_386) ||
        !dwarf_haschildren(function))
        return by_flags;
    struct arguments arguments;
    arguments_read(stamp, function, &arguments);
    if (machine == EM_X86_64)
        return stamp->pointer_size == 8 && is_ms_abi(&arguments) ? "ms_abi" : "";
    return convention_of_i386(&arguments);
}

/* ---- C++ classes ---- */

/* No class nests deeper, by bases and members, or has more of them. */
enum { NESTING_MAX = 64, VISITS_MAX = 1 << 14 };

/* Returns the number of declared parameters of a constructor, of the class's name, whose first one
 * is a reference to the class; 0 if it is none. With one parameter, it is a copy or move
 * constructor; with more it is, too, if these have defaults, which gcc does not tell. */
static size_t count_copy_parameters(Dwarf_Die *class, Dwarf_Die *function)
{
    const char *name = dwarf_diename(function), *own = dwarf_diename(class);
    size_t length = own ? strcspn(own, "<") : 0;
    Dwarf_Die child, type;
    size_t count = 0;
    bool is_own = false;
    if (!name || !length || strlen(name) != length || strncmp(name, own, length) != 0 ||
        dwarf_child(function, &child) != 0)
        return 0;
    do {
        if (dwarf_tag(&child) != DW_TAG_formal_parameter ||
            die_has_flag(&child, DW_AT_artificial) || count++)
            continue;
        bool is_reference =
            die_follow(&child, DW_AT_type, &type) && dwarf_peel_type(&type, &type) == 0 &&
            (dwarf_tag(&type) == DW_TAG_reference_type ||
             dwarf_tag(&type) == DW_TAG_rvalue_reference_type) &&
            die_follow(&type, DW_AT_type, &type) && dwarf_peel_type(&type, &type) == 0;
        is_own = is_reference && type.addr == class->addr;
    } while (dwarf_siblingof(&child, &child) == 0);
    return is_own ? count : 0;
}

/* What the functions of a class say of how it is passed. */
struct class_functions {
    bool has_own;             /* a destructor, or a copy constructor, that is not trivial */
    bool may_have_own;        /* a constructor that may be one for copies */
    unsigned copies, deleted; /* copy constructors; those that may not be called */
};

static void class_functions_add(struct class_functions *functions, Dwarf_Die *class,
                                Dwarf_Die *function)
{
    const char *name = dwarf_diename(function);
    uint64_t defaulted = DW_DEFAULTED_no, virtuality = 0;
    die_unsigned(function, DW_AT_virtuality, &virtuality);
    functions->has_own |= virtuality != 0;
    size_t copy_parameters = count_copy_parameters(class, function);
    bool is_copy = copy_parameters == 1;
    functions->may_have_own |= copy_parameters > 1;
    if (!name || die_has_flag(function, DW_AT_artificial) || (*name != '~' && !is_copy))
        return;
    die_unsigned(function, DW_AT_defaulted, &defaulted);
    bool is_deleted =
        die_has_flag(function, DW_AT_deleted) || die_has_flag(function, DW_AT_GNU_deleted);
    functions->copies += is_copy;
    functions->deleted += is_copy && is_deleted;
    functions->has_own |= !is_deleted && defaulted != DW_DEFAULTED_in_class;
}

/* A search through a class, its bases and its members. */
struct class_search {
    unsigned depth;
    unsigned left;      /* DIEs to visit; more are hostile */
    bool is_unsure;     /* a class may have a constructor for copies */
    bool is_incomplete; /* a class is incomplete */
};

static bool type_is_by_reference(struct class_search *search, Dwarf_Die *die);

/* The C++ ABI for Itanium, 3.1.1: a class is not trivial for the purposes of calls if it has a
 * copy or move constructor or a destructor that is not trivial, or all of the former are deleted;
 * so is one with such a base or member. */
static bool class_is_by_reference(struct class_search *search, Dwarf_Die *class)
{
    Dwarf_Die child;
    uint64_t code;
    if (die_unsigned(class, DW_AT_calling_convention, &code))
        return code == DW_CC_pass_by_reference;
    struct class_functions functions = {0};
    if (dwarf_child(class, &child) != 0)
        return false;
    do {
        int tag = dwarf_tag(&child);
        if (tag == DW_TAG_inheritance && dwarf_hasattr(&child, DW_AT_virtuality))
            return true;
        if ((tag == DW_TAG_inheritance || tag == DW_TAG_member) &&
            !die_has_flag(&child, DW_AT_external) && type_is_by_reference(search, &child))
            return true;
        if (tag == DW_TAG_subprogram)
            class_functions_add(&functions, class, &child);
    } while (dwarf_siblingof(&child, &child) == 0);
    search->is_unsure |= functions.may_have_own;
    return functions.has_own || (functions.copies && functions.copies == functions.deleted);
}

static bool type_is_by_reference(struct class_search *search, Dwarf_Die *die)
{
    Dwarf_Die type, element;
    if (search->depth > NESTING_MAX || !search->left)
        return true;
    search->left--;
    if (!die_follow(die, DW_AT_type, &type) || dwarf_peel_type(&type, &type) != 0)
        return false;
    for (int i = 0; i < NESTING_MAX && dwarf_tag(&type) == DW_TAG_array_type; i++)
        if (!die_follow(&type, DW_AT_type, &element) || dwarf_peel_type(&element, &type) != 0)
            return false;
    die_complete(&type);
    int tag = dwarf_tag(&type);
    if (tag != DW_TAG_class_type && tag != DW_TAG_structure_type && tag != DW_TAG_union_type)
        return false;
    if (die_is_declaration(&type)) {
        search->is_incomplete = true;
        return false;
    }
    search->depth++;
    bool is_by_reference = class_is_by_reference(search, &type);
    search->depth--;
    return is_by_reference;
}

enum passing passing_of(const struct stamp *stamp, Dwarf_Die *function, Dwarf_Die *die)
{
    struct class_search search = {.left = VISITS_MAX};
    if (!language_is_cxx(die))
        return PASSING_BY_VALUE;
    if (type_is_by_reference(&search, die))
        return PASSING_BY_REFERENCE;
    if (!search.is_unsure && !search.is_incomplete)
        return PASSING_BY_VALUE;
    /* On other machines, the place of a large object looks alike in both cases. */
    struct place place = {.kind = PLACE_UNKNOWN};
    if (stamp_machine(stamp) == EM_X86_64 && dwarf_tag(die) == DW_TAG_formal_parameter)
        place = passing_place(stamp, function, die);
    if (place.kind == PLACE_UNKNOWN)
        return search.is_unsure ? PASSING_UNKNOWN : PASSING_BY_VALUE;
    return place.is_indirect ? PASSING_BY_REFERENCE : PASSING_BY_VALUE;
}

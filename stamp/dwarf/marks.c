/* SPDX-License-Identifier: MIT */
/* The records that the macros of interfaces, and of promises, leave at file scope. */
#include "dwarf/die.h"
#include "dwarf/records_p.h"
#include "elf/elf_file.h"
#include "src/base/array.h"

#include <dwarf.h>
#include <stdlib.h>

bool records_read_name(const char *name, const char *prefix, uint64_t *number, const char **rest)
{
    size_t length = strlen(prefix), digits;
    if (strncmp(name, prefix, length) != 0)
        return false;
    name += length;
    digits = strspn(name, "0123456789");
    if (!digits || digits > 18)
        return false;
    *number = strtoull(name, NULL, 10);
    *rest = name + digits;
    return true;
}

/* Finds the child of this tag and, unless it is NULL, of this name. */
static bool mark_child(Dwarf_Die *die, int tag, const char *name, Dwarf_Die *child)
{
    if (dwarf_child(die, child) != 0)
        return false;
    do {
        const char *own = dwarf_diename(child);
        if (dwarf_tag(child) == tag && (!name || (own && !strcmp(own, name))))
            return true;
    } while (dwarf_siblingof(child, child) == 0);
    return false;
}

/* Reads PLUGIN_MEMBER_: void (*)(T *, char (*)[offset + 1]). */
static bool mark_read_member(Dwarf_Die *die, struct stamp_mark *mark)
{
    Dwarf_Die function, parameter, array, range;
    if (!die_follow_pointer(die, &function) || dwarf_tag(&function) != DW_TAG_subroutine_type ||
        !mark_child(&function, DW_TAG_formal_parameter, NULL, &parameter) ||
        !die_follow_pointer(&parameter, &mark->type) ||
        dwarf_siblingof(&parameter, &parameter) != 0 || !die_follow_pointer(&parameter, &array) ||
        !mark_child(&array, DW_TAG_subrange_type, NULL, &range))
        return false;
    if (die_unsigned(&range, DW_AT_upper_bound, &mark->offset))
        return true;
    bool has_count = die_unsigned(&range, DW_AT_count, &mark->offset) && mark->offset;
    mark->offset--;
    return has_count;
}

/* Returns the string that starts the variable's value; NULL if there is none. */
static const char *mark_value(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Block block;
    bool has_string = die_attribute(die, DW_AT_const_value, &attribute) &&
                      dwarf_formblock(&attribute, &block) == 0 &&
                      memchr(block.data, '\0', block.length);
    return has_string ? (const char *)block.data : NULL;
}

/* Finds where the variable is. With -flto, another DIE has the address. g++ gives the value of a
 * constant in a namespace instead. */
static bool mark_find(Dwarf_Die *die, struct stamp_mark *mark)
{
    Dwarf_Attribute attribute;
    if (die_address(die, &mark->address))
        return true;
    mark->has_value = die_attribute(die, DW_AT_const_value, &attribute);
    return mark->has_value;
}

/* Reads a struct { char name[]; TYPE member; } and finds the member. */
static bool mark_read_named(struct stamp *stamp, Dwarf_Die *die, const char *member,
                            struct stamp_mark *mark, Dwarf_Die *found)
{
    Dwarf_Die type;
    if (!die_follow(die, DW_AT_type, &type) || dwarf_peel_type(&type, &type) != 0 ||
        !mark_child(&type, DW_TAG_member, member, found))
        return false;
    mark->name = mark->has_value ? mark_value(die)
                 : mark->address ? stamp_string_at(stamp, mark->address)
                                 : NULL;
    return mark->name && *mark->name;
}

static bool mark_add(struct stamp *stamp, const struct stamp_mark *mark, struct error *error)
{
    struct stamp_interfaces *interfaces = &stamp->interfaces;
    struct stamp_mark *added = mark->kind >= MARK_GROWS
                                   ? array_add(&stamp->arena, stamp->promises, stamp->promise_count,
                                               stamp->promise_capacity)
                                   : array_add(&stamp->arena, interfaces->marks,
                                               interfaces->mark_count, interfaces->mark_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = *mark;
    return true;
}

static bool mark_set_unread(const char *macro, Dwarf_Die *die, struct error *error)
{
    uint32_t line;
    const char *file = die_declared_in(die, &line);
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "cannot read the record of %s at %s:%u; compile the file with -g, and link it "
                     "without --gc-sections",
                     macro, file, line);
}

/* ---- promises ---- */

/* In C++, the source may qualify the enumerator's name. */
static void mark_read_enumerator(struct stamp_mark *mark)
{
    for (const char *scope; (scope = strstr(mark->name, "::"));)
        mark->name = scope + 2 + strspn(scope + 2, " ");
}

static bool mark_read_promise(struct stamp *stamp, Dwarf_Die *die, struct stamp_mark *mark)
{
    Dwarf_Die of, as, type;
    switch (mark->kind) {
    case MARK_GROWS:
        return die_follow_pointer(die, &mark->type);
    case MARK_GROWS_SIZED:
    case MARK_GROWS_VERSIONED:
        return mark_read_member(die, mark);
    case MARK_GROWS_UNTIL:
        if (!mark_read_named(stamp, die, "of", mark, &of) || !die_follow_pointer(&of, &mark->type))
            return false;
        mark_read_enumerator(mark);
        return true;
    default:
        return die_follow(die, DW_AT_type, &type) && dwarf_peel_type(&type, &type) == 0 &&
               mark_child(&type, DW_TAG_member, "of", &of) &&
               mark_child(&type, DW_TAG_member, "as", &as) &&
               die_follow_pointer(&of, &mark->type) && die_follow_pointer(&as, &mark->outside);
    }
}

bool records_add_promise(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error)
{
    static const struct {
        const char *prefix, *macro;
    } macros[] = {{"plugin_grows_", "PLUGIN_GROWS"},
                  {"plugin_grows_sized_", "PLUGIN_GROWS_SIZED"},
                  {"plugin_grows_versioned_", "PLUGIN_GROWS_VERSIONED"},
                  {"plugin_grows_until_", "PLUGIN_GROWS_UNTIL"},
                  {"plugin_alias_", "PLUGIN_ALIAS"}};
    struct stamp_mark mark = {.kind = MARK_GROWS, .die = *die};
    uint64_t number;
    const char *rest;
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
        if (records_read_name(name, macros[i].prefix, &number, &rest) && !*rest) {
            mark.macro = macros[i].macro;
            mark.kind += i;
        }
    /* Those of a built-in plugin are not the program's. */
    if (!mark.macro || (stamp->names_only && !stamp->filter) || !mark_find(die, &mark) ||
        stamp_is_in_section(stamp, FORMAT_BUILT_IN_MARKS, mark.address))
        return true;
    return mark_read_promise(stamp, die, &mark) ? mark_add(stamp, &mark, error)
                                                : mark_set_unread(mark.macro, die, error);
}

/* ---- interfaces ---- */

bool records_add_mark(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error)
{
    struct stamp_mark mark = {.kind = MARK_OPTIONAL, .die = *die};
    const char *rest;
    uint64_t number;
    Dwarf_Die member;
    bool is_read;
    if (stamp->names_only || !mark_find(die, &mark))
        return true;
    if (records_read_name(name, "plugin_optional_", &number, &rest) && !*rest) {
        mark.macro = "PLUGIN_OPTIONAL";
        is_read = mark_read_member(die, &mark);
    } else if (records_read_name(name, "plugin_named_", &number, &rest) && !*rest) {
        mark.macro = "PLUGIN_NAMED";
        mark.kind = MARK_NAMED;
        is_read =
            mark_read_named(stamp, die, "of", &mark, &member) && mark_read_member(&member, &mark);
    } else if (records_read_name(name, "plugin_implements_", &number, &rest) && !*rest) {
        mark.macro = "PLUGIN_IMPLEMENTS";
        mark.kind = MARK_IMPLEMENTS;
        is_read = die_follow_pointer(die, &mark.type);
    } else {
        mark.kind = MARK_EXPECTS;
        mark.is_optional = records_read_name(name, "plugin_expects_optional_", &number, &rest);
        if (!mark.is_optional && !records_read_name(name, "plugin_expects_", &number, &rest))
            return true;
        mark.macro = "PLUGIN_EXPECTS";
        is_read = mark_read_named(stamp, die, "type", &mark, &member) &&
                  die_follow(&member, DW_AT_type, &mark.type);
    }
    return is_read ? mark_add(stamp, &mark, error) : mark_set_unread(mark.macro, die, error);
}

/* ---- marks without debug information ---- */

/* Is this the name of a PLUGIN_EXPECTS or PLUGIN_IMPLEMENTS? In C++, it is mangled. */
static bool mark_is_named(const char *name)
{
    static const char *const names[] = {"plugin_expects_", "plugin_implements_"};
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        const char *start = strncmp(name, "_Z", 2) ? name : strstr(name, names[i]);
        if (start && !strncmp(start, names[i], strlen(names[i])))
            return true;
    }
    return false;
}

static int mark_by_address(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sets *count to that of these marks in .symtab. Within extern "C", clang++ gives a variable two
 * names. */
static bool marks_count_defined(const struct stamp *stamp, size_t *count, struct error *error)
{
    GElf_Shdr header;
    GElf_Sym symbol;
    uint64_t *addresses = NULL;
    size_t found = 0, capacity = 0;
    Elf_Scn *section = section_of_type(stamp->elf, SHT_SYMTAB, &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
        if (GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_shndx == SHN_UNDEF ||
            !mark_is_named(elf_strptr(stamp->elf, header.sh_link, symbol.st_name)))
            continue;
        uint64_t *added = array_add(NULL, addresses, found, capacity);
        if (!added) {
            free(addresses);
            return error_set_no_memory(error);
        }
        *added = symbol.st_value;
    }
    stamp_sort(addresses, found, sizeof *addresses, mark_by_address);
    *count = 0;
    for (size_t i = 0; i < found; i++)
        *count += !i || addresses[i] != addresses[i - 1];
    free(addresses);
    return true;
}

/* The members' marks are in the header of an interface: the file that uses it has them. */
bool records_check_marks(const struct stamp *stamp, struct error *error)
{
    size_t defined = 0, described = 0;
    if (stamp->names_only)
        return true;
    if (!marks_count_defined(stamp, &defined, error))
        return false;
    for (size_t i = 0; i < stamp->interfaces.mark_count; i++) {
        const struct stamp_mark *mark = &stamp->interfaces.marks[i];
        described += (mark->address || mark->has_value) &&
                     (mark->kind == MARK_EXPECTS || mark->kind == MARK_IMPLEMENTS);
    }
    if (described >= defined)
        return true;
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "%zu of its %zu uses of PLUGIN_EXPECTS and PLUGIN_IMPLEMENTS have no debug "
                     "information, so their types are unknown; compile every file with -g",
                     defined - described, defined);
}

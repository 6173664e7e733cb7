/* The records that the macros of interfaces leave at file scope. */
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

/* Reads a struct { char name[]; TYPE member; } and finds the member. */
static bool mark_read_named(struct stamp *stamp, Dwarf_Die *die, const char *member,
                            struct stamp_mark *mark, Dwarf_Die *found)
{
    Dwarf_Die type;
    if (!die_follow(die, DW_AT_type, &type) || dwarf_peel_type(&type, &type) != 0 ||
        !mark_child(&type, DW_TAG_member, member, found))
        return false;
    mark->name = mark->address ? stamp_string_at(stamp, mark->address) : NULL;
    return mark->name && *mark->name;
}

static bool mark_add(struct stamp *stamp, const struct stamp_mark *mark, struct error *error)
{
    struct stamp_interfaces *interfaces = &stamp->interfaces;
    struct stamp_mark *added = array_add(&stamp->arena, interfaces->marks, interfaces->mark_count,
                                         interfaces->mark_capacity);
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

bool records_add_mark(struct stamp *stamp, Dwarf_Die *die, const char *name, struct error *error)
{
    struct stamp_mark mark = {.kind = MARK_OPTIONAL};
    const char *macro, *rest;
    uint64_t number;
    Dwarf_Die member;
    bool is_read;
    /* With -flto, another DIE has the address. */
    if (stamp->names_only || !die_address(die, &mark.address))
        return true;
    if (records_read_name(name, "plugin_optional_", &number, &rest) && !*rest) {
        macro = "PLUGIN_OPTIONAL";
        is_read = mark_read_member(die, &mark);
    } else if (records_read_name(name, "plugin_named_", &number, &rest) && !*rest) {
        macro = "PLUGIN_NAMED";
        mark.kind = MARK_NAMED;
        is_read =
            mark_read_named(stamp, die, "of", &mark, &member) && mark_read_member(&member, &mark);
    } else if (records_read_name(name, "plugin_implements_", &number, &rest) && !*rest) {
        macro = "PLUGIN_IMPLEMENTS";
        mark.kind = MARK_IMPLEMENTS;
        is_read = die_follow_pointer(die, &mark.type);
    } else {
        mark.kind = MARK_EXPECTS;
        mark.is_optional = records_read_name(name, "plugin_expects_optional_", &number, &rest);
        if (!mark.is_optional && !records_read_name(name, "plugin_expects_", &number, &rest))
            return true;
        macro = "PLUGIN_EXPECTS";
        is_read = mark_read_named(stamp, die, "type", &mark, &member) &&
                  die_follow(&member, DW_AT_type, &mark.type);
    }
    return is_read ? mark_add(stamp, &mark, error) : mark_set_unread(macro, die, error);
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

/* The members' marks are in the header of an interface: the file that uses it has them. */
bool records_check_marks(const struct stamp *stamp, struct error *error)
{
    GElf_Shdr header;
    GElf_Sym symbol;
    size_t defined = 0, described = 0;
    Elf_Scn *section = section_of_type(stamp->elf, SHT_SYMTAB, &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++)
        defined += GELF_ST_TYPE(symbol.st_info) == STT_OBJECT && symbol.st_shndx != SHN_UNDEF &&
                   mark_is_named(elf_strptr(stamp->elf, header.sh_link, symbol.st_name));
    for (size_t i = 0; i < stamp->interfaces.mark_count; i++) {
        const struct stamp_mark *mark = &stamp->interfaces.marks[i];
        described += mark->address && (mark->kind == MARK_EXPECTS || mark->kind == MARK_IMPLEMENTS);
    }
    if (stamp->names_only || described >= defined)
        return true;
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "%zu of its %zu uses of PLUGIN_EXPECTS and PLUGIN_IMPLEMENTS have no debug "
                     "information, so their types are unknown; compile every file with -g",
                     defined - described, defined);
}

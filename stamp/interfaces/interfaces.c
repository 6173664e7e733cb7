/* SPDX-License-Identifier: MIT */
/* The interfaces of the module: structs of pointers, which libbpf's deduplication has made one type
 * each, and all PLUGIN_EXPECTS together. */
#include "interfaces/interfaces.h"

#include "elf/elf_file.h"
#include "model/image.h"
#include "src/base/array.h"
#include "src/fit/demands.h"
#include "src/types/btf.h"
#include "src/types/btf_tags.h"
#include "src/types/print.h"
#include "types/type_hash.h"

#include <stdlib.h>

/* The interfaces that are being made. */
struct maker {
    struct stamp *stamp;
    const struct btf *btf;
    struct type_hashes *hashes;
    struct error *error;
};

static bool maker_fail(const struct maker *maker, const char *interface, const char *member,
                       const char *why)
{
    return error_set(maker->error, PLUGIN_NOT_PLUGIN, "%s is no interface: %s%s%s", interface,
                     *member ? "its member " : "", member, why);
}

static bool is_pointer_to_void(const struct btf *btf, uint32_t type)
{
    uint32_t target = btf_unqualified(btf, type).type.type;
    return btf_unqualified(btf, target).type.kind == BTF_VOID;
}

static struct stamp_member *maker_add_member(struct maker *maker)
{
    struct stamp_interfaces *interfaces = &maker->stamp->interfaces;
    struct stamp_member *member = array_add(&maker->stamp->arena, interfaces->members,
                                            interfaces->member_count, interfaces->member_capacity);
    if (!member)
        error_set_no_memory(maker->error);
    return member;
}

/* Applies PLUGIN_OPTIONAL and PLUGIN_NAMED to a member of this interface. */
static bool maker_apply_marks(const struct maker *maker, const struct stamp_interface *interface,
                              struct stamp_member *member)
{
    const struct stamp_interfaces *interfaces = &maker->stamp->interfaces;
    const char *own_name = member->symbol;
    bool is_named = false;
    for (size_t i = 0; i < interfaces->mark_count; i++) {
        const struct stamp_mark *mark = &interfaces->marks[i];
        if (mark->offset != member->offset ||
            btf_unqualified(maker->btf, mark->type_id).id != interface->struct_id)
            continue;
        member->is_optional |= mark->kind == MARK_OPTIONAL;
        if (mark->kind != MARK_NAMED)
            continue;
        if (is_named && strcmp(member->symbol, mark->name) != 0)
            return maker_fail(maker, interface->name, own_name, " has two names by PLUGIN_NAMED");
        member->symbol = mark->name;
        is_named = true;
    }
    return true;
}

static bool maker_add_struct_member(struct maker *maker, const struct stamp_interface *interface,
                                    const struct btf_member *member)
{
    struct btf_unqualified pointer = btf_unqualified(maker->btf, member->type);
    bool is_pointer = pointer.type.kind == BTF_PTR && !member->bit_size;
    if (!*member->name)
        return maker_fail(maker, interface->name, "", "one of its members has no name");
    if (!strcmp(member->name, BTF_VIRTUAL_POINTER))
        return maker_fail(maker, interface->name, "", "it has virtual functions");
    if (!is_pointer)
        return maker_fail(maker, interface->name, member->name, " is no pointer");
    if (is_pointer_to_void(maker->btf, member->type))
        return maker_fail(maker, interface->name, member->name,
                          " points to void, which is the type of no symbol");
    struct stamp_member *added = maker_add_member(maker);
    if (!added)
        return false;
    *added = (struct stamp_member){
        .symbol = arena_strndup(&maker->stamp->arena, member->name, strlen(member->name)),
        .type = member->type,
        .offset = member->bit_offset / 8};
    if (!added->symbol)
        return error_set_no_memory(maker->error);
    return maker_apply_marks(maker, interface, added);
}

static bool maker_add_members(struct maker *maker, struct stamp_interface *interface)
{
    const struct stamp_interfaces *interfaces = &maker->stamp->interfaces;
    struct btf_type type = btf_type(maker->btf, interface->struct_id);
    bool is_needed = false;
    for (uint32_t i = 0; i < type.length; i++) {
        struct btf_member member = btf_member(maker->btf, &type, i);
        if (!maker_add_struct_member(maker, interface, &member))
            return false;
        is_needed |= !interfaces->members[interfaces->member_count - 1].is_optional;
    }
    interface->member_count = interfaces->member_count - interface->first_member;
    return is_needed || maker_fail(maker, interface->name, "",
                                   "every plugin meets it; one member must be needed");
}

/* Returns "struct filter", or the name of the typedef of a struct without a tag. */
static const char *maker_name(struct maker *maker, uint32_t type)
{
    TEXT_AUTO name = {0};
    struct btf_type own = btf_type(maker->btf, type);
    if (own.kind == BTF_TYPEDEF && !*btf_unqualified(maker->btf, type).type.name)
        text_add_escaped(&name, own.name);
    else
        print_shown(&name, maker->btf, btf_unqualified(maker->btf, type).id, NULL);
    const char *copy =
        name.failed ? NULL : arena_strndup(&maker->stamp->arena, text_chars(&name), name.length);
    if (!copy)
        error_set_no_memory(maker->error);
    return copy;
}

/* Do both pointers point to one type? Units of another language, or by another compiler, may
 * describe it in another way. */
static bool maker_has_same_target(const struct maker *maker, uint32_t first, uint32_t second)
{
    uint64_t hash = type_hash_of_target(maker->hashes, first);
    return first == second || (hash && hash == type_hash_of_target(maker->hashes, second));
}

static bool maker_is_same(const struct maker *maker, const struct stamp_interface *first,
                          const struct stamp_interface *second)
{
    const struct stamp_member *members = maker->stamp->interfaces.members;
    if (first->kind != second->kind || strcmp(first->name, second->name) != 0 ||
        first->size != second->size || first->member_count != second->member_count)
        return false;
    for (size_t i = 0; i < first->member_count; i++) {
        const struct stamp_member *a = &members[first->first_member + i];
        const struct stamp_member *b = &members[second->first_member + i];
        if (strcmp(a->symbol, b->symbol) != 0 || a->offset != b->offset ||
            a->is_optional != b->is_optional || !maker_has_same_target(maker, a->type, b->type))
            return false;
    }
    return true;
}

/* Adds the interface whose members were added last, unless another struct is the same one. */
static bool maker_end(struct maker *maker, const struct stamp_interface *made, uint32_t *number)
{
    struct stamp_interfaces *interfaces = &maker->stamp->interfaces;
    for (size_t i = 0; i < interfaces->count; i++)
        if (maker_is_same(maker, &interfaces->items[i], made)) {
            interfaces->member_count = made->first_member;
            *number = (uint32_t)i + 1;
            return true;
        }
    struct stamp_interface *added =
        array_add(&maker->stamp->arena, interfaces->items, interfaces->count, interfaces->capacity);
    if (!added)
        return error_set_no_memory(maker->error);
    *added = *made;
    *number = (uint32_t)interfaces->count;
    return true;
}

/* Sets *number to that of the interface of this struct and kind, plus 1; makes it the first time.
 */
static bool maker_add(struct maker *maker, uint32_t type, enum format_interface_kind kind,
                      uint32_t *number)
{
    struct stamp_interfaces *interfaces = &maker->stamp->interfaces;
    struct btf_unqualified own = btf_unqualified(maker->btf, type);
    for (size_t i = 0; i < interfaces->count; i++)
        if (interfaces->items[i].kind == kind && interfaces->items[i].struct_id == own.id) {
            *number = (uint32_t)i + 1;
            return true;
        }
    struct stamp_interface made = {.kind = kind,
                                   .name = maker_name(maker, type),
                                   .struct_id = own.id,
                                   .type = type,
                                   .size = own.type.size,
                                   .first_member = interfaces->member_count};
    if (!made.name)
        return false;
    if (own.type.kind != BTF_STRUCT || !own.type.length)
        return maker_fail(maker, made.name, "",
                          own.type.kind == BTF_FWD
                              ? "its members are unknown; clang++ needs -fstandalone-debug"
                              : "it is no struct of pointers");
    return maker_add_members(maker, &made) && maker_end(maker, &made, number);
}

static int mark_by_name(const void *a, const void *b)
{
    const struct stamp_mark *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int order = x->kind == MARK_EXPECTS ? strcmp(x->name, y->name) : 0;
    return order ? order : x->type_id < y->type_id ? -1 : x->type_id > y->type_id;
}

/* Adds the interface of all PLUGIN_EXPECTS, which marks are sorted by. A header has one for each
 * file that includes it. */
static bool maker_add_expected(struct maker *maker)
{
    struct stamp_interfaces *interfaces = &maker->stamp->interfaces;
    const struct stamp_mark *previous = NULL;
    struct stamp_interface made = {
        .kind = FORMAT_INTERFACE_EXPECTED, .name = "", .first_member = interfaces->member_count};
    for (size_t i = 0; i < interfaces->mark_count; i++) {
        const struct stamp_mark *mark = &interfaces->marks[i];
        if (mark->kind != MARK_EXPECTS)
            continue;
        if (is_pointer_to_void(maker->btf, mark->type_id))
            return error_set(maker->error, PLUGIN_NOT_PLUGIN,
                             "PLUGIN_EXPECTS(\"%s\") names void, which is the type of no symbol",
                             mark->name);
        bool is_same = previous && !strcmp(previous->name, mark->name);
        if (is_same && !maker_has_same_target(maker, previous->type_id, mark->type_id))
            return error_set(maker->error, PLUGIN_NOT_PLUGIN,
                             "PLUGIN_EXPECTS(\"%s\") has two types", mark->name);
        struct stamp_member *added =
            is_same ? &interfaces->members[interfaces->member_count - 1] : maker_add_member(maker);
        if (!added)
            return false;
        if (!is_same)
            *added = (struct stamp_member){
                .symbol = mark->name, .type = mark->type_id, .is_optional = true};
        added->is_optional &= mark->is_optional;
        previous = mark;
    }
    made.member_count = interfaces->member_count - made.first_member;
    struct stamp_interface *added = previous ? array_add(&maker->stamp->arena, interfaces->items,
                                                         interfaces->count, interfaces->capacity)
                                             : NULL;
    if (added)
        *added = made;
    return added || !previous || error_set_no_memory(maker->error);
}

static bool maker_add_all(struct maker *maker)
{
    struct stamp *stamp = maker->stamp;
    struct stamp_interfaces *interfaces = &stamp->interfaces;
    uint32_t ignored;
    stamp_sort(interfaces->marks, interfaces->mark_count, sizeof *interfaces->marks, mark_by_name);
    for (size_t i = 0; i < stamp->probe_count; i++)
        if (stamp->probes[i].is_interface &&
            !maker_add(maker, stamp->probes[i].type, FORMAT_INTERFACE_OPENED,
                       &stamp->probes[i].interface))
            return false;
    for (size_t i = 0; i < interfaces->mark_count; i++)
        if (interfaces->marks[i].kind == MARK_IMPLEMENTS && !stamp->is_executable &&
            !maker_add(maker, interfaces->marks[i].type_id, FORMAT_INTERFACE_IMPLEMENTED, &ignored))
            return false;
    return maker_add_expected(maker);
}

bool stamp_make_interfaces(struct stamp *stamp, struct bytes btf, struct error *error)
{
    struct btf types;
    if (!btf_read(&types, btf, stamp->pointer_size, error))
        return error_prefix_damaged(error);
    struct maker maker = {stamp, &types, type_hashes_new(&types, error), error};
    bool done = maker.hashes && maker_add_all(&maker);
    if (done && type_hashes_failed(maker.hashes))
        done = error_set_no_memory(error);
    type_hashes_free(maker.hashes);
    btf_deinit(&types);
    return done;
}

/* ---- PLUGIN_IMPLEMENTS ---- */

static const char *hidden_reason(const void *context, const char *name)
{
    const struct stamp *stamp = context;
    GElf_Shdr header;
    GElf_Sym symbol;
    Elf_Scn *section = section_of_type(stamp->elf, SHT_SYMTAB, &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    /* How the name of a function in the global namespace starts (Itanium C++ ABI 5.1.2). */
    TEXT_AUTO mangled = {0};
    text_add(&mangled, "_Z%zu%s", strlen(name), name);
    for (int i = 1; data && !mangled.failed && gelf_getsym(data, i, &symbol); i++) {
        const char *own = elf_strptr(stamp->elf, header.sh_link, symbol.st_name);
        size_t length = own ? strcspn(own, "@") : 0;
        if (symbol.st_shndx == SHN_UNDEF || !length)
            continue;
        if (!strncmp(own, text_chars(&mangled), mangled.length))
            return "a function of C++; declare it extern \"C\"";
        if (length != strlen(name) || strncmp(own, name, length) != 0)
            continue;
        if (own[length])
            return "of another version than the default one";
        return "static, of hidden visibility, or made local by a version script";
    }
    return "";
}

static bool check_interface(const struct stamp *stamp, const struct module *module, uint32_t number,
                            struct error *error)
{
    MISFITS_AUTO misfits = {0};
    const struct stamp_interface *interface = &stamp->interfaces.items[number];
    struct demand *items = calloc(interface->member_count, sizeof *items);
    if (!items)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < interface->member_count; i++)
        items[i] = demand_of(module, "interface", number, i);
    struct demands demands = {.items = items,
                              .count = interface->member_count,
                              .hidden = hidden_reason,
                              .context = stamp};
    bool is_judged = demands_judge(&misfits, demands, module, error);
    if (is_judged && misfits.count) {
        misfits_refuse(&misfits, "the plugin", interface->name, error);
        error->code = PLUGIN_NOT_PLUGIN;
    }
    free(items);
    return is_judged && !misfits.count;
}

bool stamp_check_implemented(const struct stamp *stamp, struct bytes meta, struct bytes btf,
                             struct error *error)
{
    struct module module = {.is_stamped = true, .pointer_size = stamp->pointer_size};
    struct btf types;
    bool done = true;
    if (stamp->names_only || !stamp->interfaces.count)
        return true;
    if (!meta_read_start(&module.meta, meta, error) ||
        !meta_read_tables(&module.meta, meta, error) ||
        !btf_read(&types, btf, stamp->pointer_size, error))
        return error_prefix_damaged(error);
    module.btf = &types;
    for (uint32_t i = 0; done && i < stamp->interfaces.count; i++)
        done = stamp->interfaces.items[i].kind != FORMAT_INTERFACE_IMPLEMENTED ||
               check_interface(stamp, &module, i, error);
    btf_deinit(&types);
    return done;
}

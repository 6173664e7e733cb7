/* SPDX-License-Identifier: MIT */
/* The BTF reader. */
#include "types/btf.h"

#include "types/btf_tags.h"

#include <assert.h>
#include <stdlib.h>

struct record {
    uint32_t name;
    uint32_t info; /* bits 0-15: length, 24-28: kind, 31: flag */
    uint32_t size_or_type;
};

/* LINKS_MAX bounds every walk along a chain of pointers, arrays, qualifiers and typedefs, TAGS_MAX
 * the declaration tags of one type or member; programs stay far below. */
enum { LINKS_MAX = 1024, TAGS_MAX = 64 };

/* The size of the data after a record of each kind: bytes once, and for each of its items. */
static const struct {
    uint8_t once, each;
} more_sizes[BTF_KIND_COUNT] = {
    [BTF_INT] = {4, 0},     [BTF_ARRAY] = {12, 0},   [BTF_STRUCT] = {0, 12},
    [BTF_UNION] = {0, 12},  [BTF_ENUM] = {0, 8},     [BTF_FUNC_PROTO] = {0, 8},
    [BTF_VAR] = {4, 0},     [BTF_DATASEC] = {0, 12}, [BTF_DECL_TAG] = {4, 0},
    [BTF_ENUM64] = {0, 12},
};

static uint32_t btf_word(const uint8_t *more, size_t index)
{
    uint32_t value;
    memcpy(&value, more + index * sizeof value, sizeof value);
    return value;
}

static struct record btf_record(const struct btf *btf, uint32_t offset)
{
    struct record record;
    memcpy(&record, btf->types.data + offset, sizeof record);
    return record;
}

static enum btf_kind record_kind(struct record record)
{
    return record.info >> 24 & 0x1F;
}

static bool btf_set_damaged(struct error *error, uint32_t id, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its .BTF section is damaged: type %u: %s", id,
                     what);
}

static bool btf_read_header(struct btf *btf, struct bytes section, struct error *error)
{
    struct btf_header header;
    struct bytes body;
    if (section.size < sizeof header)
        return error_set(error, PLUGIN_NOT_PLUGIN, "its .BTF section is damaged: truncated header");
    memcpy(&header, section.data, sizeof header);
    if (header.magic != BTF_MAGIC || header.version != BTF_VERSION)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its .BTF section is damaged: not BTF version 1");
    if (header.header_size < sizeof header || header.types_offset % 4 != 0 ||
        !bytes_slice(section, header.header_size, section.size - header.header_size, 1, &body) ||
        !bytes_slice(body, header.types_offset, header.types_size, 1, &btf->types) ||
        !bytes_slice(body, header.strings_offset, header.strings_size, 1, &btf->strings))
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its .BTF section is damaged: types or strings lie outside the section");
    if (!btf->strings.size || btf->strings.data[0] != '\0' ||
        btf->strings.data[btf->strings.size - 1] != '\0')
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its .BTF section is damaged: strings do not start and end with NUL");
    return true;
}

/* Fills in the offset of each record, and counts the declaration tags. */
static bool btf_read_records(struct btf *btf, uint32_t *tag_count, struct error *error)
{
    /* The smallest record has 12 bytes. */
    btf->offsets = malloc((btf->types.size / sizeof(struct record) + 1) * sizeof *btf->offsets);
    if (!btf->offsets)
        return error_set_no_memory(error);
    btf->offsets[0] = 0;
    btf->count = 1;
    size_t offset = 0;
    while (offset < btf->types.size) {
        if (!range_is_within(offset, 1, sizeof(struct record), btf->types.size))
            return btf_set_damaged(error, btf->count, "truncated record");
        struct record record = btf_record(btf, (uint32_t)offset);
        enum btf_kind kind = record_kind(record);
        if (kind == BTF_VOID || kind >= BTF_KIND_COUNT)
            return btf_set_damaged(error, btf->count, "unknown kind");
        size_t size = sizeof record + more_sizes[kind].once +
                      (size_t)more_sizes[kind].each * (record.info & 0xFFFF);
        if (!range_is_within(offset, 1, size, btf->types.size))
            return btf_set_damaged(error, btf->count, "truncated record");
        *tag_count += kind == BTF_DECL_TAG;
        btf->offsets[btf->count++] = (uint32_t)offset;
        offset += size;
    }
    return true;
}

static bool btf_is_name(const struct btf *btf, uint32_t name)
{
    return name < btf->strings.size;
}

/* Can another type refer to this one? */
static bool btf_is_type(const struct btf *btf, uint32_t id)
{
    if (id == 0 || id >= btf->count)
        return id == 0;
    enum btf_kind kind = record_kind(btf_record(btf, btf->offsets[id]));
    return kind != BTF_FUNC && kind != BTF_VAR && kind != BTF_DATASEC && kind != BTF_DECL_TAG;
}

static bool btf_check_members(const struct btf *btf, uint32_t id, struct record record,
                              const uint8_t *more, struct error *error)
{
    for (uint32_t i = 0; i < (record.info & 0xFFFF); i++, more += 12) {
        if (!btf_is_name(btf, btf_word(more, 0)) || !btf_is_type(btf, btf_word(more, 1)))
            return btf_set_damaged(error, id, "invalid name or type of a member");
        uint32_t offset = btf_word(more, 2);
        if (record.info >> 31)
            offset = (offset & 0xFFFFFF) + (offset >> 24);
        if (offset > (uint64_t)record.size_or_type * 8)
            return btf_set_damaged(error, id, "member lies outside the struct");
    }
    return true;
}

static bool btf_check_record(const struct btf *btf, uint32_t id, struct error *error)
{
    struct record record = btf_record(btf, btf->offsets[id]);
    enum btf_kind kind = record_kind(record);
    const uint8_t *more = btf->types.data + btf->offsets[id] + sizeof record;
    uint32_t length = record.info & 0xFFFF;
    if (!btf_is_name(btf, record.name))
        return btf_set_damaged(error, id, "name lies outside the strings");
    /* A declaration tag may be on a FUNC or VAR. */
    bool is_reference = !btf_kind_has_size(kind) && kind != BTF_ARRAY && kind != BTF_FWD;
    if (is_reference && !btf_is_type(btf, record.size_or_type) &&
        !(kind == BTF_DECL_TAG && record.size_or_type < btf->count))
        return btf_set_damaged(error, id, "reference to an invalid type");
    switch (kind) {
    case BTF_INT:
        if (record.size_or_type == 0 || record.size_or_type > 16 ||
            (btf_word(more, 0) & 0xFF) != record.size_or_type * 8)
            return btf_set_damaged(error, id, "invalid integer size");
        return true;
    case BTF_FLOAT:
        return record.size_or_type
                   ? true
                   : btf_set_damaged(error, id, "floating-point type without a size");
    case BTF_ENUM:
    case BTF_ENUM64:
        if (record.size_or_type > 8)
            return btf_set_damaged(error, id, "invalid enum size");
        for (uint32_t i = 0; i < length; i++)
            if (!btf_is_name(btf, btf_word(more + i * (size_t)more_sizes[kind].each, 0)))
                return btf_set_damaged(error, id, "enumerator name lies outside the strings");
        return true;
    case BTF_ARRAY:
        if (!btf_is_type(btf, btf_word(more, 0)) || !btf_is_type(btf, btf_word(more, 1)))
            return btf_set_damaged(error, id, "reference to an invalid type");
        return true;
    case BTF_STRUCT:
    case BTF_UNION:
        return btf_check_members(btf, id, record, more, error);
    case BTF_FUNC_PROTO:
        for (uint32_t i = 0; i < length; i++)
            if (!btf_is_name(btf, btf_word(more, i * 2)) ||
                !btf_is_type(btf, btf_word(more, i * 2 + 1)))
                return btf_set_damaged(error, id, "invalid name or type of a parameter");
        return true;
    default:
        return true;
    }
}

/* Returns the type that a link refers to; of other types, the record's last word. */
static uint32_t btf_link_target(const struct btf *btf, uint32_t id, bool *is_a_link)
{
    struct record record = btf_record(btf, btf->offsets[id]);
    enum btf_kind kind = record_kind(record);
    *is_a_link = kind == BTF_PTR || kind == BTF_ARRAY || kind == BTF_TYPEDEF ||
                 kind == BTF_VOLATILE || kind == BTF_CONST || kind == BTF_RESTRICT ||
                 kind == BTF_TYPE_TAG;
    return kind == BTF_ARRAY ? btf_word(btf->types.data + btf->offsets[id] + sizeof record, 0)
                             : record.size_or_type;
}

/* Follows every chain of links to its end, each type once. marks holds, for a type whose chain is
 * known to end, the number of links to the end; for a type of the current chain, LINKS_MAX plus the
 * type that the chain started from. */
static bool btf_check_chains(const struct btf *btf, struct error *error)
{
    uint32_t *marks = calloc(btf->count, sizeof *marks);
    if (!marks)
        return error_set_no_memory(error);
    bool valid = true, is_a_link;
    for (uint32_t start = 1; valid && start < btf->count; start++) {
        uint32_t id = start, links = 0;
        while (id && marks[id] == 0) {
            uint32_t target = btf_link_target(btf, id, &is_a_link);
            if (!is_a_link)
                break;
            marks[id] = LINKS_MAX + start;
            links++;
            id = target;
        }
        if (id && marks[id] == LINKS_MAX + start)
            valid =
                btf_set_damaged(error, id, "reference cycle without a struct, union or function");
        else if (id)
            links += marks[id];
        if (valid && links >= LINKS_MAX)
            valid = btf_set_damaged(error, start, "chain of references is too long");
        for (id = start; valid && id && marks[id] == LINKS_MAX + start;
             id = btf_link_target(btf, id, &is_a_link))
            marks[id] = links--;
    }
    free(marks);
    return valid;
}

static const char *btf_name(const struct btf *btf, uint32_t offset)
{
    return (const char *)btf->strings.data + offset;
}

/* Sets all members of *type. */
static inline void btf_set_type(struct btf_type *type, const struct btf *btf, uint32_t id)
{
    assert(id < btf->count);
    if (id == 0) {
        *type = (struct btf_type){.kind = BTF_VOID, .name = "void"};
        return;
    }
    struct record record = btf_record(btf, btf->offsets[id]);
    enum btf_kind kind = record_kind(record);
    bool has_size = btf_kind_has_size(kind);
    type->kind = kind;
    type->flag = record.info >> 31;
    /* Other kinds have no items, whatever the bits say. */
    type->length = more_sizes[kind].each ? (uint16_t)(record.info & 0xFFFF) : 0;
    type->name = btf_name(btf, record.name);
    type->more = btf->types.data + btf->offsets[id] + sizeof record;
    type->size = has_size ? record.size_or_type : 0;
    type->type = has_size ? 0 : kind == BTF_ARRAY ? btf_word(type->more, 0) : record.size_or_type;
}

struct btf_type btf_type(const struct btf *btf, uint32_t id)
{
    struct btf_type type;
    btf_set_type(&type, btf, id);
    return type;
}

struct btf_int btf_int(const struct btf_type *type)
{
    uint32_t data = btf_word(type->more, 0);
    return (struct btf_int){
        .is_signed = data >> 24 & 1, .is_bool = data >> 26 & 1, .bits = (uint8_t)(data & 0xFF)};
}

uint32_t btf_array_count(const struct btf_type *type)
{
    return btf_word(type->more, 2);
}

struct btf_member btf_member(const struct btf *btf, const struct btf_type *type, uint32_t index)
{
    const uint8_t *more = type->more + index * (size_t)12;
    struct btf_member member = {.name = btf_name(btf, btf_word(more, 0)),
                                .type = btf_word(more, 1),
                                .bit_offset = btf_word(more, 2)};
    if (type->flag) {
        member.bit_size = (uint8_t)(member.bit_offset >> 24);
        member.bit_offset &= 0xFFFFFF;
    }
    return member;
}

struct btf_parameter btf_parameter(const struct btf *btf, const struct btf_type *type,
                                   uint32_t index)
{
    const uint8_t *more = type->more + index * (size_t)8;
    return (struct btf_parameter){btf_name(btf, btf_word(more, 0)), btf_word(more, 1)};
}

int64_t btf_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t index,
                       const char **name)
{
    size_t words = type->kind == BTF_ENUM64 ? 3 : 2;
    const uint8_t *more = type->more + index * words * sizeof(uint32_t);
    *name = btf_name(btf, btf_word(more, 0));
    if (type->kind == BTF_ENUM64)
        return (int64_t)((uint64_t)btf_word(more, 2) << 32 | btf_word(more, 1));
    return type->flag ? (int64_t)(int32_t)btf_word(more, 1) : (int64_t)btf_word(more, 1);
}

static int btf_compare_tags(const void *a, const void *b)
{
    const struct btf_decl_tag *x = a, *y = b;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    return x->member < y->member ? -1 : x->member > y->member;
}

static bool btf_read_tags(struct btf *btf, uint32_t tag_count, struct error *error)
{
    if (!tag_count)
        return true;
    btf->tags = malloc(tag_count * sizeof *btf->tags);
    if (!btf->tags)
        return error_set_no_memory(error);
    for (uint32_t id = 1; id < btf->count; id++) {
        struct btf_type tag = btf_type(btf, id);
        if (tag.kind == BTF_DECL_TAG)
            btf->tags[btf->tag_count++] =
                (struct btf_decl_tag){tag.type, (int32_t)btf_word(tag.more, 0), tag.name};
    }
    qsort(btf->tags, btf->tag_count, sizeof *btf->tags, btf_compare_tags);
    for (uint32_t i = TAGS_MAX; i < btf->tag_count; i++)
        if (!btf_compare_tags(&btf->tags[i - TAGS_MAX], &btf->tags[i]))
            return btf_set_damaged(error, btf->tags[i].type, "it has too many declaration tags");
    return true;
}

static bool btf_is_objects_record(const struct btf *btf, uint32_t id)
{
    struct record record = btf_record(btf, btf->offsets[id]);
    return record_kind(record) == BTF_VAR &&
           !strcmp(btf_name(btf, record.name), BTF_OBJECTS_RECORDED);
}

bool btf_read(struct btf *btf, struct bytes section, uint32_t pointer_size, struct error *error)
{
    *btf = (struct btf){.pointer_size = pointer_size};
    uint32_t tag_count = 0;
    bool valid = btf_read_header(btf, section, error) && btf_read_records(btf, &tag_count, error);
    for (uint32_t id = 1; valid && id < btf->count; id++) {
        valid = btf_check_record(btf, id, error);
        btf->records_objects |= valid && btf_is_objects_record(btf, id);
    }
    if (valid && btf_check_chains(btf, error) && btf_read_tags(btf, tag_count, error))
        return true;
    btf_deinit(btf);
    return false;
}

void btf_deinit(struct btf *btf)
{
    free(btf->offsets);
    free(btf->tags);
    *btf = (struct btf){0};
}

static bool btf_is_atomic_name(const char *tag)
{
    return !strcmp(tag, "_Atomic");
}

/* Adds what this record says of a type. False if it is no typedef, qualifier or type tag. */
static inline bool unqualified_skip(struct btf_unqualified *result, const struct btf *btf,
                                    struct record record)
{
    const char *name;
    switch (record_kind(record)) {
    case BTF_CONST:
        result->qualifiers |= BTF_IS_CONST;
        return true;
    case BTF_VOLATILE:
        result->qualifiers |= BTF_IS_VOLATILE;
        return true;
    case BTF_RESTRICT:
        result->qualifiers |= BTF_IS_RESTRICT;
        return true;
    case BTF_TYPE_TAG:
        name = btf_name(btf, record.name);
        if (btf_is_atomic_name(name))
            result->is_atomic = true;
        else
            result->tag = name;
        return true;
    case BTF_TYPEDEF:
        result->typedef_name = btf_name(btf, record.name);
        if (!*result->outer_name)
            result->outer_name = result->typedef_name;
        return true;
    default:
        return false;
    }
}

struct btf_unqualified btf_unqualified(const struct btf *btf, uint32_t id)
{
    struct btf_unqualified result;
    result.qualifiers = result.links = 0;
    result.is_atomic = false;
    result.tag = result.typedef_name = result.outer_name = "";
    for (; id; result.links++) {
        struct record record = btf_record(btf, btf->offsets[id]);
        if (!unqualified_skip(&result, btf, record))
            break;
        id = record.size_or_type;
    }
    result.id = id;
    btf_set_type(&result.type, btf, id);
    return result;
}

unsigned btf_qualifiers(const struct btf *btf, uint32_t id, unsigned *links)
{
    struct btf_unqualified type = btf_unqualified(btf, id);
    return btf_qualifiers_of(btf, &type, links);
}

unsigned btf_qualifiers_of(const struct btf *btf, const struct btf_unqualified *type,
                           unsigned *links)
{
    unsigned qualifiers = type->qualifiers;
    *links += type->links;
    if (type->type.kind == BTF_ARRAY) {
        ++*links;
        qualifiers |= btf_qualifiers(btf, type->type.type, links);
    }
    return qualifiers;
}

/* Returns the first declaration tag of a type or member, and sets *end behind the last one. */
static const struct btf_decl_tag *btf_tags_of(const struct btf *btf, uint32_t id, int32_t member,
                                              const struct btf_decl_tag **end)
{
    struct btf_decl_tag key = {.type = id, .member = member};
    const struct btf_decl_tag *first =
        btf->tag_count ? bsearch(&key, btf->tags, btf->tag_count, sizeof key, btf_compare_tags)
                       : NULL;
    *end = first;
    while (first && first > btf->tags && !btf_compare_tags(first - 1, &key))
        first--;
    while (first && *end < btf->tags + btf->tag_count && !btf_compare_tags(*end, &key))
        ++*end;
    return first;
}

const char *btf_tagged(const struct btf *btf, uint32_t id, int32_t member, const char *start)
{
    const struct btf_decl_tag *end, *tag = btf_tags_of(btf, id, member, &end);
    size_t length = strlen(start);
    for (; tag != end; tag++)
        if (!strncmp(tag->text, start, length))
            return tag->text + length;
    return NULL;
}

const char *btf_tagged_next(const struct btf *btf, uint32_t id, const char *start,
                            const char *after)
{
    const struct btf_decl_tag *end, *tag = btf_tags_of(btf, id, -1, &end);
    size_t length = strlen(start);
    for (; tag != end; tag++) {
        if (strncmp(tag->text, start, length) != 0)
            continue;
        if (!after)
            return tag->text + length;
        if (tag->text + length == after)
            after = NULL;
    }
    return NULL;
}

bool btf_is_tagged(const struct btf *btf, uint32_t id, const char *start, const char *rest)
{
    const struct btf_decl_tag *end, *tag = btf_tags_of(btf, id, -1, &end);
    size_t length = strlen(start);
    for (; tag != end; tag++)
        if (!strncmp(tag->text, start, length) && !strcmp(tag->text + length, rest))
            return true;
    return false;
}

/* An alignment is a power of two; compilers and linkers stop at 2^28. */
uint32_t btf_alignment(const struct btf *btf, uint32_t id, int32_t member)
{
    const char *text = btf_tagged(btf, id, member, BTF_ALIGNED);
    unsigned long value = text ? strtoul(text, NULL, 10) : 0;
    return value <= 1UL << 28 && (value & (value - 1)) == 0 ? (uint32_t)value : 0;
}

bool btf_is_variadic(const struct btf *btf, const struct btf_type *type)
{
    if (type->length < 2)
        return false;
    struct btf_parameter last = btf_parameter(btf, type, type->length - 1U);
    return last.type == 0 && !*last.name;
}

bool btf_is_unprototyped(const struct btf *btf, const struct btf_type *type)
{
    if (type->length != 1)
        return false;
    struct btf_parameter only = btf_parameter(btf, type, 0);
    return only.type == 0 && !*only.name;
}

const char *btf_convention(const struct btf *btf, const struct btf_type *type)
{
    struct btf_type result = btf_type(btf, type->type);
    bool is_convention = result.kind == BTF_TYPE_TAG && !btf_is_atomic(&result) &&
                         strcmp(result.name, BTF_BY_REFERENCE_TAG) != 0;
    return is_convention ? result.name : "";
}

bool btf_is_atomic(const struct btf_type *type)
{
    return type->kind == BTF_TYPE_TAG && btf_is_atomic_name(type->name);
}

bool btf_is_opaque(const struct btf_type *type)
{
    static const char *const real[] = {"float",    "double",    "long double", "_Float16",
                                       "_Float32", "_Float32x", "_Float64"};
    for (size_t i = 0; i < sizeof real / sizeof *real; i++)
        if (!strcmp(type->name, real[i]))
            return false;
    return true;
}

bool btf_is_unknown(const struct btf_type *type)
{
    return type->kind == BTF_FLOAT &&
           !strncmp(type->name, BTF_UNKNOWN_START, sizeof BTF_UNKNOWN_START - 1);
}

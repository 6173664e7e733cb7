/* SPDX-License-Identifier: MIT */
/* Reading a module from its file, and judging it on its own. */
#include "module/mapped_part_p.h"
#include "module/module_types_p.h"

#include "base/hash.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static bool module_read_start(struct module *module, const struct file *file, struct error *error)
{
    uint8_t start[ELF_HEADER_SIZE];
    size_t size = file->size < sizeof start ? (size_t)file->size : sizeof start;
    return file_read(file, 0, size, start, error) &&
           elf_read_header(&module->elf, (struct bytes){start, size}, file->size, error);
}

/* Reads the program header table, the section header table and the sections' names. */
static bool module_read_tables(struct module *module, const struct file *file, struct arena *arena,
                               struct error *error)
{
    struct elf *elf = &module->elf;
    size_t segments = (size_t)elf->segments_part.size, sections = (size_t)elf->sections_part.size;
    uint8_t *block = arena_alloc(arena, segments + sections);
    if (!block)
        return error_set_no_memory(error);
    if (!file_read(file, elf->segments_part.offset, segments, block, error) ||
        !file_read(file, elf->sections_part.offset, sections, block + segments, error))
        return false;
    elf->segments = (struct bytes){block, segments};
    elf->sections = (struct bytes){block + segments, sections};
    if (!elf->section_count)
        return true;
    struct elf_section names;
    if (!elf_section(elf, elf->names_section, &names, error))
        return false;
    size_t size = (size_t)names.part.size;
    uint8_t *own = arena_alloc(arena, size);
    if (!own)
        return error_set_no_memory(error);
    elf->names = (struct bytes){own, size};
    return file_read(file, names.part.offset, size, own, error);
}

static bool module_read_dynamic_section(struct module *module, const struct file *file,
                                        struct arena *arena, struct error *error)
{
    bool is_found = false;
    module->is_executable = module->elf.type == ET_EXEC;
    for (size_t i = 0; i < module->elf.segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(&module->elf, i, &segment, error))
            return false;
        if (segment.type != PT_DYNAMIC)
            continue;
        if (is_found)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "it is damaged: it has two dynamic sections");
        is_found = true;
        module->dynamic_address = segment.address;
        module->dynamic_part = segment.part;
        size_t size = (size_t)segment.part.size;
        uint8_t *dynamic = arena_alloc(arena, size);
        if (!dynamic)
            return error_set_no_memory(error);
        module->dynamic = (struct bytes){dynamic, size};
        if (!file_read(file, segment.part.offset, size, dynamic, error))
            return false;
        module->is_executable |= dynamic_is_executable(&module->elf, module->dynamic);
    }
    return true;
}

/* Makes the view of a stamp that was made in memory. */
static bool module_view_stamp(struct module *module, struct bytes meta, struct bytes btf,
                              struct error *error)
{
    module->types_section = btf;
    return meta_read_header(&module->meta, meta, btf, error) &&
           meta_read_tables(&module->meta, meta, error);
}

/* Maps the program's file, to read it there: its code is mapped, too, so whoever truncates the file
 * ends the program anyway. Most kernels forbid it, but not for another file of the same build that
 * has taken the program's path. */
static bool module_map_program(struct module *module, struct file *file, struct error *error)
{
    if (!mapped_part_init(&module->stamp, file, 0, (size_t)file->size))
        return error_set(error, errno == ENOMEM ? PLUGIN_NO_MEMORY : PLUGIN_SYSTEM, "mmap: %s",
                         strerror(errno));
    file->start = (struct file_part){0, (size_t)file->size, module->stamp.mapping};
    return true;
}

/* Views the program's stamp where it lies. */
static bool module_view_program(struct module *module, struct elf_part meta, struct elf_part btf,
                                struct error *error)
{
    const struct bytes file = mapped_part_bytes(&module->stamp);
    module->is_stamped = module->is_lasting = true;
    module->stamp.before = (size_t)meta.offset;
    module->stamp.size = (size_t)meta.size;
    if (!meta_view(&module->meta, mapped_part_bytes(&module->stamp), error))
        return false;
    const struct format_table packed = module->meta.header.types;
    if (meta_is_packed(&module->meta))
        btf = (struct elf_part){meta.offset + packed.offset, packed.count};
    bytes_slice(file, btf.offset, btf.size, 1, &module->types_section);
    return true;
}

/* Reads the section up to its packed types into the arena, and its header. */
static bool module_read_meta(struct module *module, const struct file *file, struct elf_part meta,
                             struct arena *arena, struct bytes *section, struct error *error)
{
    enum { SMALL = 4096 }; /* what is read whole, without a look at the header first */
    struct format_header start;
    size_t size = (size_t)meta.size;
    if (size > SMALL) {
        if (!file_read(file, meta.offset, sizeof start, &start, error))
            return false;
        size = meta_start_size((struct bytes){(const uint8_t *)&start, sizeof start}, size);
    }
    uint8_t *block = arena_alloc(arena, size);
    if (!block)
        return error_set_no_memory(error);
    if (!file_read(file, meta.offset, size, block, error))
        return false;
    *section = (struct bytes){block, size};
    section->size = meta_start_size(*section, size);
    return meta_read_part(&module->meta, *section, (size_t)meta.size, error);
}

/* Continues the checksum over a part of the file. */
static bool checksum_add(uint64_t *checksum, const struct file *file, struct elf_part part,
                         struct arena *arena, struct error *error)
{
    enum { CHUNK = 512 * HASH_LANES_SIZE }; /* fits into the first-level cache */
    uint8_t *chunk = arena_alloc(arena, CHUNK);
    struct hash_lanes lanes;
    uint64_t at = 0;
    if (!chunk)
        return error_set_no_memory(error);
    hash_lanes_begin(&lanes, *checksum);
    for (; part.size - at > CHUNK; at += CHUNK) {
        if (!file_read(file, part.offset + at, CHUNK, chunk, error))
            return false;
        hash_lanes_add(&lanes, chunk, CHUNK);
    }
    size_t rest = (size_t)(part.size - at);
    if (!file_read(file, part.offset + at, rest, chunk, error))
        return false;
    *checksum = hash_lanes_end(&lanes, chunk, rest, part.size);
    return true;
}

/* Larger types stay in the file: the type hashes in the stamp mostly suffice. Copying more than two
 * pages takes longer than mapping them. */
enum { TYPES_AT_HAND_MAX = 8192 };

/* Maps the part of the file that has the types, or reads it into the arena. */
static bool module_read_types_part(struct module *module, const struct file *file,
                                   struct elf_part part, struct arena *arena, struct error *error)
{
    size_t size = (size_t)part.size;
    if (size > TYPES_AT_HAND_MAX && mapped_part_init(&module->lazy, file, part.offset, size))
        return true;
    uint8_t *block = arena_alloc(arena, size);
    if (!block)
        return error_set_no_memory(error);
    module->types_section = (struct bytes){block, size};
    return file_read(file, part.offset, size, block, error);
}

/* Verifies the checksum. Packed types have one of their own. */
static bool module_check_stamp(struct module *module, const struct file *file, struct bytes section,
                               struct elf_part btf, struct arena *arena, struct error *error)
{
    uint64_t checksum = module->checksum_start = meta_checksum_start(section);
    if (module->lazy.mapping && !meta_is_packed(&module->meta)) {
        if (!checksum_add(&checksum, file, btf, arena, error))
            return false;
    } else if (!meta_is_packed(&module->meta)) {
        checksum = hash_many(checksum, module->types_section.data, module->types_section.size);
    }
    return meta_has_checksum(&module->meta, checksum, error);
}

static bool module_read_stamp(struct module *module, const struct file *file, bool is_program,
                              const struct elf_section *meta, const struct elf_section *btf,
                              struct arena *arena, struct error *error)
{
    struct bytes section;
    if (!meta->name)
        return true;
    if (!btf->name)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has a .plugin section but no .BTF section; stamp it again with: "
                         "plugin stamp FILE");
    if (is_program)
        return module_view_program(module, meta->part, btf->part, error);
    module->is_stamped = true;
    if (!module_read_meta(module, file, meta->part, arena, &section, error))
        return false;
    struct elf_part types = btf->part;
    if (meta_is_packed(&module->meta))
        types = (struct elf_part){meta->part.offset + section.size, meta->part.size - section.size};
    return module_read_types_part(module, file, types, arena, error) &&
           module_check_stamp(module, file, section, btf->part, arena, error) &&
           meta_read_tables(&module->meta, section, error);
}

bool module_view_made_stamp(struct module *module, struct bytes meta, struct bytes btf,
                            struct arena *arena, struct error *error)
{
    uint8_t *block = arena_alloc(arena, meta.size + btf.size);
    module->is_stamped = true;
    if (block) {
        memcpy(block, meta.data, meta.size);
        memcpy(block + meta.size, btf.data, btf.size);
    }
    free((void *)meta.data);
    return block ? module_view_stamp(module, (struct bytes){block, meta.size},
                                     (struct bytes){block + meta.size, btf.size}, error)
                 : error_set_no_memory(error);
}

/* Skips programs: they are never opened. */
static bool module_read_go(struct module *module, const struct file *file, struct arena *arena,
                           struct error *error)
{
    const struct elf *elf = &module->elf;
    struct bytes meta, btf;
    if (!module->is_go || module->is_executable || !go_module_is_supported(elf))
        return true;
    if (!go_module_read(&module->go, elf, file, &meta, &btf, error))
        return false;
    if (!module->go || !module->go->is_plugin)
        return true;
    /* Even if the file has another stamp: that would not match the bridge. */
    bool is_read = module_view_made_stamp(module, meta, btf, arena, error);
    free((void *)btf.data);
    return is_read;
}

/* Sets is_go for an unstamped module that exports the hash of Go's run-time, as every module does
 * that links with it dynamically. With an empty -buildid, plugins of Go 1.19 have no section of
 * Go's. */
static bool module_find_go_symbol(struct module *module, const struct file *file,
                                  struct arena *arena, struct error *error)
{
    struct dynamic_symbol symbol;
    ERROR_AUTO unread = {0}; /* whoever needs the tables reports that */
    if (module->is_executable)
        return true;
    struct dynamic *dynamic = arena_alloc(arena, sizeof *dynamic);
    if (!dynamic)
        return error_set_no_memory(error);
    if (!module_read_dynamic(dynamic, module, file, arena, &unread))
        return unread.code != PLUGIN_NO_MEMORY || error_set_no_memory(error);
    module->read_dynamic = dynamic;
    module->is_go = dynamic_find(dynamic, "go.link.pkghashbytes.runtime", NULL, &symbol) ||
                    dynamic_find(dynamic, "go:link.pkghashbytes.runtime", NULL, &symbol);
    return true;
}

/* What is read: a file, a module of this process, or its program. */
enum module_state { STATE_FILE, STATE_LOADED, STATE_PROGRAM };

/* Reads the sections. Go's linker writes two of its own into each module with Go code: the note
 * unless -buildid is empty, the build information since Go 1.13. */
static bool module_read_sections(struct module *module, const struct file *file,
                                 enum module_state state, struct arena *arena, struct error *error)
{
    enum { META, BTF, GO_NOTE, GO_BUILD, COUNT };
    static const char *const names[COUNT] = {FORMAT_SECTION, FORMAT_BTF_SECTION, ".note.go.buildid",
                                             ".go.buildinfo"};
    struct elf_section sections[COUNT];
    if (!elf_find_sections(&module->elf, names, sections, COUNT, error))
        return false;
    module->is_go = sections[GO_NOTE].name || sections[GO_BUILD].name;
    if (state == STATE_FILE && !module->is_go && !sections[META].name &&
        !module_find_go_symbol(module, file, arena, error))
        return false;
    return module_read_go(module, file, arena, error) &&
           (module->is_stamped || module_read_stamp(module, file, state == STATE_PROGRAM,
                                                    &sections[META], &sections[BTF], arena, error));
}

static bool module_read_all_headers(struct module *module, struct file *file, struct arena *arena,
                                    struct error *error)
{
    if (!file_read_ahead(file, arena, error) || !module_read_start(module, file, error))
        return false;
    module->pointer_size = module->elf.is_64 ? 8 : 4;
    return module_read_tables(module, file, arena, error) &&
           module_read_dynamic_section(module, file, arena, error);
}

bool module_read_headers(struct module *module, struct file *file, struct arena *arena,
                         struct error *error)
{
    *module = (struct module){0};
    return module_read_all_headers(module, file, arena, error);
}

static bool module_read_as(struct module *module, struct file *file, enum module_state state,
                           struct arena *arena, struct error *error)
{
    *module = (struct module){0};
    if ((state != STATE_PROGRAM || module_map_program(module, file, error)) &&
        module_read_all_headers(module, file, arena, error) &&
        module_read_sections(module, file, state, arena, error))
        return true;
    if (module->stamp.mapping)
        file->start = (struct file_part){0};
    module_deinit(module);
    return false;
}

bool module_read(struct module *module, struct file *file, struct arena *arena, struct error *error)
{
    return module_read_as(module, file, STATE_FILE, arena, error);
}

bool module_read_loaded(struct module *module, struct file *file, bool is_program,
                        struct arena *arena, struct error *error)
{
    return module_read_as(module, file, is_program ? STATE_PROGRAM : STATE_LOADED, arena, error);
}

size_t module_lasting_size(const struct module *module)
{
    bool is_moved = module->is_stamped && !module->is_lasting;
    return is_moved ? meta_lasting_size(&module->meta) + module->types_section.size : 0;
}

void module_move(struct module *module, void *place)
{
    if (!module->is_stamped || module->is_lasting)
        return;
    void *types = meta_move(&module->meta, place);
    if (module->types_section.size)
        module->types_section.data =
            memcpy(types, module->types_section.data, module->types_section.size);
    module->is_lasting = true;
}

bool module_keep(struct module *module, struct error *error)
{
    size_t size = module_lasting_size(module);
    module->kept = size ? malloc(size) : NULL;
    if (size && !module->kept)
        return error_set_no_memory(error);
    module_move(module, module->kept);
    module_end_judgement(module);
    return true;
}

void module_end_judgement(struct module *module)
{
    assert(!module->is_stamped || module->is_lasting);
    if (!module->is_stamped)
        mapped_part_deinit(&module->stamp);
    meta_drop_imports(&module->meta);
    module->dynamic = (struct bytes){0};
    module->read_dynamic = NULL;
    module->elf = (struct elf){0};
}

void module_deinit(struct module *module)
{
    free(module->kept);
    module_free_types((struct btf *)module->btf);
    mapped_part_deinit(&module->lazy);
    mapped_part_deinit(&module->stamp);
    go_module_free(module->go);
    *module = (struct module){0};
}

/* Linkers make fewer than ten PT_LOAD segments, and each address is searched for in all of them. */
enum { LOAD_SEGMENTS_MAX = 64 };

struct load_segments {
    struct elf_segment items[LOAD_SEGMENTS_MAX];
    size_t count;
};

static bool module_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "it is damaged: %s", what);
}

/* Adds a segment, and checks what the dynamic loader assumes (System V ABI, chapter 5): ascending
 * addresses, and PF_W where it writes zeros behind the file's part. A segment needs PF_R, since
 * processors may refuse to read it otherwise, unless it is execute-only code. */
static bool load_segments_add(struct load_segments *segments, const struct elf_segment *segment,
                              struct error *error)
{
    uint64_t end, size = segment->part.size;
    const struct elf_segment *last = segments->count ? &segments->items[segments->count - 1] : NULL;
    if (segments->count == LOAD_SEGMENTS_MAX)
        return module_set_damaged(error, "too many PT_LOAD segments");
    if (__builtin_add_overflow(segment->address, segment->memory_size, &end) ||
        (last && segment->address < last->address + last->memory_size))
        return module_set_damaged(error, "segments overlap in memory");
    if (segment->memory_size < size || (segment->memory_size > size && !(segment->flags & PF_W)))
        return module_set_damaged(error, "a segment has inconsistent file and memory sizes");
    if (!(segment->flags & PF_R) && segment->flags != PF_X)
        return module_set_damaged(error, "a segment is not readable");
    segments->items[segments->count++] = *segment;
    return true;
}

static bool load_segments_init(const struct elf *elf, struct load_segments *segments,
                               struct error *error)
{
    segments->count = 0;
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(elf, i, &segment, error) ||
            (segment.type == PT_LOAD && !load_segments_add(segments, &segment, error)))
            return false;
    }
    return true;
}

/* Is the address in a segment with all of these flags (PF_*)? */
static bool load_segments_have(const struct load_segments *segments, uint64_t address,
                               uint32_t flags)
{
    for (size_t i = 0; i < segments->count; i++) {
        const struct elf_segment *segment = &segments->items[i];
        if (address >= segment->address && address - segment->address <= segment->memory_size &&
            (segment->flags & flags) == flags)
            return true;
    }
    return false;
}

struct module_memory module_memory(const struct module *module)
{
    struct module_memory memory = {.start = UINT64_MAX};
    struct elf_segment segment;
    ERROR_AUTO ignored = {0};
    for (size_t i = 0; i < module->elf.segment_count; i++) {
        if (elf_segment_type(&module->elf, i) != PT_LOAD ||
            !elf_segment(&module->elf, i, &segment, &ignored))
            continue;
        uint64_t end = segment.address + segment.memory_size;
        uint64_t file_end = segment.part.offset + segment.part.size;
        memory.start = segment.address < memory.start ? segment.address : memory.start;
        memory.end = end > memory.end ? end : memory.end;
        memory.file_end = file_end > memory.file_end ? file_end : memory.file_end;
    }
    return memory;
}

static bool module_set_misplaced(struct error *error, const char *name, uint64_t address,
                                 const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its .plugin section is damaged: %s is at address %#" PRIx64
                     ", where %s is loaded",
                     name, address, what);
}

/* Flags of segments with functions. On 64-bit PowerPC, a function's address may be its
 * descriptor's. */
static uint32_t elf_code_flags(const struct elf *elf)
{
    return elf->machine == EM_PPC64 ? 0 : PF_X;
}

/* Is a function of the module's own where code is loaded? */
static bool module_check_function(const struct module *module, const struct load_segments *segments,
                                  const char *what, uint64_t address, struct error *error)
{
    return load_segments_have(segments, address, elf_code_flags(&module->elf)) ||
           module_set_misplaced(error, what, address, "no code");
}

static bool module_check_symbols(const struct module *module, const struct load_segments *segments,
                                 struct error *error)
{
    const struct meta *meta = &module->meta;
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        if (symbol.kind == FORMAT_THREAD_LOCAL)
            continue;
        if (!load_segments_have(segments, symbol.address, 0))
            return module_set_misplaced(error, symbol.name, symbol.address, "nothing");
        if (symbol.kind != FORMAT_VARIABLE &&
            !module_check_function(module, segments, symbol.name, symbol.address, error))
            return false;
    }
    return true;
}

static bool module_check_inits(const struct module *module, const struct load_segments *segments,
                               struct error *error)
{
    const struct meta *meta = &module->meta;
    for (uint32_t i = 0; i < meta->header.packages.count; i++)
        for (uint32_t k = 0; k < meta_package(meta, i).init_count; k++)
            if (!module_check_function(module, segments, "an init", meta_init(meta, i, k).address,
                                       error))
                return false;
    for (uint32_t i = 0; i < meta->header.retires.count; i++)
        if (!module_check_function(module, segments, "a retire", meta_retire(meta, i).address,
                                   error))
            return false;
    return true;
}

static bool module_check_addresses(const struct module *module, struct error *error)
{
    struct load_segments segments;
    return load_segments_init(&module->elf, &segments, error) &&
           module_check_symbols(module, &segments, error) &&
           module_check_inits(module, &segments, error);
}

bool module_judge_machine(const struct module *module, struct error *error)
{
    char machine[24];
    const struct elf *elf = &module->elf;
    return elf_is_own_machine(elf) ||
           error_set(error, PLUGIN_NOT_PLUGIN, "it is for another machine: %s, %d bits",
                     elf_machine_name(elf->machine, machine), elf->is_64 ? 64 : 32);
}

bool module_judge(const struct module *module, struct error *error)
{
    const struct elf *elf = &module->elf;
    if (elf->type == ET_REL)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is a relocatable object, not a shared library; link it with: "
                         "plugin build -buildmode=plugin");
    if (elf->type == ET_CORE)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is a core dump");
    if (module->is_executable)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is an executable, not a plugin; build it with: "
                         "%s build -buildmode=plugin",
                         module->is_go ? "go" : "plugin");
    if (elf->type != ET_DYN)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a shared library");
    if (!module->is_stamped && module->is_go && !go_module_is_supported(elf))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it was built by Go, whose plugins are supported on amd64 and arm64 only");
    if (!module->is_stamped && module->is_go)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it was built by Go, but not as a plugin; build it with: "
                         "go build -buildmode=plugin");
    if (!module->is_stamped)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is a shared library without the types of its symbols (it has no "
                         ".plugin section); compile it with -g and run: plugin stamp FILE");
    if (module->meta.header.kind != FORMAT_SHARED_LIBRARY)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "its .plugin section was stamped into an executable, not into this file");
    return module_check_addresses(module, error);
}

uint32_t module_kind(const struct module *module, const char *name)
{
    uint32_t index;
    if (!module->is_stamped)
        return 0;
    if (meta_find_symbol(&module->meta, name, &index))
        return meta_symbol(&module->meta, index).kind;
    return meta_find_shared(&module->meta, name, &index) ? meta_shared(&module->meta, index).kind
                                                         : 0;
}

void module_add_build(struct text *text, const struct module *module)
{
    if (!module->is_stamped || module->is_untyped) {
        text_add(text, "not stamped");
        return;
    }
    text_add(text, "built by ");
    meta_add_compilers(text, &module->meta);
}

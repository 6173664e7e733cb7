/* SPDX-License-Identifier: MIT */
/* The memory of plugin_alloc: chunks of a sparse file. A large allocation has chunks for itself;
 * small ones of a class, whose places have one size, share a chunk. */
#include "isolated/heap.h"

#include "crossing/crossing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNKS = HEAP_SIZE / HEAP_CHUNK, UNIT = 16 };

/* Chunk number N. Of a large allocation, the first one has the size; the others only say which is
 * the first. */
struct heap_chunk {
    uint32_t first;          /* plus 1; 0: it is free */
    uint32_t count;          /* of the allocation's chunks */
    size_t size;             /* of a large allocation, in bytes */
    uint16_t *sizes;         /* of small ones, in bytes: 0 is a free place; NULL: it is large */
    uint32_t used, hint;     /* small ones; and no place before the hint is free */
    uint32_t previous, next; /* with room, of the same class; plus 1 */
    uint32_t class_number;
};

/* Two classes for each power of two, so that at most a third of a place is not used. */
static uint32_t class_size(uint32_t number)
{
    return number % 2 ? (uint32_t)UNIT * 3 << number / 2 : (uint32_t)UNIT * 2 << number / 2;
}

/* The first class is one unit, which is half of what the rule gives. */
static uint32_t place_size(uint32_t class_number)
{
    return class_number ? class_size(class_number - 1) : UNIT;
}

static uint32_t class_of(size_t size)
{
    uint32_t number = 0;
    while (place_size(number) < size)
        number++;
    return number;
}

static uint32_t places(uint32_t class_number)
{
    return HEAP_CHUNK / place_size(class_number);
}

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) & ~(page - 1);
}

/* ---- the file ---- */

/* Its size grows with what is allocated, so that a hostile worker fills no more than that; nobody
 * makes it shorter. */
static int make_file(struct error *error)
{
    int file = memfd_create("plugin-alloc", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file >= 0 && fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
        return file;
    error_set(error, PLUGIN_SYSTEM, "memfd_create: %s", strerror(errno));
    if (file >= 0)
        close(file);
    return -1;
}

/* Has all memory there before anybody uses it: no SIGBUS. */
static bool provide(int file, uint32_t chunk, size_t size)
{
    int failure;
    while ((failure = fallocate(file, 0, (off_t)chunk * HEAP_CHUNK, (off_t)size) ? errno : 0) ==
           EINTR)
        ;
    return !failure;
}

static void give_back(const struct heap *heap, uint32_t chunk, size_t size)
{
    fallocate(heap->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)chunk * HEAP_CHUNK,
              (off_t)size);
}

bool heap_open(struct heap *heap, struct error *error)
{
    pthread_mutex_init(&heap->lock, NULL);
    heap->file = make_file(error);
    return heap->file >= 0;
}

static bool heap_map(struct heap *heap, struct error *error)
{
    if (heap->start)
        return true;
    struct heap_chunk *chunks = calloc(CHUNKS, sizeof *chunks);
    if (!chunks)
        return error_set_no_memory(error);
    void *made = mmap(NULL, HEAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, heap->file, 0);
    if (made == MAP_FAILED) {
        free(chunks);
        return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    }
    heap->chunks = chunks;
    __atomic_store_n(&heap->start, made, __ATOMIC_RELEASE);
    return true;
}

/* ---- chunks ---- */

/* Takes so many chunks in a row, the first that are free. Returns the number of the first; CHUNKS
 * if there are none. */
static uint32_t take_chunks(struct heap *heap, uint32_t count)
{
    uint32_t first = 0, behind = 0;
    while (behind < CHUNKS && behind - first < count) {
        const struct heap_chunk *chunk = &heap->chunks[behind];
        behind += chunk->first ? chunk->count : 1;
        if (chunk->first)
            first = behind;
    }
    if (behind - first < count)
        return CHUNKS;
    for (uint32_t i = 0; i < count; i++)
        heap->chunks[first + i] = (struct heap_chunk){.first = first + 1};
    heap->chunks[first].count = count;
    heap->end = first + count > heap->end ? first + count : heap->end;
    return first;
}

static void free_chunks(struct heap *heap, uint32_t first)
{
    uint32_t count = heap->chunks[first].count;
    memset(&heap->chunks[first], 0, count * sizeof *heap->chunks);
}

static void set_full(struct error *error, size_t size)
{
    error_set(error, PLUGIN_NO_MEMORY, "no room for %zu bytes more: a plugin has at most %d MiB",
              size, HEAP_SIZE >> 20);
}

/* Takes chunks with memory for so many bytes, zeroed. */
static uint32_t make_chunks(struct heap *heap, size_t size, struct error *error)
{
    uint32_t end = heap->end;
    uint32_t first = take_chunks(heap, (uint32_t)((size + HEAP_CHUNK - 1) / HEAP_CHUNK));
    if (first == CHUNKS) {
        set_full(error, size);
        return CHUNKS;
    }
    /* What a worker wrote there since it was freed goes. */
    if (first < end)
        give_back(heap, first, whole_pages(size));
    if (provide(heap->file, first, whole_pages(size)))
        return first;
    error_set(error, PLUGIN_NO_MEMORY, "fallocate: %s", strerror(errno));
    give_back(heap, first, whole_pages(size));
    free_chunks(heap, first);
    return CHUNKS;
}

/* ---- small allocations ---- */

static void link_partial(struct heap *heap, uint32_t number)
{
    struct heap_chunk *chunk = &heap->chunks[number];
    uint32_t *first = &heap->partial[chunk->class_number];
    chunk->previous = 0;
    chunk->next = *first;
    if (*first)
        heap->chunks[*first - 1].previous = number + 1;
    *first = number + 1;
}

static void unlink_partial(struct heap *heap, uint32_t number)
{
    const struct heap_chunk *chunk = &heap->chunks[number];
    if (chunk->next)
        heap->chunks[chunk->next - 1].previous = chunk->previous;
    if (chunk->previous)
        heap->chunks[chunk->previous - 1].next = chunk->next;
    else
        heap->partial[chunk->class_number] = chunk->next;
}

static bool add_partial(struct heap *heap, uint32_t class_number, struct error *error)
{
    uint16_t *sizes = calloc(places(class_number), sizeof *sizes);
    if (!sizes)
        return error_set_no_memory(error);
    uint32_t number = make_chunks(heap, HEAP_CHUNK, error);
    if (number == CHUNKS) {
        free(sizes);
        return false;
    }
    heap->chunks[number].sizes = sizes;
    heap->chunks[number].class_number = class_number;
    link_partial(heap, number);
    return true;
}

static void *alloc_small(struct heap *heap, size_t size, struct error *error)
{
    uint32_t class_number = class_of(size);
    if (!heap->partial[class_number] && !add_partial(heap, class_number, error))
        return NULL;
    uint32_t number = heap->partial[class_number] - 1, place;
    struct heap_chunk *chunk = &heap->chunks[number];
    for (place = chunk->hint; chunk->sizes[place]; place++)
        ;
    chunk->sizes[place] = (uint16_t)size;
    chunk->hint = place + 1;
    if (++chunk->used == places(class_number))
        unlink_partial(heap, number);
    void *at = heap->start + (size_t)number * HEAP_CHUNK + (size_t)place * place_size(class_number);
    return memset(at, 0, size);
}

static void free_small(struct heap *heap, uint32_t number, uint32_t place)
{
    struct heap_chunk *chunk = &heap->chunks[number];
    bool was_full = chunk->used == places(chunk->class_number);
    chunk->sizes[place] = 0;
    chunk->used--;
    chunk->hint = place < chunk->hint ? place : chunk->hint;
    if (was_full)
        link_partial(heap, number);
    /* The last one with room stays, for the next allocation. */
    if (chunk->used || (!chunk->previous && !chunk->next))
        return;
    unlink_partial(heap, number);
    free(chunk->sizes);
    give_back(heap, number, HEAP_CHUNK);
    free_chunks(heap, number);
}

/* ---- the copy of a forked child ---- */

static bool copy_bytes(int file, const uint8_t *start, size_t offset, size_t size)
{
    while (size) {
        ssize_t done = pwrite(file, start + offset, size, (off_t)offset);
        if (done < 0 && errno != EINTR)
            return false;
        offset += done < 0 ? 0 : (size_t)done;
        size -= done < 0 ? 0 : (size_t)done;
    }
    return true;
}

/* Copies all that is allocated. */
static bool copy_all(const struct heap *heap, int file)
{
    for (uint32_t i = 0; i < heap->end; i++) {
        const struct heap_chunk *chunk = &heap->chunks[i];
        if (chunk->first != i + 1)
            continue;
        size_t size = chunk->sizes ? HEAP_CHUNK : whole_pages(chunk->size);
        if (!provide(file, i, size) || !copy_bytes(file, heap->start, (size_t)i * HEAP_CHUNK, size))
            return false;
    }
    return true;
}

static bool take_locked(struct heap *heap, struct error *error)
{
    if (!heap->is_copy)
        return true;
    int file = make_file(error);
    if (file < 0)
        return false;
    bool done = copy_all(heap, file) &&
                (!heap->start || mmap(heap->start, HEAP_SIZE, PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_FIXED, file, 0) == heap->start);
    if (!done) {
        error_set(error, PLUGIN_SYSTEM, "cannot copy the memory of plugin_alloc: %s",
                  strerror(errno));
        close(file);
        return false;
    }
    close(heap->file);
    heap->file = file;
    heap->is_copy = false;
    return true;
}

/* ---- all allocations ---- */

static void *alloc_locked(struct heap *heap, size_t size, struct error *error)
{
    if (!take_locked(heap, error) || !heap_map(heap, error))
        return NULL;
    if (size <= HEAP_SMALL_MAX)
        return alloc_small(heap, size, error);
    uint32_t first = make_chunks(heap, size, error);
    if (first == CHUNKS)
        return NULL;
    heap->chunks[first].size = size;
    return heap->start + (size_t)first * HEAP_CHUNK;
}

void *heap_alloc(struct heap *heap, size_t size, struct error *error)
{
    if (size > HEAP_SIZE) {
        set_full(error, size);
        return NULL;
    }
    pthread_mutex_lock(&heap->lock);
    void *made = alloc_locked(heap, size ? size : 1, error);
    pthread_mutex_unlock(&heap->lock);
    return made;
}

/* Of the live allocation that has this byte. */
struct found {
    uint32_t chunk, place;
    size_t start, size; /* offset in all of the memory */
};

static bool find_locked(const struct heap *heap, size_t offset, struct found *found)
{
    const struct heap_chunk *chunks = heap->chunks;
    if (!chunks[offset / HEAP_CHUNK].first)
        return false;
    uint32_t number = chunks[offset / HEAP_CHUNK].first - 1;
    const struct heap_chunk *chunk = &chunks[number];
    *found = (struct found){.chunk = number, .start = (size_t)number * HEAP_CHUNK};
    found->size = chunk->size;
    if (chunk->sizes) {
        uint32_t size = place_size(chunk->class_number);
        found->place = (uint32_t)(offset - found->start) / size;
        found->start += (size_t)found->place * size;
        found->size = found->place < places(chunk->class_number) ? chunk->sizes[found->place] : 0;
    }
    return offset - found->start < found->size;
}

/* Sets *offset to that of an address in the memory. */
static bool is_within(const struct heap *heap, const void *at, size_t *offset)
{
    uint8_t *start = __atomic_load_n(&heap->start, __ATOMIC_ACQUIRE);
    *offset = (uintptr_t)at - (uintptr_t)start;
    return start && *offset < HEAP_SIZE;
}

static bool free_locked(struct heap *heap, size_t offset)
{
    struct found found;
    ERROR_AUTO ignored = {0};
    if (!find_locked(heap, offset, &found) || found.start != offset)
        return false;
    if (!take_locked(heap, &ignored)) /* its parent's memory is not to be freed */
        return true;
    if (heap->chunks[found.chunk].sizes) {
        free_small(heap, found.chunk, found.place);
        return true;
    }
    give_back(heap, found.chunk, whole_pages(found.size));
    free_chunks(heap, found.chunk);
    return true;
}

bool heap_free(struct heap *heap, void *memory)
{
    size_t offset;
    if (!memory)
        return true;
    if (!is_within(heap, memory, &offset))
        return false;
    pthread_mutex_lock(&heap->lock);
    bool was_there = free_locked(heap, offset);
    pthread_mutex_unlock(&heap->lock);
    return was_there;
}

/* ---- pointers that cross ---- */

/* Returns the bytes from there to the end of the live allocation; 0: there is none. */
static size_t left_at(struct heap *heap, size_t offset)
{
    struct found found;
    pthread_mutex_lock(&heap->lock);
    bool is_live = find_locked(heap, offset, &found);
    pthread_mutex_unlock(&heap->lock);
    return is_live ? found.size - (offset - found.start) : 0;
}

bool heap_share(struct heap *heap, const void *at, uint64_t *reference, size_t *left)
{
    size_t offset;
    if (!is_within(heap, at, &offset))
        return false;
    *reference = reference_make(REFERENCE_SHARED, 0, (uint32_t)offset);
    *left = left_at(heap, offset);
    return true;
}

bool heap_find(struct heap *heap, uint64_t reference, void **at, size_t *left)
{
    size_t offset = reference_offset(reference);
    uint8_t *start = __atomic_load_n(&heap->start, __ATOMIC_ACQUIRE);
    if (!start || offset >= HEAP_SIZE)
        return false;
    *at = start + offset;
    *left = left_at(heap, offset);
    return true;
}

/* ---- forks ---- */

void heap_before_fork(struct heap *heap)
{
    pthread_mutex_lock(&heap->lock);
}

void heap_after_fork(struct heap *heap)
{
    pthread_mutex_unlock(&heap->lock);
}

void heap_leave_parent(struct heap *heap)
{
    heap->is_copy = true;
    if (heap->start)
        mmap(heap->start, HEAP_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, heap->file, 0);
}

bool heap_take(struct heap *heap, struct error *error)
{
    pthread_mutex_lock(&heap->lock);
    bool done = take_locked(heap, error);
    pthread_mutex_unlock(&heap->lock);
    return done;
}

void heap_deinit(struct heap *heap)
{
    for (uint32_t i = 0; heap->chunks && i < heap->end; i++)
        free(heap->chunks[i].sizes);
    free(heap->chunks);
    if (heap->start)
        munmap(heap->start, HEAP_SIZE);
    if (heap->file >= 0)
        close(heap->file);
}

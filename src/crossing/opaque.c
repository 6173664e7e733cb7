/* SPDX-License-Identifier: MIT */
#include "crossing/opaque.h"

#include "base/array.h"
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STEP = 16 }; /* between two addresses */

/* The type of an object whose message is still to come: that of another thread was faster. */
#define NOT_GIVEN UINT32_MAX

static const char *type_name(const struct opaque *opaque, uint32_t type)
{
    return plan_name(opaque->plan, type);
}

/* A pointer to void may be any. */
static bool types_agree(const struct opaque *opaque, uint32_t first, uint32_t second)
{
    const char *a = type_name(opaque, first), *b = type_name(opaque, second);
    return first == second || !strcmp(a, b) || !strcmp(a, "void") || !strcmp(b, "void");
}

static uint32_t address_hash(const void *at)
{
    return (uint32_t)hash_bytes(0, &at, sizeof at);
}

/* ---- the other side's objects ---- */

static bool is_address(const struct opaque *opaque, const void *pointer)
{
    uintptr_t start = (uintptr_t)opaque->addresses, at = (uintptr_t)pointer;
    return start && at >= start && at - start < (uintptr_t)OPAQUE_ADDRESSES * STEP;
}

static bool refer_other(const struct opaque *opaque, const void *pointer, uint32_t type,
                        uint64_t *reference, struct error *error)
{
    uintptr_t distance = (uintptr_t)pointer - (uintptr_t)opaque->addresses;
    uint32_t number = (uint32_t)(distance / STEP);
    if (number < opaque->first)
        return error_set(error, PLUGIN_CRASHED,
                         "the object of type %s belongs to a process that has ended",
                         type_name(opaque, type));
    number -= opaque->first;
    if (distance % STEP || number >= opaque->type_count || opaque->types[number] == NOT_GIVEN)
        return error_set(error, PLUGIN_WRONG_TYPE, "the pointer to %s is not one that was given",
                         type_name(opaque, type));
    if (!types_agree(opaque, opaque->types[number], type))
        return error_set(error, PLUGIN_WRONG_TYPE, "the object is of type %s, and not %s",
                         type_name(opaque, opaque->types[number]), type_name(opaque, type));
    *reference = reference_make(opaque->other, number, 0);
    return true;
}

/* Adds the next object of the other side. */
static bool add_other(struct opaque *opaque, uint32_t type, struct error *error)
{
    if (!opaque->addresses) {
        void *made = mmap(NULL, (size_t)OPAQUE_ADDRESSES * STEP, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (made == MAP_FAILED)
            return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
        opaque->addresses = made;
    }
    if (opaque->type_count == OPAQUE_MAX || opaque->first + opaque->type_count == OPAQUE_ADDRESSES)
        return error_set(error, PLUGIN_CRASHED, "it made more than %d objects", OPAQUE_MAX);
    uint32_t *added = array_add(NULL, opaque->types, opaque->type_count, opaque->type_capacity);
    if (!added)
        return error_set_no_memory(error);
    *added = type;
    return true;
}

static bool resolve_other(struct opaque *opaque, uint32_t number, uint32_t type, void **pointer,
                          struct error *error)
{
    while (number >= opaque->type_count)
        if (!add_other(opaque, NOT_GIVEN, error))
            return false;
    if (opaque->types[number] == NOT_GIVEN)
        opaque->types[number] = type;
    if (!types_agree(opaque, opaque->types[number], type))
        return error_set(error, PLUGIN_CRASHED, "it gave an object of type %s as one of type %s",
                         type_name(opaque, opaque->types[number]), type_name(opaque, type));
    *pointer = opaque->addresses + (size_t)(opaque->first + number) * STEP;
    return true;
}

/* ---- this side's objects ---- */

static bool find_own(const struct opaque *opaque, const void *at, uint32_t *number)
{
    struct table_probe probe = {.hash = address_hash(at)};
    while (table_next(&opaque->by_address, &probe, number))
        if (opaque->objects[*number].at == at)
            return true;
    return false;
}

static bool add_own(struct opaque *opaque, const void *at, uint32_t type, uint32_t *number,
                    struct error *error)
{
    if (opaque->count == OPAQUE_MAX)
        return error_set(error, PLUGIN_UNSUPPORTED, "more than %d opaque objects", OPAQUE_MAX);
    struct opaque_object *added =
        table_reserve(&opaque->by_address, NULL, opaque->count + 1)
            ? array_add(NULL, opaque->objects, opaque->count, opaque->capacity)
            : NULL;
    if (!added)
        return error_set_no_memory(error);
    *added = (struct opaque_object){at, type, false};
    *number = (uint32_t)(opaque->count - 1);
    table_add(&opaque->by_address, address_hash(at), *number);
    return true;
}

bool opaque_refer(struct opaque *opaque, const void *pointer, uint32_t type, uint64_t *reference,
                  struct error *error)
{
    uint32_t number;
    if (is_address(opaque, pointer))
        return refer_other(opaque, pointer, type, reference, error);
    if (!find_own(opaque, pointer, &number) && !add_own(opaque, pointer, type, &number, error))
        return false;
    struct opaque_object *object = &opaque->objects[number];
    if (!types_agree(opaque, object->type, type)) {
        /* The memory has become another object's. */
        object->is_released = true;
        table_remove(&opaque->by_address, address_hash(pointer), number);
        if (!add_own(opaque, pointer, type, &number, error))
            return false;
    }
    *reference = reference_make(opaque->own, number, 0);
    return true;
}

bool opaque_resolve(struct opaque *opaque, uint64_t reference, uint32_t type, void **pointer,
                    struct error *error)
{
    uint32_t number = reference_number(reference);
    if (reference_kind(reference) == opaque->other)
        return resolve_other(opaque, number, type, pointer, error);
    if (reference_kind(reference) != opaque->own || number >= opaque->count)
        return error_set(error, PLUGIN_CRASHED,
                         "it gave back an object of type %s that it never got",
                         type_name(opaque, type));
    const struct opaque_object *object = &opaque->objects[number];
    if (object->is_released || !types_agree(opaque, object->type, type))
        return error_set(error, PLUGIN_CRASHED, "it gave back an object of type %s that %s",
                         type_name(opaque, type),
                         object->is_released ? "was released" : "is of another type");
    *pointer = (void *)(uintptr_t)object->at;
    return true;
}

bool opaque_release(struct opaque *opaque, const void *object)
{
    uint32_t number;
    if (!find_own(opaque, object, &number))
        return false;
    opaque->objects[number].is_released = true;
    table_remove(&opaque->by_address, address_hash(object), number);
    return true;
}

void opaque_restart(struct opaque *opaque)
{
    opaque->first += (uint32_t)opaque->type_count;
    opaque->type_count = 0;
    opaque->count = 0;
    table_empty(&opaque->by_address);
}

void opaque_deinit(struct opaque *opaque)
{
    if (opaque->addresses)
        munmap(opaque->addresses, (size_t)OPAQUE_ADDRESSES * STEP);
    free(opaque->types);
    free(opaque->objects);
    table_deinit(&opaque->by_address);
}

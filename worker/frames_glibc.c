/* SPDX-License-Identifier: MIT */
/* By the unwinder of libgcc, which asks glibc for a module's tables without a lock. */
#include "worker/frames.h"

#include <unwind.h>

enum { FRAMES_MAX = 64 };

struct search {
    bool (*is_it)(uintptr_t code, void *data);
    void *data;
    int frames;
    bool is_found;
};

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *data)
{
    struct search *search = data;
    int is_interrupted = 0;
    uintptr_t code = _Unwind_GetIPInfo(context, &is_interrupted);
    /* A return address is behind its call. */
    search->is_found = search->is_it(is_interrupted ? code : code - 1, search->data);
    search->frames++;
    return search->is_found || search->frames == FRAMES_MAX ? _URC_END_OF_STACK : _URC_NO_REASON;
}

bool frames_search(bool (*is_it)(uintptr_t code, void *data), void *data)
{
    struct search search = {.is_it = is_it, .data = data};
    _Unwind_Backtrace(visit, &search);
    return search.is_found;
}

/* Makes the allocations of a function fail, one after the other. The program must be linked with
 * --wrap, as common/starve_calls.h says (tests/meson.build). */
#ifndef TESTS_COMMON_STARVE_H
#define TESTS_COMMON_STARVE_H

#include "tests/common/starve_calls.h"

#include <errno.h>

static long starve_number;  /* of the round: of the call that fails in it */
static long starve_calls;   /* in this round */
static bool starve_is_on;   /* between the start of a round and starve_end */
static bool starve_is_over; /* a round had no call left to fail */

static bool starve_fails(const void *place)
{
    (void)place;
    if (!starve_is_on || ++starve_calls != starve_number)
        return false;
    errno = ENOMEM;
    return true;
}

/* for (starve_begin(); starve_goes_on();) runs one round for each allocation. The body calls
 * starve_end before it checks the result. */
static void starve_begin(void)
{
    starve_number = 0;
    starve_is_over = false;
}

static bool starve_goes_on(void)
{
    starve_number++;
    starve_calls = 0;
    starve_is_on = !starve_is_over;
    return starve_is_on;
}

/* Returns whether an allocation failed in this round. */
static bool starve_end(void)
{
    starve_is_on = false;
    starve_is_over = starve_calls < starve_number;
    return !starve_is_over;
}

#endif

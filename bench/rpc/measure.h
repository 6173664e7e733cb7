/* SPDX-License-Identifier: MIT */
/* The loops that measure the calls of peers, in C and C++. They print "rpc.CALL PEER NANOSECONDS",
 * the median while calls follow each other, and "rpc-pause.CALL PEER NANOSECONDS", after pauses. */
#ifndef MEASURE_H
#define MEASURE_H

#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 20001, PAUSES = 101, PAUSE = 1000 /* us */ };

static const double LONGEST = 3e8; /* ns, of calls that follow each other */

struct peer {
    const char *name;
    struct calls calls;
    const unsigned char *megabyte; /* what is passed; its first byte is 1 */
};

static const char *const call_names[] = {"nothing", "value", "string", "megabyte", "back"};

static const unsigned char own_megabyte[MEGABYTE] = {1};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static void print(const char *measure, const char *peer, double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    printf("%s %s %.0f\n", measure, peer, values[count / 2]);
}

static int next(int number)
{
    return number + 1;
}

/* Returns how long a call takes. */
static double measure_call(const struct peer *peer, size_t call)
{
    static const char string[] =
        "0123456789012345678901234567890123456789012345678901234567890123456"
        "789012345678901234567890123456789";
    struct bytes64 value;
    const struct calls *calls = &peer->calls;
    int result = 1, expected = 1;
    memset(&value, 1, sizeof value);
    double start = now();
    switch (call) {
    case 0:
        calls->nothing();
        break;
    case 1:
        result = calls->value(value);
        break;
    case 2:
        result = calls->length(string);
        expected = 100;
        break;
    case 3:
        result = calls->first(peer->megabyte, MEGABYTE);
        break;
    case 4:
        result = calls->back(next, 0);
        break;
    }
    double time = now() - start;
    if (result != expected) {
        fprintf(stderr, "%s: %s returned %d\n", peer->name, call_names[call], result);
        exit(EXIT_FAILURE);
    }
    return time;
}

/* Calls follow each other for each peer alone; after pauses, the peers take turns. */
static void measure(const struct peer *peers, size_t count)
{
    static double values[CALLS], after[4][PAUSES];
    char name[32];
    for (size_t call = 0; call < sizeof call_names / sizeof *call_names; call++) {
        snprintf(name, sizeof name, "rpc.%s", call_names[call]);
        for (size_t i = 0; i < count; i++) {
            size_t made = 0;
            for (double sum = 0; made < CALLS && sum < LONGEST; made++)
                sum += values[made] = measure_call(&peers[i], call);
            print(name, peers[i].name, values, made);
        }
        snprintf(name, sizeof name, "rpc-pause.%s", call_names[call]);
        for (size_t k = 0; k < PAUSES * count; k++) {
            usleep(PAUSE);
            after[k % count][k / count] = measure_call(&peers[k % count], call);
        }
        for (size_t i = 0; i < count; i++)
            print(name, peers[i].name, after[i], PAUSES);
    }
}

#endif

/* SPDX-License-Identifier: MIT */
/* Who uses a worker, and who starts and ends it. */
#include "isolated/isolated_p.h"

#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

pthread_mutex_t isolated_lock = PTHREAD_MUTEX_INITIALIZER;
void (*isolated_publish)(struct error *error);

/* ---- who uses the worker ---- */

static void set_text(struct text *text, const char *chars)
{
    text_free(text);
    text_add(text, "%s", chars);
}

/* Sets what all later calls fail with. With the lock held. */
static void set_end(struct isolated *isolated)
{
    text_free(&isolated->end);
    text_add(&isolated->end, "its process ");
    isolated->is_end_open = !worker_add_end(&isolated->end, &isolated->worker);
}

static void set_ended(struct isolated *isolated, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    if (isolated->is_end_open && worker_is_dead(&isolated->worker))
        set_end(isolated);
    error_set(error, PLUGIN_CRASHED, "%s%s", text_chars(&isolated->end),
              isolated->is_discarded ? "" : "; plugin_restart starts another");
    pthread_mutex_unlock(&isolated_lock);
}

bool isolated_runs(struct isolated *isolated, struct error *error)
{
    if (__atomic_load_n(&isolated->state, __ATOMIC_SEQ_CST) != ISOLATED_ENDED)
        return true;
    set_ended(isolated, error);
    return false;
}

bool isolated_enter(struct isolated *isolated, struct error *error)
{
    __atomic_fetch_add(&isolated->users, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&isolated->state, __ATOMIC_SEQ_CST) == ISOLATED_RUNS)
        return true;
    if (isolated_runs(isolated, error))
        error_set(error, PLUGIN_UNSUPPORTED,
                  "it is being started: until its inits have returned, only functions of the host "
                  "that these call may call it");
    isolated_leave(isolated);
    return false;
}

void isolated_leave(struct isolated *isolated)
{
    if (__atomic_sub_fetch(&isolated->users, 1, __ATOMIC_SEQ_CST) == 0 &&
        __atomic_load_n(&isolated->state, __ATOMIC_SEQ_CST) != ISOLATED_RUNS)
        syscall(SYS_futex, &isolated->users, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* ---- its end ---- */

void isolated_settle_end(struct isolated *isolated)
{
    if (isolated->is_end_open)
        set_end(isolated);
}

/* With the lock held. */
static void stop_calls(struct isolated *isolated)
{
    __atomic_store_n(&isolated->state, ISOLATED_ENDED, __ATOMIC_SEQ_CST);
    worker_wake(&isolated->worker);
}

void isolated_end(struct isolated *isolated, struct text *why, struct error *error)
{
    if (!why->length && __atomic_load_n(&isolated->state, __ATOMIC_SEQ_CST) != ISOLATED_ENDED) {
        /* Memory that the worker can write may have said so: then it becomes true. */
        worker_kill(&isolated->worker);
        worker_wait_known(&isolated->worker);
    }
    pthread_mutex_lock(&isolated_lock);
    if (isolated->state != ISOLATED_ENDED) {
        if (why->length)
            text_move(&isolated->end, why);
        else if (isolated->ending)
            set_text(&isolated->end, isolated->ending);
        else
            set_end(isolated);
        worker_kill(&isolated->worker);
        stop_calls(isolated);
    }
    if (error)
        error_set(error, PLUGIN_CRASHED, "%s", text_chars(&isolated->end));
    pthread_mutex_unlock(&isolated_lock);
    text_free(why);
}

bool isolated_leave_alone(struct isolated *isolated, const char *why)
{
    pthread_mutex_lock(&isolated_lock);
    bool did_run = isolated->state == ISOLATED_RUNS;
    if (did_run) {
        set_text(&isolated->end, why);
        stop_calls(isolated);
    }
    pthread_mutex_unlock(&isolated_lock);
    return did_run;
}

bool isolated_set_broken(struct isolated *isolated, struct error *error)
{
    struct text why = {0};
    text_add(&why, "its process was killed: %s", error_text(error));
    error_free(error);
    isolated_end(isolated, &why, error);
    return false;
}

/* ---- one change at a time ---- */

static pthread_cond_t changed = PTHREAD_COND_INITIALIZER; /* is_changing of one of them */

void isolated_begin_change(struct isolated *isolated)
{
    pthread_mutex_lock(&isolated_lock);
    while (isolated->is_changing)
        pthread_cond_wait(&changed, &isolated_lock);
    isolated->is_changing = true;
    pthread_mutex_unlock(&isolated_lock);
}

void isolated_end_change(struct isolated *isolated)
{
    pthread_mutex_lock(&isolated_lock);
    isolated->is_changing = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&isolated_lock);
}

bool isolated_take_variables(struct isolated *isolated, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    bool done = variables_take(&isolated->variables, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

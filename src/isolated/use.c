/* Who uses a worker, and its end. */
#include "isolated/isolated_p.h"

#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

pthread_mutex_t isolated_lock = PTHREAD_MUTEX_INITIALIZER;
void (*isolated_publish)(struct error *error);

/* ---- who uses the worker ---- */

static void set_ended(const struct isolated *isolated, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    error_set(error, PLUGIN_CRASHED, "%s; plugin_restart starts another",
              text_chars(&isolated->end));
    pthread_mutex_unlock(&isolated_lock);
}

bool isolated_runs(struct isolated *isolated, struct error *error)
{
    if (__atomic_load_n(&isolated->state, __ATOMIC_SEQ_CST) == ISOLATED_RUNS)
        return true;
    set_ended(isolated, error);
    return false;
}

bool isolated_enter(struct isolated *isolated, struct error *error)
{
    __atomic_fetch_add(&isolated->users, 1, __ATOMIC_SEQ_CST);
    if (isolated_runs(isolated, error))
        return true;
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

void isolated_end(struct isolated *isolated, struct text *why, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    if (isolated->state == ISOLATED_RUNS) {
        text_free(&isolated->end);
        if (why->length) {
            text_move(&isolated->end, why);
        } else {
            text_add(&isolated->end, "its process ");
            worker_add_end(&isolated->end, &isolated->worker);
        }
        __atomic_store_n(&isolated->state, ISOLATED_ENDED, __ATOMIC_SEQ_CST);
        worker_kill(&isolated->worker);
    }
    if (error)
        error_set(error, PLUGIN_CRASHED, "%s", text_chars(&isolated->end));
    pthread_mutex_unlock(&isolated_lock);
    text_free(why);
}

bool isolated_set_broken(struct isolated *isolated, struct error *error)
{
    struct text why = {0};
    text_add(&why, "its process was killed: %s", error_text(error));
    error_free(error);
    isolated_end(isolated, &why, error);
    return false;
}

/* A handle became void *, or got a type: as a parameter, a result and a member, and of whatever
 * object.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 */
#if V >= 2
typedef void handle;
#else
typedef struct counter handle;
#endif
struct job {
    handle *counter;
    int more;
};
handle *host_counter(void);
int host_count(handle *counter, const handle *same);
int host_run(const struct job *job);

#ifdef HOST
struct counter {
    int count;
} counter;
handle *host_counter(void)
{
    return &counter;
}
int host_count(handle *own, const handle *same)
{
    return own == same ? ++counter.count : 0;
}
int host_run(const struct job *job)
{
    return job->more + host_count(job->counter, &counter);
}
#else
int run(void)
{
    struct job job = {host_counter(), 10};
    return host_count(job.counter, job.counter) != 1 || host_run(&job) != 12;
}
#endif

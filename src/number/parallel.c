#include "number/system.h"

#include <pthread.h>

enum {
    MAX_WORKERS = 64,
    STARTING_NS = 200000, /* work that is worth threads: starting one takes 20 microseconds */
    SLICE_NS = 100000000  /* 0.1 s of work for each worker between two polls of the pool */
};

typedef struct part {
    sp_work work;
    void *context;
    size_t worker, begin, end;
    pthread_t thread;
    bool started;
} part;

static void *run_part(void *argument)
{
    const part *p = argument;
    p->work(p->context, p->worker, p->begin, p->end);
    mpfr_free_cache();
    return NULL;
}

size_t sp_workers(const sp_arithmetic *in)
{
    return in->threads < 1 ? 1 : in->threads > MAX_WORKERS ? MAX_WORKERS : in->threads;
}

/* begin ... end - 1 divided among the workers; a thread that cannot be started is done without. */
static void run_slice(size_t workers, size_t begin, size_t end, sp_work work, void *context)
{
    part parts[MAX_WORKERS];
    size_t each = (end - begin) / workers, more = (end - begin) % workers, at = begin;
    for (size_t w = 0; w < workers; w++) {
        part *p = &parts[w];
        *p = (part){.work = work, .context = context, .worker = w, .begin = at};
        at += each + (w < more);
        p->end = at;
        if (w > 0 && p->end > p->begin)
            p->started = pthread_create(&p->thread, NULL, run_part, p) == 0;
    }
    for (size_t w = 0; w < workers; w++)
        if (!parts[w].started && parts[w].end > parts[w].begin)
            work(context, w, parts[w].begin, parts[w].end);
    for (size_t w = 0; w < workers; w++)
        if (parts[w].started)
            pthread_join(parts[w].thread, NULL);
}

void sp_in_parallel(const sp_arithmetic *in, size_t items, double cost, sp_work work,
                    void *context)
{
    size_t workers = sp_workers(in);
    if ((double)items * cost < STARTING_NS)
        workers = 1;
    double most = (double)workers * SLICE_NS / (cost > 1 ? cost : 1);
    size_t slice = most < (double)items ? (size_t)most : items;
    if (slice < workers)
        slice = workers;
    for (size_t at = 0; at < items;) {
        size_t end = items - at > slice ? at + slice : items;
        run_slice(workers, at, end, work, context);
        at = end;
        if (at < items)
            sp_pool_poll(in->pool);
    }
}

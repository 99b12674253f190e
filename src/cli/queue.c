#include "queue.h"

#include "command.h"
#include "files.h"

#include <pthread.h>
#include <stdlib.h>

/* Cases that are added and not yet reported, at most: what they hold stays in memory. */
enum { SLOTS = 16, JOBS_MAX = 64 };

typedef struct slot {
    sp_cases *cases;
    size_t index;
    bool is_last; /* of its file: the handle is closed after it */
    bool is_done;
    sp_check *check;
    sp_status status;
} slot;

struct queue {
    sp_report *report;
    const sp_check_options *options;
    int code;
    pthread_t thread[JOBS_MAX];
    unsigned threads;
    /* under the lock; slots are used in turn: reported <= taken <= added <= reported + SLOTS */
    pthread_mutex_t lock;
    pthread_cond_t work, finished;
    slot slot[SLOTS];
    size_t added, taken, reported;
    bool is_closing;
    bool is_stopped; /* the report could not be written: nothing more is checked */
};

static void check(const queue *of, slot *s, bool is_stopped)
{
    s->status = is_stopped ? SP_INTERRUPTED
                           : sp_check_run(&s->check, s->cases, s->index, of->options);
}

static void *work(void *argument)
{
    queue *q = argument;
    pthread_mutex_lock(&q->lock);
    for (;;) {
        while (q->taken == q->added && !q->is_closing)
            pthread_cond_wait(&q->work, &q->lock);
        if (q->taken == q->added)
            break;
        slot *s = &q->slot[q->taken++ % SLOTS];
        bool is_stopped = q->is_stopped;
        pthread_mutex_unlock(&q->lock);
        check(q, s, is_stopped);
        pthread_mutex_lock(&q->lock);
        s->is_done = true;
        pthread_cond_signal(&q->finished);
    }
    pthread_mutex_unlock(&q->lock);
    sp_caches_free();
    return NULL;
}

static sp_status report(queue *q, const slot *s)
{
    const sp_case_info *info = sp_cases_info(s->cases, s->index);
    if (s->status == SP_OK) {
        const sp_outcome *outcome = sp_check_outcome(s->check);
        q->code = sp_exit_code_worse(q->code, sp_outcome_exit_code(outcome));
        return sp_report_outcome(q->report, outcome);
    }
    fprintf(stderr, "%s:%zu: error: %s: %s\n", info->file, info->line, info->name,
            sp_status_text(s->status));
    q->code = sp_exit_code_worse(q->code, sp_status_exit_code(s->status));
    return sp_report_failure(q->report, info, s->status);
}

static void report_oldest(queue *q)
{
    slot *s = &q->slot[q->reported % SLOTS];
    if (q->threads == 0) {
        check(q, s, q->is_stopped);
    } else {
        pthread_mutex_lock(&q->lock);
        while (!s->is_done)
            pthread_cond_wait(&q->finished, &q->lock);
        pthread_mutex_unlock(&q->lock);
    }
    sp_status status = q->is_stopped ? SP_OK : report(q, s);
    sp_check_close(s->check);
    if (s->is_last)
        sp_cases_close(s->cases);
    pthread_mutex_lock(&q->lock);
    *s = (slot){0};
    q->reported++;
    q->is_stopped |= status != SP_OK;
    pthread_mutex_unlock(&q->lock);
    if (status != SP_OK)
        q->code = sp_exit_code_worse(q->code, sp_status_exit_code(status));
}

queue *queue_open(sp_report *to, const sp_check_options *options, unsigned jobs)
{
    queue *q = or_exit(calloc(1, sizeof *q));
    q->report = to;
    q->options = options;
    q->code = EXIT_MET;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
    pthread_cond_init(&q->finished, NULL);
    jobs = jobs > JOBS_MAX ? JOBS_MAX : jobs;
    while (jobs > 1 && q->threads < jobs &&
           pthread_create(&q->thread[q->threads], NULL, work, q) == 0)
        q->threads++;
    return q;
}

void queue_add(queue *to, sp_cases *cases)
{
    size_t count = sp_cases_count(cases);
    for (size_t i = 0; i < count; i++) {
        if (to->added - to->reported == SLOTS)
            report_oldest(to);
        pthread_mutex_lock(&to->lock);
        to->slot[to->added++ % SLOTS] = (slot){.cases = cases, .index = i,
                                               .is_last = i + 1 == count};
        pthread_cond_signal(&to->work);
        pthread_mutex_unlock(&to->lock);
    }
    if (count == 0)
        sp_cases_close(cases);
}

void queue_drain(queue *of)
{
    while (of->reported < of->added)
        report_oldest(of);
}

bool queue_is_stopped(const queue *of)
{
    return of->is_stopped;
}

int queue_close(queue *of)
{
    queue_drain(of);
    pthread_mutex_lock(&of->lock);
    of->is_closing = true;
    pthread_cond_broadcast(&of->work);
    pthread_mutex_unlock(&of->lock);
    for (unsigned i = 0; i < of->threads; i++)
        pthread_join(of->thread[i], NULL);
    pthread_cond_destroy(&of->finished);
    pthread_cond_destroy(&of->work);
    pthread_mutex_destroy(&of->lock);
    int code = of->code;
    free(of);
    return code;
}

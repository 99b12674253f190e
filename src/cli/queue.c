#include "queue.h"

#include "files.h"
#include "signals.h"
#include "terminal.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
    reports *report;
    const settings *given;
    const sp_check_options *options;
    progress progress;
    int code;
    pthread_t thread[JOBS_MAX];
    unsigned threads;
    /* under the lock; slots are used in turn: reported <= taken <= added <= reported + SLOTS */
    pthread_mutex_t lock;
    pthread_cond_t work, finished;
    slot slot[SLOTS];
    size_t added, taken, reported;
    bool is_closing;
    bool is_stopped; /* nothing more is checked */
};

bool is_wanted(const settings *given, const char *name)
{
    for (size_t i = 0; i < given->filters; i++)
        if (strcmp(given->filter[i], name) == 0 || fnmatch(given->filter[i], name, 0) == 0)
            return true;
    return given->filters == 0;
}

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

/* Nothing that is added or running is finished; why: static, NULL if no report can take it. */
static void stop(queue *q, const char *why)
{
    cancel_checks();
    if (why)
        reports_cut(q->report, why);
    pthread_mutex_lock(&q->lock);
    q->is_stopped = true;
    pthread_mutex_unlock(&q->lock);
}

/* False if the case is not as it should be. */
static bool report(queue *q, const slot *s)
{
    const sp_case_info *info = sp_cases_info(s->cases, s->index);
    progress_clear(&q->progress);
    if (s->status == SP_OK) {
        const sp_outcome *outcome = sp_check_outcome(s->check);
        int code = sp_outcome_exit_code(outcome);
        if (q->given->require_all && outcome->not_checked)
            code = sp_exit_code_worse(code, EXIT_OPEN);
        q->code = sp_exit_code_worse(q->code, code);
        reports_outcome(q->report, outcome);
        return code == EXIT_MET;
    }
    fprintf(stderr, "%s:%zu: error: %s: %s\n", info->file, info->line, info->name,
            sp_status_text(s->status));
    q->code = sp_exit_code_worse(q->code, sp_status_exit_code(s->status));
    reports_failure(q->report, info, s->status);
    return false;
}

enum { TICK = 100000000 }; /* nanoseconds between two looks at the progress */

static void wait_for(queue *q, const slot *s)
{
    const char *name = sp_cases_info(s->cases, s->index)->name;
    if (q->threads == 0) {
        progress_show(&q->progress, q->reported, name);
        check(q, &q->slot[q->reported % SLOTS], q->is_stopped);
        return;
    }
    pthread_mutex_lock(&q->lock);
    while (!s->is_done) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TICK;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (q->progress.is_on)
            pthread_cond_timedwait(&q->finished, &q->lock, &until);
        else
            pthread_cond_wait(&q->finished, &q->lock);
        progress_show(&q->progress, q->reported, name);
    }
    pthread_mutex_unlock(&q->lock);
}

/* After an interruption what was finished is reported all the same; after a first failure nothing
 * is, so that the report does not depend on what happened to run beside it. */
static void report_oldest(queue *q)
{
    slot *s = &q->slot[q->reported % SLOTS];
    wait_for(q, s);
    bool is_cut = s->status == SP_INTERRUPTED;
    if (!q->is_stopped && !is_cut && !report(q, s) && q->given->fail_fast)
        stop(q, "stopped by --fail-fast");
    if (!q->is_stopped && reports_are_lost(q->report))
        stop(q, NULL);
    sp_check_close(s->check);
    if (s->is_last)
        sp_cases_close(s->cases);
    pthread_mutex_lock(&q->lock);
    *s = (slot){0};
    q->reported++;
    pthread_mutex_unlock(&q->lock);
}

queue *queue_open(reports *to, const settings *given, const sp_check_options *options,
                  unsigned jobs)
{
    queue *q = or_exit(calloc(1, sizeof *q));
    q->report = to;
    q->given = given;
    q->options = options;
    q->progress = progress_start();
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

static void add(queue *to, sp_cases *cases, size_t index, bool is_last)
{
    if (to->added - to->reported == SLOTS)
        report_oldest(to);
    pthread_mutex_lock(&to->lock);
    to->slot[to->added++ % SLOTS] = (slot){.cases = cases, .index = index, .is_last = is_last};
    pthread_cond_signal(&to->work);
    pthread_mutex_unlock(&to->lock);
}

void queue_add(queue *to, sp_cases *cases)
{
    size_t count = sp_cases_count(cases), next = count; /* the handle is closed after the last */
    for (size_t i = 0; i < count; i++) {
        if (!is_wanted(to->given, sp_cases_info(cases, i)->name))
            continue;
        if (next < count)
            add(to, cases, next, false);
        next = i;
    }
    if (next < count)
        add(to, cases, next, true);
    else
        sp_cases_close(cases);
}

void queue_drain(queue *of)
{
    while (of->reported < of->added)
        report_oldest(of);
}

bool queue_is_stopped(const queue *of)
{
    return of->is_stopped || was_interrupted();
}

int queue_close(queue *of)
{
    queue_drain(of);
    progress_clear(&of->progress);
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

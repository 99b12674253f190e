/* Checks as handles. */
#include "api/cases.h"
#include "api/entry.h"
#include "check/check.h"

struct sp_check {
    sp_pool *pool;
    sp_outcome outcome;
};

typedef struct check_job {
    sp_check *check;
    sp_pool *pool;
    const sp_case *of;
    const sp_check_options *options;
} check_job;

static void run_check(void *argument)
{
    check_job *job = argument;
    job->check = SP_NEW(job->pool, sp_check);
    job->check->pool = job->pool;
    (void)sp_judge_case(job->pool, job->of, job->options, false, &job->check->outcome);
}

sp_status sp_check_run(sp_check **check, const sp_cases *cases, size_t index,
                       const sp_check_options *options)
{
    static const sp_check_options defaults = {0};
    check_job job = {.options = options ? options : &defaults};
    unsigned bits = job.options->precision;
    *check = NULL;
    if (index >= sp_cases_count(cases) || job.options->numdiff_budget < 0 ||
        (bits != 0 && (bits < SP_PRECISION_MIN || bits > SP_PRECISION_MAX)))
        return SP_BAD_USAGE;
    job.of = cases->unit->item[index];
    sp_status status = sp_entry_run(&job.pool, job.options->allocator, job.options->limits, run_check, &job);
    if (status == SP_OK)
        *check = job.check;
    return status;
}

const sp_outcome *sp_check_outcome(const sp_check *check)
{
    return &check->outcome;
}

void sp_check_close(sp_check *check)
{
    if (check)
        sp_pool_close(check->pool);
}

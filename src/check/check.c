#include "check/cases.h"
#include "check/describe.h"
#include "check/everywhere.h"
#include "check/result.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>

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

/* GSL's handler is the process's, and cases may be checked by several threads at once. */
static pthread_once_t gsl_is_silent = PTHREAD_ONCE_INIT;

static void silence_gsl(void)
{
    gsl_set_error_handler_off();
}

static void run_check(void *argument)
{
    check_job *given = argument;
    const sp_check_options *options = given->options;
    sp_pool *pool = given->pool;
    sp_check *check = given->check = SP_NEW(pool, sp_check);
    check->pool = pool;
    sp_job *job = sp_job_open(pool, given->of, options);
    sp_outcome *outcome = &check->outcome;
    sp_describe_case(job, outcome);
    sp_describe_numdiff(job, outcome);
    outcome->results = job->program->results;
    sp_result_outcome *result = SP_NEW_ARRAY(pool, sp_result_outcome, outcome->results);
    for (size_t k = 0; k < outcome->results; k++) {
        result[k] = sp_result_judge(job, k);
        if (!outcome->fault)
            outcome->fault = sp_evidence_fault(job, &result[k]);
    }
    outcome->result = result;
    sp_describe_expectation(job, outcome, result);
    sp_describe_warnings(job, outcome);
    outcome->not_checked = sp_describe_coverage(pool, job->program);
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
    pthread_once(&gsl_is_silent, silence_gsl);
    sp_status status = sp_pool_open(&job.pool, job.options->allocator, job.options->limits);
    if (status != SP_OK)
        return status;
    status = sp_pool_run(job.pool, run_check, &job);
    if (status != SP_OK) {
        sp_pool_close(job.pool);
        return status;
    }
    *check = job.check;
    return SP_OK;
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

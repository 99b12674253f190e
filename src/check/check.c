#include "check/cases.h"
#include "check/describe.h"
#include "check/result.h"

#include <gsl/gsl_errno.h>
#include <string.h>

struct sp_check {
    sp_pool *pool;
    sp_outcome outcome;
};

/* Multiply-adds of finite differences before they become a sample: some seconds of MPFR (65 ns each
 * at 256 bits, numbers.md), a few of doubles. */
#define NUMDIFF_BUDGET_MPFR 2e8
#define NUMDIFF_BUDGET_BINARY64 4e9

enum { BINARY64_BITS = 53 };

typedef struct check_job {
    sp_check *check;
    sp_pool *pool;
    const sp_case *of;
    const sp_check_options *options;
} check_job;

static bool is_wanted(const sp_case *of, const char *system)
{
    for (size_t i = 0; i < of->evidences; i++)
        if (strcmp(of->evidence[i], system) == 0)
            return true;
    return of->evidences == 0;
}

static sp_run run_in(const sp_job *job, const char *system, unsigned bits, unsigned threads)
{
    sp_run run = {.in = {.system = sp_number_system_find(system),
                         .pool = job->pool,
                         .bits = bits,
                         .deterministic = job->deterministic,
                         .threads = threads}};
    if (!run.in.system)
        sp_pool_fail(job->pool, SP_INTERNAL);
    sp_inputs inputs = sp_inputs_of_case(&run.in, job->of);
    run.scheme = sp_interpret(&run.in, job->program, job->ownership, job->network, &inputs);
    run.delta = sp_interpret_whole(&run.in, job->delta, job->network, &inputs);
    return run;
}

static const sp_ownership *ownership_of(sp_pool *pool, const sp_case *of)
{
    sp_diagnostics found = {.pool = pool};
    const sp_ownership *ownership = sp_ownership_of_case(pool, of, &found);
    if (!ownership) /* sp_cases_load_* has refused such a case */
        sp_pool_fail(pool, SP_INTERNAL);
    return ownership;
}

/* The bounds hold for every unit roundoff up to that of the least precise run. */
static void run_all(sp_job *job, unsigned threads)
{
    unsigned least = job->precision < BINARY64_BITS ? job->precision : BINARY64_BITS;
    job->bound = run_in(job, "bound", least, threads);
    if (is_wanted(job->of, "binary64"))
        job->run[job->runs++] = run_in(job, "binary64", BINARY64_BITS, threads);
    if (is_wanted(job->of, "mpfr"))
        job->run[job->runs++] = run_in(job, "mpfr", job->precision, threads);
    for (size_t r = 0; r < job->runs; r++)
        if (!job->sharpest || job->run[r].in.bits >= job->sharpest->in.bits)
            job->sharpest = &job->run[r];
}

static void run_numdiff(sp_job *job, double budget)
{
    if (job->of->numdiff == SP_NUMDIFF_OFF)
        return;
    if (sp_job_run(job, "binary64"))
        job->numdiff[job->numdiffs++] =
            sp_numdiff_binary64(job->pool, job->of, job->network,
                                budget > 0 ? budget : NUMDIFF_BUDGET_BINARY64);
    if (sp_job_run(job, "mpfr"))
        job->numdiff[job->numdiffs++] =
            sp_numdiff_mpfr(job->pool, job->of, job->network, job->precision,
                            budget > 0 ? budget : NUMDIFF_BUDGET_MPFR);
}

static void run_check(void *argument)
{
    check_job *given = argument;
    const sp_check_options *options = given->options;
    sp_pool *pool = given->pool;
    sp_check *check = given->check = SP_NEW(pool, sp_check);
    check->pool = pool;
    sp_job *job = SP_NEW(pool, sp_job);
    *job = (sp_job){.pool = pool,
                    .of = given->of,
                    .program = given->of->program,
                    .delta = sp_scheme_builtin(pool, "delta-rule"),
                    .network = sp_network_of_case(pool, given->of),
                    .ownership = ownership_of(pool, given->of),
                    .precision = options->precision ? options->precision : given->of->precision,
                    .deterministic = options->deterministic};
    if (!job->delta)
        sp_pool_fail(pool, SP_INTERNAL);
    job->mesh = sp_ownership_mesh(job->ownership);
    run_all(job, options->threads);
    run_numdiff(job, options->numdiff_budget);

    sp_outcome *outcome = &check->outcome;
    sp_describe_case(job, outcome);
    sp_describe_numdiff(job, outcome);
    outcome->results = job->program->results;
    sp_result_outcome *result = SP_NEW_ARRAY(pool, sp_result_outcome, outcome->results);
    for (size_t k = 0; k < outcome->results; k++)
        result[k] = sp_result_judge(job, k);
    outcome->result = result;
    sp_describe_expectation(job, outcome);
    sp_describe_warnings(job, outcome);
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
    gsl_set_error_handler_off();
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

/* Evidence: random identity testing, at the case's own sizes for all data. */
#include "check/evidence_field.h"

#include "check/divisors.h"
#include "check/evidence_difference.h"

#include <math.h>

enum { FIELD_TRIALS = 2 };

const sp_field_test *sp_field_run(const sp_job *job)
{
    return sp_field_test_run(job->pool, job->program, job->ownership, job->network, job->of->seed,
                             FIELD_TRIALS);
}

bool sp_field_is_equal(const sp_field_test *field, size_t result)
{
    return field->result[result].finding == SP_FIELD_EQUAL && field->result[result].log2_error < -30;
}

static void gather(sp_job *job)
{
    if (sp_case_wants(job->of, "field") && sp_field_applies(job->program))
        job->field = sp_field_run(job);
}

/* 2^log2 as a power of ten, rounded up. */
static const char *power_of_ten(sp_pool *pool, double log2)
{
    return sp_pool_format(pool, "1e%d", (int)ceil(log2 * 0.30102999566398120));
}

static sp_field_evidence evidence_of(sp_judgement *j)
{
    sp_job *job = j->job;
    const size_t result = j->result;
    sp_field_evidence e = {.finding = SP_FINDING_NONE};
    if (!job->field)
        return e;
    const sp_field_result *r = &job->field->result[result];
    e = (sp_field_evidence){.finding = SP_FINDING_SILENT,
                            .differs = r->finding == SP_FIELD_DIFFERS,
                            .compared = r->entries,
                            .trials = job->field->trials,
                            .seed = job->field->seed,
                            .random_functions = job->field->random_functions};
    if (sp_field_is_equal(job->field, result)) {
        /* equal for all data with which nothing is divided by 0 */
        if (sp_assumption_of(job, NULL, result).broken)
            return e;
        e.finding = SP_FINDING_AGREES;
        e.error = power_of_ten(job->pool, r->log2_error);
    } else if (e.differs && !sp_is_contradicted(j)) {
        const sp_job *generic = sp_job_generic(job);
        sp_difference_evidence d = sp_difference_judge(generic, generic->sharpest, result, NULL);
        if (d.finding == SP_FINDING_CONTRADICTS || *e.random_functions == '\0')
            e.finding = SP_FINDING_CONTRADICTS;
    }
    return e;
}

static void judge(sp_judgement *j)
{
    j->of->field = evidence_of(j);
    sp_found(j, &sp_evidence_field, j->of->field.finding);
    if (j->of->field.finding == SP_FINDING_AGREES)
        sp_cover_all(j);
}

static void say(const sp_judgement *j, sp_saying *to)
{
    const sp_result_outcome *r = j->of;
    if (r->field.finding == SP_FINDING_AGREES)
        sp_say_agrees(to, "field");
    if (r->field.finding != SP_FINDING_CONTRADICTS || to->contradicts)
        return;
    to->contradicts =
        r->differences == 0 && r->numdiffs == 0
            ? "it differs for other data of the same sizes; with the data of this case nothing was computed"
            : "it differs for other data of the same sizes, though not for the data of this case";
}

const sp_evidence_kind sp_evidence_field = {"field", true, gather, judge, say};

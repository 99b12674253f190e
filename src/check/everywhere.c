#include "check/everywhere.h"

#include "check/divisors.h"
#include "check/result.h"

#include <math.h>
#include <string.h>

enum { FIELD_TRIALS = 2 };

static const sp_field_test *run_field(const sp_job *job)
{
    return sp_field_test_run(job->pool, job->program, job->ownership, job->network, job->of->seed,
                             FIELD_TRIALS);
}

/* Equal for all data and functions at the case's sizes, with an error that can be stated. */
static bool is_equal_in(const sp_field_test *field, size_t result)
{
    return field->result[result].finding == SP_FIELD_EQUAL && field->result[result].log2_error < -30;
}

void sp_job_prove(sp_job *job)
{
    const sp_case *of = job->of;
    job->attempt = sp_attempt_open(job->pool, job->program, &(sp_attempt_options){.function = of->function});
    if (sp_case_wants(of, "field") && sp_field_applies(job->program))
        job->field = run_field(job);
}

static const char *nothing_if_empty(const char *text)
{
    return text && *text ? text : NULL;
}

/* What is proved, and whether it is proved of this case: not where it breaks what the theorem assumes. */
static sp_proof_evidence judge_proved(sp_job *job, size_t result, const sp_proof *proof,
                                      const char *given)
{
    const sp_division a = sp_assumption_of(job, proof, result);
    sp_proof_evidence e = {.outcome = SP_PROOF_OUTCOME_PROVED, .given = given, .broken = a.broken,
                           .finding = a.broken ? SP_FINDING_SILENT : SP_FINDING_AGREES};
    sp_text text = sp_text_in(job->pool);
    sp_text_add(&text, "equal to the delta rule for all sizes, meshes, splits");
    if (given)
        sp_text_format(&text, " and data, with %s", given);
    else
        sp_text_add(&text, ", data, activations and losses");
    if (a.count > 0) {
        e.assumed = a.divisors;
        sp_text_format(&text, ", where %s %s not 0 on any rank", a.divisors, a.count > 1 ? "are" : "is");
    }
    e.statement = sp_text_string(&text);
    return e;
}

sp_proof_evidence sp_proof_judge(sp_job *job, size_t result)
{
    const sp_attempt *attempt = job->attempt;
    const sp_proof *proof = sp_attempt_proof(attempt, result);
    if (proof)
        return judge_proved(job, result, proof, proof == attempt->any ? NULL : attempt->functions);
    sp_proof_evidence e = {.finding = SP_FINDING_SILENT};
    proof = sp_attempt_last(attempt);
    const sp_proof_result *r = &proof->result[result];
    e.outcome = r->status == SP_PROVE_REFUTED ? SP_PROOF_OUTCOME_REFUTED : SP_PROOF_OUTCOME_OPEN;
    e.statement = nothing_if_empty(sp_proof_difference(proof, r));
    if (r->cause.kind != SP_CAUSE_OTHER) /* which names nothing */
        e.cause = nothing_if_empty(sp_proof_cause(proof, r));
    return e;
}

/* Whether a match is right for all data and functions at the case's own sizes. The search takes one
 * prime only, the same for every case, modulo which a factor may be 1, so it is asked over others as well. */
static bool is_right_here(sp_job *job, size_t result, sp_search_at_case here)
{
    if (job->field || here != SP_SEARCH_CANNOT_FAIL || !sp_field_applies(job->program))
        return job->field && is_equal_in(job->field, result);
    if (!job->reach_field)
        job->reach_field = run_field(job);
    return is_equal_in(job->reach_field, result);
}

/* Where a match that is not proved fails, in words; *failing is NULL if nothing was found. What is known of
 * the case's own sizes from its own data alone is agreement within rounding, and no more is said. */
static const char *reach_in_words(sp_job *job, size_t result, const sp_result_outcome *of,
                                  const sp_counterexample **failing)
{
    sp_search_at_case here = sp_search_try_case(sp_attempt_search(job->attempt), result, job->of);
    *failing = NULL;
    const bool right = is_right_here(job, result, here);
    const char *known = right ? "is right at these sizes"
                              : "is within rounding of the delta rule at these sizes";
    /* It can fail and yet does not: no need to look at other sizes. Unless it only can with some other
     * function in place of step, which the search may take. */
    if (here == SP_SEARCH_CAN_FAIL && !sp_field_test_has_step(job->program))
        return sp_pool_format(job->pool, "%s is within rounding of the delta rule for the data and "
                                         "functions of this case, but not right for all%s%s%s",
                              of->name, of->field.differs ? ": with " : "",
                              of->field.differs ? of->field.random_functions : "",
                              of->field.differs ? " random it differs" : "");
    *failing = sp_attempt_find(job->attempt, result);
    if (*failing)
        return sp_pool_format(job->pool,
                              "%s %s, %s at every size: fails with %s%s", of->name, known,
                              right ? "not" : "but not right", (*failing)->brief,
                              right && here == SP_SEARCH_CANNOT_FAIL
                                  ? "; only sizes and splits that this case excludes can fail" : "");
    return sp_pool_format(job->pool, "%s %s; whether it is %sat every size is open: no "
                                     "counterexample; tried %s",
                          of->name, known, right ? "" : "right ", sp_search_bounds(job->attempt->search));
}

void sp_reach_judge(sp_job *job, size_t result, sp_result_outcome *of)
{
    if (of->verdict != SP_VERDICT_MATCH || of->proof.outcome == SP_PROOF_OUTCOME_PROVED)
        return;
    const sp_counterexample *failing;
    of->proof.reach = reach_in_words(job, result, of, &failing);
    if (!failing)
        return;
    of->proof.outcome = SP_PROOF_OUTCOME_REFUTED;
    of->proof.sizes = failing->sizes;
    of->proof.counterexample =
        sp_pool_format(job->pool, "%s\n%s", failing->scheme, failing->text);
}

/* 2^log2 as a power of ten, rounded up. */
static const char *power_of_ten(sp_pool *pool, double log2)
{
    return sp_pool_format(pool, "1e%d", (int)ceil(log2 * 0.30102999566398120));
}

sp_field_evidence sp_field_judge(sp_job *job, size_t result, bool contradicted)
{
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
    if (is_equal_in(job->field, result)) {
        /* equal for all data with which nothing is divided by 0 */
        if (sp_assumption_of(job, NULL, result).broken)
            return e;
        e.finding = SP_FINDING_AGREES;
        e.error = power_of_ten(job->pool, r->log2_error);
    } else if (e.differs && !contradicted) {
        const sp_job *generic = sp_job_generic(job);
        sp_difference_evidence d = sp_difference_judge(generic, generic->sharpest, result, NULL);
        if (d.finding == SP_FINDING_CONTRADICTS || *e.random_functions == '\0')
            e.finding = SP_FINDING_CONTRADICTS;
    }
    return e;
}

const char *sp_evidence_fault(const sp_job *job, const sp_result_outcome *of)
{
    if (of->proof.outcome != SP_PROOF_OUTCOME_PROVED || of->proof.broken)
        return NULL;
    for (size_t i = 0; i < of->differences; i++)
        if (of->difference[i].beyond > 0)
            return sp_pool_format(job->pool, "%s is proved (%s), yet in %s it differs by %s at %s, "
                                             "and rounding explains %s",
                                  of->name, of->proof.statement, of->difference[i].system,
                                  of->difference[i].largest, of->difference[i].place.index,
                                  of->difference[i].bound);
    /* random functions are among those that it is proved for, a random step is not */
    if (!of->proof.given && of->field.differs && !job->field->random_step)
        return sp_pool_format(job->pool, "%s is proved (%s), yet it differs in the field (seed "
                                         "%llu)",
                              of->name, of->proof.statement, (unsigned long long)of->field.seed);
    return NULL;
}

#include "check/reach.h"

#include "check/evidence_field.h"

/* Whether a match is right for all data and functions at the case's own sizes. The search takes one
 * prime only, the same for every case, modulo which a factor may be 1, so it is asked over others as well. */
static bool is_right_here(sp_job *job, size_t result, sp_search_at_case here)
{
    if (job->field || here != SP_SEARCH_CANNOT_FAIL || !sp_field_applies(job->program))
        return job->field && sp_field_is_equal(job->field, result);
    if (!job->reach_field)
        job->reach_field = sp_field_run(job);
    return sp_field_is_equal(job->reach_field, result);
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

void sp_reach_judge(sp_judgement *j)
{
    const sp_counterexample *failing;
    sp_result_outcome *of = j->of;
    if (of->verdict != SP_VERDICT_MATCH || of->proof.outcome == SP_PROOF_OUTCOME_PROVED)
        return;
    of->proof.reach = reach_in_words(j->job, j->result, of, &failing);
    if (!failing)
        return;
    of->proof.outcome = SP_PROOF_OUTCOME_REFUTED;
    of->proof.sizes = failing->sizes;
    of->proof.counterexample =
        sp_pool_format(j->job->pool, "%s\n%s", failing->scheme, failing->text);
}

#include "check/explain.h"

#include "check/reach.h"
#include "check/witness.h"

size_t sp_count_uncovered(const sp_judgement *j)
{
    size_t uncovered = 0;
    for (size_t i = 0; i < j->entries; i++)
        uncovered += !j->covered[i];
    return uncovered;
}

static const char *why_undecided(const sp_judgement *j, const sp_saying *said)
{
    if (j->disputed)
        return "the finite differences contradict the delta rule itself: see the warnings";
    if (said->silent.length == 0)
        return "no number system was run, and nothing else covers every entry";
    const size_t uncovered = sp_count_uncovered(j);
    return sp_pool_format(j->job->pool, "nothing could have failed on %zu entr%s:%s", uncovered,
                          uncovered == 1 ? "y" : "ies", sp_text_string(&said->silent));
}

static const char *why_match(const sp_judgement *j, const sp_saying *said)
{
    if (said->agrees.length == 0)
        return "every entry on every rank agrees in at least one piece of evidence";
    return sp_pool_format(j->job->pool, "every entry on every rank agrees: %s", sp_text_string(&said->agrees));
}

void sp_explain(sp_judgement *j)
{
    sp_saying said = {.agrees = sp_text_in(j->job->pool), .silent = sp_text_in(j->job->pool)};
    sp_result_outcome *r = j->of;
    sp_reach_judge(j);
    for (size_t k = 0; sp_evidence_kinds[k]; k++)
        sp_evidence_kinds[k]->say(j, &said);
    r->reason = r->verdict == SP_VERDICT_MATCH      ? why_match(j, &said)
                : r->verdict == SP_VERDICT_MISMATCH ? said.contradicts
                                                    : why_undecided(j, &said);
    if (r->verdict == SP_VERDICT_MISMATCH)
        r->witness = sp_witness_of(j->job, j->result, r);
}

const char *sp_evidence_fault(const sp_judgement *j)
{
    const sp_job *job = j->job;
    const sp_result_outcome *of = j->of;
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

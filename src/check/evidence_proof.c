/* Evidence: the proof for every size. */
#include "check/divisors.h"
#include "check/evidence.h"
#include "proof/explain.h"

static void gather(sp_job *job)
{
    const sp_attempt_options how = {.function = job->of->function, .steps = job->derivation};
    job->attempt = sp_attempt_open(job->pool, job->program, &how);
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

static sp_proof_evidence evidence_of(sp_job *job, size_t result)
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

static void judge(sp_judgement *j)
{
    j->of->proof = evidence_of(j->job, j->result);
    sp_found(j, &sp_evidence_proof, j->of->proof.finding);
    if (j->of->proof.finding == SP_FINDING_AGREES)
        sp_cover_all(j);
}

static void say(const sp_judgement *j, sp_saying *to)
{
    const sp_proof_evidence *e = &j->of->proof;
    if (e->finding == SP_FINDING_AGREES)
        sp_say_agrees(to, "proof");
    if (e->broken)
        sp_job_warn(j->job,
                    "%s: the proof says nothing about this case, since it divides by %s, which must not be 0 on any "
                    "rank: %s",
                    j->of->name, e->assumed, e->broken);
    if (e->reach)
        sp_job_warn(j->job, "%s", e->reach); /* what holds here but not everywhere */
}

const sp_evidence_kind sp_evidence_proof = {"proof", true, gather, judge, say};

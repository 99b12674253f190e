/* Schemes as outcomes: what formats of test results and findings say of a case they say of a scheme. */
#include "report/proof_format.h"

sp_verdict sp_verdict_of_proof(sp_proof_outcome outcome)
{
    return outcome == SP_PROOF_OUTCOME_PROVED    ? SP_VERDICT_MATCH
           : outcome == SP_PROOF_OUTCOME_REFUTED ? SP_VERDICT_MISMATCH
                                                 : SP_VERDICT_UNDECIDED;
}

sp_expectation sp_expectation_of_proof(sp_proof_outcome outcome)
{
    return outcome == SP_PROOF_OUTCOME_PROVED    ? SP_EXPECTATION_MET
           : outcome == SP_PROOF_OUTCOME_REFUTED ? SP_EXPECTATION_MISSED
                                                 : SP_EXPECTATION_OPEN;
}

const char *sp_failing_entry(sp_pool *pool, const sp_proved_result *r)
{
    const sp_failing_case *f = r->failing;
    if (!f->got)
        return "the layout does not fit, at any size";
    return sp_pool_format(pool, "%s%s%s%s%s is %s, not %s%s", r->name, f->index, *f->rank ? " on rank (" : "", f->rank,
                          *f->rank ? ")" : "", f->got, f->want, f->exact ? "" : " (known to 256 bits)");
}

static const sp_witness *witness_of(sp_pool *pool, const sp_proved_result *r)
{
    const sp_failing_case *f = r->failing;
    if (r->outcome != SP_PROOF_OUTCOME_REFUTED || !f)
        return NULL;
    sp_witness *w = SP_NEW(pool, sp_witness);
    w->kind = f->got ? "difference" : "layout";
    w->got = f->got;
    w->want = f->want;
    w->text = sp_failing_entry(pool, r);
    w->extent = f->got ? sp_pool_format(pool, "fails at %s%s%s", f->sizes, *f->splits ? ", " : "", f->splits) : NULL;
    return w;
}

static sp_result_outcome result_of(sp_pool *pool, const sp_scheme_outcome *o, const sp_proved_result *r)
{
    sp_result_outcome out = {.name = r->name, .line = r->line, .column = r->column, .file = o->file};
    out.verdict = sp_verdict_of_proof(r->outcome);
    out.expectation = sp_expectation_of_proof(r->outcome);
    out.proof.outcome = r->outcome;
    out.reason = r->statement;
    out.witness = witness_of(pool, r);
    if (r->outcome == SP_PROOF_OUTCOME_PROVED)
        return out;
    out.proof.cause = out.witness ? r->statement : NULL; /* else it is the reason */
    if (r->outcome == SP_PROOF_OUTCOME_OPEN && r->missing)
        out.reason = sp_pool_format(pool, "%s; not decided: %s", r->statement, r->missing);
    return out;
}

const sp_outcome *sp_outcome_of_scheme(sp_pool *pool, const sp_scheme_outcome *o)
{
    sp_outcome *out = SP_NEW(pool, sp_outcome);
    sp_result_outcome *result = SP_NEW_ARRAY(pool, sp_result_outcome, o->results + 1);
    for (size_t k = 0; k < o->results; k++)
        result[k] = result_of(pool, o, &o->result[k]);
    *out = (sp_outcome){.name = o->scheme, .file = o->file, .line = o->line, .scheme = o->scheme,
                        .verdict = sp_verdict_of_proof(o->outcome), .expected = "proved",
                        .expectation = sp_expectation_of_proof(o->outcome), .result = result,
                        .results = o->results, .not_checked = o->not_checked};
    if (o->outcome != SP_PROOF_OUTCOME_PROVED)
        out->surprise = sp_pool_format(pool, "%zu of %zu results proved", o->proved, o->results);
    return out;
}

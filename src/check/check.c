/* The method: lay out, run, difference, numdiff, prove, judge, explain. */
#include "check/check.h"

#include "check/describe.h"
#include "check/evidence.h"
#include "check/explain.h"

sp_job *sp_gather_evidence(sp_pool *pool, const sp_case *of, const sp_check_options *options, bool derivation)
{
    sp_job *job = sp_job_lay_out(pool, of, options, derivation);
    sp_job_run(job);
    for (size_t k = 0; sp_evidence_kinds[k]; k++)
        if (sp_evidence_kinds[k]->gather)
            sp_evidence_kinds[k]->gather(job);
    return job;
}

static size_t entries_on_ranks(const sp_job *job, const sp_result_decl *decl)
{
    size_t entries = 0;
    for (size_t rank = 0; rank < job->mesh->ranks; rank++) {
        size_t rows, columns;
        sp_ownership_shape(job->ownership, &decl->declared, rank, &rows, &columns);
        entries += rows * columns;
    }
    return decl->sum_axis < 0 ? entries : entries / job->mesh->size[decl->sum_axis];
}

static sp_result_outcome describe_result(const sp_job *job, size_t result)
{
    const sp_result_decl *decl = &job->program->result[result];
    const sp_layout whole = job->program->of->result[decl->result].whole;
    sp_position at = sp_span_position(decl->span);
    sp_result_outcome r = {.name = job->program->of->result[decl->result].name,
                           .line = decl->span.source ? at.line : 0,
                           .column = decl->span.source ? at.column : 0,
                           .vector = whole.order == 1};
    sp_layout_shape(job->of->dim, &whole, &r.rows, &r.columns);
    if (decl->span.source)
        r.file = sp_pool_format(job->pool, "%s", decl->span.source->name);
    return r;
}

sp_result_outcome sp_judge_result(sp_job *job, size_t result)
{
    sp_result_outcome r = describe_result(job, result);
    sp_judgement j = {.job = job, .result = result, .decl = &job->program->result[result], .of = &r};
    j.entries = entries_on_ranks(job, j.decl);
    j.covered = SP_NEW_ARRAY(job->pool, bool, j.entries);
    for (size_t k = 0; sp_evidence_kinds[k]; k++)
        sp_evidence_kinds[k]->judge(&j);
    r.verdict = sp_verdict_of_result(j.item, j.items, j.entries > 0 && sp_count_uncovered(&j) == 0, j.disputed);
    sp_explain(&j);
    if (!job->fault)
        job->fault = sp_evidence_fault(&j);
    return r;
}

sp_job *sp_judge_case(sp_pool *pool, const sp_case *of, const sp_check_options *options, bool derivation,
                      sp_outcome *outcome)
{
    sp_job *job = sp_gather_evidence(pool, of, options, derivation);
    sp_describe_case(job, outcome);
    sp_describe_numdiff(job, outcome);
    outcome->results = job->program->results;
    sp_result_outcome *result = SP_NEW_ARRAY(pool, sp_result_outcome, outcome->results);
    for (size_t k = 0; k < outcome->results; k++)
        result[k] = sp_judge_result(job, k);
    outcome->result = result;
    outcome->fault = job->fault;
    sp_describe_expectation(job, outcome, result);
    outcome->warning = job->warning;
    outcome->warnings = job->warnings;
    outcome->not_checked = sp_describe_coverage(pool, job->program);
    return job;
}

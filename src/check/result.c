#include "check/result.h"

#include "check/everywhere.h"
#include "check/merge.h"
#include "check/slopes.h"
#include "check/verdict.h"

/* Ranks whose part is not empty. */
static size_t count_holders(const sp_holdings *holdings)
{
    size_t holders = 0;
    for (size_t h = 0; h < holdings->count; h++)
        holders += holdings->item[h].matrix->rows * holdings->item[h].matrix->cols > 0;
    return holders;
}

sp_difference_evidence sp_difference_judge(const sp_job *job, const sp_run *run, size_t result,
                                           bool *covered)
{
    const sp_result_decl *decl = &job->program->result[result];
    sp_pair values = sp_job_pair(job, run, result, &decl->declared, decl->sum_axis);
    sp_pair bounds = sp_job_pair(job, &job->bound, result, &decl->declared, decl->sum_axis);
    sp_comparison c = sp_compare(&run->in, &values.got, values.want, &job->bound.in, &bounds.got,
                                 bounds.want, covered);
    sp_difference_evidence found = {
        .system = run->in.system->name,
        .bits = run->in.bits,
        .finding = SP_FINDING_SILENT,
        .compared = values.got.entries,
        .within = c.count[SP_ENTRY_WITHIN],
        .beyond = c.count[SP_ENTRY_BEYOND],
        .one_sided = c.count[SP_ENTRY_ONE_SIDED],
        .unbounded = c.count[SP_ENTRY_UNBOUNDED],
        .not_finite = c.count[SP_ENTRY_NOT_FINITE],
        .equal = c.equal,
        .ranks = count_holders(&values.got),
        .ranks_wrong = c.holdings_wrong,
        .largest = sp_quantity_up(job->pool, c.largest),
        .bound = sp_quantity_up(job->pool, c.bound),
        .scale = sp_quantity_down(job->pool, c.scale),
    };
    if (found.compared > 0)
        found.place = sp_job_place(job, decl, &values.got.item[c.place.holding], c.place.i,
                                   c.place.j);
    if (found.beyond + found.one_sided > 0)
        found.finding = SP_FINDING_CONTRADICTS;
    else if (found.within == found.compared)
        found.finding = SP_FINDING_AGREES;
    found.bits_agree = sp_bits_agree(c.largest, c.scale, run->in.bits);
    return found;
}

/* Is every entry on every rank covered by some piece of evidence? */
static size_t count_uncovered(const bool *covered, size_t entries)
{
    size_t uncovered = 0;
    for (size_t i = 0; i < entries; i++)
        uncovered += !covered[i];
    return uncovered;
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

static const char *why_mismatch(const sp_job *job, const sp_result_outcome *r)
{
    if (r->layout.finding == SP_FINDING_CONTRADICTS)
        return sp_pool_format(job->pool, "declared %s, but a rank computes %s: %s; %s",
                              r->layout.declared, r->layout.computed, r->layout.collision,
                              r->layout.advice);
    for (size_t i = r->differences; i-- > 0;) {
        const sp_difference_evidence *d = &r->difference[i];
        if (d->beyond > 0)
            return sp_pool_format(job->pool,
                                  "%s: %zu of %zu entries differ from the delta rule by more "
                                  "than rounding explains",
                                  d->system, d->beyond, d->compared);
        if (d->one_sided > 0)
            return sp_pool_format(job->pool,
                                  "%s: %zu of %zu entries are NaN or infinite on one side only",
                                  d->system, d->one_sided, d->compared);
    }
    for (size_t i = 0; i < r->numdiffs; i++) {
        const sp_numdiff_evidence *n = &r->numdiff[i];
        if (n->finding == SP_FINDING_CONTRADICTS)
            return sp_pool_format(job->pool,
                                  "finite differences contradict %zu of %zu entries and %zu of "
                                  "%zu directional derivatives",
                                  n->beyond, n->compared, n->directions_beyond, n->directions);
    }
    return r->differences == 0 && r->numdiffs == 0
               ? "it differs for other data of the same sizes; with the data of this case nothing was computed"
               : "it differs for other data of the same sizes, though not for the data of this case";
}

static const char *why_undecided(const sp_job *job, const sp_result_outcome *r, bool disputed,
                                 size_t uncovered)
{
    if (disputed)
        return "the finite differences contradict the delta rule itself: see the warnings";
    if (r->differences == 0)
        return "no number system was run, and nothing else covers every entry";
    sp_text text = sp_text_in(job->pool);
    sp_text_format(&text, "nothing could have failed on %zu entr%s:", uncovered,
                   uncovered == 1 ? "y" : "ies");
    for (size_t i = 0; i < r->differences; i++) {
        const sp_difference_evidence *d = &r->difference[i];
        sp_text_format(&text, "%s %s:", i ? ";" : "", d->system);
        if (d->not_finite)
            sp_text_format(&text, " %zu NaN or infinite on both sides", d->not_finite);
        if (d->unbounded)
            sp_text_format(&text, "%s %zu without a finite bound on their rounding",
                           d->not_finite ? "," : "", d->unbounded);
    }
    return sp_text_string(&text);
}

static const char *why_match(const sp_job *job, const sp_result_outcome *r)
{
    sp_text text = sp_text_in(job->pool);
    for (size_t i = 0; i < r->differences; i++)
        if (r->difference[i].finding == SP_FINDING_AGREES)
            sp_text_format(&text, "%s%s", text.length ? ", " : "", r->difference[i].system);
    for (size_t i = 0; i < r->numdiffs; i++)
        if (r->numdiff[i].finding == SP_FINDING_AGREES)
            sp_text_format(&text, "%sfinite differences", text.length ? ", " : "");
    if (r->proof.finding == SP_FINDING_AGREES)
        sp_text_format(&text, "%sproof", text.length ? ", " : "");
    if (r->field.finding == SP_FINDING_AGREES)
        sp_text_format(&text, "%sfield", text.length ? ", " : "");
    if (text.length == 0)
        return "every entry on every rank agrees in at least one piece of evidence";
    return sp_pool_format(job->pool, "every entry on every rank agrees: %s",
                          sp_text_string(&text));
}

static sp_result_outcome describe(const sp_job *job, size_t result)
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

/* A proof and the field look at every entry on every rank. */
static void cover_all(bool *covered, size_t entries, sp_finding finding)
{
    for (size_t i = 0; i < entries && finding == SP_FINDING_AGREES; i++)
        covered[i] = true;
}

sp_result_outcome sp_result_judge(sp_job *job, size_t result)
{
    const sp_result_decl *decl = &job->program->result[result];
    sp_result_outcome r = describe(job, result);
    sp_evidence_item item[3 + 2 * SP_OUTCOME_SYSTEMS];
    bool contradicted = false;
    size_t items = 0, entries = entries_on_ranks(job, decl);
    bool *covered = SP_NEW_ARRAY(job->pool, bool, entries), disputed = false;

    r.layout = sp_layout_judge(job, result);
    bool fits = r.layout.finding == SP_FINDING_AGREES;
    item[items++] = (sp_evidence_item){SP_EVIDENCE_LAYOUT, r.layout.finding};
    r.proof = sp_proof_judge(job, result);
    item[items++] = (sp_evidence_item){SP_EVIDENCE_PROOF, r.proof.finding};
    for (size_t i = 0; fits && i < job->runs; i++) {
        sp_difference_evidence *d = &r.difference[r.differences++];
        *d = sp_difference_judge(job, &job->run[i], result, covered);
        item[items++] = (sp_evidence_item){SP_EVIDENCE_DIFFERENCE, d->finding};
    }
    for (size_t i = 0; i < job->numdiffs; i++) {
        const sp_run *run = sp_job_run(job, job->numdiff[i]->mpfr ? "mpfr" : "binary64");
        if (!run || sp_result_tensor(job->program, decl->result) < 0)
            continue;
        sp_numdiff_evidence *n = &r.numdiff[r.numdiffs++];
        *n = sp_slopes_judge(job, job->numdiff[i], run, result, fits, covered, &disputed);
        item[items++] = (sp_evidence_item){SP_EVIDENCE_NUMDIFF, n->finding};
    }
    for (size_t i = 0; i < items; i++)
        contradicted = contradicted || item[i].finding == SP_FINDING_CONTRADICTS;
    r.field = sp_field_judge(job, result, contradicted);
    item[items++] = (sp_evidence_item){SP_EVIDENCE_FIELD, r.field.finding};
    cover_all(covered, entries, r.proof.finding);
    cover_all(covered, entries, r.field.finding);
    size_t uncovered = count_uncovered(covered, entries);
    r.verdict = sp_verdict_of_result(item, items, entries > 0 && uncovered == 0, disputed);
    switch (r.verdict) {
    case SP_VERDICT_MATCH: r.reason = why_match(job, &r); break;
    case SP_VERDICT_MISMATCH: r.reason = why_mismatch(job, &r); break;
    default: r.reason = why_undecided(job, &r, disputed, uncovered);
    }
    if (r.verdict == SP_VERDICT_MISMATCH)
        r.witness = sp_witness_of(job, result, &r);
    sp_reach_judge(job, result, &r);
    return r;
}

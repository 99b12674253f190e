/* Evidence: the difference from the delta rule in every number system, on every rank and every entry. */
#include "check/evidence_difference.h"

#include <string.h>

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

/* Only of a layout that fits: entries of others have no place in the whole. */
static void judge(sp_judgement *j)
{
    const sp_job *job = j->job;
    for (size_t i = 0; j->of->layout.finding == SP_FINDING_AGREES && i < job->runs; i++) {
        sp_difference_evidence *d = &j->of->difference[j->of->differences++];
        *d = sp_difference_judge(job, &job->run[i], j->result, j->covered);
        sp_found(j, &sp_evidence_difference, d->finding);
    }
}

static void warn(const sp_judgement *j, const sp_difference_evidence *d)
{
    const char *name = j->of->name;
    const bool last = d == &j->of->difference[j->of->differences - 1];
    if (d->not_finite > 0)
        sp_job_warn(j->job, "%s: %zu of %zu entries are NaN or infinite on both sides in %s: that shows nothing", name,
                    d->not_finite, d->compared, d->system);
    if (d->unbounded > 0)
        sp_job_warn(j->job,
                    "%s: %zu of %zu entries have no finite bound on their rounding in %s: nothing follows from them",
                    name, d->unbounded, d->compared, d->system);
    if (last && strcmp(d->scale, "0") == 0 && d->compared > 0 && d->not_finite + d->one_sided + d->unbounded == 0)
        sp_job_warn(j->job, "%s is zero on every entry by the delta rule: a wrong factor would not be seen", name);
}

static const char *contradiction(const sp_job *job, const sp_difference_evidence *d)
{
    if (d->beyond > 0)
        return sp_pool_format(job->pool,
                              "%s: %zu of %zu entries differ from the delta rule by more than rounding explains",
                              d->system, d->beyond, d->compared);
    if (d->one_sided > 0)
        return sp_pool_format(job->pool, "%s: %zu of %zu entries are NaN or infinite on one side only", d->system,
                              d->one_sided, d->compared);
    return NULL;
}

static void say_silent(const sp_difference_evidence *d, sp_text *to)
{
    sp_text_format(to, "%s %s:", to->length ? ";" : "", d->system);
    if (d->not_finite)
        sp_text_format(to, " %zu NaN or infinite on both sides", d->not_finite);
    if (d->unbounded)
        sp_text_format(to, "%s %zu without a finite bound on their rounding", d->not_finite ? "," : "", d->unbounded);
}

/* The run of most bits, which is the last, says why first. */
static void say(const sp_judgement *j, sp_saying *to)
{
    const sp_result_outcome *r = j->of;
    for (size_t i = 0; i < r->differences; i++) {
        if (r->difference[i].finding == SP_FINDING_AGREES)
            sp_say_agrees(to, r->difference[i].system);
        say_silent(&r->difference[i], &to->silent);
    }
    for (size_t i = r->differences; i-- > 0 && !to->contradicts;)
        to->contradicts = contradiction(j->job, &r->difference[i]);
    for (size_t i = 0; i < r->differences && r->verdict != SP_VERDICT_UNDECIDED; i++)
        warn(j, &r->difference[i]); /* of one that is undecided that is the reason */
}

const sp_evidence_kind sp_evidence_difference = {"difference", true, NULL, judge, say};

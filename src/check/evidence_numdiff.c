/* Evidence: finite differences of the unsharded loss, against the delta rule and against what the ranks compute.
 *
 * An entry of the delta rule is in its error bar if |D - slope| <= bar + E_D u; one of the sharded
 * gradient if |S - slope| <= bar + (E_S + 2 E_D) u, so that a gradient within rounding of a delta
 * rule that is in its bar never is outside. Where the delta rule is outside of its own bar the two
 * references contradict each other, and nothing is said about the sharded gradient.
 *
 * gsl_deriv_central's estimate of its error is no bound: it is short at every twentieth entry of ReLU. So the finding
 * of binary64 is SILENT: it is shown and counted, and decides nothing. */
#include "check/evidence.h"

#include <string.h>

/* Multiply-adds of finite differences before they become a sample: some seconds of MPFR (65 ns each
 * at 256 bits), a few of doubles. */
#define NUMDIFF_BUDGET_MPFR 2e8
#define NUMDIFF_BUDGET_BINARY64 4e9

static void gather(sp_job *job)
{
    const double budget = job->options.numdiff_budget;
    if (job->of->numdiff == SP_NUMDIFF_OFF)
        return;
    if (sp_job_run_in(job, "binary64"))
        job->numdiff[job->numdiffs++] =
            sp_numdiff_binary64(job->pool, job->of, job->network, budget > 0 ? budget : NUMDIFF_BUDGET_BINARY64,
                                job->options.deterministic);
    if (sp_job_run_in(job, "mpfr"))
        job->numdiff[job->numdiffs++] = sp_numdiff_mpfr(job->pool, job->of, job->network, job->precision,
                                                        budget > 0 ? budget : NUMDIFF_BUDGET_MPFR);
}

/* The tensor whose gradient a result is; -1 if it is none. */
static int tensor_of(const sp_program *program, sp_result result)
{
    return program->of->result[result].gradient_of;
}

typedef struct slope_search {
    const sp_job *job;
    const sp_numdiff *numdiff;
    const sp_numdiff_tensor *tensor;
    const sp_run *run;
    const sp_result_decl *decl;
    const sp_matrix *want, *want_bound; /* the delta rule */
    bool *agreed; /* [entry of the tensor]: judged, and the delta rule is in its bar */
    mpfr_ptr value, slope, bar, difference, bound, largest, largest_bar;
} slope_search;

static void load(const slope_search *s, size_t entry)
{
    if (s->numdiff->mpfr) {
        mpfr_set(s->slope, s->tensor->slope[entry], MPFR_RNDN);
        mpfr_set(s->bar, s->tensor->error[entry], MPFR_RNDU);
    } else {
        mpfr_set_d(s->slope, s->tensor->slope_binary64[entry], MPFR_RNDN);
        mpfr_set_d(s->bar, s->tensor->error_binary64[entry], MPFR_RNDU);
    }
}

/* Takes a judged entry into the largest difference so far: outside of its bar before inside. */
static bool is_largest(slope_search *s, bool beyond, bool *any_beyond, size_t seen)
{
    bool larger = mpfr_nan_p(s->difference) || mpfr_cmp(s->difference, s->largest) > 0;
    if (seen > 0 && !(beyond && !*any_beyond) && !(beyond == *any_beyond && larger))
        return false;
    *any_beyond |= beyond;
    mpfr_set(s->largest, s->difference, MPFR_RNDU);
    mpfr_set(s->largest_bar, s->bound, MPFR_RNDU);
    return true;
}

static void judge_delta(slope_search *s, sp_numdiff_evidence *found)
{
    const sp_arithmetic *in = &s->run->in;
    sp_holding whole = {.row = {NULL, 0}};
    size_t place = 0;
    bool any_beyond = false;
    for (size_t i = 0, entry = 0; i < s->tensor->rows; i++) {
        for (size_t j = 0; j < s->tensor->cols; j++, entry++) {
            if (s->tensor->state[entry] != SP_NUMDIFF_JUDGED)
                continue;
            load(s, entry);
            in->system->get(in, s->want, i, j, s->value);
            double radius = sp_bound_radius_of(&s->job->bound.in, s->want_bound, i, j, s->value);
            sp_entry_class class = sp_entry_compare(s->difference, s->bound, s->value, s->slope,
                                                    radius, s->bar, in->bits);
            bool beyond = class == SP_ENTRY_BEYOND || class == SP_ENTRY_ONE_SIDED;
            if (class != SP_ENTRY_WITHIN && !beyond)
                continue;
            if (is_largest(s, beyond, &any_beyond, found->delta_within + found->delta_beyond))
                place = entry;
            *(beyond ? &found->delta_beyond : &found->delta_within) += 1;
            s->agreed[entry] = !beyond;
        }
    }
    if (found->delta_within + found->delta_beyond == 0)
        return;
    found->delta_largest = sp_quantity_up(s->job->pool, s->largest);
    found->delta_bar = sp_quantity_up(s->job->pool, s->largest_bar);
    size_t row = place / s->tensor->cols, column = place % s->tensor->cols;
    whole.row = (sp_indices){&row, 1};
    whole.column = (sp_indices){&column, 1};
    found->delta_place = sp_job_place(s->job, s->decl, &whole, 0, 0);
    found->delta_place.coordinates = "";
}

static void judge_ranks(slope_search *s, size_t result, sp_numdiff_evidence *found,
                        bool *covered)
{
    const sp_arithmetic *in = &s->run->in, *bound = &s->job->bound.in;
    const sp_result_decl *decl = s->decl;
    sp_holdings got =
        sp_job_pair(s->job, s->run, result, &decl->declared, decl->sum_axis).got;
    sp_holdings radii =
        sp_job_pair(s->job, &s->job->bound, result, &decl->declared, decl->sum_axis).got;
    sp_entry_place place = {0, 0, 0};
    bool any_beyond = false;
    size_t flag = 0;
    for (size_t h = 0; h < got.count; h++) {
        const sp_holding *part = &got.item[h];
        for (size_t i = 0; i < part->matrix->rows; i++) {
            for (size_t j = 0; j < part->matrix->cols; j++, flag++) {
                size_t row = part->row.index[i], column = part->column.index[j];
                size_t entry = row * s->tensor->cols + column;
                if (!s->agreed[entry])
                    continue;
                load(s, entry);
                in->system->get(in, part->matrix, i, j, s->value);
                double own = sp_bound_radius_of(bound, radii.item[h].matrix, i, j, s->value);
                double delta = sp_bound_radius(bound, s->want_bound, row, column);
                double radius = sp_radius_add(own, 2 * delta);
                sp_entry_class class = sp_entry_compare(s->difference, s->bound, s->value,
                                                        s->slope, radius, s->bar, in->bits);
                bool beyond = class == SP_ENTRY_BEYOND || class == SP_ENTRY_ONE_SIDED;
                if (class != SP_ENTRY_WITHIN && !beyond)
                    continue;
                if (is_largest(s, beyond, &any_beyond, found->compared++))
                    place = (sp_entry_place){h, i, j};
                *(beyond ? &found->beyond : &found->within) += 1;
                if (covered && s->numdiff->mpfr && !beyond)
                    covered[flag] = true;
            }
        }
    }
    if (found->compared > 0) {
        found->largest = sp_quantity_up(s->job->pool, s->largest);
        found->bar = sp_quantity_up(s->job->pool, s->largest_bar);
        found->place =
            sp_job_place(s->job, decl, &got.item[place.holding], place.i, place.j);
    }
    if (!s->numdiff->mpfr)
        return;
    if (found->beyond > 0)
        found->finding = SP_FINDING_CONTRADICTS;
    else if (found->within == got.entries)
        found->finding = SP_FINDING_AGREES;
}

/* Is the sum of direction * value over a whole tensor within its bar of the slope? An entry that
 * several ranks hold is taken from the first. The temporaries have p + 64 bits, so the sum of n
 * entries is off by at most gamma_n sum |value| (Higham, chapter 4), which is below 2^(-p - 16)
 * sum |value| for n < 2^47. */
static bool along(slope_search *s, const sp_numdiff_direction *d, const sp_holdings *got,
                  const sp_holdings *radii)
{
    const sp_arithmetic *in = &s->run->in, *bound = &s->job->bound.in;
    size_t entries = s->tensor->rows * s->tensor->cols;
    bool *taken = SP_NEW_ARRAY(s->job->pool, bool, entries);
    mpfr_ptr sum = s->largest, magnitude = s->largest_bar;
    double radius = 0;
    mpfr_set_zero(sum, 1);
    mpfr_set_zero(magnitude, 1);
    for (size_t h = 0; h < got->count; h++) {
        const sp_holding *part = &got->item[h];
        for (size_t i = 0; i < part->matrix->rows; i++) {
            for (size_t j = 0; j < part->matrix->cols; j++) {
                size_t entry = part->row.index[i] * s->tensor->cols + part->column.index[j];
                if (taken[entry])
                    continue;
                taken[entry] = true;
                in->system->get(in, part->matrix, i, j, s->value);
                radius = sp_radius_add(radius, sp_bound_radius_of(bound, radii->item[h].matrix, i, j,
                                                                  s->value));
                mpfr_mul_d(s->value, s->value, d->direction[entry], MPFR_RNDN);
                mpfr_add(sum, sum, s->value, MPFR_RNDN);
                mpfr_abs(s->value, s->value, MPFR_RNDN);
                mpfr_add(magnitude, magnitude, s->value, MPFR_RNDU);
            }
        }
    }
    sp_pool_free(s->job->pool, taken);
    mpfr_div_2ui(magnitude, magnitude, in->bits + 16, MPFR_RNDU);
    mpfr_add(s->bar, d->error, magnitude, MPFR_RNDU);
    mpfr_set(s->slope, d->slope, MPFR_RNDN);
    sp_entry_class class = sp_entry_compare(s->difference, s->bound, sum, s->slope, radius,
                                            s->bar, in->bits);
    return class != SP_ENTRY_BEYOND && class != SP_ENTRY_ONE_SIDED;
}

static void judge_directions(slope_search *s, size_t result, bool fits,
                             sp_numdiff_evidence *found)
{
    const sp_result_decl *decl = s->decl;
    size_t rows = s->tensor->rows, columns = s->tensor->cols;
    size_t longest = rows > columns ? rows : columns;
    size_t *all = SP_NEW_ARRAY(s->job->pool, size_t, longest);
    for (size_t i = 0; i < longest; i++)
        all[i] = i;
    sp_holding whole[2] = {{0, {all, rows}, {all, columns}, s->want},
                           {0, {all, rows}, {all, columns}, s->want_bound}};
    for (size_t n = 0; n < s->numdiff->directions; n++) {
        const sp_numdiff_direction *d = &s->numdiff->direction[n];
        if ((int)d->tensor != tensor_of(s->job->program, decl->result) || d->state != SP_NUMDIFF_JUDGED)
            continue;
        found->directions++;
        if (!along(s, d, &(sp_holdings){&whole[0], 1, 0}, &(sp_holdings){&whole[1], 1, 0})) {
            found->delta_directions_beyond++;
            continue;
        }
        if (!fits)
            continue;
        const sp_layout *layout = &decl->declared;
        sp_pair got = sp_job_pair(s->job, s->run, result, layout, decl->sum_axis);
        sp_pair radii = sp_job_pair(s->job, &s->job->bound, result, layout, decl->sum_axis);
        found->directions_beyond += !along(s, d, &got.got, &radii.got);
    }
    if (found->directions_beyond > 0)
        found->finding = SP_FINDING_CONTRADICTS;
}

/* One numdiff against the run of the same number system; of a layout that does not fit only the delta rule. */
static sp_numdiff_evidence judge_one(sp_judgement *j, const sp_numdiff *numdiff, const sp_run *run)
{
    const sp_job *job = j->job;
    const sp_result_decl *decl = j->decl;
    const bool fits = j->of->layout.finding == SP_FINDING_AGREES;
    const sp_numdiff_tensor *tensor = &numdiff->tensor[tensor_of(job->program, decl->result)];
    size_t entries = tensor->rows * tensor->cols;
    unsigned bits = numdiff->bits > run->in.bits ? numdiff->bits : run->in.bits;
    mpfr_t *x = sp_temporaries(job->pool, 7, bits + 64);
    slope_search s = {.job = job, .numdiff = numdiff, .tensor = tensor, .run = run, .decl = decl,
                      .want = sp_job_delta(job, run, decl->result),
                      .want_bound = sp_job_delta(job, &job->bound, decl->result),
                      .agreed = SP_NEW_ARRAY(job->pool, bool, entries),
                      .value = x[0], .slope = x[1], .bar = x[2], .difference = x[3],
                      .bound = x[4], .largest = x[5], .largest_bar = x[6]};
    sp_numdiff_evidence found = {
        .system = run->in.system->name, .bits = numdiff->bits, .finding = SP_FINDING_SILENT,
        .entries = entries, .judged = tensor->judged, .kinks = tensor->kinks,
        .unusable = tensor->unusable,
        .looked_at = tensor->judged + tensor->kinks + tensor->unusable};
    judge_delta(&s, &found);
    if (fits)
        judge_ranks(&s, j->result, &found, j->covered);
    if (numdiff->mpfr) {
        judge_directions(&s, j->result, fits, &found);
        j->disputed |= found.delta_beyond > 0 || found.delta_directions_beyond > 0;
    }
    return found;
}

static void judge(sp_judgement *j)
{
    const sp_job *job = j->job;
    for (size_t i = 0; i < job->numdiffs; i++) {
        const sp_run *run = sp_job_run_in(job, job->numdiff[i]->mpfr ? "mpfr" : "binary64");
        if (!run || tensor_of(job->program, j->decl->result) < 0)
            continue;
        sp_numdiff_evidence *n = &j->of->numdiff[j->of->numdiffs++];
        *n = judge_one(j, job->numdiff[i], run);
        sp_found(j, &sp_evidence_numdiff, n->finding);
    }
}

static void warn(const sp_judgement *j, const sp_numdiff_evidence *n)
{
    const char *name = j->of->name;
    if (n->delta_beyond > 0)
        sp_job_warn(j->job,
                    "%s: the delta rule itself is outside of the error bar of the finite difference on %zu of %zu "
                    "entries (%s at %s; error bar %s). Either the network is not smooth there in a way that was not "
                    "seen, or shardproof is wrong: no verdict but mismatch is given",
                    name, n->delta_beyond, n->judged, n->delta_largest, n->delta_place.index, n->delta_bar);
    if (n->delta_directions_beyond > 0)
        sp_job_warn(j->job,
                    "%s: the delta rule itself is outside of the error bar of %zu of %zu directional derivatives", name,
                    n->delta_directions_beyond, n->directions);
    if (n->entries > 0 && n->kinks == n->entries)
        sp_job_warn(j->job, "%s: every entry lies at a kink, so no finite difference was judged", name);
}

static void say(const sp_judgement *j, sp_saying *to)
{
    for (size_t i = 0; i < j->of->numdiffs; i++) {
        const sp_numdiff_evidence *n = &j->of->numdiff[i];
        if (n->finding == SP_FINDING_AGREES)
            sp_say_agrees(to, "finite differences");
        if (n->finding == SP_FINDING_CONTRADICTS && !to->contradicts)
            to->contradicts = sp_pool_format(j->job->pool,
                                             "finite differences contradict %zu of %zu entries and %zu of %zu "
                                             "directional derivatives",
                                             n->beyond, n->compared, n->directions_beyond, n->directions);
        if (strcmp(n->system, "mpfr") == 0)
            warn(j, n);
    }
}

const sp_evidence_kind sp_evidence_numdiff = {"finite differences", true, gather, judge, say};

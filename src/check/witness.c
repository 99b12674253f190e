#include "check/witness.h"

#include "check/evidence_difference.h"
#include "check/ratio.h"

#include <string.h>

/* Fractions up to this are looked for, or up to the largest number of ranks. */
enum { RATIO_LIMIT = 1024, DIGITS = 12, QUOTIENT_DIGITS = 3 };

/* The sizes of the case that equal n, as the language writes them: "size(tp) = Dout"; or NULL. */
static const char *name_number(const sp_job *job, long n)
{
    sp_text text = sp_text_in(job->pool);
    for (size_t a = 0; a < job->mesh->axes; a++)
        if (job->mesh->size[a] == (size_t)n)
            sp_text_format(&text, "%ssize(%s)", text.length ? " = " : "",
                           job->program->axis_name[a]);
    if (text.length == 0 && job->mesh->axes > 1 && job->mesh->ranks == (size_t)n)
        sp_text_add(&text, "the number of ranks");
    for (size_t d = 0; d < job->program->of->dims; d++)
        if (job->of->dim[d] == (size_t)n)
            sp_text_format(&text, "%s%s", text.length ? " = " : "", job->program->of->dim[d]);
    return text.length ? sp_text_string(&text) : NULL;
}

/* "db2 is 1/3 of the delta rule on every entry (3 = size(tp))" */
static void describe_ratio(const sp_job *job, const char *name, sp_ratio ratio, sp_witness *w)
{
    long a = ratio.numerator, b = ratio.denominator;
    w->ratio = b == 1 ? sp_pool_format(job->pool, "%ld", a)
                      : sp_pool_format(job->pool, "%ld/%ld", a, b);
    sp_text text = sp_text_in(job->pool);
    if (a == 0)
        sp_text_format(&text, "%s is zero on every entry", name);
    else if (a == -1 && b == 1)
        sp_text_format(&text, "%s is the delta rule with its sign flipped on every entry", name);
    else if (b == 1)
        sp_text_format(&text, "%s is %ld times the delta rule on every entry", name, a);
    else
        sp_text_format(&text, "%s is %ld/%ld of the delta rule on every entry", name, a, b);
    long named = a == 1 ? b : b == 1 ? a : 0;
    const char *what = named > 1 ? name_number(job, named) : NULL;
    if (what)
        sp_text_format(&text, " (%ld = %s)", named, what);
    w->ratio_text = sp_text_string(&text);
}

static void find_ratio(const sp_job *job, size_t result, const sp_run *run, sp_witness *w)
{
    const sp_result_decl *decl = &job->program->result[result];
    sp_pair values = sp_job_pair(job, run, result, &decl->declared, decl->sum_axis);
    sp_pair bounds = sp_job_pair(job, &job->bound, result, &decl->declared, decl->sum_axis);
    long limit = RATIO_LIMIT;
    for (size_t a = 0; a < job->mesh->axes; a++)
        if (job->mesh->size[a] > (size_t)limit)
            limit = (long)job->mesh->size[a];
    sp_ratio ratio = sp_ratio_find(&run->in, &values.got, values.want, &job->bound.in,
                                   &bounds.got, bounds.want, limit);
    if (ratio.found)
        describe_ratio(job, job->program->of->result[decl->result].name, ratio, w);
}

/* An entry and the bound on its error. */
typedef struct bounded {
    mpfr_ptr value, error;
} bounded;

/* The digits of an entry that its bound leaves certain. */
static const char *certain(const sp_job *job, const sp_run *run, bounded x,
                           const sp_matrix *matrix, const sp_matrix *bounds, size_t i, size_t j)
{
    run->in.system->get(&run->in, matrix, i, j, x.value);
    mpfr_set_d(x.error, sp_bound_radius(&job->bound.in, bounds, i, j), MPFR_RNDU);
    mpfr_div_2ui(x.error, x.error, run->in.bits, MPFR_RNDU);
    return sp_quantity_value(job->pool, x.value, x.error, DIGITS);
}

/* got / want, whose error is at most (e_got + |got / want| e_want) / (|want| - e_want); NULL where
 * want may be zero or something is not finite. got.error and want.error are used up. */
static const char *quotient(const sp_job *job, bounded got, bounded want, mpfr_ptr x)
{
    mpfr_abs(x, want.value, MPFR_RNDD);
    mpfr_sub(x, x, want.error, MPFR_RNDD);
    if (!mpfr_number_p(got.value) || !mpfr_number_p(x) || mpfr_sgn(x) <= 0)
        return NULL;
    mpfr_ptr error = got.error;
    mpfr_mul(want.error, want.error, got.value, MPFR_RNDA);
    mpfr_div(want.error, want.error, want.value, MPFR_RNDA);
    mpfr_abs(want.error, want.error, MPFR_RNDU);
    mpfr_add(error, error, want.error, MPFR_RNDU);
    mpfr_div(error, error, x, MPFR_RNDU);
    mpfr_div(x, got.value, want.value, MPFR_RNDN);
    return sp_quantity_value(job->pool, x, error, QUOTIENT_DIGITS);
}

static void show_values(const sp_job *job, size_t result, const sp_run *run, sp_witness *w)
{
    const sp_result_decl *decl = &job->program->result[result];
    sp_pair values = sp_job_pair(job, run, result, &decl->declared, decl->sum_axis);
    sp_pair bounds = sp_job_pair(job, &job->bound, result, &decl->declared, decl->sum_axis);
    mpfr_t *x = sp_temporaries(job->pool, 5, run->in.bits + 64);
    bounded got = {x[0], x[1]}, want = {x[2], x[3]};
    for (size_t h = 0; h < values.got.count; h++) {
        const sp_holding *part = &values.got.item[h];
        if (part->rank != w->place.rank)
            continue;
        size_t i = 0, j = 0;
        while (part->row.index[i] != w->place.row)
            i++;
        while (part->column.index[j] != w->place.column)
            j++;
        w->got = certain(job, run, got, part->matrix, bounds.got.item[h].matrix, i, j);
    }
    w->want =
        certain(job, run, want, values.want, bounds.want, w->place.row, w->place.column);
    w->quotient = quotient(job, got, want, x[4]);
}

/* "12 of 24 entries are wrong, on 1 of 2 ranks; db2 is 1/3 of the delta rule on every entry" */
static const char *extent(const sp_job *job, const sp_difference_evidence *d, const sp_witness *w)
{
    sp_text text = sp_text_in(job->pool);
    sp_text_format(&text, "%zu of %zu entries %s wrong", d->beyond + d->one_sided, d->compared,
                   d->beyond + d->one_sided == 1 ? "is" : "are");
    if (d->ranks > 1)
        sp_text_format(&text, ", on %zu of %zu %s", d->ranks_wrong, d->ranks,
                       strchr(w->place.coordinates, '*') ? "groups of ranks" : "ranks");
    if (w->ratio_text)
        sp_text_format(&text, "; %s", w->ratio_text);
    else if (w->quotient)
        sp_text_format(&text, "; got / want is %s here", w->quotient);
    return sp_text_string(&text);
}

static const char *on_rank(const sp_job *job, const sp_place *place)
{
    if (job->mesh->axes == 0)
        return "";
    if (strchr(place->coordinates, '*'))
        return sp_pool_format(job->pool, " summed over %s", place->coordinates);
    return sp_pool_format(job->pool, " on rank %zu (%s)", place->rank, place->coordinates);
}

static void from_difference(const sp_job *job, size_t result, const sp_result_outcome *of,
                            const sp_difference_evidence *d, sp_witness *w)
{
    const sp_run *run = sp_job_run_in(job, d->system);
    w->kind = d->one_sided > 0 ? "not finite" : "difference";
    w->system = d->system;
    w->place = d->place;
    w->difference = d->largest;
    w->bound = d->bound;
    show_values(job, result, run, w);
    find_ratio(job, result, run, w);
    w->extent = extent(job, d, w);
    w->text = sp_pool_format(job->pool,
                             "%s%s%s: got %s, want %s (%s: differs by %s, rounding explains %s)",
                             of->name, w->place.index, on_rank(job, &w->place), w->got, w->want,
                             d->system, w->difference, w->bound);
}

static void from_numdiff(const sp_job *job, size_t result, const sp_result_outcome *of,
                         const sp_numdiff_evidence *n, sp_witness *w)
{
    const sp_run *run = sp_job_run_in(job, n->system);
    w->kind = "finite difference";
    w->system = n->system;
    if (n->beyond == 0) {
        w->text = sp_pool_format(job->pool,
                                 "%s: %zu of %zu directional derivatives of the loss are not "
                                 "those of the gathered gradient",
                                 of->name, n->directions_beyond, n->directions);
        return;
    }
    w->place = n->place;
    w->difference = n->largest;
    w->bound = n->bar;
    show_values(job, result, run, w);
    find_ratio(job, result, run, w);
    w->text = sp_pool_format(job->pool,
                             "%s%s%s: got %s, which is %s from the finite difference of the loss "
                             "(error bar %s)",
                             of->name, w->place.index, on_rank(job, &w->place), w->got,
                             w->difference, w->bound);
}

/* The data of the case do not show it; random data of the same sizes do. */
static void from_field(const sp_job *job, size_t result, const sp_result_outcome *of, sp_witness *w)
{
    const sp_job *generic = job->generic;
    w->kind = "field";
    if (generic) {
        sp_result_outcome other = *of;
        other.difference[0] = sp_difference_judge(generic, generic->sharpest, result, NULL);
        if (other.difference[0].finding == SP_FINDING_CONTRADICTS) {
            from_difference(generic, result, &other, &other.difference[0], w);
            w->text = sp_pool_format(job->pool, "%s; on random data (seed = %llu): %s", of->reason,
                                     (unsigned long long)generic->of->seed, w->text);
            return;
        }
    }
    const sp_field_result *r = &job->field->result[result];
    w->text = sp_pool_format(job->pool, "%s; modulo the prime %llu: %s[%zu,%zu] is %lld, want %lld",
                             of->reason, (unsigned long long)r->prime, of->name, r->row, r->column,
                             (long long)r->got, (long long)r->want);
}

const sp_witness *sp_witness_of(const sp_job *job, size_t result, const sp_result_outcome *of)
{
    sp_witness *w = SP_NEW(job->pool, sp_witness);
    if (of->layout.finding == SP_FINDING_CONTRADICTS) {
        w->kind = "layout";
        w->text = of->reason;
        return w;
    }
    const sp_difference_evidence *sharpest = NULL;
    for (size_t i = 0; i < of->differences; i++)
        if (of->difference[i].finding == SP_FINDING_CONTRADICTS &&
            (!sharpest || of->difference[i].bits >= sharpest->bits))
            sharpest = &of->difference[i];
    if (sharpest) {
        from_difference(job, result, of, sharpest, w);
        return w;
    }
    for (size_t i = 0; i < of->numdiffs; i++) {
        if (of->numdiff[i].finding == SP_FINDING_CONTRADICTS) {
            from_numdiff(job, result, of, &of->numdiff[i], w);
            return w;
        }
    }
    from_field(job, result, of, w);
    return w;
}

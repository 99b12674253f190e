#include "check/ratio.h"

#include <math.h>

/* What an entry is compared with; x are temporaries. */
typedef struct ratio_search {
    const sp_arithmetic *in, *bound;
    const sp_holdings *got, *got_bound;
    const sp_matrix *want, *want_bound;
    mpfr_t *x;
} ratio_search;

/* |b got - a want| <= (b E_got + |a| E_want) u */
static bool holds_at(const ratio_search *s, long a, long b, size_t h, size_t i, size_t j)
{
    mpfr_ptr got = s->x[0], want = s->x[1], limit = s->x[2], part = s->x[3];
    const sp_holding *part_of = &s->got->item[h];
    size_t row = part_of->row.index[i], column = part_of->column.index[j];
    s->in->system->get(s->in, part_of->matrix, i, j, got);
    s->in->system->get(s->in, s->want, row, column, want);
    double got_radius = sp_bound_radius(s->bound, s->got_bound->item[h].matrix, i, j);
    double want_radius = sp_bound_radius(s->bound, s->want_bound, row, column);
    if (!mpfr_number_p(got) || !mpfr_number_p(want) || !isfinite(got_radius) ||
        !isfinite(want_radius))
        return false;
    mpfr_set_d(limit, got_radius, MPFR_RNDU);
    mpfr_mul_si(limit, limit, b, MPFR_RNDU);
    mpfr_set_d(part, want_radius, MPFR_RNDU);
    mpfr_mul_si(part, part, a < 0 ? -a : a, MPFR_RNDU);
    mpfr_add(limit, limit, part, MPFR_RNDU);
    mpfr_div_2ui(limit, limit, s->in->bits, MPFR_RNDU);
    mpfr_mul_si(got, got, b, MPFR_RNDN); /* exact: 64 bits more than the entries have */
    mpfr_mul_si(want, want, a, MPFR_RNDN);
    mpfr_sub(part, got, want, MPFR_RNDZ);
    return mpfr_cmpabs(part, limit) <= 0;
}

static bool holds_everywhere(const ratio_search *s, long a, long b)
{
    for (size_t h = 0; h < s->got->count; h++)
        for (size_t i = 0; i < s->got->item[h].matrix->rows; i++)
            for (size_t j = 0; j < s->got->item[h].matrix->cols; j++)
                if (!holds_at(s, a, b, h, i, j))
                    return false;
    return true;
}

/* The entry with the largest |want|, which tells the ratio best; false if all are zero. */
static bool find_pivot(const ratio_search *s, sp_entry_place *pivot)
{
    mpfr_ptr want = s->x[1], largest = s->x[4];
    mpfr_set_zero(largest, 1);
    for (size_t h = 0; h < s->got->count; h++) {
        const sp_holding *part = &s->got->item[h];
        for (size_t i = 0; i < part->matrix->rows; i++) {
            for (size_t j = 0; j < part->matrix->cols; j++) {
                s->in->system->get(s->in, s->want, part->row.index[i], part->column.index[j],
                                   want);
                if (!mpfr_number_p(want) || mpfr_cmpabs(want, largest) <= 0)
                    continue;
                mpfr_abs(largest, want, MPFR_RNDN);
                *pivot = (sp_entry_place){h, i, j};
            }
        }
    }
    return !mpfr_zero_p(largest);
}

/* The first convergent of the continued fraction of got/want that fits the pivot: convergents are
 * the best approximations with small denominators (Hardy and Wright, An Introduction to the Theory
 * of Numbers, chapter X), so a small fraction that the bounds allow is met before a large one. */
sp_ratio sp_ratio_find(const sp_arithmetic *in, const sp_holdings *got, const sp_matrix *want,
                       const sp_arithmetic *bound, const sp_holdings *got_bound,
                       const sp_matrix *want_bound, long limit)
{
    ratio_search s = {in, bound, got, got_bound, want, want_bound,
                      sp_temporaries(in->pool, 6, in->bits + 64)};
    sp_ratio none = {0};
    sp_entry_place at = {0, 0, 0};
    if (!find_pivot(&s, &at))
        return none;
    const sp_holding *part = &got->item[at.holding];
    mpfr_ptr rest = s.x[5], whole = s.x[4];
    in->system->get(in, part->matrix, at.i, at.j, s.x[0]);
    in->system->get(in, want, part->row.index[at.i], part->column.index[at.j], s.x[1]);
    mpfr_div(rest, s.x[0], s.x[1], MPFR_RNDN);
    if (!mpfr_number_p(rest))
        return none;
    /* convergents h/k: h_n = a_n h_(n-1) + h_(n-2), and the same for k */
    long h1 = 1, h2 = 0, k1 = 0, k2 = 1;
    for (;;) {
        mpfr_floor(whole, rest);
        if (mpfr_cmp_si(whole, limit) > 0 || mpfr_cmp_si(whole, -limit) < 0)
            return none;
        long a = mpfr_get_si(whole, MPFR_RNDN);
        long h = a * h1 + h2, k = a * k1 + k2;
        if (h > limit || h < -limit || k > limit)
            return none;
        if (holds_at(&s, h, k, at.holding, at.i, at.j)) {
            bool one = h == 1 && k == 1;
            return !one && holds_everywhere(&s, h, k) ? (sp_ratio){true, h, k} : none;
        }
        mpfr_sub(rest, rest, whole, MPFR_RNDN);
        if (mpfr_zero_p(rest))
            return none;
        mpfr_ui_div(rest, 1, rest, MPFR_RNDN);
        h2 = h1; h1 = h;
        k2 = k1; k1 = k;
    }
}

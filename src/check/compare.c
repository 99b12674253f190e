#include "check/compare.h"

#include <math.h>

double sp_radius_add(double a, double b)
{
    if (a <= 0 || b <= 0) /* nothing is rounded; NaN stays NaN */
        return a + b;
    return nextafter(a + b, HUGE_VAL);
}

sp_entry_class sp_entry_compare(mpfr_t difference, mpfr_t bound, mpfr_srcptr got,
                                mpfr_srcptr want, double radius, mpfr_srcptr bar, unsigned bits)
{
    if (isnan(radius) || radius < 0 || (bar && (mpfr_nan_p(bar) || mpfr_sgn(bar) < 0))) {
        mpfr_set_inf(bound, 1);
    } else {
        mpfr_set_d(bound, radius, MPFR_RNDU);
        mpfr_div_2ui(bound, bound, bits, MPFR_RNDU);
        if (bar)
            mpfr_add(bound, bound, bar, MPFR_RNDU);
    }
    bool got_finite = mpfr_number_p(got), want_finite = mpfr_number_p(want);
    if (!got_finite || !want_finite) {
        mpfr_set_nan(difference);
        if (!got_finite && !want_finite)
            return SP_ENTRY_NOT_FINITE;
        return mpfr_inf_p(bound) ? SP_ENTRY_UNBOUNDED : SP_ENTRY_ONE_SIDED;
    }
    /* the exact |got - want| lies in (difference, next number) if inexact, else is difference */
    int inexact = mpfr_sub(difference, got, want, MPFR_RNDZ);
    mpfr_abs(difference, difference, MPFR_RNDN);
    int order = mpfr_cmp(difference, bound);
    bool beyond = order > 0 || (order == 0 && inexact != 0);
    if (inexact)
        mpfr_nextabove(difference);
    if (mpfr_inf_p(bound))
        return SP_ENTRY_UNBOUNDED;
    return beyond ? SP_ENTRY_BEYOND : SP_ENTRY_WITHIN;
}

static sp_holding hold(sp_pool *pool, const sp_ownership *ownership, const sp_layout *layout, size_t rank,
                       const sp_matrix *matrix)
{
    const sp_entry_places at = sp_ownership_entries(pool, ownership, layout, rank);
    return (sp_holding){rank, {at.row, at.rows}, {at.column, at.columns}, matrix};
}

sp_holdings sp_holdings_of(const sp_arithmetic *in, const sp_ownership *ownership,
                           const sp_layout *layout, int sum_axis, const sp_value *value)
{
    const sp_mesh *mesh = sp_ownership_mesh(ownership);
    sp_holdings all = {.item = SP_NEW_ARRAY(in->pool, sp_holding, mesh->ranks)};
    for (size_t rank = 0; rank < mesh->ranks; rank++) {
        const sp_matrix *matrix = value->on[rank];
        if (sum_axis >= 0) {
            size_t axis = (size_t)sum_axis, size = mesh->size[axis];
            if (sp_mesh_coordinate(mesh, rank, axis) != 0)
                continue;
            const sp_matrix **part = SP_NEW_ARRAY(in->pool, const sp_matrix *, size);
            for (size_t c = 0; c < size; c++)
                part[c] = value->on[sp_mesh_neighbour(mesh, rank, axis, c)];
            sp_matrix *total = sp_matrix_create(in, matrix->rows, matrix->cols);
            in->system->total(in, total, part, size);
            matrix = total;
        }
        all.item[all.count++] = hold(in->pool, ownership, layout, rank, matrix);
        all.entries += matrix->rows * matrix->cols;
    }
    return all;
}

/* The entry that is shown is the one of most weight; of several, the one of the largest difference. A contradiction
 * weighs more than an entry that says nothing, and that more than one that agrees. */
static int weight(sp_entry_class class)
{
    if (class == SP_ENTRY_ONE_SIDED)
        return 3;
    return class == SP_ENTRY_BEYOND ? 2 : class == SP_ENTRY_WITHIN ? 0 : 1;
}

/* NaN is larger than any number. */
static bool is_larger(mpfr_srcptr a, mpfr_srcptr b)
{
    if (mpfr_nan_p(a) || mpfr_nan_p(b))
        return !mpfr_nan_p(b);
    return mpfr_cmp(a, b) > 0;
}

sp_comparison sp_compare(const sp_arithmetic *in, const sp_holdings *got, const sp_matrix *want,
                         const sp_arithmetic *bound, const sp_holdings *got_bound,
                         const sp_matrix *want_bound, bool *covered)
{
    mpfr_t *x = sp_temporaries(in->pool, 7, in->bits + 64);
    mpfr_ptr s = x[0], d = x[1], difference = x[2], limit = x[3];
    sp_comparison found = {.largest = x[4], .bound = x[5], .scale = x[6]};
    mpfr_set_zero(found.largest, 1);
    mpfr_set_zero(found.bound, 1);
    mpfr_set_zero(found.scale, 1);
    int heaviest = -1;
    size_t entry = 0;
    for (size_t h = 0; h < got->count; h++) {
        const sp_holding *part = &got->item[h];
        bool wrong = false;
        sp_pool_poll(in->pool);
        for (size_t i = 0; i < part->matrix->rows; i++) {
            for (size_t j = 0; j < part->matrix->cols; j++, entry++) {
                size_t row = part->row.index[i], column = part->column.index[j];
                in->system->get(in, part->matrix, i, j, s);
                in->system->get(in, want, row, column, d);
                double radius = sp_radius_add(
                    sp_bound_radius_of(bound, got_bound->item[h].matrix, i, j, s),
                    sp_bound_radius_of(bound, want_bound, row, column, d));
                sp_entry_class class =
                    sp_entry_compare(difference, limit, s, d, radius, NULL, in->bits);
                found.count[class]++;
                wrong |= weight(class) >= 2;
                found.equal += mpfr_equal_p(s, d) != 0;
                if (covered && class == SP_ENTRY_WITHIN)
                    covered[entry] = true;
                if (mpfr_number_p(d) && mpfr_cmpabs(d, found.scale) > 0)
                    mpfr_abs(found.scale, d, MPFR_RNDZ);
                if (weight(class) > heaviest ||
                    (weight(class) == heaviest && is_larger(difference, found.largest))) {
                    heaviest = weight(class);
                    mpfr_set(found.largest, difference, MPFR_RNDU);
                    mpfr_set(found.bound, limit, MPFR_RNDU);
                    found.place = (sp_entry_place){h, i, j};
                }
            }
        }
        found.holdings_wrong += wrong;
    }
    return found;
}

/* gsl_deriv_central, whose error estimate adds truncation (the difference of its two rules) and
 * rounding. GSL takes the values of a function to be known to their last bit, but here they are
 * changes of the loss, small differences of larger numbers. So the rounding error E of the
 * changes is bounded, by the number system `bound`, and the function that GSL differentiates is
 * change + E / DBL_EPSILON: a loss whose last bit is as large as its error.
 *
 * The point itself is computed with 128 bits and rounded to doubles once: what is differentiated
 * is the loss at the given data, not at a point that rounding has moved away from it.
 *
 * gsl_deriv_central(f, 0, 2h) asks for f at -2h, -h, h and 2h first: these are computed for many
 * entries at once, and any further ones when GSL asks for them. */
#include "numdiff/ball.h"
#include "numdiff/walker.h"

#include <float.h>
#include <gsl/gsl_deriv.h>
#include <gsl/gsl_errno.h>
#include <math.h>

enum { BOUNDED = 2 }; /* the one of the four points at which the error is bounded: h */

typedef struct noise {
    sp_arithmetic bound;
    sp_point *point; /* the same point with error bounds */
    sp_matrix *t, *change, *crossings;
    double *error; /* of every row: how far a change may be from the true one */
    sp_matrix *one_t, *one_change, *one_crossing; /* a single further point */
} noise;

static void power_of_two(sp_matrix *t, int sign, long exponent)
{
    *(double *)t->data = ldexp(sign, (int)exponent);
}

static double entry(const sp_matrix *m, size_t row)
{
    return ((const double *)m->data)[row];
}

static void copy_column(const sp_walker *w, const noise *from, const sp_matrix *m, sp_matrix *to)
{
    mpfr_t value;
    mpfr_init2(value, 53);
    for (size_t r = 0; r < to->rows; r++) {
        from->bound.system->get(&from->bound, m, r, 0, value);
        w->in->system->set(w->in, to, r, 0, mpfr_get_d(value, MPFR_RNDN));
    }
    mpfr_clear(value);
}

/* At h in `bound`, whose values are those of binary64; its error bounds stand for those at all
 * points. */
static void change(sp_walker *w, const sp_curves *c, int p)
{
    noise *own = w->own;
    if (p != BOUNDED) {
        sp_walker_change(w, c, p);
        return;
    }
    sp_curves same = *c;
    same.point = own->point;
    sp_curves_make(&same);
    own->change->rows = own->crossings->rows = c->count;
    own->bound.system->set(&own->bound, own->t, 0, 0, entry(w->t[p], 0));
    sp_curves_change(&same, 0, own->t, own->change, own->crossings);
    sp_curves_free(&same);
    copy_column(w, own, own->change, w->change[p]);
    copy_column(w, own, own->crossings, w->crossings[p]);
    for (size_t r = 0; r < c->count; r++)
        own->error[r] = sp_bound_radius(&own->bound, own->change, r, 0) * (DBL_EPSILON / 2);
}

/* What GSL calls back. */
typedef struct asking {
    sp_walker *w;
    const sp_curves *curves;
    size_t row;
    double level; /* E / DBL_EPSILON */
    bool crosses, finite;
} asking;

static double value_at(double t, void *argument)
{
    asking *a = argument;
    for (int p = 0; p < SP_WALKER_POINTS; p++)
        if (entry(a->w->t[p], 0) == t)
            return a->level + entry(a->w->change[p], a->row);
    noise *own = a->w->own;
    *(double *)own->one_t->data = t;
    sp_curves_change(a->curves, a->row, own->one_t, own->one_change, own->one_crossing);
    a->crosses = a->crosses || sp_walker_crosses(a->w, own->one_crossing, 0);
    a->finite = a->finite && sp_walker_finite(a->w, own->one_change, 0);
    return a->level + entry(own->one_change, 0);
}

static sp_numdiff_state slope(sp_walker *w, const sp_curves *c, size_t row, const sp_slope *to)
{
    const noise *own = w->own;
    asking a = {.w = w, .curves = c, .row = row, .finite = true};
    a.level = own->error[row] / DBL_EPSILON;
    gsl_function f = {value_at, &a};
    int status = gsl_deriv_central(&f, 0, entry(w->t[3], 0), to->slope_binary64,
                                   to->error_binary64);
    if (status != GSL_SUCCESS || !a.finite || !isfinite(*to->slope_binary64) ||
        !isfinite(*to->error_binary64))
        return SP_NUMDIFF_UNUSABLE;
    return a.crosses ? SP_NUMDIFF_KINK : SP_NUMDIFF_JUDGED;
}

static const sp_method method = {.power_of_two = power_of_two, .change = change, .slope = slope};

static void set_double(const sp_arithmetic *in, sp_matrix *to, size_t i, size_t j,
                       const sp_matrix *from)
{
    in->system->set(in, to, i, j, arf_get_d(arb_midref(sp_ball_entry(from, i, j)), ARF_RND_NEAR));
}

/* Exact, or known up to half a unit in the last place, which is at most 2^-53 of the value. */
static void set_bound(const sp_arithmetic *in, sp_matrix *to, size_t i, size_t j,
                      const sp_matrix *from)
{
    arb_srcptr ball = sp_ball_entry(from, i, j);
    const double value = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
    const bool exact = arb_is_exact(ball) && arf_cmp_d(arb_midref(ball), value) == 0;
    sp_bound_set(in, to, i, j, value, exact ? 0 : fmax(fabs(value), DBL_MIN) * (1 + 0x1p-40));
}

const sp_numdiff *sp_numdiff_binary64(sp_pool *pool, const sp_case *of, const sp_network *network,
                                      double budget, bool deterministic)
{
    enum { STEP = -14 }; /* 2h is near where truncation and rounding balance for the built-ins */
    sp_numdiff *result = sp_numdiff_empty(pool, of);
    result->bits = 53;
    if (of->numdiff == SP_NUMDIFF_OFF)
        return result;
    sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = pool, .bits = 53,
                        .threads = 1, .deterministic = deterministic};
    result->step = sp_pool_format(pool,
                                  "gsl_deriv_central; its first step moves no entry of Z1 or Z2 by "
                                  "more than 2^%d",
                                  STEP + 1);
    sp_walker w = {.method = &method, .in = &in, .of = of, .result = result, .step = STEP};
    sp_arithmetic balls = {.system = &sp_number_ball, .pool = pool, .bits = 128};
    const sp_point *exact = sp_point_create(&balls, of, network);
    w.point = sp_point_copy(&in, exact, set_double);
    noise own = {.bound = {.system = sp_number_system_find("bound"), .pool = pool, .bits = 53}};
    size_t rows = sp_point_rows(w.point);
    own.point = sp_point_copy(&own.bound, exact, set_bound);
    own.t = sp_matrix_create(&own.bound, 1, 1);
    own.change = sp_matrix_create(&own.bound, rows, 1);
    own.crossings = sp_matrix_create(&own.bound, rows, 1);
    own.error = SP_NEW_ARRAY(pool, double, rows);
    own.one_t = sp_matrix_create(&in, 1, 1);
    own.one_change = sp_matrix_create(&in, 1, 1);
    own.one_crossing = sp_matrix_create(&in, 1, 1);
    w.own = &own;
    sp_walker_run(&w, network, budget);
    return result;
}

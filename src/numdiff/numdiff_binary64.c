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
#include "lang/mlp.h"
#include "numdiff/ball.h"
#include "numdiff/generic.h"
#include "numdiff/walker.h"
#include "spmd/interpret.h"

#include <float.h>
#include <gsl/gsl_deriv.h>
#include <gsl/gsl_errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>

enum { STEP = -14 }; /* 2h is near where truncation and rounding balance for the built-ins */
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
    if (!sp_is_mlp(of->program->of))
        return sp_generic_binary64(pool, of, network, budget, deterministic);
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

/* ---- any network ---- */

static bool equal(const sp_matrix *a, const sp_matrix *b, size_t i)
{
    const double x = entry(a, i), y = entry(b, i);
    return x == y || (isnan(x) && isnan(y));
}

static int sign(const sp_matrix *m, size_t i)
{
    const double x = entry(m, i);
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}

static long distance(const sp_matrix *a, const sp_matrix *b, size_t i)
{
    const double apart = fabs(entry(a, i) - (b ? entry(b, i) : 0));
    int exponent = 0;
    if (!isfinite(apart))
        return LONG_MAX;
    (void)frexp(apart, &exponent);
    return exponent;
}

/* The number system `bound` at the data: how far a computed loss may be from the true one. */
static double error_of_loss(sp_pool *pool, const sp_case *of, const sp_network *network)
{
    const sp_arithmetic in = {.system = sp_number_system_find("bound"), .pool = pool, .bits = 53};
    const sp_inputs inputs = sp_inputs_of_case(&in, of);
    const sp_value *loss = sp_interpret_whole(&in, of->program->of->loss, network, &inputs);
    return sp_bound_radius(&in, loss[0].on[0], 0, 0) * (DBL_EPSILON / 2);
}

typedef struct generic_asking {
    sp_generic *g;
    const sp_way *way;
    double level; /* E / DBL_EPSILON, E of a difference of two losses */
    double least; /* the smallest step that was asked for */
    bool crosses, finite;
} generic_asking;

static double generic_value_at(double t, void *argument)
{
    generic_asking *a = argument;
    *(double *)a->g->t->data = t;
    const sp_loss_point point = sp_loss_at(a->g->loss, a->way, a->g->t, a->g->value);
    a->crosses = a->crosses || point.crosses;
    a->finite = a->finite && point.finite;
    if (t != 0 && fabs(t) < a->least)
        a->least = fabs(t);
    return a->level + (entry(a->g->value, 0) - entry(sp_loss_value(a->g->loss), 0));
}

/* data + t is rounded by half a unit in its last place, which is that part of a step. */
static sp_numdiff_state generic_slope(sp_generic *g, const sp_way *way, long exponent, const sp_slope *to)
{
    const double *error = g->own, h = ldexp(1, (int)(exponent < -900 ? -900 : exponent));
    generic_asking a = {.g = g, .way = way, .level = 2.5 * *error / DBL_EPSILON, .least = 2 * h, .finite = true};
    gsl_function f = {generic_value_at, &a};
    const int status = gsl_deriv_central(&f, 0, 2 * h, to->slope_binary64, to->error_binary64);
    const double lost = (sp_loss_magnitude(g->loss, way) + 2 * h) * DBL_EPSILON / a.least;
    *to->error_binary64 += fabs(*to->slope_binary64) * lost;
    if (status != GSL_SUCCESS || !a.finite || !(lost < 0x1p-10) || !isfinite(*to->slope_binary64) ||
        !isfinite(*to->error_binary64))
        return SP_NUMDIFF_UNUSABLE;
    return a.crosses ? SP_NUMDIFF_KINK : SP_NUMDIFF_JUDGED;
}

static const sp_generic_method generic_method = {
    .numbers = {.equal = equal, .sign = sign, .distance = distance}, .evaluations = 9, .overhead = 1000, .most = 1e11,
    .power_of_two = power_of_two, .slope = generic_slope};

const sp_numdiff *sp_generic_binary64(sp_pool *pool, const sp_case *of, const sp_network *network, double budget,
                                      bool deterministic)
{
    sp_numdiff *result = sp_numdiff_empty(pool, of);
    result->bits = 53;
    if (of->numdiff == SP_NUMDIFF_OFF)
        return result;
    sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = pool, .bits = 53, .threads = 1,
                        .deterministic = deterministic};
    result->step = sp_pool_format(pool,
                                  "gsl_deriv_central; its first step moves no entry by more than 2^%d, no argument "
                                  "of a function by more than 2^%d and no divisor by more than that part of itself",
                                  STEP + 1, STEP + SP_GENERIC_SLACK);
    double error = error_of_loss(pool, of, network);
    sp_generic g = {.method = &generic_method, .in = &in, .of = of, .result = result, .step = STEP, .own = &error};
    sp_generic_run(&g, network, budget);
    return result;
}

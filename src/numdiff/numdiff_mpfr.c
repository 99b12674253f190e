/* Central differences in balls. With D(h) = (L(h) - L(-h)) / 2h = L' + L''' h^2/6 + O(h^4), the
 * slope is R = D(h) + (D(h) - D(2h)) / 3 = L' + O(h^4) (Richardson). Its error is taken to be at
 * most |R - D(h)|, the error of the lower order, which is larger by a factor of about h^-2, plus
 * the radius of R, which holds the rounding of the loss divided by h for certain.
 *
 * With h = 2^(-p/2) and 3p/2 bits both parts are about 2^-p: nearly all p bits of the case's
 * precision are seen. */
#include "lang/mlp.h"
#include "numdiff/ball.h"
#include "numdiff/generic.h"
#include "numdiff/walker.h"

#include <limits.h>
#include <string.h>

static void power_of_two(sp_matrix *t, int sign, long exponent)
{
    arb_ptr ball = t->data;
    arb_set_si(ball, sign);
    arb_mul_2exp_si(ball, ball, exponent);
}

/* (L(t) - L(-t)) / 2t for t = 2^exponent */
static void central(arb_t d, arb_srcptr up, arb_srcptr down, long exponent, slong bits)
{
    arb_sub(d, up, down, bits);
    arb_mul_2exp_si(d, d, -exponent - 1);
}

/* From the loss (or its changes) at -2h, -h, h and 2h, h = 2^exponent. */
static sp_numdiff_state richardson(const arb_srcptr at[SP_WALKER_POINTS], long exponent, slong bits,
                                   const sp_slope *to)
{
    arb_t d1, d2;
    arf_t between;
    mag_t most;
    mpfr_t part;
    arb_init(d1);
    arb_init(d2);
    arf_init(between);
    mag_init(most);
    mpfr_init2(part, mpfr_get_prec(to->error));
    central(d1, at[2], at[1], exponent, bits);
    central(d2, at[3], at[0], exponent + 1, bits);
    arb_sub(d2, d1, d2, bits);
    arb_div_ui(d2, d2, 3, bits);
    arb_add(d1, d1, d2, bits);
    arb_get_mag(most, d2);
    arf_set_mag(between, most);
    arf_get_mpfr(part, between, MPFR_RNDU);
    sp_ball_get(to->slope, to->error, d1);
    mpfr_add(to->error, to->error, part, MPFR_RNDU);
    bool usable = mpfr_number_p(to->slope) && mpfr_number_p(to->error);
    arb_clear(d1);
    arb_clear(d2);
    arf_clear(between);
    mag_clear(most);
    mpfr_clear(part);
    return usable ? SP_NUMDIFF_JUDGED : SP_NUMDIFF_UNUSABLE;
}

static sp_numdiff_state slope(sp_walker *w, const sp_curves *c, size_t row, const sp_slope *to)
{
    (void)c;
    arb_srcptr at[SP_WALKER_POINTS];
    for (int p = 0; p < SP_WALKER_POINTS; p++)
        at[p] = sp_ball_entry(w->change[p], row, 0);
    return richardson(at, w->exponent, (slong)w->in->bits, to);
}

static const sp_method method = {
    .power_of_two = power_of_two, .change = sp_walker_change, .slope = slope};

static void clean_up(void *argument)
{
    (void)argument;
    flint_cleanup();
}

/* Half as many bits again as are looked for, and some more. */
static sp_numdiff *mpfr_result(sp_pool *pool, const sp_case *of, unsigned bits, unsigned more)
{
    sp_numdiff *result = sp_numdiff_empty(pool, of);
    result->mpfr = true;
    result->bits = bits;
    result->working_bits = (bits < 64 ? 96 : bits + bits / 2) + more;
    return result;
}

static sp_arithmetic balls(sp_pool *pool, unsigned bits)
{
    sp_pool_defer(pool, clean_up, NULL); /* deferred first, so run after all balls are gone */
    return (sp_arithmetic){.system = &sp_number_ball, .pool = pool, .bits = bits, .threads = 1};
}

const sp_numdiff *sp_numdiff_mpfr(sp_pool *pool, const sp_case *of, const sp_network *network,
                                  unsigned bits, double budget)
{
    if (!sp_is_mlp(of->program->of))
        return sp_generic_mpfr(pool, of, network, bits, budget);
    sp_numdiff *result = mpfr_result(pool, of, bits, 0);
    if (of->numdiff == SP_NUMDIFF_OFF)
        return result;
    const long step = -(long)(bits / 2);
    const sp_arithmetic in = balls(pool, result->working_bits);
    result->step = sp_pool_format(pool,
                                  "central differences at h and 2h, fourth order, in %u bits; 2h "
                                  "moves no entry of Z1 or Z2 by more than 2^%ld",
                                  result->working_bits, step + 1);
    sp_walker w = {.method = &method, .in = &in, .of = of, .result = result, .step = step};
    w.point = sp_point_create(&in, of, network);
    sp_walker_run(&w, network, budget);
    return result;
}

/* ---- any network ---- */

static bool equal(const sp_matrix *a, const sp_matrix *b, size_t i)
{
    return arb_equal(sp_ball_entry(a, 0, i), sp_ball_entry(b, 0, i));
}

static int sign(const sp_matrix *m, size_t i)
{
    arb_srcptr x = sp_ball_entry(m, 0, i);
    return arb_is_positive(x) ? 1 : arb_is_negative(x) ? -1 : 0;
}

static long distance(const sp_matrix *a, const sp_matrix *b, size_t i)
{
    enum { BITS = 53 }; /* an upper bound of few bits is enough */
    arb_t difference;
    arf_t most;
    mag_t magnitude;
    arb_init(difference);
    arf_init(most);
    mag_init(magnitude);
    arb_set(difference, sp_ball_entry(a, 0, i));
    if (b)
        arb_sub(difference, difference, sp_ball_entry(b, 0, i), BITS);
    arb_get_mag(magnitude, difference);
    arf_set_mag(most, magnitude);
    const long exponent = arf_is_finite(most) ? (long)arf_abs_bound_lt_2exp_si(most) : LONG_MAX;
    arb_clear(difference);
    arf_clear(most);
    mag_clear(magnitude);
    return exponent;
}

static sp_numdiff_state generic_slope(sp_generic *g, const sp_way *way, long exponent, const sp_slope *to)
{
    static const int signs[SP_WALKER_POINTS] = {-1, -1, 1, 1}, twice[SP_WALKER_POINTS] = {1, 0, 0, 1};
    sp_matrix **value = g->own;
    arb_srcptr at[SP_WALKER_POINTS];
    bool crosses = false;
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        const sp_loss_point point = sp_generic_at(g, way, signs[p], exponent + twice[p]);
        if (!point.finite)
            return SP_NUMDIFF_UNUSABLE;
        crosses = crosses || point.crosses;
        g->in->system->copy(g->in, value[p], NULL, NULL, g->value, NULL, NULL, 1, 1);
        at[p] = sp_ball_entry(value[p], 0, 0);
    }
    sp_numdiff_state state = richardson(at, exponent, (slong)g->in->bits, to);
    return state == SP_NUMDIFF_JUDGED && crosses ? SP_NUMDIFF_KINK : state;
}

static const sp_generic_method generic_method = {
    .numbers = {.equal = equal, .sign = sign, .distance = distance}, .evaluations = SP_WALKER_POINTS + 1,
    .overhead = 30, .most = 4e9, .power_of_two = power_of_two, .slope = generic_slope};

/* Here the whole loss is subtracted, not what has changed of it: some more bits make up for that. */
const sp_numdiff *sp_generic_mpfr(sp_pool *pool, const sp_case *of, const sp_network *network, unsigned bits,
                                  double budget)
{
    enum { MORE = 32 };
    sp_numdiff *result = mpfr_result(pool, of, bits, MORE);
    if (of->numdiff == SP_NUMDIFF_OFF)
        return result;
    const long step = -(long)(bits / 2);
    const sp_arithmetic in = balls(pool, result->working_bits);
    result->step = sp_pool_format(pool,
                                  "central differences at h and 2h, fourth order, in %u bits; 2h moves no entry by "
                                  "more than 2^%ld, no argument of a function by more than 2^%ld and no divisor by "
                                  "more than that part of itself",
                                  result->working_bits, step + 1, step + SP_GENERIC_SLACK);
    sp_matrix *value[SP_WALKER_POINTS];
    for (int p = 0; p < SP_WALKER_POINTS; p++)
        value[p] = sp_matrix_create(&in, 1, 1);
    sp_generic g = {.method = &generic_method, .in = &in, .of = of, .result = result, .step = step, .own = value};
    sp_generic_run(&g, network, budget);
    return result;
}

/* Central differences in balls. With D(h) = (L(h) - L(-h)) / 2h = L' + L''' h^2/6 + O(h^4), the
 * slope is R = D(h) + (D(h) - D(2h)) / 3 = L' + O(h^4) (Richardson). Its error is taken to be at
 * most |R - D(h)|, the error of the lower order, which is larger by a factor of about h^-2, plus
 * the radius of R, which holds the rounding of the loss divided by h for certain.
 *
 * With h = 2^(-p/2) and 3p/2 bits both parts are about 2^-p: nearly all p bits of the case's
 * precision are seen. */
#include "numdiff/ball.h"
#include "numdiff/walker.h"

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

static sp_numdiff_state slope(sp_walker *w, const sp_curves *c, size_t row, const sp_slope *to)
{
    (void)c;
    const slong bits = (slong)w->in->bits;
    arb_srcptr at[SP_WALKER_POINTS];
    for (int p = 0; p < SP_WALKER_POINTS; p++)
        at[p] = sp_ball_entry(w->change[p], row, 0);
    arb_t d1, d2;
    arf_t between;
    mag_t most;
    mpfr_t part;
    arb_init(d1);
    arb_init(d2);
    arf_init(between);
    mag_init(most);
    mpfr_init2(part, mpfr_get_prec(to->error));
    central(d1, at[2], at[1], w->exponent, bits);
    central(d2, at[3], at[0], w->exponent + 1, bits);
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

static const sp_method method = {
    .power_of_two = power_of_two, .change = sp_walker_change, .slope = slope};

static void clean_up(void *argument)
{
    (void)argument;
    flint_cleanup();
}

const sp_numdiff *sp_numdiff_mpfr(sp_pool *pool, const sp_case *of, const sp_network *network,
                                  unsigned bits, double budget)
{
    sp_numdiff *result = sp_numdiff_empty(pool, of);
    result->mpfr = true;
    result->bits = bits;
    if (of->numdiff == SP_NUMDIFF_OFF)
        return result;
    const unsigned working = bits < 64 ? 96 : bits + bits / 2;
    const long step = -(long)(bits / 2);
    sp_arithmetic in = {.system = &sp_number_ball, .pool = pool, .bits = working, .threads = 1};
    sp_pool_defer(pool, clean_up, NULL); /* deferred first, so run after all balls are gone */
    result->step = sp_pool_format(pool,
                                  "central differences at h and 2h, fourth order, in %u bits; 2h "
                                  "moves no entry of Z1 or Z2 by more than 2^%ld",
                                  working, step + 1);
    sp_walker w = {.method = &method, .in = &in, .of = of, .result = result, .step = step};
    w.point = sp_point_create(&in, of, network);
    sp_walker_run(&w, network, budget);
    return result;
}

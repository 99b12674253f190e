/* erf'(a) = 2 / sqrt(pi) * exp(-a^2), the one primitive that MPFR and the C library lack. */
#include "number/system.h"

#include <math.h>

int sp_mpfr_erf_prime(mpfr_ptr out, mpfr_srcptr a, mpfr_rnd_t rounding)
{
    if (mpfr_nan_p(a) || mpfr_inf_p(a)) {
        if (mpfr_nan_p(a))
            mpfr_set_nan(out);
        else
            mpfr_set_zero(out, 1);
        return 0;
    }
    mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
    const mpfr_prec_t bits = mpfr_get_prec(out);
    mpfr_t square, value, factor;
    mpfr_init2(square, 2 * mpfr_get_prec(a));
    mpfr_init2(value, bits);
    mpfr_init2(factor, bits);
    mpfr_sqr(square, a, MPFR_RNDN); /* exact */
    mpfr_neg(square, square, MPFR_RNDN);
    for (mpfr_prec_t more = 16;; more *= 2) { /* Ziv's strategy: until the rounding is certain */
        mpfr_set_prec(value, bits + more);
        mpfr_set_prec(factor, bits + more);
        mpfr_exp(value, square, MPFR_RNDN);
        mpfr_const_pi(factor, MPFR_RNDN);
        mpfr_sqrt(factor, factor, MPFR_RNDN);
        mpfr_div(value, value, factor, MPFR_RNDN);
        mpfr_mul_2ui(value, value, 1, MPFR_RNDN);
        /* four roundings, each of at most half a unit in the last place: less than 2^3 units */
        if (mpfr_zero_p(value) ||
            mpfr_can_round(value, bits + more - 3, MPFR_RNDN, rounding,
                           bits + (rounding == MPFR_RNDN)))
            break;
    }
    int ternary = mpfr_zero_p(value) ? (mpfr_set_zero(out, 1), -1) : mpfr_set(out, value, rounding);
    mpfr_clears(square, value, factor, (mpfr_ptr)0);
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
    return mpfr_check_range(out, ternary, rounding);
}

/* exp(-a^2) from the rounded square s and its error r: exp(-s) (1 - r), r^2 being below 2^-80. */
double sp_erf_prime(double a)
{
    const double s = a * a;
    if (s > 800) /* 0, and no infinity minus infinity */
        return 0;
    const double e = exp(-s), r = fma(a, a, -s);
    return 0x1.20dd750429b6dp+0 * (e - e * r);
}

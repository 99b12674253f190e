#include "check/quantity.h"

#include <string.h>

typedef struct temporaries {
    size_t initialised;
    mpfr_t *x;
} temporaries;

static void clear(void *argument)
{
    temporaries *t = argument;
    for (size_t i = 0; i < t->initialised; i++)
        mpfr_clear(t->x[i]);
}

mpfr_t *sp_temporaries(sp_pool *pool, size_t count, unsigned bits)
{
    temporaries *t = SP_NEW(pool, temporaries);
    t->x = SP_NEW_ARRAY(pool, mpfr_t, count);
    sp_pool_defer(pool, clear, t);
    for (; t->initialised < count; t->initialised++)
        mpfr_init2(t->x[t->initialised], (mpfr_prec_t)bits);
    return t->x;
}

enum { DIGITS_MAX = 40, PLAIN_MAGNITUDE = 2, PLAIN_VALUE = 11 };

/* x = 0.d1 d2 d3... * 10^exponent as d1.d2d3e(exponent - 1), or in full up to 10^plain. */
static const char *layout(sp_pool *pool, const char *digits, mpfr_exp_t exponent, long plain)
{
    const char *sign = "";
    if (*digits == '-') {
        sign = "-";
        digits++;
    }
    size_t count = strlen(digits);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    long e = (long)exponent - 1;
    int n = (int)count;
    if (e < -plain || e > plain)
        return sp_pool_format(pool, "%s%c%s%.*se%ld", sign, digits[0], n > 1 ? "." : "", n - 1,
                              digits + 1, e);
    char zeros[] = "00000000000000000000";
    if (e < 0)
        return sp_pool_format(pool, "%s0.%.*s%.*s", sign, (int)(-e - 1), zeros, n, digits);
    if (n <= e + 1)
        return sp_pool_format(pool, "%s%.*s%.*s", sign, n, digits, (int)(e + 1 - n), zeros);
    return sp_pool_format(pool, "%s%.*s.%.*s", sign, (int)(e + 1), digits, n - (int)e - 1,
                          digits + e + 1);
}

static const char *special(mpfr_srcptr x, bool sign)
{
    if (mpfr_nan_p(x))
        return "nan";
    if (mpfr_inf_p(x))
        return sign && mpfr_signbit(x) ? "-inf" : "inf";
    return mpfr_zero_p(x) ? "0" : NULL;
}

static const char *magnitude(sp_pool *pool, mpfr_srcptr x, mpfr_rnd_t rounding)
{
    if (special(x, false))
        return special(x, false);
    char digits[DIGITS_MAX];
    mpfr_exp_t exponent;
    mpfr_get_str(digits, &exponent, 10, 3, x, rounding);
    return layout(pool, *digits == '-' ? digits + 1 : digits, exponent, PLAIN_MAGNITUDE);
}

const char *sp_quantity_up(sp_pool *pool, mpfr_srcptr x)
{
    return magnitude(pool, x, MPFR_RNDA);
}

const char *sp_quantity_down(sp_pool *pool, mpfr_srcptr x)
{
    return magnitude(pool, x, MPFR_RNDZ);
}

const char *sp_quantity_value(sp_pool *pool, mpfr_srcptr x, mpfr_srcptr error, size_t digits)
{
    if (special(x, true))
        return special(x, true);
    if (digits > DIGITS_MAX - 4)
        digits = DIGITS_MAX - 4;
    char text[DIGITS_MAX];
    mpfr_exp_t exponent;
    bool known = mpfr_number_p(error) && mpfr_cmpabs(error, x) < 0;
    if (known && !mpfr_zero_p(error)) {
        /* the last digit stands for 10^(exponent - digits): it must be at least the error */
        char error_text[DIGITS_MAX];
        mpfr_exp_t error_exponent;
        mpfr_get_str(text, &exponent, 10, 2, x, MPFR_RNDZ);
        mpfr_get_str(error_text, &error_exponent, 10, 2, error, MPFR_RNDA);
        long certain = (long)exponent - (long)error_exponent;
        if (certain < 1)
            known = false;
        else if ((size_t)certain < digits)
            digits = (size_t)certain;
    }
    if (!known)
        digits = 3;
    if (digits == 1) { /* mpfr_get_str needs 2 */
        mpfr_get_str(text, &exponent, 10, 2, x, MPFR_RNDN);
    } else {
        mpfr_get_str(text, &exponent, 10, digits, x, MPFR_RNDN);
    }
    const char *shown = layout(pool, text, exponent, PLAIN_VALUE);
    return known ? shown : sp_pool_format(pool, "about %s", shown);
}

long sp_bits_agree(mpfr_srcptr largest, mpfr_srcptr scale, unsigned bits)
{
    if (mpfr_zero_p(largest))
        return (long)bits;
    if (!mpfr_number_p(largest) || !mpfr_number_p(scale) || mpfr_cmpabs(scale, largest) <= 0)
        return 0;
    /* scale = 2^a s, largest = 2^b l, 1/2 <= s, l < 1 */
    long a, b;
    double s = mpfr_get_d_2exp(&a, scale, MPFR_RNDZ);
    double l = mpfr_get_d_2exp(&b, largest, MPFR_RNDA);
    long agree = s < l ? a - b - 1 : a - b;
    return agree < (long)bits ? agree : (long)bits;
}

#include "number/bound_entry.h"

/* Error of exp, log, tanh and erf in units of u times the result. MPFR rounds correctly: 1. The
 * manual of the GNU C library ("Errors in Math Functions", x86_64, 2.36) gives 1 ulp for exp,
 * log and erf and 2 ulp for tanh, the errors found by Zimmermann et al. ("Accuracy of
 * Mathematical Functions") are up to 2.22 ulp; 4 ulp are assumed here, and one ulp is at most 2
 * u times the result. Exact values (C11, F.10): exp(0), log(1), tanh(0), erf(0). */
#define FUNCTION_ERROR 8.0
/* A result of such a function times this is at least the true value. */
#define FUNCTION_UP (1 + 0x1p-49)
/* Numbers of at least this magnitude have products and quotients whose residual does not
 * underflow. */
#define RESIDUAL_SAFE 0x1p-900

sp_rounding sp_rounding_of_bits(unsigned bits)
{
    const int least = bits < 53 ? (int)bits : 53;
    return (sp_rounding){least, ldexp(1.0, -least)};
}

/* e rounded up, room for underflow included. */
static double finish(const sp_rounding *r, double v, double e)
{
    return sp_bound_settled(r, v, e * SP_BOUND_UP + SP_BOUND_FLOOR);
}

static bool zero(double v, double e)
{
    return v == 0 && e == 0;
}

static bool power_of_two(double v)
{
    int exponent;
    return v != 0 && fabs(frexp(v, &exponent)) == 0.5 && fabs(v) >= DBL_MIN;
}

/* A lower bound of |x| and every |v'|; may be negative. */
static double at_least(const sp_rounding *r, double v, double e)
{
    return e == 0 ? fabs(v) : (fabs(v) - sp_bound_spread(r, e)) * (1 - 0x1p-48);
}

/* |fl(a' + b') - (a + b)| <= ea u + eb u + u |a' + b'| and
 * |a' + b'| <= |v| (1 + 2^-53) + 2 U (ea + eb). Adding an exact zero rounds nothing, nor does a sum
 * whose error term is 0 (TwoSum: Knuth, The Art of Computer Programming 2, 4.2.2, theorem B). */
static double add(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    if (zero(a, ea) || zero(b, eb))
        return sp_bound_settled(r, v, ea + eb);
    if (ea == 0 && eb == 0) {
        const double part = v - a;
        if ((a - (v - part)) + (b - part) == 0 && sp_fits(r, v))
            return sp_bound_settled(r, v, 0);
    }
    return finish(r, v, (ea + eb) * (1 + 2 * r->u_max) + fabs(v));
}

static double sub(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    return add(r, v, a, ea, -b, eb);
}

/* e of a number (a, ea) times or divided by a power of two: nothing is rounded but what
 * underflows. */
static double scaled(const sp_rounding *r, double v, double e, double exact_factor)
{
    const double factor = fabs(exact_factor);
    return factor == 1 ? sp_bound_settled(r, v, e) : finish(r, v, e * factor);
}

/* |fl(a' b') - a b| <= |a| eb u + |b| ea u + ea eb u^2 + u |a' b'|, with A, B at least |a|,
 * |a'|, |b|, |b'|: A eb + ea B + A B in units of u. */
static double mul(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    if ((zero(a, ea) && eb < SP_NO_BOUND) || (zero(b, eb) && ea < SP_NO_BOUND))
        return sp_bound_settled(r, v, 0);
    if (ea == 0 && eb == 0 && fabs(v) >= RESIDUAL_SAFE && fma(a, b, -v) == 0 && sp_fits(r, v))
        return sp_bound_settled(r, v, 0);
    if (eb == 0 && power_of_two(b))
        return scaled(r, v, ea, b);
    if (ea == 0 && power_of_two(a))
        return scaled(r, v, eb, a);
    const double A = sp_bound_magnitude(r, a, ea), B = sp_bound_magnitude(r, b, eb);
    return finish(r, v, A * (B + eb) + ea * B);
}

/* |a'/b' - a/b| <= |a' - a| / |b'| + |a/b| |b' - b| / |b'| and one rounding of a'/b'; L is at
 * most |b| and |b'|, A at least |a| and |a'|: (ea + (A/L) eb + A) / L in units of u. */
static double quotient(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    const double L = at_least(r, b, eb);
    if (!(L > 0))
        return SP_NO_BOUND;
    if (zero(a, ea))
        return sp_bound_settled(r, v, 0);
    if (ea == 0 && eb == 0 && fabs(v) >= RESIDUAL_SAFE && fabs(a) >= RESIDUAL_SAFE &&
        fma(v, b, -a) == 0 && sp_fits(r, v))
        return sp_bound_settled(r, v, 0);
    if (eb == 0 && power_of_two(b))
        return scaled(r, v, ea, 1 / b);
    const double A = sp_bound_magnitude(r, a, ea);
    return finish(r, v, (ea + A / L * eb + A) / L);
}

static double neg(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    (void)a, (void)b, (void)eb;
    return sp_bound_settled(r, v, ea);
}

/* |max(a', b') - max(a, b)| <= max(|a' - a|, |b' - b|); the error of the larger one where it is
 * certain which one is larger. */
static double larger(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    const double uncertain = (sp_bound_spread(r, ea) + sp_bound_spread(r, eb)) * SP_BOUND_UP;
    double e = ea > eb ? ea : eb;
    if ((a == -HUGE_VAL && ea == 0) || (b == -HUGE_VAL && eb == 0)) /* the maximum of nothing is below everything */
        return a == b ? 0 : sp_bound_settled(r, v, a == -HUGE_VAL && ea == 0 ? eb : ea);
    if (a - b > uncertain)
        e = ea;
    else if (b - a > uncertain)
        e = eb;
    return sp_bound_settled(r, v, e);
}

/* Exact where the sign is certain. Else one computation may give 0 and another 1, however small
 * u is, and no e can say that for every u. */
static double step(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    (void)b, (void)eb;
    const bool certain = zero(a, ea) || fabs(a) > sp_bound_spread(r, ea);
    return certain ? sp_bound_settled(r, v, 0) : SP_NO_BOUND;
}

/* exp' = exp, so over all points within h = 2 U ea of a it is at most W = exp(a) e^h, and
 * e^h <= 1/(1 - h) for h < 1, e^h <= 2^(1.45 h). */
static double exponential(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    (void)b, (void)eb;
    if (zero(a, ea))
        return 0;
    const double h = sp_bound_spread(r, ea);
    if (!(h < 2000))
        return SP_NO_BOUND;
    const double grown = h < 0.5 ? 1 / (1 - h) : ldexp(1.0, (int)(1.45 * h) + 1);
    const double W = (v * FUNCTION_UP + 0x1p-1070) * grown;
    return finish(r, v, W * (ea + FUNCTION_ERROR));
}

/* log' = 1/x is at most 1/L over the points within h of a, L = a - h > 0; |log| there is at most
 * |log a| + h/L. */
static double logarithm(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    (void)b, (void)eb;
    const double L = at_least(r, a, ea), h = sp_bound_spread(r, ea);
    if (!(a > 0 && L > 0))
        return SP_NO_BOUND;
    if (a == 1 && ea == 0)
        return 0;
    return finish(r, v, ea / L + FUNCTION_ERROR * (fabs(v) * FUNCTION_UP + h / L));
}

/* slope ea for the propagated error, and the error of the function for values of magnitude at
 * most 1. */
static double sigmoidal(const sp_rounding *r, double v, double ea, double slope)
{
    double magnitude = fabs(v) * FUNCTION_UP + slope * sp_bound_spread(r, ea);
    if (magnitude > 1)
        magnitude = 1;
    return finish(r, v, slope * ea + FUNCTION_ERROR * magnitude);
}

/* tanh' = 1 - tanh^2 <= 1, and |tanh''| <= 4/(3 sqrt 3) < 1: within h of a, tanh' <= 1 -
 * tanh(a)^2 + h. tanh(a) is v but for 8 u, which changes 1 - v^2 by less than 2^-48. */
static double hyperbolic_tangent(const sp_rounding *r, double v, double a, double ea, double b,
                                 double eb)
{
    (void)b, (void)eb;
    if (zero(a, ea))
        return 0;
    const double t = fabs(v), slope = (1 - t) * (1 + t) + 0x1p-48 + sp_bound_spread(r, ea);
    return sigmoidal(r, v, ea, slope < 1 ? slope : 1);
}

/* erf'(x) = (2/sqrt pi) exp(-x^2), 2/sqrt pi < 1.1284, and |erf''| <= sqrt(8/(pi e)) < 0.97:
 * within h of a, erf' <= 1.1284 exp(-a^2) + h. With q = a^2/8, exp(-a^2) <= (1 + q + q^2/2 +
 * q^3/6)^-8. */
static double error_function(const sp_rounding *r, double v, double a, double ea, double b,
                             double eb)
{
    (void)b, (void)eb;
    if (zero(a, ea))
        return 0;
    const double q = a * a / 8, p = 1 + q * (1 + q * (0.5 + q / 6)), p2 = p * p, p4 = p2 * p2;
    const double slope =
        1.1284 * (1 / (p4 * p4) + 0x1p-1000) * (1 + 0x1p-40) + sp_bound_spread(r, ea);
    return sigmoidal(r, v, ea, slope < 1.1284 ? slope : 1.1284);
}

/* |erf''(x)| = 2 |x| erf'(x) <= 0.97: within h of a, erf' <= v (1 + 2^-49) + 0.97 h. */
static double error_slope(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    (void)b, (void)eb;
    const double h = sp_bound_spread(r, ea), W = v * FUNCTION_UP + 0.97 * h + 0x1p-1070;
    const double slope = 2 * (fabs(a) + h) * W;
    return finish(r, v, (slope < 0.97 ? slope : 0.97) * ea + FUNCTION_ERROR * W);
}

/* |sqrt a' - sqrt a| = |a' - a| / (sqrt a' + sqrt a) <= ea u / (2 sqrt L), L > 0 at most a and
 * a'; one rounding. */
static double square_root(const sp_rounding *r, double v, double a, double ea, double b, double eb)
{
    (void)b, (void)eb;
    if (zero(a, ea))
        return 0;
    const double L = at_least(r, a, ea);
    if (!(a > 0 && L > 0))
        return SP_NO_BOUND;
    if (ea == 0 && a >= RESIDUAL_SAFE && fma(v, v, -a) == 0 && sp_fits(r, v))
        return sp_bound_settled(r, v, 0);
    return finish(r, v, ea / (2 * sqrt(L)) + sqrt(sp_bound_magnitude(r, a, ea)));
}

const sp_entry_bound sp_entry_bounds[SP_PRIMITIVE_COUNT] = {
    [SP_PRIMITIVE_ADD] = add,           [SP_PRIMITIVE_SUB] = sub,
    [SP_PRIMITIVE_MUL] = mul,           [SP_PRIMITIVE_DIV] = quotient,
    [SP_PRIMITIVE_NEG] = neg,           [SP_PRIMITIVE_EXP] = exponential,
    [SP_PRIMITIVE_LOG] = logarithm,     [SP_PRIMITIVE_TANH] = hyperbolic_tangent,
    [SP_PRIMITIVE_ERF] = error_function, [SP_PRIMITIVE_SQRT] = square_root,
    [SP_PRIMITIVE_MAX] = larger,        [SP_PRIMITIVE_STEP] = step,
    [SP_PRIMITIVE_ERF_PRIME] = error_slope,
};

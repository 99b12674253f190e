#include "algebra/rational.h"

#include <math.h>

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

bool sp_rational_make(sp_rational *out, int64_t n, int64_t d)
{
    if (d == 0 || n == INT64_MIN || d == INT64_MIN)
        return false;
    int64_t g = greatest_divisor(n, d);
    if (d < 0)
        g = -g;
    *out = (sp_rational){n / g, d / g};
    return true;
}

bool sp_rational_multiply(sp_rational *out, sp_rational a, sp_rational b)
{
    /* crosswise first: the products are then in lowest terms, and overflow only if they must */
    int64_t g = greatest_divisor(a.n, b.d), h = greatest_divisor(b.n, a.d);
    int64_t n, d;
    if (__builtin_mul_overflow(a.n / g, b.n / h, &n) ||
        __builtin_mul_overflow(a.d / h, b.d / g, &d))
        return false;
    return sp_rational_make(out, n, d);
}

bool sp_rational_add(sp_rational *out, sp_rational a, sp_rational b)
{
    int64_t g = greatest_divisor(a.d, b.d), x, y, n, d;
    if (__builtin_mul_overflow(a.n, b.d / g, &x) || __builtin_mul_overflow(b.n, a.d / g, &y) ||
        __builtin_add_overflow(x, y, &n) || __builtin_mul_overflow(a.d, b.d / g, &d))
        return false;
    return sp_rational_make(out, n, d);
}

bool sp_rational_invert(sp_rational *out, sp_rational a)
{
    return sp_rational_make(out, a.d, a.n);
}

bool sp_rational_of_double(sp_rational *out, double value)
{
    if (!isfinite(value))
        return false;
    int exponent;
    /* value = m 2^exponent with an integer m of at most 53 bits: the cast is exact */
    int64_t m = (int64_t)ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    while (m != 0 && m % 2 == 0) {
        m /= 2;
        exponent++;
    }
    if (m == 0)
        return sp_rational_make(out, 0, 1);
    if (exponent > 62 || exponent < -62)
        return false;
    int64_t n = m, d = 1;
    if (exponent >= 0 ? __builtin_mul_overflow(m, (int64_t)1 << exponent, &n)
                      : __builtin_mul_overflow(d, (int64_t)1 << -exponent, &d))
        return false;
    return sp_rational_make(out, n, d);
}

bool sp_rational_equal(sp_rational a, sp_rational b)
{
    return a.n == b.n && a.d == b.d;
}

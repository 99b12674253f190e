/* Exact fractions of 64-bit integers, in lowest terms, denominator positive. Every operation says
 * whether the result fits; nothing wraps. */
#ifndef SP_ALGEBRA_RATIONAL_H
#define SP_ALGEBRA_RATIONAL_H

#include "base/pool.h"

typedef struct sp_rational {
    int64_t n, d;
} sp_rational;

/* False if the result does not fit (or the divisor is zero); *out is untouched then. */
SP_MUST_USE bool sp_rational_make(sp_rational *out, int64_t n, int64_t d);
SP_MUST_USE bool sp_rational_add(sp_rational *out, sp_rational a, sp_rational b);
SP_MUST_USE bool sp_rational_multiply(sp_rational *out, sp_rational a, sp_rational b);
SP_MUST_USE bool sp_rational_invert(sp_rational *out, sp_rational a);
/* The value of a double, exactly: false for NaN, infinity and what needs more than 64 bits. */
SP_MUST_USE bool sp_rational_of_double(sp_rational *out, double value);

bool sp_rational_equal(sp_rational a, sp_rational b);

#endif

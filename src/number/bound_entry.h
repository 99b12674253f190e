/* Error bounds of single operations on doubles with error bounds: the formulas of the number
 * system `bound`.
 *
 * A pair (v, e) stands for a real number x of which every computation knows only a rounded
 * value: for every unit roundoff u = 2^-q, q >= bits, every value v' that the program can
 * compute with it is within e u of x; so is v, with u = 2^-53. Arithmetic is to nearest: MPFR
 * with q bits (whose exponents have no end to speak of), or binary64, with its underflow. With U
 * = 2^-bits, the largest u, it follows that x and all v' lie within 2 U e of v. The result of an
 * operation gets the e of the formulas here, which are first order in u with the terms of higher
 * order bounded by means of u <= U.
 *
 * e is rounded up: a formula has at most 30 operations on numbers of one sign, each with a
 * relative error of at most 2^-53, covered by the factor SP_BOUND_UP, or an underflow, covered
 * by SP_BOUND_FLOOR. */
#ifndef SP_NUMBER_BOUND_ENTRY_H
#define SP_NUMBER_BOUND_ENTRY_H

#include "lang/formula.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

typedef struct sp_rounding {
    int bits;     /* the fewest bits that results are rounded to: at most 53 */
    double u_max; /* U = 2^-bits */
} sp_rounding;

#define SP_NO_BOUND ((double)INFINITY)
#define SP_BOUND_UP (1 + 0x1p-48)
/* In units of u = 2^-53, so absolutely 2^-1071: at most 8 units of the last place of subnormal
 * numbers, for the rounding of a result that underflows (1/2; 4 in library functions) and for
 * underflow here. */
#define SP_BOUND_FLOOR 0x1p-1018

/* e for the result v of f(a) or f(a, b), v being the operation's own result in binary64. */
typedef double (*sp_entry_bound)(const sp_rounding *r, double v, double a, double ea, double b,
                                 double eb);
extern const sp_entry_bound sp_entry_bounds[SP_PRIMITIVE_COUNT];

sp_rounding sp_rounding_of_bits(unsigned bits);

/* e if it says something about a computation that cannot overflow, else infinity: |v'| <= |v| +
 * 2 U e must be finite for certain. */
static inline double sp_bound_settled(const sp_rounding *r, double v, double e)
{
    return fabs(v) + 4 * r->u_max * e < DBL_MAX ? e : SP_NO_BOUND;
}

/* How far x and every v' may be from v: 2 U e, rounded up. */
static inline double sp_bound_spread(const sp_rounding *r, double e)
{
    return e == 0 ? 0 : 2 * r->u_max * e * SP_BOUND_UP + 0x1p-1074;
}

/* At least |x| and every |v'|. */
static inline double sp_bound_magnitude(const sp_rounding *r, double v, double e)
{
    return e == 0 ? fabs(v) : (fabs(v) + sp_bound_spread(r, e)) * SP_BOUND_UP;
}

/* The k for which v is an odd multiple of 2^k; INT_MAX for 0. */
static inline int sp_lowest_bit(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    const int exponent = (int)(bits >> 52 & 0x7FF);
    uint64_t mantissa = bits & 0xFFFFFFFFFFFFF;
    if (exponent == 0)
        return mantissa ? __builtin_ctzll(mantissa) - 1074 : INT_MAX;
    return __builtin_ctzll(mantissa | (uint64_t)1 << 52) + exponent - 1075;
}

/* Whether v is a number of r->bits bits. */
static inline bool sp_fits(const sp_rounding *r, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return (bits & (((uint64_t)1 << (53 - r->bits)) - 1)) == 0;
}

#endif

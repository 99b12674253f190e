/* A number system of balls: a midpoint of in->bits bits and a radius that holds the true value,
 * by Arb. Finite differences use it because it is several times faster than MPFR and because the
 * radius is the rounding error of a loss, rigorously.
 *
 * Memory behind numbers of more than 128 bits is FLINT's own; it is freed with the pool. FLINT
 * aborts when it cannot get memory. */
#ifndef SP_NUMDIFF_BALL_H
#define SP_NUMDIFF_BALL_H

#include "number/number.h"

#if __has_include(<flint/arb.h>)
#include <flint/arb.h>
#else /* before FLINT 3 Arb was a library of its own */
#include <arb.h>
#endif

/* `get` gives the midpoint, or NaN where the radius is infinite. */
extern const sp_number_system sp_number_ball;

/* Entry (i, j), borrowed. */
arb_srcptr sp_ball_entry(const sp_matrix *m, size_t i, size_t j);

/* |true value - midpoint| <= radius, written as mpfr numbers: middle needs the precision of the
 * ball to be exact, radius is rounded up. */
void sp_ball_get(mpfr_t middle, mpfr_t radius, const arb_t ball);

#endif

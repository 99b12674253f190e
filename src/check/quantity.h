/* Numbers as texts: only what is certain is printed. */
#ifndef SP_CHECK_QUANTITY_H
#define SP_CHECK_QUANTITY_H

#include "base/pool.h"

#include <mpfr.h>

/* Temporaries of MPFR that are cleared with the pool, whichever way it is left. */
mpfr_t *sp_temporaries(sp_pool *pool, size_t count, unsigned bits);

/* |x| to 3 significant digits, rounded away from zero, so that it bounds |x|: "1.23e-45",
 * "0.25", "0", "inf", "nan". */
const char *sp_quantity_up(sp_pool *pool, mpfr_srcptr x);
/* The same rounded towards zero. */
const char *sp_quantity_down(sp_pool *pool, mpfr_srcptr x);
/* x to as many significant digits, at most `digits`, as a value within `error` of the true one has
 * for certain (off by at most one in the last one); 0 for an error of 0 drops no digit. "about" and
 * 3 digits where the error is as large as x or unknown (NaN, infinite). */
const char *sp_quantity_value(sp_pool *pool, mpfr_srcptr x, mpfr_srcptr error, size_t digits);

/* How many leading bits of a result are right: floor(log2(scale / largest)), from 0 to bits; bits
 * where nothing differs, 0 where a difference is NaN or infinite. */
long sp_bits_agree(mpfr_srcptr largest, mpfr_srcptr scale, unsigned bits);

#endif

/* Is a wrong result the right one times a small fraction, on every entry of every rank? */
#ifndef SP_CHECK_RATIO_H
#define SP_CHECK_RATIO_H

#include "check/compare.h"

typedef struct sp_ratio {
    bool found;
    long numerator, denominator; /* lowest terms, denominator > 0; never 1/1 */
} sp_ratio;

/* got = want * numerator / denominator on every entry, as far as the bounds on their rounding can
 * tell; numerator and denominator are at most limit. Not found if an entry is not finite or has
 * no finite bound, or if want is zero everywhere. */
sp_ratio sp_ratio_find(const sp_arithmetic *in, const sp_holdings *got, const sp_matrix *want,
                       const sp_arithmetic *bound, const sp_holdings *got_bound,
                       const sp_matrix *want_bound, long limit);

#endif

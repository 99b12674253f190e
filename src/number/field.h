/* field only: random elements of GF(2^61 - 1), the keys of its opaque functions. */
#ifndef SP_NUMBER_FIELD_H
#define SP_NUMBER_FIELD_H

#include "number/number.h"

#define SP_FIELD_ORDER UINT64_C(2305843009213693951) /* 2^61 - 1, a Mersenne prime */

/* A uniform element for every (seed, name, a, b): a random function of (a, b) for each name. */
uint64_t sp_field_random(uint64_t seed, uint64_t name, uint64_t a, uint64_t b);
/* Fills a matrix with uniform elements, different ones for each name. */
void sp_field_fill(const sp_arithmetic *in, sp_matrix *m, uint64_t name);

#endif

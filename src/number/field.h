/* field only: its primes, random elements, the keys of its opaque functions. */
#ifndef SP_NUMBER_FIELD_H
#define SP_NUMBER_FIELD_H

#include "number/number.h"

#define SP_FIELD_ORDER UINT64_C(2305843009213693951) /* 2^61 - 1, a Mersenne prime */

/* In place of the residue of what has no value: larger than any prime here. */
#define SP_FIELD_NONE UINT64_MAX

/* Primes that are drawn lie from 2^61 to 2^62, where there are more than 2^55 of them: x / (log x - 1) <
 * pi(x) < x / (log x - 1.1) (Dusart, Estimates of some functions over primes without R.H., 2010). So
 * a number that is not 0 and has b bits is 0 modulo one of them with probability at most b / 61 / 2^55. */
#define SP_FIELD_LEAST UINT64_C(2305843009213693952) /* 2^61 */
#define SP_FIELD_LOG2_PRIMES 55

/* Drawn from all of these primes, each as likely as any other. */
uint64_t sp_field_prime(uint64_t seed);
/* A uniform element of GF(2^61 - 1) for every (seed, name, a, b): a random function of (a, b) for each
 * name. */
uint64_t sp_field_random(uint64_t seed, uint64_t name, uint64_t a, uint64_t b);
/* Fills a matrix with uniform elements, different ones for each name. */
void sp_field_fill(const sp_arithmetic *in, sp_matrix *m, uint64_t name);

#endif

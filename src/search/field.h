/* Random identity testing: is a result the delta rule's at the case's own sizes, for all data and all
 * functions? Both programs run over GF(p) on random data, in every trial for another prime p, drawn from
 * the more than 2^55 primes between 2^61 and 2^62; functions that are not made of + - * / are random
 * functions of the field's elements.
 *
 * Two results that differ for some data and functions are rational functions of the data and of
 * the functions' values. The numerator of their difference has a coefficient that is not 0; without its
 * powers of two it is an integer of at most h bits, h following from the numbers in the program, so that at
 * most h / 61 of the primes divide it: a factor that is not 1 may be 1 modulo one prime, or modulo a known
 * one, and hardly modulo a drawn one. Where it is not 0 modulo p, it is 0 at a random point with
 * probability at most d / p, d its degree (Schwartz and Zippel). Together that is at most
 * v = d / 2^61 + (h / 61) / 2^55. Two arguments of a function that differ collide with a
 * probability v' of the same kind. So a wrong entry stays unseen in one trial with probability at most
 * q = v + v' m (m - 1) / 2, m the number of applications, and some of E entries in t trials, t primes,
 * with E q^t. step of what depends on sizes alone is exact; a scheme with any other has no such bound, since
 * step has only the values 0 and 1.
 *
 * A difference here is certain to be one of the programs: what is equal is equal modulo every prime that
 * divides no denominator, and what a division by 0 modulo p touches is never called different. But
 * where functions are random, step among them, it may be that a property of the case's own function, or
 * the sign of an argument, makes the result right after all. */
#ifndef SP_SEARCH_FIELD_H
#define SP_SEARCH_FIELD_H

#include "spmd/interpret.h"

typedef enum sp_field_finding {
    SP_FIELD_SILENT, /* some entry has no value in the field on either side, or the layout does not fit */
    SP_FIELD_EQUAL,
    SP_FIELD_DIFFERS
} sp_field_finding;

typedef struct sp_field_result {
    sp_field_finding finding;
    size_t entries; /* on all ranks, or groups of ranks for a sum over an axis */
    double log2_error; /* EQUAL: log2 of the probability that it differs all the same; not above 0 */
    size_t rank, row, column; /* DIFFERS: the first place, of the whole result */
    uint64_t prime;
    int64_t got, want; /* residues of smallest magnitude */
} sp_field_result;

typedef struct sp_field_test {
    uint64_t seed;
    unsigned trials;
    bool random_step; /* step is used of what depends on data: a random function, 0 at 0 and else 0 or 1 */
    const char *random_functions; /* "sigma, step": those taken as random; "" if all were computed */
    sp_field_result *result;      /* in the order of the program's results */
} sp_field_test;

/* Whether there is a value for every operation in a field: not for exp, log and roots, which keep their laws in no
 * finite field, nor for maxima. */
bool sp_field_applies(const sp_program *program);
/* Random data, one of each distribution's entries making their sum 1. */
void sp_field_data(const sp_arithmetic *in, const sp_network *network, sp_inputs *inputs);
/* Whether the program uses step at all. */
bool sp_field_test_has_step(const sp_program *program);

const sp_field_test *sp_field_test_run(sp_pool *pool, const sp_program *program,
                                       const sp_ownership *ownership, const sp_network *network,
                                       uint64_t seed, unsigned trials);

#endif

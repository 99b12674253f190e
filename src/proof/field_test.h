/* Random identity testing: is a result the delta rule's at the case's own sizes, for all data and all
 * functions? Both programs run over GF(p), p = 2^61 - 1, on random data; functions that are not made
 * of + - * / are random functions of the field's elements.
 *
 * Two results that differ for some data and functions are rational functions of the data and of
 * the functions' values; where they differ they agree at a random point with probability at most
 * d / p, d their degree (Schwartz and Zippel), and two arguments of a function that differ collide with
 * probability at most d' / p. So a wrong entry stays unseen in one trial with probability at most
 * q = (d + d' m (m - 1) / 2) / p, m the number of applications, and some of E entries in t trials with E q^t.
 * A scheme that uses step has no such bound, since step has only the values 0 and 1.
 *
 * A difference here is certain to be one of the programs; but where functions are random it may be
 * that a property of the case's own function makes the result right after all. */
#ifndef SP_PROOF_FIELD_TEST_H
#define SP_PROOF_FIELD_TEST_H

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
    int64_t got, want; /* residues of smallest magnitude */
} sp_field_result;

typedef struct sp_field_test {
    uint64_t seed;
    unsigned trials;
    const char *random_functions; /* "sigma, sigma'": those taken as random; "" if all were computed */
    sp_field_result *result;      /* in the order of the program's results */
} sp_field_test;

const sp_field_test *sp_field_test_run(sp_pool *pool, const sp_program *program,
                                       const sp_ownership *ownership, const sp_network *network,
                                       uint64_t seed, unsigned trials);

#endif

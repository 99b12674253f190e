/* A scheme and the delta rule at one site, run on every rank and compared entry by entry. */
#ifndef SP_SEARCH_TRIAL_H
#define SP_SEARCH_TRIAL_H

#include "spmd/interpret.h"

typedef struct sp_trial_setup {
    const sp_program *program, *rule; /* rule: the delta rule */
    const sp_ownership *ownership;
    const sp_network *network; /* its sizes are the site's */
} sp_trial_setup;

/* Entries of all tensors, in the order of sp_tensor, row-major. */
typedef struct sp_trial_data {
    long *value;
    size_t count;
} sp_trial_data;

/* What was found about the results of the program: bit 1u << index. */
typedef struct sp_trial {
    sp_result_set differs;   /* an entry on a rank is not the delta rule's, both having a value */
    sp_result_set one_sided; /* an entry has a value on one side only, and rounding does not explain it */
    sp_result_set unclear;   /* an entry has none on either side, or no bound on its rounding */
} sp_trial;

/* An entry that differs. */
typedef struct sp_trial_place {
    size_t rank; /* of a sum over an axis: the first of the ranks added */
    size_t row, column;
    const char *got, *want;
} sp_trial_place;

size_t sp_trial_entries(const sp_signature *of, const size_t dim[SP_MAX_DIMS]);
/* The values of a tensor, which start at `first`: of a distribution one-hot ones that follow from them. Borrowed, or in
 * the pool. */
const long *sp_trial_tensor(sp_pool *pool, const sp_signature *of, const size_t dim[SP_MAX_DIMS],
                            const sp_trial_data *data, sp_tensor tensor, size_t first);

/* Random data over GF(p), p a prime that is drawn from the seed (number/field.h); functions whose formula
 * needs more than + - * / are random ones. Equal here is equal for all data and functions but for a small
 * probability: search.h. */
sp_trial sp_trial_field(sp_pool *pool, const sp_trial_setup *setup, uint64_t seed);
/* Exact fractions. place: NULL, or where the first differing entry of `result` is put (NULL
 * texts if none). */
sp_trial sp_trial_exact(sp_pool *pool, const sp_trial_setup *setup, const sp_trial_data *data,
                        size_t result, sp_trial_place *place);
/* mpfr at so many bits, or doubles if bits is 53: differs if the difference is beyond what rounding
 * explains. The same comparison is the verdict of `check`. */
sp_trial sp_trial_bounded(sp_pool *pool, const sp_trial_setup *setup, const sp_trial_data *data,
                          unsigned bits, size_t result, sp_trial_place *place);

#endif

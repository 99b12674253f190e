/* The functions of counterexamples: those that are given, and the simplest ones for the others. */
#ifndef SP_PROOF_SEARCH_FUNCTIONS_H
#define SP_PROOF_SEARCH_FUNCTIONS_H

#include "network/network.h"

/* One choice of all functions. */
typedef struct sp_functions {
    sp_function_spec sigma, g, loss;
    const sp_network *network; /* all dimensions 1 */
    bool exact;                /* of + - * / max step: rational numbers have rational values */
} sp_functions;

typedef struct sp_candidates {
    sp_pool *pool;
    sp_function_spec sigma, g, loss; /* given ones; empty: any */
    sp_functions *made;
    const sp_network *field;
} sp_candidates;

sp_candidates sp_candidates_of(sp_pool *pool);
bool sp_function_is_given(const sp_function_spec *spec);
/* How many there are of each, the simplest first; 1 of what is given. */
size_t sp_candidates_sigma(const sp_candidates *c);
size_t sp_candidates_g(const sp_candidates *c);
size_t sp_candidates_loss(const sp_candidates *c);
/* Made once; what is given must not change any more. */
const sp_functions *sp_candidates_get(sp_candidates *c, size_t sigma, size_t g, size_t loss);
/* The last ones: what differs for some functions differs for them. */
const sp_functions *sp_candidates_generic(sp_candidates *c);
/* A network all of whose functions that are not given, derivatives included, are random ones in the
 * number system `field`. */
const sp_network *sp_candidates_field(sp_candidates *c);

#endif

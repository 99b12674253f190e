/* The functions of counterexamples: those that are given, and the simplest ones for the others. */
#ifndef SP_SEARCH_FUNCTIONS_H
#define SP_SEARCH_FUNCTIONS_H

#include "network/network.h"

/* One choice of all functions. */
typedef struct sp_functions {
    size_t choice[SP_MAX_OWN_FUNCTIONS];
    sp_function_spec spec[SP_MAX_OWN_FUNCTIONS];
    const sp_network *network; /* all dimensions 1 */
    bool exact;                /* of + - * / max step: rational numbers have rational values */
} sp_functions;

typedef struct sp_candidates {
    sp_pool *pool;
    const sp_program *program;
    sp_function_spec given[SP_MAX_OWN_FUNCTIONS]; /* empty: any */
    const sp_functions **made;
    size_t count, room;
    const sp_network *field;
} sp_candidates;

sp_candidates sp_candidates_of(sp_pool *pool, const sp_program *program);
bool sp_function_is_given(const sp_function_spec *spec);
/* How many there are of a function, the simplest first; 1 of what is given. */
size_t sp_candidates_count(const sp_candidates *c, sp_function f);
/* Made once; what is given must not change any more. choice: [function]. */
const sp_functions *sp_candidates_get(sp_candidates *c, const size_t *choice);
/* The last ones: what differs for some functions differs for them. */
const sp_functions *sp_candidates_generic(sp_candidates *c);
/* A network all of whose functions that are not given, derivatives included, are random ones in the
 * number system `field`. */
const sp_network *sp_candidates_field(sp_candidates *c);

#endif

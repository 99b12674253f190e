/* Counterexamples as texts: for search.c. */
#ifndef SP_SEARCH_TEXT_H
#define SP_SEARCH_TEXT_H

#include "search/site.h"
#include "search/trial.h"

typedef struct sp_search_case {
    const sp_sites *sites;
    const sp_site *site;
    const sp_network *network;
    const sp_function_spec *function; /* [function] */
    const sp_trial_data *data;
    const char *reference;
    size_t result;
    sp_result_set wrong;
} sp_search_case;

/* The text of the scheme that a program was read from, and before it that of a network of the user's. */
const char *sp_search_scheme_text(sp_pool *pool, const sp_program *program);
/* "sigma = identity, g(z) = z * z, loss = half-sse" */
const char *sp_search_network_text(sp_pool *pool, const sp_search_case *of);
const char *sp_search_case_text(sp_pool *pool, const sp_search_case *of);
/* "dp = 0, tp = *" */
const char *sp_search_rank_text(sp_pool *pool, const sp_search_case *of, size_t rank);
const char *sp_search_index_text(sp_pool *pool, const sp_search_case *of, size_t row,
                                 size_t column);
/* "tp = 2": axes of more than one rank. */
const char *sp_search_mesh_text(sp_pool *pool, const sp_search_case *of);

#endif

/* One attempt at a proof: for any functions; where that is not enough, by what is known of the given ones; where that
 * is not enough either, a search for the smallest counterexample. `check`, `prove` and `derive` all ask here. */
#ifndef SP_SEARCH_ATTEMPT_H
#define SP_SEARCH_ATTEMPT_H

#include "search/search.h"

typedef struct sp_attempt_options {
    const sp_function_spec *function; /* [function] those that are given; NULL, or an empty one: any */
    bool steps;                       /* record every rewriting */
    bool by_time;                     /* the search ends with the time of the pool, not with an amount of work */
} sp_attempt_options;

typedef struct sp_attempt {
    sp_pool *pool;
    const sp_program *program;
    sp_attempt_options how;
    const sp_proof *any;   /* for any functions */
    const sp_proof *given; /* for the given ones; NULL: not needed, nothing is known of them, or there was no time */
    const char *functions; /* "sigma = relu": given ones without which less is known; "" */
    sp_search *search;     /* NULL: not needed yet */
} sp_attempt;

/* Proves what can be proved. What is proved for any functions stays, even if there is no time to prove more. */
sp_attempt *sp_attempt_open(sp_pool *pool, const sp_program *program, const sp_attempt_options *how);

/* The proof of a result, that for any functions first; NULL: there is none. */
const sp_proof *sp_attempt_proof(const sp_attempt *attempt, size_t result);
/* The proof that knows most: what is not proved is explained by it. */
const sp_proof *sp_attempt_last(const sp_attempt *attempt);
/* The one proof that says most of the scheme: that for any functions, unless the other proves more results. */
const sp_proof *sp_attempt_best(const sp_attempt *attempt);

/* The search for the results that are not proved; opened when it is first needed. */
sp_search *sp_attempt_search(sp_attempt *attempt);
/* The smallest counterexample to a result that is not proved; NULL if none was found. */
const sp_counterexample *sp_attempt_find(sp_attempt *attempt, size_t result);

#endif

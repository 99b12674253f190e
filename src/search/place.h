/* One site at which a counterexample is being made: which functions and data show a difference
 * there. */
#ifndef SP_SEARCH_PLACE_H
#define SP_SEARCH_PLACE_H

#include "search/functions.h"
#include "search/site.h"
#include "search/trial.h"

typedef struct sp_search_place {
    sp_pool *at_site, *at_trial; /* cleared for every site, for every trial */
    const sp_program *program, *rule;
    const sp_sites *sites;
    sp_candidates *candidates;
    sp_result_set layouts; /* bits of results whose layout does not fit: always mismatches */
    bool algebraic;   /* the field has values for all operations (sp_field_applies) */
    bool steps;       /* the program uses step, of which the field knows that it is 0 or 1 */
    size_t work;      /* operations on ranks so far */
    /* set by sp_place_move */
    const sp_site *site;
    sp_trial_setup setup;
    sp_network network; /* with the site's sizes */
    sp_trial_data data;
    /* set by sp_place_use and sp_place_find */
    const sp_functions *functions;
    size_t result;
    bool certain; /* only data with which rounding hides no entry: kinks are kept away from */
} sp_search_place;

/* Data that were drawn at one site, and what they show with the functions that are used. */
typedef struct sp_draws {
    size_t count;
    uint64_t random;  /* state of the generator */
    bool missed;      /* with some of them an entry had no value, or one that is not certain */
    sp_result_set results; /* bits of those that differ */
} sp_draws;

/* Goes to a site, which must live as long as it is used; false if the scheme assumes that there is none such. */
bool sp_place_move(sp_search_place *at, const sp_site *site);
/* The same for a case's sizes and splits, of which the site has but the sizes; false if it has no
 * ownership. */
bool sp_place_move_to_case(sp_search_place *at, const sp_site *site, const sp_case *of);
/* Bits of the results that differ there for some data and functions in the field, and of those of
 * which it does not know: an entry has no value on one side or both. */
sp_result_set sp_place_differs(sp_search_place *at, uint64_t seed, sp_result_set *unknown);
/* Bits of the results that differ there with the generic functions and a few data: what is equal
 * modulo the field's order only, or has a value for some data only. precise: as a counterexample is
 * evaluated; else in doubles, beyond their rounding, which costs little more than the field. */
sp_result_set sp_place_differs_outside(sp_search_place *at, bool precise);
/* Whether a result differs there for the generic functions. What the draws show of the other results
 * is kept for them, whoever asks first. */
bool sp_place_shows(sp_search_place *at, sp_draws *drawn, size_t result);
/* The simplest functions and, for them, small data with which a result differs, so that `check`
 * is certain of every result; false if none were found. */
bool sp_place_find(sp_search_place *at, size_t result);
/* Takes functions as they are, with data of zeros. */
void sp_place_use(sp_search_place *at, const sp_functions *functions);
/* Results that `check` will find to mismatch; where the asked one does, if place is not NULL. */
sp_result_set sp_place_mismatches(sp_search_place *at, sp_trial_place *place);

#endif

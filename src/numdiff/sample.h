/* Which entries and directions finite differences look at, and where their slopes go: the same for every method and
 * every network. */
#ifndef SP_NUMDIFF_SAMPLE_H
#define SP_NUMDIFF_SAMPLE_H

#include "numdiff/numdiff.h"

enum { SP_DIRECTIONS = 2 }; /* through each tensor that is not seen whole */

/* How many entries of each tensor. */
typedef struct sp_sample {
    size_t count;
    bool limited; /* by the budget, not by the case */
    gsl_rng entries, directions;
} sp_sample;

/* Where a slope is written to; the pointers to the other kind of result are NULL. */
typedef struct sp_slope {
    mpfr_ptr slope, error;
    double *slope_binary64, *error_binary64;
} sp_slope;

/* A result in which nothing has been looked at: of all tensors whose gradient is a result. */
sp_numdiff *sp_numdiff_empty(sp_pool *pool, const sp_case *of);
/* Multiply-adds that one evaluation of a formula is worth. */
double sp_formula_cost(const sp_formula *f);

/* cost[tensor]: multiply-adds for one entry; budget: of all entries, 0: none. */
sp_sample sp_sample_create(sp_pool *pool, const sp_case *of, sp_numdiff *result, const double cost[SP_MAX_TENSORS],
                           double budget);
/* The entries of a tensor to look at, with room for their slopes; NULL: all of them. */
bool *sp_sample_choose(sp_pool *pool, sp_sample *sample, sp_numdiff *result, sp_tensor tensor);
sp_slope sp_sample_slope(const sp_numdiff *result, sp_tensor tensor, size_t entry);
void sp_sample_record(sp_numdiff *result, sp_tensor tensor, size_t entry, sp_numdiff_state state);

/* A random direction through a tensor, without a slope. */
sp_numdiff_direction *sp_sample_direction(sp_pool *pool, sp_sample *sample, sp_numdiff *result, sp_tensor tensor);
/* Where its slope goes, `own` being room for doubles; and its state, once it is there. */
sp_slope sp_direction_slope(const sp_numdiff *result, sp_numdiff_direction *d, double own[2]);
void sp_direction_record(const sp_numdiff *result, sp_numdiff_direction *d, const double own[2],
                         sp_numdiff_state state);
/* Says what was left out, if anything was. */
void sp_sample_describe(sp_pool *pool, const sp_sample *sample, sp_numdiff *result);

#endif

/* Finite differences of the unsharded loss, an oracle that shares no formula with the delta rule:
 * it uses the forward pass and the loss, never a derivative.
 *
 * mpfr: central differences at two steps, combined by Richardson extrapolation (fourth order); the
 * error bar is the difference of the two orders plus the rounding of the loss, which Arb bounds.
 * The working precision is half as much again as `bits`, so that nearly all `bits` are seen.
 * binary64: gsl_deriv_central and its own error estimate, for a loss whose rounding is bounded
 * rigorously (numdiff_binary64.c).
 *
 * In mlp a change of one entry is followed only through what it touches: one line of Z1 or Z2 (point.h).
 * Kinks are told from the signs of both arguments of max, and that of step, at every point used. */
#ifndef SP_NUMDIFF_NUMDIFF_H
#define SP_NUMDIFF_NUMDIFF_H

#include "network/network.h"

typedef enum sp_numdiff_state {
    SP_NUMDIFF_SKIPPED, /* not in the sample */
    SP_NUMDIFF_JUDGED,
    SP_NUMDIFF_KINK,    /* the points used lie on different sides of a kink: shown, not judged */
    SP_NUMDIFF_UNUSABLE /* the loss is not finite there, or nothing is known of its rounding */
} sp_numdiff_state;

/* dL/d(entry) for all entries of one tensor whose gradient is a result, row-major as in
 * sp_network_data. */
typedef struct sp_numdiff_tensor {
    size_t rows, cols;
    sp_numdiff_state *state;
    mpfr_t *slope; /* NULL in binary64; NaN where SKIPPED */
    mpfr_t *error; /* |slope - dL/dt| is at most this if the loss is smooth near the point */
    double *slope_binary64, *error_binary64; /* NULL in mpfr */
    size_t judged, kinks, unusable;
} sp_numdiff_tensor;

/* A directional derivative through a whole tensor, taken when not every entry is. */
typedef struct sp_numdiff_direction {
    sp_tensor tensor;
    double *direction; /* entries of the tensor, each +1 or -1 */
    sp_numdiff_state state;
    mpfr_t slope, error;
} sp_numdiff_direction;

typedef struct sp_numdiff {
    bool mpfr; /* else binary64 */
    unsigned bits, working_bits; /* mpfr: what is computed with */
    sp_numdiff_tensor tensor[SP_MAX_TENSORS]; /* those of data that are no argument of the loss are empty */
    sp_numdiff_direction *direction;
    size_t directions;
    size_t entries, looked_at; /* of all tensors */
    const char *step;          /* in words: method, step and working precision */
    const char *sample;        /* in words, if not every entry was looked at; else NULL */
} sp_numdiff;

/* mlp has a fast path of its own (point.h); of any other network the whole loss is run anew for every point, but for
 * what does not depend on the tensor (generic.h).
 *
 * budget: the work, in multiply-adds (a tanh counts as 100), above which `full` becomes a stated
 * sample of at least one entry of each tensor; 0: no budget. Of a network for which even that takes minutes nothing is
 * looked at, which is stated too. */
const sp_numdiff *sp_numdiff_mpfr(sp_pool *pool, const sp_case *of, const sp_network *network,
                                  unsigned bits, double budget);
/* deterministic: as of sp_arithmetic; mpfr always is. */
const sp_numdiff *sp_numdiff_binary64(sp_pool *pool, const sp_case *of, const sp_network *network,
                                      double budget, bool deterministic);

#endif

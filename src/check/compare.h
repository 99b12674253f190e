/* Comparing values with a bound on the rounding of both, entry by entry, rank by rank. */
#ifndef SP_CHECK_COMPARE_H
#define SP_CHECK_COMPARE_H

#include "check/quantity.h"
#include "spmd/interpret.h"

typedef enum sp_entry_class {
    SP_ENTRY_WITHIN,     /* |got - want| <= bound, all finite */
    SP_ENTRY_UNBOUNDED,  /* not both NaN or infinite, and the bound is infinite: says nothing */
    SP_ENTRY_NOT_FINITE, /* NaN or infinite on both sides */
    SP_ENTRY_BEYOND,     /* |got - want| > bound */
    SP_ENTRY_ONE_SIDED   /* NaN or infinite on one side only, and the bound is finite */
} sp_entry_class;

/* Compares two numbers, finite or not. bound = bar + radius * 2^-bits, rounded up; bar may be NULL
 * for 0; a radius or bar that is NaN counts as infinite. difference = |got - want| rounded away
 * from zero, NaN if one of them is not finite. The comparison of the two is exact: a difference of
 * just the bound is within, anything more is beyond. difference has at least the precision of
 * bound. */
sp_entry_class sp_entry_compare(mpfr_t difference, mpfr_t bound, mpfr_srcptr got,
                                mpfr_srcptr want, double radius, mpfr_srcptr bar, unsigned bits);

/* a + b rounded up: two error bounds of one comparison. */
double sp_radius_add(double a, double b);

/* What one rank (or, for a sum over an axis, one group of ranks) holds of a whole result. */
typedef struct sp_holding {
    size_t rank; /* of a group: its first */
    sp_indices row, column;
    const sp_matrix *matrix;
} sp_holding;

typedef struct sp_holdings {
    sp_holding *item;
    size_t count;
    size_t entries; /* of all */
} sp_holdings;

/* value under a layout; with sum_axis >= 0 the matrices along that axis are added in the number
 * system, and the sums are the holdings. */
sp_holdings sp_holdings_of(const sp_arithmetic *in, const sp_ownership *ownership,
                           const sp_layout *layout, int sum_axis, const sp_value *value);

/* Where an entry is in holdings: which one, and the local place. */
typedef struct sp_entry_place {
    size_t holding, i, j;
} sp_entry_place;

/* The comparison of all holdings with the whole result of the delta rule. */
typedef struct sp_comparison {
    size_t count[SP_ENTRY_ONE_SIDED + 1]; /* of entries of every class */
    size_t equal, holdings_wrong;
    sp_entry_place place;  /* of the largest difference */
    mpfr_ptr largest, bound, scale;
} sp_comparison;

/* got: values in number system `in`; got_bound and want_bound: the same program in `bound`.
 * covered: one flag for each entry in order of holdings, set for those that are within; or NULL. */
sp_comparison sp_compare(const sp_arithmetic *in, const sp_holdings *got, const sp_matrix *want,
                         const sp_arithmetic *bound, const sp_holdings *got_bound,
                         const sp_matrix *want_bound, bool *covered);

#endif

/* Inside of the algebra: functions of which more is known than their name (exp, log, roots, maxima), and what they
 * need. Shared by the files of the algebra, and by nobody else. */
#ifndef SP_ALGEBRA_ELEMENTARY_H
#define SP_ALGEBRA_ELEMENTARY_H

#include "algebra/algebra.h"

static inline bool sp_is_symbol(const sp_factor *f, sp_symbol symbol)
{
    return f->kind == SP_FACTOR_APPLY && f->is.apply.symbol == symbol;
}
static inline bool sp_is_elementary(sp_symbol symbol)
{
    return (symbol >= SP_SYMBOL_EXP && symbol <= SP_SYMBOL_RSQRT) || symbol >= SP_SYMBOL_MAXIMUM;
}
/* sp_apply for what was applied before, to something else: what is assumed of it was noted then. */
const sp_expression *sp_apply_again(sp_algebra *in, sp_symbol symbol, const sp_expression *a,
                                    const sp_expression *b);
/* sp_apply of an elementary function to what does not branch on a condition. */
const sp_expression *sp_elementary_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a);
const sp_expression *sp_logarithm(sp_algebra *in, const sp_expression *a);
const sp_expression *sp_root(sp_algebra *in, const sp_expression *a);
const sp_expression *sp_maximum_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a);
/* The function of a by its name only, of a that is in normal form for it. */
const sp_expression *sp_apply_alone(sp_algebra *in, sp_symbol symbol, const sp_expression *a);
sp_rational sp_rational_sum(sp_algebra *in, sp_rational a, sp_rational b);
static inline sp_rational sp_rational_negative(sp_rational a) { return (sp_rational){-a.n, a.d}; }
void sp_note(sp_algebra *in, const sp_expression ***list, size_t *count, size_t *capacity,
             const sp_expression *a);

/* ---- one term ---- */

/* c m of a factor exp(c m), or NULL. */
static inline const sp_term *sp_exponent_of(const sp_factor *f)
{
    return sp_is_symbol(f, SP_SYMBOL_EXP) ? &f->is.apply.argument[0]->term[0] : NULL;
}
/* Multiplies by exp(c m): a work has one factor exp(c m) for each monomial m at most, to the power 1. */
void sp_work_exponent(sp_algebra *in, sp_work *w, sp_rational c, const sp_monomial *m);
/* The x of a monomial log(x), or NULL. exp(c log(x)) is x^c; it stays as it is only for 0 < c < 1 and no c = 1/2. */
const sp_expression *sp_inside_log(const sp_monomial *m);
bool sp_stays_exponent(sp_rational c);
const sp_expression *sp_power_of_log(sp_algebra *in, const sp_expression *x, sp_rational c, const sp_monomial *m);
/* What takes the place of a factor that is no longer in normal form, taken out of the work: sqrt(x)^2,
 * exp(2 log(x)); NULL if there is none. */
const sp_expression *sp_work_take_root(sp_algebra *in, sp_work *w);
/* Sums of distributions are 1; true if there was one. */
bool sp_work_distribution(sp_algebra *in, sp_work *w);
/* The factors and summed variables of the work that hang together with summed variable number `first`, where
 * those that occur in `fixed` (NULL: none) count as free. */
void sp_work_component(const sp_work *w, size_t first, const sp_factor *fixed, sp_work *part, bool *taken);
void sp_work_drop_component(sp_work *w, const sp_work *part, const bool *taken);

/* ---- all terms: common.c ---- */

/* What stands under a root or in a logarithm is no number that is not positive. */
void sp_must_be_positive(sp_algebra *in, const sp_expression *a);
/* Whether something that the monomial sums over occurs in its factor. */
bool sp_is_bound(const sp_monomial *m, const sp_factor *f);
/* What all terms of a share, into a work that is 1: positive numbers and sizes; factors, and exponentials, in
 * which nothing summed occurs. */
void sp_share_numbers(sp_algebra *in, const sp_expression *a, sp_work *shared);
void sp_share_factors(sp_algebra *in, const sp_expression *a, sp_work *shared);
void sp_share_exponentials(sp_algebra *in, const sp_expression *a, sp_work *shared);
const sp_expression *sp_without(sp_algebra *in, const sp_expression *a, const sp_work *shared);
/* a = shared rest, shared one term without sums; false if nothing is shared by all terms of a. */
bool sp_take_common(sp_algebra *in, const sp_expression *a, const sp_expression **shared,
                    const sp_expression **rest);
/* a = numerator / x^power for a reciprocal 1/x in a term of a, of a positive x if it has to be; false if there is
 * none where nothing summed occurs in it. */
bool sp_clear_fraction(sp_algebra *in, const sp_expression *a, bool positive, const sp_expression **numerator,
                       const sp_expression **x, int *power);

/* ---- maxima ---- */

/* A maximum was used as a number, and not only for another maximum: what it is taken over is not empty. */
void sp_maximum_used(sp_algebra *in, const sp_factor *maximum);
/* Called for what is multiplied, even by 0, or what a function is applied to; a sum's terms are seen when it is
 * made. A maximum by itself is not used yet. */
void sp_use_lone_maximum(sp_algebra *in, const sp_expression *e);

#endif

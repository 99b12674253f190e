/* What can be seen from the text of a formula: where its kinks are, and whether it is a
 * polynomial. */
#ifndef SP_NUMDIFF_SHAPE_H
#define SP_NUMDIFF_SHAPE_H

#include "lang/formula.h"

/* The formulas whose sign changes are the kinks of a formula in its variable 0: a - b for every
 * max(a, b) and a for every step(a), without those in which variable 0 does not occur. */
typedef struct sp_kinks {
    sp_formula *formula;
    size_t count;
} sp_kinks;

sp_kinks sp_formula_kinks(sp_pool *pool, const sp_formula *formula);
/* In the same way the formulas near whose zeros it has no bounded derivatives: b for every a / b, and a for every
 * log(a) and sqrt(a); constants among them. */
sp_kinks sp_formula_poles(sp_pool *pool, const sp_formula *formula);

enum { SP_DEGREE_UNKNOWN = 3 }; /* more than 2, or no polynomial */
/* The degree in t at most, for a variable 0 that is a polynomial of degree `degree` in t. */
int sp_formula_degree(sp_pool *pool, const sp_formula *formula, int degree);

#endif

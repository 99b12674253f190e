/* How the tests of elementary functions write expressions. */
#ifndef TESTS_ALGEBRA_ELEMENTARY_H
#define TESTS_ALGEBRA_ELEMENTARY_H

#include "algebra_expressions.h"

static const sp_part over_other = {.dim = SP_DIM_DH, .axes = 1, .axis = {1}};
static const sp_part over_both = {.dim = SP_DIM_DH, .axes = 2, .axis = {0, 1}};

/* Entries T[a,b] and T[a] of unknown tensors. */
enum { S = 1, Y = 2, P = 3, Q = 4 };

static inline const sp_expression *at2(unsigned of, sp_variable a, sp_variable b)
{
    const sp_variable both[2] = {a, b};
    return sp_entry(in, of, 2, both);
}

static inline const sp_expression *at1(unsigned of, sp_variable a)
{
    return sp_entry(in, of, 1, &a);
}

static inline const sp_expression *at0(unsigned of)
{
    const sp_variable none = 0;
    return sp_entry(in, of, 0, &none);
}

static inline const sp_expression *minus(const sp_expression *a, const sp_expression *b)
{
    return sp_subtract(in, a, b);
}

static inline const sp_expression *over(const sp_expression *a, const sp_expression *b)
{
    return sp_divide(in, a, b);
}

static inline const sp_expression *number(int64_t n, int64_t d)
{
    return sp_number(in, (sp_rational){n, d});
}

#define FUNCTION(name, symbol)                                                     \
    static inline const sp_expression *name(const sp_expression *e)                \
    {                                                                              \
        return sp_apply(in, symbol, e, NULL);                                      \
    }

FUNCTION(e_to, SP_SYMBOL_EXP)
FUNCTION(ln, SP_SYMBOL_LOG)
FUNCTION(root, SP_SYMBOL_SQRT)
FUNCTION(rsqrt, SP_SYMBOL_RSQRT)
FUNCTION(sigma, SP_SYMBOL_SIGMA)

static inline sp_coordinate coordinate(sp_variable r)
{
    return sp_coordinate_of(r);
}

static inline const sp_expression *owned_by(sp_variable k, sp_coordinate at)
{
    return sp_same_rank(in, sp_owner(in, &over_tp, k), at);
}

static inline const sp_expression *largest(sp_variable v, const sp_expression *condition, const sp_expression *e)
{
    return sp_max_over(in, e, condition, &v, 1);
}

#define ONE sp_integer(in, 1)
#define ZERO sp_integer(in, 0)

#endif

/* How the tests of elementary functions write expressions. Equal expressions are one object, so a test that breaks
 * a rule fails on a pointer. */
#ifndef TESTS_PROOF_ELEMENTARY_H
#define TESTS_PROOF_ELEMENTARY_H

#include "proof/expression.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sp_pool *pool;
static sp_algebra *in;

/* Indices and coordinates that the tests write with. */
#define FIRST sp_variable_place(0, SP_DIM_N)
#define K sp_variable_place(1, SP_DIM_DH)
#define R sp_variable_rank(0)

static const sp_part over_tp = {.dim = SP_DIM_DH, .axes = 1, .axis = {0}};
static const sp_part over_other = {.dim = SP_DIM_DH, .axes = 1, .axis = {1}};
static const sp_part over_both = {.dim = SP_DIM_DH, .axes = 2, .axis = {0, 1}};

static inline sp_variable index_of(sp_dim dim)
{
    return sp_fresh(in, sp_sort_of_dim(dim));
}

static inline sp_variable rank(void)
{
    return sp_fresh(in, sp_sort_of_axis(0));
}

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

static inline const sp_expression *times(const sp_expression *a, const sp_expression *b)
{
    return sp_multiply(in, a, b);
}

static inline const sp_expression *plus(const sp_expression *a, const sp_expression *b)
{
    return sp_add(in, a, b);
}

static inline const sp_expression *minus(const sp_expression *a, const sp_expression *b)
{
    return sp_subtract(in, a, b);
}

static inline const sp_expression *over(const sp_expression *a, const sp_expression *b)
{
    return sp_divide(in, a, b);
}

static inline const sp_expression *sum(sp_variable v, const sp_expression *e)
{
    return sp_sum_over(in, e, &v, 1);
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
#define SAME(a, b) assert_ptr_equal(a, b)
#define NOT_SAME(a, b) assert_ptr_not_equal(a, b)

static inline void run(void (*body)(void *))
{
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    in = sp_algebra_open(pool, NULL);
    assert_int_equal(sp_algebra_run(in, body, NULL), SP_PROOF_NO_LIMIT);
    sp_pool_close(pool);
}

#define TEST(name)                      \
    static void name##_body(void *);    \
    static void name(void **state)      \
    {                                   \
        (void)state;                    \
        run(name##_body);               \
    }                                   \
    static void name##_body(void *unused)

#endif

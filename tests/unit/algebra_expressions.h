/* What the tests of expressions write with. Equal expressions are one object, so a test that breaks a rule fails on a
 * pointer. */
#ifndef TESTS_ALGEBRA_EXPRESSIONS_H
#define TESTS_ALGEBRA_EXPRESSIONS_H

#include "algebra/expression.h"

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

static inline sp_variable index_of(sp_dim dim)
{
    return sp_fresh(in, sp_sort_of_dim(dim));
}

static inline sp_variable rank(void)
{
    return sp_fresh(in, sp_sort_of_axis(0));
}

static inline const sp_expression *times(const sp_expression *a, const sp_expression *b)
{
    return sp_multiply(in, a, b);
}

static inline const sp_expression *plus(const sp_expression *a, const sp_expression *b)
{
    return sp_add(in, a, b);
}

static inline const sp_expression *sum(sp_variable v, const sp_expression *e)
{
    return sp_sum_over(in, e, &v, 1);
}

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

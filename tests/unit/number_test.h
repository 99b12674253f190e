/* What the tests of number systems share: pools, random doubles, exact values. */
#ifndef NUMBER_TEST_H
#define NUMBER_TEST_H

#include "number/system.h"
#include "random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include <cmocka.h>

static uint64_t random_state;

static inline uint64_t random_bits(void)
{
    return random_next(&random_state);
}

static inline size_t random_below(size_t n)
{
    return (size_t)(random_bits() % n);
}

/* Uniform in (-1, 1). */
static inline double random_unit(void)
{
    return ((double)(random_bits() >> 11) + 0.5) * 0x1p-52 - 1;
}

/* A random significand of either sign with an exponent from -range to range; now and then 0. */
static inline double random_wild(int range)
{
    if (random_below(16) == 0)
        return 0;
    return ldexp(random_unit(), (int)random_below(2 * (size_t)range + 1) - range);
}

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* The same bits, all NaN being one. */
#define assert_same_double(a, b)                                                             \
    do {                                                                                     \
        const double got_ = (a), want_ = (b);                                                \
        if (bits_of(got_) != bits_of(want_) && !(got_ != got_ && want_ != want_)) {          \
            print_error("got %a, want %a\n", got_, want_);                                   \
            fail();                                                                          \
        }                                                                                    \
    } while (0)

static inline sp_pool *open_pool(void)
{
    sp_pool *pool = NULL;
    gsl_set_error_handler_off();
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    return pool;
}

static inline sp_arithmetic arithmetic_in(sp_pool *pool, const char *name, unsigned bits)
{
    const sp_number_system *system = sp_number_system_find(name);
    assert_non_null(system);
    return (sp_arithmetic){.system = system, .pool = pool, .bits = bits, .threads = 1};
}

static inline sp_matrix *matrix_of(const sp_arithmetic *in, size_t rows, size_t cols,
                                   const double *value)
{
    sp_matrix *m = sp_matrix_create(in, rows, cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            in->system->set(in, m, i, j, value[i * cols + j]);
    return m;
}

/* An entry as a double: exact for binary64 and bound. */
static inline double entry_of(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j)
{
    mpfr_t x;
    mpfr_init2(x, 53);
    in->system->get(in, m, i, j, x);
    const double value = mpfr_get_d(x, MPFR_RNDN);
    mpfr_clear(x);
    return value;
}

/* A matrix of `system` for results, its old content being NaN: it must not matter. */
static inline sp_matrix *result_matrix(const sp_arithmetic *in, size_t rows, size_t cols)
{
    sp_matrix *m = sp_matrix_create(in, rows, cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            in->system->set(in, m, i, j, (double)NAN);
    return m;
}

#endif

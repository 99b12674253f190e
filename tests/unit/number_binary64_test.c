/* binary64: within the textbook bound of the exact result; `deterministic` means bits that a
 * plain loop and correct rounding give. The oracle is MPFR with so many bits that nothing is
 * rounded. */
#include "number_test.h"

/* Sums of products of doubles with exponents from -400 to 400 are exact with this many bits. */
enum { EXACT_BITS = 2000, RANGE = 400 };

static double *wild(sp_pool *pool, size_t count, int range)
{
    double *value = SP_NEW_ARRAY(pool, double, count);
    for (size_t i = 0; i < count; i++)
        value[i] = random_wild(range);
    return value;
}

/* |v - sum| <= n u sum |products|, gamma_n being a little more; the left side exact. Broken by:
 * an operand that is not the one asked for, single precision. */
static void products_are_near_the_exact_ones(void **state)
{
    (void)state;
    random_state = 7;
    mpfr_t sum, magnitude, term;
    mpfr_inits2(EXACT_BITS, sum, magnitude, term, (mpfr_ptr)NULL);
    for (int round = 0; round < 80; round++) {
        sp_pool *pool = open_pool();
        sp_arithmetic in = arithmetic_in(pool, "binary64", 53);
        in.deterministic = round & 4;
        const size_t n = 1 + random_below(5), inner = 1 + random_below(40), m = 1 + random_below(6);
        const bool ta = round & 1, tb = round & 2;
        const double *x = wild(pool, n * inner, RANGE), *y = wild(pool, inner * m, RANGE);
        sp_matrix *a = ta ? matrix_of(&in, inner, n, x) : matrix_of(&in, n, inner, x);
        sp_matrix *b = tb ? matrix_of(&in, m, inner, y) : matrix_of(&in, inner, m, y);
        sp_matrix *out = result_matrix(&in, n, m);
        in.system->product(&in, out, a, ta, b, tb);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < m; j++) {
                mpfr_set_d(sum, -entry_of(&in, out, i, j), MPFR_RNDN);
                mpfr_set_zero(magnitude, 1);
                for (size_t k = 0; k < inner; k++) {
                    mpfr_set_d(term, ta ? x[k * n + i] : x[i * inner + k], MPFR_RNDN);
                    mpfr_mul_d(term, term, tb ? y[j * inner + k] : y[k * m + j], MPFR_RNDN);
                    mpfr_add(sum, sum, term, MPFR_RNDN);
                    mpfr_abs(term, term, MPFR_RNDN);
                    mpfr_add(magnitude, magnitude, term, MPFR_RNDN);
                }
                mpfr_mul_d(magnitude, magnitude, (double)inner * 0x1.0001p-53, MPFR_RNDN);
                mpfr_abs(sum, sum, MPFR_RNDN);
                assert_true(mpfr_lessequal_p(sum, magnitude));
            }
        sp_pool_close(pool);
    }
    mpfr_clears(sum, magnitude, term, (mpfr_ptr)NULL);
}

/* Broken by: a fused multiply-add, a reordered sum, a sum that starts from 0, a BLAS. */
static void deterministic_products_are_plain_loops(void **state)
{
    (void)state;
    random_state = 8;
    for (int round = 0; round < 60; round++) {
        sp_pool *pool = open_pool();
        sp_arithmetic in = arithmetic_in(pool, "binary64", 53);
        in.deterministic = true;
        const size_t n = 1 + random_below(9), inner = 1 + random_below(70);
        const size_t m = 1 + random_below(20);
        const bool ta = round & 1, tb = round & 2;
        const double *x = wild(pool, n * inner, 2), *y = wild(pool, inner * m, 2);
        sp_matrix *a = ta ? matrix_of(&in, inner, n, x) : matrix_of(&in, n, inner, x);
        sp_matrix *b = tb ? matrix_of(&in, m, inner, y) : matrix_of(&in, inner, m, y);
        sp_matrix *out = result_matrix(&in, n, m);
        in.system->product(&in, out, a, ta, b, tb);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < m; j++) {
                volatile double sum = 0; /* so that nothing is fused or reordered */
                for (size_t k = 0; k < inner; k++) {
                    volatile double product = (ta ? x[k * n + i] : x[i * inner + k]) *
                                              (tb ? y[j * inner + k] : y[k * m + j]);
                    sum = k == 0 ? product : sum + product;
                }
                assert_same_double(entry_of(&in, out, i, j), sum);
            }
        sp_pool_close(pool);
    }
}

static const sp_primitive function[] = {SP_PRIMITIVE_EXP, SP_PRIMITIVE_LOG, SP_PRIMITIVE_TANH,
                                        SP_PRIMITIVE_ERF, SP_PRIMITIVE_ERF_PRIME};
enum { FUNCTIONS = sizeof function / sizeof *function };
static int (*const exactly[])(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t) = {mpfr_exp, mpfr_log, mpfr_tanh,
                                                                    mpfr_erf, sp_mpfr_erf_prime};

/* Arguments at which the results are ordinary, subnormal, overflow, vanish, 0, infinite, NaN. */
static double argument(size_t i)
{
    static const double special[] = {0.0, -0.0, 1.0, -1.0, (double)INFINITY, -(double)INFINITY,
                                     (double)NAN, 0x1p-1074, -0x1p-1074, 0x3p-1074, 0x1p-1022,
                                     -0x1.8p-1030, 709.782712893384, 709.7827128933841,
                                     -745.1332191019411, -745.1332191019412, -744.4400719213812,
                                     -745.2, 1e308, 6.0, -5.9};
    if (i < sizeof special / sizeof *special)
        return special[i];
    switch (random_below(5)) {
    case 0:
        return -708.4 - 37 * fabs(random_unit()); /* exp is subnormal */
    case 1:
        return ldexp(random_unit(), -(int)random_below(52) - 1022);
    case 2:
        return random_wild(1000);
    default:
        return 8 * random_unit();
    }
}
enum { ARGUMENTS = 600 };

/* Broken by: a second rounding of subnormal results, exponents left restricted. */
static void deterministic_functions_are_correctly_rounded(void **state)
{
    (void)state;
    random_state = 9;
    sp_pool *pool = open_pool();
    sp_arithmetic in = arithmetic_in(pool, "binary64", 53);
    in.deterministic = true;
    double x[ARGUMENTS];
    for (size_t i = 0; i < ARGUMENTS; i++)
        x[i] = argument(i);
    sp_matrix *a = matrix_of(&in, 3, ARGUMENTS / 3, x), *out = result_matrix(&in, 3, ARGUMENTS / 3);
    const mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
    mpfr_t y;
    mpfr_init2(y, 300);
    for (size_t f = 0; f < FUNCTIONS; f++) {
        in.system->unary(&in, function[f], out, a);
        assert_true(emin == mpfr_get_emin() && emax == mpfr_get_emax());
        for (size_t i = 0; i < ARGUMENTS; i++) {
            mpfr_set_d(y, x[i], MPFR_RNDN);
            exactly[f](y, y, MPFR_RNDN);
            const double got = entry_of(&in, out, i / (ARGUMENTS / 3), i % (ARGUMENTS / 3));
            assert_same_double(got, mpfr_get_d(y, MPFR_RNDN));
        }
    }
    mpfr_clear(y);
    sp_pool_close(pool);
}

/* What the bounds assume of the C library, on this machine: at most 4 ulp, and exact at 0 and 1. */
static void library_functions_are_as_good_as_assumed(void **state)
{
    (void)state;
    random_state = 10;
    sp_pool *pool = open_pool();
    const sp_arithmetic in = arithmetic_in(pool, "binary64", 53);
    double worst = 0;
    mpfr_t y, got, ulp;
    mpfr_inits2(300, y, got, ulp, (mpfr_ptr)NULL);
    for (int round = 0; round < 40; round++) {
        double x[ARGUMENTS];
        for (size_t i = 0; i < ARGUMENTS; i++)
            x[i] = argument(i);
        sp_matrix *a = matrix_of(&in, 1, ARGUMENTS, x), *out = result_matrix(&in, 1, ARGUMENTS);
        for (size_t f = 0; f < FUNCTIONS; f++) {
            in.system->unary(&in, function[f], out, a);
            for (size_t i = 0; i < ARGUMENTS; i++) {
                mpfr_set_d(y, x[i], MPFR_RNDN);
                exactly[f](y, y, MPFR_RNDN);
                const double v = entry_of(&in, out, 0, i), near = mpfr_get_d(y, MPFR_RNDN);
                if (!isfinite(v) || !isfinite(near) || near == 0) {
                    assert_true(v == near || (v != v && near != near) ||
                                (near == 0 && fabs(v) <= 0x1p-1074));
                    continue;
                }
                int exponent;
                frexp(near, &exponent);
                mpfr_set_ui_2exp(ulp, 1, exponent < -1021 ? -1074 : exponent - 53, MPFR_RNDN);
                mpfr_set_d(got, v, MPFR_RNDN);
                mpfr_sub(got, got, y, MPFR_RNDN);
                mpfr_div(got, got, ulp, MPFR_RNDN);
                const double error = fabs(mpfr_get_d(got, MPFR_RNDN));
                if (error > worst)
                    worst = error;
            }
        }
    }
    print_message("largest error of exp, log, tanh, erf: %.2f ulp\n", worst);
    assert_true(worst <= 4);
    const double zero = 0, one = 1;
    sp_matrix *at_zero = matrix_of(&in, 1, 1, &zero), *at_one = matrix_of(&in, 1, 1, &one);
    static const double want[] = {1, 0, 0, 0}; /* erf'(0) is no double */
    sp_matrix *out = result_matrix(&in, 1, 1);
    for (size_t f = 0; f < sizeof want / sizeof *want; f++) {
        in.system->unary(&in, function[f], out,
                         function[f] == SP_PRIMITIVE_LOG ? at_one : at_zero);
        assert_same_double(entry_of(&in, out, 0, 0), want[f]);
    }
    mpfr_clears(y, got, ulp, (mpfr_ptr)NULL);
    sp_pool_close(pool);
}

/* Larger than any tile or unrolled loop of a BLAS: integers, so any order gives the same. */
static void large_products_are_exact_on_integers(void **state)
{
    (void)state;
    random_state = 11;
    sp_pool *pool = open_pool();
    sp_arithmetic in = arithmetic_in(pool, "binary64", 53);
    const size_t n = 150, inner = 301, m = 97;
    double *x = SP_NEW_ARRAY(pool, double, n *inner), *y = SP_NEW_ARRAY(pool, double, inner *m);
    for (size_t i = 0; i < n * inner; i++)
        x[i] = (double)((long)random_below(2001) - 1000);
    for (size_t i = 0; i < inner * m; i++)
        y[i] = (double)((long)random_below(2001) - 1000);
    sp_matrix *a = matrix_of(&in, n, inner, x), *b = matrix_of(&in, inner, m, y);
    sp_matrix *blas = result_matrix(&in, n, m), *loops = result_matrix(&in, n, m);
    in.system->product(&in, blas, a, false, b, false);
    in.deterministic = true;
    in.system->product(&in, loops, a, false, b, false);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            long sum = 0;
            for (size_t k = 0; k < inner; k++)
                sum += (long)x[i * inner + k] * (long)y[k * m + j];
            assert_same_double(entry_of(&in, blas, i, j), (double)sum + 0.0);
            assert_same_double(entry_of(&in, loops, i, j), (double)sum + 0.0);
        }
    sp_pool_close(pool);
}

static int free_caches(void **state)
{
    (void)state;
    mpfr_free_cache();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_near_the_exact_ones),
        cmocka_unit_test(deterministic_products_are_plain_loops),
        cmocka_unit_test(deterministic_functions_are_correctly_rounded),
        cmocka_unit_test(library_functions_are_as_good_as_assumed),
        cmocka_unit_test(large_products_are_exact_on_integers),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}

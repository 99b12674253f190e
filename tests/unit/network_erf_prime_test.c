/* The primitive erf' in every number system: binary64 and bound against MPFR, MPFR against more
 * bits, and against the differences of erf. */
#include "number/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const double points[] = {0,    -0.0, 0x1p-600, 1e-300, 1e-9,  0.1,   -0.5, 1,     -1.7,
                                2.25, 5,    -7.3,     13.1,   -26.5, 27.22, -28,  1e200,
                                -(double)INFINITY};
enum { POINTS = sizeof points / sizeof *points };

static sp_matrix *apply(sp_arithmetic *in, sp_pool *pool, const char *system, unsigned bits)
{
    *in = (sp_arithmetic){.system = sp_number_system_find(system), .pool = pool, .bits = bits, .threads = 1};
    sp_matrix *a = sp_matrix_create(in, 1, POINTS), *out = sp_matrix_create(in, 1, POINTS);
    for (size_t i = 0; i < POINTS; i++)
        in->system->set(in, a, 0, i, points[i]);
    in->system->unary(in, SP_PRIMITIVE_ERF_PRIME, out, a);
    return out;
}

static int open_pool(void **state)
{
    sp_pool *pool = NULL;
    if (sp_pool_open(&pool, NULL, NULL) != SP_OK)
        return 1;
    *state = pool;
    return 0;
}

static int close_pool(void **state)
{
    sp_pool_close(*state);
    mpfr_free_cache();
    return 0;
}

/* Rounding the value of 4000 bits gives that of 24, 53 and 600 bits. */
static void mpfr_rounds_correctly(void **state)
{
    static const unsigned bits[] = {24, 53, 600};
    sp_arithmetic exact, in;
    sp_matrix *want = apply(&exact, *state, "mpfr", 4000);
    mpfr_t x, y;
    mpfr_init2(x, 4000);
    for (size_t b = 0; b < sizeof bits / sizeof *bits; b++) {
        sp_matrix *got = apply(&in, *state, "mpfr", bits[b]);
        mpfr_init2(y, bits[b]);
        for (size_t i = 0; i < POINTS; i++) {
            exact.system->get(&exact, want, 0, i, y);
            in.system->get(&in, got, 0, i, x);
            /* set() has rounded the point to 24 bits, so only points of 24 bits can be compared */
            if (bits[b] >= 53 || (double)(float)points[i] == points[i])
                assert_true(mpfr_equal_p(x, y));
        }
        mpfr_clear(y);
    }
    mpfr_clear(x);
}

/* (erf(a + h) - erf(a - h)) / 2h with h = 2^-300 is erf'(a) to 590 bits. Broken by: a wrong
 * constant. */
static void it_is_the_derivative_of_erf(void **state)
{
    sp_arithmetic in;
    sp_matrix *out = apply(&in, *state, "mpfr", 1000);
    mpfr_t up, down, value;
    mpfr_inits2(1000, up, down, value, (mpfr_ptr)0);
    for (size_t i = 0; i < POINTS; i++) {
        if (fabs(points[i]) > 20)
            continue;
        mpfr_set_si_2exp(value, 1, -300, MPFR_RNDN);
        mpfr_add_d(up, value, points[i], MPFR_RNDN);
        mpfr_d_sub(down, points[i], value, MPFR_RNDN);
        mpfr_erf(up, up, MPFR_RNDN);
        mpfr_erf(down, down, MPFR_RNDN);
        mpfr_sub(up, up, down, MPFR_RNDN);
        mpfr_mul_2ui(up, up, 299, MPFR_RNDN);
        in.system->get(&in, out, 0, i, value);
        mpfr_sub(up, up, value, MPFR_RNDN);
        assert_true(mpfr_cmpabs(up, value) <= 0);
        mpfr_mul_2ui(up, up, 580, MPFR_RNDN);
        assert_true(mpfr_cmp_d(up, 1) < 0 && mpfr_cmp_d(up, -1) > 0);
    }
    mpfr_clears(up, down, value, (mpfr_ptr)0);
}

/* Within 4 units in the last place in binary64 (subnormal: 1), and exactly MPFR's in deterministic
 * arithmetic; the radius of bound holds both. */
static void doubles_are_near(void **state)
{
    sp_arithmetic exact, in, bound;
    sp_matrix *want = apply(&exact, *state, "mpfr", 200);
    sp_matrix *got = apply(&in, *state, "binary64", 53);
    sp_matrix *with = apply(&bound, *state, "bound", 53);
    mpfr_t x, y;
    mpfr_inits2(200, x, y, (mpfr_ptr)0);
    for (size_t i = 0; i < POINTS; i++) {
        exact.system->get(&exact, want, 0, i, x);
        double value = ((double *)got->data)[i], nearest = mpfr_get_d(x, MPFR_RNDN);
        double ulp = nextafter(nearest, (double)INFINITY) - nearest;
        assert_true(fabs(value - nearest) <= (nearest < 1e-300 ? 1 : 4) * ulp);
        if (isinf(points[i])) /* bound says nothing about infinity */
            continue;
        bound.system->get(&bound, with, 0, i, y);
        assert_true(mpfr_get_d(y, MPFR_RNDN) == value);
        double radius = sp_bound_radius(&bound, with, 0, i);
        assert_true(radius < 20 * fmax(value, 0x1p-1020));
        mpfr_sub(x, x, y, MPFR_RNDN);
        mpfr_mul_2ui(x, x, 53, MPFR_RNDN);
        assert_true(mpfr_cmp_d(x, radius) <= 0 && mpfr_cmp_d(x, -radius) >= 0);
    }
    in.deterministic = true;
    sp_matrix *a = sp_matrix_create(&in, 1, POINTS);
    for (size_t i = 0; i < POINTS; i++)
        in.system->set(&in, a, 0, i, points[i]);
    in.system->unary(&in, SP_PRIMITIVE_ERF_PRIME, got, a);
    for (size_t i = 0; i < POINTS; i++) {
        exact.system->get(&exact, want, 0, i, x);
        assert_true(((double *)got->data)[i] == mpfr_get_d(x, MPFR_RNDN));
    }
    mpfr_clears(x, y, (mpfr_ptr)0);
}

/* Propagated errors: erf' at an interval. Broken by: a slope that is too small. */
static void bound_passes_errors_on(void **state)
{
    static const double widths[] = {1, 1e6, 1e12, 0x1p53};
    for (size_t w = 0; w < 4; w++)
        for (double at = -3; at <= 3; at += 0.37) {
            sp_arithmetic in = {.system = sp_number_system_find("bound"), .pool = *state, .bits = 53, .threads = 1};
            sp_matrix *a = sp_matrix_create(&in, 1, 1), *out = sp_matrix_create(&in, 1, 1);
            sp_bound_set(&in, a, 0, 0, at, widths[w]);
            in.system->unary(&in, SP_PRIMITIVE_ERF_PRIME, out, a);
            double value = *(double *)out->data, radius = sp_bound_radius(&in, out, 0, 0) * 0x1p-53;
            for (int end = -1; end <= 1; end += 2) {
                double moved = at + end * widths[w] * 0x1p-53;
                double there = 1.1283791670955126 * exp(-moved * moved);
                assert_true(fabs(there - value) <= radius + 1e-15);
            }
            assert_true(radius <= widths[w] * 0x1p-53 + 1e-14);
        }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pool, close_pool)
    const struct CMUnitTest tests[] = {
        TEST(mpfr_rounds_correctly),
        TEST(it_is_the_derivative_of_erf),
        TEST(doubles_are_near),
        TEST(bound_passes_errors_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

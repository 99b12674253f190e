/* check: comparing with a bound, the digits that are certain, the ratio of a wrong result. */
#include "check/compare.h"
#include "check/ratio.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
    sp_pool *pool;
    mpfr_t *x;
} fixture;

static int open_fixture(void **state)
{
    static fixture f;
    if (sp_pool_open(&f.pool, NULL, NULL) != SP_OK)
        return 1;
    f.x = sp_temporaries(f.pool, 6, 256);
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    sp_pool_close(((fixture *)*state)->pool);
    mpfr_free_cache();
    return 0;
}

static sp_entry_class compare(fixture *f, double got, double want, double radius, unsigned bits)
{
    mpfr_set_d(f->x[2], got, MPFR_RNDN);
    mpfr_set_d(f->x[3], want, MPFR_RNDN);
    return sp_entry_compare(f->x[0], f->x[1], f->x[2], f->x[3], radius, NULL, bits);
}

/* Broken by: >= in place of >, a rounded difference, a bound rounded down. */
static void a_difference_of_just_the_bound_is_within(void **state)
{
    fixture *f = *state;
    /* bound = 3 * 2^-53 */
    assert_int_equal(compare(f, 1 + 0x2p-53, 1, 3, 53), SP_ENTRY_WITHIN);
    assert_int_equal(compare(f, 0x3p-53, 0, 3, 53), SP_ENTRY_WITHIN);
    assert_int_equal(compare(f, -0x3p-53, 0, 3, 53), SP_ENTRY_WITHIN);
    assert_int_equal(compare(f, 0x3.0000000000002p-53, 0, 3, 53), SP_ENTRY_BEYOND);
    assert_int_equal(compare(f, -0x3.0000000000002p-53, 0, 3, 53), SP_ENTRY_BEYOND);
    /* nothing may be rounded: 0 must be 0 */
    assert_int_equal(compare(f, 5, 5, 0, 53), SP_ENTRY_WITHIN);
    assert_int_equal(compare(f, 0.0, -0.0, 0, 53), SP_ENTRY_WITHIN);
    assert_int_equal(compare(f, 0x1p-1074, 0, 0, 53), SP_ENTRY_BEYOND);
    /* the exact difference 1 + 2^-1000 has no room in 256 bits: it is beyond 1 all the same */
    mpfr_set_ui_2exp(f->x[2], 1, 0, MPFR_RNDN);
    mpfr_set_si_2exp(f->x[3], -1, -1000, MPFR_RNDN);
    assert_int_equal(sp_entry_compare(f->x[0], f->x[1], f->x[2], f->x[3], 0x1p53, NULL, 53),
                     SP_ENTRY_BEYOND);
    assert_true(mpfr_cmp_ui(f->x[0], 1) > 0); /* and is shown rounded away from zero */
}

/* Broken by: NaN compared as small, inf - inf, a bound that is not finite taken for evidence. */
static void what_is_not_finite_is_told_apart(void **state)
{
    fixture *f = *state;
    const double inf = HUGE_VAL, none = nan("");
    const double bad[] = {inf, -inf, none};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(compare(f, bad[i], 1, 1e300, 53), SP_ENTRY_ONE_SIDED);
        /* another order of summation may give the other side's value */
        assert_int_equal(compare(f, 1, bad[i], inf, 53), SP_ENTRY_UNBOUNDED);
        assert_int_equal(compare(f, bad[i], 1, none, 53), SP_ENTRY_UNBOUNDED);
        assert_int_equal(compare(f, bad[i], 1, 0, 53), SP_ENTRY_ONE_SIDED);
        assert_true(mpfr_nan_p(f->x[0]));
        for (int j = 0; j < 3; j++)
            assert_int_equal(compare(f, bad[i], bad[j], 1, 53), SP_ENTRY_NOT_FINITE);
    }
    assert_int_equal(compare(f, 1, 1, inf, 53), SP_ENTRY_UNBOUNDED);
    assert_int_equal(compare(f, 1, 2, inf, 53), SP_ENTRY_UNBOUNDED);
    assert_int_equal(compare(f, 1, 1, none, 53), SP_ENTRY_UNBOUNDED);
    assert_int_equal(compare(f, 1, 1, -1, 53), SP_ENTRY_UNBOUNDED);
    mpfr_set_nan(f->x[4]);
    mpfr_set_ui(f->x[2], 1, MPFR_RNDN);
    assert_int_equal(sp_entry_compare(f->x[0], f->x[1], f->x[2], f->x[2], 0, f->x[4], 53),
                     SP_ENTRY_UNBOUNDED);
}

static void an_error_bar_widens_the_bound(void **state)
{
    fixture *f = *state;
    mpfr_set_d(f->x[2], 1.5, MPFR_RNDN);
    mpfr_set_d(f->x[3], 1.0, MPFR_RNDN);
    mpfr_set_d(f->x[4], 0.5, MPFR_RNDN);
    assert_int_equal(sp_entry_compare(f->x[0], f->x[1], f->x[2], f->x[3], 0, f->x[4], 53),
                     SP_ENTRY_WITHIN);
    mpfr_nextbelow(f->x[4]);
    assert_int_equal(sp_entry_compare(f->x[0], f->x[1], f->x[2], f->x[3], 0, f->x[4], 53),
                     SP_ENTRY_BEYOND);
    assert_int_equal(sp_entry_compare(f->x[0], f->x[1], f->x[2], f->x[3], 1, f->x[4], 53),
                     SP_ENTRY_WITHIN);
}

static void radii_are_added_upwards(void **state)
{
    (void)state;
    assert_true(sp_radius_add(1, 0x1p-60) > 1);
    assert_true(sp_radius_add(0, 0) <= 0);
    assert_true(sp_radius_add(0, 7) <= 7 && sp_radius_add(7, 0) >= 7);
    assert_true(isinf(sp_radius_add(HUGE_VAL, 0)) && isinf(sp_radius_add(1e308, 1e308)));
    assert_true(isnan(sp_radius_add(nan(""), 0)) && isnan(sp_radius_add(1, nan(""))));
}

static const char *shown(fixture *f, const char *number, const char *error, size_t digits)
{
    mpfr_set_str(f->x[0], number, 10, MPFR_RNDN);
    mpfr_set_str(f->x[1], error, 10, MPFR_RNDU);
    return sp_quantity_value(f->pool, f->x[0], f->x[1], digits);
}

static const char *up(fixture *f, const char *number)
{
    mpfr_set_str(f->x[0], number, 10, MPFR_RNDA);
    return sp_quantity_up(f->pool, f->x[0]);
}

/* Broken by: rounding to nearest, digits beyond the error, a NaN that looks like a number. */
static void only_certain_digits_are_shown(void **state)
{
    fixture *f = *state;
    assert_string_equal(up(f, "1.2300001e-45"), "1.24e-45");
    assert_string_equal(up(f, "-1.2300001e-45"), "1.24e-45");
    assert_string_equal(up(f, "9.9999"), "10");
    assert_string_equal(up(f, "0.25"), "0.25");
    assert_string_equal(up(f, "1234"), "1.24e3");
    assert_string_equal(up(f, "0"), "0");
    assert_string_equal(up(f, "nan"), "nan");
    assert_string_equal(up(f, "-inf"), "inf");
    assert_string_equal(up(f, "1e-19000"), "1.01e-19000"); /* 10^-19000 is no binary number */
    assert_string_equal(shown(f, "1.23456789", "0", 12), "1.23456789");
    assert_string_equal(shown(f, "1.23456789", "1e-70", 5), "1.2346");
    assert_string_equal(shown(f, "1.23456789", "1e-4", 12), "1.235");
    assert_string_equal(shown(f, "-1234.56789", "0.9", 12), "-1235");
    assert_string_equal(shown(f, "3", "0", 12), "3");
    assert_string_equal(shown(f, "1200", "0", 12), "1200");
    assert_string_equal(shown(f, "0.00012", "0", 12), "0.00012");
    assert_string_equal(shown(f, "1e-20", "0", 12), "1e-20");
    assert_string_equal(shown(f, "1e20", "0", 12), "1e20");
    assert_string_equal(shown(f, "1.23456789", "inf", 12), "about 1.23");
    assert_string_equal(shown(f, "1.23456789", "nan", 12), "about 1.23");
    assert_string_equal(shown(f, "1.23456789", "2", 12), "about 1.23");
    assert_string_equal(shown(f, "nan", "0", 12), "nan");
    assert_string_equal(shown(f, "-inf", "0", 12), "-inf");
}

static long bits(fixture *f, double scale, double largest)
{
    mpfr_set_d(f->x[0], largest, MPFR_RNDN);
    mpfr_set_d(f->x[1], scale, MPFR_RNDN);
    return sp_bits_agree(f->x[0], f->x[1], 53);
}

static void bits_that_agree(void **state)
{
    fixture *f = *state;
    assert_int_equal(bits(f, 1, 0), 53);
    assert_int_equal(bits(f, 0, 0), 53);
    assert_int_equal(bits(f, 1, 0x1p-10), 10);
    assert_int_equal(bits(f, 1.5, 0x1p-10), 10);
    assert_int_equal(bits(f, 1, 0x1.8p-10), 9);
    assert_int_equal(bits(f, 1, 0x1p-60), 53);
    assert_int_equal(bits(f, 1, 1), 0);
    assert_int_equal(bits(f, 1, 100), 0);
    assert_int_equal(bits(f, 0, 1), 0);
    assert_int_equal(bits(f, 1, nan("")), 0);
    assert_int_equal(bits(f, HUGE_VAL, 1), 0);
}

/* got = (a / b) want in both number systems, each divided as a program would. */
typedef struct ratio_case {
    sp_arithmetic in, bound;
    sp_matrix *got[2], *want[2];
    sp_holding holding[2];
} ratio_case;

enum { ROWS = 2, COLUMNS = 3 };

static void fill(const sp_arithmetic *in, sp_matrix **got, sp_matrix **want, double a, double b)
{
    static const double entry[ROWS][COLUMNS] = {{0.1, -7, 0}, {3e-5, 1e9, 0.7}};
    sp_matrix *scale = sp_matrix_create(in, 1, 1), *divisor = sp_matrix_create(in, 1, 1);
    sp_matrix *scaled = sp_matrix_create(in, ROWS, COLUMNS);
    *got = sp_matrix_create(in, ROWS, COLUMNS);
    *want = sp_matrix_create(in, ROWS, COLUMNS);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COLUMNS; j++)
            in->system->set(in, *want, i, j, entry[i][j]);
    in->system->set(in, scale, 0, 0, a);
    in->system->set(in, divisor, 0, 0, b);
    in->system->binary(in, SP_PRIMITIVE_MUL, scaled, *want, scale);
    in->system->binary(in, SP_PRIMITIVE_DIV, *got, scaled, divisor);
}

static ratio_case *make_ratio(fixture *f, const char *system, unsigned precision, double a,
                              double b)
{
    static const size_t index[] = {0, 1, 2};
    ratio_case *r = SP_NEW(f->pool, ratio_case);
    r->in = (sp_arithmetic){.system = sp_number_system_find(system), .pool = f->pool,
                            .bits = precision};
    r->bound = (sp_arithmetic){.system = sp_number_system_find("bound"), .pool = f->pool,
                               .bits = precision < 53 ? precision : 53};
    fill(&r->in, &r->got[0], &r->want[0], a, b);
    fill(&r->bound, &r->got[1], &r->want[1], a, b);
    for (int i = 0; i < 2; i++)
        r->holding[i] = (sp_holding){0, {index, ROWS}, {index, COLUMNS}, r->got[i]};
    return r;
}

static sp_ratio find_ratio(const ratio_case *r, long limit)
{
    sp_holdings got = {(sp_holding *)&r->holding[0], 1, ROWS * COLUMNS};
    sp_holdings radii = {(sp_holding *)&r->holding[1], 1, ROWS * COLUMNS};
    return sp_ratio_find(&r->in, &got, r->want[0], &r->bound, &radii, r->want[1], limit);
}

/* Broken by: a search that stops at the first entry, a lost sign, 333/1000 in place of 1/3. */
static void a_uniform_ratio_is_found(void **state)
{
    fixture *f = *state;
    static const long fraction[][2] = {{1, 3},  {3, 1},   {0, 1},  {-1, 1},  {-2, 7}, {3, 2},
                                       {64, 1}, {1, 512}, {7, 13}, {1000, 7}};
    for (size_t i = 0; i < sizeof fraction / sizeof *fraction; i++) {
        long a = fraction[i][0], b = fraction[i][1];
        for (int s = 0; s < 3; s++) {
            ratio_case *r = make_ratio(f, s ? "mpfr" : "binary64", s == 1 ? 256 : 53, (double)a,
                                       (double)b);
            sp_ratio ratio = find_ratio(r, 1024);
            assert_true(ratio.found);
            assert_int_equal(ratio.numerator, a);
            assert_int_equal(ratio.denominator, b);
        }
    }
}

/* Broken by: a ratio of some entries given for all, a large fraction, 1, a ratio of nothing. */
static void what_is_no_uniform_ratio_is_not_found(void **state)
{
    fixture *f = *state;
    ratio_case *r = make_ratio(f, "mpfr", 256, 1, 3);
    r->in.system->set(&r->in, r->got[0], 0, 0, 0.1);
    assert_false(find_ratio(r, 1024).found);
    r = make_ratio(f, "mpfr", 256, 1, 3);
    r->in.system->set(&r->in, r->got[0], 0, 2, 1e-300); /* where want is 0 */
    assert_false(find_ratio(r, 1024).found);
    assert_false(find_ratio(make_ratio(f, "mpfr", 256, 1, 1), 1024).found);
    assert_false(find_ratio(make_ratio(f, "mpfr", 256, 1, 1025), 1024).found);
    assert_true(find_ratio(make_ratio(f, "mpfr", 256, 1, 1025), 1025).found);
    assert_false(find_ratio(make_ratio(f, "mpfr", 256, 1e30, 1), 1024).found);
    assert_false(find_ratio(make_ratio(f, "mpfr", 256, 0.1234567, 1), 1024).found);
    r = make_ratio(f, "mpfr", 256, 1, 3);
    r->in.system->set(&r->in, r->got[0], 1, 1, nan(""));
    assert_false(find_ratio(r, 1024).found);
    r = make_ratio(f, "mpfr", 256, 1, 3);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COLUMNS; j++)
            r->in.system->set(&r->in, r->want[0], i, j, 0);
    assert_false(find_ratio(r, 1024).found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_of_just_the_bound_is_within),
        cmocka_unit_test(what_is_not_finite_is_told_apart),
        cmocka_unit_test(an_error_bar_widens_the_bound),
        cmocka_unit_test(radii_are_added_upwards),
        cmocka_unit_test(only_certain_digits_are_shown),
        cmocka_unit_test(bits_that_agree),
        cmocka_unit_test(a_uniform_ratio_is_found),
        cmocka_unit_test(what_is_no_uniform_ratio_is_not_found),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}

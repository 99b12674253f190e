/* rational: exact fractions, poison, the limit on their size; what all number systems share is
 * number_test.c's. */
#include "number_test.h"

static mpq_srcptr at(const sp_matrix *m, size_t i, size_t j)
{
    return sp_rational_entry(m, i, j);
}

static bool is(const sp_matrix *m, size_t i, size_t j, long numerator, unsigned long denominator)
{
    return at(m, i, j) && mpq_cmp_si(at(m, i, j), numerator, denominator) == 0;
}

static sp_arithmetic rational(sp_pool *pool)
{
    return (sp_arithmetic){.system = sp_number_system_find("rational"), .pool = pool};
}

static sp_matrix *row(const sp_arithmetic *in, size_t count, const double *value)
{
    sp_matrix *m = sp_matrix_create(in, 1, count);
    for (size_t j = 0; j < count; j++)
        in->system->set(in, m, 0, j, value[j]);
    return m;
}

/* Broken by: any rounding, a fraction that is not brought to lowest terms. */
static void nothing_is_rounded(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    sp_arithmetic in = rational(pool);
    sp_matrix *a = row(&in, 3, (double[]){1, 2, -7}), *b = row(&in, 3, (double[]){3, 6, 49});
    sp_matrix *third = row(&in, 3, (double[]){0, 0, 0}), *sum = row(&in, 3, (double[]){9, 9, 9});
    in.system->binary(&in, SP_PRIMITIVE_DIV, third, a, b);
    assert_true(is(third, 0, 0, 1, 3) && is(third, 0, 1, 1, 3) && is(third, 0, 2, -1, 7));
    in.system->binary(&in, SP_PRIMITIVE_ADD, sum, third, third);
    assert_true(is(sum, 0, 0, 2, 3) && is(sum, 0, 2, -2, 7));
    in.system->binary(&in, SP_PRIMITIVE_SUB, sum, sum, third);
    assert_true(is(sum, 0, 0, 1, 3));
    in.system->binary(&in, SP_PRIMITIVE_MAX, sum, third, a);
    assert_true(is(sum, 0, 0, 1, 1) && is(sum, 0, 2, -1, 7));
    in.system->unary(&in, SP_PRIMITIVE_STEP, sum, third);
    assert_true(is(sum, 0, 0, 1, 1) && is(sum, 0, 2, 0, 1));
    in.system->unary(&in, SP_PRIMITIVE_NEG, sum, third);
    assert_true(is(sum, 0, 0, -1, 3) && is(sum, 0, 2, 1, 7));
    /* 1/9 + 1/9 + 1/49 */
    sp_matrix *square = row(&in, 1, (double[]){0});
    in.system->product(&in, square, third, false, third, true);
    assert_true(is(square, 0, 0, 2 * 49 + 9, 9 * 49));
    in.system->sum(&in, square, third, false);
    assert_true(is(square, 0, 0, 11, 21)); /* 2/3 - 1/7 */
    in.system->total(&in, sum, (const sp_matrix *[]){third, third, third}, 3);
    assert_true(is(sum, 0, 0, 1, 1) && is(sum, 0, 2, -3, 7));
    sp_matrix *exact = row(&in, 2, (double[]){0x1p-1074, 0.1});
    mpq_t want;
    mpq_init(want);
    mpq_set_d(want, 0.1); /* the double, not one tenth */
    assert_true(mpq_equal(at(exact, 0, 1), want) && !is(exact, 0, 1, 1, 10));
    mpq_set_ui(want, 1, 1);
    mpq_div_2exp(want, want, 1074);
    assert_true(mpq_equal(at(exact, 0, 0), want));
    mpq_clear(want);
    sp_pool_close(pool);
}

/* Broken by: a value for 0/0, poison that goes away, poison on a neighbour. */
static void what_has_no_value_is_poison(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    sp_arithmetic in = rational(pool);
    sp_matrix *a = row(&in, 3, (double[]){1, 0, 5}), *b = row(&in, 3, (double[]){0, 0, 2});
    sp_matrix *bad = row(&in, 3, (double[]){0, 0, 0}), *out = row(&in, 3, (double[]){0, 0, 0});
    in.system->binary(&in, SP_PRIMITIVE_DIV, bad, a, b);
    assert_true(!at(bad, 0, 0) && !at(bad, 0, 1) && is(bad, 0, 2, 5, 2));
    sp_primitive all[] = {SP_PRIMITIVE_ADD, SP_PRIMITIVE_SUB, SP_PRIMITIVE_MUL, SP_PRIMITIVE_DIV,
                          SP_PRIMITIVE_MAX};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        in.system->binary(&in, all[k], out, b, bad);
        assert_true(!at(out, 0, 0) && !at(out, 0, 1) && at(out, 0, 2));
        in.system->binary(&in, all[k], out, bad, a);
        assert_true(!at(out, 0, 0) && !at(out, 0, 1) && at(out, 0, 2));
    }
    in.system->unary(&in, SP_PRIMITIVE_STEP, out, bad);
    assert_true(!at(out, 0, 0) && at(out, 0, 2));
    sp_primitive functions[] = {SP_PRIMITIVE_EXP, SP_PRIMITIVE_LOG,       SP_PRIMITIVE_TANH,
                                SP_PRIMITIVE_ERF, SP_PRIMITIVE_ERF_PRIME, SP_PRIMITIVE_SQRT};
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        in.system->unary(&in, functions[k], out, a);
        assert_true(!at(out, 0, 0) && !at(out, 0, 1) && !at(out, 0, 2));
    }
    in.system->set(&in, out, 0, 0, (double)INFINITY);
    in.system->set(&in, out, 0, 1, (double)NAN);
    in.system->set(&in, out, 0, 2, 3);
    assert_true(!at(out, 0, 0) && !at(out, 0, 1) && is(out, 0, 2, 3, 1));
    sp_matrix *one = row(&in, 1, (double[]){0});
    in.system->sum(&in, one, out, false);
    assert_null(at(one, 0, 0));
    in.system->product(&in, one, out, false, b, true);
    assert_null(at(one, 0, 0)); /* infinity times 0 */
    in.system->set(&in, one, 0, 0, 1);
    assert_true(is(one, 0, 0, 1, 1));
    mpfr_t value;
    mpfr_init2(value, 64);
    in.system->get(&in, bad, 0, 0, value);
    assert_true(mpfr_nan_p(value));
    in.system->get(&in, bad, 0, 2, value);
    assert_int_equal(mpfr_cmp_ui_2exp(value, 5, -1), 0);
    mpfr_clear(value);
    sp_pool_close(pool);
}

/* Broken by: GMP that takes all memory and aborts: 3^(2^64) has 2^65 bits. */
static void numbers_do_not_grow_without_end(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    sp_arithmetic in = rational(pool);
    sp_matrix *a = row(&in, 1, (double[]){3}), *b = row(&in, 1, (double[]){0});
    size_t squares = 0;
    for (; squares < 64 && at(a, 0, 0); squares++) {
        in.system->binary(&in, SP_PRIMITIVE_MUL, b, a, a);
        sp_matrix *old = a;
        a = b;
        b = old;
    }
    assert_true(squares > 10 && squares < 20);
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_rounded),
        cmocka_unit_test(what_has_no_value_is_poison),
        cmocka_unit_test(numbers_do_not_grow_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

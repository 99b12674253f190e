/* field: GF(2^61 - 1) against 128-bit integers, what has no value, random functions. */
#include "number/field.h"
#include "number_test.h"

static const sp_arithmetic *field_in(sp_pool *pool, uint64_t seed)
{
    sp_arithmetic *in = SP_NEW(pool, sp_arithmetic);
    *in = (sp_arithmetic){.system = sp_number_system_find("field"), .pool = pool, .seed = seed};
    return in;
}

/* Residues are read through get(), which gives those of smallest magnitude. */
static uint64_t residue(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j)
{
    mpfr_t value;
    mpfr_init2(value, 64);
    in->system->get(in, m, i, j, value);
    int64_t r = mpfr_get_sj(value, MPFR_RNDN);
    mpfr_clear(value);
    return r < 0 ? SP_FIELD_ORDER - (uint64_t)-r : (uint64_t)r;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)a * b % SP_FIELD_ORDER);
}

/* Broken by: a modulus that is not prime, an inverse of the wrong operand, a lost carry. */
static void arithmetic_is_modular(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic *in = field_in(pool, 7);
    sp_matrix *a = result_matrix(in, 9, 5), *b = result_matrix(in, 9, 5), *c = result_matrix(in, 9, 5);
    sp_field_fill(in, a, 1);
    sp_field_fill(in, b, 2);
    static const sp_primitive f[] = {SP_PRIMITIVE_ADD, SP_PRIMITIVE_SUB, SP_PRIMITIVE_MUL,
                                     SP_PRIMITIVE_DIV};
    for (size_t k = 0; k < 4; k++) {
        in->system->binary(in, f[k], c, a, b);
        for (size_t i = 0; i < 9; i++)
            for (size_t j = 0; j < 5; j++) {
                uint64_t x = residue(in, a, i, j), y = residue(in, b, i, j);
                uint64_t z = residue(in, c, i, j);
                if (k == 0)
                    assert_true(z == (x + y) % SP_FIELD_ORDER);
                else if (k == 1)
                    assert_true((z + y) % SP_FIELD_ORDER == x);
                else if (k == 2)
                    assert_true(z == times(x, y));
                else
                    assert_true(times(z, y) == x);
            }
    }
    sp_matrix *product = result_matrix(in, 9, 9);
    in->system->product(in, product, a, false, b, true);
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j < 9; j++) {
            uint64_t want = 0;
            for (size_t k = 0; k < 5; k++)
                want = (want + times(residue(in, a, i, k), residue(in, b, j, k))) % SP_FIELD_ORDER;
            assert_true(residue(in, product, i, j) == want);
        }
    sp_pool_close(pool);
}

/* Broken by: exponents that are not taken modulo 61, the sign of a fraction. */
static void doubles_are_exact_fractions(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic *in = field_in(pool, 1);
    static const double values[] = {0, 1, -3, 0.5, -0.375, 0x1p61, 0x1p-61, 0x1.8p200, 0x1p-1074};
    sp_matrix *x = result_matrix(in, 1, 1);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        int exponent;
        double integer = ldexp(frexp(values[k], &exponent), 53);
        in->system->set(in, x, 0, 0, values[k]);
        uint64_t value = residue(in, x, 0, 0), want = (uint64_t)fabs(integer);
        /* value = integer * 2^(exponent - 53): bring both to nonnegative powers of two */
        for (int e = exponent - 53; e > 0; e--)
            want = times(want, 2);
        for (int e = exponent - 53; e < 0; e++)
            value = times(value, 2);
        assert_true(value == (values[k] < 0 ? (SP_FIELD_ORDER - want) % SP_FIELD_ORDER : want));
    }
    sp_pool_close(pool);
}

/* Broken by: poison that a product with zero or a sum swallows. */
static void what_has_no_value_spreads(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic *in = field_in(pool, 1);
    const double row[] = {1, (double)INFINITY, 2}, zeros[] = {0, 0, 0};
    sp_matrix *a = matrix_of(in, 1, 3, row), *z = matrix_of(in, 1, 3, zeros);
    sp_matrix *scalar = result_matrix(in, 1, 1), *out = result_matrix(in, 1, 3);
    in->system->product(in, scalar, a, false, z, true);
    assert_true(isnan(entry_of(in, scalar, 0, 0)));
    in->system->sum(in, scalar, a, false);
    assert_true(isnan(entry_of(in, scalar, 0, 0)));
    in->system->binary(in, SP_PRIMITIVE_DIV, out, a, z);
    for (size_t j = 0; j < 3; j++)
        assert_true(isnan(entry_of(in, out, 0, j)));
    in->system->function(in, SP_FUNCTION_SIGMA, out, a, NULL);
    assert_true(isnan(entry_of(in, out, 0, 1)) && !isnan(entry_of(in, out, 0, 0)));
    in->system->unary(in, SP_PRIMITIVE_EXP, out, a);
    assert_true(isnan(entry_of(in, out, 0, 0)));
    sp_pool_close(pool);
}

/* Broken by: functions that depend on the place of an entry, on each other, or not on the seed. */
static void functions_are_functions(void **state)
{
    (void)state;
    assert_true(sp_field_random(1, 2, 3, 4) == sp_field_random(1, 2, 3, 4));
    const uint64_t base = sp_field_random(1, 2, 3, 4);
    assert_true(base != sp_field_random(2, 2, 3, 4) && base != sp_field_random(1, 3, 3, 4) &&
                base != sp_field_random(1, 2, 4, 4) && base != sp_field_random(1, 2, 3, 5));
    size_t high = 0; /* each of the 61 bits is as often 1 as 0, within 6 standard deviations */
    for (unsigned bit = 0; bit < 61; bit++) {
        size_t ones = 0;
        for (uint64_t i = 0; i < 4000; i++)
            ones += sp_field_random(9, 0, i, 0) >> bit & 1;
        high += ones > 2000 + 190 || ones < 2000 - 190;
    }
    assert_int_equal(high, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_is_modular),
        cmocka_unit_test(doubles_are_exact_fractions),
        cmocka_unit_test(what_has_no_value_spreads),
        cmocka_unit_test(functions_are_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* field: GF(p) for 2^61 - 1 and for drawn primes against 128-bit integers, what has no value, random
 * functions. */
#include "number/field.h"
#include "number_test.h"

#include <gmp.h>

static const sp_arithmetic *field_in(sp_pool *pool, uint64_t seed)
{
    sp_arithmetic *in = SP_NEW(pool, sp_arithmetic);
    *in = (sp_arithmetic){.system = sp_number_system_find("field"), .pool = pool, .seed = seed};
    return in;
}

/* 2^61 - 1, or a drawn prime. */
static const sp_arithmetic *field_modulo(sp_pool *pool, uint64_t order)
{
    sp_arithmetic *in = SP_NEW(pool, sp_arithmetic);
    *in = (sp_arithmetic){.system = sp_number_system_find("field"), .pool = pool, .seed = 7,
                          .order = order};
    return in;
}

static uint64_t order_of(const sp_arithmetic *in)
{
    return in->order ? in->order : SP_FIELD_ORDER;
}

/* Residues are read through get(), which gives those of smallest magnitude. */
static uint64_t residue(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j)
{
    mpfr_t value;
    mpfr_init2(value, 64);
    in->system->get(in, m, i, j, value);
    int64_t r = mpfr_get_sj(value, MPFR_RNDN);
    mpfr_clear(value);
    return r < 0 ? order_of(in) - (uint64_t)-r : (uint64_t)r;
}

static uint64_t times(const sp_arithmetic *in, uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)a * b % order_of(in));
}

/* Broken by: a number that is not prime or out of range, one prime for every seed. */
static void drawn_primes_are_primes(void **state)
{
    (void)state;
    mpz_t n;
    mpz_init(n);
    uint64_t last = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        const uint64_t p = sp_field_prime(seed);
        assert_true(p == sp_field_prime(seed));
        assert_true(p > SP_FIELD_LEAST && p < 2 * SP_FIELD_LEAST && p != last);
        mpz_set_ui(n, p);
        assert_true(mpz_probab_prime_p(n, 30));
        last = p;
    }
    mpz_clear(n);
}

/* Broken by: a modulus that is not prime, an inverse of the wrong operand, a lost carry. */
static void check_arithmetic(uint64_t order)
{
    sp_pool *pool = open_pool();
    const sp_arithmetic *in = field_modulo(pool, order);
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
                    assert_true(z == (x + y) % order_of(in));
                else if (k == 1)
                    assert_true((z + y) % order_of(in) == x);
                else if (k == 2)
                    assert_true(z == times(in, x, y));
                else
                    assert_true(times(in, z, y) == x);
            }
    }
    sp_matrix *product = result_matrix(in, 9, 9);
    in->system->product(in, product, a, false, b, true);
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j < 9; j++) {
            uint64_t want = 0;
            for (size_t k = 0; k < 5; k++)
                want = (want + times(in, residue(in, a, i, k), residue(in, b, j, k))) % order_of(in);
            assert_true(residue(in, product, i, j) == want);
        }
    sp_pool_close(pool);
}

static void arithmetic_is_modular(void **state)
{
    (void)state;
    check_arithmetic(0);
    check_arithmetic(sp_field_prime(1));
}

/* Broken by: powers of two beyond the prime, the sign of a fraction. */
static void check_doubles(uint64_t order)
{
    sp_pool *pool = open_pool();
    const sp_arithmetic *in = field_modulo(pool, order);
    static const double values[] = {0, 1, -3, 0.5, -0.375, 0x1p61, 0x1p-61, 0x1.8p200, 0x1p-1074,
                                    0x1.fffffffffffffp1023, 0x1.123456789abcdp62, 0x1p62};
    sp_matrix *x = result_matrix(in, 1, 1);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        int exponent;
        double integer = ldexp(frexp(values[k], &exponent), 53);
        in->system->set(in, x, 0, 0, values[k]);
        uint64_t value = residue(in, x, 0, 0), want = (uint64_t)fabs(integer);
        /* value = integer * 2^(exponent - 53): bring both to nonnegative powers of two */
        for (int e = exponent - 53; e > 0; e--)
            want = times(in, want, 2);
        for (int e = exponent - 53; e < 0; e++)
            value = times(in, value, 2);
        assert_true(value == (values[k] < 0 ? (order_of(in) - want) % order_of(in) : want));
    }
    sp_pool_close(pool);
}

static void doubles_are_exact_fractions(void **state)
{
    (void)state;
    check_doubles(0);
    for (uint64_t seed = 1; seed < 5; seed++)
        check_doubles(sp_field_prime(seed));
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
    in->system->function(in, 0, out, a, NULL);
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
        cmocka_unit_test(drawn_primes_are_primes),
        cmocka_unit_test(arithmetic_is_modular),
        cmocka_unit_test(doubles_are_exact_fractions),
        cmocka_unit_test(what_has_no_value_spreads),
        cmocka_unit_test(functions_are_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

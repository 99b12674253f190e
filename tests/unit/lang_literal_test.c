/* Literals are exact numbers rounded once to binary64. The oracles are glibc's strtod, which is
 * correctly rounded, and integer arithmetic for fractions.
 * Broken by: rounding twice (halfway cases, subnormal numbers), a wrong exactness, trailing text
 * that is taken. */
#include "lang_fixture.h"

#include <gmp.h>
#include <math.h>
#include <stdlib.h>

static uint64_t bits(double value)
{
    uint64_t b;
    memcpy(&b, &value, sizeof b);
    return b;
}

/* The bytes are on the heap, without a NUL, so that a sanitizer sees a read past the end. */
static bool read(const char *text, double *value, bool *exact)
{
    size_t length = strlen(text);
    char *bytes = malloc(length + !length);
    assert_non_null(bytes);
    memcpy(bytes, text, length);
    bool good = sp_literal_read(bytes, length, value, exact);
    free(bytes);
    return good;
}

static void assert_reads(const char *text, double expected, bool exactly)
{
    double value = -1;
    bool exact = !exactly;
    bool good = read(text, &value, &exact);
    if (!good || bits(value) != bits(expected) || exact != exactly)
        print_error("%s: %d %a %d, expected %a %d\n", text, good, value, exact, expected, exactly);
    assert_true(good && bits(value) == bits(expected) && exact == exactly);
}

static void assert_refused(const char *text)
{
    double value;
    bool exact;
    if (read(text, &value, &exact))
        print_error("%s was read\n", text);
    assert_false(read(text, &value, &exact));
}

static void exact_ones(void **state)
{
    (void)state;
    assert_reads("0", 0, true);
    assert_reads("-0", -0.0, true);
    assert_reads("+7", 7, true);
    assert_reads("1.5", 1.5, true);
    assert_reads(".5", .5, true);
    assert_reads("5.", 5, true);
    assert_reads("007", 7, true);
    assert_reads("0x1p-3", 0.125, true);
    assert_reads("-0X1.8P+1", -3, true);
    assert_reads("0xff", 255, true);
    assert_reads("0x1p-1074", 0x1p-1074, true);
    assert_reads("1e22", 1e22, true);
    assert_reads("9007199254740992", 0x1p53, true);
    assert_reads("1/4", 0.25, true);
    assert_reads("-6/3", -2, true);
    assert_reads("0/5", 0, true);
    assert_reads("340282366920938463463374607431768211456", 0x1p128, true);
}

static void rounded_ones(void **state)
{
    (void)state;
    assert_reads("0.1", 0.1, false);
    assert_reads("1/3", 1.0 / 3, false);
    assert_reads("-1/3", -1.0 / 3, false);
    assert_reads("1e23", 1e23, false);
    assert_reads("9007199254740993", 0x1p53, false); /* halfway: to even */
    assert_reads("9007199254740995", 0x1.0000000000002p53, false);
    /* just above halfway, by less than 2^-75: rounding twice would go down */
    assert_reads("9007199254740993.00000000000000000000000000000000000000000000000001",
                 0x1.0000000000001p53, false);
    assert_reads("0x1.00000000000008000000000000000000000000000000000000000001p0",
                 0x1.0000000000001p0, false);
    assert_reads("0x1.00000000000008p0", 1, false);
    assert_reads("1e-400", 0, false); /* under the range, not zero: rounded */
    assert_reads("-1e-1000000000", -0.0, false);
    assert_reads("1e-99999999999999999999", 0, false);
    assert_reads("0x1p-1075", 0, false); /* halfway to the least number: to even */
    assert_reads("0x1.0000000000000000000000000000000000001p-1075", 0x1p-1074, false);
    assert_reads("0x1.8p-1074", 0x1p-1073, false);
    assert_reads("1.7976931348623157e308", 0x1.fffffffffffffp1023, false);
    assert_reads("1.7976931348623158e308", 0x1.fffffffffffffp1023, false);
}

static void what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "+",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "0x",
        "0xg",
        "1x",
        "1 ",
        " 1",
        "1,",
        "1.2.3",
        "--1",
        "nan",
        "NaN",
        "inf",
        "-infinity",
        "1/0",
        "1/",
        "/2",
        "1/2/3",
        "1.5/2",
        "1/2.5",
        "1/-2",
        "1/ 2",
        "0x1/2",
        "1e400",
        "-1e309",
        "1e1000000000",
        "1e99999999999999999999",
        "0x1p1024",
        "0x1p99999999999999999999",
        "1.7976931348623159e308",
        "1@5",
        "1p5",
        "0b11",
        "1e5e5",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(texts[i]);
    double value;
    bool exact;
    assert_false(sp_literal_read("1\0" "2", 3, &value, &exact));
}

static void length_has_a_limit(void **state)
{
    (void)state;
    char text[SP_LIMIT_LITERAL + 2];
    memset(text, '0', sizeof text);
    text[SP_LIMIT_LITERAL] = '\0';
    assert_reads(text, 0, true);
    text[SP_LIMIT_LITERAL] = '0';
    text[SP_LIMIT_LITERAL + 1] = '\0';
    assert_refused(text);
    text[SP_LIMIT_LITERAL] = '\0';
    text[1] = '/'; /* as many digits below the line as there may be */
    text[SP_LIMIT_LITERAL - 1] = '4';
    text[0] = '1';
    assert_reads(text, 0.25, true);
    memset(text, '9', SP_LIMIT_LITERAL);
    text[2040] = '/';
    text[4000] = '\0';
    double value; /* 10^2040 / 10^1959, nearly */
    bool exact;
    assert_true(read(text, &value, &exact) && !exact);
    assert_true(fabs(value / 1e81 - 1) < 1e-9);
}

static uint64_t seed = 20240608;

static uint64_t random64(void)
{
    uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void decimals_round_as_strtod_does(void **state)
{
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int n = 0; n < 100000; n++) {
        char text[80];
        int digits = 1 + (int)(random64() % 25), length = 0;
        for (int i = 0; i < digits; i++) {
            length += snprintf(text + length, 4, "%d", (int)(random64() % 10));
            if (i == digits / 2)
                length += snprintf(text + length, 4, ".");
        }
        snprintf(text + length, 20, "e%d", (int)(random64() % 680) - 350);
        double value, expected = strtod(text, NULL);
        bool exact;
        bool good = read(text, &value, &exact);
        assert_true(good == (bool)isfinite(expected));
        if (good && bits(value) != bits(expected))
            print_error("%s: %a, not %a\n", text, value, expected);
        assert_true(!good || bits(value) == bits(expected));
    }
}

static void doubles_read_back(void **state)
{
    (void)state;
    for (int n = 0; n < 50000; n++) {
        uint64_t b = random64();
        if (n % 4 == 0)
            b &= UINT64_C(0x800FFFFFFFFFFFFF); /* subnormal */
        double x;
        memcpy(&x, &b, sizeof x);
        if (!isfinite(x))
            continue;
        char text[64];
        snprintf(text, sizeof text, "%a", x);
        assert_reads(text, x, true);
    }
}

/* |value - p/q| is at most half an ulp, in whole numbers: value = m 2^e, 2^52 <= m < 2^53. */
static void assert_nearest(const mpz_t p, const mpz_t q, double value, bool exact)
{
    int e;
    mpz_t left, right, whole;
    mpz_inits(left, right, whole, (mpz_ptr)0);
    mpz_set_d(right, ldexp(frexp(value, &e), 53));
    bool even = mpz_even_p(right);
    e -= 53;
    mpz_mul(right, right, q);
    mpz_mul_2exp(left, p, e < 0 ? (mp_bitcnt_t)-e : 0);
    mpz_mul_2exp(right, right, e > 0 ? (mp_bitcnt_t)e : 0);
    mpz_mul_2exp(whole, q, e > 0 ? (mp_bitcnt_t)e : 0);
    mpz_sub(left, left, right);
    assert_true(exact == (mpz_sgn(left) == 0));
    mpz_mul_2exp(left, left, 1);
    int compared = mpz_cmpabs(left, whole);
    assert_true(compared < 0 || (compared == 0 && even)); /* halfway: to even */
    mpz_clears(left, right, whole, (mpz_ptr)0);
}

static void fractions_are_nearest(void **state)
{
    (void)state;
    mpz_t p, q;
    mpz_inits(p, q, (mpz_ptr)0);
    for (int n = 0; n < 20000; n++) {
        mpz_set_ui(p, 1 + (unsigned long)(random64() >> (random64() % 63)));
        mpz_set_ui(q, 1 + (unsigned long)(random64() >> (random64() % 63)));
        if (n % 4 == 0)
            mpz_mul_ui(p, q, 1 + (unsigned long)(random64() % 1000)); /* a whole number */
        if (n % 4 == 1)
            mpz_set_ui(q, 1ul << random64() % 60); /* often exact, or halfway */
        char text[256];
        gmp_snprintf(text, sizeof text, "%Zd/%Zd", p, q);
        double value;
        bool exact;
        assert_true(read(text, &value, &exact));
        assert_nearest(p, q, value, exact);
    }
    mpz_set_ui(q, 1);
    mpz_mul_2exp(q, q, 1075);
    char text[512];
    gmp_snprintf(text, sizeof text, "3/%Zd", q); /* halfway between subnormal numbers: to even */
    assert_reads(text, 0x1p-1073, false);
    gmp_snprintf(text, sizeof text, "-2/%Zd", q);
    assert_reads(text, -0x1p-1074, true);
    gmp_snprintf(text, sizeof text, "%Zd/1", q); /* over the range */
    assert_refused(text);
    mpz_clears(p, q, (mpz_ptr)0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_ones),
        cmocka_unit_test(rounded_ones),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(length_has_a_limit),
        cmocka_unit_test(decimals_round_as_strtod_does),
        cmocka_unit_test(doubles_read_back),
        cmocka_unit_test(fractions_are_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* mpfr: every operation is the exact result rounded once to p bits, ties to even; GMP's
 * rationals are the oracle. Products and sums are those operations in the order of the indices,
 * whatever the number of threads. */
#include "number_test.h"

#include <gmp.h>

static const unsigned precisions[] = {24, 31, 53, 64, 65, 128, 256, 1000};
enum { PRECISIONS = sizeof precisions / sizeof *precisions };

/* Whether v is q rounded to p bits, to nearest, ties to even: |v - q| against half a unit of v's
 * last place. */
static bool rounded_to_nearest(mpfr_srcptr v, const mpq_t q, unsigned p)
{
    if (mpfr_zero_p(v))
        return mpq_sgn(q) == 0;
    mpq_t exact, difference, half;
    mpq_inits(exact, difference, half, NULL);
    mpfr_get_q(exact, v);
    mpq_sub(difference, exact, q);
    mpq_abs(difference, difference);
    mpq_set_ui(half, 1, 1);
    const long exponent = (long)mpfr_get_exp(v) - (long)p - 1;
    if (exponent >= 0)
        mpq_mul_2exp(half, half, (mp_bitcnt_t)exponent);
    else
        mpq_div_2exp(half, half, (mp_bitcnt_t)-exponent);
    /* below a power of two the numbers are twice as dense */
    mpq_abs(exact, exact);
    mpq_t magnitude;
    mpq_init(magnitude);
    mpq_abs(magnitude, q);
    if (mpfr_min_prec(v) == 1 && mpq_cmp(magnitude, exact) < 0)
        mpq_div_2exp(half, half, 1);
    mpq_clear(magnitude);
    const int compared = mpq_cmp(difference, half);
    /* in a tie the last bit of v must be 0, so that it has p - 1 bits */
    const bool right = compared < 0 || (compared == 0 && mpfr_min_prec(v) < (mpfr_prec_t)p);
    mpq_clears(exact, difference, half, NULL);
    return right;
}

/* A random number of the precision: a double divided by another one, or one with few bits. */
static sp_matrix *random_matrix(const sp_arithmetic *in, size_t rows, size_t cols, int range)
{
    sp_matrix *m = sp_matrix_create(in, rows, cols), *d = sp_matrix_create(in, rows, cols);
    sp_matrix *out = sp_matrix_create(in, rows, cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            const bool few = random_below(3) == 0;
            in->system->set(in, m, i, j,
                            few ? (double)random_below(64) - 32 : random_wild(range));
            in->system->set(in, d, i, j, few ? 4 : 1 + (double)random_below(1000));
        }
    in->system->binary(in, SP_PRIMITIVE_DIV, out, m, d);
    sp_matrix_free(in, m);
    sp_matrix_free(in, d);
    return out;
}

static mpfr_srcptr number(const sp_matrix *m, size_t i)
{
    return &((const __mpfr_struct *)m->data)[i];
}

/* Broken by: a wrong precision of an entry, another rounding, an operation computed in doubles. */
static void operations_are_correctly_rounded(void **state)
{
    (void)state;
    random_state = 2;
    static const sp_primitive operation[] = {SP_PRIMITIVE_ADD, SP_PRIMITIVE_SUB, SP_PRIMITIVE_MUL,
                                             SP_PRIMITIVE_DIV};
    void (*const exactly[])(mpq_ptr, mpq_srcptr, mpq_srcptr) = {mpq_add, mpq_sub, mpq_mul, mpq_div};
    mpq_t a, b, q;
    mpq_inits(a, b, q, NULL);
    for (size_t p = 0; p < PRECISIONS; p++) {
        sp_pool *pool = open_pool();
        const sp_arithmetic in = arithmetic_in(pool, "mpfr", precisions[p]);
        sp_matrix *x = random_matrix(&in, 10, 30, 20), *y = random_matrix(&in, 10, 30, 20);
        sp_matrix *out = result_matrix(&in, 10, 30);
        for (size_t f = 0; f < 4; f++) {
            in.system->binary(&in, operation[f], out, x, y);
            for (size_t i = 0; i < 300; i++) {
                if (operation[f] == SP_PRIMITIVE_DIV && mpfr_zero_p(number(y, i)))
                    continue;
                mpfr_get_q(a, number(x, i));
                mpfr_get_q(b, number(y, i));
                exactly[f](q, a, b);
                assert_int_equal(mpfr_get_prec(number(out, i)), precisions[p]);
                assert_true(rounded_to_nearest(number(out, i), q, precisions[p]));
            }
        }
        /* and the oracle can tell: the number next to a right one is wrong */
        mpfr_t next;
        mpfr_init2(next, precisions[p]);
        in.system->binary(&in, SP_PRIMITIVE_MUL, out, x, y);
        for (size_t i = 0; i < 300; i++) {
            mpfr_get_q(a, number(x, i));
            mpfr_get_q(b, number(y, i));
            mpq_mul(q, a, b);
            mpfr_set(next, number(out, i), MPFR_RNDN);
            if (i & 1)
                mpfr_nextabove(next);
            else
                mpfr_nextbelow(next);
            assert_true(mpfr_zero_p(number(out, i)) ||
                        !rounded_to_nearest(next, q, precisions[p]));
        }
        mpfr_clear(next);
        sp_pool_close(pool);
    }
    mpq_clears(a, b, q, NULL);
}

/* Every partial result of a product in index order is rounded as it should be, so the last one
 * is right. Broken by: a start from another term, another order, a fused operation, a
 * transposition. */
static void products_are_rounded_sums_in_order(void **state)
{
    (void)state;
    random_state = 3;
    mpq_t a, b, q, sum;
    mpq_inits(a, b, q, sum, NULL);
    for (size_t p = 0; p < PRECISIONS; p++)
        for (int t = 0; t < 4; t++) {
            sp_pool *pool = open_pool();
            const sp_arithmetic in = arithmetic_in(pool, "mpfr", precisions[p]);
            const size_t n = 3, inner = 7, m = 4;
            const bool ta = t & 1, tb = t & 2;
            sp_matrix *x = random_matrix(&in, n, inner, 4), *y = random_matrix(&in, inner, m, 4);
            sp_matrix *xt = sp_matrix_create(&in, inner, n), *yt = sp_matrix_create(&in, m, inner);
            in.system->transpose(&in, xt, x);
            in.system->transpose(&in, yt, y);
            sp_matrix *out = result_matrix(&in, n, m);
            in.system->product(&in, out, ta ? xt : x, ta, tb ? yt : y, tb);
            mpfr_t term, partial, next;
            mpfr_inits2(precisions[p], term, partial, next, (mpfr_ptr)NULL);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < m; j++) {
                    for (size_t k = 0; k < inner; k++) {
                        mpfr_mul(term, number(x, i * inner + k), number(y, k * m + j), MPFR_RNDN);
                        mpfr_get_q(a, number(x, i * inner + k));
                        mpfr_get_q(b, number(y, k * m + j));
                        mpq_mul(q, a, b);
                        assert_true(rounded_to_nearest(term, q, precisions[p]));
                        if (k == 0) {
                            mpfr_set(partial, term, MPFR_RNDN);
                            continue;
                        }
                        mpfr_add(next, partial, term, MPFR_RNDN);
                        mpfr_get_q(a, partial);
                        mpfr_get_q(b, term);
                        mpq_add(sum, a, b);
                        assert_true(rounded_to_nearest(next, sum, precisions[p]));
                        mpfr_set(partial, next, MPFR_RNDN);
                    }
                    assert_true(mpfr_equal_p(partial, number(out, i * m + j)));
                }
            mpfr_clears(term, partial, next, (mpfr_ptr)NULL);
            sp_pool_close(pool);
        }
    mpq_clears(a, b, q, sum, NULL);
}

/* exp log tanh erf sqrt against the same with 300 bits more. */
static void functions_are_correctly_rounded(void **state)
{
    (void)state;
    random_state = 4;
    static const sp_primitive function[] = {SP_PRIMITIVE_EXP, SP_PRIMITIVE_LOG, SP_PRIMITIVE_TANH,
                                            SP_PRIMITIVE_ERF, SP_PRIMITIVE_SQRT};
    int (*const wider[])(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t) = {mpfr_exp, mpfr_log, mpfr_tanh,
                                                               mpfr_erf, mpfr_sqrt};
    for (size_t p = 0; p < PRECISIONS; p++) {
        sp_pool *pool = open_pool();
        const sp_arithmetic in = arithmetic_in(pool, "mpfr", precisions[p]);
        sp_matrix *x = random_matrix(&in, 5, 8, 5), *out = result_matrix(&in, 5, 8);
        mpfr_t y;
        mpfr_init2(y, precisions[p] + 300);
        for (size_t f = 0; f < 5; f++) {
            in.system->unary(&in, function[f], out, x);
            for (size_t i = 0; i < 40; i++) {
                mpfr_set_prec(y, precisions[p] + 300);
                wider[f](y, number(x, i), MPFR_RNDN);
                mpfr_prec_round(y, precisions[p], MPFR_RNDN);
                assert_true(mpfr_equal_p(y, number(out, i)) ||
                            (mpfr_nan_p(y) && mpfr_nan_p(number(out, i))));
            }
        }
        mpfr_clear(y);
        sp_pool_close(pool);
    }
}

/* Broken by: scratch that threads share, parts that overlap or leave a gap. */
static void threads_change_nothing(void **state)
{
    (void)state;
    random_state = 5;
    static const size_t shape[][3] = {{24, 20, 31}, {1, 300, 90}, {2, 7, 900}, {97, 50, 1}};
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++)
        for (int t = 0; t < 4; t++) {
            sp_pool *pool = open_pool();
            sp_arithmetic in = arithmetic_in(pool, "mpfr", 200);
            const size_t n = shape[s][0], inner = shape[s][1], m = shape[s][2];
            const bool ta = t & 1, tb = t & 2;
            sp_matrix *x = ta ? random_matrix(&in, inner, n, 4) : random_matrix(&in, n, inner, 4);
            sp_matrix *y = tb ? random_matrix(&in, m, inner, 4) : random_matrix(&in, inner, m, 4);
            sp_matrix *one = result_matrix(&in, n, m), *e = result_matrix(&in, n, m);
            in.system->product(&in, one, x, ta, y, tb);
            in.system->unary(&in, SP_PRIMITIVE_TANH, e, one);
            static const unsigned threads[] = {2, 3, 64, 1000};
            for (size_t k = 0; k < 4; k++) {
                in.threads = threads[k];
                sp_matrix *many = result_matrix(&in, n, m), *f = result_matrix(&in, n, m);
                in.system->product(&in, many, x, ta, y, tb);
                in.system->unary(&in, SP_PRIMITIVE_TANH, f, many);
                for (size_t i = 0; i < n * m; i++) {
                    assert_true(mpfr_equal_p(number(one, i), number(many, i)));
                    assert_true(mpfr_equal_p(number(e, i), number(f, i)));
                }
            }
            sp_pool_close(pool);
        }
}

typedef struct slow_job {
    sp_arithmetic in;
    const sp_matrix *a;
    sp_matrix *out;
} slow_job;

static void slow_product(void *argument)
{
    const slow_job *job = argument;
    job->in.system->product(&job->in, job->out, job->a, false, job->a, true);
}

/* Broken by: a long operation that never asks whether its time is over. */
static void long_products_can_be_stopped(void **state)
{
    (void)state;
    random_state = 6;
    sp_pool *pool = NULL;
    const sp_limits limits = {.seconds = 0.01};
    assert_int_equal(sp_pool_open(&pool, NULL, &limits), SP_OK);
    slow_job job = {.in = arithmetic_in(pool, "mpfr", 4096)};
    job.in.threads = 2;
    job.a = random_matrix(&job.in, 150, 20, 4);
    job.out = result_matrix(&job.in, 150, 150);
    assert_int_equal(sp_pool_run(pool, slow_product, &job), SP_TIME_LIMIT);
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
        cmocka_unit_test(operations_are_correctly_rounded),
        cmocka_unit_test(products_are_rounded_sums_in_order),
        cmocka_unit_test(functions_are_correctly_rounded),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(long_products_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}

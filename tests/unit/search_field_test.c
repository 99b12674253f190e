/* Random identity testing: right schemes are equal, wrong ones differ in just what they break. */
#include "lang/builtin.h"
#include "lang/lang.h"
#include "lang/mlp.h"
#include "number/field.h"
#include "search/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct job {
    sp_pool *pool;
    const char *text;
    uint64_t seed;
    const sp_program *program;
    const sp_field_test *test;
} job;

static void run_case(void *argument)
{
    job *j = argument;
    const sp_vocabulary words = {sp_activation_names, sp_activation_count, sp_loss_names,
                                 sp_loss_count, NULL, 0, NULL, NULL};
    sp_diagnostics found = {.pool = j->pool};
    const sp_source *source =
        sp_source_from(j->pool, "t", j->text, strlen(j->text), &found);
    const sp_unit *unit = sp_unit_load(j->pool, source, &words, &found);
    if (found.count > 0)
        fail_msg("%s", found.item[0].message);
    const sp_case *of = unit->item[0];
    const sp_ownership *ownership = sp_ownership_of_case(j->pool, of, &found);
    assert_non_null(ownership);
    j->program = of->program;
    j->test = sp_field_test_run(j->pool, of->program, ownership,
                                sp_network_of_case(j->pool, of), j->seed, 2);
}

static job run(const char *text, uint64_t seed)
{
    job j = {.text = text, .seed = seed};
    assert_int_equal(sp_pool_open(&j.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(j.pool, run_case, &j), SP_OK);
    return j;
}

#define MEGATRON(z2, d1, dx)                                                                   \
    "scheme s\nmesh tp\ninput X[N, Din], Y[N, Dout]\n"                                         \
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\nforward\n  Z1 = X @ W1 + b1\n" \
    "  A1 = sigma(Z1)\n  Z2 = " z2 "\n  A2 = g(Z2)\nbackward\n  D2 = loss'(A2, Y) * g'(Z2)\n"  \
    "  dW2 = A1^T @ D2\n  db2 = sum(D2, N)\n  D1 = " d1 "\n  dW1 = X^T @ D1\n"                 \
    "  dX = " dx "\nresult Z2[N, Dout], db2[Dout], dW2[Dh/tp, Dout], dW1[Din, Dh/tp], dX[N, Din]\n"

#define RIGHT_Z2 "allreduce(A1 @ W2, tp) + b2"
#define RIGHT_D1 "(D2 @ W2^T) * sigma'(Z1)"
#define RIGHT_DX "allreduce(D1 @ W1^T, tp)"
#define CASE(network, mesh)                                                              \
    "case c\n  dims N = 5, Din = 3, Dh = 7, Dout = 2\n" network "  scheme s\n  mesh tp = " \
    mesh "\n  split Dh/tp = 4 + 0 + 3\n"

/* Expects DIFFERS for the results whose letter is x, EQUAL for those with a dot. */
static void expect(const char *text, const char *want)
{
    for (uint64_t seed = 1; seed < 4; seed++) {
        job j = run(text, seed);
        for (size_t k = 0; k < j.program->results; k++) {
            const sp_field_result *r = &j.test->result[k];
            if (r->finding != (want[k] == 'x' ? SP_FIELD_DIFFERS : SP_FIELD_EQUAL))
                fail_msg("%s, seed %u: finding %d", sp_mlp.result[j.program->result[k].result].name,
                         (unsigned)seed, (int)r->finding);
            assert_true(want[k] == 'x' || r->log2_error < -60);
        }
        sp_pool_close(j.pool);
    }
}

/* Broken by: a rank or a result that is not compared, functions that ignore their argument, data that
 * is the same in every entry. */
static void what_is_wrong_differs(void **state)
{
    (void)state;
    expect(MEGATRON(RIGHT_Z2, RIGHT_D1, RIGHT_DX) CASE("", "3"), ".....");
    expect(MEGATRON("allreduce(A1 @ W2 + b2, tp)", RIGHT_D1, RIGHT_DX) CASE("", "3"), "xxxxx");
    expect(MEGATRON(RIGHT_Z2, "D2 @ W2^T", RIGHT_DX) CASE("", "3"), "...xx");
    expect(MEGATRON(RIGHT_Z2, RIGHT_D1, "D1 @ W1^T") CASE("", "3"), "....x");
    expect(MEGATRON(RIGHT_Z2, "(D2 @ W2^T) * sigma'(A1)", RIGHT_DX) CASE("", "3"), "...xx");
}

/* Broken by: random functions where the case's own are made of + - * /. */
static void rational_functions_are_their_own(void **state)
{
    (void)state;
    expect(MEGATRON(RIGHT_Z2, "D2 @ W2^T", RIGHT_DX) CASE("  network sigma = identity\n", "3"),
           ".....");
    expect(MEGATRON(RIGHT_Z2, "(D2 @ W2^T) * 2 * Z1", RIGHT_DX)
               CASE("  network sigma(z) = z * z, loss(a, y) = (a - y) * (a - y) * a\n", "3"),
           ".....");
    expect(MEGATRON(RIGHT_Z2, "(D2 @ W2^T) * 3 * Z1", RIGHT_DX)
               CASE("  network sigma(z) = z * z\n", "3"),
           "...xx");
}

/* "(hi * 4294967296 + lo)" is the prime of a trial: a number beyond what a double holds. */
static void prime_text(char text[64], uint64_t seed, unsigned trial)
{
    const uint64_t p = sp_field_prime(sp_field_random(seed, trial, 0, 0));
    snprintf(text, 64, "(%u * 4294967296 + %u)", (unsigned)(p >> 32), (unsigned)(p & 0xFFFFFFFF));
}

static sp_field_finding finding_with_dx(const char *dx, uint64_t seed, double *log2_error)
{
    char text[2048];
    snprintf(text, sizeof text, MEGATRON(RIGHT_Z2, RIGHT_D1, "allreduce(D1 @ W1^T, tp) %s")
             CASE("", "3"), dx);
    job j = run(text, seed);
    const sp_field_result r = j.test->result[4];
    assert_int_equal(j.test->result[3].finding, SP_FIELD_EQUAL);
    *log2_error = r.log2_error;
    sp_pool_close(j.pool);
    return r.finding;
}

/* A factor that is 1 modulo a prime, be it a well-known one or that of one trial, and a division that is one
 * by 0 modulo one prime. Broken by: a fixed prime, one prime for all trials, a division by 0 that counts as
 * a difference or as equal. */
static void no_single_prime_decides(void **state)
{
    (void)state;
    double error;
    for (uint64_t seed = 1; seed < 7; seed++) {
        assert_int_equal(finding_with_dx("* 0x1p61", seed, &error), SP_FIELD_DIFFERS);
        assert_int_equal(finding_with_dx("* 0x1p-61", seed, &error), SP_FIELD_DIFFERS);
        for (unsigned trial = 0; trial < 2; trial++) {
            char prime[64], dx[256];
            prime_text(prime, seed, trial);
            snprintf(dx, sizeof dx, "* (1 + %s)", prime);
            assert_int_equal(finding_with_dx(dx, seed, &error), SP_FIELD_DIFFERS);
            snprintf(dx, sizeof dx, "/ %s * %s", prime, prime);
            assert_int_equal(finding_with_dx(dx, seed, &error), SP_FIELD_SILENT);
        }
    }
}

/* Broken by: a probability that leaves out how many primes may divide what the program's numbers are made of.
 * 1 + 0x1p1000 has 1001 bits: 16 primes of 62 bits may divide it, where one of 60 bits has none. */
static void numbers_cost_primes(void **state)
{
    (void)state;
    double plain, shifted, wide;
    assert_int_equal(finding_with_dx("", 1, &plain), SP_FIELD_EQUAL);
    assert_int_equal(finding_with_dx("* 0x1p1000 * 0x1p-1000", 1, &shifted), SP_FIELD_EQUAL);
    assert_int_equal(finding_with_dx("* (1 + 0x1p1000) / (1 + 0x1p1000)", 1, &wide), SP_FIELD_EQUAL);
    assert_true(shifted == plain); /* powers of two are no multiples of an odd prime */
    assert_true(wide > plain && wide > 2 * (5 - 55) && wide < -60);
}

/* step of sizes and numbers has its own value on every rank, be it a fraction or negative; what divides by 0
 * on a rank has none, and is random there. Broken by: the sign of a residue in place of that of the number,
 * one rank's value on all, a random value that is taken for exact. */
static void steps_of_sizes_are_exact(void **state)
{
    (void)state;
    static const struct { const char *dx; sp_field_finding finding; bool bounded; } row[] = {
        {"* step(size(tp) - 2)", SP_FIELD_EQUAL, true},
        {"* step(1 / 2 - 1 / 3)", SP_FIELD_EQUAL, true},
        {"* step(0x1p61 - 1)", SP_FIELD_EQUAL, true},
        {"* step(0x1p-1000)", SP_FIELD_EQUAL, true},
        {"+ D1 @ W1^T * step(1 / 3 - 1 / 2)", SP_FIELD_EQUAL, true},
        {"+ D1 @ W1^T * step(step(1) - N)", SP_FIELD_EQUAL, true},
        {"* step(1 / 3 - 1 / 2)", SP_FIELD_DIFFERS, true},
        {"* step(count(Dh/tp) - 3)", SP_FIELD_DIFFERS, true}, /* 4, 0 and 3: right on rank 0 alone */
        {"* 0 + allreduce(D1 @ W1^T * step(count(Dh/tp)), tp)", SP_FIELD_EQUAL, true},
        {"+ D1 @ W1^T * step(1 / count(Dh/tp)) * 0", SP_FIELD_EQUAL, false},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        double error;
        for (uint64_t seed = 1; seed < 5; seed++) {
            if (row[i].bounded || row[i].finding == SP_FIELD_DIFFERS)
                assert_int_equal(finding_with_dx(row[i].dx, seed, &error), row[i].finding);
            else /* a step of what has no value has none */
                assert_int_not_equal(finding_with_dx(row[i].dx, seed, &error), SP_FIELD_DIFFERS);
            assert_true(row[i].finding == SP_FIELD_DIFFERS || row[i].bounded == (error < -60));
        }
    }
}

static void every_builtin_scheme_is_equal(void **state)
{
    (void)state;
    for (const sp_embedded *s = sp_builtin_scheme_table; s->name; s++) {
        job axes = {.text = s->text};
        char text[2048], mesh[64] = "";
        assert_int_equal(sp_pool_open(&axes.pool, NULL, NULL), SP_OK);
        const sp_program *p = sp_scheme_builtin(axes.pool, s->name);
        for (size_t a = 0; a < p->axes; a++) {
            strcat(mesh, a ? ", " : "  mesh ");
            strcat(mesh, p->axis_name[a]);
            strcat(mesh, " = 3");
        }
        strcat(mesh, "\n");
        strcpy(text, "case c\n  dims N = 5, Din = 4, Dh = 7, Dout = 2\n  scheme ");
        strcat(text, s->name);
        strcat(text, "\n");
        strcat(text, mesh);
        sp_pool_close(axes.pool);
        expect(text, "...........");
    }
}

/* Broken by: a division by zero that counts as equal, a bound claimed for step. */
static void what_has_no_value_says_nothing(void **state)
{
    (void)state;
    job j = run(MEGATRON("allreduce(A1 @ W2, tp) + b2 / 0", RIGHT_D1, RIGHT_DX) CASE("", "3"), 1);
    assert_int_equal(j.test->result[0].finding, SP_FIELD_SILENT);
    sp_pool_close(j.pool);
    j = run(MEGATRON(RIGHT_Z2, "(D2 @ W2^T) * sigma'(Z1) * step(Z1) + step(Z1) - step(Z1)",
                     RIGHT_DX) CASE("", "3"), 1);
    assert_int_equal(j.test->result[0].finding, SP_FIELD_EQUAL);
    assert_true(j.test->result[0].log2_error == 0);
    assert_string_equal(j.test->random_functions, "sigma, sigma', step");
    assert_int_equal(j.test->result[3].finding, SP_FIELD_DIFFERS);
    sp_pool_close(j.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_differs),
        cmocka_unit_test(rational_functions_are_their_own),
        cmocka_unit_test(no_single_prime_decides),
        cmocka_unit_test(numbers_cost_primes),
        cmocka_unit_test(steps_of_sizes_are_exact),
        cmocka_unit_test(every_builtin_scheme_is_equal),
        cmocka_unit_test(what_has_no_value_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* check: whole cases through the public library: verdicts, witnesses, layouts, values that are not
 * finite, and an allocation that fails at every place. */
#include <shardproof/shardproof.h>

#include "failing.h"
#include "number/field.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                           \
    "mesh tp\n"                                        \
    "input X[N, Din], Y[N, Dout]\n"                    \
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"
#define FORWARD                                        \
    "forward\n"                                        \
    "  Z1 = X @ W1 + b1\n"                             \
    "  A1 = sigma(Z1)\n"                               \
    "  Z2 = allreduce(A1 @ W2, tp) + b2\n"             \
    "  A2 = g(Z2)\n"                                   \
    "backward\n"                                       \
    "  D2 = loss'(A2, Y) * g'(Z2)\n"                   \
    "  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
#define DIMS "  dims N = 5, Din = 4, Dh = 6, Dout = 2\n"

typedef struct loaded {
    sp_cases *cases;
    sp_check *check;
    const sp_outcome *outcome;
} loaded;

static loaded run(const char *text, size_t index, const sp_check_options *options)
{
    loaded l = {0};
    sp_status status = sp_cases_load_text(&l.cases, "test.case", text, strlen(text), NULL);
    if (status != SP_OK && l.cases)
        for (size_t i = 0; i < sp_cases_diagnoses(l.cases); i++)
            print_message("%s", sp_cases_diagnosis(l.cases, i)->text);
    assert_int_equal(status, SP_OK);
    assert_int_equal(sp_check_run(&l.check, l.cases, index, options), SP_OK);
    l.outcome = sp_check_outcome(l.check);
    return l;
}

static void drop(loaded l)
{
    sp_check_close(l.check);
    sp_cases_close(l.cases);
}

static const sp_result_outcome *result(loaded l, const char *name)
{
    for (size_t k = 0; k < l.outcome->results; k++)
        if (strcmp(l.outcome->result[k].name, name) == 0)
            return &l.outcome->result[k];
    fail_msg("no result %s", name);
    return NULL;
}

static const sp_difference_evidence *in_system(const sp_result_outcome *r, const char *system)
{
    for (size_t i = 0; i < r->differences; i++)
        if (strcmp(r->difference[i].system, system) == 0)
            return &r->difference[i];
    fail_msg("%s: no evidence in %s", r->name, system);
    return NULL;
}

/* Broken by: ranks left out, an empty part that is compared, a wrong count of entries. */
static void a_right_scheme_matches_on_every_rank(void **state)
{
    (void)state;
    loaded l = run("case c\n" DIMS "  scheme megatron\n  mesh tp = 4\n"
                   "  split Dh/tp = 1 + 0 + 2 + 3\n", 0, NULL);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    assert_null(l.outcome->surprise);
    assert_int_equal(l.outcome->ranks, 4);
    assert_int_equal(l.outcome->split[0].parts, 4);
    assert_int_equal(l.outcome->split[0].size[1], 0);
    const sp_difference_evidence *dx = in_system(result(l, "dX"), "mpfr");
    assert_int_equal(dx->compared, 4 * 5 * 4); /* replicated: on all ranks */
    assert_int_equal(dx->within, dx->compared);
    assert_int_equal(dx->ranks, 4);
    const sp_difference_evidence *dw1 = in_system(result(l, "dW1"), "binary64");
    assert_int_equal(dw1->compared, 4 * 6);
    assert_int_equal(dw1->ranks, 3); /* the empty part holds nothing */
    assert_int_equal(dw1->bits, 53);
    assert_null(result(l, "dW1")->witness);
    drop(l);
}

/* Broken by: a ratio that is not tried on all ranks, a wrong place, got and want exchanged. */
static void a_wrong_factor_is_named(void **state)
{
    (void)state;
    loaded l = run("scheme s\n" HEAD FORWARD
                   "  db2 = sum(D2, N) / size(tp)\n"
                   "  dX = allreduce(allreduce(D1 @ W1^T, tp), tp)\n"
                   "  dW2 = A1^T @ D2 * 0\n"
                   "  dW1 = -(X^T @ D1)\n"
                   "result db2[Dout], dX[N, Din], dW2[Dh/tp, Dout], dW1[Din, Dh/tp]\n"
                   "case c\n" DIMS "  scheme s\n  mesh tp = 3\n"
                   "  expect mismatch dX, db2, dW2, dW1\n", 0, NULL);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MISMATCH);
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    assert_string_equal(result(l, "db2")->witness->ratio, "1/3");
    assert_string_equal(result(l, "db2")->witness->ratio_text,
                        "db2 is 1/3 of the delta rule on every entry (3 = size(tp))");
    assert_string_equal(result(l, "dX")->witness->ratio, "3");
    assert_string_equal(result(l, "dX")->witness->ratio_text,
                        "dX is 3 times the delta rule on every entry (3 = size(tp))");
    assert_string_equal(result(l, "dW2")->witness->ratio_text, "dW2 is zero on every entry");
    assert_string_equal(result(l, "dW1")->witness->ratio_text,
                        "dW1 is the delta rule with its sign flipped on every entry");
    assert_string_equal(result(l, "dX")->witness->kind, "difference");
    assert_string_equal(result(l, "dX")->witness->system, "mpfr");
    assert_int_equal(in_system(result(l, "dX"), "mpfr")->ranks_wrong, 3);
    drop(l);
}

/* dX is right on rank 0 alone: a check that looks at one rank would not see it. */
static void one_wrong_rank_is_enough(void **state)
{
    (void)state;
    loaded l = run("scheme s\n" HEAD FORWARD
                   "  dX = only(allreduce(D1 @ W1^T, tp), tp, 0)\n"
                   "  db2 = only(sum(D2, N), tp, 1)\n"
                   "result dX[N, Din], db2[Dout] sum tp\n"
                   "case c\n" DIMS "  scheme s\n  mesh tp = 2\n  expect mismatch dX\n", 0, NULL);
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    const sp_witness *w = result(l, "dX")->witness;
    assert_int_equal(w->place.rank, 1);
    assert_string_equal(w->place.coordinates, "tp = 1");
    assert_string_equal(w->got, "0");
    assert_null(w->ratio);
    assert_int_equal(in_system(result(l, "dX"), "mpfr")->ranks_wrong, 1);
    /* the sum over tp is right: one group */
    assert_int_equal(in_system(result(l, "db2"), "mpfr")->compared, 2);
    assert_string_equal(result(l, "db2")->layout.merge, "sum over tp");
    drop(l);
}

static void expect_is_not_met(void **state)
{
    (void)state;
    const char *text = "scheme s\n" HEAD FORWARD
                       "  db2 = sum(D2, N) / size(tp)\n"
                       "  db1 = sum(D1, N)\n"
                       "result db2[Dout], db1[Dh/tp]\n"
                       "case a\n" DIMS "  scheme s\n  mesh tp = 2\n"
                       "case b\n" DIMS "  scheme s\n  mesh tp = 2\n  expect mismatch db1\n"
                       "case one\n" DIMS "  scheme s\n  mesh tp = 1\n  expect mismatch\n";
    loaded l = run(text, 0, NULL);
    assert_int_equal(sp_outcome_exit_code(l.outcome), 1);
    assert_string_equal(l.outcome->surprise, "db2: mismatch, expected match");
    drop(l);
    l = run(text, 1, NULL);
    assert_int_equal(sp_outcome_exit_code(l.outcome), 1);
    assert_string_equal(l.outcome->surprise,
                        "db2: mismatch, expected match; db1: match, expected mismatch");
    drop(l);
    l = run(text, 2, NULL);
    assert_int_equal(sp_outcome_exit_code(l.outcome), 1);
    assert_string_equal(l.outcome->surprise, "match, expected mismatch");
    assert_string_equal(l.outcome->warning[0],
                        "the mesh has one rank: nothing is sharded in this case");
    drop(l);
}

/* Broken by: a misfit that stops the run, a merge that is named without being tried. */
static void a_layout_that_does_not_fit_names_the_right_one(void **state)
{
    (void)state;
    const char *text = "scheme s\n" HEAD FORWARD
                       "  dW2 = A1^T @ D2\n"
                       "  dW1 = X^T @ D1\n"
                       "  db1 = sum(D1, N)\n"
                       "  dX = D1 @ W1^T\n"
                       "  db2 = sum(D2, N) * 2\n"
                       "result dW2[Dh, Dout] sum tp, dW1[Din, Dh] sum tp, db1[Dh],\n"
                       "       dX[N/tp, Din], db2[Dout/tp]\n"
                       "case c\n" DIMS "  scheme s\n  mesh tp = 2\n  expect mismatch\n"
                       "case uneven\n" DIMS "  scheme s\n  mesh tp = 3\n"
                       "  split Dh/tp = 1 + 5 + 0\n  expect mismatch\n";
    loaded l = run(text, 0, NULL);
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    assert_string_equal(result(l, "dW2")->reason,
                        "declared dW2[Dh, Dout] sum tp, but a rank computes [Dh/tp, Dout]: parts "
                        "of 3x2 and 3x2 cannot be added to 6x2; stacked by rows they are the "
                        "delta rule's dW2: result dW2[Dh/tp, Dout]");
    assert_string_equal(result(l, "dW1")->layout.right_merge, "dW1[Din, Dh/tp]");
    assert_string_equal(result(l, "dW1")->layout.collision,
                        "parts of 4x3 and 4x3 cannot be added to 4x6");
    assert_string_equal(result(l, "db1")->layout.right_merge, "db1[Dh/tp]");
    assert_string_equal(result(l, "db1")->layout.collision,
                        "rank 0 computes 3 where the declared part is 6");
    assert_string_equal(result(l, "dX")->layout.right_merge, "dX[N, Din] sum tp");
    assert_null(result(l, "db2")->layout.right_merge);
    assert_string_equal(result(l, "db2")->layout.advice,
                        "no merge of them is the delta rule's db2");
    assert_string_equal(result(l, "db2")->witness->kind, "layout");
    assert_int_equal(result(l, "db2")->differences, 0);
    drop(l);
    l = run(text, 1, NULL);
    assert_string_equal(result(l, "dW2")->layout.collision,
                        "parts of 1x2, 5x2 and 0x2 cannot be added to 6x2");
    drop(l);
}

/* sigma overflows in doubles and in mpfr, on both sides: nothing is shown. What is proved matches all the
 * same; dW1 is right only because exp' = exp, which no proof knows, so nothing makes it a match. */
static void overflow_on_both_sides_is_undecided(void **state)
{
    (void)state;
    loaded l = run("scheme saves-output\nmesh tp\ninput X[N, Din], Y[N, Dout]\n"
                   "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\nforward\n"
                   "  A1 = sigma(X @ W1 + b1)\n  Z2 = allreduce(A1 @ W2, tp) + b2\n"
                   "  A2 = g(Z2)\nbackward\n  D2 = loss'(A2, Y) * g'(Z2)\n  dW2 = A1^T @ D2\n"
                   "  dW1 = X^T @ ((D2 @ W2^T) * A1)\nresult dW1[Din, Dh/tp], dW2[Dh/tp, Dout]\n"
                   "case c\n  dims N = 1, Din = 2, Dh = 2, Dout = 1\n"
                   "  network sigma(z) = exp(z)\n"
                   "  scheme saves-output\n  mesh tp = 2\n  numdiff off\n"
                   "  X = [1e30, 1e30]\n  W1 = [1, 1; 1, 1]\n", 0, NULL);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_UNDECIDED);
    assert_int_equal(sp_outcome_exit_code(l.outcome), 3);
    assert_int_equal(result(l, "dW1")->verdict, SP_VERDICT_UNDECIDED);
    assert_int_equal(result(l, "dW2")->verdict, SP_VERDICT_MATCH);
    const sp_difference_evidence *dw1 = in_system(result(l, "dW1"), "mpfr");
    assert_int_equal(dw1->finding, SP_FINDING_SILENT);
    assert_int_equal(dw1->not_finite, dw1->compared);
    assert_string_equal(dw1->largest, "nan");
    assert_non_null(strstr(result(l, "dW1")->reason, "NaN or infinite on both sides"));
    drop(l);
}

/* Doubles overflow, mpfr does not: what doubles cannot say mpfr covers. */
static void overflow_in_doubles_alone_leaves_mpfr(void **state)
{
    (void)state;
    loaded l = run("case c\n  dims N = 2, Din = 2, Dh = 2, Dout = 1\n"
                   "  network sigma = identity, g = identity\n"
                   "  scheme megatron\n  mesh tp = 2\n  numdiff off\n"
                   "  X = [0x1p600, 1; 1, 0x1p600]\n  W1 = [0x1p600, 1; 1, 0x1p600]\n", 0, NULL);
    const sp_result_outcome *z1 = result(l, "dW1");
    assert_true(in_system(z1, "binary64")->not_finite > 0);
    assert_int_not_equal(in_system(z1, "binary64")->finding, SP_FINDING_AGREES);
    assert_int_not_equal(l.outcome->verdict, SP_VERDICT_MISMATCH);
    drop(l);
}

static void infinity_on_one_side_is_a_mismatch(void **state)
{
    (void)state;
    loaded l = run("scheme s\n" HEAD FORWARD
                   "  db2 = sum(D2, N) / 0\n"
                   "  db1 = sum(D1, N) * (0 / 0)\n"
                   "result db2[Dout], db1[Dh/tp]\n"
                   "case c\n" DIMS "  scheme s\n  mesh tp = 2\n  expect mismatch db2, db1\n",
                   0, NULL);
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    assert_string_equal(result(l, "db2")->witness->kind, "not finite");
    assert_non_null(strstr(result(l, "db2")->witness->got, "inf"));
    assert_string_equal(result(l, "db1")->witness->got, "nan");
    assert_null(result(l, "db1")->witness->ratio);
    drop(l);
}

/* Which numbers overflow, or what is divided by 0, depends on the order of a sum: that is rounding. The
 * schemes are right and proved. Broken by: one side that is not finite taken for a contradiction whatever the
 * bound is, between the ranks and the delta rule or between that and a finite difference. */
static void what_overflows_contradicts_nothing(void **state)
{
    (void)state;
    static const char *const text[] = {
        "case order\n  dims N = 5, Din = 4, Dh = 6, Dout = 3\n  scheme row-column\n  mesh tp = 3\n"
        "  data random(seed = 622, scale = 1e154)\n",
        "case pole\n  dims N = 1, Din = 3, Dh = 1, Dout = 1\n"
        "  network sigma(z) = 1 / (z - 0.6)\n  scheme row-column\n  mesh tp = 2\n"
        "  split Din/tp = 1 + 2\n  X = [0.1, 0.2, 0.3]\n  W1 = [1; 1; 1]\n  b1 = [0]\n",
        "case saturated\n  dims N = 4, Din = 3, Dh = 4, Dout = 2\n"
        "  network g = sigmoid, loss = bce\n  scheme megatron\n  mesh tp = 2\n"
        "  data integers(seed = 1, range = 5)\n"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        loaded l = run(text[i], 0, NULL);
        assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
        assert_null(l.outcome->fault);
        size_t silent = 0;
        for (size_t k = 0; k < l.outcome->results; k++) {
            const sp_difference_evidence *d = in_system(&l.outcome->result[k], "binary64");
            silent += d->finding == SP_FINDING_SILENT;
            assert_int_equal(d->one_sided, 0);
        }
        assert_true(silent > 0); /* no agreement either */
        for (size_t w = 0; w < l.outcome->warnings; w++)
            assert_null(strstr(l.outcome->warning[w], "shardproof is wrong"));
        drop(l);
    }
}

/* A data-parallel scheme with this as its db2. */
#define ROWS_HEAD(db2)                                                                         \
    "scheme s\nmesh dp\ninput X[N/dp, Din], Y[N/dp, Dout]\n"                                    \
    "param W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\nforward\n"                             \
    "  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n"                 \
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  db2 = " db2 "\nresult db2[Dout]\n"

static loaded run_stepped(const char *argument, unsigned seed, const char *fields)
{
    char text[2048];
    snprintf(text, sizeof text,
             ROWS_HEAD("allreduce(sum(D2, N) * step(%s), dp)") "case c\n" DIMS
             "  network sigma = identity\n  scheme s\n  mesh dp = 2\n  data random(seed = %u)\n%s",
             argument, seed, fields);
    return run(text, 0, NULL);
}

/* In the field step of data is a random function: 0 or 1 wherever its argument is not 0. So a difference
 * there says nothing about a scheme that is right because sums of squares are positive; nor is it "not for
 * all". step of sizes is exact there. Real numbers still decide. Broken by: step left out of what is random,
 * or taken for random where sizes alone decide it, a case that the search can make fail with another
 * function in place of step. */
static void a_random_step_decides_nothing(void **state)
{
    (void)state;
    size_t different = 0;
    for (unsigned seed = 1; seed <= 6; seed++) {
        loaded l = run_stepped("sum(sum(X * X, Din), N)", seed, "");
        const sp_result_outcome *r = result(l, "db2");
        assert_int_equal(r->verdict, SP_VERDICT_MATCH);
        assert_int_equal(r->field.finding, SP_FINDING_SILENT);
        assert_string_equal(r->field.random_functions, "step");
        different += r->field.differs;
        for (size_t w = 0; w < l.outcome->warnings; w++)
            assert_null(strstr(l.outcome->warning[w], "not right for all"));
        drop(l);
        l = run_stepped("count(N/dp)", seed, "");
        assert_int_equal(result(l, "db2")->verdict, SP_VERDICT_MATCH);
        assert_int_equal(result(l, "db2")->field.finding, SP_FINDING_AGREES);
        assert_string_equal(result(l, "db2")->field.random_functions, "");
        drop(l);
        l = run_stepped("count(N/dp) - 2", seed, "  evidence field\n  expect mismatch db2\n");
        assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
        assert_int_equal(result(l, "db2")->field.finding, SP_FINDING_CONTRADICTS);
        drop(l);
    }
    assert_true(different > 0);
    loaded l = run_stepped("-sum(sum(X * X, Din), N)", 1, "  expect mismatch db2\n");
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    assert_string_equal(result(l, "db2")->witness->kind, "difference");
    drop(l);
}

/* 2^61 is 1 modulo 2^61 - 1. Broken by: a field with that prime alone. */
static void a_factor_that_one_prime_hides_is_seen(void **state)
{
    (void)state;
    static const char *const sigma[] = {"identity", "relu"};
    for (size_t i = 0; i < 2; i++) {
        char text[2048];
        snprintf(text, sizeof text, ROWS_HEAD("allreduce(sum(D2, N) * 0x1p61, dp)") "case c\n" DIMS
                 "  network sigma = %s\n  scheme s\n  mesh dp = 2\n  evidence field\n"
                 "  numdiff off\n  expect mismatch db2\n", sigma[i]);
        loaded l = run(text, 0, NULL);
        assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
        assert_true(result(l, "db2")->field.differs);
        drop(l);
    }
}

/* A factor of 1 + 2^-40 is wrong at every size, however well it hides behind the rounding of long sums.
 * Broken by: agreement with a case's own data taken for being right at its sizes. */
static void within_rounding_is_not_right(void **state)
{
    (void)state;
    loaded l = run(ROWS_HEAD("allreduce(sum(D2, N) * 1.0000000000009095, dp)")
                   "case large\n  dims N = 3000, Din = 300, Dh = 100, Dout = 2\n  scheme s\n"
                   "  mesh dp = 2\n  evidence binary64\n  numdiff off\n", 0, NULL);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    assert_string_equal(result(l, "db2")->proof.reach,
                        "db2 is within rounding of the delta rule at these sizes, but not right at "
                        "every size: fails with N = 1, Din = 1, Dh = 1, Dout = 1, dp = 1");
    drop(l);
    /* small enough to ask whether it can fail at these sizes */
    l = run(ROWS_HEAD("allreduce(sum(D2, N) * 1.0000000000000009, dp)") "case small\n" DIMS
            "  scheme s\n  mesh dp = 2\n  evidence binary64\n  numdiff off\n", 0, NULL);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    assert_string_equal(result(l, "db2")->proof.reach,
                        "db2 is within rounding of the delta rule for the data and functions of "
                        "this case, but not right for all");
    drop(l);
    /* a factor that the search's own prime takes for 1, and doubles too */
    char text[2048];
    const uint64_t prime = sp_field_prime(1), half = UINT64_C(1) << 31;
    snprintf(text, sizeof text, ROWS_HEAD("allreduce(sum(D2, N) * (1 + (%" PRIu64 " * 0x1p31 + %" PRIu64
             ") * 0x1p-120), dp)") "case both\n  dims N = 60, Din = 20, Dh = 30, Dout = 20\n"
             "  scheme s\n  mesh dp = 2\n  evidence binary64\n  numdiff off\n", prime / half, prime % half);
    l = run(text, 0, NULL);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    assert_non_null(strstr(result(l, "db2")->proof.reach, "db2 is within rounding"));
    drop(l);
    /* the neighbour: right here, for all data and functions, and that is said */
    l = run(ROWS_HEAD("allreduce(sum(D2, N) * N / count(N/dp), dp, mean)") "case even\n"
            "  dims N = 6, Din = 4, Dh = 6, Dout = 2\n  scheme s\n  mesh dp = 2\n"
            "  evidence binary64\n  numdiff off\n", 0, NULL);
    assert_non_null(strstr(result(l, "db2")->proof.reach, "db2 is right at these sizes, not at every"));
    drop(l);
}

/* The neighbour that stays a mismatch: on the empty rank 0 / 0 is NaN in any arithmetic, and a sum over the
 * ranks and a product keep it. A rank that has rows of its own is right. */
static void a_division_by_an_exact_zero_is_a_mismatch(void **state)
{
    (void)state;
    loaded l = run("scheme s\nmesh dp\ninput X[N/dp, Din], Y[N/dp, Dout]\n"
                   "param W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\nforward\n"
                   "  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n"
                   "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n"
                   "  db2 = allreduce(sum(D2, N) / count(N/dp) * count(N/dp), dp)\n"
                   "  D1 = D2 / count(N/dp) * count(N/dp) @ W2^T * sigma'(Z1)\n"
                   "result db2[Dout], D1[N/dp, Dh]\n"
                   "case c\n" DIMS "  scheme s\n  mesh dp = 2\n  split N/dp = 5 + 0\n"
                   "  expect mismatch db2\n", 0, NULL);
    assert_int_equal(l.outcome->expectation, SP_EXPECTATION_MET);
    assert_int_equal(in_system(result(l, "db2"), "mpfr")->one_sided, 2 * 2);
    assert_string_equal(result(l, "db2")->witness->kind, "not finite");
    assert_null(l.outcome->fault);
    drop(l);
}

static const sp_outcome *run_divided(loaded *l, const char *db2, const char *fields)
{
    char text[2048];
    snprintf(text, sizeof text,
             ROWS_HEAD("%s") "case c\n  dims N = 4, Din = 3, Dh = 2, Dout = 4\n  scheme s\n"
             "  mesh dp = 2\n%s", db2, fields);
    *l = run(text, 0, NULL);
    return l->outcome;
}

/* A proof holds where nothing is divided by 0; whether that is so is a matter of the case's data. Where it
 * is not, the proof is no evidence, and no contradiction to numbers. Broken by: an assumption that is not
 * looked at, looked at on one rank, dropped from what is said, or taken for met where rounding hides a 0; a
 * field that says "for all data" of data with which it would divide by 0. */
static void a_proof_holds_where_no_divisor_is_zero(void **state)
{
    (void)state;
    loaded l;
    const char *by_count = "allreduce(sum(D2, N) / count(N/dp) * count(N/dp), dp)";
    run_divided(&l, by_count, "  split N/dp = 4 + 0\n  expect mismatch\n");
    const sp_result_outcome *r = result(l, "db2");
    assert_int_equal(r->verdict, SP_VERDICT_MISMATCH);
    assert_null(l.outcome->fault);
    assert_int_equal(r->proof.outcome, SP_PROOF_OUTCOME_PROVED);
    assert_int_equal(r->proof.finding, SP_FINDING_SILENT);
    assert_string_equal(r->proof.assumed, "count(N/dp)");
    assert_string_equal(r->proof.broken, "count(N/dp) is 0 on rank 1 (dp = 1)");
    assert_non_null(strstr(r->proof.statement, ", where count(N/dp) is not 0 on any rank"));
    drop(l);
    run_divided(&l, by_count, "  split N/dp = 3 + 1\n");
    r = result(l, "db2");
    assert_int_equal(r->verdict, SP_VERDICT_MATCH);
    assert_int_equal(r->proof.finding, SP_FINDING_AGREES);
    assert_null(r->proof.broken);
    assert_non_null(strstr(r->proof.statement, ", where count(N/dp) is not 0 on any rank"));
    drop(l);
    /* what the empty rank makes of its 0 / 0 is dropped: numbers decide alone */
    run_divided(&l, "allreduce(sum(D2, N) + only(sum(D2, N) / count(N/dp) * count(N/dp) - "
                    "sum(D2, N), dp, 0), dp)", "  split N/dp = 4 + 0\n");
    r = result(l, "db2");
    assert_int_equal(r->verdict, SP_VERDICT_MATCH);
    assert_int_equal(r->proof.outcome, SP_PROOF_OUTCOME_PROVED);
    assert_non_null(r->proof.broken);
    drop(l);
    const char *by_sum = "allreduce(sum(D2, N) / sum(b2, Dout) * sum(b2, Dout), dp)";
    run_divided(&l, by_sum, "  b2 = [1, 2, -3, 0]\n  expect mismatch\n");
    assert_string_equal(result(l, "db2")->proof.broken, "sum(b2, Dout) is 0 on rank 0 (dp = 0)");
    assert_int_equal(result(l, "db2")->verdict, SP_VERDICT_MISMATCH);
    drop(l);
    /* 0 in doubles, but not in 256 bits, that is in truth */
    run_divided(&l, by_sum, "  b2 = [0.1, 0.2, -0.30000000000000004, 0]\n");
    assert_null(result(l, "db2")->proof.broken);
    assert_int_equal(result(l, "db2")->verdict, SP_VERDICT_MATCH);
    drop(l);
    /* 0 in truth, which rounding hides: nothing is known */
    run_divided(&l, by_sum, "  b2 = [0.1, 0.2, -0.1, -0.2]\n");
    r = result(l, "db2");
    assert_string_equal(r->proof.broken, "sum(b2, Dout) is within rounding of 0 on rank 0 (dp = 0)");
    assert_int_equal(r->field.finding, SP_FINDING_SILENT);
    assert_int_equal(r->verdict, SP_VERDICT_UNDECIDED);
    drop(l);
    /* sizes are not 0: nothing to assume */
    run_divided(&l, "allreduce(sum(D2, N) / size(dp) * size(dp), dp)", "");
    assert_null(result(l, "db2")->proof.assumed);
    assert_int_equal(result(l, "db2")->proof.finding, SP_FINDING_AGREES);
    drop(l);
}

static void evidence_and_precision_are_kept(void **state)
{
    (void)state;
    const char *text = "case c\n" DIMS "  scheme megatron\n  mesh tp = 2\n"
                       "  evidence binary64\n  numdiff off\n"
                       "case d\n" DIMS "  scheme megatron\n  mesh tp = 2\n  precision 24\n";
    loaded l = run(text, 0, NULL);
    assert_int_equal(result(l, "dX")->differences, 1);
    assert_int_equal(result(l, "dX")->numdiffs, 0);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    drop(l);
    l = run(text, 1, NULL);
    assert_int_equal(in_system(result(l, "dX"), "mpfr")->bits, 24);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    drop(l);
    l = run(text, 1, &(sp_check_options){.precision = 1000, .threads = 2});
    assert_int_equal(in_system(result(l, "dX"), "mpfr")->bits, 1000);
    assert_int_equal(l.outcome->verdict, SP_VERDICT_MATCH);
    sp_check *check;
    assert_int_equal(sp_check_run(&check, l.cases, 2, NULL), SP_BAD_USAGE);
    assert_null(check);
    assert_int_equal(sp_check_run(&check, l.cases, 0, &(sp_check_options){.precision = 23}),
                     SP_BAD_USAGE);
    assert_int_equal(sp_check_run(&check, l.cases, 0, &(sp_check_options){.precision = 65537}),
                     SP_BAD_USAGE);
    drop(l);
}

static void errors_of_a_file_are_data(void **state)
{
    (void)state;
    const char *text = "case c\n" DIMS "  scheme megatron\n  mesh tp = {2, 3}\n"
                       "  split Dh/tp = 3 + 4\n";
    sp_cases *cases;
    assert_int_equal(sp_cases_load_text(&cases, "x.case", text, strlen(text), NULL), SP_BAD_INPUT);
    assert_int_equal(sp_cases_count(cases), 0);
    assert_null(sp_cases_info(cases, 0));
    assert_true(sp_cases_diagnoses(cases) >= 1);
    const sp_diagnosis *d = sp_cases_diagnosis(cases, 0);
    assert_true(d->error);
    assert_string_equal(d->file, "x.case");
    assert_int_equal(d->line, 5);
    assert_non_null(strstr(d->text, "x.case:5:"));
    assert_null(sp_cases_diagnosis(cases, 1000));
    sp_cases_close(cases);
    assert_int_equal(sp_cases_load_file(&cases, "/no/such/file.case", NULL), SP_BAD_INPUT);
    assert_int_equal(sp_cases_diagnosis(cases, 0)->line, 0);
    sp_cases_close(cases);
    sp_cases_close(NULL);
    sp_check_close(NULL);
}

/* Members of a set come in order, with the line of their case. */
static void cases_are_listed(void **state)
{
    (void)state;
    const char *text = "\n\ncase c\n" DIMS "  scheme megatron\n  mesh tp = {1, 2}\n"
                       "case d\n" DIMS "  scheme delta-rule\n";
    sp_cases *cases;
    assert_int_equal(sp_cases_load_text(&cases, "x.case", text, strlen(text), NULL), SP_OK);
    assert_int_equal(sp_cases_count(cases), 3);
    assert_string_equal(sp_cases_info(cases, 1)->name, "c[tp=2]");
    assert_int_equal(sp_cases_info(cases, 1)->line, 3);
    assert_string_equal(sp_cases_info(cases, 2)->scheme, "delta-rule");
    assert_int_equal(sp_cases_info(cases, 2)->line, 7);
    sp_cases_close(cases);
}

static bool count_bytes(void *context, const char *bytes, size_t length)
{
    (void)bytes;
    *(size_t *)context += length;
    return true;
}

static sp_status whole_run(const sp_allocator *allocator)
{
    static const char text[] = "scheme s\n" HEAD FORWARD
                               "  db2 = sum(D2, N) / size(tp)\n  dW2 = A1^T @ D2\n"
                               "result db2[Dout], dW2[Dh, Dout] sum tp\n"
                               "case c\n  dims N = 2, Din = 1, Dh = 2, Dout = 1\n  scheme s\n"
                               "  mesh tp = 2\n  precision 64\n";
    sp_cases *cases = NULL;
    sp_check *check = NULL;
    sp_report *report = NULL;
    size_t bytes = 0;
    sp_status status = sp_cases_load_text(&cases, "t", text, strlen(text),
                                          &(sp_load_options){.allocator = allocator});
    if (status == SP_OK)
        status = sp_check_run(&check, cases, 0, &(sp_check_options){.allocator = allocator});
    if (status == SP_OK)
        status = sp_report_open(&report, "json", &(sp_report_options){.allocator = allocator},
                                (sp_sink){count_bytes, &bytes});
    if (status == SP_OK)
        status = sp_report_outcome(report, sp_check_outcome(check));
    if (status == SP_OK)
        status = sp_report_finish(report);
    sp_report_close(report);
    sp_check_close(check);
    sp_cases_close(cases);
    return status;
}

/* Broken by: an unchecked NULL, a leak, a status that is lost. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t n = 1, step = 1;; n += step) {
        failing f = {.fail_at = n};
        sp_status status = whole_run(&(sp_allocator){failing_allocate, failing_release, &f});
        assert_int_equal(f.alive, 0);
        if (status == SP_OK) {
            assert_true(f.calls < n && n > 100);
            break;
        }
        assert_int_equal(status, SP_NO_MEMORY);
    }
}

static void limits_are_kept(void **state)
{
    (void)state;
    loaded l = run("case c\n  dims N = 50, Din = 40, Dh = 60, Dout = 20\n  scheme megatron\n"
                   "  mesh tp = 2\n  numdiff off\n", 0, NULL);
    sp_check *check;
    assert_int_equal(sp_check_run(&check, l.cases, 0,
                                  &(sp_check_options){.limits = &(sp_limits){.bytes = 10000}}),
                     SP_MEMORY_LIMIT);
    assert_null(check);
    const volatile int cancel = 1;
    assert_int_equal(sp_check_run(&check, l.cases, 0,
                                  &(sp_check_options){.limits = &(sp_limits){.cancel = &cancel}}),
                     SP_INTERRUPTED);
    drop(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_scheme_matches_on_every_rank),
        cmocka_unit_test(a_wrong_factor_is_named),
        cmocka_unit_test(one_wrong_rank_is_enough),
        cmocka_unit_test(expect_is_not_met),
        cmocka_unit_test(a_layout_that_does_not_fit_names_the_right_one),
        cmocka_unit_test(overflow_on_both_sides_is_undecided),
        cmocka_unit_test(overflow_in_doubles_alone_leaves_mpfr),
        cmocka_unit_test(infinity_on_one_side_is_a_mismatch),
        cmocka_unit_test(what_overflows_contradicts_nothing),
        cmocka_unit_test(a_division_by_an_exact_zero_is_a_mismatch),
        cmocka_unit_test(a_proof_holds_where_no_divisor_is_zero),
        cmocka_unit_test(a_random_step_decides_nothing),
        cmocka_unit_test(a_factor_that_one_prime_hides_is_seen),
        cmocka_unit_test(within_rounding_is_not_right),
        cmocka_unit_test(evidence_and_precision_are_kept),
        cmocka_unit_test(errors_of_a_file_are_data),
        cmocka_unit_test(cases_are_listed),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

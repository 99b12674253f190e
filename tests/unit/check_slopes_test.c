/* check: finite differences as evidence, with slopes that are falsified after they were taken. */
#include "api/cases.h"
#include "check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCHEME(db2)                                                                        \
    "scheme s\nmesh tp\n"                                                                  \
    "input X[N, Din], Y[N, Dout]\n"                                                        \
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"                         \
    "forward\n"                                                                            \
    "  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = allreduce(A1 @ W2, tp) + b2\n"           \
    "  A2 = g(Z2)\n"                                                                       \
    "backward\n"                                                                           \
    "  D2 = loss'(A2, Y) * g'(Z2)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"                      \
    "  dW2 = A1^T @ D2\n  db2 = " db2 "\n  dX = allreduce(D1 @ W1^T, tp)\n"                \
    "result dW2[Dh/tp, Dout], db2[Dout], dX[N, Din]\n"

static const char right[] = SCHEME("sum(D2, N)")
    "case c\n  dims N = 3, Din = 2, Dh = 5, Dout = 4\n"
    "  network sigma = tanh, g = sigmoid, loss = mse\n  scheme s\n  mesh tp = 2\n";
static const char wrong[] = SCHEME("sum(D2, N) * 2")
    "case c\n  dims N = 3, Din = 2, Dh = 5, Dout = 4\n"
    "  network sigma = tanh, g = sigmoid, loss = mse\n  scheme s\n  mesh tp = 2\n";
static const char sampled[] = SCHEME("sum(D2, N) * 2")
    "case c\n  dims N = 3, Din = 2, Dh = 5, Dout = 4\n"
    "  network sigma = tanh, g = sigmoid, loss = mse\n  scheme s\n  mesh tp = 2\n"
    "  numdiff sample(1)\n";

enum { DW2, DB2, DX };

typedef struct fixture {
    sp_cases *cases;
    sp_pool *pool;
    sp_job *job;
    sp_numdiff *mpfr, *binary64;
} fixture;

static void open_job(void *argument)
{
    fixture *f = argument;
    f->job = sp_gather_evidence(f->pool, f->cases->unit->item[0], &(sp_check_options){0}, false);
}

static fixture make(const char *text)
{
    fixture f = {0};
    assert_int_equal(sp_cases_load_text(&f.cases, "t", text, strlen(text), NULL), SP_OK);
    assert_int_equal(sp_pool_open(&f.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(f.pool, open_job, &f), SP_OK);
    assert_int_equal(f.job->numdiffs, 2);
    f.binary64 = (sp_numdiff *)f.job->numdiff[0];
    f.mpfr = (sp_numdiff *)f.job->numdiff[1];
    assert_true(f.mpfr->mpfr && !f.binary64->mpfr);
    return f;
}

static void drop(fixture f)
{
    sp_pool_close(f.pool);
    sp_cases_close(f.cases);
}

static void right_gradients_agree_on_every_entry(void **state)
{
    (void)state;
    fixture f = make(right);
    sp_result_outcome r = sp_judge_result(f.job, DX);
    assert_int_equal(r.verdict, SP_VERDICT_MATCH);
    const sp_numdiff_evidence *n = &r.numdiff[1];
    assert_string_equal(n->system, "mpfr");
    assert_int_equal(n->finding, SP_FINDING_AGREES);
    assert_int_equal(n->entries, 6);
    assert_int_equal(n->judged, 6);
    assert_int_equal(n->delta_within, 6);
    assert_int_equal(n->compared, 12); /* on both ranks */
    assert_int_equal(n->within, 12);
    /* GSL's estimates are shown, and decide nothing */
    assert_int_equal(r.numdiff[0].finding, SP_FINDING_SILENT);
    assert_int_equal(r.numdiff[0].judged, 6);
    drop(f);
}

/* Broken by: a comparison with the delta rule alone, a bar that is not looked at. */
static void a_wrong_gradient_is_contradicted(void **state)
{
    (void)state;
    fixture f = make(wrong);
    sp_result_outcome r = sp_judge_result(f.job, DB2);
    assert_int_equal(r.verdict, SP_VERDICT_MISMATCH);
    assert_int_equal(r.numdiff[1].finding, SP_FINDING_CONTRADICTS);
    assert_int_equal(r.numdiff[1].delta_within, 4);
    assert_int_equal(r.numdiff[1].beyond, 8);
    assert_int_equal(r.numdiff[1].within, 0);
    assert_int_equal(r.numdiff[0].finding, SP_FINDING_SILENT);
    assert_true(r.numdiff[0].beyond > 0);
    drop(f);
}

/* Broken by: a mismatch that blames the scheme for the references, a match in spite of them. */
static void references_that_contradict_each_other_leave_it_open(void **state)
{
    (void)state;
    fixture f = make(right);
    mpfr_ptr slope = f.mpfr->tensor[SP_TENSOR_W2].slope[3];
    mpfr_add_ui(slope, slope, 1, MPFR_RNDN);
    sp_result_outcome r = sp_judge_result(f.job, DW2);
    assert_int_equal(r.verdict, SP_VERDICT_UNDECIDED);
    assert_int_equal(r.numdiff[1].delta_beyond, 1);
    assert_int_equal(r.numdiff[1].beyond, 0); /* nothing is said about the ranks there */
    assert_int_equal(r.numdiff[1].compared, 19);
    assert_string_equal(r.numdiff[1].delta_place.index, "[0,3]");
    assert_non_null(strstr(r.reason, "the delta rule itself"));
    assert_int_equal(sp_judge_result(f.job, DX).verdict, SP_VERDICT_MATCH);
    drop(f);
    f = make(wrong); /* a wrong scheme is wrong all the same: number systems show it */
    slope = f.mpfr->tensor[SP_TENSOR_B2].slope[0];
    mpfr_add_ui(slope, slope, 1, MPFR_RNDN);
    assert_int_equal(sp_judge_result(f.job, DB2).verdict, SP_VERDICT_MISMATCH);
    drop(f);
}

static void an_error_bar_that_is_not_finite_says_nothing(void **state)
{
    (void)state;
    fixture f = make(wrong);
    mpfr_set_inf(f.mpfr->tensor[SP_TENSOR_B2].error[0], 1);
    mpfr_set_nan(f.mpfr->tensor[SP_TENSOR_B2].error[1]);
    sp_result_outcome r = sp_judge_result(f.job, DB2);
    assert_int_equal(r.numdiff[1].delta_within, 2);
    assert_int_equal(r.numdiff[1].compared, 4);
    drop(f);
    f = make(right);
    mpfr_set_inf(f.mpfr->tensor[SP_TENSOR_B2].error[0], 1);
    r = sp_judge_result(f.job, DB2);
    assert_int_equal(r.numdiff[1].finding, SP_FINDING_SILENT);
    assert_int_equal(r.verdict, SP_VERDICT_MATCH); /* mpfr covers it */
    drop(f);
}

static void kinks_are_counted_and_not_judged(void **state)
{
    (void)state;
    fixture f = make(right);
    sp_numdiff_tensor *x = &f.mpfr->tensor[SP_TENSOR_X];
    mpfr_set_ui(x->slope[2], 100, MPFR_RNDN);
    x->state[2] = SP_NUMDIFF_KINK;
    x->kinks++, x->judged--;
    sp_result_outcome r = sp_judge_result(f.job, DX);
    assert_int_equal(r.verdict, SP_VERDICT_MATCH);
    assert_int_equal(r.numdiff[1].finding, SP_FINDING_SILENT);
    assert_int_equal(r.numdiff[1].kinks, 1);
    assert_int_equal(r.numdiff[1].delta_within, 5);
    assert_int_equal(r.numdiff[1].looked_at, 6);
    drop(f);
}

/* However wrong GSL's numbers are. */
static void binary64_decides_nothing(void **state)
{
    (void)state;
    fixture f = make(right);
    for (size_t i = 0; i < 6; i++)
        f.binary64->tensor[SP_TENSOR_X].slope_binary64[i] += 1;
    sp_result_outcome r = sp_judge_result(f.job, DX);
    assert_int_equal(r.verdict, SP_VERDICT_MATCH);
    assert_int_equal(r.numdiff[0].delta_beyond, 6);
    assert_int_equal(r.numdiff[0].finding, SP_FINDING_SILENT);
    drop(f);
}

/* A direction through db2 is contradicted by a gradient that is twice too large. */
static void directions_are_compared_with_the_gathered_gradient(void **state)
{
    (void)state;
    fixture f = make(sampled);
    sp_result_outcome r = sp_judge_result(f.job, DB2);
    assert_true(r.numdiff[1].directions > 0);
    assert_int_equal(r.numdiff[1].delta_directions_beyond, 0);
    assert_int_equal(r.numdiff[1].directions_beyond, r.numdiff[1].directions);
    assert_int_equal(r.numdiff[1].finding, SP_FINDING_CONTRADICTS);
    /* dX is on both ranks: each entry is gathered once */
    r = sp_judge_result(f.job, DX);
    assert_true(r.numdiff[1].directions > 0);
    assert_int_equal(r.numdiff[1].directions_beyond, 0);
    r = sp_judge_result(f.job, DW2);
    assert_true(r.numdiff[1].directions > 0);
    assert_int_equal(r.numdiff[1].directions_beyond, 0);
    assert_int_equal(r.verdict, SP_VERDICT_MATCH);
    for (size_t i = 0; i < f.mpfr->directions; i++)
        mpfr_add_ui(f.mpfr->direction[i].slope, f.mpfr->direction[i].slope, 1, MPFR_RNDN);
    r = sp_judge_result(f.job, DW2);
    assert_int_equal(r.numdiff[1].delta_directions_beyond, r.numdiff[1].directions);
    assert_int_equal(r.verdict, SP_VERDICT_UNDECIDED);
    drop(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_gradients_agree_on_every_entry),
        cmocka_unit_test(a_wrong_gradient_is_contradicted),
        cmocka_unit_test(references_that_contradict_each_other_leave_it_open),
        cmocka_unit_test(an_error_bar_that_is_not_finite_says_nothing),
        cmocka_unit_test(kinks_are_counted_and_not_judged),
        cmocka_unit_test(binary64_decides_nothing),
        cmocka_unit_test(directions_are_compared_with_the_gathered_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

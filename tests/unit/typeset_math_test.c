/* Formulas in every format: brackets where they are needed and nowhere else, symbols, programs. */
#include "derive/naming.h"
#include "lang/lang.h"
#include "lang/mlp.h"
#include "proof/gradient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static sp_pool *pool;

static const sp_math *sym(const char *name)
{
    return sp_math_symbol(pool, name);
}

static const sp_math *of(sp_math_kind kind, const sp_math *a, const sp_math *b)
{
    return sp_math_of(pool, kind, a, b, NULL);
}

static const char *text(const sp_math *m)
{
    sp_text out = sp_text_in(pool);
    sp_math_write_text(&out, m, true);
    return sp_text_string(&out);
}

static const char *signs(const sp_math *m)
{
    sp_text out = sp_text_in(pool);
    sp_math_write_text(&out, m, false);
    return sp_text_string(&out);
}

static const char *latex(const sp_math *m)
{
    sp_text out = sp_text_in(pool);
    sp_math_write_latex(&out, m);
    return sp_text_string(&out);
}

static const char *mathml(const sp_math *m)
{
    sp_text out = sp_text_in(pool);
    sp_math_write_mathml(&out, m);
    return sp_text_string(&out);
}

/* Breaks if two things are written alike that are not: a - (b + c) and a - b + c. */
static void brackets_say_what_is_meant(void **unused)
{
    (void)unused;
    const sp_math *a = sym("X"), *b = sym("Y"), *c = sym("L");
    const sp_math *sum = sp_math_add(pool, b, c, false), *less = sp_math_add(pool, b, c, true);
    const sp_math *index = sp_math_index(pool, "n");
    const sp_math *big = sp_math_list(pool, SP_MATH_BIG, "sum", (const sp_math *[]){a, index}, 2);
    const sp_math *bigger = sp_math_list(pool, SP_MATH_BIG, "sum", (const sp_math *[]){sum, index}, 2);
    assert_string_equal(text(sp_math_add(pool, a, sum, true)), "X - (Y + L)");
    assert_string_equal(text(sp_math_add(pool, a, less, true)), "X - (Y - L)");
    assert_string_equal(text(sp_math_add(pool, a, less, false)), "X + Y - L");
    assert_string_equal(text(sp_math_add(pool, less, a, true)), "Y - L - X");
    assert_string_equal(text(of(SP_MATH_PRODUCT, sum, a)), "(Y + L) X");
    assert_string_equal(text(of(SP_MATH_PRODUCT, a, of(SP_MATH_PRODUCT, b, c))), "X Y L");
    assert_string_equal(text(of(SP_MATH_HADAMARD, of(SP_MATH_PRODUCT, a, b), c)), "(X Y) * L");
    assert_string_equal(text(of(SP_MATH_PRODUCT, of(SP_MATH_HADAMARD, a, b), c)), "(X * Y) L");
    assert_string_equal(text(of(SP_MATH_TRANSPOSE, of(SP_MATH_PRODUCT, a, b), NULL)), "(X Y)^T");
    assert_string_equal(text(of(SP_MATH_TRANSPOSE, of(SP_MATH_TRANSPOSE, a, NULL), NULL)), "(X^T)^T");
    assert_string_equal(text(of(SP_MATH_PRODUCT, big, b)), "(sum(n) X) Y");
    assert_string_equal(text(of(SP_MATH_PRODUCT, b, big)), "Y sum(n) X");
    assert_string_equal(text(sp_math_add(pool, big, b, false)), "sum(n) X + Y");
    const sp_math *negative = sp_math_negative(pool, a);
    assert_string_equal(text(negative), "-X");
    assert_string_equal(text(sp_math_add(pool, negative, b, true)), "-X - Y");
    assert_string_equal(text(sp_math_add(pool, negative, b, false)), "-X + Y");
    assert_string_equal(text(sp_math_add(pool, b, negative, true)), "Y - (-X)");
    assert_string_equal(text(of(SP_MATH_PRODUCT, b, negative)), "Y (-X)");
    assert_string_equal(text(bigger), "sum(n) (Y + L)");
    assert_string_equal(text(of(SP_MATH_FRACTION, sum, of(SP_MATH_PRODUCT, a, b))),
                        "(Y + L) / (X Y)");
    assert_string_equal(text(of(SP_MATH_PRODUCT, of(SP_MATH_FRACTION, a, b), c)), "(X / Y) L");
    assert_string_equal(latex(of(SP_MATH_FRACTION, sum, a)), "\\frac{Y + L}{X}");
    assert_string_equal(latex(of(SP_MATH_PRODUCT, of(SP_MATH_FRACTION, a, b), c)),
                        "\\frac{X}{Y} \\, L");
    assert_string_equal(latex(of(SP_MATH_TRANSPOSE, sym("W1"), NULL)), "(W^{(1)})^{\\top}");
    assert_string_equal(latex(of(SP_MATH_TRANSPOSE, a, NULL)), "{X}^{\\top}");
    assert_string_equal(latex(of(SP_MATH_TRANSPOSE, sum, NULL)), "{(Y + L)}^{\\top}");
    assert_string_equal(latex(of(SP_MATH_PRODUCT, bigger, a)), "\\left(\\sum_{n} (Y + L)\\right) \\, X");
}

static void symbols_are_taken_apart(void **unused)
{
    (void)unused;
    const sp_math *r = sp_math_index(pool, "r");
    assert_string_equal(signs(sym("D2all")), "δ2all");
    assert_string_equal(text(sym("D2all")), "D2all");
    assert_string_equal(latex(sym("D2all")), "\\delta^{(2)}_{\\mathrm{all}}");
    assert_string_equal(latex(sym("D2_all")), "\\delta^{(2)}_{\\mathrm{all}}");
    assert_string_equal(latex(of(SP_MATH_SHARD, sym("dW1"), r)), "\\mathrm{d}W^{(1)}_{r}");
    assert_string_equal(latex(sym("own_name")), "\\mathrm{own\\_name}");
    assert_string_equal(latex(sym("Dout")), "D_{\\mathrm{out}}");
    assert_string_equal(latex(of(SP_MATH_APPLY, sym("loss'"), r)), "\\mathrm{loss}'(r)");
    assert_string_equal(mathml(of(SP_MATH_SHARD, sym("W1"), r)),
                        "<msubsup><mi>W</mi><mrow><mi>r</mi></mrow><mn>(1)</mn></msubsup>");
    assert_string_equal(mathml(sp_math_word(pool, "<&>")), "<mtext>&lt;&amp;&gt;</mtext>");
    assert_string_equal(signs(of(SP_MATH_SHARD, sym("dX"), sp_math_add(pool, sym("P"),
                        sp_math_count(pool, 1), true))), "dX_(P-1)");
    const sp_math *slope = of(SP_MATH_SLOPE, sym("L"), sym("W1"));
    assert_string_equal(signs(slope), "∂L/∂W1");
    assert_string_equal(latex(slope), "\\frac{\\partial L}{\\partial W^{(1)}}");
    assert_string_equal(latex(sp_math_inline(pool, slope)), "\\partial L/\\partial W^{(1)}");
}

/* ---- programs ---- */

static const char scheme[] =
    "scheme s\nmesh dp, tp\ninput X[N/dp, Din], Y[N/dp, Dout]\n"
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"
    "forward\n  Z1 = X @ W1 + b1\n  H = -sigma(Z1) * 2\n"
    "  M = allreduce(allreduce(sum(H @ W2, N), tp), dp, mean)\n"
    "  S = slice(b2, Dout, tp) / size(dp) - count(N/dp) * slice(b2, Dout, tp)\n"
    "  B = broadcast(only(b2, dp, 1), dp, 1) + shift(b2, tp, -1)\n"
    "  R = reducescatter(H @ W2, Dout, tp)\n"
    "backward\n  dX = allgather(allreduce(H @ W1^T, tp), N, dp) + allgather(X, N, dp)\n"
    "  G = sum(X, N) - sum(b2, Dout)\nresult dX[N, Din]\n";

static const struct { const char *name, *want; } right_sides[] = {
    {"Z1", "X_dp W1_tp + b1_tp"},
    {"H", "2 (-sigma(Z1_(dp,tp)))"},
    {"M", "(1 / P_dp) sum(q) sum(s) sum(n) (H_(q,s) W2_s)[n,:]"},
    {"S", "entries_tp(b2) / P_dp - count(N/dp) entries_tp(b2)"},
    {"B", "[1 = 1] b2 + b2"},
    {"R", "cols_tp(sum(q) H_(dp,q) W2_q)"},
    {"dX", "cat(q) sum(s) H_(q,s) W1_s^T + cat(q) X_q"},
    {"G", "sum(n) X_dp[n,:] - sum(o) b2[o]"}};

/* Breaks if a coordinate is lost, a letter is used twice in one term, or the name of a later value is known
 * too early. */
static void programs_are_formulas(void **unused)
{
    (void)unused;
    sp_diagnostics found = {.pool = pool};
    const sp_vocabulary none = {0};
    const sp_source *source = sp_source_from(pool, "s", scheme, sizeof scheme - 1, &found);
    const sp_unit *unit = sp_unit_load(pool, source, &none, &found);
    for (size_t i = 0; i < found.count; i++)
        print_message("%s\n", found.item[i].message);
    assert_int_equal(found.errors, 0);
    const sp_program *p = unit->program[0];
    sp_naming naming = sp_naming_of(pool, p);
    for (size_t s = 0; s < p->statements; s++)
        for (size_t i = 0; i < sizeof right_sides / sizeof *right_sides; i++)
            if (strcmp(p->statement[s].name, right_sides[i].name) == 0)
                assert_string_equal(text(sp_statement_math(&naming, s)), right_sides[i].want);
}

/* ---- index expressions ---- */

typedef struct named {
    const sp_gradient_proof *proof;
    const char *error_term, *other; /* texts */
} named;

/* D1[n,k] by its name; but not where another factor runs over the index that it sums. */
static void write_named(void *argument)
{
    named *w = argument;
    sp_algebra *in = w->proof->algebra;
    sp_variable n = sp_variable_place(0, SP_DIM_N), o1 = sp_variable_place(1, SP_DIM_DOUT);
    sp_variable k = sp_variable_place(1, SP_DIM_DH), l = sp_fresh(in, SP_DIM_DH);
    sp_variable o = sp_fresh(in, SP_DIM_DOUT), i = sp_fresh(in, SP_DIM_DIN);
    const sp_variable ko[2] = {k, o}, lo[2] = {l, o}, ik[2] = {i, k};
    const sp_expression *slope = sp_apply(in, SP_SYMBOL_SIGMA_PRIME,
                                          w->proof->rule[SP_RESULT_Z1], NULL);
    const sp_expression *e = sp_substitute_index(in, w->proof->rule[SP_RESULT_D2], o1, o);
    e = sp_multiply(in, sp_multiply(in, e, sp_entry(in, SP_TENSOR_W2, 2, ko)), slope);
    const sp_expression *d1 = sp_sum_over(in, e, &o, 1);
    assert_ptr_equal(d1, w->proof->rule[SP_RESULT_D1]);
    d1 = sp_multiply(in, d1, sp_entry(in, SP_TENSOR_W1, 2, ik));
    e = sp_sum_over(in, sp_multiply(in, e, sp_entry(in, SP_TENSOR_W2, 2, lo)), &o, 1);
    const sp_indexing show = {pool, in, w->proof->program, w->proof->rule, NULL};
    w->error_term = text(sp_index_math(&show, sp_sum_over(in, d1, &k, 1)));
    w->other = text(sp_index_math(&show, e));
    (void)n;
}

static void error_terms_have_names(void **unused)
{
    (void)unused;
    named w = {.proof = sp_gradient_prove(pool)};
    assert_int_equal(sp_algebra_run(w.proof->algebra, write_named, &w), SP_PROOF_NO_LIMIT);
    assert_string_equal(w.error_term, "sum(k) D1[n,k] W1[i,k]");
    assert_null(strstr(w.other, "D1"));
    assert_non_null(strstr(w.other, "sum(o) D2[n,o] "));
    assert_non_null(strstr(w.other, "W2[k,o]"));
    assert_non_null(strstr(w.other, "W2[l,o]"));
}

static int open_pool(void **unused)
{
    (void)unused;
    return sp_pool_open(&pool, NULL, NULL) == SP_OK ? 0 : -1;
}

static int close_pool(void **unused)
{
    (void)unused;
    sp_pool_close(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(brackets_say_what_is_meant, open_pool, close_pool),
        cmocka_unit_test_setup_teardown(symbols_are_taken_apart, open_pool, close_pool),
        cmocka_unit_test_setup_teardown(programs_are_formulas, open_pool, close_pool),
        cmocka_unit_test_setup_teardown(error_terms_have_names, open_pool, close_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Schemes: the type of every form of the language, and the rules that it must keep.
 * Broken by: a wrong layout of a value, a rule on splits that is not checked (the proofs stand on
 * them), an operand that comes after its user, a name that is looked up wrongly. */
#include "lang_fixture.h"
#include "lang/builtin.h"

/* Every dimension split over another axis, X and Y whole in one copy and split in another way. */
static const char head[] = "scheme s\nmesh dp, tp, pp\n"
                           "input X[N/dp, Din], Y[N/dp, Dout]\n"
                           "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/(tp,pp), Dout/dp], b2[Dout]\n"
                           "forward\n  V = ";
static const char tail[] = "\n  Z1 = X\nbackward\nresult Z1[N/dp, Dh/tp]\n";

static loaded load_expression(const char *expression)
{
    char text[2000];
    int length = snprintf(text, sizeof text, "%s%s%s", head, expression, tail);
    assert_true(length > 0 && (size_t)length < sizeof text);
    return load_text(text);
}

/*  expression, its layout */
static const char *const typed[][2] = {
    {"X", "[N/dp, Din]"},
    {"2", "scalar"},
    {"0x1p-3", "scalar"},
    {"N", "scalar"},
    {"Dout", "scalar"},
    {"size(tp)", "scalar"},
    {"count(N/dp)", "scalar"},
    {"count(Dh/(tp,pp))", "scalar"},
    {"N / size(dp) * count(N/dp) - 1", "scalar"},
    {"X @ W1", "[N/dp, Dh/tp]"},
    {"X^T @ X", "[Din, Din]"},
    {"X @ X^T", "[N/dp, N/dp]"}, /* an axis may split two dimensions of a computed value */
    {"X @ W1 + b1", "[N/dp, Dh/tp]"},
    {"b1 + X @ W1", "[N/dp, Dh/tp]"},
    {"b1 - X @ W1", "[N/dp, Dh/tp]"},
    {"X + X", "[N/dp, Din]"},
    {"X - 1", "[N/dp, Din]"},
    {"1 - X", "[N/dp, Din]"},
    {"b1 + 1", "[Dh/tp]"},
    {"X * X", "[N/dp, Din]"},
    {"2 * X", "[N/dp, Din]"},
    {"X * 2", "[N/dp, Din]"},
    {"b1 * b1", "[Dh/tp]"},
    {"X / N", "[N/dp, Din]"},
    {"b1 / 3", "[Dh/tp]"},
    {"-X", "[N/dp, Din]"},
    {"--b1", "[Dh/tp]"},
    {"X^T", "[Din, N/dp]"},
    {"X^T^T", "[N/dp, Din]"},
    {"-X^T", "[Din, N/dp]"},
    {"(X @ W1)^T", "[Dh/tp, N/dp]"},
    {"sigma(X)", "[N/dp, Din]"},
    {"sigma'(X @ W1)", "[N/dp, Dh/tp]"},
    {"g(b1)", "[Dh/tp]"},
    {"g'(X)", "[N/dp, Din]"},
    {"step(X)", "[N/dp, Din]"},
    {"loss'(Y, Y)", "[N/dp, Dout]"},
    {"loss'(Y, 1)", "[N/dp, Dout]"},
    {"sum(X, N)", "[Din]"},
    {"sum(X, Din)", "[N/dp]"},
    {"sum(b1, Dh)", "scalar"},
    {"sum(sum(X, N), Din)", "scalar"},
    {"allreduce(X, tp)", "[N/dp, Din]"},
    {"allreduce(X, tp, mean)", "[N/dp, Din]"},
    {"allreduce(N, tp)", "scalar"},
    {"allgather(X, N, dp)", "[N, Din]"},
    {"allgather(W2, Dh, pp)", "[Dh/tp, Dout/dp]"},
    {"allgather(allgather(W2, Dh, pp), Dh, tp)", "[Dh, Dout/dp]"},
    {"reducescatter(X, Din, tp)", "[N/dp, Din/tp]"},
    {"reducescatter(X, N, tp)", "[N/(dp,tp), Din]"},
    {"slice(X, Din, tp)", "[N/dp, Din/tp]"},
    {"slice(slice(b2, Dout, dp), Dout, tp)", "[Dout/(dp,tp)]"},
    {"alltoall(X, Din, N, dp)", "[N, Din/dp]"},
    {"alltoall(W2, Dout, Dh, pp)", "[Dh/tp, Dout/(dp,pp)]"},
    {"broadcast(X, tp, 0)", "[N/dp, Din]"},
    {"broadcast(X, tp, 3)", "[N/dp, Din]"}, /* whether the axis has it depends on the case */
    {"shift(X, tp, -1)", "[N/dp, Din]"},
    {"shift(X, tp, 5)", "[N/dp, Din]"},
    {"only(X, dp, 2)", "[N/dp, Din]"}, /* of any operand */
    {"X @ W1 @ (X @ W1)^T", "[N/dp, N/dp]"},
    {"X + X^T", "[N/dp, Din]"}, /* by name */
    {"X @ W1 * b1", "[N/dp, Dh/tp]"},
    {"b1 * (X @ W1)", "[Dh/tp, N/dp]"},
    {"X * Y", "[N/dp, Din, Dout]"},
    {"X / X", "[N/dp, Din]"},
    {"1 / X", "[N/dp, Din]"},
    {"b1 / b1", "[Dh/tp]"},
    {"exp(X)", "[N/dp, Din]"},
};

static void every_form_has_its_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        loaded l = load_expression(typed[i][0]);
        if (l.diagnostics.errors)
            print_error("%s\n", l.shown);
        assert_int_equal(l.diagnostics.errors, 0);
        const sp_program *p = l.unit->program[0];
        assert_string_equal(p->statement[0].name, "V");
        const sp_layout *layout = &p->node[p->statement[0].node].layout;
        assert_string_equal(sp_layout_text(l.pool, p, layout), typed[i][1]);
        sp_pool_close(l.pool);
    }
}

/* Each of these would let a wrong scheme be proved, or has no meaning. */
static const char *const untyped[] = {
    "X @ W2",
    "X @ X",
    "W1^T @ b2",
    "b1 @ W1",
    "2 @ X",
    "X @ W1 + b2",
    "X + Y",
    "X + X @ X^T",
    "X * slice(X, Din, tp)",
    "W2 * b1",
    "b1 * W2",
    "X * (X @ X^T)",
    "X / slice(X, Din, tp)",
    "b1 / W2",
    "b1 + b2",
    "b1^T",
    "2^T",
    "loss'(X, Y)",
    "loss'(Y, X)",
    "loss'(Y)",
    "sum(X, Dh)",
    "sum(X @ X^T, N)",
    "sum(N, N)",
    "allreduce(X, dp)",
    "allreduce(W2, pp)",
    "allreduce(W2, tp)",
    "broadcast(X, dp, 0)",
    "shift(X, dp, 1)",
    "allgather(X, Din, dp)",
    "allgather(X, N, tp)",
    "allgather(W2, Dh, tp)",
    "allgather(X @ X^T, N, dp)",
    "allgather(Y @ W2^T, N, dp)",
    "reducescatter(X, N, dp)",
    "reducescatter(X, Din, dp)",
    "slice(X, Din, dp)",
    "slice(X, N, dp)",
    "slice(X, Dh, tp)",
    "alltoall(X, N, Din, dp)",
    "alltoall(X, Din, Din, dp)",
    "alltoall(X, Din, N, tp)",
    "alltoall(W2, Dout, Dh, tp)",
    "alltoall(W2, Dh, Dout, tp)",
    "count(N)",
    "count(N/(dp,dp))",
    "size(N)",
    "size(qp)",
    "sigma(X, X)",
    "sigma()",
    "sum(X)",
    "allreduce(X)",
    "allreduce(X, tp, 1)",
    "only(X, tp, -1)",
    "only(X, tp)",
    "broadcast(X, tp, 99999999999999999999)",
    "nosuch(X)",
    "exp(X, X)",
    "exp'(X)",
    "sigmoid()",
    "max(X)",
    "Q",
    "tp",
    "V",
    "Z1",
    "sigma",
    "1e999",
    "X Y",
    "X +",
    "(X",
    "X)",
    "",
    "[X]",
    "{X}",
    "\"X\"",
    "X; Y",
    "X, Y",
    "X = Y",
    "allreduce(X, tp,)",
};

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof untyped / sizeof *untyped; i++) {
        loaded l = load_expression(untyped[i]);
        if (l.diagnostics.errors == 0)
            print_error("%s was accepted\n", untyped[i]);
        assert_true(l.diagnostics.errors >= 1);
        sp_pool_close(l.pool);
    }
}

static void nodes_say_what_they_name(void **state)
{
    (void)state;
    loaded l = load_expression("only(shift(alltoall(X, Din, N, dp), tp, -7), pp, 3)");
    const sp_program *p = l.unit->program[0];
    const sp_node *only = &p->node[p->statement[0].node];
    const sp_node *shift = &p->node[only->operand[0]];
    const sp_node *all = &p->node[shift->operand[0]];
    assert_int_equal(only->op, SP_OP_ONLY);
    assert_int_equal(only->axis, 2);
    assert_int_equal(only->constant, 3);
    assert_int_equal(only->operand[1], -1);
    assert_int_equal(shift->op, SP_OP_SHIFT);
    assert_int_equal(shift->axis, 1);
    assert_int_equal(shift->constant, -7);
    assert_int_equal(all->op, SP_OP_ALLTOALL);
    assert_int_equal(all->axis, 0);
    assert_int_equal(all->dim, SP_DIM_DIN);
    assert_int_equal(all->place, 1);
    assert_int_equal(all->dim2, SP_DIM_N);
    assert_int_equal(all->place2, 0);
    assert_int_equal(p->node[all->operand[0]].op, SP_OP_LOAD);
    assert_int_equal(p->node[all->operand[0]].tensor, SP_TENSOR_X);
    sp_pool_close(l.pool);

    l = load_expression("allreduce(sum(X, Din) * 0.1, pp, mean)");
    p = l.unit->program[0];
    const sp_node *reduce = &p->node[p->statement[0].node];
    assert_true(reduce->op == SP_OP_ALLREDUCE && reduce->how == SP_REDUCE_MEAN && reduce->axis == 2);
    const sp_node *times = &p->node[reduce->operand[0]];
    assert_int_equal(times->op, SP_OP_MUL);
    const sp_node *number = &p->node[times->operand[1]];
    assert_true(number->op == SP_OP_NUMBER && number->number == 0.1);
    assert_string_equal(number->number_text, "0.1");
    const sp_node *sum = &p->node[times->operand[0]];
    assert_true(sum->op == SP_OP_SUM && sum->place == 1 && sum->dim == SP_DIM_DIN);
    sp_pool_close(l.pool);

    l = load_expression("count(Dh/(tp,pp)) / size(pp) - Dh");
    p = l.unit->program[0];
    const sp_node *minus = &p->node[p->statement[0].node];
    assert_true(minus->op == SP_OP_SUB && p->node[minus->operand[1]].op == SP_OP_EXTENT);
    assert_int_equal(p->node[minus->operand[1]].dim, SP_DIM_DH);
    const sp_node *over = &p->node[minus->operand[0]];
    assert_int_equal(p->node[over->operand[1]].op, SP_OP_RANKS);
    assert_int_equal(p->node[over->operand[1]].axis, 2);
    const sp_node *count = &p->node[over->operand[0]];
    assert_int_equal(count->op, SP_OP_OWNED);
    assert_string_equal(sp_part_text(l.pool, p, &count->part), "Dh/(tp,pp)");
    sp_pool_close(l.pool);
}

/* a - b - c is (a - b) - c; -a * b is (-a) * b; @, * and / bind alike and tighter than +. */
static void operators_bind_as_the_grammar_says(void **state)
{
    (void)state;
    static const struct { const char *expression; sp_op root, left, right; } trees[] = {
        {"1 - 2 - 3", SP_OP_SUB, SP_OP_SUB, SP_OP_NUMBER},
        {"1 - (2 - 3)", SP_OP_SUB, SP_OP_NUMBER, SP_OP_SUB},
        {"1 / 2 * 3", SP_OP_MUL, SP_OP_DIV, SP_OP_NUMBER},
        {"1 + 2 * 3", SP_OP_ADD, SP_OP_NUMBER, SP_OP_MUL},
        {"-1 * 3", SP_OP_MUL, SP_OP_NEG, SP_OP_NUMBER},
        {"1 * -3", SP_OP_MUL, SP_OP_NUMBER, SP_OP_NEG},
        {"-(1 * 3) + 2", SP_OP_ADD, SP_OP_NEG, SP_OP_NUMBER},
        {"X^T @ X * 2", SP_OP_MUL, SP_OP_PRODUCT, SP_OP_NUMBER},
        {"2 * X^T @ X", SP_OP_PRODUCT, SP_OP_MUL, SP_OP_LOAD},
    };
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        loaded l = load_expression(trees[i].expression);
        assert_string_equal(l.shown, "");
        const sp_program *p = l.unit->program[0];
        const sp_node *root = &p->node[p->statement[0].node];
        assert_int_equal(root->op, trees[i].root);
        assert_int_equal(p->node[root->operand[0]].op, trees[i].left);
        assert_int_equal(p->node[root->operand[1]].op, trees[i].right);
        sp_pool_close(l.pool);
    }
    loaded l = load_expression("-X^T"); /* the minus is outside */
    const sp_program *p = l.unit->program[0];
    assert_int_equal(p->node[p->statement[0].node].op, SP_OP_NEG);
    sp_pool_close(l.pool);
}

static void lines_go_on(void **state)
{
    (void)state;
    loaded l = load_expression("X @ # a comment\n W1 +\n\n  b1 - (1\n + 2\n)");
    assert_string_equal(l.shown, "");
    const sp_program *p = l.unit->program[0];
    assert_int_equal(p->statements, 2);
    assert_string_equal(sp_layout_text(l.pool, p, &p->node[p->statement[0].node].layout),
                        "[N/dp, Dh/tp]");
    sp_pool_close(l.pool);
}

static void crlf_tabs_and_a_mark_are_blanks(void **state)
{
    (void)state;
    loaded l = load_good("\xEF\xBB\xBFscheme s\r\nmesh\ttp\r\ninput X[N, Din] # \xC3\xA9\r\n"
                         "forward\r\n\tZ1 = X\r\nbackward\r\nresult Z1[N, Dh]\r\n");
    assert_int_equal(l.unit->programs, 1);
    assert_int_equal(l.unit->program[0]->statements, 1);
    sp_pool_close(l.pool);
}

/* Results keep both layouts: whether they agree is a verdict, not an input error. */
static void results_keep_what_they_declare(void **state)
{
    (void)state;
    loaded l = load_good("scheme s\nmesh tp\ninput X[N, Din], Y[N, Dout]\n"
                         "param W1[Din, Dh/tp], W2[Dh/tp, Dout]\nforward\n"
                         "  A1 = sigma(X @ W1)\nbackward\n  dW2 = A1^T @ Y\n  dW1 = Y\n"
                         "result dW2[Dh, Dout] sum tp, A1[N/tp, Dh], dW1[Din, Dh]\n");
    const sp_program *p = l.unit->program[0];
    assert_int_equal(p->results, 3);
    assert_int_equal(p->result[0].result, SP_RESULT_DW2);
    assert_int_equal(p->result[0].sum_axis, 0);
    assert_string_equal(sp_layout_text(l.pool, p, &p->result[0].declared), "[Dh, Dout]");
    assert_string_equal(sp_layout_text(l.pool, p, &p->node[p->result[0].node].layout),
                        "[Dh/tp, Dout]");
    assert_int_equal(p->result[1].sum_axis, -1);
    assert_string_equal(sp_layout_text(l.pool, p, &p->result[1].declared), "[N/tp, Dh]");
    assert_string_equal(sp_layout_text(l.pool, p, &p->node[p->result[2].node].layout),
                        "[N, Dout]");
    assert_false(p->statement[0].backward);
    assert_true(p->statement[1].backward);
    assert_int_equal(p->result[0].node, p->statement[1].node);
    sp_pool_close(l.pool);
}

static void parts_come_after_their_prefixes(void **state)
{
    (void)state;
    loaded l = load_good("scheme s\nmesh dp, tp, pp\ninput X[N, Din/(pp,dp)], Y[N, Dout]\n"
                         "forward\n  Z1 = X / count(N/(dp,tp,pp))\nbackward\n"
                         "result Z1[N, Dh/(tp,dp)]\n");
    const sp_program *p = l.unit->program[0];
    sp_part *parts;
    size_t count = sp_program_parts(p, l.pool, &parts);
    sp_text text = sp_text_in(l.pool);
    for (size_t i = 0; i < count; i++)
        sp_text_format(&text, "%s ", sp_part_text(l.pool, p, &parts[i]));
    assert_string_equal(sp_text_string(&text),
                        "Din/pp Din/(pp,dp) N/dp N/(dp,tp) N/(dp,tp,pp) Dh/tp Dh/(tp,dp) ");
    sp_pool_close(l.pool);
}

static void whole_layouts(void **state)
{
    (void)state;
    sp_program none = {.of = &sp_mlp};
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_layout w1 = sp_mlp.tensor[SP_TENSOR_W1].whole, dw1 = sp_mlp.result[SP_RESULT_DW1].whole;
    sp_layout b2 = sp_mlp.tensor[SP_TENSOR_B2].whole, db2 = sp_mlp.result[SP_RESULT_DB2].whole;
    assert_true(sp_layout_equal(&w1, &dw1) && memcmp(&w1, &dw1, sizeof w1) == 0);
    assert_true(sp_layout_equal(&b2, &db2) && !sp_layout_equal(&b2, &w1));
    assert_string_equal(sp_layout_text(pool, &none, &w1), "[Din, Dh]");
    assert_string_equal(sp_layout_text(pool, &none, &b2), "[Dout]");
    sp_part split = {.dim = SP_DIM_DH, .axes = 1, .axis = {2}};
    assert_true(sp_part_uses_axis(&split, 2) && !sp_part_uses_axis(&split, 0));
    w1.part[1] = split;
    assert_false(sp_layout_equal(&w1, &dw1));
    assert_true(sp_layout_uses_axis(&w1, 2) && !sp_layout_uses_axis(&dw1, 0));
    sp_pool_close(pool);
}

static void built_in(void *pool)
{
    for (const sp_embedded *s = sp_builtin_scheme_table; s->name; s++) {
        const sp_program *p = sp_scheme_builtin(pool, s->name);
        assert_non_null(p);
        assert_string_equal(p->name, s->name);
        assert_true(p->results > 0);
    }
    assert_null(sp_scheme_builtin(pool, "no-such"));
    const sp_program *rule = sp_scheme_builtin(pool, "delta-rule");
    assert_int_equal(rule->axes, 0);
    assert_int_equal(rule->results, SP_RESULT_COUNT); /* all of them, in the order of the table */
    for (size_t i = 0; i < rule->results; i++)
        assert_int_equal(rule->result[i].result, i);
}

static void built_in_schemes_have_no_errors(void **state)
{
    (void)state;
    for (const sp_embedded *s = sp_builtin_scheme_table; s->name; s++)
        sp_pool_close(load_good(s->text).pool); /* shows the errors */
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(pool, built_in, pool), SP_OK);
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_has_its_type),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(nodes_say_what_they_name),
        cmocka_unit_test(operators_bind_as_the_grammar_says),
        cmocka_unit_test(lines_go_on),
        cmocka_unit_test(crlf_tabs_and_a_mark_are_blanks),
        cmocka_unit_test(results_keep_what_they_declare),
        cmocka_unit_test(parts_come_after_their_prefixes),
        cmocka_unit_test(whole_layouts),
        cmocka_unit_test(built_in_schemes_have_no_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

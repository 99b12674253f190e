/* The interpreter on whole schemes: right ones equal the delta rule bit for bit in integer data on
 * many meshes; values are shared and freed as promised; every way out of a run is clean. */
#include "failing.h"
#include "lang/builtin.h"
#include "lang/mlp.h"
#include "spmd_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Sequence parallelism on its own axis inside data parallelism inside tensor parallelism, with the
 * parts of Dh split again over the sequence axis: nested splits, all three axes at work. */
static const char three_axes[] =
    "scheme three-axes\nmesh dp, sp, tp\ninput X[N/(dp,sp), Din], Y[N/dp, Dout]\n"
    "param W1[Din/sp, Dh/tp], b1[Dh/(tp,sp)], W2[Dh/tp, Dout], b2[Dout]\nforward\n"
    "  Xdp = allgather(X, N, sp)\n  W1tp = allgather(W1, Din, sp)\n"
    "  Z1 = Xdp @ W1tp + allgather(b1, Dh, sp)\n  A1 = sigma(Z1)\n"
    "  Z2 = allreduce(A1 @ W2, tp) + b2\n  A2 = g(Z2)\nbackward\n"
    "  D2 = loss'(A2, Y) * g'(Z2)\n  dW2 = allreduce(A1^T @ D2, dp)\n"
    "  db2 = allreduce(sum(D2, N), dp)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
    "  dW1 = reducescatter(allreduce(X^T @ slice(D1, N, sp), dp), Din, sp)\n"
    "  db1 = slice(allreduce(sum(D1, N), dp), Dh, sp)\n"
    "  dX = slice(allreduce(D1 @ W1tp^T, tp), N, sp)\n"
    "result Z1[N/dp, Dh/tp], A1[N/dp, Dh/tp], Z2[N/dp, Dout], A2[N/dp, Dout], D2[N/dp, Dout],\n"
    "       D1[N/dp, Dh/tp], dW1[Din/sp, Dh/tp], db1[Dh/(tp,sp)], dW2[Dh/tp, Dout], db2[Dout],\n"
    "       dX[N/(dp,sp), Din]\n";

/* Rows of the hidden layer by an all-to-all: a rank has some rows of X and some columns of W1. */
static const char by_alltoall[] =
    "scheme by-alltoall\nmesh p\ninput X[N/p, Din], Y[N/p, Dout]\n"
    "param W1[Din, Dh/p], b1[Dh], W2[Dh, Dout], b2[Dout]\nforward\n"
    "  Z1 = alltoall(allgather(X, N, p) @ W1, N, Dh, p) + b1\n  A1 = sigma(Z1)\n"
    "  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\nbackward\n  D2 = loss'(A2, Y) * g'(Z2)\n"
    "  dW2 = allreduce(A1^T @ D2, p)\n  db2 = allreduce(sum(D2, N), p)\n"
    "  D1 = (D2 @ W2^T) * sigma'(Z1)\n  db1 = allreduce(sum(D1, N), p)\n"
    "  dW1 = allgather(X, N, p)^T @ alltoall(D1, Dh, N, p)\n"
    "  dX = D1 @ allgather(W1, Dh, p)^T\n"
    "result dW1[Din, Dh/p], db1[Dh], dW2[Dh, Dout], db2[Dout], dX[N/p, Din]\n";

/* Everything that a run needs. */
typedef struct job {
    sp_pool *pool;
    const char *text;
    const sp_case *of;
    const sp_ownership *ownership;
    const sp_network *network;
} job;

static void open_job(job *j, const char *text)
{
    j->text = text;
    j->of = load_case(j->pool, text);
    if (!j->of)
        fail_msg("%s", text);
    sp_diagnostics found = {.pool = j->pool};
    j->ownership = sp_ownership_of_case(j->pool, j->of, &found);
    if (!j->ownership)
        fail_msg("%s: %s", text, found.item[0].message);
    j->network = sp_network_of_case(j->pool, j->of);
}

/* The delta rule's results by their names. */
static const sp_matrix *delta_rule_result(const sp_program *rule, const sp_value *value,
                                          sp_result result)
{
    for (size_t k = 0; k < rule->results; k++)
        if (rule->result[k].result == result)
            return value[k].on[0];
    return NULL;
}

static void equals_the_delta_rule(void *argument)
{
    const job *j = argument;
    const sp_program *rule = sp_scheme_builtin(j->pool, "delta-rule");
    for (size_t s = 0; s < sp_number_system_count; s++) {
        const sp_arithmetic in = {.system = sp_number_system_table[s], .pool = j->pool,
                                  .bits = 100};
        const sp_inputs inputs = sp_inputs_of_case(&in, j->of);
        const sp_value *whole = sp_interpret_whole(&in, rule, j->network, &inputs);
        const sp_value *value =
            sp_interpret(&in, j->of->program, j->ownership, j->network, &inputs);
        for (size_t k = 0; k < j->of->program->results; k++) {
            const sp_result_decl *result = &j->of->program->result[k];
            assert_true(sp_layout_equal(&value[k].layout, &result->declared));
            assert_int_equal(result->sum_axis, -1);
            for (size_t r = 0; r < sp_ownership_mesh(j->ownership)->ranks; r++) {
                sp_matrix *want = sp_shard(&in, delta_rule_result(rule, whole, result->result),
                                           &result->declared, j->ownership, r);
                if (!matrices_equal(&in, value[k].on[r], want))
                    fail_msg("%s on rank %zu in %s:\n got  %s\n want %s\n%s",
                             sp_mlp.result[result->result].name, r, in.system->name,
                             matrix_text(&in, value[k].on[r]), matrix_text(&in, want), j->text);
                sp_matrix_free(&in, want);
            }
        }
    }
}

/* Runs a scheme (its text, or "" for a built-in one) on a mesh; sizes for its axes in turn. */
static void check_scheme(const char *scheme, const char *name, const sp_program *program,
                         const size_t *sizes, const char *dims, const char *split)
{
    job j;
    assert_int_equal(sp_pool_open(&j.pool, NULL, NULL), SP_OK);
    sp_text text = sp_text_in(j.pool);
    sp_text_format(&text, "%scase x\n  dims    %s\n  network sigma = relu, g(z) = z * z - z\n"
                          "  scheme  %s\n  data    integers(seed = 5, range = 2)\n",
                   scheme, dims, name);
    for (size_t axis = 0; axis < program->axes; axis++)
        sp_text_format(&text, "%s%s = %zu%s", axis ? ", " : "  mesh    ", program->axis_name[axis],
                       sizes[axis], axis + 1 == program->axes ? "\n" : "");
    sp_part *part;
    size_t parts = sp_program_parts(program, j.pool, &part);
    for (size_t k = 0; k < parts; k++)
        sp_text_format(&text, "  split   %s = %s\n", sp_part_text(j.pool, program, &part[k]),
                       split);
    open_job(&j, sp_text_string(&text));
    assert_int_equal(sp_pool_run(j.pool, equals_the_delta_rule, &j), SP_OK);
    sp_pool_close(j.pool);
}

static const struct {
    size_t size[3];
    const char *dims;
} meshes[] = {
    {{1, 1, 1}, "N = 5, Din = 4, Dh = 6, Dout = 2"},
    {{2, 1, 3}, "N = 5, Din = 4, Dh = 6, Dout = 2"},
    {{3, 2, 2}, "N = 5, Din = 3, Dh = 7, Dout = 2"},
    {{2, 3, 1}, "N = 1, Din = 1, Dh = 1, Dout = 1"},
    {{4, 4, 4}, "N = 7, Din = 3, Dh = 9, Dout = 5"},
};
static const char *const splits[] = {"chunk", "cyclic", "cyclic(2)"};

static void check_everywhere(const char *scheme, const char *name, const sp_program *program)
{
    for (size_t m = 0; m < sizeof meshes / sizeof *meshes; m++)
        for (size_t s = 0; s < sizeof splits / sizeof *splits; s++)
            check_scheme(scheme, name, program, meshes[m].size, meshes[m].dims, splits[s]);
}

/* Broken by: any collective or any ownership that is wrong on some rank; in integers nothing is
 * rounded, so equal means equal. */
static void built_in_schemes_are_the_delta_rule(void **state)
{
    (void)state;
    for (const sp_embedded *b = sp_builtin_scheme_table; b->name; b++) {
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        const sp_program *program = sp_scheme_builtin(pool, b->name);
        assert_non_null(program);
        check_everywhere("", b->name, program);
        sp_pool_close(pool);
    }
}

static void schemes_of_the_test_are_the_delta_rule(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{three_axes, "three-axes"},
                                           {by_alltoall, "by-alltoall"}};
    for (size_t k = 0; k < 2; k++) {
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        sp_diagnostics found = {.pool = pool};
        const sp_source *source =
            sp_source_from(pool, "t", texts[k][0], strlen(texts[k][0]), &found);
        const sp_unit *unit = sp_unit_load(pool, source, &(sp_vocabulary){0}, &found);
        assert_int_equal(found.errors, 0);
        check_everywhere(texts[k][0], texts[k][1], unit->program[0]);
        sp_pool_close(pool);
    }
}

static const char megatron[] =
    "case x\n  dims    N = 3, Din = 2, Dh = 5, Dout = 2\n  network sigma = relu, g(z) = z * z\n"
    "  scheme  megatron\n  mesh    tp = 3\n  split   Dh/tp = 4 + 0 + 1\n"
    "  data    integers(seed = 3)\n";

static void replicated_values_are_shared(void *argument)
{
    job *j = argument;
    open_job(j, megatron);
    const sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = j->pool};
    const sp_inputs inputs = sp_inputs_of_case(&in, j->of);
    const sp_value *value = sp_interpret(&in, j->of->program, j->ownership, j->network, &inputs);
    bool any[2] = {false};
    for (size_t k = 0; k < j->of->program->results; k++) {
        bool split = sp_layout_uses_axis(&value[k].layout, 0);
        for (size_t r = 1; r < 3; r++)
            assert_int_equal(value[k].on[r] == value[k].on[0], !split);
        any[split] = true;
    }
    assert_true(any[0] && any[1]);
    /* a statement that is a whole input is that input */
    int node = -1;
    for (size_t n = 0; n < j->of->program->nodes; n++)
        if (j->of->program->node[n].op == SP_OP_LOAD &&
            j->of->program->node[n].tensor == SP_TENSOR_X)
            node = (int)n;
    value = sp_interpret_nodes(&in, j->of->program, j->ownership, j->network, &inputs, &node, 1);
    assert_ptr_equal(value->on[2], inputs.tensor[SP_TENSOR_X]);
}

/* Broken by: a copy for each rank. */
static void what_is_equal_on_all_ranks_is_there_once(void **state)
{
    (void)state;
    job j;
    assert_int_equal(sp_pool_open(&j.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(j.pool, replicated_values_are_shared, &j), SP_OK);
    sp_pool_close(j.pool);
}

/* Stands for functions that are no formulas of + - * /: 100 (f + 1) + 10 a + b, f being twice the number of the
 * function, and one more for its derivative. */
static void opaque(const sp_arithmetic *in, unsigned f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    (void)in;
    const double *x = a->data, *y = b ? b->data : NULL;
    double *value = out->data;
    for (size_t i = 0; i < out->rows * out->cols; i++)
        value[i] = 100 * ((double)f + 1) + 10 * x[i] + (y ? y[i] : 0);
}

static void run_opaque(void *argument)
{
    job *j = argument;
    open_job(j, "scheme s\nmesh p\ninput Y[N, Dout]\nparam b1[Dh], b2[Dout/p]\nforward\n"
                "  A = sigma(b1)\n  B = sigma'(b1)\n  C = g(b1)\n  D = g'(b1)\n"
                "  E = loss'(b1 * 2, b1)\n  F = sigma(b2)\nbackward\n  db1 = b1\n"
                "result db1[Dh]\ncase x\n  dims    N = 1, Din = 1, Dh = 2, Dout = 2\n"
                "  network sigma = tanh, g = tanh, loss = huber\n"
                "  scheme  s\n  mesh    p = 2\n  split   Dout/p = 2 + 0\n"
                "  b1 = [1, 2]\n  b2 = [3, 4]\n");
    sp_number_system system = *sp_number_system_find("binary64");
    system.function = opaque;
    const sp_arithmetic in = {.system = &system, .pool = j->pool};
    const sp_inputs inputs = sp_inputs_of_case(&in, j->of);
    static const char *const expected[] = {"110 120", "210 220", "310 320",
                                           "410 420", "621 642", "130 140"};
    int node[6];
    for (size_t k = 0; k < 6; k++)
        node[k] = j->of->program->statement[k].node;
    const sp_value *value =
        sp_interpret_nodes(&in, j->of->program, j->ownership, j->network, &inputs, node, 6);
    for (size_t k = 0; k < 6; k++)
        assert_string_equal(matrix_text(&in, value[k].on[0]), expected[k]);
    assert_string_equal(matrix_text(&in, value[5].on[1]), "-");
}

/* Broken by: formulas where the number system has functions of its own, sigma' given for sigma, ... */
static void a_number_system_may_have_functions_of_its_own(void **state)
{
    (void)state;
    job j;
    assert_int_equal(sp_pool_open(&j.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(j.pool, run_opaque, &j), SP_OK);
    sp_pool_close(j.pool);
}

/* A chain of 300 values of 128 KB each, each lent on by a shift; two are needed at a time. */
static const char *chain(sp_pool *pool, int length)
{
    sp_text text = sp_text_in(pool);
    sp_text_add(&text, "scheme chain\nmesh p\ninput X[N, Din]\nforward\n"
                       "  V0 = X * count(N/p)\n");
    for (int k = 1; k <= length; k++)
        sp_text_format(&text, "  V%d = shift(%sV%d, p, 1)\n", k, k % 2 ? "-" : "", k - 1);
    sp_text_format(&text, "backward\n  dX = broadcast(V%d, p, 1)\nresult dX[N, Din]\n"
                          "case x\n  dims    N = 128, Din = 128, Dh = 1, Dout = 1\n"
                          "  scheme  chain\n  mesh    p = 2\n  split   N/p = 100 + 28\n",
                   length);
    return sp_text_string(&text);
}

static void run_chain(void *argument)
{
    job *j = argument;
    const sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = j->pool};
    open_job(j, chain(j->pool, 300));
    const sp_inputs inputs = sp_inputs_of_case(&in, j->of);
    const sp_value *value = sp_interpret(&in, j->of->program, j->ownership, j->network, &inputs);
    /* 300 shifts of one, and 150 changes of sign: coordinate 1 holds its own value again */
    const double *x = inputs.tensor[SP_TENSOR_X]->data, *got = value->on[0]->data;
    for (size_t i = 0; i < (size_t)128 * 128; i++)
        assert_true(got[i] == 28 * x[i]);
}

/* Broken by: a value that is kept after its last use (300 * 2 * 128 KB = 77 MB), or freed while it
 * is lent. */
static void values_are_freed_after_their_last_use(void **state)
{
    (void)state;
    job j;
    const sp_limits limits = {.bytes = (size_t)8 << 20};
    assert_int_equal(sp_pool_open(&j.pool, NULL, &limits), SP_OK);
    assert_int_equal(sp_pool_run(j.pool, run_chain, &j), SP_OK);
    sp_pool_close(j.pool);
}

static void run_once(void *argument)
{
    job *j = argument;
    const sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = j->pool};
    const sp_inputs inputs = sp_inputs_of_case(&in, j->of);
    sp_interpret(&in, j->of->program, j->ownership, j->network, &inputs);
}

/* Broken by: a run that does not look whether it should stop. */
static void a_run_can_be_interrupted(void **state)
{
    (void)state;
    /* the second has no collective, the third nothing but one */
    static const char *const texts[] = {
        megatron,
        "case x\n  dims    N = 3, Din = 2, Dh = 5, Dout = 2\n  scheme  delta-rule\n",
        "scheme s\nmesh p\nparam b2[Dout]\nforward\n  db2 = allreduce(b2, p)\nbackward\n"
        "result db2[Dout]\n"
        "case x\n  dims    N = 3, Din = 2, Dh = 5, Dout = 2\n  scheme  s\n  mesh p = 2\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        volatile int cancel = 0;
        const sp_limits limits = {.cancel = &cancel};
        job j;
        assert_int_equal(sp_pool_open(&j.pool, NULL, &limits), SP_OK);
        open_job(&j, texts[k]);
        assert_int_equal(sp_pool_run(j.pool, run_once, &j), SP_OK);
        cancel = 1;
        assert_int_equal(sp_pool_run(j.pool, run_once, &j), SP_INTERRUPTED);
        sp_pool_close(j.pool);
    }
}

/* Broken by: a leak, or a status that is lost, when an allocation of the interpreter fails. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        failing f = {.fail_at = 0};
        const sp_allocator allocator = {failing_allocate, failing_release, &f};
        job j;
        assert_int_equal(sp_pool_open(&j.pool, &allocator, NULL), SP_OK);
        open_job(&j, megatron);
        f.fail_at = f.calls + n;
        sp_status status = sp_pool_run(j.pool, run_once, &j);
        sp_pool_close(j.pool);
        assert_int_equal(f.alive, 0);
        if (status == SP_OK)
            break;
        assert_int_equal(status, SP_NO_MEMORY);
        failures++;
    }
    assert_true(failures > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_schemes_are_the_delta_rule),
        cmocka_unit_test(schemes_of_the_test_are_the_delta_rule),
        cmocka_unit_test(what_is_equal_on_all_ranks_is_there_once),
        cmocka_unit_test(a_number_system_may_have_functions_of_its_own),
        cmocka_unit_test(values_are_freed_after_their_last_use),
        cmocka_unit_test(a_run_can_be_interrupted),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

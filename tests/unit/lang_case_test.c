/* Cases: every field with its default, sets and their products, schemes by name and by path.
 * Broken by: a wrong default, a set that is expanded in another order, a split that goes to
 * another part. */
#include "lang_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#define DIMS "  dims N = 5, Din = 4, Dh = 6, Dout = 2\n"

static void defaults(void **state)
{
    (void)state;
    loaded l = load_good("case plain\n" DIMS "  scheme megatron\n  mesh tp = 2\n");
    assert_int_equal(l.unit->cases, 1);
    const sp_case *c = l.unit->item[0];
    assert_string_equal(c->name, "plain");
    assert_ptr_equal(c->source, l.source);
    assert_int_equal(c->dim[SP_DIM_N], 5);
    assert_int_equal(c->dim[SP_DIM_DIN], 4);
    assert_int_equal(c->dim[SP_DIM_DH], 6);
    assert_int_equal(c->dim[SP_DIM_DOUT], 2);
    assert_string_equal(c->function[SP_MLP_SIGMA].name, "relu");
    assert_string_equal(c->function[SP_MLP_G].name, "identity");
    assert_string_equal(c->function[SP_MLP_LOSS].name, "half-sse");
    assert_string_equal(c->scheme, "megatron");
    assert_string_equal(c->program->name, "megatron");
    assert_int_equal(c->axis_size[0], 2);
    assert_int_equal(c->splits, 1);
    assert_int_equal(c->split[0].kind, SP_SPLIT_CHUNK);
    assert_string_equal(sp_part_text(l.pool, c->program, &c->split[0].part), "Dh/tp");
    assert_int_equal(c->data, SP_DATA_RANDOM);
    assert_int_equal(c->seed, 1);
    assert_true(c->scale == 1);
    assert_int_equal(c->range, 3);
    assert_int_equal(c->precision, 256);
    assert_int_equal(c->numdiff, SP_NUMDIFF_FULL);
    assert_int_equal(c->evidences, 0);
    assert_false(c->expect_mismatch);
    assert_null(c->expect_results);
    assert_int_equal(c->inexact_literals, 0);
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        assert_null(c->given[t].value);
    sp_pool_close(l.pool);
}

static void every_field(void **state)
{
    (void)state;
    loaded l = load_good("case full\n" DIMS
                         "  network sigma(x) = x * x, g = gelu-tanh, loss(p, q) = (p - q) / N\n"
                         "  scheme  megatron\n  mesh tp = 3\n  split Dh/tp = 3 + 0 + 3\n"
                         "  data    integers(seed = 18446744073709551615, range = 7)\n"
                         "  b1 = [1, -2, +3, 1/3, 0x1p-3, .5]\n"
                         "  W2 = [1, 2; 3, 4;\n        5, 6; 7, 8; 9, 10; 11, 0.1]\n"
                         "  precision 24\n  numdiff sample(17)\n  evidence mpfr, binary64\n"
                         "  expect mismatch dW2, db1\n");
    const sp_case *c = l.unit->item[0];
    assert_null(c->function[SP_MLP_SIGMA].name);
    assert_string_equal(c->function[SP_MLP_SIGMA].formula->text, "x * x");
    assert_int_equal(c->function[SP_MLP_SIGMA].formula->variables, 1);
    assert_string_equal(c->function[SP_MLP_G].name, "gelu-tanh");
    assert_int_equal(c->function[SP_MLP_LOSS].formula->variables, 2);
    assert_int_equal(c->split[0].kind, SP_SPLIT_SIZES);
    assert_int_equal(c->split[0].values, 3);
    assert_int_equal(c->split[0].value[0], 3);
    assert_int_equal(c->split[0].value[1], 0);
    assert_int_equal(c->split[0].value[2], 3);
    assert_int_equal(c->data, SP_DATA_INTEGERS);
    assert_true(c->seed == UINT64_MAX);
    assert_int_equal(c->range, 7);
    const sp_tensor_data *b1 = &c->given[SP_TENSOR_B1], *w2 = &c->given[SP_TENSOR_W2];
    assert_int_equal(b1->rows, 1);
    assert_int_equal(b1->columns, 6);
    static const double b1_is[] = {1, -2, 3, 1.0 / 3, 0.125, 0.5};
    assert_memory_equal(b1->value, b1_is, sizeof b1_is);
    assert_int_equal(b1->inexact, 1);
    assert_int_equal(w2->rows, 6);
    assert_int_equal(w2->columns, 2);
    assert_true(w2->value[5] == 6 && w2->value[11] == 0.1);
    assert_int_equal(c->inexact_literals, 2);
    assert_int_equal(c->precision, 24);
    assert_int_equal(c->numdiff, SP_NUMDIFF_SAMPLE);
    assert_int_equal(c->sample, 17);
    assert_int_equal(c->evidences, 2);
    assert_string_equal(c->evidence[0], "mpfr");
    assert_string_equal(c->evidence[1], "binary64");
    assert_true(c->expect_mismatch);
    assert_non_null(c->expect_results);
    for (int r = 0; r < SP_RESULT_COUNT; r++)
        assert_int_equal(c->expect_results[r], r == SP_RESULT_DW2 || r == SP_RESULT_DB1);
    sp_pool_close(l.pool);
}

static void assert_names(const char *text, const char *expected)
{
    loaded l = load_good(text);
    sp_text names = sp_text_in(l.pool);
    for (size_t i = 0; i < l.unit->cases; i++)
        sp_text_format(&names, "%s ", l.unit->item[i]->name);
    assert_string_equal(sp_text_string(&names), expected);
    sp_pool_close(l.pool);
}

static void sets_make_products(void **state)
{
    (void)state;
    assert_names("case n-4x6x2\n" DIMS "  scheme megatron\n  mesh tp = {1, 2}\n",
                 "n-4x6x2[tp=1] n-4x6x2[tp=2] ");
    assert_names(
        "case x\n" DIMS "  network sigma = {relu, leaky-relu}\n  scheme megatron\n"
        "  mesh tp = {1, 2}\n  split Dh/tp = {cyclic, 3 + 3, [0,1,1,0,\n 0, 1]}\n"
        "  data random(seed = {7})\n",
        "x[sigma=relu,tp=1,Dh/tp=cyclic,seed=7] x[sigma=relu,tp=1,Dh/tp=3+3,seed=7] "
        "x[sigma=relu,tp=1,Dh/tp=[0,1,1,0,0,1],seed=7] x[sigma=relu,tp=2,Dh/tp=cyclic,seed=7] "
        "x[sigma=relu,tp=2,Dh/tp=3+3,seed=7] x[sigma=relu,tp=2,Dh/tp=[0,1,1,0,0,1],seed=7] "
        "x[sigma=leaky-relu,tp=1,Dh/tp=cyclic,seed=7] x[sigma=leaky-relu,tp=1,Dh/tp=3+3,seed=7] "
        "x[sigma=leaky-relu,tp=1,Dh/tp=[0,1,1,0,0,1],seed=7] "
        "x[sigma=leaky-relu,tp=2,Dh/tp=cyclic,seed=7] x[sigma=leaky-relu,tp=2,Dh/tp=3+3,seed=7] "
        "x[sigma=leaky-relu,tp=2,Dh/tp=[0,1,1,0,0,1],seed=7] ");
    assert_names(
        "case x\n" DIMS "  scheme delta-rule\n  network sigma(z) = {z, max(z, 0)}\n"
        "  data {random, integers(seed = 2)}\n  precision {64, 128}\n",
        "x[sigma=z,data=random,precision=64] x[sigma=z,data=random,precision=128] "
        "x[sigma=z,data=integers(seed=2),precision=64] "
        "x[sigma=z,data=integers(seed=2),precision=128] "
        "x[sigma=max(z,0),data=random,precision=64] x[sigma=max(z,0),data=random,precision=128] "
        "x[sigma=max(z,0),data=integers(seed=2),precision=64] "
        "x[sigma=max(z,0),data=integers(seed=2),precision=128] ");
    assert_names("case x\n" DIMS "  scheme {delta-rule}\n  numdiff {full, sample(2), off}\n"
                 "  evidence {mpfr, bound}\n"
                 "  b2 = {[1, 2], [1000000000000000000000, 2000000000000000000000]}\n",
                 "x[scheme=delta-rule,numdiff=full,evidence=mpfr,b2=[1,2]] "
                 "x[scheme=delta-rule,numdiff=full,evidence=mpfr,b2=#2] "
                 "x[scheme=delta-rule,numdiff=full,evidence=bound,b2=[1,2]] "
                 "x[scheme=delta-rule,numdiff=full,evidence=bound,b2=#2] "
                 "x[scheme=delta-rule,numdiff=sample(2),evidence=mpfr,b2=[1,2]] "
                 "x[scheme=delta-rule,numdiff=sample(2),evidence=mpfr,b2=#2] "
                 "x[scheme=delta-rule,numdiff=sample(2),evidence=bound,b2=[1,2]] "
                 "x[scheme=delta-rule,numdiff=sample(2),evidence=bound,b2=#2] "
                 "x[scheme=delta-rule,numdiff=off,evidence=mpfr,b2=[1,2]] "
                 "x[scheme=delta-rule,numdiff=off,evidence=mpfr,b2=#2] "
                 "x[scheme=delta-rule,numdiff=off,evidence=bound,b2=[1,2]] "
                 "x[scheme=delta-rule,numdiff=off,evidence=bound,b2=#2] ");
}

static void members_reach_their_cases(void **state)
{
    (void)state;
    loaded l = load_good("case x\n  dims N = {1, 2}, Din = 4, Dh = 6, Dout = 2\n"
                         "  network sigma(z) = {z, 0.1 * z}\n  scheme megatron\n  mesh tp = 2\n"
                         "  split Dh/tp = {even, cyclic(3)}\n"
                         "  data {random(seed = 5, scale = 1/3), integers(range = 9)}\n");
    assert_int_equal(l.unit->cases, 16);
    for (size_t i = 0; i < 16; i++) {
        const sp_case *c = l.unit->item[i];
        bool integers = i & 1, cyclic = i & 2, tenth = i & 4;
        assert_int_equal(c->dim[SP_DIM_N], 1 + i / 8);
        assert_string_equal(c->function[SP_MLP_SIGMA].formula->text, tenth ? "0.1 * z" : "z");
        assert_int_equal(c->split[0].kind, cyclic ? SP_SPLIT_CYCLIC : SP_SPLIT_EVEN);
        assert_int_equal(c->split[0].block, cyclic ? 3 : 1);
        assert_int_equal(c->data, integers ? SP_DATA_INTEGERS : SP_DATA_RANDOM);
        assert_int_equal(c->seed, integers ? 1 : 5);
        assert_int_equal(c->range, integers ? 9 : 3);
        assert_true(integers || c->scale == 1.0 / 3);
        assert_int_equal(c->inexact_literals, !integers + tenth);
    }
    sp_pool_close(l.pool);
}

static void evidence_is_a_list_of_values(void **state)
{
    (void)state;
    loaded l = load_good("case x\n" DIMS "  scheme delta-rule\n"
                         "  evidence mpfr, {binary64, bound}\n");
    assert_int_equal(l.unit->cases, 2);
    for (size_t i = 0; i < 2; i++) {
        const sp_case *c = l.unit->item[i];
        assert_int_equal(c->evidences, 2);
        assert_string_equal(c->evidence[0], "mpfr");
        assert_string_equal(c->evidence[1], i ? "bound" : "binary64");
    }
    sp_pool_close(l.pool);
}

static const char two_axes[] = "scheme two\nmesh dp, tp\ninput X[N/dp, Din]\n"
                               "param W1[Din, Dh/(dp,tp)]\nforward\n  Z1 = X * 0.1\nbackward\n"
                               "result Z1[N/dp, Dh/tp]\n";

static void splits_go_to_their_parts(void **state)
{
    (void)state;
    char text[1000];
    snprintf(text, sizeof text, "%scase x\n" DIMS "  scheme two\n  mesh dp = 2\n  mesh tp = 3\n"
             "  split Dh/(dp,tp) = 1 + 0 + 2 + 1 + 1 + 1, N/dp = cyclic\n"
             "  split Dh/dp = [0, 1, 0, 1, 0, 1]\n", two_axes);
    loaded l = load_good(text);
    const sp_case *c = l.unit->item[0];
    static const struct { const char *part; sp_split_kind kind; size_t values; } expected[] = {
        {"N/dp", SP_SPLIT_CYCLIC, 0}, {"Dh/dp", SP_SPLIT_OWNERS, 6},
        {"Dh/(dp,tp)", SP_SPLIT_SIZES, 6}, {"Dh/tp", SP_SPLIT_CHUNK, 0},
    };
    assert_int_equal(c->splits, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(sp_part_text(l.pool, c->program, &c->split[i].part), expected[i].part);
        assert_int_equal(c->split[i].kind, expected[i].kind);
        assert_int_equal(c->split[i].values, expected[i].values);
    }
    assert_int_equal(c->axis_size[0], 2);
    assert_int_equal(c->axis_size[1], 3);
    assert_int_equal(c->inexact_literals, 1); /* of the scheme */
    /* where the default comes from, and where a split is written */
    assert_string_equal(sp_pool_copy(l.pool, text + c->split[3].span.begin, 3), "two");
    assert_string_equal(sp_pool_copy(l.pool, text + c->split[0].span.begin, 6), "cyclic");
    sp_pool_close(l.pool);
}

/* A scheme after a case is a block, not the case's field, and the other way round. */
static void blocks_come_in_any_order(void **state)
{
    (void)state;
    char text[2000];
    snprintf(text, sizeof text, "case x\n" DIMS "  scheme two\n  mesh dp = 2, tp = 3\n\n%s"
             "case y\n" DIMS "  mesh tp = 2\n  scheme megatron\n"
             "scheme none\ninput X[N, Din]\nforward\n  Z1 = X\nbackward\nresult Z1[N, Dh]\n"
             "scheme one\nmesh tp\ninput X[N, Din]\nforward\n  Z1 = X\nbackward\nresult Z1[N, Dh]\n"
             "case z\n  scheme one\n  mesh tp = 2\n" DIMS, two_axes);
    loaded l = load_good(text);
    assert_int_equal(l.unit->cases, 3);
    assert_string_equal(l.unit->item[0]->program->name, "two");
    assert_string_equal(l.unit->item[1]->program->name, "megatron");
    assert_string_equal(l.unit->item[2]->program->name, "one");
    assert_int_equal(l.unit->programs, 4); /* those of the file first, then what it refers to */
    static const char *const names[] = {"two", "none", "one", "megatron"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(l.unit->program[i]->name, names[i]);
    sp_pool_close(l.pool);
}

static void own_schemes_come_before_built_in_ones(void **state)
{
    (void)state;
    loaded l = load_good("scheme megatron\nmesh qp\ninput X[N, Din]\nforward\n  Z1 = X\nbackward\n"
                         "result Z1[N, Dh]\ncase x\n" DIMS "  scheme megatron\n  mesh qp = 4\n");
    assert_string_equal(l.unit->item[0]->program->axis_name[0], "qp");
    sp_pool_close(l.pool);
}

static void schemes_by_path_are_beside_the_file(void **state)
{
    (void)state;
    assert_int_equal(chdir("/"), 0);
    char name[1000];
    snprintf(name, sizeof name, "%s/tests/data/lang/by-path.case", SOURCE_DIR);
    loaded l = load_bytes(name, NULL, 0);
    assert_string_equal(l.shown, "");
    assert_int_equal(l.unit->cases, 3);
    assert_string_equal(l.unit->item[0]->program->name, "split");
    assert_string_equal(l.unit->item[0]->scheme, "schemes/split.scheme");
    assert_ptr_equal(l.unit->item[0]->program, l.unit->item[1]->program); /* read once */
    assert_string_equal(l.unit->item[2]->program->name,
                        "second"); /* of several: named like the file */
    assert_int_equal(l.unit->programs, 2);
    sp_pool_close(l.pool);
}

static void largest_sizes(void **state)
{
    (void)state;
    loaded l = load_good("case x\n  dims N = 1, Din = 256, Dh = 1048576, Dout = 1\n"
                         "  scheme megatron\n  mesh tp = 65536\n  precision 65536\n"
                         "case y\n  dims N = 1, Din = 1, Dh = 1, Dout = 1\n"
                         "  scheme megatron\n  mesh tp = 7\n");
    assert_int_equal(l.unit->item[0]->axis_size[0], 65536);
    assert_int_equal(l.unit->item[0]->precision, 65536);
    sp_pool_close(l.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(every_field),
        cmocka_unit_test(sets_make_products),
        cmocka_unit_test(members_reach_their_cases),
        cmocka_unit_test(evidence_is_a_list_of_values),
        cmocka_unit_test(splits_go_to_their_parts),
        cmocka_unit_test(blocks_come_in_any_order),
        cmocka_unit_test(own_schemes_come_before_built_in_ones),
        cmocka_unit_test(schemes_by_path_are_beside_the_file),
        cmocka_unit_test(largest_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

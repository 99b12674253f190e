/* network: the data of a case, and the network of a case. */
#include "lang/lang.h"
#include "lang/mlp.h"
#include "network/network.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const sp_program *rule; /* of the pool of the test */

static int open_pool(void **state)
{
    sp_pool *pool = NULL;
    if (sp_pool_open(&pool, NULL, NULL) != SP_OK)
        return 1;
    rule = sp_scheme_builtin(pool, "delta-rule");
    *state = pool;
    return 0;
}

static int close_pool(void **state)
{
    sp_pool_close(*state);
    return 0;
}

static sp_case case_of(size_t n, size_t din, size_t dh, size_t dout)
{
    static sp_tensor_data none[SP_TENSOR_COUNT];
    sp_case c = {.program = rule, .given = none, .dim = {n, din, dh, dout}, .seed = 7, .scale = 1, .range = 3};
    c.function[SP_MLP_SIGMA].name = c.function[SP_MLP_G].name = "relu";
    c.function[SP_MLP_LOSS].name = "half-sse";
    return c;
}

/* Broken by: another generator, another stream for a tensor, anything that differs between
 * machines. */
static void values_are_the_same_everywhere(void **state)
{
    static const double want[SP_TENSOR_COUNT][2] = {
        {0x1.28886f9cab5a1p+1, -0x1.5e0b4376602f6p-4},
        {-0x1.24f0e5cac68d2p-1, -0x1.82de7bfd3ddap-1},
        {0x1.4f7d82dae3b5ap-2, 0x1.fbe0a8dc97b58p-4},
        {0x1.9938c83b23167p-6, -0x1.7095624294454p-3},
        {0x1.16790b1810b51p-1, 0x1.20a42ef9edfd6p-1},
        {-0x1.dedc58eb93624p+0, -0x1.0ae761db4edd8p+0}};
    static const double integers[SP_TENSOR_COUNT][2] = {
        {3, 1}, {-2, -2}, {1, 1}, {-2, 0}, {2, 1}, {2, -2}};
    sp_case c = case_of(2, 3, 2, 2);
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        c.data = SP_DATA_RANDOM;
        const double *value = sp_network_data(*state, &c, (sp_tensor)t);
        assert_memory_equal(value, want[t], sizeof want[t]);
        c.data = SP_DATA_INTEGERS;
        value = sp_network_data(*state, &c, (sp_tensor)t);
        assert_memory_equal(value, integers[t], sizeof integers[t]);
    }
}

static void shapes(void **state)
{
    (void)state;
    static const size_t dim[SP_MAX_DIMS] = {2, 3, 5, 7};
    static const size_t want[SP_TENSOR_COUNT][2] = {{2, 3}, {2, 7}, {3, 5}, {1, 5}, {5, 7}, {1, 7}};
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        size_t rows, cols;
        sp_layout_shape(dim, &sp_mlp.tensor[t].whole, &rows, &cols);
        assert_int_equal(rows, want[t][0]);
        assert_int_equal(cols, want[t][1]);
    }
}

typedef struct moments {
    double mean, deviation, least, most;
} moments;

static moments moments_of(const double *value, size_t count)
{
    moments m = {0, 0, value[0], value[0]};
    for (size_t i = 0; i < count; i++) {
        m.mean += value[i] / (double)count;
        m.deviation += value[i] * value[i] / (double)count;
        m.least = fmin(m.least, value[i]);
        m.most = fmax(m.most, value[i]);
    }
    m.deviation = sqrt(m.deviation - m.mean * m.mean);
    return m;
}

/* Deviations: scale, and scale / sqrt(fan-in) for weights. Broken by: fan-out in its place. */
static void gaussians_are_scaled(void **state)
{
    sp_case c = case_of(100, 400, 64, 225);
    static const double want[SP_TENSOR_COUNT] = {2, 2, 2.0 / 20, 2, 2.0 / 8, 2};
    c.scale = 2;
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        size_t rows, cols;
        sp_layout_shape(c.dim, &sp_mlp.tensor[t].whole, &rows, &cols);
        double count = (double)(rows * cols);
        moments m = moments_of(sp_network_data(*state, &c, (sp_tensor)t), rows * cols);
        assert_true(fabs(m.mean) < 5 * want[t] / sqrt(count));
        assert_true(fabs(m.deviation / want[t] - 1) < 5 / sqrt(2 * count));
        assert_true(fabs(m.most - m.least) > 3 * want[t]);
    }
}

static void integers_fill_their_range(void **state)
{
    sp_case c = case_of(50, 40, 30, 20);
    c.data = SP_DATA_INTEGERS;
    for (c.range = 0; c.range <= 4; c.range += 2) {
        size_t seen[9] = {0};
        const double *value = sp_network_data(*state, &c, SP_TENSOR_X);
        for (size_t i = 0; i < 2000; i++) {
            assert_true(fabs(value[i]) <= (double)c.range);
            assert_true(value[i] == floor(value[i]));
            assert_false(value[i] == 0 && signbit(value[i]));
            seen[(int)value[i] + c.range]++;
        }
        for (long v = 0; v <= 2 * c.range; v++) /* 5 deviations about 2000 / (2 range + 1) */
            assert_true(fabs((double)seen[v] - 2000.0 / (double)(2 * c.range + 1)) < 5 * 20);
    }
}

/* Every tensor has its own stream, every seed its own data, and giving one tensor changes no
 * other. */
static void streams_are_apart(void **state)
{
    sp_case c = case_of(8, 8, 8, 8), given = c, other = c;
    static double mine[64] = {1, 2, 3};
    sp_tensor_data data[SP_TENSOR_COUNT] = {[SP_TENSOR_W1] = {.value = mine}};
    given.given = data;
    other.seed = 8;
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        const double *value = sp_network_data(*state, &c, (sp_tensor)t);
        const double *with = sp_network_data(*state, &given, (sp_tensor)t);
        if (t == SP_TENSOR_W1)
            assert_ptr_equal(with, mine);
        else
            assert_memory_equal(value, with, 8 * sizeof(double));
        assert_memory_not_equal(value, sp_network_data(*state, &other, (sp_tensor)t),
                                8 * sizeof(double));
        for (int u = 0; u < t; u++) {
            double ratio = value[0] / sp_network_data(*state, &c, (sp_tensor)u)[0];
            assert_true(fabs(ratio - 1) > 1e-6 && fabs(ratio * sqrt(8) - 1) > 1e-6);
        }
    }
}

/* Targets of bce: probabilities, or 0 and 1 where data is of integers. */
static void targets_of_bce_are_probabilities(void **state)
{
    sp_case c = case_of(100, 1, 1, 20);
    c.function[SP_MLP_LOSS].name = "bce";
    c.scale = 50;
    moments m = moments_of(sp_network_data(*state, &c, SP_TENSOR_Y), 2000);
    assert_true(m.least > 0 && m.most < 1 && fabs(m.mean - 0.5) < 0.05 && m.least < 0.01);
    c.data = SP_DATA_INTEGERS;
    const double *y = sp_network_data(*state, &c, SP_TENSOR_Y);
    m = moments_of(y, 2000);
    assert_true(m.least == 0 && m.most == 1 && fabs(m.mean - 0.5) < 0.06);
    for (size_t i = 0; i < 2000; i++)
        assert_true(y[i] == 0 || y[i] == 1);
    moments x = moments_of(sp_network_data(*state, &c, SP_TENSOR_X), 100);
    assert_true(x.least < 0);
}

/* A user's own functions, and the names that reports show. */
static void a_network_of_ones_own(void **state)
{
    static const char *const z[] = {"z"}, *const ay[] = {"a", "y"};
    const char *texts[] = {"z * z + 1", "exp(a - y) / N"};
    const sp_formula *formula[2];
    for (int i = 0; i < 2; i++) {
        sp_source *source = SP_NEW((sp_pool *)*state, sp_source);
        *source = (sp_source){"test", texts[i], strlen(texts[i])};
        sp_diagnostics found = {.pool = *state};
        formula[i] = sp_formula_parse(*state, i ? &sp_mlp : NULL, source, i ? ay : z, i ? 2 : 1, &found);
        assert_non_null(formula[i]);
    }
    sp_case c = case_of(2, 3, 5, 7);
    c.function[SP_MLP_SIGMA] = (sp_function_spec){.formula = formula[0]};
    c.function[SP_MLP_LOSS] = (sp_function_spec){.formula = formula[1]};
    const sp_network *n = sp_network_of_case(*state, &c);
    const sp_network_function *sigma = &n->own[SP_MLP_SIGMA], *g = &n->own[SP_MLP_G], *loss = &n->own[SP_MLP_LOSS];
    assert_string_equal(sigma->name, "z * z + 1");
    assert_string_equal(g->name, "relu");
    assert_string_equal(loss->name, "exp(a - y) / N");
    assert_int_equal(n->dim[SP_DIM_DOUT], 7);
    assert_string_equal(sp_formula_text(*state, &sp_mlp, &sigma->slope, z), "2 * z");
    assert_string_equal(sp_formula_text(*state, &sp_mlp, &loss->slope, ay), "exp(a - y) / N");
    for (sp_function f = 0; f < SP_MLP_FUNCTIONS; f++) {
        assert_ptr_equal(sp_network_function_of(n, f), &n->own[f]);
        assert_ptr_equal(sp_network_formula(n, f, false), &n->own[f].value);
        assert_ptr_equal(sp_network_formula(n, f, true), &n->own[f].slope);
    }
}

/* All names make a network; the smooth ones say so. */
static void all_names_are_known(void **state)
{
    sp_case c = case_of(1, 1, 1, 1);
    for (size_t i = 0; i < sp_activation_count; i++)
        for (size_t k = 0; k < sp_loss_count; k++) {
            c.function[SP_MLP_SIGMA].name = c.function[SP_MLP_G].name = sp_activation_names[i];
            c.function[SP_MLP_LOSS].name = sp_loss_names[k];
            const sp_network *n = sp_network_of_case(*state, &c);
            const sp_network_function *sigma = &n->own[SP_MLP_SIGMA], *g = &n->own[SP_MLP_G];
            assert_string_equal(g->name, sp_activation_names[i]);
            assert_int_equal(sigma->smooth, strcmp(sigma->name, "softplus") == 0);
            assert_int_equal(g->smooth, sigma->smooth);
            assert_false(n->own[SP_MLP_LOSS].smooth);
            assert_int_equal(n->own[SP_MLP_LOSS].value.variables, 2);
        }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pool, close_pool)
    const struct CMUnitTest tests[] = {
        TEST(values_are_the_same_everywhere), TEST(shapes),
        TEST(gaussians_are_scaled),           TEST(integers_fill_their_range),
        TEST(streams_are_apart),              TEST(targets_of_bce_are_probabilities),
        TEST(a_network_of_ones_own),          TEST(all_names_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

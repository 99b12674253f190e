/* numdiff: finite differences against hand-derived values and against brute force, which
 * evaluates the whole loss anew with many more bits, shares no code with src/ but the formulas,
 * and knows no derivative. */
#include <stdio.h> /* before mpfr.h */

#include "failing.h"
#include "lang/lang.h"
#include "lang/mlp.h"
#include "network/network.h"
#include "numdiff/ball.h"
#include "numdiff/numdiff.h"
#include "numdiff/point.h"

#include <gsl/gsl_errno.h>
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
    gsl_set_error_handler_off();
    if (sp_pool_open(&pool, NULL, NULL) != SP_OK)
        return 1;
    rule = sp_scheme_builtin(pool, "delta-rule");
    *state = pool;
    return 0;
}

static int close_pool(void **state)
{
    sp_pool_close(*state);
    mpfr_free_cache();
    return 0;
}

/* --- brute force ------------------------------------------------------------------------------ */

enum { BITS = 900, STEP = 300 }; /* h = 2^-300: truncation about 2^-600, rounding 2^-600 */

typedef struct brute {
    const sp_network *network;
    size_t dim[SP_MAX_DIMS];
    double *value[SP_TENSOR_COUNT];
    size_t size[SP_TENSOR_COUNT];
    int tensor; /* the entry that is moved, and by what */
    size_t entry;
    mpfr_t by;
} brute;

static void formula_at(mpfr_t out, const brute *b, const sp_formula *f, int node, mpfr_t a,
                       mpfr_t y)
{
    const sp_formula_node *n = &f->node[node];
    if (n->kind == SP_FORMULA_VARIABLE) {
        mpfr_set(out, n->variable == 0 ? a : y, MPFR_RNDN);
        return;
    }
    if (n->kind != SP_FORMULA_PRIMITIVE) {
        mpfr_set_d(out, n->kind == SP_FORMULA_NUMBER ? n->number : (double)b->dim[n->dimension],
                   MPFR_RNDN);
        return;
    }
    mpfr_t q;
    mpfr_init2(q, BITS);
    formula_at(out, b, f, n->operand[0], a, y);
    if (n->operand[1] >= 0)
        formula_at(q, b, f, n->operand[1], a, y);
    switch (n->primitive) {
    case SP_PRIMITIVE_ADD: mpfr_add(out, out, q, MPFR_RNDN); break;
    case SP_PRIMITIVE_SUB: mpfr_sub(out, out, q, MPFR_RNDN); break;
    case SP_PRIMITIVE_MUL: mpfr_mul(out, out, q, MPFR_RNDN); break;
    case SP_PRIMITIVE_DIV: mpfr_div(out, out, q, MPFR_RNDN); break;
    case SP_PRIMITIVE_NEG: mpfr_neg(out, out, MPFR_RNDN); break;
    case SP_PRIMITIVE_EXP: mpfr_exp(out, out, MPFR_RNDN); break;
    case SP_PRIMITIVE_LOG: mpfr_log(out, out, MPFR_RNDN); break;
    case SP_PRIMITIVE_TANH: mpfr_tanh(out, out, MPFR_RNDN); break;
    case SP_PRIMITIVE_ERF: mpfr_erf(out, out, MPFR_RNDN); break;
    case SP_PRIMITIVE_SQRT: mpfr_sqrt(out, out, MPFR_RNDN); break;
    case SP_PRIMITIVE_MAX: mpfr_max(out, out, q, MPFR_RNDN); break;
    case SP_PRIMITIVE_STEP: mpfr_set_si(out, mpfr_sgn(out) > 0, MPFR_RNDN); break;
    default: fail();
    }
    mpfr_clear(q);
}

/* value of an entry as it is at the moved point */
static void entry_at(mpfr_t out, const brute *b, int tensor, size_t entry)
{
    mpfr_set_d(out, b->value[tensor][entry], MPFR_RNDN);
    if (tensor == b->tensor && entry == b->entry)
        mpfr_add(out, out, b->by, MPFR_RNDN);
}

static void loss_at(mpfr_t loss, const brute *b)
{
    const size_t din = b->dim[1], dh = b->dim[2], dout = b->dim[3];
    mpfr_t x, w, y;
    const sp_formula *g = &b->network->own[SP_MLP_G].value, *loss_formula = &b->network->own[SP_MLP_LOSS].value;
    mpfr_t *a1 = malloc(dh * sizeof *a1);
    mpfr_inits2(BITS, x, w, y, (mpfr_ptr)0);
    for (size_t k = 0; k < dh; k++)
        mpfr_init2(a1[k], BITS);
    mpfr_set_zero(loss, 1);
    for (size_t n = 0; n < b->dim[0]; n++) {
        for (size_t k = 0; k < dh; k++) {
            mpfr_t z;
            mpfr_init2(z, BITS);
            entry_at(z, b, SP_TENSOR_B1, k);
            for (size_t i = 0; i < din; i++) {
                entry_at(x, b, SP_TENSOR_X, n * din + i);
                entry_at(w, b, SP_TENSOR_W1, i * dh + k);
                mpfr_fma(z, x, w, z, MPFR_RNDN);
            }
            const sp_formula *f = &b->network->own[SP_MLP_SIGMA].value;
            formula_at(a1[k], b, f, (int)f->count - 1, z, z);
            mpfr_clear(z);
        }
        for (size_t j = 0; j < dout; j++) {
            entry_at(x, b, SP_TENSOR_B2, j);
            for (size_t k = 0; k < dh; k++) {
                entry_at(w, b, SP_TENSOR_W2, k * dout + j);
                mpfr_fma(x, a1[k], w, x, MPFR_RNDN);
            }
            formula_at(w, b, g, (int)g->count - 1, x, x);
            entry_at(y, b, SP_TENSOR_Y, n * dout + j);
            formula_at(x, b, loss_formula, (int)loss_formula->count - 1, w, y);
            mpfr_add(loss, loss, x, MPFR_RNDN);
        }
    }
    for (size_t k = 0; k < dh; k++)
        mpfr_clear(a1[k]);
    free(a1);
    mpfr_clears(x, w, y, (mpfr_ptr)0);
}

static brute brute_of(sp_pool *pool, const sp_case *c, const sp_network *network)
{
    brute b = {.network = network};
    memcpy(b.dim, c->dim, sizeof b.dim);
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        size_t rows, cols;
        sp_layout_shape(c->dim, &sp_mlp.tensor[t].whole, &rows, &cols);
        b.size[t] = rows * cols;
        b.value[t] = SP_NEW_ARRAY(pool, double, rows *cols);
        memcpy(b.value[t], sp_network_data(pool, c, (sp_tensor)t), rows * cols * sizeof(double));
    }
    return b;
}

/* dL/d(entry): a central difference so fine that it is right to more than 500 bits. */
static void true_slope(mpfr_t slope, brute *b, int tensor, size_t entry)
{
    mpfr_t down;
    mpfr_init2(down, BITS);
    mpfr_init2(b->by, BITS);
    b->tensor = tensor;
    b->entry = entry;
    mpfr_set_si_2exp(b->by, 1, -STEP, MPFR_RNDN);
    loss_at(slope, b);
    mpfr_neg(b->by, b->by, MPFR_RNDN);
    loss_at(down, b);
    mpfr_sub(slope, slope, down, MPFR_RNDN);
    mpfr_mul_2si(slope, slope, STEP - 1, MPFR_RNDN);
    mpfr_clear(down);
    mpfr_clear(b->by);
}

/* --- cases ------------------------------------------------------------------------------------ */

static sp_case random_case(const size_t *dim, const char *sigma, const char *g, const char *loss,
                           uint64_t seed)
{
    static sp_tensor_data room[8][SP_TENSOR_COUNT]; /* of the last cases: a test has fewer at a time */
    static size_t cases;
    sp_tensor_data *none = room[cases++ % 8];
    memset(none, 0, sizeof room[0]);
    sp_case c = {.program = rule, .given = none, .seed = seed, .scale = 1, .range = 3};
    memcpy(c.dim, dim, SP_DIM_COUNT * sizeof *dim);
    c.function[SP_MLP_SIGMA].name = sigma;
    c.function[SP_MLP_G].name = g;
    c.function[SP_MLP_LOSS].name = loss;
    return c;
}

static void give(sp_case *c, sp_tensor tensor, double *value)
{
    c->given[tensor].value = value;
}

static void get_slope(const sp_numdiff *d, int tensor, size_t entry, mpfr_t slope, mpfr_t error)
{
    const sp_numdiff_tensor *t = &d->tensor[tensor];
    if (d->mpfr) {
        mpfr_set(slope, t->slope[entry], MPFR_RNDN);
        mpfr_set(error, t->error[entry], MPFR_RNDN);
    } else {
        mpfr_set_d(slope, t->slope_binary64[entry], MPFR_RNDN);
        mpfr_set_d(error, t->error_binary64[entry], MPFR_RNDN);
    }
}

typedef struct coverage {
    size_t judged, kinks, uncovered;
    double largest_error; /* bar, relative to the largest slope of the tensor */
    double errors, bars;  /* sums over X, W1 and b1 */
} coverage;

static void compare(const sp_numdiff *d, brute *b, size_t every, coverage *seen)
{
    mpfr_t want, slope, error, difference;
    mpfr_inits2(BITS, want, slope, error, difference, (mpfr_ptr)0);
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        double largest = 0, bar = 0;
        for (size_t e = 0; t != SP_TENSOR_Y && e < b->size[t]; e += every) {
            if (d->tensor[t].state[e] == SP_NUMDIFF_KINK)
                seen->kinks++;
            if (d->tensor[t].state[e] != SP_NUMDIFF_JUDGED)
                continue;
            true_slope(want, b, t, e);
            get_slope(d, t, e, slope, error);
            mpfr_sub(difference, slope, want, MPFR_RNDN);
            seen->judged++;
            /* the oracle itself is only right to 2^-500 */
            mpfr_add_d(error, error, 0x1p-500, MPFR_RNDU);
            if (!(mpfr_cmpabs(difference, error) <= 0)) {
                seen->uncovered++;
                mpfr_fprintf(stderr, "%s[%zu]: %.50Rg, want %.50Rg, error bar %.3Rg\n",
                             sp_mlp.tensor[t].name, e, slope, want, error);
            }
            if (t <= SP_TENSOR_B1) {
                seen->errors += fabs(mpfr_get_d(difference, MPFR_RNDN));
                seen->bars += mpfr_get_d(error, MPFR_RNDN);
            }
            largest = fmax(largest, fabs(mpfr_get_d(want, MPFR_RNDN)));
            bar = fmax(bar, mpfr_get_d(error, MPFR_RNDU));
        }
        if (largest > 0)
            seen->largest_error = fmax(seen->largest_error, bar / largest);
    }
    mpfr_clears(want, slope, error, difference, (mpfr_ptr)0);
}

static coverage cover(sp_pool *pool, const sp_case *c, unsigned bits, size_t every)
{
    const sp_network *network = sp_network_of_case(pool, c);
    brute b = brute_of(pool, c, network);
    coverage seen = {0};
    const sp_numdiff *d = bits ? sp_numdiff_mpfr(pool, c, network, bits, 0)
                               : sp_numdiff_binary64(pool, c, network, 0, false);
    compare(d, &b, every, &seen);
    return seen;
}

/* --- tests ------------------------------------------------------------------------------------ */

/* Every activation at both places, every loss, sizes that all differ and sizes of 1. Broken by: a
 * wrong index, a line of Z forgotten, an error bar that is too small. */
static void error_bars_hold(void **state)
{
    static const struct {
        const char *sigma, *g, *loss;
        size_t dim[SP_DIM_COUNT];
    } each[] = {
        {"tanh", "identity", "half-sse", {5, 4, 6, 2}},
        {"gelu", "identity", "half-sse", {2, 3, 4, 5}},
        {"sigmoid", "tanh", "mse", {3, 2, 4, 1}},
        {"silu", "sigmoid", "bce", {3, 5, 2, 4}},
        {"softplus", "gelu-tanh", "huber", {4, 1, 3, 2}},
        {"elu", "identity", "huber", {3, 4, 1, 2}},
        {"relu", "identity", "half-sse", {5, 4, 6, 2}},
        {"leaky-relu", "relu", "mse", {2, 5, 3, 4}},
        {"identity", "identity", "mse", {1, 1, 1, 1}},
        {"gelu-tanh", "softplus", "half-sse", {1, 3, 2, 1}},
        {"tanh", "leaky-relu", "half-sse", {2, 1, 5, 3}},
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++)
        for (size_t p = 0; p < 4; p++) {
            static const unsigned precisions[] = {0, 24, 128, 256}; /* 0: binary64 */
            const unsigned bits = precisions[p];
            sp_case c = random_case(each[i].dim, each[i].sigma, each[i].g, each[i].loss, 11 + i);
            coverage seen = cover(*state, &c, bits, bits == 256 ? 3 : 1);
            assert_int_equal(seen.uncovered, 0);
            assert_true(seen.judged > 0);
            assert_true(seen.kinks <= seen.judged / 8);
            if (bits == 0)
                assert_true(seen.largest_error < 1e-7);
            else if (bits > 24) /* more than two thirds of the bits are seen */
                assert_true(seen.largest_error < ldexp(1, -(int)bits * 5 / 6));
            if (i == 0 && bits == 128) /* fourth order is much better than its bar, of second */
                assert_true(seen.errors < 0.05 * seen.bars);
        }
}

/* The changes themselves, for steps that are not small, against the whole loss evaluated anew.
 * Broken by: a wrong coefficient of the quadratic, which central differences do not see. */
static void changes_are_those_of_the_whole_loss(void **state)
{
    static const struct {
        int tensor, layer;
        bool by_row;
        sp_point_matrix source;
    } kinds[] = {{SP_TENSOR_X, 1, true, SP_POINT_W1},     {SP_TENSOR_W1, 1, false, SP_POINT_XT},
                 {SP_TENSOR_B1, 1, false, SP_POINT_ONES}, {SP_TENSOR_W2, 2, false, SP_POINT_A1T},
                 {SP_TENSOR_B2, 2, false, SP_POINT_ONES}};
    static const char *const outputs[][2] = {
        {"identity", "half-sse"}, {"sigmoid", "bce"}, {"relu", "huber"}};
    static const size_t dim[] = {3, 2, 4, 5};
    for (size_t o = 0; o < 3; o++) {
        sp_case c = random_case(dim, "tanh", outputs[o][0], outputs[o][1], 21);
        const sp_network *network = sp_network_of_case(*state, &c);
        brute b = brute_of(*state, &c, network);
        sp_arithmetic in = {.system = &sp_number_ball, .pool = *state, .bits = 200, .threads = 1};
        const sp_point *point = sp_point_create(&in, &c, network);
        assert_int_equal(sp_point_quadratic(point), o == 0);
        mpfr_t before, after, middle, radius;
        mpfr_inits2(BITS, before, after, middle, radius, b.by, (mpfr_ptr)0);
        mpfr_set_zero(b.by, 1);
        loss_at(before, &b);
        mpfr_set_d(b.by, 0.625, MPFR_RNDN);
        sp_matrix *t = sp_matrix_create(&in, 1, 1);
        in.system->set(&in, t, 0, 0, 0.625);
        for (size_t k = 0; k < 5; k++) {
            const sp_matrix *v = sp_point_matrix_of(point, kinds[k].source);
            sp_matrix *change = sp_matrix_create(&in, v->rows, 1);
            size_t lines = b.size[kinds[k].tensor] / v->rows;
            for (size_t line = 0; line < lines; line++) {
                sp_move move = {kinds[k].layer, kinds[k].by_row, line};
                sp_point_change(point, move, v, t, change, NULL);
                for (size_t r = 0; r < v->rows; r++) {
                    b.tensor = kinds[k].tensor;
                    b.entry = kinds[k].by_row ? line * v->rows + r : r * lines + line;
                    loss_at(after, &b);
                    mpfr_sub(after, after, before, MPFR_RNDN);
                    sp_ball_get(middle, radius, sp_ball_entry(change, r, 0));
                    assert_true(mpfr_cmp_d(radius, 1e-50) < 0);
                    mpfr_sub(middle, middle, after, MPFR_RNDN);
                    assert_true(mpfr_cmpabs(middle, radius) <= 0);
                }
            }
        }
        mpfr_clears(before, after, middle, radius, b.by, (mpfr_ptr)0);
    }
}

/* Data at which a naive estimate of the rounding error fails: a nearly perfect fit, large and
 * small scales. */
static void error_bars_hold_for_hard_data(void **state)
{
    static const size_t dim[] = {4, 3, 5, 2};
    static const double scales[] = {1e-6, 30, 1e4};
    for (unsigned bits = 0; bits <= 128; bits += 128) {
        for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
            sp_case c = random_case(dim, "tanh", "identity", "half-sse", 3);
            c.scale = scales[s];
            coverage seen = cover(*state, &c, bits, 1);
            assert_int_equal(seen.uncovered, 0);
            assert_true(seen.judged == 12 + 15 + 5 + 10 + 2);
        }
        sp_case fit = random_case(dim, "tanh", "identity", "half-sse", 3);
        const sp_network *network = sp_network_of_case(*state, &fit);
        brute b = brute_of(*state, &fit, network);
        for (size_t n = 0; n < dim[0]; n++) /* Y = Z2 (1 + 1e-13) but for rounding */
            for (size_t j = 0; j < dim[3]; j++) {
                double z2 = b.value[SP_TENSOR_B2][j];
                for (size_t k = 0; k < dim[2]; k++) {
                    double z1 = b.value[SP_TENSOR_B1][k];
                    for (size_t i = 0; i < dim[1]; i++)
                        z1 += b.value[SP_TENSOR_X][n * dim[1] + i] *
                              b.value[SP_TENSOR_W1][i * dim[2] + k];
                    z2 += tanh(z1) * b.value[SP_TENSOR_W2][k * dim[3] + j];
                }
                b.value[SP_TENSOR_Y][n * dim[3] + j] = z2 * (1 + 1e-13);
            }
        give(&fit, SP_TENSOR_Y, b.value[SP_TENSOR_Y]);
        coverage seen = cover(*state, &fit, bits, 1);
        assert_int_equal(seen.uncovered, 0);
    }
}

/* One of everything, by hand: Z1 = 7, Z2 = -9, L = 50, delta2 = -10, delta1 = 20. */
static void hand_derived_values(void **state)
{
    static const size_t dim[] = {1, 1, 1, 1};
    static double x = 2, y = 1, w1 = 3, b1 = 1, w2 = -2, b2 = 5;
    static const double want[SP_TENSOR_COUNT] = {60, 0, 40, 20, -70, -10};
    sp_case c = random_case(dim, "identity", "identity", "half-sse", 1);
    double *given[SP_TENSOR_COUNT] = {&x, &y, &w1, &b1, &w2, &b2};
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        give(&c, (sp_tensor)t, given[t]);
    const sp_network *network = sp_network_of_case(*state, &c);
    const sp_numdiff *both[] = {sp_numdiff_mpfr(*state, &c, network, 128, 0),
                                sp_numdiff_binary64(*state, &c, network, 0, false)};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(both[k]->entries, 5);
        assert_int_equal(both[k]->looked_at, 5);
        assert_null(both[k]->sample);
        assert_int_equal(both[k]->directions, 0);
        for (int t = 0; t < SP_TENSOR_COUNT; t++) {
            if (t == SP_TENSOR_Y)
                continue;
            mpfr_t slope, error;
            mpfr_inits2(200, slope, error, (mpfr_ptr)0);
            get_slope(both[k], t, 0, slope, error);
            assert_int_equal(both[k]->tensor[t].state[0], SP_NUMDIFF_JUDGED);
            assert_true(mpfr_cmp_d(error, k == 0 ? 1e-30 : 1e-8) < 0);
            mpfr_sub_d(slope, slope, want[t], MPFR_RNDN);
            assert_true(mpfr_cmpabs(slope, error) <= 0);
            mpfr_clears(slope, error, (mpfr_ptr)0);
        }
    }
}

/* A gradient that is wrong by 1e-12 in one entry lies outside of the error bar; at 128 bits one
 * that is wrong by 1e-33 does. Broken by: a step that is too long, bars from the lower order
 * alone. */
static void small_mistakes_are_seen(void **state)
{
    static const size_t dim[] = {5, 4, 6, 2};
    sp_case c = random_case(dim, "gelu", "identity", "half-sse", 5);
    const sp_network *network = sp_network_of_case(*state, &c);
    brute b = brute_of(*state, &c, network);
    const sp_numdiff *d = sp_numdiff_mpfr(*state, &c, network, 128, 0);
    mpfr_t want, difference;
    mpfr_inits2(BITS, want, difference, (mpfr_ptr)0);
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        for (size_t e = 0; t != SP_TENSOR_Y && e < b.size[t]; e++) {
            true_slope(want, &b, t, e);
            if (fabs(mpfr_get_d(want, MPFR_RNDN)) < 1e-3)
                continue;
            mpfr_mul_d(difference, want, 1e-33, MPFR_RNDN);
            mpfr_add(want, want, difference, MPFR_RNDN);
            mpfr_sub(difference, want, d->tensor[t].slope[e], MPFR_RNDN);
            assert_true(mpfr_cmpabs(difference, d->tensor[t].error[e]) > 0);
        }
    mpfr_clears(want, difference, (mpfr_ptr)0);
}

static void check_states(const sp_numdiff *d, sp_tensor tensor, const sp_numdiff_state *want)
{
    const sp_numdiff_tensor *t = &d->tensor[tensor];
    size_t kinks = 0, judged = 0, unusable = 0;
    for (size_t i = 0; i < t->rows * t->cols; i++) {
        if (t->state[i] != want[i])
            fail_msg("%s[%zu] is %d, want %d", sp_mlp.tensor[tensor].name, i, (int)t->state[i],
                     (int)want[i]);
        kinks += want[i] == SP_NUMDIFF_KINK;
        judged += want[i] == SP_NUMDIFF_JUDGED;
        unusable += want[i] == SP_NUMDIFF_UNUSABLE;
    }
    assert_int_equal(t->kinks, kinks);
    assert_int_equal(t->judged, judged);
    assert_int_equal(t->unusable, unusable);
}

#define J SP_NUMDIFF_JUDGED
#define K SP_NUMDIFF_KINK
#define U SP_NUMDIFF_UNUSABLE

/* Z1 = [0 3; -3 5]: only the entry (0, 0) is at relu's kink, and X[0, 1] = 0, so that W1[1, 0] does
 * not move it. Broken by: kinks that are not seen, or an entry that is blamed for another's. */
static void a_kink_is_counted_where_it_is(void **state)
{
    static const size_t dim[] = {2, 2, 2, 1};
    static double x[] = {1, 0, 2, 1}, w1[] = {-1, 2, -2, 0}, b1[] = {1, 1}, w2[] = {1, 2};
    static double b2[] = {0.5}, y[] = {1, -1};
    static const sp_numdiff_state dx[] = {K, K, J, J}, dw1[] = {K, J, J, J}, db1[] = {K, J},
                                  dw2[] = {J, J}, db2[] = {J};
    sp_case c = random_case(dim, "relu", "identity", "half-sse", 1);
    double *given[SP_TENSOR_COUNT] = {x, y, w1, b1, w2, b2};
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        give(&c, (sp_tensor)t, given[t]);
    for (int smooth = 0; smooth < 2; smooth++) { /* softplus has max in its formula, but no kink */
        c.function[SP_MLP_SIGMA].name = smooth ? "softplus" : "relu";
        const sp_network *network = sp_network_of_case(*state, &c);
        const sp_numdiff *both[] = {sp_numdiff_mpfr(*state, &c, network, 128, 0),
                                    sp_numdiff_binary64(*state, &c, network, 0, false)};
        static const sp_numdiff_state none[] = {J, J, J, J};
        for (int k = 0; k < 2; k++) {
            check_states(both[k], SP_TENSOR_X, smooth ? none : dx);
            check_states(both[k], SP_TENSOR_W1, smooth ? none : dw1);
            check_states(both[k], SP_TENSOR_B1, smooth ? none : db1);
            check_states(both[k], SP_TENSOR_W2, dw2);
            check_states(both[k], SP_TENSOR_B2, db2);
            /* the values of a kink are kept: the mean of both slopes, D(h) of max(z, 0) */
            if (!smooth && k == 1)
                assert_true(isfinite(both[k]->tensor[SP_TENSOR_B1].slope_binary64[0]));
        }
        if (smooth) {
            coverage seen = cover(*state, &c, 128, 1);
            assert_int_equal(seen.uncovered, 0);
        }
    }
}

/* A kink beside the point is one if the steps reach it: 2h = 2^-63 at 128 bits, for factors of
 * 1. */
static void kinks_within_reach(void **state)
{
    static const size_t dim[] = {1, 1, 1, 1};
    static double one = 1, zero = 0;
    for (int exponent = -70; exponent <= -50; exponent += 20)
        for (int sign = -1; sign <= 1; sign += 2) {
            double w1 = 1, near = ldexp(sign, exponent);
            sp_case c = random_case(dim, "relu", "identity", "half-sse", 1);
            give(&c, SP_TENSOR_X, &zero);
            give(&c, SP_TENSOR_W1, &w1);
            give(&c, SP_TENSOR_B1, &near);
            give(&c, SP_TENSOR_W2, &one);
            const sp_network *network = sp_network_of_case(*state, &c);
            const sp_numdiff *d = sp_numdiff_mpfr(*state, &c, network, 128, 0);
            assert_int_equal(d->tensor[SP_TENSOR_B1].state[0], exponent < -60 ? K : J);
            assert_int_equal(d->tensor[SP_TENSOR_W1].state[0], J); /* X = 0 moves nothing */
        }
}

/* Kinks of g and of the loss, reached through both layers. */
static void kinks_of_the_output(void **state)
{
    static const size_t dim[] = {1, 1, 1, 1};
    static double x = 1, y = 0, w1 = 2, b1 = 1, w2 = 1, b2 = -3; /* Z1 = 3, Z2 = 0 */
    double *given[SP_TENSOR_COUNT] = {&x, &y, &w1, &b1, &w2, &b2};
    static const struct {
        const char *g, *loss;
        double b2;
        sp_numdiff_state state;
    } each[] = {{"relu", "half-sse", -3, K},  {"relu", "half-sse", -2, J}, {"elu", "mse", -3, K},
                {"identity", "huber", -2, K}, {"identity", "huber", -4, K},
                {"identity", "huber", -3, J}, {"softplus", "mse", -3, J}};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        sp_case c = random_case(dim, "tanh", each[i].g, each[i].loss, 1);
        c.function[SP_MLP_SIGMA].name = "identity";
        b2 = each[i].b2;
        for (int t = 0; t < SP_TENSOR_COUNT; t++)
            give(&c, (sp_tensor)t, given[t]);
        const sp_network *network = sp_network_of_case(*state, &c);
        const sp_numdiff *both[] = {sp_numdiff_mpfr(*state, &c, network, 64, 0),
                                    sp_numdiff_binary64(*state, &c, network, 0, false)};
        for (int k = 0; k < 2; k++)
            for (int t = 0; t < SP_TENSOR_COUNT; t++)
                if (t != SP_TENSOR_Y)
                    check_states(both[k], (sp_tensor)t, &each[i].state);
    }
}

/* Integer data is exact, and Z1 = 0 happens: kinks and only kinks are left out. */
static void integers(void **state)
{
    static const size_t dim[] = {5, 4, 6, 2};
    sp_case c = random_case(dim, "relu", "identity", "half-sse", 2);
    c.data = SP_DATA_INTEGERS;
    size_t kinks = 0;
    for (c.seed = 1; c.seed < 6; c.seed++)
        for (unsigned bits = 0; bits <= 64; bits += 64) {
            coverage seen = cover(*state, &c, bits, 1);
            assert_int_equal(seen.uncovered, 0);
            assert_int_equal(seen.judged + seen.kinks, 20 + 24 + 6 + 12 + 2);
            kinks += seen.kinks;
        }
    assert_true(kinks > 0);
}

/* A loss of 1e400: infinite as a double, a number like others in balls. A logarithm of 0 is
 * infinite everywhere. */
static void what_is_not_finite_is_unusable(void **state)
{
    static const size_t dim[] = {1, 1, 1, 1};
    static double one = 1, huge = 1e200, zero = 0;
    static const sp_numdiff_state judged = J, unusable = U;
    sp_case c = random_case(dim, "identity", "identity", "half-sse", 1);
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        give(&c, (sp_tensor)t, t == SP_TENSOR_W2 ? &huge : &one);
    for (int logarithm = 0; logarithm < 2; logarithm++) {
        if (logarithm) { /* a = 0, y = 1: -log 0 */
            c.function[SP_MLP_LOSS].name = "bce";
            give(&c, SP_TENSOR_W2, &zero);
            give(&c, SP_TENSOR_B2, &zero);
        }
        const sp_network *network = sp_network_of_case(*state, &c);
        const sp_numdiff *balls = sp_numdiff_mpfr(*state, &c, network, 64, 0);
        const sp_numdiff *doubles = sp_numdiff_binary64(*state, &c, network, 0, false);
        for (int t = 0; t < SP_TENSOR_COUNT; t++)
            if (t != SP_TENSOR_Y) {
                check_states(balls, (sp_tensor)t, logarithm ? &unusable : &judged);
                check_states(doubles, (sp_tensor)t, &unusable);
            }
    }
}

/* More entries than are worked on at once. With identities dW1 = X^T delta1, dX = delta1 W1^T. */
static void more_rows_than_fit(void **state)
{
    static const size_t dim[] = {1, 20000, 1, 1};
    sp_case c = random_case(dim, "identity", "identity", "half-sse", 9);
    const sp_network *network = sp_network_of_case(*state, &c);
    brute b = brute_of(*state, &c, network);
    double z = b.value[SP_TENSOR_B1][0];
    for (size_t i = 0; i < dim[1]; i++)
        z += b.value[SP_TENSOR_X][i] * b.value[SP_TENSOR_W1][i];
    double w2 = b.value[SP_TENSOR_W2][0];
    double delta = (z * w2 + b.value[SP_TENSOR_B2][0] - b.value[SP_TENSOR_Y][0]) * w2;
    const sp_numdiff *d = sp_numdiff_binary64(*state, &c, network, 0, false);
    for (size_t i = 0; i < dim[1]; i++) {
        const sp_numdiff_tensor *x = &d->tensor[SP_TENSOR_X], *w = &d->tensor[SP_TENSOR_W1];
        assert_true(fabs(x->slope_binary64[i] - delta * b.value[SP_TENSOR_W1][i]) <=
                    x->error_binary64[i] + 1e-11);
        assert_true(fabs(w->slope_binary64[i] - delta * b.value[SP_TENSOR_X][i]) <=
                    w->error_binary64[i] + 1e-11);
    }
}

/* Sampled entries are those of the full run, one from each stretch; directions are sums of
 * entries. */
static void check_sample(sp_pool *pool, sp_case c, double budget, size_t count)
{
    const sp_network *network = sp_network_of_case(pool, &c);
    const sp_numdiff *part = sp_numdiff_mpfr(pool, &c, network, 100, budget);
    const sp_numdiff *again = sp_numdiff_mpfr(pool, &c, network, 100, budget);
    c.numdiff = SP_NUMDIFF_FULL;
    const sp_numdiff *full = sp_numdiff_mpfr(pool, &c, network, 100, 0);
    size_t looked_at = 0;
    assert_non_null(part->sample);
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        const sp_numdiff_tensor *p = &part->tensor[t], *f = &full->tensor[t];
        size_t size = p->rows * p->cols, stretch = 0;
        for (size_t e = 0; e < size; e++) {
            assert_int_equal(p->state[e], again->tensor[t].state[e]);
            if (p->state[e] == SP_NUMDIFF_SKIPPED)
                continue;
            assert_true(mpfr_equal_p(p->slope[e], f->slope[e]));
            if (size > count) {
                assert_true(e >= stretch * size / count);
                assert_true(e < (stretch + 1) * size / count + 1);
            }
            stretch++;
            looked_at++;
        }
        assert_int_equal(stretch, size < count ? size : count);
    }
    assert_int_equal(part->looked_at, looked_at);
    assert_int_equal(full->looked_at, full->entries);
    mpfr_t sum, bar, term;
    mpfr_inits2(300, sum, bar, term, (mpfr_ptr)0);
    for (size_t i = 0; i < part->directions; i++) {
        const sp_numdiff_direction *d = &part->direction[i];
        const sp_numdiff_tensor *f = &full->tensor[d->tensor];
        assert_int_equal(d->state, SP_NUMDIFF_JUDGED);
        mpfr_set_zero(sum, 1);
        mpfr_set(bar, d->error, MPFR_RNDU);
        for (size_t e = 0; e < f->rows * f->cols; e++) {
            assert_true(d->direction[e] == 1 || d->direction[e] == -1);
            mpfr_mul_d(term, f->slope[e], d->direction[e], MPFR_RNDN);
            mpfr_add(sum, sum, term, MPFR_RNDN);
            mpfr_add(bar, bar, f->error[e], MPFR_RNDU);
        }
        mpfr_sub(sum, sum, d->slope, MPFR_RNDN);
        assert_true(mpfr_cmpabs(sum, bar) <= 0);
        assert_true(mpfr_cmp_d(bar, 1e-20) < 0);
    }
    mpfr_clears(sum, bar, term, (mpfr_ptr)0);
}

static void samples_and_directions(void **state)
{
    static const size_t dim[] = {5, 4, 6, 2};
    sp_case c = random_case(dim, "tanh", "sigmoid", "mse", 4);
    c.numdiff = SP_NUMDIFF_SAMPLE;
    c.sample = 7;
    check_sample(*state, c, 0, 7);
    c.sample = 1;
    check_sample(*state, c, 0, 1);
    c.function[SP_MLP_G].name = "identity";
    c.sample = 5;
    check_sample(*state, c, 0, 5);
    check_sample(*state, c, 1, 1); /* a budget that is less than one entry: one of each tensor */
    c.numdiff = SP_NUMDIFF_FULL;
    check_sample(*state, c, 1, 1);
    c.numdiff = SP_NUMDIFF_OFF;
    const sp_network *network = sp_network_of_case(*state, &c);
    const sp_numdiff *off = sp_numdiff_mpfr(*state, &c, network, 64, 0);
    assert_int_equal(off->entries, 64);
    assert_int_equal(off->looked_at, 0);
    assert_int_equal(off->tensor[SP_TENSOR_W1].state[3], SP_NUMDIFF_SKIPPED);
    assert_non_null(off->sample);
    off = sp_numdiff_binary64(*state, &c, network, 0, false);
    assert_int_equal(off->looked_at, 0);
}

/* Directions in double agree with those in balls. */
static void directions_in_double(void **state)
{
    static const size_t dim[] = {5, 4, 6, 3};
    sp_case c = random_case(dim, "gelu", "identity", "half-sse", 8);
    c.numdiff = SP_NUMDIFF_SAMPLE;
    c.sample = 2;
    const sp_network *network = sp_network_of_case(*state, &c);
    const sp_numdiff *balls = sp_numdiff_mpfr(*state, &c, network, 128, 0);
    const sp_numdiff *doubles = sp_numdiff_binary64(*state, &c, network, 0, false);
    assert_int_equal(doubles->directions, 10);
    assert_int_equal(balls->directions, 10);
    for (size_t i = 0; i < doubles->directions; i++) {
        const sp_numdiff_direction *p = &doubles->direction[i], *q = &balls->direction[i];
        assert_int_equal(p->tensor, q->tensor);
        assert_int_equal(p->state, SP_NUMDIFF_JUDGED);
        double difference = mpfr_get_d(p->slope, MPFR_RNDN) - mpfr_get_d(q->slope, MPFR_RNDN);
        double error = mpfr_get_d(p->error, MPFR_RNDU);
        assert_true(fabs(difference) <= error);
        assert_true(error < 1e-6);
    }
}

/* --- memory, time ----------------------------------------------------------------------------- */

static void run_small(void *argument)
{
    static const size_t dim[] = {2, 1, 3, 2};
    sp_case c = random_case(dim, "relu", "identity", "half-sse", 1);
    c.numdiff = SP_NUMDIFF_SAMPLE;
    c.sample = 2;
    const sp_network *network = sp_network_of_case(argument, &c);
    sp_numdiff_mpfr(argument, &c, network, 200, 0); /* more than 128 bits: FLINT's memory too */
    sp_numdiff_binary64(argument, &c, network, 0, false);
}

/* Broken by: an allocation whose failure leaves something behind (valgrind sees FLINT's part). */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(run_small, 16) > 1);
}

static void it_can_be_interrupted(void **state)
{
    (void)state;
    const volatile int now = 1;
    sp_limits limits = {.cancel = &now};
    sp_pool *pool = NULL;
    assert_int_equal(sp_pool_open(&pool, NULL, &limits), SP_OK);
    assert_int_equal(sp_pool_run(pool, run_small, pool), SP_INTERRUPTED);
    sp_pool_close(pool);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pool, close_pool)
    const struct CMUnitTest tests[] = {
        TEST(error_bars_hold),
        TEST(changes_are_those_of_the_whole_loss),
        TEST(error_bars_hold_for_hard_data),
        TEST(hand_derived_values),
        TEST(small_mistakes_are_seen),
        TEST(a_kink_is_counted_where_it_is),
        TEST(kinks_within_reach),
        TEST(kinks_of_the_output),
        TEST(integers),
        TEST(what_is_not_finite_is_unusable),
        TEST(more_rows_than_fit),
        TEST(samples_and_directions),
        TEST(directions_in_double),
        TEST(every_allocation_may_fail),
        TEST(it_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
